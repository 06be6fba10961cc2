//! What owners say about their keys.

use import_engine::{Error, Facts, KeyOperation};

use crate::world::{World, scope};

/// What a dialect might say no with.
#[derive(PartialEq, Debug)]
enum Refusal {
    Engine(Error),
    Own,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Engine(error)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_is_stored_and_changes_nothing_else() {
    let world = World::new().await;
    let mine = scope("1");
    let id = world.aes_key(&mine).await;
    let before = world.describe(&mine, &id).await;
    let edit = |facts: Facts<'_>| -> Result<(), Error> {
        facts.description.push('d');
        facts.attributes.push_str("{}");
        Ok(())
    };
    world.engine.edit_key(&mine, &id, KeyOperation::Edit, edit).await.unwrap();
    let after = world.describe(&mine, &id).await;
    assert_eq!((after.description.as_str(), after.attributes.as_str()), ("d", "{}"));
    assert_eq!(
        import_engine::Key {
            description: String::new(),
            attributes: String::new(),
            revision: before.revision,
            ..after
        },
        before
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_may_be_refused_in_words_of_its_own() {
    let world = World::new().await;
    let mine = scope("1");
    let id = world.aes_key(&mine).await;
    let before = world.describe(&mine, &id).await;
    let refuse = |facts: Facts<'_>| {
        facts.description.push('d');
        Err(Refusal::Own)
    };
    assert_eq!(world.engine.edit_key(&mine, &id, KeyOperation::Edit, refuse).await, Err(Refusal::Own));
    assert_eq!(world.describe(&mine, &id).await, before);
    let none = "none".into();
    let missing = Err(Refusal::Engine(Error::KeyNotFound("none".into())));
    assert_eq!(world.engine.edit_key(&mine, &none, KeyOperation::Edit, refuse).await, missing);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_free_once_its_key_is_gone() {
    let world = World::new().await;
    let mine = scope("1");
    let (first, second) = (world.aes_key(&mine).await, world.aes_key(&mine).await);
    let call_it = |facts: Facts<'_>| -> Result<(), Error> {
        *facts.name = Some("n".to_owned());
        Ok(())
    };
    world.engine.edit_key(&mine, &first, KeyOperation::Edit, call_it).await.unwrap();
    let before = world.describe(&mine, &second).await;
    let taken = Err(Error::NameTaken("n".into()));
    assert_eq!(world.engine.edit_key(&mine, &second, KeyOperation::Edit, call_it).await, taken);
    assert_eq!(world.describe(&mine, &second).await, before);
    world.engine.schedule_deletion(&mine, &first, 7).await.unwrap();
    assert_eq!(world.engine.edit_key(&mine, &second, KeyOperation::Edit, call_it).await, taken);
    world.clock.advance_seconds(7 * 86_400);
    let named = world.engine.edit_key(&mine, &second, KeyOperation::Edit, call_it).await.unwrap();
    assert_eq!(named.name.as_deref(), Some("n"));
}
