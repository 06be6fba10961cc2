"""What may be done with a key in each state."""

import os

import pytest
from tencentcloud.kms.v20190118 import kms_client

from tencent_support import MISSING_KEY, Kms, alias, b64, refused, unchanged

STATES = ["Enabled", "Disabled", "PendingImport", "PendingDelete", "Archived"]
NOT_SUPPORT = "ResourceUnavailable.CmkStateNotSupport"
DISABLED = "ResourceUnavailable.CmkDisabled"
ARCHIVED = "ResourceUnavailable.CmkArchived"
NOT_PENDING = "ResourceUnavailable.CmkNotPendingDelete"
SHOULD_BE_DISABLED = "ResourceUnavailable.CmkShouldBeDisabled"
KEY_PENDING_DELETE = "ResourceUnavailable.KeyPendingDelete"
NOT_ROTATED = "UnsupportedOperation.ExternalCmkCanNotRotate"
ROTATE_NOT_SUPPORTED = "UnsupportedOperation.RotateNotSupported"
SAME = "same"
# For each action what happens in each state: a code, or the state afterwards. A key that waits for material is
# external, and only the last three rows are about external keys in the other states too.
TABLE = {
    "DescribeKey": [SAME] * 5,
    "DescribeKeys": [SAME] * 5,
    "ListKeyDetail": [SAME] * 5,
    "GetKeyRotationStatus": [SAME] * 5,
    "EnableKey": ["Enabled", "Enabled", NOT_SUPPORT, NOT_SUPPORT, NOT_SUPPORT],
    "EnableKeys": ["Enabled", "Enabled", NOT_SUPPORT, NOT_SUPPORT, NOT_SUPPORT],
    "DisableKey": ["Disabled", "Disabled", NOT_SUPPORT, NOT_SUPPORT, NOT_SUPPORT],
    "DisableKeys": ["Disabled", "Disabled", NOT_SUPPORT, NOT_SUPPORT, NOT_SUPPORT],
    "UpdateAlias": [SAME, SAME, SAME, NOT_SUPPORT, SAME],
    "UpdateKeyDescription": [SAME, SAME, SAME, NOT_SUPPORT, SAME],
    "ScheduleKeyDeletion": [SHOULD_BE_DISABLED, "PendingDelete", "PendingDelete", NOT_SUPPORT, "PendingDelete"],
    "CancelKeyDeletion": [NOT_PENDING, NOT_PENDING, NOT_PENDING, "Disabled", NOT_PENDING],
    "ArchiveKey": ["Archived", "Archived", NOT_SUPPORT, NOT_SUPPORT, NOT_SUPPORT],
    "CancelKeyArchive": [NOT_SUPPORT, NOT_SUPPORT, NOT_SUPPORT, NOT_SUPPORT, "Enabled"],
    "EnableKeyRotation": [SAME, SAME, NOT_ROTATED, NOT_SUPPORT, NOT_SUPPORT],
    "DisableKeyRotation": [SAME] * 5,
    "RotateKey": [SAME, NOT_SUPPORT, ROTATE_NOT_SUPPORTED, NOT_SUPPORT, NOT_SUPPORT],
    "Encrypt": [SAME, DISABLED, DISABLED, DISABLED, ARCHIVED],
    "Decrypt": [SAME, DISABLED, DISABLED, DISABLED, SAME],
    # To the key itself.
    "ReEncrypt": [SAME, DISABLED, DISABLED, DISABLED, ARCHIVED],
    "GenerateDataKey": [SAME, DISABLED, DISABLED, KEY_PENDING_DELETE, DISABLED],
    "BindCloudResource": [SAME, NOT_SUPPORT, NOT_SUPPORT, NOT_SUPPORT, NOT_SUPPORT],
    "UnbindCloudResource": [SAME] * 5,
    "GetParametersForImport": [SAME] * 5,
    "ImportKeyMaterial": ["Enabled", NOT_SUPPORT, "Enabled", NOT_SUPPORT, NOT_SUPPORT],
    # A disabled key stays disabled, and waits for material once it is enabled.
    "DeleteImportedKeyMaterial": ["PendingImport", "Disabled", "PendingImport", NOT_SUPPORT, NOT_SUPPORT],
}
IMPORT = ["GetParametersForImport", "ImportKeyMaterial", "DeleteImportedKeyMaterial"]
# Actions about a data key that mind the state of its CMK: test_tencent_data_key_states.py tries them.
OF_DATA_KEYS = {"ImportDataKey", "GetDataKeyPlaintext", "EnableDataKey", "EnableDataKeys", "CancelDataKeyDeletion"}
# Actions about keys of other usages: test_tencent_asymmetric.py and test_tencent_post_quantum.py try their states.
OF_OTHER_USAGES = {
    "GetPublicKey", "AsymmetricRsaDecrypt", "AsymmetricSm2Decrypt", "SignByAsymmetricKey", "VerifyByAsymmetricKey",
    "PostQuantumCryptoEncrypt", "PostQuantumCryptoDecrypt", "PostQuantumCryptoSign", "PostQuantumCryptoVerify",
}
# Which keys a list shows has tests of its own; the others have to do with no key, with data keys alone or with
# white-box keys, which have states of their own.
NOT_ABOUT_A_KEY = {
    "CreateKey", "ListKeys", "GenerateRandom", "GetServiceStatus", "GetRegions", "ListAlgorithms",
    "DescribeDataKey", "DescribeDataKeys", "ListDataKeys", "ListDataKeyDetail", "GetDataKeyCiphertextBlob",
    "DisableDataKey", "DisableDataKeys", "UpdateDataKeyName", "UpdateDataKeyDescription", "ScheduleDataKeyDeletion",
}


