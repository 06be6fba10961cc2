"""The same material through two vendors' SDKs: the keys are the same as far as clients can see, and nothing else is."""

import hashlib
import secrets

import aws_support
import huawei_support
import pytest
from aws_support import material, private_key
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from huawei_support import b64, unb64
from sealed import open_aws, open_huawei
from test_huawei_import import pem_bytes
from wrapping import public_key_der, sm2_digest, sm2_key, sm2_verify, wrap

# The kinds that both have: the name of one, the name of the other.
RSA = {"RSA_2048": "RSA_2048", "RSA_3072": "RSA_3072", "RSA_4096": "RSA_4096"}
CURVES = {"ECC_NIST_P256": "EC_P256", "ECC_NIST_P384": "EC_P384", "ECC_SECG_P256K1": "SECP256K1"}
MACS = {"HMAC_256": "HMAC_SHA_256", "HMAC_384": "HMAC_SHA_384", "HMAC_512": "HMAC_SHA_512"}
EDWARDS = "ECC_NIST_EDWARDS25519"
MESSAGE = b"the same message"


@pytest.fixture
def aws(endpoint, tenant_name):
    return aws_support.Kms(endpoint, tenant_name)


@pytest.fixture
def huawei(endpoint, tenant_name):
    return huawei_support.Kms(endpoint, tenant_name)


@pytest.fixture
def china(endpoint, tenant_name):
    return aws_support.Kms(endpoint, tenant_name, aws_support.CHINA)


def both(aws, huawei, aws_spec, huawei_spec, plain, usage=None):
    """A key at each vendor with this private key."""
    usage = usage or aws_support.usage(aws_spec)
    ours = aws.external(aws_spec, KeyUsage=usage)
    aws.bring_plain(ours, plain, aws_support.natural_wrapping(aws_spec))
    theirs = huawei.external(key_spec=huawei_spec, key_usage=usage)
    huawei.bring_private(theirs, plain)
    return ours, theirs


def sign(kms, key_id, algorithm, message=MESSAGE, raw=True) -> bytes:
    form = "RAW" if raw else "DIGEST"
    if isinstance(kms, aws_support.Kms):
        return kms.sign(KeyId=key_id, Message=message, MessageType=form, SigningAlgorithm=algorithm)["Signature"]
    return unb64(kms.sign(key_id=key_id, message=b64(message), message_type=form,
                          signing_algorithm=algorithm).signature)


def verifies(kms, key_id, algorithm, signature, message=MESSAGE, raw=True) -> bool:
    form = "RAW" if raw else "DIGEST"
    if isinstance(kms, aws_support.Kms):
        try:
            return kms.verify(KeyId=key_id, Message=message, MessageType=form, SigningAlgorithm=algorithm,
                              Signature=signature)["SignatureValid"]
        except kms.exceptions.KMSInvalidSignatureException:
            return False
    return kms.validate_signature(key_id=key_id, message=b64(message), message_type=form, signature=b64(signature),
                                  signing_algorithm=algorithm).signature_valid == "true"


def public_keys(aws, huawei, ours, theirs):
    pem = huawei.show_public_key(key_id=theirs).public_key
    return aws.get_public_key(KeyId=ours)["PublicKey"], pem_bytes(pem)


@pytest.mark.parametrize("spec", MACS)
def test_macs_are_equal(aws, huawei, spec):
    plain = material(spec)
    ours, theirs = aws.external(spec), huawei.external(key_spec=spec)
    aws.bring_plain(ours, plain)
    huawei.bring(theirs, plain)
    for message in [b"x", MESSAGE, secrets.token_bytes(4096)]:
        mac = aws.generate_mac(KeyId=ours, Message=message, MacAlgorithm=MACS[spec])["Mac"]
        asked = {"key_id": theirs, "mac_algorithm": MACS[spec], "message": b64(message)}
        assert huawei.generate_mac(**asked).mac == mac.hex()
        assert huawei.verify_mac(mac=mac.hex(), **asked).mac_valid is True
        assert aws.verify_mac(KeyId=ours, Message=message, MacAlgorithm=MACS[spec], Mac=mac)["MacValid"]


@pytest.mark.parametrize("spec", [*RSA, *CURVES, EDWARDS])
def test_signatures_go_both_ways(aws, huawei, spec):
    theirs_spec = {**RSA, **CURVES, EDWARDS: "ED25519"}[spec]
    ours, theirs = both(aws, huawei, spec, theirs_spec, material(spec))
    one, two = public_keys(aws, huawei, ours, theirs)
    assert one == two == public_key_der(private_key(spec))
    if spec in RSA:
        algorithms = [f"RSASSA_{kind}_SHA_{bits}" for kind in ("PSS", "PKCS1_V1_5") for bits in (256, 384, 512)]
    else:
        algorithms = {"ECC_NIST_P256": ["ECDSA_SHA_256"], "ECC_NIST_P384": ["ECDSA_SHA_384"],
                      "ECC_SECG_P256K1": ["ECDSA_SHA_256"], EDWARDS: ["ED25519_SHA_512"]}[spec]
    for algorithm in algorithms:
        made = [sign(aws, ours, algorithm), sign(huawei, theirs, algorithm)]
        is_deterministic = "PKCS1" in algorithm or spec == EDWARDS
        assert (made[0] == made[1]) == is_deterministic, algorithm
        for signature in made:
            assert verifies(aws, ours, algorithm, signature), algorithm
            assert verifies(huawei, theirs, algorithm, signature), algorithm
            assert not verifies(aws, ours, algorithm, signature, MESSAGE[:-1])
            assert not verifies(huawei, theirs, algorithm, signature, MESSAGE[:-1])


