"""Importing material: wrappings, tokens, material, expiry."""

import os
import time

import pytest
from wrapping import wrap

from tencent_support import DAY, FIPS, MATERIAL_LENGTH, SM, Kms, b64, refused, unb64, unchanged

NOW = 1_800_000_000
OFFERED = ["RSAES_PKCS1_V1_5", "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"]
OTHERS = ["RSA_AES_KEY_WRAP_SHA_1", "RSA_AES_KEY_WRAP_SHA_256", "SM2PKE", "SM2_ENCRYPT", "rsaes_oaep_sha_1", ""]
BAD_BLOB = "InvalidParameter.DecryptMaterialError"
BAD_TOKEN = "ResourceUnavailable.TokenExpired"


@pytest.fixture(params=[SM, FIPS])
def kms(request, endpoint, tenant_name):
    return Kms(endpoint, tenant_name, request.param)


def material(kms):
    return os.urandom(MATERIAL_LENGTH[kms.region])


def bring_blob(kms, key_id, given, blob, **more):
    return kms.ImportKeyMaterial(KeyId=key_id, ImportToken=given.ImportToken, EncryptedKeyMaterial=b64(blob), **more)


@pytest.mark.parametrize("algorithm", OFFERED)
def test_offered_wrappings_are_imported_and_used(kms, algorithm):
    key_id = kms.external()
    secret = material(kms)
    kms.bring(key_id, secret, algorithm=algorithm)
    blob = kms.seal(key_id, b"used")
    kms.DeleteImportedKeyMaterial(KeyId=key_id)
    for again in OFFERED:
        kms.bring(key_id, secret, algorithm=again)
        assert kms.open(blob) == b"used"


@pytest.mark.parametrize("spec", ["RSA_3072", "RSA_4096", "SM2", "rsa_2048", ""])
@pytest.mark.parametrize("algorithm", OFFERED + OTHERS)
def test_other_wrapping_keys_are_refused(endpoint, tenant_name, algorithm, spec):
    kms = Kms(endpoint, tenant_name)
    key_id = kms.external()
    with unchanged(kms, key_id), refused("InvalidParameter"):
        kms.GetParametersForImport(KeyId=key_id, WrappingAlgorithm=algorithm, WrappingKeySpec=spec)


@pytest.mark.parametrize("algorithm", OTHERS)
def test_other_algorithms_are_refused(kms, algorithm):
    key_id = kms.external()
    with unchanged(kms, key_id), refused("InvalidParameter"):
        kms.parameters(key_id, algorithm)


@pytest.mark.parametrize("algorithm", OFFERED)
def test_every_bad_blob_is_refused_alike(kms, algorithm):
    key_id = kms.external()
    given = kms.parameters(key_id, algorithm)
    public_key = unb64(given.PublicKey)
    good = wrap(algorithm, public_key, material(kms))
    flipped = bytearray(good)
    flipped[100] ^= 1
    other = next(name for name in OFFERED if name != algorithm)
    lengths = [length for length in (0, 1, 15, 16, 17, 24, 31, 32, 33, 64) if length != MATERIAL_LENGTH[kms.region]]
    bad = [b"", b"\0", bytes(255), bytes(256), b"\xff" * 256, bytes(257), bytes(flipped), good[:-1], good + b"\0",
           good[::-1], wrap(other, public_key, material(kms))]
    bad += [wrap(algorithm, public_key, os.urandom(length)) for length in lengths]
    messages = set()
    with unchanged(kms, key_id):
        for blob in bad:
            with refused(BAD_BLOB):
                try:
                    bring_blob(kms, key_id, given, blob)
                except Exception as error:
                    messages.add(error.get_message())
                    raise
        for text in ("not base64!", "AAA", "=", "AAAA-_"):
            with refused(BAD_BLOB):
                kms.ImportKeyMaterial(KeyId=key_id, ImportToken=given.ImportToken, EncryptedKeyMaterial=text)
    assert messages == {"Decryption of EncryptedKeyMaterial failed."}
    # None of it has spoilt the parameters.
    bring_blob(kms, key_id, given, good)
    assert kms.state(key_id) == "Enabled"


def test_a_blob_under_another_keys_public_key_does_not_open(kms):
    mine, other = kms.external(), kms.external()
    given, foreign = kms.parameters(mine), kms.parameters(other)
    with unchanged(kms, mine, other), refused(BAD_BLOB):
        bring_blob(kms, mine, given, wrap("RSAES_OAEP_SHA_256", unb64(foreign.PublicKey), material(kms)))


def test_a_token_serves_several_times(kms):
    key_id = kms.external()
    given, secret = kms.parameters(key_id), material(kms)
    for valid_to in (int(time.time()) + 1000, int(time.time()) + 2000, 0):
        kms.bring(key_id, secret, valid_to=valid_to, given=given)
        assert kms.describe(key_id).ValidTo == valid_to


def test_newer_parameters_make_older_ones_void(kms):
    key_id = kms.external()
    first, second = kms.parameters(key_id), kms.parameters(key_id, "RSAES_PKCS1_V1_5")
    assert first.PublicKey != second.PublicKey and first.ImportToken != second.ImportToken
    with unchanged(kms, key_id), refused(BAD_TOKEN, "Token has expired."):
        kms.bring(key_id, material(kms), given=first)
    kms.bring(key_id, material(kms), given=second, algorithm="RSAES_PKCS1_V1_5")


