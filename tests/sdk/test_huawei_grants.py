"""Grants: making, listing and taking them back, and what they are worth."""

import json

import pytest
from huawei_people import Domain
from huawei_support import MISSING_KEY, alias, b64, refused

ALL = ["create-datakey", "create-datakey-without-plaintext", "encrypt-datakey", "decrypt-datakey", "describe-key",
       "create-grant", "retire-grant", "encrypt-data", "decrypt-data"]
SOMEBODY = "13gg44z4g2sglzk0egw0u726zoyzvrs8"
DATA_KEY = "00" * 32 + "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925"


@pytest.fixture
def domain(endpoint, admin, tenant_name):
    return Domain(endpoint, admin, tenant_name)


@pytest.fixture
def other(endpoint, admin, tenant_name):
    return Domain(endpoint, admin, tenant_name + "x")


def user_id(kms) -> str:
    path = "/v5/caller-identity"
    return kms.send("GET", path, headers=kms.signed("GET", path)).json["principal_id"]


def domain_id(kms) -> str:
    path = "/v5/caller-identity"
    return kms.send("GET", path, headers=kms.signed("GET", path)).json["account_id"]


def give(kms, key_id, grantee, *operations, **members) -> str:
    return kms.create_grant(key_id=key_id, grantee_principal=grantee, operations=list(operations), **members).grant_id


def grants(kms, key_id) -> list:
    return [grant.to_dict() for grant in kms.list_grants(key_id=key_id).grants]


# Making, listing, taking back.

def test_a_grant_is_made_listed_and_revoked(domain, clock):
    kms = domain.root
    clock.freeze("huawei", kms.account, 1_900_000_000)
    key_id, wrong = kms.create(), kms.create()
    plain = give(kms, key_id, SOMEBODY, "describe-key", "encrypt-data")
    assert len(plain) == 64 and plain == plain.lower()
    clock.advance("huawei", kms.account, 1)
    whole = give(kms, key_id, SOMEBODY, *ALL, name="a:/_-1", retiring_principal="f" * 32, grantee_principal_type="domain")
    first, second = kms.post("list-grants", key_id=key_id).json["grants"]
    assert first == {
        "key_id": key_id, "grant_id": plain, "grantee_principal": SOMEBODY, "grantee_principal_type": "user",
        "operations": ["describe-key", "encrypt-data"], "issuing_principal": user_id(kms),
        "creation_date": "1900000000000", "name": "", "retiring_principal": "",
    }
    assert second == {
        "key_id": key_id, "grant_id": whole, "grantee_principal": SOMEBODY, "grantee_principal_type": "domain",
        "operations": ALL, "issuing_principal": user_id(kms), "creation_date": "1900000001000", "name": "a:/_-1",
        "retiring_principal": "f" * 32,
    }
    # An equal one is another one.
    again = give(kms, key_id, SOMEBODY, *ALL, name="a:/_-1", retiring_principal="f" * 32, grantee_principal_type="domain")
    assert again != whole and len(grants(kms, key_id)) == 3
    with refused("KMS.2502"):
        kms.cancel_grant(key_id=wrong, grant_id=plain)
    with refused("KMS.2501"):
        kms.cancel_grant(key_id=key_id, grant_id="0" * 64)
    for verb in ("revoke-grant", "retire-grant"):
        kms.post(verb, key_id=MISSING_KEY, grant_id=plain).is_refusal("KMS.0207")
        kms.post(verb, key_id=key_id, grant_id="x").is_refusal("KMS.2501")
        kms.post(verb, key_id=key_id).is_refusal("KMS.0204")
        kms.post(verb, key_id=wrong, grant_id=plain).is_refusal("KMS.2502")
        kms.post(verb, key_id=key_id, grant_id="0" * 64).is_refusal("KMS.2501")
    assert len(grants(kms, key_id)) == 3
    answer = kms.post("revoke-grant", key_id=key_id, grant_id=plain.upper())
    assert (answer.status, answer.json) == (200, {})
    answer = kms.post("retire-grant", key_id=key_id, grant_id=whole)
    assert (answer.status, answer.json) == (200, {})
    assert [grant["grant_id"] for grant in grants(kms, key_id)] == [again]
    kms.post("revoke-grant", key_id=key_id, grant_id=plain).is_refusal("KMS.2501")


