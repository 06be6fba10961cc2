"""Sub-accounts and roles with rights, their access keys, and temporary credentials with tokens."""

import json
import os
import re

import pytest
from conftest import ADMIN_TOKEN, PostgresDatabase, Server, admin_of, program
from tencent_people import Account, caller
from tencent_support import FIPS, MISSING_KEY, SM, Kms, Raw, alias, refused, unchanged, v1
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException

UNAUTHORIZED = "UnauthorizedOperation"
TOKEN = "AuthFailure.TokenFailure"
UNKNOWN = "AuthFailure.SecretIdNotFound"
SIGNATURE = "AuthFailure.SignatureFailure"
REFUSALS = {UNAUTHORIZED, "AuthFailure.UnauthorizedOperation", "AuthFailure"}
WAYS = [(verb, method) for verb in ("POST", "GET") for method in ("TC3-HMAC-SHA256", "HmacSHA256", "HmacSHA1")]

KEY, KEYS = {"KeyId": MISSING_KEY}, {"KeyIds": [MISSING_KEY]}
DATA_KEY, DATA_KEYS = {"DataKeyId": MISSING_KEY}, {"DataKeyIds": [MISSING_KEY]}
SIGNED = {**KEY, "Message": "eA==", "SignatureValue": "eA==", "Algorithm": "RSA_PSS_SHA_256"}
# Every action of the API, with parameters that the gateway lets through and that change nothing.
ACTIONS = {
    "ArchiveKey": KEY,
    "AsymmetricRsaDecrypt": {**KEY, "Ciphertext": "eA==", "Algorithm": "RSAES_OAEP_SHA_1"},
    "AsymmetricSm2Decrypt": {**KEY, "Ciphertext": "eA=="},
    "BindCloudResource": {**KEY, "ProductId": "ssm", "ResourceId": "x"},
    "CancelDataKeyDeletion": DATA_KEY,
    "CancelKeyArchive": KEY,
    "CancelKeyDeletion": KEY,
    "CreateKey": {"Alias": "?"},
    "CreateWhiteBoxKey": {"Alias": "?", "Algorithm": "SM4"},
    "Decrypt": {"CiphertextBlob": "x"},
    "DeleteImportedKeyMaterial": KEY,
    "DeleteWhiteBoxKey": KEY,
    "DescribeDataKey": DATA_KEY,
    "DescribeDataKeys": DATA_KEYS,
    "DescribeKey": KEY,
    "DescribeKeys": KEYS,
    "DescribeWhiteBoxDecryptKey": KEY,
    "DescribeWhiteBoxDeviceFingerprints": KEY,
    "DescribeWhiteBoxKey": KEY,
    "DescribeWhiteBoxKeyDetails": {},
    "DescribeWhiteBoxServiceStatus": {},
    "DisableDataKey": DATA_KEY,
    "DisableDataKeys": DATA_KEYS,
    "DisableKey": KEY,
    "DisableKeyRotation": KEY,
    "DisableKeys": KEYS,
    "DisableWhiteBoxKey": KEY,
    "DisableWhiteBoxKeys": KEYS,
    "EnableDataKey": DATA_KEY,
    "EnableDataKeys": DATA_KEYS,
    "EnableKey": KEY,
    "EnableKeyRotation": KEY,
    "EnableKeys": KEYS,
    "EnableWhiteBoxKey": KEY,
    "EnableWhiteBoxKeys": KEYS,
    "Encrypt": {**KEY, "Plaintext": "eA=="},
    "EncryptByWhiteBox": {**KEY, "PlainText": "eA=="},
    "GenerateDataKey": {**KEY, "KeySpec": "AES_256"},
    "GenerateRandom": {"NumberOfBytes": 8},
    "GetDataKeyCiphertextBlob": DATA_KEY,
    "GetDataKeyPlaintext": DATA_KEY,
    "GetKeyRotationStatus": KEY,
    "GetParametersForImport": {**KEY, "WrappingAlgorithm": "RSAES_OAEP_SHA_1", "WrappingKeySpec": "RSA_2048"},
    "GetPublicKey": KEY,
    "GetRegions": {},
    "GetServiceStatus": {},
    "ImportDataKey": {**KEY, "DataKeyName": "?", "ImportKeyMaterial": "eA==", "ImportType": 2},
    "ImportKeyMaterial": {**KEY, "EncryptedKeyMaterial": "eA==", "ImportToken": "eA=="},
    "ListAlgorithms": {},
    "ListDataKeyDetail": {},
    "ListDataKeys": {},
    "ListKeyDetail": {},
    "ListKeys": {},
    "OverwriteWhiteBoxDeviceFingerprints": KEY,
    "PostQuantumCryptoDecrypt": {"CiphertextBlob": "x"},
    "PostQuantumCryptoEncrypt": {**KEY, "PlainText": "eA=="},
    "PostQuantumCryptoSign": {**KEY, "Message": "eA=="},
    "PostQuantumCryptoVerify": {name: SIGNED[name] for name in ("KeyId", "Message", "SignatureValue")},
    "ReEncrypt": {"CiphertextBlob": "x"},
    "RotateKey": KEY,
    "ScheduleDataKeyDeletion": {**DATA_KEY, "PendingWindowInDays": 7},
    "ScheduleKeyDeletion": {**KEY, "PendingWindowInDays": 7},
    "SignByAsymmetricKey": {name: SIGNED[name] for name in ("KeyId", "Message", "Algorithm")},
    "UnbindCloudResource": {**KEY, "ProductId": "ssm", "ResourceId": "x"},
    "UpdateAlias": {**KEY, "Alias": "?"},
    "UpdateDataKeyDescription": {**DATA_KEY, "Description": "x"},
    "UpdateDataKeyName": {**DATA_KEY, "DataKeyName": "?"},
    "UpdateKeyDescription": {**KEY, "Description": "x"},
    "VerifyByAsymmetricKey": SIGNED,
}
# Codes of refusals other than the common one.
CODES = {
    "GetDataKeyPlaintext": "AuthFailure.UnauthorizedOperation",
    "ImportDataKey": "AuthFailure.UnauthorizedOperation",
    "ListDataKeyDetail": "AuthFailure.UnauthorizedOperation",
    "PostQuantumCryptoSign": "AuthFailure",
    "SignByAsymmetricKey": "AuthFailure",
}


