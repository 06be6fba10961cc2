//! Keys that live in several regions: one identifier and one material, everything else each
//! member's own.
//!
//! Every member is a key of its own, in the scope of its region; where a vendor's accounts lie in one
//! region each, that is another account. A region has one member at most. One of them is the primary, from
//! which copies are made; the others are its replicas. What concerns several members at once is a
//! function of all of them, and is stored for all of them or for none.

use crate::clock::Timestamp;
use crate::error::Error;
use crate::key::{Deletion, Expiry, Key, KeyOperation, KeyState, MaterialRecord};
use crate::policy::{LossWhileDisabled, Policy};
use crate::spec::Origin;
use crate::tenant::{Scope, Tenant};

const DAY_SECONDS: i64 = 86_400;

/// What a key that can live in several regions has besides what every key has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MultiRegion {
    /// Where the primary lives.
    pub primary: Scope,
    /// Who had the key before it had copies. It stays the same whatever becomes of the members, and
    /// tells them from the keys of anybody else.
    pub home: Tenant,
    /// The end of a state that passes by itself.
    pub settling: Option<Settling>,
    /// Set exactly while the state is [`KeyState::PendingReplicaDeletion`].
    pub waiting: Option<Waiting>,
}

/// The end of [`KeyState::Creating`] or [`KeyState::Updating`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Settling {
    /// The state that comes then.
    pub into: KeyState,
    /// When.
    pub at: Timestamp,
}

/// The wait of a primary that is to be deleted for the end of its replicas.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Waiting {
    /// The deletion window that begins then, in days.
    pub window_days: u32,
    /// When the last replica is gone, if that is known: if all of them are to be deleted.
    pub until: Option<Timestamp>,
}

/// What a replica has of its own.
#[derive(Clone, Debug)]
pub struct NewReplica {
    /// Where it shall live.
    pub scope: Scope,
    /// A name that must be unique there.
    pub name: Option<String>,
    /// Free text.
    pub description: String,
    /// The dialect's own JSON text.
    pub attributes: String,
    /// How long it is being made, in seconds.
    pub settling_seconds: u32,
}

impl MultiRegion {
    /// A key that has just become able to have copies, and is at rest.
    pub fn at_rest(primary: Scope) -> Self {
        Self { home: primary.tenant.clone(), primary, settling: None, waiting: None }
    }

    /// When the next thing happens by itself.
    pub(crate) fn due_at(&self) -> Option<Timestamp> {
        let settled = self.settling.map(|settling| settling.at);
        settled.into_iter().chain(self.waiting.and_then(|waiting| waiting.until)).min()
    }
}

impl Key {
    /// Whether this is the member that copies are made from.
    pub fn is_primary(&self) -> bool {
        self.multi_region.as_ref().is_some_and(|regions| regions.primary == self.scope)
    }

    /// Whether this is a copy.
    pub fn is_replica(&self) -> bool {
        self.multi_region.is_some() && !self.is_primary()
    }

    /// By whom the key's materials and what is made with them go, wherever its members live.
    pub(crate) fn home(&self) -> &Tenant {
        self.multi_region.as_ref().map_or(&self.scope.tenant, |regions| &regions.home)
    }

    /// Refuses a copy that has its material from the primary, where the vendor has it so: what
    /// concerns the material is done there.
    pub(crate) fn require_own_material(&self, policy: &Policy) -> Result<(), Error> {
        if policy.replicas.share_imports && self.is_replica() {
            return Err(Error::NotPrimary(self.id.clone()));
        }
        Ok(())
    }

    /// This copy, after the material of the primary was brought or deleted, where that is shared.
    #[must_use]
    pub(crate) fn with_material_of(mut self, primary: &Self, policy: &Policy) -> Self {
        self.materials.clone_from(&primary.materials);
        if self.state == KeyState::PendingImport && self.has_all_material() {
            self.turn(KeyState::Enabled);
        }
        self.settle(policy);
        self
    }

