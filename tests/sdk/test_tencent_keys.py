"""Making, describing and listing keys."""

import time

import pytest

from tencent_support import FIPS, MISSING_KEY, SM, Kms, alias, refused, unchanged

NOW = 1_800_000_000


@pytest.fixture
def kms(endpoint, tenant_name):
    return Kms(endpoint, tenant_name)


@pytest.mark.parametrize("region, edition", [(SM, 4), (FIPS, 2)])
def test_a_key_is_described_with_all_members(endpoint, tenant_name, region, edition):
    kms = Kms(endpoint, tenant_name, region)
    name = alias()
    made = kms.CreateKey(Alias=name, Description="text", KeyUsage="ENCRYPT_DECRYPT", Type=1)
    assert abs(made.CreateTime - time.time()) < 60
    assert (made.Alias, made.Description, made.KeyState) == (name, "text", "Enabled")
    assert (made.KeyUsage, made.TagCode, made.TagMsg, made.HsmClusterId) == ("ENCRYPT_DECRYPT", 0, "", "")
    shown = vars(kms.describe(made.KeyId))
    shown = {name.lstrip("_"): value for name, value in shown.items()}
    uin = shown["CreatorUin"]
    assert isinstance(uin, int) and str(uin).startswith("1000") and len(str(uin)) == 12
    assert shown == {
        "KeyId": made.KeyId,
        "Alias": name,
        "CreateTime": made.CreateTime,
        "Description": "text",
        "KeyState": "Enabled",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "Type": edition,
        "CreatorUin": uin,
        "KeyRotationEnabled": False,
        "Owner": "user",
        "NextRotateTime": made.CreateTime + 31536000,
        "DeletionDate": 0,
        "Origin": "TENCENT_KMS",
        "ValidTo": 0,
        "ResourceId": f"creatorUin/{uin}/{made.KeyId}",
        "HsmClusterId": "",
        "RotateDays": 365,
        "LastRotateTime": 0,
        "IsSyncReplica": 0,
        "SourceRegion": "",
        "SyncStatus": 0,
        "SyncMessages": "",
        "SyncStartTime": 0,
        "SyncEndTime": 0,
        "SourceHsmClusterId": "",
        "AccountAppId": 0,
        "AccountUin": uin,
        "AccountName": "",
        "CreatorUinString": str(uin),
    }


@pytest.mark.parametrize("bad", ["", "-a", "_a", "a.b", "a b", "ä", "a" * 61])
def test_a_bad_alias(kms, bad):
    with refused("InvalidParameterValue.InvalidAlias"):
        kms.CreateKey(Alias=bad)
    assert kms.ListKeys().TotalCount == 0


@pytest.mark.parametrize("good", ["a", "9", "a" * 60, "a-_9"])
def test_a_good_alias(kms, good):
    assert kms.CreateKey(Alias=good).Alias == good


def test_an_alias_is_unique_in_account_and_region(endpoint, kms, tenant_name):
    name = alias()
    key_id = kms.create(Alias=name)
    with refused("InvalidParameterValue.AliasAlreadyExists"):
        kms.CreateKey(Alias=name)
    Kms(endpoint, tenant_name, FIPS).create(Alias=name)
    Kms(endpoint, tenant_name + "x").create(Alias=name)
    # A key that is to vanish keeps it.
    kms.DisableKey(KeyId=key_id)
    kms.ScheduleKeyDeletion(KeyId=key_id, PendingWindowInDays=7)
    with refused("InvalidParameterValue.AliasAlreadyExists"):
        kms.CreateKey(Alias=name)


def test_an_alias_is_free_once_its_key_is_gone(kms, clock):
    clock.freeze("tencent", kms.access_id, NOW)
    name = alias()
    key_id = kms.create(Alias=name)
    kms.DisableKey(KeyId=key_id)
    kms.ScheduleKeyDeletion(KeyId=key_id, PendingWindowInDays=7)
    clock.advance("tencent", kms.access_id, 7 * 86400)
    assert kms.create(Alias=name) != key_id


