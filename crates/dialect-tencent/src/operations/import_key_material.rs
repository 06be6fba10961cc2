//! ImportKeyMaterial.

use dialect::constraint::Member;
use dialect::wire::decode;
use dialect::{Call, Operation};
use import_engine::{Expected, Expiry, ImportMaterial, Timestamp, Wrapped};
use serde::Deserialize;

use crate::errors::Refusal;
use crate::operations::key_id;
use crate::shapes::{STRING, UINT64};

/// Loads wrapped material.
pub(crate) struct ImportKeyMaterial;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    encrypted_key_material: String,
    import_token: String,
    key_id: String,
    valid_to: Option<u64>,
}

impl Operation for ImportKeyMaterial {
    const NAME: &'static str = "ImportKeyMaterial";
    // By the current page; those of 2023 have 100.
    const REQUESTS_PER_SECOND: Option<u32> = Some(10);
    const INPUT: &'static [Member] = &[
        Member::required("EncryptedKeyMaterial", &STRING),
        Member::required("ImportToken", &STRING),
        Member::required("KeyId", &STRING),
        Member::optional("ValidTo", &UINT64),
    ];
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<(), Refusal> {
        let id = key_id(&input.key_id)?;
        let import = ImportMaterial {
            token: bytes(&input.import_token),
            wrapped: Wrapped { blob: bytes(&input.encrypted_key_material), private_key: None },
            expiry: expiry(input.valid_to),
            expected: Expected::Anything,
            description: None,
        };
        call.engine.import_material(&call.scope, &id, import).await?;
        Ok(())
    }
}

/// The bytes of base64 text. Text that is not base64 becomes no bytes, which are as bad a token or
/// blob as any other, so that it is refused at the same point and in the same way.
fn bytes(text: &str) -> Vec<u8> {
    decode(text).map(|bytes| bytes.expose().to_vec()).unwrap_or_default()
}

/// Absent or 0: never. What is beyond the engine's time is beyond the vendor's bound.
fn expiry(valid_to: Option<u64>) -> Expiry {
    match valid_to.unwrap_or(0) {
        0 => Expiry::Never,
        seconds => Expiry::At(Timestamp::from_seconds(i64::try_from(seconds).unwrap_or(i64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_and_zero_are_never() {
        assert_eq!(expiry(None), Expiry::Never);
        assert_eq!(expiry(Some(0)), Expiry::Never);
        assert_eq!(expiry(Some(7)), Expiry::At(Timestamp::from_seconds(7)));
        assert_eq!(expiry(Some(u64::MAX)), Expiry::At(Timestamp(i64::MAX)));
    }
}
