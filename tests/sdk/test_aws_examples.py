"""The examples of the service's own model: each request is accepted with real keys in it, and answered in shape (every
answer that boto3 gets is held against the model, see aws_model.hold_every_answer) with what the example shows."""

import itertools
import json
import re

import aws_model
import pytest
from aws_support import Kms
from test_aws_wire import NOT_BUILT
from wrapping import wrap

KEY_MEMBERS = ("KeyId", "TargetKeyId", "SourceKeyId", "DestinationKeyId")
# What an example's answer shows and ours need not have: members of another kind of key, and an
# empty list that no recording has.
ANOTHER_KIND = {"GetPublicKey": {"EncryptionAlgorithms", "SigningAlgorithms"}, "ReplicateKey": {"ReplicaTags"}}


@pytest.fixture
def kms(endpoint, tenant_name):
    return Kms(endpoint, tenant_name)


def doomed(kms):
    key_id = kms.create()
    kms.schedule_key_deletion(KeyId=key_id)
    return key_id


def imported(kms):
    return kms.imported()


# The kind of key that an example is about; a symmetric one where nothing stands here.
KEYS = {
    "CancelKeyDeletion": doomed, "DeleteImportedKeyMaterial": imported,
    "GetParametersForImport": Kms.external, "ImportKeyMaterial": Kms.external,
    "GenerateMac": lambda kms: kms.create("HMAC_384"), "VerifyMac": lambda kms: kms.create("HMAC_384"),
    "GetPublicKey": lambda kms: kms.create("RSA_4096", KeyUsage="ENCRYPT_DECRYPT"),
    "Sign": lambda kms: kms.create("ECC_NIST_P384"), "Verify": lambda kms: kms.create("ECC_NIST_P384"),
    "DeriveSharedSecret": lambda kms: kms.create("ECC_NIST_P256", KeyUsage="KEY_AGREEMENT"),
    "ReplicateKey": lambda kms: kms.create(MultiRegion=True),
}


def sealed(kms, key_id, body):
    return {"CiphertextBlob": kms.encrypt(KeyId=key_id, Plaintext=b"example")["CiphertextBlob"]}


def materials(kms, key_id, body):
    given = kms.parameters(key_id)
    return {"ImportToken": given["ImportToken"],
            "EncryptedKeyMaterial": wrap("RSAES_OAEP_SHA_256", given["PublicKey"], b"m" * 32)}


def with_alias(kms, key_id, body):
    kms.create_alias(AliasName=body["AliasName"], TargetKeyId=kms.create())
    return {}


def granted(kms, key_id, body):
    return {"GrantId": kms.create_grant(
        KeyId=key_id, GranteePrincipal=f"arn:aws:iam::{kms.account}:root", Operations=["Encrypt"])["GrantId"]}


def peer(kms, key_id, body):
    other = kms.create("ECC_NIST_P256", KeyUsage="KEY_AGREEMENT")
    return {"PublicKey": kms.get_public_key(KeyId=other)["PublicKey"]}


def signed(kms, key_id, body):
    return {"Message": b"example", "Signature": kms.sign(
        KeyId=key_id, Message=b"example", SigningAlgorithm=body["SigningAlgorithm"])["Signature"]}


def authenticated(kms, key_id, body):
    return {"Message": b"example", "Mac": kms.generate_mac(
        KeyId=key_id, Message=b"example", MacAlgorithm=body["MacAlgorithm"])["Mac"]}


def own_policy(kms, key_id, body):
    # Of the principals, the accounts alone are sure to be there.
    policy = json.loads(body["Policy"])
    for statement in policy["Statement"]:
        statement["Principal"] = {"AWS": f"arn:aws:iam::{kms.account}:root"}
    return {"Policy": json.dumps(policy)}


# What else must be real in a request.
MORE = {
    "Decrypt": sealed, "ReEncrypt": sealed, "ImportKeyMaterial": materials, "DeleteAlias": with_alias,
    "UpdateAlias": with_alias, "RetireGrant": granted, "RevokeGrant": granted, "DeriveSharedSecret": peer,
    "Verify": signed, "VerifyMac": authenticated, "PutKeyPolicy": own_policy,
    "Encrypt": lambda *_: {"Plaintext": b"example"}, "Sign": lambda *_: {"Message": b"example"},
    "GenerateMac": lambda *_: {"Message": b"example"},
}


def request(kms, operation, body):
    """An example's request with real keys where it names some."""
    # Keys and principals of the example's account are the caller's own.
    body = json.loads(json.dumps(body).replace("111122223333", kms.account).replace("444455556666", kms.account))
    key_id = None
    for member in KEY_MEMBERS:
        if member not in body:
            continue
        key_id = KEYS.get(operation, Kms.create)(kms)
        if body[member].startswith("arn:"):
            body[member] = kms.arn(key_id)
        elif body[member].startswith("alias/"):
            kms.create_alias(AliasName=body[member], TargetKeyId=key_id)
        else:
            body[member] = key_id
    return body | MORE.get(operation, lambda *_: {})(kms, key_id, body)


def built():
    for operation, examples in aws_model.examples().items():
        if operation not in NOT_BUILT:
            yield from ((operation, number) for number in range(len(examples)))


def needs_a_key_store(body):
    return any(member.startswith(("CustomKeyStore", "Xks")) for member in body)


@pytest.mark.parametrize("operation, number", list(built()))
def test_examples(kms, operation, number):
    example = aws_model.examples()[operation][number]
    body = example.get("input") or {}
    if needs_a_key_store(body):
        # Those of key stores need a store that is there, and stand in its tests.
        return
    if body.get("MultiRegion") and "ReplicateKey" in NOT_BUILT:
        return
    method = re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()
    answer = getattr(kms.unchecked(), method)(**request(kms, operation, body))
    answer.pop("ResponseMetadata")
    shown = set(example.get("output") or {}) - ANOTHER_KIND.get(operation, set())
    assert shown <= set(answer), shown - set(answer)


def test_no_example_is_left_out():
    known = set(itertools.chain(aws_model.examples()))
    assert known <= set(aws_model.operations()) and len(known) >= 45
