"""Multi-Region keys: what members share and what they do not, replicas, primaries that move, deletion, imports."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from aws_support import DAY, SIGNING, SYMMETRIC, Kms, material, missing_id, refused, seconds, usage
from botocore.exceptions import ClientError

NOON = 1_800_000_000
EAST, WEST, NORTH = "us-east-1", "us-west-2", "eu-north-1"
DEFAULT_POLICY = "key-default-1"


class Family:
    """One caller in several regions, and a primary key in the first of them."""

    def __init__(self, endpoint, name, **parameters):
        self.east = Kms(endpoint, name)
        self.west, self.north = self.east.elsewhere(WEST), self.east.elsewhere(NORTH)
        self.id = self.east.create(MultiRegion=True, **parameters)

    def arn(self, region):
        return self.east.elsewhere(region).arn(self.id)

    def replicate(self, region=WEST, **more):
        return self.east.replicate_key(KeyId=self.id, ReplicaRegion=region, **more)

    def roles(self, kms):
        """The region of the primary and those of the replicas, as one member tells them."""
        shown = kms.describe(self.id)["MultiRegionConfiguration"]
        for key in [shown["PrimaryKey"], *shown["ReplicaKeys"]]:
            assert key["Arn"] == self.arn(key["Region"])
        is_primary = shown["PrimaryKey"]["Region"] == kms.region
        assert shown["MultiRegionKeyType"] == ("PRIMARY" if is_primary else "REPLICA")
        return shown["PrimaryKey"]["Region"], [key["Region"] for key in shown["ReplicaKeys"]]


@pytest.fixture
def family(endpoint, tenant_name):
    return Family(endpoint, tenant_name)


def test_a_new_primary(family):
    metadata = family.east.describe(family.id)
    digits = metadata["KeyId"].removeprefix("mrk-")
    assert len(digits) == 32 and set(digits) <= set("0123456789abcdef")
    assert metadata["Arn"] == family.arn(EAST)
    assert metadata["MultiRegion"] is True
    assert metadata["MultiRegionConfiguration"] == {
        "MultiRegionKeyType": "PRIMARY", "PrimaryKey": {"Arn": family.arn(EAST), "Region": EAST}, "ReplicaKeys": []}
    single = family.east.create_key(MultiRegion=False)["KeyMetadata"]
    assert single["MultiRegion"] is False and "MultiRegionConfiguration" not in single
    assert not single["KeyId"].startswith("mrk-")


def test_a_new_replica(family, clock):
    clock.freeze("aws", family.east.access_id, NOON)
    family.east.update_key_description(KeyId=family.id, Description="of the primary")
    family.east.tag_resource(KeyId=family.id, Tags=[{"TagKey": "a", "TagValue": "b"}])
    answer = family.replicate()
    answer.pop("ResponseMetadata")
    metadata = answer.pop("ReplicaKeyMetadata")
    assert DEFAULT_POLICY in answer.pop("ReplicaPolicy")
    assert answer == {}
    assert seconds(metadata.pop("CreationDate")) == NOON
    assert metadata == {
        "AWSAccountId": family.east.account, "KeyId": family.id, "Arn": family.arn(WEST), "Enabled": False,
        "Description": "", "KeyUsage": "ENCRYPT_DECRYPT", "KeyState": "Creating", "Origin": "AWS_KMS",
        "KeyManager": "CUSTOMER", "CustomerMasterKeySpec": SYMMETRIC, "KeySpec": SYMMETRIC,
        "EncryptionAlgorithms": [SYMMETRIC], "MultiRegion": True,
        "MultiRegionConfiguration": {
            "MultiRegionKeyType": "REPLICA", "PrimaryKey": {"Arn": family.arn(EAST), "Region": EAST},
            "ReplicaKeys": [{"Arn": family.arn(WEST), "Region": WEST}]}}
    made = family.west.describe(family.id)
    assert (made["KeyState"], made["Enabled"]) == ("Enabled", True)
    assert made["CurrentKeyMaterialId"] == family.east.describe(family.id)["CurrentKeyMaterialId"]
    assert family.roles(family.east) == family.roles(family.west) == (EAST, [WEST])
    assert family.west.list_resource_tags(KeyId=family.id)["Tags"] == []


def test_a_replica_is_given_what_is_its_own(family):
    policy = family.east.get_key_policy(KeyId=family.id)["Policy"].replace("key-default-1", "mine")
    tags = [{"TagKey": "a", "TagValue": "b"}, {"TagKey": "c", "TagValue": ""}]
    answer = family.replicate(Policy=policy, Tags=tags, Description="mine")
    assert (answer["ReplicaPolicy"], answer["ReplicaTags"]) == (policy, tags)
    assert family.west.get_key_policy(KeyId=family.id)["Policy"] == policy
    assert family.west.list_resource_tags(KeyId=family.id)["Tags"] == tags
    assert family.west.describe(family.id)["Description"] == "mine"
    assert family.east.describe(family.id)["Description"] == ""


def test_what_is_not_shared(family):
    family.replicate()
    family.west.create_alias(AliasName="alias/mine", TargetKeyId=family.id)
    with refused("NotFoundException"):
        family.east.describe("alias/mine")
    family.west.update_key_description(KeyId=family.id, Description="west")
    family.west.tag_resource(KeyId=family.id, Tags=[{"TagKey": "a", "TagValue": "b"}])
    family.west.disable_key(KeyId=family.id)
    east = family.east.describe(family.id)
    assert (east["Description"], east["KeyState"]) == ("", "Enabled")
    assert family.east.list_resource_tags(KeyId=family.id)["Tags"] == []
    with refused("DisabledException", f"{family.arn(WEST)} is disabled."):
        family.west.encrypt(KeyId=family.id, Plaintext=b"x")
    family.east.encrypt(KeyId=family.id, Plaintext=b"x")


def test_ciphertexts_open_in_every_region(family):
    family.replicate(WEST)
    family.replicate(NORTH)
    context = {"a": "b"}
    for maker in (family.east, family.west, family.north):
        made = maker.encrypt(KeyId=family.id, Plaintext=b"hello", EncryptionContext=context)
        assert made["KeyId"] == maker.arn(family.id)
        for opener in (family.east, family.west, family.north):
            for named in ({}, {"KeyId": family.id}, {"KeyId": opener.arn(family.id)}):
                opened = opener.decrypt(CiphertextBlob=made["CiphertextBlob"], EncryptionContext=context, **named)
                assert (opened["Plaintext"], opened["KeyId"]) == (b"hello", opener.arn(family.id))
    with refused("NotFoundException", f"Invalid arn {EAST}"):
        family.west.decrypt(CiphertextBlob=made["CiphertextBlob"], EncryptionContext=context, KeyId=family.arn(EAST))
    nowhere = family.east.elsewhere("sa-east-1")
    with refused("AccessDeniedException"):
        nowhere.decrypt(CiphertextBlob=made["CiphertextBlob"], EncryptionContext=context)


@pytest.mark.parametrize("spec", ["RSA_2048", "ECC_NIST_P256", "HMAC_256"])
def test_other_kinds_of_keys_are_shared_as_well(endpoint, tenant_name, spec):
    family = Family(endpoint, tenant_name, spec=spec)
    answer = family.replicate()["ReplicaKeyMetadata"]
    assert (answer["KeySpec"], answer["KeyUsage"]) == (spec, usage(spec))
    if spec == "HMAC_256":
        mac = {"KeyId": family.id, "Message": b"x", "MacAlgorithm": "HMAC_SHA_256"}
        assert family.east.generate_mac(**mac)["Mac"] == family.west.generate_mac(**mac)["Mac"]
        return
    assert family.east.get_public_key(KeyId=family.id)["PublicKey"] == family.west.get_public_key(
        KeyId=family.id)["PublicKey"]
    signing = {"KeyId": family.id, "Message": b"x", "SigningAlgorithm": SIGNING[spec]}
    signature = family.west.sign(**signing)["Signature"]
    assert family.east.verify(**signing, Signature=signature)["SignatureValid"]


def test_what_cannot_be_replicated(family):
    single = family.east.create()
    with refused("UnsupportedOperationException", f"{family.east.arn(single)} is not a multi-region primary key."):
        family.east.replicate_key(KeyId=single, ReplicaRegion=WEST)
    family.replicate()
    with refused("UnsupportedOperationException", f"{family.arn(WEST)} is not a multi-region primary key."):
        family.west.replicate_key(KeyId=family.id, ReplicaRegion=NORTH)
    for taken in (WEST, EAST):
        with refused("AlreadyExistsException"):
            family.replicate(taken)
    with refused("NotFoundException"):
        family.east.replicate_key(KeyId=missing_id(), ReplicaRegion=NORTH)
    with refused("NotFoundException", "Invalid keyId 'alias/x'"):
        family.east.replicate_key(KeyId="alias/x", ReplicaRegion=NORTH)
    family.east.disable_key(KeyId=family.id)
    with refused("DisabledException", f"{family.arn(EAST)} is disabled."):
        family.replicate(NORTH)
    assert family.roles(family.east) == (EAST, [WEST])


@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1"])
def test_keys_stay_in_their_partition(family, region):
    with refused("UnsupportedOperationException"):
        family.replicate(region)
    assert family.roles(family.east) == (EAST, [])


def test_a_replicas_members_are_held_to_the_rules(family):
    with refused("ValidationException"):
        family.east.unchecked().replicate_key(KeyId=family.id, ReplicaRegion="nowhere")
    with refused("TagException", "Duplicate tag keys"):
        family.replicate(Tags=[{"TagKey": "a", "TagValue": "b"}] * 2)
    with refused("MalformedPolicyDocumentException"):
        family.replicate(Policy="{}")
    nobodys = family.east.get_key_policy(KeyId=family.id)["Policy"].replace("kms:*", "kms:Decrypt")
    lockout = "The new key policy will not allow you to update the key policy in the future."
    with refused("MalformedPolicyDocumentException", lockout):
        family.replicate(Policy=nobodys)
    assert family.roles(family.east) == (EAST, [])
    assert family.replicate(Policy=nobodys, BypassPolicyLockoutSafetyCheck=True)["ReplicaPolicy"] == nobodys


def test_replicas_of_one_region_are_made_once(family):
    def replicate(_):
        try:
            return family.replicate()["ReplicaKeyMetadata"]["KeyState"]
        except ClientError as error:
            return error.response["Error"]["Code"]

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(replicate, range(8)))
    assert outcomes == ["AlreadyExistsException"] * 7 + ["Creating"]
    assert family.roles(family.west) == (EAST, [WEST])


def test_the_primary_moves(family):
    family.replicate(WEST)
    family.replicate(NORTH)
    family.east.update_primary_region(KeyId=family.arn(EAST), PrimaryRegion=WEST)
    for kms in (family.east, family.west, family.north):
        assert family.roles(kms) == (WEST, [EAST, NORTH])
        assert kms.state(family.id) == "Enabled"
    with refused("UnsupportedOperationException", f"{family.arn(EAST)} is not a multi-region primary key."):
        family.east.update_primary_region(KeyId=family.id, PrimaryRegion=NORTH)
    family.west.replicate_key(KeyId=family.id, ReplicaRegion="ap-south-1")
    family.west.update_primary_region(KeyId=family.id, PrimaryRegion=EAST)
    assert family.roles(family.east) == (EAST, [WEST, NORTH, "ap-south-1"])


def test_where_the_primary_cannot_move(family):
    single = family.east.create()
    with refused("UnsupportedOperationException", f"{family.east.arn(single)} is not a multi-region primary key."):
        family.east.update_primary_region(KeyId=single, PrimaryRegion=WEST)
    with refused("NotFoundException", f"Key '{family.arn(WEST)}' does not exist"):
        family.east.update_primary_region(KeyId=family.id, PrimaryRegion=WEST)
    with refused("UnsupportedOperationException"):
        family.east.update_primary_region(KeyId=family.id, PrimaryRegion=EAST)
    family.replicate()
    family.west.schedule_key_deletion(KeyId=family.id)
    with refused("KMSInvalidStateException", f"{family.arn(WEST)} is pending deletion."):
        family.east.update_primary_region(KeyId=family.id, PrimaryRegion=WEST)
    family.west.cancel_key_deletion(KeyId=family.id)
    family.west.enable_key(KeyId=family.id)
    family.east.disable_key(KeyId=family.id)
    with refused("DisabledException", f"{family.arn(EAST)} is disabled."):
        family.east.update_primary_region(KeyId=family.id, PrimaryRegion=WEST)
    assert family.roles(family.west) == (EAST, [WEST])


def test_a_primary_outlives_its_replicas(family, clock):
    clock.freeze("aws", family.east.access_id, NOON)
    family.replicate(WEST)
    family.replicate(NORTH)
    answer = family.east.schedule_key_deletion(KeyId=family.id, PendingWindowInDays=10)
    answer.pop("ResponseMetadata")
    assert answer == {"KeyId": family.arn(EAST), "KeyState": "PendingReplicaDeletion", "PendingWindowInDays": 10}
    waiting = family.east.describe(family.id)
    assert (waiting["KeyState"], waiting["PendingDeletionWindowInDays"]) == ("PendingReplicaDeletion", 10)
    assert "DeletionDate" not in waiting and waiting["Enabled"] is False
    for call in (lambda: family.east.encrypt(KeyId=family.id, Plaintext=b"x"), lambda: family.replicate("sa-east-1"),
                 lambda: family.east.schedule_key_deletion(KeyId=family.id)):
        with refused("KMSInvalidStateException", f"{family.arn(EAST)} is pending replica deletion."):
            call()
    family.west.encrypt(KeyId=family.id, Plaintext=b"x")

    answer = family.west.schedule_key_deletion(KeyId=family.id, PendingWindowInDays=7)
    assert (answer["KeyState"], seconds(answer["DeletionDate"])) == ("PendingDeletion", NOON + 7 * DAY)
    clock.advance("aws", family.east.access_id, 7 * DAY)
    with refused("NotFoundException"):
        family.west.describe(family.id)
    assert family.roles(family.east) == (EAST, [NORTH])
    assert family.east.state(family.id) == "PendingReplicaDeletion"
    family.north.schedule_key_deletion(KeyId=family.id, PendingWindowInDays=8)
    clock.advance("aws", family.east.access_id, 8 * DAY - 1)
    assert family.east.state(family.id) == "PendingReplicaDeletion"
    clock.advance("aws", family.east.access_id, 1)
    dying = family.east.describe(family.id)
    assert (dying["KeyState"], seconds(dying["DeletionDate"])) == ("PendingDeletion", NOON + 25 * DAY)
    assert "PendingDeletionWindowInDays" not in dying
    assert family.roles(family.east) == (EAST, [])
    clock.advance("aws", family.east.access_id, 10 * DAY)
    with refused("NotFoundException"):
        family.east.describe(family.id)


def test_a_waiting_primary_is_kept(family):
    family.replicate()
    family.east.schedule_key_deletion(KeyId=family.id)
    family.west.schedule_key_deletion(KeyId=family.id)
    assert family.west.cancel_key_deletion(KeyId=family.id)["KeyId"] == family.arn(WEST)
    assert family.east.cancel_key_deletion(KeyId=family.id)["KeyId"] == family.arn(EAST)
    for kms in (family.east, family.west):
        metadata = kms.describe(family.id)
        assert metadata["KeyState"] == "Disabled"
        assert not {"DeletionDate", "PendingDeletionWindowInDays"} & set(metadata)


def test_a_replica_is_made_anew(family, clock):
    clock.freeze("aws", family.east.access_id, NOON)
    family.replicate()
    made = family.west.encrypt(KeyId=family.id, Plaintext=b"x")["CiphertextBlob"]
    family.west.schedule_key_deletion(KeyId=family.id, PendingWindowInDays=7)
    with refused("AlreadyExistsException"):
        family.replicate()
    clock.advance("aws", family.east.access_id, 7 * DAY)
    assert family.replicate()["ReplicaKeyMetadata"]["KeyState"] == "Creating"
    assert family.west.decrypt(CiphertextBlob=made)["Plaintext"] == b"x"


@pytest.mark.parametrize("spec", [SYMMETRIC, "HMAC_256", "ECC_NIST_P256"])
def test_imported_material_is_brought_to_each_member(endpoint, tenant_name, clock, spec):
    family = Family(endpoint, tenant_name, spec=spec, Origin="EXTERNAL")
    with refused("KMSInvalidStateException", f"{family.arn(EAST)} is pending import."):
        family.replicate()
    plain = material(spec)
    family.east.bring_plain(family.id, plain)
    assert family.replicate()["ReplicaKeyMetadata"]["Origin"] == "EXTERNAL"
    assert family.west.state(family.id) == "PendingImport"
    with refused("IncorrectKeyMaterialException"):
        family.west.bring_plain(family.id, material(spec, number=1))
    now = clock.now("aws", family.east.access_id)
    family.west.bring_plain(family.id, plain, ExpirationModel="KEY_MATERIAL_EXPIRES", ValidTo=now + 100)
    east, west = family.east.describe(family.id), family.west.describe(family.id)
    assert (east["ExpirationModel"], west["ExpirationModel"]) == ("KEY_MATERIAL_DOES_NOT_EXPIRE", "KEY_MATERIAL_EXPIRES")
    assert east.get("CurrentKeyMaterialId") == west.get("CurrentKeyMaterialId")
    clock.advance("aws", family.east.access_id, 101)
    assert (family.east.state(family.id), family.west.state(family.id)) == ("Enabled", "PendingImport")
    family.west.bring_plain(family.id, plain)
    family.east.delete_imported_key_material(KeyId=family.id)
    assert (family.east.state(family.id), family.west.state(family.id)) == ("PendingImport", "Enabled")


def test_new_material_comes_to_the_primary_first(endpoint, tenant_name):
    family = Family(endpoint, tenant_name, Origin="EXTERNAL")
    plain = material(SYMMETRIC)
    family.east.bring_plain(family.id, plain, ImportType="NEW_KEY_MATERIAL")
    family.replicate()
    with refused("UnsupportedOperationException"):
        family.west.bring_plain(family.id, plain, ImportType="NEW_KEY_MATERIAL")
    family.west.bring_plain(family.id, plain, ImportType="EXISTING_KEY_MATERIAL")
    made = family.east.encrypt(KeyId=family.id, Plaintext=b"x")["CiphertextBlob"]
    assert family.west.decrypt(CiphertextBlob=made)["Plaintext"] == b"x"


def test_states_that_pass(slow_endpoint, tenant_name, slow_clock):
    family = Family(slow_endpoint, tenant_name)
    slow_clock.freeze("aws", family.east.access_id, NOON)
    family.replicate()
    creating = family.west.describe(family.id)
    assert (creating["KeyState"], creating["Enabled"]) == ("Creating", False)
    assert "CurrentKeyMaterialId" not in creating
    with refused("KMSInvalidStateException", f"{family.arn(WEST)} is creating."):
        family.west.encrypt(KeyId=family.id, Plaintext=b"x")
    assert family.roles(family.east) == (EAST, [WEST])
    slow_clock.advance("aws", family.east.access_id, slow_clock.settling)
    assert family.west.state(family.id) == "Enabled"

    family.east.update_primary_region(KeyId=family.id, PrimaryRegion=WEST)
    assert (family.east.state(family.id), family.west.state(family.id)) == ("Updating", "Updating")
    made = family.east.encrypt(KeyId=family.id, Plaintext=b"x")["CiphertextBlob"]
    assert family.west.decrypt(CiphertextBlob=made)["Plaintext"] == b"x"
    with refused("KMSInvalidStateException", f"{family.arn(WEST)} is updating."):
        family.west.replicate_key(KeyId=family.id, ReplicaRegion=NORTH)
    slow_clock.advance("aws", family.east.access_id, slow_clock.settling)
    assert (family.east.state(family.id), family.west.state(family.id)) == ("Enabled", "Enabled")
    assert family.roles(family.east) == (WEST, [EAST])


def test_rotation_reaches_the_replicas(family, clock):
    family.replicate()
    old = family.east.encrypt(KeyId=family.id, Plaintext=b"old")["CiphertextBlob"]
    for call in (lambda: family.west.rotate_key_on_demand(KeyId=family.id),
                 lambda: family.west.enable_key_rotation(KeyId=family.id)):
        with refused("UnsupportedOperationException", f"{family.arn(WEST)} is not a multi-region primary key."):
            call()
    family.east.rotate_key_on_demand(KeyId=family.id)
    family.east.enable_key_rotation(KeyId=family.id, RotationPeriodInDays=90)
    status = family.west.get_key_rotation_status(KeyId=family.id)
    assert (status["KeyRotationEnabled"], status["RotationPeriodInDays"]) == (True, 90)
    for _ in range(2):
        current = family.east.describe(family.id)["CurrentKeyMaterialId"]
        assert family.west.describe(family.id)["CurrentKeyMaterialId"] == current
        for maker, opener in ((family.east, family.west), (family.west, family.east)):
            made = maker.encrypt(KeyId=family.id, Plaintext=b"new")
            assert opener.decrypt(CiphertextBlob=made["CiphertextBlob"])["Plaintext"] == b"new"
        assert family.west.decrypt(CiphertextBlob=old)["Plaintext"] == b"old"
        clock.advance("aws", family.east.access_id, 91 * DAY)
    family.replicate(NORTH)
    assert family.north.decrypt(CiphertextBlob=old)["Plaintext"] == b"old"


def test_imported_material_is_rotated_once_every_member_has_it(endpoint, tenant_name):
    family = Family(endpoint, tenant_name, Origin="EXTERNAL")
    first, second = material(SYMMETRIC), material(SYMMETRIC)
    family.east.bring_plain(family.id, first)
    family.replicate()
    family.west.bring_plain(family.id, first)
    old = family.east.encrypt(KeyId=family.id, Plaintext=b"old")["CiphertextBlob"]
    family.east.bring_plain(family.id, second, ImportType="NEW_KEY_MATERIAL")
    with refused("KMSInvalidStateException"):
        family.east.rotate_key_on_demand(KeyId=family.id)
    family.west.bring_plain(family.id, second)
    family.east.rotate_key_on_demand(KeyId=family.id)
    made = family.east.encrypt(KeyId=family.id, Plaintext=b"new")["CiphertextBlob"]
    for blob, plain in ((old, b"old"), (made, b"new")):
        assert family.west.decrypt(CiphertextBlob=blob)["Plaintext"] == plain
