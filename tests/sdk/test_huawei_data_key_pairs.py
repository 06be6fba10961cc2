"""Data key pairs: the halves belong together, work elsewhere, and come back through decrypt-data."""

import hashlib

import pytest
from attestation import Authority, document, enclave, opened, spki, trusted
from conftest import running
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from huawei_support import MISSING_KEY, Kms, b64, kms, refused, unb64  # noqa: F401
from test_huawei_keystores import store  # noqa: F401
from wrapping import sm2_digest, sm2_verify

RSA = ["RSA_2048", "RSA_3072", "RSA_4096"]
CURVES = {
    "ECC_NIST_P256": ec.SECP256R1,
    "ECC_NIST_P384": ec.SECP384R1,
    "ECC_NIST_P521": ec.SECP521R1,
    "ECC_SECG_P256K1": ec.SECP256K1,
}
CALLS = {"create_rsa_datakey_pair": "RSA_2048", "create_ec_datakey_pair": "ECC_NIST_P256"}


def make(kms, key_id, spec, **members):
    """The JSON of the answer, by the call that makes such pairs."""
    verb = "create-rsa-datakey-pair" if spec in RSA else "create-ec-datakey-pair"
    answer = kms.post(verb, key_id=key_id, key_spec=spec, **members)
    assert answer.status == 200, answer.body
    return answer.json


@pytest.mark.parametrize("spec", [*RSA, *CURVES])
@pytest.mark.parametrize("under", ["AES_256", "SM4"])
def test_pairs(kms, spec, under):
    key_id = kms.create(key_spec=under)
    pair = make(kms, key_id, spec, additional_authenticated_data="a")
    assert set(pair) == {"key_id", "key_spec", "public_key", "private_key_cipher_text", "private_key_plain_text"}
    assert (pair["key_id"], pair["key_spec"]) == (key_id, spec)
    plain = unb64(pair["private_key_plain_text"])
    key = serialization.load_der_private_key(plain, None)
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert public == unb64(pair["public_key"])
    if spec in RSA:
        assert isinstance(key, rsa.RSAPrivateKey) and key.key_size == int(spec[4:])
    else:
        assert isinstance(key.curve, CURVES[spec])
    sealed = pair["private_key_cipher_text"]
    assert 128 <= len(sealed) <= 5648
    back = kms.decrypt_data(cipher_text=sealed, additional_authenticated_data="a")
    assert (back.key_id, back.plain_text_base64) == (key_id, pair["private_key_plain_text"])
    for other in [None, "b"]:
        with refused("KMS.2201"):
            kms.decrypt_data(cipher_text=sealed, additional_authenticated_data=other)


def test_a_pair_on_sm2(kms):
    pair = make(kms, kms.create(), "SM2")
    spki, private = unb64(pair["public_key"]), unb64(pair["private_key_plain_text"])
    # It can be imported as the key it is, and what it signs then is the public half's.
    again = kms.external(key_spec="SM2")
    kms.bring_private(again, private, "SM2_ENCRYPT")
    asked = {"key_id": again, "message": b64(b"hello"), "message_type": "RAW", "signing_algorithm": "SM2DSA_SM3"}
    assert sm2_verify(spki, sm2_digest(spki, b"hello"), unb64(kms.sign(**asked).signature))


