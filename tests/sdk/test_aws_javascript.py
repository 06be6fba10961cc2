"""The AWS SDK for JavaScript: signatures, encryption, import and refusals (tests/aws-sdk-js/stories.mjs).

Installs what the lock file there pins into .cache, once. Where there is no node or npm, or no way to their registry, the
tests are skipped and counted as such."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import pytest
from conftest import ROOT

SOURCE = ROOT / "tests" / "aws-sdk-js"
FILES = ["package.json", "package-lock.json"]
UNREACHABLE = re.compile(r"ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|network timeout")


def installed(folder):
    return all((folder / name).is_file() and (folder / name).read_bytes() == (SOURCE / name).read_bytes()
               for name in FILES) and (folder / "node_modules").is_dir()


@pytest.fixture(scope="module")
def program():
    """The stories beside the SDK that they need."""
    for tool in ("node", "npm"):
        if not shutil.which(tool):
            pytest.skip(f"there is no {tool}: the AWS SDK for JavaScript is not tried")
    folder = ROOT / ".cache" / "aws-sdk-js"
    if not installed(folder):
        install(folder)
    stories = folder / "stories.mjs"
    shutil.copyfile(SOURCE / "stories.mjs", stories)
    return stories


def install(folder):
    folder.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        for name in FILES:
            shutil.copyfile(SOURCE / name, pathlib.Path(place) / name)
        done = subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=place,
                              capture_output=True, text=True, timeout=300)
        if done.returncode and UNREACHABLE.search(done.stderr):
            pytest.skip(f"npm's registry is out of reach: the AWS SDK for JavaScript is not tried: {done.stderr[-300:]}")
        assert done.returncode == 0, done.stderr
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(place, folder, symlinks=True)


@pytest.mark.parametrize("story", ["sign", "encrypt", "import", "refusals"])
def test_stories(program, endpoint, tenant_name, story):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {"POLYKMS_ENDPOINT": endpoint, "POLYKMS_ACCESS_ID": f"test-{tenant_name}"}
    done = subprocess.run(["node", program, story], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
