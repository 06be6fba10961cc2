"""Hosted data keys: making them and taking them in, names, quota, lists, their end. Their states have a file of their own."""

import os
import uuid

import pytest
from conftest import Server, running

from tencent_data_keys import (
    BY_ID, CMK_GONE, MEMBER, NOT_FOUND, NOW, RU, V, act, blob_of, bring, bring_blob, everything, host, hosted, in_state,
    nothing_changes, plaintext, shown, state,
)
from tencent_people import Account
from tencent_support import DAY, FIPS, MISSING_KEY, SM, Kms, Raw, alias, b64, refused, unb64
from test_tencent_races import CALLERS, at_once

BAD_NAME = V + "InvalidDataKeyName"
BAD_MATERIAL = V + "InvalidImportKeyMaterial"
TAGS = [{"TagKey": "env", "TagValue": "dev"}, {"TagKey": "team", "TagValue": "a"}]


@pytest.fixture
def kms(endpoint, tenant_name):
    return Kms(endpoint, tenant_name)


@pytest.fixture
def cmk(kms):
    return kms.create()


# Making and taking in.


@pytest.mark.parametrize("region", [SM, FIPS])
def test_a_hosted_data_key(endpoint, tenant_name, clock, region):
    kms = Kms(endpoint, tenant_name, region)
    clock.freeze("tencent", kms.access_id, NOW)
    cmk_name, name, context = alias(), alias(), '{"k":"v","n":{"b":[1,2],"a":null}}'
    cmk = kms.create(Alias=cmk_name)
    clock.advance("tencent", kms.access_id, 5)
    made = hosted(kms, cmk, DataKeyName=name, Description="é" * 50, Tags=TAGS, EncryptionContext=context)
    assert (made.KeyId, made.TagCode, made.TagMsg, len(unb64(made.Plaintext))) == (cmk, 0, "ok", 32)
    # As of KeyIds: a UUID of version 1 in which stands when it was made.
    identifier = uuid.UUID(made.DataKeyId)
    assert (str(identifier), identifier.version) == (made.DataKeyId, 1)
    assert (identifier.time - 0x01B21DD213814000) // 10**7 == NOW + 5
    uin = kms.describe(cmk).CreatorUin
    assert shown(kms, made.DataKeyId) == {
        "DataKeyId": made.DataKeyId,
        "KeyId": cmk,
        "KeyName": cmk_name,
        "DataKeyName": name,
        "NumberOfBytes": 32,
        "CreateTime": NOW + 5,
        "Description": "é" * 50,
        "KeyState": "Enabled",
        "CreatorUin": uin,
        "Owner": "user",
        "DeletionDate": 0,
        "Origin": "TENCENT_KMS",
        "HsmClusterId": "",
        "ResourceId": f"creatorUin/{uin}/{made.DataKeyId}",
        "IsSyncReplica": 0,
        "SourceRegion": "",
        "SyncStatus": 0,
        "SyncMessages": "",
        "SyncStartTime": 0,
        "SyncEndTime": 0,
        "SourceHsmClusterId": "",
        "AccountAppId": 0,
        "AccountUin": uin,
        "AccountName": "",
        "CreatorUinString": str(uin),
    }
    # The context need not be said again: it is kept with the data key.
    assert plaintext(kms, made.DataKeyId) == unb64(made.Plaintext)
    assert blob_of(kms, made.DataKeyId) == made.CiphertextBlob
    assert kms.open(made.CiphertextBlob, EncryptionContext=context) == unb64(made.Plaintext)
    with refused(V + "InvalidCiphertext"):
        kms.open(made.CiphertextBlob)
    # The alias is the CMK's own.
    kms.UpdateAlias(KeyId=cmk, Alias=cmk_name + "-2")
    assert shown(kms, made.DataKeyId)["KeyName"] == cmk_name + "-2"


