"""White-box keys: what is done with them, what is refused, and what a device makes of their ciphertexts."""

import base64
import hashlib
import os
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import running
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException

from tencent_support import FIPS, MISSING_KEY, SM, Kms, Raw, alias, b64, refused, unb64, v1

NOON = 1_800_000_000
REGIONS = ["ap-beijing", "ap-guangzhou", "ap-hongkong", "ap-shanghai"]
KEY_LENGTH = {"AES_256": 32, "SM4": 16}
LENGTHS = [0, 1, 15, 16, 17, 4096]
MOST = 50
INVALID_ID, NOT_FOUND = "InvalidParameterValue.InvalidKeyId", "ResourceNotFound"
VALUE, PARAMETER = "InvalidParameterValue", "InvalidParameter"
KEY_DISABLED, FAILED = "ResourceUnavailable.KeyDisabled", "FailedOperation"
NOT_PURCHASED = "ResourceUnavailable.NotPurchased"
# What each action takes besides the key it is about.
BY_ID = {
    "DescribeWhiteBoxKey": {},
    "DescribeWhiteBoxDecryptKey": {},
    "EncryptByWhiteBox": {"PlainText": b64(b"plaintext")},
    "EnableWhiteBoxKey": {},
    "DisableWhiteBoxKey": {},
    "DeleteWhiteBoxKey": {},
    "DescribeWhiteBoxDeviceFingerprints": {},
    "OverwriteWhiteBoxDeviceFingerprints": {"DeviceFingerprints": []},
}
SEVERAL = ["EnableWhiteBoxKeys", "DisableWhiteBoxKeys"]


def routine():
    """The routine of docs/white-box.md, as it stands there."""
    page = (Path(__file__).parents[2] / "docs" / "white-box.md").read_text()
    [block] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names = {}
    exec(compile(block, "docs/white-box.md", "exec"), names)
    return names["white_box_decrypt"]


white_box_decrypt = routine()


@pytest.fixture
def kms(endpoint, tenant_name):
    return Kms(endpoint, tenant_name)


def make(kms, algorithm="AES_256", **more):
    return kms.CreateWhiteBoxKey(**{"Alias": alias(), "Algorithm": algorithm, **more}).KeyId


def info(kms, key_id):
    return kms.DescribeWhiteBoxKey(KeyId=key_id).KeyInfo


def listed(kms, **filters):
    found = kms.DescribeWhiteBoxKeyDetails(**filters)
    return [key.KeyId for key in found.KeyInfos], found.TotalCount


def devices(kms, key_id):
    found = kms.DescribeWhiteBoxDeviceFingerprints(KeyId=key_id).DeviceFingerprints
    return [(device.Identity, device.Description) for device in found]


def everything(kms):
    """All that can be seen of an account's white-box keys."""
    keys = kms.DescribeWhiteBoxKeyDetails().KeyInfos
    return [(vars(key), devices(kms, key.KeyId)) for key in keys]


def identity(number=0):
    return f"{number:08x}-0123456789abcd-0123456789abcd-0123456789abcd-0123456789abcdef"


class Unchanged:
    """Nothing about an account's white-box keys changes in the block."""

    def __init__(self, kms):
        self.kms = kms

    def __enter__(self):
        self.before = everything(self.kms)

    def __exit__(self, kind, *_):
        if kind is None:
            assert everything(self.kms) == self.before


@pytest.mark.parametrize("algorithm", KEY_LENGTH)
def test_a_key_is_made_and_shown(kms, clock, algorithm):
    clock.freeze("tencent", kms.access_id, NOON)
    uin = kms.describe(kms.create()).CreatorUin
    name = alias()
    made = kms.CreateWhiteBoxKey(Alias=name, Algorithm=algorithm, Description="for lamps")
    assert (made.TagCode, made.TagMsg) == (0, "")
    identifier = uuid.UUID(made.KeyId)
    assert str(identifier) == made.KeyId and identifier.version == 1
    # Its time is the account's: 100 ns since 1582.
    assert identifier.time == NOON * 10**7 + 0x01B21DD213814000
    key = info(kms, made.KeyId)
    assert (key.KeyId, key.Alias, key.Algorithm, key.Description) == (made.KeyId, name, algorithm, "for lamps")
    assert (key.Status, key.CreateTime, key.DeviceFingerprintBind) == ("Enabled", NOON, False)
    assert (key.CreatorUin, key.OwnerUin) == (uin, uin)
    assert key.ResourceId == f"creatorUin/{uin}/{made.KeyId}"
    assert (key.EncryptKey, key.DecryptKey) == (made.EncryptKey, made.DecryptKey)
    assert kms.DescribeWhiteBoxDecryptKey(KeyId=made.KeyId).DecryptKey == made.DecryptKey
    assert [vars(one) for one in kms.DescribeWhiteBoxKeyDetails().KeyInfos] == [vars(key)]
    assert devices(kms, made.KeyId) == []


