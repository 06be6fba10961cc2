"""Rotation: automatic and on demand, what it leaves, and imported materials that take their turns."""

import concurrent.futures
import os
import time

import pytest
from aws_support import (
    DAY, HOUR, NO_MESSAGE, SYMMETRIC, Kms, at, material, missing_id, refused, seconds, unchanged,
)

NEW, EXISTING = "NEW_KEY_MATERIAL", "EXISTING_KEY_MATERIAL"
NEVER, EXPIRES = "KEY_MATERIAL_DOES_NOT_EXPIRE", "KEY_MATERIAL_EXPIRES"
UNFIT = ["HMAC_256", "RSA_2048", "ECC_NIST_P256"]


@pytest.fixture
def kms(endpoint, tenant_name):
    return Kms(endpoint, tenant_name)


@pytest.fixture
def frozen(kms, clock):
    """A clock that only the test moves; answers where it stands."""
    now = int(time.time())
    clock.freeze("aws", kms.access_id, now)
    return now


def status(kms, key_id):
    answer = kms.get_key_rotation_status(KeyId=key_id)
    answer.pop("ResponseMetadata")
    assert answer.pop("KeyId") == kms.arn(key_id)
    return answer


def rotations(kms, key_id, **more):
    return kms.list_key_rotations(KeyId=key_id, **more)["Rotations"]


def materials(kms, key_id):
    return rotations(kms, key_id, IncludeKeyMaterial="ALL_KEY_MATERIAL")


def states(kms, key_id):
    return {entry["KeyMaterialId"]: entry["KeyMaterialState"] for entry in materials(kms, key_id)}


def current(kms, key_id):
    return kms.describe(key_id)["CurrentKeyMaterialId"]


def encrypt(kms, key_id, text=b"x"):
    return kms.encrypt(KeyId=key_id, Plaintext=text)["CiphertextBlob"]


def wrong_origin(kms, key_id, origin="EXTERNAL"):
    return f"{kms.arn(key_id)} origin is {origin} which is not valid for this operation."


# On demand.


def test_on_demand(kms, frozen):
    key_id = kms.create()
    first, made = current(kms, key_id), [encrypt(kms, key_id)]
    assert rotations(kms, key_id) == []
    assert materials(kms, key_id) == [
        {"KeyId": key_id, "KeyMaterialId": first, "KeyMaterialState": "CURRENT"}]
    ids = [first]
    for _ in range(3):
        answer = kms.rotate_key_on_demand(KeyId=key_id)
        assert answer["KeyId"] == kms.arn(key_id)
        ids.append(current(kms, key_id))
        made.append(encrypt(kms, key_id))
        data_key = kms.generate_data_key(KeyId=key_id, KeySpec="AES_256")
        assert data_key["KeyMaterialId"] == ids[-1]
    assert len(set(ids)) == 4
    listed = rotations(kms, key_id)
    assert [entry["KeyMaterialId"] for entry in listed] == ids[1:]
    assert [entry["KeyMaterialState"] for entry in listed] == ["NON_CURRENT", "NON_CURRENT", "CURRENT"]
    assert all(seconds(entry["RotationDate"]) == frozen and entry["RotationType"] == "ON_DEMAND" for entry in listed)
    # What only imported material has.
    assert not any({"ImportState", "ExpirationModel", "ValidTo", "KeyMaterialDescription"} & set(entry)
                   for entry in materials(kms, key_id))
    for material_id, blob in zip(ids, made):
        opened = kms.decrypt(CiphertextBlob=blob)
        assert (opened["Plaintext"], opened["KeyMaterialId"]) == (b"x", material_id)
        again = kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=key_id)
        assert (again["SourceKeyMaterialId"], again["DestinationKeyMaterialId"]) == (material_id, ids[-1])
    # No rotation on demand says anything about automatic ones.
    assert status(kms, key_id) == {"KeyRotationEnabled": False}


def test_what_a_rotation_does_not_change(kms):
    key_id = kms.create(Description="said", Tags=[{"TagKey": "a", "TagValue": "b"}])
    kms.create_alias(AliasName="alias/mine", TargetKeyId=key_id)
    before, policy = kms.describe(key_id), kms.get_key_policy(KeyId=key_id)["Policy"]
    kms.rotate_key_on_demand(KeyId=key_id)
    after = kms.describe(key_id)
    assert after.pop("CurrentKeyMaterialId") != before.pop("CurrentKeyMaterialId")
    assert after == before
    assert kms.get_key_policy(KeyId=key_id)["Policy"] == policy
    assert kms.list_resource_tags(KeyId=key_id)["Tags"] == [{"TagKey": "a", "TagValue": "b"}]
    assert kms.describe("alias/mine") == kms.describe(key_id)


