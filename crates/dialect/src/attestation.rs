//! Attestation documents of enclaves: COSE_Sign1 (RFC 9052, 4.2) around a map in CBOR. What is in
//! it is checked here, signature and chain by the engine. Vendors agree on nearly all of it; what
//! they name differently is a [`DocumentForm`].

use ciborium::Value;
use coset::{CborSerializable, CoseSign1, TaggedCborSerializable, iana};
use import_engine::primitives::{RecipientKey, TrustAnchor};
use import_engine::{Attestation, Engine, Error, Material};
use serde::{Deserialize, Deserializer};

use crate::wire::Blob;

/// How deep the map may nest: a map of arrays, and room for members that are not looked at.
const DEPTH_MAX: usize = 8;
/// The first byte of a COSE_Sign1 with its tag.
const TAGGED: u8 = 0xd2;
/// How many measurements there can be.
const REGISTERS: i128 = 32;

/// In what one vendor's documents differ from another's.
#[derive(Debug)]
pub struct DocumentForm {
    /// The member that holds the environment's public key.
    pub public_key: &'static str,
    /// The members of which one holds the measurements, the first that is there.
    pub measurements: &'static [&'static str],
    /// The longest certificate, public key, nonce and user data, in bytes.
    pub blob_max: usize,
}

/// Whoever sent a genuine document.
#[derive(Debug)]
pub struct Recipient {
    /// The key that answers are sealed for.
    pub key: RecipientKey,
    /// The measurements of the environment that are not all zeros: number of the register and
    /// lower-case hex.
    pub measurements: Vec<(u8, String)>,
}

/// Who sent a document; `None` if anything about it is not as it should be.
///
/// # Errors
/// [`Error::Internal`].
pub async fn attested(
    engine: &Engine,
    anchor: &TrustAnchor,
    form: &DocumentForm,
    document: &[u8],
) -> Result<Option<Recipient>, Error> {
    let Some(Document { attestation, measurements }) = parse(form, document) else { return Ok(None) };
    let key = engine.attested_recipient(anchor, attestation).await?;
    Ok(key.map(|key| Recipient { key, measurements }))
}

/// A secret of an answer: in one of two members, or in neither.
pub struct Handed {
    /// The secret itself, for callers without a recipient.
    pub open: Option<Blob>,
    /// The secret as only the recipient can read it.
    pub sealed: Option<Blob>,
}

/// Puts a secret into the member where it belongs.
///
/// # Errors
/// Only faults.
pub async fn hand_over(engine: &Engine, recipient: Option<Recipient>, secret: Material) -> Result<Handed, Error> {
    match recipient {
        None => Ok(Handed { open: Some(secret.into()), sealed: None }),
        Some(recipient) => {
            let sealed = engine.seal_for(recipient.key, secret).await?;
            Ok(Handed { open: None, sealed: Some(sealed.into()) })
        }
    }
}

/// The trust anchor of a setting: one certificate in PEM, or nothing.
///
/// # Errors
/// For text that is neither.
pub fn anchor_if_given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<TrustAnchor>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let anchor = (!text.trim().is_empty()).then(|| TrustAnchor::from_pem(&text));
    anchor.transpose().map_err(serde::de::Error::custom)
}

/// A document in order of form. Whether it is genuine is another question.
#[derive(Debug)]
struct Document {
    /// What is to be proven.
    attestation: Attestation,
    /// The measurements that are not all zeros.
    measurements: Vec<(u8, String)>,
}

/// The document in the bytes, if they are one and it names a public key.
fn parse(form: &DocumentForm, bytes: &[u8]) -> Option<Document> {
    let signed = if bytes.first() == Some(&TAGGED) {
        CoseSign1::from_tagged_slice(bytes).ok()?
    } else {
        CoseSign1::from_slice(bytes).ok()?
    };
    if signed.protected.header.alg != Some(coset::Algorithm::Assigned(iana::Algorithm::ES384)) {
        return None;
    }
    let payload = signed.payload.as_deref()?;
    let map = Members::read(payload, form.blob_max)?;
    if map.text("module_id")?.is_empty() || map.text("digest")? != "SHA384" {
        return None;
    }
    let timestamp: i128 = map.get("timestamp")?.as_integer()?.into();
    if timestamp <= 0 {
        return None;
    }
    let measurements = measurements(form.measurements.iter().find_map(|name| map.get(name))?)?;
    let bundle = map.get("cabundle")?.as_array()?;
    if bundle.is_empty() {
        return None;
    }
    let bundle = bundle.iter().map(|member| blob(member, form.blob_max).filter(|blob| !blob.is_empty()));
    for member in ["user_data", "nonce"] {
        map.optional_blob(member)?;
    }
    let attestation = Attestation {
        statement: signed.tbs_data(b""),
        certificate: map.blob("certificate")?,
        bundle: bundle.collect::<Option<_>>()?,
        public_key: map.optional_blob(form.public_key)?.filter(|key| !key.is_empty())?,
        signature: signed.signature,
    };
    Some(Document { attestation, measurements })
}

