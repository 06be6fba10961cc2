"""Signing, public keys, message authentication codes."""

import hashlib
import hmac
import secrets

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils
from huawei_support import MISSING_KEY, b64, kms, refused, unb64  # noqa: F401

RSA = [f"RSASSA_{kind}_SHA_{bits}" for kind in ("PSS", "PKCS1_V1_5") for bits in (256, 384, 512)]
BY_SPEC = {
    "RSA_2048": RSA,
    "RSA_3072": RSA,
    "RSA_4096": RSA,
    "EC_P256": ["ECDSA_SHA_256"],
    "EC_P384": ["ECDSA_SHA_384"],
    "SECP256K1": ["ECDSA_SHA_256"],
    "SM2": ["SM2DSA_SM3"],
}
ALL = [*RSA, "ECDSA_SHA_256", "ECDSA_SHA_384", "ECDSA_SHA_512", "SM2DSA_SM3", "ED25519_SHA_512",
       "ED25519_PH_SHA_512"]


def digest_of(algorithm: str, message: bytes) -> bytes:
    if algorithm == "SM2DSA_SM3":
        return secrets.token_bytes(32)
    return hashlib.new("sha" + algorithm[-3:], message).digest()


def check(public, algorithm, message, signature):
    """With another library than the server's."""
    hashed = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}[algorithm[-3:]]()
    if algorithm.startswith("ECDSA"):
        public.verify(signature, message, ec.ECDSA(hashed))
    elif "PSS" in algorithm:
        salt = padding.PSS(padding.MGF1(hashed), hashed.digest_size)
        public.verify(signature, message, salt, hashed)
    else:
        public.verify(signature, message, padding.PKCS1v15(), hashed)


@pytest.mark.parametrize("spec", BY_SPEC)
def test_signatures_of_messages_and_digests(kms, spec):
    key_id = kms.create(key_spec=spec)
    pem = kms.show_public_key(key_id=key_id).public_key
    public = None if spec == "SM2" else serialization.load_pem_public_key(pem.encode())
    message = b"message"
    for algorithm in BY_SPEC[spec]:
        for form, sent in [("RAW", message), ("DIGEST", digest_of(algorithm, message))]:
            asked = {"key_id": key_id, "message": b64(sent), "message_type": form, "signing_algorithm": algorithm}
            made = kms.sign(**asked)
            assert made.key_id == key_id
            if public:
                check(public, algorithm, message, unb64(made.signature))
            assert kms.validate_signature(signature=made.signature, **asked).signature_valid == "true"
            damaged = bytearray(unb64(made.signature))
            damaged[-1] ^= 1
            answer = kms.post("verify", signature=b64(bytes(damaged)), **asked)
            assert answer.json == {"key_id": key_id, "signature_valid": "false"}
            other = {**asked, "message": b64(sent[:-1] + b"x")}
            assert kms.validate_signature(signature=made.signature, **other).signature_valid == "false"


def test_a_digest_is_the_default(kms):
    key_id = kms.create(key_spec="EC_P256")
    digest = hashlib.sha256(b"message").digest()
    asked = {"key_id": key_id, "signing_algorithm": "ECDSA_SHA_256"}
    signature = kms.sign(message=b64(digest), **asked).signature
    public = serialization.load_pem_public_key(kms.show_public_key(key_id=key_id).public_key.encode())
    public.verify(unb64(signature), digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))
    whole = kms.validate_signature(message=b64(b"message"), message_type="RAW", signature=signature, **asked)
    assert whole.signature_valid == "true"
    with pytest.raises(InvalidSignature):
        public.verify(unb64(signature), b"other", ec.ECDSA(hashes.SHA256()))


