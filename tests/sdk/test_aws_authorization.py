"""Who may do what: key policies and the policies of users and roles, taken together."""

import functools
import json

import pytest
import aws_model
from aws_principals import Account, denied_text, policy, statement
from aws_support import SYMMETRIC, Kms, Raw, check_refusal, material, missing_id, refused
from wrapping import wrap

WEST = "us-west-2"
DENIED = "AccessDeniedException"
FOREIGN_BLOB = ("The ciphertext refers to a customer master key that does not exist, does not exist in this region, or "
                "you are not allowed to access.")


@pytest.fixture
def account(endpoint, tenant_name, admin):
    return Account(endpoint, admin, tenant_name)


@pytest.fixture
def other(endpoint, tenant_name, admin):
    return Account(endpoint, admin, f"{tenant_name}x")


class Keys:
    """A key for every kind of operation."""

    def __init__(self, kms):
        self.kms = kms
        self.symmetric = kms.create()
        self.second = kms.create()
        self.external = kms.external()
        self.mac = kms.create("HMAC_256")
        self.signing = kms.create("ECC_NIST_P256")
        self.agreeing = kms.create("ECC_NIST_P256", KeyUsage="KEY_AGREEMENT")
        self.doomed = kms.create()
        kms.schedule_key_deletion(KeyId=self.doomed)
        self.alias = f"alias/{missing_id()}"
        kms.create_alias(AliasName=self.alias, TargetKeyId=self.symmetric)
        self.blob = kms.encrypt(KeyId=self.symmetric, Plaintext=b"x")["CiphertextBlob"]
        self.signature = kms.sign(KeyId=self.signing, Message=b"m", SigningAlgorithm="ECDSA_SHA_256")["Signature"]
        self.tag = kms.generate_mac(KeyId=self.mac, Message=b"m", MacAlgorithm="HMAC_SHA_256")["Mac"]
        self.arn = f"arn:aws:iam::{kms.account}:root"
        self.grant = kms.create_grant(
            KeyId=self.symmetric, GranteePrincipal=self.arn, Operations=["Decrypt"])["GrantId"]
        self.peer = kms.get_public_key(KeyId=self.agreeing)["PublicKey"]

    @functools.cached_property
    def kem(self):
        return self.kms.create("ML_KEM_512", KeyUsage="ENCAPSULATE_DECAPSULATE")

    @functools.cached_property
    def encapsulated(self):
        return self.kms.encapsulate(KeyId=self.kem, EncapsulationAlgorithm="ML_KEM")["SharedSecretCiphertextBlob"]

    @functools.cached_property
    def shared(self):
        return self.kms.create(MultiRegion=True)

    @functools.cached_property
    def replicated(self):
        self.kms.replicate_key(KeyId=self.shared, ReplicaRegion=WEST)
        return self.shared

    @functools.cached_property
    def store(self):
        return new_store(self.kms)

    @functools.cached_property
    def connected_store(self):
        self.kms.connect_custom_key_store(CustomKeyStoreId=self.store)
        return self.store


def new_store(kms):
    return kms.create_custom_key_store(
        CustomKeyStoreName="store", CloudHsmClusterId="cluster-2222222222a", KeyStorePassword="kmsPswd1",
        TrustAnchorCertificate="anchor")["CustomKeyStoreId"]