fn measurements(value: &Value) -> Option<Vec<(u8, String)>> {
    let mut found: Vec<(u8, String)> = Vec::new();
    let entries = value.as_map().filter(|entries| !entries.is_empty())?;
    for (register, digest) in entries {
        let register: i128 = register.as_integer()?.into();
        let register = u8::try_from(register).ok().filter(|register| i128::from(*register) < REGISTERS)?;
        let digest = blob(digest, 64).filter(|digest| matches!(digest.len(), 32 | 48 | 64))?;
        if found.iter().any(|(seen, _)| *seen == register) {
            return None;
        }
        found.push((register, hex::encode(digest)));
    }
    // Zeros are what an enclave in debug mode shows; nothing is proven by them.
    found.retain(|(_, digest)| digest.bytes().any(|digit| digit != b'0'));
    Some(found)
}

fn blob(value: &Value, longest: usize) -> Option<Vec<u8>> {
    value.as_bytes().filter(|bytes| bytes.len() <= longest).cloned()
}

/// The members of the document's map.
struct Members {
    all: Vec<(String, Value)>,
    /// The longest blob, in bytes.
    blob_max: usize,
}

impl Members {
    /// Reads one map and nothing after it. A name that comes twice has no meaning.
    fn read(payload: &[u8], blob_max: usize) -> Option<Self> {
        let mut rest = payload;
        let value: Value = ciborium::de::from_reader_with_recursion_limit(&mut rest, DEPTH_MAX).ok()?;
        if !rest.is_empty() {
            return None;
        }
        let mut all: Vec<(String, Value)> = Vec::new();
        for (name, value) in value.into_map().ok()? {
            let name = name.into_text().ok()?;
            if all.iter().any(|(seen, _)| *seen == name) {
                return None;
            }
            all.push((name, value));
        }
        Some(Self { all, blob_max })
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.all.iter().find(|(member, _)| member == name).map(|(_, value)| value)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_text()
    }

    fn blob(&self, name: &str) -> Option<Vec<u8>> {
        blob(self.get(name)?, self.blob_max).filter(|bytes| !bytes.is_empty())
    }

    /// `None` if it is there and is no blob of a legal length.
    fn optional_blob(&self, name: &str) -> Option<Option<Vec<u8>>> {
        match self.get(name) {
            None | Some(Value::Null) => Some(None),
            Some(value) => blob(value, self.blob_max).map(Some),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: DocumentForm = DocumentForm { public_key: "public_key", measurements: &["pcrs"], blob_max: 1024 };

    /// What a document must not be, whoever signed it.
    #[test]
    fn garbage_is_no_document() {
        let nested: Vec<u8> = std::iter::repeat_n(0x81, 100_000).chain([0]).collect();
        let huge = [0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        let long_blob = [0x84, 0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        let indefinite: Vec<u8> = std::iter::repeat_n(0x9f, 100_000).collect();
        for bytes in
            [&b""[..], &[0], &[0x84], &[0xd2], &[0xd2, 0x84], &nested, &huge, &long_blob, &indefinite, &[0xff; 64]]
        {
            assert!(parse(&FORM, bytes).is_none());
        }
        let mut tagged = vec![0xd2];
        tagged.extend(nested);
        assert!(parse(&FORM, &tagged).is_none());
    }

    #[test]
    fn maps_are_read_once_and_whole() {
        assert!(Members::read(&[0xa0], 1024).is_some());
        assert!(Members::read(&[0xa0, 0], 1024).is_none());
        // {"a": 1, "a": 1}
        assert!(Members::read(&[0xa2, 0x61, 0x61, 1, 0x61, 0x61, 1], 1024).is_none());
        assert!(Members::read(&[0xa2, 0x61, 0x61, 1, 0x61, 0x62, 1], 1024).is_some());
        assert!(Members::read(&[0xa1, 1, 1], 1024).is_none());
        let deep: Vec<u8> = [0xa1, 0x61, 0x61].into_iter().chain(std::iter::repeat_n(0x81, 50)).chain([0]).collect();
        assert!(Members::read(&deep, 1024).is_none());
    }

    #[test]
    fn measurements_of_nothing_prove_nothing() {
        let registers = |pairs: &[(i64, Vec<u8>)]| {
            let pairs = pairs.iter().map(|(register, digest)| (Value::from(*register), Value::from(digest.clone())));
            measurements(&Value::Map(pairs.collect()))
        };
        assert_eq!(registers(&[(0, vec![0xab; 48]), (1, vec![0; 48])]), Some(vec![(0, "ab".repeat(48))]));
        assert_eq!(registers(&[(31, vec![1; 32])]).map(|found| found.len()), Some(1));
        for bad in [
            &[][..],
            &[(32, vec![1; 48])],
            &[(-1, vec![1; 48])],
            &[(0, vec![1; 47])],
            &[(0, vec![1; 48]), (0, vec![1; 48])],
        ] {
            assert_eq!(registers(bad), None);
        }
    }
}
