//! Promises of `Tenants`.

use import_engine::{DomainClock, Scope, Tenant, Timestamp};

use crate::place::Place;
use crate::samples::{key, key_in, scope, tenant};

promises! {
    a_clock_that_was_never_set_is_real,
    clocks_read_back,
    clocks_are_kept_apart,
    tenants_are_those_with_keys,
    the_first_note_stays,
    the_database_answers,
}

async fn a_clock_that_was_never_set_is_real(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    assert_eq!(store.domain_clock(&scope().tenant).await.unwrap(), DomainClock::Real);
}

async fn clocks_read_back(place: &Place) {
    let store = place.store().await;
    let mine = tenant("1");
    for clock in [
        DomainClock::Offset(-5),
        DomainClock::Offset(i64::MAX),
        DomainClock::Frozen(Timestamp(i64::MIN)),
        DomainClock::Frozen(Timestamp(7)),
        DomainClock::Real,
    ] {
        store.set_domain_clock(&mine, clock).await.unwrap();
        assert_eq!(store.domain_clock(&mine).await.unwrap(), clock);
    }
}

async fn clocks_are_kept_apart(place: &Place) {
    let store = place.store().await;
    store.set_domain_clock(&tenant("1"), DomainClock::Offset(1)).await.unwrap();
    store.set_domain_clock(&Tenant::new("huawei", "1"), DomainClock::Offset(2)).await.unwrap();
    assert_eq!(store.domain_clock(&tenant("1")).await.unwrap(), DomainClock::Offset(1));
    assert_eq!(store.domain_clock(&tenant("2")).await.unwrap(), DomainClock::Real);
}

async fn tenants_are_those_with_keys(place: &Place) {
    let store = place.store().await;
    assert!(store.tenants().await.unwrap().is_empty());
    store.set_domain_clock(&tenant("none"), DomainClock::Offset(1)).await.unwrap();
    for (account, region, id) in [("2", "a", "k"), ("2", "b", "k"), ("2", "a", "l"), ("1", "a", "k")] {
        store.insert_key(&key_in(Scope::new(tenant(account), region), id), &[]).await.unwrap();
    }
    assert_eq!(store.tenants().await.unwrap(), [tenant("1"), tenant("2")]);
    store.remove_key(&key_in(Scope::new(tenant("1"), "a"), "k")).await.unwrap();
    assert_eq!(store.tenants().await.unwrap(), [tenant("2")]);
}

async fn the_first_note_stays(place: &Place) {
    let store = place.store().await;
    assert_eq!(store.note("n", b"first\0").await.unwrap(), b"first\0");
    assert_eq!(store.note("n", b"second").await.unwrap(), b"first\0");
    assert_eq!(store.note("empty", b"").await.unwrap(), b"");
    assert_eq!(store.note("empty", b"full").await.unwrap(), b"");
}

async fn the_database_answers(place: &Place) {
    place.store().await.ping().await.unwrap();
}
