"""The service's own model, as botocore carries it: what a request may look like, and what an answer must look like.

Written from the model alone, so that the server's tables are held against something that does not know them.
"""

import base64
import functools
import json
import re

from botocore import handlers
from botocore.loaders import Loader

# What every operation may answer besides the exceptions of its own in the model.
UNMODELLED = {
    "ValidationException", "AccessDeniedException", "ThrottlingException", "SerializationException",
    "UnknownOperationException", "NotAuthorizedException", "KMSInternalException", "DependencyTimeoutException",
    "RequestEntityTooLargeException", "MissingAuthenticationTokenException", "IncompleteSignatureException",
    "InvalidSignatureException", "UnrecognizedClientException", "ExpiredTokenException",
    # Most operations have it, and all take ARNs.
    "InvalidArnException",
}
# Exceptions that the model lacks where its own members or documentation speak of what they are for.
BESIDES = {
    # It takes grant tokens.
    "DescribeKey": {"InvalidGrantTokenException"},
    # Without a root in the settings they take no attestation documents.
    "Decrypt": {"UnsupportedOperationException"}, "DeriveSharedSecret": {"UnsupportedOperationException"},
    "GenerateDataKey": {"UnsupportedOperationException"},
    # A proxy that denies access; its specification says so.
    "CreateKey": {"KMSInvalidStateException"},
    # It takes a marker.
    "ListKeyPolicies": {"InvalidMarkerException"},
}
# The model's enum lacks the newest kinds, which the service sends all the same.
NEWER_SPECS = {"CustomerMasterKeySpec": "KeySpec"}


@functools.cache
def model():
    return Loader().load_service_model("kms", "service-2")


@functools.cache
def examples():
    return Loader().load_service_model("kms", "examples-1")["examples"]


def operations():
    return sorted(model()["operations"])


def shape(name):
    return model()["shapes"][name]


def input_name(operation):
    """The shape of an operation's request; every operation has one."""
    return model()["operations"][operation]["input"]["shape"]


def output_name(operation):
    return model()["operations"][operation].get("output", {}).get("shape")


def exceptions(operation):
    errors = (shape(error["shape"]) | {"name": error["shape"]} for error in model()["operations"][operation]["errors"])
    return {error.get("error", {}).get("code", error["name"]) for error in errors}


def enum(name):
    return shape(name).get("enum") or []


# What the service says of a request.


class NoSuchType(Exception):
    """A value of the wrong JSON type."""


def lower_first(name):
    return name[:1].lower() + name[1:]


def printed(value):
    if isinstance(value, list):
        return f"[{', '.join(map(printed, value))}]"
    return value if isinstance(value, str) else json.dumps(value)


def size(rules, value):
    return len(base64.b64decode(value)) if rules["type"] == "blob" else len(value)


def scalar_rules(name):
    """The rules of a text, each with its test, in the order of the service."""
    rules = shape(name)
    kind = "value" if rules["type"] == "integer" else "length"
    measure = (lambda value: value) if kind == "value" else (lambda value: size(rules, value))
    found = []
    if "max" in rules:
        found.append((f"Member must have {kind} less than or equal to {rules['max']}",
                      lambda value: measure(value) <= rules["max"]))
    if "min" in rules:
        found.append((f"Member must have {kind} greater than or equal to {rules['min']}",
                      lambda value: measure(value) >= rules["min"]))
    if "pattern" in rules:
        pattern = re.compile(rules["pattern"], re.ASCII)
        found.append((f"Member must satisfy regular expression pattern: {rules['pattern']}",
                      lambda value: pattern.fullmatch(value) is not None))
    if "enum" in rules:
        found.append((f"Member must satisfy enum value set: [{', '.join(sorted(rules['enum']))}]",
                      lambda value: value in rules["enum"]))
    return found


def check_type(rules, value):
    good = {
        "string": lambda: isinstance(value, str),
        "blob": lambda: isinstance(value, str) and is_base64(value),
        "integer": lambda: isinstance(value, int) and not isinstance(value, bool),
        "boolean": lambda: isinstance(value, bool),
        "timestamp": lambda: isinstance(value, (int, float)) and not isinstance(value, bool),
        "list": lambda: isinstance(value, list),
        "map": lambda: isinstance(value, dict),
        "structure": lambda: isinstance(value, dict),
    }[rules["type"]]
    if not good():
        raise NoSuchType


def is_base64(text):
    try:
        return base64.b64encode(base64.b64decode(text, validate=True)).decode() == text
    except ValueError:
        return False


