//! Tencent Cloud's regions and which edition of KMS runs there.

use serde::Deserialize;

/// The edition of KMS in a region. It decides what a symmetric key is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Edition {
    /// SM-CRYPTO: SM4 with 128 bits.
    Sm,
    /// FIPS 140-2: AES with 256 bits.
    Fips,
}

impl Edition {
    /// What `KeyMetadata.Type` shows.
    pub(crate) const fn key_type(self) -> i64 {
        match self {
            Self::Fips => 2,
            Self::Sm => 4,
        }
    }
}

/// Regions with KMS. Mainland China runs the SM edition, the rest of the world the FIPS edition.
pub(crate) const WITH_KMS: &[(&str, Edition)] = &[
    ("ap-bangkok", Edition::Fips),
    ("ap-beijing", Edition::Sm),
    ("ap-beijing-fsi", Edition::Sm),
    ("ap-chengdu", Edition::Sm),
    ("ap-chongqing", Edition::Sm),
    ("ap-guangzhou", Edition::Sm),
    ("ap-hongkong", Edition::Fips),
    ("ap-jakarta", Edition::Fips),
    ("ap-mumbai", Edition::Fips),
    ("ap-nanjing", Edition::Sm),
    ("ap-seoul", Edition::Fips),
    ("ap-shanghai", Edition::Sm),
    ("ap-shanghai-fsi", Edition::Sm),
    ("ap-shenzhen-fsi", Edition::Sm),
    ("ap-singapore", Edition::Fips),
    ("ap-taipei", Edition::Fips),
    ("ap-tokyo", Edition::Fips),
    ("eu-frankfurt", Edition::Fips),
    ("eu-moscow", Edition::Fips),
    ("na-ashburn", Edition::Fips),
    ("na-siliconvalley", Edition::Fips),
    ("na-toronto", Edition::Fips),
    ("sa-saopaulo", Edition::Fips),
];

/// Regions that exist, but have no KMS.
// Unverified: no list of regions without KMS was found; these are edge zones of other products.
const WITHOUT_KMS: &[&str] = &[
    "ap-changsha-ec",
    "ap-fuzhou-ec",
    "ap-guangzhou-open",
    "ap-hangzhou-ec",
    "ap-hefei-ec",
    "ap-jinan-ec",
    "ap-qingyuan",
    "ap-shenyang-ec",
    "ap-shenzhen",
    "ap-shijiazhuang-ec",
    "ap-wuhan-ec",
    "ap-xian-ec",
    "ap-xibei-ec",
    "ap-zhengzhou-ec",
];

/// Whether the vendor has a region of this name, with or without KMS.
pub(crate) fn exists(region: &str) -> bool {
    WITH_KMS.iter().any(|(name, _)| *name == region) || WITHOUT_KMS.contains(&region)
}
