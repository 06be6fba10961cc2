"""Who calls: signatures, tokens, and the calls that clients make before the first KMS call."""

import json
import time

import pytest
from huawei_support import HEX32, MISSING_KEY, Kms, basic_date, kms, project_id  # noqa: F401
from huaweicloudsdkcore.auth.credentials import BasicCredentials, GlobalCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException, SdkException
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdkkms.v2 import KmsClient, ListKeysRequest, ListKeysRequestBody, ShowVersionRequest, \
    ShowVersionsRequest

BODY = json.dumps({"key_id": MISSING_KEY}).encode()


def unauthenticated(answer, text: str):
    """The gateway's refusal with this text after its usual beginning."""
    message = answer.is_refusal("APIGW.0301")["error_msg"]
    rest = message.removeprefix("Incorrect IAM authentication information: ")
    assert rest.startswith(text), message
    return rest


# Signatures made by hand.

def test_signatures_of_our_own(kms):
    kms.raw("describe-key", BODY).is_refusal("KMS.0207")
    for names in [["x-sdk-date"], ["host", "x-sdk-date"], ["content-type", "x-sdk-date"]]:
        kms.raw("describe-key", BODY, names=names).is_refusal("KMS.0207")
    # Spaces around values, names with an underscore, letters beyond ASCII.
    headers = {"X-Extra": "  a  ", "With_Underscore": "b"}
    kms.raw("describe-key", BODY, headers=headers).is_refusal("KMS.0207")


def test_every_spacing_of_the_header(kms):
    path = f"/v1.0/{kms.project}/kms/describe-key"
    fields = kms.signed("POST", path, BODY)
    kms.send("POST", path, BODY, {**fields, "Authorization": fields["Authorization"].replace(", ", ",")}) \
        .is_refusal("KMS.0207")
    kms.send("POST", path, BODY, {**fields, "Authorization": fields["Authorization"].replace(", ", " ,   ")}) \
        .is_refusal("KMS.0207")


def test_derived_signatures_of_our_own(kms):
    kms.raw("describe-key", BODY, scope="cn-north-4/kms").is_refusal("KMS.0207")
    unauthenticated(kms.raw("describe-key", BODY, scope="cn-north-4/kms", secret="other"),
                    "verify aksk signature fail, canonicalRequest:")


def test_the_body_left_unsigned(kms):
    path = f"/v1.0/{kms.project}/kms/describe-key"
    fields = kms.signed("POST", path, BODY, headers={"X-Sdk-Content-Sha256": "UNSIGNED-PAYLOAD"})
    kms.send("POST", path, BODY, fields).is_refusal("KMS.0207")
    # A hash in that place counts for the body that has it.
    fields = kms.signed("POST", path, BODY)
    import hashlib
    swapped = {**fields, "X-Sdk-Content-Sha256": hashlib.sha256(BODY).hexdigest()}
    kms.send("POST", path, BODY, swapped).is_refusal("KMS.0207")
    unauthenticated(kms.send("POST", path, b"{}", swapped), "verify aksk signature fail")


def test_unknown_access_ids(kms):
    unauthenticated(kms.raw("describe-key", BODY, access_id="NOBODY"), "ak NOBODY not exist")
    unauthenticated(kms.raw("describe-key", BODY, access_id="testing"), "ak testing not exist")


def test_wrong_signatures_show_the_canonical_request(kms):
    shown = unauthenticated(kms.raw("describe-key", BODY, secret="wrong"),
                            "verify aksk signature fail, canonicalRequest:")
    lines = shown.partition("canonicalRequest:")[2].split("|")
    assert lines[:3] == ["POST", f"/v1.0/{kms.project}/kms/describe-key/", ""]
    assert "content-type;host;x-sdk-date" in lines
    path = f"/v1.0/{kms.project}/kms/describe-key"
    fields = kms.signed("POST", path, BODY)
    unauthenticated(kms.send("POST", path, BODY + b" ", fields), "verify aksk signature fail")
    unauthenticated(kms.send("POST", path.replace("describe", "enable"), BODY, fields), "verify aksk signature fail")
    unauthenticated(kms.send("POST", path + "?a=b", BODY, fields), "verify aksk signature fail")
    unauthenticated(kms.send("POST", path, BODY, {**fields, "Content-Type": "application/json; x=y"}),
                    "verify aksk signature fail")


