"""Keys: making, describing, listing, enabling, disabling, deleting; identifiers; isolation."""

import json
import re
import time

import pytest
from aws_support import (
    CHINA, DAY, EDWARDS, HMAC_LENGTHS, NO_MESSAGE, REGION, RSA_SPECS, SPECS, SYMMETRIC, Kms, missing_id, refused,
    seconds, unchanged, usage,
)

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
RSA_SIGNING = [f"RSASSA_{padding}_SHA_{size}" for padding in ("PKCS1_V1_5", "PSS") for size in (256, 384, 512)]


@pytest.fixture
def kms(endpoint, tenant_name):
    return Kms(endpoint, tenant_name)


def test_the_default_key_as_aws_describes_it(kms):
    before = time.time()
    metadata = kms.create_key()["KeyMetadata"]
    key_id, arn = metadata["KeyId"], metadata["Arn"]
    assert UUID.fullmatch(key_id)
    account = metadata["AWSAccountId"]
    assert re.fullmatch(r"\d{12}", account)
    assert arn == f"arn:aws:kms:{REGION}:{account}:key/{key_id}"
    assert before - 1 <= seconds(metadata["CreationDate"]) <= time.time() + 1
    material = metadata["CurrentKeyMaterialId"]
    assert re.fullmatch(r"[0-9a-f]{64}", material)
    assert metadata == {
        "AWSAccountId": account, "KeyId": key_id, "Arn": arn, "CreationDate": metadata["CreationDate"],
        "Enabled": True, "Description": "", "KeyUsage": "ENCRYPT_DECRYPT", "KeyState": "Enabled",
        "Origin": "AWS_KMS", "KeyManager": "CUSTOMER", "CustomerMasterKeySpec": SYMMETRIC, "KeySpec": SYMMETRIC,
        "EncryptionAlgorithms": [SYMMETRIC], "MultiRegion": False, "CurrentKeyMaterialId": material,
    }
    assert kms.describe(key_id) == metadata
    assert kms.describe(arn) == metadata


def test_an_external_key_waits_for_its_material(kms):
    metadata = kms.create_key(Origin="EXTERNAL", Description="mine")["KeyMetadata"]
    assert (metadata["KeyState"], metadata["Enabled"], metadata["Origin"]) == ("PendingImport", False, "EXTERNAL")
    assert metadata["Description"] == "mine"
    assert not {"ExpirationModel", "ValidTo", "CurrentKeyMaterialId"} & set(metadata)


