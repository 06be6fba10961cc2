"""GenerateDataKeyPair with and without the private half in the open: the pairs belong together and work elsewhere."""

import time

import pytest
from aws_support import CHINA, PRIVATE_SPECS, RSA_SPECS, Kms, missing_id, refused
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from wrapping import sm2_digest, sm2_verify

OPERATIONS = ["generate_data_key_pair", "generate_data_key_pair_without_plaintext"]


@pytest.fixture
def kms(endpoint, tenant_name):
    return Kms(endpoint, tenant_name)


def made(kms, operation, key_id, spec="ECC_NIST_P256", **more):
    answer = getattr(kms, operation)(KeyId=key_id, KeyPairSpec=spec, **more)
    answer.pop("ResponseMetadata")
    return answer


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("spec", PRIVATE_SPECS)
def test_pairs(kms, operation, spec):
    key_id = kms.imported()
    metadata = kms.describe(key_id)
    answer = made(kms, operation, key_id, spec, EncryptionContext={"a": "b"})
    sealed, public = answer.pop("PrivateKeyCiphertextBlob"), answer.pop("PublicKey")
    plain = kms.decrypt(CiphertextBlob=sealed, EncryptionContext={"a": "b"})["Plaintext"]
    if operation == "generate_data_key_pair":
        assert answer.pop("PrivateKeyPlaintext") == plain
    assert answer == {"KeyId": metadata["Arn"], "KeyPairSpec": spec, "KeyMaterialId": metadata["CurrentKeyMaterialId"]}
    key = serialization.load_der_private_key(plain, None)
    assert key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) == public
    if spec in RSA_SPECS:
        assert key.key_size == int(spec[4:])
    with refused("InvalidCiphertextException"):
        kms.decrypt(CiphertextBlob=sealed)
    # The private half is a key of that kind: it can be imported as one.
    again = kms.external(spec)
    kms.bring_plain(again, plain, "RSA_AES_KEY_WRAP_SHA_256")
    assert kms.get_public_key(KeyId=again)["PublicKey"] == public


@pytest.mark.parametrize("spec", ["RSA_2048", "ECC_NIST_P256", "ECC_NIST_EDWARDS25519"])
def test_no_pair_is_made_twice(kms, spec):
    key_id = kms.create()
    pairs = [made(kms, operation, key_id, spec)["PublicKey"] for operation in OPERATIONS * 3]
    assert len(set(pairs)) == len(pairs)


def test_sm2_in_china(endpoint, tenant_name):
    kms = Kms(endpoint, tenant_name, CHINA)
    pair = made(kms, "generate_data_key_pair", kms.create(), "SM2")
    again = kms.external("SM2")
    kms.bring_plain(again, pair["PrivateKeyPlaintext"], "SM2PKE", "SM2")
    signature = kms.sign(KeyId=again, Message=b"hello", SigningAlgorithm="SM2DSA")["Signature"]
    assert sm2_verify(pair["PublicKey"], sm2_digest(pair["PublicKey"], b"hello"), signature)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_refusals(kms, operation):
    key_id, name = kms.create(), "".join(word.title() for word in operation.split("_"))
    with refused("UnsupportedOperationException"):
        made(kms, operation, key_id, "SM2")
    absent = missing_id()
    with refused("NotFoundException", f"Key '{kms.arn(absent)}' does not exist"):
        made(kms, operation, absent)
    mac, rsa = kms.create("HMAC_256"), kms.create("RSA_2048", KeyUsage="ENCRYPT_DECRYPT")
    with refused("InvalidKeyUsageException",
                 f"{kms.arn(mac)} key usage is GENERATE_VERIFY_MAC which is not valid for {name}."):
        made(kms, operation, mac)
    with refused("InvalidKeyUsageException", "Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048."):
        made(kms, operation, rsa)
    with refused("ValidationException"):
        made(kms, operation, key_id, EncryptionContext={"a": "b" * 8192})
    with refused("InvalidGrantTokenException"):
        made(kms, operation, key_id, GrantTokens=["abc"])


@pytest.mark.parametrize("operation", OPERATIONS)
def test_dry_runs_make_nothing(kms, operation):
    key_id, mac = kms.create(), kms.create("HMAC_256")
    started = time.monotonic()
    # More than the pool holds: none of them takes a pair out of it.
    for _ in range(20):
        with refused("DryRunOperationException", "The request would have succeeded, but the DryRun option is set."):
            made(kms, operation, key_id, "RSA_4096", DryRun=True)
    assert time.monotonic() - started < 5
    made(kms, operation, key_id, DryRun=False)
    with refused("InvalidKeyUsageException"):
        made(kms, operation, mac, DryRun=True)
    kms.disable_key(KeyId=key_id)
    with refused("DisabledException"):
        made(kms, operation, key_id, DryRun=True)


def test_recipients_need_a_document(kms):
    recipient = {"KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256", "AttestationDocument": b"x"}
    with refused("ValidationException"):
        made(kms, "generate_data_key_pair", kms.create(), Recipient=recipient)
