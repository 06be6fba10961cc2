"""Asymmetric keys: what regions offer, GetPublicKey, decrypting, signing, verifying."""

import os

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from gmssl import sm2
from tencent_support import FIPS, MISSING_KEY, SM, Kms, alias, b64, refused, unb64, unchanged
from wrapping import der, der_integer, sm2_digest, sm2_encrypt, sm2_verify, wrap

NOT_SUPPORT = "ResourceUnavailable.CmkStateNotSupport"
BAD_USAGE = "InvalidParameterValue.InvalidKeyUsage"
NOT_OFFERED = "UnsupportedOperation.UnsupportedKeyUsageInCurrentRegion"
BAD = "InvalidParameter"
RSA, RSA_SIGNING = "ASYMMETRIC_DECRYPT_RSA_2048", "ASYMMETRIC_SIGN_VERIFY_RSA_2048"
SM2, SM2_SIGNING = "ASYMMETRIC_DECRYPT_SM2", "ASYMMETRIC_SIGN_VERIFY_SM2"
ECC, ECDSA384 = "ASYMMETRIC_SIGN_VERIFY_ECC", "ASYMMETRIC_SIGN_VERIFY_ECDSA384"
PQ, PQ_SIGNING = "POST_QUANTUM_ENCRYPT_DECRYPT", "POST_QUANTUM_SIGN_VERIFY"
# What ListAlgorithms says, in its order.
OFFERS = {
    SM: [
        [("ENCRYPT_DECRYPT", "SM4")],
        [(SM2, "SM2"), (RSA, "RSA_2048"), (PQ, "ML_KEM_1024")],
        [(SM2_SIGNING, "SM2"), (ECC, "ECC_P256_R1"), (RSA_SIGNING, "RSA_2048"), (ECDSA384, "ECDSA384"),
         (PQ_SIGNING, "ML_DSA_87")],
    ],
    FIPS: [
        [("ENCRYPT_DECRYPT", "AES_256")],
        [(RSA, "RSA_2048"), (PQ, "ML_KEM_1024")],
        [(ECC, "ECC_P256_R1"), (RSA_SIGNING, "RSA_2048"), (ECDSA384, "ECDSA384"), (PQ_SIGNING, "ML_DSA_87")],
    ],
}
RSA_ALGORITHMS = {"RSAES_PKCS1_V1_5": 245, "RSAES_OAEP_SHA_1": 214, "RSAES_OAEP_SHA_256": 190}
# The algorithms of each kind of signing key, and the hash that they sign.
SIGNING = {
    SM2_SIGNING: (["SM2DSA", "SM2DSA_ASN1"], hashes.SM3()),
    ECC: (["ECC_P256_R1"], hashes.SHA256()),
    RSA_SIGNING: (["RSA_PSS_SHA_256", "RSA_PKCS1_SHA_256"], hashes.SHA256()),
    ECDSA384: (["ECDSA384", "ECC_P384_R1"], hashes.SHA384()),
}


@pytest.fixture
def kms(endpoint, tenant_name):
    return Kms(endpoint, tenant_name)


@pytest.fixture
def fips(endpoint, tenant_name):
    return Kms(endpoint, tenant_name, FIPS)


def spki(kms, key_id):
    return unb64(kms.GetPublicKey(KeyId=key_id).PublicKey)


def digest(spki, message, hash_):
    if isinstance(hash_, hashes.SM3):
        return sm2_digest(spki, message)
    made = hashes.Hash(hash_)
    made.update(message)
    return made.finalize()


def good_elsewhere(spki, algorithm, hash_, digest, signature):
    """Whether other libraries take a signature."""
    if algorithm.startswith("SM2"):
        return sm2_verify(spki, digest, signature)
    key = serialization.load_der_public_key(spki)
    more = {
        "RSA_PSS_SHA_256": [padding.PSS(padding.MGF1(hash_), 32), Prehashed(hash_)],
        "RSA_PKCS1_SHA_256": [padding.PKCS1v15(), Prehashed(hash_)],
    }.get(algorithm, [ec.ECDSA(Prehashed(hash_))])
    try:
        key.verify(signature, digest, *more)
    except InvalidSignature:
        return False
    return True


def gmssl_key(spki):
    key = sm2.CryptSM2(private_key="", public_key="", mode=1)
    # Its constructor takes more than the prefix away from some keys.
    key.public_key = spki[-64:].hex()
    return key


