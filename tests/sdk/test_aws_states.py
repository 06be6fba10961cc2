"""Every operation in every state of a key, cell by cell of the service's table."""

import pytest
from aws_support import SYMMETRIC, Kms, material, private_key, refused, unchanged, usage
from wrapping import public_key_der, wrap

STATES = ["Enabled", "Disabled", "PendingImport", "PendingDeletion"]
# Of multi-Region keys; the last two pass by themselves.
SHARED_STATES = ["PendingReplicaDeletion", "Creating", "Updating"]
PASSING = SHARED_STATES[1:]
WEST, NORTH = "us-west-2", "eu-north-1"
KINDS = {"symmetric": SYMMETRIC, "rotatable": SYMMETRIC, "mac": "HMAC_256", "signing": "ECC_NIST_P256", "agreement": "ECC_NIST_P384",
         "regions": SYMMETRIC}

OK = None
DISABLED = ("DisabledException", "is disabled.")
IMPORT = ("KMSInvalidStateException", "is pending import.")
DYING = ("KMSInvalidStateException", "is pending deletion.")
WAITING = ("KMSInvalidStateException", "is pending replica deletion.")
CREATING = ("KMSInvalidStateException", "is creating.")
UPDATING = ("KMSInvalidStateException", "is updating.")
# Unverified: that this comes before the state. A key that is creating is always a replica.
REPLICA = ("UnsupportedOperationException", "is not a multi-region primary key.")
LIVING = ("KMSInvalidStateException", "is not pending deletion.")
ORIGIN = ("UnsupportedOperationException", "origin is EXTERNAL which is not valid for this operation.")

CRYPTOGRAPHY = [OK, DISABLED, IMPORT, DYING]
# In the order of STATES; the other states are below.
TABLE = {
    "ReplicateKey": CRYPTOGRAPHY, "UpdatePrimaryRegion": CRYPTOGRAPHY,
    "CancelKeyDeletion": [LIVING, LIVING, LIVING, OK],
    "CreateAlias": [OK, OK, OK, DYING], "UpdateAlias": [OK, OK, OK, DYING],
    "DeleteAlias": [OK, OK, OK, OK], "ListAliases": [OK, OK, OK, OK],
    "DeleteImportedKeyMaterial": [OK, OK, OK, OK],
    "DescribeKey": [OK, OK, OK, OK],
    "DisableKey": [OK, OK, IMPORT, DYING],
    "EnableKey": [OK, OK, IMPORT, DYING],
    "GetParametersForImport": [OK, OK, OK, DYING],
    "ImportKeyMaterial": [OK, OK, OK, DYING],
    "GetKeyPolicy": [OK, OK, OK, OK], "PutKeyPolicy": [OK, OK, OK, OK], "ListKeyPolicies": [OK, OK, OK, OK],
    "ListResourceTags": [OK, OK, OK, OK],
    # These keys have imported material; what generated material says is in GENERATED.
    "EnableKeyRotation": [ORIGIN] * 4, "DisableKeyRotation": [ORIGIN] * 4, "GetKeyRotationStatus": [ORIGIN] * 4,
    "ListKeyRotations": [OK, OK, OK, OK], "RotateKeyOnDemand": [OK, DISABLED, IMPORT, DYING],
    "ScheduleKeyDeletion": [OK, OK, OK, DYING],
    "TagResource": [OK, OK, OK, DYING], "UntagResource": [OK, OK, OK, DYING],
    "UpdateKeyDescription": [OK, OK, OK, DYING],
    "Encrypt": CRYPTOGRAPHY, "Decrypt": CRYPTOGRAPHY, "GenerateDataKey": CRYPTOGRAPHY,
    "GenerateDataKeyWithoutPlaintext": CRYPTOGRAPHY, "ReEncrypt": CRYPTOGRAPHY,
    "GenerateDataKeyPair": CRYPTOGRAPHY, "GenerateDataKeyPairWithoutPlaintext": CRYPTOGRAPHY,
    "Sign": CRYPTOGRAPHY, "Verify": CRYPTOGRAPHY, "GetPublicKey": CRYPTOGRAPHY,
    "DeriveSharedSecret": CRYPTOGRAPHY, "GenerateMac": CRYPTOGRAPHY, "VerifyMac": CRYPTOGRAPHY,
}
MANAGED = ["DeleteImportedKeyMaterial", "EnableKey", "DisableKey", "GetParametersForImport"]
USES = [operation for operation, row in TABLE.items() if row is CRYPTOGRAPHY]
# Who is refused, while a key is creating and while it is updating; everybody else goes on.
CREATING_REFUSES = dict.fromkeys([*USES, *MANAGED, "ImportKeyMaterial"], CREATING) | {
    "CancelKeyDeletion": LIVING, "ReplicateKey": REPLICA, "UpdatePrimaryRegion": REPLICA}
