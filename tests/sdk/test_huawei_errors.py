"""Every code of the vendor's table: provoked here, or on the list of those that cannot be, with the reason.

The page docs/huawei-errors.md is generated from both lists: `POLYKMS_WRITE_DOCS=1` writes what these tests hold.
"""

import json
import os
import re
from urllib.parse import quote

import pytest
from conftest import ROOT
from huawei_codes import CODES
from huawei_model import HERE, code_of
from huawei_support import DAY, MISSING_KEY, Wire, b64, kms, project_id, unb64  # noqa: F401
from wrapping import wrap

PAGE = ROOT / "docs" / "huawei-errors.md"
OURS = ROOT / "crates" / "dialect-huawei" / "src" / "codes.rs"
DIGEST = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
HASH = b64(bytes(32))
NOW = 1_900_000_000

PROVOKED = {}


def provokes(code, how, *needs):
    """Registers a function that makes the server say this code, once these operations are here."""

    def register(provoke):
        assert code not in PROVOKED, code
        if all(HERE[name] for name in needs):
            PROVOKED[code] = (how, provoke)
        return provoke

    return register


def by(code, how, verb, needs=(), spec=None, state="2", usage=None, **members):
    """A call on a new key."""

    def provoke(stage):
        made = {name: value for name, value in [("key_spec", spec), ("key_usage", usage)] if value}
        key_id = stage.kms.in_state(state, **made)
        return stage.kms.post(verb, **{"key_id": key_id, **members})

    provokes(code, how, *needs)(provoke)


def plain(code, how, verb, needs=(), **members):
    """A call that names no key of ours."""
    provokes(code, how, *needs)(lambda stage: stage.kms.post(verb, **members))


def imports(code, how, **changes):
    """An import that goes wrong by these members; a function makes a member from the attempt."""

    def provoke(stage):
        attempt = Attempt(stage.kms, changes.get("spec", "AES_256"))
        members = {name: change(attempt) if callable(change) else change
                   for name, change in changes.items() if name != "spec"}
        return attempt.send(**members)

    provokes(code, how)(provoke)


class Attempt:
    """A key that waits, parameters for it, and the import of something."""

    def __init__(self, kms, spec="AES_256"):
        self.kms, self.key_id = kms, kms.external(key_spec=spec)
        self.given = kms.parameters(self.key_id)
        self.material = b"m" * 32

    def wrapped(self, material) -> str:
        return b64(wrap("RSAES_OAEP_SHA_256", unb64(self.given.public_key), material))

    def send(self, **members):
        return self.kms.post("import-key-material", **{
            "key_id": self.key_id, "import_token": self.given.import_token,
            "encrypted_key_material": self.wrapped(self.material), **members})


class Stage:
    """What provoking takes: a caller, the clocks, the server."""

    def __init__(self, kms, clock, admin):
        self.kms, self.clock, self.admin = kms, clock, admin

    def freeze(self):
        self.clock.freeze("huawei", self.kms.account, NOW)

    def advance(self, seconds):
        self.clock.advance("huawei", self.kms.account, seconds)


# The request.

provokes("KMS.0201", "a project id that is none")(
    lambda stage: signed(stage.kms, "POST", "/v1.0/x/kms/list-keys", b"{}"))
provokes("KMS.0202", "a body that is no JSON")(lambda stage: stage.kms.raw("list-keys", b"{"))
provokes("KMS.0203", "a body over 128 KiB")(lambda stage: stage.kms.raw("list-keys", b" " * 200_000 + b"{}"))
plain("KMS.0204", "a required member is missing", "describe-key")
plain("KMS.0205", "`key_id` has another form", "describe-key", key_id="x")
plain("KMS.0206", "`sequence` has another form", "describe-key", key_id=MISSING_KEY, sequence="x")
plain("KMS.0207", "no key has this id", "describe-key", key_id=MISSING_KEY)
plain("KMS.0214", "a member has another JSON type", "describe-key", key_id=7)
plain("KMS.0308", "a member without a code of its own has another form", "create-key", key_alias="a", origin="moon")
plain("KMS.1601", "`limit` is no number in range", "list-keys", limit="0")
plain("KMS.1602", "`marker` is no number", "list-keys", marker="-1")
provokes("APIGW.0101", "no such path or method")(
    lambda stage: signed(stage.kms, "GET", f"/v1.0/{stage.kms.project}/kms/create-key"))
