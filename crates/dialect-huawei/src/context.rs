//! What a caller binds to a ciphertext: `additional_authenticated_data` (newer sites) or
//! `encryption_context` (older ones).

use std::collections::BTreeMap;

use dialect::json::Body;
use import_engine::EncryptionContext;
use serde::Deserialize;
use serde_json::Value;

use crate::ciphertext::Kind;
use crate::codes::Code;
use crate::errors::Refusal;

/// The most bytes of `additional_authenticated_data`.
const AAD_MAX: usize = 128;
/// The most characters of an encryption context, as JSON text.
const CONTEXT_MAX: usize = 8192;

/// The two members, as every operation that takes them has them.
#[derive(Default, Deserialize)]
pub(crate) struct Binding {
    additional_authenticated_data: Option<String>,
    encryption_context: Option<Value>,
}

impl Binding {
    /// Reads both; at most one may be there.
    ///
    /// # Errors
    /// KMS.0208 for a context of the wrong form, KMS.0308 otherwise.
    pub(crate) fn checked(self) -> Result<Bound, Refusal> {
        let Bound { additional, .. } =
            Bound::to_text("additional_authenticated_data", self.additional_authenticated_data)?;
        let pairs = match self.encryption_context {
            None | Some(Value::Null) => BTreeMap::new(),
            Some(context) => pairs(&context).ok_or(Code::InvalidContext)?,
        };
        // Unverified: one of them would do as well as a refusal.
        if !additional.is_empty() && !pairs.is_empty() {
            return Err(Refusal::Parameter("additional_authenticated_data"));
        }
        Ok(Bound { additional, pairs })
    }
}

/// What was said to be bound to a ciphertext.
pub(crate) struct Bound {
    additional: String,
    pairs: BTreeMap<String, String>,
}

impl Bound {
    /// Additional data alone, of a member by this name.
    ///
    /// # Errors
    /// KMS.0308 if it is too long.
    pub(crate) fn to_text(member: &'static str, text: Option<String>) -> Result<Self, Refusal> {
        let additional = text.unwrap_or_default();
        if additional.len() > AAD_MAX {
            return Err(Refusal::Parameter(member));
        }
        Ok(Self { additional, pairs: BTreeMap::new() })
    }

    /// Whether it is nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.additional.is_empty() && self.pairs.is_empty()
    }

    /// What the engine binds: this, and which kind of ciphertext it is, so that one kind does not
    /// open as the other, and how long its plaintext is.
    pub(crate) fn context(&self, kind: Kind, length: u16) -> EncryptionContext {
        let mut additional = kind.mark().to_le_bytes().to_vec();
        additional.extend_from_slice(&kind.bound_length(length).to_le_bytes());
        additional.extend_from_slice(self.additional.as_bytes());
        EncryptionContext { pairs: self.pairs.clone(), additional }
    }
}

/// A context comes as an object of texts, or as the JSON text of one: some clients send that.
fn pairs(context: &Value) -> Option<BTreeMap<String, String>> {
    if let Value::String(text) = context {
        let inner = (text.chars().count() <= CONTEXT_MAX).then(|| Body::parse(text.as_bytes()).ok()).flatten()?;
        return object(inner.value());
    }
    let length = serde_json::to_string(context).ok()?.chars().count();
    if length <= CONTEXT_MAX { object(context) } else { None }
}

fn object(context: &Value) -> Option<BTreeMap<String, String>> {
    let members = context.as_object()?;
    members.iter().map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn bound(value: Value) -> Result<Bound, Refusal> {
        serde_json::from_value::<Binding>(value).unwrap().checked()
    }

    #[test]
    fn object_and_text_are_the_same_context() {
        let object = bound(json!({"encryption_context": {"a": "1", "b": "2"}})).unwrap();
        let text = bound(json!({"encryption_context": "{\"b\":\"2\",\"a\":\"1\"}"})).unwrap();
        assert_eq!(object.context(Kind::Data, 4), text.context(Kind::Data, 4));
        assert_ne!(object.context(Kind::Data, 4), text.context(Kind::DataKey, 4));
    }

    #[test]
    fn wrong_forms() {
        for bad in [json!(5), json!("x"), json!([]), json!({"a": 1}), json!({"a": {"b": "c"}}), json!("[]")] {
            assert!(matches!(bound(json!({ "encryption_context": bad })), Err(Refusal::Service(Code::InvalidContext))));
        }
        let long = json!({"encryption_context": {"a": "x".repeat(CONTEXT_MAX)}});
        assert!(matches!(bound(long), Err(Refusal::Service(Code::InvalidContext))));
        let both = json!({"encryption_context": {"a": "1"}, "additional_authenticated_data": "x"});
        assert!(matches!(bound(both), Err(Refusal::Parameter(_))));
        // 43 characters of three bytes.
        let many_bytes = json!({"additional_authenticated_data": "字".repeat(43)});
        assert!(matches!(bound(many_bytes), Err(Refusal::Parameter(_))));
    }
}
