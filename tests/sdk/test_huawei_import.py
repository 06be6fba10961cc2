"""Importing material: wrappings, tokens, material, expiry, the whole life of an external key."""

import base64
import secrets
import time

import pytest
from conftest import running
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.keywrap import aes_key_wrap_with_padding
from huawei_support import DAY, MISSING_KEY, Kms, b64, kms, project_id, refused, unb64  # noqa: F401
from wrapping import wrap, wrap_two_fields

ALGORITHMS = ["RSAES_OAEP_SHA_256", "RSAES_OAEP_SHA_1", "RSAES_PKCS1_V1_5", "SM2_ENCRYPT"]
# Bytes of raw material by kind.
RAW = {"AES_256": 32, "SM4": 16, "HMAC_256": 32, "HMAC_384": 48, "HMAC_512": 64, "HMAC_SM3": 32}
PRIVATE = ["RSA_2048", "RSA_3072", "RSA_4096", "EC_P256", "EC_P384", "SECP256K1", "ED25519", "SM2"]
CURVES = {"EC_P256": ec.SECP256R1, "EC_P384": ec.SECP384R1, "SECP256K1": ec.SECP256K1}
MACS = {"HMAC_256": "HMAC_SHA_256", "HMAC_384": "HMAC_SHA_384", "HMAC_512": "HMAC_SHA_512", "HMAC_SM3": "HMAC_SM3"}

# PKCS#8 of an SM2 key and the x coordinate of its public point, made with OpenSSL.
SM2_SCALAR = bytes.fromhex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8")
SM2_POINT = bytes.fromhex(
    "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13")


def sm2_pkcs8() -> bytes:
    """The key pair of GB/T 32918.5, annex A."""
    inner = bytes.fromhex("0201010420") + SM2_SCALAR + bytes.fromhex("a144034200") + SM2_POINT
    inner = bytes([0x30, len(inner)]) + inner
    algorithm = bytes.fromhex("301306072a8648ce3d020106082a811ccf5501822d")
    outer = bytes.fromhex("020100") + algorithm + bytes([0x04, len(inner)]) + inner
    return bytes([0x30, 0x81, len(outer)]) + outer


_made = {}


def private_key(spec: str):
    """A key pair of the kind, made once."""
    if spec not in _made:
        if spec.startswith("RSA_"):
            _made[spec] = rsa.generate_private_key(65537, int(spec[4:]))
        elif spec in CURVES:
            _made[spec] = ec.generate_private_key(CURVES[spec]())
        else:
            _made[spec] = ed25519.Ed25519PrivateKey.generate()
    return _made[spec]


def pkcs8(spec: str) -> bytes:
    if spec == "SM2":
        return sm2_pkcs8()
    return private_key(spec).private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def spki(spec: str) -> bytes:
    return private_key(spec).public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def bring_any(kms, key_id, spec, algorithm="RSAES_OAEP_SHA_256", material=None):
    """Imports material of the kind; answers it."""
    if spec in RAW:
        material = material or secrets.token_bytes(RAW[spec])
        kms.bring(key_id, material, algorithm)
    else:
        material = pkcs8(spec)
        kms.bring_private(key_id, material, algorithm)
    return material


