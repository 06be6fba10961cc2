"""Keys of cloud products, HSM clusters, and accounts whose service is switched off."""

import pytest
from conftest import TenantClock, admin_of, running

from tencent_support import FIPS, MISSING_KEY, SM, Kms, alias, b64, refused, unchanged

IN_USE = "FailedOperation.CmkUsedByCloudProduct"
NOT_USERS = "UnsupportedOperation.NotUserCreatedCmk"
OFF = "UnsupportedOperation.ServiceTemporaryUnavailable"
# `InvalidType` of accounts without the service, each called as its state is in the settings.
STATES = {"not_bought": 0, "arrears": 2, "released": 3}


@pytest.fixture
def kms(endpoint, tenant_name):
    return Kms(endpoint, tenant_name)


@pytest.fixture
def product_key(admin, kms):
    status, answer = admin(f"tenants/tencent/{kms.access_id}/default-keys/cos", "PUT", {"region": SM})
    assert status == 200 and answer["product"] == "cos" and answer["region"] == SM
    return answer["key_id"]


@pytest.mark.parametrize("region, edition", [(SM, 4), (FIPS, 2)])
def test_a_cloud_product_makes_itself_one_key(endpoint, admin, tenant_name, region, edition):
    kms = Kms(endpoint, tenant_name, region)
    mine = kms.create()
    path = f"tenants/tencent/{kms.access_id}/default-keys/cos"
    answers = [admin(path, "PUT", {"region": region}) for _ in range(2)]
    assert answers[0] == answers[1] and answers[0][0] == 200
    key_id = answers[0][1]["key_id"]
    key = kms.describe(key_id)
    assert (key.Owner, key.Alias, key.KeyState, key.Origin, key.Type) == ("cos", "KMS-COS", "Enabled", "TENCENT_KMS", edition)
    assert kms.describe(mine).Owner == "user"
    for role, listed in ((None, mine), (0, mine), (1, key_id)):
        more = {} if role is None else {"Role": role}
        assert [key.KeyId for key in kms.ListKeys(**more).Keys] == [listed]
        found = kms.ListKeyDetail(**more)
        assert ([key.KeyId for key in found.KeyMetadatas], found.TotalCount) == ([listed], 1)
    assert kms.GetServiceStatus().CmkUserCount == 1
    assert Kms(endpoint, tenant_name, "ap-beijing").ListKeys(Role=1).TotalCount == 0
    assert admin(f"tenants/tencent/{kms.access_id}/default-keys/cbs", "PUT", {"region": region})[1]["key_id"] != key_id


def test_what_an_account_may_do_with_a_products_key(kms, product_key):
    blob = kms.seal(product_key)
    assert kms.open(blob) == b"plaintext"
    kms.GenerateDataKey(KeyId=product_key, KeySpec="AES_256")
    kms.EnableKey(KeyId=product_key)
    kms.DescribeKeys(KeyIds=[product_key])
    kms.EnableKeyRotation(KeyId=product_key)
    kms.RotateKey(KeyId=product_key)
    kms.DisableKeyRotation(KeyId=product_key)
    assert kms.open(blob) == b"plaintext"
    binding = {"ProductId": "cos", "ResourceId": "bucket"}
    with unchanged(kms, product_key):
        for action, more, code in (
            ("DisableKey", {}, IN_USE),
            ("ScheduleKeyDeletion", {"PendingWindowInDays": 7}, IN_USE),
            ("CancelKeyDeletion", {}, "ResourceUnavailable.CmkNotPendingDelete"),
            ("ArchiveKey", {}, NOT_USERS),
            ("CancelKeyArchive", {}, NOT_USERS),
            ("UpdateAlias", {"Alias": alias()}, NOT_USERS),
            ("UpdateKeyDescription", {"Description": "x"}, NOT_USERS),
            ("BindCloudResource", binding, IN_USE),
            ("UnbindCloudResource", binding, "ResourceUnavailable.CloudResourceBindingNotFound"),
            # Whose key it is comes before where its material is from.
            ("DeleteImportedKeyMaterial", {}, IN_USE),
        ):
            with refused(code):
                getattr(kms, action)(KeyId=product_key, **more)
        with refused(IN_USE):
            kms.DisableKeys(KeyIds=[product_key])


def test_what_the_admin_api_refuses(admin, kms):
    path = f"tenants/tencent/{kms.access_id}/default-keys"
    for rest, method, body, status in (
        ("/cos", "GET", None, 405),
        ("/cos", "PUT", None, 400),
        ("/cos", "PUT", {"region": "nowhere-1"}, 400),
        ("/cos", "PUT", {"region": SM, "more": 1}, 400),
        ("/COS", "PUT", {"region": SM}, 400),
        ("/" + "c" * 33, "PUT", {"region": SM}, 400),
        ("", "PUT", {"region": SM}, 404),
    ):
        assert admin(path + rest, method, body)[0] == status, (rest, method, body)
    assert kms.ListKeys(Role=1).TotalCount == 0


@pytest.fixture(scope="module")
def special(tmp_path_factory, endpoint):
    """A server with two clusters, and three accounts whose service is off."""
    settings = {"POLYKMS__TENCENT__HSM_CLUSTERS__CLS-HSM-A__NAME": "mine",
                "POLYKMS__TENCENT__HSM_CLUSTERS__CLS-HSM-A__REGION": SM,
                "POLYKMS__TENCENT__HSM_CLUSTERS__CLS-HSM-B__NAME": "other",
                "POLYKMS__TENCENT__HSM_CLUSTERS__CLS-HSM-B__REGION": FIPS}
    for state in STATES:
        settings[f"POLYKMS__TENCENT__SERVICES__{uin_of(endpoint, state)}"] = state
    with running(tmp_path_factory.mktemp("special"), settings) as server:
        yield server.url


