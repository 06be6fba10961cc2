//! The data key of a capsule, for an access point that proves itself and that the policy lets in.

use dialect::constraint::Member;
use dialect::wire::decode;
use dialect::{Call, Kept, Operation};
use import_engine::store::Record;
use import_engine::{Error, KeyId, KeyOperation, KeyUsage, Timestamp};
use serde::{Deserialize, Serialize};

use super::create_datakey_capsule::{HandedOut, hand_out, recipient};
use crate::codes::Code;
use crate::errors::Refusal;
use crate::keyspace::access_point::AccessPoint;
use crate::keyspace::attestation::{DOCUMENT, Document, Request};
use crate::keyspace::capsule::{Capsule, Rule};
use crate::keyspace::policy::{KeyPolicy, Rules};
use crate::keyspace::{ACCESS_POINT, KEY_POLICY, identifier};
use crate::shapes::{ANY_UUID, CAPSULE, RECIPIENT_KEY};

pub(super) struct DecryptDatakeyCapsule;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
    public_key: Option<String>,
    datakey_capsule: String,
    attestation_document: Document,
}

#[derive(Serialize)]
pub(super) struct Output {
    key_id: String,
    instance_id: String,
    #[serde(flatten)]
    data_key: HandedOut,
}

impl Operation for DecryptDatakeyCapsule {
    const NAME: &'static str = "decrypt-datakey-capsule";
    const INPUT: &'static [Member] = &[
        Member::required("key_id", &ANY_UUID),
        Member::optional("public_key", &RECIPIENT_KEY),
        Member::required("datakey_capsule", &CAPSULE),
        Member::required("attestation_document", &DOCUMENT),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let public_key = recipient(input.public_key.as_deref())?;
        let key_id = KeyId(identifier(&input.key_id));
        // What is wrong with the key is told before what is wrong with the capsule.
        call.engine.permitted(&call.scope, &key_id, KeyOperation::Decrypt, KeyUsage::EncryptDecrypt).await?;
        let capsule = decode(&input.datakey_capsule).and_then(|bytes| Capsule::parse(bytes.expose()));
        let capsule =
            capsule.filter(|capsule| capsule.frame.ciphertext.key == key_id).ok_or(Code::InvalidCiphertext)?;
        // Opened first of all: it proves that the rule is the one that the capsule was made with.
        let context = capsule.rule.context(capsule.frame.length);
        let opened = call.engine.decrypt(&call.scope, &capsule.frame.ciphertext, &context).await?;
        let request =
            Request { key_id: &input.key_id, capsule: &input.datakey_capsule, public_key: input.public_key.as_deref() };
        let signer = input.attestation_document.signer(call, &request).await?;
        // Before the use of a policy is noted: what cannot be handed out leaves no trace.
        let data_key = hand_out(call, public_key, opened.plaintext).await?;
        let instance_id = admitted(call, &capsule.rule.rule, &signer).await?;
        Ok(Output { key_id: opened.key.id.0, instance_id, data_key })
    }
}

/// The access point that signs with a key, if the rule lets it in now.
// Unverified: the code. Which of the reasons it is, nobody is told.
async fn admitted(call: &Call, rule: &Rule, signer: &[u8]) -> Result<String, Refusal> {
    let now = call.engine.now(&call.scope.tenant).await?;
    let (keyspace, rules) = match rule {
        Rule::Inline(rules) => (None, rules.clone()),
        Rule::Policy(id) => {
            let policy = policy_in_force(call, id).await?;
            (Some(policy.keyspace_id), policy.rules)
        }
    };
    let point = signing(call, &rules, signer).await?;
    let (id, point) = point.ok_or(Code::NoAccess)?;
    let is_at_home = keyspace.is_none_or(|keyspace| keyspace == point.keyspace_id);
    if !point.is_enabled || !is_at_home || !rules.lets_in(&id, now) {
        return Err(Code::NoAccess.into());
    }
    if let Rule::Policy(policy) = rule {
        note_use(call, policy).await?;
    }
    Ok(id)
}

/// What the policy of a capsule says now. One that was removed lets nobody in.
async fn policy_in_force(call: &Call, id: &str) -> Result<KeyPolicy, Refusal> {
    match call.engine.record(&call.scope, KEY_POLICY, id).await {
        Ok(record) => Ok(KeyPolicy::of(&record.attributes)?),
        Err(Error::RecordNotFound { .. }) => Err(Code::NoAccess.into()),
        Err(error) => Err(error.into()),
    }
}

/// Which of the access points that the rules name signs with a key.
async fn signing(call: &Call, rules: &Rules, signer: &[u8]) -> Result<Option<(String, AccessPoint)>, Refusal> {
    for id in rules.access_points() {
        let record = match call.engine.record(&call.scope, ACCESS_POINT, id).await {
            Err(Error::RecordNotFound { .. }) => continue,
            found => found?,
        };
        let point = AccessPoint::of(&record.attributes)?;
        if point.has_key(signer) {
            return Ok(Some((record.id, point)));
        }
    }
    Ok(None)
}

/// Keeps when a policy was last of use. That many use it at once is no reason to refuse one of them.
async fn note_use(call: &Call, policy: &str) -> Result<(), Refusal> {
    let used = |record: Record, now: Timestamp| {
        let policy = KeyPolicy { used_at: Some(now.0), ..KeyPolicy::of(&record.attributes)? };
        Ok::<_, Error>(Record { attributes: policy.to_text()?, ..record })
    };
    match call.engine.edit_record(&call.scope, KEY_POLICY, policy, used).await {
        Ok(_) | Err(Error::Busy) => Ok(()),
        Err(Error::RecordNotFound { .. }) => Err(Code::NoAccess.into()),
        Err(error) => Err(error.into()),
    }
}
