//! Opening a ciphertext and sealing what was in it under another key, with another binding or
//! another algorithm; the caller never sees it. Data stays data, and a data key a data key.

use dialect::constraint::Member;
use dialect::wire::{Blob, Numeric, decode};
use dialect::{Call, Operation};
use import_engine::{Ciphertext, EncryptionAlgorithm, Error, KeyId, KeyOperation, KeyUsage, Material};
use serde::{Deserialize, Serialize};

use super::create_datakey::RSA_MAX;
use crate::ciphertext::{Frame, Kind};
use crate::codes::Code;
use crate::context::Bound;
use crate::errors::Refusal;
use crate::names::encryption_algorithm;
use crate::shapes::{AAD, ANY_CIPHER_TEXT, DATA_KEY_BYTES, KEY_ID, WORD};
use crate::texts::{UpperHex, unhex};

pub(super) struct ReEncrypt;

#[derive(Deserialize)]
pub(super) struct Input {
    source_key_id: Option<String>,
    source_additional_authenticated_data: Option<String>,
    source_encryption_algorithm: Option<String>,
    destination_key_id: String,
    destination_additional_authenticated_data: Option<String>,
    destination_encryption_algorithm: Option<String>,
    datakey_cipher_length: Option<Numeric>,
    cipher_text: String,
}

#[derive(Serialize)]
pub(super) struct Output {
    key_id: String,
    source_key_id: String,
    source_encryption_algorithm: &'static str,
    destination_encryption_algorithm: &'static str,
    cipher_text: CipherText,
}

/// Written as the calls that made it write theirs.
#[derive(Serialize)]
#[serde(untagged)]
enum CipherText {
    Data(Blob),
    DataKey(UpperHex),
}

impl Operation for ReEncrypt {
    const NAME: &'static str = "re-encrypt";
    const INPUT: &'static [Member] = &[
        Member::optional("source_key_id", &KEY_ID),
        Member::optional("source_additional_authenticated_data", &AAD),
        Member::optional("source_encryption_algorithm", &WORD),
        Member::required("destination_key_id", &KEY_ID),
        Member::optional("destination_additional_authenticated_data", &AAD),
        Member::optional("destination_encryption_algorithm", &WORD),
        Member::optional("datakey_cipher_length", &DATA_KEY_BYTES),
        Member::required("cipher_text", &ANY_CIPHER_TEXT),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let from = End::read(
            "source_encryption_algorithm",
            input.source_encryption_algorithm.as_deref(),
            "source_additional_authenticated_data",
            input.source_additional_authenticated_data,
        )?;
        let to = End::read(
            "destination_encryption_algorithm",
            input.destination_encryption_algorithm.as_deref(),
            "destination_additional_authenticated_data",
            input.destination_additional_authenticated_data,
        )?;
        let named = input.source_key_id.map(KeyId::from);
        if named.is_none() && !from.is_symmetric() {
            return Err(Code::Missing.into());
        }
        let sealed = Sealed::read(&input.cipher_text, &from);
        let destination = KeyId::from(input.destination_key_id);
        // Unverified: that both keys are judged before the ciphertext is.
        if let Some(source) = named.as_ref().or(sealed.key()) {
            judge(call, source, KeyOperation::Decrypt, from.algorithm).await?;
        }
        judge(call, &destination, KeyOperation::Encrypt, to.algorithm).await?;

        let opened = open(call, named, sealed, &from).await?;
        let length = opened.plaintext.len();
        // RSA carries nothing as well as something, but there is no data of no bytes here.
        if length == 0 {
            return Err(Code::InvalidCiphertext.into());
        }
        // Unverified: that the length, which only ciphertexts of older make need, is held against others.
        let told = input.datakey_cipher_length.map(|Numeric(told)| usize::try_from(told).ok());
        if opened.kind == Kind::DataKey && told.is_some_and(|told| told != Some(length)) {
            return Err(Code::CipherLengthDiffers.into());
        }
        Ok(Output {
            cipher_text: seal(call, &destination, opened.kind, opened.plaintext, &to).await?,
            key_id: destination.0,
            source_key_id: opened.key.0,
            source_encryption_algorithm: from.algorithm.word(),
            destination_encryption_algorithm: to.algorithm.word(),
        })
    }
}

/// How one of the two ciphertexts is made.
struct End {
    algorithm: EncryptionAlgorithm,
    bound: Bound,
}

