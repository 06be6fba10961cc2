"""Users, roles and their credentials: as the admin API makes them, and as signatures prove them."""

import json

import pytest
from aws_principals import Account, denied_text, policy, statement
from aws_support import Kms, Raw, check_refusal, refused

UNKNOWN = ("UnrecognizedClientException", "The security token included in the request is invalid.")
EXPIRED = ("ExpiredTokenException", "The security token included in the request is expired")
DENIED = "AccessDeniedException"


@pytest.fixture
def account(endpoint, tenant_name, admin):
    return Account(endpoint, admin, tenant_name)


def test_users_are_made_shown_and_removed(account):
    body = {"path": "/a/b/", "tags": {"t": "1"}, "policies": {"p": policy(statement())}}
    made = account.admin("users/alice", "PUT", body)
    assert made["arn"] == f"arn:aws:iam::{account.id}:user/a/b/alice"
    assert made["id"].startswith("AIDA") and len(made["id"]) == 21
    assert (made["name"], made["path"], made["tags"]) == ("alice", "/a/b/", {"t": "1"})
    assert made["policies"] == {"p": policy(statement())}
    assert account.admin("users/alice") == made
    assert account.admin("users")["users"] == [made]
    assert account.admin("roles")["roles"] == []
    # What a second body does not say, stays.
    changed = account.admin("users/alice", "PUT", {"tags": {}})
    assert changed == {**made, "tags": {}}
    account.admin("users/alice/policies/q", "PUT", json.dumps(policy(statement("Deny"))))
    assert account.admin("users/alice/policies/q") == policy(statement("Deny"))
    account.admin("users/alice/policies/q", "DELETE")
    account.admin("users/alice/policies/q", "DELETE", status=404)
    assert account.admin("users/alice")["policies"] == {"p": policy(statement())}
    role = account.admin("roles/alice", "PUT")
    assert role["arn"] == f"arn:aws:iam::{account.id}:role/alice" and role["id"].startswith("AROA")
    account.admin("users/alice", "DELETE")
    account.admin("users/alice", "DELETE", status=404)
    account.admin("users/alice", status=404)
    assert account.admin("roles/alice") == role


@pytest.mark.parametrize("path, method, body, status", [
    ("users/a%20b", "PUT", {}, 400),
    ("users/a%2Fb", "PUT", {}, 400),
    ("users/a", "PUT", {"path": "x"}, 400),
    ("users/a", "PUT", {"path": "//"}, 400),
    ("users/a", "PUT", {"other": 1}, 400),
    ("users/a", "PUT", b"{", 400),
    ("users/a", "PUT", [], 400),
    ("users/a", "PUT", {"policies": {"p": {}}}, 400),
    ("users/a", "PUT", {"policies": {"p": policy(statement(Principal="*"))}}, 400),
    ("users/a", "PUT", {"policies": {"p": policy(statement(action="Encrypt"))}}, 400),
    ("users/a", "PUT", {"policies": {"p": policy(statement(resource="x" * 11000))}}, 400),
    ("users/a", "POST", {}, 405),
    ("users/a", "GET", None, 404),
    ("users/a/access-keys", "POST", None, 404),
    ("users/a/sessions", "POST", {}, 404),
    ("users/a/policies/p", "PUT", policy(statement()), 404),
    ("roles/a/sessions", "POST", {"session_name": "ab"}, 404),
    ("roles/a/sessions", "POST", {}, 400),
    ("roles/a/sessions", "POST", {"session_name": "a"}, 400),
    ("roles/a/sessions", "POST", {"session_name": "a b"}, 400),
    ("roles/a/sessions", "POST", {"session_name": "ab", "duration_seconds": 899}, 400),
    ("roles/a/sessions", "POST", {"session_name": "ab", "duration_seconds": 43201}, 400),
    ("roles/a/sessions", "POST", {"session_name": "ab", "policies": [{}]}, 400),
    ("roles/a/access-keys", "POST", None, 400),
    ("users/a/sessions", "POST", {"session_name": "ab"}, 400),
    ("sessions", "POST", {"duration_seconds": 3601}, 400),
    ("authorization", "PUT", {"enforced": "no"}, 400),
    ("authorization", "DELETE", None, 405),
    ("groups", "GET", None, 404),
    ("users/a/b/c", "GET", None, 404),
])
def test_what_makes_no_sense_is_refused(account, path, method, body, status):
    answer = account.admin(path, method, body, status)
    assert answer["error"]


