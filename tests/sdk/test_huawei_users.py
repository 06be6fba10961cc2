"""Users with rights, their access keys, temporary credentials and tokens."""

import json

import pytest
from conftest import admin_of, running
from huawei_people import Domain
from huawei_support import HEX32, MISSING_KEY, Kms, alias, refused
from huaweicloudsdkcore.auth.credentials import BasicCredentials, GlobalCredentials
from huaweicloudsdkcore.client import Client
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdkkms.v2 import KmsClient, ListKeysRequest, ListKeysRequestBody
from test_huawei_callers import iam_refusal, unauthenticated

BODY = json.dumps({"key_id": MISSING_KEY}).encode()
KEY = {"key_id": MISSING_KEY}
# What each call asks for: any of its actions allows it.
ACTIONS = {
    "create-key": ({}, ["kms:cmk:create"]),
    "enable-key": (KEY, ["kms:cmk:enable"]),
    "disable-key": (KEY, ["kms:cmk:disable"]),
    "schedule-key-deletion": ({**KEY, "pending_days": "7"}, ["kms:cmk:update"]),
    "cancel-key-deletion": (KEY, ["kms:cmk:update"]),
    "list-keys": ({"limit": "x"}, ["kms:cmk:list"]),
    "describe-key": (KEY, ["kms:cmk:get"]),
    "get-publickey": (KEY, ["kms:cmk:getPublicKey"]),
    "get-parameters-for-import": ({**KEY, "wrapping_algorithm": "SM2_ENCRYPT"}, ["kms:cmk:getMaterial"]),
    "import-key-material": (KEY, ["kms:cmk:importMaterial"]),
    "delete-imported-key-material": (KEY, ["kms:cmk:deleteMaterial"]),
    "gen-random": ({}, ["kms:cmk:generate"]),
    "create-datakey": (KEY, ["kms:dek:create", "kms:cmk:createDataKey"]),
    "create-datakey-without-plaintext": (KEY, ["kms:dek:create", "kms:cmk:createDataKeyWithoutPlaintext"]),
    "encrypt-datakey": (KEY, ["kms:dek:crypto", "kms:cmk:encryptDataKey"]),
    "decrypt-datakey": (KEY, ["kms:dek:crypto", "kms:cmk:decryptDataKey"]),
    "encrypt-data": ({**KEY, "plain_text": "x"}, ["kms:cmk:crypto", "kms:cmk:encryptData"]),
    "decrypt-data": ({}, ["kms:cmk:crypto", "kms:cmk:decryptData"]),
    "sign": (KEY, ["kms:cmk:crypto", "kms:cmk:sign"]),
    "verify": (KEY, ["kms:cmk:crypto", "kms:cmk:verify"]),
    "generate-mac": (KEY, ["kms:cmk:crypto", "kms:cmk:generateMac"]),
    "verify-mac": (KEY, ["kms:cmk:crypto", "kms:cmk:verifyMac"]),
    "create-grant": (KEY, ["kms:grant:create"]),
    "list-grants": (KEY, ["kms:grant:list"]),
    "list-retirable-grants": ({"limit": "x"}, ["kms:grant:list"]),
    "revoke-grant": (KEY, ["kms:grant:revoke"]),
}


@pytest.fixture
def domain(endpoint, admin, tenant_name):
    return Domain(endpoint, admin, tenant_name)


def code(answer) -> str:
    return "" if answer.status < 300 else answer.json.get("error", answer.json)["error_code"]


# What the admin API makes.

def test_users_are_made_shown_and_removed(domain):
    made = domain.admin("users/alice", "PUT", {"actions": ["kms:cmk:get"], "denied_actions": ["kms:dek:*"]})
    assert HEX32.fullmatch(made["id"])
    assert (made["name"], made["actions"], made["denied_actions"]) == ("alice", ["kms:cmk:get"], ["kms:dek:*"])
    assert domain.admin("users/alice") == made
    assert domain.admin("users")["users"] == [made]
    assert domain.admin("users/alice", "PUT", {"actions": []}) == {**made, "actions": []}
    # Users are the domain's, by whichever of its projects it is named.
    path = f"tenants/huawei/{domain.project}%2F{domain.name}/users"
    assert domain.call_admin(path) == (200, domain.admin("users"))
    agency = domain.admin("agencies/alice", "PUT", {"trusted_accounts": ["test-x"]})
    assert agency["trusted_accounts"] == ["test-x"] and agency["id"] != made["id"]
    domain.admin("users/alice", "DELETE")
    domain.admin("users/alice", status=404)
    assert domain.admin("users/alice", "PUT")["id"] != made["id"]
    assert domain.admin("agencies")["agencies"] == [agency]


