//! `DeriveSharedSecret`.

use dialect::attestation::hand_over;
use dialect::constraint::Member;
use dialect::wire::Blob;
use dialect::{Call, Operation};
use serde::{Deserialize, Serialize};

use super::checks;
use super::recipient::{RecipientInfo, attested, measurements};
use crate::authorization::Access;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, admit, key_arn};
use crate::{names, shapes};

/// Answers the secret that a key shares with a peer: raw, for the caller to derive keys from.
pub(crate) struct DeriveSharedSecret;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    public_key: Blob,
    grant_tokens: Option<Vec<String>>,
    dry_run: Option<bool>,
    recipient: Option<RecipientInfo>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    key_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    shared_secret: Option<Blob>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ciphertext_for_recipient: Option<Blob>,
    key_agreement_algorithm: &'static str,
    key_origin: &'static str,
}

impl Operation for DeriveSharedSecret {
    const NAME: &'static str = "DeriveSharedSecret";
    const INPUT: &'static [Member] = &[
        Member::required("KeyId", &shapes::KEY_ID),
        Member::required("KeyAgreementAlgorithm", &shapes::KEY_AGREEMENT_ALGORITHM_SPEC),
        Member::required("PublicKey", &shapes::PUBLIC_KEY),
        Member::optional("GrantTokens", &shapes::GRANT_TOKEN_LIST),
        Member::optional("DryRun", &shapes::BOOLEAN),
        Member::optional("Recipient", &shapes::RECIPIENT_INFO),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let tokens = input.grant_tokens.unwrap_or_default();
        let recipient = attested(call, input.recipient).await?;
        let access = Access::to(Self::NAME).with_tokens(&tokens).with_measurements(measurements(recipient.as_ref()));
        let target = admit(call, &input.key_id, Accepts::ANY, &access).await?;
        let peer = input.public_key.bytes().to_vec();
        let shared = call.engine.derive_shared_secret(&target.scope, &target.id, peer).await?;
        let handed = hand_over(&call.engine, recipient, shared.secret).await?;
        let output = Output {
            key_id: key_arn(&shared.key.scope, &shared.key.id),
            shared_secret: handed.open,
            ciphertext_for_recipient: handed.sealed,
            key_agreement_algorithm: names::KEY_AGREEMENT_ALGORITHM,
            key_origin: names::origin_word(shared.key.origin),
        };
        checks::conclude(call, Self::NAME, &[(&target.scope, &target.id)], input.dry_run, output).await
    }
}