@pytest.mark.parametrize("parameters, code", [
    ({"Type": 0}, "InvalidParameterValue.InvalidType"),
    ({"Type": 3}, "InvalidParameterValue.InvalidType"),
    ({"Type": 2**64 - 1}, "InvalidParameterValue.InvalidType"),
    ({"KeyUsage": "encrypt_decrypt"}, "InvalidParameterValue.InvalidKeyUsage"),
    ({"KeyUsage": "SIGN_VERIFY"}, "InvalidParameterValue.InvalidKeyUsage"),
    ({"Description": "x" * 1025}, "InvalidParameter"),
    ({"Description": "é" * 513}, "InvalidParameter"),
    ({"HsmClusterId": "cluster-1"}, "InvalidParameterValue.InvalidHsmClusterId"),
    ({"Tags": [{"TagKey": "a", "TagValue": "1"}, {"TagKey": "a", "TagValue": "2"}]},
     "InvalidParameterValue.TagKeysDuplicated"),
    ({"Tags": [{"TagKey": "", "TagValue": "1"}]}, "InvalidParameter"),
])
def test_what_create_key_refuses(kms, parameters, code):
    with refused(code):
        kms.CreateKey(Alias=alias(), **parameters)
    assert kms.ListKeys().TotalCount == 0


def test_the_bounds_that_create_key_takes(kms):
    key_id = kms.create(Description="é" * 512, KeyUsage="", HsmClusterId="", Tags=[])
    assert kms.describe(key_id).Description == "é" * 512
    key_id = kms.create(Tags=[{"TagKey": f"key{n}", "TagValue": ""} for n in range(10)])
    assert kms.state(key_id) == "Enabled"


BY_KEY_ID = [
    ("DescribeKey", {}),
    ("EnableKey", {}),
    ("DisableKey", {}),
    ("ScheduleKeyDeletion", {"PendingWindowInDays": 7}),
    ("CancelKeyDeletion", {}),
    ("GetParametersForImport", {"WrappingAlgorithm": "RSAES_OAEP_SHA_1", "WrappingKeySpec": "RSA_2048"}),
    ("ImportKeyMaterial", {"EncryptedKeyMaterial": "AAAA", "ImportToken": "AAAA"}),
    ("DeleteImportedKeyMaterial", {}),
    ("Encrypt", {"Plaintext": "AAAA"}),
    ("GenerateDataKey", {"KeySpec": "AES_256"}),
    ("UpdateAlias", {"Alias": "other"}),
    ("UpdateKeyDescription", {"Description": "other"}),
    ("ArchiveKey", {}),
    ("CancelKeyArchive", {}),
    ("EnableKeyRotation", {}),
    ("DisableKeyRotation", {}),
    ("GetKeyRotationStatus", {}),
    ("RotateKey", {}),
    ("BindCloudResource", {"ProductId": "cos", "ResourceId": "bucket"}),
    ("UnbindCloudResource", {"ProductId": "cos", "ResourceId": "bucket"}),
]


@pytest.mark.parametrize("action, more", BY_KEY_ID, ids=[action for action, _ in BY_KEY_ID])
def test_a_key_must_exist_and_its_identifier_have_its_form(kms, action, more):
    name = alias()
    key_id = kms.create(Alias=name)
    resource_id = kms.describe(key_id).ResourceId
    with unchanged(kms, key_id):
        with refused("ResourceUnavailable.CmkNotFound"):
            getattr(kms, action)(KeyId=MISSING_KEY, **more)
        for bad in ["", "x", key_id.upper(), key_id + "0", key_id[:-1], key_id.replace("-", ""), name, resource_id]:
            with refused("InvalidParameterValue.InvalidKeyId"):
                getattr(kms, action)(KeyId=bad, **more)


