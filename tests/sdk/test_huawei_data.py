"""Data keys, small data, random bytes."""

import hashlib
import secrets

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from huawei_support import MISSING_KEY, b64, kms, refused, unb64  # noqa: F401

UPPER_HEX = set("0123456789ABCDEF")


def sm3(data: bytes) -> bytes:
    from gmssl import sm3
    return bytes.fromhex(sm3.sm3_hash(list(data)))


# Random.

@pytest.mark.parametrize("bits", ["8", "512", "8192", 256])
def test_random_bytes(kms, bits):
    one = kms.create_random(random_data_length=bits).random_data
    assert len(one) == int(bits) // 4 and set(one) <= UPPER_HEX
    if int(bits) > 64:
        assert kms.create_random(random_data_length=bits).random_data != one


@pytest.mark.parametrize("bits, code", [
    ("7", "KMS.1801"), ("0", "KMS.1801"), ("8193", "KMS.1801"), ("8200", "KMS.1801"), ("-8", "KMS.1801"),
    ("many", "KMS.1801"), ("", "KMS.1801"), ("12", "KMS.1802"), ("8191", "KMS.1802"),
])
def test_random_lengths_that_are_none(kms, bits, code):
    with refused(code):
        kms.create_random(random_data_length=bits)
    kms.post("gen-random").is_refusal("KMS.0204")


# Data keys.

@pytest.mark.parametrize("members, length", [
    ({}, 32),
    ({"key_spec": "AES_256"}, 32),
    ({"key_spec": "AES_128"}, 16),
    ({"key_spec": "SM4"}, 16),
    ({"key_spec": "HMAC_256"}, 32),
    ({"key_spec": "HMAC_384"}, 48),
    ({"key_spec": "HMAC_512"}, 64),
    ({"key_spec": "HMAC_SM3"}, 32),
    ({"datakey_length": "8"}, 1),
    ({"datakey_length": "512"}, 64),
    ({"datakey_length": 8192}, 1024),
    # A length in bits wins.
    ({"key_spec": "AES_128", "datakey_length": "512"}, 64),
])
@pytest.mark.parametrize("spec", ["AES_256", "SM4"])
def test_data_keys(kms, members, length, spec):
    key_id = kms.create(key_spec=spec)
    made = kms.create_datakey(key_id=key_id, **members)
    assert made.key_id == key_id
    assert len(made.plain_text) == 2 * length
    assert set(made.plain_text) <= UPPER_HEX and set(made.cipher_text) <= UPPER_HEX
    if length == 64:
        assert len(made.cipher_text) == 376
    for cipher_text in [made.cipher_text, made.cipher_text.lower()]:
        opened = kms.decrypt_datakey(key_id=key_id, cipher_text=cipher_text, datakey_cipher_length=str(length))
        assert opened.data_key == made.plain_text
        assert opened.datakey_length == str(length)
        plain = bytes.fromhex(made.plain_text)
        digest = sm3(plain) if spec == "SM4" else hashlib.sha256(plain).digest()
        assert opened.datakey_dgst == digest.hex().upper()


def test_data_keys_without_plaintext(kms):
    key_id = kms.create()
    made = kms.post("create-datakey-without-plaintext", key_id=key_id, datakey_length="512").json
    assert set(made) == {"key_id", "cipher_text"}
    opened = kms.decrypt_datakey(key_id=key_id, cipher_text=made["cipher_text"], datakey_cipher_length="64")
    assert len(opened.data_key) == 128


@pytest.mark.parametrize("verb", ["create-datakey", "create-datakey-without-plaintext"])
@pytest.mark.parametrize("members, code", [
    ({"datakey_length": "0"}, "KMS.1901"),
    ({"datakey_length": "8193"}, "KMS.1901"),
    ({"datakey_length": "8200"}, "KMS.1901"),
    ({"datakey_length": "x"}, "KMS.1901"),
    ({"datakey_length": "12"}, "KMS.1903"),
    ({"key_spec": "AES_192"}, "KMS.1902"),
    ({"additional_authenticated_data": "x" * 129}, "KMS.0308"),
    ({"encryption_context": "nonsense"}, "KMS.0208"),
    ({"encryption_context": {"a": 1}}, "KMS.0208"),
    ({"encryption_context": {"a": "1"}, "additional_authenticated_data": "x"}, "KMS.0308"),
    ({"key_id": MISSING_KEY}, "KMS.0207"),
    ({"key_id": "x"}, "KMS.0205"),
])
def test_data_keys_refuse(kms, verb, members, code):
    kms.post(verb, **{"key_id": kms.create(), **members}).is_refusal(code)


