"""Custom key stores before clusters: what they are, how they connect, the keys in them."""

import pytest
from aws_support import DAY, Kms, Raw, check_refusal, refused, seconds
from conftest import TenantClock, admin_of
from key_stores_support import ANCHOR, PASSWORD, SETTLING, cluster, serving

NOON = 1_800_000_000
STATE = "CustomKeyStoreInvalidStateException"


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("key-stores")) as server:
        yield server.url


@pytest.fixture
def clock(url):
    clock = TenantClock(admin_of(url))
    yield clock
    for vendor, account in list(clock.moved):
        clock.reset(vendor, account)


@pytest.fixture
def kms(url, tenant_name, clock):
    kms = Kms(url, tenant_name)
    clock.freeze("aws", kms.access_id, NOON)
    return kms


@pytest.fixture
def later(kms, clock):
    return lambda by=SETTLING: clock.advance("aws", kms.access_id, by)


def make(kms, name="mine", cluster_id=None, password=PASSWORD, anchor=ANCHOR, **more):
    return kms.create_custom_key_store(
        CustomKeyStoreName=name, CloudHsmClusterId=cluster_id or cluster("good"), KeyStorePassword=password,
        TrustAnchorCertificate=anchor, **more)["CustomKeyStoreId"]


def described(kms, store):
    [line] = kms.describe_custom_key_stores(CustomKeyStoreId=store)["CustomKeyStores"]
    return line


def state(kms, store):
    line = described(kms, store)
    return line["ConnectionState"], line.get("ConnectionErrorCode")


@pytest.fixture
def connected(kms, later):
    store = make(kms)
    kms.connect_custom_key_store(CustomKeyStoreId=store)
    later()
    assert state(kms, store) == ("CONNECTED", None)
    return store


def new_key(kms, store, **more):
    return kms.create_key(Origin="AWS_CLOUDHSM", CustomKeyStoreId=store, **more)["KeyMetadata"]


def test_a_new_store(kms):
    store = make(kms, CustomKeyStoreType="AWS_CLOUDHSM")
    assert store.startswith("cks-") and len(store) == 21
    line = described(kms, store)
    assert seconds(line.pop("CreationDate")) == NOON
    assert line == {"CustomKeyStoreId": store, "CustomKeyStoreName": "mine", "CloudHsmClusterId": cluster("good"),
                    "TrustAnchorCertificate": ANCHOR, "ConnectionState": "DISCONNECTED",
                    "CustomKeyStoreType": "AWS_CLOUDHSM"}
    answer = Raw(kms.endpoint, kms.access_id)("ConnectCustomKeyStore", {"CustomKeyStoreId": store})
    assert (answer.status_code, answer.json()) == (200, {})


def test_connections_take_their_time(kms, later):
    store = make(kms)
    refusals = lambda *calls: [call for call in calls if not is_allowed(call, store)]
    connect, disconnect, delete = kms.connect_custom_key_store, kms.disconnect_custom_key_store, kms.delete_custom_key_store
    assert refusals(disconnect) == [disconnect]
    connect(CustomKeyStoreId=store)
    assert state(kms, store) == ("CONNECTING", None)
    # Connecting again is no mistake and does not begin anew.
    later(SETTLING - 1)
    connect(CustomKeyStoreId=store)
    assert refusals(delete) == [delete]
    with refused(STATE):
        new_key(kms, store)
    with refused(STATE):
        kms.generate_random(NumberOfBytes=1, CustomKeyStoreId=store)
    later(1)
    assert state(kms, store) == ("CONNECTED", None)
    connect(CustomKeyStoreId=store)
    assert state(kms, store) == ("CONNECTED", None)
    assert refusals(delete) == [delete]
    assert len(kms.generate_random(NumberOfBytes=32, CustomKeyStoreId=store)["Plaintext"]) == 32
    disconnect(CustomKeyStoreId=store)
    assert state(kms, store) == ("DISCONNECTING", None)
    assert refusals(connect, disconnect, delete) == [connect, disconnect, delete]
    later()
    assert state(kms, store) == ("DISCONNECTED", None)
    assert refusals(disconnect) == [disconnect]
    connect(CustomKeyStoreId=store)
    disconnect(CustomKeyStoreId=store)
    later()
    delete(CustomKeyStoreId=store)
    with refused("CustomKeyStoreNotFoundException"):
        described(kms, store)


