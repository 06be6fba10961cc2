//! Scalars in this vendor's forms: hex in either case, dates, PEM.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDateTime};
use dialect::pem;
use import_engine::{Material, Timestamp};
use serde::{Serialize, Serializer};
use zeroize::Zeroizing;

/// The form of `X-Sdk-Date`.
const BASIC_DATE: &str = "%Y%m%dT%H%M%SZ";

/// The form of dates of the trusted keyspace.
const ISO_SECONDS: &str = "%Y-%m-%dT%H:%M:%SZ";

/// Bytes that are upper-case hex in JSON, as data keys are. Wiped on drop, never printed.
pub(crate) struct UpperHex(Material);

impl From<Material> for UpperHex {
    fn from(bytes: Material) -> Self {
        Self(bytes)
    }
}

impl From<Vec<u8>> for UpperHex {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Material::new(bytes))
    }
}

impl Serialize for UpperHex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
        let mut text = Zeroizing::new(String::with_capacity(self.0.len() * 2));
        for byte in self.0.expose() {
            for nibble in [byte >> 4, byte & 15] {
                text.push(DIGITS.get(usize::from(nibble)).copied().map_or('0', char::from));
            }
        }
        serializer.serialize_str(&text)
    }
}

/// Bytes of hex text in either case; `None` if it is anything else.
pub(crate) fn unhex(text: &str) -> Option<Material> {
    let mut bytes = Material::zeroed(text.len() / 2);
    hex::decode_to_slice(text, bytes.expose_mut()).ok()?;
    Some(bytes)
}

/// A public key as the vendor shows it: PEM with CRLF, 64 characters a line.
pub(crate) fn public_key_pem(spki: &[u8]) -> String {
    pem::write_public_key(spki, "\r\n")
}

/// `20260102T030405Z`.
pub(crate) fn basic_date(at: Timestamp) -> String {
    DateTime::from_timestamp_micros(at.0).map(|at| at.format(BASIC_DATE).to_string()).unwrap_or_default()
}

/// The instant of a text like `20260102T030405Z`.
pub(crate) fn parse_basic_date(text: &str) -> Option<Timestamp> {
    // chrono takes shorter numbers as well.
    if text.len() != 16 {
        return None;
    }
    let date = NaiveDateTime::parse_from_str(text, BASIC_DATE).ok()?;
    Some(Timestamp::from_seconds(date.and_utc().timestamp()))
}

/// `2026-01-02T03:04:05.000000Z`.
pub(crate) fn iso_date(at: Timestamp) -> String {
    DateTime::from_timestamp_micros(at.0).map(|at| at.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()).unwrap_or_default()
}

/// `2026-01-02T03:04:05Z`.
pub(crate) fn iso_seconds(at: Timestamp) -> String {
    DateTime::from_timestamp_micros(at.0).map(|at| at.format(ISO_SECONDS).to_string()).unwrap_or_default()
}

/// The instant of a text like `2026-01-02T03:04:05Z`.
pub(crate) fn parse_iso_seconds(text: &str) -> Option<Timestamp> {
    // chrono takes shorter numbers as well.
    if text.len() != 20 {
        return None;
    }
    let date = NaiveDateTime::parse_from_str(text, ISO_SECONDS).ok()?;
    Some(Timestamp::from_seconds(date.and_utc().timestamp()))
}

/// The `SubjectPublicKeyInfo` of a public key that came as base64 of it, or as PEM.
pub(crate) fn parse_public_key(text: &str) -> Option<Vec<u8>> {
    let text = text.trim();
    let body = match text.strip_prefix("-----BEGIN PUBLIC KEY-----") {
        Some(rest) => rest.strip_suffix("-----END PUBLIC KEY-----")?,
        None => text,
    };
    STANDARD.decode(body.split_ascii_whitespace().collect::<String>()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_both_ways() {
        let at = parse_iso_seconds("2026-01-02T03:04:05Z").unwrap();
        assert_eq!(at, Timestamp::from_seconds(1_767_323_045));
        assert_eq!(iso_seconds(at), "2026-01-02T03:04:05Z");
        for bad in ["", "2026-01-02T03:04:05", "2026-01-02 03:04:05Z", "2026-13-02T03:04:05Z", "2026-1-02T003:04:05Z"] {
            assert_eq!(parse_iso_seconds(bad), None, "{bad}");
        }
    }

    #[test]
    fn public_keys_in_both_forms() {
        assert_eq!(parse_public_key(&public_key_pem(&[7; 91])), Some(vec![7; 91]));
        assert_eq!(parse_public_key(&STANDARD.encode([7; 91])), Some(vec![7; 91]));
        for bad in
            ["-", "-----BEGIN PUBLIC KEY-----\nAAAA", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"]
        {
            assert_eq!(parse_public_key(bad), None, "{bad}");
        }
    }

    #[test]
    fn dates_both_ways() {
        let at = parse_basic_date("20260102T030405Z").unwrap();
        assert_eq!(at, Timestamp::from_seconds(1_767_323_045));
        assert_eq!(basic_date(at), "20260102T030405Z");
        assert_eq!(iso_date(at), "2026-01-02T03:04:05.000000Z");
        assert_eq!(iso_seconds(at), "2026-01-02T03:04:05Z");
        for bad in ["", "20260102T030405", "2026-01-02T03:04Z", "20261302T030405Z", "20260102T030465X"] {
            assert_eq!(parse_basic_date(bad), None, "{bad}");
        }
    }

    #[test]
    fn hex_both_ways() {
        let bytes = unhex("00ffAb").unwrap();
        assert_eq!(bytes.expose(), [0, 255, 171]);
        assert_eq!(serde_json::to_string(&UpperHex::from(bytes)).unwrap(), "\"00FFAB\"");
        for bad in ["0", "0g", "é"] {
            assert_eq!(unhex(bad), None);
        }
    }
}
