//! A tenant's domain clock through the admin API.

use actix_web::http::StatusCode;
use chrono::{DateTime, SecondsFormat};
use dialect::json::Body;
use import_engine::{DomainClock, Tenant, Timestamp};
use serde_json::{Value, json};

use super::{Answer, Page, Refused, Service};

/// Clocks are kept between 1970 and the end of the year 9999.
const LATEST: Timestamp = Timestamp::from_seconds(253_402_300_799);

/// What a request wants of a clock.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Wish {
    Set(DomainClock),
    /// By so many microseconds, in whatever mode it is.
    Advance(i64),
}

impl Service {
    pub(super) async fn show_clock(&self, tenant: &Tenant) -> Answer {
        let clock =
            if self.engine.has_domain_clocks() { self.engine.domain_clock(tenant).await? } else { DomainClock::Real };
        Ok(shown(tenant, clock, self.engine.now(tenant).await?))
    }

    /// Moves the clock. What falls due by then happens before the answer.
    pub(super) async fn move_clock(&self, tenant: &Tenant, body: &[u8]) -> Answer {
        if !self.engine.has_domain_clocks() {
            let sentence = "clocks may not be moved here: clocks.allowed is false";
            return Err(Refused::new(StatusCode::FORBIDDEN, sentence));
        }
        let wish = wish(body).map_err(Refused::bad)?;
        let _alone = self.clock_change.lock().await;
        let clock = match wish {
            Wish::Set(clock) => clock,
            Wish::Advance(micros) => advanced(self.engine.domain_clock(tenant).await?, micros),
        };
        if !(Timestamp(0)..=LATEST).contains(&clock.show(self.engine.real_now())) {
            return Err(Refused::bad("a clock shows a time between 1970 and the end of 9999"));
        }
        let now = self.engine.set_domain_clock(tenant, clock).await?;
        Ok(shown(tenant, clock, now))
    }
}

const fn advanced(clock: DomainClock, micros: i64) -> DomainClock {
    match clock {
        DomainClock::Real => DomainClock::Offset(micros),
        DomainClock::Offset(offset) => DomainClock::Offset(offset.saturating_add(micros)),
        DomainClock::Frozen(at) => DomainClock::Frozen(Timestamp(at.0.saturating_add(micros))),
    }
}

fn shown(tenant: &Tenant, clock: DomainClock, now: Timestamp) -> Page {
    let mode = match clock {
        DomainClock::Real => "real",
        DomainClock::Offset(_) => "offset",
        DomainClock::Frozen(_) => "frozen",
    };
    let text = DateTime::from_timestamp_micros(now.0).map(|now| now.to_rfc3339_opts(SecondsFormat::Micros, true));
    Page::ok(&json!({
        "vendor": tenant.vendor,
        "account": tenant.account,
        "mode": mode,
        "now": seconds(now.0),
        "now_text": text,
    }))
}

#[expect(clippy::cast_precision_loss, reason = "microseconds until the year 9999 fit almost exactly")]
fn seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}

/// Reads a request's body.
fn wish(body: &[u8]) -> Result<Wish, String> {
    let body = Body::parse(body).map_err(|fault| format!("the body is not JSON: {fault}"))?;
    let Value::Object(members) = body.value() else { return Err("the body is not a JSON object".into()) };
    let named = |names: &[&str]| members.len() == names.len() && names.iter().all(|name| members.contains_key(*name));
    let mode = members.get("mode").and_then(Value::as_str);
    match mode {
        None if named(&["advance"]) => match micros(&members["advance"])? {
            micros if micros < 0 => Err("advance goes forward; to go back, use {\"mode\":\"offset\"}".into()),
            micros => Ok(Wish::Advance(micros)),
        },
        Some("real") if named(&["mode"]) => Ok(Wish::Set(DomainClock::Real)),
        Some("frozen") if named(&["mode", "at"]) => Ok(Wish::Set(DomainClock::Frozen(instant(&members["at"])?))),
        Some("offset") if named(&["mode", "seconds"]) => {
            Ok(Wish::Set(DomainClock::Offset(micros(&members["seconds"])?)))
        }
        _ => Err("the body is one of {\"mode\":\"real\"}, {\"mode\":\"frozen\",\"at\":SECONDS_OR_RFC3339}, \
             {\"mode\":\"offset\",\"seconds\":SECONDS}, {\"advance\":SECONDS}"
            .into()),
    }
}

fn instant(value: &Value) -> Result<Timestamp, String> {
    match value {
        Value::String(text) => match DateTime::parse_from_rfc3339(text) {
            Ok(at) => Ok(Timestamp(at.timestamp_micros())),
            Err(_) => Err("at is seconds since 1970, or text like 2030-01-02T03:04:05Z".into()),
        },
        _ => micros(value).map(Timestamp),
    }
}

/// A number of seconds in microseconds.
fn micros(value: &Value) -> Result<i64, String> {
    if let Some(micros) = value.as_i64().and_then(|seconds| seconds.checked_mul(1_000_000)) {
        return Ok(micros);
    }
    match value.as_f64() {
        #[expect(clippy::cast_possible_truncation, reason = "the range was looked at")]
        Some(seconds) if seconds.abs() <= 1e12 => Ok((seconds * 1e6).round() as i64),
        _ => Err("seconds are a number".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_read() {
        for (text, expected) in [
            (r#"{"mode":"real"}"#, Wish::Set(DomainClock::Real)),
            (r#"{"mode":"frozen","at":1.5}"#, Wish::Set(DomainClock::Frozen(Timestamp(1_500_000)))),
            (
                r#"{"mode":"frozen","at":"1970-01-01T01:00:02+01:00"}"#,
                Wish::Set(DomainClock::Frozen(Timestamp(2_000_000))),
            ),
            (r#"{"mode":"offset","seconds":-3}"#, Wish::Set(DomainClock::Offset(-3_000_000))),
            (r#"{"advance":86400}"#, Wish::Advance(86_400_000_000)),
        ] {
            assert_eq!(wish(text.as_bytes()), Ok(expected), "{text}");
        }
    }

    #[test]
    fn other_bodies_are_refused() {
        for text in [
            "",
            "[]",
            "{}",
            r#"{"mode":"real","at":1}"#,
            r#"{"mode":"frozen"}"#,
            r#"{"mode":"frozen","at":"soon"}"#,
            r#"{"mode":"offset","seconds":"3"}"#,
            r#"{"mode":"offset","seconds":1e300}"#,
            r#"{"advance":-1}"#,
            r#"{"advance":1,"mode":"real"}"#,
            r#"{"advance":1,"advance":2}"#,
        ] {
            assert!(wish(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn advancing_keeps_the_mode() {
        assert_eq!(advanced(DomainClock::Real, 5), DomainClock::Offset(5));
        assert_eq!(advanced(DomainClock::Offset(-2), 5), DomainClock::Offset(3));
        assert_eq!(advanced(DomainClock::Frozen(Timestamp(1)), 5), DomainClock::Frozen(Timestamp(6)));
    }
}