USAGES = [
    (SYMMETRIC, "ENCRYPT_DECRYPT", "EncryptionAlgorithms", [SYMMETRIC]),
    *[(spec, "ENCRYPT_DECRYPT", "EncryptionAlgorithms", ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"])
      for spec in RSA_SPECS],
    *[(spec, "SIGN_VERIFY", "SigningAlgorithms", RSA_SIGNING) for spec in RSA_SPECS],
    ("ECC_NIST_P256", "SIGN_VERIFY", "SigningAlgorithms", ["ECDSA_SHA_256"]),
    ("ECC_NIST_P384", "SIGN_VERIFY", "SigningAlgorithms", ["ECDSA_SHA_384"]),
    ("ECC_NIST_P521", "SIGN_VERIFY", "SigningAlgorithms", ["ECDSA_SHA_512"]),
    ("ECC_SECG_P256K1", "SIGN_VERIFY", "SigningAlgorithms", ["ECDSA_SHA_256"]),
    (EDWARDS, "SIGN_VERIFY", "SigningAlgorithms", ["ED25519_SHA_512", "ED25519_PH_SHA_512"]),
    *[(f"ECC_NIST_P{size}", "KEY_AGREEMENT", "KeyAgreementAlgorithms", ["ECDH"]) for size in (256, 384, 521)],
    *[(spec, "GENERATE_VERIFY_MAC", "MacAlgorithms", [spec.replace("_", "_SHA_")]) for spec in HMAC_LENGTHS],
]
LISTS = {"EncryptionAlgorithms", "SigningAlgorithms", "MacAlgorithms", "KeyAgreementAlgorithms",
         "EncapsulationAlgorithms"}


@pytest.mark.parametrize("origin", ["AWS_KMS", "EXTERNAL"])
@pytest.mark.parametrize("spec, key_usage, listed, algorithms", USAGES)
def test_every_kind_has_its_one_list_of_algorithms(kms, spec, key_usage, listed, algorithms, origin):
    metadata = kms.create_key(KeySpec=spec, KeyUsage=key_usage, Origin=origin)["KeyMetadata"]
    assert (metadata["KeySpec"], metadata["CustomerMasterKeySpec"]) == (spec, spec)
    assert metadata["KeyUsage"] == key_usage
    assert LISTS & set(metadata) == {listed}
    assert metadata[listed] == algorithms
    assert ("CurrentKeyMaterialId" in metadata) == (spec == SYMMETRIC and origin == "AWS_KMS")


FITTING = {(spec, key_usage) for spec, key_usage, _, _ in USAGES}
UNFIT = [(spec, key_usage) for spec in SPECS
         for key_usage in ("ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT",
                           "ENCAPSULATE_DECAPSULATE")
         if (spec, key_usage) not in FITTING]


@pytest.mark.parametrize("spec, key_usage", UNFIT)
def test_usages_that_do_not_fit(kms, spec, key_usage):
    text = f"KeyUsage {key_usage} is not compatible with KeySpec {spec}"
    if (spec, key_usage) == (SYMMETRIC, "SIGN_VERIFY"):
        text = ("The operation failed because the KeyUsage value of the CMK is SIGN_VERIFY. To perform this operation, the "
                "KeyUsage value must be ENCRYPT_DECRYPT.")
    with refused("ValidationException", text):
        kms.create_key(KeySpec=spec, KeyUsage=key_usage)


@pytest.mark.parametrize("spec", [spec for spec in SPECS if spec != SYMMETRIC])
def test_only_symmetric_keys_have_a_default_usage(kms, spec):
    with refused("ValidationException", "You must specify a KeyUsage value for all KMS keys except for symmetric "
                                        "encryption keys."):
        kms.create_key(KeySpec=spec)


def test_the_old_name_of_the_spec(kms):
    metadata = kms.create_key(CustomerMasterKeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]
    assert metadata["KeySpec"] == "RSA_2048"
    with refused("ValidationException", "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. "
                                        "CustomerMasterKeySpec is deprecated."):
        kms.create_key(CustomerMasterKeySpec="RSA_2048", KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")


@pytest.mark.parametrize("parameters", [
    {"KeySpec": "ML_DSA_44", "KeyUsage": "SIGN_VERIFY", "Origin": "EXTERNAL"},
    {"KeySpec": "ML_KEM_768", "KeyUsage": "ENCAPSULATE_DECAPSULATE", "Origin": "EXTERNAL"},
    {"KeySpec": "SM2", "KeyUsage": "SIGN_VERIFY"},
])
def test_what_is_not_built_is_said_to_be_unsupported(kms, parameters):
    with refused("UnsupportedOperationException"):
        kms.create_key(**parameters)
    assert kms.list_keys()["Keys"] == []


def test_tags_are_held_to_the_rules(kms):
    tag = lambda name: {"TagKey": name, "TagValue": "v"}
    kms.create_key(Tags=[tag(str(number)) for number in range(50)])
    cases = [([tag("a"), tag("a")], "Duplicate tag keys"),
             ([tag(str(number)) for number in range(51)], "Too many tags"),
             ([tag("aws:x")], "Tags beginning with aws: are reserved"),
             ([tag("AWS:x")], "Tags beginning with aws: are reserved")]
    for tags, message in cases:
        with refused("TagException", message):
            kms.create_key(Tags=tags)
    assert len(kms.list_keys()["Keys"]) == 1


def test_policies_are_held_to_the_grammar(kms):
    statement = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}
    kms.create_key(Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    for policy in ("x", "[]", "{}", json.dumps({"Statement": [{"Effect": "Maybe"}]})):
        with refused("MalformedPolicyDocumentException"):
            kms.create_key(Policy=policy)
    with refused("LimitExceededException"):
        kms.create_key(Policy=json.dumps({"Statement": [statement], "Id": "x" * 33000}))


def test_listing_pages_through_all_keys(kms):
    ids = sorted(kms.create_key()["KeyMetadata"]["KeyId"] for _ in range(7))
    whole = kms.list_keys()
    assert [key["KeyId"] for key in whole["Keys"]] == ids
    assert whole["Truncated"] is False and "NextMarker" not in whole
    assert whole["Keys"][0]["KeyArn"] == kms.describe(ids[0])["Arn"]
    seen, marker = [], {}
    for count in (3, 3, 1):
        page = kms.list_keys(Limit=3, **marker)
        assert len(page["Keys"]) == count
        seen += [key["KeyId"] for key in page["Keys"]]
        assert page["Truncated"] == ("NextMarker" in page)
        marker = {"Marker": page.get("NextMarker")}
    assert seen == ids and marker["Marker"] is None
    assert [key["KeyId"] for page in kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 2})
            for key in page["Keys"]] == ids
    exact = kms.list_keys(Limit=7)
    assert exact["Truncated"] is False
    assert kms.list_keys(ResourceOwners=["OTHER_ACCOUNTS_VIA_RAM"])["Keys"] == []
    for marker in ("x", "AAAA", ids[0]):
        with refused("InvalidMarkerException"):
            kms.list_keys(Marker=marker)


