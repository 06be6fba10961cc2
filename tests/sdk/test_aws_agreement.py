"""DeriveSharedSecret: both sides get the same secret, whichever library the other side uses."""

import pytest
from aws_support import CHINA, CURVES, EDWARDS, NO_MESSAGE, RSA_SPECS, SYMMETRIC, Kms, missing_id, private_key, refused
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from wrapping import multiply, private_key_der, public_key_der, sm2_key

SPECS = ["ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521"]
USAGE = {"KeyUsage": "KEY_AGREEMENT"}


@pytest.fixture
def kms(endpoint, tenant_name):
    return Kms(endpoint, tenant_name)


def derived(kms, key_id, peer, **more):
    answer = kms.derive_shared_secret(KeyId=key_id, KeyAgreementAlgorithm="ECDH", PublicKey=peer, **more)
    answer.pop("ResponseMetadata")
    return answer


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("origin", ["AWS_KMS", "EXTERNAL"])
def test_the_same_secret_elsewhere(kms, spec, origin):
    key_id = kms.create(spec, Origin=origin, **USAGE)
    if origin == "EXTERNAL":
        kms.bring_plain(key_id, private_key_der(private_key(spec)), "RSA_AES_KEY_WRAP_SHA_256")
    for number in range(3):
        peer = private_key(spec, number)
        answer = derived(kms, key_id, public_key_der(peer))
        ours = load_der_public_key(kms.get_public_key(KeyId=key_id)["PublicKey"])
        assert answer == {"KeyId": kms.arn(key_id), "SharedSecret": peer.exchange(ec.ECDH(), ours),
                          "KeyAgreementAlgorithm": "ECDH", "KeyOrigin": origin}


@pytest.mark.parametrize("spec", SPECS)
def test_two_keys_agree(kms, spec):
    one, two = kms.create(spec, **USAGE), kms.create(spec, **USAGE)
    public = {key_id: kms.get_public_key(KeyId=key_id)["PublicKey"] for key_id in (one, two)}
    secret = derived(kms, one, public[two])["SharedSecret"]
    assert secret == derived(kms, kms.arn(two), public[one])["SharedSecret"]
    assert len(secret) == {"256": 32, "384": 48, "521": 66}[spec[-3:]]


def test_what_is_told_of_such_a_key(kms):
    key_id = kms.create("ECC_NIST_P256", **USAGE)
    for told in (kms.describe(key_id), kms.get_public_key(KeyId=key_id)):
        assert (told["KeyUsage"], told["KeyAgreementAlgorithms"]) == ("KEY_AGREEMENT", ["ECDH"])
        assert "SigningAlgorithms" not in told
    message = f"{kms.arn(key_id)} key usage is KEY_AGREEMENT which is not valid for Sign."
    with refused("InvalidKeyUsageException", message):
        kms.sign(KeyId=key_id, Message=b"x", SigningAlgorithm="ECDSA_SHA_256")


@pytest.mark.parametrize("spec", [SYMMETRIC, "HMAC_256", "ECC_SECG_P256K1", EDWARDS, *RSA_SPECS])
def test_kinds_that_agree_on_nothing(kms, spec):
    with refused("ValidationException", f"KeyUsage KEY_AGREEMENT is not compatible with KeySpec {spec}"):
        kms.create(spec, **USAGE)


def test_sm2_in_china(endpoint, tenant_name):
    kms = Kms(endpoint, tenant_name, CHINA)
    scalar, _, spki = sm2_key()
    for _ in range(4):
        key_id = kms.create("SM2", **USAGE)
        ours = kms.get_public_key(KeyId=key_id)["PublicKey"][-64:]
        point = (int.from_bytes(ours[:32], "big"), int.from_bytes(ours[32:], "big"))
        expected = multiply(scalar, point)[0].to_bytes(32, "big")
        assert derived(kms, key_id, spki)["SharedSecret"] == expected
    for bad in (spki[:-1], spki + b"\0", spki[:-1] + bytes([spki[-1] ^ 1]), public_key_der(private_key(SPECS[0]))):
        with refused("ValidationException", NO_MESSAGE):
            derived(kms, key_id, bad)


def test_bad_peers(kms):
    key_id = kms.create("ECC_NIST_P256", **USAGE)
    good = public_key_der(private_key("ECC_NIST_P256"))
    others = [public_key_der(private_key(spec)) for spec in (*CURVES, EDWARDS, "RSA_2048") if spec != "ECC_NIST_P256"]
    point = private_key("ECC_NIST_P256").public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    pem = private_key("ECC_NIST_P256").public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    off_the_curve = good[:-1] + bytes([good[-1] ^ 1])
    private = private_key_der(private_key("ECC_NIST_P256"))
    for bad in (*others, good[:-1], good + b"\0", off_the_curve, point, pem, private, b"x", bytes(8192)):
        with refused("ValidationException", NO_MESSAGE):
            derived(kms, key_id, bad)
    with refused("ValidationException"):
        derived(kms, key_id, bytes(8193))


def test_refusals(kms):
    key_id, signing = kms.create("ECC_NIST_P256", **USAGE), kms.create("ECC_NIST_P256")
    peer, absent = public_key_der(private_key("ECC_NIST_P256")), missing_id()
    with refused("InvalidKeyUsageException",
                 f"{kms.arn(signing)} key usage is SIGN_VERIFY which is not valid for DeriveSharedSecret."):
        derived(kms, signing, peer)
    with refused("NotFoundException", f"Key '{kms.arn(absent)}' does not exist"):
        derived(kms, absent, peer)
    with refused("InvalidGrantTokenException"):
        derived(kms, key_id, peer, GrantTokens=["abc"])
    with refused("ValidationException"):
        derived(kms, key_id, peer,
                Recipient={"KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256", "AttestationDocument": b"x"})
    with refused("DryRunOperationException", "The request would have succeeded, but the DryRun option is set."):
        derived(kms, key_id, peer, DryRun=True)
    with refused("ValidationException", NO_MESSAGE):
        derived(kms, key_id, b"x", DryRun=True)
    kms.disable_key(KeyId=key_id)
    with refused("DisabledException", f"{kms.arn(key_id)} is disabled."):
        derived(kms, key_id, peer)
