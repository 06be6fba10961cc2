"""The walk over the SDK's model: every member of every operation that is here, missing, null, of the wrong type, of the
wrong form, out of range, too long. Each request is refused with a code of the vendor's table that fits, or gets past
its form; none is a fault. The operations are those of the table in the docs: a new one is walked once it is there."""

import json

import pytest
from conftest import Server
from huawei_model import CALLS, DOCS, code_of, structure
from huawei_support import MISSING_KEY, Wire, b64, kms  # noqa: F401

SEQUENCE = "919c82d4-8046-4722-9094-35c3c6524cff"
DIGEST = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
P256_KEY = ("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54W"
            "K84zV2sxXs7LtkBoN79R9Q==")
# What fits, by the name of a member, and where one operation means something else by it.
FIT = {
    "key_id": MISSING_KEY, "target_key_id": MISSING_KEY, "sequence": SEQUENCE, "key_alias": "walked",
    "key_spec": "AES_256",
    "key_usage": "ENCRYPT_DECRYPT", "key_description": "d", "origin": "kms", "enterprise_project_id": "0",
    "keystore_id": "0", "vm_id": "x", "pending_days": "7", "limit": "10", "marker": "0", "offset": "0",
    "key_state": "2",
    "wrapping_algorithm": "RSAES_OAEP_SHA_256", "import_token": "A" * 2236, "encrypted_key_material": "A" * 344,
    "encrypted_privatekey": "A" * 344, "expiration_time": 2999886177, "random_data_length": "8",
    "datakey_length": "256",
    "additional_authenticated_data": "a", "pin": "x", "pin_type": "PlainText", "plain_text": "text",
    "datakey_plain_length": "1", "cipher_text": "A" * 188, "datakey_cipher_length": "1", "with_plain_text": True,
    "encryption_algorithm": "SYMMETRIC_DEFAULT", "source_key_id": MISSING_KEY, "destination_key_id": MISSING_KEY,
    "source_additional_authenticated_data": "a", "destination_additional_authenticated_data": "a",
    "source_encryption_algorithm": "SYMMETRIC_DEFAULT", "destination_encryption_algorithm": "SYMMETRIC_DEFAULT",
    "message": b64(bytes(32)), "signing_algorithm": "ECDSA_SHA_256", "message_type": "DIGEST", "signature": "AAAA",
    "mac_algorithm": "HMAC_SHA_256", "mac": "00", "key_agreement_algorithm": "ECDH", "public_key": P256_KEY,
    "recipient": {"attestation_document": "AAAA", "key_encryption_algorithm": "RSAES_OAEP_SHA_256"},
    "grantee_principal": "0" * 32, "operations": ["describe-key"], "name": "n", "retiring_principal": "0" * 32,
    "grantee_principal_type": "user", "grant_id": "0" * 64, "rotation_interval": 30, "tag": {"key": "k", "value": "v"},
    "tags": [{"key": "k", "value": "v"}], "action": "create", "key": "k", "resource_instances": "resource_instances",
    "matches": [{"key": "resource_name", "value": "v"}], "alias": "alias/walked", "aliases": ["alias/walked"],
    "replica_region": "cn-east-3", "replica_project_id": "0" * 32, "primary_region": "cn-east-3",
    "keystore_alias": "walked", "hsm_cluster_id": MISSING_KEY, "hsm_ca_cert": "x", "cluster_id": MISSING_KEY,
    "keystore_type": "DHSM", "keyspace_id": MISSING_KEY, "access_point_name": "walked", "type": 1, "identity": "x",
    "description": "d", "access_point_id": MISSING_KEY, "policy_id": MISSING_KEY, "policy_name": "walked",
    "policy": '{"version": "1.0"}', "key_policy": '{"version": "1.0"}', "datakey_capsule": "AAAA",
    "attestation_document": {"ecs_signature": "AAAA", "custom_signature": "AAAA", "custom_public_key": P256_KEY,
                             "expire_time": "2999886177", "service_token": "x"},
}
FIT_HERE = {
    "CreateRsaDatakeyPair": {"key_spec": "RSA_2048"},
    "CreateEcDatakeyPair": {"key_spec": "ECC_NIST_P256"},
    "EncryptDatakey": {"plain_text": "00" + DIGEST},
    "DecryptDatakey": {"cipher_text": "AA" * 94},
    "ListKmsByTags": {"action": "filter", "tags": [{"key": "k", "values": ["v"]}]},
    "ListSupportRegions": {"limit": "10", "offset": "0"},
    "ListAliases": {"marker": "alias/a"},
    "ListAccessPoint": {"marker": MISSING_KEY},
    "ListKeyPolicy": {"marker": MISSING_KEY},
    # Of these two there may be one.
    "CreateDatakeyCapsule": {"policy_id": None},
    "ShowKeyStore": {"keystore_id": MISSING_KEY}, "EnableKeyStore": {"keystore_id": MISSING_KEY},
    "DisableKeyStore": {"keystore_id": MISSING_KEY}, "DeleteKeyStore": {"keystore_id": MISSING_KEY},
}
# Which codes a member has of its own.
OWN = {
    "key_id": {"0205"}, "target_key_id": {"0205"}, "source_key_id": {"0205"}, "destination_key_id": {"0205"},
    "sequence": {"0206"}, "key_alias": {"1101"}, "key_description": {"1103"}, "key_spec": {"1110", "1902"},
    "keystore_id": {"0340", "8003"}, "pending_days": {"1401"}, "limit": {"1601"}, "marker": {"1602"},
    "offset": {"0417", "1603"}, "random_data_length": {"1801", "1802"}, "datakey_length": {"1901", "1903"},
    "plain_text": {"2101", "2104", "2103"}, "datakey_plain_length": {"2102", "2104"},
    "cipher_text": {"2201", "2204"}, "datakey_cipher_length": {"2202", "2204"}, "grantee_principal": {"2402"},
    "retiring_principal": {"2402"}, "grant_id": {"2501"}, "rotation_interval": {"3001"}, "action": {"0404"},
    "tag": {"0405", "0406", "0410", "0411", "0412", "0414"},
    "tags": {"0401", "0405", "0406", "0407", "0409", "0410", "0411", "0412", "0413", "0414"},
    "matches": {"0402", "0403", "0415"}, "key": {"0406", "0411", "0416"}, "value": {"0405", "0410"},
    "resource_instances": {"0212", "0408"}, "import_token": {"2605"}, "alias": {"1101"}, "aliases": {"1101"},
    "public_key": {"0308"}, "attestation_document": {"3804"}, "recipient": {"3804"},
}
# What only the compliance mode of some sites looks at, and everybody else must not stumble over.
IGNORED = {
    ("CreateKey", "vm_id"), ("EncryptDatakey", "key_spec"),
    *((name, member) for name in CALLS for member in ("pin", "pin_type") if name != "CreatePin"),
}
# What is said of a request that does not have its form at all.
FORM = {"KMS.0201", "KMS.0202", "KMS.0203", "KMS.0204", "KMS.0214"}

