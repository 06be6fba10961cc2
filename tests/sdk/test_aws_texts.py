"""Every sentence of the service that is recorded or documented: a situation, the exception, the text to the letter.

`{id}` and `{arn}` stand for the key that a situation makes, `{account}` for the caller's."""

from dataclasses import dataclass, field
from typing import Any, Callable

import pytest
from aws_support import NO_MESSAGE, Kms, refused
from test_aws_wire import NOT_BUILT

OTHER = "1234abcd-12ab-34cd-56ef-1234567890ab"
INVALID, USAGE = "KMSInvalidStateException", "InvalidKeyUsageException"
VALIDATION, UNSUPPORTED = "ValidationException", "UnsupportedOperationException"
TAGS = [{"TagKey": f"k{number}", "TagValue": ""} for number in range(51)]
NOBODYS_POLICY = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%s:root"},
"Action":"kms:Decrypt","Resource":"*"}]}"""


def key(spec="SYMMETRIC_DEFAULT", usage=None, **more):
    def make(kms):
        return kms.create(spec, **({"KeyUsage": usage} if usage else {}), **more)
    return make


def external(kms):
    return kms.external()


def imported(kms):
    return kms.imported()


def disabled(make=key()):
    def then(kms):
        key_id = make(kms)
        kms.disable_key(KeyId=key_id)
        return key_id
    return then


def dying(make=key()):
    def then(kms):
        key_id = make(kms)
        kms.schedule_key_deletion(KeyId=key_id)
        return key_id
    return then


def with_alias(kms):
    key_id = kms.create()
    kms.create_alias(AliasName="alias/taken", TargetKeyId=key_id)
    return key_id


def sealed_by_another(kms, key_id):
    return kms.encrypt(KeyId=kms.create(), Plaintext=b"x")["CiphertextBlob"]


def sealed(kms, key_id):
    return kms.encrypt(KeyId=key_id, Plaintext=b"x")["CiphertextBlob"]


def spoilt(kms, key_id):
    blob = sealed(kms, key_id)
    return blob[:-1] + bytes([blob[-1] ^ 1])


def sealed_elsewhere(kms, key_id):
    there = kms.elsewhere("eu-west-1")
    return there.encrypt(KeyId=there.create(), Plaintext=b"x")["CiphertextBlob"]


def arn(kms, key_id):
    return kms.arn(key_id)


def own(kms, key_id):
    return key_id


@dataclass
class Case:
    operation: str
    parameters: dict
    code: str
    message: Any = NO_MESSAGE
    make: Callable = field(default=lambda kms: None)
    status: int = 400


def states():
    """Each operation that a state forbids."""
    symmetric = {
        "Encrypt": {"Plaintext": b"x"}, "GenerateDataKey": {"KeySpec": "AES_256"}, "GenerateDataKeyWithoutPlaintext":
        {"KeySpec": "AES_256"}, "GenerateDataKeyPair": {"KeyPairSpec": "ECC_NIST_P256"},
        "GenerateDataKeyPairWithoutPlaintext": {"KeyPairSpec": "ECC_NIST_P256"}, "EnableKeyRotation": {},
        "RotateKeyOnDemand": {},
    }
    signing = {"Sign": {"Message": b"x", "SigningAlgorithm": "ECDSA_SHA_256"},
               "Verify": {"Message": b"x", "Signature": b"x", "SigningAlgorithm": "ECDSA_SHA_256"}}
    macs = {"GenerateMac": {"Message": b"x", "MacAlgorithm": "HMAC_SHA_256"},
            "VerifyMac": {"Message": b"x", "Mac": b"x" * 32, "MacAlgorithm": "HMAC_SHA_256"}}
    for make, operations in ((key(), symmetric), (key("ECC_NIST_P256", "SIGN_VERIFY"), signing),
                             (key("HMAC_256", "GENERATE_VERIFY_MAC"), macs)):
        for operation, more in operations.items():
            yield Case(operation, {"KeyId": own, **more}, "DisabledException", "{arn} is disabled.", disabled(make))
            yield Case(operation, {"KeyId": own, **more}, INVALID, "{arn} is pending deletion.", dying(make))
    for operation, more in symmetric.items():
        if operation != "EnableKeyRotation":
            yield Case(operation, {"KeyId": own, **more}, INVALID, "{arn} is pending import.", external)
    for operation in ("EnableKey", "DisableKey", "ScheduleKeyDeletion", "GetPublicKey"):
        make = key("ECC_NIST_P256", "SIGN_VERIFY")
        yield Case(operation, {"KeyId": own}, INVALID, "{arn} is pending deletion.", dying(make))
    for operation in ("EnableKey", "DisableKey"):
        yield Case(operation, {"KeyId": arn}, INVALID, "{arn} is pending import.", external)
    yield Case("UpdateKeyDescription", {"KeyId": own, "Description": ""}, INVALID, "{arn} is pending deletion.", dying())
    yield Case("TagResource", {"KeyId": own, "Tags": TAGS[:1]}, INVALID, "{arn} is pending deletion.", dying())
    yield Case("UntagResource", {"KeyId": own, "TagKeys": ["a"]}, INVALID, "{arn} is pending deletion.", dying())
    yield Case("CreateAlias", {"AliasName": "alias/x", "TargetKeyId": own}, INVALID, "{arn} is pending deletion.", dying())
    for make in (key(), disabled(), external):
        yield Case("CancelKeyDeletion", {"KeyId": own}, INVALID, "{arn} is not pending deletion.", make)


def identifiers():
    for word in ("foo", "alias", OTHER[:-1], OTHER + "0", "mrk-123", OTHER.replace("-", "")):
        yield Case("DescribeKey", {"KeyId": word}, "NotFoundException", f"Invalid keyId '{word}'")
        yield Case("ScheduleKeyDeletion", {"KeyId": word}, "NotFoundException", f"Invalid keyId '{word}'")
    yield Case("DisableKey", {"KeyId": "alias/x"}, "NotFoundException", "Invalid keyId 'alias/x'")
    absent = "Key 'arn:aws:kms:us-east-1:{account}:key/" + OTHER + "' does not exist"
    for operation, more in {"DescribeKey": {}, "Encrypt": {"Plaintext": b"x"}, "GetPublicKey": {}, "EnableKey": {},
                            "ListResourceTags": {}, "GetKeyPolicy": {}, "GetKeyRotationStatus": {}, "ListGrants": {},
                            "ListKeyPolicies": {}, "ScheduleKeyDeletion": {}, "ListKeyRotations": {}, "RotateKeyOnDemand": {},
                            "CancelKeyDeletion": {}, "GetKeyLastUsage": {}}.items():
        yield Case(operation, {"KeyId": OTHER, **more}, "NotFoundException", absent)
    mrk = f"mrk-{OTHER.replace('-', '')}"
    yield Case("DescribeKey", {"KeyId": mrk}, "NotFoundException", absent.replace(OTHER, mrk))
    there = "arn:aws:kms:eu-west-1:111122223333:key/" + OTHER
    for operation, more in {"DescribeKey": {}, "Encrypt": {"Plaintext": b"x"}, "DisableKey": {}}.items():
        yield Case(operation, {"KeyId": there, **more}, "NotFoundException", "Invalid arn eu-west-1")
    for name in ("alias/none", "alias/a/b"):
        yield Case("DescribeKey", {"KeyId": name}, "NotFoundException",
                   "Alias arn:aws:kms:us-east-1:{account}:" + name + " is not found.")


def usages():
    text = "{arn} key usage is %s which is not valid for %s."
    signing, sealing = key("ECC_NIST_P256", "SIGN_VERIFY"), key()
    mac, agreement = key("HMAC_256", "GENERATE_VERIFY_MAC"), key("ECC_NIST_P256", "KEY_AGREEMENT")
    for operation, more, make, word in (
        ("GenerateMac", {"Message": b"x", "MacAlgorithm": "HMAC_SHA_256"}, sealing, "ENCRYPT_DECRYPT"),
        ("VerifyMac", {"Message": b"x", "Mac": b"x", "MacAlgorithm": "HMAC_SHA_256"}, signing, "SIGN_VERIFY"),
        ("Sign", {"Message": b"x", "SigningAlgorithm": "ECDSA_SHA_256"}, sealing, "ENCRYPT_DECRYPT"),
        ("Sign", {"Message": b"x", "SigningAlgorithm": "ECDSA_SHA_256"}, agreement, "KEY_AGREEMENT"),
        ("Verify", {"Message": b"x", "Signature": b"x", "SigningAlgorithm": "ECDSA_SHA_256"}, mac, "GENERATE_VERIFY_MAC"),
        ("Encrypt", {"Plaintext": b"x"}, signing, "SIGN_VERIFY"),
        ("Encrypt", {"Plaintext": b"x"}, mac, "GENERATE_VERIFY_MAC"),
        ("GenerateDataKey", {"KeySpec": "AES_256"}, mac, "GENERATE_VERIFY_MAC"),
        ("DeriveSharedSecret", {"KeyAgreementAlgorithm": "ECDH", "PublicKey": b"x"}, signing, "SIGN_VERIFY"),
        ("DeriveSharedSecret", {"KeyAgreementAlgorithm": "ECDH", "PublicKey": b"x"}, sealing, "ENCRYPT_DECRYPT"),
    ):
        yield Case(operation, {"KeyId": own, **more}, USAGE, text % (word, operation), make)
    text = "Algorithm %s is incompatible with key spec %s."
    rsa = key("RSA_2048", "ENCRYPT_DECRYPT")
    for operation, member, more, word, make, spec in (
        ("GenerateMac", "MacAlgorithm", {"Message": b"x"}, "HMAC_SHA_512", mac, "HMAC_256"),
        ("VerifyMac", "MacAlgorithm", {"Message": b"x", "Mac": b"x"}, "HMAC_SHA_224", mac, "HMAC_256"),
        ("Sign", "SigningAlgorithm", {"Message": b"x"}, "ECDSA_SHA_384", signing, "ECC_NIST_P256"),
        ("Sign", "SigningAlgorithm", {"Message": b"x"}, "RSASSA_PSS_SHA_256", signing, "ECC_NIST_P256"),
        ("Encrypt", "EncryptionAlgorithm", {"Plaintext": b"x"}, "SYMMETRIC_DEFAULT", rsa, "RSA_2048"),
        ("Encrypt", "EncryptionAlgorithm", {"Plaintext": b"x"}, "RSAES_OAEP_SHA_256", sealing, "SYMMETRIC_DEFAULT"),
    ):
        yield Case(operation, {"KeyId": own, member: word, **more}, USAGE, text % (word, spec), make)
    # Nothing said is SYMMETRIC_DEFAULT.
    yield Case("Encrypt", {"KeyId": own, "Plaintext": b"x"}, USAGE, text % ("SYMMETRIC_DEFAULT", "RSA_2048"), rsa)


def creations():
    for usage, spec in (("KEY_AGREEMENT", "RSA_2048"), ("ENCRYPT_DECRYPT", "ECC_NIST_P256"), ("SIGN_VERIFY", "HMAC_256"),
                        ("KEY_AGREEMENT", "ECC_SECG_P256K1"), ("GENERATE_VERIFY_MAC", "RSA_2048"),
                        ("KEY_AGREEMENT", "ECC_NIST_EDWARDS25519")):
        yield Case("CreateKey", {"KeyUsage": usage, "KeySpec": spec}, VALIDATION,
                   f"KeyUsage {usage} is not compatible with KeySpec {spec}")
    for spec in ({}, {"KeySpec": "SYMMETRIC_DEFAULT"}):
        yield Case("CreateKey", {"KeyUsage": "SIGN_VERIFY", **spec}, VALIDATION,
                   "The operation failed because the KeyUsage value of the CMK is SIGN_VERIFY. To perform this operation, "
                   "the KeyUsage value must be ENCRYPT_DECRYPT.")
    for spec in ("RSA_2048", "ECC_NIST_P256", "HMAC_256"):
        yield Case("CreateKey", {"KeySpec": spec}, VALIDATION,
                   "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.")
    yield Case("CreateKey", {"KeySpec": "RSA_2048", "CustomerMasterKeySpec": "RSA_2048"}, VALIDATION,
               "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is "
               "deprecated.")
    for operation, more in (("CreateKey", {}), ("TagResource", {"KeyId": own})):
        for tags, text in (([TAGS[0], TAGS[0]], "Duplicate tag keys"), (TAGS, "Too many tags"),
                           ([{"TagKey": "aws:x", "TagValue": ""}], "Tags beginning with aws: are reserved"),
                           ([{"TagKey": "AWS:x", "TagValue": ""}], "Tags beginning with aws: are reserved")):
            yield Case(operation, {**more, "Tags": tags}, "TagException", text, key())


def materials():
    origin = "{arn} origin is AWS_KMS which is not valid for this operation."
    wrapping = {"WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}
    blobs = {"ImportToken": b"x", "EncryptedKeyMaterial": b"x"}
    yield Case("GetParametersForImport", {"KeyId": own, **wrapping}, UNSUPPORTED, origin, key())
    yield Case("DeleteImportedKeyMaterial", {"KeyId": own}, UNSUPPORTED, origin, key())
    yield Case("ImportKeyMaterial", {"KeyId": own, **blobs, "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"},
               UNSUPPORTED, origin, key())
    expires = "A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES"
    yield Case("ImportKeyMaterial", {"KeyId": own, **blobs}, VALIDATION, expires, external)
    yield Case("ImportKeyMaterial", {"KeyId": own, **blobs, "ExpirationModel": "KEY_MATERIAL_EXPIRES"}, VALIDATION, expires,
               external)
    yield Case("ImportKeyMaterial", {"KeyId": own, **blobs, "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"},
               "InvalidImportTokenException", NO_MESSAGE, external)
    yield Case("RotateKeyOnDemand", {"KeyId": own}, INVALID,
               "No available key material pending rotation for the key: {arn}.", imported)
    for spec, usage in (("RSA_2048", "SIGN_VERIFY"), ("HMAC_256", "GENERATE_VERIFY_MAC")):
        yield Case("RotateKeyOnDemand", {"KeyId": own}, UNSUPPORTED, NO_MESSAGE, key(spec, usage))
    for operation in ("EnableKeyRotation", "DisableKeyRotation"):
        yield Case(operation, {"KeyId": own}, UNSUPPORTED,
                   "{arn} origin is EXTERNAL which is not valid for this operation.", imported)


def ciphertexts():
    yield Case("Decrypt", {"CiphertextBlob": sealed_by_another, "KeyId": own}, "IncorrectKeyException",
               "The key ID in the request does not identify a CMK that can perform this operation.", key())
    yield Case("ReEncrypt", {"CiphertextBlob": sealed_by_another, "SourceKeyId": own, "DestinationKeyId": own},
               "IncorrectKeyException",
               "The key ID in the request does not identify a CMK that can perform this operation.", key())
    # Also where the key could not have made any ciphertext.
    for make in (key("HMAC_224", "GENERATE_VERIFY_MAC"), key("RSA_2048", "SIGN_VERIFY"), disabled()):
        yield Case("Decrypt", {"CiphertextBlob": sealed_by_another, "KeyId": own}, "IncorrectKeyException",
                   "The key ID in the request does not identify a CMK that can perform this operation.", make)
        yield Case("ReEncrypt", {"CiphertextBlob": sealed_by_another, "SourceKeyId": own, "DestinationKeyId": own},
                   "IncorrectKeyException",
                   "The key ID in the request does not identify a CMK that can perform this operation.", make)
    for operation, more in (("Decrypt", {}), ("ReEncrypt", {"DestinationKeyId": own})):
        yield Case(operation, {"CiphertextBlob": sealed_elsewhere, **more}, "AccessDeniedException",
                   "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or "
                   "you are not allowed to access.", key())
        yield Case(operation, {"CiphertextBlob": spoilt, **more}, "InvalidCiphertextException", NO_MESSAGE, key())
        yield Case(operation, {"CiphertextBlob": b"x", **more}, "InvalidCiphertextException", NO_MESSAGE, key())
    context = {"EncryptionContext": {"a": "b"}}
    yield Case("Decrypt", {"CiphertextBlob": sealed, **context}, "InvalidCiphertextException", NO_MESSAGE, key())
    rsa = key("RSA_2048", "ENCRYPT_DECRYPT")
    for algorithm, most in (("RSAES_OAEP_SHA_1", 214), ("RSAES_OAEP_SHA_256", 190)):
        yield Case("Encrypt", {"KeyId": own, "EncryptionAlgorithm": algorithm, "Plaintext": b"x" * (most + 1)}, VALIDATION,
                   f"Algorithm {algorithm} and key spec RSA_2048 cannot encrypt data larger than {most} bytes.", rsa)
    yield Case("Decrypt", {"KeyId": own, "EncryptionAlgorithm": "RSAES_OAEP_SHA_256", "CiphertextBlob": b"x" * 256},
               "InvalidCiphertextException", NO_MESSAGE, rsa)
    for both in ({"KeySpec": "AES_256", "NumberOfBytes": 32}, {}):
        for operation in ("GenerateDataKey", "GenerateDataKeyWithoutPlaintext"):
            yield Case(operation, {"KeyId": own, **both}, VALIDATION,
                       "Please specify either number of bytes or key spec.", key())
    yield Case("GenerateRandom", {}, VALIDATION, "NumberOfBytes is required.")
    yield Case("DeriveSharedSecret", {"KeyId": own, "KeyAgreementAlgorithm": "ECDH", "PublicKey": b"x"}, VALIDATION,
               NO_MESSAGE, key("ECC_NIST_P256", "KEY_AGREEMENT"))


def signatures():
    for spec, algorithm, length in (("ECC_NIST_P256", "ECDSA_SHA_256", 32), ("ECC_NIST_P384", "ECDSA_SHA_384", 48),
                                    ("RSA_2048", "RSASSA_PSS_SHA_512", 64), ("RSA_2048", "RSASSA_PKCS1_V1_5_SHA_256", 32)):
        make = key(spec, "SIGN_VERIFY")
        asked = {"KeyId": own, "SigningAlgorithm": algorithm, "MessageType": "DIGEST"}
        text = f"Digest is invalid length for algorithm {algorithm}."
        for wrong in (length - 1, length + 1):
            yield Case("Sign", {**asked, "Message": b"x" * wrong}, VALIDATION, text, make)
        yield Case("Verify", {**asked, "Message": b"x", "Signature": b"x"}, VALIDATION, text, make)
        yield Case("Verify", {**asked, "Message": b"x" * length, "Signature": b"x" * 256}, "KMSInvalidSignatureException",
                   NO_MESSAGE, make)
    yield Case("VerifyMac", {"KeyId": own, "Message": b"x", "Mac": b"x", "MacAlgorithm": "HMAC_SHA_256"},
               "KMSInvalidMacException", NO_MESSAGE, key("HMAC_256", "GENERATE_VERIFY_MAC"))


def dry_runs():
    text = "The request would have succeeded, but the DryRun option is set."
    sign = {"KeyId": own, "Message": b"x", "SigningAlgorithm": "ECDSA_SHA_256", "DryRun": True}
    yield Case("Sign", sign, "DryRunOperationException", text, key("ECC_NIST_P256", "SIGN_VERIFY"))
    for operation, more in {
        "Encrypt": {"Plaintext": b"x"}, "Decrypt": {"CiphertextBlob": sealed}, "GenerateDataKey": {"NumberOfBytes": 1},
        "GenerateDataKeyWithoutPlaintext": {"NumberOfBytes": 1}, "GenerateDataKeyPair": {"KeyPairSpec": "ECC_NIST_P256"},
        "GenerateDataKeyPairWithoutPlaintext": {"KeyPairSpec": "ECC_NIST_P256"},
        "CreateGrant": {"GranteePrincipal": "arn:aws:iam::111122223333:root", "Operations": ["Encrypt"]},
    }.items():
        yield Case(operation, {"KeyId": own, "DryRun": True, **more}, "DryRunOperationException", text, key())
        # What would fail anyway fails as it would.
        if operation not in ("Decrypt", "CreateGrant"):
            yield Case(operation, {"KeyId": own, "DryRun": True, **more}, "DisabledException", "{arn} is disabled.",
                       disabled())
    yield Case("GenerateMac", {"KeyId": own, "DryRun": True, "Message": b"x", "MacAlgorithm": "HMAC_SHA_256"},
               "DryRunOperationException", text, key("HMAC_256", "GENERATE_VERIFY_MAC"))


def aliases():
    prefix = ('Alias must start with the prefix "alias/". Please see '
              "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html")
    for name in ("x", "Alias/x", "alias", "alias-x"):
        yield Case("CreateAlias", {"AliasName": name, "TargetKeyId": own}, VALIDATION, prefix, key())
    yield Case("CreateAlias", {"AliasName": "alias/taken", "TargetKeyId": own}, "AlreadyExistsException",
               "An alias with the name arn:aws:kms:us-east-1:{account}:alias/taken already exists", with_alias)
    yield Case("CreateAlias", {"AliasName": "alias/new", "TargetKeyId": "alias/taken"}, VALIDATION,
               "Aliases must refer to keys. Not aliases", with_alias)
    yield Case("CreateAlias", {"AliasName": "alias/a:b", "TargetKeyId": own}, VALIDATION,
               "alias/a:b contains invalid characters for an alias", key())
    yield Case("CreateAlias", {"AliasName": "alias/aws/x", "TargetKeyId": own}, "NotAuthorizedException", NO_MESSAGE, key())
    for operation, more in (("DeleteAlias", {}), ("UpdateAlias", {"TargetKeyId": own})):
        yield Case(operation, {"AliasName": "alias/none", **more}, "NotFoundException",
                   "Alias arn:aws:kms:us-east-1:{account}:alias/none is not found.", key())


def policies():
    malformed = "MalformedPolicyDocumentException"
    lockout = "The new key policy will not allow you to update the key policy in the future."
    principals = "Policy contains a statement with one or more invalid principals."

    def nobodys(kms, key_id):
        return NOBODYS_POLICY % kms.account

    def strangers(kms, key_id):
        return (NOBODYS_POLICY % "x").replace("kms:Decrypt", "kms:*")

    yield Case("PutKeyPolicy", {"KeyId": own, "Policy": nobodys}, malformed, lockout, key())
    yield Case("CreateKey", {"Policy": nobodys}, malformed, lockout)
    yield Case("PutKeyPolicy", {"KeyId": own, "Policy": strangers}, malformed, principals, key())
    yield Case("PutKeyPolicy", {"KeyId": own, "Policy": "{}", "PolicyName": "AWS_RAM"}, VALIDATION,
               "The AWS_RAM policy can only be managed by the RAM service", key())
    yield Case("GetKeyPolicy", {"KeyId": own, "PolicyName": "other"}, "NotFoundException", "No such policy exists", key())


def regions():
    yield Case("ReplicateKey", {"KeyId": own, "ReplicaRegion": "eu-west-1"}, UNSUPPORTED,
               "{arn} is not a multi-region primary key.", key())


FAMILIES = [states, identifiers, usages, creations, materials, ciphertexts, signatures, dry_runs, aliases, policies, regions]


@pytest.fixture
def kms(endpoint, tenant_name):
    return Kms(endpoint, tenant_name)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
def test_what_is_said(kms, family):
    made = {}
    for case in family():
        if case.operation in NOT_BUILT:
            continue
        # Keys that nothing changes are made once.
        key_id = made[case.make] = made.get(case.make) or case.make(kms)
        parameters = {name: value(kms, key_id) if callable(value) else value for name, value in case.parameters.items()}
        message = case.message
        if isinstance(message, str):
            message = message.format(id=key_id, arn=kms.arn(key_id), account=kms.account)
        try:
            with refused(case.code, message, case.status):
                kms.client._make_api_call(case.operation, parameters)
        except BaseException as error:
            raise AssertionError(f"{case.operation} {parameters}: {error}") from error
