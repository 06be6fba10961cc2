"""What goes over the wire, good and bad."""

import json
import socket
from urllib.parse import urlencode

import pytest
import requests

from tencent_support import MISSING_KEY, Kms, Raw, refused, send, v1

DESCRIBE = {"KeyId": MISSING_KEY}


@pytest.fixture
def raw(endpoint, tenant_name):
    return lambda action="DescribeKey", body=DESCRIBE, **changes: Raw(endpoint, tenant_name, action, body, **changes)


def told(request):
    answer = request.sign().send()
    return answer.code, answer.message


def missing(name):
    return "MissingParameter", f"The request is missing a required parameter `{name}`."


def unknown(name):
    return "UnknownParameter", f"The parameter `{name}` is not recognized."


def wrong_type(name, expected):
    text = f"The value type of parameter `{name}` is not valid, input type should be `{expected}`."
    return "InvalidParameter", text


def test_actions_and_versions(raw):
    text = "The request action=`Bogus` is invalid or not found in service=`kms` and version=`2019-01-18`."
    assert told(raw("Bogus")) == ("InvalidAction", text)
    assert told(raw("describekey"))[0] == "InvalidAction"
    text = "The specified api version=`2020-01-01` does not exist in service=`kms`."
    assert told(raw().set("X-TC-Version", "2020-01-01")) == ("NoSuchVersion", text)
    assert told(raw("Bogus").set("X-TC-Version", "2020-01-01"))[0] == "NoSuchVersion"


def test_regions(raw):
    text = "A value specified in `X-TC-Region` is not valid, is unsupported, or cannot be used."
    assert told(raw().set("X-TC-Region", "nowhere")) == ("InvalidParameterValue", text)
    assert told(raw().set("X-TC-Region", "ap-shenzhen")) == (
        "UnsupportedRegion", "The action not support this region.")
    assert told(raw("Bogus").set("X-TC-Region", "nowhere"))[0] == "InvalidAction"
    assert raw("GetRegions", {}).set("X-TC-Region", None).sign().send().code is None


@pytest.mark.parametrize("action, body, expected", [
    ("DescribeKey", {}, missing("KeyId")),
    ("DescribeKey", {"KeyId": None}, missing("KeyId")),
    ("DescribeKey", {"KeyId": 7}, wrong_type("KeyId", "string")),
    ("DescribeKey", {"KeyId": True}, wrong_type("KeyId", "string")),
    ("DescribeKey", {"KeyId": ["a"]}, wrong_type("KeyId", "string")),
    ("DescribeKey", {"KeyId": {"a": 1}}, wrong_type("KeyId", "string")),
    ("DescribeKey", {**DESCRIBE, "Bogus": 1}, unknown("Bogus")),
    ("DescribeKey", {**DESCRIBE, "keyId": "x"}, unknown("keyId")),
    ("DescribeKey", {**DESCRIBE, "MemberAccount": {"Bogus": 1}}, unknown("MemberAccount.Bogus")),
    ("DescribeKey", {**DESCRIBE, "MemberAccount": {"MemberUin": "1"}}, wrong_type("MemberAccount.MemberUin", "uint64")),
    ("DescribeKeys", {"KeyIds": ["a", 1]}, wrong_type("KeyIds.1", "string")),
    ("DescribeKeys", {"KeyIds": "a"}, wrong_type("KeyIds", "list")),
    ("CreateKey", {"Alias": "a", "Tags": [{"TagKey": 1}]}, wrong_type("Tags.0.TagKey", "string")),
    ("CreateKey", {"Alias": "a", "Tags": [{"TagValue": "x"}]}, missing("Tags.0.TagKey")),
    ("CreateKey", {"Alias": "a", "Tags": [{"TagKey": "a", "Bogus": 1}]}, unknown("Tags.0.Bogus")),
    ("CreateKey", {"Alias": "a", "Type": "2"}, wrong_type("Type", "uint64")),
    ("CreateKey", {"Alias": "a", "Type": 1.5}, wrong_type("Type", "uint64")),
    ("CreateKey", {"Alias": "a", "Type": -1}, wrong_type("Type", "uint64")),
    ("ListKeys", {"Limit": -1}, wrong_type("Limit", "uint64")),
    ("ListKeys", {"Limit": 1e30}, wrong_type("Limit", "uint64")),
    ("ScheduleKeyDeletion", {**DESCRIBE, "PendingWindowInDays": "7"}, wrong_type("PendingWindowInDays", "uint64")),
    ("ScheduleKeyDeletion", DESCRIBE, missing("PendingWindowInDays")),
    ("ImportKeyMaterial", {**DESCRIBE, "ImportToken": "a", "EncryptedKeyMaterial": "a", "ValidTo": "0"},
     wrong_type("ValidTo", "uint64")),
    ("GenerateRandom", {}, missing("NumberOfBytes")),
    ("GetRegions", {"Bogus": 1}, unknown("Bogus")),
])
def test_parameters_in_json(raw, action, body, expected):
    assert told(raw(action, body)) == expected