def test_ed25519ph_is_the_same_over_what_is_hashed(aws, huawei):
    """What one vendor calls a digest it hashes once more; to the other it is a message."""
    ours, theirs = both(aws, huawei, EDWARDS, "ED25519", material(EDWARDS))
    digest = hashlib.sha512(MESSAGE).digest()
    signature = sign(aws, ours, "ED25519_PH_SHA_512", digest, raw=False)
    assert signature == sign(huawei, theirs, "ED25519_PH_SHA_512", digest)
    assert verifies(huawei, theirs, "ED25519_PH_SHA_512", signature, digest)


def test_sm2_in_china(china, huawei):
    _, plain, spki = sm2_key()
    ours = china.external("SM2", KeyUsage="SIGN_VERIFY")
    china.bring_plain(ours, plain, "SM2PKE", "SM2")
    theirs = huawei.external(key_spec="SM2")
    huawei.bring_private(theirs, plain, "SM2_ENCRYPT")
    assert public_keys(china, huawei, ours, theirs) == (spki, spki)
    made = [sign(china, ours, "SM2DSA"), sign(huawei, theirs, "SM2DSA_SM3")]
    for signature in made:
        assert sm2_verify(spki, sm2_digest(spki, MESSAGE), signature)
        assert verifies(china, ours, "SM2DSA", signature) and verifies(huawei, theirs, "SM2DSA_SM3", signature)


@pytest.mark.parametrize("spec", ["ECC_NIST_P256", "ECC_NIST_P384"])
def test_shared_secrets_are_equal(aws, huawei, spec):
    ours, theirs = both(aws, huawei, spec, CURVES[spec], material(spec), "KEY_AGREEMENT")
    peer = ec.generate_private_key(aws_support.CURVES[spec]())
    secret = aws.derive_shared_secret(KeyId=ours, KeyAgreementAlgorithm="ECDH", PublicKey=public_key_der(peer))
    also = huawei.derive_shared_secret(key_id=theirs, key_agreement_algorithm="ECDH",
                                       public_key=b64(public_key_der(peer)))
    expected = peer.exchange(ec.ECDH(), private_key(spec).public_key())
    assert secret["SharedSecret"] == unb64(also.shared_secret) == expected


def test_each_decrypts_what_an_rsa_key_encrypted(aws, huawei):
    ours, theirs = both(aws, huawei, "RSA_2048", "RSA_2048", material("RSA_2048"), "ENCRYPT_DECRYPT")
    algorithm = "RSAES_OAEP_SHA_256"
    from_aws = aws.encrypt(KeyId=ours, Plaintext=b"text", EncryptionAlgorithm=algorithm)["CiphertextBlob"]
    from_huawei = unb64(huawei.encrypt_data(key_id=theirs, plain_text="text",
                                            encryption_algorithm=algorithm).cipher_text)
    outside = private_key("RSA_2048").public_key().encrypt(
        b"text", padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None))
    for blob in [from_aws, from_huawei, outside]:
        opened = aws.decrypt(KeyId=ours, CiphertextBlob=blob, EncryptionAlgorithm=algorithm)
        assert opened["Plaintext"] == b"text"
        opened = huawei.decrypt_data(key_id=theirs, cipher_text=b64(blob), encryption_algorithm=algorithm)
        assert opened.plain_text == "text"


@pytest.fixture
def symmetric(aws, huawei):
    """The same 32 bytes in a key of each vendor."""
    plain = secrets.token_bytes(32)
    ours, theirs = aws.external(), huawei.external()
    aws.bring_plain(ours, plain)
    huawei.bring(theirs, plain)
    return ours, theirs, plain


def test_the_same_symmetric_key_works_at_both(aws, huawei, symmetric):
    """Opened outside the server, with nothing but the material and what stands in the ciphertext."""
    ours, theirs, plain = symmetric
    blob = aws.encrypt(KeyId=ours, Plaintext=MESSAGE, EncryptionContext={"b": "2", "a": "1"})["CiphertextBlob"]
    assert open_aws(blob, aws.account, ours, plain, {"a": "1", "b": "2"}) == MESSAGE
    text = huawei.encrypt_data(key_id=theirs, plain_text=MESSAGE.decode(), additional_authenticated_data="x")
    assert open_huawei(unb64(text.cipher_text), huawei.account, plain, "x") == MESSAGE