@pytest.mark.parametrize("asked, length", [
    ({"KeySpec": "AES_128"}, 16), ({"KeySpec": "AES_256"}, 32), ({"NumberOfBytes": 1}, 1), ({"NumberOfBytes": 1024}, 1024),
    ({"NumberOfBytes": 7, "KeySpec": "AES_256"}, 7),
])
def test_lengths_of_hosted_data_keys(kms, cmk, asked, length):
    made = kms.GenerateDataKey(KeyId=cmk, IsHostedByKms=1, DataKeyName=alias(), **asked)
    assert (made.TagCode, made.TagMsg) == (0, "")
    assert shown(kms, made.DataKeyId)["NumberOfBytes"] == len(unb64(made.Plaintext)) == length
    assert plaintext(kms, made.DataKeyId) == unb64(made.Plaintext)


def test_what_is_not_hosted_is_not_kept(kms, cmk):
    for more in ({}, {"IsHostedByKms": 0}):
        made = kms.GenerateDataKey(KeyId=cmk, KeySpec="AES_256", DataKeyName="-", Description="d" * 101,
                                   Tags=[TAGS[0], TAGS[0]], **more)
        assert made.DataKeyId is None and made.TagMsg == ""
    # Not even a member without a value.
    answer = Raw(kms.endpoint, kms.name, "GenerateDataKey", {"KeyId": cmk, "KeySpec": "AES_256"}).sign().send()
    assert sorted(answer.members) == ["CiphertextBlob", "KeyId", "Plaintext", "TagCode", "TagMsg"]
    assert everything(kms) == ([], 0, 0)


BAD_NAMES = ["", "-a", "_a", "a b", "a.b", "ä", "a" * 61, "a\n", "\0"]
BAD_WISHES = [
    *[({"DataKeyName": name}, BAD_NAME) for name in BAD_NAMES],
    ({"Description": "d" * 101}, "InvalidParameter"),
    ({"Description": "é" * 51}, "InvalidParameter"),
    ({"Tags": [TAGS[0], TAGS[1], {"TagKey": "env", "TagValue": ""}]}, V + "TagKeysDuplicated"),
    ({"Tags": [{"TagKey": "env"}]}, "MissingParameter"),
    ({"Tags": [{"TagKey": "", "TagValue": "v"}]}, "InvalidParameter"),
    ({"KeyId": MISSING_KEY}, RU + "CmkNotFound"),
    ({"KeyId": MISSING_KEY.upper()}, V + "InvalidKeyId"),
]


@pytest.mark.parametrize("bad, code", [
    *BAD_WISHES,
    ({"DataKeyName": None}, BAD_NAME),
    ({"IsHostedByKms": 2}, V + "InvalidType"),
    ({"IsHostedByKms": 2**64 - 1}, V + "InvalidType"),
    ({"KeySpec": "AES_512"}, "InvalidParameter"),
    ({"NumberOfBytes": 0}, "InvalidParameter"),
    ({"NumberOfBytes": 1025}, "InvalidParameter"),
    ({"HsmClusterId": "x"}, V + "InvalidHsmClusterId"),
    ({"EncryptionContext": "x"}, "InvalidParameter"),
    # What cannot be answered is not kept.
    ({"EncryptionPublicKey": "x"}, "FailedOperation.EncryptionError"),
    ({"EncryptionPublicKey": "x", "EncryptionAlgorithm": "x"}, "InvalidParameter"),
])
def test_what_hosting_refuses(kms, cmk, bad, code):
    with nothing_changes(kms), refused(code):
        hosted(kms, cmk, **bad)


@pytest.mark.parametrize("region", [SM, FIPS])
def test_an_open_data_key_is_taken_in(endpoint, tenant_name, region):
    kms = Kms(endpoint, tenant_name, region)
    cmk = kms.create()
    for length in (1, 32, 1024):
        material, name = os.urandom(length), alias()
        made = bring(kms, cmk, material, DataKeyName=name, Description="text", Tags=TAGS)
        assert (made.KeyId, made.TagCode, made.TagMsg) == (cmk, 0, "ok") and uuid.UUID(made.DataKeyId).version == 1
        found = shown(kms, made.DataKeyId)
        expected = {"Origin": "EXTERNAL", "NumberOfBytes": length, "DataKeyName": name, "Description": "text",
                    "KeyId": cmk, "KeyState": "Enabled"}
        assert {member: found[member] for member in expected} == expected
        assert plaintext(kms, made.DataKeyId) == material
        assert kms.open(blob_of(kms, made.DataKeyId)) == material
    assert bring(kms, cmk, b"x").TagMsg == ""


