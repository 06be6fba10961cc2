//! When rotations are due, and what they leave.

use super::*;
use crate::arrival::Expected;
use crate::key::tests::lenient;
use crate::key::{Deletion, Expiry, KeyManager, KeyState};
use crate::policy::{LossWhileDisabled, RotationRules};
use crate::spec::{KeySpec, KeyUsage};
use crate::tenant::Tenant;
use KeyState::{Disabled, Enabled, PendingDeletion, PendingImport};

const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);
const DAY: i64 = 86_400;
const EVERY: &[KeyState] = KeyState::ALL;

static RULES: Policy = Policy {
    private_keys_deletable: true,
    rotation: RotationRules {
        key_specs: &[KeySpec::Aes256],
        imports: true,
        period_days: 90..=2560,
        provider_period_days: None,
        on_demand_limit: 2,
        quiet_seconds: 1200,
        ..RotationRules::NONE
    },
    states: &[
        (KeyOperation::Enable, EVERY),
        (KeyOperation::Disable, EVERY),
        (KeyOperation::ScheduleDeletion, EVERY),
        (KeyOperation::CancelDeletion, EVERY),
        (KeyOperation::ImportMaterial, EVERY),
        (KeyOperation::DeleteMaterial, EVERY),
        (KeyOperation::SetRotation, &[Enabled]),
        (KeyOperation::StopRotation, &[Enabled]),
        (KeyOperation::Rotate, &[Enabled]),
    ],
    ..lenient(LossWhileDisabled::PendingImport)
};

fn id(name: &str) -> MaterialId {
    MaterialId(name.into())
}

fn record(name: &str, role: MaterialRole, generation: i64) -> MaterialRecord {
    MaterialRecord {
        id: id(name),
        role,
        present: true,
        imported_at: NOW,
        expiry: Expiry::Never,
        description: String::new(),
        public_key: None,
        generation,
        rotated: None,
    }
}

fn key(origin: Origin, state: KeyState, materials: Vec<MaterialRecord>) -> Key {
    Key {
        scope: Scope::new(Tenant::new("v", "a"), "r"),
        id: "k".into(),
        spec: KeySpec::Aes256,
        usage: KeyUsage::EncryptDecrypt,
        origin,
        state,
        created_at: NOW,
        deletion: (state == PendingDeletion).then_some(Deletion { at: NOW.plus_seconds(7 * DAY), window_days: 7 }),
        description: String::new(),
        name: None,
        attributes: String::new(),
        residence: None,
        manager: KeyManager::Owner,
        multi_region: None,
        rotation: None,
        materials,
        revision: 1,
    }
}

fn generated() -> Key {
    key(Origin::Generated, Enabled, vec![record("one", MaterialRole::Current, 1)])
}

/// An imported key with an earlier, a current and a waiting material.
fn imported() -> Key {
    let materials = vec![
        record("one", MaterialRole::NonCurrent, 1),
        record("two", MaterialRole::Current, 2),
        record("three", MaterialRole::PendingRotation, 3),
    ];
    key(Origin::Imported, Enabled, materials)
}

fn roles(key: &Key) -> Vec<(&str, MaterialRole)> {
    key.materials.iter().map(|material| (material.id.0.as_str(), material.role)).collect()
}

fn days(count: i64) -> Timestamp {
    NOW.plus_seconds(count * DAY)
}

#[test]
fn a_schedule_counts_from_when_it_was_set() {
    let every_90 = generated().set_rotation(90, NOW, &RULES).unwrap();
    assert_eq!(every_90.rotation, Some(RotationSchedule { period_days: 90, next_at: days(90) }));
    assert_eq!(every_90.due_at(), Some(days(90)));
    let again = every_90.clone().set_rotation(90, days(10), &RULES).unwrap();
    assert_eq!(again, every_90, "the same period again");
    let longer = every_90.clone().set_rotation(365, days(10), &RULES).unwrap();
    assert_eq!(longer.rotation, Some(RotationSchedule { period_days: 365, next_at: days(375) }));
    assert_eq!(every_90.stop_rotation(&RULES).unwrap().rotation, None);
}