@pytest.mark.parametrize("spec, members, code", [
    ("RSA_2048", {}, "KMS.0325"),
    ("EC_P256", {}, "KMS.0325"),
    ("SM2", {"key_usage": "ENCRYPT_DECRYPT"}, "KMS.0325"),
    ("HMAC_256", {}, "KMS.0341"),
])
def test_data_keys_want_an_encrypting_key(kms, spec, members, code):
    key_id = kms.create(key_spec=spec, **members)
    with refused(code):
        kms.create_datakey(key_id=key_id)
    with refused(code):
        kms.encrypt_datakey(key_id=key_id, plain_text="00" + hashlib.sha256(b"\0").hexdigest(),
                            datakey_plain_length="1")
    with refused(code):
        kms.decrypt_datakey(key_id=key_id, cipher_text="00" * 200, datakey_cipher_length="1")


def test_data_keys_under_an_rsa_key(kms):
    key_id = kms.create(key_spec="RSA_2048", key_usage="ENCRYPT_DECRYPT")
    made = kms.create_datakey(key_id=key_id, datakey_length="1520")
    opened = kms.decrypt_datakey(key_id=key_id, cipher_text=made.cipher_text, datakey_cipher_length="190")
    assert opened.data_key == made.plain_text
    with refused("KMS.1904"):
        kms.create_datakey(key_id=key_id, datakey_length="1528")
    with refused("KMS.2201"):
        kms.decrypt_datakey(key_id=key_id, cipher_text="00" * 256, datakey_cipher_length="190")


@pytest.mark.parametrize("spec, digest", [("AES_256", lambda key: hashlib.sha256(key).digest()), ("SM4", sm3)])
def test_sealing_a_data_key_of_the_caller_s(kms, spec, digest):
    key_id = kms.create(key_spec=spec)
    for length in [1, 16, 64, 1024]:
        data_key = secrets.token_bytes(length)
        plain = (data_key + digest(data_key)).hex()
        for text in [plain, plain.upper()]:
            sealed = kms.encrypt_datakey(key_id=key_id, plain_text=text, datakey_plain_length=str(length))
            assert (sealed.key_id, sealed.datakey_length) == (key_id, str(length))
            opened = kms.decrypt_datakey(key_id=key_id, cipher_text=sealed.cipher_text,
                                         datakey_cipher_length=length)
            assert opened.data_key == data_key.hex().upper()


def test_the_published_digest(kms):
    key_id = kms.create()
    digest = "F5A5FD42D16A20302798EF6ED309979B43003D2320D9F0E8EA9831A92759FB4B"
    sealed = kms.encrypt_datakey(key_id=key_id, plain_text="00" * 64 + digest, datakey_plain_length="64")
    assert len(sealed.cipher_text) == 376
    opened = kms.decrypt_datakey(key_id=key_id, cipher_text=sealed.cipher_text, datakey_cipher_length="64")
    assert opened.datakey_dgst == digest


@pytest.mark.parametrize("plain_text, length, code", [
    ("", "1", "KMS.2101"),
    ("xyz", "1", "KMS.2101"),
    ("0" * 67, "1", "KMS.2101"),
    ("00" * 33, "2", "KMS.2104"),
    ("00" * 32, "1", "KMS.2104"),
    ("00" * 33, "1", "KMS.2103"),
    ("00" * 33, "0", "KMS.2102"),
    ("00" * 33, "1025", "KMS.2102"),
    ("00" * 33, "x", "KMS.2102"),
])
def test_sealing_refuses(kms, plain_text, length, code):
    with refused(code):
        kms.encrypt_datakey(key_id=kms.create(), plain_text=plain_text, datakey_plain_length=length)


def test_the_digest_is_that_of_the_key_s_kind(kms):
    data_key = secrets.token_bytes(16)
    under_sm3 = (data_key + sm3(data_key)).hex()
    with refused("KMS.2103"):
        kms.encrypt_datakey(key_id=kms.create(), plain_text=under_sm3, datakey_plain_length="16")


def test_opening_refuses(kms):
    key_id, other = kms.create(), kms.create()
    made = kms.create_datakey(key_id=key_id, additional_authenticated_data="a")
    sealed = made.cipher_text

    def fails(code, **members):
        asked = {"key_id": key_id, "cipher_text": sealed, "datakey_cipher_length": "32",
                 "additional_authenticated_data": "a", **members}
        with refused(code):
            kms.decrypt_datakey(**asked)

    fails("KMS.2201", key_id=other)
    fails("KMS.2201", additional_authenticated_data="b")
    fails("KMS.2201", additional_authenticated_data=None)
    fails("KMS.2204", datakey_cipher_length="31")
    fails("KMS.2204", datakey_cipher_length="33")
    fails("KMS.2202", datakey_cipher_length="0")
    fails("KMS.2202", datakey_cipher_length="1025")
    fails("KMS.2201", cipher_text="")
    fails("KMS.2201", cipher_text="zz")
    fails("KMS.2201", cipher_text=sealed[:-1])
    fails("KMS.2201", cipher_text=sealed[:-2])
    fails("KMS.2201", cipher_text=sealed + "00")
    for position in range(0, len(sealed), 2):
        byte = int(sealed[position:position + 2], 16) ^ 1
        fails("KMS.2201", cipher_text=f"{sealed[:position]}{byte:02X}{sealed[position + 2:]}")


