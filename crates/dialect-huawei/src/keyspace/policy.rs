//! Key policies: which access points get a data key, and when.
//!
//! A policy comes as JSON text. The vendor shows it in two spellings, `validity_period` and
//! `validityPeriod`, so both are read. A member that is not known is refused: if it were passed
//! over, a slip of the pen would lift a restriction.

use dialect::json::Body;
use dialect::{Call, Kept};
use import_engine::store::Record;
use import_engine::{Error, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{KEY_POLICY, identifier};
use crate::errors::Refusal;
use crate::texts::{iso_seconds, parse_iso_seconds};

/// What a policy says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Default, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rules {
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(alias = "validityPeriod", skip_serializing_if = "Option::is_none")]
    validity_period: Option<ValidityPeriod>,
    #[serde(alias = "allowedAccessPoint", skip_serializing_if = "Option::is_none")]
    allowed_access_point: Option<Vec<String>>,
    #[serde(alias = "allowedDataSecurityZone", skip_serializing_if = "Option::is_none")]
    allowed_data_security_zone: Option<Vec<String>>,
}

/// From when to when a policy lets anybody in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields)]
struct ValidityPeriod {
    #[serde(alias = "startTime", skip_serializing_if = "Option::is_none")]
    start_time: Option<String>,
    #[serde(alias = "endTime", skip_serializing_if = "Option::is_none")]
    end_time: Option<String>,
}

/// The spelling of the list of policies.
#[derive(Serialize)]
pub(crate) struct ListedRules {
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(rename = "validityPeriod", skip_serializing_if = "Option::is_none")]
    validity_period: Option<ValidityPeriod>,
    #[serde(rename = "allowedAccessPoint", skip_serializing_if = "Option::is_none")]
    allowed_access_point: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_data_security_zone: Option<Vec<String>>,
}

impl From<Rules> for ListedRules {
    fn from(rules: Rules) -> Self {
        let Rules { version, validity_period, allowed_access_point, allowed_data_security_zone } = rules;
        Self { version, validity_period, allowed_access_point, allowed_data_security_zone }
    }
}

impl Rules {
    /// Reads a policy; `None` if it is none.
    // Unverified: which members must be there. None must; a policy that names no access point lets
    // nobody in, one without a period is valid for ever.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let body = Body::parse(text.as_bytes()).ok()?;
        // Read as a structure, a list would pass for its members in their order.
        let is_list = |name: &str| body.value().get(name).is_some_and(Value::is_array);
        if !body.value().is_object() || ["validity_period", "validityPeriod"].into_iter().any(is_list) {
            return None;
        }
        let mut rules: Self = serde_json::from_value(body.value().clone()).ok()?;
        if let Some(period) = &rules.validity_period {
            let (start, end) = period.bounds()?;
            if let (Some(start), Some(end)) = (start, end)
                && end <= start
            {
                return None;
            }
        }
        for points in rules.allowed_access_point.iter_mut().flatten() {
            *points = Some(identifier(points)).filter(|id| is_uuid(id))?;
        }
        Some(rules)
    }

    /// Whether the policy lets an access point in at an instant.
    // Unverified: whether zones let in besides access points or restrict them. Nobody can prove here
    // to be in one, so a policy that names any lets nobody in.
    pub(crate) fn lets_in(&self, access_point: &str, now: Timestamp) -> bool {
        let is_valid = self.validity_period.as_ref().is_none_or(|period| period.holds(now));
        let needs_zone = self.allowed_data_security_zone.as_ref().is_some_and(|zones| !zones.is_empty());
        is_valid && !needs_zone && self.access_points().any(|allowed| allowed == access_point)
    }

    /// The access points that it names.
    pub(crate) fn access_points(&self) -> impl Iterator<Item = &str> {
        self.allowed_access_point.iter().flatten().map(String::as_str)
    }
}

impl ValidityPeriod {
    /// Start and end; `None` if one of them is no date.
    fn bounds(&self) -> Option<(Option<Timestamp>, Option<Timestamp>)> {
        let read = |text: &Option<String>| match text {
            None => Some(None),
            Some(text) => parse_iso_seconds(text).map(Some),
        };
        Some((read(&self.start_time)?, read(&self.end_time)?))
    }

    /// Whether an instant is within: from the start on, until just before the end.
    fn holds(&self, now: Timestamp) -> bool {
        self.bounds()
            .is_some_and(|(start, end)| start.is_none_or(|start| start <= now) && end.is_none_or(|end| now < end))
    }
}

/// Whether a text has the form of an identifier, in lower case.
fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(position, byte)| match position {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
}

/// What is kept of a key policy.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
pub(crate) struct KeyPolicy {
    /// Its keyspace.
    pub keyspace_id: String,
    /// Its name.
    pub name: String,
    /// What it says.
    pub rules: Rules,
    /// Free text.
    pub description: String,
    /// Who made it.
    pub created_by: String,
    /// When it was last changed, in microseconds.
    pub modified_at: i64,
    /// When a data key was last handed out under it, in microseconds.
    pub used_at: Option<i64>,
}

