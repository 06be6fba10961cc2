//! The external key store proxy API, version 1, spoken as AWS KMS speaks it ("AWS KMS External Key
//! Store (XKS) Proxy API Specification").

use dialect::Kept;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use import_engine::{Clock, Key, KeyStore, Material, OutsideCiphertext, OutsideFault, OutsideKey, OutsideKeys};
use outbound::{Allowed, Answer, Fault, Outbound, SettingError};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::signing::{ProxyCredential, signed_headers};
use super::{Backing, Proxy};
use crate::asking;
use crate::identifiers::key_arn;
use crate::settings::KeyStoreSettings;

/// The most bytes of `ciphertextMetadata`.
const METADATA_MAX: usize = 20;
/// The most entries that a proxy may list of key managers and of usages.
const LIST_MAX: usize = 10;

/// Calls external key store proxies.
pub struct Proxies {
    outbound: Outbound,
    clock: Arc<dyn Clock>,
}

impl Proxies {
    /// Calls the proxies that the settings allow, signing in real time.
    ///
    /// # Errors
    /// [`SettingError`] if the settings are none.
    pub fn new(settings: &KeyStoreSettings, clock: Arc<dyn Clock>) -> Result<Self, SettingError> {
        let patience = Duration::from_millis(settings.proxy_timeout_milliseconds);
        let allowed = Allowed::parse(&settings.proxies)?;
        Ok(Self { outbound: Outbound::new(allowed, &settings.proxy_roots, patience)?, clock })
    }

    async fn call<T: DeserializeOwned>(
        &self,
        store: &KeyStore,
        secret: &Material,
        path: &str,
        body: &Value,
    ) -> Result<T, OutsideFault> {
        let proxy = proxy_of(store)?;
        let host = proxy.uri_endpoint.strip_prefix("https://").unwrap_or(&proxy.uri_endpoint);
        let path = format!("{}/{path}", proxy.uri_path);
        let body = body.to_string().into_bytes();
        let credential = ProxyCredential {
            access_key_id: &proxy.access_key_id,
            secret: secret.expose(),
            region: &store.scope.region,
        };
        let headers =
            signed_headers(credential, host, &path, &body, self.clock.now()).map_err(|_| OutsideFault::Malformed)?;
        let answer = self.outbound.post(host, &path, &headers, body).await.map_err(unanswered)?;
        if answer.status == 200 {
            return serde_json::from_slice(&answer.body).map_err(|_| OutsideFault::Malformed);
        }
        Err(refused(&answer))
    }
}

#[async_trait]
impl OutsideKeys for Proxies {
    async fn probe(&self, store: &KeyStore, secret: &Material) -> Result<(), OutsideFault> {
        let asking = asking::current().ok_or(OutsideFault::Malformed)?;
        let metadata = json!({ "kmsRequestId": asking.request_id, "kmsOperation": asking.operation });
        let health: Health = self.call(store, secret, "health", &json!({ "requestMetadata": metadata })).await?;
        health.judge()
    }

    async fn is_fit(&self, name: &str, store: &KeyStore, secret: &Material) -> Result<bool, OutsideFault> {
        let body = json!({ "requestMetadata": request_metadata(None)? });
        let found: KeyFacts = self.call(store, secret, &format!("keys/{name}/metadata"), &body).await?;
        if found.key_usage.len() > LIST_MAX {
            return Err(OutsideFault::Malformed);
        }
        let can = |usage: &str| found.key_usage.iter().any(|found| found == usage);
        Ok(found.key_spec == "AES_256" && found.key_status == "ENABLED" && can("ENCRYPT") && can("DECRYPT"))
    }

    async fn encrypt(
        &self,
        key: &OutsideKey<'_>,
        bytes: &[u8],
        bound: &[u8],
    ) -> Result<OutsideCiphertext, OutsideFault> {
        let body = json!({
            "requestMetadata": request_metadata(Some(key.key))?,
            "additionalAuthenticatedData": encode(bound),
            "plaintext": encode(bytes),
            "encryptionAlgorithm": "AES_GCM",
            "ciphertextDataIntegrityValueAlgorithm": "SHA_256",
        });
        let path = format!("keys/{}/encrypt", key.name);
        let sealed: Encrypted = self.call(key.store, key.secret, &path, &body).await?;
        sealed.judge(bytes.len(), bound).ok_or(OutsideFault::Malformed)
    }

    async fn decrypt(
        &self,
        key: &OutsideKey<'_>,
        ciphertext: &OutsideCiphertext,
        bound: &[u8],
    ) -> Result<Vec<u8>, OutsideFault> {
        let mut body = json!({
            "requestMetadata": request_metadata(Some(key.key))?,
            "additionalAuthenticatedData": encode(bound),
            "encryptionAlgorithm": "AES_GCM",
            "ciphertext": encode(&ciphertext.body),
            "initializationVector": encode(&ciphertext.nonce),
            "authenticationTag": encode(&ciphertext.tag),
        });
        if let (false, Some(members)) = (ciphertext.metadata.is_empty(), body.as_object_mut()) {
            members.insert("ciphertextMetadata".to_owned(), encode(&ciphertext.metadata).into());
        }
        let path = format!("keys/{}/decrypt", key.name);
        let opened: Decrypted = self.call(key.store, key.secret, &path, &body).await?;
        let plain = decode(&opened.plaintext).ok_or(OutsideFault::Malformed)?;
        if plain.len() == ciphertext.body.len() { Ok(plain) } else { Err(OutsideFault::Malformed) }
    }
}

