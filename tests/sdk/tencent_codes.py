"""The vendor's codes: those of KMS, those that any action may answer, and which of KMS each action lists.

The prefixes of `LISTED` are short: see `PREFIXES`."""

KMS = frozenset("""
AuthFailure AuthFailure.UnauthorizedOperation FailedOperation FailedOperation.CmkUsedByCloudProduct
FailedOperation.DecryptError FailedOperation.EncryptionError FailedOperation.RotateTaskRunning
FailedOperation.SignError FailedOperation.TaggingError FailedOperation.VerifyError InternalError
InvalidParameter InvalidParameter.DecryptMaterialError InvalidParameter.InvalidPendingWindowInDays
InvalidParameterValue InvalidParameterValue.AliasAlreadyExists InvalidParameterValue.DataKeyNameAlreadyExists
InvalidParameterValue.DuplicatedDataKeyId InvalidParameterValue.DuplicatedKeyId
InvalidParameterValue.InvalidAlias InvalidParameterValue.InvalidCiphertext
InvalidParameterValue.InvalidDataKeyId InvalidParameterValue.InvalidDataKeyName
InvalidParameterValue.InvalidHsmClusterId InvalidParameterValue.InvalidImportKeyMaterial
InvalidParameterValue.InvalidKeyId InvalidParameterValue.InvalidKeyUsage InvalidParameterValue.InvalidPlaintext
InvalidParameterValue.InvalidType InvalidParameterValue.MaterialNotMatch InvalidParameterValue.TagKeysDuplicated
InvalidParameterValue.TagsNotExisted LimitExceeded.CmkLimitExceeded LimitExceeded.DataKeyLimitExceeded
LimitExceeded.FingerprintsLimitExceeded LimitExceeded.KeyLimitExceeded MissingParameter
RequestLimitExceeded.RotateRateLimited ResourceNotFound ResourceUnavailable.CloudResourceBindingNotFound
ResourceUnavailable.CmkArchived ResourceUnavailable.CmkDisabled ResourceUnavailable.CmkNotFound
ResourceUnavailable.CmkNotPendingDelete ResourceUnavailable.CmkShouldBeDisabled
ResourceUnavailable.CmkStateNotSupport ResourceUnavailable.DataKeyDisabled ResourceUnavailable.DataKeyNotFound
ResourceUnavailable.DataKeyNotPendingDelete ResourceUnavailable.DataKeyPendingDelete
ResourceUnavailable.DataKeyStateNotSupport ResourceUnavailable.KeyDisabled ResourceUnavailable.KeyPendingDelete
ResourceUnavailable.NotPurchased ResourceUnavailable.TokenExpired UnauthorizedOperation UnsupportedOperation
UnsupportedOperation.ExternalCmkCanNotRotate UnsupportedOperation.NotExternalCmk
UnsupportedOperation.NotRoleOperation UnsupportedOperation.NotUserCreatedCmk
UnsupportedOperation.RotateNotSupported UnsupportedOperation.ServiceTemporaryUnavailable
UnsupportedOperation.UnsupportedKeyUsageInCurrentRegion UnsupportedOperation.UserVersionNotSupport
""".split())

COMMON = frozenset("""
ActionOffline AuthFailure.InvalidAuthorization AuthFailure.InvalidSecretId AuthFailure.MFAFailure
AuthFailure.SecretIdNotFound AuthFailure.SignatureExpire AuthFailure.SignatureFailure AuthFailure.TokenFailure
AuthFailure.UnauthorizedOperation DryRunOperation FailedOperation InternalError InvalidAction InvalidParameter
InvalidParameterValue InvalidRequest IpInBlacklist IpNotInWhitelist LimitExceeded MissingParameter NoSuchProduct
NoSuchVersion RequestLimitExceeded RequestLimitExceeded.GlobalRegionUinLimitExceeded
RequestLimitExceeded.IPLimitExceeded RequestLimitExceeded.UinLimitExceeded RequestSizeLimitExceeded
ResourceInUse ResourceInsufficient ResourceNotFound ResourceUnavailable ResponseSizeLimitExceeded
ServiceUnavailable UnauthorizedOperation UnknownParameter UnsupportedOperation UnsupportedProtocol
UnsupportedRegion
""".split())

PREFIXES = {
    "FO": "FailedOperation",
    "IP": "InvalidParameter",
    "IPV": "InvalidParameterValue",
    "LE": "LimitExceeded",
    "RLE": "RequestLimitExceeded",
    "RU": "ResourceUnavailable",
    "RNF": "ResourceNotFound",
    "UO": "UnsupportedOperation",
    "UA": "UnauthorizedOperation",
    "AF": "AuthFailure",
    "MP": "MissingParameter",
}

