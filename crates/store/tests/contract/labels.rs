//! Promises of `Labels`.

use import_engine::store::{Label, StoreError};
use import_engine::{Key, KeyId, Scope};
use tokio::task::JoinSet;

use crate::place::Place;
use crate::samples::{NOON, full_key, key, key_in, scope, tenant};

promises! {
    a_label_reads_back_as_it_was_stored,
    a_taken_name_is_refused_in_the_scope_only,
    a_label_counts_as_a_change_of_its_key,
    a_label_of_no_key_is_stale,
    a_moved_label_keeps_its_creation,
    a_move_from_elsewhere_is_stale,
    pages_go_by_bytes_and_by_key,
    labels_of_dying_keys_are_not_listed_when_due,
    labels_vanish_with_their_key,
    a_removed_label_is_gone_once,
    labels_are_removed_together_or_not_at_all,
    of_many_labels_made_at_once_each_counts,
}

fn label(name: &str, key: &str) -> Label {
    label_in(scope(), name, key)
}

fn label_in(scope: Scope, name: &str, key: &str) -> Label {
    Label { scope, name: name.to_owned(), key: KeyId::from(key), created_at: NOON, updated_at: NOON }
}

fn names(labels: &[Label]) -> Vec<&str> {
    labels.iter().map(|label| label.name.as_str()).collect()
}

async fn a_label_reads_back_as_it_was_stored(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    let label = label("alias/\u{e4} \0 \u{1a}", "k");
    store.insert_label(&label, 1).await.unwrap();
    assert_eq!(store.label(&scope(), &label.name).await.unwrap(), Some(label.clone()));
    assert_eq!(store.label(&scope(), "alias/").await.unwrap(), None);
    assert_eq!(store.labels_after(&scope(), None, None, NOON, 9).await.unwrap(), [label]);
}

async fn a_taken_name_is_refused_in_the_scope_only(place: &Place) {
    let store = place.store().await;
    let elsewhere = Scope::new(tenant("111122223333"), "eu-west-1");
    for key in [key("k"), key("l"), key_in(elsewhere.clone(), "k")] {
        store.insert_key(&key, &[]).await.unwrap();
    }
    store.insert_label(&label("n", "k"), 1).await.unwrap();
    let taken = store.insert_label(&label("n", "l"), 1).await;
    assert!(matches!(taken, Err(StoreError::AlreadyExists)), "{taken:?}");
    assert_eq!(store.key(&scope(), &"l".into()).await.unwrap().unwrap().revision, 1);
    store.insert_label(&label_in(elsewhere.clone(), "n", "k"), 1).await.unwrap();
    store.insert_label(&label("N", "l"), 1).await.unwrap();
    assert_eq!(names(&store.labels_after(&elsewhere, None, None, NOON, 9).await.unwrap()), ["n"]);
}

async fn a_label_counts_as_a_change_of_its_key(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    store.insert_label(&label("a", "k"), 1).await.unwrap();
    for stale in [
        store.insert_label(&label("b", "k"), 1).await,
        store.commit_key(&key("k"), &[]).await,
        store.move_label(&label("a", "k"), &"k".into(), 1).await,
    ] {
        assert!(matches!(stale, Err(StoreError::Stale)), "{stale:?}");
    }
    store.insert_label(&label("b", "k"), 2).await.unwrap();
    assert_eq!(store.key(&scope(), &"k".into()).await.unwrap(), Some(Key { revision: 3, ..key("k") }));
    assert_eq!(store.count_labels(&scope(), &"k".into()).await.unwrap(), 2);
    assert_eq!(store.count_labels(&scope(), &"l".into()).await.unwrap(), 0);
}

async fn a_label_of_no_key_is_stale(place: &Place) {
    let store = place.store().await;
    let stale = store.insert_label(&label("a", "k"), 1).await;
    assert!(matches!(stale, Err(StoreError::Stale)), "{stale:?}");
    assert_eq!(store.label(&scope(), "a").await.unwrap(), None);
}

async fn a_moved_label_keeps_its_creation(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    store.insert_key(&key("l"), &[]).await.unwrap();
    store.insert_label(&label("a", "k"), 1).await.unwrap();
    let later = NOON.plus_seconds(5);
    let moved = Label { created_at: later, updated_at: later, ..label("a", "l") };
    store.move_label(&moved, &"k".into(), 1).await.unwrap();
    assert_eq!(store.label(&scope(), "a").await.unwrap(), Some(Label { created_at: NOON, ..moved }));
    assert_eq!(store.key(&scope(), &"l".into()).await.unwrap().unwrap().revision, 2);
}

async fn a_move_from_elsewhere_is_stale(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    store.insert_key(&key("l"), &[]).await.unwrap();
    store.insert_label(&label("a", "k"), 1).await.unwrap();
    for (name, from) in [("a", "l"), ("b", "k")] {
        let stale = store.move_label(&label(name, "l"), &from.into(), 1).await;
        assert!(matches!(stale, Err(StoreError::Stale)), "{stale:?}");
    }
    assert_eq!(store.label(&scope(), "a").await.unwrap(), Some(label("a", "k")));
    assert_eq!(store.key(&scope(), &"l".into()).await.unwrap().unwrap().revision, 1);
}

