"""ML-DSA and ML-KEM through boto3, held against `cryptography`, which has its own OpenSSL."""

import os

import pytest
from aws_support import CHINA, NO_MESSAGE, Kms, refused
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import mldsa, mlkem

ML_DSA = {"ML_DSA_44": (1312, 2420), "ML_DSA_65": (1952, 3309), "ML_DSA_87": (2592, 4627)}
ML_KEM = {"ML_KEM_512": (800, 768), "ML_KEM_768": (1184, 1088), "ML_KEM_1024": (1568, 1568)}
# `cryptography` has no ML-KEM-512.
KNOWN_KEMS = {"ML_KEM_768": mlkem.MLKEM768PublicKey, "ML_KEM_1024": mlkem.MLKEM1024PublicKey}
SHAKE = {"SigningAlgorithm": "ML_DSA_SHAKE_256"}
KEM = {"EncapsulationAlgorithm": "ML_KEM"}


@pytest.fixture
def kms(endpoint, tenant_name):
    return Kms(endpoint, tenant_name)


def signing_key(kms, spec="ML_DSA_44"):
    return kms.create(spec, KeyUsage="SIGN_VERIFY")


def kem_key(kms, spec="ML_KEM_512"):
    return kms.create(spec, KeyUsage="ENCAPSULATE_DECAPSULATE")


def public_key(kms, key_id):
    der = kms.get_public_key(KeyId=key_id)["PublicKey"]
    return der, serialization.load_der_public_key(der)


def mu_of(public_raw, message, context=b""):
    """The representative of a message (FIPS 204, algorithm 7, line 6), put together by hand."""
    def shake(data, length=64):
        digest = hashes.Hash(hashes.SHAKE256(length))
        digest.update(data)
        return digest.finalize()
    return shake(shake(public_raw) + bytes([0, len(context)]) + context + message)


@pytest.mark.parametrize("spec", ML_DSA)
def test_ml_dsa_signatures_are_good_elsewhere(kms, spec):
    public_length, signature_length = ML_DSA[spec]
    key_id = signing_key(kms, spec)
    described = kms.describe(key_id)
    assert described["SigningAlgorithms"] == ["ML_DSA_SHAKE_256"]
    assert described["KeySpec"] == described["CustomerMasterKeySpec"] == spec
    assert "CurrentKeyMaterialId" not in described and "EncryptionAlgorithms" not in described
    der, public = public_key(kms, key_id)
    assert len(der) == public_length + 22
    answer = kms.get_public_key(KeyId=key_id)
    assert (answer["KeySpec"], answer["KeyUsage"], answer["SigningAlgorithms"]) == (
        spec, "SIGN_VERIFY", ["ML_DSA_SHAKE_256"])
    for message in [b"x", os.urandom(4096)]:
        signed = kms.sign(KeyId=key_id, Message=message, **SHAKE)
        assert signed["KeyId"] == kms.arn(key_id) and signed["SigningAlgorithm"] == "ML_DSA_SHAKE_256"
        assert len(signed["Signature"]) == signature_length
        public.verify(signed["Signature"], message)
        with pytest.raises(InvalidSignature):
            public.verify(signed["Signature"], message + b"x")
        assert kms.verify(KeyId=key_id, Message=message, Signature=signed["Signature"], **SHAKE)["SignatureValid"]
        mu = mu_of(der[22:], message)
        outside = kms.sign(KeyId=key_id, Message=mu, MessageType="EXTERNAL_MU", **SHAKE)["Signature"]
        public.verify(outside, message)
        named = {"KeyId": key_id, "Message": mu, "MessageType": "EXTERNAL_MU", **SHAKE}
        assert kms.verify(**named, Signature=signed["Signature"])["SignatureValid"]
        with refused("KMSInvalidSignatureException", NO_MESSAGE):
            kms.verify(**named | {"Message": os.urandom(64)}, Signature=outside)