def test_on_demand_has_a_limit(kms):
    key_id = kms.create()
    for _ in range(25):
        kms.rotate_key_on_demand(KeyId=key_id)
    with unchanged(kms, key_id), refused(
            "LimitExceededException",
            "The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be "
            f"performed for this key: {kms.arn(key_id)}"):
        kms.rotate_key_on_demand(KeyId=key_id)
    assert len(rotations(kms, key_id)) == 25
    # Automatic rotation goes on.
    kms.enable_key_rotation(KeyId=key_id)
    assert status(kms, key_id)["KeyRotationEnabled"]


def test_of_many_at_once_as_many_are_done_as_answered(kms):
    key_id = kms.create()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: kms.rotate_key_on_demand(KeyId=key_id), range(8)))
    listed = materials(kms, key_id)
    assert [entry["KeyMaterialState"] for entry in listed] == ["NON_CURRENT"] * 8 + ["CURRENT"]
    assert listed[-1]["KeyMaterialId"] == current(kms, key_id)


# Automatic.


def test_automatic(kms, clock, frozen):
    key_id = kms.create()
    assert status(kms, key_id) == {"KeyRotationEnabled": False}
    kms.enable_key_rotation(KeyId=key_id)
    assert status(kms, key_id) == {
        "KeyRotationEnabled": True, "RotationPeriodInDays": 365, "NextRotationDate": at(frozen + 365 * DAY)}
    first, blob = current(kms, key_id), encrypt(kms, key_id)
    clock.advance("aws", kms.access_id, 365 * DAY - 1)
    assert current(kms, key_id) == first and rotations(kms, key_id) == []
    clock.advance("aws", kms.access_id, 1)
    second = current(kms, key_id)
    assert second != first
    assert rotations(kms, key_id) == [
        {"KeyId": key_id, "KeyMaterialId": second, "KeyMaterialState": "CURRENT",
         "RotationDate": at(frozen + 365 * DAY), "RotationType": "AUTOMATIC"}]
    assert status(kms, key_id)["NextRotationDate"] == at(frozen + 730 * DAY)
    assert kms.decrypt(CiphertextBlob=blob)["KeyMaterialId"] == first
    kms.disable_key_rotation(KeyId=key_id)
    assert status(kms, key_id) == {"KeyRotationEnabled": False}
    clock.advance("aws", kms.access_id, 3650 * DAY)
    assert current(kms, key_id) == second
    # It can be disabled when it is.
    kms.disable_key_rotation(KeyId=key_id)


def test_every_missed_period_is_made_up_for(kms, clock, frozen):
    key_id = kms.create()
    kms.enable_key_rotation(KeyId=key_id, RotationPeriodInDays=90)
    clock.advance("aws", kms.access_id, 300 * DAY)
    assert [seconds(entry["RotationDate"]) for entry in rotations(kms, key_id)] == [
        frozen + days * DAY for days in (90, 180, 270)]
    assert status(kms, key_id)["NextRotationDate"] == at(frozen + 360 * DAY)


@pytest.mark.parametrize("operation", ["encrypt", "generate_data_key", "decrypt", "list_key_rotations"])
def test_whoever_comes_first_after_the_day_sees_it(kms, clock, frozen, operation):
    key_id = kms.create()
    blob, first = encrypt(kms, key_id), current(kms, key_id)
    kms.enable_key_rotation(KeyId=key_id, RotationPeriodInDays=90)
    clock.freeze("aws", kms.access_id, frozen + 90 * DAY)
    if operation == "encrypt":
        assert kms.decrypt(CiphertextBlob=encrypt(kms, key_id))["KeyMaterialId"] != first
    elif operation == "generate_data_key":
        assert kms.generate_data_key(KeyId=key_id, NumberOfBytes=8)["KeyMaterialId"] != first
    elif operation == "decrypt":
        assert kms.decrypt(CiphertextBlob=blob)["KeyMaterialId"] == first
    else:
        assert len(rotations(kms, key_id)) == 1
    assert current(kms, key_id) != first


def test_the_period_can_be_changed(kms, clock, frozen):
    key_id = kms.create()
    kms.enable_key_rotation(KeyId=key_id, RotationPeriodInDays=180)
    clock.advance("aws", kms.access_id, 10 * DAY)
    kms.enable_key_rotation(KeyId=key_id, RotationPeriodInDays=180)
    assert status(kms, key_id)["NextRotationDate"] == at(frozen + 180 * DAY)
    kms.enable_key_rotation(KeyId=key_id, RotationPeriodInDays=2560)
    assert status(kms, key_id) == {
        "KeyRotationEnabled": True, "RotationPeriodInDays": 2560, "NextRotationDate": at(frozen + 2570 * DAY)}
    # Without a period it is a year.
    kms.enable_key_rotation(KeyId=key_id)
    assert status(kms, key_id)["RotationPeriodInDays"] == 365


