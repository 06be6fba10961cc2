"""What a Terraform provider does, request by request, as its Go client library sends it: host and project unsigned,
numbers where the provider has numbers and texts where it has texts, tolerated answers only."""

import json
import time
from urllib.parse import quote

import pytest
from huawei_model import HERE
from huawei_support import DAY, HEX32, MISSING_KEY, alias, b64, basic_date, kms, unb64  # noqa: F401
from wrapping import wrap

# Which statuses the Go library takes for success.
TAKEN = {"POST": {200, 201, 202, 204}, "GET": {200, 202}, "DELETE": {200, 202, 204}, "PUT": {200, 201, 202}}
RSA_DER_START = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA"


def needs(*operations):
    return pytest.mark.skipif(not all(HERE[name] for name in operations), reason=f"{operations} are not all here")


class Go:
    """The Go client library: signs what it has set so far, and adds project and account afterwards."""

    def __init__(self, kms):
        self.kms = kms

    def send(self, method: str, rest: str, body=None):
        """An answer as it is."""
        path = f"/v1.0/{self.kms.project}/{rest}"
        text = b"" if body is None else json.dumps(body, separators=(",", ":")).encode() + b"\n"
        headers = {"Accept": "application/json", "Content-Type": "application/json",
                   "User-Agent": "huaweicloud-terraform-provider/1.0", "X-Sdk-Date": basic_date(time.time())}
        fields = self.kms.signed(method, path, text, headers=headers, names=sorted(map(str.lower, headers)))
        fields |= {"X-Project-Id": self.kms.project, "X-Domain-Id": "0" * 32, "Accept-Encoding": "gzip"}
        return self.kms.send(method, path, text, fields)

    def __call__(self, method: str, rest: str, body=None):
        """The decoded answer to a request that succeeds; the library decodes every 200, so it must not be empty."""
        answer = self.send(method, rest, body)
        assert answer.status in TAKEN[method], answer.body
        if answer.status == 204:
            assert answer.body == b""
            return None
        return answer.json

    def post(self, verb: str, **members):
        return self("POST", f"kms/{verb}", members)

    def is_gone(self, key_id: str) -> bool:
        """A 404 with any body, or a key that is to be deleted."""
        answer = self.send("POST", "kms/describe-key", {"key_id": key_id})
        if answer.status == 404:
            return True
        assert answer.status == 200, answer.body
        return answer.json["key_info"]["key_state"] == "4"

    def until_stable(self, key_id: str) -> dict:
        """Polls as after a creation: 1 and 3 are waited for, 2 and 5 are done, all else fails the apply."""
        for _ in range(10):
            info = self.post("describe-key", key_id=key_id)["key_info"]
            if info["key_state"] in ("2", "5"):
                return info
            assert info["key_state"] in ("1", "3"), info
        raise AssertionError("the key does not settle")


@pytest.fixture
def go(kms) -> Go:
    return Go(kms)


def create(go, **members) -> str:
    made = go.post("create-key", key_alias=alias(), **members)["key_info"]
    assert HEX32.fullmatch(made["domain_id"])
    assert made["key_id"] == made["key_id"].lower()
    go.until_stable(made["key_id"])
    return made["key_id"]


def read(go, key_id) -> dict:
    """What a refresh reads."""
    info = go.post("describe-key", key_id=key_id)["key_info"]
    assert all(isinstance(value, str) for value in info.values()), info
    assert info["key_id"] == key_id
    return info


def destroy(go, key_id, days="7"):
    """The days are text; the answer must say 4."""
    if read(go, key_id)["key_state"] != "4":
        scheduled = go.post("schedule-key-deletion", key_id=key_id, pending_days=days)
        assert scheduled == {"key_id": key_id, "key_state": "4"}
    assert go.is_gone(key_id)


