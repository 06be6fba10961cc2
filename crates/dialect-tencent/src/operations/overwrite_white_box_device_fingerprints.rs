//! OverwriteWhiteBoxDeviceFingerprints.

use dialect::constraint::Member;
use dialect::{Call, Kept, Operation};
use import_engine::Timestamp;
use import_engine::store::Record;
use serde::Deserialize;

use crate::errors::Refusal;
use crate::operations::key_id;
use crate::record_kinds::WHITE_BOX_KEY;
use crate::shapes::{DEVICE_FINGERPRINTS, STRING};
use crate::white_box::{Act, DeviceFingerprint, WhiteBoxKey};

/// Writes down the devices of a white-box key in place of those that were written down before.
pub(crate) struct OverwriteWhiteBoxDeviceFingerprints;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    // A list that is left out is an empty one: flattened names cannot tell them apart.
    device_fingerprints: Option<Vec<DeviceFingerprint>>,
}

impl Operation for OverwriteWhiteBoxDeviceFingerprints {
    const NAME: &'static str = "OverwriteWhiteBoxDeviceFingerprints";
    const INPUT: &'static [Member] =
        &[Member::required("KeyId", &STRING), Member::optional("DeviceFingerprints", &DEVICE_FINGERPRINTS)];
    type Input = Input;
    type Output = ();
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<(), Refusal> {
        let id = key_id(&input.key_id)?;
        let fingerprints = input.device_fingerprints.unwrap_or_default();
        fingerprints.iter().try_for_each(DeviceFingerprint::require_fit)?;
        let change = |record: Record, _: Timestamp| {
            let key = WhiteBoxKey::of(&record.attributes)?;
            Act::Overwrite.require(key.status)?;
            let after = WhiteBoxKey { fingerprints: fingerprints.clone(), ..key };
            Ok::<_, Refusal>(Record { attributes: after.to_text()?, ..record })
        };
        call.engine.edit_record(&call.scope, WHITE_BOX_KEY, id.as_str(), change).await?;
        Ok(())
    }
}