def test_ml_dsa_signatures_that_are_not_right(kms):
    key_id, other = signing_key(kms), signing_key(kms)
    good = kms.sign(KeyId=key_id, Message=b"message", **SHAKE)["Signature"]
    assert good != kms.sign(KeyId=key_id, Message=b"message", **SHAKE)["Signature"]
    for bad in [good[:-1], good + b"x", b"x", bytes(2420), b"\xff" * 2420, good[:100] + b"x" + good[101:]]:
        with refused("KMSInvalidSignatureException", NO_MESSAGE):
            kms.verify(KeyId=key_id, Message=b"message", Signature=bad, **SHAKE)
    with refused("KMSInvalidSignatureException", NO_MESSAGE):
        kms.verify(KeyId=other, Message=b"message", Signature=good, **SHAKE)


def test_forms_of_messages(kms):
    key_id = signing_key(kms)
    for length in [1, 32, 63, 65]:
        with refused("ValidationException", "Digest is invalid length for algorithm ML_DSA_SHAKE_256."):
            kms.sign(KeyId=key_id, Message=bytes(length), MessageType="EXTERNAL_MU", **SHAKE)
        with refused("ValidationException"):
            kms.verify(KeyId=key_id, Message=bytes(length), MessageType="EXTERNAL_MU", Signature=b"x", **SHAKE)
    with refused("ValidationException"):
        kms.sign(KeyId=key_id, Message=bytes(64), MessageType="DIGEST", **SHAKE)
    with refused("DryRunOperationException"):
        kms.sign(KeyId=key_id, Message=bytes(64), MessageType="EXTERNAL_MU", DryRun=True, **SHAKE)


@pytest.mark.parametrize("spec", ML_KEM)
def test_secrets_come_back(kms, spec):
    public_length, length = ML_KEM[spec]
    key_id = kem_key(kms, spec)
    described = kms.describe(key_id)
    assert described["EncapsulationAlgorithms"] == ["ML_KEM"] and described["KeyUsage"] == "ENCAPSULATE_DECAPSULATE"
    answer = kms.get_public_key(KeyId=key_id)
    assert answer["EncapsulationAlgorithms"] == ["ML_KEM"] and len(answer["PublicKey"]) == public_length + 22
    made = kms.encapsulate(KeyId=key_id, **KEM)
    assert (made["KeyId"], made["EncapsulationAlgorithm"]) == (kms.arn(key_id), "ML_KEM")
    assert (len(made["SharedSecret"]), len(made["SharedSecretCiphertextBlob"])) == (32, length)
    named = {"KeyId": key_id, "SharedSecretCiphertextBlob": made["SharedSecretCiphertextBlob"], **KEM}
    opened = kms.decapsulate(**named)
    assert set(opened) - {"ResponseMetadata"} == {"KeyId", "SharedSecret", "EncapsulationAlgorithm"}
    assert opened["SharedSecret"] == made["SharedSecret"]
    assert kms.encapsulate(KeyId=key_id, **KEM)["SharedSecret"] != made["SharedSecret"]
    for operation, more in [(kms.encapsulate, {"KeyId": key_id, **KEM}), (kms.decapsulate, named)]:
        with refused("DryRunOperationException"):
            operation(**more, DryRun=True)


@pytest.mark.parametrize("spec", KNOWN_KEMS)
def test_secrets_of_others(kms, spec):
    key_id = kem_key(kms, spec)
    public = public_key(kms, key_id)[1]
    secret, ciphertext = public.encapsulate()
    if len(secret) != 32:
        secret, ciphertext = ciphertext, secret
    assert kms.decapsulate(KeyId=key_id, SharedSecretCiphertextBlob=ciphertext, **KEM)["SharedSecret"] == secret


@pytest.mark.parametrize("spec", ML_KEM)
def test_implicit_rejection(kms, spec):
    key_id, other = kem_key(kms, spec), kem_key(kms, spec)
    made = kms.encapsulate(KeyId=key_id, **KEM)
    blob = made["SharedSecretCiphertextBlob"]

    def opened(key, ciphertext):
        return kms.decapsulate(KeyId=key, SharedSecretCiphertextBlob=ciphertext, **KEM)["SharedSecret"]

    seen = {made["SharedSecret"]}
    for key, ciphertext in [(other, blob), (key_id, bytes(len(blob))), (key_id, b"\xff" * len(blob)),
                            (key_id, blob[:-1] + bytes([blob[-1] ^ 1]))]:
        secret = opened(key, ciphertext)
        assert len(secret) == 32 and secret == opened(key, ciphertext)
        seen.add(secret)
    assert len(seen) == 5
    lengths = {1, len(blob) - 1, len(blob) + 1, 6144} | {length for _, length in ML_KEM.values()} - {len(blob)}
    for length in lengths - {len(blob)}:
        with refused("InvalidCiphertextException", NO_MESSAGE):
            opened(key_id, bytes(length))


