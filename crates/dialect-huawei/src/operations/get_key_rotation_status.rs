//! Showing whether and how often a key is rotated. Here the flag is no text.
//!
//! Unverified: that keys which are not rotated are answered too, that the interval is left out and the
//! count is not while rotation is off, and that the list of materials is of external keys only.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::{Expiry, Key, KeyOperation, MaterialId, MaterialRecord, Origin};
use serde::{Deserialize, Serialize};

use crate::errors::Refusal;
use crate::key_details::milliseconds;
use crate::shapes::OPERATE_KEY;

pub(super) struct GetKeyRotationStatus;

#[derive(Deserialize)]
pub(super) struct Input {
    key_id: String,
}

#[derive(Serialize)]
pub(super) struct Output {
    key_rotation_enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    rotation_interval: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_rotation_time: Option<String>,
    number_of_rotations: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_materials: Option<Vec<ShownMaterial>>,
}

/// A material of an external key.
#[derive(Serialize)]
struct ShownMaterial {
    material_id: String,
    /// Whose bill it is on. Nothing is billed here.
    charge_id: &'static str,
    create_time: String,
    expiration_time: String,
    state: u8,
}

/// The state of material that is in use. 0, of material that waits for a rotation, is never seen here.
const IN_USE: u8 = 2;

impl Operation for GetKeyRotationStatus {
    const NAME: &'static str = "get-key-rotation-status";
    const INPUT: &'static [Member] = OPERATE_KEY;
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let key = call.engine.describe_key(&call.scope, &input.key_id.into()).await?;
        key.require(KeyOperation::ShowRotation, call.engine.policy(&call.scope)?)?;
        let schedule = key.rotation_schedule();
        Ok(Output {
            key_rotation_enabled: schedule.is_some(),
            rotation_interval: schedule.map(|schedule| schedule.period_days),
            last_rotation_time: key.last_rotation().map(milliseconds),
            number_of_rotations: key.materials.iter().filter(|material| material.rotated.is_some()).count(),
            key_materials: (key.origin == Origin::Imported).then(|| shown(&key)),
        })
    }
}

fn shown(key: &Key) -> Vec<ShownMaterial> {
    key.materials.iter().filter(|material| material.present).map(ShownMaterial::from).collect()
}

impl From<&MaterialRecord> for ShownMaterial {
    fn from(material: &MaterialRecord) -> Self {
        Self {
            material_id: uuid_form(&material.id),
            charge_id: "",
            create_time: milliseconds(material.imported_at),
            expiration_time: match material.expiry {
                Expiry::Never => String::new(),
                Expiry::At(end) => milliseconds(end),
            },
            state: IN_USE,
        }
    }
}

/// A material's name in the form in which the vendor has them: the first half of its digits.
fn uuid_form(id: &MaterialId) -> String {
    let mut text = String::with_capacity(36);
    for (at, digit) in id.0.chars().take(32).enumerate() {
        if matches!(at, 8 | 12 | 16 | 20) {
            text.push('-');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn materials_are_named_as_uuids() {
        let id = MaterialId("0123456789abcdef0123456789abcdef".repeat(2));
        assert_eq!(uuid_form(&id), "01234567-89ab-cdef-0123-456789abcdef");
    }
}