@pytest.mark.parametrize("algorithm, number", [("AES_256", 1), ("SM4", 2)])
def test_the_halves_are_as_they_are_written_down(kms, algorithm, number):
    length = KEY_LENGTH[algorithm]
    opened = []
    for _ in range(2):
        made = kms.CreateWhiteBoxKey(Alias=alias(), Algorithm=algorithm)
        keys = set()
        for half, letter in ((unb64(made.EncryptKey), b"E"), (unb64(made.DecryptKey), b"D")):
            assert half[:8] == b"PKWB\x01" + letter + bytes([number, length])
            assert half[8:24] == uuid.UUID(made.KeyId).bytes
            assert half[-32:] == hashlib.sha256(half[:-32]).digest() and len(half) == 24 + length + 32
            mask = hashlib.sha256(half[:24]).digest()
            keys.add(bytes(a ^ b for a, b in zip(half[24:-32], mask)))
        assert made.EncryptKey != made.DecryptKey and len(keys) == 1
        opened += keys
    assert opened[0] != opened[1]


@pytest.mark.parametrize("algorithm", KEY_LENGTH)
@pytest.mark.parametrize("length", LENGTHS)
def test_a_device_decrypts(kms, algorithm, length):
    made = kms.CreateWhiteBoxKey(Alias=alias(), Algorithm=algorithm)
    plaintext, given = os.urandom(length), b64(os.urandom(16))
    vectors = set()
    for more in ({}, {"InitializationVector": ""}, {"InitializationVector": given}, {"InitializationVector": given}):
        sealed = kms.EncryptByWhiteBox(KeyId=made.KeyId, PlainText=b64(plaintext), **more)
        assert len(unb64(sealed.CipherText)) == length // 16 * 16 + 16
        assert len(unb64(sealed.InitializationVector)) == 16
        if more.get("InitializationVector"):
            assert sealed.InitializationVector == given
        vectors.add((sealed.InitializationVector, sealed.CipherText))
        assert white_box_decrypt(made.DecryptKey, sealed.InitializationVector, sealed.CipherText) == plaintext
    # A vector of the server's is another one each time; the caller's gives the same each time.
    assert len(vectors) == 3


def test_a_half_that_is_damaged_or_another_opens_nothing(kms):
    made, other = (kms.CreateWhiteBoxKey(Alias=alias(), Algorithm="SM4") for _ in range(2))
    sealed = kms.EncryptByWhiteBox(KeyId=made.KeyId, PlainText=b64(b"plaintext"))
    half = unb64(made.DecryptKey)
    spoilt = [half[:place] + bytes([half[place] ^ 1]) + half[place + 1:] for place in range(len(half))]
    for bad in [made.EncryptKey, *map(b64, spoilt), b64(half[:-1]), b64(half + b"\0"), ""]:
        with pytest.raises(ValueError):
            white_box_decrypt(bad, sealed.InitializationVector, sealed.CipherText)
    # Nothing proves that a ciphertext is untouched: what comes out is something else, or its padding is broken.
    cipher_text = unb64(sealed.CipherText)
    for half, vector, body in (
        (other.DecryptKey, sealed.InitializationVector, sealed.CipherText),
        (made.DecryptKey, sealed.InitializationVector, b64(bytes([cipher_text[0] ^ 1]) + cipher_text[1:])),
        (made.DecryptKey, b64(bytes(16)), sealed.CipherText),
        (made.DecryptKey, sealed.InitializationVector, b64(cipher_text[:-1])),
    ):
        try:
            assert white_box_decrypt(half, vector, body) != b"plaintext"
        except ValueError:
            pass