@pytest.mark.parametrize("change, code", [
    ({"operations": ["create-grant"]}, "KMS.2401"),
    ({"operations": ["create-grant", "create-grant"]}, "KMS.2401"),
    ({"operations": []}, "KMS.0308"),
    ({"operations": ["sign"]}, "KMS.0308"),
    ({"operations": ["describe-key"] * 10}, "KMS.0308"),
    ({"operations": "describe-key"}, "KMS.0214"),
    ({"operations": [5]}, "KMS.0214"),
    ({"operations": None}, "KMS.0204"),
    ({"grantee_principal": "a"}, "KMS.2402"),
    ({"grantee_principal": "a-b"}, "KMS.2402"),
    ({"grantee_principal": "a" * 65}, "KMS.2402"),
    ({"grantee_principal": None}, "KMS.0204"),
    ({"retiring_principal": "a"}, "KMS.2402"),
    ({"retiring_principal": "?"}, "KMS.2402"),
    ({"name": "a b"}, "KMS.0308"),
    ({"grantee_principal_type": "role"}, "KMS.0308"),
    ({"key_id": "x"}, "KMS.0205"),
    ({"key_id": MISSING_KEY}, "KMS.0207"),
    ({"sequence": "x"}, "KMS.0206"),
])
def test_what_makes_no_grant(domain, change, code):
    key_id = domain.root.create()
    members = {"key_id": key_id, "grantee_principal": SOMEBODY, "operations": ["describe-key"], **change}
    domain.root.post("create-grant", **members).is_refusal(code)
    assert grants(domain.root, key_id) == []


def test_a_key_has_a_hundred_grants_and_pages_of_them(domain):
    kms = domain.root
    key_id = kms.create()
    made = [kms.post("create-grant", key_id=key_id, grantee_principal=SOMEBODY, operations=["describe-key"]).json["grant_id"]
            for _ in range(100)]
    with refused("KMS.2404"):
        give(kms, key_id, SOMEBODY, "describe-key")
    page = kms.post("list-grants", key_id=key_id).json
    assert {grant["grant_id"] for grant in page["grants"]} == set(made)
    assert (page["next_marker"], page["truncated"], page["total"]) == ("", "false", 100)
    found, marker = [], "0"
    while marker:
        page = kms.list_grants(key_id=key_id, limit="40", marker=marker)
        found += [grant.grant_id for grant in page.grants]
        assert page.total == 100 and page.truncated == ("true" if page.next_marker else "false")
        marker = page.next_marker
    assert sorted(found) == sorted(made)
    for verb, more in (("list-grants", {"key_id": key_id}), ("list-retirable-grants", {})):
        for limit in ("0", "101", "x"):
            kms.post(verb, limit=limit, **more).is_refusal("KMS.1601")
        for marker in ("-1", "x"):
            kms.post(verb, marker=marker, **more).is_refusal("KMS.1602")
    kms.cancel_grant(key_id=key_id, grant_id=made[0])
    give(kms, key_id, SOMEBODY, "describe-key")


def test_grants_in_every_state_of_their_key(domain):
    kms = domain.root
    for state, code in {"3": "KMS.0209", "4": "KMS.0210", "5": "KMS.1301"}.items():
        key_id = kms.external() if state == "5" else kms.create()
        if state != "5":
            first, second = (give(kms, key_id, SOMEBODY, "describe-key") for _ in range(2))
        if state == "3":
            kms.disable_key(key_id=key_id)
        elif state == "4":
            kms.delete_key(key_id=key_id, pending_days="7")
        with refused(code):
            give(kms, key_id, SOMEBODY, "describe-key")
        assert len(grants(kms, key_id)) == (0 if state == "5" else 2)
        if state != "5":
            kms.cancel_grant(key_id=key_id, grant_id=first)
            kms.cancel_self_grant(key_id=key_id, grant_id=second)
            assert grants(kms, key_id) == []