def details(name, value, path=""):
    """The sentences that the service has for a value, in any order."""
    rules = shape(name)
    check_type(rules, value)
    if rules["type"] == "structure":
        found = []
        for member, reference in rules["members"].items():
            inner = f"{path}.{lower_first(member)}" if path else lower_first(member)
            if value.get(member) is not None:
                found += details(reference["shape"], value[member], inner)
            elif member in rules.get("required", []):
                null = "" if shape(reference["shape"]).get("sensitive") else " null"
                found.append(f"Value{null} at '{inner}' failed to satisfy constraint: Member must not be null")
        return found
    shown = " '" + blob_or(rules, value) + "'" if not rules.get("sensitive") else ""
    found = [f"Value{shown} at '{path}' failed to satisfy constraint: {sentence}"
             for sentence, holds in scalar_rules(name) if not holds(value)]
    if rules["type"] == "list":
        return found + items(rules["member"]["shape"], value, path)
    if rules["type"] == "map":
        for key, item in value.items():
            found += details(rules["key"]["shape"], key, path) + details(rules["value"]["shape"], item, path)
    return found


def blob_or(rules, value):
    if rules["type"] != "blob":
        return printed(value)
    length = size(rules, value)
    return f"java.nio.HeapByteBuffer[pos=0 lim={length} cap={length}]"


def items(name, values, path):
    """Structures are told one by one, anything else once, with all the rules of an item."""
    if shape(name)["type"] == "structure":
        return [sentence for number, value in enumerate(values, 1)
                for sentence in details(name, value, f"{path}.{number}.member")]
    for value in values:
        check_type(shape(name), value)
    rules = scalar_rules(name)
    if all(holds(value) for value in values for _, holds in rules):
        return []
    sentences = ", ".join(sentence for sentence, _ in rules)
    return [f"Value '{printed(values)}' at '{path}' failed to satisfy constraint: Member must satisfy constraint: "
            f"[{sentences}]"]


# Values that fit and values that do not.

FIT = {
    "KeyIdType": "1234abcd-12ab-34cd-56ef-1234567890ab", "AliasNameType": "alias/walk", "RegionType": "eu-west-1",
    "PrincipalIdType": "arn:aws:iam::111122223333:root", "ServicePrincipalType": "walk.amazonaws.com",
    "GrantConstraintSourceArnType": "arn:aws:s3:us-east-1:111122223333:walk", "AccountIdType": "111122223333",
    "CloudHsmClusterIdType": "cluster-1a23b4cdefg", "XksProxyUriEndpointType": "https://walk.invalid",
    "XksProxyUriPathType": "/walk/kms/xks/v1", "PolicyNameType": "default", "PolicyType": "{}",
    "XksProxyVpcEndpointServiceNameType": "com.amazonaws.vpce.us-east-1.vpce-svc-example",
    "XksProxyAuthenticationAccessKeyIdType": "A" * 20, "XksProxyAuthenticationRawSecretAccessKeyType": "a" * 43,
}


def fit(name, whole=True):
    """A value that breaks no rule, with all members that a structure may have, or with those that it must have."""
    rules = shape(name)
    kind = rules["type"]
    if kind == "structure":
        wanted = rules["members"] if whole else rules.get("required", [])
        return {member: fit(rules["members"][member]["shape"], whole) for member in wanted}
    if kind == "list":
        return [fit(rules["member"]["shape"], whole)]
    if kind == "map":
        return {"walk": "walk"}
    if kind in ("integer", "timestamp"):
        return rules.get("min", 1)
    if kind == "boolean":
        return False
    if kind == "blob":
        return blob(max(1, rules.get("min", 1)))
    return FIT.get(name) or (rules["enum"][0] if "enum" in rules else "a" * max(1, rules.get("min", 1)))


def blob(length):
    return base64.b64encode(b"a" * length).decode()


WRONG = {
    "string": [1, True, [], {}, ["a"]], "blob": [1, False, [], {}, "not base64!", "YQ", "YQ==\n", "Y-_=", "YR=="],
    "integer": ["1", 1.5, True, [], {}], "boolean": ["true", 1, 0, [], {}], "timestamp": ["now", True, [], {}],
    "list": ["a", 1, {}, False], "map": ["a", 1, [], True, {"a": 1}, {"a": ["b"]}], "structure": ["a", 1, [], True],
}


