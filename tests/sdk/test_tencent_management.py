"""Names, descriptions, several keys at once, the archive, and who relies on a key."""

import os

import pytest

from tencent_support import FIPS, MISSING_KEY, Kms, alias, refused, unchanged

NOW = 1_800_000_000
IN_USE = "FailedOperation.CmkUsedByCloudProduct"
NOT_SUPPORT = "ResourceUnavailable.CmkStateNotSupport"


@pytest.fixture
def kms(endpoint, tenant_name):
    return Kms(endpoint, tenant_name)


def test_an_alias_is_changed(endpoint, tenant_name, kms):
    old, new = alias(), alias()
    key_id, other = kms.create(Alias=old), kms.create()
    kms.UpdateAlias(KeyId=key_id, Alias=new)
    assert kms.describe(key_id).Alias == new
    assert [key.KeyId for key in kms.ListKeyDetail(SearchKeyAlias=new).KeyMetadatas] == [key_id]
    # Its own again.
    kms.UpdateAlias(KeyId=key_id, Alias=new)
    with unchanged(kms, key_id, other):
        with refused("InvalidParameterValue.AliasAlreadyExists"):
            kms.UpdateAlias(KeyId=other, Alias=new)
        for bad in ("", "-a", "a.b", "a" * 61, "kms-a", "KMS-a"):
            with refused("InvalidParameterValue.InvalidAlias"):
                kms.UpdateAlias(KeyId=key_id, Alias=bad)
    # The old one is free, and other regions have names of their own.
    kms.UpdateAlias(KeyId=other, Alias=old)
    Kms(endpoint, tenant_name, FIPS).create(Alias=new)


def test_an_alias_of_a_key_whose_deletion_is_due_is_free(kms, clock):
    clock.freeze("tencent", kms.access_id, NOW)
    name = alias()
    gone, key_id = kms.create(Alias=name), kms.create()
    kms.DisableKey(KeyId=gone)
    kms.ScheduleKeyDeletion(KeyId=gone, PendingWindowInDays=7)
    with refused("InvalidParameterValue.AliasAlreadyExists"):
        kms.UpdateAlias(KeyId=key_id, Alias=name)
    clock.advance("tencent", kms.access_id, 7 * 86400)
    kms.UpdateAlias(KeyId=key_id, Alias=name)
    assert kms.describe(key_id).Alias == name


def test_the_prefix_of_cloud_products_is_theirs(kms):
    for bad in ("kms-", "kms-x", "KMS-COS"):
        with refused("InvalidParameterValue.InvalidAlias"):
            kms.CreateKey(Alias=bad)
    assert kms.create(Alias="kms_x")


def test_a_description_is_changed(kms):
    key_id = kms.create(Description="before")
    for text in ("after", "", "é" * 512):
        kms.UpdateKeyDescription(KeyId=key_id, Description=text)
        assert kms.describe(key_id).Description == text
    with unchanged(kms, key_id), refused("InvalidParameter"):
        kms.UpdateKeyDescription(KeyId=key_id, Description="é" * 513)
    with refused("MissingParameter", "`Description`"):
        kms.UpdateKeyDescription(KeyId=key_id)


def test_several_keys_at_once(kms):
    ids = [kms.create() for _ in range(3)]
    kms.DisableKeys(KeyIds=ids)
    assert [kms.state(key_id) for key_id in ids] == ["Disabled"] * 3
    kms.EnableKeys(KeyIds=[ids[2], ids[0]])
    assert [kms.state(key_id) for key_id in ids] == ["Enabled", "Disabled", "Enabled"]
    # What is so already does not matter.
    kms.EnableKeys(KeyIds=ids)
    assert [kms.state(key_id) for key_id in ids] == ["Enabled"] * 3


@pytest.mark.parametrize("action, before", [("EnableKeys", "Disabled"), ("DisableKeys", "Enabled")])
def test_all_of_several_keys_or_none(kms, action, before):
    ids = [kms.create() for _ in range(3)]
    if before == "Disabled":
        kms.DisableKeys(KeyIds=ids)
    waiting = kms.external()
    several = getattr(kms, action)
    with unchanged(kms, *ids, waiting):
        for key_ids, code in (
            ([*ids, waiting], NOT_SUPPORT),
            ([waiting, *ids], NOT_SUPPORT),
            ([*ids, MISSING_KEY], "ResourceUnavailable.CmkNotFound"),
            # That a key is not there is told before the state of another.
            ([waiting, MISSING_KEY], "ResourceUnavailable.CmkNotFound"),
            ([*ids, ids[0]], "InvalidParameterValue.DuplicatedKeyId"),
            ([MISSING_KEY, MISSING_KEY], "InvalidParameterValue.DuplicatedKeyId"),
            ([*ids, "x"], "InvalidParameterValue.InvalidKeyId"),
            (["x", "x"], "InvalidParameterValue.InvalidKeyId"),
            ([], "InvalidParameter"),
            ([MISSING_KEY[:-3] + f"{n:03}" for n in range(101)], "InvalidParameter"),
            ([MISSING_KEY[:-3] + f"{n:03}" for n in range(100)], "ResourceUnavailable.CmkNotFound"),
        ):
            with refused(code):
                several(KeyIds=key_ids)
        with refused("MissingParameter", "`KeyIds`"):
            several()
        with refused("InvalidParameter", "`KeyIds.0`"):
            several(KeyIds=[1])