def test_ed25519(kms):
    key_id = kms.create(key_spec="ED25519")
    public = serialization.load_pem_public_key(kms.show_public_key(key_id=key_id).public_key.encode())
    raw = {"key_id": key_id, "message": b64(b"message"), "message_type": "RAW",
           "signing_algorithm": "ED25519_SHA_512"}
    signature = kms.sign(**raw).signature
    public.verify(unb64(signature), b"message")
    assert kms.validate_signature(signature=signature, **raw).signature_valid == "true"
    prehashed = {"key_id": key_id, "message": b64(hashlib.sha512(b"message").digest()), "message_type": "DIGEST",
                 "signing_algorithm": "ED25519_PH_SHA_512"}
    signature = kms.sign(**prehashed).signature
    assert kms.validate_signature(signature=signature, **prehashed).signature_valid == "true"
    assert kms.validate_signature(signature=signature, **raw).signature_valid == "false"


@pytest.mark.parametrize("spec", [*BY_SPEC, "ED25519"])
def test_algorithms_that_do_not_go_with_the_key(kms, spec):
    key_id = kms.create(key_spec=spec)
    fit = BY_SPEC.get(spec, ["ED25519_SHA_512", "ED25519_PH_SHA_512"])
    for algorithm in set(ALL) - set(fit):
        with refused("KMS.0332"):
            kms.sign(key_id=key_id, message=b64(bytes(32)), signing_algorithm=algorithm)
        with refused("KMS.0332"):
            kms.validate_signature(key_id=key_id, message=b64(bytes(32)), signature="AAAA",
                                   signing_algorithm=algorithm)


@pytest.mark.parametrize("algorithm, length", [("RSASSA_PSS_SHA_256", 32), ("RSASSA_PKCS1_V1_5_SHA_384", 48),
                                               ("RSASSA_PSS_SHA_512", 64)])
def test_digests_of_another_length(kms, algorithm, length):
    key_id = kms.create(key_spec="RSA_2048")
    for wrong in {1, 31, 32, 33, 48, 64} - {length}:
        with refused("KMS.0329"):
            kms.sign(key_id=key_id, message=b64(bytes(wrong)), signing_algorithm=algorithm)


@pytest.mark.parametrize("spec, members, code", [
    ("AES_256", {}, "KMS.0331"),
    ("SM4", {}, "KMS.0331"),
    ("HMAC_256", {}, "KMS.0341"),
    ("RSA_2048", {"key_usage": "ENCRYPT_DECRYPT"}, "KMS.0334"),
    ("SM2", {"key_usage": "ENCRYPT_DECRYPT"}, "KMS.0334"),
])
def test_keys_that_do_not_sign(kms, spec, members, code):
    key_id = kms.create(key_spec=spec, **members)
    asked = {"key_id": key_id, "message": b64(bytes(32)), "signing_algorithm": "RSASSA_PSS_SHA_256"}
    with refused(code):
        kms.sign(**asked)
    with refused(code):
        kms.validate_signature(signature="AAAA", **asked)


@pytest.mark.parametrize("members, code", [
    ({"message": ""}, "KMS.0308"),
    ({"message": "not base64!"}, "KMS.0308"),
    ({"message": "AAA"}, "KMS.0308"),
    ({"message": b64(bytes(4096)), "message_type": "RAW"}, "KMS.0308"),
    ({"message_type": "raw"}, "KMS.0308"),
    ({"signing_algorithm": "MD5"}, "KMS.0308"),
    ({"key_id": MISSING_KEY}, "KMS.0207"),
    # Letters beyond hex are refused here.
    ({"key_id": "z" * 8 + MISSING_KEY[8:]}, "KMS.0205"),
    ({"sequence": "x"}, "KMS.0206"),
])
def test_signing_refuses(kms, members, code):
    key_id = kms.create(key_spec="EC_P256")
    asked = {"key_id": key_id, "message": b64(bytes(32)), "signing_algorithm": "ECDSA_SHA_256", **members}
    kms.post("sign", **asked).is_refusal(code)
    kms.post("verify", signature="AAAA", **asked).is_refusal(code)


def test_the_longest_message(kms):
    key_id = kms.create(key_spec="EC_P256")
    kms.sign(key_id=key_id, message=b64(bytes(4095)), message_type="RAW", signing_algorithm="ECDSA_SHA_256")


def test_signatures_that_are_no_base64(kms):
    key_id = kms.create(key_spec="EC_P256")
    for bad in ["", "?", "AAA"]:
        with refused("KMS.0308"):
            kms.validate_signature(key_id=key_id, message=b64(bytes(32)), signature=bad,
                                   signing_algorithm="ECDSA_SHA_256")


