"""The wire: envelopes, and everything that may be wrong with a request."""

import json
import socket

import pytest
from huawei_model import CALLS, REFUSED, UNSUPPORTED
from huawei_support import HEX32, MISSING_KEY, kms, refused  # noqa: F401

VERBS = [operation.verb for operation in CALLS.values() if operation.is_verb]
DEMANDING = [operation.verb for operation in CALLS.values()
             if operation.is_verb and any(member.required for member in operation.of("body"))]


def test_what_is_not_built_has_no_route(kms):
    """What the vendor has and this server has not is never a pretended success."""
    values = {"key_id": MISSING_KEY, "key": "a", "resource_instances": "resource_instances"}
    for operation in UNSUPPORTED.values():
        members = operation.of("path")
        path = operation.path(kms.project, {member.name: values.get(member.name, MISSING_KEY) for member in members})
        body = b"" if operation.method == "GET" else b'{"pin_type": "PlainText"}'
        answer = kms.send(operation.method, path, body, kms.signed(operation.method, path, body))
        answer.is_refusal(REFUSED.get(operation.name, "APIGW.0101"))


@pytest.mark.parametrize("path", [
    "/v2/{project}/kms/region", "/v1.0/{project}/kms/create-keys", "/v1.0/{project}/kms", "/v1.0/{project}/kms/",
    "/v1.0/{project}/kms/create-key/", "/v1.0/{project}//kms/create-key", "/v1.0//kms/create-key",
    "/v1.0.{project}/kms/create-key", "/v1.0/{project}/kms/create%2Dkey", "/v1.0/{project}/KMS/create-key",
    "/v1/{project}/kms/create-key", "/v1.0/{project}/kms/create-key/x", "/v1.0/{project}%2Fkms/create-key",
])
def test_paths_that_are_none(kms, path):
    path = path.format(project=kms.project)
    kms.send("POST", path, b"{}", kms.signed("POST", path, b"{}")).is_refusal("APIGW.0101")
    # Nobody need say who they are to be told.
    kms.send("POST", path, b"{}").is_refusal("APIGW.0101")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_the_wrong_method(kms, method):
    for verb in ["create-key", "list-keys", "import-key-material"]:
        path = f"/v1.0/{kms.project}/kms/{verb}"
        kms.send(method, path, b"", kms.signed(method, path)).is_refusal("APIGW.0101")


@pytest.mark.parametrize("verb", VERBS)
def test_bodies_that_are_no_json(kms, verb):
    for body in [b"", b"nonsense", b"{", b'{"a":1,}', b"{'a':1}", b"\xff\xfe", b'{"a":1} {"b":2}', b'{"a":NaN}',
                 b'{"a":"\xff"}', b"\xef\xbb\xbf{}", b'{"key_id":"a","key_id":"b"}',
                 b'{"x":{"y":1,"y":2}}', b"[" * 200, b'{"a":' * 5000, b'{"a":' + b"[" * 10_000 + b"]" * 10_000 + b"}"]:
        kms.raw(verb, body).is_refusal("KMS.0202")


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("body", [b"[]", b'""', b"null", b"5", b"true", b'[{"key_id": "x"}]'])
def test_bodies_of_another_type(kms, verb, body):
    kms.raw(verb, body).is_refusal("KMS.0214")


@pytest.mark.parametrize("verb", DEMANDING)
def test_an_empty_object_lacks_something(kms, verb):
    kms.raw(verb, b"{}").is_refusal("KMS.0204")


WRONG = [True, [], {}, ["x"], {"a": "b"}]


