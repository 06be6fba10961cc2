"""Using keys: ciphertexts, data keys, signatures, MACs, public keys, random bytes; interchange with other libraries."""

import base64
import hashlib
import hmac
import os

import pytest
from aws_support import (
    CHINA, CURVES, EDWARDS, HMAC_LENGTHS, NO_MESSAGE, PRIVATE_SPECS, REGION, RSA_SPECS, SIGNING, SYMMETRIC, Kms,
    material, missing_id, private_key, refused,
)
from botocore.exceptions import ClientError
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from wrapping import oaep, private_key_der, sm2_decrypt, sm2_digest, sm2_encrypt, sm2_key, sm2_verify

HASHES = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}


@pytest.fixture
def kms(endpoint, tenant_name):
    return Kms(endpoint, tenant_name)


# Symmetric.


@pytest.mark.parametrize("length", [1, 16, 32, 100, 4096])
def test_encrypt_and_decrypt(kms, length):
    key_id, plain = kms.create(), os.urandom(length)
    arn, material_id = kms.arn(key_id), kms.describe(key_id)["CurrentKeyMaterialId"]
    sealed = kms.encrypt(KeyId=key_id, Plaintext=plain)
    sealed.pop("ResponseMetadata")
    blob = sealed["CiphertextBlob"]
    assert sealed == {"CiphertextBlob": blob, "KeyId": arn, "EncryptionAlgorithm": SYMMETRIC}
    assert len(blob) == length + 152
    assert base64.b64encode(blob).startswith(b"AQIDAHg")
    for named in ({}, {"KeyId": key_id}, {"KeyId": arn}, {"EncryptionAlgorithm": SYMMETRIC}):
        opened = kms.decrypt(CiphertextBlob=blob, **named)
        opened.pop("ResponseMetadata")
        assert opened == {"KeyId": arn, "Plaintext": plain, "EncryptionAlgorithm": SYMMETRIC,
                          "KeyMaterialId": material_id}
    assert kms.encrypt(KeyId=key_id, Plaintext=plain)["CiphertextBlob"] != blob


def test_every_damaged_byte_is_seen(kms):
    key_id = kms.create()
    blob = kms.encrypt(KeyId=key_id, Plaintext=b"secret")["CiphertextBlob"]
    for position in range(0, len(blob), 3):
        damaged = bytearray(blob)
        damaged[position] ^= 0x10
        with refused("InvalidCiphertextException", NO_MESSAGE):
            kms.decrypt(CiphertextBlob=bytes(damaged))
    for bad in (blob[:-1], blob + b"\0", blob[1:], b"x", os.urandom(200), bytes(6144)):
        for named in ({}, {"KeyId": key_id}):
            with refused("InvalidCiphertextException", NO_MESSAGE):
                kms.decrypt(CiphertextBlob=bad, **named)


def test_contexts_have_to_be_the_same(kms):
    key_id = kms.create()
    context = {"a": "bc", "Purpose": "test", "é": ""}
    blob = kms.encrypt(KeyId=key_id, Plaintext=b"x", EncryptionContext=context)["CiphertextBlob"]
    turned = dict(reversed(context.items()))
    assert kms.decrypt(CiphertextBlob=blob, EncryptionContext=turned)["Plaintext"] == b"x"
    for other in ({}, {"a": "bc"}, {**context, "b": ""}, {**context, "a": "BC"}, {"ab": "c", "Purpose": "test", "é": ""}):
        with refused("InvalidCiphertextException", NO_MESSAGE):
            kms.decrypt(CiphertextBlob=blob, EncryptionContext=other)
    with refused("ValidationException"):
        kms.encrypt(KeyId=key_id, Plaintext=b"x", EncryptionContext={"a": "b" * 8192})
    bare = kms.encrypt(KeyId=key_id, Plaintext=b"x")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=bare, EncryptionContext={})["Plaintext"] == b"x"


