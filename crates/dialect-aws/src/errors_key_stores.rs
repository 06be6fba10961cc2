//! What is said of custom key stores, of what stands behind them, and of keys that live there.

use import_engine::{ConnectionState, OutsideFault};

use super::{Answer, with};
use crate::names::connection_state_word;

pub(super) fn not_found(id: &str) -> Answer {
    with("CustomKeyStoreNotFoundException", format!("Custom key store '{id}' does not exist"))
}

pub(super) fn name_taken(name: &str) -> Answer {
    with("CustomKeyStoreNameInUseException", format!("The custom key store name {name} is already in use."))
}

/// A claim is the address of a proxy or the id of a cluster.
pub(super) fn claim_taken(claim: &str) -> Answer {
    if claim.starts_with("https://") {
        let message = format!("The proxy API address {claim} is already in use by another external key store.");
        with("XksProxyUriInUseException", message)
    } else {
        let message = format!("The AWS CloudHSM cluster {claim} is already associated with a custom key store.");
        with("CloudHsmClusterInUseException", message)
    }
}

pub(super) fn too_many() -> Answer {
    with("LimitExceededException", "The limit of custom key stores has been reached for the account.")
}

pub(super) fn holds_keys(id: &str) -> Answer {
    with("CustomKeyStoreHasCMKsException", format!("Custom key store '{id}' contains KMS keys."))
}

pub(super) fn outside_key_taken(id: &str) -> Answer {
    with(
        "XksKeyAlreadyInUseException",
        format!("The external key {id} is already associated with another KMS key in this external key store."),
    )
}

pub(super) fn wrong_state(store: &str, state: ConnectionState) -> Answer {
    with(
        "CustomKeyStoreInvalidStateException",
        format!(
            "The ConnectionState of the custom key store '{store}' is {}, which is not valid for this operation.",
            connection_state_word(state)
        ),
    )
}

/// Cryptographic operations name one exception for everything; only the sentence differs.
pub(super) fn outside(fault: OutsideFault) -> Answer {
    with("KMSInvalidStateException", proxy_sentence(fault))
}

/// The sentences of the proxy's specification.
const fn proxy_sentence(fault: OutsideFault) -> &'static str {
    match fault {
        OutsideFault::Malformed => {
            "AWS KMS cannot interpret the response from the external key store proxy. If you see this error \
             repeatedly, report it to your external key store proxy administrator."
        }
        OutsideFault::KeyDisabled => {
            "The external key associated with this KMS key in an external key store is not enabled in the external \
             key manager. Enable the external key in the external key manager and retry the request."
        }
        OutsideFault::CiphertextRefused => {
            "The external key store proxy rejected the request because the specified ciphertext or encryption context \
             is corrupted, missing, or otherwise invalid."
        }
        OutsideFault::CiphertextInvalid => {
            "The ciphertext that the external key store proxy submitted for decryption, or the encryption context, is \
             corrupted, missing, or otherwise invalid."
        }
        OutsideFault::UsageRefused => {
            "The external key associated with this KMS key in an external key store does not support the requested \
             operation. Enable the operation on the key in your external key manager, and try the request again."
        }
        OutsideFault::Unauthenticated => {
            "The external key store proxy rejected the request because it could not authenticate AWS KMS. Verify the \
             XKS proxy authentication credentials for your external key store and update if necessary."
        }
        OutsideFault::Denied => {
            "The external key store proxy denied access to the operation. Verify that the user and the external key \
             are both authorized for this operation, and try the request again."
        }
        OutsideFault::KeyNotFound => {
            "The external key associated with this KMS key in an external key store was not found in its external key \
             manager. If the external key ID associated with this KMS key is incorrect, create a new KMS key with the \
             correct external key ID."
        }
        OutsideFault::PathUnknown => {
            "The external key store proxy rejected the request because of an invalid URI path. Verify the URI path for \
             your external key store and update if necessary."
        }
        OutsideFault::Unsupported => {
            "The external key store proxy rejected the request because it does not support the requested operation. \
             If you see this error repeatedly, report it to your external key store proxy administrator."
        }
        OutsideFault::DependencyTimeout => {
            "The external key store proxy did not respond to the request in the time allotted. Retry the request. If \
             you see this error repeatedly, report it to your external key store proxy administrator."
        }
        OutsideFault::Throttled => {
            "The external key store proxy rejected the request due to a very high request rate. Reduce the frequency \
             of your calls using KMS keys in this external key store."
        }
        // Unverified for the second, which is our reading of an answer of health.
        OutsideFault::Broken | OutsideFault::OutOfOrder => {
            "The external key store proxy rejected the request because it cannot communicate with the external key \
             manager. Verify that the external key store proxy configuration is correct and that the external key \
             manager is available."
        }
        OutsideFault::Unreachable => {
            "AWS KMS cannot communicate with the external key store proxy. This might be a transient network issue. \
             If you see this error repeatedly, verify that your external key store proxy is active and is connected \
             to the network, and that its endpoint URI is correct in your external key store."
        }
        OutsideFault::Insecure => {
            "AWS KMS cannot establish a TLS connection to the external key store proxy. Verify the TLS configuration, \
             including its certificate."
        }
        OutsideFault::TimedOut => {
            "AWS KMS rejected the request because the external key store proxy did not respond in time. Retry the \
             request. If you see this error repeatedly, report it to your external key store proxy administrator."
        }
        OutsideFault::NotConnected => {
            "This KMS key is in a custom key store that is not connected to its external key store proxy. Connect the \
             external key store and try the request again."
        }
    }
}