#[test]
fn periods_have_bounds() {
    for period in [0, 1, 89, 2561, u32::MAX] {
        assert_eq!(generated().set_rotation(period, NOW, &RULES), Err(Error::RotationPeriod), "{period}");
    }
    assert!(generated().set_rotation(2560, NOW, &RULES).is_ok());
}

#[test]
fn which_keys_have_a_schedule() {
    let unfit = Error::OriginUnfit { key: "k".into(), origin: Origin::Imported };
    assert_eq!(imported().set_rotation(90, NOW, &RULES), Err(unfit));
    let mut mac = generated();
    mac.spec = KeySpec::Hmac256;
    let refusal = || Error::NotRotatable { key: "k".into(), spec: KeySpec::Hmac256 };
    assert_eq!(mac.clone().set_rotation(90, NOW, &RULES), Err(refusal()));
    assert_eq!(mac.clone().stop_rotation(&RULES), Err(refusal()));
    assert_eq!(mac.require_rotation(NOW, &RULES), Err(refusal()));
    let disabled = generated().disable(&RULES).unwrap();
    assert!(matches!(disabled.clone().set_rotation(90, NOW, &RULES), Err(Error::WrongState { .. })));
    assert!(matches!(disabled.stop_rotation(&RULES), Err(Error::WrongState { .. })));
}

#[test]
fn every_missed_period_is_due_at_its_day() {
    let key = generated().set_rotation(90, NOW, &RULES).unwrap();
    assert_eq!(key.due_rotations(Timestamp(days(90).0 - 1)), []);
    assert_eq!(key.due_rotations(days(90)), [days(90)]);
    assert_eq!(key.due_rotations(days(300)), [days(90), days(180), days(270)]);
    let far = key.due_rotations(days(90 * 1000));
    assert_eq!((far.len(), far[0], far[99]), (100, days(90 * 901), days(90 * 1000)), "the latest hundred");
    assert_eq!(generated().due_rotations(days(10_000)), [], "without a schedule");
}

#[test]
fn a_due_rotation_replaces_the_material() {
    let key = generated().set_rotation(90, NOW, &RULES).unwrap();
    let fresh = record("two", MaterialRole::Current, key.next_generation());
    let after = key.rotated_as_due(fresh, days(90));
    assert_eq!(roles(&after), [("one", MaterialRole::NonCurrent), ("two", MaterialRole::Current)]);
    assert_eq!(after.materials[1].rotated, Some(Rotated { at: days(90), kind: RotationKind::Automatic }));
    assert_eq!(after.rotation.unwrap().next_at, days(180));
    assert_eq!(after.current_material().unwrap().id, id("two"));
    assert_eq!(after.due_rotations(days(179)), []);
}

#[test]
fn a_disabled_key_is_rotated_once_when_it_is_enabled() {
    let disabled = generated().set_rotation(90, NOW, &RULES).unwrap().disable(&RULES).unwrap();
    assert_eq!(disabled.due_rotations(days(400)), []);
    assert_eq!(disabled.due_at(), None);
    assert!(disabled.rotation_schedule().is_some());
    let enabled = disabled.clone().enable(days(400), &RULES).unwrap();
    assert_eq!(enabled.due_rotations(days(400)), [days(400)]);
    let after = enabled.rotated_as_due(record("two", MaterialRole::Current, 2), days(400));
    assert_eq!(after.rotation.unwrap().next_at, days(490));
    let in_time = disabled.enable(days(50), &RULES).unwrap();
    assert_eq!(in_time.due_rotations(days(90)), [days(90)], "an earlier schedule goes on");
}

#[test]
fn a_dying_key_is_not_rotated() {
    let dying = generated().set_rotation(90, NOW, &RULES).unwrap().schedule_deletion(30, days(80), &RULES).unwrap();
    assert_eq!((dying.rotation_schedule(), dying.due_rotations(days(100))), (None, Vec::new()));
    let kept = dying.cancel_deletion(&RULES).unwrap();
    assert_eq!(kept.rotation_schedule().unwrap().next_at, days(90));
    assert_eq!(kept.enable(days(100), &RULES).unwrap().due_rotations(days(100)), [days(100)]);
}