def test_a_key_in_its_states(kms):
    key_id = make(kms)
    for action in ("EnableWhiteBoxKey", "DisableWhiteBoxKey", "DisableWhiteBoxKey", "EnableWhiteBoxKey"):
        before = vars(info(kms, key_id))
        getattr(kms, action)(KeyId=key_id)
        status = "Enabled" if action.startswith("Enable") else "Disabled"
        assert vars(info(kms, key_id)) == {**before, "_Status": status}
    with Unchanged(kms), refused(FAILED):
        kms.DeleteWhiteBoxKey(KeyId=key_id)
    sealed = kms.EncryptByWhiteBox(KeyId=key_id, PlainText=b64(b"plaintext"))
    kms.DisableWhiteBoxKey(KeyId=key_id)
    with Unchanged(kms), refused(KEY_DISABLED):
        kms.EncryptByWhiteBox(KeyId=key_id, PlainText=b64(b"plaintext"))
    # Devices get it all the same, and can be written down.
    half = kms.DescribeWhiteBoxDecryptKey(KeyId=key_id).DecryptKey
    assert white_box_decrypt(half, sealed.InitializationVector, sealed.CipherText) == b"plaintext"
    kms.OverwriteWhiteBoxDeviceFingerprints(KeyId=key_id, DeviceFingerprints=[{"Identity": identity()}])
    assert devices(kms, key_id) == [(identity(), "")] and info(kms, key_id).Status == "Disabled"
    kms.DeleteWhiteBoxKey(KeyId=key_id)
    assert listed(kms) == ([], 0)
    for action, more in BY_ID.items():
        with refused(NOT_FOUND):
            getattr(kms, action)(KeyId=key_id, **more)


def test_several_keys_at_once(kms):
    ids = [make(kms) for _ in range(3)]

    def states():
        return [info(kms, key_id).Status for key_id in ids]

    kms.DisableWhiteBoxKey(KeyId=ids[0])
    # Whatever they are already, all of them are what was asked for.
    kms.DisableWhiteBoxKeys(KeyIds=ids[:2])
    assert states() == ["Disabled", "Disabled", "Enabled"]
    kms.EnableWhiteBoxKeys(KeyIds=[ids[2], ids[0]])
    assert states() == ["Enabled", "Disabled", "Enabled"]
    many = [f"23e80852-1e38-11e9-b129-5cb9019b4b{number:02x}" for number in range(51)]
    for action in SEVERAL:
        for bad, code in (
            ([ids[0], ids[1], MISSING_KEY], NOT_FOUND),
            ([ids[0], ids[1], "nonsense"], INVALID_ID),
            ([ids[0], ids[1], ids[0]], "InvalidParameterValue.DuplicatedKeyId"),
            ([MISSING_KEY, MISSING_KEY], "InvalidParameterValue.DuplicatedKeyId"),
            ([ids[0], kms.create()], NOT_FOUND),
            ([], PARAMETER),
            (many, PARAMETER),
            (many[:50], NOT_FOUND),
        ):
            with Unchanged(kms), refused(code):
                getattr(kms, action)(KeyIds=bad)


@pytest.mark.parametrize("action", BY_ID)
def test_ids_that_are_none(kms, action):
    make(kms)
    more = BY_ID[action]
    with Unchanged(kms):
        for bad in ("", "nonsense", MISSING_KEY.upper(), MISSING_KEY[:-1], f"creatorUin/1/{MISSING_KEY}", "white"):
            with refused(INVALID_ID):
                getattr(kms, action)(KeyId=bad, **more)
        # One that is not there, a key of another kind, and one that lives elsewhere.
        elsewhere = Kms(kms.endpoint, kms.name, "ap-beijing")
        other = Kms(kms.endpoint, kms.name + "b")
        for absent in (MISSING_KEY, kms.create(), make(elsewhere), make(other)):
            with refused(NOT_FOUND):
                getattr(kms, action)(KeyId=absent, **more)
        with refused("MissingParameter", "`KeyId`"):
            getattr(kms, action)(**more)
        with refused(PARAMETER, "`KeyId`", "`string`"):
            getattr(kms, action)(KeyId=7, **more)
        body = {"KeyId": MISSING_KEY, "MemberAccount": {}, **more}
        answer = Raw(kms.endpoint, kms.name, action, body).sign().send()
        assert answer.code == "UnknownParameter" and "`MemberAccount`" in answer.message


