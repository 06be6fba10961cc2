//! A new RSA key pair for the caller, its private half sealed and, unless told otherwise, open. The
//! call for pairs on curves is the same but for the kinds.

use dialect::attestation::{Handed, hand_over};
use dialect::constraint::Member;
use dialect::wire::Blob;
use dialect::{Call, Operation};
use import_engine::{Error, KeySpec};
use serde::{Deserialize, Serialize};

use crate::ciphertext::{Frame, Kind};
use crate::codes::Code;
use crate::context::Bound;
use crate::errors::Refusal;
use crate::names::rsa_pair_spec;
use crate::recipient::{RecipientInfo, recipient};
use crate::shapes::{AAD, FLAG, KEY_ID, RECIPIENT, SEQUENCE, WORD};

pub(super) struct CreateRsaDatakeyPair;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
    key_spec: String,
    with_plain_text: Option<bool>,
    additional_authenticated_data: Option<String>,
    recipient: Option<RecipientInfo>,
}

impl Input {
    /// The word for the kind of the pair.
    pub(super) fn key_spec(&self) -> &str {
        &self.key_spec
    }
}

// Unverified: that the halves are DER in base64, and that the private one is PKCS#8. A private half
// that is wrapped under a key of the caller's (`wrapped_private_key`) cannot be asked for: no page
// says how.
#[derive(Serialize)]
pub(super) struct Output {
    key_id: String,
    key_spec: String,
    public_key: Blob,
    private_key_cipher_text: Blob,
    #[serde(skip_serializing_if = "Option::is_none")]
    private_key_plain_text: Option<Blob>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ciphertext_recipient: Option<Blob>,
}

pub(super) const INPUT: &[Member] = &[
    Member::required("key_id", &KEY_ID),
    Member::required("key_spec", &WORD),
    Member::optional("with_plain_text", &FLAG),
    Member::optional("additional_authenticated_data", &AAD),
    // Unverified: the answer has its result, the pages do not list the member.
    Member::optional("recipient", &RECIPIENT),
    Member::optional("sequence", &SEQUENCE),
];

impl Operation for CreateRsaDatakeyPair {
    const NAME: &'static str = "create-rsa-datakey-pair";
    const INPUT: &'static [Member] = INPUT;
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        // Unverified: the code for a kind that there is not.
        let spec = rsa_pair_spec(&input.key_spec).ok_or(Refusal::Parameter("key_spec"))?;
        make(call, input, spec).await
    }
}

/// Makes a pair and seals its private half.
pub(super) async fn make(call: &Call, input: Input, spec: KeySpec) -> Result<Output, Refusal> {
    let bound = Bound::to_text("additional_authenticated_data", input.additional_authenticated_data)?;
    let recipient = recipient(call, input.recipient).await?;
    let context = bound.context(Kind::PrivateKey, 0);
    let pair = match call.engine.generate_data_key_pair(&call.scope, &input.key_id.into(), spec, &context).await {
        // The pair is sealed by symmetric keys only.
        Err(Error::AlgorithmUnfit { .. }) => return Err(Code::Asymmetric.into()),
        // Unverified: that keys in key stores seal none.
        Err(Error::OriginUnfit { .. }) => return Err(Code::NoKeystore.into()),
        pair => pair?,
    };
    let length = u16::try_from(pair.plaintext.len()).map_err(Error::internal)?;
    let sealed = Frame { length, ciphertext: pair.ciphertext }.to_bytes(Kind::PrivateKey)?;
    let handed = if recipient.is_none() && input.with_plain_text == Some(false) {
        Handed { open: None, sealed: None }
    } else {
        hand_over(&call.engine, recipient, pair.plaintext).await?
    };
    Ok(Output {
        key_id: pair.key.id.0,
        key_spec: input.key_spec,
        public_key: pair.public_key.into(),
        private_key_cipher_text: sealed.into(),
        private_key_plain_text: handed.open,
        ciphertext_recipient: handed.sealed,
    })
}
