"""What a grant is worth: whoever has no right by a policy can do exactly what their grants allow, and nothing else."""

import pytest
from aws_principals import Account, policy, statement
from aws_support import refused

DENIED = "AccessDeniedException"
CONTEXT = {"a": "1", "b": "2"}
SIGNING = {"Message": b"m", "SigningAlgorithm": "ECDSA_SHA_256"}
MAC = {"Message": b"m", "MacAlgorithm": "HMAC_SHA_256"}


@pytest.fixture
def account(endpoint, tenant_name, admin):
    return Account(endpoint, admin, tenant_name)


@pytest.fixture
def other(endpoint, tenant_name, admin):
    return Account(endpoint, admin, f"{tenant_name}x")


class Keys:
    """Keys of every usage, and what is needed to use them. A fresh pair of symmetric ones at each turn."""

    def __init__(self, root):
        self.root = root
        ids = [root.create(), root.create(), root.create("ECC_NIST_P256"), root.create("HMAC_256"),
               root.create("ECC_NIST_P256", KeyUsage="KEY_AGREEMENT")]
        # By ARN, so that callers of other accounts find them.
        self.symmetric, self.second, self.signing, self.mac, self.agreeing = map(root.arn, ids)
        self.blob = root.encrypt(KeyId=ids[0], Plaintext=b"x")["CiphertextBlob"]
        self.signature = root.sign(KeyId=ids[2], **SIGNING)["Signature"]
        self.tag = root.generate_mac(KeyId=ids[3], **MAC)["Mac"]
        self.peer = root.get_public_key(KeyId=ids[4])["PublicKey"]


# Each operation of grants: of which key it is, and how it is done.
OPERATIONS = {
    "Decrypt": ("symmetric", lambda c, k: c.decrypt(CiphertextBlob=k.blob)),
    "Encrypt": ("symmetric", lambda c, k: c.encrypt(KeyId=k.symmetric, Plaintext=b"x")),
    "GenerateDataKey": ("symmetric", lambda c, k: c.generate_data_key(KeyId=k.symmetric, KeySpec="AES_256")),
    "GenerateDataKeyWithoutPlaintext": (
        "symmetric", lambda c, k: c.generate_data_key_without_plaintext(KeyId=k.symmetric, KeySpec="AES_256")),
    "GenerateDataKeyPair": (
        "symmetric", lambda c, k: c.generate_data_key_pair(KeyId=k.symmetric, KeyPairSpec="ECC_NIST_P256")),
    "GenerateDataKeyPairWithoutPlaintext": (
        "symmetric",
        lambda c, k: c.generate_data_key_pair_without_plaintext(KeyId=k.symmetric, KeyPairSpec="ECC_NIST_P256")),
    "DescribeKey": ("symmetric", lambda c, k: c.describe_key(KeyId=k.symmetric)),
    "CreateGrant": ("symmetric", lambda c, k: c.create_grant(
        KeyId=k.symmetric, GranteePrincipal=c.arn_of_caller, Operations=["DescribeKey"], Name="made")),
    "Sign": ("signing", lambda c, k: c.sign(KeyId=k.signing, **SIGNING)),
    "Verify": ("signing", lambda c, k: c.verify(KeyId=k.signing, Signature=k.signature, **SIGNING)),
    "GetPublicKey": ("signing", lambda c, k: c.get_public_key(KeyId=k.signing)),
    "GenerateMac": ("mac", lambda c, k: c.generate_mac(KeyId=k.mac, **MAC)),
    "VerifyMac": ("mac", lambda c, k: c.verify_mac(KeyId=k.mac, Mac=k.tag, **MAC)),
    "DeriveSharedSecret": ("agreeing", lambda c, k: c.derive_shared_secret(
        KeyId=k.agreeing, KeyAgreementAlgorithm="ECDH", PublicKey=k.peer)),
}
NEVER = [
    lambda c, k: c.get_key_policy(KeyId=k.symmetric), lambda c, k: c.disable_key(KeyId=k.symmetric),
    lambda c, k: c.list_grants(KeyId=k.symmetric), lambda c, k: c.schedule_key_deletion(KeyId=k.symmetric),
    lambda c, k: c.revoke_grant(KeyId=k.symmetric, GrantId="0" * 64), lambda c, k: c.list_keys(),
]


def grant(root, key_arn, operations, grantee, **more):
    return root.create_grant(KeyId=key_arn, Operations=operations, GranteePrincipal=grantee, **more)


def fails(call, caller, keys):
    with refused(DENIED):
        call(caller, keys)


@pytest.mark.parametrize("granted", OPERATIONS)
def test_a_grant_allows_its_operation_and_no_other(account, granted):
    keys, caller = Keys(account.root), account.user()
    of, call = OPERATIONS[granted]
    fails(call, caller, keys)
    operations = [granted] if granted != "CreateGrant" else ["CreateGrant", "DescribeKey"]
    made = grant(account.root, getattr(keys, of), operations, caller.arn_of_caller)
    for operation, (_, other) in OPERATIONS.items():
        if operation in operations:
            other(caller, keys)
        else:
            fails(other, caller, keys)
    for other in NEVER:
        fails(other, caller, keys)
    # Nobody else has it, and it ends at once.
    fails(call, account.user(), keys)
    account.root.revoke_grant(KeyId=getattr(keys, of), GrantId=made["GrantId"])
    fails(call, caller, keys)