def test_a_white_box_key_is_no_key(kms):
    key_id = make(kms)
    with Unchanged(kms):
        for action, more in (
            ("DescribeKey", {}),
            ("Encrypt", {"Plaintext": b64(b"x")}),
            ("EnableKey", {}),
            ("DisableKey", {}),
            ("ScheduleKeyDeletion", {"PendingWindowInDays": 7}),
            ("UpdateAlias", {"Alias": alias()}),
            ("GenerateDataKey", {"KeySpec": "AES_256"}),
            ("GetPublicKey", {}),
        ):
            with refused("ResourceUnavailable.CmkNotFound"):
                getattr(kms, action)(KeyId=key_id, **more)
        with refused("ResourceUnavailable.CmkNotFound"):
            kms.DisableKeys(KeyIds=[key_id])
    assert kms.ListKeys().TotalCount == 0 and kms.ListKeyDetail(KeyUsage="ALL").TotalCount == 0
    assert kms.GetServiceStatus().CmkUserCount == 0


def test_what_is_no_white_box_key(kms):
    taken = alias()
    make(kms, Alias=taken)
    twice = [{"TagKey": "a", "TagValue": "1"}, {"TagKey": "a", "TagValue": "2"}]
    with Unchanged(kms):
        for changes, code in (
            ({"Alias": ""}, "InvalidParameterValue.InvalidAlias"),
            ({"Alias": "-a"}, "InvalidParameterValue.InvalidAlias"),
            ({"Alias": "a b"}, "InvalidParameterValue.InvalidAlias"),
            ({"Alias": "kms-a"}, "InvalidParameterValue.InvalidAlias"),
            ({"Alias": "a" * 61}, "InvalidParameterValue.InvalidAlias"),
            ({"Alias": taken}, "InvalidParameterValue.AliasAlreadyExists"),
            ({"Algorithm": ""}, VALUE),
            ({"Algorithm": "AES_128"}, VALUE),
            ({"Algorithm": "sm4"}, VALUE),
            ({"Description": "é" * 513}, VALUE),
            ({"Tags": twice}, "InvalidParameterValue.TagKeysDuplicated"),
            ({"Tags": [{"TagKey": "", "TagValue": "x"}]}, VALUE),
            ({"Alias": None}, "MissingParameter"),
            ({"Algorithm": None}, "MissingParameter"),
            ({"Algorithm": 1}, PARAMETER),
            ({"Tags": {}}, PARAMETER),
        ):
            body = {"Alias": alias(), "Algorithm": "SM4", **changes}
            answer = Raw(kms.endpoint, kms.name, "CreateWhiteBoxKey", body).sign().send()
            assert answer.code == code, (changes, answer)


def test_aliases_are_unique_among_white_box_keys_of_a_region(kms):
    name = alias()
    kms.create(Alias=name)
    key_id = make(kms, Alias=name)
    make(kms, Alias=name.upper())
    make(Kms(kms.endpoint, kms.name, "ap-shanghai"), Alias=name)
    with Unchanged(kms), refused("InvalidParameterValue.AliasAlreadyExists"):
        make(kms, Alias=name)
    # Who is gone makes room.
    kms.DisableWhiteBoxKey(KeyId=key_id)
    kms.DeleteWhiteBoxKey(KeyId=key_id)
    make(kms, Alias=name, Description="é" * 512)


@pytest.mark.parametrize("bad, code", [
    ({"PlainText": "*"}, VALUE),
    ({"PlainText": "AAA"}, VALUE),
    ({"PlainText": b64(bytes(4097))}, VALUE),
    ({"PlainText": 7}, PARAMETER),
    ({"PlainText": None}, "MissingParameter"),
    ({"InitializationVector": "*"}, VALUE),
    ({"InitializationVector": b64(bytes(15))}, VALUE),
    ({"InitializationVector": b64(bytes(17))}, VALUE),
    ({"InitializationVector": 7}, PARAMETER),
    ({"Plaintext": b64(b"x")}, "UnknownParameter"),
])
def test_what_is_not_encrypted(kms, bad, code):
    key_id = make(kms)
    for known in (key_id, MISSING_KEY):
        body = {"KeyId": known, "PlainText": b64(b"x"), **bad}
        with Unchanged(kms):
            assert Raw(kms.endpoint, kms.name, "EncryptByWhiteBox", body).sign().send().code == code


