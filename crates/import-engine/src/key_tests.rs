//! The state machine, cell by cell.

use super::*;
use crate::arrival::Expected;
use crate::chance::KeyIdForm;
use crate::key_store::Connection;
use crate::policy::{BindingRules, LatestExpiry, PrivateKeyForm, ReplicaRules, RotationRules};
use crate::tenant::Tenant;
use KeyState::{Archived, Disabled, Enabled, PendingDeletion, PendingImport};

const NOW: Timestamp = Timestamp(1_000_000_000);
const EVERY: &[KeyState] = KeyState::ALL;

/// A vendor that allows everything everywhere, so that the transitions themselves are seen.
pub const fn lenient(loss_while_disabled: LossWhileDisabled) -> Policy {
    Policy {
        key_id_form: KeyIdForm::RandomUuid,
        multi_region_key_id_form: KeyIdForm::RandomUuid,
        token_lifetime_seconds: 86_400,
        token_length: 96,
        newest_parameters_only: false,
        offers: &[],
        material_lengths: &[],
        latest_expiry: LatestExpiry::Unbounded,
        private_keys_expire: true,
        private_keys_deletable: false,
        private_key_form: PrivateKeyForm::OneField,
        loss_while_disabled,
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
            (KeyOperation::Enable, EVERY),
            (KeyOperation::Disable, EVERY),
            (KeyOperation::ScheduleDeletion, EVERY),
            (KeyOperation::CancelDeletion, EVERY),
            (KeyOperation::ImportMaterial, EVERY),
            (KeyOperation::DeleteMaterial, EVERY),
            (KeyOperation::Archive, EVERY),
            (KeyOperation::Unarchive, EVERY),
        ],
    }
}

static WAITS: Policy = lenient(LossWhileDisabled::PendingImport);
static STAYS: Policy = lenient(LossWhileDisabled::StaysDisabled);
static STRICT: Policy =
    Policy { states: &[(KeyOperation::Enable, &[Disabled])], ..lenient(LossWhileDisabled::PendingImport) };

fn material(present: bool, expiry: Expiry) -> MaterialRecord {
    MaterialRecord {
        id: MaterialId("m".into()),
        role: MaterialRole::Current,
        present,
        imported_at: Timestamp(5),
        description: String::new(),
        expiry,
        public_key: None,
        generation: 1,
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
        created_at: Timestamp(1),
        deletion: (state == PendingDeletion).then_some(Deletion { at: NOW.plus_seconds(10), window_days: 7 }),
        description: String::new(),
        name: None,
        attributes: String::new(),
        residence: None,
        manager: KeyManager::Owner,
        multi_region: None,
        rotation: None,
        materials,
        revision: 3,
    }
}

fn imported(state: KeyState, present: bool) -> Key {
    key(Origin::Imported, state, vec![material(present, Expiry::Never)])
}

#[test]
fn transitions_of_a_key_with_material() {
    for from in [Enabled, Disabled, PendingDeletion] {
        let key = || imported(from, true);
        assert_eq!(key().enable(NOW, &WAITS).unwrap().state, Enabled, "enable from {from}");
        assert_eq!(key().disable(&WAITS).unwrap().state, Disabled, "disable from {from}");
        let scheduled = key().schedule_deletion(7, NOW, &WAITS).unwrap();
        assert_eq!(scheduled.state, PendingDeletion);
        assert_eq!(scheduled.deletion, Some(Deletion { at: NOW.plus_seconds(7 * 86_400), window_days: 7 }));
        let cancelled = scheduled.cancel_deletion(&WAITS).unwrap();
        assert_eq!((cancelled.state, cancelled.deletion), (Disabled, None));
    }
}

#[test]
fn transitions_of_a_key_without_material() {
    for from in [Disabled, PendingImport, PendingDeletion] {
        let key = || imported(from, false);
        assert_eq!(key().enable(NOW, &WAITS).unwrap().state, PendingImport, "enable from {from}");
        assert_eq!(key().enable(NOW, &STAYS).unwrap().state, PendingImport, "enable from {from}");
        assert_eq!(key().disable(&WAITS).unwrap().state, PendingImport, "disable from {from}");
        assert_eq!(key().disable(&STAYS).unwrap().state, Disabled, "disable from {from}");
        let cancelled = key().schedule_deletion(7, NOW, &WAITS).unwrap().cancel_deletion(&WAITS).unwrap();
        assert_eq!(cancelled.state, PendingImport);
    }
}

#[test]
fn the_archive_and_back() {
    for from in [Enabled, Disabled] {
        let archived = imported(from, true).archive(&WAITS).unwrap();
        assert_eq!(archived.state, Archived, "from {from}");
        assert_eq!(archived.clone().unarchive(NOW, &WAITS).unwrap().state, Enabled);
        let lost = archived.drop_material(None, &WAITS).unwrap();
        assert_eq!(lost.state, Archived, "what is archived stays there without its material");
        assert_eq!(lost.unarchive(NOW, &WAITS).unwrap().state, PendingImport);
    }
    let scheduled = imported(Archived, true).schedule_deletion(7, NOW, &WAITS).unwrap();
    assert_eq!(scheduled.cancel_deletion(&WAITS).unwrap().state, Disabled);
    let refusal = Error::WrongState { key: "k".into(), state: Enabled, operation: KeyOperation::Archive };
    assert_eq!(imported(Enabled, true).archive(&STRICT), Err(refusal), "only where the vendor has an archive");
}

