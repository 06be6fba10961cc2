"""ReEncrypt: from key to key, context to context, cipher to cipher, and what stands in its way."""

import os

import pytest
from aws_support import (
    CHINA, NO_MESSAGE, SYMMETRIC, Kms, missing_id, private_key, refused, unchanged,
)
from wrapping import oaep, private_key_der, sm2_decrypt, sm2_key

OAEP = "RSAES_OAEP_SHA_256"


@pytest.fixture
def kms(endpoint, tenant_name):
    return Kms(endpoint, tenant_name)


def moved(kms, blob, key_id, **more):
    answer = kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=key_id, **more)
    answer.pop("ResponseMetadata")
    return answer


def encrypted(kms, key_id, plain=b"x", **more):
    return kms.encrypt(KeyId=key_id, Plaintext=plain, **more)["CiphertextBlob"]


@pytest.mark.parametrize("length", [1, 4096])
def test_from_key_to_key(kms, length):
    one, two, plain = kms.create(), kms.imported(), os.urandom(length)
    blob = encrypted(kms, one, plain, EncryptionContext={"a": "b"})
    for named in ({}, {"SourceKeyId": one}, {"SourceKeyId": kms.arn(one), "SourceEncryptionAlgorithm": SYMMETRIC}):
        answer = moved(kms, blob, two, SourceEncryptionContext={"a": "b"}, DestinationEncryptionContext={"c": "d"},
                       **named)
        again = answer.pop("CiphertextBlob")
        assert answer == {
            "SourceKeyId": kms.arn(one), "KeyId": kms.arn(two), "SourceEncryptionAlgorithm": SYMMETRIC,
            "DestinationEncryptionAlgorithm": SYMMETRIC,
            "SourceKeyMaterialId": kms.describe(one)["CurrentKeyMaterialId"],
            "DestinationKeyMaterialId": kms.describe(two)["CurrentKeyMaterialId"],
        }
        assert again != blob and len(again) == length + 152
        opened = kms.decrypt(CiphertextBlob=again, EncryptionContext={"c": "d"})
        assert (opened["Plaintext"], opened["KeyId"]) == (plain, kms.arn(two))
        with refused("InvalidCiphertextException", NO_MESSAGE):
            kms.decrypt(CiphertextBlob=again, EncryptionContext={"a": "b"})