def actions():
    names = {name for name in vars(kms_client.KmsClient) if name[0].isupper()}
    assert len(names) == 69
    return names


def test_every_action_has_a_row():
    white_box = {name for name in actions() if "WhiteBox" in name}
    rows, rest = set(TABLE), NOT_ABOUT_A_KEY | OF_OTHER_USAGES | OF_DATA_KEYS | white_box
    assert not rows & rest
    assert rows | rest == actions()


class Subject:
    """A key in a state, and what must be made while it still can be used."""

    def __init__(self, kms, state, external):
        self.kms, self.material, self.blob, self.given = kms, os.urandom(16), "", None
        self.id = kms.external() if external else kms.create()
        if external:
            self.given = kms.parameters(self.id)
        if external and state != "PendingImport":
            kms.bring(self.id, self.material, given=self.given)
        if not external:
            kms.EnableKeyRotation(KeyId=self.id)
        if state != "PendingImport":
            self.blob = kms.seal(self.id)
        if state in ("Disabled", "PendingDelete"):
            kms.DisableKey(KeyId=self.id)
        if state == "PendingDelete":
            kms.ScheduleKeyDeletion(KeyId=self.id, PendingWindowInDays=7)
        if state == "Archived":
            kms.ArchiveKey(KeyId=self.id)
        assert kms.state(self.id) == state

    def act(self, action):
        kms, key_id = self.kms, self.id
        if action == "UnbindCloudResource":
            with refused("ResourceUnavailable.CloudResourceBindingNotFound"):
                kms.UnbindCloudResource(KeyId=key_id, ProductId="ssm", ResourceId="none")
            return
        if action == "ListKeyDetail":
            assert key_id in [key.KeyId for key in kms.ListKeyDetail(Limit=200).KeyMetadatas]
            return
        if action in ("Decrypt", "ReEncrypt") and not self.blob:
            self.without_material(action)
            return
        {
            "DescribeKeys": lambda: kms.DescribeKeys(KeyIds=[key_id]),
            "EnableKeys": lambda: kms.EnableKeys(KeyIds=[key_id]),
            "DisableKeys": lambda: kms.DisableKeys(KeyIds=[key_id]),
            "UpdateAlias": lambda: kms.UpdateAlias(KeyId=key_id, Alias=alias()),
            "UpdateKeyDescription": lambda: kms.UpdateKeyDescription(KeyId=key_id, Description=alias()),
            "ScheduleKeyDeletion": lambda: kms.ScheduleKeyDeletion(KeyId=key_id, PendingWindowInDays=8),
            "GetParametersForImport": lambda: kms.parameters(key_id),
            "ImportKeyMaterial": lambda: kms.bring(key_id, self.material, given=self.given),
            "BindCloudResource": lambda: kms.BindCloudResource(KeyId=key_id, ProductId="ssm", ResourceId="r"),
            "Encrypt": lambda: kms.seal(key_id),
            "Decrypt": lambda: kms.open(self.blob),
            "ReEncrypt": lambda: kms.ReEncrypt(CiphertextBlob=self.blob),
            "GenerateDataKey": lambda: kms.GenerateDataKey(KeyId=key_id, KeySpec="AES_256"),
        }.get(action, lambda: getattr(kms, action)(KeyId=key_id))()

    def without_material(self, action):
        """Opens what was made with a key whose material has gone since."""
        key_id = self.kms.imported(self.material)
        blob = self.kms.seal(key_id)
        self.kms.DeleteImportedKeyMaterial(KeyId=key_id)
        with unchanged(self.kms, key_id):
            getattr(self.kms, action)(CiphertextBlob=blob)


@pytest.mark.parametrize("state", STATES)
def test_every_cell_of_a_state(endpoint, tenant_name, state):
    kms = Kms(endpoint, tenant_name)
    subjects, column = {}, STATES.index(state)
    for action, row in TABLE.items():
        external = state == "PendingImport" or action in IMPORT
        # A key serves until something was done to it.
        subject = subjects.get(external) or subjects.setdefault(external, Subject(kms, state, external))
        outcome = row[column]
        try:
            if "." in outcome:
                with unchanged(kms, subject.id), refused(outcome):
                    subject.act(action)
            else:
                subject.act(action)
                assert kms.state(subject.id) == (state if outcome == SAME else outcome)
                del subjects[external]
        except BaseException as failure:
            raise AssertionError(f"{action} while {state}, which should be {outcome}") from failure


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


def test_an_archived_key_whose_material_expires_stays_archived(endpoint, tenant_name, clock):
    kms = Kms(endpoint, tenant_name)
    clock.freeze("tencent", kms.access_id, 1_800_000_000)
    material = os.urandom(16)
    key_id = kms.imported(material, valid_to=1_800_000_100)
    blob = kms.seal(key_id)
    kms.ArchiveKey(KeyId=key_id)
    assert kms.open(blob) == b"plaintext"
    clock.advance("tencent", kms.access_id, 100)
    assert (kms.state(key_id), kms.describe(key_id).ValidTo) == ("Archived", 0)
    with refused(DISABLED):
        kms.open(blob)
    kms.CancelKeyArchive(KeyId=key_id)
    assert kms.state(key_id) == "PendingImport"
    kms.bring(key_id, material)
    assert kms.open(blob) == b"plaintext"


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