def proof(kms) -> dict:
    """What a request by hand needs to be a client's."""
    return {"access_id": kms.access_id, "secret": kms.sdk.credential.secret_key}


@pytest.fixture
def account(endpoint, admin, tenant_name):
    return Account(endpoint, admin, tenant_name)


def outcome(kms, action, parameters):
    """Code and message of a refusal; none for success."""
    try:
        getattr(kms, action)(**parameters)
    except TencentCloudSDKException as refusal:
        return refusal.get_code(), refusal.get_message()
    return None, None


def denied(account, action, resource="key/*", region=SM):
    """The text that names what may not be done, after the request's identifier."""
    return (f"]you are not authorized to perform operation (kms:{action})\n"
            f"resource (qcs::kms:{region}:uin/{account}:{resource}) has no permission\n")


# What the admin API makes.

def test_users_are_made_shown_and_removed(account):
    body = {"actions": ["kms:Encrypt"], "denied_actions": ["kms:Decrypt"], "resources": ["qcs::kms:::key/*"]}
    made = account.admin("users/alice", "PUT", body)
    assert re.fullmatch(r"1001\d{8}", made["id"])
    assert {name: made[name] for name in body} == body and made["name"] == "alice"
    assert account.admin("users/alice") == made and account.admin("users")["users"] == [made]
    assert account.admin("users/alice", "PUT", {"actions": []}) == {**made, "actions": []}
    role = account.admin("roles/alice", "PUT")
    assert re.fullmatch(r"46116860184\d{8}", role["id"]) and "trusted_accounts" not in role
    assert account.admin("roles")["roles"] == [role]
    account.admin("users/alice", "DELETE")
    account.admin("users/alice", status=404)
    account.admin("users/alice", "DELETE", status=404)
    assert account.admin("users/alice", "PUT")["id"] != made["id"]


