"""The `aws` command: the import as its own manual shows it."""

import base64
import json
import os
import pathlib
import subprocess
import sys

import pytest
from aws_support import Kms
from wrapping import wrap

AWS = pathlib.Path(sys.executable).with_name("aws")


@pytest.fixture
def aws(endpoint, tenant_name, tmp_path):
    """aws(argument, ...): `aws kms argument ...`; answers what it prints, as JSON."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {
        "AWS_ACCESS_KEY_ID": f"test-{tenant_name}", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL_KMS": endpoint, "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_MAX_ATTEMPTS": "1", "AWS_PAGER": "", "AWS_EC2_METADATA_DISABLED": "true",
    }

    def run(*arguments, fails=False):
        done = subprocess.run([AWS, "kms", *arguments, "--output", "json"], cwd=tmp_path, env=environment,
                              capture_output=True, text=True, timeout=120)
        # 254 and 255 are what the command says of a refusal, in its second and its first version.
        assert done.returncode in ((254, 255) if fails else (0,)), (done.returncode, done.stdout, done.stderr)
        if fails:
            return done.stderr.strip()
        return json.loads(done.stdout) if done.stdout.strip() else None

    return run


def test_the_import_of_the_manual(aws, endpoint, tenant_name, tmp_path, clock):
    # The manual's date lies in the past; for this tenant it is still to come.
    clock.freeze("aws", f"test-{tenant_name}", 1631000000)
    key_id = aws("create-key", "--origin", "EXTERNAL")["KeyMetadata"]["KeyId"]
    given = aws("get-parameters-for-import", "--key-id", key_id, "--wrapping-algorithm", "RSAES_OAEP_SHA_256",
                "--wrapping-key-spec", "RSA_2048")
    assert given["ParametersValidTo"] == 1631000000 + 86400
    (tmp_path / "ImportToken.bin").write_bytes(base64.b64decode(given["ImportToken"]))
    public_key = base64.b64decode(given["PublicKey"])
    (tmp_path / "EncryptedKeyMaterial.bin").write_bytes(wrap("RSAES_OAEP_SHA_256", public_key, os.urandom(32)))
    answer = aws(
        "import-key-material",
        "--key-id", key_id,
        "--encrypted-key-material", "fileb://EncryptedKeyMaterial.bin",
        "--import-token", "fileb://ImportToken.bin",
        "--expiration-model", "KEY_MATERIAL_EXPIRES",
        "--valid-to", "2021-09-21T19:00:00Z",
    )
    assert answer["KeyId"].endswith(f":key/{key_id}")
    metadata = aws("describe-key", "--key-id", key_id)["KeyMetadata"]
    assert (metadata["KeyState"], metadata["ExpirationModel"]) == ("Enabled", "KEY_MATERIAL_EXPIRES")
    assert metadata["CurrentKeyMaterialId"] == answer["KeyMaterialId"]
    # It is used, and ends on that day.
    (tmp_path / "plain").write_bytes(b"hello")
    sealed = aws("encrypt", "--key-id", key_id, "--plaintext", "fileb://plain")
    (tmp_path / "sealed").write_bytes(base64.b64decode(sealed["CiphertextBlob"]))
    opened = aws("decrypt", "--ciphertext-blob", "fileb://sealed")
    assert base64.b64decode(opened["Plaintext"]) == b"hello"
    clock.freeze("aws", f"test-{tenant_name}", 1632250800)
    assert aws("describe-key", "--key-id", key_id)["KeyMetadata"]["KeyState"] == "PendingImport"
    refusal = aws("decrypt", "--ciphertext-blob", "fileb://sealed", fails=True)
    assert "(KMSInvalidStateException)" in refusal and refusal.endswith("is pending import.")
    aws("import-key-material", "--key-id", key_id, "--encrypted-key-material", "fileb://EncryptedKeyMaterial.bin",
        "--import-token", "fileb://ImportToken.bin", "--expiration-model", "KEY_MATERIAL_DOES_NOT_EXPIRE", fails=True)
    assert Kms(endpoint, tenant_name).state(key_id) == "PendingImport"


def test_a_day_with_the_command(aws):
    key_id = aws("create-key", "--description", "by hand", "--tags", "TagKey=a,TagValue=b")["KeyMetadata"]["KeyId"]
    assert [key["KeyId"] for key in aws("list-keys")["Keys"]] == [key_id]
    assert aws("disable-key", "--key-id", key_id) is None
    assert "(DisabledException)" in aws("generate-data-key", "--key-id", key_id, "--key-spec", "AES_256", fails=True)
    assert aws("enable-key", "--key-id", key_id) is None
    assert len(base64.b64decode(aws("generate-random", "--number-of-bytes", "32")["Plaintext"])) == 32
    dying = aws("schedule-key-deletion", "--key-id", key_id, "--pending-window-in-days", "7")
    assert dying["KeyState"] == "PendingDeletion"
    assert aws("cancel-key-deletion", "--key-id", key_id)["KeyId"].endswith(key_id)
    assert "Alias arn:aws:kms:us-east-1:" in aws("describe-key", "--key-id", "alias/none", fails=True)
