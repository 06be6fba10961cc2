"""Encrypt, Decrypt, GenerateDataKey, GenerateRandom."""

import base64
import binascii
import json
import os

import pytest

from tencent_support import FIPS, SM, Kms, b64, refused, unb64, unchanged

BAD_CIPHERTEXT = "InvalidParameterValue.InvalidCiphertext"


@pytest.fixture(params=[SM, FIPS])
def kms(request, endpoint, tenant_name):
    return Kms(endpoint, tenant_name, request.param)


@pytest.fixture
def key_id(kms):
    return kms.create()


@pytest.mark.parametrize("length", [1, 5, 15, 16, 17, 32, 1000, 4095, 4096])
def test_there_and_back(kms, key_id, length):
    plaintext = os.urandom(length)
    made = kms.Encrypt(KeyId=key_id, Plaintext=b64(plaintext))
    assert made.KeyId == key_id
    opened = kms.Decrypt(CiphertextBlob=made.CiphertextBlob)
    assert (opened.KeyId, unb64(opened.Plaintext)) == (key_id, plaintext)


@pytest.mark.parametrize("length, last", [(5, 36), (16, 52), (32, 68)])
def test_a_blob_has_three_parts_and_is_not_base64(kms, key_id, length, last):
    blob, another = kms.seal(key_id, os.urandom(length)), kms.seal(key_id, os.urandom(length))
    parts = [unb64(part) for part in blob.split("-k-")]
    assert [len(part) for part in parts] == [64, 16, last]
    assert another.split("-k-")[1] == blob.split("-k-")[1]
    assert another != blob
    with pytest.raises(binascii.Error):
        base64.b64decode(blob, validate=True)


@pytest.mark.parametrize("bad", ["", "x", "AAA", "AAAA\n", "-_-_", b64(bytes(4097)), b64(bytes(100_000))])
def test_a_bad_plaintext(kms, key_id, bad):
    with refused("InvalidParameterValue.InvalidPlaintext"):
        kms.Encrypt(KeyId=key_id, Plaintext=bad)


def test_a_damaged_blob(kms, key_id):
    blob = kms.seal(key_id, b"0123456789")
    bad = ["", "x", "-k--k-", b64(bytes(200)), blob + "-k-", blob.replace("-k-", "-k--k-"), blob[:-1], blob + "A"]
    for position in range(0, len(blob), 7):
        bad.append(blob[:position] + ("B" if blob[position] == "A" else "A") + blob[position + 1:])
    for damaged in bad:
        with refused(BAD_CIPHERTEXT):
            kms.open(damaged)


def test_a_blob_of_another_key_of_the_same_material(endpoint, tenant_name):
    kms = Kms(endpoint, tenant_name)
    secret = os.urandom(16)
    first, second = kms.imported(secret), kms.imported(secret)
    one, two = kms.seal(first, b"one").split("-k-"), kms.seal(second, b"two").split("-k-")
    for mixed in ([one[0], two[1], one[2]], [two[0], one[1], one[2]], [one[0], one[1], two[2]]):
        with refused(BAD_CIPHERTEXT):
            kms.open("-k-".join(mixed))


@pytest.mark.parametrize("written, again", [
    ('{"a":"1","b":"2"}', '{ "b": "2", "a": "1" }'),
    ('{"a":1}', '{"a": 1}'),
    ('{"a":{"b":[1,2]}}', '{"a":{"b":[1, 2]}}'),
    ('{"name":"日本"}', '{"name":"\\u65e5\\u672c"}'),
    ("", None),
    ("{}", None),
])
def test_the_same_context_opens(kms, key_id, written, again):
    blob = kms.seal(key_id, b"x", EncryptionContext=written)
    assert kms.open(blob, **({} if again is None else {"EncryptionContext": again})) == b"x"


@pytest.mark.parametrize("context, other", [
    ('{"a":"1"}', None), ('{"a":"1"}', ""), (None, '{"a":"1"}'), ('{"a":"1"}', '{"a":"2"}'), ('{"a":"1"}', '{"A":"1"}'),
    ('{"a":"1"}', '{"a":1}'), ('{"a":"1"}', '{"a":"1","b":"2"}'), ('{"a":"bc"}', '{"ab":"c"}'),
])
def test_another_context_does_not(kms, key_id, context, other):
    given = lambda text: {} if text is None else {"EncryptionContext": text}
    blob = kms.seal(key_id, b"x", **given(context))
    with refused(BAD_CIPHERTEXT):
        kms.open(blob, **given(other))
    assert kms.open(blob, **given(context)) == b"x"


