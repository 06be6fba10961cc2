#!/usr/bin/env python3
"""Writes what the AWS model says of requests, as botocore carries it, for a test to hold the AWS dialect's tables
against it: tests/fixtures/aws-requests.json. Run in .venv, whenever botocore moves."""

import json
import pathlib

from botocore.loaders import Loader

FILE = pathlib.Path(__file__).resolve().parents[1] / "fixtures" / "aws-requests.json"
FACTS = ("type", "required", "members", "member", "key", "value", "min", "max", "pattern", "enum", "sensitive")


def facts(shape):
    """What a shape says, without the words about it; of its members only what they look like."""
    kept = {fact: shape[fact] for fact in FACTS if fact in shape}
    if "members" in kept:
        kept["members"] = {name: member["shape"] for name, member in kept["members"].items()}
    for fact in ("member", "key", "value"):
        if fact in kept:
            kept[fact] = kept[fact]["shape"]
    return kept


def text():
    """The file as it should be: operations with the names of their requests, and every shape of a request."""
    model = Loader().load_service_model("kms", "service-2")
    operations = {name: operation["input"]["shape"] for name, operation in sorted(model["operations"].items())}
    shapes, wanted = {}, list(operations.values())
    while wanted:
        name = wanted.pop()
        if name not in shapes:
            shapes[name] = facts(model["shapes"][name])
            wanted += shapes[name].get("members", {}).values()
            wanted += [shapes[name][fact] for fact in ("member", "key", "value") if fact in shapes[name]]
    return json.dumps({"operations": operations, "shapes": dict(sorted(shapes.items()))}, indent=1) + "\n"


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(text())
