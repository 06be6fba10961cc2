//! Users and agencies of a domain through the admin API; what IAM would do for them, in as few words.

use dialect::admin::{Asked, Unanswered};
use dialect::principals::{Administration, USER, is_name, missing, read};
use dialect::{Kept, SecretText};
use import_engine::{Engine, Error, Material, NewAccessKey, Tenant};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::VENDOR;
use crate::accounts::{Holder, home};
use crate::directory::{Directory, Password, password_id};
use crate::staff::RULES;

/// The longest password.
const PASSWORD_LENGTH_MAX: usize = 128;

/// The body that gives a user a password.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    password: SecretText,
}

/// Answers a request about a tenant, whose domain it is really about.
///
/// # Errors
/// [`Unanswered`].
pub(crate) async fn answer(
    engine: &Engine,
    directory: &Directory,
    tenant: &Tenant,
    asked: &Asked<'_>,
) -> Result<Value, Unanswered> {
    let tenant = Tenant::new(VENDOR, home(&tenant.account));
    let common = Administration::new(engine, directory.common(), &tenant, &RULES);
    match asked.path {
        ["users", name, "password"] if is_name(name) => {
            asked.only(&["PUT", "DELETE"])?;
            let member = format!("{USER}{name}");
            common.existing(&member).await?;
            let id = password_id(&Holder::of_account(&tenant.account).domain(), name);
            if asked.method == "DELETE" {
                let found = engine.remove_access_key(&tenant, &member, &id).await?;
                return if found { Ok(json!({})) } else { Err(missing("password")) };
            }
            let Wanted { password } = read(asked.body)?;
            if !(1..=PASSWORD_LENGTH_MAX).contains(&password.expose().len()) {
                return Err(Unanswered::bad(format!("a password has 1 to {PASSWORD_LENGTH_MAX} bytes")));
            }
            common.obtain(&member).await?;
            set_password(engine, tenant.clone(), member, id, &password).await
        }
        _ => common.answer(asked).await,
    }
}

async fn set_password(
    engine: &Engine,
    tenant: Tenant,
    principal: String,
    id: String,
    password: &SecretText,
) -> Result<Value, Unanswered> {
    let new = NewAccessKey {
        tenant,
        id,
        secret: Material::copy_of(password.expose().as_bytes()),
        token: None,
        lifetime_seconds: None,
        attributes: Password { version: hex::encode(engine.random(16)?.expose()) }.to_text()?,
        principal,
    };
    match engine.replace_access_key(&new).await {
        Ok(Some(_)) => Ok(json!({})),
        Ok(None) => Err(missing(&new.principal)),
        // Projects without a name share a domain, and with it the names of users who log in.
        Err(Error::NameTaken(_)) => {
            Err(Unanswered::Conflict("another user of this name has a password in the same domain".to_owned()))
        }
        Err(error) => Err(error.into()),
    }
}
