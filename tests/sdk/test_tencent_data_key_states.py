"""What may be done with hosted data keys in each of their states and of their CMK's, one by one and several at once."""

import os

import pytest

from tencent_data_keys import (
    BAD_ID, BY_ID, CMK_DISABLED, CMK_GONE, CMK_NOT_SUPPORTED, MEMBER, NOT_FOUND, NOT_SUPPORTED, NOW, RU, V, act, bring,
    bring_blob, host, hosted, in_state, nothing_changes, plaintext, shown, state,
)
from tencent_support import DAY, FIPS, MISSING_KEY, Kms, Raw, b64, refused, unb64


@pytest.fixture
def kms(endpoint, tenant_name):
    return Kms(endpoint, tenant_name)


@pytest.fixture
def cmk(kms):
    return kms.create()


STATES = ["Enabled", "Disabled", "PendingDelete"]
SAME = "same"
NOT_PENDING = RU + "DataKeyNotPendingDelete"
# For each action on one data key what happens in each state: a code, or the state afterwards.
TABLE = {
    "DescribeDataKey": [SAME, SAME, SAME],
    "DescribeDataKeys": [SAME, SAME, SAME],
    "ListDataKeys": [SAME, SAME, SAME],
    "ListDataKeyDetail": [SAME, SAME, SAME],
    "GetDataKeyPlaintext": [SAME, RU + "DataKeyDisabled", RU + "DataKeyPendingDelete"],
    "GetDataKeyCiphertextBlob": [SAME, NOT_SUPPORTED, NOT_SUPPORTED],
    "EnableDataKey": ["Enabled", "Enabled", NOT_SUPPORTED],
    "EnableDataKeys": ["Enabled", "Enabled", NOT_SUPPORTED],
    "DisableDataKey": ["Disabled", "Disabled", NOT_SUPPORTED],
    "DisableDataKeys": ["Disabled", "Disabled", NOT_SUPPORTED],
    "UpdateDataKeyName": [SAME, SAME, SAME],
    "UpdateDataKeyDescription": [SAME, SAME, SAME],
    "ScheduleDataKeyDeletion": [NOT_SUPPORTED, "PendingDelete", NOT_SUPPORTED],
    "CancelDataKeyDeletion": [NOT_PENDING, NOT_PENDING, "Disabled"],
}


@pytest.mark.parametrize("before", STATES)
def test_every_cell_of_a_state(kms, cmk, before):
    for action, row in TABLE.items():
        data_key, outcome = in_state(kms, cmk, before), row[STATES.index(before)]
        try:
            if "." in outcome:
                with nothing_changes(kms), refused(outcome):
                    act(kms, action, data_key)
            else:
                act(kms, action, data_key)
                assert state(kms, data_key) == (before if outcome == SAME else outcome)
        except BaseException as failure:
            raise AssertionError(f"{action} while {before}, which should be {outcome}") from failure


@pytest.mark.parametrize("action", BY_ID)
def test_a_data_key_must_exist_and_its_identifier_have_its_form(endpoint, tenant_name, kms, cmk, action):
    data_key = host(kms, cmk)
    with nothing_changes(kms):
        with refused(NOT_FOUND):
            act(kms, action, MISSING_KEY)
        # That of a CMK is none of a data key.
        with refused(NOT_FOUND):
            act(kms, action, cmk)
        for bad in ("", "x", data_key.upper(), data_key + "0", data_key[:-1], f"creatorUin/1/{data_key}", "é" * 36):
            with refused(BAD_ID):
                act(kms, action, bad)
        for stranger in (Kms(endpoint, tenant_name + "x"), Kms(endpoint, tenant_name, FIPS)):
            with refused(NOT_FOUND):
                act(stranger, action, data_key)
        # Another action may have had the same body in the same second.
        answer = Raw(endpoint, tenant_name, action, {}, signed="content-type;host;x-tc-action").sign().send()
        assert answer.code == "MissingParameter", answer
        answer = Raw(endpoint, tenant_name, action, {"DataKeyId": data_key, "Bogus": 1}).sign().send()
        assert answer.code == "UnknownParameter", answer