impl End {
    fn read(
        algorithm_member: &'static str,
        algorithm: Option<&str>,
        bound_member: &'static str,
        bound: Option<String>,
    ) -> Result<Self, Refusal> {
        let algorithm = match algorithm {
            None => EncryptionAlgorithm::Symmetric,
            // Unlike in encrypt-data, RSA-OAEP with SHA-1 counts.
            Some(word) => encryption_algorithm(word).ok_or(Refusal::Parameter(algorithm_member))?,
        };
        let end = Self { algorithm, bound: Bound::to_text(bound_member, bound)? };
        // Unverified: nothing can be bound to these blocks, so asking for it is refused.
        if end.is_symmetric() || end.bound.is_empty() { Ok(end) } else { Err(Refusal::Parameter(bound_member)) }
    }

    fn is_symmetric(&self) -> bool {
        self.algorithm == EncryptionAlgorithm::Symmetric
    }
}

/// A ciphertext as it was sent. Whether it is data or a data key is told by how it is written: no
/// base64 of a ciphertext has the digits of hex only.
enum Sealed {
    Frame(Kind, Frame),
    Block(Kind, Vec<u8>),
    Garbage,
}

impl Sealed {
    fn read(text: &str, from: &End) -> Self {
        let is_data_key = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let bytes = if is_data_key { unhex(text) } else { decode(text) };
        let Some(bytes) = bytes else { return Self::Garbage };
        if !from.is_symmetric() {
            let kind = if is_data_key { Kind::DataKey } else { Kind::Data };
            return Self::Block(kind, bytes.expose().to_vec());
        }
        let found = if is_data_key {
            Frame::parse(Kind::DataKey, bytes.expose()).map(|frame| (Kind::DataKey, frame))
        } else {
            Frame::parse_data(bytes.expose())
        };
        found.map_or(Self::Garbage, |(kind, frame)| Self::Frame(kind, frame))
    }

    /// The key that a ciphertext names itself.
    fn key(&self) -> Option<&KeyId> {
        match self {
            Self::Frame(_, frame) => Some(&frame.ciphertext.key),
            Self::Block(..) | Self::Garbage => None,
        }
    }
}

/// Refuses a key that may not do this.
async fn judge(
    call: &Call,
    key: &KeyId,
    operation: KeyOperation,
    algorithm: EncryptionAlgorithm,
) -> Result<(), Refusal> {
    let key = call.engine.permitted(&call.scope, key, operation, KeyUsage::EncryptDecrypt).await?;
    if algorithm.fits(key.spec) {
        Ok(())
    } else {
        Err(Error::AlgorithmUnfit { key: key.id, spec: key.spec, algorithm: algorithm.word() }.into())
    }
}

/// What was in a ciphertext.
struct Opened {
    kind: Kind,
    key: KeyId,
    plaintext: Material,
}

async fn open(call: &Call, named: Option<KeyId>, sealed: Sealed, from: &End) -> Result<Opened, Refusal> {
    match (sealed, named) {
        // Unverified: a key that is named, but contradicts.
        (Sealed::Frame(kind, frame), named) if named.as_ref().is_none_or(|key| *key == frame.ciphertext.key) => {
            let context = from.bound.context(kind, frame.length);
            let mut opened = call.engine.decrypt(&call.scope, &frame.ciphertext, &context).await?;
            opened.plaintext.truncate(usize::from(frame.length));
            Ok(Opened { kind, key: opened.key.id, plaintext: opened.plaintext })
        }
        (Sealed::Block(kind, block), Some(key)) => {
            let opened = call.engine.decrypt_asymmetric(&call.scope, &key, from.algorithm, block).await?;
            Ok(Opened { kind, key: opened.key.id, plaintext: opened.plaintext })
        }
        _ => Err(Code::InvalidCiphertext.into()),
    }
}

async fn seal(call: &Call, key: &KeyId, kind: Kind, plaintext: Material, to: &End) -> Result<CipherText, Refusal> {
    let is_rsa = matches!(to.algorithm, EncryptionAlgorithm::RsaOaepSha1 | EncryptionAlgorithm::RsaOaepSha256);
    if kind == Kind::DataKey && is_rsa && plaintext.len() > RSA_MAX {
        return Err(Code::DatakeyTooLong.into());
    }
    let length = u16::try_from(plaintext.len()).map_err(Error::internal)?;
    let context = to.bound.context(kind, length);
    let plaintext =
        if kind == Kind::Data && to.is_symmetric() { Kind::Data.pad(plaintext.expose()) } else { plaintext };
    let sealed = call.engine.encrypt(&call.scope, key, to.algorithm, plaintext, &context).await?;
    let bytes = match sealed.ciphertext {
        Ciphertext::Symmetric(ciphertext) => Frame { length, ciphertext }.to_bytes(kind)?,
        Ciphertext::Asymmetric(block) => block,
    };
    Ok(match kind {
        Kind::Data | Kind::PrivateKey => CipherText::Data(bytes.into()),
        // The data key of a capsule stands in its capsule only and is not read here.
        Kind::DataKey | Kind::Capsule => CipherText::DataKey(bytes.into()),
    })
}
