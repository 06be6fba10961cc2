//! The list of dialects: one line each, in the order in which they are asked.

use std::sync::Arc;

use dialect::{Credentials, Frontend};
use import_engine::{Engine, Policies, PolicyByRegion};

use crate::settings::Settings;

type Mount = fn(Arc<Engine>, Arc<Credentials>, &Settings) -> Arc<dyn Frontend>;

/// What the gateway must know about a dialect.
#[derive(Clone, Copy)]
pub struct VendorEntry {
    /// The vendor's word.
    pub word: &'static str,
    /// Its rules.
    pub policy: PolicyByRegion,
    /// The account that a word of the admin API means: an account, or an access id that has one.
    pub resolve_account: fn(&Credentials, &str) -> Option<String>,
    /// The names of the operations it speaks.
    pub supported: fn() -> Vec<&'static str>,
    mount: Mount,
}

/// The dialects. The last one answers what none of them claims.
pub fn vendors() -> [VendorEntry; 3] {
    [
        VendorEntry {
            word: dialect_tencent::VENDOR,
            policy: dialect_tencent::policy,
            resolve_account: dialect_tencent::resolve_account,
            supported: dialect_tencent::supported,
            mount: |engine, credentials, settings| {
                Arc::new(dialect_tencent::Tencent::new(engine, credentials, settings.tencent.clone()))
            },
        },
        VendorEntry {
            word: dialect_huawei::VENDOR,
            policy: dialect_huawei::policy,
            resolve_account: dialect_huawei::resolve_account,
            supported: dialect_huawei::supported,
            mount: |engine, credentials, settings| {
                Arc::new(dialect_huawei::Huawei::new(engine, credentials, settings.huawei.clone()))
            },
        },
        VendorEntry {
            word: dialect_aws::VENDOR,
            policy: dialect_aws::policy,
            resolve_account: dialect_aws::resolve_account,
            supported: dialect_aws::supported,
            mount: |engine, credentials, settings| {
                Arc::new(dialect_aws::Aws::new(engine, credentials, settings.aws.clone()))
            },
        },
    ]
}

/// The entry of a vendor by its word.
pub fn vendor(word: &str) -> Option<VendorEntry> {
    vendors().into_iter().find(|entry| entry.word == word)
}

/// The rules of all vendors.
pub fn policies() -> Policies {
    vendors().into_iter().fold(Policies::default(), |policies, entry| policies.with(entry.word, entry.policy))
}

/// All dialects over one engine.
pub fn frontends(engine: &Arc<Engine>, credentials: &Arc<Credentials>, settings: &Settings) -> Vec<Arc<dyn Frontend>> {
    vendors().into_iter().map(|entry| (entry.mount)(engine.clone(), credentials.clone(), settings)).collect()
}
