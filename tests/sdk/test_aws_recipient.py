"""Recipient: attestation documents made as an enclave makes them, and answers opened outside the server."""

import os

import pytest
from attestation import (
    HOUR,
    PCRS,
    Authority,
    cbor,
    certificate,
    content,
    curve_key,
    der,
    document,
    enclave,
    name,
    opened,
    opened_by_openssl,
    signed,
    spki,
    trusted,
)
from aws_support import Kms, Raw, check_refusal, refused
from cryptography.hazmat.primitives.asymmetric import ec, rsa

ALGORITHM = "RSAES_OAEP_SHA_256"


@pytest.fixture
def kms(endpoint, tenant_name):
    return Kms(endpoint, tenant_name)


def recipient(attestation=None):
    return {"KeyEncryptionAlgorithm": ALGORITHM, "AttestationDocument": attestation or document()}


def only(answer):
    return set(answer) - {"ResponseMetadata"}


def test_decrypt(kms, tmp_path):
    key_id = kms.create()
    blob = kms.encrypt(KeyId=key_id, Plaintext=b"secret", EncryptionContext={"a": "b"})["CiphertextBlob"]
    answer = kms.decrypt(CiphertextBlob=blob, EncryptionContext={"a": "b"}, Recipient=recipient())
    assert only(answer) == {"KeyId", "EncryptionAlgorithm", "CiphertextForRecipient"}
    assert opened(answer["CiphertextForRecipient"]) == b"secret"
    assert opened_by_openssl(answer["CiphertextForRecipient"], tmp_path) == b"secret"
    again = kms.decrypt(CiphertextBlob=blob, EncryptionContext={"a": "b"}, Recipient=recipient())
    assert again["CiphertextForRecipient"] != answer["CiphertextForRecipient"]


def test_decrypt_with_rsa(kms):
    key_id = kms.create("RSA_2048", KeyUsage="ENCRYPT_DECRYPT")
    named = {"KeyId": key_id, "EncryptionAlgorithm": "RSAES_OAEP_SHA_1"}
    blob = kms.encrypt(**named, Plaintext=b"secret")["CiphertextBlob"]
    answer = kms.decrypt(**named, CiphertextBlob=blob, Recipient=recipient())
    assert opened(answer["CiphertextForRecipient"]) == b"secret" and "Plaintext" not in answer


@pytest.mark.parametrize("length", [1, 15, 16, 32, 1024])
def test_generate_data_key(kms, length):
    key_id = kms.create()
    answer = kms.generate_data_key(KeyId=key_id, NumberOfBytes=length, Recipient=recipient())
    assert only(answer) == {"CiphertextBlob", "KeyId", "CiphertextForRecipient"}
    assert kms.decrypt(CiphertextBlob=answer["CiphertextBlob"])["Plaintext"] == opened(answer["CiphertextForRecipient"])


@pytest.mark.parametrize("spec", ["RSA_2048", "ECC_NIST_P521", "ML_KEM_768"])
def test_generate_data_key_pair(kms, spec):
    answer = kms.generate_data_key_pair(KeyId=kms.create(), KeyPairSpec=spec, Recipient=recipient())
    assert only(answer) == {"PrivateKeyCiphertextBlob", "PublicKey", "KeyId", "KeyPairSpec", "CiphertextForRecipient"}
    private = kms.decrypt(CiphertextBlob=answer["PrivateKeyCiphertextBlob"])["Plaintext"]
    assert opened(answer["CiphertextForRecipient"]) == private


def test_generate_random(kms):
    answer = kms.generate_random(NumberOfBytes=33, Recipient=recipient())
    assert only(answer) == {"CiphertextForRecipient"} and len(opened(answer["CiphertextForRecipient"])) == 33


