"""Grants: made, listed, retired and revoked; what they may say, and to whom."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from aws_support import DAY, REGION, Kms, missing_id, refused, seconds

CONTEXT = {"a": "1", "b": "2"}
DRY_RUN = "The request would have succeeded, but the DryRun option is set."
MANAGING = ["CreateGrant", "DescribeKey", "RetireGrant"]
LEGAL = {
    ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"): [
        "Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "GenerateDataKeyPair",
        "GenerateDataKeyPairWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo"],
    ("RSA_2048", "ENCRYPT_DECRYPT"): ["Decrypt", "Encrypt", "GetPublicKey", "ReEncryptFrom", "ReEncryptTo"],
    ("RSA_2048", "SIGN_VERIFY"): ["GetPublicKey", "Sign", "Verify"],
    ("ECC_NIST_P256", "SIGN_VERIFY"): ["GetPublicKey", "Sign", "Verify"],
    ("ECC_NIST_P256", "KEY_AGREEMENT"): ["DeriveSharedSecret", "GetPublicKey"],
    ("HMAC_256", "GENERATE_VERIFY_MAC"): ["GenerateMac", "VerifyMac"],
}
ALL = ["Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo",
       "Sign", "Verify", "GetPublicKey", "CreateGrant", "RetireGrant", "DescribeKey", "GenerateDataKeyPair",
       "GenerateDataKeyPairWithoutPlaintext", "GenerateMac", "VerifyMac", "DeriveSharedSecret"]


@pytest.fixture
def kms(endpoint, tenant_name):
    return Kms(endpoint, tenant_name)


@pytest.fixture
def other(endpoint, tenant_name):
    """Another account."""
    return Kms(endpoint, f"{tenant_name}-other")


def root(kms):
    return f"arn:aws:iam::{kms.account}:root"


def user(kms, name="alice"):
    return f"arn:aws:iam::{kms.account}:user/{name}"


def grant(kms, key_id, operations=("Encrypt", "Decrypt"), **more):
    more.setdefault("GranteePrincipal", user(kms))
    return kms.create_grant(KeyId=key_id, Operations=list(operations), **more)


def ids(kms, key_id, **filters):
    return {line["GrantId"] for line in kms.list_grants(KeyId=key_id, **filters)["Grants"]}


def test_the_life_of_a_grant(kms, clock):
    clock.freeze("aws", kms.access_id, 1_800_000_000)
    key_id = kms.create()
    made = grant(kms, kms.arn(key_id), Name="mine", RetiringPrincipal=user(kms, "bob"),
                 Constraints={"EncryptionContextSubset": CONTEXT})
    assert len(made["GrantId"]) == 64 and int(made["GrantId"], 16)
    assert 1 <= len(made["GrantToken"]) <= 8192
    [line] = kms.list_grants(KeyId=key_id)["Grants"]
    assert seconds(line.pop("CreationDate")) == 1_800_000_000
    assert line == {
        "KeyId": kms.arn(key_id), "GrantId": made["GrantId"], "Name": "mine", "GranteePrincipal": user(kms),
        "RetiringPrincipal": user(kms, "bob"), "IssuingAccount": root(kms), "Operations": ["Encrypt", "Decrypt"],
        "Constraints": {"EncryptionContextSubset": CONTEXT}}
    kms.revoke_grant(KeyId=key_id, GrantId=made["GrantId"])
    assert kms.list_grants(KeyId=key_id)["Grants"] == []
    with refused("NotFoundException"):
        kms.revoke_grant(KeyId=key_id, GrantId=made["GrantId"])
    with refused("NotFoundException"):
        kms.retire_grant(GrantToken=made["GrantToken"])


def test_names_make_equal_requests_one(kms):
    key_id = kms.create()
    first, second = (grant(kms, key_id, Name="mine") for _ in range(2))
    assert first["GrantId"] == second["GrantId"] and first["GrantToken"] != second["GrantToken"]
    others = [grant(kms, key_id, Name="mine", **what)["GrantId"] for what in (
        {"operations": ["Encrypt"]}, {"GranteePrincipal": user(kms, "bob")}, {"RetiringPrincipal": user(kms)},
        {"Constraints": {"EncryptionContextEquals": CONTEXT}})]
    others += [grant(kms, key_id, Name="other")["GrantId"]]
    others += [grant(kms, key_id)["GrantId"] for _ in range(2)]
    assert len({first["GrantId"], *others}) == 8
    assert ids(kms, key_id) == {first["GrantId"], *others}
    # All tokens of a grant are worth the same.
    kms.retire_grant(GrantToken=first["GrantToken"])
    assert first["GrantId"] not in ids(kms, key_id)
    another = kms.create()
    assert grant(kms, another, Name="other")["GrantId"] not in others


def test_one_name_at_once(kms):
    key_id = kms.create()
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: grant(kms, key_id, Name="mine")["GrantId"], range(16)))
    assert len(set(made)) == 1 and ids(kms, key_id) == set(made)


@pytest.mark.parametrize("spec, usage", LEGAL)
def test_operations_fit_the_key(kms, spec, usage):
    key_id = kms.create(spec, KeyUsage=usage)
    legal = [*LEGAL[spec, usage], *MANAGING]
    [line] = (grant(kms, key_id, legal), kms.list_grants(KeyId=key_id)["Grants"])[1]
    assert line["Operations"] == legal
    for operation in ALL:
        if operation not in legal:
            with refused("ValidationException"):
                grant(kms, key_id, [operation, "DescribeKey"])
    if spec == "SYMMETRIC_DEFAULT":
        return
    for kind in ("EncryptionContextEquals", "EncryptionContextSubset"):
        with refused("ValidationException"):
            grant(kms, key_id, legal, Constraints={kind: CONTEXT})


def test_a_grant_must_say_something(kms):
    key_id = kms.create()
    with refused("ValidationException", "Grants must not contain only the CreateGrant operation."):
        grant(kms, key_id, ["CreateGrant"])
    with refused("ValidationException"):
        grant(kms, key_id, [])
    with refused("ValidationException"):
        kms.create_grant(KeyId=key_id, Operations=["Encrypt"])
    with refused("ValidationException"):
        kms.unchecked().create_grant(KeyId=key_id, GranteePrincipal=user(kms), Operations=["DisableKey"])
    assert ids(kms, key_id) == set()


def test_services(kms):
    key_id = kms.create()
    service = {"GranteeServicePrincipal": "s3.us-east-1.amazonaws.com"}
    source = {"Constraints": {"SourceArn": "arn:aws:s3:us-east-1:111122223333:bucket/b"}}
    for what in ({**service}, {**service, **source}, {**service, "RetiringPrincipal": user(kms)},
                 {**service, **source, "GranteePrincipal": user(kms), "RetiringPrincipal": user(kms)},
                 {**service, **source, "RetiringPrincipal": user(kms), "RetiringServicePrincipal": "s3.amazonaws.com"}):
        with refused("ValidationException"):
            kms.create_grant(KeyId=key_id, Operations=["Decrypt"], **what)
    kms.create_grant(KeyId=key_id, Operations=["Decrypt"], **service, **source,
                     RetiringServicePrincipal="s3.us-east-1.amazonaws.com")
    [line] = kms.list_grants(KeyId=key_id)["Grants"]
    assert line["GranteeServicePrincipal"] == line["RetiringServicePrincipal"] == "s3.us-east-1.amazonaws.com"
    assert line["Constraints"] == source["Constraints"]
    assert "GranteePrincipal" not in line and "RetiringPrincipal" not in line
    # The filters are for services themselves.
    with refused("AccessDeniedException"):
        kms.list_grants(KeyId=key_id, **service)
    with refused("AccessDeniedException"):
        kms.list_retirable_grants(RetiringServicePrincipal="s3.us-east-1.amazonaws.com")


@pytest.mark.parametrize("principal", [
    "alice", "1111", "arn:aws:iam::111122223333:group/g", "arn:aws:iam::1111:root", "arn:aws:s3:::bucket",
    "arn:aws-cn:iam::111122223333:root", "arn:aws:iam::111122223333:user/", "arn:aws:sts::111122223333:assumed-role/r",
])
def test_principals_that_are_none(kms, principal):
    key_id = kms.create()
    message = f"ARN does not refer to a valid principal: {principal}"
    with refused("InvalidArnException", message):
        grant(kms, key_id, GranteePrincipal=principal)
    with refused("InvalidArnException", message):
        grant(kms, key_id, RetiringPrincipal=principal)
    with refused("InvalidArnException", message):
        kms.list_grants(KeyId=key_id, GranteePrincipal=principal)
    with refused("InvalidArnException", message):
        kms.list_retirable_grants(RetiringPrincipal=principal)


def test_constraints_have_bounds(kms):
    key_id = kms.create()
    for kind in ("EncryptionContextEquals", "EncryptionContextSubset"):
        grant(kms, key_id, Constraints={kind: {f"k{n}": "v" for n in range(8)}})
        grant(kms, key_id, Constraints={kind: {"k": "v" * 383}})
        for pairs in ({f"k{n}": "v" for n in range(9)}, {"k": "v" * 384}):
            with refused("ValidationException"):
                grant(kms, key_id, Constraints={kind: pairs})
    grant(kms, key_id, Constraints={})
    assert [line.get("Constraints") for line in kms.list_grants(KeyId=key_id)["Grants"]].count(None) == 1


def test_states(kms):
    def refuse(key_id, code, text):
        made = {"KeyId": key_id, "GranteePrincipal": user(kms), "Operations": ["DescribeKey", "RetireGrant"]}
        for more in ({}, {"DryRun": True}):
            with refused(code, f"{kms.arn(key_id)} is {text}."):
                kms.create_grant(**made, **more)

    key_id = kms.create()
    first, second = grant(kms, key_id), grant(kms, key_id)
    kms.disable_key(KeyId=key_id)
    refuse(key_id, "DisabledException", "disabled")
    kms.retire_grant(KeyId=key_id, GrantId=first["GrantId"])
    kms.schedule_key_deletion(KeyId=key_id)
    refuse(key_id, "KMSInvalidStateException", "pending deletion")
    assert ids(kms, key_id) == {second["GrantId"]}
    kms.revoke_grant(KeyId=key_id, GrantId=second["GrantId"])
    refuse(kms.external(), "KMSInvalidStateException", "pending import")


def test_grants_go_with_their_key(kms, clock):
    clock.freeze("aws", kms.access_id, 1_800_000_000)
    key_id = kms.create()
    made = grant(kms, key_id, RetiringPrincipal=root(kms))
    kms.schedule_key_deletion(KeyId=key_id, PendingWindowInDays=7)
    assert len(kms.list_retirable_grants(RetiringPrincipal=root(kms))["Grants"]) == 1
    clock.advance("aws", kms.access_id, 7 * DAY)
    assert kms.list_retirable_grants(RetiringPrincipal=root(kms))["Grants"] == []
    gone = f"Key '{kms.arn(key_id)}' does not exist"
    for call in (lambda: kms.list_grants(KeyId=key_id), lambda: kms.retire_grant(GrantToken=made["GrantToken"]),
                 lambda: kms.revoke_grant(KeyId=key_id, GrantId=made["GrantId"])):
        with refused("NotFoundException", gone):
            call()


def test_trying_changes_nothing(kms):
    key_id = kms.create()
    with refused("DryRunOperationException", DRY_RUN):
        grant(kms, key_id, DryRun=True)
    assert ids(kms, key_id) == set()
    made = grant(kms, key_id, Name="mine", DryRun=False)
    with refused("DryRunOperationException", DRY_RUN):
        grant(kms, key_id, Name="mine", DryRun=True)
    for call in (lambda: kms.revoke_grant(KeyId=key_id, GrantId=made["GrantId"], DryRun=True),
                 lambda: kms.retire_grant(KeyId=key_id, GrantId=made["GrantId"], DryRun=True),
                 lambda: kms.retire_grant(GrantToken=made["GrantToken"], DryRun=True)):
        with refused("DryRunOperationException", DRY_RUN):
            call()
    with refused("NotFoundException"):
        kms.revoke_grant(KeyId=key_id, GrantId="0" * 64, DryRun=True)
    assert ids(kms, key_id) == {made["GrantId"]}


def test_tokens(kms, other):
    key_id = kms.create()
    made = grant(kms, key_id)
    token = made["GrantToken"]
    assert token.startswith("AQpA")
    context = {"GrantTokens": [token, token]}
    blob = kms.encrypt(KeyId=key_id, Plaintext=b"x", **context)["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=blob, **context)["Plaintext"] == b"x"
    kms.describe_key(KeyId=key_id, **context)
    grant(kms, key_id, **context)
    # The token of another key is good for that one, as ReEncrypt has it.
    kms.encrypt(KeyId=kms.create(), Plaintext=b"x", **context)
    for bad in ("x", "AQpA", token[:-4], token[:100] + ("A" if token[100] != "A" else "B") + token[101:],
                token[:20] + ("A" if token[20] != "A" else "B") + token[21:], token + "=", token + "AAAA"):
        with refused("InvalidGrantTokenException"):
            kms.encrypt(KeyId=key_id, Plaintext=b"x", GrantTokens=[token, bad])
        with refused("InvalidGrantTokenException"):
            kms.retire_grant(GrantToken=bad)
    with refused("InvalidGrantTokenException"):
        kms.elsewhere("eu-west-1").retire_grant(GrantToken=token)
    with refused("ValidationException"):
        kms.unchecked().encrypt(KeyId=key_id, Plaintext=b"x", GrantTokens=[token] * 11)
    # A token names a grant; it does not make its bearer anybody.
    with refused("AccessDeniedException"):
        other.retire_grant(GrantToken=token)
    kms.retire_grant(GrantToken=token)


def test_retiring_takes_a_token_or_key_and_id(kms):
    key_id = kms.create()
    made = grant(kms, key_id)
    for what in ({}, {"KeyId": key_id}, {"GrantId": made["GrantId"]}):
        with refused("ValidationException"):
            kms.retire_grant(**what)
    for bad in ("x", made["GrantId"].upper(), made["GrantId"][:-1], made["GrantId"] + "0"):
        if bad == made["GrantId"]:
            continue
        for call in (lambda: kms.retire_grant(KeyId=key_id, GrantId=bad),
                     lambda: kms.revoke_grant(KeyId=key_id, GrantId=bad),
                     lambda: kms.list_grants(KeyId=key_id, GrantId=bad)):
            with refused("InvalidGrantIdException"):
                call()
    with refused("NotFoundException"):
        kms.retire_grant(KeyId=kms.create(), GrantId=made["GrantId"])
    kms.retire_grant(KeyId=kms.arn(key_id), GrantId=made["GrantId"])


def test_pages_and_filters(kms):
    key_id = kms.create()
    made = {grant(kms, key_id, GranteePrincipal=user(kms, f"u{n % 2}"))["GrantId"] for n in range(7)}
    seen, more = [], {}
    while True:
        page = kms.list_grants(KeyId=key_id, Limit=3, **more)
        seen += [line["GrantId"] for line in page["Grants"]]
        assert page["Truncated"] == ("NextMarker" in page)
        if not page["Truncated"]:
            break
        assert len(page["Grants"]) == 3
        more = {"Marker": page["NextMarker"]}
    assert len(seen) == 7 and set(seen) == made
    pages = kms.get_paginator("list_grants").paginate(KeyId=key_id, PaginationConfig={"PageSize": 2})
    assert [line["GrantId"] for page in pages for line in page["Grants"]] == seen
    assert len(ids(kms, key_id, GranteePrincipal=user(kms, "u0"))) == 4
    assert len(ids(kms, key_id, GranteePrincipal=user(kms, "u1"), Limit=2)) == 2
    assert ids(kms, key_id, GranteePrincipal=user(kms, "u2")) == set()
    one = seen[3]
    assert ids(kms, key_id, GrantId=one) == {one}
    assert ids(kms, key_id, GrantId="0" * 64) == set()
    for marker in ("x", "YWxpYXNlcy9h"):
        with refused("InvalidMarkerException"):
            kms.list_grants(KeyId=key_id, Marker=marker)
        with refused("InvalidMarkerException"):
            kms.list_retirable_grants(RetiringPrincipal=root(kms), Marker=marker)
    for missing in (missing_id(), kms.arn(missing_id())):
        with refused("NotFoundException"):
            kms.list_grants(KeyId=missing)


def test_fifty_are_a_page(kms):
    key_id = kms.create()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: grant(kms, key_id), range(51)))
    page = kms.list_grants(KeyId=key_id)
    assert len(page["Grants"]) == 50 and page["Truncated"]
    assert len(kms.list_grants(KeyId=key_id, Limit=1000)["Grants"]) == 51


def test_who_may_retire_is_listed_over_all_accounts(kms, other):
    mine, theirs = kms.create(), other.create()
    boss = user(kms, "boss")
    made = [grant(kms, mine, RetiringPrincipal=boss)["GrantId"], grant(other, theirs, RetiringPrincipal=boss)["GrantId"]]
    grant(kms, mine, RetiringPrincipal=user(kms, "clerk"))
    elsewhere = kms.elsewhere("eu-west-1")
    grant(elsewhere, elsewhere.create(), RetiringPrincipal=boss)
    listed = kms.list_retirable_grants(RetiringPrincipal=boss)["Grants"]
    assert {line["GrantId"] for line in listed} == set(made)
    assert {line["KeyId"] for line in listed} == {kms.arn(mine), other.arn(theirs)}
    assert {line["IssuingAccount"] for line in listed} == {root(kms), root(other)}
    page = kms.list_retirable_grants(RetiringPrincipal=boss, Limit=1)
    assert page["Truncated"]
    rest = kms.list_retirable_grants(RetiringPrincipal=boss, Limit=1, Marker=page["NextMarker"])
    assert not rest["Truncated"]
    assert [line["GrantId"] for line in page["Grants"] + rest["Grants"]] == [line["GrantId"] for line in listed]
    with refused("ValidationException"):
        kms.list_retirable_grants()
    # Principals of other accounts are not ours to ask about.
    with refused("AccessDeniedException"):
        other.list_retirable_grants(RetiringPrincipal=boss)


def test_accounts_retire_what_is_theirs(kms, other):
    key_id = kms.create()
    to_them = grant(kms, key_id, ["Encrypt", "RetireGrant"], GranteePrincipal=root(other))
    by_them = grant(kms, key_id, RetiringPrincipal=root(other))
    neither = grant(kms, key_id, ["Encrypt"], GranteePrincipal=root(other))
    for made in (to_them, by_them):
        other.retire_grant(GrantToken=made["GrantToken"])
    with refused("AccessDeniedException"):
        other.retire_grant(GrantToken=neither["GrantToken"])
    assert ids(kms, key_id) == {neither["GrantId"]}


def test_other_regions_see_none(kms):
    key_id = kms.create()
    made = grant(kms, key_id)
    elsewhere = kms.elsewhere("eu-west-1")
    for call in (lambda: elsewhere.list_grants(KeyId=key_id),
                 lambda: elsewhere.revoke_grant(KeyId=key_id, GrantId=made["GrantId"])):
        with refused("NotFoundException", f"Key '{elsewhere.arn(key_id)}' does not exist"):
            call()
    with refused("NotFoundException", f"Invalid arn {REGION}"):
        elsewhere.list_grants(KeyId=kms.arn(key_id))
