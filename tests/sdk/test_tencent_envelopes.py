"""EncryptionPublicKey and EncryptionAlgorithm: answers under a key of the caller's, opened outside the server."""

import os

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from gmssl import sm2
from tencent_support import FIPS, SM, Kms, alias, b64, refused, unb64
from wrapping import oaep, public_key_der, sm2_decrypt, sm2_key

FAILED = "FailedOperation.EncryptionError"
RSA_ALGORITHMS = {"RSAES_PKCS1_V1_5": 245, "RSAES_OAEP_SHA_1": 214, "RSAES_OAEP_SHA_256": 190}


@pytest.fixture(scope="module")
def rsa_key():
    return rsa.generate_private_key(65537, 2048)


def pem(der, break_=64, end="\n"):
    text = b64(der)
    lines = [text[at:at + break_] for at in range(0, len(text), break_)]
    return end.join(["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----"]) + end


def gmssl_open(scalar, sealed):
    return sm2.CryptSM2(private_key=f"{scalar:064x}", public_key="", mode=1).decrypt(sealed)


def rsa_open(key, algorithm, sealed):
    return key.decrypt(sealed, padding.PKCS1v15() if algorithm == "RSAES_PKCS1_V1_5" else oaep(algorithm))


class Answer:
    """One of the actions that answer a plaintext: how to have it answered, and what it should be."""

    def __init__(self, kms, action):
        self.kms, self.action = kms, action
        usage = "POST_QUANTUM_ENCRYPT_DECRYPT" if action.startswith("Post") else "ENCRYPT_DECRYPT"
        self.key_id = kms.create(KeyUsage=usage)

    def ask(self, plaintext=b"attack at dawn", **more):
        """The answer's plaintext member as bytes, and the plaintext."""
        if self.action == "GenerateDataKey":
            answer = self.kms.GenerateDataKey(KeyId=self.key_id, NumberOfBytes=len(plaintext), **more)
            return unb64(answer.Plaintext), self.kms.open(answer.CiphertextBlob)
        if self.action == "GetDataKeyPlaintext":
            made = self.kms.ImportDataKey(DataKeyName=alias(), ImportType=2, KeyId=self.key_id,
                                          ImportKeyMaterial=b64(plaintext))
            return unb64(self.kms.GetDataKeyPlaintext(DataKeyId=made.DataKeyId, **more).Plaintext), plaintext
        if self.action == "Decrypt":
            answer = self.kms.Decrypt(CiphertextBlob=self.kms.seal(self.key_id, plaintext), **more)
            assert answer.KeyId == self.key_id
            return unb64(answer.Plaintext), plaintext
        blob = self.kms.PostQuantumCryptoEncrypt(KeyId=self.key_id, PlainText=b64(plaintext)).CiphertextBlob
        answer = self.kms.PostQuantumCryptoDecrypt(CiphertextBlob=blob, **more)
        assert answer.KeyId == self.key_id
        return unb64(answer.PlainText), plaintext


@pytest.fixture(params=["Decrypt", "GenerateDataKey", "GetDataKeyPlaintext", "PostQuantumCryptoDecrypt"])
def answer(request, endpoint, tenant_name):
    return Answer(Kms(endpoint, tenant_name, FIPS if request.param == "GenerateDataKey" else SM), request.param)


@pytest.mark.parametrize("asked", [{}, {"EncryptionAlgorithm": ""}, {"EncryptionAlgorithm": "SM2"}])
def test_sm2_as_bytes_one_after_another(answer, asked):
    scalar, _, spki = sm2_key()
    for length in (1, 32, 1000):
        sealed, plaintext = answer.ask(os.urandom(length), EncryptionPublicKey=pem(spki), **asked)
        # The point has no prefix, its coordinates have their full length.
        assert len(sealed) == 64 + 32 + length and len(plaintext) == length
        assert gmssl_open(scalar, sealed) == plaintext


def test_sm2_in_asn1(answer):
    scalar, _, spki = sm2_key()
    for length in (1, 32, 1000):
        more = {"EncryptionPublicKey": pem(spki), "EncryptionAlgorithm": "SM2_C1C3C2_ASN1"}
        sealed, plaintext = answer.ask(os.urandom(length), **more)
        assert sealed[0] == 0x30 and len(plaintext) == length
        assert sm2_decrypt(scalar, sealed) == plaintext