def test_ciphertexts_belong_to_their_key(kms, endpoint):
    one, two = kms.create(), kms.create()
    blob = kms.encrypt(KeyId=one, Plaintext=b"x")["CiphertextBlob"]
    with refused("IncorrectKeyException",
                 "The key ID in the request does not identify a CMK that can perform this operation."):
        kms.decrypt(KeyId=two, CiphertextBlob=blob)
    with refused("NotFoundException"):
        kms.decrypt(KeyId=missing_id(), CiphertextBlob=blob)
    stranger = Kms(endpoint, kms.name + "x")
    message = ("The ciphertext refers to a customer master key that does not exist, does not exist in this region, or "
               "you are not allowed to access.")
    for client in (stranger, kms.elsewhere("eu-west-1")):
        with refused("AccessDeniedException", message):
            client.decrypt(CiphertextBlob=blob)


def test_lengths_of_plaintext(kms):
    key_id, loose = kms.create(), kms.unchecked()
    for plain, rule in ((b"", "greater than or equal to 1"), (bytes(4097), "less than or equal to 4096")):
        with refused("ValidationException",
                     f"1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must "
                     f"have length {rule}"):
            loose.encrypt(KeyId=key_id, Plaintext=plain)


def test_decrypt_needs_a_ciphertext(kms):
    with refused("ValidationException",
                 "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: Member "
                 "must not be null"):
        kms.unchecked().decrypt(KeyId=kms.create())


@pytest.mark.parametrize("asked, length", [
    ({"KeySpec": "AES_256"}, 32), ({"KeySpec": "AES_128"}, 16), ({"NumberOfBytes": 1}, 1),
    ({"NumberOfBytes": 1024}, 1024),
])
def test_data_keys(kms, asked, length):
    key_id = kms.imported()
    metadata = kms.describe(key_id)
    made = kms.generate_data_key(KeyId=key_id, EncryptionContext={"a": "b"}, **asked)
    made.pop("ResponseMetadata")
    assert set(made) == {"CiphertextBlob", "Plaintext", "KeyId", "KeyMaterialId"}
    assert (made["KeyId"], made["KeyMaterialId"]) == (metadata["Arn"], metadata["CurrentKeyMaterialId"])
    assert len(made["Plaintext"]) == length
    opened = kms.decrypt(CiphertextBlob=made["CiphertextBlob"], EncryptionContext={"a": "b"})
    assert opened["Plaintext"] == made["Plaintext"]
    blind = kms.generate_data_key_without_plaintext(KeyId=key_id, **asked)
    blind.pop("ResponseMetadata")
    assert set(blind) == {"CiphertextBlob", "KeyId", "KeyMaterialId"}
    assert len(kms.decrypt(CiphertextBlob=blind["CiphertextBlob"])["Plaintext"]) == length


@pytest.mark.parametrize("operation", ["generate_data_key", "generate_data_key_without_plaintext"])
def test_data_keys_have_one_length(kms, operation):
    key_id = kms.create()
    call = getattr(kms.unchecked(), operation)
    for asked in ({}, {"KeySpec": "AES_256", "NumberOfBytes": 32}):
        with refused("ValidationException", "Please specify either number of bytes or key spec."):
            call(KeyId=key_id, **asked)
    for number, rule in ((0, "greater than or equal to 1"), (1025, "less than or equal to 1024")):
        with refused("ValidationException",
                     f"1 validation error detected: Value '{number}' at 'numberOfBytes' failed to satisfy constraint: "
                     f"Member must have value {rule}"):
            call(KeyId=key_id, NumberOfBytes=number)
    with refused("ValidationException"):
        call(KeyId=key_id, KeySpec="AES_192")


def test_random_bytes(kms):
    for length in (1, 32, 1024):
        assert len(kms.generate_random(NumberOfBytes=length)["Plaintext"]) == length
    assert kms.generate_random(NumberOfBytes=32)["Plaintext"] != kms.generate_random(NumberOfBytes=32)["Plaintext"]
    with refused("ValidationException", "NumberOfBytes is required."):
        kms.generate_random()
    with refused("ValidationException",
                 "1 validation error detected: Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member "
                 "must have value less than or equal to 1024"):
        kms.unchecked().generate_random(NumberOfBytes=1025)
    with refused("CustomKeyStoreNotFoundException"):
        kms.generate_random(NumberOfBytes=1, CustomKeyStoreId="cks-1234567890abcdef0")