def is_allowed(call, store):
    try:
        call(CustomKeyStoreId=store)
    except Exception as error:
        assert error.response["Error"]["Code"] == STATE
        return False
    return True


def test_failed_connections_are_left_by_disconnecting(kms, later):
    store = make(kms, password="wrong-password")
    kms.connect_custom_key_store(CustomKeyStoreId=store)
    assert state(kms, store) == ("CONNECTING", None)
    later()
    assert state(kms, store) == ("FAILED", "INVALID_CREDENTIALS")
    for call in (kms.connect_custom_key_store, kms.delete_custom_key_store):
        with refused(STATE):
            call(CustomKeyStoreId=store)
    with refused(STATE):
        kms.update_custom_key_store(CustomKeyStoreId=store, KeyStorePassword=PASSWORD)
    kms.disconnect_custom_key_store(CustomKeyStoreId=store)
    later()
    kms.update_custom_key_store(CustomKeyStoreId=store, KeyStorePassword=PASSWORD)
    kms.connect_custom_key_store(CustomKeyStoreId=store)
    later()
    assert state(kms, store) == ("CONNECTED", None)


def test_clusters_may_keep_a_store_from_connecting(kms, later):
    store = make(kms, "locked", cluster("locked"))
    kms.connect_custom_key_store(CustomKeyStoreId=store)
    later()
    assert state(kms, store) == ("FAILED", "USER_LOCKED_OUT")


@pytest.mark.parametrize(("parameters", "code"), [
    ({"cluster_id": "cluster-3333333333x"}, "CloudHsmClusterNotFoundException"),
    ({"cluster_id": cluster("inactive")}, "CloudHsmClusterNotActiveException"),
    ({"cluster_id": cluster("small")}, "CloudHsmClusterInvalidConfigurationException"),
    ({"cluster_id": cluster("empty")}, "CloudHsmClusterInvalidConfigurationException"),
    ({"anchor": "another"}, "IncorrectTrustAnchorException"),
])
def test_clusters_that_cannot_stand_behind_a_store(kms, parameters, code):
    with refused(code):
        make(kms, **parameters)
    assert kms.describe_custom_key_stores()["CustomKeyStores"] == []


def test_names_and_clusters_are_taken_once(kms):
    store = make(kms)
    unrelated = {"cluster_id": cluster("unrelated"), "anchor": "another"}
    with refused("CustomKeyStoreNameInUseException"):
        make(kms, **unrelated)
    with refused("CloudHsmClusterInUseException"):
        make(kms, "other")
    # It shares its history with the other one.
    with refused("CloudHsmClusterInUseException"):
        make(kms, "other", cluster("related"))
    other = make(kms, "other", **unrelated)
    with refused("CustomKeyStoreNameInUseException"):
        kms.update_custom_key_store(CustomKeyStoreId=other, NewCustomKeyStoreName="mine")
    with refused("CloudHsmClusterNotRelatedException"):
        kms.update_custom_key_store(CustomKeyStoreId=other, CloudHsmClusterId=cluster("good"))
    kms.update_custom_key_store(CustomKeyStoreId=other, NewCustomKeyStoreName="other")
    # In another region they are free.
    make(kms.elsewhere("eu-west-1"))
    kms.delete_custom_key_store(CustomKeyStoreId=store)
    make(kms)