@pytest.mark.parametrize("period, rule", [
    (89, "Member must have value greater than or equal to 90"),
    (0, "Member must have value greater than or equal to 90"),
    (-1, "Member must have value greater than or equal to 90"),
    (2561, "Member must have value less than or equal to 2560"),
])
def test_periods_have_bounds(kms, period, rule):
    key_id, loose = kms.create(), kms.unchecked()
    with refused("ValidationException", f"1 validation error detected: Value '{period}' at 'rotationPeriodInDays' "
                                        f"failed to satisfy constraint: {rule}"):
        loose.enable_key_rotation(KeyId=key_id, RotationPeriodInDays=period)
    assert status(kms, key_id) == {"KeyRotationEnabled": False}
    kms.enable_key_rotation(KeyId=key_id, RotationPeriodInDays=90)


def test_a_disabled_key_rotates_when_it_is_enabled(kms, clock, frozen):
    overdue, in_time = kms.create(), kms.create()
    for key_id in (overdue, in_time):
        kms.enable_key_rotation(KeyId=key_id, RotationPeriodInDays=90)
        kms.disable_key(KeyId=key_id)
        # The status does not change.
        assert status(kms, key_id) == {
            "KeyRotationEnabled": True, "RotationPeriodInDays": 90, "NextRotationDate": at(frozen + 90 * DAY)}
    clock.advance("aws", kms.access_id, 50 * DAY)
    kms.enable_key(KeyId=in_time)
    assert status(kms, in_time)["NextRotationDate"] == at(frozen + 90 * DAY)
    clock.advance("aws", kms.access_id, 350 * DAY)
    first = current(kms, overdue)
    assert rotations(kms, overdue) == []
    kms.enable_key(KeyId=overdue)
    assert current(kms, overdue) != first
    assert [seconds(entry["RotationDate"]) for entry in rotations(kms, overdue)] == [frozen + 400 * DAY], "once"
    assert status(kms, overdue)["NextRotationDate"] == at(frozen + 490 * DAY)


def test_a_key_pending_deletion_does_not_rotate(kms, clock, frozen):
    key_id = kms.create()
    kms.enable_key_rotation(KeyId=key_id, RotationPeriodInDays=90)
    first = current(kms, key_id)
    clock.advance("aws", kms.access_id, 80 * DAY)
    kms.schedule_key_deletion(KeyId=key_id, PendingWindowInDays=30)
    assert status(kms, key_id) == {"KeyRotationEnabled": False}
    clock.advance("aws", kms.access_id, 20 * DAY)
    assert current(kms, key_id) == first
    kms.cancel_key_deletion(KeyId=key_id)
    assert status(kms, key_id)["KeyRotationEnabled"]
    assert current(kms, key_id) == first
    kms.enable_key(KeyId=key_id)
    assert current(kms, key_id) != first
    assert status(kms, key_id)["NextRotationDate"] == at(frozen + 190 * DAY)


def test_on_demand_leaves_the_schedule(kms, clock, frozen):
    key_id = kms.create()
    kms.enable_key_rotation(KeyId=key_id, RotationPeriodInDays=90)
    before = status(kms, key_id)
    kms.rotate_key_on_demand(KeyId=key_id)
    assert status(kms, key_id) == before
    clock.freeze("aws", kms.access_id, frozen + 90 * DAY)
    assert [entry["RotationType"] for entry in rotations(kms, key_id)] == ["ON_DEMAND", "AUTOMATIC"]


def test_none_on_demand_when_one_is_near(kms, clock, frozen):
    key_id = kms.create()
    kms.enable_key_rotation(KeyId=key_id, RotationPeriodInDays=90)
    clock.freeze("aws", kms.access_id, frozen + 90 * DAY - 1200)
    with unchanged(kms, key_id), refused("ConflictException"):
        kms.rotate_key_on_demand(KeyId=key_id)
    clock.freeze("aws", kms.access_id, frozen + 90 * DAY - 1201)
    kms.rotate_key_on_demand(KeyId=key_id)
    clock.freeze("aws", kms.access_id, frozen + 90 * DAY)
    kms.rotate_key_on_demand(KeyId=key_id)
    assert [entry["RotationType"] for entry in rotations(kms, key_id)] == ["ON_DEMAND", "AUTOMATIC", "ON_DEMAND"]


# Which keys.


@pytest.mark.parametrize("spec", UNFIT)
def test_other_kinds_are_not_rotated(kms, spec):
    for key_id in (kms.create(spec), kms.external(spec)):
        for refusing in (kms.enable_key_rotation, kms.disable_key_rotation, kms.rotate_key_on_demand,
                         kms.list_key_rotations):
            with unchanged(kms, key_id), refused("UnsupportedOperationException", NO_MESSAGE):
                refusing(KeyId=key_id)
    assert status(kms, kms.create(spec)) == {"KeyRotationEnabled": False}
    with refused("UnsupportedOperationException", wrong_origin(kms, key_id)):
        kms.get_key_rotation_status(KeyId=key_id)