def test_re_encryption_takes_two(account):
    keys, caller = Keys(account.root), account.user()

    def call():
        return caller.re_encrypt(CiphertextBlob=keys.blob, DestinationKeyId=keys.second)

    for key, operation in (("symmetric", "ReEncryptFrom"), ("second", "ReEncryptTo")):
        with refused(DENIED):
            call()
        grant(account.root, getattr(keys, key), [operation], caller.arn_of_caller)
    assert call()["KeyId"] == keys.second
    with refused(DENIED):
        caller.re_encrypt(CiphertextBlob=keys.blob, DestinationKeyId=keys.symmetric)
    fails(OPERATIONS["Decrypt"][1], caller, keys)


@pytest.mark.parametrize("kind, good, bad", [
    ("EncryptionContextEquals", [CONTEXT], [{}, {"a": "1"}, {**CONTEXT, "c": "3"}, {"a": "1", "B": "2"}, {"a": "1", "b": "3"}]),
    ("EncryptionContextSubset", [CONTEXT, {**CONTEXT, "c": "3"}], [{}, {"a": "1"}, {"A": "1", "b": "2"}]),
])
def test_constraints_hold(account, kind, good, bad):
    root, caller = account.root, account.user()
    key_id = root.arn(root.create())
    grant(root, key_id, ["Encrypt", "Decrypt", "GenerateDataKey", "DescribeKey"], caller.arn_of_caller,
          Constraints={kind: CONTEXT})
    caller.describe_key(KeyId=key_id)
    for context in good:
        blob = caller.encrypt(KeyId=key_id, Plaintext=b"x", EncryptionContext=context)["CiphertextBlob"]
        assert caller.decrypt(CiphertextBlob=blob, EncryptionContext=context)["Plaintext"] == b"x"
        caller.generate_data_key(KeyId=key_id, KeySpec="AES_256", EncryptionContext=context)
    for context in bad:
        blob = root.encrypt(KeyId=key_id, Plaintext=b"x", EncryptionContext=context)["CiphertextBlob"]
        for call in (lambda: caller.encrypt(KeyId=key_id, Plaintext=b"x", EncryptionContext=context),
                     lambda: caller.generate_data_key(KeyId=key_id, KeySpec="AES_256", EncryptionContext=context),
                     lambda: caller.decrypt(CiphertextBlob=blob, EncryptionContext=context)):
            with refused(DENIED):
                call()


def test_a_denial_is_stronger(account):
    keys = Keys(account.root)
    caller = account.user(statement("Deny", "kms:Encrypt"))
    grant(account.root, keys.symmetric, ["Encrypt", "Decrypt"], caller.arn_of_caller)
    fails(OPERATIONS["Encrypt"][1], caller, keys)
    OPERATIONS["Decrypt"][1](caller, keys)


def test_roles_have_grants_in_all_their_sessions(account):
    keys, session = Keys(account.root), account.session()
    call = OPERATIONS["Encrypt"][1]
    fails(call, session, keys)
    made = grant(account.root, keys.symmetric, ["Encrypt"], session.role_arn)
    call(session, keys)
    account.root.revoke_grant(KeyId=keys.symmetric, GrantId=made["GrantId"])
    fails(call, session, keys)
    grant(account.root, keys.symmetric, ["Encrypt"], session.arn_of_caller)
    call(session, keys)


def test_sessions_are_held_to_their_policies(account):
    keys, call = Keys(account.root), OPERATIONS["Encrypt"][1]
    limited = account.session(policies=[policy(statement(action="kms:Decrypt"))])
    grant(account.root, keys.symmetric, ["Encrypt", "Decrypt"], limited.role_arn)
    fails(call, limited, keys)
    OPERATIONS["Decrypt"][1](limited, keys)
    grant(account.root, keys.symmetric, ["Encrypt"], limited.arn_of_caller)
    call(limited, keys)


def test_an_account_passes_on_what_it_is_granted(account, other):
    keys, call = Keys(account.root), OPERATIONS["Encrypt"][1]
    allowed, silent = other.user(statement(action="kms:Encrypt")), other.user()
    for caller in (other.root, allowed, silent):
        caller.arn_of_caller = getattr(caller, "arn_of_caller", None)
        fails(call, caller, keys)
    grant(account.root, keys.symmetric, ["Encrypt"], other.arn)
    call(other.root, keys)
    call(allowed, keys)
    fails(call, silent, keys)
    fails(OPERATIONS["Decrypt"][1], other.root, keys)


