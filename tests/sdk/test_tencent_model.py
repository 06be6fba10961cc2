"""The walk over the vendor's model: every member of every action that is here, and the inner members of structures and
items of lists, missing, null, of every wrong type, out of range, of another form, too long, and beside unknown ones; in
JSON and in flattened names. Each request is refused with the code, and where the gateway refuses it the text, that is
due, and changes nothing; none is a fault. The actions are those of the table in the docs: a new one is walked once it is
there. Answers are held against the model by `tencent_model.hold`, here as in all other tests."""

import inspect
import json
import re
from urllib.parse import quote_plus

import pytest
import requests
import tencent_model
from conftest import Server
from tencent_codes import listed
from tencent_fit import BAD, BAD_HERE, FREE, WITHOUT, Fit, bad_values
from tencent_model import ACTIONS, HERE, SCALARS, STRUCTURES, SUPPORTED, UNSUPPORTED, inner, required
from tencent_support import MISSING_KEY, Kms, Raw
from tencentcloud.kms.v20190118 import models

DEEP = [[[[[[[[[[{"a": [[[[["x"]]]]]}]]]]]]]]]]
# A value of every JSON type, and those at the edges of types.
VALUES = ["x", "", "7", "-1", True, False, 0, 7, -1, 1.5, 1e300, 2**63, 2**64, -(2**63) - 1, 10**40, [], ["x"], [None],
          [[]], {}, {"a": "b"}, DEEP]
TEXTS = ["", " ", "x", "x" * 300, "y" * 5000, "0", "-1", "1e3", "NaN", "é", "字" * 50, "😀", "a\nb", "a\0b", "\x1f",
         "\x7f", "\u202e", "\ufeff", "'; DROP TABLE keys; --", "../../etc", "%00", "{}", "null", "[]", "=" * 20, "*",
         "a&b=c", "+", MISSING_KEY.upper()]
# What stands for a number in flattened names and is none, or not one of the type.
NO_NUMBERS = {"uint64": ["", "x", "7x", " 7", "+7", "-1", "1.5", "1e3", "0x7", "18446744073709551616", "9" * 40, "true", "٧"],
              "int64": ["", "x", "7x", " 7", "+7", "1.5", "9223372036854775808", "9" * 40, "true", "٧"]}
# Written into the JSON as they are.
RAW = ['"\\ud800"', '"\\uZZZZ"', "NaN", "Infinity", "-", "01", "'x'", "[" * 200 + "]" * 200, '{"a":1,"a":2}', '"\x01"',
       "tru", '"open', "\xff"]
BODIES = [b"", b"[]", b'""', b"null", b"5", b"true", b"{", b"{} {}"]
# The action too, as the same second may see the same body for another one.
SIGNED = "content-type;host;x-tc-action"
NOT_JSON = "The request body is not a valid JSON object."


class Wire:
    """One caller's requests to one action, in both forms, over one connection."""

    def __init__(self, kms, action):
        self.kms, self.action, self.session, self.count = kms, action, requests.Session(), 0

    def json(self, body) -> tuple[str, str]:
        """The code and the text of the refusal, or two times nothing."""
        return self.send(Raw(self.kms.endpoint, self.kms.name, self.action, body, signed=SIGNED))

    def flat(self, pairs) -> tuple[str, str]:
        query = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in pairs)
        raw = Raw(self.kms.endpoint, self.kms.name, self.action, b"", verb="GET", query=query, signed=SIGNED)
        return self.send(raw.set("Content-Type", "application/x-www-form-urlencoded"))

    def send(self, raw) -> tuple[str, str]:
        raw.sign()
        url = raw.endpoint + "/" + ("?" + raw.query if raw.query else "")
        request = requests.Request(raw.verb, url, headers=raw.headers, data=raw.body).prepare()
        # As given: the library must not tidy up what a test has made untidy.
        request.url = url
        answer = self.session.send(request, timeout=60)
        self.count += 1
        tencent_model.hold(self.action, answer.status_code, answer.headers, answer.content)
        error = answer.json()["Response"].get("Error")
        return (error["Code"], error["Message"]) if error else ("", "")