#[test]
fn what_somebody_relies_on_cannot_be_taken_away() {
    static BOUND: Policy = Policy {
        bindings: BindingRules {
            forbid: &[KeyOperation::Disable, KeyOperation::Enable],
            is_bound: |key| Ok(key.attributes == "bound"),
        },
        ..lenient(LossWhileDisabled::PendingImport)
    };
    let mut bound = imported(Enabled, true);
    assert!(bound.clone().disable(&BOUND).is_ok());
    bound.attributes = "bound".into();
    let refusal = Error::KeyBound { key: "k".into(), operation: KeyOperation::Disable };
    assert_eq!(bound.clone().disable(&BOUND), Err(refusal));
    assert!(bound.clone().archive(&BOUND).is_ok(), "what is not forbidden is allowed");
    bound.materials[0].expiry = Expiry::At(NOW.plus_seconds(1));
    assert_eq!(bound.keep_material().materials[0].expiry, Expiry::Never);
}

#[test]
fn losing_material_by_deletion() {
    for (policy, from, to) in [
        (&WAITS, Enabled, PendingImport),
        (&WAITS, Disabled, PendingImport),
        (&WAITS, PendingDeletion, PendingDeletion),
        (&STAYS, Enabled, PendingImport),
        (&STAYS, Disabled, Disabled),
        (&STAYS, PendingDeletion, PendingDeletion),
    ] {
        let after = imported(from, true).drop_material(None, policy).unwrap();
        assert_eq!(after.state, to, "from {from}");
        assert!(!after.materials[0].present);
        assert_eq!(after.materials[0].id, MaterialId("m".into()), "the fingerprint stays");
    }
}

#[test]
fn losing_material_by_expiry_is_the_same_as_by_deletion() {
    for (policy, from, to) in [
        (&WAITS, Enabled, PendingImport),
        (&WAITS, Disabled, PendingImport),
        (&WAITS, PendingDeletion, PendingDeletion),
        (&STAYS, Disabled, Disabled),
    ] {
        let key = || key(Origin::Imported, from, vec![material(true, Expiry::At(NOW))]);
        let just_before = key().at(Timestamp(NOW.0 - 1), policy).unwrap();
        assert_eq!((just_before.state, just_before.materials[0].present), (from, true));
        let at = key().at(NOW, policy).unwrap();
        assert_eq!((at.state, at.materials[0].present), (to, false), "from {from}");
    }
}

#[test]
fn a_key_vanishes_when_its_deletion_is_due() {
    let key = || imported(PendingDeletion, true);
    assert!(key().at(Timestamp(NOW.plus_seconds(10).0 - 1), &WAITS).is_some());
    assert!(key().at(NOW.plus_seconds(10), &WAITS).is_none());
}

#[test]
fn the_answer_is_the_same_with_and_without_a_sweep() {
    for from in EVERY.iter().copied() {
        for end in [-1i64, 0, 1] {
            let stored = key(Origin::Imported, from, vec![material(true, Expiry::At(Timestamp(NOW.0 + end)))]);
            for look in [-1i64, 0, 1, 9_999_999, 10_000_000] {
                for sweep in -1..=look {
                    let look = Timestamp(NOW.0 + look);
                    let swept =
                        stored.clone().at(Timestamp(NOW.0 + sweep), &WAITS).and_then(|key| key.at(look, &WAITS));
                    assert_eq!(swept, stored.clone().at(look, &WAITS), "{from} {end} {sweep}");
                    if sweep > 2 {
                        break;
                    }
                }
            }
        }
    }
}

#[test]
fn generated_keys_never_wait_for_material() {
    let generated = key(Origin::Generated, Enabled, vec![material(true, Expiry::Never)]);
    assert_eq!(generated.clone().disable(&WAITS).unwrap().state, Disabled);
    let refusal = Error::OriginUnfit { key: "k".into(), origin: Origin::Generated };
    assert_eq!(generated.clone().drop_material(None, &WAITS), Err(refusal));
    let refusal = Error::OriginUnfit { key: "k".into(), origin: Origin::Generated };
    assert_eq!(
        generated.accept(MaterialId("m".into()), None, Expiry::Never, &Expected::Anything, NOW, &WAITS),
        Err(refusal)
    );
}

#[test]
fn the_first_import_makes_the_key_usable() {
    let waiting = key(Origin::Imported, PendingImport, Vec::new());
    let end = Expiry::At(NOW.plus_seconds(60));
    let after = waiting.accept(MaterialId("m".into()), Some(vec![1]), end, &Expected::Anything, NOW, &WAITS).unwrap();
    assert_eq!(after.state, Enabled);
    let record = &after.materials[0];
    assert_eq!((record.present, record.expiry, record.imported_at, record.generation), (true, end, NOW, 1));
}