def test_grants_reach_into_other_accounts(account, other):
    keys, caller = Keys(account.root), other.user()
    call = OPERATIONS["Encrypt"][1]
    fails(call, caller, keys)
    made = grant(account.root, keys.symmetric, ["Encrypt", "DescribeKey", "RetireGrant"], caller.arn_of_caller)
    assert call(caller, keys)["KeyId"] == keys.symmetric
    assert caller.describe_key(KeyId=keys.symmetric)["KeyMetadata"]["AWSAccountId"] == account.id
    caller.retire_grant(KeyId=keys.symmetric, GrantId=made["GrantId"])
    fails(call, caller, keys)


def test_who_makes_grants_by_a_grant_makes_narrower_ones(account):
    root, caller, friend = account.root, account.user(), account.user()
    key_id = root.arn(root.create())

    def make(operations, **constraints):
        more = {"Constraints": constraints} if constraints else {}
        return grant(caller, key_id, operations, friend.arn_of_caller, **more)

    made = grant(root, key_id, ["CreateGrant", "Encrypt", "Decrypt"], caller.arn_of_caller)
    for operations in (["Encrypt"], ["Encrypt", "Decrypt"], ["CreateGrant", "Encrypt"]):
        make(operations)
    make(["Encrypt"], EncryptionContextSubset=CONTEXT)
    for operations in (["Encrypt", "GenerateDataKey"], ["DescribeKey"], ["Encrypt", "RetireGrant"]):
        with refused(DENIED):
            make(operations)
    friend.encrypt(KeyId=key_id, Plaintext=b"x")
    root.revoke_grant(KeyId=key_id, GrantId=made["GrantId"])
    grant(root, key_id, ["CreateGrant", "Encrypt"], caller.arn_of_caller, Constraints={"EncryptionContextSubset": {"a": "1"}})
    make(["Encrypt"], EncryptionContextSubset={"a": "1"})
    make(["Encrypt"], EncryptionContextSubset=CONTEXT)
    make(["Encrypt"], EncryptionContextEquals=CONTEXT)
    for constraints in ({}, {"EncryptionContextSubset": {"b": "2"}}, {"EncryptionContextEquals": {"b": "2"}}):
        with refused(DENIED):
            make(["Encrypt"], **constraints)


def test_who_may_retire(account, other):
    root = account.root
    key_id = root.arn(root.create())
    boss, grantee, stranger = account.user(), account.user(), account.user()
    allowed, denied = account.user(statement(action="kms:RetireGrant")), account.user(statement("Deny", "kms:RetireGrant"))

    def made(operations=("Encrypt",), to=grantee, **more):
        return grant(root, key_id, list(operations), to.arn_of_caller, **more)["GrantToken"]

    boss.retire_grant(GrantToken=made(RetiringPrincipal=boss.arn_of_caller))
    grantee.retire_grant(GrantToken=made(["Encrypt", "RetireGrant"]))
    constrained = {"EncryptionContextEquals": CONTEXT}
    grantee.retire_grant(GrantToken=made(["Encrypt", "RetireGrant"], Constraints=constrained))
    allowed.retire_grant(GrantToken=made())
    root.retire_grant(GrantToken=made())
    foreigner = other.user()
    foreigner.retire_grant(GrantToken=made(RetiringPrincipal=foreigner.arn_of_caller))
    token = made(RetiringPrincipal=boss.arn_of_caller)
    for caller in (grantee, stranger, denied, other.user(statement()), other.root):
        with refused(DENIED):
            caller.retire_grant(GrantToken=token)
    with refused(DENIED):
        denied.retire_grant(GrantToken=made(["Encrypt", "RetireGrant"], to=denied))
    assert len(root.list_grants(KeyId=key_id)["Grants"]) == 2


def test_lists_and_revocation_are_the_policies_matter(account):
    root = account.root
    key_id = root.arn(root.create())
    operations = ["Encrypt", "CreateGrant", "RetireGrant", "DescribeKey"]
    caller = account.user()
    made = grant(root, key_id, operations, caller.arn_of_caller, RetiringPrincipal=caller.arn_of_caller)
    for call in (lambda: caller.list_grants(KeyId=key_id),
                 lambda: caller.revoke_grant(KeyId=key_id, GrantId=made["GrantId"]),
                 lambda: caller.list_retirable_grants(RetiringPrincipal=caller.arn_of_caller)):
        with refused(DENIED):
            call()
    account.allow(caller, statement(action=["kms:ListGrants", "kms:RevokeGrant", "kms:ListRetirableGrants"]))
    assert len(caller.list_grants(KeyId=key_id)["Grants"]) == 1
    assert len(caller.list_retirable_grants(RetiringPrincipal=caller.arn_of_caller)["Grants"]) == 1
    caller.revoke_grant(KeyId=key_id, GrantId=made["GrantId"])


def test_trying_asks_the_grants_too(account):
    root, caller = account.root, account.user()
    key_id = root.arn(root.create())
    with refused(DENIED):
        caller.encrypt(KeyId=key_id, Plaintext=b"x", DryRun=True)
    grant(root, key_id, ["Encrypt"], caller.arn_of_caller)
    with refused("DryRunOperationException"):
        caller.encrypt(KeyId=key_id, Plaintext=b"x", DryRun=True)