@pytest.mark.parametrize("member", ["CloudHsmClusterId", "KeyStorePassword", "TrustAnchorCertificate"])
def test_what_a_cluster_needs(kms, member):
    parameters = {"CustomKeyStoreName": "n", "CloudHsmClusterId": cluster("good"), "KeyStorePassword": PASSWORD,
                  "TrustAnchorCertificate": ANCHOR}
    del parameters[member]
    with refused("ValidationException"):
        kms.create_custom_key_store(**parameters)
    with refused("ValidationException"):
        make(kms, XksProxyConnectivity="PUBLIC_ENDPOINT")


def test_passwords_are_not_shown(kms):
    raw = Raw(kms.endpoint, kms.access_id)
    body = {"CustomKeyStoreName": "n", "KeyStorePassword": "short"}
    envelope = check_refusal(raw("CreateCustomKeyStore", body), "ValidationException")
    assert "short" not in str(envelope) and "'keyStorePassword'" in str(envelope)
    body = {"CustomKeyStoreName": "n", "XksProxyAuthenticationCredential": {"AccessKeyId": "sesame"}}
    envelope = check_refusal(raw("CreateCustomKeyStore", body), "ValidationException")
    assert "sesame" not in str(envelope)


def test_ten_stores_are_enough(kms, tenant_name, endpoint):
    # The shared server has clusters of all ids.
    many = Kms(endpoint, tenant_name)
    stores = [make(many, f"store {number}", f"cluster-{'a' * 10}{letter}") for number, letter in enumerate("abcdefghij")]
    with refused("LimitExceededException"):
        make(many, "one too many", "cluster-aaaaaaaaaak")
    listed, marker = [], {}
    while True:
        page = many.describe_custom_key_stores(Limit=4, **marker)
        listed += [line["CustomKeyStoreId"] for line in page["CustomKeyStores"]]
        assert ("NextMarker" in page) == page["Truncated"] and len(page["CustomKeyStores"]) <= 4
        if not page["Truncated"]:
            break
        marker = {"Marker": page["NextMarker"]}
    assert listed == sorted(stores)
    whole = many.get_paginator("describe_custom_key_stores").paginate(PaginationConfig={"PageSize": 3})
    assert [line["CustomKeyStoreId"] for page in whole for line in page["CustomKeyStores"]] == listed
    [line] = many.describe_custom_key_stores(CustomKeyStoreName="store 3")["CustomKeyStores"]
    assert line["CustomKeyStoreId"] == stores[3]
    with refused("InvalidMarkerException"):
        many.describe_custom_key_stores(Marker="x")
    with refused("ValidationException"):
        many.describe_custom_key_stores(CustomKeyStoreName="store 3", CustomKeyStoreId=stores[3])
    many.delete_custom_key_store(CustomKeyStoreId=stores[0])
    make(many, "one in its place", "cluster-aaaaaaaaaak")


def test_stores_that_are_not_there(kms):
    missing = "CustomKeyStoreNotFoundException"
    for call in (kms.connect_custom_key_store, kms.disconnect_custom_key_store, kms.delete_custom_key_store,
                 kms.update_custom_key_store, kms.describe_custom_key_stores):
        with refused(missing):
            call(CustomKeyStoreId="cks-1234567890abcdef0")
    with refused(missing):
        kms.describe_custom_key_stores(CustomKeyStoreName="nobody")
    with refused(missing):
        new_key(kms, "cks-1234567890abcdef0")
    with refused(missing):
        kms.generate_random(NumberOfBytes=1, CustomKeyStoreId="cks-1234567890abcdef0")
    answer = kms.describe_custom_key_stores()
    assert (answer["CustomKeyStores"], answer["Truncated"]) == ([], False) and "NextMarker" not in answer