async fn pages_go_by_bytes_and_by_key(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    store.insert_key(&key("l"), &[]).await.unwrap();
    for (number, (name, owner)) in [("b", "k"), ("B", "k"), ("a_", "l"), ("a-", "k")].into_iter().enumerate() {
        let revision = if owner == "l" { 1 } else { store.key(&scope(), &"k".into()).await.unwrap().unwrap().revision };
        assert!(number < 4);
        store.insert_label(&label(name, owner), revision).await.unwrap();
    }
    let of = |labels: Vec<Label>| names(&labels).join(" ");
    assert_eq!(of(store.labels_after(&scope(), None, None, NOON, 9).await.unwrap()), "B a- a_ b");
    assert_eq!(of(store.labels_after(&scope(), None, Some("a-"), NOON, 1).await.unwrap()), "a_");
    let k = KeyId::from("k");
    assert_eq!(of(store.labels_after(&scope(), Some(&k), None, NOON, 9).await.unwrap()), "B a- b");
    assert_eq!(of(store.labels_after(&scope(), Some(&k), Some("B"), NOON, 9).await.unwrap()), "a- b");
    assert_eq!(of(store.labels_after(&scope(), Some(&"m".into()), None, NOON, 9).await.unwrap()), "");
}

async fn labels_of_dying_keys_are_not_listed_when_due(place: &Place) {
    let store = place.store().await;
    let dying = Key { materials: Vec::new(), ..full_key("k") };
    store.insert_key(&dying, &[]).await.unwrap();
    store.insert_label(&label("a", "k"), 1).await.unwrap();
    let due = dying.deletion.unwrap().at;
    let before = due.plus_seconds(-1);
    assert_eq!(store.labels_after(&scope(), None, None, before, 9).await.unwrap(), [label("a", "k")]);
    assert_eq!(store.labels_after(&scope(), None, None, due, 9).await.unwrap(), []);
}

async fn labels_vanish_with_their_key(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    store.insert_label(&label("a", "k"), 1).await.unwrap();
    store.remove_key(&Key { revision: 2, ..key("k") }).await.unwrap();
    assert_eq!(store.label(&scope(), "a").await.unwrap(), None);
}

async fn a_removed_label_is_gone_once(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    store.insert_label(&label("a", "k"), 1).await.unwrap();
    assert!(store.remove_label(&scope(), "a").await.unwrap());
    assert!(!store.remove_label(&scope(), "a").await.unwrap());
    assert_eq!(store.label(&scope(), "a").await.unwrap(), None);
}

async fn of_many_labels_made_at_once_each_counts(place: &Place) {
    let store = place.store().await;
    store.insert_key(&key("k"), &[]).await.unwrap();
    let tries = (0..8).map(|number| {
        let store = store.clone();
        async move { store.insert_label(&label(&number.to_string(), "k"), 1).await }
    });
    let results = tries.collect::<JoinSet<_>>().join_all().await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    assert_eq!(store.count_labels(&scope(), &"k".into()).await.unwrap(), 1);
}

async fn labels_are_removed_together_or_not_at_all(place: &Place) {
    let store = place.store().await;
    for key in [key("k"), key("l")] {
        store.insert_key(&key, &[]).await.unwrap();
    }
    for (revision, name) in [(1, "a"), (2, "b"), (3, "c")] {
        store.insert_label(&label(name, "k"), revision).await.unwrap();
    }
    store.insert_label(&label("d", "l"), 1).await.unwrap();
    let key = KeyId::from("k");
    let remove = |names: [&str; 2], revision| {
        let (store, key) = (store.clone(), key.clone());
        let names = names.map(str::to_owned);
        async move { store.remove_labels(&scope(), &key, &names, revision).await }
    };
    assert!(matches!(remove(["a", "b"], 3).await, Err(StoreError::Stale)));
    assert_eq!(remove(["a", "x"], 4).await.unwrap().as_deref(), Some("x"));
    // Another key's is not there.
    assert_eq!(remove(["a", "d"], 4).await.unwrap().as_deref(), Some("d"));
    let all = store.labels_after(&scope(), None, None, NOON, 9).await.unwrap();
    assert_eq!(names(&all), ["a", "b", "c", "d"]);
    assert_eq!(store.key(&scope(), &key).await.unwrap().unwrap().revision, 4);
    assert_eq!(remove(["a", "c"], 4).await.unwrap(), None);
    let all = store.labels_after(&scope(), None, None, NOON, 9).await.unwrap();
    assert_eq!(names(&all), ["b", "d"]);
    assert_eq!(store.key(&scope(), &key).await.unwrap().unwrap().revision, 5);
}