def test_a_ciphertext_is_taken_in(kms, cmk):
    made = kms.GenerateDataKey(KeyId=cmk, NumberOfBytes=48)
    for more in ({}, {"KeyId": ""}, {"KeyId": cmk}):
        taken = bring_blob(kms, made.CiphertextBlob, **more)
        assert taken.KeyId == cmk
        found = shown(kms, taken.DataKeyId)
        assert (found["Origin"], found["NumberOfBytes"], found["KeyId"]) == ("EXTERNAL", 48, cmk)
        assert plaintext(kms, taken.DataKeyId) == unb64(made.Plaintext)
        assert blob_of(kms, taken.DataKeyId) == made.CiphertextBlob
    other = kms.create()
    under_context = kms.GenerateDataKey(KeyId=cmk, KeySpec="AES_256", EncryptionContext='{"a":"b"}').CiphertextBlob
    middle = len(made.CiphertextBlob) // 2
    changed = "B" if made.CiphertextBlob[middle] == "A" else "A"
    tampered = made.CiphertextBlob[:middle] + changed + made.CiphertextBlob[middle + 1:]
    stranger = Kms(kms.endpoint, kms.name + "x")
    foreign = stranger.GenerateDataKey(KeyId=stranger.create(), KeySpec="AES_256").CiphertextBlob
    with nothing_changes(kms):
        for blob, more, code in (
            (made.CiphertextBlob, {"KeyId": other}, V + "InvalidKeyId"),
            (made.CiphertextBlob, {"KeyId": MISSING_KEY}, V + "InvalidKeyId"),
            (under_context, {}, BAD_MATERIAL),
            (tampered, {}, BAD_MATERIAL),
            # More than GenerateDataKey makes.
            (kms.seal(cmk, bytes(1025)), {}, BAD_MATERIAL),
            (b64(os.urandom(32)), {}, BAD_MATERIAL),
            ("", {}, BAD_MATERIAL),
            (foreign, {}, RU + "CmkNotFound"),
        ):
            with refused(code):
                bring_blob(kms, blob, **more)


@pytest.mark.parametrize("bad, code", [
    *BAD_WISHES,
    ({"KeyId": None}, V + "InvalidKeyId"),
    ({"KeyId": ""}, V + "InvalidKeyId"),
    ({"ImportType": 0}, V + "InvalidType"),
    ({"ImportType": 3}, V + "InvalidType"),
    ({"ImportType": 2**64 - 1}, V + "InvalidType"),
    ({"ImportKeyMaterial": ""}, V + "InvalidPlaintext"),
    ({"ImportKeyMaterial": "AAA"}, V + "InvalidPlaintext"),
    ({"ImportKeyMaterial": "=="}, V + "InvalidPlaintext"),
    ({"ImportKeyMaterial": b64(bytes(1025))}, V + "InvalidPlaintext"),
    # A code that ImportDataKey lists.
    ({"HsmClusterId": "x"}, "InvalidParameter"),
    ({"DataKeyName": None}, "MissingParameter"),
    ({"ImportKeyMaterial": None}, "MissingParameter"),
    ({"ImportType": None}, "MissingParameter"),
    ({"ImportType": "2"}, "InvalidParameter"),
])
def test_what_taking_in_refuses(kms, cmk, bad, code):
    asked = {"DataKeyName": alias(), "ImportType": 2, "KeyId": cmk, "ImportKeyMaterial": b64(bytes(32)), **bad}
    asked = {name: value for name, value in asked.items() if value is not None}
    with nothing_changes(kms):
        answer = Raw(kms.endpoint, kms.name, "ImportDataKey", asked).sign().send()
        assert answer.code == code, answer


@pytest.mark.parametrize("usage", ["ASYMMETRIC_DECRYPT_RSA_2048", "ASYMMETRIC_DECRYPT_SM2", "ASYMMETRIC_SIGN_VERIFY_ECC",
                                   "POST_QUANTUM_ENCRYPT_DECRYPT"])