def test_a_key_is_made_read_and_destroyed(go):
    key_id = create(go, key_spec="AES_256", key_description="d", enterprise_project_id="0")
    info = read(go, key_id)
    assert (info["key_state"], info["key_rotation_enabled"], info["key_description"]) == ("2", "false", "d")
    assert 1_700_000_000_000 < int(info["creation_date"]) and int(info["creation_date"]) // 1000 <= time.time() + 60
    assert info["scheduled_deletion_date"] == info["expiration_time"] == ""
    destroy(go, key_id)
    # Destroyed again, nothing is asked for.
    destroy(go, key_id)
    assert go.is_gone(MISSING_KEY)


@needs("BatchCreateKmsTags", "ShowKmsTags", "EnableKeyRotation", "UpdateKeyRotationInterval", "ShowKeyRotationStatus")
def test_a_disabled_key_with_tags_and_rotation(go):
    """In the provider's order: what comes after the disabling must work on a disabled key."""
    key_id = create(go)
    assert go.post("disable-key", key_id=key_id)["key_info"]["key_state"] == "3"
    tags = [{"key": "env", "value": "test"}, {"key": "a/b", "value": ""}]
    assert go("POST", f"kms/{key_id}/tags/action", {"action": "create", "tags": tags}) is None
    assert go.post("enable-key-rotation", key_id=key_id) == {}
    assert go.post("update-key-rotation-interval", key_id=key_id, rotation_interval=200) == {}

    info = read(go, key_id)
    # The provider compares with a text here, and with a boolean there.
    assert (info["key_state"], info["key_rotation_enabled"]) == ("3", "true")
    shown = go("GET", f"kms/{key_id}/tags")
    assert sorted(shown["tags"], key=lambda tag: tag["key"]) == sorted(tags, key=lambda tag: tag["key"])
    assert shown["existTagsNum"] == 2
    status = go.post("get-key-rotation-status", key_id=key_id)
    assert status["key_rotation_enabled"] is True
    assert (status["rotation_interval"], status["number_of_rotations"]) == (200, 0)
    assert status.get("last_rotation_time", "") == ""

    # A change of tags: what is gone is deleted, then what is new created.
    assert go("POST", f"kms/{key_id}/tags/action", {"action": "delete", "tags": tags[:1]}) is None
    assert go("POST", f"kms/{key_id}/tags/action", {"action": "create", "tags": [{"key": "x", "value": "y"}]}) is None
    assert {tag["key"] for tag in go("GET", f"kms/{key_id}/tags")["tags"]} == {"a/b", "x"}
    # Rotation off, the key on.
    assert go.post("disable-key-rotation", key_id=key_id) == {}
    assert go.post("enable-key", key_id=key_id)["key_info"]["key_state"] == "2"
    assert read(go, key_id)["key_rotation_enabled"] == "false"
    destroy(go, key_id)


@needs("UpdateKeyAlias", "UpdateKeyDescription")
def test_a_key_is_renamed(go):
    key_id, name = create(go), alias()
    assert go.post("update-key-alias", key_id=key_id, key_alias=name)["key_info"] == \
        {"key_id": key_id, "key_alias": name}
    assert go.post("update-key-description", key_id=key_id, key_description="new")["key_info"] == \
        {"key_id": key_id, "key_description": "new"}
    info = read(go, key_id)
    assert (info["key_alias"], info["key_description"]) == (name, "new")
    # The provider empties a description so.
    go.post("update-key-description", key_id=key_id, key_description="")
    assert read(go, key_id)["key_description"] == ""


def test_the_list_that_finds_a_key_by_alias(go):
    """The data source: pages with a number as limit, a text as marker, until the marker is empty."""
    wanted = [create(go) for _ in range(3)]
    found, marker = [], ""
    while True:
        asked = {"limit": 2, "key_spec": "ALL", **({"marker": marker} if marker else {})}
        page = go.post("list-keys", **asked)
        assert isinstance(page["next_marker"], str) and page["truncated"] in ("true", "false")
        assert isinstance(page["total"], int)
        assert (page["next_marker"] == "") == (page["truncated"] == "false")
        found += page["key_details"]
        marker = page["next_marker"]
        if not marker:
            break
    assert {info["key_id"] for info in found} == set(wanted)
    # The whole at once, with the provider's number.
    assert len(go.post("list-keys", limit=2000)["keys"]) == 3