def use(kms, key_id, spec, material):
    """Uses the key so that only this material can give the result."""
    if spec in MACS:
        import hmac
        if spec != "HMAC_SM3":
            made = kms.generate_mac(key_id=key_id, mac_algorithm=MACS[spec], message=b64(b"message"))
            expected = hmac.new(material, b"message", "sha" + spec[5:]).hexdigest()
            assert made.mac == expected
        else:
            made = kms.generate_mac(key_id=key_id, mac_algorithm=MACS[spec], message=b64(b"message"))
            assert made.mac == hmac_sm3(material, b"message")
        assert kms.verify_mac(key_id=key_id, mac_algorithm=MACS[spec], message=b64(b"message"), mac=made.mac).mac_valid
    elif spec in ("AES_256", "SM4"):
        sealed = kms.encrypt_data(key_id=key_id, plain_text="text")
        assert kms.decrypt_data(cipher_text=sealed.cipher_text).plain_text == "text"
    elif spec == "SM2":
        pem = kms.show_public_key(key_id=key_id).public_key
        assert pem_bytes(pem).endswith(SM2_POINT)
        sign_and_verify(kms, key_id, "SM2DSA_SM3")
    else:
        assert pem_bytes(kms.show_public_key(key_id=key_id).public_key) == spki(spec)
        public = private_key(spec).public_key()
        if spec == "ED25519":
            public.verify(sign_and_verify(kms, key_id, "ED25519_SHA_512"), b"message")
        elif spec in CURVES:
            hashed = hashes.SHA384() if spec == "EC_P384" else hashes.SHA256()
            algorithm = "ECDSA_SHA_384" if spec == "EC_P384" else "ECDSA_SHA_256"
            public.verify(sign_and_verify(kms, key_id, algorithm), b"message", ec.ECDSA(hashed))
        else:
            signature = sign_and_verify(kms, key_id, "RSASSA_PKCS1_V1_5_SHA_256")
            public.verify(signature, b"message", padding.PKCS1v15(), hashes.SHA256())


def sign_and_verify(kms, key_id, algorithm) -> bytes:
    asked = {"key_id": key_id, "message": b64(b"message"), "message_type": "RAW", "signing_algorithm": algorithm}
    signature = kms.sign(**asked).signature
    assert kms.validate_signature(signature=signature, **asked).signature_valid == "true"
    return unb64(signature)


def pem_bytes(pem: str) -> bytes:
    lines = pem.strip().split("\r\n")
    assert lines[0] == "-----BEGIN PUBLIC KEY-----" and lines[-1] == "-----END PUBLIC KEY-----"
    return base64.b64decode("".join(lines[1:-1]))


def hmac_sm3(key: bytes, message: bytes) -> str:
    from gmssl import sm3
    block = key.ljust(64, b"\0")
    inner = sm3.sm3_hash(list(bytes(byte ^ 0x36 for byte in block) + message))
    return sm3.sm3_hash(list(bytes(byte ^ 0x5C for byte in block) + bytes.fromhex(inner)))


# The whole life.

def test_the_life_of_an_external_key(kms, clock):
    now = 1_900_000_000
    clock.freeze("huawei", kms.account, now)
    key_id, material = kms.external(), secrets.token_bytes(32)

    parameters = kms.post("get-parameters-for-import", key_id=key_id, wrapping_algorithm="RSAES_OAEP_SHA_256").json
    assert set(parameters) == {"key_id", "import_token", "expiration_time", "public_key"}
    assert parameters["key_id"] == key_id
    assert parameters["expiration_time"] == now + DAY
    assert parameters["public_key"].startswith("MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA")
    assert len(parameters["public_key"]) == 392
    assert len(parameters["import_token"]) == 2236
    assert kms.state(key_id) == "5"

    wrapped = b64(wrap("RSAES_OAEP_SHA_256", unb64(parameters["public_key"]), material))
    assert len(wrapped) == 344
    imported = kms.post("import-key-material", key_id=key_id, import_token=parameters["import_token"],
                        encrypted_key_material=wrapped, expiration_time=now + 2 * DAY)
    assert (imported.status, imported.body) == (200, b"{}")
    info = kms.describe(key_id)
    assert (info.key_state, info.expiration_time) == ("2", str((now + 2 * DAY) * 1000))

    sealed = kms.encrypt_data(key_id=key_id, plain_text="before").cipher_text
    with refused("KMS.0310"):
        kms.parameters(key_id)

    clock.advance("huawei", kms.account, 2 * DAY - 1)
    assert kms.decrypt_data(cipher_text=sealed).plain_text == "before"
    clock.advance("huawei", kms.account, 1)
    info = kms.describe(key_id)
    assert (info.key_state, info.expiration_time) == ("5", "")
    with refused("KMS.1301"):
        kms.decrypt_data(cipher_text=sealed)

    with refused("KMS.2606"):
        kms.bring(key_id, secrets.token_bytes(32))
    assert kms.state(key_id) == "5"
    kms.bring(key_id, material)
    info = kms.describe(key_id)
    assert (info.key_state, info.expiration_time) == ("2", "")
    assert kms.decrypt_data(cipher_text=sealed).plain_text == "before"

    deleted = kms.post("delete-imported-key-material", key_id=key_id)
    assert (deleted.status, deleted.body) == (200, b"{}")
    assert kms.state(key_id) == "5"
    kms.bring(key_id, material)
    assert kms.decrypt_data(cipher_text=sealed).plain_text == "before"

    kms.delete_key(key_id=key_id, pending_days="7")
    clock.advance("huawei", kms.account, 7 * DAY)
    with refused("KMS.0207"):
        kms.describe(key_id)
    with refused("KMS.0207"):
        kms.decrypt_data(cipher_text=sealed)