def flattened(value, name=""):
    """Names and texts, as the SDKs write them."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from flattened(item, f"{name}.{key}" if name else key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from flattened(item, f"{name}.{index}")
    elif value is not None:
        yield name, {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def missing(path):
    return "MissingParameter", f"The request is missing a required parameter `{path}`."


def unknown(path):
    return "UnknownParameter", f"The parameter `{path}` is not recognized."


def wrong_type(path, type_name):
    word = "list" if inner(type_name) else type_name if type_name in SCALARS else "object"
    text = f"The value type of parameter `{path}` is not valid, input type should be `{word}`."
    return "InvalidParameter", text


def is_of_type(value, type_name) -> bool:
    """Whether the JSON value is of the type, whatever it is filled with."""
    if inner(type_name):
        return isinstance(value, list)
    if type_name not in SCALARS:
        return isinstance(value, dict)
    if type(value) is not SCALARS[type_name]:
        return False
    least, end = tencent_model.BOUNDS.get(type_name, (0, 0))
    return type_name not in tencent_model.BOUNDS or least <= value < end


class Walk:
    """The requests of one action."""

    def __init__(self, wire, base):
        self.wire, self.base, self.action = wire, base, wire.action
        self.members = ACTIONS[self.action]["request"]["members"]
        self.required = required(ACTIONS[self.action]["request"])

    def told(self, body, due, what):
        found = self.wire.json(body)
        assert found == due, f"{self.action}, {what}: {found}, not {due}"

    def told_flat(self, pairs, due, what):
        found = self.wire.flat(pairs)
        assert found == due, f"{self.action}, flattened, {what}: {found}, not {due}"

    def with_changed(self, name, value) -> dict:
        return {**self.base, name: value}

    def forms(self):
        """What the gateway refuses before the service sees it."""
        for body in BODIES:
            self.told(body, ("InvalidParameter", NOT_JSON), body)
        for name in ("Bogus", "keyId", "KeyId ", "Action", "", "KeyId.0", "字"):
            self.told(self.with_changed(name, "x"), unknown(name), f"with {name!r}")
            if "." not in name and name:
                self.told_flat([*flattened(self.base), (name, "x")], unknown(name), f"with {name!r}")
        for name, type_name in self.members.items():
            self.absence(name)
            self.walk(type_name, name, lambda value, name=name: self.with_changed(name, value))
            self.broken(name)

    def absence(self, name):
        without = {other: value for other, value in self.base.items() if other != name}
        if name in self.required:
            self.told(without, missing(name), f"without {name}")
            self.told({**without, name: None}, missing(name), f"{name} is null")
            self.told_flat(flattened(without), missing(name), f"without {name}")

    def walk(self, type_name, path, put):
        """`put`: makes a body with a value at the path."""
        for value in VALUES:
            if not is_of_type(value, type_name):
                self.told(put(value), wrong_type(path, type_name), f"{path} = {value!r:.60}")
        if of := inner(type_name):
            self.list(of, path, put)
        elif type_name in STRUCTURES:
            self.structure(STRUCTURES[type_name], path, put)
        elif type_name in NO_NUMBERS:
            for text in NO_NUMBERS[type_name]:
                self.told_flat(flattened(put(text)), wrong_type(path, type_name), f"{path} = {text!r}")
        if type_name in SCALARS:
            for value in ([], {"a": "x"}):
                pairs = [*flattened(put(None)), (path + (".0" if value == [] else ".a"), "x")]
                self.told_flat(pairs, wrong_type(path, type_name), f"{path} has steps")

    def list(self, of, path, put):
        # A good item before it, so that the index is seen to count.
        good = self.good(of)
        self.walk(of, f"{path}.1", lambda value: put([good, value]))
        self.told(put([None]), wrong_type(f"{path}.0", of), f"{path}.0 is null")
        self.told_flat([*flattened(put(None)), (path, "x")], wrong_type(path, f"[{of}]"), f"{path} is text")
        self.told_flat(flattened(put({"1": good})), wrong_type(path, f"[{of}]"), f"{path} has a gap")
        self.told_flat(flattened(put({"x": good})), wrong_type(path, f"[{of}]"), f"{path} has a name")

    def structure(self, structure, path, put):
        good = {name: self.good(type_name) for name, type_name in structure["members"].items()}
        self.told(put({**good, "Bogus": 1}), unknown(f"{path}.Bogus"), f"{path}.Bogus")
        self.told_flat([*flattened(put(good)), (f"{path}.Bogus", "1")], unknown(f"{path}.Bogus"), f"{path}.Bogus")
        for name, type_name in structure["members"].items():
            if name in required(structure):
                without = {other: value for other, value in good.items() if other != name}
                self.told(put(without), missing(f"{path}.{name}"), f"without {path}.{name}")
                self.told(put({**good, name: None}), missing(f"{path}.{name}"), f"{path}.{name} is null")
            self.walk(type_name, f"{path}.{name}", lambda value, name=name: put({**good, name: value}))

    def good(self, type_name):
        if of := inner(type_name):
            return [self.good(of)]
        if type_name in STRUCTURES:
            return {name: self.good(inside) for name, inside in STRUCTURES[type_name]["members"].items()}
        return {"string": "x", "bool": True}.get(type_name, 1)

    def broken(self, name):
        for raw in RAW:
            text = json.dumps(self.with_changed(name, "@@")).replace('"@@"', raw)
            self.told(text.encode("latin-1"), ("InvalidParameter", NOT_JSON), f"{name} = {raw[:40]}")
        twice = json.dumps(self.base)[:-1] + ", " * bool(self.base) + f'"{name}": 1, "{name}": 1}}'
        self.told(twice.encode(), ("InvalidParameter", NOT_JSON), f"{name} twice")

    def values(self):
        """What the action itself refuses."""
        for name in self.members:
            without = WITHOUT.get((self.action, name), {})
            for value, codes in bad_values(self.action, name):
                body = {**self.base, **without, name: value}
                shown = f"{self.action}, {name} = {value!r:.80}"
                code, message = self.wire.json(body)
                assert code in codes, f"{shown}: {code or 'success'} {message}, not {codes}"
                # An empty list leaves no trace there.
                pairs = list(flattened(body))
                if value != [] and sum(map(len, (one for pair in pairs for one in pair))) < 10_000:
                    assert self.wire.flat(pairs) == (code, message), f"{shown}, flattened"

    def texts(self):
        """Any text is refused by the action or taken; the gateway has nothing against it."""
        for name, type_name in self.members.items():
            if type_name == "string":
                for text in TEXTS:
                    for found in (self.wire.json(self.with_changed(name, text)),
                                  self.wire.flat(flattened(self.with_changed(name, text)))):
                        is_gateways = found in (unknown(name), wrong_type(name, type_name), missing(name))
                        is_listed = found[0] == "MissingParameter" and "MissingParameter" in listed(self.action)
                        assert not is_gateways or is_listed, (self.action, name, text, found)


@pytest.fixture
def kms(endpoint, tenant_name):
    return Kms(endpoint, tenant_name)


@pytest.fixture
def faults(server):
    """What the server's log holds of faults since the test began."""
    if server is None:
        return lambda: []
    start = server.log.stat().st_size

    def since():
        with server.log.open("rb") as log:
            log.seek(start)
            return [line for line in log.read().decode(errors="replace").splitlines() if Server.is_bad(line)]

    return since


