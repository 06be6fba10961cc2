"""The trusted keyspace: access points, key policies, capsules; the PIN that is not made."""

import json
import time
import uuid

import huaweicloudsdkkms.v2 as models
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from huawei_support import DAY, MISSING_KEY, UUID, Kms, b64, kms, refused, unb64  # noqa: F401

DATE = "%Y-%m-%dT%H:%M:%SZ"
CUSTOM = 3


def keyspace() -> str:
    return str(uuid.uuid4())


def date(at: float) -> str:
    return time.strftime(DATE, time.gmtime(at))


def soon() -> str:
    return date(time.time() + 600)


def policy_text(*access_points: str, **members) -> str:
    return json.dumps({"version": "1.0", "allowed_access_point": list(access_points), **members})


def update_policy(kms: Kms, policy_id: str, **members):
    body = models.UpdateKeyPolicyRequestBody(**members)
    return kms.sdk.update_key_policy(models.UpdateKeyPolicyRequest(policy_id=policy_id, body=body))


def spki(key) -> str:
    public_key = key.public_key()
    return b64(public_key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo))


def opened(key, wrapped: str) -> bytes:
    return key.decrypt(unb64(wrapped), padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None))


@pytest.fixture(scope="module")
def recipient():
    """A client's own RSA key, under which data keys come back."""
    return rsa.generate_private_key(65537, 2048)


class Point:
    """A custom access point, with the private key that it signs with."""

    def __init__(self, kms: Kms, keyspace_id: str, name: str = "point"):
        made = kms.create_access_point(keyspace_id=keyspace_id, access_point_name=name, type=CUSTOM)
        self.id = made.access_point_id
        private_key = kms.download_access_point_private_key(access_point_id=self.id).private_key
        self.key = serialization.load_der_private_key(unb64(private_key), None)

    def document(self, key_id: str, capsule: str, public_key: str = "", expire_time: str | None = None) -> dict:
        """The document by which it proves itself for one request."""
        expire_time = expire_time or soon()
        statement = "\n".join([key_id, capsule, public_key, expire_time]).encode()
        signature = self.key.sign(statement, padding.PKCS1v15(), hashes.SHA256())
        return {"custom_signature": b64(signature), "custom_public_key": spki(self.key), "expire_time": expire_time}

    def decrypt(self, kms: Kms, key_id: str, capsule: str, public_key: str | None = None):
        return kms.decrypt_datakey_capsule(
            key_id=key_id, datakey_capsule=capsule, public_key=public_key,
            attestation_document=self.document(key_id, capsule, public_key or ""),
        )


def points(kms: Kms, keyspace_id: str) -> list:
    return kms.list_access_point(keyspace_id=keyspace_id).access_points


def policies(kms: Kms, keyspace_id: str) -> list:
    return kms.list_key_policy(keyspace_id=keyspace_id).keyspace_policies


# Access points.

def test_access_points_of_each_type(kms, clock):
    space = keyspace()
    clock.freeze("huawei", kms.account, 1_800_000_000)
    made = {
        1: kms.create_access_point(keyspace_id=space.upper(), access_point_name="server", type=1, identity="ecs-1"),
        2: kms.create_access_point(
            keyspace_id=space, access_point_name="cluster", type=2, identity="key", cluster_id="c"),
        3: kms.create_access_point(keyspace_id=space, access_point_name="custom", type=3, description="d" * 255),
    }
    page = kms.list_access_point(keyspace_id=space)
    assert (page.page_info.next_marker, page.page_info.current_count) == ("", 3)
    shown = {point.type: point for point in page.access_points}
    for kind, name in [(1, "server"), (2, "cluster"), (3, "custom")]:
        point = shown[kind]
        assert UUID.fullmatch(point.access_point_id) and point.access_point_id == made[kind].access_point_id
        assert (point.keyspace_id, point.access_point_name, point.state) == (space, name, 1)
        assert (point.create_time, point.lsat_modify_time) == ("2027-01-15T08:00:00Z",) * 2
        assert point.created_by
    private_key = kms.download_access_point_private_key(access_point_id=made[3].access_point_id)
    assert private_key.access_point_id == made[3].access_point_id
    assert serialization.load_der_private_key(unb64(private_key.private_key), None).key_size == 2048
    again = kms.download_access_point_private_key(access_point_id=made[3].access_point_id.upper())
    assert again.private_key == private_key.private_key
    for kind in (1, 2):
        with refused("KMS.0308", "access_point_id"):
            kms.download_access_point_private_key(access_point_id=made[kind].access_point_id)
    # As they are on the wire.
    path = f"/v1.0/{kms.project}/kms/access-points?keyspace_id={space}"
    answer = kms.send("GET", path, headers=kms.signed("GET", path))
    assert answer.status == 200
    assert list(answer.json["access_points"][0]) == [
        "access_point_id", "keyspace_id", "access_point_name", "state", "type", "created_by", "create_time",
        "lsat_modify_time",
    ]


