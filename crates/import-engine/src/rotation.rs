//! Rotation: new material takes the place of the current one, which stays to open what it made.
//!
//! Pure functions of key, policy and time, like those in `key.rs`. What is due is known from the
//! record; the bytes for it are made by whoever looks at the key next (`operations/rotate.rs`).

use crate::clock::Timestamp;
use crate::error::Error;
use crate::key::{Key, KeyOperation, KeyState, MaterialId, MaterialRecord, MaterialRole};
use crate::policy::Policy;
use crate::spec::Origin;
use crate::tenant::Scope;
use crate::words::words;

const DAY_SECONDS: i64 = 86_400;

/// The most rotations that are made up for at once. Only a clock that was moved by decades misses
/// more; then it is the latest ones that are made.
const MADE_UP_MAX: i64 = 100;

words! {
    /// Why material was replaced.
    pub enum RotationKind {
        /// It was due.
        Automatic = "automatic",
        /// Somebody asked for it.
        OnDemand = "on_demand",
    }
}

/// How a material became current.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rotated {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub kind: RotationKind,
}

/// How often a key's material is replaced without being asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RotationSchedule {
    /// The time between two rotations, in days.
    pub period_days: u32,
    /// When the next one is due.
    pub next_at: Timestamp,
}

impl RotationSchedule {
    /// One that begins now.
    pub(crate) fn starting(period_days: u32, now: Timestamp) -> Self {
        Self { period_days, next_at: now.plus_seconds(i64::from(period_days) * DAY_SECONDS).whole_milliseconds() }
    }

    const fn period_seconds(self) -> i64 {
        self.period_days as i64 * DAY_SECONDS
    }
}

impl Key {
    /// Refuses unless keys of this kind can get new material at this vendor. Those in a key store of
    /// the tenant's own cannot.
    pub fn require_rotatable(&self, policy: &Policy) -> Result<(), Error> {
        if policy.rotation.key_specs.contains(&self.spec) {
            self.require_no_residence()
        } else {
            Err(Error::NotRotatable { key: self.id.clone(), spec: self.spec })
        }
    }

    /// Refuses unless the key's material is made here: only then can it be replaced unasked.
    pub fn require_generated(&self) -> Result<(), Error> {
        match self.origin {
            Origin::Generated => Ok(()),
            origin => Err(Error::OriginUnfit { key: self.id.clone(), origin }),
        }
    }

    /// Lets the key's material be replaced every so many days. Another period counts from now; the
    /// same one again changes nothing.
    pub fn set_rotation(mut self, period_days: u32, now: Timestamp, policy: &Policy) -> Result<Self, Error> {
        self.require_rotatable(policy)?;
        self.require_generated()?;
        self.require_no_replica()?;
        self.require(KeyOperation::SetRotation, policy)?;
        if !policy.rotation.period_days.contains(&period_days) {
            return Err(Error::RotationPeriod);
        }
        if self.rotation.is_none_or(|schedule| schedule.period_days != period_days) {
            self.rotation = Some(RotationSchedule::starting(period_days, now));
        }
        Ok(self)
    }

    /// Lets the key keep its material until somebody asks for another.
    pub fn stop_rotation(mut self, policy: &Policy) -> Result<Self, Error> {
        self.require_rotatable(policy)?;
        self.require_generated()?;
        self.require_no_replica()?;
        self.require(KeyOperation::StopRotation, policy)?;
        self.rotation = None;
        Ok(self)
    }

    /// [`Key::set_rotation`], for vendors who refuse it where there is rotation already.
    ///
    /// # Errors
    /// Those of [`Key::set_rotation`], then [`Error::RotationOn`].
    pub fn start_rotation(self, period_days: u32, now: Timestamp, policy: &Policy) -> Result<Self, Error> {
        let is_on = self.rotation.is_some();
        let after = self.set_rotation(period_days, now, policy)?;
        if is_on { Err(Error::RotationOn(after.id)) } else { Ok(after) }
    }