provokes("APIGW.0201", "a body over 12 MB")(
    lambda stage: stage.kms.raw("list-keys", b" " * (12 * 1024 * 1024) + b"{}"))
provokes("APIGW.0301", "no or wrong proof of who is calling")(
    lambda stage: stage.kms.send("POST", f"/v1.0/{stage.kms.project}/kms/list-keys", b"{}"))


@provokes("KMS.0321", "an IAM token of another project")
def token_elsewhere(stage):
    token = log_in(stage.kms)
    stage.kms.project = project_id()
    return with_token(stage.kms, token)


def log_in(kms) -> str:
    user = {"name": kms.access_id, "password": "test", "domain": {"name": "acct"}}
    auth = {"identity": {"methods": ["password"], "password": {"user": user}},
            "scope": {"project": {"id": kms.project}}}
    return kms.send("POST", "/v3/auth/tokens", json.dumps({"auth": auth}).encode(),
                    {"Content-Type": "application/json"}).headers["x-subject-token"]


def with_token(kms, token):
    return kms.send("POST", f"/v1.0/{kms.project}/kms/list-keys", b"{}",
                    {"X-Auth-Token": token, "Content-Type": "application/json"})


def signed(kms, method, path, body=b""):
    return kms.send(method, path, body, kms.signed(method, path, body))


# Keys.

plain("KMS.1101", "an alias of other characters, or one that ends in `/default`", "create-key", key_alias="a b")
plain("KMS.1103", "a description over 255 characters", "create-key", key_alias="a", key_description="d" * 256)
plain("KMS.1110", "a kind of key that is not there", "create-key", key_alias="a", key_spec="DES")
plain("KMS.1114", "an EC key that shall encrypt", "create-key", key_alias="a", key_spec="EC_P256",
      key_usage="ENCRYPT_DECRYPT")
plain("KMS.1115", "a symmetric key that shall sign", "create-key", key_alias="a", key_usage="SIGN_VERIFY")
provokes("KMS.1104", "another key has the alias")(
    lambda stage: [stage.kms.post("create-key", key_alias="a") for _ in range(2)][-1])
by("KMS.0209", "use of a disabled key", "create-datakey", state="3")
by("KMS.0210", "use of a key that is to be deleted", "create-datakey", state="4")
by("KMS.1201", "enabling an enabled key", "enable-key")
by("KMS.1301", "disabling a disabled key", "disable-key", state="3")
by("KMS.1401", "a number of days out of 7 to 1096", "schedule-key-deletion", pending_days="6")
by("KMS.1402", "scheduling a deletion twice", "schedule-key-deletion", state="4", pending_days="7")
by("KMS.1501", "cancelling no deletion", "cancel-key-deletion")

@provokes("KMS.0211", "changes of a default master key", "ShowUserInstances")
def default_key(stage):
    status, made = stage.admin(f"tenants/huawei/{quote(stage.kms.account, safe='')}/default-keys/obs", "PUT")
    assert status == 200, made
    return stage.kms.post("disable-key", key_id=made["key_id"])


@provokes("KMS.1105", "more than 100 keys", "ShowUserQuotas")
def too_many_keys(stage):
    wire = Wire(stage.kms)
    for number in range(101):
        body = json.dumps({"key_alias": f"k{number}"}).encode()
        answer = wire("POST", f"/v1.0/{stage.kms.project}/kms/create-key", body)
    return answer


plain("KMS.0340", "a key store that the vendor runs itself", "create-key", key_alias="a", keystore_id="1")

# Rotation, key stores, regions.

by("KMS.0312", "rotating an external key", "enable-key-rotation", ["EnableKeyRotation"], state="5")
by("KMS.0313", "a change of the rotation while it is off", "disable-key-rotation", ["DisableKeyRotation"])
by("KMS.0324", "rotating an asymmetric key", "enable-key-rotation", ["EnableKeyRotation"], spec="EC_P256")
by("KMS.3001", "an interval out of 30 to 365 days", "update-key-rotation-interval", ["UpdateKeyRotationInterval"],
   rotation_interval=29)
