//! Bringing material to a key that waits for it.

use dialect::constraint::{Member, matches_whole};
use dialect::wire::{Numeric, decode};
use dialect::{Call, Operation};
use import_engine::{Expected, Expiry, ImportMaterial, Timestamp, Wrapped};
use serde::Deserialize;

use super::imports;
use crate::errors::Refusal;
use crate::settings::Settings;
use crate::shapes::{IMPORT_TOKEN, KEY_ID, SECONDS, SEQUENCE, WRAPPED, WRAPPED_BLOCK};

/// The documented lengths, demanded with the setting `strict_lengths`.
const STRICT_MATERIAL: &str = "[0-9a-zA-Z+/=]{344,360}";
const STRICT_PRIVATE_KEY: &str = "[0-9a-zA-Z+/=]{200,6144}";

pub(super) struct ImportKeyMaterial;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
    import_token: String,
    encrypted_key_material: String,
    encrypted_privatekey: Option<String>,
    expiration_time: Option<Numeric>,
}

impl Operation for ImportKeyMaterial {
    const NAME: &'static str = "import-key-material";
    const INPUT: &'static [Member] = &[
        Member::required("key_id", &KEY_ID),
        Member::required("import_token", &IMPORT_TOKEN),
        Member::required("encrypted_key_material", &WRAPPED_BLOCK),
        Member::optional("encrypted_privatekey", &WRAPPED),
        Member::optional("expiration_time", &SECONDS),
        Member::optional("sequence", &SEQUENCE),
    ];
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<(), Refusal> {
        if call.settings::<Settings>()?.strict_lengths {
            check_lengths(&input)?;
        }
        let expiry = match input.expiration_time {
            None => Expiry::Never,
            Some(Numeric(seconds)) => Expiry::At(Timestamp::from_seconds(seconds)),
        };
        let import = ImportMaterial {
            token: bytes(&input.import_token),
            wrapped: Wrapped {
                blob: bytes(&input.encrypted_key_material),
                private_key: input.encrypted_privatekey.as_deref().map(bytes),
            },
            expiry,
            expected: Expected::Anything,
            description: None,
        };
        call.engine.import_material(&call.scope, &input.key_id.into(), import).await.map_err(imports::refusal)?;
        Ok(())
    }
}

/// The bytes of base64 text. Text that only looks like it is no bytes at all: the token then does
/// not open, or the block does not, and the refusal is the one that every bad token or block gets.
fn bytes(text: &str) -> Vec<u8> {
    decode(text).map(|material| material.expose().to_vec()).unwrap_or_default()
}

fn check_lengths(input: &Input) -> Result<(), Refusal> {
    if !matches_whole(STRICT_MATERIAL, &input.encrypted_key_material) {
        return Err(Refusal::Parameter("encrypted_key_material"));
    }
    if input.encrypted_privatekey.as_deref().is_some_and(|text| !matches_whole(STRICT_PRIVATE_KEY, text)) {
        return Err(Refusal::Parameter("encrypted_privatekey"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fits(material: usize, private_key: Option<usize>) -> bool {
        let input = json!({
            "key_id": "",
            "import_token": "",
            "encrypted_key_material": "A".repeat(material),
            "encrypted_privatekey": private_key.map(|length| "A".repeat(length)),
        });
        check_lengths(&serde_json::from_value(input).unwrap()).is_ok()
    }

    #[test]
    fn documented_lengths() {
        assert!(fits(344, None) && fits(360, Some(200)) && fits(344, Some(6144)));
        assert!(!fits(343, None) && !fits(361, None));
        // A wrapped secp256k1 key is shorter than the page allows.
        assert!(!fits(344, Some(192)) && !fits(344, Some(6145)));
    }
}
