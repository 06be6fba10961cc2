"""Post-quantum keys, held against `cryptography`, which has its own OpenSSL."""

import hashlib
import os

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import mldsa, mlkem
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from tencent_support import FIPS, MISSING_KEY, SM, Kms, b64, refused, unb64, unchanged

BAD_CIPHERTEXT = "InvalidParameterValue.InvalidCiphertext"
BAD_PLAINTEXT = "InvalidParameterValue.InvalidPlaintext"
NOT_SUPPORT = "ResourceUnavailable.CmkStateNotSupport"
DISABLED = "ResourceUnavailable.CmkDisabled"
SEALING, SIGNING = "POST_QUANTUM_ENCRYPT_DECRYPT", "POST_QUANTUM_SIGN_VERIFY"


@pytest.fixture(params=[SM, FIPS])
def kms(request, endpoint, tenant_name):
    return Kms(endpoint, tenant_name, request.param)


def public_key(kms, key_id):
    return serialization.load_der_public_key(unb64(kms.GetPublicKey(KeyId=key_id).PublicKey))


def seal(kms, key_id, plaintext=b"plaintext"):
    made = kms.PostQuantumCryptoEncrypt(KeyId=key_id, PlainText=b64(plaintext))
    assert made.KeyId == key_id
    return made.CiphertextBlob


def sign(kms, key_id, message):
    return unb64(kms.PostQuantumCryptoSign(KeyId=key_id, Message=b64(message)).Signature)


def valid(kms, key_id, message, signature):
    named = {"KeyId": key_id, "Message": b64(message), "SignatureValue": b64(signature)}
    return kms.PostQuantumCryptoVerify(**named).SignatureValid