def test_the_window_is_fifteen_minutes_of_real_time(kms, clock):
    # The tenant's own clock has no say.
    clock.freeze("huawei", kms.account, 2_500_000_000)
    kms.raw("describe-key", BODY, at=time.time() - 14 * 60).is_refusal("KMS.0207")
    kms.raw("describe-key", BODY, at=time.time() + 14 * 60).is_refusal("KMS.0207")
    for apart in [-16 * 60, 16 * 60, -86400]:
        before = time.time()
        at = before + apart
        shown = unauthenticated(
            kms.raw("describe-key", BODY, at=at),
            f"calc aksk signature fail:signature expired, signature time:{basic_date(at)},server time:")
        assert shown[-16:-8] in [basic_date(before)[:8], basic_date(time.time())[:8]]


def test_the_order_of_checks(kms):
    unauthenticated(kms.raw("describe-key", BODY, access_id="NOBODY", at=0), "ak NOBODY not exist")
    unauthenticated(kms.raw("describe-key", BODY, secret="wrong", at=0), "calc aksk signature fail:signature expired")
    # Authentication comes before everything in the body.
    unauthenticated(kms.raw("describe-key", b"nonsense", secret="wrong"), "verify aksk signature fail")


@pytest.mark.parametrize("header", [
    "SDK-HMAC-SM3 Access=test, SignedHeaders=x-sdk-date, Signature=00",
    "SDK-ECDSA-P256-SHA256 Access=test, SignedHeaders=x-sdk-date, Signature=00",
    "SDK-SM2-SM3 Access=test, SignedHeaders=x-sdk-date, Signature=00",
    "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/kms/aws4_request, SignedHeaders=host, Signature=00",
    "Basic dGVzdDp0ZXN0",
    "Bearer test",
    "SDK-HMAC-SHA256",
    "SDK-HMAC-SHA256 Access=test",
    "SDK-HMAC-SHA256 Access=test, SignedHeaders=x-sdk-date",
    "SDK-HMAC-SHA256 Access=test, SignedHeaders=host, Signature=00",
    "SDK-HMAC-SHA256 Access=test, Access=test, SignedHeaders=x-sdk-date, Signature=00",
    "V11-HMAC-SHA256 Credential=test, SignedHeaders=x-sdk-date, Signature=00",
    "",
])
def test_other_schemes_and_forms(kms, header):
    path = f"/v1.0/{kms.project}/kms/describe-key"
    fields = {"Authorization": header, "X-Sdk-Date": basic_date(time.time()), "Content-Type": "application/json"}
    unauthenticated(kms.send("POST", path, BODY, fields), "")


@pytest.mark.parametrize("date", [None, "", "yesterday", "2026-01-01T00:00:00Z", "20261301T000000Z"])
def test_dates_that_are_none(kms, date):
    path = f"/v1.0/{kms.project}/kms/describe-key"
    fields = kms.signed("POST", path, BODY, headers={"X-Sdk-Date": date or ""})
    if date is None:
        fields.pop("X-Sdk-Date")
    unauthenticated(kms.send("POST", path, BODY, fields), "")


def test_nobody(kms):
    path = f"/v1.0/{kms.project}/kms/describe-key"
    for headers in [{}, {"X-Auth-Token": ""}, {"X-Sdk-Date": basic_date(time.time())}]:
        unauthenticated(kms.send("POST", path, BODY, headers), "x-auth-token not found")


@pytest.mark.parametrize("name", ["Authorization", "X-Sdk-Date", "X-Auth-Token", "X-Sdk-Content-Sha256",
                                  "Content-Type"])
