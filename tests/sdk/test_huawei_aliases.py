"""Alias objects, the names that keys are made with, descriptions, and aliases in place of key ids."""

import json
import re
from urllib.parse import quote

import pytest
from huawei_support import DAY, MISSING_KEY, Kms, alias, kms, refused  # noqa: F401


def send(kms, method, rest, body=None):
    path = f"/v1.0/{kms.project}/kms/{rest}"
    data = b"" if body is None else json.dumps(body).encode()
    return kms.send(method, path, data, kms.signed(method, path, data))


def listed(kms, **query):
    page = kms.list_aliases(**query).body[0]
    assert page.page_info.current_count == len(page.aliases)
    return [each.alias for each in page.aliases]


def domain(kms, key_id):
    return kms.describe(key_id).domain_id


def test_an_alias_is_made_and_shown(kms, clock):
    clock.freeze("huawei", kms.account, 1_767_322_445)
    key_id = kms.create()
    answer = send(kms, "POST", "aliases", {"key_id": key_id, "alias": "kms-1234"})
    expected = {
        "domain_id": domain(kms, key_id),
        "key_id": key_id,
        "alias": "kms-1234",
        "alias_urn": f"kms:cn-north-4:{domain(kms, key_id)}:alias:kms-1234",
        "create_time": "2026-01-02T02:54:05Z",
        "update_time": "2026-01-02T02:54:05Z",
    }
    assert (answer.status, answer.json) == (201, expected)
    assert send(kms, "GET", "aliases").json == \
        {"aliases": [expected], "page_info": {"next_marker": "", "current_count": 1}}
    made = kms.create_alias(key_id=key_id, alias="alias/mine:a/b_c-D9")
    assert (made.alias, made.key_id) == ("alias/mine:a/b_c-D9", key_id)
    assert made.alias_urn == f"kms:cn-north-4:{made.domain_id}:alias:mine:a/b_c-D9"
    # It is apart from the name that the key was made with.
    assert kms.describe(key_id).key_alias not in listed(kms)


def test_an_alias_is_one_in_its_project(endpoint, kms):
    first, second = kms.create(), kms.create()
    kms.create_alias(key_id=first, alias="alias/a")
    kms.create_alias(key_id=first, alias="b")
    for key_id in [first, second]:
        for taken in ["alias/a", "a", "b", "alias/b"]:
            with refused("KMS.1104"):
                kms.create_alias(key_id=key_id, alias=taken)
    assert listed(kms) == ["alias/a", "b"]
    other = Kms(endpoint, kms.name + "x", kms.project)
    other.create_alias(key_id=other.create(), alias="a")
    # Another key may be made with that name.
    kms.create(key_alias="b")


BAD_ALIASES = ["", "a b", "a*", "é", "a" * 256, "alias/", "alias/obs/default", "obs/default", "a.b"]


def test_aliases_that_are_none(kms):
    key_id = kms.create()
    for bad in BAD_ALIASES:
        send(kms, "POST", "aliases", {"key_id": key_id, "alias": bad}).is_refusal("KMS.1101")
    for body, code in [
        ({"alias": "a"}, "KMS.0204"), ({"key_id": key_id}, "KMS.0204"), ({"key_id": key_id, "alias": 5}, "KMS.0214"),
        ({"key_id": "x", "alias": "a"}, "KMS.0205"), ({"key_id": "alias/a", "alias": "b"}, "KMS.0205"),
        ({"key_id": MISSING_KEY, "alias": "a"}, "KMS.0207"),
    ]:
        send(kms, "POST", "aliases", body).is_refusal(code)
    assert listed(kms) == []
    kms.create_alias(key_id=key_id, alias="a" * 255)


def test_a_key_has_fifty(kms):
    key_id, other = kms.create(), kms.create()
    for number in range(50):
        kms.create_alias(key_id=key_id, alias=f"alias/{number:02}")
    with refused("KMS.0308", "alias"):
        kms.create_alias(key_id=key_id, alias="alias/50")
    kms.create_alias(key_id=other, alias="alias/50")
    with refused("KMS.0308", "alias"):
        kms.associate_alias(alias="alias/50", target_key_id=key_id)
    assert listed(kms, key_id=other) == ["alias/50"]
    seen, marker, sizes = [], None, []
    while marker != "":
        query = {"limit": "20"} if marker is None else {"limit": "20", "marker": marker}
        page = kms.list_aliases(key_id=key_id, **query).body[0]
        seen += [each.alias for each in page.aliases]
        sizes.append(page.page_info.current_count)
        assert page.page_info.next_marker in ("", seen[-1])
        marker = page.page_info.next_marker
    assert (seen, sizes) == ([f"alias/{number:02}" for number in range(50)], [20, 20, 10])
    assert len(listed(kms)) == 51
    # All of them go in one call.
    kms.delete_alias(key_id=key_id, aliases=seen)
    assert listed(kms) == ["alias/50"]


