"""Rotation: the setting and its codes, what falls due, what old ciphertexts open with, rotation on demand."""

import concurrent.futures
import os

import pytest
from huawei_support import DAY, MISSING_KEY, Kms, kms, refused  # noqa: F401

NOON = 1_900_000_000
OFF = {"key_rotation_enabled": False, "number_of_rotations": 0}
SEQUENCE = "919c82d4-8046-4722-9094-35c3c6524cff"
CALLS = ["enable_key_rotation", "disable_key_rotation", "update_key_rotation_interval"]


@pytest.fixture
def frozen(kms, clock):
    """A clock that only the test moves; answers how to move it by days."""
    clock.freeze("huawei", kms.account, NOON)
    return lambda days: clock.advance("huawei", kms.account, days * DAY)


def status(kms, key_id) -> dict:
    answer = kms.post("get-key-rotation-status", key_id=key_id)
    assert answer.status == 200, answer.body
    return answer.json


def milliseconds(days: int) -> str:
    return str((NOON + days * DAY) * 1000)


def change(kms, call, key_id):
    """One of the three calls that change the setting."""
    more = {"rotation_interval": 90} if call == "update_key_rotation_interval" else {}
    return getattr(kms, call)(key_id=key_id, **more)


def encrypt(kms, key_id, text="x") -> str:
    return kms.encrypt_data(key_id=key_id, plain_text=text).cipher_text


def opens(kms, cipher_text, text="x") -> bool:
    return kms.decrypt_data(cipher_text=cipher_text).plain_text == text


# The setting.


def test_the_setting_is_shown_in_its_odd_types(kms, frozen):
    key_id = kms.create()
    assert status(kms, key_id) == OFF
    assert kms.describe(key_id).key_rotation_enabled == "false"
    answer = kms.post("enable-key-rotation", key_id=key_id, sequence=SEQUENCE)
    assert (answer.status, answer.body) == (200, b"{}")
    assert status(kms, key_id) == {"key_rotation_enabled": True, "rotation_interval": 365, "number_of_rotations": 0}
    assert kms.describe(key_id).key_rotation_enabled == "true"
    assert kms.list_keys().key_details[0].key_rotation_enabled == "true"
    for interval in (30, "365", 90):
        answer = kms.post("update-key-rotation-interval", key_id=key_id, rotation_interval=interval)
        assert (answer.status, answer.body) == (200, b"{}")
        assert status(kms, key_id)["rotation_interval"] == int(interval)
    seen = kms.show_key_rotation_status(key_id=key_id)
    assert (seen.key_rotation_enabled, seen.rotation_interval, seen.last_rotation_time, seen.number_of_rotations) == \
        (True, 90, None, 0)
    answer = kms.post("disable-key-rotation", key_id=key_id)
    assert (answer.status, answer.body) == (200, b"{}")
    assert status(kms, key_id) == OFF


@pytest.mark.parametrize("interval", [29, 366, 0, -30, "29", "soon", "", 90.5, "90.5", 10**30])
def test_an_interval_out_of_bounds(kms, interval):
    key_id = kms.create()
    kms.enable_key_rotation(key_id=key_id)
    kms.post("update-key-rotation-interval", key_id=key_id, rotation_interval=interval).is_refusal("KMS.3001")
    assert status(kms, key_id)["rotation_interval"] == 365


def test_what_the_setting_is_already(kms):
    key_id = kms.create()
    before = kms.snapshot(key_id)
    for call in ("disable_key_rotation", "update_key_rotation_interval"):
        with refused("KMS.0313"):
            change(kms, call, key_id)
        assert kms.snapshot(key_id) == before
    kms.enable_key_rotation(key_id=key_id)
    change(kms, "update_key_rotation_interval", key_id)
    with refused("KMS.2901"):
        kms.enable_key_rotation(key_id=key_id)
    assert status(kms, key_id)["rotation_interval"] == 90


def test_of_two_who_enable_at_once_one_is_refused(kms):
    key_id = kms.create()
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: kms.post("enable-key-rotation", key_id=key_id), range(6)))
    assert sorted(answer.status for answer in answers) == [200, 400, 400, 400, 400, 400]
    for answer in answers:
        if answer.status == 400:
            answer.is_refusal("KMS.2901")