DEEP = [[[[[[[[[[{"a": [[[[["x"]]]]]}]]]]]]]]]]
WRONG_TYPES = [True, False, [], {}, ["x"], [None], [[]], [{}], {"a": "b"}, {"key": None}, DEEP, 0, 5, -1, 1.5,
               2**63, 10**40]
TEXTS = ["", " ", "x", "X" * 36, "x" * 300, "y" * 9000, "0", "-1", "5.5", "9" * 40, "1e3", "NaN", "é", "字" * 50, "😀",
         "a\nb", "a\0b", "\x1f", "\x7f", "\u202e", "\ufeff", "'; DROP TABLE keys; --", "../../etc", "%00", "{}", "null",
         "=" * 200, "A" * 201, "*", "alias/", "kms:x:y:alias:z", MISSING_KEY.upper(), MISSING_KEY + "\n"]
# Written into the JSON as they are.
RAW = ['"\\ud800"', '"\\uZZZZ"', "NaN", "Infinity", "1e999", "-", "01", "'x'", "[" * 200 + "]" * 200, '{"a":1,"a":2}',
       '"\x01"', "tru", '"open', "\xff"]


def fit(operation, key_id=MISSING_KEY) -> dict:
    """A request in which every member has its form."""
    values = {**FIT, **FIT_HERE.get(operation.name, {})}
    return {member.name: key_id if values[member.name] == MISSING_KEY and member.name.endswith("key_id")
            else values[member.name] for member in operation.members if values[member.name] is not None}