impl fmt::Debug for Proxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxies").field("outbound", &self.outbound).finish_non_exhaustive()
    }
}

fn proxy_of(store: &KeyStore) -> Result<Proxy, OutsideFault> {
    match Backing::of(&store.attributes) {
        Ok(Backing::Proxy(proxy)) => Ok(proxy),
        Ok(Backing::Cluster(_)) | Err(_) => Err(OutsideFault::Malformed),
    }
}

/// What a proxy is told of the request that it serves. A key that is being made has no ARN yet that
/// could be told.
fn request_metadata(key: Option<&Key>) -> Result<Value, OutsideFault> {
    let asking = asking::current().ok_or(OutsideFault::Malformed)?;
    let mut metadata = Map::new();
    metadata.insert("awsPrincipalArn".to_owned(), asking.principal.into());
    if let Some(key) = key {
        metadata.insert("kmsKeyArn".to_owned(), key_arn(&key.scope, &key.id).into());
    }
    metadata.insert("kmsOperation".to_owned(), asking.operation.into());
    metadata.insert("kmsRequestId".to_owned(), asking.request_id.into());
    Ok(Value::Object(metadata))
}

fn unanswered(fault: Fault) -> OutsideFault {
    match fault {
        Fault::Unreachable => OutsideFault::Unreachable,
        Fault::Insecure => OutsideFault::Insecure,
        Fault::TimedOut => OutsideFault::TimedOut,
        Fault::Malformed => OutsideFault::Malformed,
    }
}

/// What a proxy means by a refusal. Its message is for its own log.
fn refused(answer: &Answer) -> OutsideFault {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Refusal {
        error_name: String,
    }
    let Ok(refusal) = serde_json::from_slice::<Refusal>(&answer.body) else { return OutsideFault::Malformed };
    match refusal.error_name.as_str() {
        "InvalidStateException" => OutsideFault::KeyDisabled,
        "InvalidCiphertextException" => OutsideFault::CiphertextRefused,
        "InvalidKeyUsageException" => OutsideFault::UsageRefused,
        "AuthenticationFailedException" => OutsideFault::Unauthenticated,
        "AccessDeniedException" => OutsideFault::Denied,
        "KeyNotFoundException" => OutsideFault::KeyNotFound,
        "InvalidUriPathException" => OutsideFault::PathUnknown,
        "UnsupportedOperationException" => OutsideFault::Unsupported,
        "DependencyTimeoutException" => OutsideFault::DependencyTimeout,
        "ThrottlingException" => OutsideFault::Throttled,
        "InternalException" => OutsideFault::Broken,
        // `ValidationException`, and names that the specification does not have.
        _ => OutsideFault::Malformed,
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Health {
    xks_proxy_fleet_size: u64,
    #[serde(rename = "xksProxyVendor")]
    _xks_proxy_vendor: String,
    #[serde(rename = "xksProxyModel")]
    _xks_proxy_model: String,
    #[serde(rename = "ekmVendor")]
    _ekm_vendor: String,
    ekm_fleet_details: Vec<KeyManager>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeyManager {
    #[serde(rename = "id")]
    _id: String,
    #[serde(rename = "model")]
    _model: String,
    health_status: String,
}

impl Health {
    fn judge(&self) -> Result<(), OutsideFault> {
        let managers = &self.ekm_fleet_details;
        let is_known =
            |manager: &KeyManager| matches!(manager.health_status.as_str(), "ACTIVE" | "DEGRADED" | "UNAVAILABLE");
        if self.xks_proxy_fleet_size == 0 || !(1..=LIST_MAX).contains(&managers.len()) || !managers.iter().all(is_known)
        {
            return Err(OutsideFault::Malformed);
        }
        if managers.iter().all(|manager| manager.health_status == "UNAVAILABLE") {
            return Err(OutsideFault::OutOfOrder);
        }
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeyFacts {
    key_spec: String,
    key_usage: Vec<String>,
    key_status: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Encrypted {
    ciphertext: String,
    initialization_vector: String,
    authentication_tag: String,
    ciphertext_metadata: Option<String>,
    ciphertext_data_integrity_value: String,
}

impl Encrypted {
    /// The parts, if they are of legal lengths and the proxy vouches for exactly them.
    fn judge(&self, length: usize, bound: &[u8]) -> Option<OutsideCiphertext> {
        let nonce = decode(&self.initialization_vector)?;
        let tag: [u8; 16] = decode(&self.authentication_tag)?.try_into().ok()?;
        let body = decode(&self.ciphertext)?;
        let metadata = match &self.ciphertext_metadata {
            Some(text) => decode(text)?,
            None => Vec::new(),
        };
        if !matches!(nonce.len(), 12 | 16) || body.len() != length || metadata.len() > METADATA_MAX {
            return None;
        }
        let vouched = decode(&self.ciphertext_data_integrity_value)?;
        let whole = [bound, &metadata, &nonce, &body, &tag].concat();
        (hex::encode(vouched) == dialect::signature::sha256_hex(&whole)).then_some(OutsideCiphertext {
            nonce,
            metadata,
            tag,
            body,
        })
    }
}

#[derive(Deserialize)]
struct Decrypted {
    plaintext: String,
}

fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

#[cfg(test)]
#[path = "proxy_tests.rs"]
mod tests;
