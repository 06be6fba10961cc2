//! The service's named shapes, as its model spells them. An operation's table refers to these.
//!
//! The words of an enum stand in the order in which the service was recorded to tell them, which is
//! not the model's; those that are newer than the recordings, and enums that were not recorded,
//! follow in the model's.

use dialect::constraint::{Member, Shape, TEXT, TextRules};

/// Any text.
const ANY_TEXT: Shape = Shape::Text(TEXT);

pub(crate) static ALGORITHM_SPEC: Shape = Shape::one_of(&[
    "RSAES_PKCS1_V1_5",
    "RSAES_OAEP_SHA_1",
    "RSAES_OAEP_SHA_256",
    "RSA_AES_KEY_WRAP_SHA_1",
    "RSA_AES_KEY_WRAP_SHA_256",
    "SM2PKE",
]);
pub(crate) static ALIAS_NAME: Shape = Shape::pattern(1, 256, "^[a-zA-Z0-9:/_-]+$");
pub(crate) static ATTESTATION_DOCUMENT: Shape = Shape::Blob { min: 1, max: 262_144, sensitive: false };
pub(crate) static BACKING_KEY_ID: Shape = Shape::pattern(64, 64, "^[a-f0-9]+$");
pub(crate) static BOOLEAN: Shape = Shape::Boolean;
pub(crate) static ACCOUNT_ID: Shape = Shape::pattern(12, 12, "[0-9]{12}");
pub(crate) static CLOUD_HSM_CLUSTER_ID: Shape = Shape::pattern(19, 24, "cluster-[2-7a-zA-Z]{11,16}");
pub(crate) static CUSTOM_KEY_STORE_NAME: Shape = Shape::text(1, 256);
pub(crate) static CUSTOM_KEY_STORE_TYPE: Shape = Shape::one_of(&["AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"]);
pub(crate) static KEY_STORE_PASSWORD: Shape = Shape::Text(TextRules { min: 7, max: 32, sensitive: true, ..TEXT });
pub(crate) static TRUST_ANCHOR_CERTIFICATE: Shape = Shape::text(1, 5000);
pub(crate) static XKS_PROXY_AUTHENTICATION_CREDENTIAL: Shape = Shape::Structure(&[
    Member::required("AccessKeyId", &XKS_PROXY_ACCESS_KEY_ID),
    Member::required("RawSecretAccessKey", &XKS_PROXY_SECRET_ACCESS_KEY),
]);
static XKS_PROXY_ACCESS_KEY_ID: Shape =
    Shape::Text(TextRules { min: 20, max: 30, pattern: Some("^[A-Z2-7]+$"), sensitive: true, ..TEXT });
static XKS_PROXY_SECRET_ACCESS_KEY: Shape =
    Shape::Text(TextRules { min: 43, max: 64, pattern: Some(r"^[a-zA-Z0-9\/+=]+$"), sensitive: true, ..TEXT });
pub(crate) static XKS_PROXY_CONNECTIVITY: Shape = Shape::one_of(&["PUBLIC_ENDPOINT", "VPC_ENDPOINT_SERVICE"]);
pub(crate) static XKS_PROXY_URI_ENDPOINT: Shape = Shape::pattern(10, 128, "^https://[a-zA-Z0-9.-]+$");
pub(crate) static XKS_PROXY_URI_PATH: Shape =
    Shape::pattern(10, 128, r"^(/[a-zA-Z0-9\/_-]+/kms/xks/v\d{1,2})$|^(/kms/xks/v\d{1,2})$");
pub(crate) static XKS_PROXY_VPC_ENDPOINT_SERVICE_NAME: Shape =
    Shape::pattern(20, 64, r"^(com|eu)\.amazonaws\.vpce\.([a-z]+-){2,3}\d+\.vpce-svc-[0-9a-z]+$");
