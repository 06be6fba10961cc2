"""The vendor's API as its SDK knows it: every operation with its method, path and members, and whether it is here.

Every answer to the SDK and to requests made by hand is held against it: names and JSON types of members, statuses, the
envelopes of refusals.
"""

import inspect
import json
import re
from dataclasses import dataclass
from urllib.parse import quote

import huaweicloudsdkkms.v2 as models
from conftest import ROOT
from huawei_codes import CODES
from huaweicloudsdkcore.http.http_client import HttpClient

DOCS = ROOT / "docs" / "dialects.md"
HEX32 = re.compile(r"[0-9a-f]{32}")
TYPES = {"str": str, "int": int, "bool": bool, "object": dict, "float": float}
# The SDK's model of this answer is a list of pages; what goes over the wire is one page.
PAGES = {"ListAliases": "ListAliasResponseBody"}
# Everything else that succeeds is 200.
CREATED = {"CreateAlias"}
EMPTY = {"DeleteAlias", "CreateKmsTag", "BatchCreateKmsTags", "DeleteTag"}
# Unverified: whether these are 200 or 204; the pages name no status.
BARE = {"DeleteKeyStore", "DeleteAccessPoint", "DeleteKeyPolicy"}


@dataclass(frozen=True)
class Member:
    """One member of a request: where it goes, its type in the SDK, whether the SDK wants it."""

    name: str
    place: str
    type: str
    required: bool


