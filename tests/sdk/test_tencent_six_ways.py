"""Every action, with every member that it has, signed in each of the three ways by each of the two verbs: by all six
roads the same request arrives, and is answered alike. The actions are those of the table in the docs."""

import json
import re

import pytest
from conftest import ROOT
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.kms.v20190118 import models

from tencent_support import MISSING_KEY, Kms, alias, b64

WAYS = [(verb, method) for verb in ("POST", "GET") for method in ("TC3-HMAC-SHA256", "HmacSHA256", "HmacSHA1")]
TABLE = (ROOT / "docs" / "dialects.md").read_text().split("\n## Tencent Cloud KMS\n")[1].split("\n## ")[0]
ACTIONS = re.findall(r"^\| (\w+) \| yes \|", TABLE, re.M)
CONTEXT = '{"a": "b c", "ü": "1+1=2 & more"}'
PLAIN = b64(bytes(range(16)))
FINGERPRINT = "0123abcd-0123456789abcd-0123456789abcd-0123456789abcd-0123456789abcdef"
# The usage of the key that an action wants, if it is not the usual one.
USAGES = {
    "GetPublicKey": "ASYMMETRIC_SIGN_VERIFY_ECC", "SignByAsymmetricKey": "ASYMMETRIC_SIGN_VERIFY_ECC",
    "VerifyByAsymmetricKey": "ASYMMETRIC_SIGN_VERIFY_ECC", "AsymmetricSm2Decrypt": "ASYMMETRIC_DECRYPT_SM2",
    "PostQuantumCryptoEncrypt": "POST_QUANTUM_ENCRYPT_DECRYPT", "PostQuantumCryptoSign": "POST_QUANTUM_SIGN_VERIFY",
    "PostQuantumCryptoVerify": "POST_QUANTUM_SIGN_VERIFY",
}
# Those that find nothing to work on here; all the others succeed.
REFUSED = {
    "AsymmetricRsaDecrypt": "InvalidParameterValue.InvalidKeyUsage",
    "AsymmetricSm2Decrypt": "FailedOperation.DecryptError",
    "CancelDataKeyDeletion": "ResourceUnavailable.DataKeyNotPendingDelete",
    "CancelKeyArchive": "ResourceUnavailable.CmkStateNotSupport",
    "CancelKeyDeletion": "ResourceUnavailable.CmkNotPendingDelete",
    "ImportKeyMaterial": "ResourceUnavailable.TokenExpired",
    "PostQuantumCryptoDecrypt": "InvalidParameterValue.InvalidCiphertext",
    "RotateKey": "UnsupportedOperation.RotateNotSupported",
    "ScheduleDataKeyDeletion": "ResourceUnavailable.DataKeyStateNotSupport",
    "ScheduleKeyDeletion": "ResourceUnavailable.CmkShouldBeDisabled",
    "UnbindCloudResource": "ResourceUnavailable.CloudResourceBindingNotFound",
}