def test_other_vendors_have_no_policies(admin):
    assert admin("tenants/tencent/test/authorization")[0] == 404
    assert admin("tenants/tencent/test/users/a", "PUT", {"policies": {}})[0] == 400


def test_access_keys_prove_a_user_until_they_are_removed(account):
    kms = account.user(statement())
    shown = account.admin(f"users/{kms.user}/access-keys")["access_keys"]
    assert [key["id"] for key in shown] == [kms.access_id]
    assert kms.access_id.startswith("AKIA") and len(kms.access_id) == 20 and len(kms.secret) == 40
    assert "secret" not in json.dumps(shown).lower()
    kms.list_keys()
    with refused("InvalidSignatureException"):
        Kms(account.endpoint, access_id=kms.access_id, secret="x").list_keys()
    with refused(*UNKNOWN):
        Kms(account.endpoint, access_id=kms.access_id, secret=kms.secret, token="t").list_keys()
    second = account.client(account.admin(f"users/{kms.user}/access-keys", "POST"))
    account.admin(f"users/{kms.user}/access-keys/{kms.access_id}", "DELETE")
    account.admin(f"users/{kms.user}/access-keys/{kms.access_id}", "DELETE", status=404)
    with refused(*UNKNOWN):
        kms.list_keys()
    second.list_keys()
    account.admin(f"users/{kms.user}", "DELETE")
    with refused(*UNKNOWN):
        second.list_keys()


def test_sessions_come_with_a_token_and_end(account, clock):
    clock.freeze("aws", account.id, 1_900_000_000)
    account.admin("roles/r", "PUT", {"policies": {"p": policy(statement())}})
    made = account.admin("roles/r/sessions", "POST", {"session_name": "s1", "duration_seconds": 900})
    assert made["AccessKeyId"].startswith("ASIA") and made["Version"] == 1
    assert made["Expiration"] == "2030-03-17T18:01:40Z"
    kms = account.client(made)
    kms.list_keys()
    for token in (None, "x", made["SessionToken"][:-1], made["SessionToken"] + "x"):
        with refused(*UNKNOWN):
            account.client({**made, "SessionToken": token}).list_keys()
    another = account.admin("roles/r/sessions", "POST", {"session_name": "s1"})
    with refused(*UNKNOWN):
        account.client({**made, "SessionToken": another["SessionToken"]}).list_keys()
    with refused("InvalidSignatureException"):
        account.client({**made, "SecretAccessKey": another["SecretAccessKey"]}).list_keys()
    clock.advance("aws", account.id, 899)
    kms.list_keys()
    clock.advance("aws", account.id, 1)
    with refused(*EXPIRED):
        kms.list_keys()
    with refused(*UNKNOWN):
        account.client({**made, "SessionToken": "x"}).list_keys()
    clock.advance("aws", account.id, 86_400)
    with refused(*EXPIRED):
        kms.list_keys()
    account.client(another)
    sessions = account.admin("roles/r/sessions")["sessions"]
    assert {session["id"] for session in sessions} >= {made["AccessKeyId"]}
    account.admin(f"roles/r/sessions/{made['AccessKeyId']}", "DELETE")
    with refused(*UNKNOWN):
        kms.list_keys()