def test_imported_keys_are_not_rotated_by_themselves(kms):
    for key_id in (kms.external(), kms.imported()):
        for refusing in (kms.enable_key_rotation, kms.disable_key_rotation, kms.get_key_rotation_status):
            with unchanged(kms, key_id), refused("UnsupportedOperationException", wrong_origin(kms, key_id)):
                refusing(KeyId=key_id)


def test_the_kind_is_told_before_the_state(kms):
    key_id = kms.create("HMAC_256")
    kms.disable_key(KeyId=key_id)
    with refused("UnsupportedOperationException", NO_MESSAGE):
        kms.rotate_key_on_demand(KeyId=key_id)
    key_id = kms.external()
    with refused("KMSInvalidStateException", f"{kms.arn(key_id)} is pending import."):
        kms.rotate_key_on_demand(KeyId=key_id)


@pytest.mark.parametrize("operation", [
    "enable_key_rotation", "disable_key_rotation", "get_key_rotation_status", "list_key_rotations",
    "rotate_key_on_demand",
])
def test_identifiers(kms, operation):
    run = getattr(kms, operation)
    key_id, absent = kms.create(), missing_id()
    kms.create_alias(AliasName="alias/mine", TargetKeyId=key_id)
    run(KeyId=key_id)
    run(KeyId=kms.arn(key_id))
    with refused("NotFoundException", f"Key '{kms.arn(absent)}' does not exist"):
        run(KeyId=absent)
    with refused("NotFoundException", "Invalid keyId 'alias/mine'"):
        run(KeyId="alias/mine")
    with refused("NotFoundException", "Invalid arn eu-west-1"):
        run(KeyId=kms.arn(key_id).replace(kms.region, "eu-west-1"))


# Lists.