#[test]
fn on_demand_has_a_limit_and_a_quiet_time() {
    let key = generated().set_rotation(90, NOW, &RULES).unwrap();
    let quiet_from = days(90).plus_seconds(-1200);
    assert_eq!(key.require_rotation(Timestamp(quiet_from.0 - 1), &RULES), Ok(()));
    assert_eq!(key.require_rotation(quiet_from, &RULES), Err(Error::RotationNear("k".into())));
    let mut key = generated();
    for generation in [2, 3] {
        key.require_rotation(NOW, &RULES).unwrap();
        key = key.rotated_on_demand(record(&generation.to_string(), MaterialRole::Current, generation), NOW, &RULES);
    }
    assert_eq!(key.require_rotation(NOW, &RULES), Err(Error::RotationLimit("k".into())));
    let key = generated().set_rotation(90, NOW, &RULES).unwrap();
    let automatic = key.rotated_as_due(record("two", MaterialRole::Current, 2), days(90));
    assert_eq!(automatic.require_rotation(days(90), &RULES), Ok(()), "automatic ones do not count");
}

#[test]
fn on_demand_leaves_the_schedule() {
    let key = generated().set_rotation(90, NOW, &RULES).unwrap();
    let after = key.clone().rotated_on_demand(record("two", MaterialRole::Current, 2), days(3), &RULES);
    assert_eq!(after.rotation, key.rotation);
    assert_eq!(after.materials[1].rotated, Some(Rotated { at: days(3), kind: RotationKind::OnDemand }));
}

#[test]
fn imported_material_is_rotated_to() {
    let after = imported().rotated_to_pending(days(1)).unwrap();
    assert_eq!(
        roles(&after),
        [("one", MaterialRole::NonCurrent), ("two", MaterialRole::NonCurrent), ("three", MaterialRole::Current)]
    );
    assert_eq!(after.materials[2].rotated, Some(Rotated { at: days(1), kind: RotationKind::OnDemand }));
    assert_eq!(after.clone().rotated_to_pending(days(2)), Err(Error::NothingToRotateTo("k".into())));
    let mut unreplicated = imported();
    unreplicated.materials[2].role = MaterialRole::PendingReplication;
    assert_eq!(unreplicated.rotated_to_pending(days(1)), Err(Error::NothingToRotateTo("k".into())));
}

fn arrive(key: Key, name: &str, expected: &Expected) -> Result<Key, Error> {
    key.accept(id(name), None, Expiry::At(days(5)), expected, NOW, &RULES)
}