def test_keys_that_are_not_rotated(kms):
    unfit = [
        (kms.external(), "KMS.0312"),
        (kms.in_state("2", os.urandom(32)), "KMS.0312"),
        (kms.create(key_spec="EC_P256"), "KMS.0324"),
        (kms.create(key_spec="RSA_2048"), "KMS.0324"),
        (kms.create(key_spec="SM2"), "KMS.0324"),
        (kms.create(key_spec="HMAC_256"), "KMS.0341"),
        (MISSING_KEY, "KMS.0207"),
    ]
    for key_id, code in unfit:
        for call in CALLS:
            with refused(code):
                change(kms, call, key_id)
        if code != "KMS.0207":
            assert kms.describe(key_id).key_rotation_enabled == "false"
            assert status(kms, key_id)["key_rotation_enabled"] is False
    with refused("KMS.0207"):
        kms.show_key_rotation_status(key_id=MISSING_KEY)


def test_sm4_keys_are_rotated(kms, frozen):
    key_id = kms.create(key_spec="SM4")
    cipher_text = encrypt(kms, key_id)
    kms.enable_key_rotation(key_id=key_id)
    frozen(365)
    assert status(kms, key_id)["number_of_rotations"] == 1
    assert opens(kms, cipher_text)


@pytest.mark.parametrize("state", ["2", "3", "4"])
def test_the_setting_in_each_state(kms, state):
    key_id = kms.in_state(state)
    for call in ["enable_key_rotation", "update_key_rotation_interval", "disable_key_rotation"]:
        if state == "4":
            with refused("KMS.0210"):
                change(kms, call, key_id)
        else:
            change(kms, call, key_id)
    assert status(kms, key_id) == OFF
    assert kms.state(key_id) == state


def test_malformed_requests(kms):
    for verb in ("enable-key-rotation", "disable-key-rotation", "update-key-rotation-interval",
                 "get-key-rotation-status"):
        more = {"rotation_interval": 90} if verb.startswith("update") else {}
        kms.post(verb, **more).is_refusal("KMS.0204")
        kms.post(verb, key_id="x", **more).is_refusal("KMS.0205")
        kms.post(verb, key_id=5, **more).is_refusal("KMS.0214")
        kms.post(verb, key_id=MISSING_KEY, sequence="1", **more).is_refusal("KMS.0206")
    kms.post("update-key-rotation-interval", key_id=MISSING_KEY).is_refusal("KMS.0204")


# What falls due.


def test_a_key_is_rotated_when_it_is_due(kms, frozen):
    key_id = kms.create()
    first = encrypt(kms, key_id)
    data_key = kms.create_datakey(key_id=key_id, datakey_length="256")
    before = kms.snapshot(key_id)
    kms.enable_key_rotation(key_id=key_id)
    frozen(364)
    assert status(kms, key_id)["number_of_rotations"] == 0
    frozen(1)
    assert status(kms, key_id) == {"key_rotation_enabled": True, "rotation_interval": 365, "number_of_rotations": 1,
                                   "last_rotation_time": milliseconds(365)}
    second = encrypt(kms, key_id)
    frozen(365 * 2)
    assert status(kms, key_id) == {"key_rotation_enabled": True, "rotation_interval": 365, "number_of_rotations": 3,
                                   "last_rotation_time": milliseconds(365 * 3)}
    assert opens(kms, first) and opens(kms, second) and opens(kms, encrypt(kms, key_id))
    opened = kms.decrypt_datakey(key_id=key_id, cipher_text=data_key.cipher_text, datakey_cipher_length="32")
    assert opened.data_key == data_key.plain_text
    # Nothing else of the key has changed.
    assert kms.snapshot(key_id) == {**before, "key_rotation_enabled": "true"}
    kms.disable_key_rotation(key_id=key_id)
    frozen(3650)
    assert status(kms, key_id) == {"key_rotation_enabled": False, "number_of_rotations": 3,
                                   "last_rotation_time": milliseconds(365 * 3)}
    assert opens(kms, first)


@pytest.mark.parametrize("verb", ["encrypt-data", "create-datakey", "list-keys"])
def test_whoever_comes_first_after_the_day_sees_it(kms, frozen, verb):
    key_id = kms.create()
    kms.enable_key_rotation(key_id=key_id)
    frozen(400)
    body = {"encrypt-data": {"key_id": key_id, "plain_text": "x"}, "list-keys": {},
            "create-datakey": {"key_id": key_id, "datakey_length": "256"}}[verb]
    assert kms.post(verb, **body).status == 200
    kms.disable_key_rotation(key_id=key_id)
    assert status(kms, key_id)["last_rotation_time"] == milliseconds(365)