def seen(kms) -> dict:
    """Everything that is listed."""
    found = {}
    for lists in ("ListKeyDetail", "ListDataKeyDetail", "DescribeWhiteBoxKeyDetails"):
        if HERE[lists]:
            more = {"KeyUsage": "ALL", "OrderType": 1} if lists == "ListKeyDetail" else {}
            found[lists] = json.loads(getattr(kms, lists)(Limit=200, **more).to_json_string())
            found[lists].pop("RequestId")
    return found


@pytest.mark.parametrize("action", SUPPORTED)
def test_every_form_of_a_request(kms, faults, action):
    base = Fit(kms).body(action)
    before = seen(kms)
    walk = Walk(Wire(kms, action), base)
    walk.forms()
    walk.values()
    assert seen(kms) == before, "what was refused has changed something"
    # What was sent all the time but for one thing is good.
    assert walk.wire.json(base) == ("", ""), base
    again = {**Fit(kms).body(action)}
    assert walk.wire.flat(flattened(again)) == ("", ""), again
    # Null is the same as nothing.
    nothing = {name: None for name in walk.members if name not in walk.required}
    nothing = {name: value for name, value in nothing.items() if (action, name) not in NEEDED}
    assert walk.wire.json({**Fit(kms).body(action), **nothing}) == ("", "")
    assert faults() == []