UPDATING_REFUSES = dict.fromkeys([*MANAGED, "ScheduleKeyDeletion", "ReplicateKey"], UPDATING) | {
    "CancelKeyDeletion": LIVING}


def expected_of(operation, state):
    """A cell of the table."""
    if state in STATES:
        return TABLE[operation][STATES.index(state)]
    if state == "PendingReplicaDeletion":
        return WAITING if TABLE[operation][STATES.index("PendingDeletion")] is DYING else OK
    return (CREATING_REFUSES if state == "Creating" else UPDATING_REFUSES).get(operation, OK)


KIND_OF = {"ReplicateKey": "regions", "UpdatePrimaryRegion": "regions", "Sign": "signing", "Verify": "signing",
           "GetPublicKey": "signing", "GenerateMac": "mac", "VerifyMac": "mac", "DeriveSharedSecret": "agreement",
           "RotateKeyOnDemand": "rotatable"}
# A key of generated material never waits for an import: enabled, disabled, pending deletion.
GENERATED_STATES = ["Enabled", "Disabled", "PendingDeletion"]
GENERATED = {
    "EnableKeyRotation": [OK, DISABLED, DYING], "DisableKeyRotation": [OK, DISABLED, DYING],
    "GetKeyRotationStatus": [OK, OK, OK], "ListKeyRotations": [OK, OK, OK],
    "RotateKeyOnDemand": [OK, DISABLED, DYING],
}
# The same of multi-Region keys, in the order of SHARED_STATES.
GENERATED_SHARED = {
    "EnableKeyRotation": [WAITING, REPLICA, OK], "DisableKeyRotation": [WAITING, REPLICA, OK],
    "GetKeyRotationStatus": [OK, OK, OK], "ListKeyRotations": [OK, OK, OK],
    "RotateKeyOnDemand": [WAITING, REPLICA, UPDATING],
}
# What a state becomes where an operation is allowed.
AFTER = {
    ("CancelKeyDeletion", "PendingDeletion"): "Disabled",
    ("DeleteImportedKeyMaterial", "Enabled"): "PendingImport",
    ("DeleteImportedKeyMaterial", "Disabled"): "PendingImport",
    ("DisableKey", "Enabled"): "Disabled",
    ("EnableKey", "Disabled"): "Enabled",
    ("ImportKeyMaterial", "PendingImport"): "Enabled",
    **{("ScheduleKeyDeletion", state): "PendingDeletion" for state in [*STATES[:3], "Creating"]},
    ("CancelKeyDeletion", "PendingReplicaDeletion"): "Disabled",
}