@pytest.mark.parametrize("path, method, body, status", [
    ("users/a%20b", "PUT", {}, 400),
    ("users/a", "PUT", {"other": 1}, 400),
    ("users/a", "PUT", {"actions": ["Encrypt"]}, 400),
    ("users/a", "PUT", {"resources": ["key/*"]}, 400),
    ("users/a", "PUT", {"resources": ["qcs::cos:::key/*"]}, 400),
    ("users/a", "PUT", {"resources": "*"}, 400),
    ("users/a", "PUT", {"trusted_accounts": ["1"]}, 400),
    ("roles/a", "PUT", {"trusted_accounts": ["1"]}, 400),
    ("users/a", "GET", None, 404),
    ("users/a/access-keys", "POST", None, 404),
    ("users/a/sessions", "POST", None, 404),
    ("users/a/sessions", "POST", {"duration_seconds": 0}, 400),
    ("users/a/sessions", "POST", {"duration_seconds": 129_601}, 400),
    ("users/a/password", "PUT", {"password": "x"}, 404),
    ("roles/a/access-keys", "POST", None, 400),
    ("agencies", "GET", None, 404),
])
def test_what_makes_no_sense_is_refused(account, path, method, body, status):
    assert account.admin(path, method, body, status)["error"]


# Rights.

def test_every_action_asks_for_its_right(account):
    """The list is all of them; those that are not served yet say so."""
    assert len(ACTIONS) == 69
    uin = account.uin
    nobody = account.user()
    served = {action for action, parameters in ACTIONS.items()
              if outcome(account.root, action, parameters)[0] != "InvalidAction"}
    assert {"Encrypt", "GetRegions", "VerifyByAsymmetricKey"} <= served
    key_id = account.root.create()
    before = vars(account.root.describe(key_id))
    for action in sorted(served):
        parameters = ACTIONS[action]
        # A refusal comes before anything happens to a key that is there.
        of_key = json.loads(json.dumps(parameters).replace(MISSING_KEY, key_id))
        code, message = outcome(nobody, action, of_key if action != "BindCloudResource" else parameters)
        if action == "BindCloudResource":
            assert code == "ResourceUnavailable.CmkNotFound", message
            continue
        assert code == CODES.get(action, UNAUTHORIZED), (action, code, message)
        resource = "key/*" if of_key == parameters else f"key/creatorUin/{uin}/{key_id}"
        assert re.fullmatch(r"\[request id:[0-9a-f-]{36}", message.split("]")[0]), message
        assert message.endswith(denied(uin, action, resource)), message
        # With all others and without this one, and with this one alone.
        others = account.user("kms:*", denied_actions=[f"kms:{action}"])
        assert outcome(others, action, parameters)[0] == CODES.get(action, UNAUTHORIZED), action
        assert outcome(account.user(f"kms:{action}"), action, parameters)[0] not in REFUSALS, action
    assert vars(account.root.describe(key_id)) == before
    assert account.root.ListKeyDetail(KeyUsage="ALL").TotalCount == 2


def test_patterns_and_denials(account):
    key_id = account.root.create()
    user = account.user("kms:Describe*", "kms:e*crypt")
    user.describe(key_id)
    blob = user.seal(key_id)
    with refused(UNAUTHORIZED, "(kms:Decrypt)"):
        user.open(blob)
    account.allow(user, "kms:*", denied_actions=["kms:DisableKey*"])
    assert user.open(blob) == b"plaintext"
    with unchanged(account.root, key_id):
        for call in (lambda: user.DisableKey(KeyId=key_id), lambda: user.DisableKeys(KeyIds=[key_id])):
            with refused(UNAUTHORIZED, "(kms:DisableKey"):
                call()
    account.allow(user, "name/kms:DisableKey", denied_actions=[])
    user.DisableKey(KeyId=key_id)
    assert account.root.state(key_id) == "Disabled"
    with refused(UNAUTHORIZED):
        user.EnableKey(KeyId=key_id)
    account.allow(user, "*")
    user.EnableKey(KeyId=key_id)


def test_the_account_itself_may_do_everything(account):
    key_id = account.root.create()
    own = caller(account.endpoint, account.admin("access-keys", "POST"))
    assert vars(own.describe(key_id)) == vars(account.root.describe(key_id))
    temporary = caller(account.endpoint, account.session(""))
    assert str(temporary.describe(temporary.create()).CreatorUin) == account.uin