# Every operation, the actions that it needs, and how it is called.
OPERATIONS = [
    ("CancelKeyDeletion", None, lambda c, k: c.cancel_key_deletion(KeyId=k.doomed)),
    ("ConnectCustomKeyStore", None, lambda c, k: c.connect_custom_key_store(CustomKeyStoreId=k.store)),
    ("CreateAlias", None, lambda c, k: c.create_alias(AliasName=f"alias/{missing_id()}", TargetKeyId=k.second)),
    ("CreateCustomKeyStore", None, lambda c, k: new_store(c)),
    ("CreateGrant", None, lambda c, k: c.create_grant(
        KeyId=k.symmetric, GranteePrincipal=k.arn, Operations=["Decrypt"])),
    ("CreateKey", None, lambda c, k: c.create_key()),
    ("Decapsulate", None, lambda c, k: c.decapsulate(
        KeyId=k.kem, EncapsulationAlgorithm="ML_KEM", SharedSecretCiphertextBlob=k.encapsulated)),
    ("Decrypt", None, lambda c, k: c.decrypt(KeyId=k.symmetric, CiphertextBlob=k.blob)),
    ("DeleteAlias", None, lambda c, k: c.delete_alias(AliasName=k.alias)),
    ("DeleteCustomKeyStore", None, lambda c, k: c.delete_custom_key_store(CustomKeyStoreId=k.store)),
    ("DeleteImportedKeyMaterial", None, lambda c, k: c.delete_imported_key_material(KeyId=k.external)),
    ("DeriveSharedSecret", None, lambda c, k: c.derive_shared_secret(
        KeyId=k.agreeing, KeyAgreementAlgorithm="ECDH", PublicKey=k.peer)),
    ("DescribeCustomKeyStores", None, lambda c, k: c.describe_custom_key_stores()),
    ("DescribeKey", None, lambda c, k: c.describe_key(KeyId=k.symmetric)),
    ("DisableKeyRotation", None, lambda c, k: c.disable_key_rotation(KeyId=k.symmetric)),
    ("DisableKey", None, lambda c, k: c.disable_key(KeyId=k.second)),
    ("DisconnectCustomKeyStore", None, lambda c, k: c.disconnect_custom_key_store(CustomKeyStoreId=k.connected_store)),
    ("EnableKey", None, lambda c, k: c.enable_key(KeyId=k.second)),
    ("EnableKeyRotation", None, lambda c, k: c.enable_key_rotation(KeyId=k.symmetric)),
    ("Encapsulate", None, lambda c, k: c.encapsulate(KeyId=k.kem, EncapsulationAlgorithm="ML_KEM")),
    ("Encrypt", None, lambda c, k: c.encrypt(KeyId=k.symmetric, Plaintext=b"x")),
    ("GenerateDataKey", None, lambda c, k: c.generate_data_key(KeyId=k.symmetric, KeySpec="AES_256")),
    ("GenerateDataKeyPair", None, lambda c, k: c.generate_data_key_pair(
        KeyId=k.symmetric, KeyPairSpec="ECC_NIST_P256")),
    ("GenerateDataKeyPairWithoutPlaintext", None, lambda c, k: c.generate_data_key_pair_without_plaintext(
        KeyId=k.symmetric, KeyPairSpec="ECC_NIST_P256")),
    ("GenerateDataKeyWithoutPlaintext", None, lambda c, k: c.generate_data_key_without_plaintext(
        KeyId=k.symmetric, KeySpec="AES_256")),
    ("GenerateMac", None, lambda c, k: c.generate_mac(KeyId=k.mac, Message=b"m", MacAlgorithm="HMAC_SHA_256")),
    ("GenerateRandom", None, lambda c, k: c.generate_random(NumberOfBytes=1)),
    ("GetKeyLastUsage", None, lambda c, k: c.get_key_last_usage(KeyId=k.symmetric)),
    ("GetKeyRotationStatus", None, lambda c, k: c.get_key_rotation_status(KeyId=k.symmetric)),
    ("GetKeyPolicy", None, lambda c, k: c.get_key_policy(KeyId=k.symmetric)),
    ("GetParametersForImport", None, lambda c, k: c.get_parameters_for_import(
        KeyId=k.external, WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_2048")),
    ("GetPublicKey", None, lambda c, k: c.get_public_key(KeyId=k.signing)),
    ("ListAliases", None, lambda c, k: c.list_aliases(KeyId=k.symmetric)),
    ("ListGrants", None, lambda c, k: c.list_grants(KeyId=k.symmetric)),
    ("ListKeyRotations", None, lambda c, k: c.list_key_rotations(KeyId=k.symmetric)),
    ("ListRetirableGrants", None, lambda c, k: c.list_retirable_grants(RetiringPrincipal=k.arn)),
    ("ListKeyPolicies", None, lambda c, k: c.list_key_policies(KeyId=k.symmetric)),
    ("ListKeys", None, lambda c, k: c.list_keys()),
    ("ListResourceTags", None, lambda c, k: c.list_resource_tags(KeyId=k.symmetric)),
    ("PutKeyPolicy", None, lambda c, k: c.put_key_policy(
        KeyId=k.symmetric, Policy=k.kms.get_key_policy(KeyId=k.symmetric)["Policy"])),
    ("ReEncrypt", ("ReEncryptFrom", "ReEncryptTo"), lambda c, k: c.re_encrypt(
        SourceKeyId=k.symmetric, CiphertextBlob=k.blob, DestinationKeyId=k.second)),
    ("ReplicateKey", ("ReplicateKey", "CreateKey"), lambda c, k: c.replicate_key(KeyId=k.shared, ReplicaRegion=WEST)),
    ("RetireGrant", None, lambda c, k: c.retire_grant(KeyId=k.kms.arn(k.symmetric), GrantId=k.grant)),
    ("RevokeGrant", None, lambda c, k: c.revoke_grant(KeyId=k.symmetric, GrantId=k.grant)),
    ("RotateKeyOnDemand", None, lambda c, k: c.rotate_key_on_demand(KeyId=k.symmetric)),
    ("ScheduleKeyDeletion", None, lambda c, k: c.schedule_key_deletion(KeyId=k.second)),
    ("Sign", None, lambda c, k: c.sign(KeyId=k.signing, Message=b"m", SigningAlgorithm="ECDSA_SHA_256")),
    ("TagResource", None, lambda c, k: c.tag_resource(KeyId=k.symmetric, Tags=[{"TagKey": "a", "TagValue": "b"}])),
    ("UntagResource", None, lambda c, k: c.untag_resource(KeyId=k.symmetric, TagKeys=["a"])),
    ("UpdateAlias", None, lambda c, k: c.update_alias(AliasName=k.alias, TargetKeyId=k.second)),
    ("UpdateCustomKeyStore", None, lambda c, k: c.update_custom_key_store(
        CustomKeyStoreId=k.store, NewCustomKeyStoreName="other")),
    ("UpdateKeyDescription", None, lambda c, k: c.update_key_description(KeyId=k.symmetric, Description="d")),
    ("UpdatePrimaryRegion", None, lambda c, k: c.update_primary_region(KeyId=k.replicated, PrimaryRegion=WEST)),
    ("Verify", None, lambda c, k: c.verify(
        KeyId=k.signing, Message=b"m", Signature=k.signature, SigningAlgorithm="ECDSA_SHA_256")),
    ("VerifyMac", None, lambda c, k: c.verify_mac(
        KeyId=k.mac, Message=b"m", Mac=k.tag, MacAlgorithm="HMAC_SHA_256")),
]


@pytest.mark.parametrize("operation, actions, run", OPERATIONS, ids=[line[0] for line in OPERATIONS])
def test_one_action_is_enough_and_all_others_are_not(account, operation, actions, run):
    keys = Keys(account.root)
    wanted = [f"kms:{action}" for action in actions or [operation]]
    user = account.user({"Effect": "Allow", "NotAction": wanted, "Resource": "*"})
    with refused(DENIED) as caught:
        run(user, keys)
    said = caught.value.response["Error"]["Message"]
    assert said.startswith(f"User: {user.arn_of_caller} is not authorized to perform: {wanted[0]} on resource: ")
    assert said.endswith(f" because no identity-based policy allows the {wanted[0]} action")
    account.allow(user, statement(action=wanted))
    run(user, keys)


def test_the_table_is_complete():
    # Bringing material takes more than a line: see below.
    assert sorted([line[0] for line in OPERATIONS] + ["ImportKeyMaterial"]) == aws_model.operations()


def test_bringing_material_needs_its_own_action(account):
    key_id, plain = account.root.external(), material(SYMMETRIC)
    given = account.root.parameters(key_id)
    wrapped = wrap("RSAES_OAEP_SHA_256", given["PublicKey"], plain)
    user = account.user({"Effect": "Allow", "NotAction": "kms:ImportKeyMaterial", "Resource": "*"})
    with refused(DENIED, denied_text(user.arn_of_caller, "ImportKeyMaterial", account.root.arn(key_id), "own")):
        user.bring(key_id, given, wrapped)
    assert account.root.state(key_id) == "PendingImport"
    account.allow(user, statement(action="kms:ImportKeyMaterial"))
    user.bring(key_id, given, wrapped)
    assert account.root.state(key_id) == "Enabled"


def test_a_replica_needs_both_actions(account):
    key_id = account.root.create(MultiRegion=True)
    user = account.user(statement(action="kms:ReplicateKey"))
    for action, message in (("ReplicateKey", "kms:CreateKey"), ("CreateKey", "kms:ReplicateKey")):
        account.allow(user, statement(action=f"kms:{action}"))
        with refused(DENIED) as caught:
            user.replicate_key(KeyId=key_id, ReplicaRegion=WEST)
        assert message in caught.value.response["Error"]["Message"]
    assert account.root.describe(key_id)["MultiRegionConfiguration"]["ReplicaKeys"] == []


def test_a_user_without_policies_may_nothing(account):
    key_id = account.root.create()
    user = account.user()
    arn = account.root.arn(key_id)
    with refused(DENIED, denied_text(user.arn_of_caller, "DescribeKey", arn, "own")):
        user.describe_key(KeyId=key_id)
    with refused(DENIED, denied_text(user.arn_of_caller, "ListKeys", "*", "own")):
        user.list_keys()
    # What is not there, is not there for anybody of the account.
    with refused("NotFoundException"):
        user.describe_key(KeyId=missing_id())


def test_the_refusal_on_the_wire(endpoint, account):
    name = "wire"
    account.admin(f"users/{name}", "PUT")
    made = account.admin(f"users/{name}/access-keys", "POST")
    response = Raw(endpoint, made["AccessKeyId"], made["SecretAccessKey"])("ListKeys", {})
    envelope = check_refusal(response, DENIED)
    assert set(envelope) == {"__type", "Message"}


def test_key_policy_and_own_policy(account):
    key_id = account.root.create()
    arn = account.root.arn(key_id)
    user = account.user(statement(action="kms:DescribeKey"))
    me = {"AWS": user.arn_of_caller}
    delegating = statement(Principal={"AWS": account.arn})

    def tried(why=None):
        if why is None:
            return user.describe_key(KeyId=key_id)
        with refused(DENIED, denied_text(user.arn_of_caller, "DescribeKey", arn, why)):
            user.describe_key(KeyId=key_id)

    tried()
    account.put_policy(key_id, statement(Principal={"AWS": account.id}))
    tried()
    # The key's policy names somebody else.
    account.put_policy(key_id, statement(Principal={"AWS": f"{account.arn[:-4]}user/{account.user().user}"}))
    tried("key")
    # It says no.
    account.put_policy(key_id, delegating, statement("Deny", "kms:Describe*", Principal=me))
    tried("key denies")
    account.put_policy(key_id, delegating, statement("Deny", Principal={"AWS": account.arn}))
    tried("key denies")
    # It names the user, who needs nothing of their own.
    account.allow(user, statement(action="kms:Encrypt"))
    account.put_policy(key_id, delegating)
    tried("own")
    account.put_policy(key_id, statement(Principal=me))
    tried()
    account.allow(user, statement("Deny", "kms:*"))
    tried("own denies")
    account.allow(user, statement(resource=arn.replace("key/", "key/x")))
    account.put_policy(key_id, delegating)
    tried("own")
    account.allow(user, statement(resource=arn.replace(key_id, "*")))
    tried()
    # Everybody may.
    account.allow(user, statement(action="s3:*"))
    account.put_policy(key_id, statement(Principal="*"))
    tried()
    account.put_policy(key_id, statement("Deny", NotPrincipal=me), statement(Principal=me))
    tried()


def test_the_public_root_is_never_locked_out(account):
    key_id = account.root.create()
    account.put_policy(key_id, statement("Deny", Principal="*"))
    account.root.describe_key(KeyId=key_id)
    account.put_policy(key_id, statement(Principal="*"))


def test_an_issued_root_obeys_the_key(account):
    root = account.client(account.admin("access-keys", "POST"))
    key_id = root.create()
    root.encrypt(KeyId=key_id, Plaintext=b"x")
    account.put_policy(key_id, statement(action="kms:Decrypt", Principal={"AWS": account.arn}))
    with refused(DENIED, denied_text(account.arn, "Encrypt", account.root.arn(key_id), "key")):
        root.encrypt(KeyId=key_id, Plaintext=b"x")


def test_aliases_are_asked_about_as_well_as_keys(account):
    key_id, second = account.root.create(), account.root.create()
    arn = account.root.arn(key_id)
    name = f"alias/{missing_id()}"
    alias = arn.replace(f"key/{key_id}", name)
    user = account.user(statement(resource=arn))
    with refused(DENIED, denied_text(user.arn_of_caller, "CreateAlias", alias, "own")):
        user.create_alias(AliasName=name, TargetKeyId=key_id)
    account.allow(user, statement(resource=alias))
    with refused(DENIED, denied_text(user.arn_of_caller, "CreateAlias", arn, "own")):
        user.create_alias(AliasName=name, TargetKeyId=key_id)
    account.allow(user, statement(resource=[alias, arn]))
    user.create_alias(AliasName=name, TargetKeyId=key_id)
    with refused(DENIED, denied_text(user.arn_of_caller, "UpdateAlias", account.root.arn(second), "own")):
        user.update_alias(AliasName=name, TargetKeyId=second)
    account.allow(user, statement(resource=[alias, account.root.arn(second)]))
    with refused(DENIED, denied_text(user.arn_of_caller, "UpdateAlias", arn, "own")):
        user.update_alias(AliasName=name, TargetKeyId=second)
    with refused(DENIED, denied_text(user.arn_of_caller, "DeleteAlias", arn, "own")):
        user.delete_alias(AliasName=name)
    account.allow(user, statement(resource=[alias, arn]))
    user.delete_alias(AliasName=name)


def test_tags_at_creation_need_their_own_action(account):
    tags = [{"TagKey": "team", "TagValue": "red"}]
    user = account.user(statement(action="kms:CreateKey"))
    user.create_key()
    with refused(DENIED):
        user.create_key(Tags=tags)
    account.allow(user, statement(action=["kms:CreateKey", "kms:TagResource"]))
    user.create_key(Tags=tags)


def test_a_blob_of_a_key_that_may_not_be_used(account):
    key_id = account.root.create()
    blob = account.root.encrypt(KeyId=key_id, Plaintext=b"x")["CiphertextBlob"]
    user = account.user(statement(action="kms:Encrypt"))
    with refused(DENIED, FOREIGN_BLOB):
        user.decrypt(CiphertextBlob=blob)
    account.allow(user, statement(action="kms:Decrypt"))
    assert user.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"


# Conditions: what must hold, and what a request then does or does not.

def encrypting(**more):
    return lambda c, k: c.encrypt(KeyId=k, Plaintext=b"x", **more)


CONDITIONS = [
    ({"StringEquals": {"kms:EncryptionContext:App": "pay"}}, encrypting(EncryptionContext={"App": "pay"}),
     encrypting(EncryptionContext={"App": "x"})),
    ({"StringEquals": {"kms:EncryptionContext:App": "pay"}}, encrypting(EncryptionContext={"app": "pay", "b": "c"}),
     encrypting()),
    ({"ForAllValues:StringEquals": {"kms:EncryptionContextKeys": ["App", "Dept"]}},
     encrypting(EncryptionContext={"App": "1"}), encrypting(EncryptionContext={"App": "1", "x": "2"})),
    ({"Null": {"kms:EncryptionContextKeys": "true"}}, encrypting(), encrypting(EncryptionContext={"a": "b"})),
    ({"StringEquals": {"kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT"}}, encrypting(), None),
    ({"StringEquals": {"kms:KeySpec": "SYMMETRIC_DEFAULT", "kms:KeyUsage": "ENCRYPT_DECRYPT",
                       "kms:KeyOrigin": "AWS_KMS", "kms:MultiRegion": "false"}}, encrypting(), None),
    ({"StringEquals": {"kms:KeySpec": "RSA_2048"}}, None, encrypting()),
    ({"StringEquals": {"aws:ResourceTag/team": "red"}}, encrypting(), None),
    ({"StringEquals": {"aws:ResourceTag/team": "blue"}}, None, encrypting()),
    ({"ForAnyValue:StringLike": {"kms:ResourceAliases": "alias/pay-*"}}, encrypting(), None),
    ({"ForAnyValue:StringLike": {"kms:ResourceAliases": "alias/x-*"}}, None, encrypting()),
    ({"StringLike": {"kms:RequestAlias": "alias/pay-*"}},
     lambda c, k: c.encrypt(KeyId=c.alias, Plaintext=b"x"), encrypting()),
    ({"StringEquals": {"aws:username": "${aws:username}"}}, encrypting(), None),
    ({"StringEquals": {"aws:PrincipalType": "User", "aws:RequestedRegion": "us-east-1"}}, encrypting(), None),
    ({"StringEquals": {"aws:RequestedRegion": ["eu-west-1"]}}, None, encrypting()),
    ({"StringEquals": {"aws:PrincipalTag/team": "${aws:ResourceTag/team}"}}, encrypting(), None),
    ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/*"}}, encrypting(), None),
    ({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/*"}}, None, encrypting()),
    ({"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, encrypting(), None),
    ({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, None, encrypting()),
    ({"Bool": {"aws:SecureTransport": "false"}}, encrypting(), None),
    ({"Bool": {"aws:SecureTransport": "true"}}, None, encrypting()),
    ({"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, encrypting(), None),
    ({"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, None, encrypting()),
    ({"NumericGreaterThan": {"aws:EpochTime": "1577836800"}}, encrypting(), None),
    ({"NumericLessThanEquals": {"kms:ScheduleKeyDeletionPendingWindowInDays": "7"}},
     None, lambda c, k: c.schedule_key_deletion(KeyId=k, PendingWindowInDays=8)),
    ({"NumericLessThanEquals": {"kms:ScheduleKeyDeletionPendingWindowInDays": "7"}},
     lambda c, k: c.schedule_key_deletion(KeyId=k, PendingWindowInDays=7), None),
    ({"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}, None, encrypting()),
    ({"Bool": {"kms:BypassPolicyLockoutSafetyCheck": "false"}}, None, lambda c, k: c.put_key_policy(
        KeyId=k, Policy=json.dumps(policy(statement(Principal="*"))), BypassPolicyLockoutSafetyCheck=True)),
    ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}, "StringEquals": {"aws:RequestTag/a": "1"}},
     lambda c, k: c.tag_resource(KeyId=k, Tags=[{"TagKey": "a", "TagValue": "1"}]),
     lambda c, k: c.tag_resource(KeyId=k, Tags=[{"TagKey": "a", "TagValue": "1"}, {"TagKey": "b", "TagValue": "1"}])),
    ({"StringEquals": {"kms:PolicyName": "default"}}, lambda c, k: c.get_key_policy(KeyId=k), None),
    ({"StringEquals": {"kms:DataKeyPairSpec": "ECC_NIST_P256"}},
     lambda c, k: c.generate_data_key_pair(KeyId=k, KeyPairSpec="ECC_NIST_P256"),
     lambda c, k: c.generate_data_key_pair(KeyId=k, KeyPairSpec="ECC_NIST_P384")),
]


@pytest.mark.parametrize("where", ["own policy", "key policy"])
@pytest.mark.parametrize("number", range(len(CONDITIONS)))
def test_conditions(account, where, number):
    condition, good, bad = CONDITIONS[number]
    key_id = account.root.create(Tags=[{"TagKey": "team", "TagValue": "red"}])
    user = account.user(tags={"team": "red"})
    user.alias = f"alias/pay-{missing_id()}"
    account.root.create_alias(AliasName=user.alias, TargetKeyId=key_id)
    if where == "own policy":
        account.allow(user, statement(Condition=condition))
    else:
        account.put_policy(key_id, statement(Principal={"AWS": user.arn_of_caller}, Condition=condition))
    if good:
        good(user, key_id)
    if bad:
        with refused(DENIED):
            bad(user, key_id)


def test_re_encryption_asks_about_each_side(account):
    source, destination = account.root.create(), account.root.create()
    blob = account.root.encrypt(KeyId=source, Plaintext=b"x", EncryptionContext={"a": "1"})["CiphertextBlob"]

    def condition(value):
        return {"StringEquals": {"kms:EncryptionContext:a": value}}

    user = account.user(statement(action="kms:ReEncryptFrom", resource=account.root.arn(source), Condition=condition("1")),
                        statement(action="kms:ReEncryptTo", resource=account.root.arn(destination),
                                  Condition=condition("2")))

    def run(to):
        return user.re_encrypt(CiphertextBlob=blob, SourceKeyId=source, SourceEncryptionContext={"a": "1"},
                               DestinationKeyId=destination, DestinationEncryptionContext={"a": to})

    run("2")
    with refused(DENIED, denied_text(user.arn_of_caller, "ReEncryptTo", account.root.arn(destination), "own")):
        run("1")


def test_a_grant_makes_up_for_silence_and_not_for_a_no(account, other):
    key_id = account.root.create()
    arn = account.root.arn(key_id)
    user, session, stranger = account.user(), account.session(), other.user()
    for kms, grantee in ((user, user.arn_of_caller), (session, session.role_arn), (stranger, stranger.arn_of_caller)):
        with refused(DENIED):
            kms.encrypt(KeyId=arn, Plaintext=b"x")
        account.root.create_grant(KeyId=key_id, GranteePrincipal=grantee, Operations=["Encrypt", "RetireGrant"])
        kms.encrypt(KeyId=arn, Plaintext=b"x")
        with refused(DENIED):
            kms.describe_key(KeyId=arn)
    account.allow(user, statement("Deny", "kms:Encrypt"))
    with refused(DENIED, denied_text(user.arn_of_caller, "Encrypt", arn, "own denies")):
        user.encrypt(KeyId=arn, Plaintext=b"x")
    account.put_policy(key_id, statement("Deny", "kms:Encrypt", Principal="*"))
    for kms in (session, stranger):
        with refused(DENIED):
            kms.encrypt(KeyId=arn, Plaintext=b"x")
    grants = {grant["GranteePrincipal"]: grant["GrantId"] for grant in account.root.list_grants(KeyId=key_id)["Grants"]}
    stranger.retire_grant(KeyId=arn, GrantId=grants[stranger.arn_of_caller])
    with refused(DENIED):
        user.retire_grant(KeyId=arn, GrantId=grants[session.role_arn])


def test_across_accounts_both_must_allow(account, other):
    key_id = account.root.create()
    arn = account.root.arn(key_id)
    user = other.user(statement(action="kms:Encrypt"))
    hidden = denied_text(user.arn_of_caller, "Encrypt", arn, "hidden")
    with refused(DENIED, hidden):
        user.encrypt(KeyId=arn, Plaintext=b"x")
    with refused(DENIED, hidden):
        user.encrypt(KeyId=account.root.arn(missing_id()), Plaintext=b"x")
    with refused(DENIED, hidden):
        user.encrypt(KeyId=arn.replace(f"key/{key_id}", "alias/none"), Plaintext=b"x")
    own = statement(Principal={"AWS": account.arn})
    account.put_policy(key_id, own, statement(action=["kms:Encrypt", "kms:Decrypt"], Principal={"AWS": other.id}))
    answer = user.encrypt(KeyId=arn, Plaintext=b"x")
    assert answer["KeyId"] == arn
    assert account.root.decrypt(CiphertextBlob=answer["CiphertextBlob"])["Plaintext"] == b"x"
    with refused(DENIED, denied_text(user.arn_of_caller, "Decrypt", arn, "own")):
        user.decrypt(KeyId=arn, CiphertextBlob=answer["CiphertextBlob"])
    other.allow(user, statement())
    assert user.decrypt(KeyId=arn, CiphertextBlob=answer["CiphertextBlob"])["Plaintext"] == b"x"
    # The ciphertext says which key it is, and so whose.
    found = user.decrypt(CiphertextBlob=answer["CiphertextBlob"])
    assert (found["Plaintext"], found["KeyId"]) == (b"x", arn)
    with refused(DENIED, FOREIGN_BLOB):
        other.user(statement(action="kms:Encrypt")).decrypt(CiphertextBlob=answer["CiphertextBlob"])
    # The root of the other account needs the key's policy as well, and no other.
    other.root.encrypt(KeyId=arn, Plaintext=b"x")
    with refused(DENIED, denied_text(other.arn, "DescribeKey", arn, "hidden")):
        other.root.describe_key(KeyId=arn)
    alias = f"alias/{missing_id()}"
    account.root.create_alias(AliasName=alias, TargetKeyId=key_id)
    user.encrypt(KeyId=arn.replace(f"key/{key_id}", alias), Plaintext=b"x")
    # The key's owner is named in refusals of the key's state.
    account.root.disable_key(KeyId=key_id)
    with refused("DisabledException", f"{arn} is disabled."):
        user.encrypt(KeyId=arn, Plaintext=b"x")
    account.put_policy(key_id, own, statement(Principal="*"), statement("Deny", Principal={"AWS": other.id}))
    with refused(DENIED, hidden):
        user.encrypt(KeyId=arn, Plaintext=b"x")


def test_what_manages_keys_stays_in_the_account(account, other):
    key_id = account.root.create()
    account.put_policy(key_id, statement(Principal="*"))
    arn = account.root.arn(key_id)
    with refused("NotFoundException"):
        other.root.disable_key(KeyId=arn)
    with refused("NotFoundException"):
        other.root.put_key_policy(KeyId=arn, Policy="{}")
    other.root.describe_key(KeyId=arn)


def test_an_account_may_do_without_policies(account):
    key_id = account.root.create()
    user = account.user(statement("Deny"))
    assert account.admin("authorization") == {"account": account.id, "enforced": None}
    with refused(DENIED):
        user.describe_key(KeyId=key_id)
    account.admin("authorization", "PUT", {"enforced": False})
    assert account.admin("authorization")["enforced"] is False
    user.describe_key(KeyId=key_id)
    user.list_keys()
    account.put_policy(key_id, statement("Deny", Principal="*"))
    user.describe_key(KeyId=key_id)
    account.admin("authorization", "PUT", {"enforced": None})
    with refused(DENIED):
        user.describe_key(KeyId=key_id)


LOCKOUT = "The new key policy will not allow you to update the key policy in the future."
PRINCIPALS = "Policy contains a statement with one or more invalid principals."


def test_the_lockout_check_asks_for_the_caller(account):
    key_id = account.root.create()
    user = account.user(statement(action="kms:*"))
    delegating = json.dumps(policy(statement(Principal={"AWS": account.arn})))
    mine = json.dumps(policy(statement(Principal={"AWS": user.arn_of_caller})))
    user.put_key_policy(KeyId=key_id, Policy=delegating)
    user.create_key(Policy=delegating)
    with refused("MalformedPolicyDocumentException", LOCKOUT):
        account.root.put_key_policy(KeyId=key_id, Policy=mine)
    user.put_key_policy(KeyId=key_id, Policy=mine)
    # Who may make keys but not change their policies is not helped by the account's being named.
    maker = account.user(statement(action="kms:CreateKey"))
    with refused("MalformedPolicyDocumentException", LOCKOUT):
        maker.create_key(Policy=delegating)
    maker.create_key(Policy=json.dumps(policy(statement(Principal={"AWS": maker.arn_of_caller}))))
    maker.create_key()
    conditional = policy(statement(Principal="*", Condition={"StringEquals": {"aws:username": "nobody"}}))
    with refused("MalformedPolicyDocumentException", LOCKOUT):
        user.put_key_policy(KeyId=key_id, Policy=json.dumps(conditional))


def test_principals_of_a_known_account_must_exist(account):
    key_id = account.root.create()
    stranger = policy(statement(Principal="*"), statement(Principal={"AWS": f"{account.arn[:-4]}user/nobody"}))
    # Nobody has told the server of a user in this account, so it believes what it is told.
    account.root.put_key_policy(KeyId=key_id, Policy=json.dumps(stranger))
    user, session = account.user(path="/team/"), account.session()
    assert user.arn_of_caller == f"arn:aws:iam::{account.id}:user/team/{user.user}"
    with refused("MalformedPolicyDocumentException", PRINCIPALS):
        account.root.put_key_policy(KeyId=key_id, Policy=json.dumps(stranger))
    with refused("MalformedPolicyDocumentException", PRINCIPALS):
        account.root.create_key(Policy=json.dumps(stranger))
    for known in (user.arn_of_caller, session.role_arn, session.arn_of_caller, account.arn):
        account.put_policy(key_id, statement(Principal="*"), statement(Principal={"AWS": known}))
    account.admin(f"users/{user.user}", "DELETE")
    with refused("MalformedPolicyDocumentException", PRINCIPALS):
        account.put_policy(key_id, statement(Principal="*"), statement(Principal={"AWS": user.arn_of_caller}))


def test_in_china_partitions_differ(endpoint, tenant_name, admin):
    account = Account(endpoint, admin, tenant_name, "cn-north-1")
    key_id = account.root.create()
    user = account.user(statement(action="kms:DescribeKey"))
    user.describe_key(KeyId=key_id)
    with refused(DENIED) as caught:
        user.encrypt(KeyId=key_id, Plaintext=b"x")
    assert f"User: arn:aws-cn:iam::{account.id}:user/{user.user} is" in caught.value.response["Error"]["Message"]


def test_a_tenant_is_not_another(endpoint, account):
    """The same name in two accounts is two users."""
    key_id = account.root.create()
    stranger = Kms(endpoint, None, access_id="444455556666")
    with refused(DENIED):
        stranger.describe_key(KeyId=account.root.arn(key_id))