    /// [`Key::set_rotation`], for vendors who refuse it where there is no rotation yet.
    ///
    /// # Errors
    /// Those of [`Key::set_rotation`], then [`Error::RotationOff`].
    pub fn change_rotation(self, period_days: u32, now: Timestamp, policy: &Policy) -> Result<Self, Error> {
        let is_on = self.rotation.is_some();
        let after = self.set_rotation(period_days, now, policy)?;
        if is_on { Ok(after) } else { Err(Error::RotationOff(after.id)) }
    }

    /// [`Key::stop_rotation`], for vendors who refuse it where there is no rotation.
    ///
    /// # Errors
    /// Those of [`Key::stop_rotation`], then [`Error::RotationOff`].
    pub fn end_rotation(self, policy: &Policy) -> Result<Self, Error> {
        let is_on = self.rotation.is_some();
        let after = self.stop_rotation(policy)?;
        if is_on { Ok(after) } else { Err(Error::RotationOff(after.id)) }
    }

    /// When the key's material was last replaced, if it ever was.
    pub fn last_rotation(&self) -> Option<Timestamp> {
        self.materials.iter().filter_map(|material| material.rotated.map(|rotated| rotated.at)).max()
    }

    /// The schedule that holds: none while the key is to be deleted.
    pub fn rotation_schedule(&self) -> Option<RotationSchedule> {
        let is_dying = matches!(self.state, KeyState::PendingDeletion | KeyState::PendingReplicaDeletion);
        self.rotation.filter(|_| !is_dying)
    }

    /// When the key's material will be replaced unasked, if nothing happens before. Only a key that
    /// can be used is rotated; a copy in another region is rotated with its primary.
    pub(crate) fn next_rotation(&self) -> Option<Timestamp> {
        let rotates = self.state == KeyState::Enabled && !self.is_replica();
        self.rotation.filter(|_| rotates).map(|schedule| schedule.next_at)
    }

    /// Where the primary lives that must be looked at first, because a rotation may be due there.
    pub(crate) fn primary_to_rotate(&self, now: Timestamp) -> Option<Scope> {
        let regions = self.multi_region.as_ref().filter(|_| self.is_replica())?;
        self.rotation.filter(|schedule| schedule.next_at <= now)?;
        Some(regions.primary.clone())
    }

    /// Refuses a copy: what is changed on the primary is changed for all.
    fn require_no_replica(&self) -> Result<(), Error> {
        if self.is_replica() { Err(Error::NotPrimary(self.id.clone())) } else { Ok(()) }
    }

    /// This copy of a key after the primary was rotated.
    #[must_use]
    pub(crate) fn rotated_with(mut self, primary: &Self) -> Self {
        for there in &primary.materials {
            match self.materials.iter_mut().find(|material| material.id == there.id) {
                Some(here) => {
                    here.role = there.role;
                    here.rotated = there.rotated;
                    here.generation = there.generation;
                }
                None if self.origin == Origin::Imported => {}
                None => self.materials.push(there.clone()),
            }
        }
        self.materials.sort_by_key(|material| material.generation);
        self.rotation = primary.rotation;
        self
    }

    /// A rotation that fell due while it could not happen happens as soon as it can, and the next
    /// ones count from there.
    pub(crate) fn resume_rotation(&mut self, now: Timestamp) {
        if let Some(schedule) = &mut self.rotation
            && self.state == KeyState::Enabled
        {
            schedule.next_at = schedule.next_at.max(now.whole_milliseconds());
        }
    }

    /// The instants at which rotations fell due until `now`, oldest first.
    pub(crate) fn due_rotations(&self, now: Timestamp) -> Vec<Timestamp> {
        let (Some(schedule), Some(first)) = (self.rotation, self.next_rotation()) else { return Vec::new() };
        let period = schedule.period_seconds();
        if first > now || period <= 0 {
            return Vec::new();
        }
        let count = (now.0 - first.0) / (period * 1_000_000) + 1;
        ((count - MADE_UP_MAX).max(0)..count).map(|index| first.plus_seconds(index * period)).collect()
    }