def test_disabling_and_enabling(kms):
    key_id = kms.create()
    for _ in range(2):
        answer = kms.disable_key(KeyId=key_id)
        assert set(answer) == {"ResponseMetadata"}
        metadata = kms.describe(key_id)
        assert (metadata["KeyState"], metadata["Enabled"]) == ("Disabled", False)
    for _ in range(2):
        kms.enable_key(KeyId=kms.arn(key_id))
        assert kms.state(key_id) == "Enabled"


def test_deletion_and_its_cancelling(kms):
    key_id = kms.create()
    arn = kms.arn(key_id)
    now = time.time()
    answer = kms.schedule_key_deletion(KeyId=key_id, PendingWindowInDays=7)
    date = answer.pop("DeletionDate")
    answer.pop("ResponseMetadata")
    assert answer == {"KeyId": arn, "KeyState": "PendingDeletion", "PendingWindowInDays": 7}
    assert abs(seconds(date) - now - 7 * DAY) < 5
    metadata = kms.describe(key_id)
    assert (metadata["KeyState"], metadata["Enabled"], metadata["DeletionDate"]) == ("PendingDeletion", False, date)
    with refused("KMSInvalidStateException", f"{arn} is pending deletion."), unchanged(kms, key_id):
        kms.schedule_key_deletion(KeyId=key_id)
    answer = kms.cancel_key_deletion(KeyId=key_id)
    assert answer["KeyId"] == arn
    metadata = kms.describe(key_id)
    assert metadata["KeyState"] == "Disabled" and "DeletionDate" not in metadata
    with refused("KMSInvalidStateException", f"{arn} is not pending deletion."):
        kms.cancel_key_deletion(KeyId=key_id)
    assert kms.schedule_key_deletion(KeyId=key_id)["PendingWindowInDays"] == 30


@pytest.mark.parametrize("days", [1, 6, 31, 365])
def test_the_window_is_seven_to_thirty_days(kms, days):
    key_id = kms.create()
    with refused("ValidationException"), unchanged(kms, key_id):
        kms.schedule_key_deletion(KeyId=key_id, PendingWindowInDays=days)