def test_lists_refuse(kms):
    for query, code in [
        ("limit=0", "KMS.1601"), ("limit=101", "KMS.1601"), ("limit=x", "KMS.1601"), ("limit=", "KMS.1601"),
        ("key_id=x", "KMS.0205"), ("key_id=", "KMS.0205"), (f"key_id={MISSING_KEY}", "KMS.0207"),
        (f"marker={'a' * 256}", "KMS.1602"), ("limit=1&limit=2", "KMS.0201"),
    ]:
        send(kms, "GET", f"aliases?{query}").is_refusal(code)
    kms.create_alias(key_id=kms.create(), alias="a/b")
    assert send(kms, "GET", "aliases?marker=&limit=1").json["page_info"]["current_count"] == 1
    assert send(kms, "GET", f"aliases?limit=1&marker={quote('a/b', safe='')}").json["aliases"] == []


def test_aliases_are_deleted_together_or_not_at_all(kms):
    first, second = kms.create(), kms.create()
    for key_id, name in [(first, "alias/a"), (first, "b"), (first, "c"), (second, "d")]:
        kms.create_alias(key_id=key_id, alias=name)
    for body, code in [
        ({"key_id": first, "aliases": ["alias/a", "x"]}, "KMS.0207"),
        ({"key_id": first, "aliases": ["alias/a", "d"]}, "KMS.0207"),
        ({"key_id": first, "aliases": [""]}, "KMS.0207"),
        ({"key_id": MISSING_KEY, "aliases": ["alias/a"]}, "KMS.0207"),
        ({"key_id": "x", "aliases": ["alias/a"]}, "KMS.0205"),
        ({"key_id": first, "aliases": []}, "KMS.0308"),
        ({"key_id": first, "aliases": [str(number) for number in range(51)]}, "KMS.0308"),
        ({"key_id": first, "aliases": "alias/a"}, "KMS.0214"),
        ({"key_id": first, "aliases": [5]}, "KMS.0214"),
        ({"key_id": first}, "KMS.0204"),
        ({"aliases": ["alias/a"]}, "KMS.0204"),
    ]:
        send(kms, "DELETE", "aliases", body).is_refusal(code)
    send(kms, "DELETE", "aliases").is_refusal("KMS.0202")
    assert listed(kms) == ["alias/a", "b", "c", "d"]
    answer = send(kms, "DELETE", "aliases", {"key_id": first, "aliases": ["a", "alias/a", "c"]})
    assert (answer.status, answer.body) == (204, b"")
    assert listed(kms) == ["b", "d"]
    # The name is free again.
    kms.create_alias(key_id=second, alias="alias/a")


def test_an_alias_goes_to_another_key(kms, clock):
    clock.freeze("huawei", kms.account, 1_767_322_445)
    first, second = kms.create(), kms.create(key_spec="EC_P256")
    kms.create_alias(key_id=first, alias="alias/a")
    clock.advance("huawei", kms.account, 60)
    answer = send(kms, "POST", "alias/associate", {"alias": "alias/a", "target_key_id": second})
    assert answer.status == 200
    assert (answer.json["key_id"], answer.json["alias"]) == (second, "alias/a")
    assert (answer.json["create_time"], answer.json["update_time"]) == ("2026-01-02T02:54:05Z", "2026-01-02T02:55:05Z")
    assert (listed(kms, key_id=first), listed(kms, key_id=second)) == ([], ["alias/a"])
    assert kms.associate_alias(alias="a", target_key_id=second).alias == "alias/a"
    for body, code in [
        ({"alias": "x", "target_key_id": first}, "KMS.0207"),
        ({"alias": "a", "target_key_id": MISSING_KEY}, "KMS.0207"),
        ({"alias": "a", "target_key_id": "x"}, "KMS.0205"), ({"alias": "a b", "target_key_id": first}, "KMS.1101"),
        ({"alias": "a"}, "KMS.0204"), ({"target_key_id": first}, "KMS.0204"),
        ({"alias": "a", "target_key_id": 5}, "KMS.0214"),
    ]:
        send(kms, "POST", "alias/associate", body).is_refusal(code)
    assert listed(kms, key_id=second) == ["alias/a"]