/// The decision table of an import, cell by cell: what a key holds, what is said about the material
/// that comes, and which it is.
#[test]
fn arrivals() {
    let none = || key(Origin::Imported, PendingImport, Vec::new());
    let one = || key(Origin::Imported, Enabled, vec![record("one", MaterialRole::Current, 1)]);
    let existing = || Expected::Known(None);
    let named = |name| Expected::Known(Some(id(name)));
    for (before, arriving, expected, outcome) in [
        // Nothing was ever imported.
        (none(), "one", Expected::Anything, Ok(vec![("one", MaterialRole::Current)])),
        (none(), "one", Expected::New, Ok(vec![("one", MaterialRole::Current)])),
        (none(), "one", existing(), Err(Error::MaterialDiffers)),
        (none(), "one", named("one"), Err(Error::MaterialDiffers)),
        // One current material.
        (one(), "one", Expected::Anything, Ok(vec![("one", MaterialRole::Current)])),
        (one(), "one", existing(), Ok(vec![("one", MaterialRole::Current)])),
        (one(), "one", named("one"), Ok(vec![("one", MaterialRole::Current)])),
        (one(), "one", named("two"), Err(Error::MaterialDiffers)),
        (one(), "one", Expected::New, Err(Error::MaterialDiffers)),
        (one(), "two", Expected::Anything, Err(Error::MaterialDiffers)),
        (one(), "two", existing(), Err(Error::MaterialDiffers)),
        (one(), "two", named("two"), Err(Error::MaterialDiffers)),
        (one(), "two", Expected::New, Ok(vec![("one", MaterialRole::Current), ("two", MaterialRole::PendingRotation)])),
        // An earlier, a current and a waiting one.
        (imported(), "one", existing(), Ok(roles(&imported()))),
        (imported(), "two", Expected::Anything, Ok(roles(&imported()))),
        (imported(), "three", existing(), Ok(roles(&imported()))),
        (imported(), "three", named("three"), Ok(roles(&imported()))),
        (imported(), "three", named("two"), Err(Error::MaterialDiffers)),
        (imported(), "one", Expected::New, Err(Error::MaterialDiffers)),
        (imported(), "three", Expected::New, Err(Error::MaterialDiffers)),
        (imported(), "four", existing(), Err(Error::MaterialDiffers)),
        (
            imported(),
            "four",
            Expected::New,
            Err(Error::MaterialPending { key: "k".into(), refused: id("four"), pending: id("three") }),
        ),
    ] {
        let label = format!("{:?} {arriving} {expected:?}", roles(&before));
        let after = arrive(before, arriving, &expected);
        assert_eq!(
            after.as_ref().map(roles).map_err(|error| format!("{error:?}")),
            outcome.map_err(|error| format!("{error:?}")),
            "{label}"
        );
        if let Ok(after) = &after {
            let came = after.material(&id(arriving)).unwrap();
            assert_eq!((came.present, came.expiry), (true, Expiry::At(days(5))), "{label}");
        }
    }
}

#[test]
fn kinds_that_are_not_rotated_hold_one_material() {
    let mut mac = key(Origin::Imported, Enabled, vec![record("one", MaterialRole::Current, 1)]);
    mac.spec = KeySpec::Hmac256;
    assert_eq!(arrive(mac.clone(), "two", &Expected::New), Err(Error::MaterialDiffers));
    assert_eq!(arrive(mac.clone(), "two", &Expected::Anything), Err(Error::MaterialDiffers));
    assert!(arrive(mac, "one", &Expected::Anything).is_ok());
}

#[test]
fn a_key_is_enabled_only_with_all_it_needs() {
    for (lost, state) in [("one", PendingImport), ("two", PendingImport), ("three", Enabled)] {
        let after = imported().drop_material(Some(&id(lost)), &RULES).unwrap();
        assert_eq!(after.state, state, "without {lost}");
        assert_eq!(after.material(&id(lost)).is_some(), lost != "three", "what waited leaves no trace");
    }
    let both = imported().drop_material(Some(&id("one")), &RULES).unwrap().drop_material(None, &RULES).unwrap();
    assert!(!both.materials[1].present, "the current one, if none is named");
    let half = arrive(both, "one", &Expected::Anything).unwrap();
    assert_eq!(half.state, PendingImport, "one of two is back");
    assert_eq!(arrive(half, "two", &Expected::Known(None)).unwrap().state, Enabled);
    let unknown = imported().drop_material(Some(&id("four")), &RULES);
    assert_eq!(unknown, Err(Error::MaterialNotFound(id("four"))));
    let other = imported().drop_material(Some(&id("three")), &RULES).unwrap();
    assert!(arrive(other, "four", &Expected::New).is_ok(), "there is room for another");
}

#[test]
fn each_material_expires_by_itself() {
    for (index, state) in [(0, PendingImport), (1, PendingImport), (2, Enabled)] {
        let mut key = imported();
        key.materials[index].expiry = Expiry::At(days(1));
        assert_eq!(key.due_at(), Some(days(1)));
        assert_eq!(key.clone().at(Timestamp(days(1).0 - 1), &RULES).unwrap().state, Enabled);
        let after = key.at(days(1), &RULES).unwrap();
        assert_eq!(after.state, state, "material {index}");
        assert_eq!(after.materials.len(), if index == 2 { 2 } else { 3 });
    }
}