@pytest.mark.parametrize("path, method, body, status", [
    ("users/a%20b", "PUT", {}, 400),
    ("users/a", "PUT", {"other": 1}, 400),
    ("users/a", "PUT", {"actions": ["kms.get"]}, 400),
    ("users/a", "PUT", {"actions": "kms:cmk:get"}, 400),
    ("users/a", "PUT", {"trusted_accounts": ["x"]}, 400),
    ("users/a", "PUT", [], 400),
    ("users/a", "POST", {}, 405),
    ("users/a", "GET", None, 404),
    ("users/a/access-keys", "POST", None, 404),
    ("users/a/sessions", "POST", None, 404),
    ("users/a/sessions", "POST", {"duration_seconds": 899}, 400),
    ("users/a/sessions", "POST", {"duration_seconds": 86401}, 400),
    ("users/a/password", "PUT", {"password": "x"}, 404),
    ("users/a/password", "POST", {}, 405),
    ("agencies/a/access-keys", "POST", None, 400),
    ("groups", "GET", None, 404),
    ("users/a/policies/p", "GET", None, 404),
])
def test_what_makes_no_sense_is_refused(domain, path, method, body, status):
    assert domain.admin(path, method, body, status)["error"]


# Rights.

def test_each_call_asks_for_its_action(domain):
    nobody = domain.user()
    for verb, (body, _) in ACTIONS.items():
        nobody.post(verb, **body).is_refusal("KMS.0307")
    users = {action: domain.user(action) for _, actions in ACTIONS.values() for action in actions}
    for verb, (body, actions) in ACTIONS.items():
        for action, user in users.items():
            is_refused = code(user.post(verb, **body)) == "KMS.0307"
            # kms:cmk:get is good for the public key as well.
            allows = action in actions or (verb, action) == ("get-publickey", "kms:cmk:get")
            assert is_refused != allows, (verb, action)


def test_patterns_and_denials(domain):
    user = domain.user("kms:cmk:*", denied=["kms:cmk:disable"])
    key_id = user.create()
    user.describe(key_id)
    with refused("KMS.0307"):
        user.disable_key(key_id=key_id)
    assert domain.root.state(key_id) == "2"
    # The newer name of the action allows, the older one denies.
    user.create_datakey(key_id=key_id, datakey_length="256")
    domain.allow(user, "KMS:*", denied=["kms:dek:*"])
    with refused("KMS.0307"):
        user.create_datakey(key_id=key_id, datakey_length="256")
    user.disable_key(key_id=key_id)
    domain.allow(user, "*")
    assert user.list_keys().total == 1


def test_rights_come_before_the_body(domain):
    user = domain.user("kms:cmk:get")
    user.post("create-key").is_refusal("KMS.0307")
    user.post("describe-key").is_refusal("KMS.0204")
    user.raw("create-key", b"{").is_refusal("KMS.0202")


def test_a_user_is_of_one_domain(domain, endpoint, admin, tenant_name):
    other = Domain(endpoint, admin, tenant_name + "x")
    key_id = domain.root.create()
    stranger = other.user("*")
    stranger.project = domain.project
    stranger.post("describe-key", key_id=key_id).is_refusal("KMS.0207")
    assert stranger.post("list-keys").json["total"] == 0


def test_a_user_of_a_project_is_of_no_other(endpoint, admin):
    project, other = "0" * 31 + "a", "0" * 31 + "b"
    for name in ("alice", "bob"):
        assert admin(f"tenants/huawei/{project}/users/{name}", "PUT", {"actions": ["*"]})[0] == 200
    _, credential = admin(f"tenants/huawei/{project}/users/alice/access-keys", "POST")
    kms = Kms(endpoint, None, project, access_id=credential["access"], secret=credential["secret"])
    kms.create()
    kms.project = other
    kms.post("list-keys").is_refusal("KMS.0321")
    # Their names share a domain, and so do their passwords.
    assert admin(f"tenants/huawei/{other}/users/bob", "PUT", {})[0] == 200
    assert admin(f"tenants/huawei/{project}/users/bob/password", "PUT", {"password": "p"})[0] == 200
    assert admin(f"tenants/huawei/{other}/users/bob/password", "PUT", {"password": "p"})[0] == 409
    assert admin(f"tenants/huawei/{project}/users/bob", "DELETE")[0] == 200
    assert admin(f"tenants/huawei/{other}/users/bob/password", "PUT", {"password": "p"})[0] == 200