def test_material_deleted_while_disabled_waits_and_comes_back_enabled(kms):
    key_id, material = kms.external(), secrets.token_bytes(32)
    kms.bring(key_id, material)
    kms.disable_key(key_id=key_id)
    kms.delete_imported_key_material(key_id=key_id)
    assert kms.state(key_id) == "5"
    kms.bring(key_id, material)
    assert kms.state(key_id) == "2"


def test_cancelling_the_deletion_of_a_key_with_material(kms, clock):
    now = 1_900_000_000
    clock.freeze("huawei", kms.account, now)
    key_id = kms.external()
    kms.bring(key_id, secrets.token_bytes(32), expiration_time=now + 100)
    kms.delete_key(key_id=key_id, pending_days="7")
    kms.cancel_key_deletion(key_id=key_id)
    assert kms.state(key_id) == "3"
    # And if it expires while the key waits to be deleted, there is none left.
    kms.delete_key(key_id=key_id, pending_days="7")
    clock.advance("huawei", kms.account, 100)
    assert kms.state(key_id) == "4"
    kms.cancel_key_deletion(key_id=key_id)
    assert kms.state(key_id) == "5"


def test_material_of_asymmetric_keys_stays(kms):
    key_id = kms.external(key_spec="EC_P256")
    kms.bring_private(key_id, pkcs8("EC_P256"))
    with refused("KMS.2702"):
        kms.delete_imported_key_material(key_id=key_id)
    use(kms, key_id, "EC_P256", None)


def test_import_calls_want_an_external_key(kms):
    key_id = kms.create()
    with refused("KMS.0309"):
        kms.parameters(key_id)
    with refused("KMS.0309"):
        kms.import_key_material(key_id=key_id, import_token="A" * 2236, encrypted_key_material="A" * 344)
    with refused("KMS.0309"):
        kms.delete_imported_key_material(key_id=key_id)


# Every wrapping with every kind of key.

@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("spec", [*RAW, *PRIVATE])
def test_offered_wrappings_are_imported_and_used(kms, algorithm, spec):
    key_id = kms.external(key_spec=spec)
    assert kms.state(key_id) == "5"
    material = bring_any(kms, key_id, spec, algorithm)
    assert kms.state(key_id) == "2"
    use(kms, key_id, spec, material)


@pytest.mark.parametrize("algorithm", ["RSA_AES_KEY_WRAP_SHA_256", "RSA_AES_KEY_WRAP_SHA_1", "RSAES_OAEP_SHA_512",
                                       "rsaes_oaep_sha_256", "", "SM2PKE"])
@pytest.mark.parametrize("spec", ["AES_256", "RSA_2048", "SM2"])
def test_other_wrappings_are_refused(kms, algorithm, spec):
    key_id = kms.external(key_spec=spec)
    with refused("KMS.0308", "wrapping_algorithm"):
        kms.parameters(key_id, algorithm)


def test_wrapping_keys_are_of_their_kind(kms):
    key_id = kms.external()
    for algorithm in ALGORITHMS[:3]:
        key = serialization.load_der_public_key(unb64(kms.parameters(key_id, algorithm).public_key))
        assert key.key_size == 2048
    sm2 = unb64(kms.parameters(key_id, "SM2_ENCRYPT").public_key)
    assert len(sm2) == 91 and bytes.fromhex("06082a811ccf5501822d") in sm2