def test_derive_shared_secret(kms):
    key_id, peer = kms.create("ECC_NIST_P384", KeyUsage="KEY_AGREEMENT"), curve_key()
    named = {"KeyId": key_id, "KeyAgreementAlgorithm": "ECDH", "PublicKey": spki(peer)}
    answer = kms.derive_shared_secret(**named, Recipient=recipient())
    assert only(answer) == {"KeyId", "KeyAgreementAlgorithm", "KeyOrigin", "CiphertextForRecipient"}
    assert opened(answer["CiphertextForRecipient"]) == kms.derive_shared_secret(**named)["SharedSecret"]


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_sizes_of_keys(kms, bits):
    key = enclave(bits)
    answer = kms.generate_random(NumberOfBytes=8, Recipient=recipient(document(public_key=spki(key))))
    assert len(opened(answer["CiphertextForRecipient"], key)) == 8


def small_rsa():
    return spki(rsa.generate_private_key(65537, 1024))


FORMS = {
    "tagged": lambda: document(tag=b"\xd2"),
    "of a TPM": lambda: document(pcrs=..., nitrotpm_pcrs=PCRS),
    "no user data, no nonce": lambda: document(user_data=None, nonce=...),
    "a member more": lambda: document(other=[1, 2]),
    "bundle without the root": lambda: document(cabundle=[der(trusted().between)]),
    "all registers": lambda: document(pcrs={number: os.urandom(48) for number in range(32)}),
}


@pytest.mark.parametrize("form", FORMS)
def test_documents_that_are_good(kms, form):
    answer = kms.generate_random(NumberOfBytes=8, Recipient=recipient(FORMS[form]()))
    assert len(opened(answer["CiphertextForRecipient"])) == 8


def spoilt(position):
    good = bytearray(document())
    good[position] ^= 1
    return bytes(good)


def with_payload(payload):
    key, leaf = trusted().leaf()
    return signed(payload(cbor(content(trusted(), leaf))), key)


def of_stranger():
    """A root of the same name, which nobody trusts."""
    key = curve_key()
    root = certificate("polykms development attestation root", key, name("polykms development attestation root"), key,
                       True)
    return document(Authority(root, key))


def signed_by_another():
    """The certificate of one enclave, the signature of another."""
    key, leaf = trusted().leaf()
    return document(leaf=(curve_key(), leaf))


BAD = {
    "nothing of the kind": lambda: b"x",
    "zeros": lambda: bytes(1000),
    "signature damaged": lambda: spoilt(-1),
    "content damaged": lambda: spoilt(40),
    "cut in the middle": lambda: document()[:700],
    "one byte short": lambda: document()[:-1],
    "one byte more": lambda: document() + b"\x00",
    "nested arrays": lambda: b"\x81" * 200_000 + b"\x00",
    "nested in the content": lambda: with_payload(lambda _: b"\xa1\x61a" + b"\x81" * 100_000 + b"\x00"),
    "endless arrays": lambda: b"\x9f" * 200_000,
    "huge length": lambda: b"\x84\x5b\x7f\xff\xff\xff\xff\xff\xff\xff",
    "content and more": lambda: with_payload(lambda good: good + b"\x00"),
    "content cut": lambda: with_payload(lambda good: good[:-1]),
    "content no map": lambda: with_payload(lambda _: cbor([1, 2])),
    "content twice the same name": lambda: with_payload(lambda _: b"\xa2\x61a\x01\x61a\x01"),
    "another root": lambda: document(Authority()),
    "another root of the same name": of_stranger,
    "another signer": signed_by_another,
    "leaf expired": lambda: document(leaf=trusted().leaf(start=-2 * HOUR, end=-HOUR / 60)),
    "leaf of tomorrow": lambda: document(leaf=trusted().leaf(start=HOUR, end=2 * HOUR)),
    "authority expired": lambda: document(Authority(trusted().root, trusted().root_key, start=-2 * HOUR,
                                                    end=-HOUR / 60)),
    "between no authority": lambda: document(Authority(trusted().root, trusted().root_key, authority=False)),
    "between missing": lambda: document(cabundle=[der(trusted().root)]),
    "bundle empty": lambda: document(cabundle=[]),
    "bundle of garbage": lambda: document(cabundle=[b"x"]),
    "certificate garbage": lambda: document(certificate=b"x"),
    "certificate and more": lambda: document(certificate=der(trusted().leaf()[1]) + b"\x00"),
    "leaf on P-256": lambda: document(leaf=trusted().leaf(ec.SECP256R1)),
    "leaf on P-521": lambda: document(leaf=trusted().leaf(ec.SECP521R1)),
    "ES256": lambda: document(protected=cbor({1: -7})),
    "no algorithm": lambda: document(protected=b""),
    "no public key": lambda: document(public_key=...),
    "public key null": lambda: document(public_key=None),
    "public key empty": lambda: document(public_key=b""),
    "public key garbage": lambda: document(public_key=b"x" * 294),
    "public key and more": lambda: document(public_key=spki(enclave()) + b"\x00"),
    "public key of a curve": lambda: document(public_key=spki(curve_key())),
    "RSA 1024": lambda: document(public_key=small_rsa()),
    "digest SHA256": lambda: document(digest="SHA256"),
    "no digest": lambda: document(digest=...),
    "no module": lambda: document(module_id=""),
    "timestamp zero": lambda: document(timestamp=0),
    "timestamp text": lambda: document(timestamp="now"),
    "no registers": lambda: document(pcrs={}),
    "register 32": lambda: document(pcrs={32: bytes(48)}),
    "short register": lambda: document(pcrs={0: bytes(47)}),
    "registers a list": lambda: document(pcrs=[bytes(48)]),
    "nonce too long": lambda: document(nonce=bytes(1025)),
}


