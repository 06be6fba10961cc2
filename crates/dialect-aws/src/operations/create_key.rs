//! `CreateKey`.

use dialect::constraint::Member;
use dialect::{Call, Kept, Operation};
use import_engine::{KeySpec, KeyUsage, NewKey, Origin, usage_fits};
use serde::{Deserialize, Serialize};

use super::residence::{Wishes, residence};
use crate::attributes::{Attributes, Tag, check_tags};
use crate::authorization::{self, Access};
use crate::errors::Refusal;
use crate::identifiers::key_arn;
use crate::key_metadata::KeyMetadata;
use crate::{key_policy, names, shapes};

/// Makes a key.
pub(crate) struct CreateKey;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    policy: Option<String>,
    description: Option<String>,
    key_usage: Option<String>,
    customer_master_key_spec: Option<String>,
    key_spec: Option<String>,
    origin: Option<String>,
    custom_key_store_id: Option<String>,
    bypass_policy_lockout_safety_check: Option<bool>,
    tags: Option<Vec<Tag>>,
    multi_region: Option<bool>,
    xks_key_id: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    key_metadata: KeyMetadata,
}

impl Operation for CreateKey {
    const NAME: &'static str = "CreateKey";
    const INPUT: &'static [Member] = &[
        Member::optional("Policy", &shapes::POLICY),
        Member::optional("Description", &shapes::DESCRIPTION),
        Member::optional("KeyUsage", &shapes::KEY_USAGE),
        Member::optional("CustomerMasterKeySpec", &shapes::CUSTOMER_MASTER_KEY_SPEC),
        Member::optional("KeySpec", &shapes::KEY_SPEC),
        Member::optional("Origin", &shapes::ORIGIN),
        Member::optional("CustomKeyStoreId", &shapes::CUSTOM_KEY_STORE_ID),
        Member::optional("BypassPolicyLockoutSafetyCheck", &shapes::BOOLEAN),
        Member::optional("Tags", &shapes::TAG_LIST),
        Member::optional("MultiRegion", &shapes::BOOLEAN),
        Member::optional("XksKeyId", &shapes::XKS_KEY_ID),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        authorization::on_account(call, &Access::to(Self::NAME)).await?;
        if input.tags.as_ref().is_some_and(|tags| !tags.is_empty()) {
            authorization::on_new_key(call, &Access::to("TagResource")).await?;
        }
        let (spec, usage) = spec_and_usage(&input, call.region())?;
        let origin = key_origin(&input)?;
        if origin == Origin::Imported && (spec.is_ml_dsa() || spec.is_ml_kem()) {
            // Nothing can be imported into ML-DSA keys. Unverified: that ML-KEM keys are the same, that it is said
            // here, and how.
            let word = names::key_spec_word(spec);
            return Err(Refusal::Unsupported(format!("Origin EXTERNAL is not supported for KeySpec {word}.")));
        }
        let bypass_lockout = input.bypass_policy_lockout_safety_check == Some(true);
        let attributes = Attributes { policy: input.policy, tags: input.tags.unwrap_or_default() };
        check_tags(&attributes.tags)?;
        if let Some(policy) = &attributes.policy {
            // Which key it will be is not known yet.
            let arn = key_arn(&call.scope, &"00000000-0000-0000-0000-000000000000".into());
            key_policy::check(call, policy, &arn, bypass_lockout).await?;
        }
        let wishes = Wishes {
            origin,
            store: input.custom_key_store_id.as_deref(),
            outside_key: input.xks_key_id.as_deref(),
            is_symmetric_default: spec == names::key_spec("SYMMETRIC_DEFAULT", call.region()).unwrap_or(spec),
            multi_region: input.multi_region == Some(true),
        };
        let residence = residence(call, wishes).await?;
        let new = NewKey {
            most: None,
            spec,
            usage,
            origin,
            description: input.description.unwrap_or_default(),
            name: None,
            attributes: attributes.to_text()?,
            residence,
            multi_region: input.multi_region == Some(true),
        };
        let key = call.engine.create_key(&call.scope, new).await?;
        Ok(Output { key_metadata: KeyMetadata::of(&key, &[]) })
    }
}

fn spec_and_usage(input: &Input, region: &str) -> Result<(KeySpec, KeyUsage), Refusal> {
    let spec_word = match (&input.key_spec, &input.customer_master_key_spec) {
        (Some(_), Some(_)) => {
            return Err(Refusal::Validation(
                "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is \
                 deprecated."
                    .to_owned(),
            ));
        }
        (Some(word), None) | (None, Some(word)) => word.as_str(),
        (None, None) => "SYMMETRIC_DEFAULT",
    };
    let usage_word = match input.key_usage.as_deref() {
        Some(word) => word,
        None if spec_word == "SYMMETRIC_DEFAULT" => names::usage_word(KeyUsage::EncryptDecrypt),
        None => {
            return Err(Refusal::Validation(
                "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.".to_owned(),
            ));
        }
    };
    // SM2 is China's only, and ML-KEM is everywhere else. Unverified: exception and text.
    let Some(spec) = names::key_spec(spec_word, region) else {
        return Err(Refusal::Unsupported(format!("KeySpec {spec_word} is not supported in this Region.")));
    };
    // Keys on secp256k1 only sign.
    let offered = |usage: &KeyUsage| *usage != KeyUsage::KeyAgreement || spec != KeySpec::EcSecp256k1;
    match names::usage(usage_word).filter(|usage| usage_fits(spec, *usage)).filter(offered) {
        Some(usage) => Ok((spec, usage)),
        // Unverified: that this text, older than the other, is still that of this pair.
        None if (spec_word, usage_word) == ("SYMMETRIC_DEFAULT", "SIGN_VERIFY") => Err(Refusal::Validation(
            "The operation failed because the KeyUsage value of the CMK is SIGN_VERIFY. To perform this operation, \
             the KeyUsage value must be ENCRYPT_DECRYPT."
                .to_owned(),
        )),
        None => Err(Refusal::Validation(format!("KeyUsage {usage_word} is not compatible with KeySpec {spec_word}"))),
    }
}

fn key_origin(input: &Input) -> Result<Origin, Refusal> {
    let unsupported = |what: &str| Refusal::Unsupported(format!("{what} is not supported by this server."));
    match input.origin.as_deref() {
        None => Ok(Origin::Generated),
        Some(word) => names::origin(word).ok_or_else(|| unsupported(&format!("Origin {word}"))),
    }
}
