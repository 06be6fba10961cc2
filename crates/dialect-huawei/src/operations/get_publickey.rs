//! The public half of an asymmetric key.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::KeyFamily;
use serde::{Deserialize, Serialize};

use crate::aliases;
use crate::codes::Code;
use crate::errors::Refusal;
use crate::shapes::OPERATE_NAMED_KEY;
use crate::texts::public_key_pem;

pub(super) struct GetPublickey;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
}

#[derive(Serialize)]
pub(super) struct Output {
    key_id: String,
    public_key: String,
}

impl Operation for GetPublickey {
    const NAME: &'static str = "get-publickey";
    const INPUT: &'static [Member] = OPERATE_NAMED_KEY;
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let found = call.engine.public_key(&call.scope, &aliases::resolve(call, input.key_id).await?).await?;
        match (found.spki, found.key.spec.family()) {
            // Unverified: the vendor's sample has a PKCS#1 body under this header, which asks for
            // SubjectPublicKeyInfo.
            (Some(spki), _) => Ok(Output { key_id: found.key.id.0, public_key: public_key_pem(&spki) }),
            (None, KeyFamily::Mac) => Err(Code::Hmac.into()),
            (None, KeyFamily::Symmetric | KeyFamily::Private) => Err(Code::Symmetric.into()),
        }
    }
}