def test_the_mask_must_use_the_same_hash(kms):
    """Java's default, OAEP with SHA-256 and MGF1 with SHA-1, is not what the service means."""
    key_id = kms.external()
    parameters = kms.parameters(key_id)
    key = serialization.load_der_public_key(unb64(parameters.public_key))
    mixed = key.encrypt(secrets.token_bytes(32), padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA256(), None))
    with refused("KMS.0311"):
        kms.import_key_material(key_id=key_id, import_token=parameters.import_token,
                                encrypted_key_material=b64(mixed))


def test_the_material_is_used(endpoint, kms, tenant_name):
    """The same material in two keys: each opens its own ciphertexts only."""
    material = secrets.token_bytes(32)
    one, two = kms.external(), kms.external()
    kms.bring(one, material)
    kms.bring(two, material)
    sealed = kms.create_datakey(key_id=one).cipher_text
    assert kms.decrypt_datakey(key_id=one, cipher_text=sealed, datakey_cipher_length="32").data_key
    with refused("KMS.2201"):
        kms.decrypt_datakey(key_id=two, cipher_text=sealed, datakey_cipher_length="32")


# Tokens.

class Attempt:
    """Parameters and material of a key, for imports that go wrong."""

    def __init__(self, kms, spec="AES_256", algorithm="RSAES_OAEP_SHA_256"):
        self.kms, self.spec = kms, spec
        self.key_id = kms.external(key_spec=spec)
        self.parameters = kms.parameters(self.key_id, algorithm)
        self.token = self.parameters.import_token
        self.public_key = unb64(self.parameters.public_key)
        self.algorithm = algorithm
        self.material = secrets.token_bytes(RAW.get(spec, 32))

    def wrapped(self, material=None) -> str:
        return b64(wrap(self.algorithm, self.public_key, self.material if material is None else material))

    def send(self, **members):
        asked = {"key_id": self.key_id, "import_token": self.token, **members}
        if "encrypted_key_material" not in asked:
            asked["encrypted_key_material"] = self.wrapped()
        return self.kms.import_key_material(**asked)

    def fails(self, code, **members):
        before = self.kms.snapshot(self.key_id)
        with refused(code):
            self.send(**members)
        assert self.kms.snapshot(self.key_id) == before