def test_pages(kms):
    key_id = kms.create()
    for _ in range(5):
        kms.rotate_key_on_demand(KeyId=key_id)
    whole = rotations(kms, key_id)
    for limit in (1, 2, 3, 5, 6, 1000):
        pages, marker = [], {}
        while True:
            page = kms.list_key_rotations(KeyId=key_id, Limit=limit, **marker)
            pages.append(page["Rotations"])
            assert page["Truncated"] == ("NextMarker" in page)
            if not page["Truncated"]:
                break
            assert len(page["Rotations"]) == limit
            marker = {"Marker": page["NextMarker"]}
        assert sum(pages, []) == whole
        assert len(pages) == -(-5 // limit)
    pages = kms.get_paginator("list_key_rotations").paginate(KeyId=key_id, PaginationConfig={"PageSize": 2})
    assert [entry for page in pages for entry in page["Rotations"]] == whole


def test_markers(kms):
    key_id, other = kms.create(), kms.create()
    for _ in range(2):
        kms.rotate_key_on_demand(KeyId=key_id)
    marker = kms.list_key_rotations(KeyId=key_id, Limit=1)["NextMarker"]
    with refused("InvalidMarkerException"):
        kms.list_key_rotations(KeyId=other, Marker=marker)
    for bad in ("x", "a2V5cy8=", marker[:-4], kms.list_keys(Limit=1)["NextMarker"]):
        with refused("InvalidMarkerException"):
            kms.list_key_rotations(KeyId=key_id, Marker=bad)


def test_lists_have_shapes(kms):
    key_id, loose = kms.create(), kms.unchecked()
    for limit, rule in ((0, "greater than or equal to 1"), (1001, "less than or equal to 1000")):
        with refused("ValidationException", f"1 validation error detected: Value '{limit}' at 'limit' failed to "
                                            f"satisfy constraint: Member must have value {rule}"):
            loose.list_key_rotations(KeyId=key_id, Limit=limit)
    with refused("ValidationException") as caught:
        loose.list_key_rotations(KeyId=key_id, IncludeKeyMaterial="SOME")
    assert "'includeKeyMaterial' failed to satisfy constraint: Member must satisfy enum value set: [" in \
        caught.value.response["Error"]["Message"]
    assert rotations(kms, key_id, IncludeKeyMaterial="ROTATIONS_ONLY") == []


# Imported materials.


class Imported:
    """A key and the materials that were brought to it, by number."""

    def __init__(self, kms, count=1):
        """As many materials, each but the last rotated away from."""
        self.kms, self.key_id = kms, kms.external()
        self.plain, self.ids, self.made = [], [], []
        for number in range(count):
            self.bring_new()
            if number:
                self.kms.rotate_key_on_demand(KeyId=self.key_id)
            self.made.append(encrypt(self.kms, self.key_id, b"%d" % number))

    def bring_new(self, **more):
        self.plain.append(material(SYMMETRIC))
        more = {"ImportType": NEW, "ExpirationModel": EXPIRES if "ValidTo" in more else NEVER} | more
        self.ids.append(self.kms.bring_plain(self.key_id, self.plain[-1], **more)["KeyMaterialId"])

    def bring(self, number, **more):
        return self.kms.bring_plain(self.key_id, self.plain[number], **more)["KeyMaterialId"]

    def delete(self, number):
        return self.kms.delete_imported_key_material(KeyId=self.key_id, KeyMaterialId=self.ids[number])

    def opens(self):
        for number, blob in enumerate(self.made):
            opened = self.kms.decrypt(CiphertextBlob=blob)
            assert (opened["Plaintext"], opened["KeyMaterialId"]) == (b"%d" % number, self.ids[number])

    @property
    def state(self):
        return self.kms.state(self.key_id)


def shown(kms, key_id):
    """What the table of stages is about."""
    metadata = kms.describe(key_id)
    return [metadata.get(name) for name in ("KeyState", "Enabled", "ExpirationModel", "ValidTo",
                                            "CurrentKeyMaterialId")]


def test_stages(kms, clock, frozen):
    """Section 9.1 of what AWS documents, row by row."""
    plain, end = material(SYMMETRIC), at(frozen + HOUR)
    key_id = kms.external()
    assert shown(kms, key_id) == ["PendingImport", False, None, None, None]
    one = kms.bring_plain(key_id, plain)["KeyMaterialId"]
    assert shown(kms, key_id) == ["Enabled", True, NEVER, None, one]
    kms.bring_plain(key_id, plain, ValidTo=end, ExpirationModel=EXPIRES)
    assert shown(kms, key_id) == ["Enabled", True, EXPIRES, end, one]
    kms.delete_imported_key_material(KeyId=key_id)
    assert shown(kms, key_id) == ["PendingImport", False, None, None, one]
    kms.bring_plain(key_id, plain, ValidTo=end, ExpirationModel=EXPIRES)
    assert shown(kms, key_id) == ["Enabled", True, EXPIRES, end, one]
    clock.advance("aws", kms.access_id, HOUR)
    assert shown(kms, key_id) == ["PendingImport", False, None, None, one]
    end = at(frozen + 3 * HOUR)
    kms.bring_plain(key_id, plain, ValidTo=end, ExpirationModel=EXPIRES)
    assert shown(kms, key_id) == ["Enabled", True, EXPIRES, end, one]
    two = kms.bring_plain(key_id, material(SYMMETRIC), ImportType=NEW, ExpirationModel=EXPIRES,
                          ValidTo=at(frozen + 2 * HOUR))["KeyMaterialId"]
    assert two != one
    assert shown(kms, key_id) == ["Enabled", True, EXPIRES, end, one], "what waits does not count"
    kms.rotate_key_on_demand(KeyId=key_id)
    assert shown(kms, key_id) == ["Enabled", True, EXPIRES, at(frozen + 2 * HOUR), two], "the earliest of all"
    clock.advance("aws", kms.access_id, HOUR)
    assert shown(kms, key_id) == ["PendingImport", False, None, None, two]
    assert [(entry["KeyMaterialState"], entry["ImportState"]) for entry in materials(kms, key_id)] == [
        ("NON_CURRENT", "IMPORTED"), ("CURRENT", "PENDING_IMPORT")]


@pytest.mark.parametrize("spec", UNFIT)
def test_other_kinds_show_no_material_in_any_stage(kms, spec):
    plain = material(spec)
    key_id = kms.imported(spec, plain)
    assert shown(kms, key_id) == ["Enabled", True, NEVER, None, None]
    assert "KeyMaterialId" not in kms.delete_imported_key_material(KeyId=key_id)
    assert shown(kms, key_id) == ["PendingImport", False, None, None, None]


def situation(kms, name):
    """A key in one of the situations of the decision table, with a material of each part it can play."""
    key = Imported(kms, 2)
    if name in ("waiting", "waiting, not all there"):
        key.bring_new()
    if name in ("not all there", "waiting, not all there"):
        key.delete(0)
    return key


FRESH = 9
REIMPORT, WAITS, DIFFERS, OCCUPIED = "reimport", "waits", "differs", "occupied"
# Which material, what is said about it; what comes of it in each situation.
DECISIONS = [
    (0, {}, [REIMPORT, REIMPORT, REIMPORT, REIMPORT]),
    (0, {"ImportType": EXISTING}, [REIMPORT, REIMPORT, REIMPORT, REIMPORT]),
    (0, {"ImportType": EXISTING, "KeyMaterialId": 0}, [REIMPORT, REIMPORT, REIMPORT, REIMPORT]),
    (0, {"ImportType": EXISTING, "KeyMaterialId": 1}, [DIFFERS, DIFFERS, DIFFERS, DIFFERS]),
    (0, {"ImportType": NEW}, [DIFFERS, DIFFERS, DIFFERS, DIFFERS]),
    (1, {}, [REIMPORT, REIMPORT, REIMPORT, REIMPORT]),
    (1, {"KeyMaterialId": 1}, [REIMPORT, REIMPORT, REIMPORT, REIMPORT]),
    (1, {"KeyMaterialId": 0}, [DIFFERS, DIFFERS, DIFFERS, DIFFERS]),
    (1, {"ImportType": EXISTING}, [REIMPORT, REIMPORT, REIMPORT, REIMPORT]),
    (1, {"ImportType": NEW}, [DIFFERS, DIFFERS, DIFFERS, DIFFERS]),
    (2, {}, [None, None, REIMPORT, REIMPORT]),
    (2, {"ImportType": EXISTING}, [None, None, REIMPORT, REIMPORT]),
    (2, {"ImportType": EXISTING, "KeyMaterialId": 2}, [None, None, REIMPORT, REIMPORT]),
    (2, {"ImportType": NEW}, [None, None, DIFFERS, DIFFERS]),
    (FRESH, {}, [DIFFERS, DIFFERS, DIFFERS, DIFFERS]),
    (FRESH, {"ImportType": EXISTING}, [DIFFERS, DIFFERS, DIFFERS, DIFFERS]),
    (FRESH, {"KeyMaterialId": 1}, [DIFFERS, DIFFERS, DIFFERS, DIFFERS]),
    (FRESH, {"ImportType": NEW}, [WAITS, WAITS, OCCUPIED, OCCUPIED]),
]
SITUATIONS = ["all there", "not all there", "waiting", "waiting, not all there"]


@pytest.mark.parametrize("name, number, said, outcome", [
    # No cell where a waiting material is meant and nothing waits.
    (name, number, said, outcome) for number, said, outcomes in DECISIONS
    for name, outcome in zip(SITUATIONS, outcomes) if outcome is not None
])
def test_decisions(kms, name, number, said, outcome):
    """Section 9.5 of what AWS documents, cell by cell."""
    key = situation(kms, name)
    plain = material(SYMMETRIC) if number == FRESH else key.plain[number]
    said = {word: key.ids[value] if word == "KeyMaterialId" else value for word, value in said.items()}
    said |= {"KeyMaterialDescription": "came again", "ExpirationModel": EXPIRES, "ValidTo": at(int(time.time()) + DAY)}
    before = materials(kms, key.key_id)
    if outcome in (REIMPORT, WAITS):
        material_id = kms.bring_plain(key.key_id, plain, **said)["KeyMaterialId"]
        after = {entry["KeyMaterialId"]: entry for entry in materials(kms, key.key_id)}
        entry = after[material_id]
        assert (entry["KeyMaterialDescription"], entry["ExpirationModel"], entry["ValidTo"], entry["ImportState"]) == \
            ("came again", EXPIRES, said["ValidTo"], "IMPORTED")
        if outcome == REIMPORT:
            assert material_id == key.ids[number] and len(after) == len(before)
            assert entry["KeyMaterialState"] == {0: "NON_CURRENT", 1: "CURRENT", 2: "PENDING_ROTATION"}[number]
        else:
            assert entry["KeyMaterialState"] == "PENDING_ROTATION" and len(after) == len(before) + 1
        complete = "not all there" not in name or number == 0
        assert key.state == ("Enabled" if complete else "PendingImport")
        assert current(kms, key.key_id) == key.ids[1]
    elif outcome == DIFFERS:
        with unchanged(kms, key.key_id), refused("IncorrectKeyMaterialException", NO_MESSAGE):
            kms.bring_plain(key.key_id, plain, **said)
        assert materials(kms, key.key_id) == before
    else:
        with unchanged(kms, key.key_id), refused("KMSInvalidStateException") as caught:
            kms.bring_plain(key.key_id, plain, **said)
        start, end = "New key material (id: ", (
            f") cannot be imported into KMS key {kms.arn(key.key_id)}, because another key material (id: "
            f"{key.ids[2]}) is pending rotation.")
        message = caught.value.response["Error"]["Message"]
        assert message.startswith(start) and message.endswith(end)
        named = message.removeprefix(start).removesuffix(end)
        assert len(named) == 64 and named not in key.ids
        assert materials(kms, key.key_id) == before


@pytest.mark.parametrize("said, outcome", [
    ({}, WAITS), ({"ImportType": NEW}, WAITS), ({"ImportType": EXISTING}, DIFFERS), ({"KeyMaterialId": "0" * 64}, DIFFERS),
])
def test_decisions_about_the_first_material(kms, said, outcome):
    key_id = kms.external()
    if outcome == WAITS:
        material_id = kms.bring_plain(key_id, material(SYMMETRIC), ExpirationModel=NEVER, **said)["KeyMaterialId"]
        assert shown(kms, key_id) == ["Enabled", True, NEVER, None, material_id]
        assert states(kms, key_id) == {material_id: "CURRENT"}
    else:
        with unchanged(kms, key_id), refused("IncorrectKeyMaterialException", NO_MESSAGE):
            kms.bring_plain(key_id, material(SYMMETRIC), ExpirationModel=NEVER, **said)
        assert materials(kms, key_id) == []


def test_rotating_to_imported_material(kms, frozen):
    key = Imported(kms)
    nothing = f"No available key material pending rotation for the key: {kms.arn(key.key_id)}."
    with unchanged(kms, key.key_id), refused("KMSInvalidStateException", nothing):
        kms.rotate_key_on_demand(KeyId=key.key_id)
    key.bring_new()
    assert states(kms, key.key_id) == {key.ids[0]: "CURRENT", key.ids[1]: "PENDING_ROTATION"}
    assert rotations(kms, key.key_id) == []
    # Until the rotation the old one is used.
    assert kms.generate_data_key(KeyId=key.key_id, NumberOfBytes=8)["KeyMaterialId"] == key.ids[0]
    kms.rotate_key_on_demand(KeyId=key.key_id)
    assert states(kms, key.key_id) == {key.ids[0]: "NON_CURRENT", key.ids[1]: "CURRENT"}
    assert rotations(kms, key.key_id) == [{
        "KeyId": key.key_id, "KeyMaterialId": key.ids[1], "KeyMaterialState": "CURRENT", "ImportState": "IMPORTED",
        "ExpirationModel": NEVER, "RotationDate": at(frozen), "RotationType": "ON_DEMAND"}]
    assert "RotationDate" not in materials(kms, key.key_id)[0]
    key.made.append(encrypt(kms, key.key_id, b"1"))
    key.opens()
    with unchanged(kms, key.key_id), refused("KMSInvalidStateException", nothing):
        kms.rotate_key_on_demand(KeyId=key.key_id)


def test_each_earlier_material_opens_what_it_made(kms):
    key = Imported(kms, 4)
    key.opens()
    for number, blob in enumerate(key.made):
        again = kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=key.key_id)
        assert (again["SourceKeyMaterialId"], again["DestinationKeyMaterialId"]) == (key.ids[number], key.ids[3])
    other = Imported(kms, 2)
    with refused("IncorrectKeyException"):
        kms.decrypt(KeyId=other.key_id, CiphertextBlob=key.made[0])


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_without_any_one_nothing_works(kms, lost):
    key = Imported(kms, 3)
    answer = key.delete(lost)
    assert (answer["KeyId"], answer["KeyMaterialId"]) == (kms.arn(key.key_id), key.ids[lost])
    assert shown(kms, key.key_id) == ["PendingImport", False, None, None, key.ids[2]]
    message = f"{kms.arn(key.key_id)} is pending import."
    for blob in key.made:
        with refused("KMSInvalidStateException", message):
            kms.decrypt(CiphertextBlob=blob)
    with refused("KMSInvalidStateException", message):
        encrypt(kms, key.key_id)
    with refused("KMSInvalidStateException", message):
        kms.rotate_key_on_demand(KeyId=key.key_id)
    assert [entry["ImportState"] for entry in materials(kms, key.key_id)] == [
        "PENDING_IMPORT" if number == lost else "IMPORTED" for number in range(3)]
    # Deleting it again changes nothing; the others coming again does not help.
    key.delete(lost)
    key.bring((lost + 1) % 3)
    assert key.state == "PendingImport"
    assert key.bring(lost) == key.ids[lost]
    assert key.state == "Enabled"
    key.opens()


