//! The secret that a key shares with the owner of another on the same curve: the x coordinate, for
//! the caller to derive keys from.

use dialect::attestation::hand_over;
use dialect::constraint::Member;
use dialect::wire::{Blob, decode};
use dialect::{Call, Operation};
use serde::{Deserialize, Serialize};

use crate::errors::Refusal;
use crate::recipient::{RecipientInfo, recipient};
use crate::shapes::{KEY_AGREEMENT_ALGORITHM, KEY_ID, PEER_KEY, RECIPIENT};

pub(super) struct DeriveSharedSecret;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
    key_agreement_algorithm: String,
    public_key: String,
    recipient: Option<RecipientInfo>,
}

// Unverified: that the secret is the x coordinate alone.
#[derive(Serialize)]
pub(super) struct Output {
    key_id: String,
    key_agreement_algorithm: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    shared_secret: Option<Blob>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ciphertext_recipient: Option<Blob>,
}

impl Operation for DeriveSharedSecret {
    const NAME: &'static str = "derive-shared-secret";
    const INPUT: &'static [Member] = &[
        Member::required("key_id", &KEY_ID),
        Member::required("key_agreement_algorithm", &KEY_AGREEMENT_ALGORITHM),
        Member::required("public_key", &PEER_KEY),
        Member::optional("recipient", &RECIPIENT),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let peer = decode(&input.public_key).ok_or(Refusal::Parameter("public_key"))?.expose().to_vec();
        let recipient = recipient(call, input.recipient).await?;
        let shared = call.engine.derive_shared_secret(&call.scope, &input.key_id.into(), peer).await?;
        let handed = hand_over(&call.engine, recipient, shared.secret).await?;
        Ok(Output {
            key_id: shared.key.id.0,
            key_agreement_algorithm: input.key_agreement_algorithm,
            shared_secret: handed.open,
            ciphertext_recipient: handed.sealed,
        })
    }
}
