"""ReEncrypt: another key, another context, or the blob as it was."""

import os

import pytest
from tencent_support import FIPS, MATERIAL_LENGTH, MISSING_KEY, SM, Kms, refused, unchanged

BAD_CIPHERTEXT = "InvalidParameterValue.InvalidCiphertext"
DISABLED = "ResourceUnavailable.CmkDisabled"
ONE, TWO = '{"purpose":"one"}', '{"purpose":"two","n":2}'


@pytest.fixture(params=[SM, FIPS])
def kms(request, endpoint, tenant_name):
    return Kms(endpoint, tenant_name, request.param)


def test_to_another_key(kms):
    first, second = kms.create(), kms.imported(os.urandom(MATERIAL_LENGTH[kms.region]))
    for source, destination in [(first, second), (second, first)]:
        for plaintext in [b"x", os.urandom(4096)]:
            blob = kms.seal(source, plaintext)
            made = kms.ReEncrypt(CiphertextBlob=blob, DestinationKeyId=destination)
            assert (made.KeyId, made.SourceKeyId, made.ReEncrypted) == (destination, source, True)
            assert kms.Decrypt(CiphertextBlob=made.CiphertextBlob).KeyId == destination
            assert kms.open(made.CiphertextBlob) == kms.open(blob) == plaintext


def test_contexts_on_both_ends(kms):
    first, second = kms.create(), kms.create()
    blob = kms.seal(first, b"x", EncryptionContext=ONE)
    for destination in (first, second):
        made = kms.ReEncrypt(CiphertextBlob=blob, DestinationKeyId=destination, SourceEncryptionContext=ONE,
                             DestinationEncryptionContext=TWO)
        assert made.ReEncrypted is True and made.CiphertextBlob != blob
        assert kms.open(made.CiphertextBlob, EncryptionContext=' { "n": 2, "purpose": "two" } ') == b"x"
        for wrong in ({}, {"EncryptionContext": ONE}):
            with refused(BAD_CIPHERTEXT):
                kms.open(made.CiphertextBlob, **wrong)
        # Without one, the new blob has none.
        bare = kms.ReEncrypt(CiphertextBlob=blob, DestinationKeyId=destination, SourceEncryptionContext=ONE)
        assert bare.ReEncrypted is True and kms.open(bare.CiphertextBlob) == b"x"
        for wrong in ({}, {"SourceEncryptionContext": TWO}, {"SourceEncryptionContext": ""},
                      {"DestinationEncryptionContext": ONE}):
            with refused(BAD_CIPHERTEXT):
                kms.ReEncrypt(CiphertextBlob=blob, DestinationKeyId=destination, **wrong)


def test_what_need_not_change_comes_back(kms):
    key_id = kms.create()
    for context in (None, ONE):
        given = {} if context is None else {"EncryptionContext": context}
        blob = kms.seal(key_id, b"x", **given)
        contexts = {} if context is None else {
            "SourceEncryptionContext": context, "DestinationEncryptionContext": '{ "purpose": "one" }'}
        for destination in ({}, {"DestinationKeyId": ""}, {"DestinationKeyId": key_id}):
            made = kms.ReEncrypt(CiphertextBlob=blob, **destination, **contexts)
            assert (made.CiphertextBlob, made.ReEncrypted) == (blob, False)
            assert (made.KeyId, made.SourceKeyId) == (key_id, key_id)
    # It is looked at all the same.
    with refused(BAD_CIPHERTEXT):
        kms.ReEncrypt(CiphertextBlob=blob, DestinationEncryptionContext=ONE)
    with refused(BAD_CIPHERTEXT):
        kms.ReEncrypt(CiphertextBlob=blob)


def test_a_rotated_key_takes_its_blobs_along(kms):
    key_id = kms.create()
    blob = kms.seal(key_id, b"x")
    kms.EnableKeyRotation(KeyId=key_id)
    kms.RotateKey(KeyId=key_id)
    made = kms.ReEncrypt(CiphertextBlob=blob)
    assert made.ReEncrypted is True and made.CiphertextBlob != blob
    assert (made.KeyId, made.SourceKeyId) == (key_id, key_id)
    assert kms.open(blob) == kms.open(made.CiphertextBlob) == b"x"
    again = kms.ReEncrypt(CiphertextBlob=made.CiphertextBlob, DestinationKeyId=key_id)
    assert (again.CiphertextBlob, again.ReEncrypted) == (made.CiphertextBlob, False)


