//! What a caller may do.
//!
//! One door: the dialect runs every operation through [`serve`]. A root may do everything in its
//! projects, a user or agency what its rights say. Whoever may not, and whoever names a key of
//! another project, needs a grant; the operation then runs where the key lives and knows nothing of
//! all this.

use std::sync::atomic::{AtomicBool, Ordering};

use dialect::wire::decode;
use dialect::{AnswerText, Call, Failure, Kept};
use import_engine::store::Grant;
use import_engine::{EncryptionAlgorithm, Error, KeyId, Scope};
use serde_json::Value;

use crate::ciphertext::Frame;
use crate::codes::Code;
use crate::errors::Refusal;
use crate::grants::{self, CREATE_GRANT, RETIRE_GRANT, Terms, Wish};
use crate::identity::{self, Identity};
use crate::routes::Route;

/// What grants there are for somebody who needs one.
enum Grants {
    /// One that allows it, of a key that lives here.
    Allow(Box<Scope>),
    /// Only others of the key.
    Others,
    /// None.
    None,
}

/// Runs an operation where and if the caller may.
///
/// # Errors
/// KMS.0307 if the caller's rights do not say so, KMS.0306 if there are grants of the key but none
/// for this, and what the operation says. A key of somebody else without a grant is not there.
// Unverified: which of the two codes is for what, beyond their descriptions.
pub(crate) async fn serve(route: &Route, call: &Call, input: &Value) -> Result<AnswerText, Refusal> {
    let caller = identity::of(call)?;
    let may = caller.may(route.actions);
    if route.entry.name == RETIRE_GRANT {
        let scope = to_retire(call, caller, may, input).await?;
        return run(route, call, scope, input).await;
    }
    if may {
        let outcome = route.entry.serve(call, input).await;
        if !is_missing_key(&outcome) {
            return outcome;
        }
        // Nothing has happened: it may still be a key of another project.
        return match find(call, caller, may, route, input).await? {
            Grants::Allow(scope) => run(route, call, *scope, input).await,
            Grants::Others => Err(Code::NoAccess.into()),
            Grants::None => outcome,
        };
    }
    match find(call, caller, may, route, input).await? {
        Grants::Allow(scope) => run(route, call, *scope, input).await,
        Grants::Others => Err(Code::NoAccess.into()),
        Grants::None => Err(Code::NoRight.into()),
    }
}

/// Runs an operation where a key lives.
async fn run(route: &Route, call: &Call, scope: Scope, input: &Value) -> Result<AnswerText, Refusal> {
    let mut call = call.clone();
    call.scope = scope;
    route.entry.serve(&call, input).await
}

fn is_missing_key(outcome: &Result<AnswerText, Refusal>) -> bool {
    matches!(outcome, Err(Refusal::Failure(Failure::Engine(Error::KeyNotFound(_))) | Refusal::Service(Code::NoSuchKey)))
}

/// The grants that a caller has of the key that a request names.
async fn find(call: &Call, caller: &Identity, may: bool, route: &Route, input: &Value) -> Result<Grants, Error> {
    let operation = route.entry.name;
    let Some(key) = named_key(operation, input) else { return Ok(Grants::None) };
    let new_operations = match input.get("operations").and_then(Value::as_array) {
        Some(words) if operation == CREATE_GRANT => words.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let wish = Wish { operation, new_operations };
    let has_others = AtomicBool::new(false);
    let will_do = |grant: &Grant| {
        has_others.store(true, Ordering::Relaxed);
        Terms::of(&grant.terms).is_ok_and(|terms| terms.allow(&wish))
    };
    for tenant in call.engine.tenants_with_key(&call.scope, &key).await? {
        let scope = Scope::new(tenant, call.region());
        for name in names(caller, may) {
            if call.engine.find_grant(&scope, &key, &name, &will_do).await?.is_some() {
                return Ok(Grants::Allow(Box::new(scope)));
            }
        }
    }
    Ok(if has_others.into_inner() { Grants::Others } else { Grants::None })
}

/// What a caller goes by as a grantee. A grant to a domain is for those in it whose own rights allow
/// it.
// Unverified: the last sentence.
fn names(caller: &Identity, may: bool) -> Vec<String> {
    let user = std::iter::once(grants::user(&caller.user_id));
    user.chain(may.then(|| grants::domain(&caller.holder.domain()))).collect()
}

/// The key that a request names: by its id, or by what it has encrypted.
fn named_key(operation: &str, input: &Value) -> Option<KeyId> {
    let member = |name: &str| input.get(name).and_then(Value::as_str);
    // What else names an algorithm is a block without a frame, and works on the key of `key_id`.
    let is_framed = || member("encryption_algorithm").is_none_or(|word| word == EncryptionAlgorithm::Symmetric.word());
    if operation == "decrypt-data"
        && is_framed()
        && let Some(bytes) = member("cipher_text").and_then(decode)
        && let Some((_, frame)) = Frame::parse_data(bytes.expose())
    {
        return Some(frame.ciphertext.key);
    }
    member("key_id").filter(|id| is_key_id(id)).map(KeyId::from)
}

fn is_key_id(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Where the key lives whose grant a caller may give up. The grant itself says who may, whatever
/// rights they have otherwise; the root of the key's project may as well.
// Unverified: the root, if somebody else made the grant.
async fn to_retire(call: &Call, caller: &Identity, may: bool, input: &Value) -> Result<Scope, Refusal> {
    // What is wrong with the request, the operation says.
    let own = || if may { Ok(call.scope.clone()) } else { Err(Refusal::from(Code::NoRight)) };
    let grant_id = input.get("grant_id").and_then(Value::as_str).filter(|id| is_grant_id(id));
    let grant_id = grant_id.map(str::to_ascii_lowercase);
    let (Some(key), Some(grant_id)) = (named_key(RETIRE_GRANT, input), grant_id) else { return own() };
    let mut foreign = None;
    let mut is_own = false;
    for tenant in call.engine.tenants_with_key(&call.scope, &key).await? {
        let scope = Scope::new(tenant, call.region());
        let is_here = scope == call.scope;
        is_own |= is_here;
        let grant = match call.engine.grant(&scope, &key, &grant_id).await {
            Err(Error::GrantNotFound(_) | Error::KeyNotFound(_)) => None,
            grant => Some(grant?),
        };
        let Some(grant) = grant else { continue };
        if grants::retires(&grant, caller)? || (is_here && caller.is_root()) {
            return Ok(scope);
        }
        if is_here {
            return Err(Code::NoAccess.into());
        }
        // Somebody else's grant of somebody else's key is no more there than the key, except for
        // those who have it.
        let is_grantee = names(caller, true).contains(&grant.grantee);
        foreign = is_grantee.then_some(Code::NoAccess).or(foreign);
    }
    match foreign {
        Some(code) if !is_own => Err(code.into()),
        _ => own(),
    }
}

fn is_grant_id(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const KEY: &str = "0d0466b0-e727-4d9c-b35d-f84bb474a37f";

    #[test]
    fn requests_name_their_key() {
        let named = |operation, input: Value| named_key(operation, &input).map(|key| key.0);
        assert_eq!(named("describe-key", json!({ "key_id": KEY })).as_deref(), Some(KEY));
        for input in [json!({}), json!([]), json!({"key_id": 5}), json!({"key_id": "x\0"}), json!({"key_id": ""})] {
            assert_eq!(named("describe-key", input), None);
        }
        assert_eq!(named("decrypt-data", json!({"cipher_text": "AAAA", "key_id": KEY})).as_deref(), Some(KEY));
        assert_eq!(named("decrypt-data", json!({"cipher_text": "?"})), None);
    }
}