def test_all_of_several_must_come_back(kms):
    key = Imported(kms, 3)
    for number in range(3):
        key.delete(number)
    for number in (2, 0, 1):
        assert key.state == "PendingImport"
        key.bring(number)
    assert key.state == "Enabled"
    key.opens()


def test_deleting_by_default_deletes_the_current_one(kms):
    key = Imported(kms, 2)
    key.bring_new()
    answer = kms.delete_imported_key_material(KeyId=key.key_id)
    assert answer["KeyMaterialId"] == key.ids[1]
    assert [entry["ImportState"] for entry in materials(kms, key.key_id)] == ["IMPORTED", "PENDING_IMPORT", "IMPORTED"]


def test_deleting_what_waits(kms):
    key = Imported(kms)
    key.bring_new()
    with unchanged(kms, key.key_id):
        assert key.delete(1)["KeyMaterialId"] == key.ids[1]
    assert states(kms, key.key_id) == {key.ids[0]: "CURRENT"}
    with refused("NotFoundException"):
        key.delete(1)
    with refused("IncorrectKeyMaterialException", NO_MESSAGE):
        key.bring(1)
    # There is room for other material, and for the same.
    key.bring_new()
    assert states(kms, key.key_id) == {key.ids[0]: "CURRENT", key.ids[2]: "PENDING_ROTATION"}
    key.delete(2)
    assert key.bring(1, ImportType=NEW, ExpirationModel=NEVER) == key.ids[1]
    kms.rotate_key_on_demand(KeyId=key.key_id)
    assert current(kms, key.key_id) == key.ids[1]