# What grants are worth.

def calls(key_id, cipher_text, sealed) -> dict:
    """A request of each call that grants can allow but those about grants."""
    return {
        "create-datakey": {"key_id": key_id, "datakey_length": "256"},
        "create-datakey-without-plaintext": {"key_id": key_id, "datakey_length": "256"},
        "encrypt-datakey": {"key_id": key_id, "plain_text": DATA_KEY, "datakey_plain_length": "32"},
        "decrypt-datakey": {"key_id": key_id, "cipher_text": sealed, "datakey_cipher_length": "32"},
        "describe-key": {"key_id": key_id},
        "encrypt-data": {"key_id": key_id, "plain_text": "x"},
        "decrypt-data": {"cipher_text": cipher_text},
    }


def key_of(kms):
    """A key, and a request of each call that uses it."""
    key_id = kms.create()
    cipher_text = kms.encrypt_data(key_id=key_id, plain_text="attack at dawn").cipher_text
    sealed = kms.create_datakey(key_id=key_id, datakey_length="256").cipher_text
    return key_id, calls(key_id, cipher_text, sealed)


def hold(grantee, root, grantee_id, before, **members):
    """Each call is refused before, by `before`, and allowed by a grant of it, and no other one is."""
    key_id, requests = key_of(root)
    for verb, body in requests.items():
        grantee.post(verb, **body).is_refusal(before)
    for verb, body in requests.items():
        grant_id = give(root, key_id, grantee_id, verb, **members)
        for other_verb, other_body in requests.items():
            answer = grantee.post(other_verb, **other_body)
            if verb == other_verb:
                assert answer.status == 200, answer.body
                # Not every answer names the key.
                assert answer.json.get("key_info", answer.json).get("key_id", key_id) == key_id
            else:
                answer.is_refusal("KMS.0306")
        grantee.post("disable-key", key_id=key_id).is_refusal("KMS.0306")
        grantee.post("list-grants", key_id=key_id).is_refusal("KMS.0306")
        grantee.post("revoke-grant", key_id=key_id, grant_id=grant_id).is_refusal("KMS.0306")
        root.cancel_grant(key_id=key_id, grant_id=grant_id)
    for verb, body in requests.items():
        grantee.post(verb, **body).is_refusal(before)
    assert root.state(key_id) == "2"


def test_a_user_without_rights_has_what_grants_say(domain):
    user = domain.user()
    hold(user, domain.root, user.user_id, "KMS.0307")


def test_another_domain_has_what_grants_say(domain, other):
    hold(other.root, domain.root, user_id(other.root), "KMS.0207")


def test_a_domain_as_grantee(domain, other):
    hold(other.root, domain.root, domain_id(other.root), "KMS.0207", grantee_principal_type="domain")
    # Of its users those whose own rights allow it.
    key_id, requests = key_of(domain.root)
    able, unable = other.user("kms:cmk:get"), other.user("kms:cmk:list")
    give(domain.root, key_id, domain_id(other.root), "describe-key", grantee_principal_type="domain")
    assert able.describe(key_id).domain_id == domain_id(domain.root)
    with refused("KMS.0307"):
        unable.describe(key_id)
    # A user's id is no domain's.
    give(domain.root, key_id, unable.user_id, "describe-key", grantee_principal_type="domain")
    with refused("KMS.0307"):
        unable.describe(key_id)


def test_another_project_of_the_same_domain(domain):
    user = domain.user("*")
    elsewhere = domain.person({"access": user.access_id, "secret": user.secret}, project="ab" * 16)
    hold(elsewhere, domain.root, user.user_id, "KMS.0207")


