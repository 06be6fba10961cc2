"""Raw HTTP: what no SDK sends, walked over all operations: methods, paths, bodies where none belong, headers twice."""

import json
import socket
from urllib.parse import quote

import pytest
from huawei_model import ALL, CALLS, HERE, code_of, find
from huawei_support import MISSING_KEY, Wire, kms  # noqa: F401

VALUES = {"key_id": MISSING_KEY, "key": "k", "resource_instances": "resource_instances"}
METHODS = ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "PROPFIND"]


def path_of(kms, operation) -> str:
    return operation.path(kms.project, {member.name: VALUES.get(member.name, MISSING_KEY)
                                        for member in operation.of("path")})


@pytest.fixture
def wire(kms):
    return Wire(kms)


def is_no_route(answer, method):
    if method == "HEAD":
        assert (answer.status, answer.body) == (404, b"")
    else:
        answer.is_refusal("APIGW.0101")


def test_every_wrong_method_of_every_path(kms, wire):
    paths = {path_of(kms, operation) for operation in ALL.values() if "{project_id}" in operation.template}
    for path in paths:
        for method in METHODS:
            if find(method, path):
                continue
            is_no_route(kms.send(method, path, b"", kms.signed(method, path)), method)


def test_paths_are_taken_to_the_letter(kms, wire):
    for operation in CALLS.values():
        path = path_of(kms, operation)
        # A tag's key may end in a slash; nothing else may.
        wrong = [path + "/", path + "/x"] if operation.name != "DeleteTag" else []
        wrong += [path.replace("/kms/", "//kms/"), path.replace("/v1.0/", "/v1.1/").replace("/v2/", "/v1.0/keys/"),
                  path.replace("/kms/", "/KMS/"), path.replace("/v", "/V", 1)]
        for each in wrong:
            # Some are other paths of the API.
            if each == path or find(operation.method, each):
                continue
            answer = kms.send(operation.method, each, b"{}", kms.signed(operation.method, each, b"{}"))
            assert 400 <= answer.status < 500, (each, answer.body)
            if each.startswith("/v"):
                assert code_of(answer.status, answer.headers, answer.body) == "APIGW.0101", each


def test_a_path_within_a_path(kms, wire):
    """An encoded slash makes no new segment."""
    for operation in CALLS.values():
        path = path_of(kms, operation)
        for each in [path.replace("/kms/", "/kms%2F"), path.replace(kms.project + "/", kms.project + "%2F")]:
            if each != path:
                wire(operation.method, each, b"{}").is_refusal("APIGW.0101")


def test_projects_that_are_none(kms, wire):
    for operation in CALLS.values():
        for project in ["x", kms.project.upper(), kms.project[:-1], kms.project + "0", "%00", "%ff", "..%2f.."]:
            path = path_of(kms, operation).replace(kms.project, project)
            if project == kms.project.upper() and project == kms.project:
                continue
            answer = wire(operation.method, path, b"{}")
            assert answer.status in (400, 403), (path, answer.body)
            assert code_of(answer.status, answer.headers, answer.body) in ("KMS.0201", "KMS.0321"), path


def test_empty_bodies(kms, wire):
    for operation in CALLS.values():
        if operation.method == "GET":
            continue
        path = path_of(kms, operation)
        empty = wire(operation.method, path, b"")
        if operation.of("body"):
            empty.is_refusal("KMS.0202")
        else:
            # An empty object says as much as nothing.
            same = wire(operation.method, path, b"{}")
            assert (same.status, same.body[:40]) == (empty.status, empty.body[:40]), operation.name
            if empty.status >= 300:
                assert code_of(empty.status, empty.headers, empty.body) not in ("KMS.0202", "KMS.0204")


def test_get_does_not_read_its_body(kms, wire):
    for operation in CALLS.values():
        if operation.method == "GET":
            path = path_of(kms, operation)
            plain = wire("GET", path)
            for body in [b"{}", b"nonsense", b'{"limit":"0"}', b"\xff" * 100]:
                answer = wire("GET", path, body)
                assert (answer.status, answer.body) == (plain.status, plain.body), operation.name


