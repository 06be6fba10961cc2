"""Dedicated key stores: making and removing them, and keys that live in them."""

import pytest
from huawei_support import DAY, HEX32, MISSING_KEY, UUID, Kms, alias, kms, project_id, refused  # noqa: F401

NOON = 1_900_000_000


def make(kms, **members) -> str:
    members = {"keystore_alias": alias(), "keystore_type": "DHSM", "hsm_cluster_id": f"cluster-{alias()}", **members}
    return kms.create_key_store(**members).keystore.keystore_id


def path(kms, keystore_id="", verb="") -> str:
    return f"/v1.0/{kms.project}/keystores" + (f"/{keystore_id}" if keystore_id else "") + (f"/{verb}" if verb else "")


def ask(kms, method, where, body=b""):
    """A signed request for any path."""
    return kms.send(method, where, body, kms.signed(method, where, body))


def stores(kms) -> list:
    return [store.keystore_id for store in kms.list_key_stores(limit=100).keystores]


@pytest.fixture
def store(kms):
    """An enabled key store."""
    keystore_id = make(kms)
    kms.enable_key_store(keystore_id=keystore_id)
    return keystore_id


def test_a_key_store_is_made_and_shown(kms, clock):
    clock.freeze("huawei", kms.account, NOON)
    made = kms.create_key_store(keystore_alias="mine", keystore_type="DHSM", hsm_cluster_id="c-1", cluster_id="c-1",
                                hsm_ca_cert="-----BEGIN CERTIFICATE-----").keystore
    assert UUID.fullmatch(made.keystore_id) and HEX32.fullmatch(made.domain_id)
    details = {"keystore_id": made.keystore_id, "domain_id": made.domain_id, "keystore_alias": "mine",
               "keystore_type": "DHSM", "hsm_cluster_id": "c-1", "cluster_id": "c-1",
               "create_time": f"{NOON}000"}
    answer = ask(kms, "GET", path(kms, made.keystore_id))
    assert (answer.status, answer.json) == (200, {"keystore": details})
    assert ask(kms, "GET", path(kms)).json == {"total": 1, "keystores": [details]}
    assert kms.show_key_store(keystore_id=made.keystore_id).keystore.keystore_alias == "mine"


@pytest.mark.parametrize("members, expected", [
    ({"hsm_cluster_id": "c"}, ("DHSM", "c", "c")),
    ({"keystore_type": "1", "cluster_id": "c"}, ("DHSM", "c", "c")),
    ({"keystore_type": "CDMS", "cluster_id": "c"}, ("CDMS", "c", None)),
    ({"keystore_type": "CDMS"}, ("CDMS", "1", None)),
    ({"keystore_type": "DEFAULT"}, ("DEFAULT", "0", None)),
])
def test_every_type(kms, members, expected):
    made = kms.create_key_store(keystore_alias="k", **members).keystore.keystore_id
    shown = kms.show_key_store(keystore_id=made).keystore
    assert (shown.keystore_type, shown.cluster_id, shown.hsm_cluster_id) == expected


def test_create_refuses(kms):
    make(kms, keystore_alias="taken", hsm_cluster_id="c-1")
    for members, code in [
        ({"keystore_alias": "taken"}, "KMS.1104"),
        ({"hsm_cluster_id": "c-1"}, "KMS.0308"),
        ({"hsm_cluster_id": None}, "KMS.0204"),
        ({"hsm_cluster_id": "c-2", "cluster_id": "c-3"}, "KMS.0308"),
        ({"keystore_type": "HSM"}, "KMS.0308"),
        ({"keystore_alias": "a b"}, "KMS.1101"),
        ({"keystore_alias": ""}, "KMS.1101"),
        ({"keystore_alias": "a" * 256}, "KMS.1101"),
    ]:
        with refused(code):
            make(kms, **members)
        assert len(stores(kms)) == 1, members
    ask(kms, "POST", path(kms), b"{}").is_refusal("KMS.0204")
    ask(kms, "POST", path(kms), b"[]").is_refusal("KMS.0214")
    ask(kms, "POST", path(kms), b"{").is_refusal("KMS.0202")


def test_lists_have_pages(kms, clock):
    made = []
    for second in range(12):
        clock.freeze("huawei", kms.account, NOON + second)
        made.append(make(kms))
    page = kms.list_key_stores()
    assert (page.total, [store.keystore_id for store in page.keystores]) == (12, made[:10])
    page = kms.list_key_stores(limit=5, offset=10)
    assert (page.total, [store.keystore_id for store in page.keystores]) == (12, made[10:])
    for query, code in [("limit=0", "KMS.1601"), ("limit=x", "KMS.1601"), ("offset=-1", "KMS.1603"),
                        ("offset=x", "KMS.1603")]:
        ask(kms, "GET", f"{path(kms)}?{query}").is_refusal(code)


def test_a_store_is_disabled_at_first_and_can_be_switched(kms):
    keystore_id = make(kms)
    for call, state in [("disable", "3"), ("enable", "2"), ("enable", "2"), ("disable", "3"), ("disable", "3")]:
        answer = ask(kms, "POST", path(kms, keystore_id, call))
        assert (answer.status, answer.json) == (
            200, {"keystore": {"keystore_id": keystore_id, "keystore_state": state}})
    assert kms.enable_key_store(keystore_id=keystore_id).keystore.keystore_state == "2"