pub(crate) static CIPHERTEXT: Shape = Shape::Blob { min: 1, max: 6144, sensitive: false };
pub(crate) static CUSTOM_KEY_STORE_ID: Shape = Shape::text(1, 64);
pub(crate) static CUSTOMER_MASTER_KEY_SPEC: Shape = Shape::one_of(&[
    "RSA_2048",
    "ECC_NIST_P384",
    "ECC_NIST_P256",
    "ECC_NIST_P521",
    "HMAC_384",
    "RSA_3072",
    "ECC_SECG_P256K1",
    "RSA_4096",
    "SYMMETRIC_DEFAULT",
    "HMAC_256",
    "HMAC_224",
    "HMAC_512",
    "SM2",
]);
pub(crate) static DATA_KEY_PAIR_SPEC: Shape = Shape::one_of(&[
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "ECC_NIST_P256",
    "ECC_NIST_P384",
    "ECC_NIST_P521",
    "ECC_SECG_P256K1",
    "SM2",
    "ECC_NIST_EDWARDS25519",
    "ML_KEM_512",
    "ML_KEM_768",
    "ML_KEM_1024",
]);
pub(crate) static DATA_KEY_SPEC: Shape = Shape::one_of(&["AES_256", "AES_128"]);
pub(crate) static DATE: Shape = Shape::Timestamp;
pub(crate) static DESCRIPTION: Shape = Shape::text(0, 8192);
pub(crate) static DRY_RUN_MODIFIER_LIST: Shape = list_of(0, usize::MAX, &DRY_RUN_MODIFIER);
static DRY_RUN_MODIFIER: Shape = Shape::one_of(&["IGNORE_CIPHERTEXT"]);
pub(crate) static ENCAPSULATION_ALGORITHM_SPEC: Shape = Shape::one_of(&["ML_KEM"]);
pub(crate) static ENCRYPTION_ALGORITHM_SPEC: Shape =
    Shape::one_of(&["SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE"]);
pub(crate) static ENCRYPTION_CONTEXT: Shape = Shape::Map { max: usize::MAX, key: &ANY_TEXT, value: &ANY_TEXT };
pub(crate) static EXPIRATION_MODEL: Shape = Shape::one_of(&["KEY_MATERIAL_EXPIRES", "KEY_MATERIAL_DOES_NOT_EXPIRE"]);
pub(crate) static GRANT_CONSTRAINTS: Shape = Shape::Structure(&[
    Member::optional("EncryptionContextSubset", &ENCRYPTION_CONTEXT),
    Member::optional("EncryptionContextEquals", &ENCRYPTION_CONTEXT),
    Member::optional("SourceArn", &GRANT_CONSTRAINT_SOURCE_ARN),
]);
static GRANT_CONSTRAINT_SOURCE_ARN: Shape =
    Shape::pattern(20, 512, "^arn:aws[a-z0-9-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]{12}:.+$");
pub(crate) static GRANT_ID: Shape = Shape::text(1, 128);
pub(crate) static GRANT_NAME: Shape = Shape::pattern(1, 256, "^[a-zA-Z0-9:/_-]+$");
pub(crate) static GRANT_OPERATION_LIST: Shape = list_of(0, usize::MAX, &GRANT_OPERATION);
static GRANT_OPERATION: Shape = Shape::one_of(&[
    "Decrypt",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
    "Sign",
    "Verify",
    "GetPublicKey",
    "CreateGrant",
    "RetireGrant",
    "DescribeKey",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateMac",
    "VerifyMac",
    "DeriveSharedSecret",
    "Encapsulate",
    "Decapsulate",
]);
pub(crate) static GRANT_TOKEN_LIST: Shape = list_of(0, 10, &GRANT_TOKEN);
pub(crate) static GRANT_TOKEN: Shape = Shape::text(1, 8192);
pub(crate) static IMPORT_TYPE: Shape = Shape::one_of(&["NEW_KEY_MATERIAL", "EXISTING_KEY_MATERIAL"]);
pub(crate) static INCLUDE_KEY_MATERIAL: Shape = Shape::one_of(&["ALL_KEY_MATERIAL", "ROTATIONS_ONLY"]);
pub(crate) static KEY_AGREEMENT_ALGORITHM_SPEC: Shape = Shape::one_of(&["ECDH"]);
pub(crate) static KEY_ID: Shape = Shape::text(1, 2048);
pub(crate) static KEY_MATERIAL_DESCRIPTION: Shape = Shape::pattern(0, 256, r"^[a-zA-Z0-9:/_\s.-]+$");
pub(crate) static KEY_SPEC: Shape = Shape::one_of(&[
    "RSA_2048",
    "ECC_NIST_P384",
    "ECC_NIST_P256",
    "ECC_NIST_P521",
    "HMAC_384",
    "RSA_3072",
    "ECC_SECG_P256K1",
    "RSA_4096",
    "SYMMETRIC_DEFAULT",
    "HMAC_256",
    "HMAC_224",
    "HMAC_512",
    "SM2",
    "ML_DSA_44",
    "ML_DSA_65",
    "ML_DSA_87",
    "ECC_NIST_EDWARDS25519",
    "ML_KEM_512",
    "ML_KEM_768",
    "ML_KEM_1024",
]);
pub(crate) static KEY_USAGE: Shape = Shape::one_of(&[
    "ENCRYPT_DECRYPT",
    "SIGN_VERIFY",
    "GENERATE_VERIFY_MAC",
    "KEY_AGREEMENT",
    "ENCAPSULATE_DECAPSULATE",
]);
pub(crate) static LIMIT: Shape = Shape::Integer { min: 1, max: 1000 };
pub(crate) static MAC_ALGORITHM_SPEC: Shape =
    Shape::one_of(&["HMAC_SHA_384", "HMAC_SHA_256", "HMAC_SHA_224", "HMAC_SHA_512"]);
