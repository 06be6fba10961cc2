"""The table of operations and states, cell by cell."""

import os

import pytest

from tencent_support import MISSING_KEY, Kms, b64, refused, unchanged

STATES = ["Enabled", "Disabled", "PendingImport", "PendingDelete"]
NOT_SUPPORT = "ResourceUnavailable.CmkStateNotSupport"
DISABLED = "ResourceUnavailable.CmkDisabled"
NOT_PENDING = "ResourceUnavailable.CmkNotPendingDelete"
# For each operation what happens in each state: a code, or the state afterwards.
TABLE = {
    "DescribeKey": ["Enabled", "Disabled", "PendingImport", "PendingDelete"],
    "EnableKey": ["Enabled", "Enabled", NOT_SUPPORT, NOT_SUPPORT],
    "DisableKey": ["Disabled", "Disabled", NOT_SUPPORT, NOT_SUPPORT],
    "ScheduleKeyDeletion": ["ResourceUnavailable.CmkShouldBeDisabled", "PendingDelete", "PendingDelete", NOT_SUPPORT],
    "CancelKeyDeletion": [NOT_PENDING, NOT_PENDING, NOT_PENDING, "Disabled"],
    "GetParametersForImport": ["Enabled", "Disabled", "PendingImport", "PendingDelete"],
    "ImportKeyMaterial": ["Enabled", NOT_SUPPORT, "Enabled", NOT_SUPPORT],
    # A disabled key stays disabled, and waits for material once it is enabled.
    "DeleteImportedKeyMaterial": ["PendingImport", "Disabled", "PendingImport", NOT_SUPPORT],
    "Encrypt": ["Enabled", DISABLED, DISABLED, DISABLED],
    "Decrypt": ["Enabled", DISABLED, DISABLED, DISABLED],
    "GenerateDataKey": ["Enabled", DISABLED, DISABLED, "ResourceUnavailable.KeyPendingDelete"],
}
CELLS = [(action, state, outcome) for action, row in TABLE.items() for state, outcome in zip(STATES, row)]


@pytest.mark.parametrize("action, state, outcome", CELLS, ids=[f"{action}-{state}" for action, state, _ in CELLS])
def test_cell(endpoint, tenant_name, action, state, outcome):
    kms = Kms(endpoint, tenant_name)
    material = os.urandom(16)
    key_id = kms.imported(material)
    blob = kms.seal(key_id)
    given = kms.parameters(key_id)
    if state == "PendingImport":
        kms.DeleteImportedKeyMaterial(KeyId=key_id)
    elif state != "Enabled":
        kms.DisableKey(KeyId=key_id)
        if state == "PendingDelete":
            kms.ScheduleKeyDeletion(KeyId=key_id, PendingWindowInDays=7)
    assert kms.state(key_id) == state

    act = {
        "ScheduleKeyDeletion": lambda: kms.ScheduleKeyDeletion(KeyId=key_id, PendingWindowInDays=8),
        "GetParametersForImport": lambda: kms.parameters(key_id),
        "ImportKeyMaterial": lambda: kms.bring(key_id, material, given=given),
        "Encrypt": lambda: kms.seal(key_id),
        "Decrypt": lambda: kms.open(blob),
        "GenerateDataKey": lambda: kms.GenerateDataKey(KeyId=key_id, KeySpec="AES_256"),
    }.get(action, lambda: getattr(kms, action)(KeyId=key_id))
    if "." in outcome:
        with unchanged(kms, key_id), refused(outcome):
            act()
    else:
        act()
        assert kms.state(key_id) == outcome


def test_a_disabled_key_without_material_waits_once_enabled(endpoint, tenant_name):
    kms = Kms(endpoint, tenant_name)
    material = os.urandom(16)
    key_id = kms.imported(material)
    kms.DisableKey(KeyId=key_id)
    kms.DeleteImportedKeyMaterial(KeyId=key_id)
    assert kms.state(key_id) == "Disabled"
    kms.EnableKey(KeyId=key_id)
    assert kms.state(key_id) == "PendingImport"
    kms.bring(key_id, material)
    assert kms.state(key_id) == "Enabled"


def test_a_key_that_waits_goes_on_waiting_when_its_deletion_is_cancelled(endpoint, tenant_name):
    kms = Kms(endpoint, tenant_name)
    key_id = kms.external()
    kms.ScheduleKeyDeletion(KeyId=key_id, PendingWindowInDays=7)
    kms.CancelKeyDeletion(KeyId=key_id)
    assert kms.state(key_id) == "PendingImport"


@pytest.mark.parametrize("window", [0, 6, 31, 2**32 + 7, 2**64 - 1])
def test_deletion_windows(endpoint, tenant_name, window):
    kms = Kms(endpoint, tenant_name)
    key_id = kms.external()
    with unchanged(kms, key_id), refused("InvalidParameter.InvalidPendingWindowInDays"):
        kms.ScheduleKeyDeletion(KeyId=key_id, PendingWindowInDays=window)
    # The value is looked at before the key.
    with refused("InvalidParameter.InvalidPendingWindowInDays"):
        kms.ScheduleKeyDeletion(KeyId=MISSING_KEY, PendingWindowInDays=window)


@pytest.mark.parametrize("action, more", [
    ("GetParametersForImport", {"WrappingAlgorithm": "RSAES_OAEP_SHA_1", "WrappingKeySpec": "RSA_2048"}),
    ("ImportKeyMaterial", {"EncryptedKeyMaterial": b64(bytes(256)), "ImportToken": b64(bytes(96))}),
    ("DeleteImportedKeyMaterial", {}),
])
def test_import_is_for_external_keys(endpoint, tenant_name, action, more):
    kms = Kms(endpoint, tenant_name)
    key_id = kms.create()
    with unchanged(kms, key_id), refused("UnsupportedOperation.NotExternalCmk"):
        getattr(kms, action)(KeyId=key_id, **more)
    # Whose key it is comes before the state that it is in.
    kms.DisableKey(KeyId=key_id)
    with unchanged(kms, key_id), refused("UnsupportedOperation.NotExternalCmk"):
        getattr(kms, action)(KeyId=key_id, **more)