# Access keys.

def test_access_keys_prove_a_user_until_they_are_removed(domain):
    user = domain.user("kms:cmk:list")
    assert len(user.access_id) == 20 and len(user.secret) == 40
    shown = domain.admin(f"users/{user.user}/access-keys")["access_keys"]
    assert [key["id"] for key in shown] == [user.access_id] and user.secret not in json.dumps(shown)
    user.list_keys()
    unauthenticated(user.raw("list-keys", b"{}", secret="x"), "verify aksk signature fail")
    unauthenticated(user.raw("list-keys", b"{}", headers={"X-Security-Token": "x"}), "decrypt token fail")
    domain.admin(f"users/{user.user}/access-keys/{user.access_id}", "DELETE")
    unauthenticated(user.raw("list-keys", b"{}"), f"ak {user.access_id} not exist")
    root = domain.person(domain.admin("access-keys", "POST"))
    root.create()


def test_ids_stay_the_same_everywhere(domain):
    user = domain.user("*")
    identity = user.identity()
    assert identity["principal_id"] == user.user_id == domain.admin(f"users/{user.user}")["id"]
    assert identity["principal_urn"] == f"iam::{identity['account_id']}:user:{user.user}"
    assert user.describe(user.create()).domain_id == identity["account_id"]
    domain.admin(f"users/{user.user}/password", "PUT", {"password": "secret"})
    token = log_in(user, user.user, "secret", {"name": f"test-{domain.name}"}).json["token"]
    assert token["user"]["id"] == user.user_id and token["user"]["name"] == user.user
    assert token["user"]["domain"] == {"id": identity["account_id"], "name": f"test-{domain.name}"}
    grant_id = user.create_grant(key_id=user.create(), grantee_principal=user.user_id,
                                 operations=["describe-key"]).grant_id
    assert grant_id
    root = domain.person(domain.admin("access-keys", "POST"))
    path = "/v5/caller-identity"
    public = domain.root.send("GET", path, headers=domain.root.signed("GET", path)).json
    assert root.identity() == public


def test_clients_without_ids_find_them(domain, endpoint):
    user = domain.user("kms:cmk:list")
    BasicCredentials._CACHE.clear()
    credentials = BasicCredentials(user.access_id, user.secret).with_iam_endpoint(endpoint)
    client = KmsClient.new_builder().with_credentials(credentials).with_region(Region("cn-north-4", endpoint)).build()
    assert client.list_keys(ListKeysRequest(body=ListKeysRequestBody())).total == 0
    everywhere = GlobalCredentials(user.access_id, user.secret).with_iam_endpoint(endpoint)
    client = Client().with_config(HttpConfig.get_default_config()).with_http_handler(None).with_exception_handler(None)
    client.init_http_client()
    everywhere.process_auth_params(client.get_http_client(), "cn-north-4")
    assert everywhere.domain_id == user.identity()["account_id"]


# Temporary credentials.

def test_temporary_credentials_come_with_a_token_and_end(domain, clock):
    clock.freeze("huawei", domain.clock_account, 1_900_000_000)
    user = domain.user("kms:cmk:list")
    made = domain.admin(f"users/{user.user}/sessions", "POST", {"duration_seconds": 900})
    assert set(made) == {"access", "secret", "securitytoken", "expires_at"}
    assert made["expires_at"] == "2030-03-17T18:01:40.000000Z"
    person = domain.person(made)
    person.list_keys()
    with refused("KMS.0307"):
        person.create()
    # Clients may add the token after they have signed.
    path = f"/v1.0/{person.project}/kms/list-keys"
    fields = Kms.signed(person, "POST", path, b"{}")
    assert person.send("POST", path, b"{}", {**fields, "X-Security-Token": made["securitytoken"]}).status == 200
    unauthenticated(person.send("POST", path, b"{}", fields), f"ak {made['access']} not exist")
    for token in ("x", made["securitytoken"][:-1], made["securitytoken"] + "x"):
        unauthenticated(person.send("POST", path, b"{}", {**fields, "X-Security-Token": token}), "decrypt token fail")
    clock.advance("huawei", domain.clock_account, 899)
    person.list_keys()
    clock.advance("huawei", domain.clock_account, 1)
    person.raw("list-keys", b"{}").is_refusal("APIGW.0307")
    domain.admin(f"users/{user.user}/sessions/{made['access']}", "DELETE")
    unauthenticated(person.raw("list-keys", b"{}"), f"ak {made['access']} not exist")