def test_material_with_an_expiry_as_text(go, kms):
    """The provider's own acceptance: the text 2999886177 comes back from milliseconds."""
    key_id = create(go, origin="external")
    assert read(go, key_id)["key_state"] == "5"
    given = go.post("get-parameters-for-import", key_id=key_id, wrapping_algorithm="RSAES_OAEP_SHA_256")
    assert given["public_key"].startswith(RSA_DER_START)
    assert isinstance(given["expiration_time"], int) and 0 < given["expiration_time"] - time.time() <= DAY + 60
    wrapped = b64(wrap("RSAES_OAEP_SHA_256", unb64(given["public_key"]), b"m" * 32))
    assert go.post("import-key-material", key_id=key_id, import_token=given["import_token"],
                   encrypted_key_material=wrapped, expiration_time="2999886177") == {}
    info = read(go, key_id)
    assert info["key_state"] == "2"
    assert int(info["expiration_time"]) // 1000 == 2999886177
    assert (info["origin"], info["key_rotation_enabled"]) == ("external", "false")

    # Destroying the material: 4 and 5 count as gone.
    assert go.post("delete-imported-key-material", key_id=key_id) == {}
    assert read(go, key_id)["key_state"] in ("4", "5")
    assert go.send("POST", "kms/delete-imported-key-material", {"key_id": key_id}).status == 400
    destroy(go, key_id)


def test_material_of_an_asymmetric_key_is_let_go(go, kms):
    """The provider parses the body of the 400 and tolerates this one code."""
    from test_huawei_errors import pkcs8
    key_id = create(go, origin="external", key_spec="EC_P256")
    kms.bring_private(key_id, pkcs8())
    refusal = go.send("POST", "kms/delete-imported-key-material", {"key_id": key_id})
    assert refusal.status == 400
    assert refusal.json["error"]["error_code"] == "KMS.2702"
    assert read(go, key_id)["key_state"] == "2"
    destroy(go, key_id)


@needs("CreateGrant", "ListGrants", "CancelGrant")
def test_a_key_with_grants(go):
    key_id = create(go)
    made = go.post("create-grant", key_id=key_id, grantee_principal="0" * 32, name="one",
                   operations=["describe-key", "create-datakey", "encrypt-datakey"], grantee_principal_type="user")
    grant_id = made["grant_id"]
    assert len(grant_id) == 64
    others = [go.post("create-grant", key_id=key_id, grantee_principal=digit * 32,
                      operations=["describe-key"])["grant_id"] for digit in "12"]
    # Read: the grant is looked for by its id, page by page.
    found, marker = [], ""
    while True:
        page = go.post("list-grants", key_id=key_id, limit=2, **({"marker": marker} if marker else {}))
        assert isinstance(page["next_marker"], str) and page["truncated"] in ("true", "false")
        found += page["grants"]
        marker = page["next_marker"]
        if not marker:
            break
    assert {grant["grant_id"] for grant in found} == {grant_id, *others}
    [grant] = [grant for grant in found if grant["grant_id"] == grant_id]
    assert (grant["key_id"], grant["grantee_principal"], grant["name"]) == (key_id, "0" * 32, "one")
    assert sorted(grant["operations"]) == ["create-datakey", "describe-key", "encrypt-datakey"]
    assert int(grant["creation_date"]) > 1_700_000_000_000
    # Destroy.
    assert go.post("revoke-grant", key_id=key_id, grant_id=grant_id) == {}
    assert grant_id not in {each["grant_id"] for each in go.post("list-grants", key_id=key_id, limit=100)["grants"]}
    destroy(go, key_id)