def test_parameters_are_looked_at_before_rights_and_values_after(account, endpoint):
    user = account.user()

    def said(**body):
        return Raw(endpoint, None, "DescribeKey", body, **proof(user)).sign().send()

    assert said().code == "MissingParameter"
    assert said(KeyId=1).code == "InvalidParameter"
    assert said(KeyId=MISSING_KEY, Bogus=1).code == "UnknownParameter"
    assert said(KeyId="no id").code == UNAUTHORIZED
    account.allow(user, "kms:*")
    assert said(KeyId="no id").code == "InvalidParameterValue.InvalidKeyId"


def test_rights_may_be_to_some_keys_only(account):
    uin = account.uin
    mine, other = account.root.create(), account.root.create()
    maker = account.user("kms:*")
    made = maker.create()
    user = account.user("kms:*", resources=[f"qcs::kms:{SM}:uin/{uin}:key/creatorUin/{uin}/{mine}"])
    blob, foreign = user.seal(mine), account.root.seal(other)
    assert user.open(blob) == b"plaintext"
    user.DescribeKeys(KeyIds=[mine])
    for action, parameters, key_id, creator in [
        ("DescribeKey", {"KeyId": other}, other, uin),
        ("DescribeKey", {"KeyId": made}, made, maker.uin),
        ("DescribeKey", {"KeyId": MISSING_KEY}, MISSING_KEY, uin),
        ("DescribeKeys", {"KeyIds": [mine, other]}, other, uin),
        ("DisableKeys", {"KeyIds": [mine, made]}, made, maker.uin),
        ("Decrypt", {"CiphertextBlob": foreign}, other, uin),
        ("ReEncrypt", {"CiphertextBlob": foreign, "DestinationKeyId": mine}, other, uin),
        ("ReEncrypt", {"CiphertextBlob": blob, "DestinationKeyId": other}, other, uin),
        ("GenerateDataKey", {"KeyId": other, "KeySpec": "AES_128"}, other, uin),
    ]:
        with unchanged(account.root, mine, other, made):
            assert outcome(user, action, parameters)[0] == UNAUTHORIZED, action
            with refused(UNAUTHORIZED, denied(uin, action, f"key/creatorUin/{creator}/{key_id}")):
                getattr(user, action)(**parameters)
    assert user.ReEncrypt(CiphertextBlob=blob).CiphertextBlob == blob
    # What names no key is about all of them.
    for action, parameters in [("CreateKey", {"Alias": alias()}), ("ListKeys", {}), ("ListKeyDetail", {}),
                               ("GetServiceStatus", {}), ("GenerateRandom", {"NumberOfBytes": 1})]:
        with refused(UNAUTHORIZED, denied(uin, action)):
            getattr(user, action)(**parameters)
    # All keys of one maker, all keys of a region, and all.
    account.allow(user, "kms:*", resources=[f"qcs::kms::uin/{uin}:key/creatorUin/{maker.uin}/*"])
    user.describe(made)
    with refused(UNAUTHORIZED):
        user.describe(mine)
    elsewhere = Kms(account.endpoint, None, FIPS, **proof(user))
    account.allow(user, "kms:*", resources=[f"qcs::kms:{SM}::key/*"])
    user.describe(user.create())
    with refused(UNAUTHORIZED, denied(uin, "CreateKey", region=FIPS)):
        elsewhere.create()
    account.allow(user, "kms:*", resources=["*"])
    elsewhere.describe(elsewhere.create())
    account.allow(user, "kms:*", resources=["qcs::kms::uin/1:key/*"])
    with refused(UNAUTHORIZED):
        user.ListKeys()


def test_who_made_a_key_is_said_of_it(account):
    uin = account.uin
    user = account.user("kms:*")
    role = account.admin("roles/ci", "PUT", {"actions": ["kms:*"]})
    session = caller(account.endpoint, account.session("roles/ci", session_name="build"))
    for kms, creator in [(account.root, uin), (user, user.uin), (session, role["id"])]:
        key_id = kms.create()
        for reader in (account.root, user, session):
            shown = reader.describe(key_id)
            assert (str(shown.CreatorUin), shown.CreatorUinString) == (creator, creator)
            assert (shown.Owner, str(shown.AccountUin)) == ("user", uin)
            assert shown.ResourceId == f"creatorUin/{creator}/{key_id}"
        listed = account.root.ListKeyDetail(SearchKeyAlias=key_id).KeyMetadatas
        assert [key.CreatorUinString for key in listed] == [creator]
    # What others do to it does not change that.
    key_id = user.create()
    account.root.UpdateKeyDescription(KeyId=key_id, Description="x")
    account.root.BindCloudResource(KeyId=key_id, ProductId="ssm", ResourceId="x")
    assert account.root.describe(key_id).CreatorUinString == user.uin