@pytest.mark.parametrize("spec, code", [("AES_256", "KMS.0331"), ("SM4", "KMS.0331"), ("HMAC_512", "KMS.0341")])
def test_keys_without_a_public_half(kms, spec, code):
    with refused(code):
        kms.show_public_key(key_id=kms.create(key_spec=spec))


@pytest.mark.parametrize("spec", ["RSA_2048", "EC_P384", "SM2", "ED25519"])
def test_public_keys_have_windows_lines(kms, spec):
    key_id = kms.create(key_spec=spec)
    shown = kms.show_public_key(key_id=key_id)
    assert shown.key_id == key_id
    assert shown.public_key.startswith("-----BEGIN PUBLIC KEY-----\r\n")
    assert shown.public_key.replace("\r\n", "").count("\n") == 0


# Message authentication codes.

MACS = {"HMAC_256": "HMAC_SHA_256", "HMAC_384": "HMAC_SHA_384", "HMAC_512": "HMAC_SHA_512", "HMAC_SM3": "HMAC_SM3"}


@pytest.mark.parametrize("spec", MACS)
def test_macs(kms, spec):
    key_id = kms.create(key_spec=spec)
    asked = {"key_id": key_id, "mac_algorithm": MACS[spec], "message": b64(b"message")}
    made = kms.generate_mac(**asked)
    assert (made.key_id, made.mac_algorithm) == (key_id, MACS[spec])
    assert made.mac == made.mac.lower() and len(bytes.fromhex(made.mac)) in (32, 48, 64)
    right = kms.post("verify-mac", mac=made.mac, **asked).json
    assert right == {"key_id": key_id, "mac_algorithm": MACS[spec], "mac_valid": True}
    for mac in ["00", made.mac[:-2], ("1" if made.mac[0] == "0" else "0") + made.mac[1:]]:
        assert kms.verify_mac(mac=mac, **asked).mac_valid is False
    assert kms.verify_mac(mac=made.mac, **{**asked, "message": b64(b"other")}).mac_valid is False
    assert kms.generate_mac(**asked).mac == made.mac
    for algorithm in set(MACS.values()) - {MACS[spec]}:
        with refused("KMS.0332"):
            kms.generate_mac(**{**asked, "mac_algorithm": algorithm})


def test_a_mac_of_imported_material(kms):
    material = secrets.token_bytes(32)
    key_id = kms.external(key_spec="HMAC_256")
    kms.bring(key_id, material)
    made = kms.generate_mac(key_id=key_id, mac_algorithm="HMAC_SHA_256", message=b64(b"x" * 4096))
    assert made.mac == hmac.new(material, b"x" * 4096, "sha256").hexdigest()


@pytest.mark.parametrize("members, code", [
    ({"message": ""}, "KMS.0308"),
    ({"message": "?"}, "KMS.0308"),
    ({"message": b64(bytes(4097))}, "KMS.0308"),
    ({"mac_algorithm": "HMAC_SHA_224"}, "KMS.0308"),
    ({"mac": "xyz"}, "KMS.0308"),
    ({"mac": "0"}, "KMS.0308"),
    ({"key_id": MISSING_KEY}, "KMS.0207"),
    ({"key_id": "x"}, "KMS.0205"),
])
def test_macs_refuse(kms, members, code):
    asked = {"key_id": kms.create(key_spec="HMAC_256"), "mac_algorithm": "HMAC_SHA_256", "message": "AAAA",
             "mac": "00", **members}
    kms.post("verify-mac", **asked).is_refusal(code)
    if "mac" not in members:
        asked.pop("mac")
        kms.post("generate-mac", **asked).is_refusal(code)


@pytest.mark.parametrize("spec, code", [("AES_256", "KMS.0331"), ("EC_P256", "KMS.0325")])
def test_keys_that_make_no_macs(kms, spec, code):
    with refused(code):
        kms.generate_mac(key_id=kms.create(key_spec=spec), mac_algorithm="HMAC_SHA_256", message="AAAA")
