//! Access keys of principals: so many at a time, and one in place of another.

use import_engine::{Error, Material, NewAccessKey};

use crate::world::{World, scope};

fn new(principal: &str, id: &str, lifetime_seconds: Option<i64>) -> NewAccessKey {
    NewAccessKey {
        tenant: scope("1").tenant,
        principal: principal.to_owned(),
        id: id.to_owned(),
        secret: Material::copy_of(id.as_bytes()),
        token: None,
        lifetime_seconds,
        attributes: "{}".to_owned(),
    }
}

#[tokio::test]
async fn a_principal_has_so_many_at_a_time() {
    let world = World::new().await;
    let tenant = scope("1").tenant;
    for name in ["user/a", "user/b"] {
        let made = world.engine.edit_principal::<Error>(&tenant, name, |_| Ok("{}".to_owned())).await;
        made.unwrap();
    }
    let ids = async || -> Vec<String> {
        let keys = world.engine.access_keys(&tenant, "user/a").await.unwrap();
        keys.into_iter().map(|key| key.id).collect()
    };
    for (id, lifetime) in [("1", None), ("2", Some(60)), ("3", Some(120))] {
        assert!(world.engine.issue_access_key(&new("user/a", id, lifetime)).await.unwrap().is_some(), "{id}");
    }
    let full = Err(Error::TooManyRecords("access key".to_owned()));
    assert_eq!(world.engine.issue_access_key(&new("user/a", "4", None)).await.map(|_| ()), full);
    assert_eq!(ids().await, ["1", "2", "3"]);
    // One in place of another is not one more, and others have room of their own.
    assert!(world.engine.replace_access_key(&new("user/a", "1", None)).await.unwrap().is_some());
    assert!(world.engine.issue_access_key(&new("user/b", "5", None)).await.unwrap().is_some());
    let taken = Err(Error::NameTaken("5".to_owned()));
    assert_eq!(world.engine.replace_access_key(&new("user/a", "5", None)).await.map(|_| ()), taken);
    // One that has ended makes room.
    world.clock.advance_seconds(60);
    assert!(world.engine.issue_access_key(&new("user/a", "4", None)).await.unwrap().is_some());
    assert_eq!(ids().await, ["1", "3", "4"]);
    assert_eq!(world.engine.issue_access_key(&new("user/a", "6", None)).await.map(|_| ()), full);
    assert!(world.engine.issue_access_key(&new("user/c", "7", None)).await.unwrap().is_none());
}