provokes("KMS.2901", "enabling the rotation twice", "EnableKeyRotation")(
    lambda stage: twice(stage, "enable-key-rotation"))
provokes("KMS.8003", "a key store that is not there", "ShowKeyStore")(
    lambda stage: signed(stage.kms, "GET", f"/v1.0/{stage.kms.project}/keystores/{MISSING_KEY}"))




@provokes("KMS.0319", "rotating on demand: no material is imported in advance", "RotateOnDemand")
def on_demand(stage):
    key_id = stage.kms.external()
    stage.kms.bring(key_id, b"m" * 32)
    return stage.kms.post("rotate-on-demand", key_id=key_id)


provokes("KMS.1603", "an `offset` of key stores or regions that is no number", "ListKeyStores")(
    lambda stage: signed(stage.kms, "GET", f"/v1.0/{stage.kms.project}/keystores?offset=-1"))
provokes("KMS.0338", "rotating a key in a key store", "CreateKeyStore", "EnableKeyRotation")(
    lambda stage: stage.kms.post("enable-key-rotation", key_id=in_store(stage.kms)))
provokes("KMS.0339", "importing into a key in a key store", "CreateKeyStore")(
    lambda stage: stage.kms.post("get-parameters-for-import", key_id=in_store(stage.kms),
                                 wrapping_algorithm="RSAES_OAEP_SHA_256"))


def in_store(kms) -> str:
    """A key in a key store."""
    store = kms.create_key_store(keystore_alias="s", hsm_cluster_id=MISSING_KEY).keystore.keystore_id
    kms.enable_key_store(keystore_id=store)
    return kms.create(keystore_id=store)


class Replicas:
    """A key with a replica in another region, and its owner in both."""

    def __init__(self, stage, **members):
        self.home = stage.kms
        self.there = self.home.elsewhere()
        self.key_id = self.home.create(**members)

    def replicate(self):
        members = {"replica_region": "cn-east-3", "key_alias": "replica", "replica_project_id": self.there.project}
        return self.call("POST", "replicate", members)

    def move(self):
        return self.call("PUT", "update-primary-region", {"primary_region": "cn-east-3"})

    def call(self, method, verb, members):
        path = f"/v2/{self.home.project}/kms/keys/{self.key_id}/{verb}"
        return signed(self.home, method, path, json.dumps({"key_id": self.key_id, **members}).encode())


def of_replicas(code, how):
    """A test of a key that has a replica."""
    def register(provoke):
        def replicated(stage):
            replicas = Replicas(stage)
            assert replicas.replicate().status == 200
            return provoke(replicas)
        return provokes(code, how, "ReplicateKey")(replicated)
    return register


of_replicas("KMS.0106", "what only a primary does, of a replica")(
    lambda replicas: replicas.there.post("enable-key-rotation", key_id=replicas.key_id))
of_replicas("KMS.3801", "a second replica in a region")(lambda replicas: replicas.replicate())
provokes("KMS.3803", "moving the primary of a key that has no replicas", "UpdatePrimaryRegion")(
    lambda stage: Replicas(stage).move())


@of_replicas("KMS.3802", "making a replica the primary in a state that does not allow it")
def unfit_replica(replicas):
    replicas.there.delete_key(key_id=replicas.key_id, pending_days="7")
    return replicas.move()


@provokes("KMS.1404", "importing into a replica", "ReplicateKey")
def import_into_replica(stage):
    replicas = Replicas(stage, origin="external")
    stage.kms.bring(replicas.key_id, b"m" * 32)
    assert replicas.replicate().status == 200
    return replicas.there.post("get-parameters-for-import", key_id=replicas.key_id,
                               wrapping_algorithm="RSAES_OAEP_SHA_256")


def twice(stage, verb):
    key_id = stage.kms.create()
    return [stage.kms.post(verb, key_id=key_id) for _ in range(2)][-1]


# Grants.

GRANT = {"grantee_principal": "0" * 32, "operations": ["describe-key"]}
by("KMS.2401", "a grant of nothing but making grants", "create-grant", ["CreateGrant"],
   **{**GRANT, "operations": ["create-grant"]})
by("KMS.2402", "a user id of another form", "create-grant", ["CreateGrant"], **{**GRANT, "grantee_principal": "a b"})
by("KMS.2501", "a grant that is not there", "revoke-grant", ["CancelGrant"], grant_id="0" * 64)


