"""One key from its making to its end, through the vendor's SDK, by every way of signing."""

import os
import time
import uuid

import pytest

from tencent_support import DAY, FIPS, MATERIAL_LENGTH, SM, Kms, alias, refused, unb64

NOW = 1_800_000_000


@pytest.mark.parametrize("region", [SM, FIPS])
def test_the_whole_story(endpoint, tenant_name, clock, region):
    kms = Kms(endpoint, tenant_name, region)
    clock.freeze("tencent", kms.access_id, NOW)
    material = os.urandom(MATERIAL_LENGTH[region])

    made = kms.CreateKey(Alias=alias(), Description="a story", Type=2, Tags=[{"TagKey": "env", "TagValue": "dev"}])
    assert (made.KeyState, made.KeyUsage, made.CreateTime) == ("PendingImport", "ENCRYPT_DECRYPT", NOW)
    assert (made.TagCode, made.TagMsg, made.HsmClusterId) == (0, "ok", "")
    key_id = made.KeyId
    assert uuid.UUID(key_id).version == 1 and str(uuid.UUID(key_id)) == key_id
    # The time inside the identifier is the time of creation.
    assert (uuid.UUID(key_id).time - 0x01B21DD213814000) // 10**7 == NOW

    shown = kms.describe(key_id)
    assert (shown.Origin, shown.ValidTo, shown.KeyRotationEnabled) == ("EXTERNAL", 0, False)
    assert shown.Type == (4 if region == SM else 2)

    given = kms.parameters(key_id)
    assert given.KeyId == key_id
    assert given.ParametersValidTo == NOW + DAY
    assert len(unb64(given.ImportToken)) == 96
    assert len(unb64(given.PublicKey)) == 294 and given.PublicKey.startswith("MIIBIjAN")

    end = NOW + 3600
    kms.bring(key_id, material, valid_to=end, given=given)
    shown = kms.describe(key_id)
    assert (shown.KeyState, shown.Origin, shown.ValidTo) == ("Enabled", "EXTERNAL", end)
    blob = kms.seal(key_id, b"attack at dawn", EncryptionContext='{"to":"all"}')
    assert kms.open(blob, EncryptionContext='{"to":"all"}') == b"attack at dawn"

    clock.advance("tencent", kms.access_id, 3599)
    assert kms.open(blob, EncryptionContext='{"to":"all"}') == b"attack at dawn"
    clock.advance("tencent", kms.access_id, 1)
    shown = kms.describe(key_id)
    assert (shown.KeyState, shown.ValidTo) == ("PendingImport", 0)
    assert key_id in [key.KeyId for key in kms.ListKeys().Keys]
    assert [key.KeyState for key in kms.ListKeyDetail(KeyState=4).KeyMetadatas] == ["PendingImport"]
    for use in (lambda: kms.seal(key_id), lambda: kms.open(blob, EncryptionContext='{"to":"all"}')):
        with refused("ResourceUnavailable.CmkDisabled"):
            use()

    # The same again, with the parameters of before, which are still good; without an end this time.
    kms.bring(key_id, material, given=given)
    assert (kms.state(key_id), kms.describe(key_id).ValidTo) == ("Enabled", 0)
    assert kms.open(blob, EncryptionContext='{"to":"all"}') == b"attack at dawn"

    kms.DeleteImportedKeyMaterial(KeyId=key_id)
    assert kms.state(key_id) == "PendingImport"
    with refused("InvalidParameterValue.MaterialNotMatch"):
        kms.bring(key_id, os.urandom(MATERIAL_LENGTH[region]))
    kms.bring(key_id, material)
    assert kms.open(blob, EncryptionContext='{"to":"all"}') == b"attack at dawn"

    kms.DisableKey(KeyId=key_id)
    now = NOW + 3600
    gone_at = kms.ScheduleKeyDeletion(KeyId=key_id, PendingWindowInDays=7)
    assert (gone_at.KeyId, gone_at.DeletionDate) == (key_id, now + 7 * DAY)
    shown = kms.describe(key_id)
    assert (shown.KeyState, shown.DeletionDate) == ("PendingDelete", now + 7 * DAY)
    assert kms.ListKeys().TotalCount == 0
    assert kms.ListKeyDetail().TotalCount == 1

    assert kms.CancelKeyDeletion(KeyId=key_id).KeyId == key_id
    assert (kms.state(key_id), kms.describe(key_id).DeletionDate) == ("Disabled", 0)
    kms.EnableKey(KeyId=key_id)
    assert kms.open(blob, EncryptionContext='{"to":"all"}') == b"attack at dawn"

    kms.DisableKey(KeyId=key_id)
    kms.ScheduleKeyDeletion(KeyId=key_id, PendingWindowInDays=30)
    clock.advance("tencent", kms.access_id, 30 * DAY - 1)
    assert kms.state(key_id) == "PendingDelete"
    clock.advance("tencent", kms.access_id, 1)
    with refused("ResourceUnavailable.CmkNotFound"):
        kms.describe(key_id)
    with refused("ResourceUnavailable.CmkNotFound"):
        kms.open(blob, EncryptionContext='{"to":"all"}')
    assert kms.ListKeyDetail().TotalCount == 0


