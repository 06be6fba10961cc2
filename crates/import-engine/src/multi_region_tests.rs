//! Members of keys in several regions, as pure functions.

use super::*;
use crate::arrival::Expected;
use crate::chance::KeyIdForm;
use crate::key::{KeyManager, MaterialId, MaterialRole};
use crate::policy::{BindingRules, LatestExpiry, PrivateKeyForm, ReplicaRules, RotationRules};
use crate::spec::{KeySpec, KeyUsage};
use crate::tenant::{Scope, Tenant};
use KeyState::{Creating, Disabled, Enabled, PendingDeletion, PendingImport, PendingReplicaDeletion, Updating};

const NOW: Timestamp = Timestamp::from_seconds(1_000_000);
const DAY: i64 = 86_400;
const NOT_DYING: &[KeyState] = &[Enabled, Disabled, PendingImport, Creating];

static POLICY: Policy = policy();

const fn policy() -> Policy {
    Policy {
        key_id_form: KeyIdForm::RandomUuid,
        multi_region_key_id_form: KeyIdForm::RandomUuid,
        token_lifetime_seconds: DAY,
        token_length: 96,
        newest_parameters_only: false,
        offers: &[],
        material_lengths: &[],
        latest_expiry: LatestExpiry::Unbounded,
        private_keys_expire: true,
        private_keys_deletable: true,
        private_key_form: PrivateKeyForm::OneField,
        loss_while_disabled: LossWhileDisabled::PendingImport,
        deletion_window_days: 7..=30,
        rotation: RotationRules::NONE,
        labels_per_key: 0,
        grants_per_key: 0,
        keys_per_scope: None,
        data_key_pairs_in_key_stores: false,
        pss_salt: crate::policy::PssSalt::AsDigest,
        usage_before_state: false,
        provider_keys: &[],
        replicas: ReplicaRules::SEPARATE,
        bindings: BindingRules::NONE,
        states: &[
            (KeyOperation::ScheduleDeletion, NOT_DYING),
            (KeyOperation::CancelDeletion, &[PendingDeletion, PendingReplicaDeletion]),
            (KeyOperation::Replicate, &[Enabled]),
            (KeyOperation::MovePrimary, &[Enabled, Disabled, Updating]),
            (KeyOperation::ImportMaterial, &[Enabled, Disabled, PendingImport, Updating]),
            (KeyOperation::DeleteMaterial, &[Enabled, Disabled, Updating]),
        ],
    }
}

fn at(region: &str) -> Scope {
    Scope::new(Tenant::new("v", "a"), region)
}

fn primary(origin: Origin) -> Key {
    let material = MaterialRecord {
        id: MaterialId("m".into()),
        role: MaterialRole::Current,
        present: true,
        imported_at: Timestamp(5),
        expiry: if origin == Origin::Imported { Expiry::At(NOW.plus_seconds(DAY)) } else { Expiry::Never },
        description: "of the primary".into(),
        public_key: None,
        generation: 1,
        rotated: None,
    };
    Key {
        scope: at("east"),
        id: "k".into(),
        spec: KeySpec::Aes256,
        usage: KeyUsage::EncryptDecrypt,
        origin,
        state: Enabled,
        created_at: Timestamp(1),
        deletion: None,
        description: "of the primary".into(),
        name: Some("n".into()),
        attributes: "{}".into(),
        residence: None,
        manager: KeyManager::Owner,
        multi_region: Some(MultiRegion::at_rest(at("east"))),
        rotation: None,
        materials: vec![material],
        revision: 7,
    }
}

fn new(region: &str) -> NewReplica {
    NewReplica {
        scope: at(region),
        name: None,
        description: "own".into(),
        attributes: r#"{"own":1}"#.into(),
        settling_seconds: 3,
    }
}

/// A primary in the east and replicas in the west and the north, all at rest.
fn three() -> Vec<Key> {
    let mut members = vec![primary(Origin::Generated)];
    for region in ["west", "north"] {
        let copy = replica(&members, "east", new(region), NOW, &POLICY).unwrap();
        members.push(copy.at(NOW.plus_seconds(3), &POLICY).unwrap());
    }
    members
}

fn states(members: &[Key], now: Timestamp) -> Vec<Option<KeyState>> {
    members.iter().map(|member| member.clone().at(now, &POLICY).map(|key| key.state)).collect()
}