@pytest.mark.parametrize("region", [SM, FIPS])
def test_what_a_region_offers(endpoint, tenant_name, region):
    listed = Kms(endpoint, tenant_name, region).ListAlgorithms()
    lists = [listed.SymmetricAlgorithms, listed.AsymmetricAlgorithms, listed.AsymmetricSignVerifyAlgorithms]
    assert [[(one.KeyUsage, one.Algorithm) for one in some] for some in lists] == OFFERS[region]


@pytest.mark.parametrize("region", [SM, FIPS])
def test_what_is_offered_can_be_made_and_found(endpoint, tenant_name, region):
    kms = Kms(endpoint, tenant_name, region)
    made = {}
    for usage in [usage for group in OFFERS[region] for usage, _ in group]:
        answer = kms.CreateKey(Alias=alias(), KeyUsage=usage, Type=1)
        assert (answer.KeyUsage, answer.KeyState) == (usage, "Enabled")
        made[usage] = answer.KeyId
        shown = kms.describe(answer.KeyId)
        assert (shown.KeyUsage, shown.Origin, shown.Type) == (usage, "TENCENT_KMS", 4 if region == SM else 2)
        assert (shown.KeyRotationEnabled, shown.ValidTo) == (False, 0)
    for usage, key_id in made.items():
        assert [key.KeyId for key in kms.ListKeyDetail(KeyUsage=usage).KeyMetadatas] == [key_id]
    # Without a usage only symmetric keys are shown.
    assert [key.KeyId for key in kms.ListKeyDetail().KeyMetadatas] == [made["ENCRYPT_DECRYPT"]]
    assert kms.ListKeyDetail(KeyUsage="ALL").TotalCount == kms.ListKeys().TotalCount == len(made)
    for usage in set(made) - {"ENCRYPT_DECRYPT"}:
        with refused(BAD_USAGE):
            kms.CreateKey(Alias=alias(), KeyUsage=usage, Type=2)
    for usage in {usage for group in OFFERS[SM] for usage, _ in group} - set(made):
        for kind in (1, 2):
            with refused(NOT_OFFERED):
                kms.CreateKey(Alias=alias(), KeyUsage=usage, Type=kind)
    for usage in [RSA.lower(), "ASYMMETRIC_DECRYPT_RSA_4096", "SIGN_VERIFY", " "]:
        with refused(BAD_USAGE):
            kms.CreateKey(Alias=alias(), KeyUsage=usage)
    assert kms.ListKeys().TotalCount == len(made)


def test_public_keys_are_der_and_pem(kms):
    for usage, prefix, length in [
        (RSA, "30820122300d06092a864886f70d01010105000382010f00", 294),
        (SM2, "3059301306072a8648ce3d020106082a811ccf5501822d03420004", 91),
        (SM2_SIGNING, "3059301306072a8648ce3d020106082a811ccf5501822d03420004", 91),
        (ECC, "3059301306072a8648ce3d020106082a8648ce3d03010703420004", 91),
        (ECDSA384, "3076301006072a8648ce3d020106052b8104002203620004", 120),
    ]:
        key_id = kms.create(KeyUsage=usage)
        shown = kms.GetPublicKey(KeyId=key_id)
        assert shown.KeyId == key_id
        bytes_ = unb64(shown.PublicKey)
        assert bytes_.hex().startswith(prefix) and len(bytes_) == length
        lines = shown.PublicKeyPem.split("\n")
        assert (lines[0], lines[-2], lines[-1]) == ("-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----", "")
        assert all(len(line) == 64 for line in lines[1:-3]) and 0 < len(lines[-3]) <= 64
        assert "".join(lines[1:-2]) == shown.PublicKey
        assert kms.GetPublicKey(KeyId=key_id).PublicKey == shown.PublicKey
    for key_id in (kms.create(), kms.external()):
        with refused(BAD):
            kms.GetPublicKey(KeyId=key_id)