@dataclass(frozen=True)
class Operation:
    """One operation: its name in the SDK, method, path, and members."""

    name: str
    method: str
    template: str
    members: tuple[Member, ...]

    @property
    def verb(self) -> str:
        """The name that everybody else uses: the last part of the path."""
        return self.template.rpartition("/")[2]

    @property
    def is_verb(self) -> bool:
        """Whether it is one of the many calls that are a word of the path and a body."""
        is_word = self.template == f"/v1.0/{{project_id}}/kms/{self.verb}"
        return is_word and self.method == "POST" and bool(self.of("body"))

    def of(self, place: str) -> list[Member]:
        return [member for member in self.members if member.place == place]

    def path(self, project: str, values: dict) -> str:
        """The path with these values in it, as the SDK encodes them, and the query."""
        path = self.template.replace("{project_id}", project)
        for member in self.of("path"):
            path = path.replace("{%s}" % member.name, quote(str(values[member.name]), safe=""))
        pairs = [(member.name, values[member.name]) for member in self.of("query") if member.name in values]
        query = "&".join(f"{quote(name, safe='')}={quote(str(value), safe='')}" for name, value in pairs)
        return f"{path}?{query}" if query else path

    def matches(self, method: str, path: str) -> bool:
        # The key of a tag may hold slashes.
        pattern = self.template.replace("{key}", ".+")
        return method == self.method and bool(re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", pattern), path))


def required(model, name: str) -> bool:
    """The SDK sets what is required whether or not it is given."""
    return f"if {name} is not None" not in inspect.getsource(model.__init__)


def structure(type_name: str) -> list[Member]:
    """The members of one of the SDK's types; none if it is no structure."""
    model = getattr(models, type_name, None)
    if not hasattr(model, "openapi_types"):
        return []
    return [Member(model.attribute_map[name], "inner", type_of, required(model, name))
            for name, type_of in model.openapi_types.items()]


def operation(name: str) -> Operation:
    request = getattr(models, name + "Request")
    method_name = next(method for method in dir(models.KmsClient) if method.replace("_", "") == name.lower())
    info = getattr(models.KmsClient, f"_{method_name}_http_info")(request())
    template = info["resource_path"]
    members = []
    for member, type_name in request.openapi_types.items():
        if member == "body":
            members += [Member(inner.name, "body", inner.type, inner.required) for inner in structure(type_name)]
        else:
            place = "path" if "{%s}" % member in template else "query"
            members.append(Member(member, place, type_name, place == "path" or required(request, member)))
    return Operation(name, info["method"], template, tuple(members))


def rows() -> list[tuple[str, str, str]]:
    """The table in the docs, which a test holds against the code: names, whether they are here, remarks."""
    section = DOCS.read_text().split("\n## Huawei Cloud KMS\n")[1].split("\n## ")[0]
    return re.findall(r"^\| (\w+) \| `[^`]+` \| (yes|no) \|(.*)\|$", section, re.M)


HERE = {name: here == "yes" for name, here, _ in rows()}
# What is understood, and refused whatever it asks for, by the code that its remark names.
REFUSED = {name: code[1] for name, here, remark in rows()
           if here == "no" and (code := re.search(r"answers `(.*?)`", remark))}
ALL = {name: operation(name) for name in HERE}
SUPPORTED = {name: operation for name, operation in ALL.items() if HERE[name]}
UNSUPPORTED = {name: operation for name, operation in ALL.items() if not HERE[name]}
# The calls that somebody makes in a project.
CALLS = {name: operation for name, operation in SUPPORTED.items() if "{project_id}" in operation.template}


def find(method: str, path: str) -> Operation | None:
    """The operation that a request is for; those with fewer names in their paths come first."""
    routed = [operation for operation in ALL.values() if HERE[operation.name] or operation.name in REFUSED]
    found = [operation for operation in routed if operation.matches(method, path)]
    return min(found, key=lambda operation: operation.template.count("{"), default=None)


def hold(method: str, url: str, status: int, headers, body: bytes):
    """Holds one answer against the model."""
    path = re.sub(r"^https?://[^/]+", "", url).partition("?")[0]
    if not re.match(r"/v[0-9]", path) and (method, path) != ("GET", "/"):
        # Another vendor's.
        return
    is_iam = path.startswith(("/v3", "/v5"))
    if not is_iam:
        assert HEX32.fullmatch(headers["x-request-id"]), headers
    if status >= 400:
        if not is_iam and method != "HEAD":
            code_of(status, headers, body)
    elif (operation := find(method, path)) and method == operation.method:
        hold_success(operation, status, headers, body)


def hold_success(operation: Operation, status: int, headers, body: bytes):
    name = operation.name
    if name in EMPTY or (name in BARE and status == 204):
        assert (status, body) == (204, b""), (name, status, body)
        return
    assert status == (201 if name in CREATED else 200), (name, status)
    assert headers["content-type"] == "application/json", (name, headers)
    answer = json.loads(body)
    assert isinstance(answer, dict), (name, answer)
    hold_members(PAGES.get(name, name + "Response"), answer, name)


def hold_members(type_name: str, value: dict, where: str):
    known = {member.name: member.type for member in structure(type_name)}
    for name, inner in value.items():
        assert name in known, f"{where}: the SDK does not know {name}"
        hold_type(known[name], inner, f"{where}.{name}")


def hold_type(type_name: str, value, where: str):
    if type_name.startswith("list["):
        # Counting resources answers no list.
        if value is None and where == "ListKmsByTags.resources":
            return
        assert isinstance(value, list), f"{where} is no list: {value!r}"
        for item in value:
            hold_type(type_name[5:-1], item, f"{where}[]")
    elif type_name in TYPES:
        assert type(value) is TYPES[type_name], f"{where} is no {type_name}: {value!r}"
    else:
        assert isinstance(value, dict), f"{where} is no object: {value!r}"
        hold_members(type_name, value, where)


def code_of(status: int, headers, body: bytes) -> str:
    """The code of a refusal, which must be in its envelope, with the status and the text of the vendor's table."""
    assert headers["content-type"] == "application/json", headers
    answer = json.loads(body)
    if "error" in answer:
        refusal = answer["error"]
        assert set(answer) == {"error"} and {"error_code", "error_msg"} == set(refusal), answer
        assert refusal["error_code"].startswith("KMS."), answer
    else:
        refusal = answer
        assert list(refusal) == ["error_msg", "error_code", "request_id"], answer
        assert refusal["error_code"].startswith("APIGW."), answer
        assert refusal["request_id"] == headers["x-request-id"], answer
    code = refusal["error_code"]
    assert code in CODES, answer
    statuses, text = CODES[code]
    assert status in (statuses if isinstance(statuses, tuple) else (statuses,)), (status, answer)
    assert refusal["error_msg"] == text if text.endswith(".") else refusal["error_msg"].startswith(text), answer
    return code


def hold_every_answer():
    """From now on the SDK's answers are held against the model."""
    factory = HttpClient.response_error_hook_factory

    def holding(self):
        hook = factory(self)

        def held(response, *args, **kwargs):
            hold(response.request.method, response.request.url, response.status_code, response.headers,
                 response.content)
            hook(response, *args, **kwargs)

        return held

    HttpClient.response_error_hook_factory = holding
