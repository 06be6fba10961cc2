"""Default master keys of the vendor's services, and the quotas and counts in which they do not count."""

import json
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import huaweicloudsdkkms.v2 as models
import pytest
from huawei_support import DAY, alias, kms, refused  # noqa: F401


@pytest.fixture
def use(admin, kms):
    """Lets a service use its key; answers what the admin API does."""

    def call(service, body=None, method="PUT"):
        account, service = (quote(each, safe="") for each in (kms.account, service))
        return admin(f"tenants/huawei/{account}/default-keys/{service}", method, body)

    return call


def default_key(use, service="obs", **body):
    status, answer = use(service, body or None)
    assert status == 200, answer
    return answer["key_id"]


def quotas(kms):
    return {each.type: (each.used, each.quota) for each in kms.show_user_quotas().quotas.resources}


def count(kms):
    return kms.show_user_instances().instance_num


def test_a_key_is_made_when_its_service_first_uses_it(kms, use, clock):
    clock.freeze("huawei", kms.account, 1_767_322_445)
    assert kms.list_keys(key_spec="ALL").total == 0
    status, answer = use("obs")
    assert (status, set(answer)) == (200, {"key_id", "key_alias", "region"})
    assert (answer["key_alias"], answer["region"]) == ("obs/default", "cn-north-4")
    details = kms.post("describe-key", key_id=answer["key_id"]).json["key_info"]
    assert details == {
        "key_id": answer["key_id"], "domain_id": details["domain_id"], "key_alias": "obs/default",
        "realm": "cn-north-4", "key_spec": "AES_256", "key_usage": "ENCRYPT_DECRYPT", "key_description": "",
        "creation_date": "1767322445000", "scheduled_deletion_date": "", "key_state": "2", "default_key_flag": "1",
        "key_type": "1", "expiration_time": "", "origin": "kms", "key_rotation_enabled": "false",
        "sys_enterprise_project_id": "0", "keystore_id": "0"}
    # It is the service's one key from then on, and is listed among all.
    assert default_key(use) == answer["key_id"]
    assert default_key(use, "evs") != answer["key_id"]
    mine = kms.create()
    assert kms.list_keys().total == 3
    flags = {each.key_id: each.default_key_flag for each in kms.list_keys().key_details}
    assert (flags[answer["key_id"]], flags[mine]) == ("1", "0")


def test_each_region_has_its_own(kms, use):
    here, there = default_key(use), default_key(use, region="cn-east-3")
    assert here != there
    kms.post("describe-key", key_id=there).is_refusal("KMS.0207")
    body = json.dumps({"key_id": there}).encode()
    assert kms.raw("describe-key", body, scope="cn-east-3/kms").json["key_info"]["realm"] == "cn-east-3"


def test_the_admin_api_refuses(kms, use):
    for service in ["OBS", "obs/default", "a b", "a" * 33]:
        assert use(service)[0] in (400, 404)
    assert use("obs", {"region": "nowhere-1"})[0] == 400
    assert use("obs", {"place": "x"})[0] == 400
    assert use("obs", [1])[0] == 400
    for method in ["GET", "DELETE", "POST"]:
        assert use("obs", method=method)[0] == 405
    assert kms.list_keys(key_spec="ALL").total == 0


def test_many_ask_and_one_is_made(kms, use):
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: default_key(use, "rds"), range(8)))
    assert len(made) == 1
    assert kms.list_keys().keys == list(made)


MANAGEMENT = [
    ("enable-key", {}), ("disable-key", {}), ("schedule-key-deletion", {"pending_days": "7"}),
    ("cancel-key-deletion", {}), ("update-key-alias", {"key_alias": "mine"}),
    ("update-key-description", {"key_description": "mine"}),
    ("get-parameters-for-import", {"wrapping_algorithm": "RSAES_OAEP_SHA_256"}),
    ("import-key-material", {"import_token": "A" * 2236, "encrypted_key_material": "A" * 344}),
    ("delete-imported-key-material", {}), ("enable-key-rotation", {}), ("disable-key-rotation", {}),
    ("update-key-rotation-interval", {"rotation_interval": 30}), ("get-key-rotation-status", {}),
    ("rotate-on-demand", {}), ("create-grant", {"grantee_principal": "a" * 32, "operations": ["describe-key"]}),
]