@pytest.mark.parametrize("days", [0, 366])
def test_the_window_has_a_shape(kms, days):
    key_id = kms.create()
    rule = "greater than or equal to 1" if days == 0 else "less than or equal to 365"
    with refused("ValidationException",
                 f"1 validation error detected: Value '{days}' at 'pendingWindowInDays' failed to satisfy "
                 f"constraint: Member must have value {rule}"):
        kms.unchecked().schedule_key_deletion(KeyId=key_id, PendingWindowInDays=days)


def test_when_the_day_comes_the_key_is_gone(kms, clock):
    key_id = kms.create()
    arn = kms.arn(key_id)
    kms.schedule_key_deletion(KeyId=key_id, PendingWindowInDays=7)
    clock.advance("aws", kms.access_id, 7 * DAY - 60)
    assert kms.state(key_id) == "PendingDeletion"
    clock.advance("aws", kms.access_id, 61)
    with refused("NotFoundException", f"Key '{arn}' does not exist"):
        kms.describe(key_id)
    with refused("NotFoundException", f"Key '{arn}' does not exist"):
        kms.cancel_key_deletion(KeyId=key_id)
    assert key_id not in [key["KeyId"] for key in kms.list_keys()["Keys"]]


# Identifiers.

ANY_FORM = {  # Operations that take aliases, with what else they need.
    "describe_key": {}, "get_public_key": {}, "encrypt": {"Plaintext": b"x"},
    "decrypt": {"CiphertextBlob": b"x"}, "generate_data_key": {"KeySpec": "AES_256"},
    "generate_data_key_without_plaintext": {"KeySpec": "AES_256"},
    "sign": {"Message": b"x", "SigningAlgorithm": "ECDSA_SHA_256"},
    "verify": {"Message": b"x", "Signature": b"x", "SigningAlgorithm": "ECDSA_SHA_256"},
}
MAC_FORM = {
    "generate_mac": {"Message": b"x", "MacAlgorithm": "HMAC_SHA_256"},
    "verify_mac": {"Message": b"x", "Mac": b"x", "MacAlgorithm": "HMAC_SHA_256"},
}
OWN_FORM = {
    "enable_key": {}, "disable_key": {}, "schedule_key_deletion": {}, "cancel_key_deletion": {},
    "get_parameters_for_import": {"WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"},
    "import_key_material": {"ImportToken": b"x", "EncryptedKeyMaterial": b"x",
                            "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"},
    "delete_imported_key_material": {}, "list_aliases": {}, "get_key_policy": {},
    "put_key_policy": {"Policy": "{}"}, "list_key_policies": {}, "list_resource_tags": {}, "update_key_description": {"Description": "x"},
    "tag_resource": {"Tags": [{"TagKey": "a", "TagValue": "b"}]}, "untag_resource": {"TagKeys": ["a"]},
}
EVERY_FORM = {**ANY_FORM, **MAC_FORM, **OWN_FORM}


@pytest.mark.parametrize("operation", EVERY_FORM)
def test_identifiers_of_no_key(kms, operation):
    call = lambda key_id: getattr(kms, operation)(KeyId=key_id, **EVERY_FORM[operation])
    gone = missing_id()
    account = kms.account
    for key_id in (gone, kms.arn(gone)):
        with refused("NotFoundException", f"Key '{kms.arn(gone)}' does not exist"):
            call(key_id)
    multi_region = "mrk-" + gone.replace("-", "")
    with refused("NotFoundException", f"Key '{kms.arn(multi_region)}' does not exist"):
        call(multi_region)
    for key_id in ("x", gone[:-1], gone + "0", f"key/{gone}", " " + gone):
        with refused("NotFoundException", f"Invalid keyId '{key_id}'"):
            call(key_id)
    with refused("NotFoundException", "Invalid arn eu-west-1"):
        call(f"arn:aws:kms:eu-west-1:{account}:key/{gone}")
    for arn in ("arn:aws:kms", f"arn:aws:s3:{REGION}:{account}:key/{gone}", f"arn:aws:kms:{REGION}:1:key/{gone}"):
        with refused("InvalidArnException"):
            call(arn)