def test_recipients_need_a_document(kms):
    key_id = kms.create()
    recipient = {"KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256", "AttestationDocument": b"x"}
    blob = kms.encrypt(KeyId=key_id, Plaintext=b"x")["CiphertextBlob"]
    for call in (lambda: kms.generate_random(NumberOfBytes=1, Recipient=recipient),
                 lambda: kms.decrypt(CiphertextBlob=blob, Recipient=recipient),
                 lambda: kms.generate_data_key(KeyId=key_id, KeySpec="AES_256", Recipient=recipient)):
        with refused("ValidationException"):
            call()


# RSA encryption.


@pytest.mark.parametrize("spec", RSA_SPECS)
@pytest.mark.parametrize("algorithm", ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"])
def test_rsa_ciphertexts_are_anybodys(kms, spec, algorithm):
    key = private_key(spec)
    key_id = kms.create(spec, KeyUsage="ENCRYPT_DECRYPT", Origin="EXTERNAL")
    kms.bring_plain(key_id, private_key_der(key), "RSA_AES_KEY_WRAP_SHA_256")
    size = key.key_size // 8
    most = size - (42 if algorithm.endswith("_1") else 66)
    for length in (1, most):
        plain = os.urandom(length)
        sealed = kms.encrypt(KeyId=key_id, Plaintext=plain, EncryptionAlgorithm=algorithm)
        assert (len(sealed["CiphertextBlob"]), sealed["EncryptionAlgorithm"]) == (size, algorithm)
        assert key.decrypt(sealed["CiphertextBlob"], oaep(algorithm)) == plain
        foreign = key.public_key().encrypt(plain, oaep(algorithm))
        opened = kms.decrypt(KeyId=key_id, CiphertextBlob=foreign, EncryptionAlgorithm=algorithm)
        assert opened["Plaintext"] == plain and "KeyMaterialId" not in opened
    with refused("ValidationException",
                 f"Algorithm {algorithm} and key spec {spec} cannot encrypt data larger than {most} bytes."):
        kms.encrypt(KeyId=key_id, Plaintext=bytes(most + 1), EncryptionAlgorithm=algorithm)
    damaged = foreign[:-1] + bytes([foreign[-1] ^ 1])
    for bad in (damaged, foreign[:-1], foreign + b"\0", b"x"):
        with refused("InvalidCiphertextException", NO_MESSAGE):
            kms.decrypt(KeyId=key_id, CiphertextBlob=bad, EncryptionAlgorithm=algorithm)
    with refused("InvalidKeyUsageException", f"Algorithm SYMMETRIC_DEFAULT is incompatible with key spec {spec}."):
        kms.encrypt(KeyId=key_id, Plaintext=b"x")
    with refused("InvalidKeyUsageException", f"Algorithm SYMMETRIC_DEFAULT is incompatible with key spec {spec}."):
        kms.decrypt(KeyId=key_id, CiphertextBlob=foreign)
    with refused("ValidationException"):
        kms.decrypt(CiphertextBlob=foreign, EncryptionAlgorithm=algorithm)
    with refused("ValidationException"):
        kms.encrypt(KeyId=key_id, Plaintext=b"x", EncryptionAlgorithm=algorithm, EncryptionContext={"a": "b"})
    with refused("InvalidKeyUsageException"):
        kms.generate_data_key(KeyId=key_id, KeySpec="AES_256")


def test_symmetric_keys_do_not_do_rsa(kms):
    key_id = kms.create()
    for algorithm in ("RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE"):
        message = f"Algorithm {algorithm} is incompatible with key spec SYMMETRIC_DEFAULT."
        with refused("InvalidKeyUsageException", message):
            kms.encrypt(KeyId=key_id, Plaintext=b"x", EncryptionAlgorithm=algorithm)
        with refused("InvalidKeyUsageException", message):
            kms.decrypt(KeyId=key_id, CiphertextBlob=b"x", EncryptionAlgorithm=algorithm)


# Signatures.


def algorithms(spec):
    if spec in RSA_SPECS:
        return [f"RSASSA_{scheme}_SHA_{size}" for scheme in ("PSS", "PKCS1_V1_5") for size in HASHES]
    return ["ED25519_SHA_512", "ED25519_PH_SHA_512"] if spec == EDWARDS else [SIGNING[spec]]


def verify_elsewhere(public, algorithm, signature, message):
    size = algorithm.rsplit("_", 1)[1]
    if "PSS" in algorithm:
        hash_class = HASHES[size]
        public.verify(signature, message, padding.PSS(padding.MGF1(hash_class()), hash_class.digest_size),
                      hash_class())
    elif "PKCS1" in algorithm:
        public.verify(signature, message, padding.PKCS1v15(), HASHES[size]())
    elif "ECDSA" in algorithm:
        public.verify(signature, message, ec.ECDSA(HASHES[size]()))
    else:
        public.verify(signature, message)


@pytest.mark.parametrize("spec, algorithm", [(spec, algorithm) for spec in PRIVATE_SPECS
                                             for algorithm in algorithms(spec)])
def test_signatures(kms, spec, algorithm):
    key_id = kms.imported(spec)
    arn = kms.arn(key_id)
    message, size = os.urandom(4096), algorithm.rsplit("_", 1)[1]
    digest = hashlib.new(f"sha{size}", message).digest()
    raw, digested = {"Message": message}, {"Message": digest, "MessageType": "DIGEST"}
    forms = {"ED25519_SHA_512": [raw], "ED25519_PH_SHA_512": [digested]}.get(algorithm, [raw, digested])
    named = {"KeyId": key_id, "SigningAlgorithm": algorithm}
    public = private_key(spec).public_key()
    for form in forms:
        signed = kms.sign(**named, **form)
        signature = signed["Signature"]
        signed.pop("ResponseMetadata")
        assert signed == {"KeyId": arn, "Signature": signature, "SigningAlgorithm": algorithm}
        if algorithm != "ED25519_PH_SHA_512":
            verify_elsewhere(public, algorithm, signature, message)
        for other in forms:
            checked = kms.verify(**named, **other, Signature=signature)
            checked.pop("ResponseMetadata")
            assert checked == {"KeyId": arn, "SignatureValid": True, "SigningAlgorithm": algorithm}
        spoilt = bytes([signature[0] ^ 1]) + signature[1:]
        for bad in (spoilt, signature[:-1], signature + b"\0", b"x", bytes(6144)):
            with refused("KMSInvalidSignatureException", NO_MESSAGE):
                kms.verify(**named, **form, Signature=bad)
        changed = {**form, "Message": form["Message"][::-1]}
        with refused("KMSInvalidSignatureException", NO_MESSAGE):
            kms.verify(**named, **changed, Signature=signature)
    if digested in forms:
        for bad in (digest[:-1], digest + b"\0", b"x"):
            for operation in (kms.sign, lambda **more: kms.verify(Signature=b"x", **more)):
                with refused("ValidationException", f"Digest is invalid length for algorithm {algorithm}."):
                    operation(**named, Message=bad, MessageType="DIGEST")
    for form in (raw, digested):
        if form not in forms:
            with refused("ValidationException"):
                kms.sign(**named, **form)
    with refused("ValidationException"):
        kms.sign(**named, Message=bytes(64), MessageType="EXTERNAL_MU")


@pytest.mark.parametrize("spec", ["RSA_2048", *CURVES, EDWARDS])
def test_algorithms_of_other_kinds(kms, spec):
    key_id = kms.create(spec)
    every = {algorithm for other in PRIVATE_SPECS for algorithm in algorithms(other)} | {"SM2DSA", "ML_DSA_SHAKE_256"}
    for algorithm in every - set(algorithms(spec)):
        message = f"Algorithm {algorithm} is incompatible with key spec {spec}."
        with refused("InvalidKeyUsageException", message):
            kms.sign(KeyId=key_id, Message=b"x", SigningAlgorithm=algorithm)
        with refused("InvalidKeyUsageException", message):
            kms.verify(KeyId=key_id, Message=b"x", Signature=b"x", SigningAlgorithm=algorithm)


@pytest.mark.parametrize("spec", PRIVATE_SPECS)
def test_generated_keys_show_their_public_half(kms, spec):
    key_id = kms.create(spec)
    shown = kms.get_public_key(KeyId=key_id)
    metadata = kms.describe(key_id)
    public = serialization.load_der_public_key(shown["PublicKey"])
    signature = kms.sign(KeyId=key_id, Message=b"hello", SigningAlgorithm=SIGNING[spec])["Signature"]
    verify_elsewhere(public, SIGNING[spec], signature, b"hello")
    with pytest.raises(InvalidSignature):
        verify_elsewhere(public, SIGNING[spec], signature, b"hullo")
    shown.pop("ResponseMetadata")
    assert shown == {"KeyId": metadata["Arn"], "PublicKey": shown["PublicKey"], "CustomerMasterKeySpec": spec,
                     "KeySpec": spec, "KeyUsage": "SIGN_VERIFY", "SigningAlgorithms": metadata["SigningAlgorithms"]}


@pytest.mark.parametrize("spec", [SYMMETRIC, *HMAC_LENGTHS])
def test_only_key_pairs_have_a_public_half(kms, spec):
    with refused("UnsupportedOperationException"):
        kms.get_public_key(KeyId=kms.create(spec))


# MACs.


@pytest.mark.parametrize("spec", HMAC_LENGTHS)
def test_macs(kms, spec):
    plain = material(spec)
    key_id = kms.imported(spec, plain)
    algorithm = spec.replace("_", "_SHA_")
    message = os.urandom(4096)
    made = kms.generate_mac(KeyId=key_id, Message=message, MacAlgorithm=algorithm)
    made.pop("ResponseMetadata")
    mac = hmac.new(plain, message, f"sha{spec[5:]}").digest()
    assert made == {"Mac": mac, "MacAlgorithm": algorithm, "KeyId": kms.arn(key_id)}
    checked = kms.verify_mac(KeyId=key_id, Message=message, Mac=mac, MacAlgorithm=algorithm)
    checked.pop("ResponseMetadata")
    assert checked == {"KeyId": kms.arn(key_id), "MacValid": True, "MacAlgorithm": algorithm}
    for bad in (mac[:-1], mac + b"\0", mac[::-1], b"x", bytes(6144)):
        with refused("KMSInvalidMacException", NO_MESSAGE):
            kms.verify_mac(KeyId=key_id, Message=message, Mac=bad, MacAlgorithm=algorithm)
    for other in HMAC_LENGTHS:
        if other != spec:
            word = other.replace("_", "_SHA_")
            with refused("InvalidKeyUsageException", f"Algorithm {word} is incompatible with key spec {spec}."):
                kms.generate_mac(KeyId=key_id, Message=message, MacAlgorithm=word)
    generated = kms.create(spec)
    mac = kms.generate_mac(KeyId=generated, Message=b"x", MacAlgorithm=algorithm)["Mac"]
    assert kms.verify_mac(KeyId=generated, Message=b"x", Mac=mac, MacAlgorithm=algorithm)["MacValid"] is True


# Dry runs.


def test_dry_runs_do_nothing_and_say_so(kms):
    key_id, mac_key, signing_key = kms.create(), kms.create("HMAC_256"), kms.create("ECC_NIST_P256")
    blob = kms.encrypt(KeyId=key_id, Plaintext=b"x")["CiphertextBlob"]
    mac = kms.generate_mac(KeyId=mac_key, Message=b"x", MacAlgorithm="HMAC_SHA_256")["Mac"]
    signing = {"KeyId": signing_key, "Message": b"x", "SigningAlgorithm": "ECDSA_SHA_256"}
    signature = kms.sign(**signing)["Signature"]
    authentication = {"KeyId": mac_key, "Message": b"x", "MacAlgorithm": "HMAC_SHA_256"}
    calls = [
        (kms.encrypt, {"KeyId": key_id, "Plaintext": b"x"}),
        (kms.decrypt, {"CiphertextBlob": blob}),
        (kms.decrypt, {"KeyId": key_id, "CiphertextBlob": blob}),
        (kms.generate_data_key, {"KeyId": key_id, "KeySpec": "AES_256"}),
        (kms.generate_data_key_without_plaintext, {"KeyId": key_id, "KeySpec": "AES_256"}),
        (kms.sign, signing), (kms.verify, {**signing, "Signature": signature}),
        (kms.generate_mac, authentication), (kms.verify_mac, {**authentication, "Mac": mac}),
    ]
    for call, parameters in calls:
        with refused("DryRunOperationException",
                     "The request would have succeeded, but the DryRun option is set."):
            call(**parameters, DryRun=True)
        call(**parameters, DryRun=False)
    # What would fail says so.
    with refused("KMSInvalidSignatureException"):
        kms.verify(**signing, Signature=b"x", DryRun=True)
    with refused("InvalidCiphertextException"):
        kms.decrypt(CiphertextBlob=b"x", DryRun=True)
    with refused("NotFoundException"):
        kms.encrypt(KeyId=missing_id(), Plaintext=b"x", DryRun=True)
    kms.disable_key(KeyId=key_id)
    with refused("DisabledException"):
        kms.generate_data_key(KeyId=key_id, KeySpec="AES_256", DryRun=True)


def test_dry_runs_without_a_ciphertext(kms):
    key_id = kms.create()
    with refused("DryRunOperationException"):
        kms.decrypt(KeyId=key_id, DryRun=True, DryRunModifiers=["IGNORE_CIPHERTEXT"])
    with refused("ValidationException"):
        kms.decrypt(DryRun=True, DryRunModifiers=["IGNORE_CIPHERTEXT"])
    with refused("ValidationException"):
        kms.decrypt(KeyId=key_id, CiphertextBlob=b"x", DryRunModifiers=["IGNORE_CIPHERTEXT"])
    with refused("NotFoundException"):
        kms.decrypt(KeyId=missing_id(), DryRun=True, DryRunModifiers=["IGNORE_CIPHERTEXT"])


# China.


def test_sm2_in_china(endpoint, tenant_name):
    kms = Kms(endpoint, tenant_name, CHINA)
    scalar, pkcs8, spki = sm2_key()
    key_id = kms.create("SM2", KeyUsage="ENCRYPT_DECRYPT", Origin="EXTERNAL")
    kms.bring_plain(key_id, pkcs8, "SM2PKE", "SM2")
    assert kms.get_public_key(KeyId=key_id)["PublicKey"] == spki
    sealed = kms.encrypt(KeyId=key_id, Plaintext=b"hello", EncryptionAlgorithm="SM2PKE")["CiphertextBlob"]
    assert sm2_decrypt(scalar, sealed) == b"hello"
    foreign = sm2_encrypt(spki, b"hello")
    opened = kms.decrypt(KeyId=key_id, CiphertextBlob=foreign, EncryptionAlgorithm="SM2PKE")
    assert opened["Plaintext"] == b"hello"
    signing_key = kms.imported("SM2", pkcs8)
    signature = kms.sign(KeyId=signing_key, Message=b"hello", SigningAlgorithm="SM2DSA")["Signature"]
    digest = sm2_digest(spki, b"hello")
    assert sm2_verify(spki, digest, signature)
    assert kms.verify(KeyId=signing_key, Message=digest, MessageType="DIGEST", Signature=signature,
                      SigningAlgorithm="SM2DSA")["SignatureValid"]


def test_symmetric_keys_in_china_take_sixteen_bytes(endpoint, tenant_name):
    kms = Kms(endpoint, tenant_name, CHINA)
    key_id = kms.external()
    for length in (15, 17, 32):
        with refused("IncorrectKeyMaterialException", NO_MESSAGE):
            kms.bring_plain(key_id, os.urandom(length))
    kms.bring_plain(key_id, os.urandom(16), "SM2PKE", "SM2")
    blob = kms.encrypt(KeyId=key_id, Plaintext=b"x")["CiphertextBlob"]
    assert len(blob) == 153 and kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"


def test_errors_are_the_models_own_classes(kms):
    with pytest.raises(kms.exceptions.NotFoundException):
        kms.describe(missing_id())
    with pytest.raises(kms.exceptions.InvalidCiphertextException):
        kms.decrypt(CiphertextBlob=b"x")
    with pytest.raises(ClientError) as caught:
        kms.elsewhere(REGION).generate_random()
    assert caught.value.response["Error"]["Code"] == "ValidationException"
