//! What is said of custom key stores, of what stands behind them, and of keys that live there.

use import_engine::{ConnectionState, OutsideFault};

use super::{Answer, with};
use crate::names::connection_state_word;

/// What the members of a request, a cluster or a proxy has to do with a custom key store that
/// cannot be made or changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum StoreRefusal {
    /// No such cluster.
    ClusterNotFound(String),
    /// The cluster is not active.
    ClusterNotActive(String),
    /// The cluster has too few modules; how many it needs.
    ClusterTooSmall(u32),
    /// The certificate is not the cluster's.
    IncorrectTrustAnchor,
    /// The cluster has another history than the store's first one.
    ClusterNotRelated(String),
    /// The proxy's endpoint belongs to a store with the other connectivity.
    EndpointInUse(String),
    /// The VPC endpoint service belongs to another store.
    ServiceInUse(String),
    /// The proxy did not do what it was asked.
    Proxy(OutsideFault),
}

/// Unverified: all texts but those of the proxy, which its specification gives.
pub(super) fn refused(refusal: &StoreRefusal) -> Answer {
    match refusal {
        StoreRefusal::ClusterNotFound(id) => with(
            "CloudHsmClusterNotFoundException",
            format!("AWS KMS cannot find the AWS CloudHSM cluster with the specified cluster ID: {id}."),
        ),
        StoreRefusal::ClusterNotActive(id) => with(
            "CloudHsmClusterNotActiveException",
            format!("The AWS CloudHSM cluster {id} is not active. Initialize and activate the cluster and try again."),
        ),
        StoreRefusal::ClusterTooSmall(least) => with(
            "CloudHsmClusterInvalidConfigurationException",
            format!("The AWS CloudHSM cluster must contain at least {least} active HSMs for this operation."),
        ),
        StoreRefusal::IncorrectTrustAnchor => with(
            "IncorrectTrustAnchorException",
            "The trust anchor certificate is not the trust anchor certificate for the specified AWS CloudHSM cluster.",
        ),
        StoreRefusal::ClusterNotRelated(id) => with(
            "CloudHsmClusterNotRelatedException",
            format!("The AWS CloudHSM cluster {id} has a different cluster certificate than the original cluster."),
        ),
        StoreRefusal::EndpointInUse(endpoint) => with(
            "XksProxyUriEndpointInUseException",
            format!("The XksProxyUriEndpoint {endpoint} is already associated with another external key store."),
        ),
        StoreRefusal::ServiceInUse(name) => with(
            "XksProxyVpcEndpointServiceInUseException",
            format!("The VPC endpoint service {name} is already associated with another external key store."),
        ),
        StoreRefusal::Proxy(fault) => with(code_for_store(*fault), proxy_sentence(*fault)),
    }
}

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

pub(super) fn outside_key_unfit() -> Answer {
    with(
        "XksKeyInvalidConfigurationException",
        "The external key specified by the XksKeyId parameter did not meet the configuration requirements for an \
         external key store. The external key must be an AES-256 symmetric key that is enabled and performs \
         encryption and decryption.",
    )
}

/// Cryptographic operations name one exception for everything; only the sentence differs.
pub(super) fn outside(fault: OutsideFault, operation: Option<&str>) -> Answer {
    let code = if operation == Some("CreateKey") { code_for_new_key(fault) } else { "KMSInvalidStateException" };
    with(code, proxy_sentence(fault))
}

/// The exception of CreateCustomKeyStore and UpdateCustomKeyStore.
const fn code_for_store(fault: OutsideFault) -> &'static str {
    match fault {
        OutsideFault::Unauthenticated => "XksProxyIncorrectAuthenticationCredentialException",
        OutsideFault::PathUnknown => "XksProxyInvalidConfigurationException",
        OutsideFault::DependencyTimeout
        | OutsideFault::Throttled
        | OutsideFault::OutOfOrder
        | OutsideFault::Unreachable
        | OutsideFault::Insecure
        | OutsideFault::TimedOut => "XksProxyUriUnreachableException",
        // The last six are no answers to a question of health.
        OutsideFault::Malformed
        | OutsideFault::Broken
        | OutsideFault::Unsupported
        | OutsideFault::KeyDisabled
        | OutsideFault::UsageRefused
        | OutsideFault::Denied
        | OutsideFault::KeyNotFound
        | OutsideFault::CiphertextRefused
        | OutsideFault::CiphertextInvalid
        | OutsideFault::NotConnected => "XksProxyInvalidResponseException",
    }
}

/// The exception of CreateKey.
const fn code_for_new_key(fault: OutsideFault) -> &'static str {
    match fault {
        OutsideFault::KeyDisabled | OutsideFault::UsageRefused => "XksKeyInvalidConfigurationException",
        OutsideFault::KeyNotFound => "XksKeyNotFoundException",
        OutsideFault::Denied => "KMSInvalidStateException",
        // Unverified: the specification names an exception here that the service does not have.
        OutsideFault::Unsupported => "XksKeyInvalidConfigurationException",
        OutsideFault::Malformed
        | OutsideFault::Broken
        | OutsideFault::Unauthenticated
        | OutsideFault::PathUnknown
        | OutsideFault::DependencyTimeout
        | OutsideFault::Throttled
        | OutsideFault::OutOfOrder
        | OutsideFault::Unreachable
        | OutsideFault::Insecure
        | OutsideFault::TimedOut
        | OutsideFault::CiphertextRefused
        | OutsideFault::CiphertextInvalid
        | OutsideFault::NotConnected => "CustomKeyStoreInvalidStateException",
    }
}

/// Why connecting failed, as a `ConnectionErrorCode`.
pub(crate) const fn connection_error_code(fault: OutsideFault) -> &'static str {
    match fault {
        OutsideFault::Unauthenticated => "INVALID_CREDENTIALS",
        OutsideFault::Denied => "XKS_PROXY_ACCESS_DENIED",
        OutsideFault::PathUnknown => "XKS_PROXY_INVALID_CONFIGURATION",
        OutsideFault::Insecure => "XKS_PROXY_INVALID_TLS_CONFIGURATION",
        OutsideFault::TimedOut | OutsideFault::DependencyTimeout => "XKS_PROXY_TIMED_OUT",
        OutsideFault::Unreachable | OutsideFault::OutOfOrder | OutsideFault::Throttled => "XKS_PROXY_NOT_REACHABLE",
        OutsideFault::Malformed
        | OutsideFault::Broken
        | OutsideFault::Unsupported
        | OutsideFault::KeyDisabled
        | OutsideFault::UsageRefused
        | OutsideFault::KeyNotFound
        | OutsideFault::CiphertextRefused
        | OutsideFault::CiphertextInvalid
        | OutsideFault::NotConnected => "XKS_PROXY_INVALID_RESPONSE",
    }
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
