"""The vendor's API as its command describes it (tests/fixtures/tencent-model.json, see tests/tools/tencent_model.py):
every action with the members of its request and its answer, and whether it is here.

Every answer, to the SDK and to requests made by hand, is held against it: names and JSON types of members, those that
are always there, the one envelope, and that an action answers no code which is neither of its list nor of all."""

import json
import re
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from conftest import ROOT
from tencent_codes import KMS, may_say
from tencentcloud.common.abstract_client import AbstractClient

DOCS = ROOT / "docs" / "dialects.md"
MODEL = json.loads((ROOT / "tests" / "fixtures" / "tencent-model.json").read_text())
ACTIONS, STRUCTURES = MODEL["actions"], MODEL["structures"]
# What the vendor calls the types, and what they are in JSON.
SCALARS = {"string": str, "bool": bool, "uint64": int, "int64": int}
BOUNDS = {"uint64": (0, 2**64), "int64": (-(2**63), 2**63)}


def rows() -> dict[str, bool]:
    """The table in the docs, which a test holds against the code: every action, and whether it is here."""
    section = DOCS.read_text().split("\n## Tencent Cloud KMS\n")[1].split("\n## ")[0]
    return {name: here == "yes" for name, here in re.findall(r"^\| (\w+) \| (yes|no) \|", section, re.M)}


HERE = rows()
SUPPORTED = [name for name, here in HERE.items() if here]
UNSUPPORTED = [name for name, here in HERE.items() if not here]
# Codes that actions say beside their lists; each is one of our readings.
BESIDE = {
    # Archived keys take nothing, as Encrypt says it.
    ("ReEncrypt", "ResourceUnavailable.CmkArchived"),
    # PendingDelete forbids these, and they list no code of a state.
    ("UpdateAlias", "ResourceUnavailable.CmkStateNotSupport"),
    ("UpdateKeyDescription", "ResourceUnavailable.CmkStateNotSupport"),
    # Neither do they list a code for a product's key.
    ("UpdateAlias", "UnsupportedOperation.NotUserCreatedCmk"),
    ("UpdateKeyDescription", "UnsupportedOperation.NotUserCreatedCmk"),
    # EnableDataKeys lists it.
    ("EnableDataKey", "ResourceUnavailable.DataKeyStateNotSupport"),
}


def required(structure: dict) -> list[str]:
    return structure.get("required", [])


def inner(type_name: str) -> str | None:
    """What a list is a list of."""
    return type_name[1:-1] if type_name.startswith("[") else None


def hold(action: str | None, status: int, headers, body: bytes):
    """Holds one answer against the model. `action`: as asked for, if anything was."""
    assert status == 200, (action, status, body)
    # An SDK looks for errors only if it is exactly this.
    assert headers["Content-Type"] == "application/json", (action, headers)
    whole = json.loads(body)
    assert list(whole) == ["Response"], whole
    members = whole["Response"]
    request_id = members.pop("RequestId")
    assert str(UUID(request_id)) == request_id == headers["X-TC-RequestId"], (request_id, headers)
    if "Error" in members:
        assert list(members) == ["Error"] and sorted(members["Error"]) == ["Code", "Message"], whole
        hold_code(action, members["Error"])
    else:
        assert action in ACTIONS, f"success of {action}"
        hold_members(ACTIONS[action]["answer"], members, action)


def hold_code(action: str | None, error: dict):
    code, message = error["Code"], error["Message"]
    assert isinstance(message, str) and message, error
    allowed = may_say(action) if action in ACTIONS else may_say("GetRegions")
    assert code in allowed or (action, code) in BESIDE, f"{action} does not list {code}: {message}"


def hold_members(structure: dict, value: dict, where: str):
    known = structure["members"]
    for name, found in value.items():
        assert name in known, f"{where}: the model does not know {name}"
        hold_type(known[name], found, f"{where}.{name}")
    missing = set(structure.get("always", [])) - set(value)
    assert not missing, f"{where}: {missing} should always be there"


def hold_type(type_name: str, value, where: str):
    if of := inner(type_name):
        assert isinstance(value, list), f"{where} is no list: {value!r}"
        for item in value:
            hold_type(of, item, f"{where}[]")
    elif type_name in SCALARS:
        # No member is null, and true is no number.
        assert type(value) is SCALARS[type_name], f"{where} is no {type_name}: {value!r}"
        least, end = BOUNDS.get(type_name, (0, 0))
        assert type_name not in BOUNDS or least <= value < end, f"{where} is out of {type_name}: {value}"
    else:
        assert isinstance(value, dict), f"{where} is no {type_name}: {value!r}"
        hold_members(STRUCTURES[type_name], value, where)


def action_of(url: str, headers: dict, body) -> str | None:
    """The action that a request names."""
    named = {name.lower(): value for name, value in headers.items()}
    if "x-tc-action" in named:
        return named["x-tc-action"]
    text = body.decode(errors="replace") if isinstance(body, bytes) else body or ""
    for place in (urlsplit(url).query, text):
        if found := parse_qs(place).get("Action"):
            return found[0]
    return None


def hold_every_answer():
    """From now on the SDK's answers are held against the model."""
    check = AbstractClient._check_status

    def holding(self, answer):
        asked = answer.request
        hold(action_of(asked.url, asked.headers, asked.body), answer.status_code, answer.headers, answer.content)
        check(self, answer)

    AbstractClient._check_status = holding


assert set(ACTIONS) == set(HERE) and len(HERE) == 69 and len(KMS) == 65
