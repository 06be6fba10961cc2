//! GetServiceStatus.

use dialect::constraint::Member;
use dialect::{Call, Operation};
use import_engine::KeyManager;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::encrypt::Encrypt;
use crate::data_keys;
use crate::errors::Refusal;
use crate::quotas::rate_of;
use crate::settings::Settings;

/// How the account stands with the service: bought, ordinary, with what is not there switched off.
pub(crate) struct GetServiceStatus;

#[derive(Debug, Deserialize)]
pub(crate) struct Input {}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Output {
    service_enabled: bool,
    invalid_type: i64,
    user_level: u64,
    pro_expire_time: u64,
    pro_renew_flag: u64,
    pro_resource_id: &'static str,
    #[serde(rename = "ExclusiveVSMEnabled")]
    exclusive_vsm_enabled: bool,
    #[serde(rename = "ExclusiveHSMEnabled")]
    exclusive_hsm_enabled: bool,
    subscription_info: &'static str,
    cmk_user_count: u64,
    cmk_limit: u64,
    #[serde(rename = "ExclusiveHSMList")]
    exclusive_hsm_list: Vec<ExclusiveHsm>,
    is_allowed_data_key_hosted: bool,
    data_key_limit: u64,
    free_data_key_limit: u64,
    data_key_used_count: u64,
    sync_task_list: Vec<Value>,
    is_allowed_sync: bool,
    qps_limit: u64,
    qps_total_limit: u64,
    regions_qps: Vec<RegionQps>,
    resource_zone: u64,
    resource_region: u64,
    multi_account_limit: u64,
    multi_account_used_count: u64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ExclusiveHsm {
    hsm_cluster_id: String,
    hsm_cluster_name: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RegionQps {
    region: String,
    qps: u64,
}

impl Operation for GetServiceStatus {
    const NAME: &'static str = "GetServiceStatus";
    // By the current page; older ones have 50.
    const REQUESTS_PER_SECOND: Option<u32> = Some(100);
    const INPUT: &'static [Member] = &[];
    type Input = Input;
    type Output = Output;
    type Refusal = Refusal;

    async fn run(call: &Call, _: Input) -> Result<Output, Refusal> {
        let settings: &Settings = call.settings()?;
        let mut keys = call.engine.all_keys(&call.scope).await?;
        keys.retain(|key| key.manager == KeyManager::Owner);
        let off = settings.services.get(call.account());
        let clusters: Vec<ExclusiveHsm> = settings
            .clusters_in(call.region())
            .map(|(id, cluster)| ExclusiveHsm { hsm_cluster_id: id.clone(), hsm_cluster_name: cluster.name.clone() })
            .collect();
        let regions_qps = regions_qps(settings);
        Ok(Output {
            service_enabled: off.is_none(),
            // 1 is "normal"; the others say why a service is off.
            invalid_type: off.map_or(1, |state| state.invalid_type()),
            exclusive_hsm_enabled: !clusters.is_empty(),
            exclusive_hsm_list: clusters,
            subscription_info: "Prepaid_KMS",
            cmk_user_count: u64::try_from(keys.len()).unwrap_or(u64::MAX),
            cmk_limit: settings.key_limit,
            qps_limit: regions_qps.iter().find(|each| each.region == call.region()).map_or(0, |each| each.qps),
            qps_total_limit: regions_qps.iter().map(|each| each.qps).sum(),
            regions_qps,
            is_allowed_data_key_hosted: true,
            // Unverified: that all of them are bought.
            data_key_limit: settings.data_key_limit,
            data_key_used_count: u64::try_from(data_keys::count(call).await?).unwrap_or(u64::MAX),
            ..Output::default()
        })
    }
}

/// How often an account may encrypt per second in each region, if it is limited.
// Unverified: which action's figure this is; Encrypt and Decrypt have the highest.
fn regions_qps(settings: &Settings) -> Vec<RegionQps> {
    let Some(rate) = rate_of::<Encrypt>(settings) else { return Vec::new() };
    let qps = u64::from(rate.whole_requests());
    settings.regions.keys().map(|region| RegionQps { region: region.clone(), qps }).collect()
}
