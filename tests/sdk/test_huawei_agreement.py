"""Deriving shared secrets: both sides get the same, whichever library the other side uses."""

import secrets

import pytest
from attestation import opened
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, x25519
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from huawei_support import MISSING_KEY, b64, kms, refused, unb64  # noqa: F401
from test_huawei_data_key_pairs import recipient
from test_huawei_import import pem_bytes
from wrapping import multiply, private_key_der, public_key_der, sm2_key

CURVES = {"EC_P256": ec.SECP256R1, "EC_P384": ec.SECP384R1, "SECP256K1": ec.SECP256K1}
USAGE = {"key_usage": "KEY_AGREEMENT"}


def derive(kms, key_id, peer: bytes, **members):
    return kms.derive_shared_secret(key_id=key_id, key_agreement_algorithm="ECDH", public_key=b64(peer), **members)


def point(spki: bytes) -> tuple[int, int]:
    return int.from_bytes(spki[-64:-32]), int.from_bytes(spki[-32:])


@pytest.mark.parametrize("spec", CURVES)
@pytest.mark.parametrize("origin", ["kms", "external"])
def test_the_same_secret_elsewhere(kms, spec, origin):
    key_id = kms.create(key_spec=spec, origin=origin, **USAGE)
    if origin == "external":
        kms.bring_private(key_id, private_key_der(ec.generate_private_key(CURVES[spec]())))
    assert kms.describe(key_id).key_usage == "KEY_AGREEMENT"
    ours = load_pem_public_key(kms.show_public_key(key_id=key_id).public_key.encode())
    for _ in range(3):
        peer = ec.generate_private_key(CURVES[spec]())
        answer = derive(kms, key_id, public_key_der(peer))
        assert (answer.key_id, answer.key_agreement_algorithm, answer.ciphertext_recipient) == (key_id, "ECDH", None)
        assert unb64(answer.shared_secret) == peer.exchange(ec.ECDH(), ours)


@pytest.mark.parametrize("origin", ["kms", "external"])
def test_the_same_secret_on_sm2(kms, origin):
    key_id = kms.create(key_spec="SM2", origin=origin, **USAGE)
    if origin == "external":
        kms.bring_private(key_id, sm2_key()[1])
    ours = point(pem_bytes(kms.show_public_key(key_id=key_id).public_key))
    scalar, _, spki = sm2_key()
    x, _ = multiply(scalar, ours)
    assert unb64(derive(kms, key_id, spki).shared_secret) == x.to_bytes(32)


@pytest.mark.parametrize("spec, length", [("EC_P256", 32), ("EC_P384", 48), ("SECP256K1", 32), ("SM2", 32)])
def test_two_keys_agree(kms, spec, length):
    one, two = kms.create(key_spec=spec, **USAGE), kms.create(key_spec=spec, **USAGE)
    public = {key_id: pem_bytes(kms.show_public_key(key_id=key_id).public_key) for key_id in (one, two)}
    secret = unb64(derive(kms, one, public[two]).shared_secret)
    assert secret == unb64(derive(kms, two, public[one]).shared_secret) and len(secret) == length


def test_the_secret_for_an_enclave(kms):
    key_id, peer = kms.create(key_spec="EC_P384", **USAGE), ec.generate_private_key(ec.SECP384R1())
    answer = derive(kms, key_id, public_key_der(peer), recipient=recipient())
    assert answer.shared_secret is None
    secret = derive(kms, key_id, public_key_der(peer)).shared_secret
    assert opened(unb64(answer.ciphertext_recipient)) == unb64(secret)


def bad_peers() -> dict[str, bytes]:
    good = public_key_der(ec.generate_private_key(ec.SECP256R1()))
    return {
        "another curve": public_key_der(ec.generate_private_key(ec.SECP384R1())),
        "secp256k1": public_key_der(ec.generate_private_key(ec.SECP256K1())),
        "SM2": sm2_key()[2],
        "Ed25519": public_key_der(ed25519.Ed25519PrivateKey.generate()),
        "X25519": public_key_der(x25519.X25519PrivateKey.generate()),
        "a private key": private_key_der(ec.generate_private_key(ec.SECP256R1())),
        "a byte more": good + b"\0",
        "a byte less": good[:-1],
        "off the curve": good[:-1] + bytes([good[-1] ^ 1]),
        "a bare point": good[-65:],
        "random bytes": secrets.token_bytes(91),
    }