def test_the_token_must_be_signed(endpoint, account):
    account.admin("roles/r", "PUT", {"policies": {"p": policy(statement())}})
    made = account.admin("roles/r/sessions", "POST", {"session_name": "s1"})
    raw = Raw(endpoint, made["AccessKeyId"], made["SecretAccessKey"], token=made["SessionToken"])
    assert raw("ListKeys", {}).status_code == 200
    unsigned = Raw(endpoint, made["AccessKeyId"], made["SecretAccessKey"]).signed("ListKeys")
    unsigned.headers["X-Amz-Security-Token"] = made["SessionToken"]
    check_refusal(raw.send(unsigned), "InvalidSignatureException")


def test_who_a_session_is(account):
    key_id = account.root.create()
    arn = account.root.arn(key_id)
    session = account.session(statement(action="kms:DescribeKey"))
    session.describe_key(KeyId=key_id)
    with refused(DENIED, denied_text(session.arn_of_caller, "Encrypt", arn, "own")):
        session.encrypt(KeyId=key_id, Plaintext=b"x")
    for named in (session.role_arn, session.arn_of_caller):
        account.put_policy(key_id, statement(action="kms:Encrypt", Principal={"AWS": named}))
        session.encrypt(KeyId=key_id, Plaintext=b"x")
        with refused(DENIED, denied_text(session.arn_of_caller, "DescribeKey", arn, "key")):
            session.describe_key(KeyId=key_id)
    account.put_policy(key_id, statement(Principal={"AWS": account.arn}),
                       statement("Deny", "kms:DescribeKey", Principal={"AWS": session.role_arn}))
    with refused(DENIED, denied_text(session.arn_of_caller, "DescribeKey", arn, "key denies")):
        session.describe_key(KeyId=key_id)
    conditions = {"ArnEquals": {"aws:PrincipalArn": session.role_arn}, "StringLike": {"aws:userid": "AROA*:here"},
                  "StringEquals": {"aws:PrincipalType": "AssumedRole"}, "Null": {"aws:TokenIssueTime": "false"}}
    account.put_policy(key_id, statement(Principal="*", Condition=conditions))
    session.describe_key(KeyId=key_id)


def test_a_session_can_be_limited(account):
    key_id = account.root.create()
    arn = account.root.arn(key_id)
    limits = [policy(statement(action="kms:Encrypt")), policy(statement(action=["kms:Decrypt", "kms:DescribeKey"]),
                                                             statement("Deny", "kms:DescribeKey"))]
    session = account.session(statement(), policies=limits, tags={"a": "b"})
    blob = session.encrypt(KeyId=key_id, Plaintext=b"x")["CiphertextBlob"]
    session.decrypt(CiphertextBlob=blob)
    with refused(DENIED, denied_text(session.arn_of_caller, "DescribeKey", arn, "session denies")):
        session.describe_key(KeyId=key_id)
    with refused(DENIED, denied_text(session.arn_of_caller, "GenerateDataKey", arn, "session")):
        session.generate_data_key(KeyId=key_id, KeySpec="AES_256")
    account.put_policy(key_id, statement(Principal="*", Condition={"StringEquals": {"aws:PrincipalTag/a": "b"}}))
    session.encrypt(KeyId=key_id, Plaintext=b"x")


def test_users_and_the_root_have_sessions_too(account, clock):
    key_id = account.root.create()
    user = account.user(statement(action="kms:DescribeKey"))
    session = account.client(account.admin(f"users/{user.user}/sessions", "POST", {"duration_seconds": 900}))
    session.describe_key(KeyId=key_id)
    with refused(DENIED, denied_text(user.arn_of_caller, "Encrypt", account.root.arn(key_id), "own")):
        session.encrypt(KeyId=key_id, Plaintext=b"x")
    root = account.client(account.admin("sessions", "POST"))
    root.encrypt(KeyId=key_id, Plaintext=b"x")
    clock.advance("aws", account.id, 3601)
    for gone in (session, root):
        with refused(*EXPIRED):
            gone.list_keys()


def test_secrets_are_not_in_the_log(account, server):
    made = account.admin("sessions", "POST")
    account.client(made).list_keys()
    if server:
        log = server.log.read_text()
        assert made["SecretAccessKey"] not in log and made["SessionToken"] not in log