def test_forged_tokens(kms):
    attempt = Attempt(kms)
    token = bytearray(unb64(attempt.token))
    for position in [0, 1, len(token) // 2, len(token) - 1]:
        damaged = bytearray(token)
        damaged[position] ^= 1
        attempt.fails("KMS.2605", import_token=b64(bytes(damaged)))
    for forged in [b64(bytes(token[:-1])), b64(bytes(token) + b"\0"), b64(secrets.token_bytes(1676)), "A" * 200,
                   # Of the right letters, but no base64.
                   "A" * 201, "=" * 300]:
        attempt.fails("KMS.2605", import_token=forged)
    # After all that the token is as good as before.
    attempt.send()
    assert kms.state(attempt.key_id) == "2"


@pytest.mark.parametrize("token", ["", "A" * 199, "A" * 6145, "*" * 300, "A" * 300 + "\n"])
def test_tokens_of_the_wrong_form(kms, token):
    Attempt(kms).fails("KMS.0308", import_token=token)


def test_a_token_is_for_one_key(kms):
    one, two = Attempt(kms), Attempt(kms)
    one.fails("KMS.2603", import_token=two.token)
    one.send()
    two.send()


def test_a_token_is_for_one_project(endpoint, kms, tenant_name):
    ours = Attempt(kms)
    theirs = Attempt(Kms(endpoint, tenant_name, project_id()))
    theirs.fails("KMS.2605", import_token=ours.token)


def test_a_block_for_another_token_does_not_open(kms):
    attempt = Attempt(kms)
    second = kms.parameters(attempt.key_id)
    attempt.fails("KMS.0311", import_token=second.import_token)
    attempt.send()


def test_earlier_parameters_stay_good(kms):
    attempt = Attempt(kms)
    for _ in range(2):
        kms.parameters(attempt.key_id)
    attempt.send()


def test_a_token_lives_for_a_day(kms, clock):
    clock.freeze("huawei", kms.account, 1_900_000_000)
    attempt = Attempt(kms)
    clock.advance("huawei", kms.account, DAY - 1)
    kms.external()
    clock.advance("huawei", kms.account, 1)
    attempt.fails("KMS.2601")
    clock.advance("huawei", kms.account, 30 * DAY)
    attempt.fails("KMS.2601")


def test_a_token_is_good_until_its_last_second(kms, clock):
    clock.freeze("huawei", kms.account, 1_900_000_000)
    attempt = Attempt(kms)
    clock.advance("huawei", kms.account, DAY - 1)
    attempt.send()
    assert kms.state(attempt.key_id) == "2"


def test_a_token_may_be_used_again(kms):
    """The same material after a deletion, within the day."""
    attempt = Attempt(kms)
    attempt.send()
    kms.delete_imported_key_material(key_id=attempt.key_id)
    attempt.send()
    assert kms.state(attempt.key_id) == "2"


def test_bad_blocks_wear_a_token_out(kms):
    attempt = Attempt(kms)
    bad = b64(secrets.token_bytes(256))
    for _ in range(128):
        with refused("KMS.0311"):
            attempt.send(encrypted_key_material=bad)
    attempt.fails("KMS.2605")
    # The key itself is as before, and new parameters work.
    kms.bring(attempt.key_id, attempt.material)


# Material.

@pytest.mark.parametrize("spec", RAW)
def test_lengths_of_raw_material(kms, spec):
    attempt = Attempt(kms, spec)
    right = RAW[spec]
    for length in {1, 15, 16, 24, 31, 32, 33, 48, 64, right - 1, right + 1} - {right}:
        attempt.fails("KMS.2604", encrypted_key_material=attempt.wrapped(secrets.token_bytes(length)))
    attempt.send()


def test_every_bad_block_is_refused_alike(kms):
    attempt = Attempt(kms)
    good = bytearray(unb64(attempt.wrapped()))
    damaged = bytearray(good)
    damaged[100] ^= 1
    for block in [bytes(damaged), bytes(good[:-1]), bytes(good) + b"\0", bytes(256), b"\xff" * 256, b"\0", bytes(255),
                  wrap("RSAES_OAEP_SHA_1", attempt.public_key, attempt.material),
                  wrap("RSAES_PKCS1_V1_5", attempt.public_key, attempt.material)]:
        attempt.fails("KMS.0311", encrypted_key_material=b64(block))
    # Of the right letters, but no base64.
    attempt.fails("KMS.0311", encrypted_key_material="A" * 345)
    attempt.send()


def test_under_pkcs1_a_wrong_length_is_a_bad_block(kms):
    attempt = Attempt(kms, algorithm="RSAES_PKCS1_V1_5")
    for length in [0, 1, 16, 31, 33, 64]:
        attempt.fails("KMS.0311", encrypted_key_material=attempt.wrapped(secrets.token_bytes(length)))
    for _ in range(20):
        attempt.fails("KMS.0311", encrypted_key_material=b64(secrets.token_bytes(256)))
    attempt.send()


@pytest.mark.parametrize("members", [
    {"encrypted_key_material": ""},
    {"encrypted_key_material": "A" * 6145},
    {"encrypted_key_material": "not base64!"},
    {"encrypted_privatekey": ""},
    {"encrypted_privatekey": "A" * 6145},
])
def test_blocks_of_the_wrong_form(kms, members):
    Attempt(kms).fails("KMS.0308", **members)


def test_private_keys_that_are_none(kms):
    attempt = Attempt(kms, "EC_P256")
    temporary = secrets.token_bytes(32)

    def fails(code, plain, key=temporary, field=None):
        field = aes_key_wrap_with_padding(key, plain) if field is None else field
        attempt.fails(code, encrypted_key_material=attempt.wrapped(key), encrypted_privatekey=b64(field))

    right = pkcs8("EC_P256")
    fails("KMS.2609", pkcs8("EC_P384"))
    fails("KMS.2609", pkcs8("ED25519"))
    fails("KMS.2609", pkcs8("RSA_2048"))
    fails("KMS.2609", right + b"\0")
    fails("KMS.2609", right[:-1])
    fails("KMS.2609", secrets.token_bytes(138))
    fails("KMS.2609", private_key("EC_P256").private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()))
    fails("KMS.2609", b"", field=secrets.token_bytes(152))
    fails("KMS.2609", b"", field=b"\0")
    fails("KMS.2610", right, key=secrets.token_bytes(24))
    attempt.fails("KMS.2610", encrypted_key_material=attempt.wrapped(secrets.token_bytes(31)),
                  encrypted_privatekey=b64(secrets.token_bytes(152)))
    attempt.fails("KMS.2608", encrypted_key_material=attempt.wrapped(temporary))
    attempt.fails("KMS.0311", encrypted_key_material=b64(secrets.token_bytes(256)),
                  encrypted_privatekey=b64(aes_key_wrap_with_padding(temporary, right)))
    # A temporary key of 16 bytes is as good.
    short = secrets.token_bytes(16)
    attempt.send(encrypted_key_material=attempt.wrapped(short),
                 encrypted_privatekey=b64(aes_key_wrap_with_padding(short, right)))
    use(kms, attempt.key_id, "EC_P256", None)