@pytest.mark.parametrize("length", [1, 15, 16, 32, 4096])
def test_there_and_back(kms, length):
    key_id = kms.create(KeyUsage=SEALING)
    plaintext = os.urandom(length)
    blob, another = seal(kms, key_id, plaintext), seal(kms, key_id, plaintext)
    assert [len(unb64(part)) for part in blob.split("-k-")] == [64, 16, 4 + 1568 + (length // 16 + 1) * 16]
    assert another != blob and another.split("-k-")[1] == blob.split("-k-")[1]
    opened = kms.PostQuantumCryptoDecrypt(CiphertextBlob=blob)
    assert (opened.KeyId, unb64(opened.PlainText)) == (key_id, plaintext)


def bind(*words):
    return b"".join(len(word).to_bytes(8) + word for word in words)


def test_a_blob_made_outside_opens(kms):
    """The layout and the derivation as docs/cryptography.md has them, with another ML-KEM."""
    key_id = kms.create(KeyUsage=SEALING)
    public = public_key(kms, key_id)
    assert isinstance(public, mlkem.MLKEM1024PublicKey)
    material = unb64(seal(kms, key_id).split("-k-")[0])[:32]
    account = str(kms.describe(key_id).CreatorUin).encode()
    one, other = public.encapsulate()
    secret, encapsulated = (one, other) if len(one) == 32 else (other, one)
    info = bind(b"polykms encapsulated message v1", b"tencent", account, key_id.encode())
    message_key = HKDF(hashes.SHA256(), 32, encapsulated, info).derive(secret)
    nonce, plaintext = os.urandom(12), b"made elsewhere"
    aad = bind(key_id.encode(), material.hex().encode()) + bytes(8)
    body = AESGCM(message_key).encrypt(nonce, plaintext, aad)
    body, tag = body[:-16], body[-16:]
    head = material + nonce + len(body).to_bytes(4) + tag
    key = bytes.fromhex(key_id.replace("-", ""))
    rest = encapsulated + body + bytes((len(body) // 16 + 1) * 16 - len(body))
    check = hashlib.sha256(head + key + rest).digest()[:4]
    blob = "-k-".join(b64(part) for part in (head, key, check + rest))
    assert unb64(kms.PostQuantumCryptoDecrypt(CiphertextBlob=blob).PlainText) == plaintext


def test_what_does_not_open(kms):
    key_id, other = kms.create(KeyUsage=SEALING), kms.create(KeyUsage=SEALING)
    blob, foreign = seal(kms, key_id), seal(kms, other)
    one, two = blob.split("-k-"), foreign.split("-k-")
    bad = ["", "x", "-k--k-", b64(bytes(2000)), blob[:-1], blob + "A", blob + "-k-", blob.replace("-k-", "")]
    bad += ["-k-".join(mixed) for mixed in ([two[0], one[1], one[2]], [one[0], two[1], one[2]], [one[0], one[1], two[2]])]
    bad += [blob[:at] + ("B" if blob[at] == "A" else "A") + blob[at + 1:] for at in range(0, len(blob), 151)]
    # With a check value that fits, what protects a blob is its tag.
    parts = [bytearray(unb64(part)) for part in one]
    for part, at in ((0, 0), (0, 40), (0, 60), (2, 4), (2, 1000), (2, 1573)):
        forged = [bytearray(piece) for piece in parts]
        forged[part][at] ^= 1
        forged[2][:4] = hashlib.sha256(forged[0] + forged[1] + forged[2][4:]).digest()[:4]
        bad.append("-k-".join(b64(bytes(piece)) for piece in forged))
    bad.append(kms.seal(kms.create()))
    for damaged in bad:
        with refused(BAD_CIPHERTEXT):
            kms.PostQuantumCryptoDecrypt(CiphertextBlob=damaged)
    with refused(BAD_CIPHERTEXT):
        kms.open(blob)


@pytest.mark.parametrize("length", [1, 32, 4096])
def test_signatures_are_good_elsewhere_and_here(kms, length):
    key_id, other = kms.create(KeyUsage=SIGNING), kms.create(KeyUsage=SIGNING)
    public = public_key(kms, key_id)
    assert isinstance(public, mldsa.MLDSA87PublicKey)
    message = os.urandom(length)
    signature = sign(kms, key_id, message)
    assert len(signature) == 4627
    public.verify(signature, message)
    with pytest.raises(InvalidSignature):
        public.verify(signature, message + b"x")
    assert valid(kms, key_id, message, signature) is True
    assert sign(kms, key_id, message) != signature
    assert valid(kms, other, message, signature) is valid(kms, key_id, b"other", signature) is False
    for wrong in [signature[:-1], signature + b"x", b"x", bytes(4627), signature[:-1] + bytes([signature[-1] ^ 1])]:
        assert valid(kms, key_id, message, wrong) is False


def test_what_is_refused(endpoint, tenant_name):
    kms = Kms(endpoint, tenant_name)
    sealing, signing = kms.create(KeyUsage=SEALING), kms.create(KeyUsage=SIGNING)
    others = [kms.create(), kms.create(KeyUsage="ASYMMETRIC_SIGN_VERIFY_ECC")]
    signature = {"SignatureValue": b64(b"x")}
    for bad in ["", "x", "AAA", "-_-_", b64(bytes(4097))]:
        with refused(BAD_PLAINTEXT):
            kms.PostQuantumCryptoEncrypt(KeyId=sealing, PlainText=bad)
        with refused("InvalidParameter" if bad else "MissingParameter"):
            kms.PostQuantumCryptoSign(KeyId=signing, Message=bad)
        with refused("InvalidParameter"):
            kms.PostQuantumCryptoVerify(KeyId=signing, Message=bad, **signature)
    for bad in ["", "x", b64(bytes(9000))]:
        with refused("InvalidParameterValue"):
            kms.PostQuantumCryptoVerify(KeyId=signing, Message=b64(b"x"), SignatureValue=bad)
    for key_id in [signing, *others]:
        with refused("InvalidParameter"):
            kms.PostQuantumCryptoEncrypt(KeyId=key_id, PlainText=b64(b"x"))
    for key_id in [sealing, *others]:
        with refused("InvalidParameter"):
            kms.PostQuantumCryptoSign(KeyId=key_id, Message=b64(b"x"))
        with refused("InvalidParameter"):
            kms.PostQuantumCryptoVerify(KeyId=key_id, Message=b64(b"x"), **signature)
    with refused("InvalidParameter"):
        kms.seal(sealing)
    with refused("InvalidParameterValue.InvalidKeyUsage"):
        kms.GenerateDataKey(KeyId=sealing, KeySpec="AES_256")
    with refused("InvalidParameter"):
        kms.SignByAsymmetricKey(KeyId=signing, Algorithm="ECC_P256_R1", Message=b64(b"x"))
    for action, more in [("PostQuantumCryptoEncrypt", {"PlainText": b64(b"x")}),
                         ("PostQuantumCryptoSign", {"Message": b64(b"x")}),
                         ("PostQuantumCryptoVerify", {"Message": b64(b"x"), **signature})]:
        with refused("ResourceUnavailable.CmkNotFound"):
            getattr(kms, action)(KeyId=MISSING_KEY, **more)
        with refused("InvalidParameterValue.InvalidKeyId"):
            getattr(kms, action)(KeyId="x", **more)
    stranger = Kms(endpoint, tenant_name + "x")
    with refused("ResourceUnavailable.CmkNotFound"):
        stranger.PostQuantumCryptoDecrypt(CiphertextBlob=seal(kms, sealing))


def test_states(endpoint, tenant_name, clock):
    kms = Kms(endpoint, tenant_name)
    clock.freeze("tencent", kms.access_id, 1_800_000_000)
    sealing, signing = kms.create(KeyUsage=SEALING), kms.create(KeyUsage=SIGNING)
    blob, signature = seal(kms, sealing), sign(kms, signing, b"x")
    acts = [
        (lambda: seal(kms, sealing), DISABLED),
        (lambda: kms.PostQuantumCryptoDecrypt(CiphertextBlob=blob), DISABLED),
        (lambda: sign(kms, signing, b"x"), NOT_SUPPORT),
        (lambda: valid(kms, signing, b"x", signature), NOT_SUPPORT),
        (lambda: kms.GetPublicKey(KeyId=signing), NOT_SUPPORT),
    ]

    def every(step):
        for key_id in (sealing, signing):
            step(key_id)
        for act, code in acts:
            with unchanged(kms, sealing, signing), refused(code):
                act()

    # What is archived still opens what it made.
    for key_id in (sealing, signing):
        kms.ArchiveKey(KeyId=key_id)
    assert unb64(kms.PostQuantumCryptoDecrypt(CiphertextBlob=blob).PlainText) == b"plaintext"
    with unchanged(kms, sealing), refused("ResourceUnavailable.CmkArchived"):
        seal(kms, sealing)
    for act, code in acts[2:]:
        with unchanged(kms, signing), refused(code):
            act()
    for key_id in (sealing, signing):
        kms.CancelKeyArchive(KeyId=key_id)
    every(lambda key_id: kms.DisableKey(KeyId=key_id))
    every(lambda key_id: kms.ScheduleKeyDeletion(KeyId=key_id, PendingWindowInDays=7))
    every(lambda key_id: kms.CancelKeyDeletion(KeyId=key_id))
    for key_id in (sealing, signing):
        kms.EnableKey(KeyId=key_id)
    for act, _ in acts:
        act()
    for key_id in (sealing, signing):
        kms.DisableKey(KeyId=key_id)
        kms.ScheduleKeyDeletion(KeyId=key_id, PendingWindowInDays=7)
    clock.advance("tencent", kms.access_id, 7 * 86400)
    for act, _ in acts:
        with refused("ResourceUnavailable.CmkNotFound"):
            act()