class Walk:
    """The requests of one operation."""

    def __init__(self, wire, operation):
        self.wire, self.operation = wire, operation
        self.in_path = {member.name for member in operation.of("path")}
        self.count = 0

    def send(self, values: dict, raw: bytes | None = None):
        operation = self.operation
        names = {member.name for member in operation.of("body")}
        members = {name: value for name, value in values.items() if name in names}
        body = raw if raw is not None else json.dumps(members).encode() if operation.of("body") else b""
        path = operation.path(self.wire.kms.project, values)
        self.count += 1
        answer = self.wire(operation.method, path, body)
        assert answer.status < 500, (operation.name, values, answer.body)
        return answer

    def code(self, values: dict, raw: bytes | None = None) -> str:
        """The code of the refusal, or nothing."""
        answer = self.send(values, raw)
        return "" if answer.status < 300 else code_of(answer.status, answer.headers, answer.body)

    def own(self, member, *more) -> set:
        return {"KMS.0308", *more, *("KMS." + code for code in OWN.get(member.name, ()))}

    def all(self):
        """A key that is not there: everything is told before that."""
        base = fit(self.operation)
        code = self.code(base)
        # Access points and key policies have no code of their own for what is not there.
        no_code = {member.name for member in self.operation.of("path")} & {"access_point_id", "policy_id"}
        assert code not in FORM and (code != "KMS.0308" or no_code), (self.operation.name, code)
        for member in self.operation.of("body"):
            if member.name not in self.in_path:
                self.missing(base, member)
                self.wrong_types(base, member)
                self.texts(base, member)
                self.broken(base, member)
        for body in (b"[]", b'""', b"null", b"5", b"true"):
            if self.operation.of("body"):
                self.told(member, body, self.code(base, body), {"KMS.0214"})
        for member in self.operation.of("path") + self.operation.of("query"):
            self.in_url(base, member)

    def on(self, key_id):
        """A key that is there: what fits, or looks as if it did, goes all the way."""
        base = fit(self.operation, key_id)
        for member in self.operation.of("body"):
            if member.name not in self.in_path and not member.name.endswith("key_id"):
                self.texts(base, member)

    def told(self, member, value, code, allowed):
        where = f"{self.operation.name}.{member.name} = {value!r:.80}"
        assert code in allowed, f"{where}: {code or 'success'}, not {sorted(allowed)}"

    def missing(self, base, member):
        without = {name: value for name, value in base.items() if name != member.name}
        for values in (without, {**base, member.name: None}):
            code = self.code(values)
            if member.required:
                self.told(member, "missing", code, {"KMS.0204"})
            elif (self.operation.name, member.name) not in NEEDED:
                assert code not in FORM, (self.operation.name, member, code)

    def wrong_types(self, base, member):
        for value in WRONG_TYPES:
            code = self.code({**base, member.name: value})
            if (self.operation.name, member.name) in IGNORED:
                assert code not in FORM, (self.operation.name, member, value, code)
            elif is_of_type(member, value):
                assert code != "KMS.0202", (self.operation.name, member, value, code)
            else:
                self.told(member, value, code, self.own(member, "KMS.0214"))

    def texts(self, base, member):
        if member.type == "str":
            for value in TEXTS[:3] if self.operation.name in SLOW else TEXTS:
                code = self.code({**base, member.name: value})
                # Nothing is as good as missing where something is needed.
                is_missing = code == "KMS.0204" and value == "" and (self.operation.name, member.name) in NEEDED
                assert code not in FORM or is_missing, (self.operation.name, member, value[:40], code)

    def broken(self, base, member):
        for raw in RAW:
            text = json.dumps({**base, member.name: "@@"}).replace('"@@"', raw)
            self.told(member, raw, self.code(base, text.encode("latin-1")), {"KMS.0202"})
        whole = {**base, member.name: "x"}
        twice = json.dumps(whole)[:-1] + ", " + json.dumps({member.name: "x"})[1:]
        self.told(member, "twice", self.code(base, twice.encode()), {"KMS.0202"})

    def in_url(self, base, member):
        if member.place == "query":
            code = self.code({name: value for name, value in base.items() if name != member.name})
            if member.required:
                self.told(member, "missing", code, {"KMS.0204"})
            else:
                assert code not in FORM, (self.operation.name, member, code)
        for value in TEXTS:
            # Nothing at all in a path is another path.
            if value or member.place == "query":
                code = self.code({**base, member.name: value})
                assert code not in {"KMS.0202", "KMS.0214"}, (self.operation.name, member, value[:40], code)