@pytest.mark.parametrize("spec", ML_KEM)
def test_ml_kem_data_key_pairs(kms, spec):
    key_id = kms.create()
    pair = kms.generate_data_key_pair(KeyId=key_id, KeyPairSpec=spec)
    assert pair["KeyPairSpec"] == spec and len(pair["PrivateKeyPlaintext"]) == 86
    assert len(pair["PublicKey"]) == ML_KEM[spec][0] + 22
    opened = kms.decrypt(CiphertextBlob=pair["PrivateKeyCiphertextBlob"])["Plaintext"]
    assert opened == pair["PrivateKeyPlaintext"]
    if spec in KNOWN_KEMS:
        private = serialization.load_der_private_key(opened, None)
        spki = serialization.PublicFormat.SubjectPublicKeyInfo
        assert private.public_key().public_bytes(serialization.Encoding.DER, spki) == pair["PublicKey"]
    hidden = kms.generate_data_key_pair_without_plaintext(KeyId=key_id, KeyPairSpec=spec)
    assert "PrivateKeyPlaintext" not in hidden
    assert len(kms.decrypt(CiphertextBlob=hidden["PrivateKeyCiphertextBlob"])["Plaintext"]) == 86


def test_china_has_no_ml_kem(endpoint, tenant_name):
    china = Kms(endpoint, tenant_name, CHINA)
    with refused("UnsupportedOperationException"):
        kem_key(china)
    with refused("UnsupportedOperationException"):
        china.generate_data_key_pair(KeyId=china.create(), KeyPairSpec="ML_KEM_512")
    key_id = signing_key(china)
    public_key(china, key_id)[1].verify(china.sign(KeyId=key_id, Message=b"x", **SHAKE)["Signature"], b"x")


@pytest.mark.parametrize("spec, usage", [("ML_DSA_44", "SIGN_VERIFY"), ("ML_KEM_512", "ENCAPSULATE_DECAPSULATE")])
def test_states_and_life(kms, spec, usage):
    key_id = kms.create(spec, KeyUsage=usage)

    def use():
        if usage == "SIGN_VERIFY":
            return kms.sign(KeyId=key_id, Message=b"x", **SHAKE)
        blob = kms.encapsulate(KeyId=key_id, **KEM)["SharedSecretCiphertextBlob"]
        return kms.decapsulate(KeyId=key_id, SharedSecretCiphertextBlob=blob, **KEM)

    use()
    kms.disable_key(KeyId=key_id)
    with refused("DisabledException", f"{kms.arn(key_id)} is disabled."):
        use()
    if usage != "SIGN_VERIFY":
        with refused("DisabledException", f"{kms.arn(key_id)} is disabled."):
            kms.decapsulate(KeyId=key_id, SharedSecretCiphertextBlob=bytes(768), **KEM)
    kms.enable_key(KeyId=key_id)
    use()
    kms.create_alias(AliasName="alias/quantum", TargetKeyId=key_id)
    kms.get_public_key(KeyId="alias/quantum")
    kms.schedule_key_deletion(KeyId=key_id)
    with refused("KMSInvalidStateException", f"{kms.arn(key_id)} is pending deletion."):
        use()
    with refused("UnsupportedOperationException"):
        kms.create_key(KeySpec=spec, KeyUsage=usage, Origin="EXTERNAL")


def test_mldsa_class_is_there():
    """The oracle of this file knows all three sets."""
    assert {mldsa.MLDSA44PublicKey, mldsa.MLDSA65PublicKey, mldsa.MLDSA87PublicKey}