@pytest.mark.parametrize("verb, members, name", [
    ("create-key", {"key_alias": "a"}, "key_alias"),
    ("create-key", {"key_alias": "a"}, "key_spec"),
    ("create-key", {"key_alias": "a"}, "key_description"),
    ("describe-key", {}, "key_id"),
    ("describe-key", {"key_id": MISSING_KEY}, "sequence"),
    ("list-keys", {}, "key_state"),
    ("get-parameters-for-import", {"key_id": MISSING_KEY}, "wrapping_algorithm"),
    ("import-key-material", {"key_id": MISSING_KEY, "encrypted_key_material": "AAAA"}, "import_token"),
    ("import-key-material", {"key_id": MISSING_KEY, "import_token": "A" * 300}, "encrypted_key_material"),
    ("encrypt-data", {"key_id": MISSING_KEY}, "plain_text"),
    ("sign", {"key_id": MISSING_KEY, "signing_algorithm": "ECDSA_SHA_256"}, "message"),
])
def test_members_of_the_wrong_type(kms, verb, members, name):
    for wrong in [5, *WRONG]:
        kms.post(verb, **{**members, name: wrong}).is_refusal("KMS.0214")


@pytest.mark.parametrize("verb, members, name, code", [
    ("schedule-key-deletion", {"key_id": MISSING_KEY}, "pending_days", "KMS.1401"),
    ("list-keys", {}, "limit", "KMS.1601"),
    ("list-keys", {}, "marker", "KMS.1602"),
    ("gen-random", {}, "random_data_length", "KMS.1801"),
    ("create-datakey", {"key_id": MISSING_KEY}, "datakey_length", "KMS.1901"),
])
def test_numbers_that_are_none(kms, verb, members, name, code):
    for wrong in [1.5, "1.5", " 8", "8 ", "0x8", 10**40, "9" * 40, *WRONG]:
        kms.post(verb, **{**members, name: wrong}).is_refusal(code)


def test_unknown_members_are_ignored(kms):
    made = kms.post("create-key", key_alias="a", tags=[{"key": "a"}], partition_type="1", whatever={"x": [1]})
    assert made.status == 200


def test_bodies_that_are_too_long(kms):
    long = json.dumps({"key_id": MISSING_KEY, "pad": "x" * 1_000_000}).encode()
    kms.raw("describe-key", long).is_refusal("KMS.0203")
    body = b'{"pad": "' + b"x" * (12 * 1024 * 1024) + b'"}'
    answer = kms.raw("describe-key", body)
    assert answer.status == 413
    assert answer.json["error_code"] == "APIGW.0201"
    assert answer.json["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize("content_type", ["application/json", "application/json;charset=utf-8",
                                          "application/json; charset=UTF-8", "APPLICATION/JSON;charset=utf8"])
def test_content_types(kms, content_type):
    body = json.dumps({"key_id": MISSING_KEY}).encode()
    kms.raw("describe-key", body, headers={"Content-Type": content_type}).is_refusal("KMS.0207")


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonx"])
def test_other_content_types(kms, content_type):
    body = json.dumps({"key_id": MISSING_KEY}).encode()
    kms.raw("describe-key", body, headers={"Content-Type": content_type}).is_refusal("KMS.0214")


def test_every_answer_names_its_request(kms):
    ids = {answer.headers["x-request-id"] for answer in [
        kms.post("list-keys"), kms.post("describe-key", key_id=MISSING_KEY), kms.send("GET", "/"),
        kms.send("POST", "/v1.0/x"), kms.send("GET", "/v3/projects"), kms.raw("list-keys", b"nonsense")]}
    assert len(ids) == 6 and all(HEX32.fullmatch(each) for each in ids)


def test_success_is_json(kms):
    answer = kms.post("list-keys")
    assert answer.headers["content-type"] == "application/json"
    assert "date" in answer.headers


def test_the_sdk_reads_every_envelope(kms):
    with refused("KMS.0207"):
        kms.describe(MISSING_KEY)
    with refused("APIGW.0101"):
        kms.show_version(version_id="v9")


def test_a_body_that_breaks_off(kms):
    host, port = kms.host.split(":")
    path = f"/v1.0/{kms.project}/kms/list-keys"
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(f"POST {path} HTTP/1.1\r\nHost: {kms.host}\r\nContent-Length: 100\r\n\r\n{{".encode())
    # The server goes on.
    assert kms.post("list-keys").status == 200


def test_many_members(kms):
    many = json.dumps({f"m{number}": number for number in range(5000)}).encode()
    kms.raw("describe-key", many).is_refusal("KMS.0204")