# Optional by the model, and one of them needed.
NEEDED = {("GenerateDataKey", "NumberOfBytes"), ("ImportDataKey", "KeyId"),
          # Of what was encrypted with a context.
          ("Decrypt", "EncryptionContext"), ("ReEncrypt", "SourceEncryptionContext")}


@pytest.mark.parametrize("action", SUPPORTED)
def test_any_text_anywhere(kms, faults, action):
    walk = Walk(Wire(kms, action), {
        **Fit(kms).body(action), **{name: MISSING_KEY for name in ("KeyId", "DataKeyId")
                                    if name in ACTIONS[action]["request"]["members"]}})
    walk.texts()
    assert faults() == []


@pytest.mark.parametrize("name", ["MemberAccount", "MemberAccounts"])
def test_accounts_of_members_are_read(kms, name):
    """Of those that may be named, the action is asked; what it makes of them is tested elsewhere."""
    for action in SUPPORTED:
        if name in ACTIONS[action]["request"]["members"]:
            one = {"MemberAppId": 1, "MemberUin": 1}
            body = {**Fit(kms).body(action), name: one if name == "MemberAccount" else [one]}
            wire = Wire(kms, action)
            assert wire.json(body)[0] in {"", "UnsupportedOperation.NotRoleOperation"}


def test_what_is_not_here_is_no_action(kms):
    for action in [*UNSUPPORTED, "Bogus"]:
        text = f"The request action=`{action}` is invalid or not found in service=`kms` and version=`2019-01-18`."
        assert Wire(kms, action).json({}) == ("InvalidAction", text)


def documented(model) -> dict[str, str]:
    """The types of the members that the SDK's own documentation of a structure gives."""
    return dict(re.findall(r":type (\w+): (.+)", model.__init__.__doc__ or ""))


def in_python(type_name: str) -> str:
    words = {"string": "str", "uint64": "int", "int64": "int", "bool": "bool"}
    if of := inner(type_name):
        return f"list of {words.get(of, of)}"
    return words.get(type_name) or f":class:`tencentcloud.kms.v20190118.models.{type_name}`"


def test_the_model_is_the_sdks():
    """The command's description of the service, and what the SDK knows, are the same."""
    theirs = {name for name, found in vars(models).items() if inspect.isclass(found)} - {"AbstractModel"}
    sides = {action + side: facts[key] for action, facts in ACTIONS.items()
             for side, key in (("Request", "request"), ("Response", "answer"))}
    assert theirs == set(sides) | set(STRUCTURES)
    for name, structure in {**sides, **STRUCTURES}.items():
        expected = {member: in_python(type_name) for member, type_name in structure["members"].items()}
        if name.endswith("Response"):
            expected["RequestId"] = "str"
        assert documented(getattr(models, name)) == expected, name


def test_every_member_has_bad_values():
    """So that a new member is walked with more than types."""
    names = {name for facts in ACTIONS.values() for name in facts["request"]["members"]}
    tried = set(BAD) | {name for _, name in BAD_HERE} | FREE | {"MemberAccount", "MemberAccounts"}
    assert names - tried == set()
