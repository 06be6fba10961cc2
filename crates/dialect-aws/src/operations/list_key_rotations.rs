//! `ListKeyRotations`.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::{Key, KeyOperation, MaterialRecord, Origin};
use serde::{Deserialize, Serialize};

use crate::authorization::Access;
use crate::errors::Refusal;
use crate::identifiers::{Accepts, admit};
use crate::key_metadata::expiration_of;
use crate::marker::Marker;
use crate::{names, shapes};

const LIMIT_DEFAULT: usize = 100;
/// Markers here hold the key and the number of a page's last material.
const MARKER: Marker = Marker("rotations/");

/// Lists the materials that a key was rotated to, or all it has. Unverified: their order, here the
/// oldest first, and that they name the key by its bare id.
pub(crate) struct ListKeyRotations;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Input {
    key_id: String,
    include_key_material: Option<String>,
    limit: Option<usize>,
    marker: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    rotations: Vec<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_marker: Option<String>,
    truncated: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Line {
    key_id: String,
    key_material_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_material_description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    import_state: Option<&'static str>,
    key_material_state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration_model: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_to: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rotation_date: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rotation_type: Option<&'static str>,
}

impl Line {
    fn of(key: &Key, material: &MaterialRecord) -> Self {
        let is_imported = key.origin == Origin::Imported;
        // Unverified: that material which is gone has no expiration model, as in DescribeKey.
        let (expiration_model, valid_to) =
            if is_imported && material.present { expiration_of([material.expiry]) } else { (None, None) };
        Self {
            key_id: key.id.to_string(),
            key_material_id: material.id.0.clone(),
            key_material_description: Some(material.description.clone())
                .filter(|description| is_imported && !description.is_empty()),
            import_state: is_imported.then_some(if material.present { "IMPORTED" } else { "PENDING_IMPORT" }),
            key_material_state: names::material_state_word(material.role),
            expiration_model,
            valid_to,
            rotation_date: material.rotated.map(|rotated| names::epoch_seconds(rotated.at)),
            rotation_type: material.rotated.map(|rotated| names::rotation_word(rotated.kind)),
        }
    }
}

impl Operation for ListKeyRotations {
    const NAME: &'static str = "ListKeyRotations";
    const INPUT: &'static [Member] = &[
        Member::required("KeyId", &shapes::KEY_ID),
        Member::optional("IncludeKeyMaterial", &shapes::INCLUDE_KEY_MATERIAL),
        Member::optional("Limit", &shapes::LIMIT),
        Member::optional("Marker", &shapes::MARKER),
    ];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Input) -> Result<Output, Refusal> {
        let target = admit(call, &input.key_id, Accepts::OWN_KEY, &Access::to(Self::NAME)).await?;
        let policy = call.engine.policy(&target.scope)?;
        let key = call.engine.describe_key(&target.scope, &target.id).await?;
        key.require_rotatable(policy)?;
        key.require(KeyOperation::ShowRotation, policy)?;
        let key = call.engine.with_waiting_told(key).await?;
        let after = input.marker.as_deref().map(|marker| read_marker(&key, marker)).transpose()?.unwrap_or(0);
        let lists_all = input.include_key_material.as_deref() == Some("ALL_KEY_MATERIAL");
        let limit = input.limit.unwrap_or(LIMIT_DEFAULT);
        let mut rest = key
            .materials
            .iter()
            .filter(|material| material.generation > after && (lists_all || material.rotated.is_some()));
        let page: Vec<&MaterialRecord> = rest.by_ref().take(limit).collect();
        let truncated = rest.next().is_some();
        let next_marker = page.last().filter(|_| truncated).map(|last| write_marker(&key, last.generation));
        Ok(Output { rotations: page.iter().map(|material| Line::of(&key, material)).collect(), next_marker, truncated })
    }
}

fn write_marker(key: &Key, generation: i64) -> String {
    MARKER.write(&format!("{}/{generation}", key.id))
}

fn read_marker(key: &Key, marker: &str) -> Result<i64, Refusal> {
    let name = MARKER.read(marker)?;
    let (id, generation) = name.rsplit_once('/').ok_or(Refusal::InvalidMarker)?;
    let generation = generation.parse().map_err(|_| Refusal::InvalidMarker)?;
    if id == key.id.as_str() { Ok(generation) } else { Err(Refusal::InvalidMarker) }
}