class World:
    """A key that has been used and then brought into a state."""

    def __init__(self, kms, kind, state, clock=None):
        self.primary = self.kms = kms
        self.spec = KINDS[kind]
        self.plain = material(self.spec)
        is_shared = kind == "regions" or state in SHARED_STATES
        self.key_id = kms.external(
            self.spec, KeyUsage="KEY_AGREEMENT" if kind == "agreement" else usage(self.spec), MultiRegion=is_shared)
        kms.bring_plain(self.key_id, self.plain)
        self.given = kms.parameters(self.key_id)
        if kind == "rotatable":
            kms.bring_plain(self.key_id, material(self.spec), ImportType="NEW_KEY_MATERIAL")
        self.made = {"symmetric": self.encrypt, "rotatable": self.encrypt, "mac": self.mac, "signing": self.sign,
                     "agreement": self.agree, "regions": self.encrypt}[kind]()
        # A primary with replicas would wait for them instead.
        if is_shared and state != "PendingDeletion":
            self.replicate(state, clock)
        kms = self.kms
        self.arn = kms.arn(self.key_id)
        # Of this key, and of another of its kind.
        kms.create_alias(AliasName="alias/mine", TargetKeyId=self.key_id)
        kms.create_alias(AliasName="alias/other", TargetKeyId=kms.external(self.spec))
        if state == "Disabled":
            kms.disable_key(KeyId=self.key_id)
        elif state == "PendingImport":
            kms.delete_imported_key_material(KeyId=self.key_id)
        elif state == "PendingDeletion":
            kms.schedule_key_deletion(KeyId=self.key_id)
        elif state == "PendingReplicaDeletion":
            kms.schedule_key_deletion(KeyId=self.key_id)
        elif state == "Updating":
            self.primary.update_primary_region(KeyId=self.key_id, PrimaryRegion=WEST)
        assert kms.state(self.key_id) == state

    def replicate(self, state, clock):
        """Makes a replica, with its material unless it is to be caught creating. What is creating is the replica, and
        what is updating the primary that was one."""
        replica = self.kms.elsewhere(WEST)
        self.kms.replicate_key(KeyId=self.key_id, ReplicaRegion=WEST)
        if state in PASSING:
            self.kms = replica
        if state == "Creating":
            return
        if clock:
            clock.advance("aws", replica.access_id, clock.settling)
        replica.bring_plain(self.key_id, self.plain)
        if state == "Updating":
            self.given = replica.parameters(self.key_id)

    def encrypt(self):
        return self.kms.encrypt(KeyId=self.key_id, Plaintext=b"x")["CiphertextBlob"]

    def mac(self):
        return self.kms.generate_mac(KeyId=self.key_id, Message=b"x", MacAlgorithm="HMAC_SHA_256")["Mac"]

    def sign(self):
        return self.kms.sign(KeyId=self.key_id, Message=b"x", SigningAlgorithm="ECDSA_SHA_256")["Signature"]

    def agree(self):
        peer = public_key_der(private_key(KINDS["agreement"], 1))
        return self.kms.derive_shared_secret(
            KeyId=self.key_id, KeyAgreementAlgorithm="ECDH", PublicKey=peer)["SharedSecret"]

    def run(self, operation):
        kms, key = self.kms, {"KeyId": self.key_id}
        data_key, pair = {"KeySpec": "AES_256"}, {"KeyPairSpec": "ECC_NIST_P256"}
        return {
            "CancelKeyDeletion": lambda: kms.cancel_key_deletion(**key),
            "CreateAlias": lambda: kms.create_alias(AliasName="alias/new", TargetKeyId=self.key_id),
            "UpdateAlias": lambda: kms.update_alias(AliasName="alias/other", TargetKeyId=self.key_id),
            "DeleteAlias": lambda: kms.delete_alias(AliasName="alias/mine"),
            "ListAliases": lambda: kms.list_aliases(**key),
            "DeleteImportedKeyMaterial": lambda: kms.delete_imported_key_material(**key),
            "DescribeKey": lambda: kms.describe_key(**key),
            "DisableKey": lambda: kms.disable_key(**key),
            "EnableKey": lambda: kms.enable_key(**key),
            "GetParametersForImport": lambda: kms.parameters(self.key_id),
            "ImportKeyMaterial": lambda: kms.bring(
                self.key_id, self.given, wrap("RSAES_OAEP_SHA_256", self.given["PublicKey"], self.plain)),
            "GetKeyPolicy": lambda: kms.get_key_policy(**key),
            "PutKeyPolicy": lambda: kms.put_key_policy(**key, Policy=kms.get_key_policy(**key)["Policy"]),
            "ListKeyPolicies": lambda: kms.list_key_policies(**key),
            "ListResourceTags": lambda: kms.list_resource_tags(**key),
            "EnableKeyRotation": lambda: kms.enable_key_rotation(**key),
            "DisableKeyRotation": lambda: kms.disable_key_rotation(**key),
            "GetKeyRotationStatus": lambda: kms.get_key_rotation_status(**key),
            "ListKeyRotations": lambda: kms.list_key_rotations(**key),
            "RotateKeyOnDemand": lambda: kms.rotate_key_on_demand(**key),
            "ReplicateKey": lambda: kms.replicate_key(**key, ReplicaRegion=NORTH),
            "UpdatePrimaryRegion": lambda: kms.update_primary_region(
                **key, PrimaryRegion=self.primary.region if self.kms is not self.primary else WEST),
            "ScheduleKeyDeletion": lambda: kms.schedule_key_deletion(**key),
            "TagResource": lambda: kms.tag_resource(**key, Tags=[{"TagKey": "a", "TagValue": "b"}]),
            "UntagResource": lambda: kms.untag_resource(**key, TagKeys=["a"]),
            "UpdateKeyDescription": lambda: kms.update_key_description(**key, Description="said"),
            "Encrypt": self.encrypt, "GenerateMac": self.mac, "Sign": self.sign,
            "DeriveSharedSecret": self.agree,
            "Decrypt": lambda: kms.decrypt(CiphertextBlob=self.made),
            "GenerateDataKey": lambda: kms.generate_data_key(**key, **data_key),
            "GenerateDataKeyWithoutPlaintext": lambda: kms.generate_data_key_without_plaintext(**key, **data_key),
            "GenerateDataKeyPair": lambda: kms.generate_data_key_pair(**key, **pair),
            "GenerateDataKeyPairWithoutPlaintext": lambda: kms.generate_data_key_pair_without_plaintext(**key, **pair),
            "ReEncrypt": lambda: kms.re_encrypt(CiphertextBlob=self.made, DestinationKeyId=self.key_id),
            "Verify": lambda: kms.verify(**key, Message=b"x", Signature=self.made, SigningAlgorithm="ECDSA_SHA_256"),
            "GetPublicKey": lambda: kms.get_public_key(**key),
            "VerifyMac": lambda: kms.verify_mac(**key, Message=b"x", Mac=self.made, MacAlgorithm="HMAC_SHA_256"),
        }[operation]()


