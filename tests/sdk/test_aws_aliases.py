"""Aliases: what they may be called, what they lead to, where they are taken."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from aws_support import DAY, NO_MESSAGE, REGION, Kms, refused, seconds

PREFIX = ('Alias must start with the prefix "alias/". Please see '
          "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html")


@pytest.fixture
def kms(endpoint, tenant_name):
    return Kms(endpoint, tenant_name)


def alias_arn(kms, name):
    return f"arn:aws:kms:{REGION}:{kms.account}:{name}"


def aliases(kms, **parameters):
    listed = kms.list_aliases(**parameters)["Aliases"]
    return {line["AliasName"]: line["TargetKeyId"] for line in listed if not is_predefined(line)}


def is_predefined(line):
    """Whether an alias is a service's own whose key has not been asked for."""
    return "TargetKeyId" not in line


def test_the_life_of_an_alias(kms, clock):
    clock.freeze("aws", kms.access_id, 1_800_000_000)
    first, second = kms.create(), kms.create()
    kms.create_alias(AliasName="alias/mine", TargetKeyId=first)
    [line] = [line for line in kms.list_aliases()["Aliases"] if not is_predefined(line)]
    assert seconds(line["CreationDate"]) == seconds(line["LastUpdatedDate"]) == 1_800_000_000
    assert {name: value for name, value in line.items() if "Date" not in name} == {
        "AliasName": "alias/mine", "AliasArn": alias_arn(kms, "alias/mine"), "TargetKeyId": first}
    clock.advance("aws", kms.access_id, 60)
    kms.update_alias(AliasName="alias/mine", TargetKeyId=kms.arn(second))
    [line] = kms.list_aliases(KeyId=second)["Aliases"]
    assert (seconds(line["CreationDate"]), seconds(line["LastUpdatedDate"])) == (1_800_000_000, 1_800_000_060)
    assert aliases(kms, KeyId=kms.arn(first)) == {}
    assert kms.describe("alias/mine")["KeyId"] == second
    kms.delete_alias(AliasName="alias/mine")
    assert aliases(kms) == {}
    missing = f"Alias {alias_arn(kms, 'alias/mine')} is not found."
    for call in (lambda: kms.describe("alias/mine"), lambda: kms.delete_alias(AliasName="alias/mine"),
                 lambda: kms.update_alias(AliasName="alias/mine", TargetKeyId=first)):
        with refused("NotFoundException", missing):
            call()


def test_aliases_lead_to_keys_where_they_are_taken(kms):
    kms.create_alias(AliasName="alias/s", TargetKeyId=(symmetric := kms.create()))
    kms.create_alias(AliasName="alias/p", TargetKeyId=(private := kms.create("ECC_NIST_P256")))
    for name in ("alias/s", alias_arn(kms, "alias/s")):
        arn = kms.arn(symmetric)
        assert kms.describe(name)["Arn"] == arn
        made = kms.encrypt(KeyId=name, Plaintext=b"hello")
        assert made["KeyId"] == arn
        opened = kms.decrypt(KeyId=name, CiphertextBlob=made["CiphertextBlob"])
        assert (opened["Plaintext"], opened["KeyId"]) == (b"hello", arn)
        assert kms.generate_data_key(KeyId=name, KeySpec="AES_256")["KeyId"] == arn
        assert kms.generate_data_key_without_plaintext(KeyId=name, KeySpec="AES_128")["KeyId"] == arn
    for name in ("alias/p", alias_arn(kms, "alias/p")):
        arn, what = kms.arn(private), {"Message": b"x", "SigningAlgorithm": "ECDSA_SHA_256"}
        made = kms.sign(KeyId=name, **what)
        assert made["KeyId"] == arn
        assert kms.verify(KeyId=name, Signature=made["Signature"], **what)["KeyId"] == arn
        assert kms.get_public_key(KeyId=name)["KeyId"] == arn
    blob = kms.encrypt(KeyId="alias/s", Plaintext=b"x")["CiphertextBlob"]
    kms.create_alias(AliasName="alias/t", TargetKeyId=kms.create())
    with refused("IncorrectKeyException"):
        kms.decrypt(KeyId="alias/t", CiphertextBlob=blob)