def test_keys_of_other_usages_host_nothing(kms, usage):
    key_id = kms.create(KeyUsage=usage)
    with nothing_changes(kms):
        with refused(V + "InvalidKeyUsage"):
            hosted(kms, key_id)
        with refused(V + "InvalidKeyUsage"):
            bring(kms, key_id, bytes(32))


def test_no_plaintext_is_kept(tmp_path):
    database = tmp_path / "keys.db"
    server = Server(tmp_path, f"sqlite:{database}")
    try:
        kms = Kms(server.url, "sealed")
        cmk, material = kms.create(), os.urandom(64)
        data_key = bring(kms, cmk, material, DataKeyName="named").DataKeyId
        made = hosted(kms, cmk, NumberOfBytes=64)
        assert plaintext(kms, data_key) == material
        server.stop()
    finally:
        server.process.kill()
        server.process.wait()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.name.startswith("keys.db"))
    assert b"named" in kept
    for secret in (material, unb64(made.Plaintext)):
        for written in (secret, secret.hex().encode(), b64(secret)[:64].encode()):
            assert written[:24] not in kept and written not in server.log.read_bytes()


# Names and descriptions.


def test_names_are_unique_in_account_and_region(endpoint, tenant_name, kms, cmk):
    name = alias()
    first, second = host(kms, cmk, DataKeyName=name), host(kms, cmk)
    with nothing_changes(kms):
        with refused(V + "DataKeyNameAlreadyExists"):
            hosted(kms, cmk, DataKeyName=name)
        # These two do not list that code.
        with refused(BAD_NAME):
            bring(kms, cmk, bytes(32), DataKeyName=name)
        with refused(BAD_NAME):
            bring_blob(kms, kms.GenerateDataKey(KeyId=cmk, KeySpec="AES_256").CiphertextBlob, DataKeyName=name)
        with refused("InvalidParameterValue"):
            kms.UpdateDataKeyName(DataKeyId=second, DataKeyName=name)
        # To its own.
        kms.UpdateDataKeyName(DataKeyId=first, DataKeyName=name)
    # Letter case counts; aliases of CMKs have nothing to do with it.
    assert host(kms, cmk, DataKeyName=name.upper())
    assert host(kms, cmk, DataKeyName=kms.describe(cmk).Alias)
    for elsewhere in (Kms(endpoint, tenant_name + "x"), Kms(endpoint, tenant_name, FIPS)):
        assert host(elsewhere, elsewhere.create(), DataKeyName=name)
    # A name that was given up is free.
    kms.UpdateDataKeyName(DataKeyId=first, DataKeyName=name + "-2")
    kms.UpdateDataKeyName(DataKeyId=second, DataKeyName=name)
    assert (shown(kms, first)["DataKeyName"], shown(kms, second)["DataKeyName"]) == (name + "-2", name)


def test_what_a_data_key_may_be_called(kms, cmk):
    data_key = host(kms, cmk, DataKeyName="a" * 60)
    for good in ("a", "9", "a-_B9", "kms-mine", "b" * 60):
        kms.UpdateDataKeyName(DataKeyId=data_key, DataKeyName=good)
        assert shown(kms, data_key)["DataKeyName"] == good
    with nothing_changes(kms):
        for bad in BAD_NAMES:
            with refused("InvalidParameterValue"):
                kms.UpdateDataKeyName(DataKeyId=data_key, DataKeyName=bad)
            # Values are judged before what they are for.
            with refused("InvalidParameterValue"):
                kms.UpdateDataKeyName(DataKeyId=MISSING_KEY, DataKeyName=bad)


def test_what_may_be_said_of_a_data_key(kms, cmk):
    data_key = host(kms, cmk)
    assert shown(kms, data_key)["Description"] == ""
    for good in ("text", "é" * 50, "d" * 100, ""):
        kms.UpdateDataKeyDescription(DataKeyId=data_key, Description=good)
        assert shown(kms, data_key)["Description"] == good
    with nothing_changes(kms):
        for bad in ("d" * 101, "é" * 51):
            with refused("InvalidParameter"):
                kms.UpdateDataKeyDescription(DataKeyId=data_key, Description=bad)