def security_tokens(kms, identity: dict, headers=None):
    path, body = "/v3.0/OS-CREDENTIAL/securitytokens", json.dumps({"auth": {"identity": identity}}).encode()
    headers = kms.signed("POST", path, body) if headers is None else {"Content-Type": "application/json", **headers}
    return kms.send("POST", path, body, headers)


def test_clients_ask_for_temporary_credentials(domain):
    user = domain.user("kms:cmk:list")
    domain.admin(f"users/{user.user}/password", "PUT", {"password": "secret"})
    token = log_in(user, user.user, "secret", {"name": f"test-{domain.name}"}).headers["x-subject-token"]
    for answer in (
        security_tokens(user, {"methods": ["token"]}),
        security_tokens(user, {"methods": ["token"], "token": {"id": token, "duration_seconds": 900}}, {}),
        security_tokens(user, {"methods": ["token"]}, {"X-Auth-Token": token}),
    ):
        assert answer.status == 201, answer.body
        person = domain.person(answer.json["credential"])
        person.list_keys()
        assert person.identity()["principal_id"] == user.user_id
        with refused("KMS.0307"):
            person.create()
        # They do not make others of their kind.
        iam_refusal(security_tokens(person, {"methods": ["token"]}), 403, "Forbidden")
    # A public credential has them too, for all its projects.
    root = domain.person(security_tokens(domain.root, {"methods": ["token"]}).json["credential"])
    assert root.describe(root.create()).key_state == "2"
    user.send("GET", "/v5/caller-identity")
    domain.admin(f"users/{user.user}", "DELETE")
    unauthenticated(person.raw("list-keys", b"{}"), f"ak {person.access_id} not exist")


@pytest.mark.parametrize("identity", [
    {}, {"methods": []}, {"methods": ["password"]}, {"methods": ["assume_role"]},
    {"methods": ["token"], "token": {"duration_seconds": 899}},
    {"methods": ["token"], "token": {"duration_seconds": 86401}},
    {"methods": ["token"], "token": {"duration_seconds": "x"}},
    {"methods": ["assume_role"], "assume_role": {"agency_name": "a"}},
    {"methods": ["assume_role"], "assume_role": {"domain_name": "a"}},
    {"methods": ["assume_role"], "assume_role": {"agency_name": "a b", "domain_name": "a"}},
])
def test_requests_for_temporary_credentials_of_the_wrong_form(domain, identity):
    iam_refusal(security_tokens(domain.root, identity), 400, "Bad Request")


def test_who_asks_for_temporary_credentials_must_be_known(domain):
    iam_refusal(security_tokens(domain.root, {"methods": ["token"]}, {}), 401, "Unauthorized")
    iam_refusal(security_tokens(domain.root, {"methods": ["token"], "token": {"id": "x"}}, {}), 401, "Unauthorized")
    answer = domain.root.send("POST", "/v3.0/OS-AUTH/id-token/tokens", b"{}", {"X-Idp-Id": "mine"})
    iam_refusal(answer, 404, "Not Found")


# Agencies.

def test_an_agency_is_taken_on_by_whom_it_trusts(domain, endpoint, admin, tenant_name):
    other = Domain(endpoint, admin, tenant_name + "x")
    key_id = domain.root.create()
    made = domain.admin("agencies/helper", "PUT", {"actions": ["kms:cmk:get"], "trusted_accounts": [f"test-{other.name}"]})
    role = {"agency_name": "helper", "domain_name": f"test-{domain.name}"}
    identity = {"methods": ["assume_role"], "assume_role": {**role, "session_user": {"name": "me"}}}
    user, unable = other.user("iam:tokens:assume"), other.user("kms:*")
    for caller in (other.root, user):
        person = domain.person(security_tokens(caller, identity).json["credential"])
        assert person.describe(key_id).key_id == key_id
        with refused("KMS.0307"):
            person.disable_key(key_id=key_id)
        who = person.identity()
        assert who["principal_urn"] == f"sts::{who['account_id']}:assumed-agency:helper/me"
        assert who["principal_id"] == f"{made['id']}:me"
        iam_refusal(security_tokens(person, identity), 403, "Forbidden")
    # A token as well.
    answer = assume_by_token(user, role, domain.project)
    assert answer.status == 201, answer.body
    token = answer.json["token"]
    assert token["methods"] == ["assume_role"] and token["project"]["id"] == domain.project
    assert token["user"]["name"] == f"test-{domain.name}/helper" and token["user"]["id"] == made["id"]
    assert token["assumed_by"]["user"]["id"] == user.user_id
    by_token = domain.root.send("POST", f"/v1.0/{domain.project}/kms/describe-key", json.dumps({"key_id": key_id}).encode(),
                                {"X-Auth-Token": answer.headers["x-subject-token"], "Content-Type": "application/json"})
    assert by_token.status == 200, by_token.body
    # Not by others, nor others than it.
    third = Domain(endpoint, admin, tenant_name + "y")
    for caller, wanted in [(third.root, role), (domain.root, role), (unable, role),
                           (other.root, {**role, "agency_name": "another"}), (other.root, {**role, "domain_name": "no"})]:
        iam_refusal(security_tokens(caller, {"methods": ["assume_role"], "assume_role": wanted}), 403, "Forbidden")
        iam_refusal(assume_by_token(caller, wanted, domain.project), 403, "Forbidden")