def test_lists_and_filters(kms, clock):
    assert listed(kms) == ([], 0)
    clock.freeze("tencent", kms.access_id, NOON)
    ids = []
    for tags in ([], [("env", "dev")], [("env", "prod"), ("team", "red")]):
        ids.append(make(kms, Tags=[{"TagKey": key, "TagValue": value} for key, value in tags]))
        clock.advance("tencent", kms.access_id, 1)
    first, second, third = ids
    kms.DisableWhiteBoxKey(KeyId=second)

    def filters(*pairs):
        return [{"TagKey": key, "TagValue": values} for key, *values in pairs]

    for given, expected in (
        ({}, [third, second, first]),
        ({"Limit": 0}, [third, second, first]),
        ({"Offset": 0, "Limit": 2}, [third, second]),
        ({"Offset": 1}, [second, first]),
        ({"Offset": 1, "Limit": 1}, [second]),
        ({"Offset": 3}, []),
        ({"Offset": 2**64 - 1, "Limit": 2**64 - 1}, []),
        ({"Limit": 201}, [third, second, first]),
        ({"TagFilters": []}, [third, second, first]),
    ):
        assert listed(kms, **given) == (expected, 3), given
    for given, expected in (
        ({"KeyStatus": 0}, [second]),
        ({"KeyStatus": 1}, [third, first]),
        ({"TagFilters": filters(("env",))}, [third, second]),
        ({"TagFilters": filters(("env", "dev", "prod"))}, [third, second]),
        ({"TagFilters": filters(("env", "prod"), ("team", "red"))}, [third]),
        ({"TagFilters": filters(("env", "dev"), ("team",))}, []),
        ({"KeyStatus": 1, "TagFilters": filters(("env",))}, [third]),
    ):
        assert listed(kms, **given) == (expected, len(expected)), given
    for given, code in (
        ({"KeyStatus": 2}, VALUE),
        ({"KeyStatus": -1}, VALUE),
        ({"KeyStatus": 2**63 - 1}, VALUE),
        ({"KeyStatus": 2**63}, PARAMETER),
        ({"KeyStatus": "1"}, PARAMETER),
        ({"Offset": -1}, PARAMETER),
        ({"Limit": -1}, PARAMETER),
        ({"TagFilters": [{"TagValue": ["x"]}]}, "MissingParameter"),
        ({"Bogus": 1}, "UnknownParameter"),
    ):
        with Unchanged(kms):
            answer = Raw(kms.endpoint, kms.name, "DescribeWhiteBoxKeyDetails", given).sign().send()
            assert answer.code == code, (given, answer)
    made = kms.CreateWhiteBoxKey(Alias=alias(), Algorithm="SM4", Tags=[{"TagKey": "a", "TagValue": "b"}])
    assert (made.TagCode, made.TagMsg) == (0, "ok")


def test_devices_are_written_down(kms):
    key_id, other = make(kms), make(kms)

    def overwrite(*found):
        kms.OverwriteWhiteBoxDeviceFingerprints(KeyId=key_id, DeviceFingerprints=list(found))

    overwrite({"Identity": identity(1), "Description": "é" * 512}, {"Identity": identity(0)})
    assert devices(kms, key_id) == [(identity(1), "é" * 512), (identity(0), "")]
    assert info(kms, key_id).DeviceFingerprintBind and not info(kms, other).DeviceFingerprintBind
    many = [{"Identity": identity(number), "Description": str(number)} for number in range(200)]
    overwrite(*many)
    assert devices(kms, key_id) == [(identity(number), str(number)) for number in range(200)]
    one = {"Identity": identity()}
    for bad, code in (
        ([*many, one], "LimitExceeded.FingerprintsLimitExceeded"),
        ([one] * 5000, "LimitExceeded.FingerprintsLimitExceeded"),
        ([one, {"Identity": identity().upper()}], VALUE),
        ([{"Identity": ""}], VALUE),
        ([{"Identity": identity() + "0"}], VALUE),
        ([{**one, "Description": "é" * 513}], VALUE),
        ([{"Description": "x"}], "MissingParameter"),
        ([{"Identity": 7}], PARAMETER),
        ([{**one, "Bogus": "x"}], "UnknownParameter"),
        ({"0": one}, PARAMETER),
    ):
        body = {"KeyId": key_id, "DeviceFingerprints": bad}
        with Unchanged(kms):
            answer = Raw(kms.endpoint, kms.name, "OverwriteWhiteBoxDeviceFingerprints", body).sign().send()
            assert answer.code == code, (code, answer)
    # An empty list, null, or none clears it; flattened names know no other way.
    nothing = Raw(kms.endpoint, kms.name, "OverwriteWhiteBoxDeviceFingerprints",
                  {"KeyId": key_id, "DeviceFingerprints": None})
    for clear in (
        lambda: nothing.sign().send(),
        lambda: overwrite(),
        lambda: kms.OverwriteWhiteBoxDeviceFingerprints(KeyId=key_id),
        lambda: Kms(kms.endpoint, kms.name, verb="GET").OverwriteWhiteBoxDeviceFingerprints(KeyId=key_id),
    ):
        body = {"KeyId": key_id, "DeviceFingerprints": [one, {"Identity": identity(1), "Description": None}]}
        assert Raw(kms.endpoint, kms.name, "OverwriteWhiteBoxDeviceFingerprints", body).sign().send().code is None
        assert devices(kms, key_id) == [(identity(0), ""), (identity(1), "")]
        clear()
        assert devices(kms, key_id) == [] and not info(kms, key_id).DeviceFingerprintBind