@provokes("KMS.2502", "a grant of another key", "CreateGrant", "CancelGrant")
def foreign_grant(stage):
    made = stage.kms.post("create-grant", key_id=stage.kms.create(), **GRANT).json
    return stage.kms.post("revoke-grant", key_id=stage.kms.create(), grant_id=made["grant_id"])


@provokes("KMS.2404", "more than 100 grants of one key", "CreateGrant")
def too_many_grants(stage):
    key_id = stage.kms.create()
    for number in range(100):
        members = {**GRANT, "grantee_principal": f"{number:032}"}
        assert stage.kms.post("create-grant", key_id=key_id, **members).status == 200
    return stage.kms.post("create-grant", key_id=key_id, **GRANT)


# Tags.

def tagging(code, how, action="create", **members):
    provokes(code, how, "BatchCreateKmsTags")(
        lambda stage: on_tags(stage.kms, {"action": action, "tags": [{"key": "k", "value": "v"}], **members}))


def on_tags(kms, members):
    path = f"/v1.0/{kms.project}/kms/{kms.create()}/tags/action"
    return signed(kms, "POST", path, json.dumps(members).encode())


def filtering(code, how, **members):
    provokes(code, how, "ListKmsByTags")(
        lambda stage: stage.kms.post("resource_instances/action", **{"action": "filter", **members}))


tagging("KMS.0401", "no tags at all", tags=[])
tagging("KMS.0404", "an action that is none", action="drop")
tagging("KMS.0405", "a tag's value with forbidden characters", tags=[{"key": "k", "value": "a*b"}])
tagging("KMS.0406", "a tag's key with forbidden characters", tags=[{"key": "a*b", "value": "v"}])
tagging("KMS.0409", "more tags than a key may have", tags=[{"key": f"k{number}", "value": ""} for number in range(21)])
tagging("KMS.0410", "a tag's value that is too long", tags=[{"key": "k", "value": "v" * 256}])
tagging("KMS.0411", "a tag's key that is too long", tags=[{"key": "k" * 129, "value": "v"}])
provokes("KMS.0416", "deleting a tag that is not there", "DeleteTag")(
    lambda stage: signed(stage.kms, "DELETE", f"/v1.0/{stage.kms.project}/kms/{stage.kms.create()}/tags/k"))
provokes("KMS.0212", "a kind of resource that is none", "ListKmsByTags")(
    lambda stage: stage.kms.post("other_instances/action", action="filter"))
tagging("KMS.0412", "a tag that stands twice in a list", tags=[{"key": "k", "value": value} for value in "ab"])
filtering("KMS.0402", "a match with nothing", matches=[{"key": "resource_name", "value": ""}])
filtering("KMS.0407", "more tags to look for than a key may have", tags=[{"key": f"k{number}"} for number in range(21)])
filtering("KMS.0413", "more values of one tag to look for than a key may have tags",
          tags=[{"key": "k", "values": [f"v{number}" for number in range(21)]}])
filtering("KMS.0414", "a tag to look for that stands twice", tags=[{"key": "k"}, {"key": "k"}])
filtering("KMS.0415", "two names to match", matches=[{"key": "resource_name", "value": value} for value in "ab"])
filtering("KMS.0403", "a match of something else than `resource_name`", matches=[{"key": "colour", "value": "x"}])
filtering("KMS.0417", "an `offset` that is no number", offset="-1")
filtering("KMS.0418", "an `offset` where keys are only counted", action="count", offset="0")

# Material.

by("KMS.0309", "import calls on a key of the service's own material", "get-parameters-for-import",
   wrapping_algorithm="RSAES_OAEP_SHA_256")
by("KMS.2701", "deleting material that is not there", "delete-imported-key-material", state="5")
imports("KMS.0311", "a block that does not open", encrypted_key_material="A" * 344)
imports("KMS.2602", "an expiry in the past", expiration_time=1)
imports("KMS.2603", "an import token of another key",
        import_token=lambda attempt: attempt.kms.parameters(attempt.kms.external()).import_token)