def assume_by_token(kms, role, project):
    body = {"auth": {"identity": {"methods": ["assume_role"], "assume_role": role}, "scope": {"project": {"id": project}}}}
    path, body = "/v3/auth/tokens", json.dumps(body).encode()
    return kms.send("POST", path, body, kms.signed("POST", path, body))


# Tokens of users.

def log_in(kms, name, password, domain=None, scope=None):
    user = {"name": name, "password": password, **({"domain": domain} if domain else {})}
    auth = {"identity": {"methods": ["password"], "password": {"user": user}},
            "scope": scope or {"project": {"id": kms.project}}}
    body = json.dumps({"auth": auth}).encode()
    return kms.send("POST", "/v3/auth/tokens", body, {"Content-Type": "application/json"})


def with_token(kms, verb, token, host=None, **members):
    headers = {"X-Auth-Token": token, "Content-Type": "application/json", **({"Host": host} if host else {})}
    return kms.send("POST", f"/v1.0/{kms.project}/kms/{verb}", json.dumps(members).encode(), headers)


def test_a_user_logs_in(domain):
    user = domain.user("kms:cmk:list", name="alice")
    home = {"name": f"test-{domain.name}"}
    iam_refusal(log_in(user, "alice", "secret", home), 401, "Unauthorized")
    domain.admin("users/alice/password", "PUT", {"password": "first"})
    domain.admin("users/alice/password", "PUT", {"password": "secret"})
    assert [key["id"] for key in domain.admin("users/alice/access-keys")["access_keys"]] == [user.access_id]
    iam_refusal(log_in(user, "alice", "first", home), 401, "Unauthorized")
    iam_refusal(log_in(user, "alice", "secret", {"name": "elsewhere"}), 401, "Unauthorized")
    iam_refusal(log_in(user, "alice", "secret"), 401, "Unauthorized")
    iam_refusal(log_in(user, "a\0b", "secret", home), 401, "Unauthorized")
    unauthenticated(user.raw("list-keys", b"{}", access_id=f"password/{user.identity()['account_id']}/alice",
                             secret="secret"), "ak password/")
    by_id = log_in(user, "alice", "secret", {"id": user.identity()["account_id"]})
    by_access_id = log_in(user, user.access_id, user.secret, home)
    for answer in (log_in(user, "alice", "secret", home), by_id, by_access_id):
        assert answer.status == 201, answer.body
        assert answer.json["token"]["user"]["id"] == user.user_id
        token = answer.headers["x-subject-token"]
        assert with_token(user, "list-keys", token).status == 200
        with_token(user, "create-key", token, key_alias=alias()).is_refusal("KMS.0307")
    temporary = domain.admin("users/alice/sessions", "POST")
    iam_refusal(log_in(user, temporary["access"], temporary["secret"], home), 401, "Unauthorized")
    domain.admin("users/alice", "DELETE")
    with_token(user, "list-keys", token).is_refusal("KMS.0302")
    path = "/v3/projects"
    iam_refusal(user.send("GET", path, headers={"X-Auth-Token": token}), 401, "Unauthorized")


