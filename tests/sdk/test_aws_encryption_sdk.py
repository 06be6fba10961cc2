"""The AWS Encryption SDK as its users write it: a file is encrypted and decrypted through the gateway, which the SDK
finds by the environment alone."""

import os

import aws_encryption_sdk
import botocore.session
import pytest
from aws_encryption_sdk import (
    CommitmentPolicy, DiscoveryAwsKmsMasterKeyProvider, EncryptionSDKClient, StrictAwsKmsMasterKeyProvider,
)
from aws_encryption_sdk.exceptions import AWSEncryptionSDKClientError
from aws_encryption_sdk.identifiers import Algorithm
from aws_support import REGION, Kms

CONTEXT = {"purpose": "test", "file": "plans.bin"}
ALGORITHMS = [Algorithm.AES_256_GCM_HKDF_SHA512_COMMIT_KEY, Algorithm.AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384,
              Algorithm.AES_128_GCM_IV12_TAG16_HKDF_SHA256]


@pytest.fixture
def kms(endpoint, tenant_name, monkeypatch):
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in {
        "AWS_ENDPOINT_URL_KMS": endpoint, "AWS_ACCESS_KEY_ID": f"test-{tenant_name}", "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION, "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1",
    }.items():
        monkeypatch.setenv(name, value)
    return Kms(endpoint, tenant_name)


def strict(*arns):
    return StrictAwsKmsMasterKeyProvider(key_ids=list(arns), botocore_session=botocore.session.Session())


def encrypt(client, source, place, provider, **more):
    with source.open("rb") as plain, place.open("wb") as sealed:
        with client.stream(mode="e", source=plain, key_provider=provider, encryption_context=CONTEXT, **more) as stream:
            for chunk in stream:
                sealed.write(chunk)


def decrypt(client, source, provider):
    with source.open("rb") as sealed, client.stream(mode="d", source=sealed, key_provider=provider) as stream:
        plain = stream.read()
        assert CONTEXT.items() <= stream.header.encryption_context.items()
    return plain


@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=lambda algorithm: algorithm.name)
def test_a_file_there_and_back(kms, tmp_path, algorithm):
    arns = [kms.arn(kms.create()), kms.arn(kms.imported())]
    client = EncryptionSDKClient(commitment_policy=CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT
                                 if algorithm == ALGORITHMS[2] else CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
    plain, sealed = tmp_path / "plans.bin", tmp_path / "plans.sealed"
    plain.write_bytes(os.urandom(300_000))
    encrypt(client, plain, sealed, strict(*arns), algorithm=algorithm)
    assert plain.read_bytes()[:64] not in sealed.read_bytes()
    # Either key opens it alone, and so does whoever looks for the key that it names.
    for provider in (strict(arns[0]), strict(arns[1]), DiscoveryAwsKmsMasterKeyProvider()):
        assert decrypt(client, sealed, provider) == plain.read_bytes()
    # One is enough while the other cannot be used; without both there is nothing.
    kms.disable_key(KeyId=arns[0])
    assert decrypt(client, sealed, strict(*arns)) == plain.read_bytes()
    kms.delete_imported_key_material(KeyId=arns[1])
    with pytest.raises(AWSEncryptionSDKClientError):
        decrypt(client, sealed, strict(*arns))


def test_by_alias_and_not_by_others(kms, endpoint, tmp_path):
    client = aws_encryption_sdk.EncryptionSDKClient()
    key_id = kms.create()
    kms.create_alias(AliasName="alias/files", TargetKeyId=key_id)
    alias = kms.arn(key_id).replace(f"key/{key_id}", "alias/files")
    plain, sealed = tmp_path / "plans.bin", tmp_path / "plans.sealed"
    plain.write_bytes(b"the plans")
    encrypt(client, plain, sealed, strict(alias))
    assert decrypt(client, sealed, strict(kms.arn(key_id))) == b"the plans"
    for other in (kms.arn(kms.create()), alias):
        with pytest.raises(AWSEncryptionSDKClientError):
            decrypt(client, sealed, strict(other))
    spoilt = tmp_path / "plans.spoilt"
    spoilt.write_bytes(sealed.read_bytes().replace(b"plans.bin", b"plans.bim"))
    with pytest.raises(AWSEncryptionSDKClientError):
        decrypt(client, spoilt, strict(kms.arn(key_id)))