def test_the_context_of_older_sites(kms):
    key_id = kms.create()
    context = {"b": "2", "a": "1"}
    made = kms.post("create-datakey", key_id=key_id, encryption_context=context).json
    opening = {"key_id": key_id, "cipher_text": made["cipher_text"], "datakey_cipher_length": "32"}
    for same in [{"a": "1", "b": "2"}, '{"a": "1", "b": "2"}']:
        opened = kms.post("decrypt-datakey", encryption_context=same, **opening).json
        assert opened["data_key"] == made["plain_text"]
    for other in [{"a": "1"}, {"a": "1", "b": "3"}, {}]:
        kms.post("decrypt-datakey", encryption_context=other, **opening).is_refusal("KMS.2201")
    kms.post("decrypt-datakey", **opening).is_refusal("KMS.2201")


# Small data.

@pytest.mark.parametrize("text", ["a", "test", "ä€😀", "x" * 4096, "é" * 2048, "two\nlines", " ", '{"json": "é"}'])
@pytest.mark.parametrize("spec", ["AES_256", "SM4"])
def test_data_comes_back(kms, text, spec):
    key_id = kms.create(key_spec=spec)
    sealed = kms.encrypt_data(key_id=key_id, plain_text=text)
    assert sealed.key_id == key_id
    assert 128 <= len(sealed.cipher_text) <= 5648
    assert len(unb64(sealed.cipher_text)) == 124 + (len(text.encode()) // 16 + 1) * 16
    opened = kms.decrypt_data(cipher_text=sealed.cipher_text)
    assert (opened.key_id, opened.plain_text) == (key_id, text)
    assert unb64(opened.plain_text_base64) == text.encode()
    # Never the same twice.
    assert kms.encrypt_data(key_id=key_id, plain_text=text).cipher_text != sealed.cipher_text


@pytest.mark.parametrize("text", ["", "x" * 4097, "é" * 2049])
def test_data_of_the_wrong_length(kms, text):
    with refused("KMS.2101"):
        kms.encrypt_data(key_id=kms.create(), plain_text=text)


def test_additional_data(kms):
    key_id = kms.create()
    for aad in ["x", "é" * 64, "a" * 128]:
        sealed = kms.encrypt_data(key_id=key_id, plain_text="t", additional_authenticated_data=aad).cipher_text
        assert kms.decrypt_data(cipher_text=sealed, additional_authenticated_data=aad).plain_text == "t"
        for other in [None, aad + "x" if len(aad) < 128 else "y"]:
            if other is None or len(other.encode()) <= 128:
                with refused("KMS.2201"):
                    kms.decrypt_data(cipher_text=sealed, additional_authenticated_data=other)
    for long in ["a" * 129, "é" * 65]:
        with refused("KMS.0308"):
            kms.encrypt_data(key_id=key_id, plain_text="t", additional_authenticated_data=long)


def test_damaged_data(kms):
    sealed = unb64(kms.encrypt_data(key_id=kms.create(), plain_text="t").cipher_text)
    for position in range(0, len(sealed), 5):
        damaged = bytearray(sealed)
        damaged[position] ^= 0x80
        with refused("KMS.2201"):
            kms.decrypt_data(cipher_text=b64(bytes(damaged)))
    for bad in ["A" * 127, "A" * 128, "A" * 188, "A" * 5649, "?" * 188, b64(sealed[:-1]), b64(sealed + b"\0"),
                b64(secrets.token_bytes(140))]:
        with refused("KMS.2201"):
            kms.decrypt_data(cipher_text=bad)
    kms.post("decrypt-data").is_refusal("KMS.0204")


def test_the_two_kinds_of_ciphertext_are_kept_apart(kms):
    key_id = kms.create()
    # 15 bytes are padded to 16, so that the sizes are those of a data key of 16 bytes.
    data = unb64(kms.encrypt_data(key_id=key_id, plain_text="fifteen letters").cipher_text)
    data_key = bytes.fromhex(kms.create_datakey(key_id=key_id, datakey_length="128").cipher_text)
    assert len(data) == len(data_key)
    with refused("KMS.2201"):
        kms.decrypt_datakey(key_id=key_id, cipher_text=data.hex(), datakey_cipher_length="16")
    with refused("KMS.2201"):
        kms.decrypt_data(cipher_text=b64(data_key))


def test_a_key_id_that_contradicts(kms):
    key_id, other = kms.create(), kms.create()
    sealed = kms.encrypt_data(key_id=key_id, plain_text="t").cipher_text
    assert kms.decrypt_data(cipher_text=sealed, key_id=key_id).plain_text == "t"
    with refused("KMS.2201"):
        kms.decrypt_data(cipher_text=sealed, key_id=other)


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_data_under_rsa(kms, bits):
    key_id = kms.create(key_spec=f"RSA_{bits}", key_usage="ENCRYPT_DECRYPT")
    rsa = {"encryption_algorithm": "RSAES_OAEP_SHA_256"}
    longest = bits // 8 - 66
    sealed = kms.encrypt_data(key_id=key_id, plain_text="x" * longest, **rsa).cipher_text
    assert len(unb64(sealed)) == bits // 8
    opened = kms.decrypt_data(key_id=key_id, cipher_text=sealed, **rsa)
    assert (opened.key_id, opened.plain_text) == (key_id, "x" * longest)
    with refused("KMS.2108"):
        kms.encrypt_data(key_id=key_id, plain_text="x" * (longest + 1), **rsa)
    with refused("KMS.2106"):
        kms.encrypt_data(key_id=key_id, plain_text="x")
    with refused("KMS.2106"):
        kms.encrypt_data(key_id=key_id, plain_text="x", encryption_algorithm="RSAES_OAEP_SHA_1")
    with refused("KMS.2106"):
        kms.encrypt_data(key_id=key_id, plain_text="x", encryption_algorithm="SM2_ENCRYPT")
    with refused("KMS.0308"):
        kms.encrypt_data(key_id=key_id, plain_text="x", encryption_algorithm="ROT13")
    with refused("KMS.0204"):
        kms.decrypt_data(cipher_text=sealed, **rsa)
    with refused("KMS.2201"):
        kms.decrypt_data(key_id=key_id, cipher_text=b64(secrets.token_bytes(bits // 8)), **rsa)
    # Encrypted by somebody who only has the public half.
    pem = kms.show_public_key(key_id=key_id).public_key
    outside = serialization.load_pem_public_key(pem.encode()).encrypt(
        b"outside", padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None))
    assert kms.decrypt_data(key_id=key_id, cipher_text=b64(outside), **rsa).plain_text == "outside"


def test_data_under_sm2(kms):
    key_id = kms.create(key_spec="SM2", key_usage="ENCRYPT_DECRYPT")
    sm2 = {"encryption_algorithm": "SM2_ENCRYPT"}
    sealed = kms.encrypt_data(key_id=key_id, plain_text="text", **sm2).cipher_text
    assert kms.decrypt_data(key_id=key_id, cipher_text=sealed, **sm2).plain_text == "text"
    with refused("KMS.2201"):
        kms.decrypt_data(key_id=key_id, cipher_text=b64(secrets.token_bytes(110)), **sm2)


def test_algorithms_of_symmetric_keys(kms):
    key_id = kms.create()
    for algorithm in ["RSAES_OAEP_SHA_256", "RSAES_OAEP_SHA_1", "SM2_ENCRYPT"]:
        with refused("KMS.2105"):
            kms.encrypt_data(key_id=key_id, plain_text="x", encryption_algorithm=algorithm)
        with refused("KMS.2105"):
            kms.decrypt_data(key_id=key_id, cipher_text="A" * 344, encryption_algorithm=algorithm)
    explicit = kms.encrypt_data(key_id=key_id, plain_text="x", encryption_algorithm="SYMMETRIC_DEFAULT").cipher_text
    assert kms.decrypt_data(cipher_text=explicit, encryption_algorithm="SYMMETRIC_DEFAULT").plain_text == "x"


@pytest.mark.parametrize("spec, code", [
    ("RSA_2048", "KMS.0335"), ("SM2", "KMS.0335"), ("EC_P256", "KMS.1114"), ("EC_P384", "KMS.1114"),
    ("SECP256K1", "KMS.1114"), ("HMAC_256", "KMS.0341"),
])
def test_keys_that_do_not_encrypt(kms, spec, code):
    key_id = kms.create(key_spec=spec)
    with refused(code):
        kms.encrypt_data(key_id=key_id, plain_text="x", encryption_algorithm="RSAES_OAEP_SHA_256")
    with refused(code):
        kms.decrypt_data(key_id=key_id, cipher_text="A" * 344, encryption_algorithm="RSAES_OAEP_SHA_256")


def test_nothing_is_bound_to_an_asymmetric_block(kms):
    key_id = kms.create(key_spec="RSA_2048", key_usage="ENCRYPT_DECRYPT")
    with refused("KMS.0308"):
        kms.encrypt_data(key_id=key_id, plain_text="x", encryption_algorithm="RSAES_OAEP_SHA_256",
                         additional_authenticated_data="a")