ROTATION = ["EnableKeyRotation", "DisableKeyRotation", "GetKeyRotationStatus", "ListKeyRotations", "RotateKeyOnDemand"]
CELLS = [(operation, state) for operation in TABLE
         for state in (STATES if operation in ROTATION else [*STATES, *SHARED_STATES])]


@pytest.mark.parametrize("operation, state", CELLS)
def test_cell(request, tenant_name, operation, state):
    # What passes by itself stays for a while on a slow server.
    slow = "slow_" if state in PASSING else ""
    kms, clock = Kms(request.getfixturevalue(f"{slow}endpoint"), tenant_name), request.getfixturevalue(f"{slow}clock")
    world = World(kms, KIND_OF.get(operation, "symmetric"), state, clock if slow else None)
    kms, expected = world.kms, expected_of(operation, state)
    if expected is OK:
        world.run(operation)
        assert kms.state(world.key_id) == AFTER.get((operation, state), state)
    else:
        code, rest = expected
        with unchanged(kms, world.key_id), refused(code, f"{world.arn} {rest}"):
            world.run(operation)


def check_generated(kms, key_id, operation, expected):
    state = kms.state(key_id)
    run = {"EnableKeyRotation": kms.enable_key_rotation, "DisableKeyRotation": kms.disable_key_rotation,
           "GetKeyRotationStatus": kms.get_key_rotation_status, "ListKeyRotations": kms.list_key_rotations,
           "RotateKeyOnDemand": kms.rotate_key_on_demand}[operation]
    if expected is OK:
        run(KeyId=key_id)
        assert kms.state(key_id) == state
    else:
        with unchanged(kms, key_id), refused(expected[0], f"{kms.arn(key_id)} {expected[1]}"):
            run(KeyId=key_id)