@pytest.mark.parametrize("fault", BAD)
def test_documents_that_are_not(kms, fault):
    with refused("ValidationException", "The attestation document is not valid."):
        kms.generate_random(NumberOfBytes=8, Recipient=recipient(BAD[fault]()))


def test_every_operation_looks_at_the_document(kms):
    key_id, agreeing = kms.create(), kms.create("ECC_NIST_P256", KeyUsage="KEY_AGREEMENT")
    blob = kms.encrypt(KeyId=key_id, Plaintext=b"x")["CiphertextBlob"]
    bad = recipient(document(Authority()))
    peer = spki(curve_key(ec.SECP256R1))
    for call in [
        lambda **more: kms.decrypt(CiphertextBlob=blob, **more),
        lambda **more: kms.generate_data_key(KeyId=key_id, KeySpec="AES_256", **more),
        lambda **more: kms.generate_data_key_pair(KeyId=key_id, KeyPairSpec="ECC_NIST_P256", **more),
        lambda **more: kms.derive_shared_secret(KeyId=agreeing, KeyAgreementAlgorithm="ECDH", PublicKey=peer, **more),
    ]:
        with refused("ValidationException", "The attestation document is not valid."):
            call(Recipient=bad)
        with refused("ValidationException", "The attestation document is not valid."):
            call(Recipient=bad, DryRun=True)
        with refused("DryRunOperationException"):
            call(Recipient=recipient(), DryRun=True)
        assert "CiphertextForRecipient" in call(Recipient=recipient())


def test_members_of_recipient(kms, endpoint, tenant_name):
    raw = Raw(endpoint, kms.access_id)
    for info in [{}, {"KeyEncryptionAlgorithm": ALGORITHM}, {"AttestationDocument": "AAAA"}]:
        check_refusal(raw("GenerateRandom", {"NumberOfBytes": 1, "Recipient": info}), "ValidationException")
    wrong = {"KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_1", "AttestationDocument": "AAAA"}
    check_refusal(raw("GenerateRandom", {"NumberOfBytes": 1, "Recipient": wrong}), "ValidationException")
    with refused("ValidationException"):
        kms.unchecked().generate_random(NumberOfBytes=1, Recipient=recipient(b"x" * 262145))


def test_a_moved_clock_makes_no_certificate_good_or_bad(kms, clock):
    clock.advance("aws", kms.access_id, 30 * 86400)
    assert "CiphertextForRecipient" in kms.generate_random(NumberOfBytes=8, Recipient=recipient())
