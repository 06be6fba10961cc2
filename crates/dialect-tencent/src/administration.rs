//! What happens in an account beside the API, through the admin API: cloud products make themselves
//! keys, and sub-accounts and roles get credentials.

use dialect::Kept;
use dialect::admin::{Asked, Unanswered};
use dialect::principals::Administration;
use import_engine::{Engine, KeyUsage, NewKey, Origin, Scope, Tenant};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::attributes::Attributes;
use crate::directory::Directory;
use crate::operations::PRODUCT_PREFIX;
use crate::settings::Settings;
use crate::staff::RULES;
use crate::usages::symmetric_spec;

/// The longest code of a product.
const PRODUCT_MAX: usize = 32;

/// The body that asks for a product's key.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    region: String,
}

/// Answers a request of the admin API.
///
/// # Errors
/// [`Unanswered`].
pub(crate) async fn administer(
    engine: &Engine,
    directory: &Directory,
    settings: &Settings,
    tenant: &Tenant,
    asked: &Asked<'_>,
) -> Result<Value, Unanswered> {
    match asked.path {
        ["default-keys", product] => {
            asked.only(&["PUT"])?;
            default_key(engine, settings, tenant, product, asked.body).await
        }
        _ => Administration::new(engine, directory.common(), tenant, &RULES).answer(asked).await,
    }
}

/// The key that a cloud product uses where its user names none; made when it is first asked for.
async fn default_key(
    engine: &Engine,
    settings: &Settings,
    tenant: &Tenant,
    product: &str,
    body: &Value,
) -> Result<Value, Unanswered> {
    let Wanted { region } = Wanted::deserialize(body).map_err(|error| Unanswered::bad(error.to_string()))?;
    let Some(edition) = settings.regions.get(&region) else {
        return Err(Unanswered::bad("this region is not served"));
    };
    let is_code = (1..=PRODUCT_MAX).contains(&product.len())
        && product.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    if !is_code {
        return Err(Unanswered::bad("a product's code is 1 to 32 lower-case letters and digits"));
    }
    let scope = Scope::new(tenant.clone(), region);
    let attributes = Attributes { owner: Some(product.to_owned()), ..Attributes::default() };
    // Unverified: alias and description, which the vendor's products choose.
    let alias = format!("{PRODUCT_PREFIX}{product}").to_ascii_uppercase();
    let new = NewKey {
        most: None,
        spec: symmetric_spec(*edition),
        usage: KeyUsage::EncryptDecrypt,
        origin: Origin::Generated,
        description: String::new(),
        name: Some(alias.clone()),
        attributes: attributes.to_text()?,
        residence: None,
        multi_region: false,
    };
    let key = engine.provider_key(&scope, &alias, new).await?;
    Ok(json!({ "key_id": key.id.as_str(), "alias": alias, "product": product, "region": scope.region.as_str() }))
}
