//! Encrypting a text. It comes as it is, not as base64; the ciphertext goes as base64.

use dialect::constraint::Member;
use dialect::wire::Blob;
use dialect::{Call, Operation};
use import_engine::{Ciphertext, EncryptionAlgorithm, Error, KeyId, KeyOperation, KeyUsage, Material};
use serde::{Deserialize, Serialize};

use crate::aliases;
use crate::ciphertext::{Frame, Kind};
use crate::codes::Code;
use crate::context::Binding;
use crate::errors::Refusal;
use crate::names::encryption_algorithm;
use crate::shapes::{AAD, CONTEXT, KEY_NAME, PLAIN_TEXT, SEQUENCE, WORD};
use dialect::SecretText;

/// The most bytes of a text in UTF-8.
const TEXT_MAX: usize = 4096;

pub(super) struct EncryptData;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
    plain_text: SecretText,
    encryption_algorithm: Option<String>,
    #[serde(flatten)]
    binding: Binding,
}

#[derive(Serialize)]
pub(super) struct Output {
    key_id: String,
    cipher_text: Blob,
}

impl Operation for EncryptData {
    const NAME: &'static str = "encrypt-data";
    const INPUT: &'static [Member] = &[
        Member::required("key_id", &KEY_NAME),
        Member::required("plain_text", &PLAIN_TEXT),
        Member::optional("encryption_algorithm", &WORD),
        Member::optional("additional_authenticated_data", &AAD),
        Member::optional("encryption_context", &CONTEXT),
        Member::optional("sequence", &SEQUENCE),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let text = input.plain_text.expose().as_bytes();
        // Unverified: the code; KMS.0308 is possible.
        if text.len() > TEXT_MAX {
            return Err(Code::InvalidPlaintext.into());
        }
        let length = u16::try_from(text.len()).map_err(Error::internal)?;
        let algorithm = algorithm(input.encryption_algorithm.as_deref())?;
        let bound = input.binding.checked()?;
        let key_id = aliases::resolve(call, input.key_id).await?;
        refuse_sha1(call, &key_id, algorithm, KeyOperation::Encrypt).await?;
        let context = bound.context(Kind::Data, length);
        let plaintext = if algorithm == EncryptionAlgorithm::Symmetric {
            Kind::Data.pad(text)
        } else {
            // Unverified: nothing can be bound to these blocks, so asking for it is refused.
            if !bound.is_empty() {
                return Err(Refusal::Parameter("additional_authenticated_data"));
            }
            Material::copy_of(text)
        };
        let encrypted = call.engine.encrypt(&call.scope, &key_id, algorithm, plaintext, &context).await?;
        let cipher_text = match encrypted.ciphertext {
            Ciphertext::Symmetric(ciphertext) => Frame { length, ciphertext }.to_bytes(Kind::Data)?,
            Ciphertext::Asymmetric(block) => block,
        };
        Ok(Output { key_id: encrypted.key.id.0, cipher_text: cipher_text.into() })
    }
}

/// The algorithm of a request.
pub(super) fn algorithm(word: Option<&str>) -> Result<EncryptionAlgorithm, Refusal> {
    match word {
        None => Ok(EncryptionAlgorithm::Symmetric),
        Some(word) => encryption_algorithm(word).ok_or(Refusal::Parameter("encryption_algorithm")),
    }
}

/// RSA-OAEP with SHA-1 is a word of the vendor, but of other calls: here no key goes with it, and
/// which key it is decides how that is said.
pub(super) async fn refuse_sha1(
    call: &Call,
    key_id: &KeyId,
    algorithm: EncryptionAlgorithm,
    operation: KeyOperation,
) -> Result<(), Refusal> {
    if algorithm != EncryptionAlgorithm::RsaOaepSha1 {
        return Ok(());
    }
    let key = call.engine.permitted(&call.scope, key_id, operation, KeyUsage::EncryptDecrypt).await?;
    Err(Error::AlgorithmUnfit { key: key.id, spec: key.spec, algorithm: algorithm.word() }.into())
}