def test_rsa_opens_what_others_encrypted(fips):
    key_id, other = fips.create(KeyUsage=RSA), fips.create(KeyUsage=RSA)
    public, signing = spki(fips, key_id), fips.create(KeyUsage=RSA_SIGNING)
    for algorithm, longest in RSA_ALGORITHMS.items():
        named = {"KeyId": key_id, "Algorithm": algorithm}
        for plaintext in [b"x", os.urandom(32), os.urandom(longest)]:
            sealed = wrap(algorithm, public, plaintext)
            opened = fips.AsymmetricRsaDecrypt(**named, Ciphertext=b64(sealed))
            assert (opened.KeyId, unb64(opened.Plaintext)) == (key_id, plaintext)
        bad = [sealed[:-1], sealed + b"x", bytes(256), b"\xff" * 256, sealed[:128] + bytes(128), b"x"]
        # With PKCS#1 v1.5 a foreign ciphertext may look genuine by chance.
        bad += [] if algorithm == "RSAES_PKCS1_V1_5" else [wrap(algorithm, spki(fips, other), b"x")]
        for damaged in bad:
            with refused("FailedOperation.DecryptError"):
                fips.AsymmetricRsaDecrypt(**named, Ciphertext=b64(damaged))
        for crooked in ["", "x", "AAA", "-_-_", b64(bytes(5000))]:
            with refused(BAD):
                fips.AsymmetricRsaDecrypt(**named, Ciphertext=crooked)
        with refused(BAD_USAGE):
            fips.AsymmetricRsaDecrypt(KeyId=signing, Algorithm=algorithm, Ciphertext=b64(sealed))
        with refused(BAD_USAGE):
            fips.AsymmetricRsaDecrypt(KeyId=fips.create(), Algorithm=algorithm, Ciphertext=b64(sealed))
    sealed = b64(wrap("RSAES_OAEP_SHA_1", public, b"x"))
    with refused("FailedOperation.DecryptError"):
        fips.AsymmetricRsaDecrypt(KeyId=key_id, Algorithm="RSAES_OAEP_SHA_256", Ciphertext=sealed)
    for algorithm in ["", "SM2", "RSAES_OAEP_SHA_512", "rsaes_oaep_sha_1"]:
        with refused(BAD):
            fips.AsymmetricRsaDecrypt(KeyId=key_id, Algorithm=algorithm, Ciphertext=sealed)
    # Whose usage is wrong is told so whatever its state.
    fips.DisableKey(KeyId=signing)
    with refused(BAD_USAGE):
        fips.AsymmetricRsaDecrypt(KeyId=signing, Algorithm="RSAES_OAEP_SHA_1", Ciphertext=sealed)


def test_sm2_opens_what_others_encrypted(kms, fips):
    key_id, other = kms.create(KeyUsage=SM2), kms.create(KeyUsage=SM2)
    public = spki(kms, key_id)
    for length in [1, 32, 140]:
        plaintext = os.urandom(length)
        opened = kms.AsymmetricSm2Decrypt(KeyId=key_id, Ciphertext=b64(sm2_encrypt(public, plaintext)))
        assert (opened.KeyId, unb64(opened.Plaintext)) == (key_id, plaintext)
    # Another library writes C1, C3 and C2 one after another; the service wants them in ASN.1.
    raw = gmssl_key(public).encrypt(b"attack at dawn")
    x, y = int.from_bytes(raw[:32]), int.from_bytes(raw[32:64])
    sealed = der(0x30, der_integer(x) + der_integer(y) + der(0x04, raw[64:96]) + der(0x04, raw[96:]))
    assert unb64(kms.AsymmetricSm2Decrypt(KeyId=key_id, Ciphertext=b64(sealed)).Plaintext) == b"attack at dawn"
    foreign = sm2_encrypt(spki(kms, other), b"x")
    for bad in [raw, b"\x04" + raw, sealed[:-1], sealed + b"x", foreign, sealed[:-1] + bytes([sealed[-1] ^ 1]), b"x"]:
        with refused("FailedOperation.DecryptError"):
            kms.AsymmetricSm2Decrypt(KeyId=key_id, Ciphertext=b64(bad))
    longest = sm2_encrypt(public, bytes(160))
    for crooked in ["", "x", "AAA", b64(longest)]:
        assert len(longest) > 256
        with refused(BAD):
            kms.AsymmetricSm2Decrypt(KeyId=key_id, Ciphertext=crooked)
    for usage in [SM2_SIGNING, RSA, "ENCRYPT_DECRYPT"]:
        with refused(BAD_USAGE):
            kms.AsymmetricSm2Decrypt(KeyId=kms.create(KeyUsage=usage), Ciphertext=b64(sealed))
    with refused(BAD_USAGE):
        kms.AsymmetricRsaDecrypt(KeyId=key_id, Algorithm="RSAES_OAEP_SHA_1", Ciphertext=b64(sealed))
    # Where the usage is not offered, nothing else is told.
    for key_id in [MISSING_KEY, fips.create()]:
        with refused(NOT_OFFERED):
            fips.AsymmetricSm2Decrypt(KeyId=key_id, Ciphertext=b64(sealed))
    with refused("InvalidParameterValue.InvalidKeyId"):
        fips.AsymmetricSm2Decrypt(KeyId="x", Ciphertext=b64(sealed))