@pytest.mark.parametrize("members, code, text", [
    ({"keyspace_id": None}, "KMS.0204", None),
    ({"access_point_name": None}, "KMS.0204", None),
    ({"type": None}, "KMS.0204", None),
    ({"keyspace_id": "x"}, "KMS.0308", "keyspace_id"),
    ({"access_point_name": ""}, "KMS.0308", "access_point_name"),
    ({"access_point_name": "n" * 256}, "KMS.0308", "access_point_name"),
    ({"access_point_name": "a b"}, "KMS.0308", "access_point_name"),
    ({"type": 0}, "KMS.0308", "type"),
    ({"type": 4}, "KMS.0308", "type"),
    ({"description": ""}, "KMS.0308", "description"),
    ({"description": "d" * 256}, "KMS.0308", "description"),
    ({"identity": "i" * 4097}, "KMS.0308", "identity"),
    ({"identity": 5}, "KMS.0214", None),
    ({"type": 1}, "KMS.0204", None),
    ({"type": 1, "identity": ""}, "KMS.0308", "identity"),
    ({"type": 2, "identity": "key", "cluster_id": ""}, "KMS.0308", "cluster_id"),
    ({"type": 2, "identity": "key"}, "KMS.0204", None),
    ({"type": 2, "cluster_id": "c"}, "KMS.0204", None),
])
def test_access_points_that_are_none(kms, members, code, text):
    space = keyspace()
    body = {"keyspace_id": space, "access_point_name": "a", "type": CUSTOM, **members}
    body = {name: value for name, value in body.items() if value is not None}
    refusal = kms.post("access-points", **body).is_refusal(code)
    assert text is None or text in refusal["error_msg"]
    assert points(kms, space) == []


def test_names_are_unique_in_a_keyspace(kms):
    space, other = keyspace(), keyspace()
    kms.create_access_point(keyspace_id=space, access_point_name="a", type=1, identity="i")
    with refused("KMS.0308", "access_point_name"):
        kms.create_access_point(keyspace_id=space.upper(), access_point_name="a", type=1, identity="j")
    kms.create_access_point(keyspace_id=other, access_point_name="a", type=1, identity="i")
    kms.create_key_policy(keyspace_id=space, policy_name="a", policy="{}")
    with refused("KMS.0308", "policy_name"):
        kms.create_key_policy(keyspace_id=space, policy_name="a", policy="{}")
    assert (len(points(kms, space)), len(policies(kms, space))) == (1, 1)


def test_access_points_are_switched_and_removed(kms, clock):
    space = keyspace()
    clock.freeze("huawei", kms.account, 1_800_000_000)
    made = kms.create_access_point(keyspace_id=space, access_point_name="a", type=CUSTOM)
    clock.advance("huawei", kms.account, 60)
    path = f"/v1.0/{kms.project}/kms/access-points/{made.access_point_id}/disable"
    answer = kms.send("POST", path, headers=kms.signed("POST", path))
    assert (answer.status, answer.json) == (200, {})
    point, = points(kms, space)
    assert (point.state, point.create_time) == (0, "2027-01-15T08:00:00Z")
    assert point.lsat_modify_time == "2027-01-15T08:01:00Z"
    kms.disable_access_point(access_point_id=made.access_point_id)
    clock.advance("huawei", kms.account, 60)
    kms.enable_access_point(access_point_id=made.access_point_id.upper())
    point, = points(kms, space)
    assert (point.state, point.lsat_modify_time) == (1, "2027-01-15T08:02:00Z")
    path = f"/v1.0/{kms.project}/kms/access-points/{made.access_point_id}"
    answer = kms.send("DELETE", path, headers=kms.signed("DELETE", path))
    assert (answer.status, answer.json) == (200, {})
    assert points(kms, space) == []
    for call in (kms.enable_access_point, kms.disable_access_point, kms.delete_access_point,
                 kms.download_access_point_private_key):
        with refused("KMS.0308", "access_point_id"):
            call(access_point_id=made.access_point_id)
        with refused("KMS.0308", "access_point_id"):
            call(access_point_id="x")