class Fresh:
    """Values for the members of an action, each of which is made anew."""

    def __init__(self, kms, action):
        self.kms, self.action = kms, action
        self.is_white_box = "WhiteBox" in action

    def body(self):
        shape = getattr(models, self.action + "Request").__init__.__doc__ or ""
        return {name: getattr(self, name)() for name in re.findall(r":type (\w+):", shape)}

    def key(self):
        if self.is_white_box:
            return self.kms.CreateWhiteBoxKey(Alias=alias(), Algorithm="SM4").KeyId
        if self.action in ("GetParametersForImport", "ImportKeyMaterial", "DeleteImportedKeyMaterial"):
            return self.kms.imported(bytes(16))
        usage = USAGES.get(self.action)
        return self.kms.create(KeyUsage=usage) if usage else self.kms.create()

    def KeyId(self):
        if self.action == "DescribeKey":
            return self.kms.create(Description="d")
        if self.action == "DeleteWhiteBoxKey":
            key_id = self.key()
            self.kms.DisableWhiteBoxKey(KeyId=key_id)
            return key_id
        # A list of data keys is filtered by it.
        return self.key()

    def KeyIds(self):
        return [self.key(), self.key()]

    def DestinationKeyId(self):
        return self.kms.create()

    def DataKeyId(self):
        return self.kms.GenerateDataKey(KeyId=self.kms.create(), NumberOfBytes=16, IsHostedByKms=1,
                                        DataKeyName=alias()).DataKeyId

    def DataKeyIds(self):
        return [self.DataKeyId(), self.DataKeyId()]

    def CiphertextBlob(self):
        return self.kms.seal(self.kms.create(), EncryptionContext=CONTEXT)

    def Algorithm(self):
        return {"AsymmetricRsaDecrypt": "RSAES_OAEP_SHA_256", "CreateWhiteBoxKey": "SM4"}.get(self.action, "ECC_P256_R1")

    Alias = DataKeyName = staticmethod(alias)
    Ciphertext = staticmethod(lambda: b64(bytes(100)))
    DataKeyLen = NumberOfBytes = staticmethod(lambda: 16)
    Description = staticmethod(lambda: "ü & co = 1+1?")
    EncryptionContext = SourceEncryptionContext = DestinationEncryptionContext = staticmethod(lambda: CONTEXT)
    DeviceFingerprints = staticmethod(lambda: [
        {"Identity": FINGERPRINT, "Description": "a b"}, {"Identity": FINGERPRINT[:-1] + "0", "Description": ""}])
    EncryptedKeyMaterial = ImportToken = staticmethod(lambda: b64(bytes(256)))
    EncryptionAlgorithm = staticmethod(lambda: "SM2")
    EncryptionPublicKey = HsmClusterId = staticmethod(lambda: "")
    ImportKeyMaterial = Plaintext = PlainText = Message = SignatureValue = InitializationVector = staticmethod(lambda: PLAIN)
    ImportType = staticmethod(lambda: 2)
    IsHostedByKms = KeyState = KeyStatus = OrderType = Type = staticmethod(lambda: 1)
    KeySpec = staticmethod(lambda: "AES_128")
    KeyUsage = staticmethod(lambda: "ENCRYPT_DECRYPT")
    Limit = staticmethod(lambda: 7)
    MemberAccount = staticmethod(lambda: {"MemberAppId": 1, "MemberUin": 2**64 - 1})
    MemberAccounts = staticmethod(lambda: [{"MemberAppId": 1}, {"MemberUin": 2}])
    MessageType = staticmethod(lambda: "RAW")
    Offset = Role = ValidTo = staticmethod(lambda: 0)
    Origin = staticmethod(lambda: "ALL")
    PendingWindowInDays = staticmethod(lambda: 7)
    ProductId = ResourceId = staticmethod(lambda: "a/b c")
    RotateDays = staticmethod(lambda: 30)
    SearchKeyAlias = staticmethod(lambda: "ü 1+1")
    TagFilters = staticmethod(lambda: [{"TagKey": "a", "TagValue": ["1", "2 3"]}, {"TagKey": "b", "TagValue": ["x"]}])
    Tags = staticmethod(lambda: [{"TagKey": "a", "TagValue": "1"}, {"TagKey": "b", "TagValue": "x y"}])
    WrappingAlgorithm = staticmethod(lambda: "RSAES_OAEP_SHA_256")
    WrappingKeySpec = staticmethod(lambda: "RSA_2048")


def outcome(kms, action, body):
    """The code of a refusal, or the names of the answer's members."""
    try:
        answer = json.loads(getattr(kms, action)(**body).to_json_string())
    except TencentCloudSDKException as refusal:
        return refusal.get_code()
    return sorted(answer)


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_in_all_six_ways(endpoint, tenant_name, action):
    maker = Kms(endpoint, tenant_name)
    outcomes = {}
    for verb, method in WAYS:
        kms = Kms(endpoint, tenant_name, verb=verb, method=method)
        outcomes[verb, method] = outcome(kms, action, Fresh(maker, action).body())
    first = outcomes[WAYS[0]]
    assert outcomes == dict.fromkeys(WAYS, first)
    if action in REFUSED:
        assert first == REFUSED[action]
    else:
        assert isinstance(first, list) and "RequestId" in first, first


@pytest.mark.parametrize("verb, method", WAYS)
def test_an_endpoint_with_its_scheme(endpoint, tenant_name, verb, method):
    """The vendor's command is pointed at a server so; the URL is then what stands in the Host header and is signed."""
    kms = Kms(endpoint, tenant_name, verb=verb, method=method, literal_endpoint=True)
    key_id = kms.create(Tags=[{"TagKey": "a", "TagValue": "b c"}])
    assert [key.KeyId for key in kms.DescribeKeys(KeyIds=[key_id]).KeyMetadatas] == [key_id]


@pytest.mark.parametrize("action", ACTIONS)
def test_what_there_is_not_in_all_six_ways(endpoint, tenant_name, action):
    """Members that nobody knows, and keys that nobody has."""
    maker = Kms(endpoint, tenant_name)
    good = Fresh(maker, action).body()
    absent = {"KeyId": MISSING_KEY, "KeyIds": [MISSING_KEY], "DataKeyId": MISSING_KEY, "DataKeyIds": [MISSING_KEY]}
    missing = {name: absent.get(name, value) for name, value in good.items()}
    codes = set()
    for verb, method in WAYS:
        kms = Kms(endpoint, tenant_name, verb=verb, method=method)
        for bad in ({**good, "Bogus": "1"}, {**good, "Bogus": [{"a": "1"}]}):
            with pytest.raises(TencentCloudSDKException) as caught:
                kms.sdk.call(action, bad)
            assert (caught.value.get_code(), caught.value.get_message()) == (
                "UnknownParameter", "The parameter `Bogus` is not recognized.")
        if missing != good:
            codes.add(str(outcome(kms, action, missing)))
    assert len(codes) <= 1, codes
    assert all(re.match(r"Resource(NotFound|Unavailable)|InvalidParameterValue|UnsupportedOp", code) for code in codes), codes