#[test]
fn a_key_that_waits_for_material_cannot_be_rotated() {
    for state in [Disabled, PendingImport, PendingDeletion] {
        let refused = key(Origin::Imported, state, imported().materials).require_rotation(NOW, &RULES);
        assert!(matches!(refused, Err(Error::WrongState { .. })), "{state}");
    }
}

#[test]
fn vendors_who_mind_are_told_what_the_setting_is() {
    let on = generated().start_rotation(90, NOW, &RULES).unwrap();
    assert_eq!(on.rotation, Some(RotationSchedule::starting(90, NOW)));
    let later = NOW.plus_seconds(DAY);
    assert_eq!(on.clone().start_rotation(90, later, &RULES), Err(Error::RotationOn("k".into())));
    let changed = on.clone().change_rotation(180, later, &RULES).unwrap();
    assert_eq!(changed.rotation, Some(RotationSchedule::starting(180, later)));
    assert_eq!(on.end_rotation(&RULES).unwrap(), generated());
    assert_eq!(generated().change_rotation(90, NOW, &RULES), Err(Error::RotationOff("k".into())));
    assert_eq!(generated().end_rotation(&RULES), Err(Error::RotationOff("k".into())));
    // What forbids rotation altogether is told before.
    let imported = key(Origin::Imported, Enabled, Vec::new());
    let unfit = Error::OriginUnfit { key: "k".into(), origin: Origin::Imported };
    assert_eq!(imported.end_rotation(&RULES), Err(unfit));
}

/// Rotates on demand what is rotated anyway, once a day, and counts from there.
static DAILY: Policy = Policy {
    rotation: RotationRules {
        key_specs: &[KeySpec::Aes256],
        period_days: 7..=365,
        on_demand_limit: u32::MAX,
        pause_seconds: DAY,
        on_demand_needs_schedule: true,
        on_demand_restarts_schedule: true,
        ..RotationRules::NONE
    },
    states: &[(KeyOperation::SetRotation, EVERY), (KeyOperation::Rotate, &[Enabled])],
    ..lenient(LossWhileDisabled::PendingImport)
};

#[test]
fn a_vendor_may_rotate_on_demand_what_is_rotated_anyway() {
    let off = generated();
    assert_eq!(off.require_rotation(NOW, &DAILY), Err(Error::RotationOff("k".into())));
    let external = imported();
    let refusal = Error::OriginUnfit { key: "k".into(), origin: Origin::Imported };
    assert_eq!(external.require_rotation(NOW, &DAILY), Err(refusal));
    let on = off.set_rotation(90, NOW, &DAILY).unwrap();
    assert_eq!(on.require_rotation(days(1), &DAILY), Ok(()));
    let rotated = on.rotated_on_demand(record("two", MaterialRole::Current, 2), days(1), &DAILY);
    assert_eq!(rotated.last_rotation(), Some(days(1)));
    assert_eq!(rotated.rotation, Some(RotationSchedule { period_days: 90, next_at: days(91) }));
    let refusal = Err(Error::RotationRecent("k".into()));
    assert_eq!(rotated.require_rotation(Timestamp(days(2).0 - 1), &DAILY), refusal);
    assert_eq!(rotated.require_rotation(days(2), &DAILY), Ok(()));
    let due = rotated.rotated_as_due(record("three", MaterialRole::Current, 3), days(91));
    assert_eq!(
        due.require_rotation(days(91), &DAILY),
        Err(Error::RotationRecent("k".into())),
        "the automatic one counts"
    );
}

#[test]
fn without_a_pause_nothing_is_too_recent() {
    // Two callers at once: the one that read the clock first meets the other's rotation.
    let rotated = generated().rotated_on_demand(record("two", MaterialRole::Current, 2), days(1), &RULES);
    assert_eq!(rotated.require_rotation(Timestamp(days(1).0 - 1), &RULES), Ok(()));
}
