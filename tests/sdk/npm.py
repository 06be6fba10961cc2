"""Programs for node beside the SDK that they need: what a lock file pins, installed into .cache, once.

Where there is no node or npm, or no way to their registry, tests are skipped and counted as such."""

import pathlib
import re
import shutil
import subprocess
import tempfile

import pytest
from conftest import ROOT
from once import alone

FILES = ["package.json", "package-lock.json"]
UNREACHABLE = re.compile(r"ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|network timeout")


def stories(name: str, sdk: str) -> pathlib.Path:
    """The stories of `tests/{name}`, ready to be run; `sdk` is what they try."""
    for tool in ("node", "npm"):
        if not shutil.which(tool):
            pytest.skip(f"there is no {tool}: {sdk} is not tried")
    source, folder = ROOT / "tests" / name, ROOT / ".cache" / name
    with alone(folder):
        if not is_installed(source, folder):
            install(source, folder, sdk)
        program = folder / "stories.mjs"
        if not program.is_file() or program.read_bytes() != (source / program.name).read_bytes():
            shutil.copyfile(source / program.name, program)
    return program


def is_installed(source, folder) -> bool:
    return all((folder / name).is_file() and (folder / name).read_bytes() == (source / name).read_bytes()
               for name in FILES) and (folder / "node_modules").is_dir()


def install(source, folder, sdk):
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        for name in FILES:
            shutil.copyfile(source / name, pathlib.Path(place) / name)
        done = subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=place,
                              capture_output=True, text=True, timeout=300)
        if done.returncode and UNREACHABLE.search(done.stderr):
            pytest.skip(f"npm's registry is out of reach: {sdk} is not tried: {done.stderr[-300:]}")
        assert done.returncode == 0, done.stderr
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(place, folder, symlinks=True)


def run(program: pathlib.Path, story: str, environment: dict):
    """Runs one story, which must hold."""
    done = subprocess.run(["node", program, story], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