def unlike(name):
    """Values of one member that are to be tried: of every wrong type, at every bound and beyond."""
    rules = shape(name)
    kind = rules["type"]
    yield None
    yield from WRONG[kind]
    if kind in ("string", "blob"):
        make = blob if kind == "blob" else (lambda length: ((FIT.get(name) or "a") + "a" * length)[:length])
        least, most = rules.get("min", 0), rules.get("max")
        lengths = {0, least - 1, least} | ({most, most + 1} if most is not None else {300})
        yield from (make(length) for length in sorted(lengths) if length >= 0)
    if kind == "string":
        if "pattern" in rules or "enum" in rules:
            yield from ["a b", " ", "\u00e9" * max(1, rules.get("min", 1)), "\u0663", "a\n", "\u4e2d", "!" * 64, "%" * 20]
        if "enum" in rules:
            first = rules["enum"][0]
            yield from [first.swapcase(), first + " ", "", "NO_SUCH_WORD", *rules["enum"]]
        yield from ["\u0000", "\U0001f511", "'; \"</x>\\"]
    if kind == "integer":
        least, most = rules["min"], rules["max"]
        yield from [least - 1, least, most, most + 1, 0, -1, 2**31, -2**63, 2**63]
    if kind == "timestamp":
        yield from [0, -1, 1e300, -1e300, 1e-300, 253402300800, 1.5]
    if kind == "list":
        item = rules["member"]["shape"]
        yield from [[], [None], [fit(item), fit(item)], [fit(item), 1], [fit(item), None]]
        yield from ([fit(item)] * length for length in (rules.get("max", 60), rules.get("max", 60) + 1))
        if shape(item)["type"] != "structure":
            yield from ([value] for value in unlike(item) if isinstance(value, str))
            yield from ([fit(item), value] for value in unlike(item) if isinstance(value, str))
    if kind == "map":
        yield from [{}, {"": ""}, {"a": None}, {f"k{number}": "v" for number in range(100)}, {"\u4e2d": "\U0001f511"}]


def places(name, way=()):
    """The ways to all members of a structure, down into structures and into lists of structures."""
    for member, reference in shape(name)["members"].items():
        inner, rules = (*way, member), shape(reference["shape"])
        yield inner, reference["shape"]
        if rules["type"] == "structure":
            yield from places(reference["shape"], inner)
        elif rules["type"] == "list" and shape(rules["member"]["shape"])["type"] == "structure":
            yield from places(rules["member"]["shape"], (*inner, 0))


ABSENT = object()


def planted(body, way, value):
    """A copy of a body with a value at a place, or without it."""
    copy = json.loads(json.dumps(body))
    inner = copy
    for step in way[:-1]:
        inner = inner[step]
    if value is ABSENT:
        inner.pop(way[-1], None)
    else:
        inner[way[-1]] = value
    return copy


# What an answer must look like.


def unique(pairs):
    found = dict(pairs)
    assert len(found) == len(pairs), f"members named twice: {[name for name, _ in pairs]}"
    return found


def check_answer(operation, status, body):
    """Holds an answer against the model; raises an AssertionError that says where it differs."""
    if status == 200:
        name = output_name(operation)
        if name is None:
            assert body == b"", f"{operation} has no output, but answers {body[:200]!r}"
            return
        check_value(name, json.loads(body, object_pairs_hook=unique), operation)
        return
    assert 400 <= status < 600, status
    if body.startswith(b"<"):
        return
    envelope = json.loads(body, object_pairs_hook=unique)
    code = envelope.get("__type")
    known = exceptions(operation) | UNMODELLED | BESIDES.get(operation, set())
    assert code in known, f"{operation} answers {code}, which it does not have"
    assert set(envelope) <= {"__type", "message", "Message"} and len(envelope) <= 2, envelope
    assert all(isinstance(text, str) for text in envelope.values()), envelope
    assert status == (500 if shape(code).get("fault") else 400) if code in model()["shapes"] else True, (code, status)


def check_value(name, value, where):
    rules = shape(name)
    try:
        check_type(rules, value)
    except NoSuchType:
        raise AssertionError(f"{where} is no {rules['type']}: {value!r:.200}") from None
    if rules["type"] == "structure":
        members = rules["members"]
        assert not set(value) - set(members), f"{where} has unknown members: {sorted(set(value) - set(members))}"
        lacking = set(rules.get("required", [])) - set(value)
        assert not lacking, f"{where} lacks {lacking}"
        for member, inner in value.items():
            check_value(members[member]["shape"], inner, f"{where}.{member}")
        return
    if rules["type"] == "list":
        for number, inner in enumerate(value):
            check_value(rules["member"]["shape"], inner, f"{where}[{number}]")
    elif rules["type"] == "map":
        for key, inner in value.items():
            check_value(rules["key"]["shape"], key, f"{where} key")
            check_value(rules["value"]["shape"], inner, f"{where}.{key}")
    if name in NEWER_SPECS and value in enum(NEWER_SPECS[name]):
        return
    # Anybody can encrypt nothing at all under an RSA public key.
    if name == "PlaintextType" and value == "":
        return
    # A grant without a name has an empty one in the guide's own samples.
    if name == "GrantNameType" and value == "":
        return
    broken = [sentence for sentence, holds in scalar_rules(name) if not holds(value)]
    assert not broken, f"{where} = {value!r:.200}: {broken}"


def hold_every_answer():
    """Every answer that boto3 gets in this process, a refusal too, is held against the model before it is parsed."""

    def check(operation_model, response_dict, **_more):
        check_answer(operation_model.name, response_dict["status_code"], response_dict["body"])

    handlers.BUILTIN_HANDLERS.append(("before-parse.kms", check))