def test_a_new_context_under_the_same_key(kms):
    key_id = kms.create()
    again = moved(kms, encrypted(kms, key_id), key_id, DestinationEncryptionContext={"a": "b"})["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=again, EncryptionContext={"a": "b"})["Plaintext"] == b"x"


def test_into_and_out_of_rsa(kms):
    symmetric, key = kms.create(), private_key("RSA_2048")
    rsa = kms.create("RSA_2048", KeyUsage="ENCRYPT_DECRYPT", Origin="EXTERNAL")
    kms.bring_plain(rsa, private_key_der(key), "RSA_AES_KEY_WRAP_SHA_256")
    into = moved(kms, encrypted(kms, symmetric), rsa, DestinationEncryptionAlgorithm=OAEP)
    assert "DestinationKeyMaterialId" not in into and "SourceKeyMaterialId" in into
    assert into["DestinationEncryptionAlgorithm"] == OAEP
    assert key.decrypt(into["CiphertextBlob"], oaep(OAEP)) == b"x"
    for plain in (b"", b"hello"):
        foreign = key.public_key().encrypt(plain, oaep(OAEP))
        out = moved(kms, foreign, symmetric, SourceKeyId=rsa, SourceEncryptionAlgorithm=OAEP)
        assert "SourceKeyMaterialId" not in out and out["SourceKeyId"] == kms.arn(rsa)
        assert kms.decrypt(CiphertextBlob=out["CiphertextBlob"])["Plaintext"] == plain
    long = encrypted(kms, symmetric, bytes(191))
    with refused("ValidationException",
                 f"Algorithm {OAEP} and key spec RSA_2048 cannot encrypt data larger than 190 bytes."):
        moved(kms, long, rsa, DestinationEncryptionAlgorithm=OAEP)
    for blob in (foreign[:-1], foreign + b"\0", b"x"):
        with refused("InvalidCiphertextException", NO_MESSAGE):
            moved(kms, blob, symmetric, SourceKeyId=rsa, SourceEncryptionAlgorithm=OAEP)
    with refused("ValidationException",
                 "1 validation error detected: Value null at 'sourceKeyId' failed to satisfy constraint: Member must "
                 "not be null"):
        moved(kms, foreign, symmetric, SourceEncryptionAlgorithm=OAEP)
    for contexts in ({"DestinationEncryptionContext": {"a": "b"}, "DestinationEncryptionAlgorithm": OAEP},
                     {"SourceEncryptionContext": {"a": "b"}, "SourceEncryptionAlgorithm": OAEP, "SourceKeyId": rsa}):
        with refused("ValidationException"):
            moved(kms, foreign, rsa, **contexts)
    message = "Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048."
    with refused("InvalidKeyUsageException", message):
        moved(kms, long, rsa)
    # Which key made the ciphertext comes before what the named key can do.
    with refused("IncorrectKeyException"):
        moved(kms, long, symmetric, SourceKeyId=rsa)
    with refused("InvalidKeyUsageException", message):
        moved(kms, foreign, symmetric, SourceKeyId=rsa)


def test_into_sm2_in_china(endpoint, tenant_name):
    kms = Kms(endpoint, tenant_name, CHINA)
    scalar, pkcs8, _ = sm2_key()
    symmetric, sm2 = kms.create(), kms.create("SM2", KeyUsage="ENCRYPT_DECRYPT", Origin="EXTERNAL")
    kms.bring_plain(sm2, pkcs8, "SM2PKE", "SM2")
    into = moved(kms, encrypted(kms, symmetric, b"hello"), sm2, DestinationEncryptionAlgorithm="SM2PKE")
    assert sm2_decrypt(scalar, into["CiphertextBlob"]) == b"hello"
    rsa, key = kms.create("RSA_2048", KeyUsage="ENCRYPT_DECRYPT", Origin="EXTERNAL"), private_key("RSA_2048")
    kms.bring_plain(rsa, private_key_der(key), "SM2PKE", "SM2")
    # SM2 cannot encrypt nothing.
    nothing = key.public_key().encrypt(b"", oaep(OAEP))
    with refused("InvalidCiphertextException"):
        moved(kms, nothing, sm2, SourceKeyId=rsa, SourceEncryptionAlgorithm=OAEP,
              DestinationEncryptionAlgorithm="SM2PKE")


def test_the_source_is_the_ciphertexts_key(kms, endpoint):
    one, two = kms.create(), kms.create()
    blob = encrypted(kms, one)
    with refused("IncorrectKeyException",
                 "The key ID in the request does not identify a CMK that can perform this operation."):
        moved(kms, blob, two, SourceKeyId=two)
    for spoilt in (blob[:-1], blob + b"\0", blob[:60] + bytes([blob[60] ^ 1]) + blob[61:], b"x"):
        with refused("InvalidCiphertextException", NO_MESSAGE):
            moved(kms, spoilt, two)
    with refused("InvalidCiphertextException", NO_MESSAGE):
        moved(kms, blob, two, SourceEncryptionContext={"a": "b"})
    stranger = Kms(endpoint, kms.name + "x")
    with refused("AccessDeniedException"):
        moved(stranger, blob, stranger.create())
    absent = missing_id()
    message = f"Key '{kms.arn(absent)}' does not exist"
    with refused("NotFoundException", message):
        moved(kms, blob, absent)
    with refused("NotFoundException", message):
        moved(kms, blob, two, SourceKeyId=absent)


def test_both_keys_are_judged(kms):
    one, two = kms.create(), kms.create()
    blob = encrypted(kms, one)
    for disabled in (one, two):
        kms.disable_key(KeyId=disabled)
        with unchanged(kms, disabled), refused("DisabledException", f"{kms.arn(disabled)} is disabled."):
            moved(kms, blob, two)
        kms.enable_key(KeyId=disabled)
    mac = kms.create("HMAC_256")
    message = f"{kms.arn(mac)} key usage is GENERATE_VERIFY_MAC which is not valid for ReEncrypt."
    with refused("InvalidKeyUsageException", message):
        moved(kms, blob, mac)
    with refused("InvalidKeyUsageException", message):
        moved(kms, b"x", two, SourceKeyId=mac)
    with refused("IncorrectKeyException"):
        moved(kms, blob, mac, SourceKeyId=mac)


def test_dry_runs(kms):
    one, two = kms.create(), kms.create()
    blob = encrypted(kms, one)
    message = "The request would have succeeded, but the DryRun option is set."
    with refused("DryRunOperationException", message):
        moved(kms, blob, two, DryRun=True)
    with refused("InvalidCiphertextException", NO_MESSAGE):
        moved(kms, b"x", two, DryRun=True)
    ignored = {"DryRun": True, "DryRunModifiers": ["IGNORE_CIPHERTEXT"]}
    with refused("DryRunOperationException", message):
        kms.re_encrypt(SourceKeyId=one, DestinationKeyId=two, **ignored)
    with refused("ValidationException"):
        kms.re_encrypt(DestinationKeyId=two, **ignored)
    for pair in ((missing_id(), two), (one, missing_id())):
        with refused("NotFoundException"):
            kms.re_encrypt(SourceKeyId=pair[0], DestinationKeyId=pair[1], **ignored)
    with refused("ValidationException"):
        moved(kms, blob, two, DryRunModifiers=["IGNORE_CIPHERTEXT"])
    with refused("ValidationException",
                 "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: Member "
                 "must not be null"):
        kms.unchecked().re_encrypt(SourceKeyId=one, DestinationKeyId=two)