REQUIRED = {
    "CancelKeyDeletion": ["KeyId"],
    "CreateKey": ["Alias"],
    "Decrypt": ["CiphertextBlob"],
    "DeleteImportedKeyMaterial": ["KeyId"],
    "DescribeKey": ["KeyId"],
    "DescribeKeys": ["KeyIds"],
    "DisableKey": ["KeyId"],
    "EnableKey": ["KeyId"],
    "Encrypt": ["KeyId", "Plaintext"],
    "GenerateDataKey": ["KeyId"],
    "GenerateRandom": ["NumberOfBytes"],
    "GetParametersForImport": ["KeyId", "WrappingAlgorithm", "WrappingKeySpec"],
    "ImportKeyMaterial": ["EncryptedKeyMaterial", "ImportToken", "KeyId"],
    "ScheduleKeyDeletion": ["KeyId", "PendingWindowInDays"],
}


@pytest.mark.parametrize("action", REQUIRED)
def test_required_parameters(raw, action):
    fill = {"KeyIds": [MISSING_KEY], "KeyId": MISSING_KEY, "PendingWindowInDays": 7, "NumberOfBytes": 1}
    for name in REQUIRED[action]:
        body = {other: fill.get(other, "a") for other in REQUIRED[action] if other != name}
        assert told(raw(action, body)) == missing(name)
        assert told(raw(action, {**body, name: None})) == missing(name)


@pytest.mark.parametrize("query, expected", [
    ("Limit=5x", wrong_type("Limit", "uint64")),
    ("Limit=", wrong_type("Limit", "uint64")),
    ("Limit=-5", wrong_type("Limit", "uint64")),
    ("Limit.0=5", wrong_type("Limit", "uint64")),
    ("Bogus.0.a=5", unknown("Bogus")),
    ("Limit", ("InvalidParameter", "Url key and value should be splited by `=`.")),
])
def test_parameters_in_a_query(raw, query, expected):
    request = raw("ListKeys", verb="GET", query=query).set("Content-Type", "application/x-www-form-urlencoded")
    request.body = b""
    assert told(request) == expected


def test_flattened_lists_must_be_whole(endpoint, tenant_name):
    gap = v1(endpoint, tenant_name, "DescribeKeys", **{"KeyIds.1": MISSING_KEY})
    assert (gap.code, gap.message) == wrong_type("KeyIds", "list")
    both = v1(endpoint, tenant_name, "DescribeKeys", **{"KeyIds.0": MISSING_KEY, "KeyIds": "x"})
    assert both.code == "InvalidParameter"
    deep = v1(endpoint, tenant_name, "DescribeKeys", **{"KeyIds." + ".".join("0" * 500): "x"})
    assert deep.code == "InvalidParameter"
    bogus = v1(endpoint, tenant_name, "ListKeys", Bogus="1")
    assert (bogus.code, bogus.message) == unknown("Bogus")
    found = v1(endpoint, tenant_name, "DescribeKeys", **{"KeyIds.0": MISSING_KEY})
    assert found.code == "ResourceUnavailable.CmkNotFound"


@pytest.mark.parametrize("body", [
    b"", b" ", b"{", b"[]", b"null", b'"x"', b"1", b"{}x", b"\xff\xfe", b'{"KeyId":"a","KeyId":"a"}', b"{'KeyId':'a'}",
    b'{"KeyId":NaN}', b'{"KeyId":"\\ud800"}', b"[" * 100_000, b'{"KeyId":' * 1000, b'{"a":' + b"[" * 500 + b"]" * 500 + b"}",
])
def test_bodies_that_are_not_json(raw, body):
    request = raw()
    request.body = body
    assert request.sign().send().code == "InvalidParameter"


def test_a_body_full_of_unknown_members(raw):
    request = raw()
    request.body = json.dumps({f"m{n}": n for n in range(200_000)}).encode()
    assert request.sign().send().code == "UnknownParameter"


def test_media_types(raw):
    for media_type in ("text/plain", "application/x-www-form-urlencoded", "application/octet-stream", "garbage"):
        assert told(raw().set("Content-Type", media_type))[0] == "InvalidParameter"
    assert told(raw().set("Content-Type", "multipart/form-data; boundary=x"))[0] == "InvalidRequest"