def test_a_context_is_an_object_of_bounded_length(kms, key_id):
    longest = json.dumps({"a": "é" * (1024 - 9)}, ensure_ascii=False)
    assert len(longest) == 1024
    blob = kms.seal(key_id, b"x", EncryptionContext=longest)
    assert kms.open(blob, EncryptionContext=longest) == b"x"
    for bad in (longest[:-2] + 'é"}', "x", "[]", "null", '"a"', "1", '{"a":1', '{"a":1,"a":1}'):
        with refused("InvalidParameter"):
            kms.seal(key_id, b"x", EncryptionContext=bad)
        with refused("InvalidParameter"):
            kms.open(blob, EncryptionContext=bad)
        with refused("InvalidParameter"):
            kms.GenerateDataKey(KeyId=key_id, KeySpec="AES_128", EncryptionContext=bad)


@pytest.mark.parametrize("asked, length", [
    ({"KeySpec": "AES_128"}, 16), ({"KeySpec": "AES_256"}, 32), ({"NumberOfBytes": 1}, 1),
    ({"NumberOfBytes": 1024}, 1024), ({"NumberOfBytes": 7, "KeySpec": "AES_256"}, 7),
    ({"KeySpec": "AES_256", "IsHostedByKms": 0, "EncryptionPublicKey": "", "EncryptionAlgorithm": "SM2"}, 32),
])
def test_a_data_key(kms, key_id, asked, length):
    made = kms.GenerateDataKey(KeyId=key_id, EncryptionContext='{"k":"v"}', **asked)
    assert made.KeyId == key_id and len(unb64(made.Plaintext)) == length
    assert kms.open(made.CiphertextBlob, EncryptionContext='{"k":"v"}') == unb64(made.Plaintext)
    with refused(BAD_CIPHERTEXT):
        kms.open(made.CiphertextBlob)
    assert not made.DataKeyId
    assert kms.GenerateDataKey(KeyId=key_id, **asked).Plaintext != made.Plaintext or length == 1


@pytest.mark.parametrize("bad, code", [
    ({}, "InvalidParameter"),
    ({"KeySpec": "AES_512"}, "InvalidParameter"),
    ({"KeySpec": ""}, "InvalidParameter"),
    ({"NumberOfBytes": 0}, "InvalidParameter"),
    ({"NumberOfBytes": 1025}, "InvalidParameter"),
    ({"NumberOfBytes": 2**64 - 1}, "InvalidParameter"),
    ({"KeySpec": "AES_256", "HsmClusterId": "x"}, "InvalidParameterValue.InvalidHsmClusterId"),
    ({"KeySpec": "AES_256", "IsHostedByKms": 2}, "InvalidParameterValue.InvalidType"),
    ({"KeySpec": "AES_256", "IsHostedByKms": 1}, "InvalidParameterValue.InvalidDataKeyName"),
])
def test_what_generate_data_key_refuses(kms, key_id, bad, code):
    with refused(code):
        kms.GenerateDataKey(KeyId=key_id, **bad)


def test_random_bytes(kms):
    for length in (1, 16, 1024):
        assert len(unb64(kms.GenerateRandom(NumberOfBytes=length).Plaintext)) == length
    assert kms.GenerateRandom(NumberOfBytes=32).Plaintext != kms.GenerateRandom(NumberOfBytes=32).Plaintext
    for bad in (0, 1025, 2**64 - 1):
        with refused("InvalidParameter"):
            kms.GenerateRandom(NumberOfBytes=bad)


def test_keys_are_out_of_sight_elsewhere(endpoint, kms, key_id, tenant_name):
    blob = kms.seal(key_id)
    stranger = Kms(endpoint, tenant_name + "x", kms.region)
    elsewhere = Kms(endpoint, tenant_name, FIPS if kms.region == SM else SM)
    for other in (stranger, elsewhere):
        assert other.ListKeys().TotalCount == other.ListKeyDetail().TotalCount == 0
        with unchanged(kms, key_id):
            for act in (
                lambda: other.describe(key_id),
                lambda: other.DescribeKeys(KeyIds=[key_id]),
                lambda: other.DisableKey(KeyId=key_id),
                lambda: other.ScheduleKeyDeletion(KeyId=key_id, PendingWindowInDays=7),
                lambda: other.seal(key_id),
                lambda: other.open(blob),
                lambda: other.GenerateDataKey(KeyId=key_id, KeySpec="AES_256"),
                lambda: other.parameters(key_id),
                lambda: other.DeleteImportedKeyMaterial(KeyId=key_id),
            ):
                with refused("ResourceUnavailable.CmkNotFound"):
                    act()
