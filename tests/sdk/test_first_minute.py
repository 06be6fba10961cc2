"""The lines that a newcomer pastes: `eval "$(polykms env)"`, and then each vendor's client as it comes."""

import json
import os
import shlex
import subprocess
import sys

import pytest
from conftest import ROOT, program


@pytest.fixture
def pasted(endpoint) -> dict:
    """An environment with nothing of the vendors' in it but what `polykms env` prints."""
    lines = subprocess.run([program(), "env", "--url", endpoint], check=True, capture_output=True, text=True).stdout
    prefixes = ("AWS_", "HUAWEICLOUD_", "TENCENTCLOUD_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(prefixes)}
    environment |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_PAGER": ""}
    for line in lines.splitlines():
        export, assignment = shlex.split(line)
        assert export == "export"
        name, value = assignment.split("=", 1)
        environment[name] = value
    return environment


def run(code: str, environment: dict) -> str:
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_aws_command_imports(pasted, tmp_path):
    """The steps of the vendor's own walk through an import, with the vendor's own command."""
    from wrapping import wrap

    def aws(*arguments) -> dict:
        command = [ROOT / ".venv" / "bin" / "aws", "kms", *arguments, "--output", "json"]
        done = subprocess.run(command, env=pasted, capture_output=True, text=True, timeout=120, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else {}

    def blob(text: str, name: str) -> str:
        import base64

        (tmp_path / name).write_bytes(base64.b64decode(text))
        return name

    key = aws("create-key", "--origin", "EXTERNAL")["KeyMetadata"]["KeyId"]
    given = aws(
        "get-parameters-for-import", "--key-id", key,
        "--wrapping-algorithm", "RSAES_OAEP_SHA_256", "--wrapping-key-spec", "RSA_2048",
    )  # fmt: skip
    public_key = (tmp_path / blob(given["PublicKey"], "PublicKey.bin")).read_bytes()
    blob(given["ImportToken"], "ImportToken.bin")
    (tmp_path / "EncryptedKeyMaterial.bin").write_bytes(wrap("RSAES_OAEP_SHA_256", public_key, bytes(range(32))))
    aws(
        "import-key-material", "--key-id", key,
        "--encrypted-key-material", "fileb://EncryptedKeyMaterial.bin",
        "--import-token", "fileb://ImportToken.bin",
        "--expiration-model", "KEY_MATERIAL_DOES_NOT_EXPIRE",
    )  # fmt: skip
    assert aws("describe-key", "--key-id", key)["KeyMetadata"]["KeyState"] == "Enabled"
    (tmp_path / "Plain.bin").write_bytes(b"hello")
    blob(aws("encrypt", "--key-id", key, "--plaintext", "fileb://Plain.bin")["CiphertextBlob"], "Cipher.bin")
    opened = aws("decrypt", "--ciphertext-blob", "fileb://Cipher.bin")
    assert opened["Plaintext"] == "aGVsbG8="


def test_boto3_needs_nothing_else(pasted):
    code = "import boto3; print(boto3.client('kms').create_key()['KeyMetadata']['AWSAccountId'])"
    assert run(code, pasted) == "000000000000"


def test_the_huawei_sdk_finds_region_and_project_by_itself(pasted):
    code = """
from huaweicloudsdkkms.v2 import KmsClient, CreateKeyRequest, CreateKeyRequestBody
from huaweicloudsdkkms.v2.region.kms_region import KmsRegion
client = KmsClient.new_builder().with_region(KmsRegion.value_of("cn-north-4")).build()
print(client.create_key(CreateKeyRequest(CreateKeyRequestBody(key_alias="first"))).key_info.key_id)
"""
    assert len(run(code, pasted)) == 36


def test_the_tencent_sdk_needs_the_two_lines_of_the_banner(pasted, endpoint):
    place = endpoint.removeprefix("http://")
    code = f"""
from tencentcloud.common.credential import EnvironmentVariableCredential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.kms.v20190118.kms_client import KmsClient
from tencentcloud.kms.v20190118.models import CreateKeyRequest
profile = ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint="{place}"))
client = KmsClient(EnvironmentVariableCredential().get_credential(), "ap-guangzhou", profile)
request = CreateKeyRequest()
request.Alias = "first"
print(client.CreateKey(request).KeyId)
"""
    assert len(run(code, pasted)) == 36