def test_one_name_wins(endpoint, tenant_name, kms, cmk):
    name = alias()

    def make(kms, number):
        if number % 2:
            return bring(kms, cmk, bytes(32), DataKeyName=name).DataKeyId
        return host(kms, cmk, DataKeyName=name)

    heard = at_once(endpoint, tenant_name, make)
    winners = [one for one in heard if "." not in one]
    assert len(winners) == 1 and len(heard) == CALLERS
    assert set(heard) - set(winners) <= {V + "DataKeyNameAlreadyExists", BAD_NAME}
    assert [one.DataKeyId for one in kms.ListDataKeys().DataKeys] == winners
    assert len(plaintext(kms, winners[0])) == 32
    # The same of those that are there already.
    ids = [host(kms, cmk) for _ in range(CALLERS)]
    wanted = alias()
    heard = at_once(endpoint, tenant_name,
                    lambda kms, number: kms.UpdateDataKeyName(DataKeyId=ids[number], DataKeyName=wanted).RequestId)
    assert sorted(code for code in heard if "-" not in code) == ["InvalidParameterValue"] * (CALLERS - 1)
    assert kms.ListDataKeyDetail(SearchKeyAlias=wanted).TotalCount == 1


# Their end.


@pytest.mark.parametrize("window", [0, 6, 31, 2**32 + 7, 2**64 - 1])
def test_deletion_windows(kms, cmk, window):
    data_key = in_state(kms, cmk, "Disabled")
    with nothing_changes(kms), refused("InvalidParameter.InvalidPendingWindowInDays"):
        kms.ScheduleDataKeyDeletion(DataKeyId=data_key, PendingWindowInDays=window)


@pytest.mark.parametrize("days", [7, 30])
def test_a_data_key_vanishes_when_it_was_told(kms, cmk, clock, days):
    clock.freeze("tencent", kms.access_id, NOW + 0.75)
    name = alias()
    data_key = in_state(kms, cmk, "Disabled", DataKeyName=name)
    stays = host(kms, cmk)
    told = kms.ScheduleDataKeyDeletion(DataKeyId=data_key, PendingWindowInDays=days)
    assert (told.DataKeyId, told.DeletionDate) == (data_key, NOW + days * DAY)
    found = shown(kms, data_key)
    assert (found["KeyState"], found["DeletionDate"]) == ("PendingDelete", told.DeletionDate)
    clock.freeze("tencent", kms.access_id, told.DeletionDate - 1)
    assert state(kms, data_key) == "PendingDelete"
    # Until then its name is its own.
    with refused(V + "DataKeyNameAlreadyExists"):
        hosted(kms, cmk, DataKeyName=name)
    clock.freeze("tencent", kms.access_id, told.DeletionDate)
    for action in BY_ID:
        with refused(NOT_FOUND):
            act(kms, action, data_key)
    assert [one.DataKeyId for one in kms.ListDataKeys().DataKeys] == [stays]
    assert kms.ListDataKeyDetail().TotalCount == 1
    again = host(kms, cmk, DataKeyName=name)
    assert again != data_key and state(kms, again) == "Enabled"


@pytest.fixture(scope="module")
def special(tmp_path_factory):
    """A server with a cluster, on which the service keeps three data keys."""
    settings = {"POLYKMS__TENCENT__DATA_KEY_LIMIT": "3",
                "POLYKMS__TENCENT__HSM_CLUSTERS__CLS-HSM-A__NAME": "mine",
                "POLYKMS__TENCENT__HSM_CLUSTERS__CLS-HSM-A__REGION": SM,
                "POLYKMS__TENCENT__HSM_CLUSTERS__CLS-HSM-B__NAME": "other",
                "POLYKMS__TENCENT__HSM_CLUSTERS__CLS-HSM-B__REGION": FIPS}
    with running(tmp_path_factory.mktemp("special"), settings) as server:
        yield server.url