def test_nobody_else_sees_them(kms, endpoint):
    space = keyspace()
    point = Point(kms, space)
    policy = kms.create_key_policy(keyspace_id=space, policy_name="p", policy=policy_text(point.id)).policy_id
    other = Kms(endpoint, f"{kms.name}x", kms.project)
    assert points(other, space) == policies(other, space) == []
    for call in (other.enable_access_point, other.disable_access_point, other.delete_access_point,
                 other.download_access_point_private_key):
        with refused("KMS.0308", "access_point_id"):
            call(access_point_id=point.id)
    for call in (other.show_key_policy, other.delete_key_policy):
        with refused("KMS.0308", "policy_id"):
            call(policy_id=policy)
    with refused("KMS.0308", "policy_id"):
        update_policy(other, policy, policy="{}")
    with refused("KMS.0308", "policy_id"):
        other.create_datakey_capsule(key_id=other.create(), datakey_length="256", policy_id=policy)
    assert (len(points(kms, space)), len(policies(kms, space))) == (1, 1)


def test_pages(kms):
    space = keyspace()
    for number in range(3):
        kms.create_access_point(keyspace_id=space, access_point_name=f"a{number}", type=1, identity="i")
        kms.create_key_policy(keyspace_id=space, policy_name=f"p{number}", policy="{}")
    for call, entries, name in [(kms.list_access_point, "access_points", "access_point_id"),
                                (kms.list_key_policy, "keyspace_policies", "policy_id")]:
        ids = lambda page: [getattr(entry, name) for entry in getattr(page, entries)]  # noqa: E731
        everything = ids(call(keyspace_id=space))
        assert everything == sorted(everything) and len(everything) == 3
        first = call(keyspace_id=space, limit="2")
        assert (ids(first), first.page_info.current_count) == (everything[:2], 2)
        assert first.page_info.next_marker == everything[1]
        rest = call(keyspace_id=space, limit="2", marker=first.page_info.next_marker)
        assert (ids(rest), rest.page_info.next_marker, rest.page_info.current_count) == (everything[2:], "", 1)
        whole = call(keyspace_id=space, limit="3")
        assert (ids(whole), whole.page_info.next_marker) == (everything, "")
        assert ids(call(keyspace_id=keyspace())) == []
        with refused("KMS.0204"):
            call(limit="2")
        with refused("KMS.0308", "keyspace_id"):
            call(keyspace_id="x")
        for limit in ("0", "101", "many"):
            with refused("KMS.1601"):
                call(keyspace_id=space, limit=limit)
        with refused("KMS.1602"):
            call(keyspace_id=space, marker="0")


# Key policies.

def test_a_key_policy_in_its_spellings(kms, clock):
    space, point = keyspace(), str(uuid.uuid4())
    clock.freeze("huawei", kms.account, 1_800_000_000)
    period = {"start_time": "2027-01-01T00:00:00Z", "end_time": "2028-01-01T00:00:00Z"}
    text = policy_text(point.upper(), validity_period=period, allowed_data_security_zone=["z"])
    policy_id = kms.create_key_policy(keyspace_id=space, policy_name="p", policy=text, description="d").policy_id
    assert UUID.fullmatch(policy_id)
    listed, = policies(kms, space)
    shown = kms.show_key_policy(policy_id=policy_id.upper())
    for policy in (listed, shown):
        assert (policy.policy_id, policy.policy_name, policy.keyspace_id) == (policy_id, "p", space)
        assert (policy.description, policy.last_access_time) == ("d", "")
        assert (policy.create_time, policy.last_modify_time) == ("2027-01-15T08:00:00Z",) * 2
        assert policy.created_by
        assert policy.policy.to_dict() == {
            "version": "1.0", "validity_period": period, "allowed_access_point": [point],
            "allowed_data_security_zone": ["z"],
        }
    # As they are on the wire.
    for tail, spelling in [(f"?keyspace_id={space}", ["version", "validityPeriod", "allowedAccessPoint"]),
                           (f"/{policy_id}", ["version", "validity_period", "allowed_access_point"])]:
        path = f"/v1.0/{kms.project}/kms/key-policies{tail}"
        answer = kms.send("GET", path, headers=kms.signed("GET", path)).json
        policy = answer["keyspace_policies"][0] if "keyspace_policies" in answer else answer
        assert list(policy["policy"]) == [*spelling, "allowed_data_security_zone"]