def test_a_blob_that_is_imported_is_about_the_key_that_made_it(account):
    uin = account.uin
    mine, other = account.root.create(), account.root.create()
    user = account.user("kms:*", resources=[f"qcs::kms:{SM}:uin/{uin}:key/creatorUin/{uin}/{mine}"])
    sealed = {key_id: account.root.GenerateDataKey(KeyId=key_id, KeySpec="AES_128").CiphertextBlob for key_id in (mine, other)}
    with refused("AuthFailure.UnauthorizedOperation", denied(uin, "ImportDataKey", f"key/creatorUin/{uin}/{other}")):
        user.ImportDataKey(DataKeyName=alias(), ImportKeyMaterial=sealed[other], ImportType=1)
    assert account.root.ListDataKeys().TotalCount == 0
    assert user.ImportDataKey(DataKeyName=alias(), ImportKeyMaterial=sealed[mine], ImportType=1).KeyId == mine


def test_who_made_a_white_box_key_may_be_restricted_to_it(account):
    uin = account.uin
    maker = account.user("kms:*")
    mine, others = (kms.CreateWhiteBoxKey(Alias=alias(), Algorithm="SM4").KeyId for kms in (maker, account.root))
    shown = account.root.DescribeWhiteBoxKey(KeyId=mine).KeyInfo
    assert (str(shown.CreatorUin), str(shown.OwnerUin)) == (maker.uin, uin)
    assert shown.ResourceId == f"creatorUin/{maker.uin}/{mine}"
    user = account.user("kms:*", resources=[f"qcs::kms:{SM}:uin/{uin}:key/creatorUin/{maker.uin}/*"])
    user.EncryptByWhiteBox(KeyId=mine, PlainText="eA==")
    resource = f"key/creatorUin/{uin}/{others}"
    for action, parameters in [("EncryptByWhiteBox", {"KeyId": others, "PlainText": "eA=="}),
                               ("DescribeWhiteBoxDecryptKey", {"KeyId": others}),
                               ("DisableWhiteBoxKeys", {"KeyIds": [mine, others]})]:
        with refused(UNAUTHORIZED, denied(uin, action, resource)):
            getattr(user, action)(**parameters)
    with refused(UNAUTHORIZED, denied(uin, "DescribeWhiteBoxKeyDetails")):
        user.DescribeWhiteBoxKeyDetails()
    assert {key.Status for key in account.root.DescribeWhiteBoxKeyDetails().KeyInfos} == {"Enabled"}


def test_a_refused_signature_does_not_serve_for_another_action(account, endpoint):
    user = account.user("kms:DisableKey")
    key_id = account.root.create()
    request = Raw(endpoint, None, "DescribeKey", {"KeyId": key_id}, **proof(user)).sign()
    assert request.send().code == UNAUTHORIZED
    assert request.set("X-TC-Action", "DisableKey").send().code == SIGNATURE
    assert account.root.state(key_id) == "Enabled"


# Access keys.

def test_access_keys_prove_a_user_until_they_are_removed(account):
    user = account.user("kms:ListKeys")
    credential = user.sdk.credential
    assert re.fullmatch(r"AKID[A-Za-z0-9]{32}", credential.secret_id) and re.fullmatch(r"\w{32}", credential.secret_key)
    shown = account.admin(f"users/{user.user}/access-keys")["access_keys"]
    assert [key["id"] for key in shown] == [user.access_id] and credential.secret_key not in json.dumps(shown)
    for verb, method in WAYS:
        again = Kms(account.endpoint, None, **proof(user), verb=verb, method=method)
        again.ListKeys()
        with refused(UNAUTHORIZED):
            again.GenerateRandom(NumberOfBytes=1)
        wrong = Kms(account.endpoint, None, access_id=user.access_id, secret="x", verb=verb, method=method)
        with refused(SIGNATURE):
            wrong.ListKeys()
    with refused(TOKEN):
        Kms(account.endpoint, None, **proof(user), token="x").ListKeys()
    account.admin(f"users/{user.user}/access-keys/{user.access_id}", "DELETE")
    with refused(UNKNOWN):
        user.ListKeys()