@pytest.mark.parametrize("state, code", [("2", None), ("3", None), ("4", "KMS.0210"), ("5", None)])
def test_names_and_states(kms, state, code):
    """Whatever names or describes a key, in each state."""
    key_id = kms.in_state("5" if state == "5" else "2")
    kms.create_alias(key_id=key_id, alias="a")
    kms.create_alias(key_id=kms.create(), alias="other")
    if state == "3":
        kms.disable_key(key_id=key_id)
    if state == "4":
        kms.delete_key(key_id=key_id, pending_days="7")
    before = (kms.snapshot(key_id), listed(kms, key_id=key_id))
    answers = [
        send(kms, "POST", "aliases", {"key_id": key_id, "alias": "b"}),
        send(kms, "POST", "alias/associate", {"alias": "other", "target_key_id": key_id}),
        send(kms, "DELETE", "aliases", {"key_id": key_id, "aliases": ["a"]}),
        kms.post("update-key-alias", key_id=key_id, key_alias="renamed"),
        kms.post("update-key-description", key_id=key_id, key_description="described"),
    ]
    if code:
        for answer in answers:
            answer.is_refusal(code)
        assert (kms.snapshot(key_id), listed(kms, key_id=key_id)) == before
        return
    assert [answer.status for answer in answers] == [201, 200, 204, 200, 200]
    info = kms.describe(key_id)
    assert (info.key_alias, info.key_description, info.key_state) == ("renamed", "described", state)
    assert listed(kms, key_id=key_id) == ["b", "other"]


def test_aliases_vanish_with_their_key(kms, clock):
    clock.freeze("huawei", kms.account, 1_900_000_000)
    key_id, other = kms.create(), kms.create()
    kms.create_alias(key_id=key_id, alias="a")
    kms.delete_key(key_id=key_id, pending_days="7")
    assert listed(kms) == ["a"]
    clock.advance("huawei", kms.account, 7 * DAY)
    assert listed(kms) == []
    kms.create_alias(key_id=other, alias="a")
    assert kms.describe("alias/a").key_id == other


def test_a_key_is_renamed(kms, clock):
    clock.freeze("huawei", kms.account, 1_900_000_000)
    key_id, other = kms.create(key_alias="one"), kms.create(key_alias="two")
    answer = kms.post("update-key-alias", key_id=key_id, key_alias="three")
    assert answer.json == {"key_info": {"key_id": key_id, "key_alias": "three"}}
    assert kms.update_key_alias(key_id=key_id, key_alias="three").key_info.key_alias == "three"
    before = kms.snapshot(key_id)
    for members, code in [
        ({"key_alias": "two"}, "KMS.1104"), ({"key_alias": "a b"}, "KMS.1101"), ({"key_alias": ""}, "KMS.1101"),
        ({"key_alias": "a" * 256}, "KMS.1101"), ({"key_alias": "obs/default"}, "KMS.1101"), ({}, "KMS.0204"),
        ({"key_alias": 5}, "KMS.0214"), ({"key_alias": "x", "sequence": "x"}, "KMS.0206"),
        ({"key_alias": "x", "key_id": "alias/a"}, "KMS.0205"), ({"key_alias": "x", "key_id": MISSING_KEY}, "KMS.0207"),
    ]:
        kms.post("update-key-alias", **{"key_id": key_id, **members}).is_refusal(code)
    assert kms.snapshot(key_id) == before
    # The name that it had is free, and so is that of a key that is gone.
    kms.create(key_alias="one")
    kms.delete_key(key_id=other, pending_days="7")
    kms.post("update-key-alias", key_id=key_id, key_alias="two").is_refusal("KMS.1104")
    clock.advance("huawei", kms.account, 7 * DAY)
    kms.update_key_alias(key_id=key_id, key_alias="two")
    assert kms.describe(key_id).key_alias == "two"


def test_a_key_is_described_in_other_words(kms):
    key_id = kms.create(key_description="before")
    answer = kms.post("update-key-description", key_id=key_id, key_description="d" * 255)
    assert answer.json == {"key_info": {"key_id": key_id, "key_description": "d" * 255}}
    for members, code in [
        ({"key_description": "d" * 256}, "KMS.1103"), ({}, "KMS.0204"), ({"key_description": 5}, "KMS.0214"),
        ({"key_description": "x", "key_id": "x"}, "KMS.0205"),
        ({"key_description": "x", "key_id": MISSING_KEY}, "KMS.0207"),
        ({"key_description": "x", "sequence": "x"}, "KMS.0206"),
    ]:
        kms.post("update-key-description", **{"key_id": key_id, **members}).is_refusal(code)
    assert kms.describe(key_id).key_description == "d" * 255
    assert kms.update_key_description(key_id=key_id, key_description="").key_info.key_description == ""


