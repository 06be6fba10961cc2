"""What README.md shows, as it stands there, with another port and a caller of its own."""

import os
import re
import subprocess
import sys

import npm
import pytest
import tencent_command
from conftest import ROOT

TEXT = (ROOT / "README.md").read_text()
DAWN = "attack at dawn"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.M | re.S)


@pytest.fixture
def shown(endpoint, tenant_name):
    """What is shown, for this server and this caller."""

    def here(text: str) -> str:
        assert "127.0.0.1:7788" in text
        text = text.replace("127.0.0.1:7788", endpoint.removeprefix("http://"))
        # The id, wherever it stands before the secret.
        return re.sub(r'(aws_access_key_id="|Credentials?\("|secretId: "|SECRET_ID=)test\b', rf"\1test-{tenant_name}", text)

    return here


def clean(environment) -> dict:
    prefixes = ("AWS_", "HUAWEICLOUD_", "TENCENTCLOUD_")
    return {name: value for name, value in environment.items() if not name.startswith(prefixes)}


@pytest.mark.parametrize("vendor", ["boto3", "huaweicloudsdkkms", "tencentcloud"])
def test_importing_with_the_sdks_for_python(shown, tenant_name, vendor):
    [wrapping], [block] = [[block for block in blocks("python") if words in block]
                           for words in ("def wrap(", f"import {vendor}" if vendor == "boto3" else f"from {vendor}")]
    code = wrapping + shown(block)
    assert f"test-{tenant_name}" in code
    done = subprocess.run([sys.executable, "-c", code], env=clean(os.environ), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert DAWN in done.stdout


def test_tencents_command(shown, tenant_name, tmp_path):
    [block] = [block for block in blocks("sh") if "tccli" in block]
    code = shown(block)
    assert f"test-{tenant_name}" in code
    environment = tencent_command.environment(tmp_path)
    done = subprocess.run(["bash", "-euc", code], env=environment, capture_output=True, text=True, timeout=120, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == DAWN


def test_tencents_sdk_for_node(shown, tenant_name):
    program = npm.stories("tencent-sdk-js", "Tencent Cloud's SDK for Node.js")
    [block] = [block for block in blocks("js") if "tencentcloud" in block]
    code = shown(block)
    assert f"test-{tenant_name}" in code
    done = subprocess.run(["node", "--input-type=module", "-e", code], env=clean(os.environ), capture_output=True, text=True,
                          timeout=120, cwd=program.parent)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == DAWN