@needs("BatchCreateKmsTags", "ListKmsByTags")
def test_the_filter_by_tags(go):
    """A text as limit beside a number as offset; values of one tag are alternatives."""
    keys = [create(go) for _ in range(3)]
    for key_id, value in zip(keys, "abc"):
        go("POST", f"kms/{key_id}/tags/action", {"action": "create", "tags": [{"key": "k", "value": value}]})
    asked = {"action": "filter", "limit": "1000", "offset": 0, "tags": [{"key": "k", "values": ["a", "b"]}]}
    found = go("POST", "kms/resource_instances/action", asked)
    assert {each["resource_id"] for each in found["resources"]} == set(keys[:2])
    assert found["total_count"] == 2
    assert all(each["resource_detail"]["key_id"] == each["resource_id"] for each in found["resources"])


@needs("BatchCreateKmsTags", "DeleteTag")
def test_a_tag_key_with_a_slash(go, kms):
    """The Go SDK puts what it has into the path as it is; others encode it."""
    key_id = create(go)
    for sent in ("a/b", quote("a/b", safe="")):
        go("POST", f"kms/{key_id}/tags/action", {"action": "create", "tags": [{"key": "a/b", "value": "v"}]})
        assert go("DELETE", f"kms/{key_id}/tags/{sent}") is None
        assert go("GET", f"kms/{key_id}/tags")["tags"] == []


@needs("CreateAlias", "ListAliases", "DeleteAlias", "AssociateAlias")
def test_alias_objects(go):
    one, two, name = create(go), create(go), "alias/" + alias()
    made = go("POST", "kms/aliases", {"key_id": one, "alias": name})
    assert (made["alias"], made["key_id"]) == (name, one)
    assert [each["alias"] for each in go("GET", f"kms/aliases?key_id={one}&limit=50")["aliases"]] == [name]
    assert go("POST", "kms/alias/associate", {"alias": name, "target_key_id": two})["key_id"] == two
    assert go("GET", f"kms/aliases?key_id={one}")["aliases"] == []
    # A DELETE with a body.
    assert go("DELETE", "kms/aliases", {"key_id": two, "aliases": [name]}) is None
    assert go("GET", f"kms/aliases?key_id={two}")["aliases"] == []


def test_small_data(go):
    """Resource and data source of small data: a context as object or as text, with numbers as texts."""
    key_id = create(go)
    sealed = go.post("encrypt-data", key_id=key_id, plain_text="secret", encryption_context='{"a":"b"}')
    opened = go.post("decrypt-data", cipher_text=sealed["cipher_text"], encryption_context={"a": "b"})
    assert opened["plain_text"] == "secret"
    made = go.post("create-datakey", key_id=key_id, datakey_length="512", encryption_context={"a": "b"})
    again = go.post("decrypt-datakey", key_id=key_id, cipher_text=made["cipher_text"], datakey_cipher_length="64",
                    encryption_context={"a": "b"})
    assert again["data_key"] == made["plain_text"]


def test_a_provider_without_ids_asks_for_them(go, kms):
    """Before the first request, with an access key alone, on the address of IAM."""
    def get(path):
        headers = {"Content-Type": "application/json", "X-Sdk-Date": basic_date(time.time())}
        names = sorted(map(str.lower, headers))
        return kms.send("GET", path, b"", kms.signed("GET", path, headers=headers, names=names))

    [project] = get("/v3/projects?name=cn-north-4").json["projects"]
    [domain] = get("/v3/auth/domains").json["domains"]
    assert project["domain_id"] == domain["id"]
    assert isinstance(get("/v3/auth/catalog").json["catalog"], list)
    kms.project = project["id"]
    key_id = create(go)
    assert read(go, key_id)["domain_id"] == domain["id"]