imports("KMS.2604", "material of another length", encrypted_key_material=lambda attempt: attempt.wrapped(b"m" * 31))
imports("KMS.2605", "an import token that is none", import_token="A" * 2236)
imports("KMS.2608", "a private key is missing", spec="EC_P256")
imports("KMS.2609", "a private key that does not open", spec="EC_P256", encrypted_privatekey="A" * 204)
imports("KMS.2610", "a temporary key of another length", spec="EC_P256", encrypted_privatekey="A" * 204,
        encrypted_key_material=lambda attempt: attempt.wrapped(b"m" * 24))


@provokes("KMS.0310", "parameters for a key that has its material")
def has_material(stage):
    attempt = Attempt(stage.kms)
    assert attempt.send().status == 200
    return stage.kms.post("get-parameters-for-import", key_id=attempt.key_id, wrapping_algorithm="RSAES_OAEP_SHA_256")


@provokes("KMS.2601", "an import token after a day")
def token_too_old(stage):
    stage.freeze()
    attempt = Attempt(stage.kms)
    stage.advance(DAY + 1)
    return attempt.send()


@provokes("KMS.2606", "other material than before")
def other_material(stage):
    attempt = Attempt(stage.kms)
    assert attempt.send().status == 200
    stage.kms.delete_imported_key_material(key_id=attempt.key_id)
    return attempt.send(encrypted_key_material=attempt.wrapped(b"o" * 32))


@provokes("KMS.2702", "deleting the material of an asymmetric key")
def private_key_stays(stage):
    key_id = stage.kms.external(key_spec="EC_P256")
    stage.kms.bring_private(key_id, pkcs8())
    return stage.kms.post("delete-imported-key-material", key_id=key_id)


def pkcs8() -> bytes:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


# Data.

plain("KMS.1801", "a number of random bits out of 8 to 8192", "gen-random", random_data_length="8200")
plain("KMS.1802", "a number of random bits that is no multiple of 8", "gen-random", random_data_length="9")
by("KMS.1901", "a length of data key out of 8 to 8192 bits", "create-datakey", datakey_length="8200")
by("KMS.1902", "a kind of data key that is not there", "create-datakey", key_spec="DES")
by("KMS.1903", "a length of data key that is no multiple of 8", "create-datakey", datakey_length="9")
by("KMS.1904", "a data key over 1520 bits under an RSA key", "create-datakey", spec="RSA_2048", usage="ENCRYPT_DECRYPT",
   datakey_length="1528")
by("KMS.0325", "data keys under an asymmetric key that signs", "create-datakey", spec="EC_P256")
by("KMS.0208", "an encryption context that is none", "create-datakey", encryption_context=5)
by("KMS.2101", "a plaintext that is no hex", "encrypt-datakey", plain_text="xx", datakey_plain_length="1")
by("KMS.2102", "a length of data key out of 1 to 1024 bytes", "encrypt-datakey", plain_text="00" + DIGEST,
   datakey_plain_length="1025")
by("KMS.2103", "a digest that is not the data key's", "encrypt-datakey", plain_text="01" + DIGEST,
   datakey_plain_length="1")
by("KMS.2104", "a data key of another length than it says", "encrypt-datakey", plain_text="00" + DIGEST,
   datakey_plain_length="2")
by("KMS.2105", "a symmetric key with an algorithm of RSA keys", "encrypt-data", plain_text="x",
   encryption_algorithm="RSAES_OAEP_SHA_256")
by("KMS.2106", "an RSA key with an algorithm of other keys", "encrypt-data", spec="RSA_2048", usage="ENCRYPT_DECRYPT",
   plain_text="x", encryption_algorithm="SYMMETRIC_DEFAULT")
by("KMS.2108", "more than fits into the modulus", "encrypt-data", spec="RSA_2048", usage="ENCRYPT_DECRYPT",
   plain_text="x" * 191, encryption_algorithm="RSAES_OAEP_SHA_256")
by("KMS.2201", "a ciphertext that does not open", "decrypt-datakey", cipher_text="AA" * 94, datakey_cipher_length="32")
by("KMS.2202", "a length of data key out of 1 to 1024 bytes", "decrypt-datakey", cipher_text="AA" * 94,
   datakey_cipher_length="1025")
provokes("KMS.2204", "a sealed data key of another length than it says")(
    lambda stage: sealed_length(stage.kms, stage.kms.create()))