/// What the members are at an instant.
fn later(members: Vec<Key>, now: Timestamp) -> Vec<Key> {
    members.into_iter().filter_map(|member| member.at(now, &POLICY)).collect()
}

#[test]
fn a_copy_has_what_is_shared_and_nothing_else() {
    let members = [primary(Origin::Generated)];
    let copy = replica(&members, "east", new("west"), NOW, &POLICY).unwrap();
    assert_eq!((copy.id.as_str(), copy.scope.region.as_str(), copy.revision), ("k", "west", 1));
    assert_eq!(
        (copy.description.as_str(), copy.attributes.as_str(), copy.name.as_deref()),
        ("own", r#"{"own":1}"#, None)
    );
    assert_eq!((copy.created_at, &copy.materials), (NOW, &members[0].materials));
    assert!(copy.is_replica() && !copy.is_primary() && members[0].is_primary());
    assert_eq!((copy.state, copy.due_at()), (Creating, Some(NOW.plus_seconds(3))));
    let just_before = copy.clone().at(Timestamp(NOW.plus_seconds(3).0 - 1), &POLICY).unwrap();
    assert_eq!(just_before, copy);
    let settled = copy.at(NOW.plus_seconds(3), &POLICY).unwrap();
    assert_eq!((settled.state, settled.due_at()), (Enabled, None));
}

#[test]
fn imported_material_does_not_come_with_a_copy() {
    let copy = replica(&[primary(Origin::Imported)], "east", new("west"), NOW, &POLICY).unwrap();
    let record = &copy.materials[0];
    assert_eq!((record.present, record.expiry, record.description.as_str()), (false, Expiry::Never, ""));
    assert_eq!(copy.state, Creating);
    let waiting = copy.at(NOW.plus_seconds(3), &POLICY).unwrap();
    assert_eq!(waiting.state, PendingImport);
    let import =
        |key: Key, id: &str| key.accept(MaterialId(id.into()), None, Expiry::Never, &Expected::Anything, NOW, &POLICY);
    assert_eq!(import(waiting.clone(), "other"), Err(Error::MaterialDiffers));
    assert_eq!(import(waiting, "m").unwrap().state, Enabled);
}

#[test]
fn copies_are_made_of_primaries_that_work_once_per_region() {
    let members = three();
    let make = |from, to| replica(&members, from, new(to), NOW, &POLICY).map(|_| ());
    assert_eq!(make("west", "south"), Err(Error::NotPrimary("k".into())));
    for taken in ["east", "west", "north"] {
        assert_eq!(make("east", taken), Err(Error::MemberExists { key: "k".into(), region: taken.into() }));
    }
    assert_eq!(make("east", "south"), Ok(()));
    let single = Key { multi_region: None, ..primary(Origin::Generated) };
    let refused = replica(&[single], "east", new("west"), NOW, &POLICY);
    assert_eq!(refused, Err(Error::NotPrimary("k".into())));
    let disabled = Key { state: Disabled, ..primary(Origin::Generated) };
    let refused = replica(&[disabled], "east", new("west"), NOW, &POLICY);
    assert!(matches!(refused, Err(Error::WrongState { state: Disabled, .. })));
}

#[test]
fn the_primary_moves_and_both_are_updated_for_a_while() {
    let mut members = three();
    members[1].state = Disabled;
    let settled = NOW.plus_seconds(5);
    move_primary(&mut members, "east", "west", settled, &POLICY).unwrap();
    let roles: Vec<bool> = members.iter().map(Key::is_primary).collect();
    assert_eq!(roles, [false, true, false]);
    assert_eq!(states(&members, NOW), [Some(Updating), Some(Updating), Some(Enabled)]);
    // Again meanwhile: the states that come afterwards stay those of the beginning.
    move_primary(&mut members, "west", "east", NOW.plus_seconds(6), &POLICY).unwrap();
    assert_eq!(states(&members, settled), [Some(Updating), Some(Updating), Some(Enabled)]);
    assert_eq!(states(&members, NOW.plus_seconds(6)), [Some(Enabled), Some(Disabled), Some(Enabled)]);
    assert!(members[0].is_primary());
}

#[test]
fn the_primary_moves_to_a_replica_that_can_take_it() {
    let mut members = three();
    let outcome = |members: &mut Vec<Key>, from, to| move_primary(members, from, to, NOW, &POLICY);
    assert_eq!(outcome(&mut members, "west", "east"), Err(Error::NotPrimary("k".into())));
    assert_eq!(outcome(&mut members, "east", "east"), Err(Error::AlreadyPrimary("k".into())));
    let missing = Error::NoReplica { key: "k".into(), region: "south".into() };
    assert_eq!(outcome(&mut members, "east", "south"), Err(missing));
    schedule_deletion(&mut members, "west", 7, NOW, &POLICY).unwrap();
    let unfit = Error::ReplicaState { key: "k".into(), region: "west".into(), state: PendingDeletion };
    assert_eq!(outcome(&mut members, "east", "west"), Err(unfit));
    assert_eq!(members.iter().filter(|member| member.is_primary()).count(), 1);
}

#[test]
fn material_that_is_lost_while_updating_is_missed_at_once() {
    let mut members = vec![primary(Origin::Imported)];
    let copy = replica(&members, "east", new("west"), NOW, &POLICY).unwrap().at(NOW.plus_seconds(3), &POLICY).unwrap();
    members.push(copy.accept(MaterialId("m".into()), None, Expiry::Never, &Expected::Anything, NOW, &POLICY).unwrap());
    move_primary(&mut members, "east", "west", NOW.plus_seconds(5), &POLICY).unwrap();
    let dropped = members[0].clone().drop_material(None, &POLICY).unwrap();
    assert_eq!(
        (dropped.state, dropped.at(NOW.plus_seconds(5), &POLICY).unwrap().state),
        (PendingImport, PendingImport)
    );
    assert_eq!(members[0].clone().at(NOW.plus_seconds(DAY), &POLICY).unwrap().state, PendingImport);
}

#[test]
fn a_primary_waits_for_the_end_of_its_replicas() {
    let mut members = three();
    schedule_deletion(&mut members, "east", 10, NOW, &POLICY).unwrap();
    let waiting = |members: &[Key]| members[0].multi_region.as_ref().unwrap().waiting;
    assert_eq!(waiting(&members), Some(Waiting { window_days: 10, until: None }));
    assert_eq!((members[0].state, members[0].deletion), (PendingReplicaDeletion, None));
    schedule_deletion(&mut members, "west", 7, NOW, &POLICY).unwrap();
    assert_eq!(waiting(&members), Some(Waiting { window_days: 10, until: None }), "one of them lives");
    schedule_deletion(&mut members, "north", 9, NOW, &POLICY).unwrap();
    let gone = NOW.plus_seconds(9 * DAY);
    assert_eq!(waiting(&members), Some(Waiting { window_days: 10, until: Some(gone) }));

    assert_eq!(states(&members, Timestamp(gone.0 - 1)), [Some(PendingReplicaDeletion), None, Some(PendingDeletion)]);
    assert_eq!(states(&members, gone), [Some(PendingDeletion), None, None]);
    let end = gone.plus_seconds(10 * DAY);
    let alone = members[0].clone().at(gone, &POLICY).unwrap();
    assert_eq!(alone.deletion, Some(Deletion { at: end, window_days: 10 }));
    assert_eq!(states(&members, Timestamp(end.0 - 1))[0], Some(PendingDeletion));
    assert_eq!(states(&members, end)[0], None);
}

#[test]
fn a_replica_that_is_kept_keeps_its_primary_waiting() {
    let mut members = three();
    schedule_deletion(&mut members, "west", 7, NOW, &POLICY).unwrap();
    schedule_deletion(&mut members, "north", 9, NOW, &POLICY).unwrap();
    schedule_deletion(&mut members, "east", 10, NOW, &POLICY).unwrap();
    let mut members = later(members, NOW.plus_seconds(8 * DAY));
    assert_eq!(members.len(), 2);
    cancel_deletion(&mut members, "north", &POLICY).unwrap();
    assert_eq!(states(&members, NOW.plus_seconds(100 * DAY)), [Some(PendingReplicaDeletion), Some(Disabled)]);
    cancel_deletion(&mut members, "east", &POLICY).unwrap();
    assert_eq!(states(&members, NOW.plus_seconds(100 * DAY)), [Some(Disabled), Some(Disabled)]);
    assert_eq!(members[0].multi_region, Some(MultiRegion::at_rest(at("east"))));
}

#[test]
fn a_primary_without_replicas_goes_as_any_key() {
    let mut members = vec![primary(Origin::Generated)];
    schedule_deletion(&mut members, "east", 7, NOW, &POLICY).unwrap();
    assert_eq!(members[0].deletion, Some(Deletion { at: NOW.plus_seconds(7 * DAY), window_days: 7 }));
    let refused = schedule_deletion(&mut three(), "east", 6, NOW, &POLICY);
    assert_eq!(refused, Err(Error::DeletionWindow));
}

#[test]
fn a_replica_goes_while_it_is_being_made() {
    let mut members = vec![primary(Origin::Generated)];
    members.push(replica(&members, "east", new("west"), NOW, &POLICY).unwrap());
    schedule_deletion(&mut members, "west", 7, NOW, &POLICY).unwrap();
    assert_eq!(states(&members, NOW.plus_seconds(3)), [Some(Enabled), Some(PendingDeletion)]);
}

static SHARING: Policy = Policy { replicas: ReplicaRules { any_key: true, share_imports: true }, ..policy() };

fn elsewhere(region: &str, account: &str) -> NewReplica {
    NewReplica { scope: Scope::new(Tenant::new("v", account), region), name: Some("copy".into()), ..new(region) }
}

#[test]
fn members_may_belong_to_several_accounts() {
    let mut members = vec![Key { multi_region: None, ..primary(Origin::Generated) }];
    assert_eq!(members[0].home(), &members[0].scope.tenant);
    begin(&mut members, &at("east"));
    let copy = replica(&members, "east", elsewhere("west", "b"), NOW, &SHARING).unwrap();
    assert_eq!((copy.scope.tenant.account.as_str(), copy.name.as_deref()), ("b", Some("copy")));
    assert_eq!((copy.is_replica(), copy.home()), (true, &at("east").tenant));
    members.push(copy.at(NOW.plus_seconds(3), &SHARING).unwrap());
    let taken = replica(&members, "east", elsewhere("west", "c"), NOW, &SHARING);
    assert_eq!(taken, Err(Error::MemberExists { key: "k".into(), region: "west".into() }));
    move_primary(&mut members, "east", "west", NOW, &SHARING).unwrap();
    assert_eq!(members.iter().map(Key::is_primary).collect::<Vec<_>>(), [false, true]);
    assert!(members.iter().all(|member| member.home() == &at("east").tenant));
    // Who is the primary already stays it when asked to begin.
    let before = members.clone();
    begin(&mut members, &at("east"));
    assert_eq!(members, before);
}

#[test]
fn shared_material_comes_and_goes_with_the_primary_s() {
    let members = [primary(Origin::Imported)];
    let copy =
        replica(&members, "east", new("west"), NOW, &SHARING).unwrap().at(NOW.plus_seconds(3), &SHARING).unwrap();
    assert_eq!((copy.state, &copy.materials), (Enabled, &members[0].materials));
    assert_eq!(copy.require_own_material(&SHARING), Err(Error::NotPrimary("k".into())));
    assert_eq!(copy.require_own_material(&POLICY), Ok(()));
    assert_eq!(members[0].require_own_material(&SHARING), Ok(()));
    let empty = members[0].clone().drop_material(None, &SHARING).unwrap();
    let emptied = copy.with_material_of(&empty, &SHARING);
    assert_eq!((emptied.state, emptied.materials[0].present), (PendingImport, false));
    let filled = emptied.with_material_of(&members[0], &SHARING);
    assert_eq!((filled.state, &filled.materials), (Enabled, &members[0].materials));
    // It expires of itself.
    assert_eq!(filled.at(NOW.plus_seconds(DAY), &SHARING).unwrap().state, PendingImport);
}

#[test]
fn a_key_in_a_key_store_has_no_copies() {
    let connection = crate::key_store::Connection::none(NOW);
    let residence = crate::key_store::Residence {
        store: "s".into(),
        outside_key: None,
        store_attributes: String::new(),
        connection,
        resumes: Enabled,
    };
    let member = Key { residence: Some(residence), origin: Origin::Module, ..primary(Origin::Generated) };
    let refused = replica(&[member], "east", new("west"), NOW, &SHARING);
    assert_eq!(refused, Err(Error::OriginUnfit { key: "k".into(), origin: Origin::Module }));
}