def test_keys_of_others_are_not_found(endpoint, tenant_name, kms):
    other = Kms(endpoint, tenant_name + "x")
    mine, theirs = kms.create(), other.create()
    with unchanged(kms, mine), unchanged(other, theirs):
        with refused("ResourceUnavailable.CmkNotFound"):
            kms.DisableKeys(KeyIds=[mine, theirs])
        with refused("ResourceUnavailable.CmkNotFound"):
            kms.UpdateAlias(KeyId=theirs, Alias=alias())
        with refused("ResourceUnavailable.CmkNotFound"):
            kms.BindCloudResource(KeyId=theirs, ProductId="cos", ResourceId="bucket")


@pytest.mark.parametrize("before", ["Enabled", "Disabled"])
def test_the_archive(kms, before):
    key_id = kms.create()
    blob = kms.seal(key_id)
    if before == "Disabled":
        kms.DisableKey(KeyId=key_id)
    kms.ArchiveKey(KeyId=key_id)
    assert kms.state(key_id) == "Archived"
    assert kms.open(blob) == b"plaintext"
    with refused("ResourceUnavailable.CmkArchived"):
        kms.seal(key_id)
    assert key_id not in [key.KeyId for key in kms.ListKeys().Keys]
    assert [key.KeyId for key in kms.ListKeyDetail(KeyState=5).KeyMetadatas] == [key_id]
    assert kms.ListKeyDetail().TotalCount == 1
    kms.CancelKeyArchive(KeyId=key_id)
    assert kms.state(key_id) == "Enabled"
    assert kms.open(kms.seal(key_id)) == b"plaintext"


def bind(kms, key_id, resource="bucket", product="cos"):
    kms.BindCloudResource(KeyId=key_id, ProductId=product, ResourceId=resource)


def unbind(kms, key_id, resource="bucket", product="cos"):
    kms.UnbindCloudResource(KeyId=key_id, ProductId=product, ResourceId=resource)


def test_a_key_that_is_relied_on_cannot_be_taken_away(kms):
    key_id, other = kms.imported(os.urandom(16)), kms.create()
    bind(kms, key_id)
    bind(kms, key_id)
    bind(kms, key_id, "another")
    with unchanged(kms, key_id, other):
        for action, more in (
            ("DisableKey", {}),
            ("ArchiveKey", {}),
            ("ScheduleKeyDeletion", {"PendingWindowInDays": 7}),
            ("DeleteImportedKeyMaterial", {}),
        ):
            with refused(IN_USE):
                getattr(kms, action)(KeyId=key_id, **more)
        with refused(IN_USE):
            kms.DisableKeys(KeyIds=[other, key_id])
        for product, resource in (("cos", "none"), ("cbs", "bucket"), ("bucket", "cos")):
            with refused("ResourceUnavailable.CloudResourceBindingNotFound"):
                unbind(kms, key_id, resource, product)
    # The rest goes on.
    kms.EnableKey(KeyId=key_id)
    kms.UpdateAlias(KeyId=key_id, Alias=alias())
    assert kms.open(kms.seal(key_id)) == b"plaintext"
    unbind(kms, key_id)
    with refused(IN_USE):
        kms.DisableKey(KeyId=key_id)
    unbind(kms, key_id, "another")
    with refused("ResourceUnavailable.CloudResourceBindingNotFound"):
        unbind(kms, key_id, "another")
    kms.DisableKeys(KeyIds=[other, key_id])
    kms.ScheduleKeyDeletion(KeyId=key_id, PendingWindowInDays=7)
    assert kms.state(key_id) == "PendingDelete"


def test_material_of_a_key_that_is_relied_on_stays(kms, clock):
    clock.freeze("tencent", kms.access_id, NOW)
    material = os.urandom(16)
    key_id = kms.imported(material, valid_to=NOW + 100)
    assert kms.describe(key_id).ValidTo == NOW + 100
    bind(kms, key_id)
    assert kms.describe(key_id).ValidTo == 0
    clock.advance("tencent", kms.access_id, 1000)
    assert kms.state(key_id) == "Enabled"
    # An import says anew how long it stays.
    kms.bring(key_id, material, valid_to=NOW + 2000)
    assert kms.describe(key_id).ValidTo == NOW + 2000
    # Binding it once more does as well.
    bind(kms, key_id)
    assert kms.describe(key_id).ValidTo == 0


@pytest.mark.parametrize("action", ["BindCloudResource", "UnbindCloudResource"])
def test_what_binding_refuses(kms, action):
    key_id = kms.create()
    call = getattr(kms, action)
    good = {"KeyId": key_id, "ProductId": "cos", "ResourceId": "bucket"}
    with unchanged(kms, key_id):
        for change, code in (
            ({"ProductId": ""}, "InvalidParameter"),
            ({"ResourceId": ""}, "InvalidParameter"),
            ({"ProductId": "p" * 257}, "InvalidParameter"),
            ({"ResourceId": "r" * 257}, "InvalidParameter"),
            ({"ResourceId": 1}, "InvalidParameter"),
            ({"KeyId": "x"}, "InvalidParameterValue.InvalidKeyId"),
            ({"KeyId": MISSING_KEY}, "ResourceUnavailable.CmkNotFound"),
        ):
            with refused(code):
                call(**{**good, **change})
        for name in good:
            with refused("MissingParameter", f"`{name}`"):
                call(**{other: value for other, value in good.items() if other != name})
