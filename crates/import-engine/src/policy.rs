//! What vendors disagree on, as data. A dialect fills a [`Policy`]; the engine reads it.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use crate::chance::KeyIdForm;
use crate::clock::Timestamp;
use crate::error::Error;
use crate::key::{Key, KeyOperation, KeyState};
use crate::spec::{KeySpec, WrappingAlgorithm, WrappingKeySpec};
use crate::tenant::Scope;

/// One vendor's rules in one kind of region.
#[derive(Debug)]
pub struct Policy {
    /// How key identifiers look.
    pub key_id_form: KeyIdForm,
    /// How identifiers of keys look that can live in several regions.
    pub multi_region_key_id_form: KeyIdForm,
    /// How long import parameters are good, in seconds.
    pub token_lifetime_seconds: i64,
    /// How many bytes an import token has. At least [`crate::TOKEN_LENGTH_MIN`].
    pub token_length: usize,
    /// Whether handing out parameters makes the key's earlier ones void.
    pub newest_parameters_only: bool,
    /// Which wrappings are on offer for which kinds of key.
    pub offers: &'static [Offer],
    /// Legal lengths of raw material, in bytes. Kinds that are not listed are not importable raw.
    pub material_lengths: &'static [(KeySpec, RangeInclusive<usize>)],
    /// The latest expiry a caller may ask for.
    pub latest_expiry: LatestExpiry,
    /// Whether an expiry sent with a private key counts (otherwise it is ignored).
    pub private_keys_expire: bool,
    /// Whether imported private keys can be deleted while the key lives on.
    pub private_keys_deletable: bool,
    /// How private keys travel.
    pub private_key_form: PrivateKeyForm,
    /// What becomes of a disabled key whose material is lost.
    pub loss_while_disabled: LossWhileDisabled,
    /// Deletion windows that are accepted, in days.
    pub deletion_window_days: RangeInclusive<u32>,
    /// How material is replaced by newer material.
    pub rotation: RotationRules,
    /// How many labels a key may have.
    pub labels_per_key: u32,
    /// How many grants a key may have.
    pub grants_per_key: u32,
    /// How many keys, whatever their state, there may be in a scope, those of the provider not
    /// counted. `None`: any number.
    pub keys_per_scope: Option<u32>,
    /// Whether keys that live in a key store make data key pairs.
    pub data_key_pairs_in_key_stores: bool,
    /// Which RSASSA-PSS signatures are good when they are checked.
    pub pss_salt: PssSalt,
    /// Whether a wrong usage is told before a wrong state.
    pub usage_before_state: bool,
    /// What the owner may do with a key that the provider manages.
    pub provider_keys: &'static [KeyOperation],
    /// How copies of keys in other regions come about.
    pub replicas: ReplicaRules,
    /// What becomes of keys that somebody else relies on.
    pub bindings: BindingRules,
    /// In which states each operation is legal.
    pub states: &'static [(KeyOperation, &'static [KeyState])],
}

/// How a vendor's keys get new material in place of what they have.
#[derive(Debug)]
pub struct RotationRules {
    /// The kinds of key that can be rotated.
    pub key_specs: &'static [KeySpec],
    /// Whether new material can be imported into a key that has some, to be rotated to.
    pub imports: bool,
    /// Periods of automatic rotation that are accepted, in days.
    pub period_days: RangeInclusive<u32>,
    /// How often the provider's own keys are rotated, in days, if they are.
    pub provider_period_days: Option<u32>,
    /// How many times in its life a key is rotated on demand.
    pub on_demand_limit: u32,
    /// For how many seconds before an automatic rotation none can be had on demand.
    pub quiet_seconds: i64,
    /// For how many seconds after a rotation none can be had on demand.
    pub pause_seconds: i64,
    /// Whether only keys that are rotated automatically are rotated on demand too.
    pub on_demand_needs_schedule: bool,
    /// Whether a rotation on demand lets the time until the next automatic one begin anew.
    pub on_demand_restarts_schedule: bool,
}

impl RotationRules {
    /// Nothing is rotated.
    pub const NONE: Self = Self {
        key_specs: &[],
        imports: false,
        period_days: 1..=1,
        provider_period_days: None,
        on_demand_limit: 0,
        quiet_seconds: 0,
        pause_seconds: 0,
        on_demand_needs_schedule: false,
        on_demand_restarts_schedule: false,
    };

