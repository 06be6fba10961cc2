"""The vendor's table of calls and states, cell by cell: what it does to a key in each state, or how it is refused."""

import re

import huaweicloudsdkkms.v2 as models
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from huawei_model import ALL, SUPPORTED, UNSUPPORTED
from huawei_support import alias, b64, kms, project_id, refused, unb64  # noqa: F401
from wrapping import wrap

MATERIAL = b"m" * 32
# A public key on P-256.
PEER = b64(ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(
    Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
STATES = ["2", "3", "4", "5"]
# It works, and the key stays in its state.
OK = "ok"
USE = [OK, "KMS.0209", "KMS.0210", "KMS.1301"]
ALWAYS = [OK, OK, OK, OK]
# Unverified: what tags and alias objects of a key in state 4 say; as its key_alias and its description.
LIVING = [OK, OK, "KMS.0210", OK]
# By operation: for each of the states 2 (enabled), 3 (disabled), 4 (to be deleted) and 5 (waits for material) the state
# afterwards, or the code of the refusal.
TABLE = {
    "EnableKey": ["KMS.1201", "2", "KMS.0210", "KMS.1201"],
    "DisableKey": ["3", "KMS.1301", "KMS.0210", "KMS.1301"],
    "DeleteKey": ["4", "4", "KMS.1402", "4"],
    "CancelKeyDeletion": ["KMS.1501", "KMS.1501", "3", "KMS.1501"],
    "UpdateKeyAlias": LIVING,
    "UpdateKeyDescription": LIVING,
    "ListKeys": ALWAYS,
    "ListKeyDetail": ALWAYS,
    "ShowPublicKey": [OK, OK, "KMS.0210", "KMS.1301"],
    "CreateParametersForImport": ["KMS.0310", "KMS.0310", "KMS.0210", OK],
    "ImportKeyMaterial": ["KMS.0310", "KMS.0310", "KMS.0210", "2"],
    "DeleteImportedKeyMaterial": ["5", "5", "KMS.2701", "KMS.2701"],
    "CreateDatakey": USE,
    "CreateDatakeyWithoutPlaintext": USE,
    "EncryptDatakey": USE,
    "DecryptDatakey": USE,
    "CreateRsaDatakeyPair": USE,
    "CreateEcDatakeyPair": USE,
    "EncryptData": USE,
    "DecryptData": USE,
    "ReEncrypt": USE,
    "Sign": USE,
    "ValidateSignature": USE,
    "GenerateMac": USE,
    "VerifyMac": USE,
    "DeriveSharedSecret": USE,
    "CreateGrant": USE,
    "ListGrants": ALWAYS,
    "CancelGrant": ALWAYS,
    "CancelSelfGrant": ALWAYS,
    # Keys in state 5 are external, and those are not rotated.
    "EnableKeyRotation": [OK, OK, "KMS.0210", "KMS.0312"],
    "DisableKeyRotation": [OK, OK, "KMS.0210", "KMS.0312"],
    "UpdateKeyRotationInterval": [OK, OK, "KMS.0210", "KMS.0312"],
    "ShowKeyRotationStatus": ALWAYS,
    # No material is ever imported in advance, so there is none to rotate to.
    "RotateOnDemand": ["KMS.0319", "KMS.0209", "KMS.0210", "KMS.1301"],
    "CreateKmsTag": LIVING,
    "BatchCreateKmsTags": LIVING,
    "DeleteTag": LIVING,
    "ShowKmsTags": ALWAYS,
    "ListKmsTags": ALWAYS,
    "ListKmsByTags": ALWAYS,
    "CreateAlias": LIVING,
    "ListAliases": ALWAYS,
    "DeleteAlias": LIVING,
    "AssociateAlias": LIVING,
    "ReplicateKey": USE,
    "UpdatePrimaryRegion": USE,
    "CreateDatakeyCapsule": USE,
    # What is wrong with the key is told before what is wrong with the capsule.
    "DecryptDatakeyCapsule": ["KMS.2201", "KMS.0209", "KMS.0210", "KMS.1301"],
}
# What is not about a key.
KEYLESS = {
    "ShowVersions", "ShowVersion", "CreateKey", "ShowUserInstances", "ShowUserQuotas", "CreateRandom",
    "ListRetirableGrants",
    "ListSupportRegions", "CreateKeyStore", "ListKeyStores", "ShowKeyStore", "EnableKeyStore", "DisableKeyStore",
    "DeleteKeyStore", "CreatePin", "CreateAccessPoint", "ListAccessPoint", "EnableAccessPoint", "DisableAccessPoint",
    "DeleteAccessPoint", "DownloadAccessPointPrivateKey", "CreateKeyPolicy", "ListKeyPolicy", "ShowKeyPolicy",
    "UpdateKeyPolicy", "DeleteKeyPolicy",
}
# Rows whose cells are written down but cannot be tried, because the operation is not here. To shrink.
PENDING = set(UNSUPPORTED) - KEYLESS
SPECS = {
    "ShowPublicKey": "EC_P256", "Sign": "EC_P256", "ValidateSignature": "EC_P256", "GenerateMac": "HMAC_256",
    "VerifyMac": "HMAC_256", "DeriveSharedSecret": "EC_P256",
}
# For external keys only.
EXTERNAL = {"CreateParametersForImport", "ImportKeyMaterial", "DeleteImportedKeyMaterial", "RotateOnDemand"}
# They need what the key made while it was enabled, so one that waits for material has lost it.
LATER = {"DecryptData", "DecryptDatakey", "ReEncrypt", "CancelGrant", "CancelSelfGrant", "UpdatePrimaryRegion"}
DATA_KEY = "00" + "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
SIGNED = {"message": b64(bytes(32)), "signing_algorithm": "ECDSA_SHA_256"}
MACED = {"message": b64(b"x"), "mac_algorithm": "HMAC_SHA_256"}
WRAPPING = "SM2_ENCRYPT"


def grant(kms, key_id):
    grant_id = kms.create_grant(key_id=key_id, grantee_principal=project_id(), operations=["describe-key"]).grant_id
    return {"key_id": key_id, "grant_id": grant_id}


def tagged(kms, key_id):
    kms.create_kms_tag(key_id=key_id, tag=models.TagItem("k", "v"))
    return {"key_id": key_id, "key": "k"}


def named(kms, key_id):
    name = f"alias/{alias()}"
    kms.create_alias(key_id=key_id, alias=name)
    return {"key_id": key_id, "aliases": [name]}


def renamed(kms, key_id):
    name = f"alias/{alias()}"
    kms.create_alias(key_id=kms.create(), alias=name)
    return {"target_key_id": key_id, "alias": name}


def resealed(kms, key_id):
    sealed = kms.encrypt_data(key_id=key_id, plain_text="x").cipher_text
    return {"source_key_id": key_id, "destination_key_id": kms.create(), "cipher_text": sealed}


def replica(kms, key_id):
    return {"key_id": key_id, "replica_region": "cn-east-3", "key_alias": alias(),
            "replica_project_id": kms.elsewhere().project}


def moved(kms, key_id):
    kms.replicate_key(**replica(kms, key_id))
    return {"key_id": key_id, "primary_region": "cn-east-3"}


def rotating(kms, key_id):
    # A key that waits for material is external and cannot be rotated.
    if kms.describe(key_id).origin == "kms":
        kms.enable_key_rotation(key_id=key_id)
    return {"key_id": key_id}


def imported(kms, key_id):
    given = kms.parameters(key_id, WRAPPING)
    wrapped = wrap(WRAPPING, unb64(given.public_key), MATERIAL)
    return {"key_id": key_id, "import_token": given.import_token, "encrypted_key_material": b64(wrapped)}


# What a call says; it is made while the key has its first state.
MEMBERS = {
    "DeleteKey": lambda kms, key_id: {"key_id": key_id, "pending_days": "8"},
    "UpdateKeyAlias": lambda kms, key_id: {"key_id": key_id, "key_alias": alias()},
    "UpdateKeyDescription": lambda kms, key_id: {"key_id": key_id, "key_description": "another"},
    "ListKeys": lambda kms, key_id: {},
    "CreateParametersForImport": lambda kms, key_id: {"key_id": key_id, "wrapping_algorithm": WRAPPING},
    "ImportKeyMaterial": imported,
    "EncryptDatakey": lambda kms, key_id: {"key_id": key_id, "plain_text": DATA_KEY, "datakey_plain_length": "1"},
    "DecryptDatakey": lambda kms, key_id: {"key_id": key_id, "datakey_cipher_length": "32",
                                           "cipher_text": kms.create_datakey(key_id=key_id).cipher_text},
    "CreateRsaDatakeyPair": lambda kms, key_id: {"key_id": key_id, "key_spec": "RSA_2048"},
    "CreateEcDatakeyPair": lambda kms, key_id: {"key_id": key_id, "key_spec": "ECC_NIST_P256"},
    "EncryptData": lambda kms, key_id: {"key_id": key_id, "plain_text": "x"},
    "DecryptData": lambda kms, key_id: {"cipher_text": kms.encrypt_data(key_id=key_id, plain_text="x").cipher_text},
    "ReEncrypt": resealed,
    "Sign": lambda kms, key_id: {"key_id": key_id, **SIGNED},
    "ValidateSignature": lambda kms, key_id: {"key_id": key_id, "signature": "AAAA", **SIGNED},
    "GenerateMac": lambda kms, key_id: {"key_id": key_id, **MACED},
    "VerifyMac": lambda kms, key_id: {"key_id": key_id, "mac": "00", **MACED},
    "DeriveSharedSecret": lambda kms, key_id: {"key_id": key_id, "key_agreement_algorithm": "ECDH", "public_key": PEER},
    "CreateGrant": lambda kms, key_id: {"key_id": key_id, "grantee_principal": project_id(),
                                        "operations": ["describe-key"]},
    "CancelGrant": grant,
    "CancelSelfGrant": grant,
    "DisableKeyRotation": rotating,
    "UpdateKeyRotationInterval": lambda kms, key_id: {**rotating(kms, key_id), "rotation_interval": 30},
    "CreateKmsTag": lambda kms, key_id: {"key_id": key_id, "tag": models.TagItem("k", "v")},
    "BatchCreateKmsTags": lambda kms, key_id: {"key_id": key_id, "action": "create",
                                               "tags": [models.TagItem("k", "v")]},
    "DeleteTag": tagged,
    "ListKmsTags": lambda kms, key_id: {},
    "ListKmsByTags": lambda kms, key_id: {"resource_instances": "resource_instances", "action": "filter"},
    "CreateAlias": lambda kms, key_id: {"key_id": key_id, "alias": f"alias/{alias()}"},
    "DeleteAlias": named,
    "AssociateAlias": renamed,
    "ReplicateKey": replica,
    "UpdatePrimaryRegion": moved,
    "CreateDatakeyCapsule": lambda kms, key_id: {"key_id": key_id, "datakey_length": "256",
                                                 "key_policy": '{"version": "1.0"}'},
    "DecryptDatakeyCapsule": lambda kms, key_id: {"key_id": key_id, "datakey_capsule": "AAAA",
                                                  "attestation_document": {"custom_signature": "AAAA"}},
}
CELLS = {name: dict(zip(STATES, row)) for name, row in TABLE.items() if name not in PENDING}


@pytest.mark.parametrize("name", CELLS)
def test_cells(kms, name):
    method = "_".join(re.findall("[A-Z][a-z]+", name)).lower()
    for state, outcome in CELLS[name].items():
        key_id, members = in_state(kms, name, state)
        before = kms.snapshot(key_id)
        if outcome.startswith("KMS."):
            with refused(outcome):
                getattr(kms, method)(**members)
            assert kms.snapshot(key_id) == before, state
        else:
            getattr(kms, method)(**members)
            assert kms.state(key_id) == (state if outcome == OK else outcome)


def in_state(kms, name, state):
    """A key in this state, and what the call says of it."""
    members = {"key_spec": SPECS[name]} if name in SPECS else {}
    if name == "DeriveSharedSecret":
        members["key_usage"] = "KEY_AGREEMENT"
    if state != "5" and name not in EXTERNAL:
        key_id = kms.create(**members)
    else:
        key_id = kms.external(**members)
    said = None
    if name == "ImportKeyMaterial":
        said = imported(kms, key_id)
    if kms.state(key_id) == "5" and (state != "5" or name in LATER):
        kms.bring(key_id, MATERIAL, WRAPPING)
    said = said or MEMBERS.get(name, lambda _, key_id: {"key_id": key_id})(kms, key_id)
    if state == "3":
        kms.disable_key(key_id=key_id)
    elif state == "4":
        kms.delete_key(key_id=key_id, pending_days="7")
    elif state == "5" and kms.state(key_id) == "2":
        kms.delete_imported_key_material(key_id=key_id)
    assert kms.state(key_id) == state
    return key_id, said


def test_the_table_is_whole():
    assert set(TABLE) | KEYLESS == set(ALL) and not set(TABLE) & KEYLESS
    assert all(len(row) == len(STATES) for row in TABLE.values())
    assert set(CELLS) == set(TABLE) & set(SUPPORTED)


def test_what_waits_for_material_waits_again_once_its_deletion_is_cancelled(kms):
    key_id = kms.external()
    kms.delete_key(key_id=key_id, pending_days="7")
    assert kms.cancel_key_deletion(key_id=key_id).key_state == "5"
    assert kms.state(key_id) == "5"