def test_changes_of_a_store(kms, connected, later):
    kms.update_custom_key_store(CustomKeyStoreId=connected, NewCustomKeyStoreName="new name")
    assert described(kms, connected)["CustomKeyStoreName"] == "new name"
    for change in ({"KeyStorePassword": "other-password"}, {"CloudHsmClusterId": cluster("related")}):
        with refused(STATE):
            kms.update_custom_key_store(CustomKeyStoreId=connected, **change)
    kms.disconnect_custom_key_store(CustomKeyStoreId=connected)
    with refused(STATE):
        kms.update_custom_key_store(CustomKeyStoreId=connected, NewCustomKeyStoreName="newer name")
    later()
    for name, code in [("unrelated", "CloudHsmClusterNotRelatedException"), ("inactive", "CloudHsmClusterNotActiveException"),
                       ("small", "CloudHsmClusterInvalidConfigurationException")]:
        with refused(code):
            kms.update_custom_key_store(CustomKeyStoreId=connected, CloudHsmClusterId=cluster(name))
    with refused("CloudHsmClusterNotFoundException"):
        kms.update_custom_key_store(CustomKeyStoreId=connected, CloudHsmClusterId="cluster-3333333333x")
    with refused("ValidationException"):
        kms.update_custom_key_store(CustomKeyStoreId=connected, XksProxyUriPath="/kms/xks/v1")
    kms.update_custom_key_store(CustomKeyStoreId=connected, CloudHsmClusterId=cluster("related"))
    assert described(kms, connected)["CloudHsmClusterId"] == cluster("related")