    /// Refuses a key that no copies are made from.
    pub fn require_primary(&self) -> Result<(), Error> {
        if self.is_primary() { Ok(()) } else { Err(Error::NotPrimary(self.id.clone())) }
    }

    /// Ends what has passed by itself at `now`.
    pub(crate) fn pass(&mut self, now: Timestamp) {
        let Some(regions) = &mut self.multi_region else { return };
        if let Some(settling) = regions.settling.filter(|settling| settling.at <= now) {
            regions.settling = None;
            self.state = settling.into;
        }
        if let Some(Waiting { window_days, until: Some(until) }) = regions.waiting
            && until <= now
        {
            regions.waiting = None;
            self.state = KeyState::PendingDeletion;
            self.deletion =
                Some(Deletion { at: until.plus_seconds(i64::from(window_days) * DAY_SECONDS), window_days });
        }
    }

    /// Takes on a state that does not pass by itself.
    pub(crate) fn turn(&mut self, state: KeyState) {
        self.state = state;
        if let Some(regions) = &mut self.multi_region {
            regions.settling = None;
            regions.waiting = None;
        }
    }

    /// Takes on a state that passes into another one.
    fn turn_for_a_while(&mut self, state: KeyState, settling: Settling) {
        self.turn(state);
        if let Some(regions) = &mut self.multi_region {
            regions.settling = Some(settling);
        }
    }

    /// Lets the state that is to come follow from material that is there, or is not.
    pub(crate) fn settle_later(&mut self, policy: &Policy) {
        let is_whole = self.has_all_material();
        let Some(settling) = self.multi_region.as_mut().and_then(|regions| regions.settling.as_mut()) else { return };
        settling.into = match settling.into {
            KeyState::PendingImport if is_whole => KeyState::Enabled,
            KeyState::Enabled if !is_whole => KeyState::PendingImport,
            KeyState::Disabled if !is_whole && policy.loss_while_disabled == LossWhileDisabled::PendingImport => {
                KeyState::PendingImport
            }
            other => other,
        };
        // A key that cannot be used is not said to be usable while it is being changed.
        if self.state == KeyState::Updating && settling.into == KeyState::PendingImport {
            self.turn(KeyState::PendingImport);
        }
    }
}

/// Lets the key in a scope have copies, if it could not yet.
pub(crate) fn begin(members: &mut [Key], scope: &Scope) {
    for member in members.iter_mut().filter(|member| member.scope == *scope && member.multi_region.is_none()) {
        member.multi_region = Some(MultiRegion::at_rest(scope.clone()));
    }
}

/// A copy of the primary among `members` for another region. Imported material comes with it only
/// where the vendor has it so; otherwise the same material can be given to it, and no other.
pub(crate) fn replica(
    members: &[Key],
    from: &str,
    new: NewReplica,
    now: Timestamp,
    policy: &Policy,
) -> Result<Key, Error> {
    let primary = member(members, from)?;
    primary.require_primary()?;
    primary.require(KeyOperation::Replicate, policy)?;
    primary.require_no_residence()?;
    if members.iter().any(|member| member.scope.region == new.scope.region) {
        return Err(Error::MemberExists { key: primary.id.clone(), region: new.scope.region });
    }
    let mut copy = primary.clone();
    copy.scope = new.scope;
    copy.description = new.description;
    copy.attributes = new.attributes;
    copy.name = new.name;
    copy.created_at = now;
    copy.revision = 1;
    if copy.origin == Origin::Imported && !policy.replicas.share_imports {
        for material in &mut copy.materials {
            *material = MaterialRecord {
                present: false,
                expiry: Expiry::Never,
                description: String::new(),
                ..material.clone()
            };
        }
    }
    let at = now.plus_seconds(new.settling_seconds.into());
    copy.turn_for_a_while(KeyState::Creating, Settling { into: KeyState::Enabled, at });
    copy.settle_later(policy);
    Ok(copy)
}

