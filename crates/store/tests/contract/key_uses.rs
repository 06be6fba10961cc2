//! Promises of `KeyUses`.

use import_engine::store::KeyUse;
use import_engine::{Key, KeyId, Scope};
use tokio::task::JoinSet;

use crate::place::Place;
use crate::samples::{NOON, key, key_in, scope, tenant};

promises! {
    a_use_reads_back_as_it_was_stored,
    the_later_use_wins,
    uses_of_keys_that_are_gone_are_passed_over,
    uses_vanish_with_their_key,
    many_may_store_at_once,
}

fn use_of(key: &str, later: i64) -> KeyUse {
    KeyUse {
        scope: scope(),
        key: KeyId::from(key),
        operation: "Sign".to_owned(),
        used_at: NOON,
        noted_at: NOON.plus_seconds(later),
        request: later.to_string(),
        event: "event".to_owned(),
    }
}

async fn a_use_reads_back_as_it_was_stored(place: &Place) {
    let store = place.store().await;
    let elsewhere = Scope::new(tenant("111122223333"), "eu-west-1");
    for key in [key("k"), key("l"), key_in(elsewhere.clone(), "k")] {
        store.insert_key(&key, &[]).await.unwrap();
    }
    let there = KeyUse { scope: elsewhere.clone(), request: "there".to_owned(), ..use_of("k", 0) };
    store.put_key_uses(&[use_of("k", 0), there.clone()]).await.unwrap();
    assert_eq!(store.key_use(&scope(), &"k".into()).await.unwrap(), Some(use_of("k", 0)));
    assert_eq!(store.key_use(&elsewhere, &"k".into()).await.unwrap(), Some(there));
    assert_eq!(store.key_use(&scope(), &"l".into()).await.unwrap(), None);
    // A use is no change of the key.
    assert_eq!(store.key(&scope(), &"k".into()).await.unwrap(), Some(key("k")));
    store.put_key_uses(&[]).await.unwrap();
}

async fn the_later_use_wins(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    for (later, kept) in [(5, 5), (4, 5), (6, 6)] {
        store.put_key_uses(&[use_of("k", later)]).await.unwrap();
        assert_eq!(store.key_use(&scope(), &"k".into()).await.unwrap(), Some(use_of("k", kept)));
    }
}

async fn uses_of_keys_that_are_gone_are_passed_over(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    store.put_key_uses(&[use_of("j", 1), use_of("k", 1), use_of("l", 1)]).await.unwrap();
    assert_eq!(store.key_use(&scope(), &"k".into()).await.unwrap(), Some(use_of("k", 1)));
    assert_eq!(store.key_use(&scope(), &"l".into()).await.unwrap(), None);
}

async fn uses_vanish_with_their_key(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    store.put_key_uses(&[use_of("k", 1)]).await.unwrap();
    store.remove_key(&Key { revision: 1, ..key("k") }).await.unwrap();
    assert_eq!(store.key_use(&scope(), &"k".into()).await.unwrap(), None);
}

async fn many_may_store_at_once(place: &Place) {
    let store = place.store().await;
    for name in ["k", "l", "m"] {
        store.insert_key(&key(name), &[]).await.unwrap();
    }
    let tries = (0..8).map(|number| {
        let store = store.clone();
        let mut uses = vec![use_of("k", number), use_of("l", number), use_of("m", number)];
        uses.rotate_left(usize::try_from(number % 3).unwrap());
        async move { store.put_key_uses(&uses).await }
    });
    for result in tries.collect::<JoinSet<_>>().join_all().await {
        result.unwrap();
    }
    for name in ["k", "l", "m"] {
        assert_eq!(store.key_use(&scope(), &name.into()).await.unwrap(), Some(use_of(name, 7)));
    }
}