@pytest.mark.parametrize("verb", ["POST", "GET"])
@pytest.mark.parametrize("method", ["TC3-HMAC-SHA256", "HmacSHA256", "HmacSHA1"])
def test_every_way_to_sign(endpoint, tenant_name, verb, method):
    kms = Kms(endpoint, tenant_name, verb=verb, method=method)
    key_id = kms.CreateKey(Alias=alias(), Description="ünï & co = 1+1?", Type=2,
                           Tags=[{"TagKey": "a", "TagValue": "1"}, {"TagKey": "b", "TagValue": "x y"}]).KeyId
    assert kms.describe(key_id).Description == "ünï & co = 1+1?"
    material = os.urandom(16)
    kms.bring(key_id, material, valid_to=int(time.time()) + 1000)
    blob = kms.seal(key_id, bytes(range(256)), EncryptionContext='{"a": "b c"}')
    assert kms.open(blob, EncryptionContext='{"a": "b c"}') == bytes(range(256))
    other = kms.create()
    assert [key.KeyId for key in kms.DescribeKeys(KeyIds=[other, key_id]).KeyMetadatas] == [other, key_id]
    filters = [{"TagKey": "a", "TagValue": ["0", "1"]}, {"TagKey": "b", "TagValue": ["x y"]}]
    found = kms.ListKeyDetail(TagFilters=filters, Limit=5, MemberAccounts=[{"MemberUin": 1}])
    assert [key.KeyId for key in found.KeyMetadatas] == [key_id]
    assert len(unb64(kms.GenerateDataKey(KeyId=key_id, NumberOfBytes=33).Plaintext)) == 33
    with refused("InvalidParameterValue.InvalidKeyId"):
        kms.describe("nonsense")


@pytest.mark.parametrize("more", [{"unsigned": True}, {"language": "en-US"}, {"language": "zh-CN"},
                                  {"literal_endpoint": True}, {"unsigned": True, "verb": "GET"}])
def test_what_the_sdk_can_be_told(endpoint, tenant_name, more):
    kms = Kms(endpoint, tenant_name, **more)
    key_id = kms.imported(os.urandom(16))
    assert kms.open(kms.seal(key_id, b"x")) == b"x"


def test_two_different_calls_with_one_body_in_one_second(endpoint, tenant_name):
    """The SDK signs neither action nor trace id, so these calls carry the same signature."""
    kms = Kms(endpoint, tenant_name)
    key_id = kms.create()
    for _ in range(20):
        kms.DisableKey(KeyId=key_id)
        assert kms.state(key_id) == "Disabled"
        kms.EnableKey(KeyId=key_id)
        assert kms.state(key_id) == "Enabled"


def test_the_environments_credentials(endpoint):
    kms = Kms(endpoint, "", access_id="test")
    key_id = kms.create()
    assert kms.describe(key_id).CreatorUin == 100000000000