def test_tokens_end_after_a_day(kms, clock):
    clock.freeze("tencent", kms.access_id, NOW)
    key_id = kms.external()
    given, secret = kms.parameters(key_id), material(kms)
    clock.advance("tencent", kms.access_id, DAY - 1)
    kms.bring(key_id, secret, given=given)
    clock.advance("tencent", kms.access_id, 1)
    with unchanged(kms, key_id), refused(BAD_TOKEN):
        kms.bring(key_id, secret, given=given)


def test_forged_and_swapped_tokens(endpoint, kms, tenant_name):
    key_id, other = kms.external(), kms.external()
    given, foreign = kms.parameters(key_id), kms.parameters(other)
    elsewhere = Kms(endpoint, tenant_name, SM if kms.region == FIPS else FIPS)
    stranger = Kms(endpoint, tenant_name + "x", kms.region)
    tokens = [foreign.ImportToken]
    for neighbour in (elsewhere, stranger):
        tokens.append(neighbour.parameters(neighbour.external()).ImportToken)
    genuine = unb64(given.ImportToken)
    for position in (0, 1, 17, 48, 95):
        damaged = bytearray(genuine)
        damaged[position] ^= 1
        tokens.append(b64(bytes(damaged)))
    tokens += [b64(genuine[:-1]), b64(genuine + b"\0"), b64(bytes(96)), "", "AAAA", "not base64!"]
    blob = b64(wrap("RSAES_OAEP_SHA_256", unb64(given.PublicKey), material(kms)))
    with unchanged(kms, key_id, other):
        for token in tokens:
            with refused(BAD_TOKEN):
                kms.ImportKeyMaterial(KeyId=key_id, ImportToken=token, EncryptedKeyMaterial=blob)
    kms.ImportKeyMaterial(KeyId=key_id, ImportToken=given.ImportToken, EncryptedKeyMaterial=blob)


def test_parameters_die_of_too_many_bad_blobs(endpoint, tenant_name):
    kms = Kms(endpoint, tenant_name)
    key_id = kms.external()
    given = kms.parameters(key_id)
    for _ in range(128):
        with refused(BAD_BLOB):
            bring_blob(kms, key_id, given, os.urandom(256))
    secret = material(kms)
    with unchanged(kms, key_id), refused(BAD_TOKEN):
        kms.bring(key_id, secret, given=given)
    kms.bring(key_id, secret)


def test_only_the_same_material_comes_again(kms):
    first, second = kms.external(), kms.external()
    secret = material(kms)
    kms.bring(first, secret)
    kms.bring(second, secret)
    blob = kms.seal(first, b"of the first")
    with unchanged(kms, first), refused("InvalidParameterValue.MaterialNotMatch"):
        kms.bring(first, material(kms))
    kms.DeleteImportedKeyMaterial(KeyId=first)
    with unchanged(kms, first), refused("InvalidParameterValue.MaterialNotMatch"):
        kms.bring(first, material(kms))
    kms.bring(first, secret)
    assert kms.open(blob) == b"of the first"
    # The same bytes in two keys: neither opens what the other made.
    assert kms.Decrypt(CiphertextBlob=blob).KeyId == first
    kms.DisableKey(KeyId=first)
    with refused("ResourceUnavailable.CmkDisabled"):
        kms.open(blob)


@pytest.mark.parametrize("ahead", [1, 3600, 365 * DAY * 5])
def test_expiry_at_the_second(endpoint, tenant_name, clock, ahead):
    kms = Kms(endpoint, tenant_name)
    clock.freeze("tencent", kms.access_id, NOW)
    key_id = kms.imported(os.urandom(16), valid_to=NOW + ahead)
    assert kms.describe(key_id).ValidTo == NOW + ahead
    clock.freeze("tencent", kms.access_id, NOW + ahead - 1)
    assert kms.state(key_id) == "Enabled"
    clock.freeze("tencent", kms.access_id, NOW + ahead)
    assert (kms.state(key_id), kms.describe(key_id).ValidTo) == ("PendingImport", 0)


def test_bounds_of_valid_to(kms, clock):
    clock.freeze("tencent", kms.access_id, NOW)
    key_id, secret = kms.external(), material(kms)
    given = kms.parameters(key_id)
    with unchanged(kms, key_id):
        for bad in (1, NOW - 1, NOW, 2147443201, 2**31, 2**63, 2**64 - 1):
            with refused("InvalidParameter"):
                kms.bring(key_id, secret, valid_to=bad, given=given)
    for good in (NOW + 1, 2147443200, 0):
        kms.bring(key_id, secret, valid_to=good, given=given)
        assert kms.describe(key_id).ValidTo == good
    kms.bring(key_id, secret, valid_to=NOW + 5, given=given)
    kms.bring(key_id, secret, given=given)
    assert kms.describe(key_id).ValidTo == 0, "left out: never"


def test_a_disabled_key_whose_material_expires_stays_disabled(endpoint, tenant_name, clock):
    kms = Kms(endpoint, tenant_name)
    clock.freeze("tencent", kms.access_id, NOW)
    key_id = kms.imported(os.urandom(16), valid_to=NOW + 10)
    kms.DisableKey(KeyId=key_id)
    clock.advance("tencent", kms.access_id, 10)
    assert (kms.state(key_id), kms.describe(key_id).ValidTo) == ("Disabled", 0)
    kms.EnableKey(KeyId=key_id)
    assert kms.state(key_id) == "PendingImport"