def test_a_key_in_a_cluster(kms, connected):
    made = new_key(kms, connected, Description="d")
    assert made["Origin"] == "AWS_CLOUDHSM" and made["KeyState"] == "Enabled" and made["MultiRegion"] is False
    assert (made["CustomKeyStoreId"], made["CloudHsmClusterId"]) == (connected, cluster("good"))
    assert "CurrentKeyMaterialId" not in made and "XksKeyConfiguration" not in made
    assert kms.describe(made["KeyId"]) == made
    key = made["KeyId"]
    sealed = kms.encrypt(KeyId=key, Plaintext=b"hello", EncryptionContext={"a": "b"})["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=sealed, EncryptionContext={"a": "b"})["Plaintext"] == b"hello"
    with refused("InvalidCiphertextException"):
        kms.decrypt(CiphertextBlob=sealed)
    data_key = kms.generate_data_key(KeyId=key, KeySpec="AES_256")
    assert kms.decrypt(CiphertextBlob=data_key["CiphertextBlob"])["Plaintext"] == data_key["Plaintext"]
    other = kms.create()
    moved = kms.re_encrypt(CiphertextBlob=sealed, SourceEncryptionContext={"a": "b"}, DestinationKeyId=other)
    assert kms.decrypt(CiphertextBlob=moved["CiphertextBlob"])["Plaintext"] == b"hello"


def test_what_keys_in_a_cluster_are_not_for(kms, connected):
    key = new_key(kms, connected)["KeyId"]
    unsupported = f"{kms.arn(key)} origin is AWS_CLOUDHSM which is not valid for this operation."
    for call in (lambda: kms.generate_data_key_pair(KeyId=key, KeyPairSpec="ECC_NIST_P256"),
                 lambda: kms.generate_data_key_pair_without_plaintext(KeyId=key, KeyPairSpec="ECC_NIST_P256"),
                 lambda: kms.parameters(key),
                 lambda: kms.delete_imported_key_material(KeyId=key)):
        with refused("UnsupportedOperationException", unsupported):
            call()


@pytest.mark.parametrize(("parameters", "code"), [
    ({"Origin": "AWS_KMS"}, "ValidationException"),
    ({"Origin": "EXTERNAL"}, "ValidationException"),
    ({"Origin": "AWS_CLOUDHSM", "XksKeyId": "x"}, "ValidationException"),
    ({"Origin": "EXTERNAL_KEY_STORE"}, "ValidationException"),
    ({"Origin": "EXTERNAL_KEY_STORE", "XksKeyId": "x"}, "UnsupportedOperationException"),
    ({"Origin": "AWS_CLOUDHSM", "KeySpec": "RSA_2048", "KeyUsage": "ENCRYPT_DECRYPT"}, "UnsupportedOperationException"),
    ({"Origin": "AWS_CLOUDHSM", "MultiRegion": True}, "UnsupportedOperationException"),
])
def test_keys_that_cannot_be_in_a_cluster(kms, connected, parameters, code):
    with refused(code):
        kms.create_key(CustomKeyStoreId=connected, **parameters)
    for origin in ("AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"):
        with refused("ValidationException"):
            kms.create_key(Origin=origin)
    assert kms.list_keys()["Keys"] == []


def test_keys_are_unavailable_while_their_store_is_not_connected(kms, connected, later):
    key, disabled = new_key(kms, connected)["KeyId"], new_key(kms, connected)["KeyId"]
    dying = new_key(kms, connected)["KeyId"]
    kms.disable_key(KeyId=disabled)
    kms.schedule_key_deletion(KeyId=dying, PendingWindowInDays=7)
    sealed = kms.encrypt(KeyId=key, Plaintext=b"hello")["CiphertextBlob"]
    kms.disconnect_custom_key_store(CustomKeyStoreId=connected)
    states = lambda: [kms.state(each) for each in (key, disabled, dying)]
    assert states() == ["Unavailable", "Unavailable", "PendingDeletion"]
    assert kms.describe(key)["Enabled"] is False
    unavailable = ("KMSInvalidStateException", f"{kms.arn(key)} is unavailable.")
    for call in (lambda: kms.encrypt(KeyId=key, Plaintext=b"x"), lambda: kms.decrypt(CiphertextBlob=sealed),
                 lambda: kms.generate_data_key(KeyId=key, KeySpec="AES_256"),
                 lambda: kms.generate_data_key_without_plaintext(KeyId=key, KeySpec="AES_256"),
                 lambda: kms.re_encrypt(CiphertextBlob=sealed, DestinationKeyId=key)):
        with refused(*unavailable):
            call()
    # What manages a key goes on, and counts once it is available.
    kms.disable_key(KeyId=key)
    kms.enable_key(KeyId=disabled)
    kms.update_key_description(KeyId=key, Description="away")
    kms.tag_resource(KeyId=key, Tags=[{"TagKey": "a", "TagValue": "b"}])
    kms.create_alias(AliasName="alias/away", TargetKeyId=key)
    kms.cancel_key_deletion(KeyId=dying)
    assert states() == ["Unavailable"] * 3
    with refused("KMSInvalidStateException", f"{kms.arn(key)} is not pending deletion."):
        kms.cancel_key_deletion(KeyId=key)
    later()
    kms.connect_custom_key_store(CustomKeyStoreId=connected)
    assert states() == ["Unavailable"] * 3
    later()
    assert states() == ["Disabled", "Enabled", "Disabled"]
    kms.enable_key(KeyId=key)
    assert kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"hello"


def test_a_store_with_keys_is_not_deleted(kms, connected, later):
    key = new_key(kms, connected)["KeyId"]
    kms.disconnect_custom_key_store(CustomKeyStoreId=connected)
    later()
    with refused("CustomKeyStoreHasCMKsException"):
        kms.delete_custom_key_store(CustomKeyStoreId=connected)
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    with refused("CustomKeyStoreHasCMKsException"):
        kms.delete_custom_key_store(CustomKeyStoreId=connected)
    later(7 * DAY)
    kms.delete_custom_key_store(CustomKeyStoreId=connected)
    assert kms.describe_custom_key_stores()["CustomKeyStores"] == []


def test_stores_are_their_tenants_own(kms, connected, url):
    stranger = Kms(url, f"{kms.name}x")
    with refused("CustomKeyStoreNotFoundException"):
        stranger.connect_custom_key_store(CustomKeyStoreId=connected)
    for other in (stranger, kms.elsewhere("eu-west-1")):
        assert other.describe_custom_key_stores()["CustomKeyStores"] == []
        with refused("CustomKeyStoreNotFoundException"):
            new_key(other, connected)