def test_the_limit(special, tenant_name):
    kms, full = Kms(special, tenant_name), "LimitExceeded.DataKeyLimitExceeded"
    cmk = kms.create()
    blob = kms.GenerateDataKey(KeyId=cmk, KeySpec="AES_256").CiphertextBlob

    def quota():
        status = kms.GetServiceStatus()
        assert (status.IsAllowedDataKeyHosted, status.FreeDataKeyLimit) == (True, 0)
        return status.DataKeyUsedCount, status.DataKeyLimit

    assert quota() == (0, 3)
    first = in_state(kms, cmk, "Disabled")
    bring(kms, cmk, bytes(32))
    bring_blob(kms, blob)
    assert quota() == (3, 3)
    with nothing_changes(kms):
        for one_more in (lambda: hosted(kms, cmk), lambda: bring(kms, cmk, bytes(32)), lambda: bring_blob(kms, blob)):
            with refused(full):
                one_more()
    kms.GenerateDataKey(KeyId=cmk, KeySpec="AES_256")
    # One that is about to be deleted does not count, and there must be room for it to come back.
    kms.ScheduleDataKeyDeletion(DataKeyId=first, PendingWindowInDays=7)
    assert quota() == (2, 3)
    second = in_state(kms, cmk, "Disabled")
    with nothing_changes(kms), refused(full):
        kms.CancelDataKeyDeletion(DataKeyId=first)
    kms.ScheduleDataKeyDeletion(DataKeyId=second, PendingWindowInDays=7)
    kms.CancelDataKeyDeletion(DataKeyId=first)
    assert quota() == (3, 3) and state(kms, first) == "Disabled"
    # Every region has its own.
    elsewhere = Kms(special, tenant_name, FIPS)
    assert elsewhere.GetServiceStatus().DataKeyUsedCount == 0 and host(elsewhere, elsewhere.create())


def test_the_limit_holds_for_many_at_once(special, tenant_name):
    kms = Kms(special, tenant_name)
    cmk = kms.create()
    heard = at_once(special, tenant_name, lambda kms, _: host(kms, cmk))
    assert sorted(code for code in heard if "." in code) == ["LimitExceeded.DataKeyLimitExceeded"] * (CALLERS - 3)
    assert kms.GetServiceStatus().DataKeyUsedCount == kms.ListDataKeys().TotalCount == 3


def test_clusters(special, tenant_name):
    kms = Kms(special, tenant_name)
    shared, own = kms.create(), kms.create(HsmClusterId="cls-hsm-a")
    in_shared = bring(kms, shared, bytes(32)).DataKeyId
    in_own = host(kms, own, HsmClusterId="cls-hsm-a")
    also_own = bring(kms, own, bytes(16), HsmClusterId="cls-hsm-a").DataKeyId
    assert [shown(kms, one)["HsmClusterId"] for one in (in_shared, in_own, also_own)] == ["", "cls-hsm-a", "cls-hsm-a"]
    for cluster, ids in (("cls-hsm-a", {in_own, also_own}), ("default", {in_shared}), ("", {in_shared, in_own, also_own})):
        found = kms.ListDataKeyDetail(HsmClusterId=cluster)
        assert ({one.DataKeyId for one in found.DataKeyMetadatas}, found.TotalCount) == (ids, len(ids))
    found = kms.ListDataKeys(HsmClusterId="cls-hsm-a")
    assert ({one.DataKeyId for one in found.DataKeys}, found.TotalCount) == ({in_own, also_own}, 2)
    blob = kms.GenerateDataKey(KeyId=own, KeySpec="AES_256").CiphertextBlob
    with nothing_changes(kms):
        for cluster, key_id in (("cls-hsm-b", own), ("cls-hsm-a", shared), ("nowhere", own)):
            with refused(V + "InvalidHsmClusterId"):
                hosted(kms, key_id, HsmClusterId=cluster)
            # A code that ImportDataKey lists.
            with refused("InvalidParameter"):
                bring(kms, key_id, bytes(32), HsmClusterId=cluster)
        with refused("InvalidParameter"):
            bring_blob(kms, blob, HsmClusterId="cls-hsm-b")
        for action in ("ListDataKeys", "ListDataKeyDetail"):
            with refused(V + "InvalidHsmClusterId"):
                getattr(kms, action)(HsmClusterId="cls-hsm-b")
        with refused(V + "InvalidHsmClusterId"):
            kms.ListDataKeys(HsmClusterId="default")