LISTED = {
    "ArchiveKey":
        "FO.CmkUsedByCloudProduct IP IPV.InvalidKeyId RU.CmkNotFound RU.CmkStateNotSupport UA "
        "UO.NotRoleOperation UO.NotUserCreatedCmk UO.ServiceTemporaryUnavailable",
    "AsymmetricRsaDecrypt": "FO.DecryptError IP IPV.InvalidKeyId IPV.InvalidKeyUsage RU.CmkNotFound RU.CmkStateNotSupport UA",
    "AsymmetricSm2Decrypt":
        "FO.DecryptError IP IPV.InvalidKeyId IPV.InvalidKeyUsage RU.CmkNotFound RU.CmkStateNotSupport UA "
        "UO.UnsupportedKeyUsageInCurrentRegion",
    "BindCloudResource":
        "FO.CmkUsedByCloudProduct IP IPV.InvalidKeyId RU.CmkNotFound RU.CmkStateNotSupport "
        "UO.ServiceTemporaryUnavailable",
    "CancelDataKeyDeletion":
        "IPV.InvalidDataKeyId LE.DataKeyLimitExceeded RU.CmkNotFound RU.CmkStateNotSupport RU.DataKeyNotFound "
        "RU.DataKeyNotPendingDelete UA UO.NotRoleOperation",
    "CancelKeyArchive":
        "IP IPV.InvalidKeyId RU.CmkNotFound RU.CmkStateNotSupport UA UO.NotRoleOperation UO.NotUserCreatedCmk "
        "UO.ServiceTemporaryUnavailable",
    "CancelKeyDeletion":
        "IPV.InvalidKeyId RU.CmkNotFound RU.CmkNotPendingDelete UA UO.NotRoleOperation "
        "UO.ServiceTemporaryUnavailable",
    "CreateKey":
        "FO.TaggingError IP IPV.AliasAlreadyExists IPV.InvalidAlias IPV.InvalidHsmClusterId "
        "IPV.InvalidKeyUsage IPV.InvalidType IPV.TagKeysDuplicated IPV.TagsNotExisted LE.CmkLimitExceeded UA "
        "UO.ServiceTemporaryUnavailable UO.UnsupportedKeyUsageInCurrentRegion",
    "CreateWhiteBoxKey":
        "IPV IPV.AliasAlreadyExists IPV.InvalidAlias IPV.TagKeysDuplicated IPV.TagsNotExisted "
        "LE.KeyLimitExceeded RU.NotPurchased UA",
    "Decrypt": "FO.EncryptionError IP IPV.InvalidCiphertext RU.CmkDisabled RU.CmkNotFound UA",
    "DeleteImportedKeyMaterial":
        "FO.CmkUsedByCloudProduct IP IPV.InvalidKeyId RU.CmkNotFound RU.CmkStateNotSupport UO.NotExternalCmk "
        "UO.ServiceTemporaryUnavailable",
    "DeleteWhiteBoxKey": "FO IPV.InvalidKeyId RNF RU.NotPurchased UA",
    "DescribeDataKey": "IPV.InvalidDataKeyId RU.DataKeyNotFound UO.NotRoleOperation",
    "DescribeDataKeys":
        "IPV IPV.DuplicatedDataKeyId IPV.InvalidDataKeyId IPV.InvalidKeyId RU.DataKeyNotFound "
        "UO.NotRoleOperation",
    "DescribeKey": "IP IPV.InvalidKeyId RU.CmkNotFound UA UO.NotRoleOperation",
    "DescribeKeys": "IP IPV.DuplicatedKeyId IPV.InvalidKeyId RU.CmkNotFound UA UO.NotRoleOperation",
    "DescribeWhiteBoxDecryptKey": "IPV.InvalidKeyId RNF RU.NotPurchased UA",
    "DescribeWhiteBoxDeviceFingerprints": "IPV.InvalidKeyId RNF RU.NotPurchased UA",
    "DescribeWhiteBoxKey": "IPV.InvalidKeyId RNF RU.NotPurchased UA",
    "DescribeWhiteBoxKeyDetails": "IPV RU.NotPurchased UA",
    "DescribeWhiteBoxServiceStatus": "RU.NotPurchased UA",
    "DisableDataKey": "IPV.InvalidDataKeyId RU.DataKeyNotFound RU.DataKeyStateNotSupport UO.NotRoleOperation",
    "DisableDataKeys":
        "IPV IPV.DuplicatedDataKeyId IPV.InvalidDataKeyId RU.DataKeyNotFound RU.DataKeyStateNotSupport "
        "UO.NotRoleOperation",
    "DisableKey":
        "FO.CmkUsedByCloudProduct IP IPV.InvalidKeyId RU.CmkNotFound RU.CmkStateNotSupport UA "
        "UO.NotRoleOperation UO.ServiceTemporaryUnavailable",
    "DisableKeyRotation": "IP IPV.InvalidKeyId RU.CmkNotFound UA UO.NotRoleOperation",
    "DisableKeys":
        "FO.CmkUsedByCloudProduct IP IPV.DuplicatedKeyId IPV.InvalidKeyId RU.CmkNotFound "
        "RU.CmkStateNotSupport UA UO.NotRoleOperation UO.ServiceTemporaryUnavailable",
    "DisableWhiteBoxKey": "IPV.InvalidKeyId RNF RU.NotPurchased UA",
    "DisableWhiteBoxKeys": "IP IPV.DuplicatedKeyId IPV.InvalidKeyId RNF RU.NotPurchased UA",
    "EnableDataKey": "IPV.InvalidDataKeyId RU.CmkNotFound RU.CmkStateNotSupport RU.DataKeyNotFound UO.NotRoleOperation",
    "EnableDataKeys":
        "IPV IPV.DuplicatedDataKeyId IPV.InvalidDataKeyId IPV.InvalidKeyId RU.CmkNotFound "
        "RU.CmkStateNotSupport RU.DataKeyNotFound RU.DataKeyStateNotSupport UO.NotRoleOperation",
    "EnableKey":
        "IP IPV.InvalidKeyId RU.CmkNotFound RU.CmkStateNotSupport UA UO.NotRoleOperation "
        "UO.ServiceTemporaryUnavailable",
    "EnableKeyRotation":
        "IP IPV IPV.InvalidKeyId RU.CmkNotFound RU.CmkStateNotSupport UA UO.ExternalCmkCanNotRotate "
        "UO.NotRoleOperation UO.ServiceTemporaryUnavailable",
    "EnableKeys":
        "IP IPV.DuplicatedKeyId IPV.InvalidKeyId RU.CmkNotFound RU.CmkStateNotSupport UA UO.NotRoleOperation "
        "UO.ServiceTemporaryUnavailable",
    "EnableWhiteBoxKey": "IPV.InvalidKeyId RNF RU.NotPurchased UA",
    "EnableWhiteBoxKeys": "IP IPV.DuplicatedKeyId IPV.InvalidKeyId RNF RU.NotPurchased UA",
    "Encrypt": "IP IPV.InvalidKeyId IPV.InvalidPlaintext RU.CmkArchived RU.CmkDisabled RU.CmkNotFound UA",
    "EncryptByWhiteBox": "IPV IPV.InvalidKeyId RNF RU.KeyDisabled RU.NotPurchased UA",
    "GenerateDataKey":
        "FO.EncryptionError FO.TaggingError IP IPV.DataKeyNameAlreadyExists IPV.InvalidDataKeyName "
        "IPV.InvalidHsmClusterId IPV.InvalidKeyId IPV.InvalidKeyUsage IPV.InvalidType IPV.TagKeysDuplicated "
        "IPV.TagsNotExisted LE.CmkLimitExceeded LE.DataKeyLimitExceeded RU.CmkDisabled RU.CmkNotFound "
        "RU.KeyPendingDelete UA",
    "GenerateRandom": "IP UA",
    "GetDataKeyCiphertextBlob": "IPV.InvalidDataKeyId RU.DataKeyNotFound RU.DataKeyStateNotSupport UO.NotRoleOperation",
    "GetDataKeyPlaintext":
        "AF.UnauthorizedOperation FO.EncryptionError IPV IPV.InvalidDataKeyId IPV.InvalidType RU.CmkDisabled "
        "RU.CmkNotFound RU.CmkStateNotSupport RU.DataKeyDisabled RU.DataKeyNotFound RU.DataKeyPendingDelete "
        "UA",
    "GetKeyRotationStatus": "IP IPV.InvalidKeyId RU.CmkNotFound UA UO.NotRoleOperation",
    "GetParametersForImport": "IP IPV.InvalidKeyId RU.CmkNotFound UO.NotExternalCmk UO.ServiceTemporaryUnavailable",
    "GetPublicKey": "IP IPV.InvalidKeyId RU.CmkNotFound RU.CmkStateNotSupport UA",
    "GetRegions": "",
    "GetServiceStatus": "UA UO",
    "ImportDataKey":
        "AF.UnauthorizedOperation FO.TaggingError IP IPV.InvalidDataKeyName IPV.InvalidImportKeyMaterial "
        "IPV.InvalidKeyId IPV.InvalidKeyUsage IPV.InvalidPlaintext IPV.InvalidType IPV.TagKeysDuplicated "
        "IPV.TagsNotExisted LE.CmkLimitExceeded LE.DataKeyLimitExceeded RU.CmkArchived RU.CmkDisabled "
        "RU.CmkNotFound RU.CmkStateNotSupport RU.KeyPendingDelete UA",
    "ImportKeyMaterial":
        "IP IP.DecryptMaterialError IPV.InvalidKeyId IPV.MaterialNotMatch RU.CmkNotFound "
        "RU.CmkStateNotSupport RU.TokenExpired UO.NotExternalCmk UO.ServiceTemporaryUnavailable",
    "ListAlgorithms": "UA",
    "ListDataKeyDetail":
        "AF.UnauthorizedOperation IP IPV.InvalidHsmClusterId IPV.InvalidKeyId RU.CmkNotFound UA "
        "UO.NotRoleOperation",
    "ListDataKeys": "IPV IPV.InvalidHsmClusterId UA",
    "ListKeyDetail": "IP IPV.InvalidHsmClusterId UA UO.NotRoleOperation",
    "ListKeys": "IP IPV.InvalidHsmClusterId UA",
    "OverwriteWhiteBoxDeviceFingerprints": "IPV IPV.InvalidKeyId LE.FingerprintsLimitExceeded RNF RU.NotPurchased UA",
    "PostQuantumCryptoDecrypt": "FO.EncryptionError IP IPV.InvalidCiphertext RU.CmkDisabled RU.CmkNotFound UA",
    "PostQuantumCryptoEncrypt": "IP IPV.InvalidKeyId IPV.InvalidPlaintext RU.CmkArchived RU.CmkDisabled RU.CmkNotFound UA",
    "PostQuantumCryptoSign": "AF IP IPV.InvalidKeyId MP RU.CmkNotFound RU.CmkStateNotSupport",
    "PostQuantumCryptoVerify": "IP IPV IPV.InvalidKeyId RU.CmkNotFound RU.CmkStateNotSupport",
    "ReEncrypt": "IP IPV.InvalidCiphertext IPV.InvalidKeyId RU.CmkDisabled RU.CmkNotFound UA",
    "RotateKey":
        "FO.RotateTaskRunning IP IPV.InvalidKeyId RLE.RotateRateLimited RU.CmkNotFound RU.CmkStateNotSupport "
        "UA UO.RotateNotSupported",
    "ScheduleDataKeyDeletion":
        "IP.InvalidPendingWindowInDays IPV.InvalidDataKeyId RU.DataKeyNotFound RU.DataKeyStateNotSupport "
        "UO.NotRoleOperation",
    "ScheduleKeyDeletion":
        "FO.CmkUsedByCloudProduct IP.InvalidPendingWindowInDays IPV.InvalidKeyId RU.CmkNotFound "
        "RU.CmkShouldBeDisabled RU.CmkStateNotSupport UA UO.NotRoleOperation UO.ServiceTemporaryUnavailable",
    "SignByAsymmetricKey": "AF IP IPV.InvalidKeyId MP RU.CmkNotFound RU.CmkStateNotSupport",
    "UnbindCloudResource": "IP IPV.InvalidKeyId RU.CloudResourceBindingNotFound RU.CmkNotFound UA UO.ServiceTemporaryUnavailable",
    "UpdateAlias":
        "IP IPV.AliasAlreadyExists IPV.InvalidAlias IPV.InvalidKeyId RU.CmkNotFound UA UO.NotRoleOperation "
        "UO.ServiceTemporaryUnavailable",
    "UpdateDataKeyDescription": "IPV.InvalidDataKeyId IPV.InvalidDataKeyName RU.DataKeyNotFound UO.NotRoleOperation",
    "UpdateDataKeyName": "IPV IPV.InvalidDataKeyId RU.DataKeyNotFound UO.NotRoleOperation",
    "UpdateKeyDescription": "IP IPV.InvalidKeyId RU.CmkNotFound UA UO.NotRoleOperation UO.ServiceTemporaryUnavailable",
    "VerifyByAsymmetricKey": "IP IPV IPV.InvalidKeyId RU.CmkNotFound RU.CmkStateNotSupport",
}


def listed(action: str) -> set[str]:
    """The codes that an action lists."""
    parts = [code.partition(".") for code in LISTED[action].split()]
    return {PREFIXES[first] + dot + rest for first, dot, rest in parts}


def may_say(action: str) -> set[str]:
    """Every code that an action may answer."""
    return listed(action) | COMMON


def of_values(action: str) -> set[str]:
    """What an action says of a value for which it has no code of its own; some list both."""
    return listed(action) & {"InvalidParameter", "InvalidParameterValue"} or {"InvalidParameter"}