@pytest.mark.parametrize("action", [action for action in BY_ID if action != "GetDataKeyPlaintext"])
def test_whose_data_key_it_is_may_be_said(kms, cmk, action):
    row = TABLE[action]
    before = next(before for before, outcome in zip(STATES, row) if "." not in outcome)
    act(kms, action, in_state(kms, cmk, before), MemberAccount=MEMBER)
    kms.ListDataKeyDetail(MemberAccounts=[MEMBER])


def test_a_data_key_that_was_to_be_deleted_can_be_used_again(kms, cmk):
    made = hosted(kms, cmk)
    for action in ("DisableDataKey", "ScheduleDataKeyDeletion", "CancelDataKeyDeletion", "EnableDataKey"):
        answer = act(kms, action, made.DataKeyId)
        if action.endswith("Deletion"):
            assert answer.DataKeyId == made.DataKeyId
    found = shown(kms, made.DataKeyId)
    assert (found["KeyState"], found["DeletionDate"]) == ("Enabled", 0)
    assert plaintext(kms, made.DataKeyId) == unb64(made.Plaintext)


# The CMK under them.

CMK_STATES = ["Enabled", "Disabled", "PendingImport", "PendingDelete", "Archived", "gone"]
# For each action that needs the CMK what happens in each state of it; None: it goes.
NEEDS_USE = [None, CMK_NOT_SUPPORTED, CMK_NOT_SUPPORTED, CMK_NOT_SUPPORTED, None, CMK_GONE]
CMK_TABLE = {
    "GenerateDataKey": [None, CMK_DISABLED, CMK_DISABLED, RU + "KeyPendingDelete", CMK_DISABLED, CMK_GONE],
    "ImportDataKey": [None, CMK_DISABLED, CMK_NOT_SUPPORTED, RU + "KeyPendingDelete", RU + "CmkArchived", CMK_GONE],
    "ImportDataKey of a blob": [None, CMK_DISABLED, CMK_NOT_SUPPORTED, RU + "KeyPendingDelete", RU + "CmkArchived", CMK_GONE],
    "GetDataKeyPlaintext": [None, CMK_DISABLED, CMK_NOT_SUPPORTED, CMK_NOT_SUPPORTED, None, CMK_GONE],
    "EnableDataKey": NEEDS_USE,
    "EnableDataKeys": NEEDS_USE,
    "CancelDataKeyDeletion": NEEDS_USE,
    "ListDataKeyDetail by KeyId": [None, None, None, None, None, CMK_GONE],
    # These do not mind.
    **{action: [None] * 6 for action in (
        "DescribeDataKey", "DescribeDataKeys", "ListDataKeys", "ListDataKeyDetail", "GetDataKeyCiphertextBlob",
        "DisableDataKey", "DisableDataKeys", "UpdateDataKeyName", "UpdateDataKeyDescription", "ScheduleDataKeyDeletion")},
}


def test_every_action_on_data_keys_has_a_row():
    assert set(TABLE) | {"GenerateDataKey", "ImportDataKey"} == {row.split()[0] for row in CMK_TABLE}