def test_private_keys_without_their_public_part(kms):
    """Short forms that the documented lower bound would shut out."""
    key_id = kms.external(key_spec="ED25519")
    kms.bring_private(key_id, pkcs8("ED25519"))
    use(kms, key_id, "ED25519", None)


# Only the same material again.

@pytest.mark.parametrize("spec", RAW)
def test_other_material_is_refused_after_a_deletion(kms, spec):
    attempt = Attempt(kms, spec)
    attempt.send()
    kms.delete_imported_key_material(key_id=attempt.key_id)
    for _ in range(2):
        attempt.fails("KMS.2606", encrypted_key_material=attempt.wrapped(secrets.token_bytes(RAW[spec])))
    attempt.send()
    assert kms.state(attempt.key_id) == "2"


# Expiry.

@pytest.mark.parametrize("ahead", [1, 3600, 366 * DAY, 10_000 * DAY])
@pytest.mark.parametrize("kind", [int, str])
def test_expiries(kms, clock, ahead, kind):
    now = 1_900_000_000
    clock.freeze("huawei", kms.account, now)
    attempt = Attempt(kms)
    attempt.send(expiration_time=kind(now + ahead))
    assert kms.describe(attempt.key_id).expiration_time == str((now + ahead) * 1000)
    clock.freeze("huawei", kms.account, now + ahead - 1)
    assert kms.state(attempt.key_id) == "2"
    clock.freeze("huawei", kms.account, now + ahead)
    assert kms.state(attempt.key_id) == "5"