def test_unknown_stores(kms, endpoint, tenant_name):
    theirs = make(Kms(endpoint, tenant_name))
    for keystore_id in (MISSING_KEY, "x", theirs):
        for call in (kms.show_key_store, kms.enable_key_store, kms.disable_key_store, kms.delete_key_store):
            with refused("KMS.8003"):
                call(keystore_id=keystore_id)
        with refused("KMS.8003"):
            kms.create(keystore_id=keystore_id)
    assert kms.list_keys(key_spec="ALL").total == 0


def test_keys_live_in_stores(kms, store):
    for spec in ("AES_256", "EC_P256"):
        key_id = kms.create(keystore_id=store, key_spec=spec)
        info = kms.describe(key_id)
        assert (info.keystore_id, info.origin, info.key_state) == (store, "kms", "2")
    assert kms.describe(kms.create(keystore_id="0")).keystore_id == "0"
    key_id = kms.create(keystore_id=store)
    cipher_text = kms.encrypt_data(key_id=key_id, plain_text="x").cipher_text
    assert kms.decrypt_data(cipher_text=cipher_text).plain_text == "x"
    assert kms.list_keys(key_spec="ALL").total == 4


def test_where_no_key_can_live(kms, store):
    idle = make(kms)
    for members, code in [
        ({"keystore_id": idle}, "KMS.0308"),
        ({"keystore_id": "1"}, "KMS.0340"),
        ({"keystore_id": "2"}, "KMS.0340"),
        ({"keystore_id": store, "origin": "external"}, "KMS.0339"),
    ]:
        with refused(code):
            kms.create(**members)
    assert kms.list_keys(key_spec="ALL").total == 0


def test_nothing_is_rotated_or_imported_in_a_store(kms, store):
    key_id = kms.create(keystore_id=store)
    before = kms.snapshot(key_id)
    with refused("KMS.0338"):
        kms.enable_key_rotation(key_id=key_id)
    with refused("KMS.0338"):
        kms.disable_key_rotation(key_id=key_id)
    with refused("KMS.0338"):
        kms.update_key_rotation_interval(key_id=key_id, rotation_interval=90)
    with refused("KMS.0338"):
        kms.rotate_on_demand(key_id=key_id)
    with refused("KMS.0339"):
        kms.parameters(key_id)
    with refused("KMS.0339"):
        kms.import_key_material(key_id=key_id, import_token="A" * 200, encrypted_key_material="A" * 344)
    with refused("KMS.0339"):
        kms.delete_imported_key_material(key_id=key_id)
    assert kms.snapshot(key_id) == before


def test_keys_of_a_disabled_store_are_of_no_use(kms, store):
    key_id = kms.create(keystore_id=store)
    resting = kms.create(keystore_id=store)
    kms.disable_key(key_id=resting)
    cipher_text = kms.encrypt_data(key_id=key_id, plain_text="x").cipher_text
    kms.disable_key_store(keystore_id=store)
    assert (kms.state(key_id), kms.state(resting)) == ("3", "3")
    for use in (
        lambda: kms.encrypt_data(key_id=key_id, plain_text="x"),
        lambda: kms.decrypt_data(cipher_text=cipher_text),
        lambda: kms.create_datakey(key_id=key_id, datakey_length="256"),
        lambda: kms.enable_key(key_id=key_id),
        lambda: kms.disable_key(key_id=key_id),
    ):
        with refused("KMS.0209"):
            use()
    kms.enable_key_store(keystore_id=store)
    # Each is what it was.
    assert (kms.state(key_id), kms.state(resting)) == ("2", "3")
    assert kms.decrypt_data(cipher_text=cipher_text).plain_text == "x"


def test_a_store_goes_when_it_is_disabled_and_empty(kms, store, clock):
    clock.freeze("huawei", kms.account, NOON)
    key_id = kms.create(keystore_id=store)
    with refused("KMS.0308", "keystore_id"):
        kms.delete_key_store(keystore_id=store)
    kms.disable_key_store(keystore_id=store)
    with refused("KMS.0308", "keystore_id"):
        kms.delete_key_store(keystore_id=store)
    assert stores(kms) == [store] and kms.describe(key_id).keystore_id == store
    assert kms.delete_key(key_id=key_id, pending_days="7").key_state == "4"
    with refused("KMS.0308", "keystore_id"):
        kms.delete_key_store(keystore_id=store)
    clock.advance("huawei", kms.account, 7 * DAY)
    answer = ask(kms, "DELETE", path(kms, store))
    assert (answer.status, answer.body) == (200, b"{}")
    assert stores(kms) == []
    with refused("KMS.8003"):
        kms.show_key_store(keystore_id=store)


def test_names_and_clusters_are_free_again(kms):
    for _ in range(2):
        keystore_id = make(kms, keystore_alias="mine", hsm_cluster_id="c")
        kms.delete_key_store(keystore_id=keystore_id)
    make(Kms(kms.endpoint, kms.name, project_id()), keystore_alias="mine", hsm_cluster_id="c")