# The calls that take an alias in place of a key id, with the kind of key and what else they need.
DIGEST = "A" * 43 + "="
BY_NAME = {
    "describe-key": ("AES_256", {}),
    "create-datakey": ("AES_256", {}),
    "create-datakey-without-plaintext": ("AES_256", {}),
    "encrypt-datakey": ("AES_256", {
        "plain_text": "00" + "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "datakey_plain_length": "1"}),
    "encrypt-data": ("AES_256", {"plain_text": "x"}),
    "sign": ("EC_P256", {"message": DIGEST, "signing_algorithm": "ECDSA_SHA_256"}),
    "verify": ("EC_P256", {"message": DIGEST, "signature": "AAAA", "signing_algorithm": "ECDSA_SHA_256"}),
    "get-publickey": ("EC_P256", {}),
    "generate-mac": ("HMAC_256", {"message": "AAAA", "mac_algorithm": "HMAC_SHA_256"}),
    "verify-mac": ("HMAC_256", {"message": "AAAA", "mac_algorithm": "HMAC_SHA_256", "mac": "00"}),
}


def names_of(kms, key_id, name):
    return [f"alias/{name}", f"kms:cn-north-4:{domain(kms, key_id)}:alias:{name}"]


@pytest.mark.parametrize("verb", BY_NAME)
def test_aliases_in_place_of_key_ids(kms, verb):
    spec, body = BY_NAME[verb]
    key_id = kms.create(key_spec=spec)
    kms.create_alias(key_id=key_id, alias="alias/a/b:c")
    kms.create_alias(key_id=key_id, alias="bare")
    for name in ["a/b:c", "bare"]:
        for spelling in names_of(kms, key_id, name):
            answer = kms.post(verb, key_id=spelling, **body)
            assert answer.status == 200, answer.body
            # The answer names the key by its id.
            assert answer.json.get("key_info", answer.json)["key_id"] == key_id
    # The name that the key was made with is no alias.
    for wrong in ["alias/nothing", f"alias/{kms.describe(key_id).key_alias}", "alias/a",
                  f"kms:cn-east-3:{domain(kms, key_id)}:alias:bare", f"kms:cn-north-4:{'0' * 32}:alias:bare"]:
        kms.post(verb, key_id=wrong, **body).is_refusal("KMS.0207")
    for bad in ["bare", "a/b:c", "alias/", "alias/a b", "kms:cn-north-4:x:alias:bare", "Alias/bare",
                "alias/" + "a" * 256, f"kms:cn-north-4:{domain(kms, key_id)}:key:{key_id}"]:
        kms.post(verb, key_id=bad, **body).is_refusal("KMS.0205")


def test_data_keys_open_by_alias(kms):
    key_id, other = kms.create(), kms.create()
    kms.create_alias(key_id=key_id, alias="a")
    made = kms.create_datakey(key_id="alias/a")
    for name in [key_id, *names_of(kms, key_id, "a")]:
        opened = kms.decrypt_datakey(key_id=name, cipher_text=made.cipher_text, datakey_cipher_length="32")
        assert opened.data_key == made.plain_text
    # An alias means whatever key has it now.
    kms.associate_alias(alias="a", target_key_id=other)
    with refused("KMS.2201"):
        kms.decrypt_datakey(key_id="alias/a", cipher_text=made.cipher_text, datakey_cipher_length="32")
    sealed = kms.encrypt_data(key_id="alias/a", plain_text="x")
    assert sealed.key_id == other
    assert kms.decrypt_data(cipher_text=sealed.cipher_text).plain_text == "x"


@pytest.mark.parametrize("verb, body", [
    ("enable-key", {}), ("disable-key", {}), ("schedule-key-deletion", {"pending_days": "7"}),
    ("cancel-key-deletion", {}), ("get-parameters-for-import", {"wrapping_algorithm": "RSAES_OAEP_SHA_256"}),
    ("import-key-material", {"import_token": "A" * 2236, "encrypted_key_material": "A" * 344}),
    ("delete-imported-key-material", {}), ("update-key-alias", {"key_alias": "x"}),
    ("update-key-description", {"key_description": "x"}),
])
def test_elsewhere_a_key_is_named_by_its_id(kms, verb, body):
    key_id = kms.create()
    kms.create_alias(key_id=key_id, alias="a")
    before = kms.snapshot(key_id)
    for name in names_of(kms, key_id, "a"):
        kms.post(verb, key_id=name, **body).is_refusal("KMS.0205")
    assert kms.snapshot(key_id) == before


def test_times_are_texts(kms):
    made = kms.create_alias(key_id=kms.create(), alias=alias())
    for time in (made.create_time, made.update_time):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", time)
