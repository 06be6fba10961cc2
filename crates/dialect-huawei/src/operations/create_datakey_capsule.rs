//! A new data key, and a capsule in which it waits for whom a policy lets in.

use dialect::constraint::Member;
use dialect::wire::{Blob, Numeric};
use dialect::{Call, Operation};
use import_engine::{Error, KeyId, Material};
use serde::{Deserialize, Serialize};

use crate::ciphertext::Frame;
use crate::codes::Code;
use crate::errors::Refusal;
use crate::keyspace::capsule::{BoundRule, Capsule, Rule};
use crate::keyspace::identifier;
use crate::keyspace::policy::{Rules, find};
use crate::shapes::{ANY_UUID, CAPSULE_BITS, KEY_POLICY_TEXT, RECIPIENT_KEY};
use crate::texts::parse_public_key;

pub(super) struct CreateDatakeyCapsule;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
    datakey_length: Numeric,
    public_key: Option<String>,
    policy_id: Option<String>,
    key_policy: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Output {
    key_id: String,
    #[serde(flatten)]
    data_key: HandedOut,
    datakey_capsule: Blob,
}

/// A data key, in the clear or under the caller's public key.
#[derive(Serialize)]
pub(super) enum HandedOut {
    #[serde(rename = "datakey")]
    Plain(Blob),
    #[serde(rename = "datakey_cipher")]
    Wrapped(Blob),
}

impl Operation for CreateDatakeyCapsule {
    const NAME: &'static str = "create-datakey-capsule";
    const INPUT: &'static [Member] = &[
        Member::required("key_id", &ANY_UUID),
        Member::required("datakey_length", &CAPSULE_BITS),
        Member::optional("public_key", &RECIPIENT_KEY),
        Member::optional("policy_id", &ANY_UUID),
        Member::optional("key_policy", &KEY_POLICY_TEXT),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let length = match input.datakey_length.0 {
            128 => 16u16,
            256 => 32,
            // Unverified: the code for a length that is a number of bytes, but none of the two.
            _ => return Err(Code::DatakeyLength.into()),
        };
        let public_key = recipient(input.public_key.as_deref())?;
        let rule = match (input.policy_id, input.key_policy) {
            (Some(id), None) => Rule::Policy(find(call, &id).await?.0.id),
            (None, Some(text)) => Rule::Inline(Rules::parse(&text).ok_or(Refusal::Parameter("key_policy"))?),
            (None, None) => return Err(Code::Missing.into()),
            (Some(_), Some(_)) => return Err(Refusal::Parameter("key_policy")),
        };
        let rule = BoundRule::new(rule)?;
        let key_id = KeyId(identifier(&input.key_id));
        let made = call.engine.generate_data_key(&call.scope, &key_id, length.into(), &rule.context(length)).await;
        let made = match made {
            // Unverified: asymmetric master keys. An RSA block could not be bound to the rule.
            Err(Error::AlgorithmUnfit { .. }) => return Err(Code::Asymmetric.into()),
            made => made?,
        };
        let capsule = Capsule { rule, frame: Frame { length, ciphertext: made.ciphertext } };
        Ok(Output {
            key_id: made.key.id.0,
            data_key: hand_out(call, public_key, made.plaintext).await?,
            datakey_capsule: capsule.to_bytes()?.into(),
        })
    }
}

/// The key of whoever shall be able to read the answer, if there is one.
pub(super) fn recipient(text: Option<&str>) -> Result<Option<Vec<u8>>, Refusal> {
    text.map(|text| parse_public_key(text).ok_or(Refusal::Parameter("public_key"))).transpose()
}

/// The data key as the answer has it.
// Unverified: that both are base64, as the keys that come with the requests are.
pub(super) async fn hand_out(
    call: &Call,
    public_key: Option<Vec<u8>>,
    data_key: Material,
) -> Result<HandedOut, Refusal> {
    Ok(match public_key {
        None => HandedOut::Plain(data_key.into()),
        Some(public_key) => HandedOut::Wrapped(call.engine.wrap_for(public_key, data_key).await?.into()),
    })
}