def test_a_key_policy_is_changed_and_removed(kms, clock):
    space, point = keyspace(), str(uuid.uuid4())
    clock.freeze("huawei", kms.account, 1_800_000_000)
    policy_id = kms.create_key_policy(keyspace_id=space, policy_name="p", policy="{}", description="d").policy_id
    clock.advance("huawei", kms.account, 60)
    changed = update_policy(kms, policy_id, policy=policy_text(point))
    assert (changed.policy_id, changed.description) == (policy_id, "d")
    assert changed.last_modify_time == "2027-01-15T08:01:00Z"
    assert changed.policy.allowed_access_point == [point]
    assert update_policy(kms, policy_id.upper(), policy="{}", description="").description == ""
    shown = kms.show_key_policy(policy_id=policy_id)
    assert (shown.create_time, shown.description) == ("2027-01-15T08:00:00Z", "")
    assert shown.policy.to_dict() == {name: None for name in shown.policy.to_dict()}
    for body, code in [({}, "KMS.0204"), ({"policy": "[]"}, "KMS.0308"), ({"policy": {}}, "KMS.0214"),
                       ({"policy": "{}", "description": "d" * 256}, "KMS.0308")]:
        path, data = f"/v1.0/{kms.project}/kms/key-policies/{policy_id}", json.dumps(body).encode()
        kms.send("PUT", path, data, kms.signed("PUT", path, data)).is_refusal(code)
    assert kms.show_key_policy(policy_id=policy_id).to_dict() == shown.to_dict()
    path = f"/v1.0/{kms.project}/kms/key-policies/{policy_id}"
    answer = kms.send("DELETE", path, headers=kms.signed("DELETE", path))
    assert (answer.status, answer.json) == (200, {})
    assert policies(kms, space) == []
    for gone in (policy_id, "x"):
        with refused("KMS.0308", "policy_id"):
            kms.show_key_policy(policy_id=gone)
        with refused("KMS.0308", "policy_id"):
            update_policy(kms, gone, policy="{}")
        with refused("KMS.0308", "policy_id"):
            kms.delete_key_policy(policy_id=gone)


@pytest.mark.parametrize("members, code, text", [
    ({"keyspace_id": None}, "KMS.0204", None),
    ({"policy_name": None}, "KMS.0204", None),
    ({"policy": None}, "KMS.0204", None),
    ({"keyspace_id": "x"}, "KMS.0308", "keyspace_id"),
    ({"policy_name": "a b"}, "KMS.0308", "policy_name"),
    ({"description": "d" * 256}, "KMS.0308", "description"),
    ({"policy": {}}, "KMS.0214", None),
    ({"policy": ""}, "KMS.0308", "policy"),
    ({"policy": "[]"}, "KMS.0308", "policy"),
    ({"policy": "{" * 8000}, "KMS.0308", "policy"),
    ({"policy": '{"version": 1}'}, "KMS.0308", "policy"),
    ({"policy": '{"allowed_access_points": []}'}, "KMS.0308", "policy"),
    ({"policy": '{"allowed_access_point": ["x"]}'}, "KMS.0308", "policy"),
    ({"policy": '{"validity_period": {"start_time": "soon"}}'}, "KMS.0308", "policy"),
    ({"policy": " " * 8193}, "KMS.0308", "policy"),
])
def test_key_policies_that_are_none(kms, members, code, text):
    space = keyspace()
    body = {"keyspace_id": space, "policy_name": "p", "policy": "{}", **members}
    body = {name: value for name, value in body.items() if value is not None}
    refusal = kms.post("key-policies", **body).is_refusal(code)
    assert text is None or text in refusal["error_msg"]
    assert policies(kms, space) == []


# Capsules.