pub(crate) static MARKER: Shape = Shape::pattern(1, 1024, r"[\u0020-\u00FF]*");
pub(crate) static MESSAGE_TYPE: Shape = Shape::one_of(&["DIGEST", "RAW", "EXTERNAL_MU"]);
pub(crate) static NUMBER_OF_BYTES: Shape = Shape::Integer { min: 1, max: 1024 };
pub(crate) static ORIGIN: Shape = Shape::one_of(&["AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"]);
pub(crate) static PENDING_WINDOW_IN_DAYS: Shape = Shape::Integer { min: 1, max: 365 };
pub(crate) static PLAINTEXT: Shape = Shape::Blob { min: 1, max: 4096, sensitive: true };
pub(crate) static POLICY: Shape = Shape::pattern(1, 131_072, r"[\u0009\u000A\u000D\u0020-\u00FF]+");
pub(crate) static POLICY_NAME: Shape = Shape::pattern(1, 128, r"[\w]+");
pub(crate) static PRINCIPAL_ID: Shape = Shape::pattern(1, 256, r"^[\w+=,.@:/-]+$");
pub(crate) static PUBLIC_KEY: Shape = Shape::Blob { min: 1, max: 8192, sensitive: false };
pub(crate) static RECIPIENT_INFO: Shape = Shape::Structure(&[
    Member::optional("KeyEncryptionAlgorithm", &KEY_ENCRYPTION_MECHANISM),
    Member::optional("AttestationDocument", &ATTESTATION_DOCUMENT),
]);
static KEY_ENCRYPTION_MECHANISM: Shape = Shape::one_of(&["RSAES_OAEP_SHA_256"]);
pub(crate) static REGION: Shape = Shape::pattern(1, 32, r"^([a-z]+-){2,3}\d+$");
pub(crate) static RESOURCE_OWNERS_LIST: Shape = list_of(1, 2, &RESOURCE_OWNER);
static RESOURCE_OWNER: Shape = Shape::one_of(&["SELF", "OTHER_ACCOUNTS_VIA_RAM"]);
pub(crate) static ROTATION_PERIOD_IN_DAYS: Shape = Shape::Integer { min: 90, max: 2560 };
pub(crate) static SERVICE_PRINCIPAL: Shape =
    Shape::pattern(1, 128, r"^([A-Za-z0-9\-]+)\.([A-Za-z0-9\-]+)(\.[A-Za-z0-9\-]+)+$");
pub(crate) static SIGNING_ALGORITHM_SPEC: Shape = Shape::one_of(&[
    "RSASSA_PSS_SHA_256",
    "RSASSA_PSS_SHA_384",
    "RSASSA_PSS_SHA_512",
    "RSASSA_PKCS1_V1_5_SHA_256",
    "RSASSA_PKCS1_V1_5_SHA_384",
    "RSASSA_PKCS1_V1_5_SHA_512",
    "ECDSA_SHA_256",
    "ECDSA_SHA_384",
    "ECDSA_SHA_512",
    "SM2DSA",
    "ML_DSA_SHAKE_256",
    "ED25519_SHA_512",
    "ED25519_PH_SHA_512",
]);
pub(crate) static TAG_LIST: Shape = list_of(0, usize::MAX, &TAG);
static TAG: Shape = Shape::Structure(&[Member::required("TagKey", &TAG_KEY), Member::required("TagValue", &TAG_VALUE)]);
static TAG_KEY: Shape = Shape::text(1, 128);
pub(crate) static TAG_KEY_LIST: Shape = list_of(0, usize::MAX, &TAG_KEY);
static TAG_VALUE: Shape = Shape::text(0, 256);
pub(crate) static WRAPPING_KEY_SPEC: Shape = Shape::one_of(&["RSA_2048", "RSA_3072", "RSA_4096", "SM2"]);
pub(crate) static XKS_KEY_ID: Shape = Shape::pattern(1, 128, "^[a-zA-Z0-9-_.]+$");

const fn list_of(min: usize, max: usize, of: &'static Shape) -> Shape {
    Shape::List { min, max, of }
}