# Lists.


@pytest.fixture
def many(kms, clock):
    """Data keys of all sorts, oldest first, each a second older than the next."""
    clock.freeze("tencent", kms.access_id, NOW)
    one, other = kms.create(), kms.create()
    makers = {
        "plain": lambda: host(kms, one, DataKeyName="alpha-One"),
        "tagged": lambda: host(kms, one, DataKeyName="alpha-two", Tags=TAGS),
        "short": lambda: host(kms, other, DataKeyName="beta", KeySpec="AES_128", Tags=[{"TagKey": "env", "TagValue": "prod"}]),
        "brought": lambda: bring(kms, other, bytes(32), DataKeyName="gamma", Tags=TAGS[:1]).DataKeyId,
        "disabled": lambda: in_state(kms, one, "Disabled", DataKeyName="delta"),
        "pending": lambda: in_state(kms, one, "PendingDelete", DataKeyName="epsilon"),
    }
    ids = {}
    for name, make in makers.items():
        ids[name] = make()
        clock.advance("tencent", kms.access_id, 1)
    return ids, one, other


def test_list_data_keys(kms, many):
    ids = list(reversed(many[0].values()))

    def found(**asked):
        answer = kms.ListDataKeys(**asked)
        return [one.DataKeyId for one in answer.DataKeys], answer.TotalCount

    assert found() == found(Role=0, HsmClusterId="", Offset=0, Limit=10) == (ids, 6)
    assert found(Offset=1, Limit=2) == (ids[1:3], 6)
    assert found(Limit=0) == found(Offset=6) == found(Offset=2**64 - 1) == ([], 6)
    assert found(Role=1) == ([], 0)
    assert found(Limit=200) == (ids, 6)
    for bad in ({"Limit": 201}, {"Limit": 2**64 - 1}, {"Role": 2}):
        with refused("InvalidParameterValue"):
            kms.ListDataKeys(**bad)
    for cluster in ("x", "default"):
        with refused(V + "InvalidHsmClusterId"):
            kms.ListDataKeys(HsmClusterId=cluster)


def test_list_data_key_detail_filters(kms, many):
    ids, one, other = many
    every = ["plain", "tagged", "short", "brought", "disabled", "pending"]
    env = lambda *values: {"TagKey": "env", "TagValue": list(values)}
    for asked, names in (
        ({}, every),
        ({"KeyState": 0, "Origin": "", "SearchKeyAlias": "", "KeyId": "", "DataKeyLen": 0, "TagFilters": []}, every),
        ({"KeyState": 1}, ["plain", "tagged", "short", "brought"]),
        ({"KeyState": 2}, ["disabled"]),
        ({"KeyState": 3}, ["pending"]),
        ({"Origin": "ALL"}, every),
        ({"Origin": "TENCENT_KMS"}, [name for name in every if name != "brought"]),
        ({"Origin": "EXTERNAL"}, ["brought"]),
        ({"SearchKeyAlias": "ALPHA"}, ["plain", "tagged"]),
        ({"SearchKeyAlias": "a-o"}, ["plain"]),
        ({"SearchKeyAlias": ids["short"]}, ["short"]),
        ({"SearchKeyAlias": ids["short"][:23].upper()}, ["short"]),
        ({"SearchKeyAlias": one}, []),
        ({"KeyId": one}, ["plain", "tagged", "disabled", "pending"]),
        ({"KeyId": other}, ["short", "brought"]),
        ({"DataKeyLen": 16}, ["short"]),
        ({"DataKeyLen": 32}, [name for name in every if name != "short"]),
        ({"DataKeyLen": 2**64 - 1}, []),
        ({"TagFilters": [env("dev")]}, ["tagged", "brought"]),
        ({"TagFilters": [env("dev", "prod")]}, ["tagged", "short", "brought"]),
        ({"TagFilters": [env()]}, ["tagged", "short", "brought"]),
        ({"TagFilters": [env("dev"), {"TagKey": "team"}]}, ["tagged"]),
        ({"TagFilters": [{"TagKey": "ENV"}]}, []),
        ({"Role": 0}, every),
        ({"Role": 1}, []),
        ({"HsmClusterId": "default"}, every),
        ({"KeyId": one, "KeyState": 1, "Origin": "TENCENT_KMS", "SearchKeyAlias": "alpha", "DataKeyLen": 32,
          "TagFilters": [env("dev")], "MemberAccounts": [MEMBER]}, ["tagged"]),
    ):
        answer = kms.ListDataKeyDetail(**asked)
        found = [one.DataKeyId for one in answer.DataKeyMetadatas]
        assert (found, answer.TotalCount) == ([ids[name] for name in reversed(names)], len(names)), asked


