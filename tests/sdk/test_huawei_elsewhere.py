"""Keys and algorithms held against libraries that are not the server's, where the other tests hold them only against
the server itself."""

import hashlib
import secrets

import pytest
from Cryptodome.Hash import SHA512
from Cryptodome.PublicKey import ECC
from Cryptodome.Signature import eddsa
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from gmssl import sm2 as gmssl_sm2
from huawei_support import b64, kms, refused, unb64  # noqa: F401
from sealed import open_huawei
from test_huawei_import import RAW, pem_bytes
from wrapping import private_key_der, sm2_decrypt, sm2_digest, sm2_encrypt, sm2_key, sm2_verify, sm3


@pytest.mark.parametrize("spec", ["AES_256", "SM4"])
def test_symmetric_ciphertexts(kms, spec):
    """AES-256-GCM and SM4-GCM, opened with nothing but the material and what stands in the ciphertext."""
    key_id, material = kms.external(key_spec=spec), secrets.token_bytes(RAW[spec])
    kms.bring(key_id, material)

    def opened(blob, *bound):
        return open_huawei(blob, kms.account, material, *bound)

    text = "words, ä€😀" * 9
    sealed = kms.encrypt_data(key_id=key_id, plain_text=text).cipher_text
    assert opened(unb64(sealed)) == text.encode()
    sealed = kms.encrypt_data(key_id=key_id, plain_text=text, additional_authenticated_data="é").cipher_text
    assert opened(unb64(sealed), "é") == text.encode()
    sealed = kms.post("encrypt-data", key_id=key_id, plain_text=text, encryption_context={"b": "2", "a": "1"}).json
    assert opened(unb64(sealed["cipher_text"]), "", {"a": "1", "b": "2"}) == text.encode()
    made = kms.create_datakey(key_id=key_id, datakey_length="136", additional_authenticated_data="x")
    assert opened(bytes.fromhex(made.cipher_text), "x") == bytes.fromhex(made.plain_text)
    data_key = secrets.token_bytes(1024)
    digest = sm3(data_key) if spec == "SM4" else hashlib.sha256(data_key).digest()
    sealed = kms.encrypt_datakey(key_id=key_id, plain_text=(data_key + digest).hex(), datakey_plain_length="1024")
    assert opened(bytes.fromhex(sealed.cipher_text)) == data_key
    pair = kms.create_ec_datakey_pair(key_id=key_id, key_spec="ECC_NIST_P256", additional_authenticated_data="y")
    assert opened(unb64(pair.private_key_cipher_text), "y") == unb64(pair.private_key_plain_text)


def test_sm2_signatures(kms):
    _, pkcs8, spki = sm2_key()
    for origin in ["kms", "external"]:
        key_id = kms.create(key_spec="SM2", origin=origin)
        if origin == "external":
            kms.bring_private(key_id, pkcs8)
        public = pem_bytes(kms.show_public_key(key_id=key_id).public_key)
        assert origin == "kms" or public == spki
        gmssl = gmssl_sm2.CryptSM2(private_key=None, public_key=public[-64:].hex(), asn1=True)
        for message in [b"message", secrets.token_bytes(4095)]:
            digest = sm2_digest(public, message)
            raw = {"key_id": key_id, "message": b64(message), "message_type": "RAW", "signing_algorithm": "SM2DSA_SM3"}
            # The digest includes what SM2 puts in front of the message.
            digested = {**raw, "message": b64(digest), "message_type": "DIGEST"}
            for asked, other in [(raw, digested), (digested, raw)]:
                signature = kms.sign(**asked).signature
                assert sm2_verify(public, digest, unb64(signature))
                assert gmssl.verify_with_sm3(unb64(signature).hex(), message)
                assert kms.validate_signature(signature=signature, **other).signature_valid == "true"