def uin_of(endpoint, name):
    """The account of an access id, which is the same on every server."""
    kms = Kms(endpoint, name)
    key_id = kms.create()
    uin = kms.describe(key_id).CreatorUin
    kms.DisableKey(KeyId=key_id)
    kms.ScheduleKeyDeletion(KeyId=key_id, PendingWindowInDays=7)
    return uin


@pytest.mark.parametrize("state", STATES)
def test_an_account_without_the_service(special, state):
    kms = Kms(special, state)
    status = kms.GetServiceStatus()
    assert (status.ServiceEnabled, status.InvalidType) == (False, STATES[state])
    one, several = {"KeyId": MISSING_KEY}, {"KeyIds": [MISSING_KEY]}
    binding = {**one, "ProductId": "cos", "ResourceId": "bucket"}
    for action, parameters in (
        ("ArchiveKey", one),
        ("BindCloudResource", binding),
        ("CancelKeyArchive", one),
        ("CancelKeyDeletion", one),
        ("CreateKey", {"Alias": alias()}),
        ("DeleteImportedKeyMaterial", one),
        ("DisableKey", one),
        ("DisableKeys", several),
        ("EnableKey", one),
        ("EnableKeyRotation", one),
        ("EnableKeys", several),
        ("GetParametersForImport", {**one, "WrappingAlgorithm": "RSAES_OAEP_SHA_1", "WrappingKeySpec": "RSA_2048"}),
        ("ImportKeyMaterial", {**one, "EncryptedKeyMaterial": b64(bytes(256)), "ImportToken": b64(bytes(96))}),
        ("ScheduleKeyDeletion", {**one, "PendingWindowInDays": 7}),
        ("UnbindCloudResource", binding),
        ("UpdateAlias", {**one, "Alias": alias()}),
        ("UpdateKeyDescription", {**one, "Description": "x"}),
    ):
        with refused(OFF):
            getattr(kms, action)(**parameters)
        # The gateway looks at the parameters first.
        with refused("MissingParameter"):
            getattr(kms, action)()
    assert kms.ListKeys().TotalCount == 0 and kms.GetRegions().Regions
    with refused("ResourceUnavailable.CmkNotFound"):
        kms.describe(MISSING_KEY)


def test_exclusive_clusters(special, tenant_name):
    kms, elsewhere = Kms(special, tenant_name), Kms(special, tenant_name, FIPS)
    status = kms.GetServiceStatus()
    assert status.ServiceEnabled and status.ExclusiveHSMEnabled
    assert [(one.HsmClusterId, one.HsmClusterName) for one in status.ExclusiveHSMList] == [("cls-hsm-a", "mine")]
    assert not Kms(special, tenant_name, "ap-beijing").GetServiceStatus().ExclusiveHSMEnabled
    shared = kms.create()
    made = kms.CreateKey(Alias=alias(), HsmClusterId="cls-hsm-a")
    assert made.HsmClusterId == "cls-hsm-a" and kms.describe(made.KeyId).HsmClusterId == "cls-hsm-a"
    assert kms.describe(shared).HsmClusterId == ""
    for cluster, ids in (("cls-hsm-a", {made.KeyId}), ("default", {shared}), ("", {made.KeyId, shared})):
        assert {key.KeyId for key in kms.ListKeyDetail(HsmClusterId=cluster).KeyMetadatas} == ids
    assert [key.KeyId for key in kms.ListKeys(HsmClusterId="cls-hsm-a").Keys] == [made.KeyId]
    assert kms.ListKeys(HsmClusterId="").TotalCount == 2
    kms.GenerateDataKey(KeyId=made.KeyId, KeySpec="AES_256", HsmClusterId="cls-hsm-a")
    for call in (
        lambda: kms.CreateKey(Alias=alias(), HsmClusterId="cls-hsm-b"),
        lambda: kms.ListKeys(HsmClusterId="cls-hsm-b"),
        lambda: kms.ListKeyDetail(HsmClusterId="cls-hsm-b"),
        lambda: kms.GenerateDataKey(KeyId=made.KeyId, KeySpec="AES_256", HsmClusterId="cls-hsm-b"),
        lambda: kms.GenerateDataKey(KeyId=shared, KeySpec="AES_256", HsmClusterId="cls-hsm-a"),
    ):
        with refused("InvalidParameterValue.InvalidHsmClusterId"):
            call()
    assert elsewhere.CreateKey(Alias=alias(), HsmClusterId="cls-hsm-b").KeyState == "Enabled"


def test_an_account_has_so_many_keys_in_a_region(tmp_path, tenant_name):
    with running(tmp_path, {"POLYKMS__TENCENT__KEY_LIMIT": "2"}) as server:
        kms = Kms(server.url, tenant_name)
        first = kms.create()
        kms.create(Type=2)
        name = alias()
        with refused("LimitExceeded.CmkLimitExceeded"):
            kms.CreateKey(Alias=name)
        status = kms.GetServiceStatus()
        assert (status.CmkUserCount, status.CmkLimit, kms.ListKeys().TotalCount) == (2, 2, 2)
        # Neither another region nor another account is full, and the name was not taken.
        Kms(server.url, tenant_name, FIPS).create()
        Kms(server.url, f"{tenant_name}-other").create()
        # One that is about to be deleted counts until it is gone.
        kms.DisableKey(KeyId=first)
        kms.ScheduleKeyDeletion(KeyId=first, PendingWindowInDays=7)
        with refused("LimitExceeded.CmkLimitExceeded"):
            kms.CreateKey(Alias=name)
        TenantClock(admin_of(server.url)).advance("tencent", kms.access_id, 7 * 86400)
        kms.CreateKey(Alias=name)
        assert kms.ListKeys().TotalCount == 2