@pytest.mark.parametrize("usage", SIGNING)
def test_signatures_are_good_elsewhere_and_here(kms, usage):
    algorithms, hash_ = SIGNING[usage]
    key_id, stranger = kms.create(KeyUsage=usage), kms.create(KeyUsage=usage)
    public = spki(kms, key_id)
    for algorithm in algorithms:
        for message in [b"x", os.urandom(4096)]:
            made = digest(public, message, hash_)
            forms = [{"Message": b64(message)}, {"Message": b64(message), "MessageType": "RAW"},
                     {"Message": b64(message), "MessageType": ""}, {"Message": b64(made), "MessageType": "DIGEST"}]
            for form in forms:
                signature = unb64(kms.SignByAsymmetricKey(KeyId=key_id, Algorithm=algorithm, **form).Signature)
                assert good_elsewhere(public, algorithm, hash_, made, signature)
                for again in forms:
                    named = {"KeyId": key_id, "Algorithm": algorithm, "SignatureValue": b64(signature)}
                    assert kms.VerifyByAsymmetricKey(**named, **again).SignatureValid is True
        named = {"KeyId": key_id, "Algorithm": algorithm}
        valid = lambda signature, **more: kms.VerifyByAsymmetricKey(
            **{**named, "Message": b64(message), "SignatureValue": b64(signature), **more}).SignatureValid
        assert valid(signature) is True
        assert valid(signature, KeyId=stranger) is valid(signature, Message=b64(message[1:])) is False
        flipped = signature[:-1] + bytes([signature[-1] ^ 1])
        for wrong in [flipped, signature[:-1], signature + b"x", b"x", bytes(64), bytes(256), b"\x30\x00"]:
            assert valid(wrong) is False
        for crooked in ["", "x", "-_-_", b64(bytes(9000))]:
            with refused("InvalidParameterValue"):
                kms.VerifyByAsymmetricKey(**named, Message=b64(message), SignatureValue=crooked)


def test_sm2_signatures_of_both_forms_and_of_another_library(kms):
    key_id = kms.create(KeyUsage=SM2_SIGNING)
    public = spki(kms, key_id)
    named = {"KeyId": key_id, "Algorithm": "SM2DSA", "Message": b64(b"message")}
    # Numbers with leading zeros must not get lost on the way: that is one in 128.
    for _ in range(3):
        r, s = decode_dss_signature(unb64(kms.SignByAsymmetricKey(**named).Signature))
        raw = r.to_bytes(32) + s.to_bytes(32)
        assert gmssl_key(public).verify_with_sm3(raw.hex(), b"message")
        assert kms.VerifyByAsymmetricKey(**named, SignatureValue=b64(raw)).SignatureValid is True
        assert kms.VerifyByAsymmetricKey(**named, SignatureValue=b64(raw[32:] + raw[:32])).SignatureValid is False
    # The other algorithms have the one form.
    ecc = kms.create(KeyUsage=ECC)
    named = {"KeyId": ecc, "Algorithm": "ECC_P256_R1", "Message": b64(b"message")}
    r, s = decode_dss_signature(unb64(kms.SignByAsymmetricKey(**named).Signature))
    raw = b64(r.to_bytes(32) + s.to_bytes(32))
    assert kms.VerifyByAsymmetricKey(**named, SignatureValue=raw).SignatureValid is False


def test_what_signing_refuses(kms):
    keys = {usage: kms.create(KeyUsage=usage) for usage in SIGNING}
    others = [kms.create(), kms.create(KeyUsage=SM2), kms.create(KeyUsage=PQ_SIGNING)]
    signature = b64(b"signature")

    def both(code, sign_code=None, **parameters):
        with refused(sign_code or code):
            kms.SignByAsymmetricKey(**parameters)
        with refused(code):
            kms.VerifyByAsymmetricKey(SignatureValue=signature, **parameters)

    message = {"Message": b64(b"message")}
    for usage, (algorithms, hash_) in SIGNING.items():
        named = {"KeyId": keys[usage], "Algorithm": algorithms[0]}
        both(BAD, "MissingParameter", **named, Message="")
        for bad in ["x", "AAA", "-_-_", b64(bytes(4097))]:
            both(BAD, **named, Message=bad)
        for length in {1, 20, 31, 33, 48, 64} - {hash_.digest_size}:
            both(BAD, **named, Message=b64(bytes(length)), MessageType="DIGEST")
        for form in ["raw", "EXTERNAL_MU", "Digest"]:
            both(BAD, **named, **message, MessageType=form)
        foreign = {name for some, _ in SIGNING.values() for name in some} - set(algorithms)
        for algorithm in foreign | {"", "sm2dsa", "RSA_PSS_SHA_512", "ML_DSA_87", "RSASSA_PSS_SHA_256"}:
            both(BAD, KeyId=keys[usage], Algorithm=algorithm, **message)
        for key_id in others:
            both(BAD, KeyId=key_id, Algorithm=algorithms[0], **message)


