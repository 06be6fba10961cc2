//! `UpdateAlias`.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::{Key, KeyFamily};
use serde::Deserialize;

use crate::authorization::{self, Access};
use crate::errors::Refusal;
use crate::identifiers::{Accepts, Target, admit, alias_arn, check_alias_name, is_alias};
use crate::{names, shapes};

/// Gives a name to another key of the same type and usage.
pub(crate) struct UpdateAlias;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    alias_name: String,
    target_key_id: String,
}

impl Operation for UpdateAlias {
    const NAME: &'static str = "UpdateAlias";
    const INPUT: &'static [Member] =
        &[Member::required("AliasName", &shapes::ALIAS_NAME), Member::required("TargetKeyId", &shapes::KEY_ID)];
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<(), Refusal> {
        check_alias_name(&input.alias_name)?;
        if is_alias(&input.target_key_id) {
            return Err(Refusal::Validation("Aliases must refer to keys. Not aliases".to_owned()));
        }
        let access = Access::to(Self::NAME);
        let target = admit(call, &input.target_key_id, Accepts::OWN_KEY, &access).await?;
        authorization::on_alias(call, &input.alias_name, &access).await?;
        let label = call.engine.label(&call.scope, &input.alias_name).await?;
        authorization::on_key(call, &Target { scope: call.scope.clone(), id: label.key }, &access).await?;
        let arn = alias_arn(&call.scope, &input.alias_name);
        let fits = |from: &Key, to: &Key| check_fits(&arn, from, to);
        call.engine.move_label(&call.scope, &input.alias_name, &target.id, fits).await?;
        Ok(())
    }
}

/// An alias stays with keys of one type and one usage. Unverified: the texts.
fn check_fits(arn: &str, from: &Key, to: &Key) -> Result<(), Refusal> {
    let refuse = |what: &str, from: &str, to: &str| {
        Err(Refusal::Validation(format!(
            "Alias {arn} cannot be changed from a CMK with key {what} {from} to a CMK with key {what} {to}. The key \
             {what} must be the same."
        )))
    };
    let (old, new) = (type_word(from), type_word(to));
    if old != new {
        return refuse("type", old, new);
    }
    if from.usage != to.usage {
        return refuse("usage", names::usage_word(from.usage), names::usage_word(to.usage));
    }
    Ok(())
}

fn type_word(key: &Key) -> &'static str {
    match key.spec.family() {
        KeyFamily::Symmetric => "SYMMETRIC",
        KeyFamily::Mac => "HMAC",
        KeyFamily::Private => "ASYMMETRIC",
    }
}