def test_its_owner_leaves_it_alone(kms, use):
    key_id, mine = default_key(use), kms.create()
    kms.create_alias(key_id=mine, alias="a")
    before = kms.snapshot(key_id)
    for verb, body in MANAGEMENT:
        kms.post(verb, key_id=key_id, **body).is_refusal("KMS.0211")
    tag = {"key": "a", "value": "1"}
    for call in [
        lambda: kms.create_kms_tag(key_id=key_id, tag=tag),
        lambda: kms.batch_create_kms_tags(key_id=key_id, action="create", tags=[tag]),
        lambda: kms.batch_create_kms_tags(key_id=key_id, action="delete", tags=[tag]),
        lambda: kms.delete_tag(key_id=key_id, key="a"),
        lambda: kms.create_alias(key_id=key_id, alias="b"),
        lambda: kms.associate_alias(alias="a", target_key_id=key_id),
        lambda: kms.delete_alias(key_id=key_id, aliases=["a"]),
        lambda: kms.sdk.update_primary_region(models.UpdatePrimaryRegionRequest(
            key_id=key_id, body=models.UpdatePrimaryRegionRequestBody(key_id=key_id, primary_region="cn-east-3"))),
    ]:
        with refused("KMS.0211"):
            call()
    assert kms.snapshot(key_id) == before
    assert kms.show_kms_tags(key_id=key_id).tags == []
    assert [each.alias for each in kms.list_aliases().body[0].aliases] == ["a"]
    # Nor can there be another of its name.
    with refused("KMS.1101"):
        kms.create(key_alias="obs/default")


def test_it_can_be_used(kms, use):
    key_id = default_key(use)
    sealed = kms.encrypt_data(key_id=key_id, plain_text="x").cipher_text
    assert kms.decrypt_data(cipher_text=sealed).plain_text == "x"
    made = kms.create_datakey(key_id=key_id)
    opened = kms.decrypt_datakey(key_id=key_id, cipher_text=made.cipher_text, datakey_cipher_length="32")
    assert opened.data_key == made.plain_text
    kms.post("get-publickey", key_id=key_id).is_refusal("KMS.0331")


def test_it_is_not_counted(kms, use):
    default_key(use)
    assert (count(kms), quotas(kms)["CMK"]) == (0, (0, 100))
    answer = kms.list_kms_by_tags(resource_instances="resource_instances", action="count")
    assert answer.total_count == 0


def test_counts_are_true(kms, clock):
    clock.freeze("huawei", kms.account, 1_900_000_000)
    assert (count(kms), quotas(kms)) == (0, {"CMK": (0, 100), "grant_per_CMK": (0, 100)})
    first, _ = kms.create(), kms.external(key_spec="SM4")
    assert (count(kms), quotas(kms)["CMK"]) == (2, (2, 100))
    # A key with days to live counts until it is gone.
    kms.delete_key(key_id=first, pending_days="7")
    assert (count(kms), quotas(kms)["CMK"]) == (2, (2, 100))
    clock.advance("huawei", kms.account, 7 * DAY)
    assert (count(kms), quotas(kms)["CMK"]) == (1, (1, 100))


def test_answers_as_they_travel(kms):
    for rest, expected in [
        ("user-instances", {"instance_num": 0}),
        ("user-quotas", {"quotas": {"resources": [{"type": "CMK", "used": 0, "quota": 100},
                                                  {"type": "grant_per_CMK", "used": 0, "quota": 100}]}}),
    ]:
        path = f"/v1.0/{kms.project}/kms/{rest}"
        assert kms.send("GET", path, b"", kms.signed("GET", path)).json == expected


def test_the_quota_of_keys(kms, use, clock):
    clock.freeze("huawei", kms.account, 1_900_000_000)
    made = [kms.create(key_alias=f"k{number}", origin="external") for number in range(100)]
    for origin in ["kms", "external"]:
        with refused("KMS.1105"):
            kms.create(origin=origin)
    assert (count(kms), quotas(kms)["CMK"], kms.list_keys().total) == (100, (100, 100), 100)
    # There is room for the services' own.
    default_key(use)
    kms.delete_key(key_id=made[0], pending_days="7")
    with refused("KMS.1105"):
        kms.create()
    clock.advance("huawei", kms.account, 7 * DAY)
    kms.create(key_alias=alias())
    with refused("KMS.1105"):
        kms.create()
    # Another region has its own.
    body = json.dumps({"key_alias": "there"}).encode()
    assert kms.raw("create-key", body, scope="cn-east-3/kms").status == 200