@pytest.mark.parametrize("state", GENERATED_STATES)
@pytest.mark.parametrize("operation", GENERATED)
def test_cell_of_generated_material(endpoint, tenant_name, operation, state):
    kms = Kms(endpoint, tenant_name)
    key_id = kms.create()
    if state == "Disabled":
        kms.disable_key(KeyId=key_id)
    elif state == "PendingDeletion":
        kms.schedule_key_deletion(KeyId=key_id)
    assert kms.state(key_id) == state
    check_generated(kms, key_id, operation, GENERATED[operation][GENERATED_STATES.index(state)])


@pytest.mark.parametrize("state", SHARED_STATES)
@pytest.mark.parametrize("operation", GENERATED_SHARED)
def test_cell_of_a_generated_key_of_several_regions(slow_endpoint, slow_clock, tenant_name, operation, state):
    kms = Kms(slow_endpoint, tenant_name)
    key_id = kms.create(MultiRegion=True)
    kms.replicate_key(KeyId=key_id, ReplicaRegion=WEST)
    if state != "Creating":
        slow_clock.advance("aws", kms.access_id, slow_clock.settling)
    if state == "PendingReplicaDeletion":
        kms.schedule_key_deletion(KeyId=key_id)
    elif state == "Updating":
        kms.update_primary_region(KeyId=key_id, PrimaryRegion=WEST)
    # What is creating is the replica, and what is updating the primary that was one.
    where = kms.elsewhere(WEST) if state in PASSING else kms
    assert where.state(key_id) == state
    check_generated(where, key_id, operation, GENERATED_SHARED[operation][SHARED_STATES.index(state)])


@pytest.mark.parametrize("state", STATES)
def test_deleting_material_keeps_a_dying_key_dying(endpoint, tenant_name, state):
    kms = Kms(endpoint, tenant_name)
    world = World(kms, "symmetric", state)
    kms.delete_imported_key_material(KeyId=world.key_id)
    assert kms.state(world.key_id) == ("PendingDeletion" if state == "PendingDeletion" else "PendingImport")


WRONG_USAGE = {
    "Encrypt": "mac", "GenerateDataKey": "signing", "GenerateDataKeyWithoutPlaintext": "mac",
    "GenerateDataKeyPair": "signing", "GenerateDataKeyPairWithoutPlaintext": "mac", "Sign": "symmetric",
    "Verify": "mac", "GenerateMac": "symmetric", "VerifyMac": "signing",
    "DeriveSharedSecret": "signing",
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("operation", WRONG_USAGE)
def test_the_state_is_told_before_the_usage(endpoint, tenant_name, operation, state):
    kms = Kms(endpoint, tenant_name)
    world = World(kms, WRONG_USAGE[operation], state)
    expected = TABLE[operation][STATES.index(state)]
    if expected is OK:
        message = f"{world.arn} key usage is {usage(world.spec)} which is not valid for {operation}."
        expected = ("InvalidKeyUsageException", message)
    else:
        expected = (expected[0], f"{world.arn} {expected[1]}")
    with unchanged(kms, world.key_id), refused(*expected):
        world.run(operation)