def test_whoever_is_removed_is_nobody_at_once(account):
    user = account.user("kms:*")
    session = caller(account.endpoint, account.session(f"users/{user.user}"))
    user.ListKeys()
    session.ListKeys()
    account.admin(f"users/{user.user}", "DELETE")
    for kms in (user, session):
        with refused(UNKNOWN):
            kms.ListKeys()
    # A namesake is somebody else.
    account.admin(f"users/{user.user}", "PUT", {"actions": ["kms:*"]})
    with refused(UNKNOWN):
        user.ListKeys()


def test_a_credential_is_of_one_account_and_one_vendor(account, endpoint, admin, tenant_name):
    other = Account(endpoint, admin, tenant_name + "x")
    key_id = account.root.create()
    user, stranger = account.user("*"), other.user("*")
    with refused("ResourceUnavailable.CmkNotFound"):
        stranger.describe(key_id)
    blob = user.seal(key_id)
    with refused("ResourceUnavailable.CmkNotFound"):
        stranger.open(blob)
    assert stranger.ListKeys().TotalCount == 0
    # An id of another vendor's is nobody's here.
    status, aws = admin(f"tenants/aws/test-{tenant_name}/access-keys", "POST")
    assert status == 200
    with refused(UNKNOWN):
        Kms(endpoint, None, access_id=aws["AccessKeyId"], secret=aws["SecretAccessKey"]).ListKeys()
    status, huawei = admin(f"tenants/huawei/test-{tenant_name}/access-keys", "POST")
    assert status == 200
    with refused(UNKNOWN):
        Kms(endpoint, None, access_id=huawei["access"], secret=huawei["secret"]).ListKeys()


# Temporary credentials.

@pytest.mark.parametrize("verb, method", WAYS)
def test_temporary_credentials_come_with_their_token(account, verb, method):
    account.admin("users/alice", "PUT", {"actions": ["kms:ListKeys"]})
    made, others = account.session("users/alice"), account.session("users/alice")
    assert set(made) == {"TmpSecretId", "TmpSecretKey", "Token", "ExpiredTime", "Expiration"}

    def kms(**more):
        return caller(account.endpoint, made, verb=verb, method=method, **more)

    kms().ListKeys()
    with refused(UNAUTHORIZED, "(kms:CreateKey)"):
        kms().create()
    with refused(UNKNOWN):
        kms(token=None).ListKeys()
    token = made["Token"]
    altered = token[:-1] + ("A" if token[-1] != "A" else "B")
    for wrong in ("x", token[:-1], token + "A", altered, token.lower(), others["TmpSecretId"][4:] + token[64:]):
        with refused(TOKEN):
            kms(token=wrong).ListKeys()
    # A good token does not serve another pair, however that lasts or ends.
    lasting = account.admin("users/alice/access-keys", "POST")
    for own in (made, lasting):
        with refused(SIGNATURE):
            caller(account.endpoint, own, verb=verb, method=method, token=others["Token"]).ListKeys()
        with refused(TOKEN):
            caller(account.endpoint, own, verb=verb, method=method, token="x").ListKeys()
    with refused(SIGNATURE):
        kms(secret=others["TmpSecretKey"]).ListKeys()
    account.admin(f"users/alice/sessions/{others['TmpSecretId']}", "DELETE")
    with refused(TOKEN):
        kms(token=others["Token"]).ListKeys()
    account.admin(f"users/alice/sessions/{made['TmpSecretId']}", "DELETE")
    with refused(UNKNOWN):
        kms().ListKeys()