def test_each_material_expires_by_itself(kms, clock, frozen):
    key = Imported(kms, 2)
    key.bring(0, ValidTo=at(frozen + 2 * HOUR), ExpirationModel=EXPIRES)
    key.bring(1, ValidTo=at(frozen + HOUR), ExpirationModel=EXPIRES)
    assert shown(kms, key.key_id)[2:4] == [EXPIRES, at(frozen + HOUR)]
    assert [entry["ValidTo"] for entry in materials(kms, key.key_id)] == [at(frozen + 2 * HOUR), at(frozen + HOUR)]
    clock.advance("aws", kms.access_id, HOUR)
    assert key.state == "PendingImport"
    key.bring(1)
    assert shown(kms, key.key_id)[:4] == ["Enabled", True, EXPIRES, at(frozen + 2 * HOUR)]
    clock.advance("aws", kms.access_id, HOUR)
    assert key.state == "PendingImport"
    assert [entry["ImportState"] for entry in materials(kms, key.key_id)] == ["PENDING_IMPORT", "IMPORTED"]
    key.bring(0)
    assert shown(kms, key.key_id)[:4] == ["Enabled", True, NEVER, None]
    key.opens()


def test_what_waits_expires_without_a_trace(kms, clock, frozen):
    key = Imported(kms)
    key.bring_new(ValidTo=at(frozen + HOUR))
    clock.advance("aws", kms.access_id, HOUR)
    assert (key.state, states(kms, key.key_id)) == ("Enabled", {key.ids[0]: "CURRENT"})
    with refused("KMSInvalidStateException"):
        kms.rotate_key_on_demand(KeyId=key.key_id)
    key.bring_new()