/// Makes the replica in the region `to` the primary, in place of the one in the region `from`.
pub(crate) fn move_primary(
    members: &mut [Key],
    from: &str,
    to: &str,
    settled: Timestamp,
    policy: &Policy,
) -> Result<(), Error> {
    let primary = member(members, from)?;
    primary.require_primary()?;
    primary.require(KeyOperation::MovePrimary, policy)?;
    if to == from {
        return Err(Error::AlreadyPrimary(primary.id.clone()));
    }
    let Some(next) = members.iter().find(|member| member.scope.region == to) else {
        return Err(Error::NoReplica { key: primary.id.clone(), region: to.to_owned() });
    };
    if !policy.allows(KeyOperation::MovePrimary, next.state) {
        return Err(Error::ReplicaState { key: next.id.clone(), region: to.to_owned(), state: next.state });
    }
    let place_of_primary = next.scope.clone();
    for member in members {
        if member.scope.region == from || member.scope.region == to {
            let into = match member.multi_region.as_ref().and_then(|regions| regions.settling) {
                Some(settling) => settling.into,
                None => member.state,
            };
            member.turn_for_a_while(KeyState::Updating, Settling { into, at: settled });
        }
        if let Some(regions) = &mut member.multi_region {
            regions.primary.clone_from(&place_of_primary);
        }
    }
    Ok(())
}

/// Lets the member in a region vanish; a primary waits for its replicas.
pub(crate) fn schedule_deletion(
    members: &mut [Key],
    region: &str,
    window_days: u32,
    now: Timestamp,
    policy: &Policy,
) -> Result<(), Error> {
    let until = end_of_replicas(members);
    let has_replicas = members.len() > 1;
    let member = member_mut(members, region)?;
    if member.is_primary() && has_replicas {
        member.require(KeyOperation::ScheduleDeletion, policy)?;
        if !policy.deletion_window_days.contains(&window_days) {
            return Err(Error::DeletionWindow);
        }
        member.turn(KeyState::PendingReplicaDeletion);
        if let Some(regions) = &mut member.multi_region {
            regions.waiting = Some(Waiting { window_days, until });
        }
    } else {
        *member = member.clone().schedule_deletion(window_days, now, policy)?;
        tell_waiting_primary(members);
    }
    Ok(())
}

/// Keeps the member in a region.
pub(crate) fn cancel_deletion(members: &mut [Key], region: &str, policy: &Policy) -> Result<(), Error> {
    let member = member_mut(members, region)?;
    *member = member.clone().cancel_deletion(policy)?;
    tell_waiting_primary(members);
    Ok(())
}

/// The member in a region.
pub(crate) fn member<'a>(members: &'a [Key], region: &str) -> Result<&'a Key, Error> {
    members.iter().find(|member| member.scope.region == region).ok_or_else(no_member)
}

fn member_mut<'a>(members: &'a mut [Key], region: &str) -> Result<&'a mut Key, Error> {
    members.iter_mut().find(|member| member.scope.region == region).ok_or_else(no_member)
}

/// Whoever has the members has looked for the one they came for.
fn no_member() -> Error {
    Error::internal("the key has no member in this region")
}

/// When the last replica is gone, if all of them are to be deleted.
fn end_of_replicas(members: &[Key]) -> Option<Timestamp> {
    let ends = members.iter().filter(|member| member.is_replica()).map(|replica| replica.deletion.map(|end| end.at));
    ends.collect::<Option<Vec<Timestamp>>>()?.into_iter().max()
}

fn tell_waiting_primary(members: &mut [Key]) {
    let until = end_of_replicas(members);
    for regions in members.iter_mut().filter_map(|member| member.multi_region.as_mut()) {
        if let Some(waiting) = &mut regions.waiting {
            waiting.until = until;
        }
    }
}

#[cfg(test)]
#[path = "multi_region_tests.rs"]
mod tests;