def test_temporary_credentials_end(account, clock):
    clock.freeze("tencent", account.word, 1_900_000_000)
    account.admin("roles/ci", "PUT", {"actions": ["kms:ListKeys"]})
    made = account.session("roles/ci", 900)
    assert (made["ExpiredTime"], made["Expiration"]) == (1_900_000_900, "2030-03-17T18:01:40Z")
    assert [key["id"] for key in account.admin("roles/ci/sessions")["sessions"]] == [made["TmpSecretId"]]
    callers = [caller(account.endpoint, made, verb=verb, method=method) for verb, method in WAYS]
    clock.advance("tencent", account.word, 899)
    for kms in callers:
        kms.ListKeys()
    clock.advance("tencent", account.word, 1)
    for kms in callers:
        with refused(TOKEN):
            kms.ListKeys()
    # Nor is it good with another pair.
    with refused(TOKEN):
        caller(account.endpoint, account.session("roles/ci"), token=made["Token"]).ListKeys()


def test_a_token_added_by_hand(account, endpoint):
    """TC3 does not sign the token's header; the older signatures do sign the parameter."""
    made = account.session("")
    own = {"access_id": made["TmpSecretId"], "secret": made["TmpSecretKey"]}
    raw = Raw(endpoint, None, "ListKeys", **own).sign()
    assert raw.send().code == UNKNOWN
    assert raw.set("X-TC-Token", made["Token"]).send().code is None
    assert raw.set("X-TC-Token", "").send().code == UNKNOWN
    old = {"secret": made["TmpSecretKey"], "SecretId": made["TmpSecretId"], "Token": made["Token"]}
    assert v1(endpoint, None, "ListKeys", **old).code is None
    assert v1(endpoint, None, "ListKeys", drop=["Token"], **old).code == UNKNOWN
    assert v1(endpoint, None, "ListKeys", verb="GET", **{**old, "Token": made["Token"][1:]}).code == TOKEN
    # A token is told to be wrong before parameters are.
    bad = Raw(endpoint, None, "DescribeKey", **own).set("X-TC-Token", "x").sign().send()
    assert bad.code == TOKEN


def test_secrets_are_not_in_the_log(account, server):
    user = account.user("kms:*")
    made = account.session(f"users/{user.user}")
    caller(account.endpoint, made).ListKeys()
    with refused(TOKEN):
        caller(account.endpoint, made, token=made["Token"][1:]).ListKeys()
    if server:
        log = server.log.read_text()
        for secret in (user.sdk.credential.secret_key, made["TmpSecretKey"], made["Token"], made["Token"][1:]):
            assert secret not in log


# Servers of their own.

ROOT = {"access_id": "AKIDroot", "secret": "root-secret"}
ALICE = {"access_id": "AKIDalice", "secret": "alice-secret"}
ACCOUNT = "100012345678"
LISTED_ALICE = f"""
[[credentials]]
vendor = "tencent"
access_id = "AKIDalice"
secret = "alice-secret"
account = "{ACCOUNT}"
principal = "user/alice"
[[principals]]
vendor = "tencent"
account = "{ACCOUNT}"
name = "user/alice"
actions = ["kms:*"]
denied_actions = ["kms:DisableKey"]
resources = ["qcs::kms:{SM}:uin/{ACCOUNT}:key/*"]
"""


@pytest.fixture
def serve(tmp_path):
    """serve(more): a server with a settings file, each on the same database."""
    postgres = PostgresDatabase() if os.environ.get("POLYKMS_TEST_DATABASE", "sqlite") == "postgres" else None
    master_key = tmp_path / "master.key"
    master_key.touch(0o600)
    master_key.write_text("5b" * 32)
    settings = "\n".join([
        "[server]", 'listen = "127.0.0.1:0"',
        "[database]", f'url = "{postgres.url if postgres else f"sqlite:{tmp_path}/polykms.sqlite"}"',
        "[master_key]", f'file = "{master_key}"',
        "[admin]", f'token = "{ADMIN_TOKEN}"', "[log]", 'format = "json"',
        "[[credentials]]", 'vendor = "tencent"', f'account = "{ACCOUNT}"', 'access_id = "AKIDroot"', 'secret = "root-secret"',
        "[[principals]]", 'vendor = "tencent"', f'account = "{ACCOUNT}"', 'name = "role/ci"', 'actions = ["kms:ListKeys"]',
    ])
    servers = []

    def start(more):
        folder = tmp_path / str(len(servers))
        folder.mkdir()
        config = folder / "settings.toml"
        config.write_text(settings + more)
        servers.append(Server(folder, None, command=[program(), "serve", "--config", config]))
        return servers[-1]

    yield start
    for server in servers:
        server.process.kill()
        server.process.wait()
    if postgres:
        postgres.drop()