@pytest.mark.parametrize("region", [FIPS, "ap-nanjing", "ap-chengdu"])
def test_elsewhere_there_are_none(endpoint, tenant_name, region):
    kms = Kms(endpoint, tenant_name, region)
    for call in (
        lambda: make(kms),
        lambda: kms.DescribeWhiteBoxServiceStatus(),
        lambda: kms.DescribeWhiteBoxKeyDetails(),
        *(lambda action=action: getattr(kms, action)(KeyIds=[MISSING_KEY]) for action in SEVERAL),
        *(lambda action=action: getattr(kms, action)(KeyId=MISSING_KEY, **BY_ID[action]) for action in BY_ID),
    ):
        with refused("UnsupportedRegion", "The action not support this region."):
            call()


@pytest.mark.parametrize("region", REGIONS)
def test_each_region_has_its_own(endpoint, tenant_name, region):
    kms = Kms(endpoint, tenant_name, region)
    assert kms.DescribeWhiteBoxServiceStatus().ServiceEnabled is True
    key_id = make(kms)
    assert listed(kms) == ([key_id], 1)
    for other in set(REGIONS) - {region}:
        assert listed(Kms(endpoint, tenant_name, other)) == ([], 0)


@pytest.mark.parametrize("verb, method", [("GET", "TC3-HMAC-SHA256"), ("GET", "HmacSHA1"), ("POST", "HmacSHA256")])
def test_with_flattened_names(endpoint, tenant_name, verb, method):
    kms = Kms(endpoint, tenant_name, verb=verb, method=method)
    key_id = make(kms, "SM4", Tags=[{"TagKey": "env", "TagValue": "dev"}])
    kms.OverwriteWhiteBoxDeviceFingerprints(KeyId=key_id, DeviceFingerprints=[{"Identity": identity(), "Description": "x"}])
    assert devices(kms, key_id) == [(identity(), "x")]
    sealed = kms.EncryptByWhiteBox(KeyId=key_id, PlainText=b64(b"plaintext"), InitializationVector=b64(bytes(16)))
    half = kms.DescribeWhiteBoxDecryptKey(KeyId=key_id).DecryptKey
    assert white_box_decrypt(half, sealed.InitializationVector, sealed.CipherText) == b"plaintext"
    kms.DisableWhiteBoxKeys(KeyIds=[key_id])
    found = listed(kms, KeyStatus=0, Limit=0, TagFilters=[{"TagKey": "env", "TagValue": ["dev"]}])
    assert found == ([key_id], 1)
    assert v1(endpoint, tenant_name, "DescribeWhiteBoxKeyDetails", KeyStatus="x").code == PARAMETER


@pytest.fixture(scope="module")
def without(tmp_path_factory, endpoint):
    """A server on which the account `without` has not bought white-box keys."""
    uin = info(Kms(endpoint, "without"), make(Kms(endpoint, "without"))).OwnerUin
    settings = {"POLYKMS__TENCENT__WITHOUT_WHITE_BOX_KEYS": f"1,{uin}"}
    with running(tmp_path_factory.mktemp("without"), settings) as server:
        yield server.url


