"""re-encrypt: from every kind of key to every kind of key, data as data and data keys as data keys."""

import secrets

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from huawei_support import MISSING_KEY, b64, kms, refused, unb64  # noqa: F401
from test_huawei_import import pem_bytes
from wrapping import sm2_encrypt

SYMMETRIC = "SYMMETRIC_DEFAULT"
SHA1, SHA256, SM2 = "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2_ENCRYPT"
# An end: the kind of key, and how it encrypts.
ENDS = [("AES_256", SYMMETRIC), ("SM4", SYMMETRIC), ("RSA_2048", SHA256), ("RSA_2048", SHA1), ("SM2", SM2)]


@pytest.fixture
def keys(kms):
    """An encrypting key of each kind."""
    return {spec: kms.create(key_spec=spec, key_usage="ENCRYPT_DECRYPT") for spec, _ in ENDS}


def rsa_encrypt(pem: str, plain: bytes, algorithm: str) -> bytes:
    hashed = hashes.SHA1() if algorithm == SHA1 else hashes.SHA256()
    return serialization.load_pem_public_key(pem.encode()).encrypt(
        plain, padding.OAEP(padding.MGF1(hashed), hashed, None))


def sealed_text(kms, key_id, algorithm, text="text", **members) -> str:
    """Data under a key; what encrypt-data does not do, somebody with the public half does."""
    if algorithm == SHA1:
        return b64(rsa_encrypt(kms.show_public_key(key_id=key_id).public_key, text.encode(), SHA1))
    if algorithm == SM2:
        # A ciphertext of few bytes is shorter than decrypt-data takes.
        spki = pem_bytes(kms.show_public_key(key_id=key_id).public_key)
        return b64(sm2_encrypt(spki, text.encode()))
    return kms.encrypt_data(key_id=key_id, plain_text=text, encryption_algorithm=algorithm, **members).cipher_text


def opened_text(kms, key_id, algorithm, cipher_text) -> str:
    """What is in a ciphertext; SHA-1 is opened by moving it on."""
    if algorithm == SHA1:
        over = kms.create()
        cipher_text = kms.re_encrypt(source_key_id=key_id, source_encryption_algorithm=SHA1, cipher_text=cipher_text,
                                     destination_key_id=over).cipher_text
        key_id, algorithm = None, SYMMETRIC
    named = {} if algorithm == SYMMETRIC else {"key_id": key_id, "encryption_algorithm": algorithm}
    return kms.decrypt_data(cipher_text=cipher_text, **named).plain_text


def test_data_from_every_key_to_every_key(kms, keys):
    text = "some text of thirty-three letters"
    for from_spec, source in ENDS:
        for to_spec, destination in ENDS:
            sealed = sealed_text(kms, keys[from_spec], source, text)
            asked = {"destination_key_id": keys[to_spec], "cipher_text": sealed,
                     "source_encryption_algorithm": source, "destination_encryption_algorithm": destination}
            if source != SYMMETRIC:
                kms.post("re-encrypt", **asked).is_refusal("KMS.0204")
                asked["source_key_id"] = keys[from_spec]
            answer = kms.post("re-encrypt", **asked)
            assert answer.status == 200, (source, destination, answer.body)
            answer = answer.json
            assert answer.pop("cipher_text") != sealed
            assert answer == {"key_id": keys[to_spec], "source_key_id": keys[from_spec],
                              "source_encryption_algorithm": source, "destination_encryption_algorithm": destination}
            moved = kms.re_encrypt(**asked).cipher_text
            assert opened_text(kms, keys[to_spec], destination, moved) == text, (source, destination)
            if destination == SYMMETRIC:
                assert len(unb64(moved)) == 124 + 48