    /// Whether keys of a kind that have imported material take more of it.
    pub fn takes_imports(&self, spec: KeySpec) -> bool {
        self.imports && self.key_specs.contains(&spec)
    }
}

/// How a vendor's keys get copies in other regions.
#[derive(Debug)]
pub struct ReplicaRules {
    /// Whether any key can have copies. Otherwise only keys that were made for it can.
    pub any_key: bool,
    /// Whether a copy has the imported material of its primary. Otherwise it must be brought to each.
    pub share_imports: bool,
}

impl ReplicaRules {
    /// Every member stands for itself.
    pub const SEPARATE: Self = Self { any_key: false, share_imports: false };
}

/// What a vendor forbids while somebody besides the owner relies on a key.
#[derive(Debug)]
pub struct BindingRules {
    /// What cannot be done with the key meanwhile, whatever its state.
    pub forbid: &'static [KeyOperation],
    /// Whether somebody relies on the key, as the dialect has noted with it.
    pub is_bound: fn(&Key) -> Result<bool, Error>,
}

impl BindingRules {
    /// Nobody does.
    pub const NONE: Self = Self { forbid: &[], is_bound: |_| Ok(false) };
}

/// One row of a vendor's list of wrappings.
#[derive(Debug)]
pub struct Offer {
    /// The algorithm.
    pub algorithm: WrappingAlgorithm,
    /// The wrapping keys it goes with.
    pub wrapping_keys: &'static [WrappingKeySpec],
    /// The kinds of key whose material it carries.
    pub key_specs: &'static [KeySpec],
}

/// How an imported private key is packed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PrivateKeyForm {
    /// The algorithm wraps the PKCS#8 bytes themselves.
    OneField,
    /// The algorithm wraps a temporary AES key; the PKCS#8 bytes come beside it under AES-KWP.
    TwoFields,
}

/// The end of what can be asked for as expiry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LatestExpiry {
    /// So many seconds from now.
    After(i64),
    /// A fixed instant.
    At(Timestamp),
    /// None.
    Unbounded,
}

/// What becomes of a disabled key whose material is deleted or expires.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LossWhileDisabled {
    /// It waits for material at once.
    PendingImport,
    /// It stays disabled; enabling it then makes it wait for material.
    StaysDisabled,
}

/// How long the salt of an RSASSA-PSS signature may be that is checked. What is signed here always has one as long as the
/// digest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PssSalt {
    /// As long as the digest.
    AsDigest,
    /// As long as whoever signed has made it.
    Any,
}

impl Policy {
    /// Whether this wrapping is on offer for this kind of key.
    pub fn offers(&self, algorithm: WrappingAlgorithm, wrapping_key: WrappingKeySpec, spec: KeySpec) -> bool {
        self.offers.iter().any(|offer| {
            offer.algorithm == algorithm
                && offer.wrapping_keys.contains(&wrapping_key)
                && offer.key_specs.contains(&spec)
        })
    }

    /// Whether the operation is legal in the state. An operation without a row never is.
    pub fn allows(&self, operation: KeyOperation, state: KeyState) -> bool {
        self.states.iter().any(|(row, states)| *row == operation && states.contains(&state))
    }

    /// Legal lengths of raw material of a kind.
    pub fn material_length(&self, spec: KeySpec) -> Option<&RangeInclusive<usize>> {
        self.material_lengths.iter().find(|(row, _)| *row == spec).map(|(_, range)| range)
    }
}

/// Chooses the policy for a region.
pub type PolicyByRegion = fn(region: &str) -> &'static Policy;

/// The policies of all vendors that were mounted.
#[derive(Default, Debug)]
pub struct Policies(HashMap<&'static str, PolicyByRegion>);

impl Policies {
    /// Adds a vendor.
    #[must_use]
    pub fn with(mut self, vendor: &'static str, policy: PolicyByRegion) -> Self {
        self.0.insert(vendor, policy);
        self
    }

    /// The policy that holds in a scope.
    ///
    /// # Errors
    /// [`Error::Internal`] if the vendor was never registered: a tenant of a vendor that is no
    /// longer mounted.
    pub fn of(&self, scope: &Scope) -> Result<&'static Policy, Error> {
        match self.0.get(scope.tenant.vendor.as_str()) {
            Some(policy) => Ok(policy(&scope.region)),
            None => Err(Error::internal(format!("no policy for vendor {}", scope.tenant.vendor))),
        }
    }
}