ACTIONS = {
    "GetPublicKey": (RSA, {}),
    "AsymmetricRsaDecrypt": (RSA, {"Algorithm": "RSAES_OAEP_SHA_256", "Ciphertext": b64(bytes(256))}),
    "AsymmetricSm2Decrypt": (SM2, {"Ciphertext": b64(bytes(120))}),
    "SignByAsymmetricKey": (ECC, {"Algorithm": "ECC_P256_R1", "Message": b64(b"message")}),
    "VerifyByAsymmetricKey": (ECC, {"Algorithm": "ECC_P256_R1", "Message": b64(b"message"),
                                    "SignatureValue": b64(b"x")}),
}
# What an enabled key says to the parameters above.
ENABLED = {"AsymmetricRsaDecrypt": "FailedOperation.DecryptError", "AsymmetricSm2Decrypt": "FailedOperation.DecryptError"}


@pytest.mark.parametrize("action", ACTIONS)
def test_states(endpoint, tenant_name, kms, action):
    usage, more = ACTIONS[action]
    key_id = kms.create(KeyUsage=usage)
    act = lambda key_id=key_id, kms=kms: getattr(kms, action)(KeyId=key_id, **more)

    def works():
        if action in ENABLED:
            with unchanged(kms, key_id), refused(ENABLED[action]):
                act()
        else:
            with unchanged(kms, key_id):
                act()

    works()
    for step, answer in [
        (lambda: kms.ArchiveKey(KeyId=key_id), NOT_SUPPORT),
        (lambda: (kms.CancelKeyArchive(KeyId=key_id), kms.DisableKey(KeyId=key_id)), NOT_SUPPORT),
        (lambda: kms.ScheduleKeyDeletion(KeyId=key_id, PendingWindowInDays=7), NOT_SUPPORT),
        (lambda: kms.CancelKeyDeletion(KeyId=key_id), NOT_SUPPORT),
    ]:
        step()
        with unchanged(kms, key_id), refused(answer):
            act()
    kms.EnableKey(KeyId=key_id)
    works()
    with refused("ResourceUnavailable.CmkNotFound"):
        act(MISSING_KEY)
    for bad in ["", "x", key_id.upper(), kms.describe(key_id).Alias]:
        with refused("InvalidParameterValue.InvalidKeyId"):
            act(bad)
    # A key is out of sight of others, and of other regions.
    for other in [Kms(endpoint, tenant_name + "x"), Kms(endpoint, tenant_name, "ap-shanghai")]:
        with refused("ResourceUnavailable.CmkNotFound"):
            act(kms=other)


def test_other_actions_with_asymmetric_keys(kms):
    key_id = kms.create(KeyUsage=RSA)
    with unchanged(kms, key_id):
        with refused(BAD):
            kms.seal(key_id)
        with refused(BAD_USAGE):
            kms.GenerateDataKey(KeyId=key_id, KeySpec="AES_256")
        with refused("UnsupportedOperation.NotExternalCmk"):
            kms.parameters(key_id)
        with refused("UnsupportedOperation.NotExternalCmk"):
            kms.DeleteImportedKeyMaterial(KeyId=key_id)
        with refused("UnsupportedOperation"):
            kms.EnableKeyRotation(KeyId=key_id)


def test_a_deleted_key_is_gone(kms, clock):
    clock.freeze("tencent", kms.access_id, 1_800_000_000)
    key_id = kms.create(KeyUsage=ECC)
    kms.DisableKey(KeyId=key_id)
    kms.ScheduleKeyDeletion(KeyId=key_id, PendingWindowInDays=7)
    clock.advance("tencent", kms.access_id, 7 * 86400)
    with refused("ResourceUnavailable.CmkNotFound"):
        kms.GetPublicKey(KeyId=key_id)
