"""What the server makes, opened and verified without it, and without the library of ciphers that it uses: by gmssl and
PyCryptodome, which have implementations of their own, and a few lines here."""

import hashlib
import hmac
import os

import pytest
from Cryptodome.Cipher import AES, PKCS1_OAEP, PKCS1_v1_5
from Cryptodome.Hash import SHA1, SHA256
from Cryptodome.PublicKey import ECC, RSA
from Cryptodome.Signature import DSS, pkcs1_15, pss
from Cryptodome.Signature.pss import MGF1
from Cryptodome.Util.asn1 import DerOctetString, DerSequence
from gmssl import sm2, sm3
from gmssl.sm4 import SM4_ENCRYPT, CryptSM4
from sealed import bind, open_tencent
from tencent_support import FIPS, MATERIAL_LENGTH, SM, Kms, b64, unb64

CONTEXT, TEXT = {"a": "1", "\u00fc": {"b": [1, 2]}}, '{"\\u00fc": {"b": [1, 2]}, "a": "1"}'


@pytest.fixture(params=[SM, FIPS])
def kms(request, endpoint, tenant_name):
    return Kms(endpoint, tenant_name, request.param)


def sm4_block(key: bytes, block: bytes) -> bytes:
    cipher = CryptSM4()
    cipher.set_key(key, SM4_ENCRYPT)
    return bytes(cipher.one_round(cipher.sk, block))


def times(x: int, y: int) -> int:
    """The product in the field of GCM, whose first bit is the lowest power."""
    product = 0
    for bit in range(127, -1, -1):
        if y >> bit & 1:
            product ^= x
        x = x >> 1 ^ (0xE1 << 120 if x & 1 else 0)
    return product