@pytest.mark.parametrize("operation", EVERY_FORM)
def test_aliases_where_they_are_taken(kms, operation):
    account = kms.account
    arn = f"arn:aws:kms:{REGION}:{account}:alias/none"
    for alias in ("alias/none", arn):
        wanted = f"Alias {arn} is not found." if operation in ANY_FORM else f"Invalid keyId '{alias}'"
        with refused("NotFoundException", wanted):
            getattr(kms, operation)(KeyId=alias, **EVERY_FORM[operation])


@pytest.mark.parametrize("operation", EVERY_FORM)
def test_keys_of_other_tenants_are_not_seen(kms, endpoint, operation):
    stranger = Kms(endpoint, kms.name + "x")
    theirs = stranger.external()
    with unchanged(stranger, theirs), refused("NotFoundException", f"Key '{kms.arn(theirs)}' does not exist"):
        getattr(kms, operation)(KeyId=theirs, **EVERY_FORM[operation])
    code = "NotFoundException" if operation in OWN_FORM else "AccessDeniedException"
    with unchanged(stranger, theirs), refused(code) as caught:
        getattr(kms, operation)(KeyId=stranger.arn(theirs), **EVERY_FORM[operation])
    if operation not in OWN_FORM:
        assert "is not authorized to perform: kms:" in caught.value.response["Error"]["Message"]


def test_keys_of_other_regions_are_not_seen(kms):
    key_id = kms.create()
    there = kms.elsewhere("eu-central-1")
    with refused("NotFoundException", f"Key '{there.arn(key_id)}' does not exist"):
        there.describe(key_id)
    with refused("NotFoundException", f"Invalid arn {REGION}"):
        there.describe(kms.arn(key_id))
    assert key_id not in [key["KeyId"] for key in there.list_keys()["Keys"]]


def test_partitions_follow_the_region(kms):
    for region, partition in (("us-gov-west-1", "aws-us-gov"), (CHINA, "aws-cn"), ("ap-southeast-2", "aws")):
        assert kms.elsewhere(region).create_key()["KeyMetadata"]["Arn"].startswith(f"arn:{partition}:kms:{region}:")


def test_public_credentials_have_their_accounts(endpoint):
    for access_id, secret, account in (("test", "test", "000000000000"), ("testing", "testing", "123456789012"),
                                       ("444455556666", "test", "444455556666")):
        metadata = Kms(endpoint, access_id=access_id, secret=secret).create_key()["KeyMetadata"]
        assert metadata["AWSAccountId"] == account


@pytest.mark.parametrize("operation", [*ANY_FORM, *MAC_FORM])
def test_there_are_no_grants_yet(kms, operation):
    key_id = kms.create()
    with refused("InvalidGrantTokenException"):
        getattr(kms, operation)(KeyId=key_id, GrantTokens=["token"], **EVERY_FORM[operation])


def test_china_has_sm2(endpoint, tenant_name):
    kms = Kms(endpoint, tenant_name, CHINA)
    for key_usage, listed, algorithms in (("ENCRYPT_DECRYPT", "EncryptionAlgorithms", ["SM2PKE"]),
                                          ("SIGN_VERIFY", "SigningAlgorithms", ["SM2DSA"]),
                                          ("KEY_AGREEMENT", "KeyAgreementAlgorithms", ["ECDH"])):
        metadata = kms.create_key(KeySpec="SM2", KeyUsage=key_usage)["KeyMetadata"]
        assert metadata[listed] == algorithms
    assert kms.create_key()["KeyMetadata"]["KeySpec"] == SYMMETRIC


def test_messages_and_codes_of_silent_refusals(kms):
    with refused("InvalidCiphertextException", NO_MESSAGE):
        kms.decrypt(CiphertextBlob=b"nonsense")


def test_usage_table_is_whole():
    assert {spec for spec, *_ in USAGES} == set(SPECS)
    assert all(usage(spec) in {key_usage for other, key_usage, *_ in USAGES if other == spec} for spec in SPECS)