by("KMS.3804", "an attestation document that is none", "create-ec-datakey-pair", ["CreateEcDatakeyPair"],
   key_spec="SM2", recipient={"attestation_document": "AAAA"})
by("KMS.0329", "a digest of another length than the algorithm's", "sign", spec="EC_P256", message="AAAA",
   signing_algorithm="ECDSA_SHA_256")
by("KMS.0331", "signing with a symmetric key", "sign", message=HASH, signing_algorithm="ECDSA_SHA_256")
by("KMS.0332", "an algorithm that is not the key's", "sign", spec="EC_P256", message=HASH,
   signing_algorithm="RSASSA_PSS_SHA_256")
by("KMS.0334", "signing with a key that encrypts", "sign", spec="RSA_2048", usage="ENCRYPT_DECRYPT", message=HASH,
   signing_algorithm="RSASSA_PSS_SHA_256")
by("KMS.0335", "encrypting with a key that signs", "encrypt-data", spec="RSA_2048", plain_text="x",
   encryption_algorithm="RSAES_OAEP_SHA_256")
by("KMS.0341", "encrypting with an HMAC key", "encrypt-data", spec="HMAC_256", plain_text="x")


def sealed_length(kms, key_id):
    sealed = kms.create_datakey(key_id=key_id).cipher_text
    return kms.post("decrypt-datakey", key_id=key_id, cipher_text=sealed, datakey_cipher_length="31")


# What cannot be provoked, and why.

PARTITION = "partitions are the vendor's own way to spread keys; no call shows them"
OPERATOR = "said by calls of the vendor's operators, which are not public"
BILLING = "said by the vendor's billing"
FROZEN = "an account in arrears or not verified; there are no bills and no verification here"
ENGINE = "said by the vendor's policy engine, which stands beside the service"
OLDER = "said by older versions, which took one length only"
UNPROVOKED = {
    "KMS.0100": "the vendor's probe of its own service",
    "KMS.0101": "said of faults of the server itself; no request causes one",
    "KMS.0102": "a fault of the vendor's storage; ours are `KMS.0101`",
    "KMS.0103": "an unexpected exception; ours are `KMS.0101`",
    "KMS.0104": "said only when the server is too busy: races for one key lost many times over",
    "KMS.0105": "an unexpected exception; ours are `KMS.0101`",
    "KMS.0215": "the gateway in front of the service says `APIGW.0101` of a wrong method",
    "KMS.0304": "tokens of beta programmes",
    "KMS.0314": FROZEN, "KMS.0315": PARTITION, "KMS.0316": PARTITION, "KMS.0317": PARTITION, "KMS.0318": PARTITION,
    "KMS.0320": FROZEN, "KMS.0322": PARTITION, "KMS.0323": PARTITION,
    "KMS.0326": "one of four texts for missing rights; the server says `KMS.0306` and `KMS.0307`",
    "KMS.0327": "the vendor's own lookup of rights fails",
    "KMS.0328": FROZEN,
    "KMS.0330": "one of four texts for missing rights; the server says `KMS.0306` and `KMS.0307`",
    "KMS.0408": "a resource type in the path that is none is `KMS.0212`",
    "KMS.1102": "no request names a realm",
    "KMS.1108": PARTITION, "KMS.1109": PARTITION,
    "KMS.2001": OLDER,
    "KMS.2203": "the digest is under the seal with the data key, so what has another one does not open: `KMS.2201`",
    "KMS.2301": OPERATOR, "KMS.2302": OPERATOR, "KMS.2303": OPERATOR, "KMS.2304": OPERATOR, "KMS.2305": OPERATOR,
    "KMS.2403": "a grant is stored or the request fails as a whole, with `KMS.0101`",
    "KMS.2405": "how many grants one principal may have is not known; only those of a key are counted",
    "KMS.2406": PARTITION, "KMS.2801": OPERATOR,
    "KMS.3103": OPERATOR, "KMS.3201": BILLING, "KMS.3202": BILLING, "KMS.3702": BILLING,
    "KMS.3805": "what is sealed for an attested recipient is an RSA block that always fits",
    "KMS.3901": OPERATOR, "KMS.3902": OPERATOR, "KMS.3903": OPERATOR, "KMS.4001": OPERATOR, "KMS.4002": OPERATOR,
    "KMS.5012": ENGINE, "KMS.5021": ENGINE, "KMS.5022": ENGINE, "KMS.5023": ENGINE,
}
# What takes another place to be provoked.
BESIDE = {
    "KMS.0301": ("an IAM token with characters that tokens do not have", "tests/sdk/test_huawei_users.py"),
    "KMS.0303": ("an IAM token after its end, 24 hours of real time", "crates/dialect-huawei/src/auth_tests.rs"),
    "KMS.0305": ("an IAM token for another region's project than the host's", "tests/sdk/test_huawei_users.py"),
    "APIGW.0307": ("temporary credentials after their end", "tests/sdk/test_huawei_users.py"),
    "APIGW.0308": ("more requests than a project may send, with `huawei.request_quotas`", "tests/sdk/test_huawei_users.py"),
    "KMS.3806": ("an attested recipient on a server without a root", "tests/sdk/test_huawei_data_key_pairs.py"),
    # By people with rights of their own, and by access points.
    **({"KMS.0306": ("a caller with grants of the key, but none for this; an access point that a policy does not let in",
                     "tests/sdk/test_huawei_grants.py"),
        "KMS.0307": ("a user whose rights do not name the call", "tests/sdk/test_huawei_grants.py"),
        "KMS.0302": ("a token of somebody who is gone", "crates/dialect-huawei/src/auth_tests.rs")}
       if HERE["CreateGrant"] else
       {"KMS.0306": ("an access point that a policy does not let in", "tests/sdk/test_huawei_keyspace.py")}
       if HERE["DecryptDatakeyCapsule"] else {}),
}
# Of the features that are not there yet. To shrink to nothing.
OPEN = set(CODES) - set(PROVOKED) - set(UNPROVOKED) - set(BESIDE)