def test_users_of_the_settings(serve):
    server = serve(LISTED_ALICE)
    admin = admin_of(server.url)
    path = f"tenants/tencent/{ACCOUNT}"
    root, alice = Kms(server.url, None, **ROOT), Kms(server.url, None, **ALICE)
    key_id = alice.create()
    shown = root.describe(key_id)
    assert re.fullmatch(r"1001\d{8}", shown.CreatorUinString) and str(shown.AccountUin) == ACCOUNT
    with refused(UNAUTHORIZED, denied(ACCOUNT, "DisableKey", f"key/{shown.ResourceId}")):
        alice.DisableKey(KeyId=key_id)
    with refused(UNAUTHORIZED, denied(ACCOUNT, "ListKeys", region=FIPS)):
        Kms(server.url, None, FIPS, **ALICE).ListKeys()
    root.DisableKey(KeyId=key_id)
    with refused(UNKNOWN):
        Kms(server.url, "public").ListKeys()
    # They are shown and not changed; access keys and sessions they may have besides.
    assert admin(f"{path}/users/alice")[1]["id"] == shown.CreatorUinString
    assert admin(f"{path}/users/alice", "PUT", {"actions": ["*"]})[0] == 409
    role = caller(server.url, admin(f"{path}/roles/ci/sessions", "POST")[1])
    role.ListKeys()
    with refused(UNAUTHORIZED):
        role.create()
    issued = admin(f"{path}/users/alice/access-keys", "POST")[1]
    again = caller(server.url, issued)
    assert again.describe(again.create()).CreatorUinString == shown.CreatorUinString
    server.stop()
    # Whoever is taken out of the settings keeps no rights.
    server = serve("")
    with refused(UNKNOWN):
        Kms(server.url, None, **ALICE).ListKeys()
    with refused(UNAUTHORIZED):
        caller(server.url, issued).ListKeys()
    assert Kms(server.url, None, **ROOT).describe(key_id).CreatorUinString == shown.CreatorUinString
    server.stop()


def test_another_gateway_knows_it_at_once(serve):
    if os.environ.get("POLYKMS_TEST_DATABASE", "sqlite") != "postgres":
        pytest.skip("one gateway per SQLite database")
    servers = [serve(""), serve("")]
    first, second = (Account(server.url, admin_of(server.url), None, word=ACCOUNT) for server in servers)
    user = first.user("kms:*")
    there = Kms(second.endpoint, None, **proof(user))
    here = caller(first.endpoint, second.session(f"users/{user.user}"))
    for kms in (user, there, here):
        kms.ListKeys()
    second.allow(user, denied_actions=["kms:*"])
    for kms in (user, there, here):
        with refused(UNAUTHORIZED):
            kms.ListKeys()
    first.admin(f"users/{user.user}", "DELETE")
    for kms in (there, user, here):
        with refused(UNKNOWN):
            kms.ListKeys()
    for server in servers:
        server.stop()


def test_open_trust_looks_at_no_token(tmp_path, tenant_name):
    command = [program(), "dev", "--listen", "127.0.0.1:0", "--log-format", "json", "--auth", "open"]
    server = Server(tmp_path, None, command=command)
    try:
        account = Account(server.url, admin_of(server.url), tenant_name)
        account.admin("users/alice", "PUT", {"actions": ["kms:ListKeys"]})
        made = account.session("users/alice", 1)
        assert account.call_admin(f"tenants/tencent/{account.word}/clock", "PUT", {"advance": 60})[0] == 200
        for more in ({}, {"token": None}, {"token": "x"}, {"secret": "x"}):
            kms = caller(server.url, made, **more)
            kms.ListKeys()
            # Who it is counts all the same.
            with refused(UNAUTHORIZED):
                kms.create()
        server.stop()
    finally:
        server.process.kill()
        server.process.wait()