def test_data_keys_stay_data_keys(kms, keys):
    for from_spec in ["AES_256", "SM4", "RSA_2048"]:
        made = kms.create_datakey(key_id=keys[from_spec], datakey_length="512")
        source = SHA256 if from_spec == "RSA_2048" else SYMMETRIC
        named = {"source_key_id": keys[from_spec], "source_encryption_algorithm": source}
        for to_spec, destination in [("AES_256", None), ("SM4", SYMMETRIC), ("RSA_2048", SHA256)]:
            for sealed in [made.cipher_text, made.cipher_text.lower()]:
                moved = kms.re_encrypt(cipher_text=sealed, destination_key_id=keys[to_spec],
                                       destination_encryption_algorithm=destination, datakey_cipher_length="64",
                                       **named)
            assert moved.cipher_text == moved.cipher_text.upper() and bytes.fromhex(moved.cipher_text)
            if destination != SHA256:
                assert len(moved.cipher_text) == 376
                # It is no data.
                with refused("KMS.2201"):
                    kms.decrypt_data(cipher_text=b64(bytes.fromhex(moved.cipher_text)))
            back = kms.decrypt_datakey(key_id=keys[to_spec], cipher_text=moved.cipher_text, datakey_cipher_length="64")
            assert back.data_key == made.plain_text
        for wrong in ["63", "65", 1]:
            with refused("KMS.2204"):
                kms.re_encrypt(cipher_text=made.cipher_text, destination_key_id=keys["AES_256"],
                               datakey_cipher_length=wrong, **named)


def test_long_data_keys_do_not_fit_under_rsa(kms, keys):
    fits = kms.create_datakey(key_id=keys["AES_256"], datakey_length="1520").cipher_text
    longer = kms.create_datakey(key_id=keys["AES_256"], datakey_length="1528").cipher_text
    to_rsa = {"destination_key_id": keys["RSA_2048"], "destination_encryption_algorithm": SHA256}
    moved = kms.re_encrypt(cipher_text=fits, **to_rsa).cipher_text
    assert kms.decrypt_datakey(key_id=keys["RSA_2048"], cipher_text=moved, datakey_cipher_length="190").data_key
    with refused("KMS.1904"):
        kms.re_encrypt(cipher_text=longer, **to_rsa)
    text = kms.encrypt_data(key_id=keys["AES_256"], plain_text="x" * 191).cipher_text
    with refused("KMS.2108"):
        kms.re_encrypt(cipher_text=text, **to_rsa)


def test_private_halves_of_data_key_pairs(kms, keys):
    pair = kms.create_ec_datakey_pair(key_id=keys["AES_256"], key_spec="ECC_NIST_P384",
                                      additional_authenticated_data="a")
    moved = kms.re_encrypt(cipher_text=pair.private_key_cipher_text, source_additional_authenticated_data="a",
                           destination_key_id=keys["SM4"], destination_additional_authenticated_data="b")
    back = kms.decrypt_data(cipher_text=moved.cipher_text, additional_authenticated_data="b")
    assert (back.key_id, back.plain_text_base64) == (keys["SM4"], pair.private_key_plain_text)


def test_bindings(kms):
    one, two = kms.create(), kms.create()
    bound = kms.encrypt_data(key_id=one, plain_text="t", additional_authenticated_data="a").cipher_text
    bare = kms.encrypt_data(key_id=one, plain_text="t").cipher_text

    def moved(cipher_text, source=None, destination=None):
        return kms.re_encrypt(cipher_text=cipher_text, source_additional_authenticated_data=source,
                              destination_key_id=two, destination_additional_authenticated_data=destination).cipher_text

    assert kms.decrypt_data(cipher_text=moved(bound, "a")).plain_text == "t"
    again = moved(bound, "a", "b")
    assert kms.decrypt_data(cipher_text=again, additional_authenticated_data="b").plain_text == "t"
    for other in [None, "a"]:
        with refused("KMS.2201"):
            kms.decrypt_data(cipher_text=again, additional_authenticated_data=other)
    for cipher_text, source in [(bound, None), (bound, "b"), (bare, "a")]:
        with refused("KMS.2201"):
            moved(cipher_text, source)
    with refused("KMS.0308", "source_additional_authenticated_data"):
        moved(bound, "é" * 65)
    with refused("KMS.0308", "destination_additional_authenticated_data"):
        moved(bound, "a", "é" * 65)