def test_neither_opens_the_other_s_ciphertext(aws, huawei, symmetric):
    ours, theirs, _ = symmetric
    blob = aws.encrypt(KeyId=ours, Plaintext=MESSAGE)["CiphertextBlob"]
    text = unb64(huawei.encrypt_data(key_id=theirs, plain_text=MESSAGE.decode()).cipher_text)
    data_key = bytes.fromhex(huawei.create_datakey(key_id=theirs).cipher_text)
    for foreign in [text, data_key]:
        with aws_support.refused("InvalidCiphertextException"):
            aws.decrypt(CiphertextBlob=foreign)
        with aws_support.refused("InvalidCiphertextException"):
            aws.re_encrypt(CiphertextBlob=foreign, DestinationKeyId=ours)
    with huawei_support.refused("KMS.2201"):
        huawei.decrypt_data(cipher_text=b64(blob))
    with huawei_support.refused("KMS.2201"):
        huawei.decrypt_datakey(key_id=theirs, cipher_text=blob.hex(), datakey_cipher_length="16")
    for foreign in [b64(blob), blob.hex()]:
        with huawei_support.refused("KMS.2201"):
            huawei.re_encrypt(cipher_text=foreign, destination_key_id=theirs)
    # The parts of one in the other's frame: a message key is its vendor's, its tenant's and its key's.
    spliced = blob[:54] + text[4:32] + blob[82:136] + text[32:-76]
    with aws_support.refused("InvalidCiphertextException"):
        aws.decrypt(CiphertextBlob=spliced)
    spliced = text[:4] + blob[54:82] + blob[136:] + text[-76:-8]
    spliced += hashlib.sha256(spliced).digest()[:8]
    with huawei_support.refused("KMS.2201"):
        huawei.decrypt_data(cipher_text=b64(spliced))


def test_fingerprints_go_by_key_and_material(aws, huawei, symmetric):
    """Each knows its material again, and names it so that nobody can compare across keys or vendors."""
    ours, theirs, plain = symmetric
    first = aws.describe(ours)["CurrentKeyMaterialId"]
    text = huawei.encrypt_data(key_id=theirs, plain_text="x").cipher_text
    assert unb64(text)[-40:-8].hex() != first
    aws.delete_imported_key_material(KeyId=ours)
    huawei.delete_imported_key_material(key_id=theirs)
    other = secrets.token_bytes(32)
    with aws_support.refused("IncorrectKeyMaterialException"):
        aws.bring_plain(ours, other)
    with huawei_support.refused("KMS.2606"):
        huawei.bring(theirs, other)
    aws.bring_plain(ours, plain)
    huawei.bring(theirs, plain)
    assert aws.describe(ours)["CurrentKeyMaterialId"] == first
    again = huawei.encrypt_data(key_id=theirs, plain_text="x").cipher_text
    assert unb64(again)[-40:-8] == unb64(text)[-40:-8]
    assert huawei.decrypt_data(cipher_text=text).plain_text == "x"
    # The same material in a second key of the same vendor has a name of its own.
    second = aws.external()
    aws.bring_plain(second, plain)
    assert aws.describe(second)["CurrentKeyMaterialId"] != first


def test_a_token_of_one_is_nothing_to_the_other(aws, huawei):
    ours, theirs, plain = aws.external(), huawei.external(), secrets.token_bytes(32)
    given, parameters = aws.parameters(ours), huawei.parameters(theirs)
    with huawei_support.refused("KMS.2605"):
        huawei.import_key_material(
            key_id=theirs, import_token=b64(given["ImportToken"]),
            encrypted_key_material=b64(wrap("RSAES_OAEP_SHA_256", given["PublicKey"], plain)))
    with aws_support.refused("InvalidImportTokenException"):
        blob = wrap("RSAES_OAEP_SHA_256", unb64(parameters.public_key), plain)
        aws.bring(ours, {"ImportToken": unb64(parameters.import_token)}, blob)
    assert (aws.state(ours), huawei.state(theirs)) == ("PendingImport", "5")


def test_a_data_key_pair_of_one_is_a_key_of_the_other(aws, huawei):
    pair = huawei.create_ec_datakey_pair(key_id=huawei.create(), key_spec="ECC_NIST_P256")
    ours = aws.external("ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    aws.bring_plain(ours, unb64(pair.private_key_plain_text))
    assert aws.get_public_key(KeyId=ours)["PublicKey"] == unb64(pair.public_key)
    public = serialization.load_der_public_key(unb64(pair.public_key))
    public.verify(sign(aws, ours, "ECDSA_SHA_256"), MESSAGE, ec.ECDSA(hashes.SHA256()))
    pair = aws.generate_data_key_pair(KeyId=aws.create(), KeyPairSpec="RSA_2048")
    theirs = huawei.external(key_spec="RSA_2048")
    huawei.bring_private(theirs, pair["PrivateKeyPlaintext"])
    assert pem_bytes(huawei.show_public_key(key_id=theirs).public_key) == pair["PublicKey"]