def test_sdks_use_keys_of_other_projects(domain, other):
    kms, grantee = domain.root, other.root
    key_id = kms.create()
    give(kms, key_id, user_id(grantee), "encrypt-data", "decrypt-data", "create-datakey", "decrypt-datakey")
    cipher_text = grantee.encrypt_data(key_id=key_id, plain_text="x").cipher_text
    assert grantee.decrypt_data(cipher_text=cipher_text).plain_text == "x"
    assert kms.decrypt_data(cipher_text=cipher_text).plain_text == "x"
    made = grantee.create_datakey(key_id=key_id, datakey_length="256")
    opened = kms.decrypt_datakey(key_id=key_id, cipher_text=made.cipher_text, datakey_cipher_length="32")
    assert opened.data_key == made.plain_text
    # States and faults of the key are told as they are.
    kms.disable_key(key_id=key_id)
    with refused("KMS.0209"):
        grantee.encrypt_data(key_id=key_id, plain_text="x")
    kms.delete_key(key_id=key_id, pending_days="7")
    with refused("KMS.0210"):
        grantee.decrypt_data(cipher_text=cipher_text)
    assert grantee.list_keys().total == 0
    # Not in another region.
    grantee.raw("encrypt-data", json.dumps({"key_id": key_id, "plain_text": "x"}).encode(),
                scope="cn-east-3/kms").is_refusal("KMS.0207")


def test_grants_end_with_their_key(domain, other, clock):
    kms, grantee = domain.root, other.root
    key_id = kms.create()
    give(kms, key_id, user_id(grantee), "describe-key", retiring_principal=user_id(grantee))
    assert grantee.list_retirable_grants().total == 1
    kms.delete_key(key_id=key_id, pending_days="7")
    grantee.describe(key_id)
    clock.advance("huawei", kms.account, 7 * 86400 + 1)
    with refused("KMS.0207"):
        grantee.describe(key_id)
    assert grantee.list_retirable_grants().total == 0


def test_tokens_and_temporary_credentials_have_their_users_grants(domain):
    user = domain.user()
    key_id = domain.root.create()
    give(domain.root, key_id, user.user_id, "describe-key")
    temporary = domain.person(domain.admin(f"users/{user.user}/sessions", "POST"))
    assert temporary.describe(key_id).key_id == key_id


# Grants by grantees.

def test_a_grantee_passes_on_no_more_than_they_have(domain, other):
    kms, user = domain.root, domain.user()
    key_id = kms.create()
    give(kms, key_id, user.user_id, "describe-key")
    with refused("KMS.0306"):
        give(user, key_id, SOMEBODY, "describe-key")
    for grantee, grantee_id in ((user, user.user_id), (other.root, user_id(other.root))):
        give(kms, key_id, grantee_id, "create-grant", "encrypt-data", "retire-grant")
        before = len(grants(kms, key_id))
        with refused("KMS.0306"):
            give(grantee, key_id, SOMEBODY, "encrypt-data", "decrypt-data")
        # By one grant, not by several together.
        with refused("KMS.0306"):
            give(grantee, key_id, SOMEBODY, "encrypt-data", "describe-key")
        grantee.post("create-grant", key_id=key_id, grantee_principal=SOMEBODY,
                     operations=["create-grant"]).is_refusal("KMS.2401")
        assert len(grants(kms, key_id)) == before
        grant_id = give(grantee, key_id, SOMEBODY, "encrypt-data", "create-grant")
        [made] = [grant for grant in grants(kms, key_id) if grant["grant_id"] == grant_id]
        assert made["issuing_principal"] == grantee_id
        # Who has made it may give it up.
        grantee.cancel_self_grant(key_id=key_id, grant_id=grant_id)
        assert len(grants(kms, key_id)) == before


# Giving up.

