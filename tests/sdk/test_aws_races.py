"""Many callers of one key at once."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from aws_support import SYMMETRIC, Kms, at, material, seconds
from botocore.exceptions import ClientError
from wrapping import wrap

ALGORITHM = "RSAES_OAEP_SHA_256"


@pytest.fixture
def kms(endpoint, tenant_name):
    return Kms(endpoint, tenant_name)


def outcome(call):
    try:
        call()
        return "ok"
    except ClientError as refusal:
        return refusal.response["Error"]["Code"]


def at_once(calls):
    with ThreadPoolExecutor(len(calls)) as pool:
        return Counter(pool.map(outcome, calls))


def test_of_many_first_imports_one_wins(kms):
    for _ in range(3):
        key_id = kms.external()
        given = kms.parameters(key_id)
        plains = [material(SYMMETRIC) for _ in range(8)]
        blobs = [wrap(ALGORITHM, given["PublicKey"], plain) for plain in plains]
        calls = [lambda blob=blob: kms.bring(key_id, given, blob) for blob in blobs]
        assert at_once(calls) == {"ok": 1, "IncorrectKeyMaterialException": 7}
        # The winner's material, and no other, is the key's.
        again = Counter(outcome(call) for call in calls)
        assert again == {"ok": 1, "IncorrectKeyMaterialException": 7}


def test_the_same_material_many_times_at_once(kms):
    key_id, plain = kms.external(), material(SYMMETRIC)
    now = int(time.time())
    sets = [kms.parameters(key_id) for _ in range(6)]
    calls = [lambda given=given, number=number: kms.bring(
        key_id, given, wrap(ALGORITHM, given["PublicKey"], plain), ValidTo=at(now + 3600 + number),
        ExpirationModel="KEY_MATERIAL_EXPIRES") for number, given in enumerate(sets)]
    assert at_once(calls) == {"ok": 6}
    assert seconds(kms.describe(key_id)["ValidTo"]) - now - 3600 in range(6)


def test_import_and_deletion_of_material_leave_one_or_the_other(kms):
    key_id, plain = kms.external(), material(SYMMETRIC)
    given = kms.parameters(key_id)
    blob = wrap(ALGORITHM, given["PublicKey"], plain)
    calls = [lambda: kms.bring(key_id, given, blob), lambda: kms.delete_imported_key_material(KeyId=key_id)] * 6
    assert at_once(calls) == {"ok": 12}
    metadata = kms.describe(key_id)
    assert (metadata["KeyState"], "ExpirationModel" in metadata) in [("Enabled", True), ("PendingImport", False)]
    kms.bring(key_id, given, blob)
    sealed = kms.encrypt(KeyId=key_id, Plaintext=b"x")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"x"


def test_of_many_deletions_one_is_scheduled(kms):
    key_id = kms.create()
    calls = [lambda: kms.schedule_key_deletion(KeyId=key_id)] * 8
    assert at_once(calls) == {"ok": 1, "KMSInvalidStateException": 7}


def test_what_is_disabled_is_refused_at_once(kms):
    key_id = kms.create()
    for _ in range(10):
        kms.encrypt(KeyId=key_id, Plaintext=b"x")
        kms.disable_key(KeyId=key_id)
        assert at_once([lambda: kms.encrypt(KeyId=key_id, Plaintext=b"x")] * 4) == {"DisabledException": 4}
        kms.enable_key(KeyId=key_id)


def test_many_keys_at_once(kms):
    assert at_once([kms.create_key] * 16) == {"ok": 16}
    assert len(kms.list_keys()["Keys"]) == 16


def test_a_burst_of_parameters(kms):
    """More than the pool holds: callers wait, and all are served."""
    key_id = kms.external()
    assert at_once([lambda: kms.parameters(key_id)] * 24) == {"ok": 24}