def test_headers_that_stand_twice(kms, name):
    path = f"/v1.0/{kms.project}/kms/describe-key"
    fields = list(kms.signed("POST", path, BODY).items())
    value = dict(fields).get(name, "x")
    answer = kms.send("POST", path, BODY, [*fields, (name, value), (name, value)])
    assert 400 <= answer.status < 500
    assert "error_code" in answer.json


def test_projects_of_the_wrong_form(kms):
    for project in ["x", kms.project.upper(), kms.project[:-1], kms.project + "0", "%20"]:
        if project == kms.project:
            continue
        path = f"/v1.0/{project}/kms/describe-key"
        kms.send("POST", path, BODY, kms.signed("POST", path, BODY)).is_refusal("KMS.0201")


# The vendor's SDK without a project id, with derived signatures.

def sdk(endpoint, credentials, region="cn-north-4"):
    return KmsClient.new_builder().with_credentials(credentials).with_region(Region(region, endpoint)).build()


def test_a_client_without_project_id(endpoint, tenant_name):
    credentials = BasicCredentials(f"test-{tenant_name}", "test").with_iam_endpoint(endpoint)
    client = sdk(endpoint, credentials)
    assert HEX32.fullmatch(credentials.project_id)
    assert client.list_keys(ListKeysRequest(body=ListKeysRequestBody())).total == 0
    # It is the project that the same caller would be told again, and another one elsewhere.
    again = BasicCredentials(f"test-{tenant_name}", "test").with_iam_endpoint(endpoint)
    BasicCredentials._CACHE.clear()
    sdk(endpoint, again)
    assert again.project_id == credentials.project_id
    elsewhere = BasicCredentials(f"test-{tenant_name}", "test").with_iam_endpoint(endpoint)
    sdk(endpoint, elsewhere, "cn-east-3")
    assert elsewhere.project_id != credentials.project_id


def test_a_wrong_secret_is_told_before_the_first_call(endpoint, tenant_name):
    BasicCredentials._CACHE.clear()
    with pytest.raises((SdkException, ClientRequestException)) as caught:
        sdk(endpoint, BasicCredentials(f"test-{tenant_name}", "wrong").with_iam_endpoint(endpoint))
    assert "APIGW.0301" in str(caught.value)


def test_global_credentials_find_their_domain(endpoint, tenant_name):
    credentials = GlobalCredentials(f"test-{tenant_name}", "test").with_iam_endpoint(endpoint)
    from huaweicloudsdkcore.client import Client
    client = Client().with_config(HttpConfig.get_default_config()).with_http_handler(None).with_exception_handler(None)
    client.init_http_client()
    credentials.process_auth_params(client.get_http_client(), "cn-north-4")
    assert HEX32.fullmatch(credentials.domain_id)
    # It is the one that its keys show.
    kms = Kms(endpoint, tenant_name)
    assert kms.describe(kms.create()).domain_id == credentials.domain_id


def test_the_sdk_with_derived_signatures(endpoint, tenant_name):
    kms = Kms(endpoint, tenant_name)
    for region in ["cn-north-4", "cn-east-3"]:
        credentials = BasicCredentials(kms.access_id, "test", kms.project).with_derived_predicate(lambda _: True)
        credentials._process_derived_auth_params("kms", region)
        kms.sdk = kms.client(credentials)
        info = kms.describe(kms.create())
        assert info.realm == region


# Tokens.

def log_in(kms, scope="project", **changes):
    user = {"name": kms.access_id, "password": "test", "domain": {"name": "acct"}, **changes}
    auth = {"identity": {"methods": ["password"], "password": {"user": user}}}
    if scope == "project":
        auth["scope"] = {"project": {"id": kms.project}}
    elif scope is not None:
        auth["scope"] = scope
    body = json.dumps({"auth": auth}).encode()
    return kms.send("POST", "/v3/auth/tokens", body, {"Content-Type": "application/json"})


def with_token(kms, verb, body: dict, token: str):
    return kms.send("POST", f"/v1.0/{kms.project}/kms/{verb}", json.dumps(body).encode(),
                    {"X-Auth-Token": token, "Content-Type": "application/json;charset=utf8"})