def test_an_archived_key_gives_and_does_not_take(kms):
    first, second = kms.create(), kms.create()
    blob, other = kms.seal(first, b"x"), kms.seal(second, b"x")
    kms.ArchiveKey(KeyId=first)
    assert kms.ReEncrypt(CiphertextBlob=blob, DestinationKeyId=second).ReEncrypted is True
    for parameters in ({"CiphertextBlob": blob}, {"CiphertextBlob": other, "DestinationKeyId": first}):
        with unchanged(kms, first, second), refused("ResourceUnavailable.CmkArchived"):
            kms.ReEncrypt(**parameters)


def test_a_data_key_moves(kms):
    first, second = kms.create(), kms.create()
    made = kms.GenerateDataKey(KeyId=first, KeySpec="AES_256")
    moved = kms.ReEncrypt(CiphertextBlob=made.CiphertextBlob, DestinationKeyId=second).CiphertextBlob
    assert kms.Decrypt(CiphertextBlob=moved).Plaintext == made.Plaintext


def test_what_it_refuses(kms):
    first, second = kms.create(), kms.create()
    blob = kms.seal(first)
    other_usage = kms.create(KeyUsage="ASYMMETRIC_DECRYPT_RSA_2048")
    waiting = kms.external()
    for parameters, code in [
        ({"CiphertextBlob": ""}, BAD_CIPHERTEXT),
        ({"CiphertextBlob": "x"}, BAD_CIPHERTEXT),
        ({"CiphertextBlob": blob[:-1]}, BAD_CIPHERTEXT),
        ({"CiphertextBlob": blob + "-k-"}, BAD_CIPHERTEXT),
        ({"DestinationKeyId": "x"}, "InvalidParameterValue.InvalidKeyId"),
        ({"DestinationKeyId": second.upper()}, "InvalidParameterValue.InvalidKeyId"),
        ({"DestinationKeyId": MISSING_KEY}, "ResourceUnavailable.CmkNotFound"),
        ({"DestinationKeyId": other_usage}, "InvalidParameter"),
        ({"DestinationKeyId": waiting}, DISABLED),
        ({"SourceEncryptionContext": "[]"}, "InvalidParameter"),
        ({"SourceEncryptionContext": "{"}, "InvalidParameter"),
        ({"DestinationEncryptionContext": "null"}, "InvalidParameter"),
        ({"DestinationEncryptionContext": '{"a":"' + "x" * 1024 + '"}'}, "InvalidParameter"),
    ]:
        with unchanged(kms, first, second, waiting), refused(code):
            kms.ReEncrypt(**{"CiphertextBlob": blob, "DestinationKeyId": second, **parameters})


@pytest.mark.parametrize("which", ["source", "destination"])
def test_states(endpoint, tenant_name, clock, which):
    kms = Kms(endpoint, tenant_name)
    clock.freeze("tencent", kms.access_id, 1_800_000_000)
    keys = {"source": kms.imported(os.urandom(16)), "destination": kms.imported(os.urandom(16))}
    blob = kms.seal(keys["source"], b"x")
    key_id = keys[which]
    act = lambda: kms.ReEncrypt(CiphertextBlob=blob, DestinationKeyId=keys["destination"])
    assert act().ReEncrypted is True
    kms.DisableKey(KeyId=key_id)
    with unchanged(kms, *keys.values()), refused(DISABLED):
        act()
    kms.ScheduleKeyDeletion(KeyId=key_id, PendingWindowInDays=7)
    with unchanged(kms, *keys.values()), refused(DISABLED):
        act()
    kms.CancelKeyDeletion(KeyId=key_id)
    kms.EnableKey(KeyId=key_id)
    assert act().ReEncrypted is True
    kms.DeleteImportedKeyMaterial(KeyId=key_id)
    with unchanged(kms, *keys.values()), refused(DISABLED):
        act()
    kms.ScheduleKeyDeletion(KeyId=key_id, PendingWindowInDays=7)
    clock.advance("tencent", kms.access_id, 7 * 86400)
    with refused("ResourceUnavailable.CmkNotFound"):
        act()


def test_keys_of_others_stay_theirs(endpoint, tenant_name):
    mine, theirs = Kms(endpoint, tenant_name), Kms(endpoint, tenant_name + "x")
    key_id, blob = mine.create(), theirs.seal(theirs.create())
    with refused("ResourceUnavailable.CmkNotFound"):
        mine.ReEncrypt(CiphertextBlob=blob, DestinationKeyId=key_id)
    with refused("ResourceUnavailable.CmkNotFound"):
        theirs.ReEncrypt(CiphertextBlob=blob, DestinationKeyId=key_id)