def test_list_data_key_detail_order_and_pages(kms, many):
    ids = list(many[0].values())

    def found(**asked):
        answer = kms.ListDataKeyDetail(**asked)
        return [one.DataKeyId for one in answer.DataKeyMetadatas], answer.TotalCount

    assert found(OrderType=1) == (ids, 6)
    assert found(OrderType=0) == (ids[::-1], 6)
    assert found(OrderType=1, Offset=2, Limit=3) == (ids[2:5], 6)
    assert found(Offset=5, Limit=200) == (ids[:1], 6)
    assert found(Limit=0) == found(Offset=2**64 - 1) == ([], 6)
    whole = kms.ListDataKeyDetail(OrderType=1).DataKeyMetadatas
    assert [vars(one) for one in whole] == [vars(kms.DescribeDataKey(DataKeyId=one).DataKeyMetadata) for one in ids]


@pytest.mark.parametrize("bad, code", [
    ({"Limit": 201}, "InvalidParameter"),
    ({"Role": 2}, "InvalidParameter"),
    ({"OrderType": 2}, "InvalidParameter"),
    ({"KeyState": 4}, "InvalidParameter"),
    ({"Origin": "external"}, "InvalidParameter"),
    ({"KeyId": "x"}, V + "InvalidKeyId"),
    ({"KeyId": MISSING_KEY}, CMK_GONE),
    ({"HsmClusterId": "x"}, V + "InvalidHsmClusterId"),
])
def test_what_list_data_key_detail_refuses(kms, bad, code):
    with refused(code):
        kms.ListDataKeyDetail(**bad)


def test_everybody_has_their_own(endpoint, tenant_name, kms, cmk):
    host(kms, cmk)
    for stranger in (Kms(endpoint, tenant_name + "x"), Kms(endpoint, tenant_name, FIPS)):
        assert everything(stranger) == ([], 0, 0)


def test_who_made_a_data_key_is_said_of_it_and_has_rights_by_it(endpoint, admin, tenant_name):
    account = Account(endpoint, admin, tenant_name)
    root, maker, uin = account.root, account.user("kms:*"), account.uin
    cmk = root.create()
    for made, creator in ((host(root, cmk), uin), (host(maker, cmk), maker.uin), (bring(maker, cmk, b"x").DataKeyId, maker.uin)):
        found = shown(root, made)
        assert (str(found["CreatorUin"]), found["CreatorUinString"], str(found["AccountUin"])) == (creator, creator, uin)
        assert found["ResourceId"] == f"creatorUin/{creator}/{made}" and found["Owner"] == "user"
    mine, other = host(root, cmk), host(maker, cmk)
    # Neither the CMK nor another data key is what the right is to.
    reader = account.user("kms:*", resources=[f"qcs::kms:{SM}:uin/{uin}:key/creatorUin/{uin}/{mine}"])
    assert plaintext(reader, mine) == plaintext(root, mine)
    with refused("AuthFailure.UnauthorizedOperation"):
        plaintext(reader, other)
    with nothing_changes(root):
        for action, ids in (("DisableDataKey", {"DataKeyId": other}), ("DisableDataKeys", {"DataKeyIds": [mine, other]}),
                            ("DescribeDataKey", {"DataKeyId": other}), ("ListDataKeys", {})):
            with refused("UnauthorizedOperation"):
                getattr(reader, action)(**ids)
        with refused("UnauthorizedOperation"):
            hosted(reader, cmk)
        with refused("AuthFailure.UnauthorizedOperation"):
            bring(reader, cmk, b"x")