def test_a_token_opens_the_project(kms):
    answer = log_in(kms)
    assert answer.status == 201
    token = answer.json["token"]
    assert token["methods"] == ["password"]
    assert token["project"]["id"] == kms.project
    assert token["project"]["domain"]["id"] == token["user"]["domain"]["id"]
    assert token["user"]["name"] == kms.access_id
    assert HEX32.fullmatch(token["user"]["id"]) and HEX32.fullmatch(token["user"]["domain"]["id"])
    assert token["roles"]
    [service] = token["catalog"]
    assert service["type"] == "kms"
    assert service["endpoints"][0]["url"] == f"{kms.endpoint}/v1.0/{kms.project}"
    issued, ends = (time.mktime(time.strptime(token[name], "%Y-%m-%dT%H:%M:%S.%fZ"))
                    for name in ("issued_at", "expires_at"))
    assert ends - issued == 86400

    made = with_token(kms, "create-key", {"key_alias": "by-token"}, answer.headers["x-subject-token"])
    assert made.status == 200, made.body
    # The same tenant as by signature.
    info = kms.describe(made.json["key_info"]["key_id"])
    assert info.key_alias == "by-token"
    assert info.domain_id == token["user"]["domain"]["id"]


def test_a_token_for_a_region(kms):
    answer = log_in(kms, {"project": {"name": "cn-north-4"}})
    project = answer.json["token"]["project"]
    assert project["name"] == "cn-north-4"
    projects = kms.send("GET", "/v3/projects?name=cn-north-4", headers=kms.signed("GET", "/v3/projects?name=cn-north-4"))
    assert [project["id"]] == [entry["id"] for entry in projects.json["projects"]]
    token = answer.headers["x-subject-token"]
    # Its project is another than the one that this caller has chosen.
    with_token(kms, "list-keys", {}, token).is_refusal("KMS.0321")
    kms.project = project["id"]
    assert with_token(kms, "list-keys", {}, token).status == 200


@pytest.mark.parametrize("scope", [None, {"domain": {"name": "acct"}}])
def test_a_token_for_no_project(kms, scope):
    answer = log_in(kms, scope)
    assert answer.status == 201
    assert HEX32.fullmatch(answer.json["token"]["domain"]["id"])
    with_token(kms, "list-keys", {}, answer.headers["x-subject-token"]).is_refusal("KMS.0321")


def test_tokens_that_are_none(kms):
    token = log_in(kms).headers["x-subject-token"]
    damaged = token[:20] + ("A" if token[20] != "A" else "B") + token[21:]
    for bad in ["x", "MIIabc", damaged, token[:-4], token + "AAAA"]:
        unauthenticated(with_token(kms, "list-keys", {}, bad), "decrypt token fail")


def test_tokens_of_names_do_not_meet(endpoint, kms, tenant_name):
    other = Kms(endpoint, tenant_name + "x", kms.project)
    key_id = kms.create()
    token = log_in(other).headers["x-subject-token"]
    with_token(kms, "describe-key", {"key_id": key_id}, token).is_refusal("KMS.0207")


def iam_refusal(answer, status, title, message=None):
    assert answer.status == status
    assert answer.headers["content-type"] == "application/json"
    assert HEX32.fullmatch(answer.headers["x-request-id"])
    assert set(answer.json) == {"error"}
    error = answer.json["error"]
    assert (error["code"], error["title"]) == (status, title)
    if message:
        assert error["message"] == message


def test_wrong_passwords(kms):
    wrong = "The username or password is wrong."
    iam_refusal(log_in(kms, password="other"), 401, "Unauthorized", wrong)
    iam_refusal(log_in(kms, password=""), 401, "Unauthorized", wrong)
    iam_refusal(log_in(kms, name="nobody"), 401, "Unauthorized", wrong)
    iam_refusal(log_in(kms, {"project": {"id": "no project"}}), 401, "Unauthorized")


