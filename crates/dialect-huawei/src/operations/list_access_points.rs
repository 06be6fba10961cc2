//! A page of the access points of a keyspace.

use dialect::constraint::Member;
use dialect::{Call, Kept, Operation};
use import_engine::Error;
use import_engine::store::Record;
use serde::Serialize;

use crate::errors::Refusal;
use crate::keyspace::ACCESS_POINT;
use crate::keyspace::access_point::AccessPoint;
use crate::keyspace::page::{self, PageInfo};
use crate::texts::iso_seconds;

pub(super) struct ListAccessPoints;

#[derive(Serialize)]
pub(super) struct Page {
    page_info: PageInfo,
    access_points: Vec<Shown>,
}

/// An access point as it is shown. The last name is misspelt on the vendor's wire.
#[derive(Serialize)]
struct Shown {
    access_point_id: String,
    keyspace_id: String,
    access_point_name: String,
    state: u8,
    #[serde(rename = "type")]
    kind: i64,
    created_by: String,
    create_time: String,
    lsat_modify_time: String,
}

impl Operation for ListAccessPoints {
    const NAME: &'static str = "list-access-points";
    const INPUT: &'static [Member] = page::INPUT;
    type Input = page::Input;
    type Output = Page;
    type Refusal = Refusal;

    async fn run(call: &Call, input: Self::Input) -> Result<Page, Refusal> {
        let (page_info, records) = page::page(call, ACCESS_POINT, input).await?;
        Ok(Page { page_info, access_points: page::shown(&records, show)? })
    }
}

fn show(record: &Record) -> Result<Shown, Error> {
    let point = AccessPoint::of(&record.attributes)?;
    Ok(Shown {
        access_point_id: record.id.clone(),
        state: u8::from(point.is_enabled),
        kind: point.kind,
        create_time: iso_seconds(record.created_at),
        lsat_modify_time: iso_seconds(point.modified_at()),
        keyspace_id: point.keyspace_id,
        access_point_name: point.name,
        created_by: point.created_by,
    })
}
