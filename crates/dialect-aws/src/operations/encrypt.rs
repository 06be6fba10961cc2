//! `Encrypt`.

use std::collections::BTreeMap;

use dialect::constraint::Member;
use dialect::wire::Blob;
use dialect::{Call, Operation};
use import_engine::{Ciphertext, EncryptionAlgorithm, EncryptionContext, Error, Key, Material};
use serde::{Deserialize, Serialize};

use super::checks;
use crate::authorization::Access;
use crate::ciphertext::to_blob;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, Target, admit, key_arn};
use crate::{names, shapes};

/// Encrypts up to 4,096 bytes.
pub(crate) struct Encrypt;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    plaintext: Blob,
    encryption_context: Option<BTreeMap<String, String>>,
    grant_tokens: Option<Vec<String>>,
    encryption_algorithm: Option<String>,
    dry_run: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    ciphertext_blob: Blob,
    key_id: String,
    encryption_algorithm: &'static str,
}

impl Operation for Encrypt {
    const NAME: &'static str = "Encrypt";
    const INPUT: &'static [Member] = &[
        Member::required("KeyId", &shapes::KEY_ID),
        Member::required("Plaintext", &shapes::PLAINTEXT),
        Member::optional("EncryptionContext", &shapes::ENCRYPTION_CONTEXT),
        Member::optional("GrantTokens", &shapes::GRANT_TOKEN_LIST),
        Member::optional("EncryptionAlgorithm", &shapes::ENCRYPTION_ALGORITHM_SPEC),
        Member::optional("DryRun", &shapes::BOOLEAN),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let algorithm = input.encryption_algorithm.as_deref().and_then(names::encryption_algorithm);
        let algorithm = algorithm.unwrap_or(EncryptionAlgorithm::Symmetric);
        let is_symmetric = algorithm == EncryptionAlgorithm::Symmetric;
        let context = checks::encryption_context(input.encryption_context.unwrap_or_default(), is_symmetric)?;
        let tokens = input.grant_tokens.unwrap_or_default();
        let access = Access::to(Self::NAME).with_tokens(&tokens).with_context(&context);
        let target = admit(call, &input.key_id, Accepts::ANY, &access).await?;
        let plaintext = input.plaintext.into_material();
        let sealed = seal(call, &target, algorithm, plaintext, &context).await?;
        let output = Output {
            ciphertext_blob: sealed.blob,
            key_id: key_arn(&sealed.key.scope, &sealed.key.id),
            encryption_algorithm: names::encryption_word(algorithm),
        };
        checks::conclude(call, Self::NAME, &[(&target.scope, &target.id)], input.dry_run, output).await
    }
}

/// Something under a key.
pub(crate) struct Sealed {
    /// The key that sealed it.
    pub key: Key,
    /// The ciphertext as it travels.
    pub blob: Blob,
    /// The material that sealed it, for symmetric ciphertexts.
    pub material: Option<String>,
}

/// Encrypts under a key that the caller names.
pub(crate) async fn seal(
    call: &Call,
    target: &Target,
    algorithm: EncryptionAlgorithm,
    plaintext: Material,
    context: &EncryptionContext,
) -> Result<Sealed, Refusal> {
    let encrypted = match call.engine.encrypt(&target.scope, &target.id, algorithm, plaintext, context).await {
        Err(Error::PlaintextTooLong { maximum }) => {
            let spec = call.engine.describe_key(&target.scope, &target.id).await?.spec;
            let algorithm = names::encryption_word(algorithm);
            return Err(Refusal::PlaintextTooLong { algorithm, spec, maximum });
        }
        other => other?,
    };
    let (blob, material) = match encrypted.ciphertext {
        Ciphertext::Symmetric(ciphertext) => (to_blob(&ciphertext), Some(ciphertext.material.0)),
        Ciphertext::Asymmetric(bytes) => (Some(bytes), None),
    };
    let blob = blob.ok_or_else(|| Error::internal("a ciphertext of another dialect"))?.into();
    Ok(Sealed { key: encrypted.key, blob, material })
}