def test_nothing_is_bound_to_an_asymmetric_block(kms, keys):
    text = kms.encrypt_data(key_id=keys["AES_256"], plain_text="t").cipher_text
    with refused("KMS.0308", "destination_additional_authenticated_data"):
        kms.re_encrypt(cipher_text=text, destination_key_id=keys["RSA_2048"], destination_encryption_algorithm=SHA256,
                       destination_additional_authenticated_data="a")
    with refused("KMS.0308", "source_additional_authenticated_data"):
        kms.re_encrypt(cipher_text="A" * 344, source_key_id=keys["RSA_2048"], source_encryption_algorithm=SHA256,
                       source_additional_authenticated_data="a", destination_key_id=keys["AES_256"])


def test_algorithms_that_do_not_go_with_the_key(kms, keys):
    text = kms.encrypt_data(key_id=keys["AES_256"], plain_text="t").cipher_text
    for spec, algorithm, code in [
        ("AES_256", SHA256, "KMS.2105"), ("AES_256", SHA1, "KMS.2105"), ("SM4", SM2, "KMS.2105"),
        ("RSA_2048", None, "KMS.2106"), ("RSA_2048", SM2, "KMS.2106"), ("SM2", SHA256, "KMS.0308"),
        ("SM2", SYMMETRIC, "KMS.0308"),
    ]:
        with refused(code):
            kms.re_encrypt(cipher_text=text, destination_key_id=keys[spec], destination_encryption_algorithm=algorithm)
        with refused(code):
            kms.re_encrypt(cipher_text=text, source_key_id=keys[spec], source_encryption_algorithm=algorithm,
                           destination_key_id=keys["AES_256"])
    for member in ["source_encryption_algorithm", "destination_encryption_algorithm"]:
        for word in ["RSAES_PKCS1_V1_5", "ROT13", ""]:
            with refused("KMS.0308", member):
                kms.re_encrypt(cipher_text=text, source_key_id=keys["AES_256"], destination_key_id=keys["AES_256"],
                               **{member: word})


@pytest.mark.parametrize("spec, members, code", [
    ("RSA_2048", {}, "KMS.0335"), ("EC_P256", {}, "KMS.1114"), ("HMAC_256", {}, "KMS.0341"),
    ("SM2", {"key_usage": "KEY_AGREEMENT"}, "KMS.0325"),
])
def test_keys_that_do_not_encrypt(kms, spec, members, code):
    other, good = kms.create(key_spec=spec, **members), kms.create()
    text = kms.encrypt_data(key_id=good, plain_text="t").cipher_text
    with refused(code):
        kms.re_encrypt(cipher_text=text, destination_key_id=other)
    with refused(code):
        kms.re_encrypt(cipher_text=text, source_key_id=other, destination_key_id=good)


def test_a_source_that_contradicts(kms):
    one, two = kms.create(), kms.create()
    text = kms.encrypt_data(key_id=one, plain_text="t").cipher_text
    assert kms.re_encrypt(cipher_text=text, source_key_id=one, destination_key_id=one).source_key_id == one
    with refused("KMS.2201"):
        kms.re_encrypt(cipher_text=text, source_key_id=two, destination_key_id=one)


def test_damaged_ciphertexts(kms, keys):
    text = unb64(kms.encrypt_data(key_id=keys["AES_256"], plain_text="t").cipher_text)
    key = bytes.fromhex(kms.create_datakey(key_id=keys["AES_256"]).cipher_text)
    to = {"destination_key_id": keys["SM4"]}
    for position in range(0, len(text), 9):
        for good, write in [(text, b64), (key, bytes.hex)]:
            damaged = bytearray(good)
            damaged[position] ^= 0x40
            with refused("KMS.2201"):
                kms.re_encrypt(cipher_text=write(bytes(damaged)), **to)
    # Data written as a data key, and the reverse.
    for bad in ["", "?", "A", "AAA", "AAAA", "0", text.hex(), b64(key), b64(text[:-1]), b64(text + b"\0")]:
        with refused("KMS.2201"):
            kms.re_encrypt(cipher_text=bad, **to)
    rsa = {"source_key_id": keys["RSA_2048"], "source_encryption_algorithm": SHA256, **to}
    for bad in [b64(secrets.token_bytes(256)), secrets.token_hex(256), b64(secrets.token_bytes(255)), "AAAA"]:
        with refused("KMS.2201"):
            kms.re_encrypt(cipher_text=bad, **rsa)
    # The right key, the other hash.
    other_hash = sealed_text(kms, keys["RSA_2048"], SHA1)
    with refused("KMS.2201"):
        kms.re_encrypt(cipher_text=other_hash, **rsa)
    # RSA carries nothing as well as something.
    empty = rsa_encrypt(kms.show_public_key(key_id=keys["RSA_2048"]).public_key, b"", SHA256)
    for blob in [b64(empty), empty.hex()]:
        with refused("KMS.2201"):
            kms.re_encrypt(cipher_text=blob, **rsa)