@pytest.mark.parametrize("algorithm", RSA_ALGORITHMS)
def test_rsa(answer, rsa_key, algorithm):
    more = {"EncryptionPublicKey": pem(public_key_der(rsa_key)), "EncryptionAlgorithm": algorithm}
    for length in (1, 32, RSA_ALGORITHMS[algorithm]):
        sealed, plaintext = answer.ask(os.urandom(length), **more)
        assert len(sealed) == 256 and rsa_open(rsa_key, algorithm, sealed) == plaintext
    with refused(FAILED):
        answer.ask(os.urandom(RSA_ALGORITHMS[algorithm] + 1), **more)


def test_how_a_key_may_be_written(answer, rsa_key):
    der = public_key_der(rsa_key)
    for text in [pem(der), pem(der, end="\r\n"), pem(der, end=" "), pem(der, end=""), pem(der, 400), "\n" + pem(der)]:
        sealed, plaintext = answer.ask(EncryptionPublicKey=text, EncryptionAlgorithm="RSAES_OAEP_SHA_256")
        assert rsa_open(rsa_key, "RSAES_OAEP_SHA_256", sealed) == plaintext


def test_what_is_no_key_for_the_algorithm(answer, rsa_key):
    good, (_, _, on_sm2) = public_key_der(rsa_key), sm2_key()
    on_p256 = public_key_der(ec.generate_private_key(ec.SECP256R1()))
    long = public_key_der(rsa.generate_private_key(65537, 3072))
    off = on_sm2[:-1] + bytes([on_sm2[-1] ^ 1])
    ask = lambda text, algorithm: answer.ask(EncryptionPublicKey=text, EncryptionAlgorithm=algorithm)
    for algorithm in [*RSA_ALGORITHMS, "SM2", "SM2_C1C3C2_ASN1"]:
        wrong = [on_sm2, long] if algorithm.startswith("RSA") else [good, off]
        for text in [pem(der) for der in [*wrong, on_p256, good[:-1], good + b"x", on_sm2 + b"x", b"x"]]:
            with refused(FAILED):
                ask(text, algorithm)
    for text in ["x", b64(good), "-----BEGIN PUBLIC KEY-----", pem(good)[:-5], pem(good).replace("PUBLIC", "RSA PUBLIC"),
                 "-----BEGIN PUBLIC KEY----------END PUBLIC KEY-----", pem(good).replace("A", "!", 1), "x" * 100_000]:
        with refused(FAILED):
            ask(text, "RSAES_OAEP_SHA_256")
    for algorithm in ["sm2", "SM2_C1C2C3", "RSAES_OAEP_SHA_512", "SYMMETRIC_DEFAULT"]:
        # The one that lists the other code for values.
        with refused("InvalidParameterValue" if answer.action == "GetDataKeyPlaintext" else "InvalidParameter"):
            ask(pem(good), algorithm)


def test_an_algorithm_without_a_key_means_nothing(answer):
    for more in [{"EncryptionAlgorithm": "SM2"}, {"EncryptionAlgorithm": "no such thing"},
                 {"EncryptionPublicKey": "", "EncryptionAlgorithm": "RSAES_OAEP_SHA_1"}]:
        shown, plaintext = answer.ask(**more)
        assert shown == plaintext


def test_what_is_wrong_with_the_blob_is_told_first(endpoint, tenant_name):
    kms = Kms(endpoint, tenant_name)
    key_id = kms.create()
    blob = kms.seal(key_id, EncryptionContext='{"a":"b"}')
    with refused("InvalidParameterValue.InvalidCiphertext"):
        kms.open(blob, EncryptionPublicKey="x")
    kms.DisableKey(KeyId=key_id)
    with refused("ResourceUnavailable.CmkDisabled"):
        kms.open(blob, EncryptionContext='{"a":"b"}', EncryptionPublicKey="x")
    with refused("ResourceUnavailable.CmkDisabled"):
        kms.GenerateDataKey(KeyId=key_id, KeySpec="AES_128", EncryptionPublicKey="x")


def test_the_documented_data_key_has_128_bytes(endpoint, tenant_name):
    kms = Kms(endpoint, tenant_name)
    scalar, _, spki = sm2_key()
    made = kms.GenerateDataKey(KeyId=kms.create(), KeySpec="AES_256", EncryptionPublicKey=pem(spki),
                               EncryptionContext='{"k":"v"}')
    assert len(unb64(made.Plaintext)) == 128
    assert gmssl_open(scalar, unb64(made.Plaintext)) == kms.open(made.CiphertextBlob, EncryptionContext='{"k":"v"}')