def test_a_signature_of_gmssl_is_verified(kms):
    scalar, pkcs8, spki = sm2_key()
    key_id = kms.external(key_spec="SM2")
    kms.bring_private(key_id, pkcs8, "SM2_ENCRYPT")
    gmssl = gmssl_sm2.CryptSM2(private_key=f"{scalar:064x}", public_key=spki[-64:].hex(), asn1=True)
    signature = gmssl.sign_with_sm3(b"message", f"{secrets.randbits(200):064x}")
    asked = {"key_id": key_id, "message": b64(b"message"), "message_type": "RAW", "signing_algorithm": "SM2DSA_SM3",
             "signature": b64(bytes.fromhex(signature))}
    assert kms.validate_signature(**asked).signature_valid == "true"


def test_sm2_encryption(kms):
    scalar, pkcs8, spki = sm2_key()
    key_id = kms.external(key_spec="SM2", key_usage="ENCRYPT_DECRYPT")
    kms.bring_private(key_id, pkcs8)
    sm2 = {"key_id": key_id, "encryption_algorithm": "SM2_ENCRYPT"}
    for text in ["t", "some more text than that", "x" * 4096]:
        blob = unb64(kms.encrypt_data(plain_text=text, **sm2).cipher_text)
        assert sm2_decrypt(scalar, blob) == text.encode()
    # The shortest and the longest that decrypt-data takes.
    for text in ["x" * 3, "x" * 4096]:
        outside = sm2_encrypt(spki, text.encode())
        assert kms.decrypt_data(cipher_text=b64(outside), **sm2).plain_text == text


def test_ed25519ph(kms):
    """The standard's signature of the message, whether the message is sent or its SHA-512."""
    key_id = kms.create(key_spec="ED25519")
    public = ECC.import_key(kms.show_public_key(key_id=key_id).public_key)
    message = secrets.token_bytes(1000)
    named = {"key_id": key_id, "signing_algorithm": "ED25519_PH_SHA_512"}
    digest = b64(hashlib.sha512(message).digest())
    signature = kms.sign(message=digest, **named).signature
    assert signature == kms.sign(message=b64(message), message_type="RAW", **named).signature
    eddsa.new(public, "rfc8032").verify(SHA512.new(message), unb64(signature))
    for members in [{"message": digest}, {"message": b64(message), "message_type": "RAW"}]:
        assert kms.validate_signature(signature=signature, **members, **named).signature_valid == "true"
    wrong = {"message": digest, "message_type": "RAW"}
    assert kms.validate_signature(signature=signature, **wrong, **named).signature_valid == "false"
    for length in [0, 32, 63, 65]:
        with refused("KMS.0329" if length else "KMS.0308"):
            kms.sign(message=b64(bytes(length)), **named)
    # Pure Ed25519 signs messages only.
    with refused("KMS.0308", "message_type"):
        kms.sign(key_id=key_id, message=digest, signing_algorithm="ED25519_SHA_512")


def test_ed25519ph_of_the_standard(kms):
    """RFC 8032, 7.3, with the private key brought along."""
    seed = bytes.fromhex("833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42")
    key_id = kms.external(key_spec="ED25519")
    kms.bring_private(key_id, bytes.fromhex("302e020100300506032b657004220420") + seed)
    signature = kms.sign(key_id=key_id, message=b64(b"abc"), message_type="RAW",
                         signing_algorithm="ED25519_PH_SHA_512").signature
    assert unb64(signature).hex() == (
        "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41"
        "31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406")


def test_an_imported_rsa_key_encrypts(kms):
    private = generate_private_key(65537, 2048)
    key_id = kms.external(key_spec="RSA_2048", key_usage="ENCRYPT_DECRYPT")
    kms.bring_private(key_id, private_key_der(private))
    rsa = {"key_id": key_id, "encryption_algorithm": "RSAES_OAEP_SHA_256"}
    blob = unb64(kms.encrypt_data(plain_text="text", **rsa).cipher_text)
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    assert private.decrypt(blob, oaep) == b"text"
    data_key = kms.create_datakey(key_id=key_id)
    assert private.decrypt(bytes.fromhex(data_key.cipher_text), oaep) == bytes.fromhex(data_key.plain_text)
    pem = serialization.load_pem_public_key(kms.show_public_key(key_id=key_id).public_key.encode())
    assert pem == private.public_key()