def test_describe_keys(kms):
    ids = [kms.create() for _ in range(3)]
    shown = kms.DescribeKeys(KeyIds=list(reversed(ids))).KeyMetadatas
    assert [key.KeyId for key in shown] == list(reversed(ids))
    with refused("InvalidParameterValue.DuplicatedKeyId"):
        kms.DescribeKeys(KeyIds=[ids[0], ids[1], ids[0]])
    with refused("InvalidParameterValue.InvalidKeyId"):
        kms.DescribeKeys(KeyIds=[ids[0], "x"])
    with refused("ResourceUnavailable.CmkNotFound"):
        kms.DescribeKeys(KeyIds=[ids[0], MISSING_KEY])
    with refused("InvalidParameter"):
        kms.DescribeKeys(KeyIds=[])
    with refused("InvalidParameter"):
        kms.DescribeKeys(KeyIds=[MISSING_KEY[:-3] + f"{n:03}" for n in range(101)])
    with refused("ResourceUnavailable.CmkNotFound"):
        kms.DescribeKeys(KeyIds=[MISSING_KEY[:-3] + f"{n:03}" for n in range(100)])


@pytest.fixture
def many(kms, clock):
    """Twelve keys, one per second: enabled, disabled, to vanish, waiting; four of them external."""
    ids = []
    for number in range(12):
        clock.freeze("tencent", kms.access_id, NOW + number)
        tags = [{"TagKey": "number", "TagValue": str(number)}, {"TagKey": f"only{number}", "TagValue": "x"}]
        ids.append(kms.create(Alias=f"Many-{number:02}", Type=2 if number >= 8 else 1, Tags=tags))
    for number in (2, 3, 4):
        kms.DisableKey(KeyId=ids[number])
    kms.ScheduleKeyDeletion(KeyId=ids[4], PendingWindowInDays=7)
    return ids


def test_list_keys(kms, many):
    newest_first = [key_id for key_id in reversed(many) if key_id != many[4]]
    listed = kms.ListKeys(Limit=200)
    assert ([key.KeyId for key in listed.Keys], listed.TotalCount) == (newest_first, 11)
    assert [key.KeyId for key in kms.ListKeys().Keys] == newest_first[:10]
    page = kms.ListKeys(Offset=3, Limit=4)
    assert ([key.KeyId for key in page.Keys], page.TotalCount) == (newest_first[3:7], 11)
    past = kms.ListKeys(Offset=11)
    assert (past.Keys, past.TotalCount) == ([], 11)
    assert kms.ListKeys(Role=0).TotalCount == 11
    none = kms.ListKeys(Role=1)
    assert (none.Keys, none.TotalCount) == ([], 0)
    for bad in ({"Limit": 201}, {"Role": 2}, {"Limit": 2**64 - 1}):
        with refused("InvalidParameter"):
            kms.ListKeys(**bad)
    with refused("InvalidParameterValue.InvalidHsmClusterId"):
        kms.ListKeys(HsmClusterId="cluster-1")