    /// Gives the key fresh material, as was due at `at`.
    #[must_use]
    pub(crate) fn rotated_as_due(self, fresh: MaterialRecord, at: Timestamp) -> Self {
        let mut after = self.rotated_to(fresh, Rotated { at, kind: RotationKind::Automatic });
        if let Some(schedule) = &mut after.rotation {
            schedule.next_at = at.plus_seconds(schedule.period_seconds());
        }
        after
    }

    /// Refuses unless the key can be given other material now.
    ///
    /// # Errors
    /// In this order: [`Error::NotRotatable`], [`Error::OriginUnfit`], [`Error::NotPrimary`], [`Error::RotationOff`],
    /// [`Error::WrongState`], [`Error::RotationLimit`], [`Error::RotationRecent`], [`Error::RotationNear`].
    pub fn require_rotation(&self, now: Timestamp, policy: &Policy) -> Result<(), Error> {
        self.require_rotatable(policy)?;
        if !policy.rotation.imports {
            self.require_generated()?;
        }
        self.require_no_replica()?;
        if policy.rotation.on_demand_needs_schedule && self.rotation.is_none() {
            return Err(Error::RotationOff(self.id.clone()));
        }
        self.require(KeyOperation::Rotate, policy)?;
        let on_demand =
            |material: &&MaterialRecord| material.rotated.is_some_and(|rotated| rotated.kind == RotationKind::OnDemand);
        let done = self.materials.iter().filter(on_demand).count();
        if u32::try_from(done).unwrap_or(u32::MAX) >= policy.rotation.on_demand_limit {
            return Err(Error::RotationLimit(self.id.clone()));
        }
        // Where no pause is wanted, the last rotation may lie ahead of `now`: of two callers at once,
        // the one that read the clock first can come second.
        let rested_from = now.plus_seconds(-policy.rotation.pause_seconds);
        if policy.rotation.pause_seconds > 0 && self.last_rotation().is_some_and(|last| last > rested_from) {
            return Err(Error::RotationRecent(self.id.clone()));
        }
        let quiet_until = now.plus_seconds(policy.rotation.quiet_seconds);
        if self.next_rotation().is_some_and(|next| next <= quiet_until) {
            return Err(Error::RotationNear(self.id.clone()));
        }
        Ok(())
    }

    /// Gives the key fresh material because somebody asked for it. The schedule stays as it is, or
    /// begins anew where the vendor's does.
    #[must_use]
    pub(crate) fn rotated_on_demand(self, fresh: MaterialRecord, now: Timestamp, policy: &Policy) -> Self {
        let mut after = self.rotated_to(fresh, Rotated { at: now, kind: RotationKind::OnDemand });
        if policy.rotation.on_demand_restarts_schedule {
            after.rotation = after.rotation.map(|schedule| RotationSchedule::starting(schedule.period_days, now));
        }
        after
    }

    /// Makes the material current that was imported to become so.
    ///
    /// # Errors
    /// [`Error::NothingToRotateTo`].
    pub(crate) fn rotated_to_pending(mut self, now: Timestamp) -> Result<Self, Error> {
        let waiting = self.materials.iter().position(|material| material.role == MaterialRole::PendingRotation);
        let Some(waiting) = waiting else { return Err(Error::NothingToRotateTo(self.id)) };
        let pending = self.materials.remove(waiting);
        Ok(self.rotated_to(pending, Rotated { at: now, kind: RotationKind::OnDemand }))
    }

    fn rotated_to(mut self, next: MaterialRecord, rotated: Rotated) -> Self {
        for material in &mut self.materials {
            if material.role == MaterialRole::Current {
                material.role = MaterialRole::NonCurrent;
            }
        }
        self.materials.push(MaterialRecord { role: MaterialRole::Current, rotated: Some(rotated), ..next });
        self
    }

    /// The material of a name, whatever its part.
    pub fn material(&self, id: &MaterialId) -> Option<&MaterialRecord> {
        self.materials.iter().find(|material| material.id == *id)
    }
}

#[cfg(test)]
#[path = "rotation_tests.rs"]
mod tests;