def test_descriptions(kms):
    key = Imported(kms)
    key.bring(0, KeyMaterialDescription="first", ExpirationModel=NEVER)
    key.bring_new(KeyMaterialDescription="second of 2025")
    def told():
        return [entry.get("KeyMaterialDescription") for entry in materials(kms, key.key_id)]

    assert told() == ["first", "second of 2025"]
    key.bring(0)
    assert told() == ["first", "second of 2025"], "what is not said again stays"
    key.bring(1, KeyMaterialDescription="other", ExpirationModel=NEVER)
    assert told() == ["first", "other"]
    kms.rotate_key_on_demand(KeyId=key.key_id)
    key.delete(0)
    assert told() == ["first", "other"]
    for bad in ("a;b", "x" * 257, "ü"):
        with refused("ValidationException"):
            kms.unchecked().import_key_material(
                KeyId=key.key_id, ImportToken=b"x", EncryptedKeyMaterial=b"x", ExpirationModel=NEVER,
                KeyMaterialDescription=bad)


def test_material_can_be_brought_to_a_disabled_key_and_rotated_to_later(kms):
    key = Imported(kms)
    kms.disable_key(KeyId=key.key_id)
    key.bring_new()
    with refused("DisabledException", f"{kms.arn(key.key_id)} is disabled."):
        kms.rotate_key_on_demand(KeyId=key.key_id)
    kms.enable_key(KeyId=key.key_id)
    kms.rotate_key_on_demand(KeyId=key.key_id)
    assert current(kms, key.key_id) == key.ids[1]


def test_of_many_new_materials_at_once_one_waits(kms):
    key = Imported(kms)

    def bring(_):
        try:
            return kms.bring_plain(key.key_id, os.urandom(32), ImportType=NEW, ExpirationModel=NEVER)["KeyMaterialId"]
        except kms.exceptions.KMSInvalidStateException:
            return None

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        brought = [answer for answer in pool.map(bring, range(6)) if answer]
    assert len(brought) == 1
    assert states(kms, key.key_id) == {key.ids[0]: "CURRENT", brought[0]: "PENDING_ROTATION"}


def test_the_same_material_has_the_same_name(kms):
    key, other = Imported(kms, 2), Imported(kms, 2)
    assert not set(key.ids) & set(other.ids)
    stranger = kms.external()
    assert kms.bring_plain(stranger, key.plain[0])["KeyMaterialId"] != key.ids[0]


def test_what_is_listed_is_what_the_model_has(kms):
    key = Imported(kms, 2)
    known = set(kms.meta.service_model.shape_for("RotationsListEntry").members)
    assert all(set(entry) <= known for entry in materials(kms, key.key_id))