def test_another_interval_counts_from_now(kms, frozen):
    key_id = kms.create()
    kms.enable_key_rotation(key_id=key_id)
    frozen(100)
    kms.update_key_rotation_interval(key_id=key_id, rotation_interval=30)
    frozen(29)
    assert status(kms, key_id)["number_of_rotations"] == 0
    frozen(1)
    assert status(kms, key_id)["last_rotation_time"] == milliseconds(130)
    # The same one again changes nothing.
    frozen(20)
    kms.update_key_rotation_interval(key_id=key_id, rotation_interval=30)
    frozen(10)
    assert status(kms, key_id)["last_rotation_time"] == milliseconds(160)


def test_a_disabled_key_pauses(kms, frozen):
    key_id = kms.create()
    cipher_text = encrypt(kms, key_id)
    kms.disable_key(key_id=key_id)
    kms.enable_key_rotation(key_id=key_id)
    kms.update_key_rotation_interval(key_id=key_id, rotation_interval=30)
    frozen(100)
    assert status(kms, key_id) == {"key_rotation_enabled": True, "rotation_interval": 30, "number_of_rotations": 0}
    kms.enable_key(key_id=key_id)
    # What fell due meanwhile happens once, now, and the next ones count from there.
    assert status(kms, key_id)["last_rotation_time"] == milliseconds(100)
    assert opens(kms, cipher_text)
    frozen(30)
    assert status(kms, key_id)["number_of_rotations"] == 2


def test_a_cancelled_deletion_brings_the_setting_back(kms, frozen):
    key_id = kms.create()
    kms.enable_key_rotation(key_id=key_id)
    kms.update_key_rotation_interval(key_id=key_id, rotation_interval=30)
    kms.delete_key(key_id=key_id, pending_days="60")
    assert status(kms, key_id) == OFF
    assert kms.describe(key_id).key_rotation_enabled == "false"
    frozen(50)
    kms.cancel_key_deletion(key_id=key_id)
    expected = {"key_rotation_enabled": True, "rotation_interval": 30, "number_of_rotations": 0}
    assert status(kms, key_id) == expected
    assert kms.describe(key_id).key_rotation_enabled == "true"
    kms.enable_key(key_id=key_id)
    assert status(kms, key_id) == {**expected, "number_of_rotations": 1, "last_rotation_time": milliseconds(50)}


# External keys and rotation on demand.


def test_the_material_of_an_external_key_is_shown(kms, frozen):
    key_id = kms.external()
    assert status(kms, key_id) == {**OFF, "key_materials": []}
    kms.bring(key_id, os.urandom(32), expiration_time=NOON + 7 * DAY)
    shown = kms.show_key_rotation_status(key_id=key_id).key_materials
    assert len(shown) == 1 and len(shown[0].material_id) == 36
    assert (shown[0].charge_id, shown[0].create_time, shown[0].expiration_time, shown[0].state) == \
        ("", milliseconds(0), milliseconds(7), 2)
    frozen(7)
    assert status(kms, key_id)["key_materials"] == []
    # The service's own material has no names.
    assert "key_materials" not in status(kms, kms.create())


def test_nothing_is_rotated_on_demand(kms):
    material = os.urandom(32)
    keys = [
        (kms.create(), "KMS.0309"),
        (kms.create(key_spec="EC_P256"), "KMS.0309"),
        (kms.in_state("2", material), "KMS.0319"),
        (kms.in_state("3", material), "KMS.0209"),
        (kms.in_state("4", material), "KMS.0210"),
        (kms.external(), "KMS.1301"),
        (kms.external(key_spec="HMAC_256"), "KMS.0341"),
        (kms.external(key_spec="EC_P256"), "KMS.0324"),
    ]
    for key_id, code in keys:
        before = kms.snapshot(key_id), status(kms, key_id)
        with refused(code):
            kms.rotate_on_demand(key_id=key_id)
        assert (kms.snapshot(key_id), status(kms, key_id)) == before
    with refused("KMS.0207"):
        kms.rotate_on_demand(key_id=MISSING_KEY)
    kms.post("rotate-on-demand").is_refusal("KMS.0204")
    kms.post("rotate-on-demand", key_id="x").is_refusal("KMS.0205")


def test_another_project_s_key_is_not_there(kms, endpoint, tenant_name):
    key_id = kms.create()
    other = Kms(endpoint, tenant_name)
    for call in CALLS:
        with refused("KMS.0207"):
            change(other, call, key_id)
    assert status(kms, key_id) == OFF