def is_of_type(member, value) -> bool:
    """Whether the value may be of the member's type: numbers may come as numbers where the SDK sends text."""
    if member.type.startswith("list["):
        return isinstance(value, list)
    if member.type == "bool":
        return isinstance(value, bool)
    if structure(member.type):
        return isinstance(value, dict)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number and (member.type == "int" or member.name in NUMERIC)


NUMERIC = {"limit", "marker", "offset", "pending_days", "random_data_length", "datakey_length", "datakey_plain_length",
           "datakey_cipher_length", "rotation_interval", "expiration_time"}
# Optional for the SDK, and needed by the service in some requests.
NEEDED = {("CreateKmsTag", "tag"), ("CreateAccessPoint", "identity"), ("CreateDatakeyCapsule", "key_policy"),
          ("CreateKeyStore", "hsm_cluster_id"), ("CreateKeyStore", "cluster_id")}
# Every success makes an RSA key.
SLOW = {"CreateRsaDatakeyPair"}
SPECS = {
    "ShowPublicKey": "EC_P256", "Sign": "EC_P256", "ValidateSignature": "EC_P256", "GenerateMac": "HMAC_256",
    "VerifyMac": "HMAC_256", "DeriveSharedSecret": "EC_P256",
}
EXTERNAL = {"CreateParametersForImport", "ImportKeyMaterial", "DeleteImportedKeyMaterial"}


@pytest.fixture
def wire(kms):
    return Wire(kms)


@pytest.fixture
def faults(server):
    """What the server's log holds of faults since the test began."""
    if server is None:
        return lambda: []
    start = server.log.stat().st_size

    def since():
        with server.log.open("rb") as log:
            log.seek(start)
            return [line for line in log.read().decode(errors="replace").splitlines() if Server.is_bad(line)]

    return since


@pytest.mark.parametrize("name", CALLS)
def test_no_form_of_a_request_is_a_fault(wire, faults, name):
    walk = Walk(wire, CALLS[name])
    walk.all()
    if any(member.name.endswith("key_id") for member in walk.operation.members):
        members = {"key_spec": SPECS[name]} if name in SPECS else {}
        if name == "DeriveSharedSecret":
            members["key_usage"] = "KEY_AGREEMENT"
        walk.on(wire.kms.external() if name in EXTERNAL else wire.kms.create(**members))
    assert walk.count > 0
    assert faults() == []


def test_every_operation_has_values_that_fit():
    """So that a new operation is walked, and nothing of it is left out."""
    for operation in CALLS.values():
        left_out = {name for name, value in FIT_HERE.get(operation.name, {}).items() if value is None}
        assert set(fit(operation)) | left_out == {member.name for member in operation.members}
    assert len(CALLS) >= 22, DOCS