def test_tokens_and_their_projects(domain):
    kms = domain.root
    answer = log_in(kms, kms.access_id, "test", scope={"project": {"name": "cn-east-3"}})
    token, project = answer.headers["x-subject-token"], answer.json["token"]["project"]["id"]
    with_token(kms, "list-keys", token).is_refusal("KMS.0321")
    kms.project = project
    assert with_token(kms, "list-keys", token).status == 200
    assert with_token(kms, "list-keys", token, host="kms.cn-east-3.example.com").status == 200
    with_token(kms, "list-keys", token, host="kms.cn-north-4.example.com").is_refusal("KMS.0305")
    for text in ("?", "a b", "tok%en", "\u00e9"):
        with_token(kms, "list-keys", text).is_refusal("KMS.0301")


def test_a_token_ends_with_its_password(domain):
    user, home = domain.user("*"), {"name": f"test-{domain.name}"}
    token = None
    for password in ("first", "first", "second"):
        domain.admin(f"users/{user.user}/password", "PUT", {"password": password})
        if token:
            with_token(user, "list-keys", token).is_refusal("KMS.0302")
        token = log_in(user, user.user, password, home).headers["x-subject-token"]
        assert with_token(user, "list-keys", token).status == 200
    domain.admin(f"users/{user.user}/password", "DELETE")
    with_token(user, "list-keys", token).is_refusal("KMS.0302")


def test_a_token_is_not_a_namesakes(domain):
    user = domain.user("*")
    domain.admin(f"users/{user.user}/password", "PUT", {"password": "first"})
    scope = {"project": {"id": user.project}}
    token = log_in(user, user.user, "first", {"name": f"test-{domain.name}"}, scope).headers["x-subject-token"]
    assert with_token(user, "list-keys", token).status == 200
    domain.admin(f"users/{user.user}", "DELETE")
    with_token(user, "list-keys", token).is_refusal("KMS.0302")
    domain.user("*", name=user.user)
    with_token(user, "list-keys", token).is_refusal("KMS.0302")


# What can be switched on.

def test_lockout_after_five_failures(tmp_path, tenant_name):
    with running(tmp_path, {"POLYKMS__HUAWEI__LOCKOUT": "true"}) as server:
        kms, other = Kms(server.url, tenant_name), Kms(server.url, tenant_name + "x")
        for attempt in range(4):
            unauthenticated(kms.raw("list-keys", b"{}", secret="x"), "verify aksk signature fail")
        kms.list_keys()
        for attempt in range(5):
            unauthenticated(kms.raw("list-keys", b"{}", secret="x"), "verify aksk signature fail")
        for secret in ("x", "test"):
            unauthenticated(kms.raw("list-keys", b"{}", secret=secret),
                            "AK access failed to reach the limit,forbidden.")
        other.list_keys()
        # No password is right meanwhile, and wrong ones count.
        assert log_in(kms, kms.access_id, "test").status == 401
        for attempt in range(5):
            assert log_in(other, other.access_id, "x").status == 401
        assert log_in(other, other.access_id, "test").status == 401
        unauthenticated(other.raw("list-keys", b"{}"), "AK access failed to reach the limit,forbidden.")


def test_throttling_has_the_real_figures(tmp_path, tenant_name):
    with running(tmp_path, {"POLYKMS__HUAWEI__REQUEST_QUOTAS": "true"}) as server:
        kms, account = Kms(server.url, tenant_name), None
        path = f"tenants/huawei/{kms.project}%2F{kms.name}/clock"
        admin = admin_of(server.url)
        assert admin(path, "PUT", {"mode": "frozen", "at": 1_900_000_000})[0] == 200
        for _ in range(20):
            assert kms.post("list-keys").status == 200
        answer = kms.post("list-keys")
        answer.is_refusal("APIGW.0308")
        assert "limit:20,time:1 second" in answer.json["error_msg"]
        # Through the SDK too, and other groups and projects have their own.
        with refused("APIGW.0308"):
            kms.list_keys()
        assert kms.post("gen-random", random_data_length="8").status == 200
        assert Kms(server.url, tenant_name).post("list-keys").status == 200
        assert admin(path, "PUT", {"advance": 1})[0] == 200
        assert kms.post("list-keys").status == 200


def test_secrets_are_not_in_the_log(domain, server):
    user = domain.user("*")
    made = domain.admin(f"users/{user.user}/sessions", "POST")
    domain.admin(f"users/{user.user}/password", "PUT", {"password": "hush-hush-hush"})
    token = log_in(user, user.user, "hush-hush-hush", {"name": f"test-{domain.name}"}).headers["x-subject-token"]
    with_token(user, "list-keys", token)
    domain.person(made).list_keys()
    if server:
        log = server.log.read_text()
        for secret in (user.secret, made["secret"], made["securitytoken"], "hush-hush-hush", token):
            assert secret not in log