def test_aliases_are_no_ids_elsewhere(kms):
    key_id = kms.create("HMAC_256")
    kms.create_alias(AliasName="alias/mine", TargetKeyId=key_id)
    for name in ("alias/mine", alias_arn(kms, "alias/mine")):
        with refused("NotFoundException", f"Invalid keyId '{name}'"):
            kms.disable_key(KeyId=name)
        with refused("NotFoundException", f"Invalid keyId '{name}'"):
            kms.generate_mac(KeyId=name, Message=b"x", MacAlgorithm="HMAC_SHA_256")
        with refused("NotFoundException", f"Invalid keyId '{name}'"):
            kms.list_aliases(KeyId=name)
        for call in (kms.create_alias, kms.update_alias):
            with refused("ValidationException", "Aliases must refer to keys. Not aliases"):
                call(AliasName="alias/other", TargetKeyId=name)


@pytest.mark.parametrize("name, code, message", [
    ("mine", "ValidationException", PREFIX),
    ("Alias/mine", "ValidationException", PREFIX),
    ("alias", "ValidationException", PREFIX),
    ("alias/", "ValidationException", "alias/ contains invalid characters for an alias"),
    ("alias/a:b", "ValidationException", "alias/a:b contains invalid characters for an alias"),
    ("alias/aws/mine", "NotAuthorizedException", NO_MESSAGE),
    ("alias/a b", "ValidationException", "1 validation error detected: Value 'alias/a b' at 'aliasName' failed to "
     "satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$"),
    ("alias/" + "a" * 251, "ValidationException", None),
])
def test_names_that_no_alias_can_have(kms, name, code, message):
    key_id = kms.create()
    for call in (lambda: kms.create_alias(AliasName=name, TargetKeyId=key_id),
                 lambda: kms.update_alias(AliasName=name, TargetKeyId=key_id),
                 lambda: kms.delete_alias(AliasName=name)):
        with refused(code, message):
            call()
    assert aliases(kms) == {}


def test_a_name_is_given_once_in_a_region(kms, endpoint):
    key_id = kms.create()
    kms.create_alias(AliasName="alias/mine", TargetKeyId=key_id)
    kms.create_alias(AliasName="alias/MINE", TargetKeyId=key_id)
    for target in (key_id, kms.create()):
        with refused("AlreadyExistsException",
                     f"An alias with the name {alias_arn(kms, 'alias/mine')} already exists"):
            kms.create_alias(AliasName="alias/mine", TargetKeyId=target)
    assert aliases(kms) == {"alias/mine": key_id, "alias/MINE": key_id}
    for other in (kms.elsewhere("eu-west-1"), Kms(endpoint, kms.name + "x")):
        assert aliases(other) == {}
        with refused("NotFoundException"):
            other.describe("alias/mine")
        target = other.create()
        other.create_alias(AliasName="alias/mine", TargetKeyId=target)
        assert aliases(other) == {"alias/mine": target}
    stranger = Kms(endpoint, kms.name + "x")
    with refused("NotFoundException"):
        stranger.create_alias(AliasName="alias/theirs", TargetKeyId=kms.arn(key_id))
    with refused("AccessDeniedException"):
        stranger.describe(alias_arn(kms, "alias/mine"))
    with refused("NotFoundException", f"Invalid arn {REGION}"):
        kms.elsewhere("eu-west-1").describe(alias_arn(kms, "alias/mine"))


def test_an_alias_stays_with_keys_of_its_type_and_usage(kms):
    keys = {"symmetric": kms.create(), "mac": kms.create("HMAC_256"), "signing": kms.create("RSA_2048"),
            "encrypting": kms.create("RSA_2048", KeyUsage="ENCRYPT_DECRYPT")}
    for name, key_id in keys.items():
        kms.create_alias(AliasName=f"alias/{name}", TargetKeyId=key_id)
    for name, key_id in keys.items():
        for other, target in keys.items():
            if name != other:
                with refused("ValidationException") as caught:
                    kms.update_alias(AliasName=f"alias/{name}", TargetKeyId=target)
                said = caught.value.response["Error"]["Message"]
                assert said.startswith(f"Alias {alias_arn(kms, f'alias/{name}')} cannot be changed from a CMK with key ")
        kms.update_alias(AliasName=f"alias/{name}", TargetKeyId=key_id)
    kms.update_alias(AliasName="alias/signing", TargetKeyId=kms.create("ECC_NIST_P256"))