def test_expiry_as_one_client_sends_it(kms):
    attempt = Attempt(kms)
    attempt.send(expiration_time="2999886177")
    info = kms.describe(attempt.key_id)
    assert (info.key_state, int(info.expiration_time) // 1000) == ("2", 2999886177)


def test_expiries_that_are_past(kms, clock):
    now = 1_900_000_000
    clock.freeze("huawei", kms.account, now)
    attempt = Attempt(kms)
    for past in [now, now - 1, str(now), 1, 0, -1, "0"]:
        attempt.fails("KMS.2602", expiration_time=past)
    attempt.send(expiration_time=now + 1)


@pytest.mark.parametrize("bad", ["tomorrow", "", "1.5", 1.5, 10**30])
def test_expiries_that_are_no_seconds(kms, bad):
    answer = kms.post("import-key-material", key_id=kms.external(), import_token="A" * 2236,
                      encrypted_key_material="A" * 344, expiration_time=bad)
    assert "expiration_time" in answer.is_refusal("KMS.0308")["error_msg"]


def test_an_expiry_of_a_private_key_is_ignored(kms, clock):
    now = 1_900_000_000
    clock.freeze("huawei", kms.account, now)
    key_id = kms.external(key_spec="EC_P256")
    kms.bring_private(key_id, pkcs8("EC_P256"), expiration_time=now + 10)
    assert kms.describe(key_id).expiration_time == ""
    clock.advance("huawei", kms.account, 20)
    assert kms.state(key_id) == "2"


def test_the_expiry_is_what_the_last_import_said(kms, clock):
    now = 1_900_000_000
    clock.freeze("huawei", kms.account, now)
    attempt = Attempt(kms)
    attempt.send(expiration_time=now + 100)
    kms.delete_imported_key_material(key_id=attempt.key_id)
    assert kms.describe(attempt.key_id).expiration_time == ""
    attempt.send()
    assert kms.describe(attempt.key_id).expiration_time == ""
    clock.advance("huawei", kms.account, 1000)
    assert kms.state(attempt.key_id) == "2"


# Which refusal comes first.

def test_the_order_of_checks(kms, clock):
    now = 1_900_000_000
    clock.freeze("huawei", kms.account, now)
    attempt, other = Attempt(kms), Attempt(kms)
    bad_block = b64(secrets.token_bytes(256))
    attempt.fails("KMS.0308", import_token="A", encrypted_key_material=bad_block, expiration_time=1)
    with refused("KMS.0207"):
        attempt.send(key_id=MISSING_KEY, expiration_time=1)
    attempt.fails("KMS.2605", import_token="A" * 300, expiration_time=1)
    attempt.fails("KMS.2603", import_token=other.token, expiration_time=1)
    attempt.fails("KMS.2602", encrypted_key_material=bad_block, expiration_time=1)
    attempt.fails("KMS.0311", encrypted_key_material=bad_block)
    clock.advance("huawei", kms.account, 2 * DAY)
    attempt.fails("KMS.2603", import_token=other.token, expiration_time=1)
    attempt.fails("KMS.2601", expiration_time=1)


# What the vendor's pages say, to the letter.

# The sample request of the vendor's page for import-key-material: its key is not here, its token not ours.
SAMPLE_MATERIAL = (
    "K+ixymtl90e+B5Rdan89KjDslBIoOexrIwzkYHGz3odS7FDXDkogqbWwwJg5wQ6zjUbEvsR/+Fi+A0SSkhhqtijivOKHu4Z86RWjOCBdrr9es+Zh"
    "J0zYBNMN+7Rf2fd9vxbb873Q7VBkJRyH1hi3Wh+kLmDW4rpWZm4+YGCtWylz7ZKbV1KBlhSNLDtZTz4nxUra0p7Die4HgUUxSjZTOr/0s71yF6o2"
    "eysreIzIl+GbpCft0WpRsxN2Ng++ntgOcwOf2zOC9o/tjraxeAvgGw+Dwt4cjF4znnFf0LPQ2YvpNUo248LjAGxdFvzUABNzfYSj3RZ0K3wQCNAc"
    "XU3HYw==")


@pytest.fixture(scope="module")
def strict_endpoint(tmp_path_factory):
    """A server that demands the documented lengths."""
    with running(tmp_path_factory.mktemp("strict"), {"POLYKMS__HUAWEI__STRICT_LENGTHS": "true"}) as server:
        yield server.url


def test_documented_lengths(strict_endpoint, tenant_name):
    strict = Kms(strict_endpoint, tenant_name)
    key_id = strict.external()
    asked = {"key_id": key_id, "import_token": "A" * 200, "encrypted_key_material": SAMPLE_MATERIAL}

    def answer(**members):
        return strict.post("import-key-material", **{**asked, **members})

    # The sample and the bounds are of the form; it is the token that is not ours.
    for members in [{}, {"encrypted_key_material": "A" * 344}, {"encrypted_key_material": "A" * 360},
                    {"import_token": "A" * 6144}, {"encrypted_privatekey": "A" * 200},
                    {"encrypted_privatekey": "A" * 6144}, {"expiration_time": 1521578672}]:
        answer(**members).is_refusal("KMS.2605")
    for members in [{"encrypted_key_material": "A" * 343}, {"encrypted_key_material": "A" * 361},
                    {"encrypted_privatekey": "A" * 199}, {"encrypted_privatekey": "A" * 6145},
                    {"import_token": "A" * 199}, {"import_token": "A" * 6145}]:
        refusal = answer(**members).is_refusal("KMS.0308")
        assert next(iter(members)) in refusal["error_msg"]


def test_what_the_documented_lengths_let_in(strict_endpoint, tenant_name):
    """RSA blocks and the longer private keys; SM2 blocks and small curves are shut out."""
    strict = Kms(strict_endpoint, tenant_name)
    for algorithm in ["RSAES_OAEP_SHA_256", "RSAES_OAEP_SHA_1", "RSAES_PKCS1_V1_5"]:
        strict.bring(strict.external(), secrets.token_bytes(32), algorithm)
    with refused("KMS.0308", "encrypted_key_material"):
        strict.bring(strict.external(), secrets.token_bytes(32), "SM2_ENCRYPT")
    for spec in ["EC_P256", "EC_P384", "RSA_2048"]:
        strict.bring_private(strict.external(key_spec=spec), pkcs8(spec))
    for spec in ["SECP256K1", "ED25519"]:
        with refused("KMS.0308", "encrypted_privatekey"):
            strict.bring_private(strict.external(key_spec=spec), pkcs8(spec))


# Describing.


@pytest.mark.parametrize("spec", ["AES_256", "SM4", "HMAC_384", "EC_P256", "RSA_2048"])
def test_a_key_is_described_at_every_stage(kms, clock, spec):
    now, is_private = 1_900_000_000, spec in PRIVATE
    clock.freeze("huawei", kms.account, now)
    key_id = kms.external(key_spec=spec, key_description="mine")
    stage = kms.post("describe-key", key_id=key_id).json["key_info"]

    def shows(**changes):
        stage.update(changes)
        assert kms.post("describe-key", key_id=key_id).json["key_info"] == stage

    assert (stage["origin"], stage["key_spec"], stage["key_description"]) == ("external", spec, "mine")
    assert stage["creation_date"] == str(now * 1000)
    shows(key_state="5", expiration_time="", scheduled_deletion_date="", key_rotation_enabled="false")
    material = pkcs8(spec) if is_private else secrets.token_bytes(RAW[spec])

    def bring(**members):
        (kms.bring_private if is_private else kms.bring)(key_id, material, **members)

    kms.parameters(key_id)
    shows()
    bring(expiration_time=now + 1000)
    expiry = "" if is_private else str((now + 1000) * 1000)
    shows(key_state="2", expiration_time=expiry)
    kms.disable_key(key_id=key_id)
    shows(key_state="3")
    kms.delete_key(key_id=key_id, pending_days="8")
    shows(key_state="4", scheduled_deletion_date=str((now + 8 * DAY) * 1000))
    kms.cancel_key_deletion(key_id=key_id)
    shows(key_state="3", scheduled_deletion_date="")
    kms.enable_key(key_id=key_id)
    shows(key_state="2")
    if is_private:
        with refused("KMS.2702"):
            kms.delete_imported_key_material(key_id=key_id)
        return shows()
    kms.delete_imported_key_material(key_id=key_id)
    shows(key_state="5", expiration_time="")
    bring()
    shows(key_state="2")
    kms.delete_imported_key_material(key_id=key_id)
    bring(expiration_time=str(now + 50))
    shows(key_state="2", expiration_time=str((now + 50) * 1000))
    clock.advance("huawei", kms.account, 50)
    shows(key_state="5", expiration_time="")
    # Deletion of an empty key, and back.
    kms.delete_key(key_id=key_id, pending_days="7")
    shows(key_state="4", scheduled_deletion_date=str((now + 50 + 7 * DAY) * 1000))
    kms.cancel_key_deletion(key_id=key_id)
    shows(key_state="5", scheduled_deletion_date="")
    return None


def test_a_second_field_means_nothing_to_raw_material(kms):
    """Unverified: a private key that comes with material of a symmetric key is not looked at."""
    attempt = Attempt(kms)
    attempt.send(encrypted_privatekey="A" * 204)
    assert kms.state(attempt.key_id) == "2"


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_temporary_key_of_sixteen_bytes_is_an_aes_key(kms, algorithm):
    attempt = Attempt(kms, "EC_P384", algorithm)
    temporary, field = wrap_two_fields(algorithm, attempt.public_key, pkcs8("EC_P384"), secrets.token_bytes(16))
    attempt.send(encrypted_key_material=b64(temporary), encrypted_privatekey=b64(field))
    use(kms, attempt.key_id, "EC_P384", None)