def test_a_query_says_nothing_where_there_is_a_body(kms, wire):
    for operation in CALLS.values():
        if operation.method == "POST":
            path = path_of(kms, operation)
            for query in ["?key_id=x", "?limit=0&limit=1", "?%ff=%ff", "?&&=&"]:
                plain, answer = wire("POST", path, b"{}"), wire("POST", path + query, b"{}")
                assert answer.status == plain.status, (operation.name, query, answer.body)


def test_queries_of_the_wrong_form(kms, wire):
    for operation in CALLS.values():
        if operation.method == "GET":
            path = path_of(kms, operation)
            for query in ["limit=1&limit=2", "a=%ff", "%ff=a"]:
                wire("GET", f"{path}?{query}").is_refusal("KMS.0201")
            # What nobody knows is ignored.
            plain, answer = wire("GET", path), wire("GET", f"{path}?whatever=1&x&=&y=%E5%AD%97")
            assert answer.status == plain.status, (operation.name, answer.body)


def test_long_urls(kms):
    for path in [f"/v1.0/{kms.project}/kms/" + "x" * 30_000, f"/v1.0/{kms.project}/kms/list-keys?a=" + "x" * 30_000]:
        answer = kms.send("POST", path, b"{}", kms.signed("POST", path, b"{}"))
        assert answer.status in (200, 404, 414), answer.status


@pytest.mark.parametrize("name", ["Content-Type", "Authorization", "X-Sdk-Date", "X-Auth-Token"])
def test_headers_twice(kms, name):
    path, body = f"/v1.0/{kms.project}/kms/list-keys", b"{}"
    fields = kms.signed("POST", path, body)
    twice = [*fields.items(), (name, fields.get(name, "x")), *([] if name in fields else [(name, "y")])]
    answer = kms.send("POST", path, body, twice)
    assert answer.status in (400, 401), answer.body
    assert code_of(answer.status, answer.headers, answer.body) in ("APIGW.0201", "APIGW.0301")


def test_headers_that_nobody_asked_for(kms):
    path, body = f"/v1.0/{kms.project}/kms/list-keys", b"{}"
    extra = {"X-Project-Id": "0" * 32, "X-Domain-Id": "no domain", "X-Language": "zh-cn",
             "X-HTTP-Method-Override": "DELETE", "X-Forwarded-For": "1.2.3.4", "Accept": "text/html",
             "Accept-Encoding": "br", "Cookie": "a=b"}
    answer = kms.send("POST", path, body, {**kms.signed("POST", path, body), **extra})
    assert answer.status == 200, answer.body
    assert answer.json["total"] == 0


def exchange(kms, text: bytes) -> bytes:
    """What comes back on these bytes, until the server closes or has answered."""
    host, port = kms.host.split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(text)
        received = b""
        while b"\r\n\r\n" not in received:
            piece = connection.recv(65536)
            if not piece:
                break
            received += piece
        return received


def head(kms, method, path, body, version="HTTP/1.1", more=()) -> bytes:
    fields = kms.signed(method, path, body)
    lines = [f"{method} {path} {version}", *(f"{name}: {value}" for name, value in fields.items()), *more]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def test_bodies_in_pieces(kms):
    path = f"/v1.0/{kms.project}/kms/describe-key"
    body = json.dumps({"key_id": MISSING_KEY}).encode()
    pieces = b"".join(b"%x\r\n%s\r\n" % (len(body[start:start + 7]), body[start:start + 7])
                      for start in range(0, len(body), 7)) + b"0\r\n\r\n"
    answer = exchange(kms, head(kms, "POST", path, body, more=["Transfer-Encoding: chunked"]) + pieces)
    assert answer.startswith(b"HTTP/1.1 404 ") and b"x-request-id" in answer.lower()


def test_an_older_protocol(kms):
    path = f"/v1.0/{kms.project}/kms/list-keys"
    answer = exchange(kms, head(kms, "POST", path, b"{}", "HTTP/1.0", ["Content-Length: 2"]) + b"{}")
    assert answer.startswith((b"HTTP/1.0 200 ", b"HTTP/1.1 200 "))