#[test]
fn the_same_material_may_come_again_and_sets_the_expiry_anew() {
    for from in EVERY.iter().copied() {
        for present in [true, false] {
            let end = Expiry::At(NOW.plus_seconds(60));
            let after = imported(from, present)
                .accept(MaterialId("m".into()), None, end, &Expected::Anything, NOW, &WAITS)
                .unwrap();
            assert_eq!(after.state, if from == PendingImport { Enabled } else { from });
            assert_eq!((after.materials.len(), after.materials[0].present, after.materials[0].expiry), (1, true, end));
        }
    }
}

#[test]
fn other_material_never_comes() {
    for from in EVERY.iter().copied() {
        for present in [true, false] {
            let outcome = imported(from, present).accept(
                MaterialId("n".into()),
                None,
                Expiry::Never,
                &Expected::Anything,
                NOW,
                &WAITS,
            );
            assert_eq!(outcome, Err(Error::MaterialDiffers), "{from}");
        }
    }
}

#[test]
fn private_keys_stay_where_the_vendor_says_so() {
    let mut key = imported(Enabled, true);
    key.spec = KeySpec::EcP256;
    assert_eq!(key.drop_material(None, &WAITS), Err(Error::MaterialNotDeletable));
}

#[test]
fn an_operation_is_refused_in_every_state_that_the_table_does_not_name() {
    for state in EVERY.iter().copied() {
        for operation in KeyOperation::ALL.iter().copied() {
            let allowed = operation == KeyOperation::Enable && state == Disabled;
            let refusal = Error::WrongState { key: "k".into(), state, operation };
            let expected = if allowed { Ok(()) } else { Err(refusal) };
            assert_eq!(imported(state, true).require(operation, &STRICT), expected, "{operation} in {state}");
        }
    }
}

#[test]
fn deletion_windows_are_the_vendors() {
    for (days, fits) in [(6, false), (7, true), (30, true), (31, false)] {
        let outcome = imported(Enabled, true).schedule_deletion(days, NOW, &WAITS);
        assert_eq!(outcome.is_ok(), fits, "{days}");
        if !fits {
            assert_eq!(outcome, Err(Error::DeletionWindow));
        }
    }
}

#[test]
fn the_next_event_is_the_earliest() {
    let mut key = key(Origin::Imported, PendingDeletion, vec![material(true, Expiry::At(NOW.plus_seconds(3)))]);
    assert_eq!(key.due_at(), Some(NOW.plus_seconds(3)));
    key.materials[0].present = false;
    assert_eq!(key.due_at(), Some(NOW.plus_seconds(10)));
    key.deletion = None;
    assert_eq!(key.due_at(), None);
}

fn resident(state: KeyState, connection: ConnectionState) -> Key {
    let residence = Residence {
        store: "s".into(),
        outside_key: None,
        store_attributes: String::new(),
        connection: Connection { state: connection, settles_at: NOW.plus_seconds(2), fault: None },
        resumes: state,
    };
    Key { residence: Some(residence), ..key(Origin::Module, state, vec![material(true, Expiry::Never)]) }
}

#[test]
fn a_key_can_be_used_while_its_store_is_connected() {
    let later = NOW.plus_seconds(2);
    for connection in ConnectionState::ALL.iter().copied() {
        for state in [Enabled, Disabled, PendingDeletion] {
            let stored = resident(state, connection);
            for (now, reachable) in [
                (NOW, connection == ConnectionState::Connected),
                (later, matches!(connection, ConnectionState::Connected | ConnectionState::Connecting)),
            ] {
                let key = stored.clone().at(now, &WAITS).unwrap();
                let shown = if reachable || state == PendingDeletion { state } else { KeyState::Unavailable };
                assert_eq!((key.state, key.lasting_state()), (shown, state), "{state} while {connection}");
            }
        }
    }
}

#[test]
fn changes_of_an_unavailable_key_count_once_it_is_available() {
    let away = || resident(Enabled, ConnectionState::Disconnected).at(NOW, &WAITS).unwrap();
    let disabled = away().disable(&WAITS).unwrap();
    assert_eq!((disabled.state, disabled.lasting_state()), (KeyState::Unavailable, Disabled));
    let enabled = disabled.enable(NOW, &WAITS).unwrap();
    assert_eq!((enabled.state, enabled.lasting_state()), (KeyState::Unavailable, Enabled));
    let dying = away().schedule_deletion(7, NOW, &WAITS).unwrap();
    assert_eq!((dying.state, dying.lasting_state()), (PendingDeletion, PendingDeletion));
    let saved = dying.cancel_deletion(&WAITS).unwrap();
    assert_eq!((saved.state, saved.lasting_state()), (KeyState::Unavailable, Disabled));
}
