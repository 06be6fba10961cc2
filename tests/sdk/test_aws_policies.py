"""Key policies: what they may look like, and that they come back as they were sent."""

import json

import pytest
from aws_support import Kms, refused

LOCKOUT = "The new key policy will not allow you to update the key policy in the future."
PRINCIPALS = "Policy contains a statement with one or more invalid principals."


@pytest.fixture
def kms(endpoint, tenant_name):
    return Kms(endpoint, tenant_name)


def statement(**changes):
    whole = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"} | changes
    return {name: value for name, value in whole.items() if value is not None}


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def shown(kms, key_id):
    answer = kms.get_key_policy(KeyId=key_id, PolicyName="default")
    assert answer["PolicyName"] == "default"
    return answer["Policy"]


def test_the_default_policy(kms):
    key_id = kms.create()
    text = shown(kms, key_id)
    assert json.loads(text) == {"Version": "2012-10-17", "Id": "key-default-1", "Statement": [{
        "Sid": "Enable IAM User Permissions", "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{kms.account}:root"}, "Action": "kms:*", "Resource": "*"}]}
    assert text.startswith('{\n  "Version" : "2012-10-17",\n  "Id" : "key-default-1",\n  "Statement" : [ {\n')
    kms.put_key_policy(KeyId=key_id, Policy=text)
    assert shown(kms, key_id) == text
    china = kms.elsewhere("cn-north-1")
    assert f"arn:aws-cn:iam::{kms.account}:root" in shown(china, china.create())


def test_a_policy_comes_back_as_it_was_sent(kms):
    first, second = policy(statement()), policy(statement(Sid="\u00fc  x")) + "\n\t "
    key_id = kms.create_key(Policy=first, Tags=[{"TagKey": "a", "TagValue": "b"}])["KeyMetadata"]["KeyId"]
    assert shown(kms, key_id) == first
    kms.put_key_policy(KeyId=kms.arn(key_id), PolicyName="default", Policy=second)
    assert shown(kms, key_id) == second
    assert kms.get_key_policy(KeyId=key_id)["Policy"] == second
    assert kms.list_resource_tags(KeyId=key_id)["Tags"] == [{"TagKey": "a", "TagValue": "b"}]
    kms.tag_resource(KeyId=key_id, Tags=[{"TagKey": "c", "TagValue": "d"}])
    assert shown(kms, key_id) == second


def test_names_of_policies(kms):
    key_id = kms.create()
    answer = kms.list_key_policies(KeyId=key_id, Limit=1)
    assert (answer["PolicyNames"], answer["Truncated"]) == (["default"], False)
    assert "NextMarker" not in answer
    with refused("InvalidMarkerException"):
        kms.list_key_policies(KeyId=key_id, Marker="x")
    with refused("NotFoundException", "No such policy exists"):
        kms.get_key_policy(KeyId=key_id, PolicyName="mine")
    with refused("NotFoundException", "No such policy exists"):
        kms.put_key_policy(KeyId=key_id, PolicyName="mine", Policy=policy(statement()))
    with refused("ValidationException", "The AWS_RAM policy can only be managed by the RAM service"):
        kms.put_key_policy(KeyId=key_id, PolicyName="AWS_RAM", Policy=policy(statement()))


BAD = [
    ("x", "MalformedPolicyDocumentException", None),
    ("[]", "MalformedPolicyDocumentException", None),
    (policy(), "MalformedPolicyDocumentException", None),
    (policy(statement(Effect="Maybe")), "MalformedPolicyDocumentException", None),
    (policy(statement(Principal=None)), "MalformedPolicyDocumentException", None),
    (policy(statement(Extra="x")), "MalformedPolicyDocumentException", None),
    (policy(statement(Principal={"AWS": "nobody"})), "MalformedPolicyDocumentException", PRINCIPALS),
    (policy(statement(Principal={"AWS": "arn:aws:iam::12:root"})), "MalformedPolicyDocumentException", PRINCIPALS),
    (policy(statement(Action="kms:Encrypt")), "MalformedPolicyDocumentException", LOCKOUT),
    (policy(statement(Action=None)), "MalformedPolicyDocumentException", LOCKOUT),
    (policy(statement(Principal={"AWS": "444455556666"})), "MalformedPolicyDocumentException", LOCKOUT),
    (policy(statement(), statement(Effect="Deny", Action="kms:put*")), "MalformedPolicyDocumentException", LOCKOUT),
    (policy(statement()) + " " * 32768, "LimitExceededException", None),
    ("\u4e00", "ValidationException", None),
]


@pytest.mark.parametrize("text, code, message", BAD)
def test_policies_that_are_refused_change_nothing(kms, text, code, message):
    key_id = kms.create()
    before = shown(kms, key_id)
    with refused(code, message):
        kms.put_key_policy(KeyId=key_id, Policy=text)
    assert shown(kms, key_id) == before
    with refused(code, message):
        kms.create_key(Policy=text)
    assert len(kms.list_keys()["Keys"]) == 1


def test_the_lockout_check_can_be_bypassed(kms):
    text = policy(statement(Action="kms:Encrypt"))
    key_id = kms.create()
    kms.put_key_policy(KeyId=key_id, Policy=text, BypassPolicyLockoutSafetyCheck=True)
    assert shown(kms, key_id) == text
    made = kms.create_key(Policy=text, BypassPolicyLockoutSafetyCheck=True)["KeyMetadata"]["KeyId"]
    assert shown(kms, made) == text
    with refused("MalformedPolicyDocumentException", PRINCIPALS):
        kms.put_key_policy(KeyId=key_id, Policy=policy(statement(Principal={"AWS": "x"})),
                           BypassPolicyLockoutSafetyCheck=True)


def test_the_lockout_check_knows_the_key(kms):
    key_id, other = kms.create(), kms.create()
    for resource in (kms.arn(key_id), "arn:aws:kms:*:*:key/*", ["x", "*"]):
        kms.put_key_policy(KeyId=key_id, Policy=policy(statement(Resource=resource)))
    with refused("MalformedPolicyDocumentException", LOCKOUT):
        kms.put_key_policy(KeyId=key_id, Policy=policy(statement(Resource=kms.arn(other))))