def test_an_account_that_has_not_bought_them(without, tenant_name):
    kms = Kms(without, "without")
    assert kms.DescribeWhiteBoxServiceStatus().ServiceEnabled is False
    for call in (
        lambda: make(kms),
        # Whatever is wrong besides.
        lambda: make(kms, Alias=""),
        lambda: kms.DescribeWhiteBoxKeyDetails(KeyStatus=2),
        *(lambda action=action: getattr(kms, action)(KeyIds=[MISSING_KEY]) for action in SEVERAL),
        *(lambda action=action: getattr(kms, action)(KeyId=MISSING_KEY, **BY_ID[action]) for action in BY_ID),
    ):
        with refused(NOT_PURCHASED):
            call()
    # The gateway looks at the parameters first.
    with refused("MissingParameter"):
        kms.DescribeWhiteBoxKey()
    # The rest of the service is another matter, and other accounts are.
    assert kms.GetServiceStatus().ServiceEnabled and kms.state(kms.create()) == "Enabled"
    other = Kms(without, tenant_name)
    assert other.DescribeWhiteBoxServiceStatus().ServiceEnabled is True
    assert listed(other) == ([], 0) and make(other)


def at_once(kms, count, act):
    """What each of several callers hears: an answer, or a code."""

    def one(number):
        try:
            return act(Kms(kms.endpoint, kms.name), number)
        except TencentCloudSDKException as refusal:
            return refusal.get_code()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(one, range(count)))


def test_there_are_never_more_than_fifty(kms):
    heard = at_once(kms, MOST + 8, lambda kms, _: make(kms))
    assert [code for code in heard if "." in code] == ["LimitExceeded.KeyLimitExceeded"] * 8
    ids, total = listed(kms)
    assert total == MOST and sorted(ids) == sorted(key_id for key_id in heard if "." not in key_id)
    make(Kms(kms.endpoint, kms.name, "ap-beijing"))
    # All of them fit into one call.
    kms.DisableWhiteBoxKeys(KeyIds=ids)
    assert listed(kms, KeyStatus=0)[1] == MOST
    with refused("LimitExceeded.KeyLimitExceeded"):
        make(kms)
    kms.DeleteWhiteBoxKey(KeyId=ids[0])
    heard = at_once(kms, 8, lambda kms, _: make(kms))
    assert sum("." not in key_id for key_id in heard) == 1 and listed(kms)[1] == MOST


def test_one_of_many_at_once(kms):
    name = alias()
    heard = at_once(kms, 8, lambda kms, _: make(kms, Alias=name))
    assert sum(code == "InvalidParameterValue.AliasAlreadyExists" for code in heard) == 7
    [key_id] = [key_id for key_id in heard if "." not in key_id]
    kms.DisableWhiteBoxKey(KeyId=key_id)
    heard = at_once(kms, 8, lambda kms, _: kms.DeleteWhiteBoxKey(KeyId=key_id).RequestId)
    assert sum(code == NOT_FOUND for code in heard) == 7 and listed(kms) == ([], 0)
    # Whoever switches it and whoever writes devices down lose nothing to each other.
    key_id = make(kms)
    written = [{"Identity": identity()}]
    heard = at_once(kms, 16, lambda kms, number: (
        kms.DisableWhiteBoxKey(KeyId=key_id) if number % 2
        else kms.OverwriteWhiteBoxDeviceFingerprints(KeyId=key_id, DeviceFingerprints=written)
    ).RequestId)
    assert all(uuid.UUID(request_id) for request_id in heard)
    assert (info(kms, key_id).Status, devices(kms, key_id)) == ("Disabled", [(identity(), "")])


def test_nothing_secret_lies_open(server, kms):
    """Neither in the log nor in the answers of those who do not ask for it."""
    made = kms.CreateWhiteBoxKey(Alias=alias(), Algorithm="AES_256")
    half = unb64(made.DecryptKey)
    key = bytes(a ^ b for a, b in zip(half[24:-32], hashlib.sha256(half[:24]).digest()))
    plaintext = os.urandom(24)
    kms.EncryptByWhiteBox(KeyId=made.KeyId, PlainText=b64(plaintext))
    if server is None:
        pytest.skip("a server of somebody else's")
    log = server.log.read_bytes()
    for secret in (key, half, plaintext):
        for form in (secret, secret.hex().encode(), base64.b64encode(secret)):
            assert form not in log
