"""Keys: making, describing, listing, states, deletion."""

import pytest
from huawei_support import DAY, HEX32, MISSING_KEY, UUID, Kms, alias, kms, project_id, refused  # noqa: F401

SPECS = {
    "AES_256": "ENCRYPT_DECRYPT",
    "SM4": "ENCRYPT_DECRYPT",
    "RSA_2048": "SIGN_VERIFY",
    "RSA_3072": "SIGN_VERIFY",
    "RSA_4096": "SIGN_VERIFY",
    "EC_P256": "SIGN_VERIFY",
    "EC_P384": "SIGN_VERIFY",
    "SECP256K1": "SIGN_VERIFY",
    "SM2": "SIGN_VERIFY",
    "ED25519": "SIGN_VERIFY",
    "HMAC_256": "GENERATE_VERIFY_MAC",
    "HMAC_384": "GENERATE_VERIFY_MAC",
    "HMAC_512": "GENERATE_VERIFY_MAC",
    "HMAC_SM3": "GENERATE_VERIFY_MAC",
}


def test_a_new_key_is_described_in_texts(kms, clock):
    clock.freeze("huawei", kms.account, 1_767_322_445)
    made = kms.create_key(key_alias="k1").key_info
    assert UUID.fullmatch(made.key_id)
    assert HEX32.fullmatch(made.domain_id)
    described = kms.post("describe-key", key_id=made.key_id).json
    assert described == {
        "key_info": {
            "key_id": made.key_id,
            "domain_id": made.domain_id,
            "key_alias": "k1",
            "realm": "cn-north-4",
            "key_spec": "AES_256",
            "key_usage": "ENCRYPT_DECRYPT",
            "key_description": "",
            "creation_date": "1767322445000",
            "scheduled_deletion_date": "",
            "key_state": "2",
            "default_key_flag": "0",
            "key_type": "1",
            "expiration_time": "",
            "origin": "kms",
            "key_rotation_enabled": "false",
            "sys_enterprise_project_id": "0",
            "keystore_id": "0",
        }
    }


def test_the_answer_to_create_names_the_region(kms):
    made = kms.post("create-key", key_alias=alias()).json["key_info"]
    assert set(made) == {"key_id", "domain_id", "region_id"}
    assert made["region_id"] == "cn-north-4"


@pytest.mark.parametrize("spec", SPECS)
def test_every_kind_has_its_default_usage(kms, spec):
    info = kms.describe(kms.create(key_spec=spec))
    assert (info.key_spec, info.key_usage, info.key_state, info.origin) == (spec, SPECS[spec], "2", "kms")


@pytest.mark.parametrize("spec", ["RSA_2048", "SM2"])
def test_rsa_and_sm2_may_encrypt(kms, spec):
    info = kms.describe(kms.create(key_spec=spec, key_usage="ENCRYPT_DECRYPT"))
    assert info.key_usage == "ENCRYPT_DECRYPT"


def test_what_the_creator_says_is_shown(kms):
    project = "6c7f4e0e-1111-4abc-8def-0123456789ab"
    key_id = kms.create(key_description="d" * 255, enterprise_project_id=project, keystore_id="0",
                        sequence="919c82d4-8046-4722-9094-35c3c6524cff")
    info = kms.describe(key_id)
    assert info.key_description == "d" * 255
    assert info.sys_enterprise_project_id == project


@pytest.mark.parametrize("members, code", [
    ({"key_alias": "a b"}, "KMS.1101"),
    ({"key_alias": ""}, "KMS.1101"),
    ({"key_alias": "a" * 256}, "KMS.1101"),
    ({"key_alias": "obs/default"}, "KMS.1101"),
    ({"key_spec": "AES_128"}, "KMS.1110"),
    ({"key_spec": "EC_P521"}, "KMS.1110"),
    ({"key_description": "d" * 256}, "KMS.1103"),
    ({"key_spec": "EC_P256", "key_usage": "ENCRYPT_DECRYPT"}, "KMS.1114"),
    ({"key_spec": "SECP256K1", "key_usage": "ENCRYPT_DECRYPT"}, "KMS.1114"),
    ({"key_usage": "SIGN_VERIFY"}, "KMS.1115"),
    ({"key_spec": "SM4", "key_usage": "SIGN_VERIFY"}, "KMS.1115"),
    ({"key_usage": "WHATEVER"}, "KMS.0308"),
    ({"origin": "elsewhere"}, "KMS.0308"),
    ({"enterprise_project_id": "x"}, "KMS.0308"),
    ({"keystore_id": "1"}, "KMS.0340"),
    ({"sequence": "1"}, "KMS.0206"),
])
def test_create_refuses(kms, members, code):
    with refused(code):
        kms.create(**members)
    assert kms.list_keys(key_spec="ALL").total == 0


