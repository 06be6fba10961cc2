"""Rotation: set, stopped, due, on demand."""

import uuid

import pytest

from tencent_support import DAY, FIPS, MISSING_KEY, SM, Kms, refused, unchanged

NOW = 1_800_000_000
YEAR = 31_536_000


@pytest.fixture
def kms(endpoint, tenant_name, clock):
    kms = Kms(endpoint, tenant_name)
    clock.freeze("tencent", kms.access_id, NOW)
    return kms


def shown(kms, key_id):
    key = kms.describe(key_id)
    enabled = kms.GetKeyRotationStatus(KeyId=key_id).KeyRotationEnabled
    assert key.KeyRotationEnabled is enabled
    return enabled, key.RotateDays, key.LastRotateTime, key.NextRotateTime


def test_a_schedule_is_set_changed_and_stopped(kms, clock):
    key_id = kms.create()
    assert shown(kms, key_id) == (False, 365, 0, NOW + YEAR)
    kms.EnableKeyRotation(KeyId=key_id)
    assert shown(kms, key_id) == (True, 365, 0, NOW + YEAR)
    clock.freeze("tencent", kms.access_id, NOW + DAY)
    # The same again changes nothing; another period counts from now.
    kms.EnableKeyRotation(KeyId=key_id, RotateDays=365)
    assert shown(kms, key_id) == (True, 365, 0, NOW + YEAR)
    for days in (7, 365, 30):
        kms.EnableKeyRotation(KeyId=key_id, RotateDays=days)
        assert shown(kms, key_id) == (True, days, 0, NOW + DAY + days * DAY)
    kms.DisableKeyRotation(KeyId=key_id)
    assert shown(kms, key_id) == (False, 365, 0, NOW + YEAR)
    kms.DisableKeyRotation(KeyId=key_id)
    assert shown(kms, key_id) == (False, 365, 0, NOW + YEAR)


@pytest.mark.parametrize("days", [0, 6, 366, 2**32 + 7, 2**64 - 1])
def test_periods_have_bounds(kms, days):
    key_id = kms.create()
    with unchanged(kms, key_id), refused("InvalidParameterValue"):
        kms.EnableKeyRotation(KeyId=key_id, RotateDays=days)
    # The value is looked at before the key.
    with refused("InvalidParameterValue"):
        kms.EnableKeyRotation(KeyId=MISSING_KEY, RotateDays=days)


@pytest.mark.parametrize("region", [SM, FIPS])
def test_a_due_rotation_leaves_the_old_ciphertexts_open(endpoint, kms, clock, region):
    kms = Kms(endpoint, kms.name, region)
    key_id = kms.create()
    kms.EnableKeyRotation(KeyId=key_id, RotateDays=7)
    before = kms.seal(key_id, b"before")
    clock.freeze("tencent", kms.access_id, NOW + 7 * DAY)
    assert shown(kms, key_id) == (True, 7, NOW + 7 * DAY, NOW + 14 * DAY)
    after = kms.seal(key_id, b"after")
    assert (kms.open(before), kms.open(after)) == (b"before", b"after")
    # The first part of a blob names the material.
    assert before.split("-k-")[0][:40] != after.split("-k-")[0][:40]
    # Two that were missed: each was due when it was due.
    clock.freeze("tencent", kms.access_id, NOW + 22 * DAY)
    assert shown(kms, key_id) == (True, 7, NOW + 21 * DAY, NOW + 28 * DAY)
    kms.DisableKeyRotation(KeyId=key_id)
    clock.freeze("tencent", kms.access_id, NOW + 60 * DAY)
    assert shown(kms, key_id) == (False, 365, NOW + 21 * DAY, NOW + 21 * DAY + YEAR)
    assert kms.open(before) == b"before"


def test_a_disabled_or_archived_key_is_rotated_once_it_is_used_again(kms, clock):
    for away, back in (("DisableKey", "EnableKey"), ("ArchiveKey", "CancelKeyArchive")):
        clock.freeze("tencent", kms.access_id, NOW)
        key_id = kms.create()
        kms.EnableKeyRotation(KeyId=key_id, RotateDays=7)
        getattr(kms, away)(KeyId=key_id)
        clock.freeze("tencent", kms.access_id, NOW + 10 * DAY)
        assert shown(kms, key_id) == (True, 7, 0, NOW + 7 * DAY)
        getattr(kms, back)(KeyId=key_id)
        assert shown(kms, key_id) == (True, 7, NOW + 10 * DAY, NOW + 17 * DAY)


def test_rotation_on_demand(kms, clock):
    key_id = kms.create()
    with unchanged(kms, key_id), refused("UnsupportedOperation.RotateNotSupported"):
        kms.RotateKey(KeyId=key_id)
    kms.EnableKeyRotation(KeyId=key_id, RotateDays=30)
    before = kms.seal(key_id, b"before")
    clock.freeze("tencent", kms.access_id, NOW + 3)
    task = kms.RotateKey(KeyId=key_id).TaskId
    assert str(uuid.UUID(task)) == task
    assert shown(kms, key_id) == (True, 30, NOW + 3, NOW + 3 + 30 * DAY)
    after = kms.seal(key_id, b"after")
    assert (kms.open(before), kms.open(after)) == (b"before", b"after")
    assert before.split("-k-")[0][:40] != after.split("-k-")[0][:40]
    with unchanged(kms, key_id), refused("RequestLimitExceeded.RotateRateLimited"):
        kms.RotateKey(KeyId=key_id)
    clock.freeze("tencent", kms.access_id, NOW + 3 + DAY - 1)
    with unchanged(kms, key_id), refused("RequestLimitExceeded.RotateRateLimited"):
        kms.RotateKey(KeyId=key_id)
    clock.freeze("tencent", kms.access_id, NOW + 3 + DAY)
    assert kms.RotateKey(KeyId=key_id).TaskId != task
    assert kms.open(before) == b"before"


def test_an_automatic_rotation_counts_for_the_limit(kms, clock):
    key_id = kms.create()
    kms.EnableKeyRotation(KeyId=key_id, RotateDays=7)
    clock.freeze("tencent", kms.access_id, NOW + 7 * DAY + 60)
    with refused("RequestLimitExceeded.RotateRateLimited"):
        kms.RotateKey(KeyId=key_id)


def test_external_keys_keep_their_material(kms):
    key_id = kms.imported(bytes(range(16)))
    with unchanged(kms, key_id):
        with refused("UnsupportedOperation.ExternalCmkCanNotRotate"):
            kms.EnableKeyRotation(KeyId=key_id)
        with refused("UnsupportedOperation.RotateNotSupported"):
            kms.RotateKey(KeyId=key_id)
        kms.DisableKeyRotation(KeyId=key_id)
        assert kms.GetKeyRotationStatus(KeyId=key_id).KeyRotationEnabled is False
    # Where the material comes from is told before the state.
    kms.DisableKey(KeyId=key_id)
    with refused("UnsupportedOperation.ExternalCmkCanNotRotate"):
        kms.EnableKeyRotation(KeyId=key_id)
    with refused("UnsupportedOperation.RotateNotSupported"):
        kms.RotateKey(KeyId=key_id)