impl Kept for KeyPolicy {}

/// A key policy as it is shown, its rules in the spelling of the call.
#[derive(Serialize)]
pub(crate) struct ShownPolicy<R> {
    policy_id: String,
    policy_name: String,
    keyspace_id: String,
    policy: R,
    description: String,
    created_by: String,
    create_time: String,
    last_modify_time: String,
    last_access_time: String,
}

impl<R: From<Rules>> ShownPolicy<R> {
    /// Shows a record.
    ///
    /// # Errors
    /// [`Error::Internal`] if it cannot be understood.
    pub(crate) fn of(record: &Record) -> Result<Self, Error> {
        let policy = KeyPolicy::of(&record.attributes)?;
        Ok(Self {
            policy_id: record.id.clone(),
            policy_name: policy.name,
            keyspace_id: policy.keyspace_id,
            policy: policy.rules.into(),
            description: policy.description,
            created_by: policy.created_by,
            create_time: iso_seconds(record.created_at),
            last_modify_time: iso_seconds(Timestamp(policy.modified_at)),
            last_access_time: policy.used_at.map(|at| iso_seconds(Timestamp(at))).unwrap_or_default(),
        })
    }
}

/// The key policy of an identifier that a caller gave.
pub(crate) async fn find(call: &Call, id: &str) -> Result<(Record, KeyPolicy), Refusal> {
    let record = call.engine.record(&call.scope, KEY_POLICY, &identifier(id)).await?;
    let policy = KeyPolicy::of(&record.attributes)?;
    Ok((record, policy))
}

#[cfg(test)]
mod tests {
    use super::*;

    const POINT: &str = "0d0466b0-e727-4d9c-b35d-f84bb474a37f";

    fn rules(text: &str) -> Rules {
        Rules::parse(text).unwrap()
    }

    fn noon() -> Timestamp {
        parse_iso_seconds("2026-01-02T12:00:00Z").unwrap()
    }

    #[test]
    fn both_spellings_are_one() {
        let snake = format!(
            r#"{{"version":"1","validity_period":{{"end_time":"2027-01-01T00:00:00Z"}},"allowed_access_point":["{POINT}"]}}"#
        );
        let camel = format!(
            r#"{{"version":"1","validityPeriod":{{"endTime":"2027-01-01T00:00:00Z"}},"allowedAccessPoint":["{}"]}}"#,
            POINT.to_uppercase()
        );
        assert_eq!(rules(&snake), rules(&camel));
        assert_eq!(serde_json::to_string(&rules(&camel)).unwrap(), snake);
        let listed = serde_json::to_string(&ListedRules::from(rules(&snake))).unwrap();
        assert!(listed.contains("validityPeriod") && listed.contains("allowedAccessPoint"), "{listed}");
    }

    #[test]
    fn who_is_let_in_when() {
        let with =
            |period: &str| rules(&format!(r#"{{{period}"allowed_access_point":["{POINT}"]}}"#)).lets_in(POINT, noon());
        assert!(with(""));
        for (period, expected) in [
            (r#"{}"#, true),
            (r#"{"start_time":"2026-01-02T12:00:00Z"}"#, true),
            (r#"{"start_time":"2026-01-02T12:00:01Z"}"#, false),
            (r#"{"end_time":"2026-01-02T12:00:01Z"}"#, true),
            (r#"{"end_time":"2026-01-02T12:00:00Z"}"#, false),
            (r#"{"start_time":"2026-01-02T11:00:00Z","end_time":"2026-01-02T13:00:00Z"}"#, true),
        ] {
            assert_eq!(with(&format!(r#""validity_period":{period},"#)), expected, "{period}");
        }
        let zones = |zones: &str| {
            let text = format!(r#"{{"allowed_access_point":["{POINT}"],"allowed_data_security_zone":{zones}}}"#);
            rules(&text).lets_in(POINT, noon())
        };
        assert!(zones("[]"));
        assert!(!zones(r#"["z"]"#));
        for nobody in ["{}", r#"{"allowed_access_point":[]}"#] {
            assert!(!rules(nobody).lets_in(POINT, noon()));
        }
    }

    #[test]
    fn what_is_no_policy() {
        for bad in [
            "",
            "[]",
            "null",
            "\"{}\"",
            "[null,null,null,null]",
            r#"{"validity_period":["2026-01-02T12:00:00Z",null]}"#,
            r#"{"allowed_acces_point":[]}"#,
            r#"{"version":1}"#,
            r#"{"allowed_access_point":"x"}"#,
            r#"{"allowed_access_point":["x"]}"#,
            r#"{"validity_period":{"start":"2026-01-02T12:00:00Z"}}"#,
            r#"{"validity_period":{"start_time":"soon"}}"#,
            r#"{"validity_period":{},"validityPeriod":{}}"#,
            r#"{"validity_period":{"start_time":"2026-01-02T12:00:00Z","end_time":"2026-01-02T12:00:00Z"}}"#,
        ] {
            assert_eq!(Rules::parse(bad), None, "{bad}");
        }
    }
}