def test_list_key_detail_filters(kms, many):
    def numbers(**parameters):
        found = kms.ListKeyDetail(Limit=200, OrderType=1, **parameters)
        assert found.TotalCount == len(found.KeyMetadatas)
        return [many.index(key.KeyId) for key in found.KeyMetadatas]

    everything = list(range(12))
    assert numbers() == everything
    assert numbers(KeyState=0) == everything
    assert numbers(KeyState=1) == [0, 1, 5, 6, 7]
    assert numbers(KeyState=2) == [2, 3]
    assert numbers(KeyState=3) == [4]
    assert numbers(KeyState=4) == [8, 9, 10, 11]
    assert numbers(KeyState=5) == []
    assert numbers(Origin="TENCENT_KMS") == list(range(8))
    assert numbers(Origin="EXTERNAL") == [8, 9, 10, 11]
    assert numbers(Origin="ALL") == numbers(Origin="") == everything
    assert numbers(KeyUsage="ALL") == numbers(KeyUsage="") == numbers(KeyUsage="ENCRYPT_DECRYPT") == everything
    assert numbers(KeyUsage="ASYMMETRIC_DECRYPT_SM2") == []
    assert numbers(SearchKeyAlias="any-0") == list(range(10))
    assert numbers(SearchKeyAlias="MANY-11") == [11]
    assert numbers(SearchKeyAlias=many[6][:8]) == [6]
    assert numbers(SearchKeyAlias=many[6][-12:]) == [6]
    assert numbers(SearchKeyAlias="nothing") == []
    assert numbers(TagFilters=[{"TagKey": "number", "TagValue": ["1", "9", "99"]}]) == [1, 9]
    assert numbers(TagFilters=[{"TagKey": "only3", "TagValue": []}]) == [3]
    assert numbers(TagFilters=[{"TagKey": "only3", "TagValue": ["x"]}, {"TagKey": "number", "TagValue": ["3"]}]) == [3]
    assert numbers(TagFilters=[{"TagKey": "only3", "TagValue": ["x"]}, {"TagKey": "number", "TagValue": ["4"]}]) == []
    assert numbers(HsmClusterId="default") == numbers(HsmClusterId="") == everything
    assert numbers(Role=1) == []
    assert numbers(KeyState=4, Origin="TENCENT_KMS") == []


def test_list_key_detail_order_and_pages(kms, many):
    listed = [key.KeyId for key in kms.ListKeyDetail(Limit=200).KeyMetadatas]
    assert listed == list(reversed(many))
    assert [key.KeyId for key in kms.ListKeyDetail(OrderType=1, Offset=2, Limit=3).KeyMetadatas] == many[2:5]
    assert len(kms.ListKeyDetail().KeyMetadatas) == 10
    past = kms.ListKeyDetail(Offset=12)
    assert (past.KeyMetadatas, past.TotalCount) == ([], 12)
    for key, described in zip(kms.ListKeyDetail(Limit=3).KeyMetadatas, reversed(many)):
        assert vars(key) == vars(kms.describe(described))


@pytest.mark.parametrize("bad", [{"Limit": 201}, {"Role": 2}, {"OrderType": 2}, {"KeyState": 6}, {"Origin": "external"},
                                 {"Origin": "AWS_KMS"}, {"KeyUsage": "encrypt_decrypt"}])
def test_what_list_key_detail_refuses(kms, bad):
    with refused("InvalidParameter"):
        kms.ListKeyDetail(**bad)


def test_list_key_detail_knows_no_cluster(kms):
    with refused("InvalidParameterValue.InvalidHsmClusterId"):
        kms.ListKeyDetail(HsmClusterId="cluster-1")


def test_the_service(kms):
    before = kms.GetServiceStatus()
    assert (before.ServiceEnabled, before.InvalidType, before.UserLevel) == (True, 1, 0)
    assert (before.ExclusiveVSMEnabled, before.ExclusiveHSMEnabled, before.ExclusiveHSMList) == (False, False, [])
    assert (before.ProExpireTime, before.ProRenewFlag, before.ProResourceId) == (0, 0, "")
    assert before.CmkUserCount == 0 and before.CmkLimit > 0
    kms.create()
    assert kms.GetServiceStatus().CmkUserCount == 1


def test_the_regions(endpoint, tenant_name, kms):
    regions = kms.GetRegions().Regions
    assert {SM, FIPS} <= set(regions)
    assert Kms(endpoint, tenant_name, region="").GetRegions().Regions == regions
    for region in regions:
        assert Kms(endpoint, tenant_name, region).ListKeys().TotalCount == 0
    with refused("UnsupportedRegion", "The action not support this region."):
        Kms(endpoint, tenant_name, "ap-shenzhen").ListKeys()
    with refused("InvalidParameterValue", "Region"):
        Kms(endpoint, tenant_name, "nowhere-1").ListKeys()
    with refused("MissingParameter", "`Region`"):
        Kms(endpoint, tenant_name, region="").ListKeys()