@pytest.mark.parametrize("call", CALLS)
def test_the_private_half_may_stay_sealed(kms, call):
    key_id, spec = kms.create(), CALLS[call]
    kept = getattr(kms, call)(key_id=key_id, key_spec=spec, with_plain_text=False)
    assert kept.private_key_plain_text is kept.wrapped_private_key is kept.ciphertext_recipient is None
    private = unb64(kms.decrypt_data(cipher_text=kept.private_key_cipher_text).plain_text_base64)
    public = serialization.load_der_private_key(private, None).public_key()
    assert public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) == unb64(kept.public_key)
    assert getattr(kms, call)(key_id=key_id, key_spec=spec, with_plain_text=True).private_key_plain_text
    # No pair is made twice.
    pairs = [getattr(kms, call)(key_id=key_id, key_spec=spec).public_key for _ in range(3)]
    assert len({kept.public_key, *pairs}) == 4


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("members, code", [
    ({"key_id": MISSING_KEY}, "KMS.0207"),
    ({"key_id": "x"}, "KMS.0205"),
    ({"key_spec": "AES_256"}, "KMS.0308"),
    ({"key_spec": "EC_P256"}, "KMS.0308"),
    ({"key_spec": "RSA_1024"}, "KMS.0308"),
    ({"key_spec": ""}, "KMS.0308"),
    ({"additional_authenticated_data": "é" * 65}, "KMS.0308"),
    ({"sequence": "x"}, "KMS.0206"),
])
def test_pairs_refuse(kms, call, members, code):
    asked = {"key_id": kms.create(), "key_spec": CALLS[call], **members}
    with refused(code):
        getattr(kms, call)(**asked)


def test_each_call_has_its_kinds(kms):
    key_id = kms.create()
    with refused("KMS.0308", "key_spec"):
        kms.create_rsa_datakey_pair(key_id=key_id, key_spec="SM2")
    with refused("KMS.0308", "key_spec"):
        kms.create_ec_datakey_pair(key_id=key_id, key_spec="RSA_2048")


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("spec, members, code", [
    ("RSA_2048", {"key_usage": "ENCRYPT_DECRYPT"}, "KMS.0325"),
    ("SM2", {"key_usage": "ENCRYPT_DECRYPT"}, "KMS.0325"),
    ("EC_P256", {}, "KMS.0325"),
    ("HMAC_256", {}, "KMS.0341"),
])
def test_pairs_want_a_symmetric_key(kms, call, spec, members, code):
    key_id = kms.create(key_spec=spec, **members)
    with refused(code):
        getattr(kms, call)(key_id=key_id, key_spec=CALLS[call])


def test_keys_in_key_stores_seal_no_pairs(kms, store):  # noqa: F811
    key_id = kms.create(keystore_id=store)
    assert kms.create_datakey(key_id=key_id).plain_text
    for call, spec in CALLS.items():
        with refused("KMS.0340"):
            getattr(kms, call)(key_id=key_id, key_spec=spec)


@pytest.mark.parametrize("state, code", [("3", "KMS.0209"), ("4", "KMS.0210"), ("5", "KMS.1301")])
@pytest.mark.parametrize("call", CALLS)
def test_pairs_and_states(kms, call, state, code):
    key_id = kms.in_state(state)
    before = kms.snapshot(key_id)
    with refused(code):
        getattr(kms, call)(key_id=key_id, key_spec=CALLS[call])
    assert kms.snapshot(key_id) == before


def test_a_sealed_private_half_is_no_data_key(kms):
    key_id = kms.create()
    sealed = unb64(make(kms, key_id, "ECC_NIST_P256")["private_key_cipher_text"])
    with refused("KMS.2201"):
        kms.decrypt_datakey(key_id=key_id, cipher_text=sealed.hex(), datakey_cipher_length="138")
    for position in range(0, len(sealed), 7):
        damaged = bytearray(sealed)
        damaged[position] ^= 1
        with refused("KMS.2201"):
            kms.decrypt_data(cipher_text=b64(bytes(damaged)))


# For enclaves.


def enclave_document(**changes) -> str:
    """A document as the vendor's guide describes it: its public key has another name than with others."""
    return b64(document(**{"public_key": ..., "pubkey": spki(enclave()), **changes}))


def recipient(text: str | None = None) -> dict:
    return {"attestation_document": text or enclave_document(), "key_encryption_algorithm": "RSAES_OAEP_SHA_256"}


