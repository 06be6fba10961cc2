"""Importing material: wrappings, tokens, material, coming again, expiry, and the whole life of a key."""

import hmac
import os
import time

import pytest
from aws_support import (
    CHINA, DAY, EDWARDS, HMAC_LENGTHS, HOUR, NO_MESSAGE, PRIVATE_SPECS, RSA_SPECS, SIGNING, SPECS, SYMMETRIC,
    WRAPPING_KEYS, WRAPPINGS, Kms, at, material, natural_wrapping, private_key, refused, seconds, unchanged,
)
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from wrapping import der, der_integer, oaep, private_key_der, rsa_aes_key_wrap, wrap

NEVER = "KEY_MATERIAL_DOES_NOT_EXPIRE"
EXPIRES = "KEY_MATERIAL_EXPIRES"


@pytest.fixture
def kms(endpoint, tenant_name):
    return Kms(endpoint, tenant_name)


def prove(kms, key_id, spec, plain):
    """Shows that a key works with the material that was brought."""
    if spec == SYMMETRIC:
        blob = kms.encrypt(KeyId=key_id, Plaintext=b"hello")["CiphertextBlob"]
        assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"hello"
    elif spec in HMAC_LENGTHS:
        algorithm = spec.replace("_", "_SHA_")
        mac = kms.generate_mac(KeyId=key_id, Message=b"hello", MacAlgorithm=algorithm)["Mac"]
        assert mac == hmac.new(plain, b"hello", f"sha{spec[5:]}").digest()
    else:
        shown = kms.get_public_key(KeyId=key_id)["PublicKey"]
        if spec != "SM2":
            brought = serialization.load_der_private_key(plain, None).public_key()
            assert shown == brought.public_bytes(Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        signature = kms.sign(KeyId=key_id, Message=b"hello", SigningAlgorithm=SIGNING[spec])["Signature"]
        assert kms.verify(KeyId=key_id, Message=b"hello", Signature=signature,
                          SigningAlgorithm=SIGNING[spec])["SignatureValid"]


# The matrix.


def is_offered(algorithm, wrapping_key, spec, china=False):
    """The table of section 9.2."""
    if wrapping_key == "SM2" or algorithm == "SM2PKE":
        return china and (algorithm, wrapping_key) == ("SM2PKE", "SM2")
    if algorithm.startswith("RSAES_OAEP"):
        return spec not in RSA_SPECS and not (spec == "ECC_NIST_P521" and wrapping_key == "RSA_2048")
    return algorithm.startswith("RSA_AES") and spec in PRIVATE_SPECS and not china


def matrix(specs, china):
    return [(algorithm, wrapping_key, spec) for spec in specs for algorithm in WRAPPINGS
            for wrapping_key in WRAPPING_KEYS if is_offered(algorithm, wrapping_key, spec, china)]


@pytest.mark.parametrize("algorithm, wrapping_key, spec", matrix(SPECS, False))
def test_what_is_offered_is_imported_and_used(kms, algorithm, wrapping_key, spec):
    run_one(kms, algorithm, wrapping_key, spec)


@pytest.mark.parametrize("algorithm, wrapping_key, spec", matrix([*SPECS, "SM2"], True))
def test_what_is_offered_in_china_is_imported_and_used(endpoint, tenant_name, algorithm, wrapping_key, spec):
    run_one(Kms(endpoint, tenant_name, CHINA), algorithm, wrapping_key, spec)


def run_one(kms, algorithm, wrapping_key, spec):
    key_id = kms.external(spec)
    arn = kms.describe(key_id)["Arn"]
    before = time.time()
    given = kms.parameters(key_id, algorithm, wrapping_key)
    assert given["KeyId"] == arn
    assert 1 <= len(given["ImportToken"]) <= 6144
    assert abs(seconds(given["ParametersValidTo"]) - before - DAY) < 60
    if wrapping_key != "SM2":
        assert serialization.load_der_public_key(given["PublicKey"]).key_size == int(wrapping_key[4:])
    plain = material(spec, kms.region == CHINA)
    answer = kms.bring(key_id, given, wrap(algorithm, given["PublicKey"], plain))
    assert answer["KeyId"] == arn
    metadata = kms.describe(key_id)
    assert (metadata["KeyState"], metadata["Enabled"], metadata["ExpirationModel"]) == ("Enabled", True, NEVER)
    assert "ValidTo" not in metadata
    # Only symmetric keys show a material id.
    if spec == SYMMETRIC:
        assert answer["KeyMaterialId"] == metadata["CurrentKeyMaterialId"]
    else:
        assert "KeyMaterialId" not in answer and "CurrentKeyMaterialId" not in metadata
    prove(kms, key_id, spec, plain)


@pytest.mark.parametrize("spec", SPECS)
def test_what_is_not_offered_is_refused_with_the_parameters(kms, spec):
    key_id = kms.external(spec)
    with unchanged(kms, key_id):
        for algorithm in WRAPPINGS:
            for wrapping_key in WRAPPING_KEYS:
                if not is_offered(algorithm, wrapping_key, spec):
                    with refused("UnsupportedOperationException"):
                        kms.parameters(key_id, algorithm, wrapping_key)


@pytest.mark.parametrize("spec", [*SPECS, "SM2"])
def test_what_is_not_offered_in_china_is_refused(endpoint, tenant_name, spec):
    kms = Kms(endpoint, tenant_name, CHINA)
    key_id = kms.external(spec)
    for algorithm in WRAPPINGS:
        for wrapping_key in WRAPPING_KEYS:
            if not is_offered(algorithm, wrapping_key, spec, china=True):
                with refused("UnsupportedOperationException"):
                    kms.parameters(key_id, algorithm, wrapping_key)


@pytest.mark.parametrize("spec", [SYMMETRIC, "HMAC_256", "RSA_2048", "ECC_NIST_P256"])
def test_only_external_keys_take_material(kms, spec):
    key_id = kms.create(spec)
    message = f"{kms.arn(key_id)} origin is AWS_KMS which is not valid for this operation."
    with unchanged(kms, key_id):
        with refused("UnsupportedOperationException", message):
            kms.parameters(key_id)
        with refused("UnsupportedOperationException", message):
            kms.bring(key_id, {"ImportToken": b"x"}, b"x")
        with refused("UnsupportedOperationException", message):
            kms.delete_imported_key_material(KeyId=key_id)


# Tokens.


class Attempt:
    """One external key with parameters and good material, to be spoilt in one way at a time."""

    def __init__(self, kms, spec=SYMMETRIC, algorithm=None, wrapping_key="RSA_2048"):
        self.kms, self.spec = kms, spec
        self.algorithm = algorithm or natural_wrapping(spec)
        self.key_id = kms.external(spec)
        self.given = kms.parameters(self.key_id, self.algorithm, wrapping_key)
        self.plain = material(spec)

    def blob(self, plain=None, algorithm=None):
        return wrap(algorithm or self.algorithm, self.given["PublicKey"], self.plain if plain is None else plain)

    def bring(self, blob=None, token=None, **more):
        given = self.given if token is None else {"ImportToken": token}
        return self.kms.bring(self.key_id, given, self.blob() if blob is None else blob, **more)

    def bring_good(self, **more):
        return self.bring(**more)


def test_forged_tokens(kms):
    attempt = Attempt(kms)
    token = attempt.given["ImportToken"]
    forged = [b"x", os.urandom(len(token)), os.urandom(6144), token[:-1], token + b"\0", token[1:], token[::-1]]
    for position in (0, 1, 11, 12, 30, len(token) // 2, len(token) - 17, len(token) - 1):
        damaged = bytearray(token)
        damaged[position] ^= 1
        forged.append(bytes(damaged))
    for bad in forged:
        with unchanged(kms, attempt.key_id), refused("InvalidImportTokenException", NO_MESSAGE):
            attempt.bring(token=bad)
    attempt.bring_good()


def test_tokens_of_other_keys_tenants_and_regions(kms, endpoint):
    mine = Attempt(kms)
    stranger = Attempt(Kms(endpoint, kms.name + "x"))
    elsewhere = Attempt(kms.elsewhere("eu-west-1"))
    for other in (Attempt(kms), stranger, elsewhere):
        with unchanged(kms, mine.key_id), refused("InvalidImportTokenException", NO_MESSAGE):
            mine.bring(blob=other.blob(mine.plain), token=other.given["ImportToken"])
    mine.bring_good()


def test_swapped_parameters_of_one_key(kms):
    mine = Attempt(kms)
    other = kms.parameters(mine.key_id)
    with unchanged(kms, mine.key_id), refused("InvalidCiphertextException", NO_MESSAGE):
        mine.bring(token=other["ImportToken"])
    # Both sets stay good, each with its own wrapping key.
    mine.bring_good()
    kms.bring(mine.key_id, other, wrap(mine.algorithm, other["PublicKey"], mine.plain))


def test_a_token_is_good_for_a_day(kms, clock):
    mine = Attempt(kms)
    valid_to = seconds(mine.given["ParametersValidTo"])
    clock.freeze("aws", kms.access_id, valid_to - 1)
    mine.bring_good()
    kms.delete_imported_key_material(KeyId=mine.key_id)
    # The same token again, while it lasts.
    mine.bring_good()
    kms.delete_imported_key_material(KeyId=mine.key_id)
    for late in (valid_to, valid_to + 1, valid_to + 100 * DAY):
        clock.freeze("aws", kms.access_id, late)
        with unchanged(kms, mine.key_id), refused("ExpiredImportTokenException", NO_MESSAGE):
            mine.bring_good()
    assert kms.state(mine.key_id) == "PendingImport"


def test_a_token_dies_of_too_many_bad_blobs(kms):
    mine = Attempt(kms)
    good = mine.blob()
    bad = os.urandom(len(good))
    for _ in range(128):
        with refused("InvalidCiphertextException", NO_MESSAGE):
            mine.bring(blob=bad)
    for blob in (bad, good):
        with unchanged(kms, mine.key_id), refused("InvalidImportTokenException", NO_MESSAGE):
            mine.bring(blob=blob)
    kms.bring_plain(mine.key_id, mine.plain)


# Blobs.


@pytest.mark.parametrize("algorithm, spec", [("RSAES_OAEP_SHA_256", SYMMETRIC), ("RSAES_OAEP_SHA_1", "HMAC_256"),
                                             ("RSA_AES_KEY_WRAP_SHA_256", "ECC_NIST_P256"),
                                             ("RSA_AES_KEY_WRAP_SHA_1", "RSA_2048")])
def test_every_bad_blob_is_the_same_refusal(kms, algorithm, spec):
    mine = Attempt(kms, spec, algorithm)
    good = mine.blob()
    size = 256
    bad = [b"x", good[:-1], good + b"\0", good[1:], os.urandom(len(good)), bytes(len(good)), b"\xff" * len(good),
           os.urandom(6144)]
    for position in {0, 1, size // 2, size - 1, len(good) - 1}:
        damaged = bytearray(good)
        damaged[position] ^= 1
        bad.append(bytes(damaged))
    other = algorithm.replace("SHA_256", "SHA_1") if "256" in algorithm else algorithm.replace("SHA_1", "SHA_256")
    bad.append(mine.blob(algorithm=other))
    if algorithm.startswith("RSA_AES"):
        bad += [good[size:] + good[:size], good[:size], good[size:], good[: size + 8]]
        key = serialization.load_der_public_key(mine.given["PublicKey"])
        first = key.encrypt(os.urandom(32), oaep(algorithm))
        bad += [first + good[size:], key.encrypt(os.urandom(15), oaep(algorithm)) + good[size:]]
    else:
        bad.append(mine.blob(algorithm="RSAES_PKCS1_V1_5"))
    for blob in bad:
        with unchanged(kms, mine.key_id), refused("InvalidCiphertextException", NO_MESSAGE):
            mine.bring(blob=blob)
    mine.bring_good()


@pytest.mark.parametrize("length", [16, 24, 32])
def test_ephemeral_keys_of_every_aes_length(kms, length):
    mine = Attempt(kms, "ECC_NIST_P256", "RSA_AES_KEY_WRAP_SHA_256")
    mine.bring(rsa_aes_key_wrap(mine.algorithm, mine.given["PublicKey"], os.urandom(length), mine.plain))
    assert kms.state(mine.key_id) == "Enabled"


# Material.


@pytest.mark.parametrize("spec, length", [
    *[(SYMMETRIC, length) for length in (1, 16, 31, 33, 64)],
    *[(spec, length) for spec, least in HMAC_LENGTHS.items() for length in (1, least - 1, 129)],
])
def test_raw_material_of_the_wrong_length(kms, spec, length):
    mine = Attempt(kms, spec)
    with unchanged(kms, mine.key_id), refused("IncorrectKeyMaterialException", NO_MESSAGE):
        mine.bring(mine.blob(os.urandom(length)))
    mine.bring_good()


@pytest.mark.parametrize("spec", HMAC_LENGTHS)
def test_mac_material_may_be_longer(kms, spec):
    plain = os.urandom(128)
    prove(kms, kms.imported(spec, plain), spec, plain)


def other_private_material(spec):
    """Everything that is no PKCS#8 of the kind."""
    key = private_key(spec)
    if spec in RSA_SPECS:
        traditional = key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        other = private_key("RSA_3072" if spec == "RSA_2048" else "RSA_2048")
        curve = private_key("ECC_NIST_P256")
    else:
        traditional = os.urandom(32)
        other = private_key("ECC_NIST_P384" if spec == "ECC_NIST_P256" else "ECC_NIST_P256")
        curve = private_key("ECC_SECG_P256K1" if spec != "ECC_SECG_P256K1" else EDWARDS)
    der = private_key_der(key)
    public = key.public_key().public_bytes(Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return [traditional, private_key_der(other), private_key_der(curve), public, pem, der[:-1], der + b"\0",
            os.urandom(len(der)), os.urandom(32), b"\x30\x00"]


@pytest.mark.parametrize("spec", PRIVATE_SPECS)
def test_private_keys_of_the_wrong_kind(kms, spec):
    mine = Attempt(kms, spec, "RSA_AES_KEY_WRAP_SHA_256")
    for plain in other_private_material(spec):
        with unchanged(kms, mine.key_id), refused("IncorrectKeyMaterialException", NO_MESSAGE):
            mine.bring(mine.blob(plain))
    mine.bring_good()


def test_explicit_curve_parameters_are_refused_and_compressed_points_are_not(kms):
    mine = Attempt(kms, "ECC_NIST_P256", "RSA_AES_KEY_WRAP_SHA_256")
    key = private_key("ECC_NIST_P256")
    scalar = key.private_numbers().private_value.to_bytes(32)
    point = key.public_key().public_bytes(Encoding.X962, serialization.PublicFormat.CompressedPoint)
    named = bytes.fromhex("06072a8648ce3d0201") + bytes.fromhex("06082a8648ce3d030107")
    inner = der(0x30, der_integer(1) + der(4, scalar) + der(0xA1, der(3, b"\0" + point)))
    compressed = der(0x30, der_integer(0) + der(0x30, named) + der(4, inner))
    p = 2**256 - 2**224 + 2**192 + 2**96 - 1
    b = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
    n = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    g = ec.derive_private_key(1, ec.SECP256R1()).public_key().public_bytes(
        Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    field = der(0x30, bytes.fromhex("06072a8648ce3d0101") + der_integer(p))
    curve = der(0x30, der(4, (p - 3).to_bytes(32)) + der(4, b.to_bytes(32)))
    explicit = der(0x30, der_integer(1) + field + curve + der(4, g) + der_integer(n) + der_integer(1))
    kind = der(0x30, bytes.fromhex("06072a8648ce3d0201") + explicit)
    plain = der(0x30, der_integer(0) + kind + der(4, der(0x30, der_integer(1) + der(4, scalar))))
    with unchanged(kms, mine.key_id), refused("IncorrectKeyMaterialException", NO_MESSAGE):
        mine.bring(mine.blob(plain))
    mine.bring(mine.blob(compressed))
    prove(kms, mine.key_id, "ECC_NIST_P256", private_key_der(key))


def test_rsa_keys_that_do_not_add_up(kms):
    mine = Attempt(kms, "RSA_2048")
    numbers = private_key("RSA_2048").private_numbers()
    def pkcs8(**changed):
        values = {"n": numbers.public_numbers.n, "e": numbers.public_numbers.e, "d": numbers.d, "p": numbers.p,
                  "q": numbers.q, "dp": numbers.dmp1, "dq": numbers.dmq1, "qi": numbers.iqmp} | changed
        inner = der(0x30, der_integer(0) + b"".join(der_integer(values[name]) for name in values))
        return der(0x30, der_integer(0) + bytes.fromhex("300d06092a864886f70d0101010500") + der(4, inner))

    for changed in ({"d": numbers.d + 2}, {"p": numbers.p + 2}, {"dp": numbers.dmp1 + 2}, {"qi": numbers.iqmp + 1},
                    {"n": numbers.public_numbers.n + 2}, {"e": 1}):
        with unchanged(kms, mine.key_id), refused("IncorrectKeyMaterialException", NO_MESSAGE):
            mine.bring(mine.blob(pkcs8(**changed)))
    mine.bring(mine.blob(pkcs8()))


# Coming again.


@pytest.mark.parametrize("spec", [SYMMETRIC, "HMAC_256", "RSA_2048", "ECC_NIST_P256", EDWARDS])
def test_only_the_same_material_comes_again(kms, spec):
    plain = material(spec)
    other = material(spec, number=1)
    key_id = kms.imported(spec, plain)
    before = kms.describe(key_id)
    for state in ("Enabled", "PendingImport"):
        with unchanged(kms, key_id), refused("IncorrectKeyMaterialException", NO_MESSAGE):
            kms.bring_plain(key_id, other, natural_wrapping(spec))
        # Also where it comes in another wrapping.
        kms.bring_plain(key_id, plain, "RSA_AES_KEY_WRAP_SHA_1" if spec in PRIVATE_SPECS else "RSAES_OAEP_SHA_1",
                        "RSA_3072")
        assert kms.describe(key_id) == before
        kms.delete_imported_key_material(KeyId=key_id)
        assert kms.state(key_id) == "PendingImport"
    kms.bring_plain(key_id, plain, natural_wrapping(spec))
    prove(kms, key_id, spec, plain)


def test_what_a_key_encrypted_outlives_its_material(kms):
    plain = material(SYMMETRIC)
    key_id = kms.imported(plain=plain)
    blob = kms.encrypt(KeyId=key_id, Plaintext=b"kept")["CiphertextBlob"]
    kms.delete_imported_key_material(KeyId=key_id)
    with refused("KMSInvalidStateException", f"{kms.arn(key_id)} is pending import."):
        kms.decrypt(CiphertextBlob=blob)
    kms.bring_plain(key_id, plain)
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"kept"


def test_the_same_material_in_two_keys_is_two_keys(kms):
    plain = material(SYMMETRIC)
    one, two = kms.imported(plain=plain), kms.imported(plain=plain)
    assert kms.describe(one)["CurrentKeyMaterialId"] != kms.describe(two)["CurrentKeyMaterialId"]
    blob = kms.encrypt(KeyId=one, Plaintext=b"x")["CiphertextBlob"]
    with refused("IncorrectKeyException"):
        kms.decrypt(KeyId=two, CiphertextBlob=blob)


def test_deleting_material(kms):
    key_id = kms.imported()
    metadata = kms.describe(key_id)
    answer = kms.delete_imported_key_material(KeyId=key_id)
    assert (answer["KeyId"], answer["KeyMaterialId"]) == (metadata["Arn"], metadata["CurrentKeyMaterialId"])
    after = kms.describe(key_id)
    assert (after["KeyState"], after["Enabled"]) == ("PendingImport", False)
    assert after["CurrentKeyMaterialId"] == metadata["CurrentKeyMaterialId"]
    assert "ExpirationModel" not in after and "ValidTo" not in after
    # Without material nothing happens.
    with unchanged(kms, key_id):
        kms.delete_imported_key_material(KeyId=key_id)
    never = kms.external("HMAC_256")
    with unchanged(kms, never):
        answer = kms.delete_imported_key_material(KeyId=never)
        assert "KeyMaterialId" not in answer
    # By the material's name.
    key_id = kms.imported()
    with unchanged(kms, key_id), refused("NotFoundException"):
        kms.delete_imported_key_material(KeyId=key_id, KeyMaterialId="0" * 64)
    kms.delete_imported_key_material(KeyId=key_id, KeyMaterialId=kms.describe(key_id)["CurrentKeyMaterialId"])
    assert kms.state(key_id) == "PendingImport"


def test_import_types(kms):
    key_id, plain = kms.external(), material(SYMMETRIC)
    with unchanged(kms, key_id), refused("IncorrectKeyMaterialException", NO_MESSAGE):
        kms.bring_plain(key_id, plain, ImportType="EXISTING_KEY_MATERIAL")
    material_id = kms.bring_plain(key_id, plain, ImportType="NEW_KEY_MATERIAL",
                                  KeyMaterialDescription="first of 2025")["KeyMaterialId"]
    with unchanged(kms, key_id):
        with refused("IncorrectKeyMaterialException", NO_MESSAGE):
            kms.bring_plain(key_id, plain, ImportType="NEW_KEY_MATERIAL")
        with refused("IncorrectKeyMaterialException", NO_MESSAGE):
            kms.bring_plain(key_id, material(SYMMETRIC), ImportType="EXISTING_KEY_MATERIAL")
        with refused("IncorrectKeyMaterialException", NO_MESSAGE):
            kms.bring_plain(key_id, plain, KeyMaterialId="0" * 64)
        with refused("ValidationException"):
            kms.bring_plain(key_id, plain, KeyMaterialId=material_id, ImportType="NEW_KEY_MATERIAL")
    kms.bring_plain(key_id, plain, ImportType="EXISTING_KEY_MATERIAL", KeyMaterialId=material_id)
    kms.bring_plain(key_id, plain, KeyMaterialId=material_id)


@pytest.mark.parametrize("spec", ["HMAC_256", "ECC_NIST_P256"])
@pytest.mark.parametrize("more", [{"ImportType": "NEW_KEY_MATERIAL"}, {"KeyMaterialDescription": "x"},
                                  {"KeyMaterialId": "0" * 64}])
def test_only_symmetric_keys_tell_materials_apart(kms, spec, more):
    mine = Attempt(kms, spec)
    with unchanged(kms, mine.key_id), refused("UnsupportedOperationException"):
        mine.bring(**more)


def test_import_into_a_disabled_key_leaves_it_disabled(kms):
    plain = material(SYMMETRIC)
    key_id = kms.imported(plain=plain)
    kms.disable_key(KeyId=key_id)
    kms.bring_plain(key_id, plain)
    assert kms.state(key_id) == "Disabled"
    kms.delete_imported_key_material(KeyId=key_id)
    assert kms.state(key_id) == "PendingImport"


# Expiry.


def test_models_and_dates(kms):
    mine = Attempt(kms)
    future = at(time.time() + HOUR)
    with unchanged(kms, mine.key_id):
        for more in ({"ExpirationModel": EXPIRES}, {}):
            with refused("ValidationException", "A validTo date must be set if the ExpirationModel is "
                                                "KEY_MATERIAL_EXPIRES"):
                kms.import_key_material(KeyId=mine.key_id, ImportToken=mine.given["ImportToken"],
                                        EncryptedKeyMaterial=mine.blob(), **more)
        with refused("ValidationException"):
            mine.bring(ExpirationModel=NEVER, ValidTo=future)
    mine.bring(ValidTo=future)
    metadata = kms.describe(mine.key_id)
    assert (metadata["ExpirationModel"], int(seconds(metadata["ValidTo"]))) == (EXPIRES, int(seconds(future)))


def test_expiry_has_bounds(kms, clock):
    mine = Attempt(kms)
    now = int(time.time())
    clock.freeze("aws", kms.access_id, now)
    for offset in (0, -1, -DAY, 365 * DAY + 1, 366 * DAY, 10000 * DAY):
        with unchanged(kms, mine.key_id), refused("ValidationException"):
            mine.bring(ValidTo=at(now + offset))
    for offset in (1, 365 * DAY):
        mine.bring(ExpirationModel=EXPIRES, ValidTo=at(now + offset))
        assert seconds(kms.describe(mine.key_id)["ValidTo"]) == now + offset


@pytest.mark.parametrize("spec", [SYMMETRIC, "HMAC_256", "ECC_NIST_P256"])
def test_expired_material_is_gone_and_may_come_again(kms, clock, spec):
    now = int(time.time())
    clock.freeze("aws", kms.access_id, now)
    plain = material(spec)
    key_id = kms.imported(spec, plain, ValidTo=at(now + HOUR))
    before = kms.describe(key_id)
    clock.advance("aws", kms.access_id, HOUR - 1)
    prove(kms, key_id, spec, plain)
    clock.advance("aws", kms.access_id, 1)
    after = kms.describe(key_id)
    assert (after["KeyState"], after["Enabled"]) == ("PendingImport", False)
    assert "ExpirationModel" not in after and "ValidTo" not in after
    assert after.get("CurrentKeyMaterialId") == before.get("CurrentKeyMaterialId")
    with refused("KMSInvalidStateException", f"{kms.arn(key_id)} is pending import."):
        prove(kms, key_id, spec, plain)
    with unchanged(kms, key_id), refused("IncorrectKeyMaterialException", NO_MESSAGE):
        kms.bring_plain(key_id, material(spec, number=1), natural_wrapping(spec))
    kms.bring_plain(key_id, plain, natural_wrapping(spec), ValidTo=at(now + 2 * HOUR))
    assert seconds(kms.describe(key_id)["ValidTo"]) == now + 2 * HOUR
    prove(kms, key_id, spec, plain)


def test_coming_again_sets_the_expiry_anew(kms, clock):
    now = int(time.time())
    clock.freeze("aws", kms.access_id, now)
    plain = material(SYMMETRIC)
    key_id = kms.imported(plain=plain, ValidTo=at(now + HOUR))
    kms.bring_plain(key_id, plain, ValidTo=at(now + DAY))
    assert seconds(kms.describe(key_id)["ValidTo"]) == now + DAY
    kms.bring_plain(key_id, plain, ExpirationModel=NEVER)
    metadata = kms.describe(key_id)
    assert metadata["ExpirationModel"] == NEVER and "ValidTo" not in metadata
    clock.advance("aws", kms.access_id, 1000 * DAY)
    assert kms.state(key_id) == "Enabled"


def test_expiry_while_disabled_or_pending_deletion(kms, clock):
    now = int(time.time())
    clock.freeze("aws", kms.access_id, now)
    disabled, dying = (kms.imported(ValidTo=at(now + HOUR)) for _ in range(2))
    kms.disable_key(KeyId=disabled)
    kms.schedule_key_deletion(KeyId=dying, PendingWindowInDays=7)
    clock.advance("aws", kms.access_id, HOUR)
    assert kms.state(disabled) == "PendingImport"
    assert kms.state(dying) == "PendingDeletion"
    kms.cancel_key_deletion(KeyId=dying)
    assert kms.state(dying) == "PendingImport"


@pytest.mark.parametrize("spec", [SYMMETRIC, "HMAC_384", "RSA_2048", "ECC_NIST_P384"])
def test_a_whole_life(kms, clock, spec):
    now = int(time.time())
    clock.freeze("aws", kms.access_id, now)
    plain = material(spec)
    key_id = kms.external(spec)
    assert kms.state(key_id) == "PendingImport"
    kms.bring_plain(key_id, plain, natural_wrapping(spec), ValidTo=at(now + DAY))
    prove(kms, key_id, spec, plain)
    clock.advance("aws", kms.access_id, DAY)
    assert kms.state(key_id) == "PendingImport"
    kms.bring_plain(key_id, plain, natural_wrapping(spec))
    prove(kms, key_id, spec, plain)
    kms.delete_imported_key_material(KeyId=key_id)
    assert kms.state(key_id) == "PendingImport"
    kms.schedule_key_deletion(KeyId=key_id, PendingWindowInDays=7)
    clock.advance("aws", kms.access_id, 7 * DAY)
    with refused("NotFoundException", f"Key '{kms.arn(key_id)}' does not exist"):
        kms.describe(key_id)


def test_fields_have_shapes(kms):
    key_id, loose = kms.external(), kms.unchecked()
    with refused("ValidationException",
                 "2 validation errors detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=6145 cap=6145]' at "
                 "'importToken' failed to satisfy constraint: Member must have length less than or equal to 6144; "
                 "Value 'java.nio.HeapByteBuffer[pos=0 lim=0 cap=0]' at 'encryptedKeyMaterial' failed to satisfy "
                 "constraint: Member must have length greater than or equal to 1"):
        loose.import_key_material(KeyId=key_id, ImportToken=bytes(6145), EncryptedKeyMaterial=b"")
    with refused("ValidationException",
                 "1 validation error detected: Value 'NEVER' at 'expirationModel' failed to satisfy constraint: Member "
                 "must satisfy enum value set: [KEY_MATERIAL_EXPIRES, KEY_MATERIAL_DOES_NOT_EXPIRE]"):
        loose.import_key_material(KeyId=key_id, ImportToken=b"x", EncryptedKeyMaterial=b"x", ExpirationModel="NEVER")
    with refused("ValidationException",
                 "1 validation error detected: Value 'RSA_1024' at 'wrappingKeySpec' failed to satisfy constraint: "
                 "Member must satisfy enum value set: [RSA_2048, RSA_3072, RSA_4096, SM2]"):
        loose.get_parameters_for_import(KeyId=key_id, WrappingAlgorithm="SM2PKE", WrappingKeySpec="RSA_1024")