@pytest.mark.parametrize("code", PROVOKED)
def test_code(kms, clock, admin, code):
    _, provoke = PROVOKED[code]
    answer = provoke(Stage(kms, clock, admin))
    assert code_of(answer.status, answer.headers, answer.body) == code


def test_each_code_is_on_one_list():
    lists = [set(PROVOKED), set(UNPROVOKED), set(BESIDE), OPEN]
    assert set().union(*lists) == set(CODES) and sum(map(len, lists)) == len(CODES)
    assert len([code for code in CODES if code.startswith("KMS.")]) == 161, "160 of the vendor's table and KMS.8003"


def test_each_code_of_the_server_is_provoked_or_excused():
    """What the code can say, with its status and text, and nothing that it can say is forgotten."""
    said = dict(re.findall(r'= "(KMS\.\d{4})", (\d{3}, ".*");', OURS.read_text()))
    for code, rest in said.items():
        status, text = CODES[code]
        assert rest.startswith(f'{status}, "{text}'), code
    assert set(said) <= {*PROVOKED, *UNPROVOKED, *BESIDE}
    assert set(said) & set(UNPROVOKED) <= {"KMS.0101", "KMS.0104"}, "said after all"
    assert {code for code in {*PROVOKED, *BESIDE} if code.startswith("KMS.")} <= set(said)
    for code, (_, file) in BESIDE.items():
        assert re.search(rf'(unwrap_err\(\), |is_refusal\(|refused\()"{code}"', (ROOT / file).read_text())


def rows():
    for code in sorted(CODES, key=lambda code: (code.startswith("APIGW"), code)):
        statuses, text = CODES[code]
        status = statuses if isinstance(statuses, int) else ", ".join(map(str, statuses))
        if code in PROVOKED:
            said = PROVOKED[code][0]
        elif code in BESIDE:
            said = f"{BESIDE[code][0]} (tested in `{BESIDE[code][1]}`)"
        elif code in UNPROVOKED:
            said = f"never: {UNPROVOKED[code]}"
        else:
            said = "not yet"
        yield f"| `{code}` | {status} | {text.strip()} | {said} |"


def test_the_page():
    head, _, _ = PAGE.read_text().partition("| code |")
    page = head + "| code | status | text | said of |\n| --- | --- | --- | --- |\n" + "\n".join(rows()) + "\n"
    if "POLYKMS_WRITE_DOCS" in os.environ:
        PAGE.write_text(page)
    assert PAGE.read_text() == page, "POLYKMS_WRITE_DOCS=1 writes the page"