def test_an_alias_is_unique_until_its_key_is_gone(kms, clock):
    clock.freeze("huawei", kms.account, 1_900_000_000)
    name = alias()
    first = kms.create(key_alias=name)
    with refused("KMS.1104"):
        kms.create(key_alias=name)
    kms.delete_key(key_id=first, pending_days="7")
    with refused("KMS.1104"):
        kms.create(key_alias=name)
    clock.advance("huawei", kms.account, 7 * DAY)
    kms.create(key_alias=name)


def test_an_external_key_waits_for_material(kms):
    info = kms.describe(kms.external())
    assert (info.origin, info.key_state, info.expiration_time, info.key_rotation_enabled) == \
        ("external", "5", "", "false")


def test_disable_and_enable_answer_the_state(kms):
    key_id = kms.create()
    answer = kms.post("disable-key", key_id=key_id).json
    assert answer == {"key_info": {"key_id": key_id, "key_state": "3"}}
    answer = kms.post("enable-key", key_id=key_id).json
    assert answer == {"key_info": {"key_id": key_id, "key_state": "2"}}
    assert kms.state(key_id) == "2"


def test_deletion_and_its_cancelling(kms, clock):
    clock.freeze("huawei", kms.account, 1_900_000_000)
    key_id = kms.create()
    assert kms.post("schedule-key-deletion", key_id=key_id, pending_days="7").json == \
        {"key_id": key_id, "key_state": "4"}
    assert kms.describe(key_id).scheduled_deletion_date == str((1_900_000_000 + 7 * DAY) * 1000)
    assert kms.post("cancel-key-deletion", key_id=key_id).json == {"key_id": key_id, "key_state": "3"}
    assert kms.describe(key_id).scheduled_deletion_date == ""
    kms.delete_key(key_id=key_id, pending_days=1096)
    clock.advance("huawei", kms.account, 1096 * DAY - 1)
    assert kms.state(key_id) == "4"
    clock.advance("huawei", kms.account, 1)
    with refused("KMS.0207"):
        kms.describe(key_id)
    with refused("KMS.0207"):
        kms.cancel_key_deletion(key_id=key_id)


@pytest.mark.parametrize("days", ["6", "1097", "0", "-7", "soon", "", "7.5", 6])
def test_deletion_windows_out_of_range(kms, days):
    key_id = kms.create()
    before = kms.snapshot(key_id)
    with refused("KMS.1401"):
        kms.delete_key(key_id=key_id, pending_days=days)
    assert kms.snapshot(key_id) == before


def test_an_empty_external_key_waits_again_after_cancelling(kms):
    key_id = kms.external()
    kms.delete_key(key_id=key_id, pending_days="7")
    kms.cancel_key_deletion(key_id=key_id)
    assert kms.state(key_id) == "5"


ON_A_KEY = ["describe-key", "enable-key", "disable-key", "cancel-key-deletion", "get-publickey",
            "delete-imported-key-material"]


@pytest.mark.parametrize("verb", ON_A_KEY)
def test_key_ids(kms, verb):
    kms.post(verb, key_id=MISSING_KEY).is_refusal("KMS.0207")
    for bad in ["", "x", MISSING_KEY.upper(), MISSING_KEY + "0", MISSING_KEY.replace("-", "")]:
        kms.post(verb, key_id=bad).is_refusal("KMS.0205")
    kms.post(verb).is_refusal("KMS.0204")
    kms.post(verb, key_id=None).is_refusal("KMS.0204")
    kms.post(verb, key_id=7).is_refusal("KMS.0214")
    kms.post(verb, key_id=MISSING_KEY, sequence="7").is_refusal("KMS.0206")
    # Letters beyond hex are of the documented form.
    kms.post(verb, key_id="z" * 8 + MISSING_KEY[8:]).is_refusal("KMS.0207")