def test_who_may_retire_a_grant(domain, other):
    kms = domain.root
    key_id, another = kms.create(), kms.create()
    maker, grantee, stranger = domain.user("kms:grant:create"), domain.user(), domain.user("kms:grant:*")
    retiring = other.user()

    def made(*operations):
        return give(maker, key_id, grantee.user_id, *operations, retiring_principal=retiring.user_id)

    grant_id = made("describe-key")
    for nobody, code in ((stranger, "KMS.0306"), (grantee, "KMS.0306"), (other.root, "KMS.0207"),
                         (other.user(), "KMS.0307")):
        nobody.post("retire-grant", key_id=key_id, grant_id=grant_id).is_refusal(code)
    assert [grant["grant_id"] for grant in grants(kms, key_id)] == [grant_id]
    maker.cancel_self_grant(key_id=key_id, grant_id=grant_id)
    retiring.cancel_self_grant(key_id=key_id, grant_id=made("describe-key"))
    grantee.cancel_self_grant(key_id=key_id, grant_id=made("describe-key", "retire-grant"))
    kms.cancel_self_grant(key_id=key_id, grant_id=made("describe-key"))
    assert grants(kms, key_id) == []
    # A grant of another key.
    grant_id = made("describe-key", "retire-grant")
    kms.post("retire-grant", key_id=another, grant_id=grant_id).is_refusal("KMS.2502")
    stranger.post("retire-grant", key_id=another, grant_id=grant_id).is_refusal("KMS.2502")
    grantee.post("retire-grant", key_id=another, grant_id=grant_id).is_refusal("KMS.0307")
    # Taking back is the owner's.
    for nobody, code in ((grantee, "KMS.0306"), (maker, "KMS.0307"), (retiring, "KMS.0307")):
        nobody.post("revoke-grant", key_id=key_id, grant_id=grant_id).is_refusal(code)
    stranger.cancel_grant(key_id=key_id, grant_id=grant_id)


def test_the_grants_that_one_may_retire(domain, other):
    kms, retiring = domain.root, other.root
    keys = [kms.create() for _ in range(2)]
    made = [give(kms, key_id, SOMEBODY, "describe-key", retiring_principal=user_id(retiring), name=f"n{number}")
            for key_id in keys for number in range(3)]
    give(kms, keys[0], user_id(retiring), "retire-grant")
    page = retiring.list_retirable_grants()
    assert (page.total, page.truncated, page.next_marker) == (6, "false", "")
    assert sorted(grant.grant_id for grant in page.grants) == sorted(made)
    assert {grant.issuing_principal for grant in page.grants} == {user_id(kms)}
    first = retiring.list_retirable_grants(limit="4")
    second = retiring.list_retirable_grants(limit="4", marker=first.next_marker)
    assert (len(first.grants), first.truncated, second.truncated) == (4, "true", "false")
    assert sorted(grant.grant_id for grant in first.grants + second.grants) == sorted(made)
    retiring.cancel_self_grant(key_id=keys[0], grant_id=made[0])
    assert retiring.list_retirable_grants().total == 5
    assert kms.list_retirable_grants().total == 0


def test_a_ciphertext_names_its_own_key_only(domain, other):
    """Who may decrypt with one key of a project does not get at another by naming it beside the first one's ciphertext."""
    kms, grantee = domain.root, other.root
    given, kept = kms.create(), kms.create(key_spec="RSA_2048", key_usage="ENCRYPT_DECRYPT")
    give(kms, given, user_id(grantee), "decrypt-data")
    sealed = kms.encrypt_data(key_id=given, plain_text="x").cipher_text
    assert grantee.decrypt_data(cipher_text=sealed).plain_text == "x"
    for algorithm in ("RSAES_OAEP_SHA_256", "SM2_ENCRYPT"):
        with refused("KMS.0207"):
            grantee.decrypt_data(cipher_text=sealed, key_id=kept, encryption_algorithm=algorithm)
    with refused("KMS.2201"):
        grantee.decrypt_data(cipher_text=sealed, key_id=kept)


def test_the_private_half_of_a_pair_opens_for_a_grantee(domain, other):
    kms, grantee = domain.root, other.root
    key_id = kms.create()
    give(kms, key_id, user_id(grantee), "decrypt-data")
    pair = kms.create_ec_datakey_pair(key_id=key_id, key_spec="ECC_NIST_P256")
    opened = grantee.decrypt_data(cipher_text=pair.private_key_cipher_text)
    assert opened.plain_text_base64 == pair.private_key_plain_text