@pytest.mark.parametrize("verb", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods(raw, verb):
    assert raw(verb=verb).sign().send().code == "UnsupportedProtocol"


def test_another_path(raw):
    assert raw(path="/kms").sign().send().code == "InvalidParameter"


def test_sizes(endpoint, tenant_name, raw):
    query = "SearchKeyAlias=" + "a" * (32 * 1024)
    get = raw("ListKeyDetail", verb="GET", query=query).set("Content-Type", "application/x-www-form-urlencoded")
    get.body = b""
    assert get.sign().send().code == "RequestSizeLimitExceeded"
    large = v1(endpoint, tenant_name, "ListKeyDetail", SearchKeyAlias="a" * (1024 * 1024))
    assert large.code == "AuthFailure.SignatureFailure"
    assert large.message == (
        "The provided credentials could not be validated because of exceeding request size limit, please use new "
        "signature method `TC3-HMAC-SHA256`.")
    fits = raw("ListKeyDetail", {"SearchKeyAlias": "a" * (9 * 1024 * 1024)}).sign().send()
    assert fits.members == {"KeyMetadatas": [], "TotalCount": 0}
    too_large = raw("ListKeyDetail", {"SearchKeyAlias": "a" * (10 * 1024 * 1024)}).sign().send()
    assert too_large.code == "RequestSizeLimitExceeded"


def test_a_body_that_breaks_off(endpoint, raw):
    request = raw().sign()
    host, port = endpoint.split("//")[1].split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        head = "POST / HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
        connection.sendall((head + "Content-Length: 500\r\n\r\n").encode() + request.body)
        connection.shutdown(socket.SHUT_WR)
        answer = connection.recv(65536).decode(errors="replace")
    # Either nothing or this dialect's answer; never another one.
    assert answer == "" or '"Error"' in answer


def test_an_answer_is_written_at_once(endpoint, raw):
    """Head and body come in one piece: an answer in two costs the SDK 40 milliseconds each."""
    host, port = endpoint.split("//")[1].split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        for action, body in [("ListKeys", {}), ("GetServiceStatus", {}), ("DescribeKey", DESCRIBE), ("Bogus", {})] * 5:
            request = raw(action, body).sign()
            head = "POST / HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
            connection.sendall(f"{head}Content-Length: {len(request.body)}\r\n\r\n".encode() + request.body)
            head, _, members = connection.recv(1 << 20).partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 ") and members.startswith(b'{"Response":{')
            length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
            assert [int(line.split(b":")[1]) for line in length] == [len(members)]


def test_nothing_is_compressed_or_cached(endpoint, raw):
    request = raw("ListKeys", {}).set("Accept-Encoding", "gzip, deflate, br").sign()
    answer = requests.post(endpoint, data=request.body, headers=request.headers, timeout=60)
    assert sorted(name.lower() for name in answer.headers) == [
        "content-length", "content-type", "date", "x-tc-requestid"]
    other = requests.post(endpoint, data=request.body, headers=request.headers, timeout=60)
    assert other.headers["X-TC-RequestId"] != answer.headers["X-TC-RequestId"]


def test_the_languages_are_told_apart(endpoint):
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for query in ("Action=ListKeys", "Version=2019-01-18&X=1"):
        assert send(endpoint, "GET", "/", query, {}, b"").code == "MissingParameter"
    assert send(endpoint, "POST", "/", "", form, urlencode({"Action": "ListKeys"}).encode()).code == "MissingParameter"
    assert send(endpoint, "POST", "/", "", form, b"").code == "MissingParameter"
    assert send(endpoint, "POST", "/", "", {"X-TC-Action": "ListKeys"}, b"").code == "MissingParameter"
    assert send(endpoint, "POST", "/", "", {"Authorization": "TC3-HMAC-SHA256 x"}, b"").code == "MissingParameter"
    assert send(endpoint, "POST", "/", "", {"X-TC-Action": "x", "Authorization": "SKIP"}, b"").code == "MissingParameter"


def test_an_answer_without_members(endpoint, tenant_name):
    kms = Kms(endpoint, tenant_name)
    key_id = kms.create()
    answer = Raw(endpoint, tenant_name, "DisableKey", {"KeyId": key_id}).sign().send()
    assert answer.members == {}


def test_sdk_sees_errors_by_every_verb(endpoint, tenant_name):
    for verb in ("POST", "GET"):
        with refused("ResourceUnavailable.CmkNotFound"):
            Kms(endpoint, tenant_name, verb=verb).describe(MISSING_KEY)