@pytest.mark.parametrize("spec", ["RSA_2048", "ECC_NIST_P521"])
@pytest.mark.parametrize("members", [{}, {"with_plain_text": False}])
def test_the_private_half_for_an_enclave(kms, spec, members):
    pair = make(kms, kms.create(), spec, recipient=recipient(), **members)
    assert "private_key_plain_text" not in pair
    private = unb64(kms.decrypt_data(cipher_text=pair["private_key_cipher_text"]).plain_text_base64)
    assert opened(unb64(pair["ciphertext_recipient"])) == private


BAD = {
    "nothing of the kind": lambda: b64(b"x"),
    "no base64": lambda: "?",
    "empty": lambda: "",
    "another root": lambda: b64(document(Authority(), public_key=..., pubkey=spki(enclave()))),
    "the key under another's name": lambda: b64(document()),
    "no key": lambda: enclave_document(pubkey=...),
    "a key that is none": lambda: enclave_document(pubkey=b"x"),
    "a certificate that is none": lambda: enclave_document(certificate=b"x"),
    "damaged": lambda: enclave_document()[:-8] + "AAAAAAA=",
}


@pytest.mark.parametrize("fault", BAD)
def test_documents_that_are_not(kms, fault):
    text = BAD[fault]()
    key_id, agreeing = kms.create(), kms.create(key_spec="EC_P384", key_usage="KEY_AGREEMENT")
    bad = {"attestation_document": text}
    kms.post("create-rsa-datakey-pair", key_id=key_id, key_spec="RSA_2048", recipient=bad).is_refusal("KMS.3804")
    kms.post("create-ec-datakey-pair", key_id=key_id, key_spec="SM2", recipient=bad).is_refusal("KMS.3804")
    peer = b64(trusted().leaf()[0].public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    kms.post("derive-shared-secret", key_id=agreeing, key_agreement_algorithm="ECDH", public_key=peer,
             recipient=bad).is_refusal("KMS.3804")


def test_documents_may_have_long_members(kms):
    text = enclave_document(user_data=b"u" * 4096, nonce=b"n" * 4096)
    pair = make(kms, kms.create(), "ECC_NIST_P256", recipient={"attestation_document": text})
    assert len(opened(unb64(pair["ciphertext_recipient"]))) == 138
    with pytest.raises(AssertionError):
        make(kms, kms.create(), "ECC_NIST_P256", recipient={"attestation_document": enclave_document(nonce=b"n" * 4097)})


@pytest.mark.parametrize("bad, code", [
    ({}, "KMS.0204"),
    ({"key_encryption_algorithm": "RSAES_OAEP_SHA_256"}, "KMS.0204"),
    ({"attestation_document": "AAAA", "key_encryption_algorithm": "RSAES_OAEP_SHA_1"}, "KMS.0308"),
    ({"attestation_document": 7}, "KMS.0214"),
    ("text", "KMS.0214"),
    ([], "KMS.0214"),
])
def test_recipients_of_the_wrong_form(kms, bad, code):
    kms.post("create-ec-datakey-pair", key_id=kms.create(), key_spec="SM2", recipient=bad).is_refusal(code)


def test_without_a_root_no_document_is_trusted(tmp_path, tenant_name):
    with running(tmp_path, {"POLYKMS__HUAWEI__ATTESTATION_ROOT": ""}) as server:
        kms = Kms(server.url, tenant_name)
        answer = kms.post("create-ec-datakey-pair", key_id=kms.create(), key_spec="SM2", recipient=recipient())
        answer.is_refusal("KMS.3806")


def test_what_is_sealed_is_the_digest_of_nothing_else(kms):
    """The same plaintext as data and as a pair's half: two kinds of ciphertext, one answer."""
    key_id = kms.create()
    pair = make(kms, key_id, "ECC_NIST_P256")
    data = kms.encrypt_data(key_id=key_id, plain_text=pair["private_key_plain_text"]).cipher_text
    assert kms.decrypt_data(cipher_text=data).plain_text == pair["private_key_plain_text"]
    assert hashlib.sha256(unb64(data)).digest() != hashlib.sha256(unb64(pair["private_key_cipher_text"])).digest()