def test_a_client_that_asks_first(kms):
    path = f"/v1.0/{kms.project}/kms/list-keys"
    answer = exchange(kms, head(kms, "POST", path, b"{}", more=["Expect: 100-continue", "Content-Length: 2"]) + b"{}")
    assert answer.startswith((b"HTTP/1.1 100 ", b"HTTP/1.1 200 "))


@pytest.mark.parametrize("lines", [
    ["Content-Length: 2", "Content-Length: 3"], ["Content-Length: -1"], ["Content-Length: 2x"],
    ["Content-Length: 2", "Transfer-Encoding: chunked"], ["Transfer-Encoding: gzip, chunked", "Content-Length: 9"],
    [" folded: header"], ["no colon"], ["bad\0name: x"],
])
def test_broken_heads(kms, lines):
    """Whatever comes back is no success and no fault; the server goes on."""
    path = f"/v1.0/{kms.project}/kms/list-keys"
    answer = exchange(kms, head(kms, "POST", path, b"{}", more=lines) + b"{}\r\n\r\n")
    assert answer == b"" or answer.split(b" ")[1].startswith(b"4"), answer[:200]
    assert kms.post("list-keys").status == 200


@pytest.mark.skipif(not HERE["DeleteTag"], reason="DeleteTag is not here")
def test_keys_of_tags_in_paths(kms, wire):
    import huaweicloudsdkkms.v2 as models
    key_id = kms.create()
    for key in ["a/b", "a b", "字", "a%2Fb", "a+b", "a?b", "a#b", "/", "a/", "tags"]:
        kms.create_kms_tag(key_id=key_id, tag=models.TagItem(key, "v"))
        assert [tag.key for tag in kms.show_kms_tags(key_id=key_id).tags] == [key]
        path = f"/v1.0/{kms.project}/kms/{key_id}/tags/{quote(key, safe='')}"
        wire("DELETE", path + "x").is_refusal("KMS.0416")
        answer = wire("DELETE", path)
        assert (answer.status, answer.body) == (204, b""), key
        assert kms.show_kms_tags(key_id=key_id).tags == []
    # A body need not be there, but must not say something else than the path.
    kms.create_kms_tag(key_id=key_id, tag=models.TagItem("k", "v"))
    path = f"/v1.0/{kms.project}/kms/{key_id}/tags/k"
    wire("DELETE", path, b'{"key": "other"}').is_refusal("KMS.0308")
    assert [tag.key for tag in kms.show_kms_tags(key_id=key_id).tags] == ["k"]
    assert wire("DELETE", path, b'{"key": "k", "whatever": 1}').status == 204


@pytest.mark.skipif(not HERE["DeleteAlias"], reason="DeleteAlias is not here")
def test_delete_with_a_body(kms, wire):
    key_id, path = kms.create(), f"/v1.0/{kms.project}/kms/aliases"
    kms.create_alias(key_id=key_id, alias="alias/a")
    wire("DELETE", path).is_refusal("KMS.0202")
    wire("DELETE", f"{path}?key_id={key_id}&aliases=alias/a", b"{}").is_refusal("KMS.0204")
    assert wire("DELETE", path, json.dumps({"key_id": key_id, "aliases": ["alias/a"]}).encode()).status == 204


def test_a_member_that_only_looks_like_the_path_is_not_known(kms):
    key_id = kms.create()
    for project in ("x", 5, None):
        assert kms.post("describe-key", key_id=key_id, project_id=project).status == 200


def test_a_region_that_is_not_served_signs_nothing(kms):
    path = f"/v1.0/{kms.project}/kms/list-keys"
    for region, status in (("cn-east-3", 200), ("cn-nowhere-9", 401)):
        answer = kms.send("POST", path, b"{}", kms.signed("POST", path, b"{}", scope=f"{region}/kms"))
        assert answer.status == status, answer.body


def test_no_wrapped_block_is_longer_than_documented(kms):
    key_id = kms.external()
    token = kms.parameters(key_id).import_token
    for length, code in ((360, "KMS.0311"), (361, "KMS.0308")):
        kms.post("import-key-material", key_id=key_id, import_token=token,
                 encrypted_key_material="A" * length).is_refusal(code)
    assert kms.state(key_id) == "5"
