#!/usr/bin/env python3
"""Writes what Tencent Cloud says of the requests and answers of KMS, as its command carries it, for tests to hold the
dialect against: tests/fixtures/tencent-model.json. Run in .venv, whenever the command moves.

Types are `string`, `bool`, `uint64`, `int64`, the name of a structure, or one of these in brackets: a list."""

import json
import pathlib
import sys

TESTS = pathlib.Path(__file__).resolve().parents[1]
FILE = TESTS / "fixtures" / "tencent-model.json"
sys.path.insert(0, str(TESTS / "sdk"))


def type_of(member):
    return f"[{member['member']}]" if member["type"] == "list" else member["member"]


def facts(structure):
    """What a structure says, without the words about it: its members, which a request needs, which an answer always has."""
    members = [member for member in structure["members"] if member["name"] != "RequestId"]
    kept = {"members": {member["name"]: type_of(member) for member in members}}
    for fact, name in [("required", "required"), ("output_required", "always")]:
        if found := [member["name"] for member in members if member.get(fact)]:
            kept[name] = found
    return kept


def text():
    from tencent_command import described

    model = described("api")
    objects = model["objects"]
    actions = {
        name: {"request": facts(objects[action["input"]]), "answer": facts(objects[action["output"]])}
        for name, action in sorted(model["actions"].items())
    }
    whole = {action[side] for action in model["actions"].values() for side in ("input", "output")}
    structures = {name: facts(value) for name, value in sorted(objects.items()) if name not in whole}
    return json.dumps({"actions": actions, "structures": structures}, indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(text())