@pytest.mark.parametrize("cmk_state", CMK_STATES)
def test_every_cell_of_a_state_of_the_cmk(kms, clock, cmk_state):
    clock.freeze("tencent", kms.access_id, NOW)
    material = os.urandom(16)
    cmk = kms.imported(material)
    made = hosted(kms, cmk)
    blob = kms.GenerateDataKey(KeyId=cmk, KeySpec="AES_256").CiphertextBlob
    before = {"EnableDataKey": "Disabled", "EnableDataKeys": "Disabled", "ScheduleDataKeyDeletion": "Disabled",
              "CancelDataKeyDeletion": "PendingDelete"}
    subjects = {row: in_state(kms, cmk, before.get(row, "Enabled"), days=30) for row in CMK_TABLE}
    if cmk_state == "PendingImport":
        kms.DeleteImportedKeyMaterial(KeyId=cmk)
    if cmk_state in ("Disabled", "PendingDelete", "gone"):
        kms.DisableKey(KeyId=cmk)
    if cmk_state in ("PendingDelete", "gone"):
        kms.ScheduleKeyDeletion(KeyId=cmk, PendingWindowInDays=7)
    if cmk_state == "Archived":
        kms.ArchiveKey(KeyId=cmk)
    if cmk_state == "gone":
        clock.advance("tencent", kms.access_id, 7 * DAY - 1)
        assert kms.state(cmk) == "PendingDelete"
        clock.advance("tencent", kms.access_id, 1)
        with refused(CMK_GONE):
            kms.state(cmk)
    else:
        assert kms.state(cmk) == cmk_state
    for row, cells in CMK_TABLE.items():
        code, data_key = cells[CMK_STATES.index(cmk_state)], subjects[row]

        def run():
            if row == "GenerateDataKey":
                hosted(kms, cmk)
            elif row == "ImportDataKey":
                bring(kms, cmk, bytes(32))
            elif row == "ImportDataKey of a blob":
                bring_blob(kms, blob)
            elif row == "ListDataKeyDetail by KeyId":
                assert kms.ListDataKeyDetail(KeyId=cmk).TotalCount >= len(CMK_TABLE)
            else:
                act(kms, row, data_key)

        try:
            if code:
                with nothing_changes(kms), refused(code):
                    run()
            else:
                run()
        except BaseException as failure:
            raise AssertionError(f"{row} while the CMK is {cmk_state}, which should be {code}") from failure
    found = shown(kms, made.DataKeyId)
    assert found["KeyId"] == cmk and (found["KeyName"] == "") == (cmk_state == "gone")
    if cmk_state == "PendingImport":
        kms.bring(cmk, material)
        assert plaintext(kms, made.DataKeyId) == unb64(made.Plaintext)


def test_data_keys_outlive_what_becomes_of_their_cmk(kms, clock):
    clock.freeze("tencent", kms.access_id, NOW)
    material = os.urandom(16)
    expiring = kms.imported(material, valid_to=NOW + 100)
    made = hosted(kms, expiring)
    clock.advance("tencent", kms.access_id, 100)
    with refused(CMK_NOT_SUPPORTED):
        plaintext(kms, made.DataKeyId)
    kms.bring(expiring, material)
    assert plaintext(kms, made.DataKeyId) == unb64(made.Plaintext)
    # An archived CMK goes on opening, until its material is gone.
    kms.bring(expiring, material, valid_to=NOW + 200)
    kms.ArchiveKey(KeyId=expiring)
    assert plaintext(kms, made.DataKeyId) == unb64(made.Plaintext)
    kms.DisableDataKey(DataKeyId=made.DataKeyId)
    clock.advance("tencent", kms.access_id, 100)
    with nothing_changes(kms), refused(CMK_NOT_SUPPORTED):
        kms.EnableDataKey(DataKeyId=made.DataKeyId)
    # What an earlier material has sealed it opens after a rotation.
    rotated = kms.create()
    first = hosted(kms, rotated)
    kms.EnableKeyRotation(KeyId=rotated)
    kms.RotateKey(KeyId=rotated)
    second = hosted(kms, rotated)
    for one in (first, second):
        assert plaintext(kms, one.DataKeyId) == unb64(one.Plaintext)


def test_what_is_wrong_with_the_data_key_is_told_before_what_is_wrong_with_its_cmk(kms, cmk):
    disabled, pending = in_state(kms, cmk, "Disabled"), in_state(kms, cmk, "PendingDelete")
    kms.DisableKey(KeyId=cmk)
    for data_key, code in ((disabled, RU + "DataKeyDisabled"), (pending, RU + "DataKeyPendingDelete")):
        with refused(code):
            plaintext(kms, data_key)
    with refused(NOT_SUPPORTED):
        kms.EnableDataKey(DataKeyId=pending)
    with refused(NOT_PENDING):
        kms.CancelDataKeyDeletion(DataKeyId=disabled)