@pytest.mark.parametrize("length", ["128", "256"])
def test_a_capsule_opens_for_whom_its_policy_lets_in(kms, recipient, clock, length):
    clock.freeze("huawei", kms.account, 1_800_000_000)
    space, key_id = keyspace(), kms.create()
    point = Point(kms, space)
    policy = kms.create_key_policy(keyspace_id=space, policy_name="p", policy=policy_text(point.id)).policy_id
    for rule in ({"policy_id": policy.upper()}, {"key_policy": policy_text(point.id)}):
        made = kms.create_datakey_capsule(key_id=key_id.upper(), datakey_length=length, **rule)
        assert (made.key_id, len(unb64(made.datakey)), made.datakey_cipher) == (key_id, int(length) // 8, None)
        decrypted = point.decrypt(kms, key_id, made.datakey_capsule)
        assert (decrypted.key_id, decrypted.instance_id) == (key_id, point.id)
        assert (decrypted.datakey, decrypted.datakey_cipher) == (made.datakey, None)
        # Under the client's own key, both ways, in both forms of it.
        pem = recipient.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
        for public_key in (spki(recipient), pem):
            wrapped = kms.create_datakey_capsule(key_id=key_id, datakey_length=length, public_key=public_key, **rule)
            assert wrapped.datakey is None
            data_key = opened(recipient, wrapped.datakey_cipher)
            assert b64(data_key) == point.decrypt(kms, key_id, wrapped.datakey_capsule).datakey
            again = point.decrypt(kms, key_id, wrapped.datakey_capsule, public_key)
            assert again.datakey is None and opened(recipient, again.datakey_cipher) == data_key
    assert kms.show_key_policy(policy_id=policy).last_access_time == "2027-01-15T08:00:00Z"


def test_capsules_that_are_not_made(kms):
    key_id, signing, rsa_key = kms.create(), kms.create(key_spec="EC_P256"), kms.create(
        key_spec="RSA_2048", key_usage="ENCRYPT_DECRYPT")
    small = spki(rsa.generate_private_key(65537, 1024))
    good = {"key_id": key_id, "datakey_length": "256", "key_policy": "{}"}
    for members, code, text in [
        ({"key_id": None}, "KMS.0204", None),
        ({"datakey_length": None}, "KMS.0204", None),
        ({"key_policy": None}, "KMS.0204", None),
        ({"key_id": "x"}, "KMS.0205", None),
        ({"key_id": MISSING_KEY}, "KMS.0207", None),
        ({"key_id": signing}, "KMS.0325", None),
        ({"key_id": rsa_key}, "KMS.0325", None),
        ({"datakey_length": "192"}, "KMS.1901", None),
        ({"datakey_length": "64"}, "KMS.1901", None),
        ({"datakey_length": "many"}, "KMS.1901", None),
        ({"key_policy": "[]"}, "KMS.0308", "key_policy"),
        ({"policy_id": str(uuid.uuid4())}, "KMS.0308", "key_policy"),
        ({"policy_id": str(uuid.uuid4()), "key_policy": None}, "KMS.0308", "policy_id"),
        ({"policy_id": "x", "key_policy": None}, "KMS.0308", "policy_id"),
        ({"public_key": "x"}, "KMS.0308", "public_key"),
        ({"public_key": b64(b"no key")}, "KMS.0308", "public_key"),
        ({"public_key": small}, "KMS.0308", "public_key"),
        ({"public_key": ""}, "KMS.0308", "public_key"),
    ]:
        body = {name: value for name, value in {**good, **members}.items() if value is not None}
        refusal = kms.post("datakey-capsule/create", **body).is_refusal(code)
        assert text is None or text in refusal["error_msg"], (members, refusal)
    for state, code in [("3", "KMS.0209"), ("4", "KMS.0210"), ("5", "KMS.1301")]:
        with refused(code):
            kms.create_datakey_capsule(**{**good, "key_id": kms.in_state(state)})


def test_documents_that_prove_nothing(kms, recipient):
    space, key_id = keyspace(), kms.create()
    point, other = Point(kms, space), Point(kms, space, "other")
    made = kms.create_datakey_capsule(key_id=key_id, datakey_length="256", key_policy=policy_text(point.id))
    capsule = made.datakey_capsule
    good = point.document(key_id, capsule)
    signature = unb64(good["custom_signature"])
    for changed in [
        {"custom_signature": None},
        {"custom_public_key": None},
        {"expire_time": None},
        {"custom_signature": "x"},
        {"custom_signature": b64(signature[:-1])},
        {"custom_signature": b64(signature[:-1] + bytes([signature[-1] ^ 1]))},
        {"custom_public_key": "x"},
        {"custom_public_key": b64(b"no key")},
        # Of another access point, or of nobody's.
        {"custom_public_key": spki(other.key)},
        {"custom_public_key": spki(recipient)},
        # Signed for another end than the one that is named.
        {"expire_time": date(time.time() + 1200)},
        {"ecs_signature": "x"},
        {"service_token": "x"},
    ]:
        document = {name: value for name, value in {**good, **changed}.items() if value is not None}
        with refused("KMS.3804"):
            kms.decrypt_datakey_capsule(key_id=key_id, datakey_capsule=capsule, attestation_document=document)
    for end in (date(time.time() - 1), "soon", "2099-01-01", ""):
        document = point.document(key_id, capsule, expire_time=end or " ")
        with refused("KMS.3804"):
            kms.decrypt_datakey_capsule(key_id=key_id, datakey_capsule=capsule, attestation_document=document)
    for document in ({}, {"ecs_signature": "x"}, {"service_token": "x"}):
        kms.post("datakey-capsule/decrypt", key_id=key_id, datakey_capsule=capsule,
                 attestation_document=document).is_refusal("KMS.3804")
    # A document for one recipient is not one for another.
    with refused("KMS.3804"):
        kms.decrypt_datakey_capsule(key_id=key_id, datakey_capsule=capsule, public_key=spki(recipient),
                                    attestation_document=good)
    # Nor is one for another capsule.
    another = kms.create_datakey_capsule(key_id=key_id, datakey_length="256", key_policy=policy_text(point.id))
    with refused("KMS.3804"):
        kms.decrypt_datakey_capsule(key_id=key_id, datakey_capsule=another.datakey_capsule, attestation_document=good)
    assert kms.decrypt_datakey_capsule(
        key_id=key_id, datakey_capsule=capsule, attestation_document=good).datakey == made.datakey


def test_whom_a_policy_keeps_out(kms, clock):
    clock.freeze("huawei", kms.account, 1_800_000_000)
    space, key_id = keyspace(), kms.create()
    point, other = Point(kms, space), Point(kms, space, "other")
    elsewhere = Point(kms, keyspace())
    policy = kms.create_key_policy(keyspace_id=space, policy_name="p", policy=policy_text(point.id)).policy_id
    capsule = kms.create_datakey_capsule(key_id=key_id, datakey_length="256", policy_id=policy).datakey_capsule
    point.decrypt(kms, key_id, capsule)
    with refused("KMS.0306"):
        other.decrypt(kms, key_id, capsule)
    # A change holds at once, for capsules that are there.
    update_policy(kms, policy, policy=policy_text(other.id, elsewhere.id))
    with refused("KMS.0306"):
        point.decrypt(kms, key_id, capsule)
    # Of another keyspace than the policy.
    with refused("KMS.0306"):
        elsewhere.decrypt(kms, key_id, capsule)
    other.decrypt(kms, key_id, capsule)
    update_policy(kms, policy, policy=policy_text(point.id, allowed_data_security_zone=["z"]))
    with refused("KMS.0306"):
        point.decrypt(kms, key_id, capsule)
    period = {"start_time": "2027-01-15T08:01:00Z", "end_time": "2027-01-15T08:02:00Z"}
    update_policy(kms, policy, policy=policy_text(point.id, validity_period=period))
    used = kms.show_key_policy(policy_id=policy).last_access_time
    for is_within in (False, True, False):
        if is_within:
            point.decrypt(kms, key_id, capsule)
            assert kms.show_key_policy(policy_id=policy).last_access_time == period["start_time"] != used
        else:
            with refused("KMS.0306"):
                point.decrypt(kms, key_id, capsule)
        clock.advance("huawei", kms.account, 60)
    update_policy(kms, policy, policy=policy_text(point.id))
    kms.disable_access_point(access_point_id=point.id)
    with refused("KMS.0306"):
        point.decrypt(kms, key_id, capsule)
    kms.enable_access_point(access_point_id=point.id)
    point.decrypt(kms, key_id, capsule)
    inline = kms.create_datakey_capsule(key_id=key_id, datakey_length="256",
                                        key_policy=policy_text(point.id)).datakey_capsule
    kms.delete_key_policy(policy_id=policy)
    with refused("KMS.0306"):
        point.decrypt(kms, key_id, capsule)
    point.decrypt(kms, key_id, inline)
    kms.delete_access_point(access_point_id=point.id)
    with refused("KMS.0306"):
        point.decrypt(kms, key_id, inline)
    closed = kms.create_datakey_capsule(key_id=key_id, datakey_length="128", key_policy="{}").datakey_capsule
    with refused("KMS.0306"):
        other.decrypt(kms, key_id, closed)


def test_capsules_that_do_not_open(kms, endpoint):
    space, key_id, other_key = keyspace(), kms.create(), kms.create()
    point = Point(kms, space)
    made = kms.create_datakey_capsule(key_id=key_id, datakey_length="256", key_policy=policy_text(str(uuid.uuid4())))
    whole = unb64(made.datakey_capsule)
    length = int.from_bytes(whole[:2], "little")
    rule = whole[2:2 + length]
    # The rule is bound to the data key: nobody writes themselves into it.
    forged = json.dumps({"key_policy": {"allowed_access_point": [point.id]}}).encode()
    swapped = len(forged).to_bytes(2, "little") + forged + whole[2 + length:]
    same = rule.replace(b"1.0", b"1.1")
    assert same != rule
    for bad in [b"", b"x", whole[:-1], whole + b"x", whole[2 + length:], swapped, whole[:2] + same + whole[2 + length:],
                whole[:-40] + bytes([whole[-40] ^ 1]) + whole[-39:]]:
        with refused("KMS.2201" if bad else "KMS.0308"):
            point.decrypt(kms, key_id, b64(bad))
    with refused("KMS.2201"):
        point.decrypt(kms, key_id, "no base64!")
    with refused("KMS.2201"):
        point.decrypt(kms, other_key, made.datakey_capsule)
    # A data key of another kind is no capsule, and the reverse.
    sealed = kms.create_datakey(key_id=key_id).cipher_text
    with refused("KMS.2201"):
        point.decrypt(kms, key_id, b64(bytes.fromhex(sealed)))
    with refused("KMS.2201"):
        kms.decrypt_datakey(key_id=key_id, cipher_text=whole[2 + length:].hex(), datakey_cipher_length="32")
    with refused("KMS.0207"):
        point.decrypt(kms, MISSING_KEY, made.datakey_capsule)
    with refused("KMS.0205"):
        point.decrypt(kms, "x", made.datakey_capsule)
    signing = kms.create(key_spec="EC_P256")
    with refused("KMS.1114"):
        point.decrypt(kms, signing, made.datakey_capsule)
    kms.post("datakey-capsule/decrypt", key_id=key_id, datakey_capsule="x").is_refusal("KMS.0204")
    kms.post("datakey-capsule/decrypt", key_id=key_id, attestation_document={}).is_refusal("KMS.0204")
    kms.post("datakey-capsule/decrypt", key_id=key_id, datakey_capsule="x",
             attestation_document="{}").is_refusal("KMS.0214")
    with refused("KMS.0308", "public_key"):
        point.decrypt(kms, key_id, made.datakey_capsule, public_key="x")
    for state, code, change in [("3", "KMS.0209", lambda: kms.disable_key(key_id=key_id)),
                                ("4", "KMS.0210", lambda: kms.delete_key(key_id=key_id, pending_days="7"))]:
        change()
        with refused(code):
            point.decrypt(kms, key_id, made.datakey_capsule)


def test_capsules_are_of_one_project(kms, endpoint):
    space, key_id = keyspace(), kms.create()
    point = Point(kms, space)
    made = kms.create_datakey_capsule(key_id=key_id, datakey_length="256", key_policy=policy_text(point.id))
    other = Kms(endpoint, f"{kms.name}x", kms.project)
    with refused("KMS.0207"):
        point.decrypt(other, key_id, made.datakey_capsule)


def test_a_capsule_outlives_a_day(kms, clock):
    clock.freeze("huawei", kms.account, 1_800_000_000)
    space, key_id = keyspace(), kms.create()
    point = Point(kms, space)
    made = kms.create_datakey_capsule(key_id=key_id, datakey_length="256", key_policy=policy_text(point.id))
    clock.advance("huawei", kms.account, 400 * DAY)
    assert point.decrypt(kms, key_id, made.datakey_capsule).datakey == made.datakey


# The PIN.

def test_no_pin_is_made(kms):
    for members, code in [
        ({"pin_type": "PlainText"}, "KMS.0340"),
        ({"pin_type": "CipherText", "keystore_id": "1"}, "KMS.0340"),
        ({"keystore_id": "2"}, "KMS.0340"),
        ({"pin_type": "CipherText"}, "KMS.0204"),
        ({}, "KMS.0204"),
    ]:
        with refused(code):
            kms.create_pin(**members)
    with refused("KMS.0308", "pin_type"):
        kms.create_pin(pin_type="Other", keystore_id="1")
