"""Keys that AWS manages for its services: behind `alias/aws/` aliases, made when they are first asked for, out of
their owner's hands."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from aws_support import CHINA, REGION, Kms, refused

SERVICES = ["acm", "dynamodb", "ebs", "elasticfilesystem", "es", "glue", "kinesisvideo", "lambda", "rds", "redshift",
            "s3", "secretsmanager", "ssm", "xray"]
PREDEFINED = [f"alias/aws/{service}" for service in SERVICES]


@pytest.fixture
def kms(endpoint, tenant_name):
    return Kms(endpoint, tenant_name)


def lines(kms, **parameters):
    return {line["AliasName"]: line for line in kms.list_aliases(**parameters)["Aliases"]}


def test_aliases_are_there_before_their_keys(kms):
    listed = kms.list_aliases()["Aliases"]
    assert [line["AliasName"] for line in listed] == PREDEFINED
    for line in listed:
        assert line == {"AliasName": line["AliasName"],
                        "AliasArn": f"arn:aws:kms:{REGION}:{kms.account}:{line['AliasName']}"}
    assert kms.client.meta.region_name == REGION
    # The account's own key is all that was made.
    assert len(kms.list_keys()["Keys"]) == 1


def test_a_key_is_made_when_it_is_first_asked_for(kms):
    metadata = kms.describe("alias/aws/s3")
    assert metadata["KeyManager"] == "AWS"
    assert (metadata["KeySpec"], metadata["KeyUsage"], metadata["Origin"], metadata["KeyState"]) == (
        "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", "AWS_KMS", "Enabled")
    assert metadata["Description"] == "Default key that protects my S3 objects when no other key is defined"
    assert metadata["MultiRegion"] is False
    assert kms.describe("alias/aws/s3")["KeyId"] == kms.describe(metadata["KeyId"])["KeyId"] == metadata["KeyId"]
    line = lines(kms)["alias/aws/s3"]
    assert line["TargetKeyId"] == metadata["KeyId"] and line["CreationDate"] == line["LastUpdatedDate"]
    assert list(lines(kms)) == PREDEFINED
    assert list(lines(kms, KeyId=metadata["KeyId"])) == ["alias/aws/s3"]
    assert [line["KeyId"] for line in kms.list_keys()["Keys"]] == [metadata["KeyId"]]
    arn = f"arn:aws:kms:{REGION}:{metadata['AWSAccountId']}:alias/aws/ebs"
    assert kms.describe(arn)["KeyManager"] == "AWS"


def test_it_is_rotated_every_year(kms, clock):
    day = 86400
    clock.freeze("aws", kms.account, 2_000_000_000)
    made = kms.generate_data_key(KeyId="alias/aws/ebs", KeySpec="AES_256")
    status = kms.get_key_rotation_status(KeyId=made["KeyId"])
    assert (status["KeyRotationEnabled"], status["RotationPeriodInDays"]) == (True, 365)
    assert status["NextRotationDate"].timestamp() == 2_000_000_000 + 365 * day
    first = kms.describe(made["KeyId"])["CurrentKeyMaterialId"]
    clock.advance("aws", kms.account, 365 * day)
    assert kms.describe(made["KeyId"])["CurrentKeyMaterialId"] != first
    assert kms.decrypt(CiphertextBlob=made["CiphertextBlob"])["Plaintext"] == made["Plaintext"]


def test_cryptography_asks_as_well(kms):
    made = kms.generate_data_key(KeyId="alias/aws/secretsmanager", KeySpec="AES_256")
    assert kms.decrypt(CiphertextBlob=made["CiphertextBlob"])["Plaintext"] == made["Plaintext"]
    assert made["KeyId"] == kms.describe("alias/aws/secretsmanager")["Arn"]
    # Of a service whose alias is not listed before.
    kms.encrypt(KeyId="alias/aws/sqs", Plaintext=b"x")
    assert list(lines(kms)) == sorted([*PREDEFINED, "alias/aws/sqs"])


def test_not_every_service_has_one(kms):
    account = kms.account
    for name in ("alias/aws/nothing", "alias/aws/", "alias/aws/S3", "alias/aws/s3/x"):
        with refused("NotFoundException", f"Alias arn:aws:kms:{REGION}:{account}:{name} is not found."):
            kms.describe(name)


def test_each_region_has_its_own(kms):
    here, there = kms.describe("alias/aws/s3"), kms.elsewhere("eu-west-1").describe("alias/aws/s3")
    assert here["KeyId"] != there["KeyId"]
    assert kms.elsewhere(CHINA).describe("alias/aws/s3")["Arn"].startswith(f"arn:aws-cn:kms:{CHINA}:")


def test_many_ask_and_one_is_made(kms):
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: kms.describe("alias/aws/rds")["KeyId"], range(8)))
    assert len(made) == 1
    assert [line["KeyId"] for line in kms.list_keys()["Keys"]] == list(made)


def test_pages_hold_both(kms):
    key_id = kms.create()
    names = sorted([*PREDEFINED, "alias/a", "alias/b", "alias/zz"])
    for name in ("alias/a", "alias/b", "alias/zz"):
        kms.create_alias(AliasName=name, TargetKeyId=key_id)
    kms.describe("alias/aws/ebs")
    for size in (1, 3, 5, 16, 17, 18):
        pages = list(kms.get_paginator("list_aliases").paginate(PaginationConfig={"PageSize": size}))
        assert [line["AliasName"] for page in pages for line in page["Aliases"]] == names
        assert all(len(page["Aliases"]) == size for page in pages[:-1])


CHANGES = {
    "disable_key": {}, "enable_key": {}, "schedule_key_deletion": {},
    "update_key_description": {"Description": "mine"}, "tag_resource": {"Tags": [{"TagKey": "a", "TagValue": "b"}]},
    "untag_resource": {"TagKeys": ["a"]},
}


@pytest.mark.parametrize("operation", CHANGES)
def test_its_owner_leaves_it_alone(kms, operation):
    before = kms.describe("alias/aws/s3")
    name = "".join(word.title() for word in operation.split("_"))
    message = (f"User: arn:aws:iam::{before['AWSAccountId']}:root is not authorized to perform: kms:{name} "
               f"on resource: {before['Arn']}")
    with refused("AccessDeniedException", message):
        getattr(kms, operation)(KeyId=before["KeyId"], **CHANGES[operation])
    assert kms.describe("alias/aws/s3") == before


def test_its_policy_and_aliases_are_not_its_owners(kms):
    key_id = kms.describe("alias/aws/s3")["KeyId"]
    policy = kms.get_key_policy(KeyId=key_id)["Policy"]
    shown = json.loads(policy)
    assert shown["Id"] == "auto-s3-1"
    assert shown["Statement"][0]["Condition"]["StringEquals"] == {
        "kms:CallerAccount": kms.account, "kms:ViaService": f"s3.{REGION}.amazonaws.com"}
    ours = kms.get_key_policy(KeyId=kms.create())["Policy"]
    with refused("AccessDeniedException"):
        kms.put_key_policy(KeyId=key_id, Policy=ours)
    assert kms.get_key_policy(KeyId=key_id)["Policy"] == policy
    with refused("AccessDeniedException"):
        kms.create_alias(AliasName="alias/mine", TargetKeyId=key_id)
    with refused("UnsupportedOperationException"):
        kms.parameters(key_id)
    assert kms.list_resource_tags(KeyId=key_id)["Tags"] == []
    for call in (lambda: kms.delete_alias(AliasName="alias/aws/s3"),
                 lambda: kms.update_alias(AliasName="alias/aws/s3", TargetKeyId=kms.create()),
                 lambda: kms.create_alias(AliasName="alias/aws/s4", TargetKeyId=kms.create())):
        with refused("NotAuthorizedException"):
            call()