# Several at once.

SEVERAL = ["DescribeDataKeys", "EnableDataKeys", "DisableDataKeys"]


def test_several_data_keys_at_once(kms, cmk):
    ids = [host(kms, cmk) for _ in range(4)]
    order = [ids[2], ids[0], ids[3]]
    assert [one.DataKeyId for one in kms.DescribeDataKeys(DataKeyIds=order).DataKeyMetadatas] == order
    kms.DisableDataKeys(DataKeyIds=order)
    assert [state(kms, data_key) for data_key in ids] == ["Disabled", "Enabled", "Disabled", "Disabled"]
    # What is so already does not matter.
    kms.DisableDataKeys(DataKeyIds=ids)
    kms.EnableDataKeys(DataKeyIds=list(reversed(ids)))
    assert [state(kms, data_key) for data_key in ids] == ["Enabled"] * 4
    over_a_form = Kms(kms.endpoint, kms.name, verb="GET").DescribeDataKeys(DataKeyIds=order)
    assert [one.DataKeyId for one in over_a_form.DataKeyMetadatas] == order


def test_a_hundred_data_keys_at_once(kms, cmk):
    material = b64(bytes(16))
    ids = [kms.ImportDataKey(DataKeyName=f"many-{number}", ImportType=2, KeyId=cmk, ImportKeyMaterial=material).DataKeyId
           for number in range(100)]
    kms.DisableDataKeys(DataKeyIds=ids)
    found = kms.DescribeDataKeys(DataKeyIds=ids).DataKeyMetadatas
    assert [(one.DataKeyId, one.KeyState) for one in found] == [(data_key, "Disabled") for data_key in ids]
    kms.EnableDataKeys(DataKeyIds=ids)
    assert kms.ListDataKeyDetail(KeyState=1, Limit=1).TotalCount == 100
    for action in SEVERAL:
        with nothing_changes(kms), refused("InvalidParameterValue"):
            getattr(kms, action)(DataKeyIds=[*ids, MISSING_KEY])


@pytest.mark.parametrize("action", SEVERAL)
def test_all_of_several_data_keys_or_none(kms, cmk, action):
    before = "Disabled" if action == "EnableDataKeys" else "Enabled"
    good = [in_state(kms, cmk, before) for _ in range(2)]
    pending = in_state(kms, cmk, "PendingDelete")
    with nothing_changes(kms):
        for ids, code in (
            ([], "InvalidParameterValue"),
            ([*good, good[0]], V + "DuplicatedDataKeyId"),
            ([*good, "x"], BAD_ID),
            # Identifiers first, then whether all are there, then states.
            ([MISSING_KEY, good[0], good[0], "x"], BAD_ID),
            ([MISSING_KEY, good[0], good[0]], V + "DuplicatedDataKeyId"),
            ([good[0], MISSING_KEY, good[1]], NOT_FOUND),
            ([pending, MISSING_KEY], NOT_FOUND),
        ):
            with refused(code):
                getattr(kms, action)(DataKeyIds=ids)
        for ids, code in (("x", "InvalidParameter"), ([1], "InvalidParameter"), (None, "MissingParameter")):
            answer = Raw(kms.endpoint, kms.name, action, {"DataKeyIds": ids}).sign().send()
            assert answer.code == code, answer
        if action != "DescribeDataKeys":
            with refused(NOT_SUPPORTED):
                getattr(kms, action)(DataKeyIds=[*good, pending])
    if action == "EnableDataKeys":
        other = kms.create()
        under_other = in_state(kms, other, "Disabled")
        kms.DisableKey(KeyId=other)
        with nothing_changes(kms), refused(CMK_NOT_SUPPORTED):
            kms.EnableDataKeys(DataKeyIds=[*good, under_other])