@pytest.mark.parametrize("state, code", [("3", "KMS.0209"), ("4", "KMS.0210"), ("5", "KMS.1301")])
def test_states_of_both_keys(kms, state, code):
    good = kms.create()
    text = kms.encrypt_data(key_id=good, plain_text="t").cipher_text
    with refused(code):
        kms.re_encrypt(cipher_text=text, destination_key_id=kms.in_state(state))
    source = kms.in_state("2", material=b"m" * 32)
    text = kms.encrypt_data(key_id=source, plain_text="t").cipher_text
    {"3": lambda: kms.disable_key(key_id=source),
     "4": lambda: kms.delete_key(key_id=source, pending_days="7"),
     "5": lambda: kms.delete_imported_key_material(key_id=source)}[state]()
    for named in [{}, {"source_key_id": source}]:
        with refused(code):
            kms.re_encrypt(cipher_text=text, destination_key_id=good, **named)


def test_both_keys_are_judged_before_the_ciphertext(kms):
    good, disabled, signing = kms.create(), kms.in_state("3"), kms.create(key_spec="RSA_2048")
    for bad in ["AAAA", "00"]:
        with refused("KMS.0209"):
            kms.re_encrypt(cipher_text=bad, source_key_id=disabled, destination_key_id=signing)
        with refused("KMS.0335"):
            kms.re_encrypt(cipher_text=bad, source_key_id=good, destination_key_id=signing)
        with refused("KMS.0335"):
            kms.re_encrypt(cipher_text=bad, destination_key_id=signing)
        with refused("KMS.2201"):
            kms.re_encrypt(cipher_text=bad, destination_key_id=good)


@pytest.mark.parametrize("members, code", [
    ({"destination_key_id": MISSING_KEY}, "KMS.0207"),
    ({"destination_key_id": "x"}, "KMS.0205"),
    ({"destination_key_id": None}, "KMS.0204"),
    ({"source_key_id": MISSING_KEY}, "KMS.0207"),
    ({"source_key_id": "x"}, "KMS.0205"),
    ({"cipher_text": None}, "KMS.0204"),
    ({"datakey_cipher_length": "0"}, "KMS.2202"),
    ({"datakey_cipher_length": "1025"}, "KMS.2202"),
    ({"datakey_cipher_length": "x"}, "KMS.2202"),
])
def test_re_encrypting_refuses(kms, members, code):
    key_id = kms.create()
    text = kms.encrypt_data(key_id=key_id, plain_text="t").cipher_text
    kms.post("re-encrypt", **{"destination_key_id": key_id, "cipher_text": text, **members}).is_refusal(code)


def test_a_key_of_another_project(endpoint, kms, tenant_name):
    other = type(kms)(endpoint, tenant_name)
    assert other.project != kms.project
    text = kms.encrypt_data(key_id=kms.create(), plain_text="t").cipher_text
    with refused("KMS.0207"):
        other.re_encrypt(cipher_text=text, destination_key_id=other.create())
    with refused("KMS.0207"):
        other.re_encrypt(cipher_text=other.encrypt_data(key_id=other.create(), plain_text="t").cipher_text,
                         destination_key_id=kms.create())