def sm4_gcm(key: bytes, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
    """Opens GCM over SM4, from the definition of both."""
    body, tag = sealed[:-16], sealed[-16:]
    h = int.from_bytes(sm4_block(key, bytes(16)))
    total = 0
    for part in (bound, body):
        for at in range(0, len(part), 16):
            total = times(total ^ int.from_bytes(part[at:at + 16].ljust(16, b"\0")), h)
    total = times(total ^ (len(bound) * 8 << 64 | len(body) * 8), h)
    keystream = [sm4_block(key, nonce + counter.to_bytes(4)) for counter in range(1, len(body) // 16 + 3)]
    assert total ^ int.from_bytes(keystream[0]) == int.from_bytes(tag), "the tag"
    return bytes(one ^ other for one, other in zip(body, b"".join(keystream[1:])))


def hkdf(material: bytes, length: int, salt: bytes, info: bytes) -> bytes:
    """RFC 5869 with SHA-256, for no more than one block."""
    assert length <= 32
    return hmac.digest(hmac.digest(salt, material, "sha256"), info + b"\1", "sha256")[:length]


def opener(material, tenant, key_id, material_id, salt, nonce, body, context) -> bytes:
    key = hkdf(material, len(material), salt, bind("polykms message v1", *tenant, key_id))
    bound = bind(key_id, material_id) + context
    if len(key) == 16:
        return sm4_gcm(key, nonce, body, bound)
    return AES.new(key, AES.MODE_GCM, nonce=nonce).update(bound).decrypt_and_verify(body[:-16], body[-16:])


def test_ciphertexts_of_imported_keys(kms):
    """SM4 in the one edition, AES-256 in the other, with the material that was brought."""
    material = os.urandom(MATERIAL_LENGTH[kms.region])
    key_id, other = kms.imported(material), kms.imported(material)
    account = str(kms.describe(key_id).CreatorUin)
    for plaintext in (b"x", b"attack at dawn", os.urandom(16), os.urandom(1000)):
        blob = kms.seal(key_id, plaintext, EncryptionContext=TEXT)
        assert open_tencent(blob, account, material, CONTEXT, opener) == plaintext
        for wrong in ({}, {**CONTEXT, "a": "2"}):
            with pytest.raises((AssertionError, ValueError)):
                open_tencent(blob, account, material, wrong, opener)
        moved = kms.ReEncrypt(CiphertextBlob=blob, SourceEncryptionContext=TEXT, DestinationKeyId=other).CiphertextBlob
        assert open_tencent(moved, account, material, opener=opener) == plaintext
    made = kms.GenerateDataKey(KeyId=key_id, NumberOfBytes=37)
    assert open_tencent(made.CiphertextBlob, account, material, opener=opener) == unb64(made.Plaintext)


def test_gcm_by_its_definition():
    """The vector of RFC 8998 for SM4-GCM."""
    key, nonce = bytes.fromhex("0123456789abcdeffedcba9876543210"), bytes.fromhex("00001234567800000000abcd")
    plaintext = bytes.fromhex("aa" * 8 + "bb" * 8 + "cc" * 8 + "dd" * 8 + "ee" * 8 + "ff" * 8 + "ee" * 8 + "aa" * 8)
    bound = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    sealed = bytes.fromhex(
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec")
    assert sm4_gcm(key, nonce, sealed, bound) == plaintext


def test_answers_under_a_key_of_rsa(kms):
    key = RSA.generate(2048)
    pem = key.publickey().export_key().decode()
    blob = kms.seal(kms.create(), b"attack at dawn")
    oaep = lambda hash_: PKCS1_OAEP.new(key, hash_, mgfunc=lambda seed, length: MGF1(seed, length, hash_)).decrypt
    for algorithm, opens in [
        ("RSAES_OAEP_SHA_1", oaep(SHA1)), ("RSAES_OAEP_SHA_256", oaep(SHA256)),
        ("RSAES_PKCS1_V1_5", lambda sealed: PKCS1_v1_5.new(key).decrypt(sealed, None)),
    ]:
        asked = {"EncryptionPublicKey": pem, "EncryptionAlgorithm": algorithm}
        assert opens(unb64(kms.Decrypt(CiphertextBlob=blob, **asked).Plaintext)) == b"attack at dawn"
        made = kms.GenerateDataKey(KeyId=kms.create(), NumberOfBytes=40, **asked)
        assert opens(unb64(made.Plaintext)) == kms.open(made.CiphertextBlob)


def test_answers_under_a_key_of_sm2(kms):
    """Both forms, with a key that gmssl made a pair of."""
    private = int.to_bytes(int.from_bytes(os.urandom(31)) + 1, 32).hex()
    pair = sm2.CryptSM2(private, "", mode=1)
    public = pair._kg(int(private, 16), sm2.default_ecc_table["g"])
    assert len(public) == 128
    spki = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004" + public)
    pem = f"-----BEGIN PUBLIC KEY-----\n{b64(spki)}\n-----END PUBLIC KEY-----\n"
    blob = kms.seal(kms.create(), b"attack at dawn")
    plain = unb64(kms.Decrypt(CiphertextBlob=blob, EncryptionPublicKey=pem).Plaintext)
    assert pair.decrypt(plain) == b"attack at dawn"
    asked = {"EncryptionPublicKey": pem, "EncryptionAlgorithm": "SM2_C1C3C2_ASN1"}
    x, y, c3, c2 = DerSequence().decode(unb64(kms.Decrypt(CiphertextBlob=blob, **asked).Plaintext))
    parts = [part.to_bytes(32) for part in (x, y)] + [DerOctetString().decode(part).payload for part in (c3, c2)]
    assert pair.decrypt(b"".join(parts)) == b"attack at dawn"


def test_signatures(kms):
    message = os.urandom(99)
    digest = SHA256.new(message)
    for usage, algorithm, verify in [
        ("ASYMMETRIC_SIGN_VERIFY_RSA_2048", "RSA_PKCS1_SHA_256", lambda key: pkcs1_15.new(RSA.import_key(key)).verify),
        ("ASYMMETRIC_SIGN_VERIFY_RSA_2048", "RSA_PSS_SHA_256",
         lambda key: pss.new(RSA.import_key(key), salt_bytes=32).verify),
        ("ASYMMETRIC_SIGN_VERIFY_ECC", "ECC_P256_R1", lambda key: DSS.new(ECC.import_key(key), "fips-186-3", "der").verify),
    ]:
        key_id = kms.create(KeyUsage=usage)
        key = unb64(kms.GetPublicKey(KeyId=key_id).PublicKey)
        for form in ({"Message": b64(message)}, {"Message": b64(digest.digest()), "MessageType": "DIGEST"}):
            made = unb64(kms.SignByAsymmetricKey(KeyId=key_id, Algorithm=algorithm, **form).Signature)
            verify(key)(digest, made)
            with pytest.raises(ValueError):
                verify(key)(SHA256.new(b"another"), made)


def test_sm2_signatures_of_digests(endpoint, tenant_name):
    """The digest is SM3 over what identifies the signer and the message, here by gmssl's SM3."""
    kms = Kms(endpoint, tenant_name, SM)
    key_id = kms.create(KeyUsage="ASYMMETRIC_SIGN_VERIFY_SM2")
    public = unb64(kms.GetPublicKey(KeyId=key_id).PublicKey)[-64:].hex()
    verifier = sm2.CryptSM2("", public, asn1=True)
    message = b"message"
    table = sm2.default_ecc_table
    signer = "0080" + b"1234567812345678".hex() + table["a"] + table["b"] + table["g"] + public
    z = sm3.sm3_hash(list(bytes.fromhex(signer)))
    digest = sm3.sm3_hash(list(bytes.fromhex(z) + message))
    for form in ({"Message": b64(message)}, {"Message": b64(bytes.fromhex(digest)), "MessageType": "DIGEST"}):
        made = unb64(kms.SignByAsymmetricKey(KeyId=key_id, Algorithm="SM2DSA", **form).Signature)
        assert verifier.verify(made.hex(), bytes.fromhex(digest))
        assert not verifier.verify(made.hex(), hashlib.sha256(message).digest())