# What some calls say besides the key.
BODIES = {
    "schedule-key-deletion": {"pending_days": "7"},
    "encrypt-data": {"plain_text": "x"},
    "encrypt-datakey": {"plain_text": "00" + "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                        "datakey_plain_length": "1"},
    "get-parameters-for-import": {"wrapping_algorithm": "RSAES_OAEP_SHA_256"},
    "import-key-material": {"import_token": "A" * 2236, "encrypted_key_material": "A" * 344},
}


def test_lists_hold_aes_keys_unless_told_otherwise(kms, clock):
    clock.freeze("huawei", kms.account, 1_900_000_000)
    made = []
    for spec in ["AES_256", "SM4", "AES_256", "EC_P256"]:
        made.append(kms.create(key_spec=spec))
        clock.advance("huawei", kms.account, 1)
    assert kms.list_keys().keys == [made[2], made[0]]
    everything = kms.list_keys(key_spec="ALL")
    # Newest first.
    assert everything.keys == made[::-1]
    assert [details.key_id for details in everything.key_details] == everything.keys
    assert kms.list_keys(key_spec="SM4").keys == [made[1]]
    assert kms.list_keys(key_spec="RSA_2048").keys == []
    kms.disable_key(key_id=made[0])
    assert kms.list_keys(key_state="3").keys == [made[0]]
    assert kms.list_keys(key_state="2").keys == [made[2]]
    assert kms.list_keys(key_state="1").keys == []


def test_an_empty_list_has_its_types(kms):
    assert kms.post("list-keys").json == \
        {"keys": [], "key_details": [], "next_marker": "", "truncated": "false", "total": 0}


def test_lists_in_pages(kms, clock):
    clock.freeze("huawei", kms.account, 1_900_000_000)
    made = []
    for _ in range(5):
        made.insert(0, kms.create())
        clock.advance("huawei", kms.account, 1)
    seen, marker, pages = [], "0", 0
    while marker != "":
        page = kms.list_keys(limit="2", marker=marker)
        assert page.total == 5
        assert page.truncated == ("true" if page.next_marker else "false")
        seen += page.keys
        marker, pages = page.next_marker, pages + 1
    assert (seen, pages) == (made, 3)
    # As numbers, as one client sends them.
    page = kms.post("list-keys", limit=2, marker=2).json
    assert (page["keys"], page["next_marker"]) == (made[2:4], "4")
    assert kms.list_keys(limit="5").truncated == "false"
    beyond = kms.list_keys(marker="9")
    assert (beyond.keys, beyond.next_marker, beyond.total) == ([], "", 5)


@pytest.mark.parametrize("members, code", [
    ({"limit": "0"}, "KMS.1601"),
    ({"limit": "-1"}, "KMS.1601"),
    ({"limit": "many"}, "KMS.1601"),
    ({"limit": ""}, "KMS.1601"),
    ({"marker": "-1"}, "KMS.1602"),
    ({"marker": "x"}, "KMS.1602"),
    ({"key_state": "6"}, "KMS.0308"),
    ({"key_state": "0"}, "KMS.0308"),
    ({"key_spec": "DES"}, "KMS.0308"),
    ({"enterprise_project_id": "x"}, "KMS.0308"),
])
def test_lists_refuse(kms, members, code):
    with refused(code):
        kms.list_keys(**members)


def test_lists_by_enterprise_project(kms):
    project = "6c7f4e0e-1111-4abc-8def-0123456789ab"
    here, there = kms.create(), kms.create(enterprise_project_id=project)
    assert kms.list_keys(enterprise_project_id="0").keys == [here]
    assert kms.list_keys(enterprise_project_id=project).keys == [there]
    assert kms.list_keys(enterprise_project_id="all").total == 2


def test_projects_and_names_do_not_meet(endpoint, kms, tenant_name):
    key_id = kms.create()
    text = kms.encrypt_data(key_id=key_id, plain_text="x").cipher_text
    others = [
        Kms(endpoint, tenant_name, project_id()),
        Kms(endpoint, tenant_name + "x", kms.project),
        Kms(endpoint, None, kms.project),
    ]
    for other in others:
        for verb in ON_A_KEY:
            other.post(verb, key_id=key_id).is_refusal("KMS.0207")
        other.post("encrypt-data", key_id=key_id, plain_text="x").is_refusal("KMS.0207")
        other.post("decrypt-data", cipher_text=text).is_refusal("KMS.0207")
        assert other.list_keys(key_spec="ALL").total == 0
    # The same name may be given in each.
    name = alias()
    assert len({caller.create(key_alias=name) for caller in [kms, *others]}) == 4


def test_regions_do_not_meet(kms):
    """The derived signature names a region; everybody else is in the default one."""
    key_id = kms.create()
    body = f'{{"key_id": "{key_id}"}}'.encode()
    assert kms.raw("describe-key", body, scope="cn-north-4/kms").status == 200
    kms.raw("describe-key", body, scope="cn-east-3/kms").is_refusal("KMS.0207")
    there = kms.raw("create-key", b'{"key_alias": "there"}', scope="cn-east-3/kms").json["key_info"]
    assert there["region_id"] == "cn-east-3"
    kms.post("describe-key", key_id=there["key_id"]).is_refusal("KMS.0207")


# Kinds and usages.

CURVES = ["EC_P256", "EC_P384", "SECP256K1"]
USAGES = ["ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT"]


def usage_refusal(spec: str, usage: str) -> str | None:
    """The code with which a kind of key is refused a usage; None if it has it."""
    if spec in ("AES_256", "SM4"):
        return {"ENCRYPT_DECRYPT": None, "SIGN_VERIFY": "KMS.1115"}.get(usage, "KMS.0308")
    if spec.startswith("HMAC_"):
        return None if usage == "GENERATE_VERIFY_MAC" else "KMS.0341"
    if usage == "SIGN_VERIFY":
        return None
    if usage == "ENCRYPT_DECRYPT":
        return "KMS.1114" if spec in [*CURVES, "ED25519"] else None
    return None if usage == "KEY_AGREEMENT" and spec in [*CURVES, "SM2"] else "KMS.0308"


def test_every_kind_has_its_usages(kms):
    made = 0
    for spec in SPECS:
        for usage in [*USAGES, "ENCAPSULATE_DECAPSULATE", "sign_verify", ""]:
            code = usage_refusal(spec, usage) if usage in USAGES else "KMS.0308"
            members = {"key_alias": alias(), "key_spec": spec, "key_usage": usage, "origin": "external"}
            if code:
                with refused(code):
                    kms.create_key(**members)
            else:
                info = kms.describe(kms.create_key(**members).key_info.key_id)
                assert (info.key_spec, info.key_usage) == (spec, usage)
                made += 1
    assert kms.list_keys(key_spec="ALL").total == made


ENCRYPTING = ["encrypt-data", "decrypt-data", "re-encrypt"]
SEALING = ["create-datakey", "create-datakey-without-plaintext", "encrypt-datakey", "decrypt-datakey",
           "create-rsa-datakey-pair", "create-ec-datakey-pair"]
USES = {
    **{verb: "ENCRYPT_DECRYPT" for verb in [*ENCRYPTING, *SEALING]},
    **{verb: "SIGN_VERIFY" for verb in ["sign", "verify"]},
    **{verb: "GENERATE_VERIFY_MAC" for verb in ["generate-mac", "verify-mac"]},
    "derive-shared-secret": "KEY_AGREEMENT",
}


def use_of(verb: str, key_id: str) -> dict:
    """A request that is in order as far as it goes without a look at the key."""
    return {
        "encrypt-data": {"key_id": key_id, "plain_text": "x"},
        "decrypt-data": {"key_id": key_id, "cipher_text": "A" * 344, "encryption_algorithm": "RSAES_OAEP_SHA_256"},
        "re-encrypt": {"destination_key_id": key_id, "cipher_text": "AAAA"},
        "encrypt-datakey": {"key_id": key_id, **BODIES["encrypt-datakey"]},
        "decrypt-datakey": {"key_id": key_id, "cipher_text": "00", "datakey_cipher_length": "1"},
        "create-rsa-datakey-pair": {"key_id": key_id, "key_spec": "RSA_2048"},
        "create-ec-datakey-pair": {"key_id": key_id, "key_spec": "SM2"},
        "sign": {"key_id": key_id, "message": "AAAA", "signing_algorithm": "ECDSA_SHA_256"},
        "verify": {"key_id": key_id, "message": "AAAA", "signature": "AAAA", "signing_algorithm": "ECDSA_SHA_256"},
        "generate-mac": {"key_id": key_id, "message": "AAAA", "mac_algorithm": "HMAC_SHA_256"},
        "verify-mac": {"key_id": key_id, "message": "AAAA", "mac_algorithm": "HMAC_SHA_256", "mac": "00"},
        "derive-shared-secret": {"key_id": key_id, "key_agreement_algorithm": "ECDH", "public_key": "AAAA"},
    }.get(verb, {"key_id": key_id})


def use_refusal(verb: str, spec: str, usage: str) -> str:
    """What a key that waits for its material says: that, or, before it, that it is for something else."""
    if usage == USES[verb]:
        return "KMS.1301"
    if spec.startswith("HMAC_"):
        return "KMS.0341"
    if spec in ("AES_256", "SM4"):
        return "KMS.0331"
    if verb in SEALING or verb.endswith("-mac"):
        return "KMS.0325"
    if verb in ENCRYPTING and spec in [*CURVES, "ED25519"]:
        return "KMS.1114"
    return {"ENCRYPT_DECRYPT": "KMS.0334", "SIGN_VERIFY": "KMS.0335", "KEY_AGREEMENT": "KMS.0325"}[usage]


def test_what_a_key_is_not_for(kms):
    for spec in SPECS:
        for usage in USAGES:
            if usage_refusal(spec, usage):
                continue
            key_id = kms.external(key_spec=spec, key_usage=usage)
            before = kms.snapshot(key_id)
            for verb in USES:
                kms.post(verb, **use_of(verb, key_id)).is_refusal(use_refusal(verb, spec, usage))
            shown = kms.post("get-publickey", key_id=key_id)
            shown.is_refusal({"AES_256": "KMS.0331", "SM4": "KMS.0331"}.get(
                spec, "KMS.0341" if spec.startswith("HMAC_") else "KMS.1301"))
            assert kms.snapshot(key_id) == before