def test_fifty_aliases_to_a_key(kms):
    full, other = kms.create(), kms.create()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: kms.create_alias(AliasName=f"alias/{number:02}", TargetKeyId=full), range(50)))
    kms.create_alias(AliasName="alias/x", TargetKeyId=other)
    for call in (lambda: kms.create_alias(AliasName="alias/y", TargetKeyId=full),
                 lambda: kms.update_alias(AliasName="alias/x", TargetKeyId=full)):
        with refused("LimitExceededException"):
            call()
    kms.update_alias(AliasName="alias/00", TargetKeyId=full)
    kms.update_alias(AliasName="alias/00", TargetKeyId=other)
    kms.update_alias(AliasName="alias/x", TargetKeyId=full)
    assert len(aliases(kms, KeyId=full)) == 50


def test_pages_of_aliases(kms):
    keys = [kms.create(), kms.create(), kms.create()]
    names = [f"alias/{number:03}" for number in range(105)]
    for number, name in enumerate(names):
        kms.create_alias(AliasName=name, TargetKeyId=keys[number % 3])
    first = kms.list_aliases()
    assert [line["AliasName"] for line in first["Aliases"]] == names[:50]
    assert len(kms.list_aliases(Limit=1000)["Aliases"]) == 100
    pages = list(kms.get_paginator("list_aliases").paginate(PaginationConfig={"PageSize": 30}))
    assert [len(page["Aliases"]) for page in pages] == [30, 30, 30, 29]
    listed = [line for page in pages for line in page["Aliases"]]
    assert [line["AliasName"] for line in listed if not is_predefined(line)] == names
    assert [line["AliasName"] for line in listed] == sorted(line["AliasName"] for line in listed)
    of_one = kms.get_paginator("list_aliases").paginate(KeyId=keys[1], PaginationConfig={"PageSize": 20})
    assert [line["AliasName"] for page in of_one for line in page["Aliases"]] == names[1::3]
    kms.delete_alias(AliasName="alias/049")
    assert kms.list_aliases(Marker=first["NextMarker"])["Aliases"][0]["AliasName"] == "alias/050"
    for marker in ("nonsense", "a2V5cy8="):
        with refused("InvalidMarkerException"):
            kms.list_aliases(Marker=marker)


def test_aliases_vanish_with_their_key(kms, clock):
    clock.freeze("aws", kms.access_id, 1_800_000_000)
    dying, other = kms.create(), kms.create()
    kms.create_alias(AliasName="alias/mine", TargetKeyId=dying)
    kms.schedule_key_deletion(KeyId=dying, PendingWindowInDays=7)
    assert aliases(kms) == {"alias/mine": dying}
    assert kms.describe("alias/mine")["KeyState"] == "PendingDeletion"
    clock.advance("aws", kms.access_id, 7 * DAY)
    assert aliases(kms) == {}
    with refused("NotFoundException", f"Alias {alias_arn(kms, 'alias/mine')} is not found."):
        kms.describe("alias/mine")
    kms.create_alias(AliasName="alias/mine", TargetKeyId=other)
    assert kms.describe("alias/mine")["KeyId"] == other


def test_of_many_who_want_a_name_one_gets_it(kms):
    keys = [kms.create() for _ in range(8)]

    def attempt(key_id):
        try:
            kms.create_alias(AliasName="alias/mine", TargetKeyId=key_id)
            return key_id
        except kms.exceptions.AlreadyExistsException:
            return None

    with ThreadPoolExecutor(8) as pool:
        [winner] = [key_id for key_id in pool.map(attempt, keys) if key_id]
    assert aliases(kms) == {"alias/mine": winner}