@pytest.mark.parametrize("body", [
    b"", b"nonsense", b"[]", b"{}", b'{"auth": {}}', b'{"auth": {"identity": {"methods": ["token"]}}}',
    b'{"auth": {"identity": {"methods": ["password"], "password": {"user": {"password": "test"}}}}}',
    b'{"auth": {"identity": {"methods": ["password"], "password": {"user": {"name": 5, "password": "test"}}}}}',
    b"[" * 100_000,
])
def test_token_requests_of_the_wrong_form(kms, body):
    iam_refusal(kms.send("POST", "/v3/auth/tokens", body, {"Content-Type": "application/json"}), 400, "Bad Request")


def test_no_catalog(kms):
    body = json.dumps({"auth": {"identity": {"methods": ["password"], "password": {
        "user": {"name": kms.access_id, "password": "test", "domain": {"name": "a"}}}},
        "scope": {"project": {"id": kms.project}}}}).encode()
    answer = kms.send("POST", "/v3/auth/tokens?nocatalog=true", body, {"Content-Type": "application/json"})
    assert answer.status == 201
    assert answer.json["token"]["catalog"] == []


# Other calls before the first one.

def get(kms, path):
    return kms.send("GET", path, headers=kms.signed("GET", path))


def test_projects(kms):
    answer = get(kms, "/v3/projects?name=cn-north-4")
    assert set(answer.json) == {"links", "projects"}
    assert answer.headers["x-iam-trace-id"] == answer.headers["x-request-id"]
    [project] = answer.json["projects"]
    assert project["name"] == "cn-north-4" and project["enabled"] is True and project["is_domain"] is False
    assert set(project) == {"is_domain", "description", "links", "enabled", "id", "parent_id", "domain_id", "name"}
    [domain] = get(kms, "/v3/auth/domains").json["domains"]
    assert set(domain) == {"description", "enabled", "id", "links", "name"}
    assert domain["id"] == project["domain_id"]
    assert len(get(kms, "/v3/projects").json["projects"]) == 1
    assert get(kms, "/v5/caller-identity").json["account_id"] == domain["id"]
    [service] = get(kms, "/v3/auth/catalog").json["catalog"]
    assert service["endpoints"][0]["url"].endswith(project["id"])


def test_projects_by_token(kms):
    token = log_in(kms).headers["x-subject-token"]
    answer = kms.send("GET", "/v3/projects?name=cn-north-4", headers={"X-Auth-Token": token})
    assert len(answer.json["projects"]) == 1
    iam_refusal(kms.send("GET", "/v3/projects", headers={"X-Auth-Token": "x"}), 401, "Unauthorized")


def test_the_identity_service_knows_its_callers(kms):
    path = "/v3/projects?name=cn-north-4"
    unauthenticated(kms.send("GET", path, headers=kms.signed("GET", path, secret="wrong")),
                    "verify aksk signature fail")
    unauthenticated(kms.send("GET", path, headers=kms.signed("GET", path, access_id="NOBODY")), "ak NOBODY not exist")
    iam_refusal(kms.send("GET", path), 401, "Unauthorized")
    for unknown in ["/v3", "/v3/users", "/v3/auth/tokens", "/v3.0/OS-CREDENTIAL/securitytokens"]:
        kms.send("GET", unknown, headers=kms.signed("GET", unknown)).is_refusal("APIGW.0101")


# Versions.

def test_versions(kms):
    version = {
        "id": "v1.0",
        "links": [{"href": f"{kms.endpoint}/v1.0/", "rel": "self"}],
        "version": "",
        "status": "CURRENT",
        "updated": "2016-10-29T02:00:00Z",
        "min_version": "",
    }
    assert kms.send("GET", "/").json == {"versions": [version]}
    assert kms.send("GET", "/v1.0").json == {"version": version}
    kms.send("GET", "/v9").is_refusal("APIGW.0101")
    kms.send("GET", "/v2").is_refusal("APIGW.0101")
    # Through the SDK, signed and all.
    [shown] = kms.sdk.show_versions(ShowVersionsRequest()).versions
    assert (shown.id, shown.status) == ("v1.0", "CURRENT")
    assert kms.sdk.show_version(ShowVersionRequest(version_id="v1.0")).version["id"] == "v1.0"