def test_peers_that_are_none(kms):
    key_id = kms.create(key_spec="EC_P256", **USAGE)
    before = kms.snapshot(key_id)
    for name, peer in bad_peers().items():
        with refused("KMS.0308", "public_key"):
            derive(kms, key_id, peer)
            pytest.fail(name)
    for text in ["", "?", "AAA"]:
        answer = kms.post("derive-shared-secret", key_id=key_id, key_agreement_algorithm="ECDH", public_key=text)
        answer.is_refusal("KMS.0308")
    assert kms.snapshot(key_id) == before


@pytest.mark.parametrize("members, code", [
    ({"key_id": MISSING_KEY}, "KMS.0207"),
    ({"key_id": "x"}, "KMS.0205"),
    ({"key_agreement_algorithm": "DH"}, "KMS.0308"),
    ({"key_agreement_algorithm": ""}, "KMS.0308"),
])
def test_deriving_refuses(kms, members, code):
    peer = b64(public_key_der(ec.generate_private_key(ec.SECP256R1())))
    asked = {"key_id": kms.create(key_spec="EC_P256", **USAGE), "key_agreement_algorithm": "ECDH", "public_key": peer}
    kms.post("derive-shared-secret", **{**asked, **members}).is_refusal(code)
    for name in asked:
        kms.post("derive-shared-secret", **{**asked, name: None}).is_refusal("KMS.0204")


@pytest.mark.parametrize("spec, members, code", [
    ("EC_P256", {}, "KMS.0335"),
    ("SM2", {}, "KMS.0335"),
    ("ED25519", {}, "KMS.0335"),
    ("SM2", {"key_usage": "ENCRYPT_DECRYPT"}, "KMS.0334"),
    ("RSA_2048", {"key_usage": "ENCRYPT_DECRYPT"}, "KMS.0334"),
    ("AES_256", {}, "KMS.0331"),
    ("SM4", {}, "KMS.0331"),
    ("HMAC_256", {}, "KMS.0341"),
])
def test_keys_that_do_not_agree(kms, spec, members, code):
    with refused(code):
        derive(kms, kms.create(key_spec=spec, **members), public_key_der(ec.generate_private_key(ec.SECP256R1())))


@pytest.mark.parametrize("spec, code", [
    ("AES_256", "KMS.0308"), ("SM4", "KMS.0308"), ("HMAC_256", "KMS.0341"), ("RSA_2048", "KMS.0308"),
    ("ED25519", "KMS.0308"),
])
def test_kinds_that_agree_on_nothing(kms, spec, code):
    with refused(code):
        kms.create(key_spec=spec, **USAGE)
    assert kms.list_keys(key_spec="ALL").total == 0


def test_agreement_keys_do_nothing_else(kms):
    key_id, sm2 = kms.create(key_spec="EC_P256", **USAGE), kms.create(key_spec="SM2", **USAGE)
    with refused("KMS.0325"):
        kms.sign(key_id=key_id, message=b64(bytes(32)), signing_algorithm="ECDSA_SHA_256")
    with refused("KMS.1114"):
        kms.encrypt_data(key_id=key_id, plain_text="x", encryption_algorithm="RSAES_OAEP_SHA_256")
    with refused("KMS.0325"):
        kms.encrypt_data(key_id=sm2, plain_text="x", encryption_algorithm="SM2_ENCRYPT")
    for other in [key_id, sm2]:
        with refused("KMS.0325"):
            kms.create_datakey(key_id=other)
        with refused("KMS.0325"):
            kms.generate_mac(key_id=other, mac_algorithm="HMAC_SHA_256", message="AAAA")


@pytest.mark.parametrize("state, code", [("3", "KMS.0209"), ("4", "KMS.0210"), ("5", "KMS.1301")])
def test_deriving_and_states(kms, state, code):
    key_id = kms.in_state(state, key_spec="EC_P256", **USAGE)
    before = kms.snapshot(key_id)
    with refused(code):
        derive(kms, key_id, public_key_der(ec.generate_private_key(ec.SECP256R1())))
    assert kms.snapshot(key_id) == before
