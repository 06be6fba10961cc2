"""Requests that succeed, one for each action of Tencent Cloud KMS, with all the members that go together; and what each
member must not be."""

import base64

from tencent_codes import listed, of_values
from tencent_model import ACTIONS
from tencent_support import MISSING_KEY, alias, b64, unb64
from wrapping import sm2_encrypt, wrap

TAG = {"TagKey": "k", "TagValue": "v"}
CONTEXT = '{"a":"b"}'
FINGERPRINT = "0123abcd-0123456789abcd-0123456789abcd-0123456789abcd-0123456789abcdef"


class Fit:
    """Makes the request of an action, and the key that it is about."""

    def __init__(self, kms):
        self.kms = kms

    def body(self, action: str) -> dict:
        make = getattr(self, action, None) or self.by_members
        return make(action) if make == self.by_members else make()

    def by_members(self, action: str) -> dict:
        """What needs nothing special: members by their names."""
        makers = {
            "KeyId": lambda: self.kms.create(), "KeyIds": lambda: [self.kms.create(), self.kms.create()],
            "DataKeyId": self.data_key, "DataKeyIds": lambda: [self.data_key(), self.data_key()],
            "DataKeyName": alias, "Description": lambda: "d", "Alias": alias, "Tags": lambda: [TAG],
            "HsmClusterId": lambda: "", "EncryptionContext": lambda: CONTEXT, "Offset": lambda: 0,
            "Limit": lambda: 10, "Role": lambda: 0, "OrderType": lambda: 1, "KeyState": lambda: 0,
            "SearchKeyAlias": lambda: "", "Origin": lambda: "ALL", "KeyUsage": lambda: "ALL", "KeyStatus": lambda: 1,
            "TagFilters": lambda: [{"TagKey": "k", "TagValue": ["v"]}], "RotateDays": lambda: 30,
            "PendingWindowInDays": lambda: 7, "NumberOfBytes": lambda: 8,
            "ProductId": lambda: "ssm", "ResourceId": lambda: "secret", "DataKeyLen": lambda: 32,
            "EncryptionPublicKey": lambda: "", "EncryptionAlgorithm": lambda: "SM2",
        }
        # For administrators of organisations; walked by itself.
        left_out = {"MemberAccount", "MemberAccounts"}
        return {name: makers[name]() for name in ACTIONS[action]["request"]["members"] if name not in left_out}

    # Keys.

    def asymmetric(self, usage: str) -> str:
        return self.kms.create(KeyUsage=usage)

    def disabled(self) -> str:
        key_id = self.kms.create()
        self.kms.DisableKey(KeyId=key_id)
        return key_id

    def pending(self) -> str:
        key_id = self.disabled()
        self.kms.ScheduleKeyDeletion(KeyId=key_id, PendingWindowInDays=7)
        return key_id

    def data_key(self) -> str:
        return self.kms.GenerateDataKey(KeyId=self.kms.create(), KeySpec="AES_256", IsHostedByKms=1,
                                        DataKeyName=alias()).DataKeyId

    def white_box_key(self) -> str:
        return self.kms.CreateWhiteBoxKey(Alias=alias(), Algorithm="AES_256").KeyId

    def CreateKey(self):
        return {"Alias": alias(), "Description": "d", "KeyUsage": "ENCRYPT_DECRYPT", "Type": 1, "Tags": [TAG],
                "HsmClusterId": ""}

    def EnableKey(self):
        return {"KeyId": self.disabled()}

    def EnableKeys(self):
        return {"KeyIds": [self.disabled()]}

    def ScheduleKeyDeletion(self):
        return {"KeyId": self.disabled(), "PendingWindowInDays": 7}

    def CancelKeyDeletion(self):
        return {"KeyId": self.pending()}

    def CancelKeyArchive(self):
        key_id = self.kms.create()
        self.kms.ArchiveKey(KeyId=key_id)
        return {"KeyId": key_id}

    def RotateKey(self):
        key_id = self.kms.create()
        self.kms.EnableKeyRotation(KeyId=key_id)
        return {"KeyId": key_id}

    def UnbindCloudResource(self):
        bound = {"KeyId": self.kms.create(), "ProductId": "ssm", "ResourceId": "secret"}
        self.kms.BindCloudResource(**bound)
        return bound

    # Data.

    def Encrypt(self):
        return {"KeyId": self.kms.create(), "Plaintext": b64(b"text"), "EncryptionContext": CONTEXT}

    def Decrypt(self):
        blob = self.kms.seal(self.kms.create(), EncryptionContext=CONTEXT)
        return {"CiphertextBlob": blob, "EncryptionContext": CONTEXT, "EncryptionPublicKey": "",
                "EncryptionAlgorithm": "SM2"}

    def ReEncrypt(self):
        return {"CiphertextBlob": self.kms.seal(self.kms.create(), EncryptionContext=CONTEXT),
                "DestinationKeyId": self.kms.create(), "SourceEncryptionContext": CONTEXT,
                "DestinationEncryptionContext": '{"c":"d"}'}

    def GenerateDataKey(self):
        return {"KeyId": self.kms.create(), "KeySpec": "AES_256", "NumberOfBytes": 32, "EncryptionContext": CONTEXT,
                "EncryptionPublicKey": "", "EncryptionAlgorithm": "SM2", "IsHostedByKms": 0, "DataKeyName": alias(),
                "Description": "d", "HsmClusterId": "", "Tags": [TAG]}

    def ImportDataKey(self):
        return {"DataKeyName": alias(), "ImportKeyMaterial": b64(bytes(32)), "ImportType": 2, "Description": "d",
                "KeyId": self.kms.create(), "HsmClusterId": "", "Tags": [TAG]}

    # Asymmetric and post-quantum keys.

    def GetPublicKey(self):
        return {"KeyId": self.asymmetric("ASYMMETRIC_SIGN_VERIFY_ECC")}

    def AsymmetricRsaDecrypt(self):
        key_id = self.asymmetric("ASYMMETRIC_DECRYPT_RSA_2048")
        blob = wrap("RSAES_OAEP_SHA_256", unb64(self.kms.GetPublicKey(KeyId=key_id).PublicKey), b"text")
        return {"KeyId": key_id, "Ciphertext": b64(blob), "Algorithm": "RSAES_OAEP_SHA_256"}

    def AsymmetricSm2Decrypt(self):
        key_id = self.asymmetric("ASYMMETRIC_DECRYPT_SM2")
        blob = sm2_encrypt(unb64(self.kms.GetPublicKey(KeyId=key_id).PublicKey), b"text")
        return {"KeyId": key_id, "Ciphertext": b64(blob)}

    def SignByAsymmetricKey(self):
        return {"KeyId": self.asymmetric("ASYMMETRIC_SIGN_VERIFY_ECC"), "Message": b64(b"text"),
                "Algorithm": "ECC_P256_R1", "MessageType": "RAW"}

    def VerifyByAsymmetricKey(self):
        asked = self.SignByAsymmetricKey()
        return {**asked, "SignatureValue": self.kms.SignByAsymmetricKey(**asked).Signature}

    def PostQuantumCryptoEncrypt(self):
        return {"KeyId": self.asymmetric("POST_QUANTUM_ENCRYPT_DECRYPT"), "PlainText": b64(b"text")}

    def PostQuantumCryptoDecrypt(self):
        blob = self.kms.PostQuantumCryptoEncrypt(**self.PostQuantumCryptoEncrypt()).CiphertextBlob
        return {"CiphertextBlob": blob, "EncryptionPublicKey": "", "EncryptionAlgorithm": "SM2"}

    def PostQuantumCryptoSign(self):
        return {"KeyId": self.asymmetric("POST_QUANTUM_SIGN_VERIFY"), "Message": b64(b"text")}

    def PostQuantumCryptoVerify(self):
        asked = self.PostQuantumCryptoSign()
        return {**asked, "SignatureValue": self.kms.PostQuantumCryptoSign(**asked).Signature}

    # Material.

    def GetParametersForImport(self):
        return {"KeyId": self.kms.external(), "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}

    def ImportKeyMaterial(self):
        key_id = self.kms.external()
        given = self.kms.parameters(key_id)
        return {"KeyId": key_id, "ImportToken": given.ImportToken, "ValidTo": 2147443200,
                "EncryptedKeyMaterial": b64(wrap("RSAES_OAEP_SHA_256", unb64(given.PublicKey), bytes(16)))}

    def DeleteImportedKeyMaterial(self):
        return {"KeyId": self.kms.imported(bytes(16))}

    # Hosted data keys.

    def EnableDataKey(self):
        data_key = self.data_key()
        self.kms.DisableDataKey(DataKeyId=data_key)
        return {"DataKeyId": data_key}

    def EnableDataKeys(self):
        return {"DataKeyIds": [self.EnableDataKey()["DataKeyId"]]}

    def ScheduleDataKeyDeletion(self):
        return {**self.EnableDataKey(), "PendingWindowInDays": 7}

    def CancelDataKeyDeletion(self):
        asked = self.ScheduleDataKeyDeletion()
        self.kms.ScheduleDataKeyDeletion(**asked)
        return {"DataKeyId": asked["DataKeyId"]}

    # White-box keys.

    def CreateWhiteBoxKey(self):
        return {"Alias": alias(), "Algorithm": "SM4", "Description": "d", "Tags": [TAG]}

    def white_box(self):
        return {"KeyId": self.white_box_key()}

    DescribeWhiteBoxKey = DescribeWhiteBoxDecryptKey = DisableWhiteBoxKey = white_box
    DescribeWhiteBoxDeviceFingerprints = white_box

    def EnableWhiteBoxKey(self):
        made = self.white_box()
        self.kms.DisableWhiteBoxKey(**made)
        return made

    DeleteWhiteBoxKey = EnableWhiteBoxKey

    def DisableWhiteBoxKeys(self):
        return {"KeyIds": [self.white_box_key(), self.white_box_key()]}

    def EnableWhiteBoxKeys(self):
        return {"KeyIds": [self.EnableWhiteBoxKey()["KeyId"]]}

    def EncryptByWhiteBox(self):
        return {**self.white_box(), "PlainText": b64(b"text"), "InitializationVector": b64(bytes(16))}

    def OverwriteWhiteBoxDeviceFingerprints(self):
        return {**self.white_box(), "DeviceFingerprints": [{"Identity": FINGERPRINT, "Description": "d"}]}


# What the members must not be, and the code of their own that actions have for that, if they list it.

MANY = [f"23e80852-1e38-11e9-b129-{number:012x}" for number in range(101)]
LARGEST = 2**64 - 1
NO_IDS = ["", "x", " " + MISSING_KEY, MISSING_KEY + "\n", MISSING_KEY.upper(), MISSING_KEY[:-1], MISSING_KEY + "0",
          MISSING_KEY.replace("-", ""), "creatorUin/1/" + MISSING_KEY, "é" * 36, "x" * 9000, "\0"]
NO_ALIASES = ["", "-a", "_a", "a" * 61, "a b", "a.b", "é", "kms-x", "a\n", "\0", "字" * 60]
NO_BASE64 = ["x", "=", "AAA", "A===", "AA==\n", " AAAA", "字", "\0"]
TOO_LONG = base64.b64encode(bytes(4097)).decode()
V = "InvalidParameterValue."
BAD = {
    "KeyId": [(V + "InvalidKeyId", NO_IDS)],
    "DestinationKeyId": [(V + "InvalidKeyId", NO_IDS[1:])],
    "DataKeyId": [(V + "InvalidDataKeyId", NO_IDS)],
    "KeyIds": [(None, [[], MANY]), (V + "DuplicatedKeyId", [[MISSING_KEY] * 2]),
               (V + "InvalidKeyId", [[bad] for bad in NO_IDS])],
    "DataKeyIds": [(None, [[], MANY]), (V + "DuplicatedDataKeyId", [[MISSING_KEY] * 2]),
                   (V + "InvalidDataKeyId", [[bad] for bad in NO_IDS])],
    "Alias": [(V + "InvalidAlias", NO_ALIASES)],
    "DataKeyName": [(V + "InvalidDataKeyName", ["", "-a", "a" * 61, "a b", "é", "\0"])],
    "Description": [(None, ["d" * 1025, "é" * 513, "x" * 9000])],
    "KeyUsage": [(V + "InvalidKeyUsage", ["x", "encrypt_decrypt", "ENCRYPT_DECRYPT ", "SIGN_VERIFY", "é" * 99])],
    "Type": [(V + "InvalidType", [0, 3, LARGEST])],
    "ImportType": [(V + "InvalidType", [0, 3, LARGEST])],
    "IsHostedByKms": [(V + "InvalidType", [2, LARGEST])],
    "Tags": [(V + "TagKeysDuplicated", [[TAG, TAG]]), (None, [[{"TagKey": "", "TagValue": "v"}]])],
    "HsmClusterId": [(V + "InvalidHsmClusterId", ["x", "cls-hsm-nowhere", " "])],
    "Limit": [(None, [201, LARGEST])],
    "Role": [(None, [2, LARGEST])],
    "OrderType": [(None, [2, LARGEST])],
    "KeyState": [(None, [6, LARGEST])],
    "KeyStatus": [(None, [2, -1, 2**63 - 1])],
    "Origin": [(None, ["external", "x", "ALL "])],
    "PendingWindowInDays": [("InvalidParameter.InvalidPendingWindowInDays", [0, 6, 31, 2**63, LARGEST])],
    "RotateDays": [(None, [0, 6, 366, LARGEST])],
    "NumberOfBytes": [(None, [0, 1025, LARGEST])],
    "KeySpec": [(None, ["", "AES_512", "aes_256", "SM4"])],
    "Plaintext": [(V + "InvalidPlaintext", ["", TOO_LONG, *NO_BASE64])],
    "PlainText": [(V + "InvalidPlaintext", ["", TOO_LONG, *NO_BASE64])],
    "InitializationVector": [(None, [b64(bytes(15)), b64(bytes(17)), *NO_BASE64])],
    "EncryptionContext": [(None, ["x", "[]", '"a"', "null", "{", '{"a":1,"a":2}', '{"a":"%s"}' % ("é" * 1024), "\0"])],
    "CiphertextBlob": [(V + "InvalidCiphertext", ["", "x", "A-k-A-k-A", "=-k-=-k-=", "-k--k-", "A" * 9000, *NO_BASE64])],
    "Ciphertext": [(None, ["", *NO_BASE64, b64(bytes(9000))]), ("FailedOperation.DecryptError", ["AAAA"])],
    "WrappingAlgorithm": [(None, ["", "RSAES_OAEP_SHA_512", "rsaes_oaep_sha_256", "SM2"])],
    "WrappingKeySpec": [(None, ["", "RSA_4096", "SM2"])],
    "ImportToken": [("ResourceUnavailable.TokenExpired", ["", b64(bytes(96)), b64(bytes(9000)), *NO_BASE64])],
    "EncryptedKeyMaterial": [("InvalidParameter.DecryptMaterialError", ["", b64(bytes(256)), b64(bytes(255)), *NO_BASE64])],
    "ValidTo": [(None, [1, 2147443201, 2**63, LARGEST])],
    "Algorithm": [(None, ["", "x", "SM2dsa", "RSA_PSS_SHA_512", "AES_128"])],
    "Message": [(None, [TOO_LONG, *NO_BASE64])],
    "MessageType": [(None, ["x", "raw", "MU"])],
    "SignatureValue": [(None, ["", *NO_BASE64, b64(bytes(9000))])],
    "ProductId": [(None, ["", "x" * 257])],
    "ResourceId": [(None, ["", "x" * 257])],
    # In the open, as its request here has it.
    "ImportKeyMaterial": [(V + "InvalidPlaintext", ["", *NO_BASE64, b64(bytes(1025))])],
    "EncryptionPublicKey": [("FailedOperation.EncryptionError", ["x", "-----BEGIN PUBLIC KEY-----", "\0", "A" * 9000])],
    "DeviceFingerprints": [
        ("LimitExceeded.FingerprintsLimitExceeded",
         [[{"Identity": f"{number:08x}{FINGERPRINT[8:]}"} for number in range(201)]]),
        (None, [[{"Identity": bad}] for bad in ["", "x", FINGERPRINT.upper(), FINGERPRINT + "\n", FINGERPRINT[1:]]]),
        (None, [[{"Identity": FINGERPRINT, "Description": "d" * 1025}]]),
    ],
}
BAD["SourceEncryptionContext"] = BAD["DestinationEncryptionContext"] = BAD["EncryptionContext"]
# Where an action means something else by a name.
BAD_HERE = {
    # Searches by any usage that there is.
    ("ListKeyDetail", "KeyUsage"): [(None, ["x", "encrypt_decrypt"])],
    # Padded, nothing makes a block like anything else.
    ("EncryptByWhiteBox", "PlainText"): [(None, [TOO_LONG, *NO_BASE64])],
    # 0: everything.
    ("DescribeWhiteBoxKeyDetails", "Limit"): [],
    ("ListDataKeyDetail", "KeyState"): [(None, [4, LARGEST])],
    ("ListDataKeyDetail", "DataKeyLen"): [],
    # Optional, so that nothing is nothing.
    ("ListDataKeyDetail", "KeyId"): [(V + "InvalidKeyId", NO_IDS[1:])],
    ("ImportDataKey", "KeyId"): [(V + "InvalidKeyId", NO_IDS[1:])],
    # Fifty of them.
    ("EnableWhiteBoxKeys", "KeyIds"): [(None, [[], MANY[:51]]), *BAD["KeyIds"][1:]],
    ("DisableWhiteBoxKeys", "KeyIds"): [(None, [[], MANY[:51]]), *BAD["KeyIds"][1:]],
    # A message of nothing is none, which these actions list.
    ("SignByAsymmetricKey", "Message"): [("MissingParameter", [""]), *BAD["Message"]],
    ("PostQuantumCryptoSign", "Message"): [("MissingParameter", [""]), *BAD["Message"]],
    **{(action, "Description"): [(None, ["d" * 101, "é" * 51, "x" * 9000])]
       for action in ("ImportDataKey", "UpdateDataKeyDescription")},
    # Only of hosted data keys.
    ("GenerateDataKey", "DataKeyName"): [], ("GenerateDataKey", "Description"): [], ("GenerateDataKey", "Tags"): [],
}
# What must be out of the way for a member to be looked at.
WITHOUT = {("GenerateDataKey", "KeySpec"): {"NumberOfBytes": None}}
# Texts of these may be anything.
FREE = {"SearchKeyAlias", "EncryptionAlgorithm", "Offset", "DataKeyLen", "TagFilters"}


def bad_values(action: str, member: str):
    """Values that a member must not have, each with the codes of which one is due."""
    for own, values in BAD_HERE.get((action, member), BAD.get(member, [])):
        # Without a code of its own it is the one for values.
        codes = {own} if own in listed(action) else of_values(action)
        for value in values:
            yield value, codes
