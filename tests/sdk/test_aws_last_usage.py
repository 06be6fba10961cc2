"""GetKeyLastUsage: what a key was last used for, and what does not count."""

import uuid

import pytest
from aws_support import HOUR, Kms, refused, seconds

START = 1_800_000_000
SIGNING = {"Message": b"x", "SigningAlgorithm": "ECDSA_SHA_256"}
MAC = {"Message": b"x", "MacAlgorithm": "HMAC_SHA_256"}


@pytest.fixture
def kms(endpoint, tenant_name, clock):
    kms = Kms(endpoint, tenant_name)
    clock.freeze("aws", kms.access_id, START)
    return kms


def usage(kms, key_id):
    return kms.get_key_last_usage(KeyId=key_id)["KeyLastUsage"]


def check(kms, key_id, operation, answer):
    last = usage(kms, key_id)
    assert last["Operation"] == operation
    assert last["KmsRequestId"] == answer["ResponseMetadata"]["RequestId"]
    assert str(uuid.UUID(last["CloudTrailEventId"])) == last["CloudTrailEventId"]
    return last


def test_a_key_that_was_not_used(kms, clock):
    key_id = kms.create()
    kms.describe(key_id)
    kms.disable_key(KeyId=key_id)
    clock.advance("aws", kms.access_id, HOUR)
    told = kms.get_key_last_usage(KeyId=kms.arn(key_id))
    assert told["KeyId"] == kms.arn(key_id)
    assert told["KeyLastUsage"] == {}
    assert seconds(told["KeyCreationDate"]) == seconds(told["TrackingStartDate"]) == START


def test_every_use_is_told(kms, clock):
    symmetric, signing, mac = kms.create(), kms.create("ECC_NIST_P256"), kms.create("HMAC_256")
    agreement = kms.create("ECC_NIST_P256", KeyUsage="KEY_AGREEMENT")
    peer = kms.get_public_key(KeyId=agreement)["PublicKey"]
    assert usage(kms, agreement) == {}
    sealed, signed = kms.encrypt(KeyId=symmetric, Plaintext=b"x"), kms.sign(KeyId=signing, **SIGNING)
    made = kms.generate_mac(KeyId=mac, **MAC)
    uses = [
        (symmetric, "Encrypt", lambda: kms.encrypt(KeyId=symmetric, Plaintext=b"x")),
        (symmetric, "Decrypt", lambda: kms.decrypt(CiphertextBlob=sealed["CiphertextBlob"])),
        (symmetric, "GenerateDataKey", lambda: kms.generate_data_key(KeyId=symmetric, KeySpec="AES_256")),
        (symmetric, "GenerateDataKeyWithoutPlaintext",
         lambda: kms.generate_data_key_without_plaintext(KeyId=symmetric, KeySpec="AES_256")),
        (symmetric, "GenerateDataKeyPair",
         lambda: kms.generate_data_key_pair(KeyId=symmetric, KeyPairSpec="ECC_NIST_P256")),
        (symmetric, "GenerateDataKeyPairWithoutPlaintext",
         lambda: kms.generate_data_key_pair_without_plaintext(KeyId=symmetric, KeyPairSpec="ECC_NIST_P256")),
        (signing, "Sign", lambda: kms.sign(KeyId=signing, **SIGNING)),
        (signing, "Verify", lambda: kms.verify(KeyId=signing, Signature=signed["Signature"], **SIGNING)),
        (mac, "GenerateMac", lambda: kms.generate_mac(KeyId=mac, **MAC)),
        (mac, "VerifyMac", lambda: kms.verify_mac(KeyId=mac, Mac=made["Mac"], **MAC)),
        (agreement, "DeriveSharedSecret",
         lambda: kms.derive_shared_secret(KeyId=agreement, KeyAgreementAlgorithm="ECDH", PublicKey=peer)),
    ]
    for number, (key_id, operation, use) in enumerate(uses, 1):
        clock.advance("aws", kms.access_id, 60)
        last = check(kms, key_id, operation, use())
        assert seconds(last["Timestamp"]) == START + 60 * number


def test_re_encrypting_uses_two_keys(kms):
    source, destination = kms.create(), kms.create()
    blob = kms.encrypt(KeyId=source, Plaintext=b"x")["CiphertextBlob"]
    answer = kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=destination)
    events = {check(kms, key_id, "ReEncrypt", answer)["CloudTrailEventId"] for key_id in (source, destination)}
    assert len(events) == 2


def test_what_does_not_count(kms):
    key_id, signing = kms.create(), kms.create("ECC_NIST_P256")
    answer = kms.encrypt(KeyId=key_id, Plaintext=b"x")
    with refused("DryRunOperationException"):
        kms.generate_data_key(KeyId=key_id, KeySpec="AES_256", DryRun=True)
    with refused("DryRunOperationException"):
        kms.generate_data_key_pair(KeyId=key_id, KeyPairSpec="RSA_2048", DryRun=True)
    with refused("InvalidCiphertextException"):
        kms.decrypt(CiphertextBlob=answer["CiphertextBlob"], EncryptionContext={"a": "b"})
    kms.create_grant(KeyId=key_id, GranteePrincipal=f"arn:aws:iam::{kms.account}:root", Operations=["Encrypt"])
    kms.disable_key(KeyId=key_id)
    with refused("DisabledException"):
        kms.encrypt(KeyId=key_id, Plaintext=b"x")
    check(kms, key_id, "Encrypt", answer)
    with refused("KMSInvalidSignatureException"):
        kms.verify(KeyId=signing, Signature=b"x", **SIGNING)
    kms.get_public_key(KeyId=signing)
    assert usage(kms, signing) == {}


def test_of_whom_it_is_told(kms):
    key_id = kms.create()
    kms.create_alias(AliasName="alias/mine", TargetKeyId=key_id)
    with refused("NotFoundException", "Invalid keyId 'alias/mine'"):
        kms.get_key_last_usage(KeyId="alias/mine")
    elsewhere = kms.elsewhere("eu-west-1")
    with refused("NotFoundException", f"Key '{elsewhere.arn(key_id)}' does not exist"):
        elsewhere.get_key_last_usage(KeyId=key_id)
