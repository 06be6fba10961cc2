"""What the tests of hosted data keys share."""

from contextlib import contextmanager

from tencent_support import alias, b64, unb64

NOW = 1_800_000_000
V = "InvalidParameterValue."
RU = "ResourceUnavailable."
NOT_FOUND = RU + "DataKeyNotFound"
NOT_SUPPORTED = RU + "DataKeyStateNotSupport"
BAD_ID = V + "InvalidDataKeyId"
CMK_DISABLED, CMK_NOT_SUPPORTED, CMK_GONE = RU + "CmkDisabled", RU + "CmkStateNotSupport", RU + "CmkNotFound"
MEMBER = {"MemberAppId": 1, "MemberUin": 2}
# Every action on data keys by their identifiers.
BY_ID = [
    "DescribeDataKey", "DescribeDataKeys", "GetDataKeyPlaintext", "GetDataKeyCiphertextBlob", "EnableDataKey",
    "EnableDataKeys", "DisableDataKey", "DisableDataKeys", "UpdateDataKeyName", "UpdateDataKeyDescription",
    "ScheduleDataKeyDeletion", "CancelDataKeyDeletion",
]


def hosted(kms, cmk, **more):
    """A new data key, as GenerateDataKey answers it."""
    return kms.GenerateDataKey(**{"KeyId": cmk, "KeySpec": "AES_256", "IsHostedByKms": 1, "DataKeyName": alias(), **more})


def host(kms, cmk, **more):
    return hosted(kms, cmk, **more).DataKeyId


def bring(kms, cmk, material, **more):
    """Takes in a data key that is open."""
    asked = {"DataKeyName": alias(), "ImportType": 2, "KeyId": cmk, "ImportKeyMaterial": b64(material), **more}
    return kms.ImportDataKey(**asked)


def bring_blob(kms, blob, **more):
    return kms.ImportDataKey(**{"DataKeyName": alias(), "ImportType": 1, "ImportKeyMaterial": blob, **more})


def shown(kms, data_key):
    return {name.lstrip("_"): value for name, value in vars(kms.DescribeDataKey(DataKeyId=data_key).DataKeyMetadata).items()}


def state(kms, data_key):
    return shown(kms, data_key)["KeyState"]


def plaintext(kms, data_key):
    return unb64(kms.GetDataKeyPlaintext(DataKeyId=data_key).Plaintext)


def blob_of(kms, data_key):
    return kms.GetDataKeyCiphertextBlob(DataKeyId=data_key).CiphertextBlob


def everything(kms):
    listed = kms.ListDataKeyDetail(Limit=200)
    return [vars(one) for one in listed.DataKeyMetadatas], listed.TotalCount, kms.GetServiceStatus().DataKeyUsedCount


@contextmanager
def nothing_changes(kms):
    """No data key comes, goes or becomes another one in the block."""
    before = everything(kms)
    yield
    assert everything(kms) == before


def in_state(kms, cmk, wanted, days=7, **more):
    """A new data key in a state."""
    data_key = host(kms, cmk, **more)
    if wanted != "Enabled":
        kms.DisableDataKey(DataKeyId=data_key)
    if wanted == "PendingDelete":
        kms.ScheduleDataKeyDeletion(DataKeyId=data_key, PendingWindowInDays=days)
    assert state(kms, data_key) == wanted
    return data_key


def act(kms, action, data_key, **more):
    """An action on one data key, with whatever else it needs."""
    if action == "ListDataKeys":
        assert data_key in [one.DataKeyId for one in kms.ListDataKeys(Limit=200).DataKeys]
        return None
    if action == "ListDataKeyDetail":
        assert data_key in [one.DataKeyId for one in kms.ListDataKeyDetail(Limit=200).DataKeyMetadatas]
        return None
    members = {"DataKeyIds": [data_key]} if action.endswith("DataKeys") else {"DataKeyId": data_key}
    members |= {
        "UpdateDataKeyName": {"DataKeyName": alias()},
        "UpdateDataKeyDescription": {"Description": alias()},
        "ScheduleDataKeyDeletion": {"PendingWindowInDays": 8},
    }.get(action, {})
    return getattr(kms, action)(**{**members, **more})
