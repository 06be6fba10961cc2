"""Every KeySpec with every KeyUsage and every algorithm: what is legal works, what is not is refused as AWS does."""

import pytest
from aws_support import CHINA, SYMMETRIC, Kms, refused
from botocore.exceptions import ClientError

RSA = ["RSA_2048", "RSA_3072", "RSA_4096"]
ENCRYPTION = ["SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE"]
RSA_SIGNING = [f"RSASSA_{scheme}_SHA_{size}" for scheme in ["PKCS1_V1_5", "PSS"] for size in [256, 384, 512]]
SIGNING = [*RSA_SIGNING, "ECDSA_SHA_256", "ECDSA_SHA_384", "ECDSA_SHA_512", "ED25519_SHA_512", "ED25519_PH_SHA_512",
           "SM2DSA", "ML_DSA_SHAKE_256"]
MACS = ["HMAC_SHA_224", "HMAC_SHA_256", "HMAC_SHA_384", "HMAC_SHA_512"]
USAGES = ["ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT", "ENCAPSULATE_DECAPSULATE"]
LISTS = dict(zip(USAGES, ["EncryptionAlgorithms", "SigningAlgorithms", "MacAlgorithms", "KeyAgreementAlgorithms",
                          "EncapsulationAlgorithms"]))

# The service's own table: spec, usage, algorithms in the order in which it lists them.
LEGAL = {
    SYMMETRIC: {"ENCRYPT_DECRYPT": ["SYMMETRIC_DEFAULT"]},
    **{spec: {"ENCRYPT_DECRYPT": ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"], "SIGN_VERIFY": RSA_SIGNING}
       for spec in RSA},
    **{spec: {"SIGN_VERIFY": [algorithm], "KEY_AGREEMENT": ["ECDH"]} for spec, algorithm in [
        ("ECC_NIST_P256", "ECDSA_SHA_256"), ("ECC_NIST_P384", "ECDSA_SHA_384"), ("ECC_NIST_P521", "ECDSA_SHA_512")]},
    "ECC_SECG_P256K1": {"SIGN_VERIFY": ["ECDSA_SHA_256"]},
    "ECC_NIST_EDWARDS25519": {"SIGN_VERIFY": ["ED25519_SHA_512", "ED25519_PH_SHA_512"]},
    **{f"HMAC_{size}": {"GENERATE_VERIFY_MAC": [f"HMAC_SHA_{size}"]} for size in [224, 256, 384, 512]},
    **{f"ML_DSA_{size}": {"SIGN_VERIFY": ["ML_DSA_SHAKE_256"]} for size in [44, 65, 87]},
    **{f"ML_KEM_{size}": {"ENCAPSULATE_DECAPSULATE": ["ML_KEM"]} for size in [512, 768, 1024]},
    "SM2": {"ENCRYPT_DECRYPT": ["SM2PKE"], "SIGN_VERIFY": ["SM2DSA"], "KEY_AGREEMENT": ["ECDH"]},
}
# SM2 is China's alone, ML-KEM is everywhere else.
CHINA_ONLY, ELSEWHERE_ONLY = {"SM2"}, {spec for spec in LEGAL if spec.startswith("ML_KEM")}


def test_the_table_is_whole(endpoint, tenant_name):
    model = Kms(endpoint, tenant_name).client.meta.service_model
    assert set(LEGAL) == set(model.shape_for("KeySpec").enum)
    assert set(USAGES) == set(model.shape_for("KeyUsageType").enum)
    assert set(SIGNING) == set(model.shape_for("SigningAlgorithmSpec").enum)
    assert set(ENCRYPTION) == set(model.shape_for("EncryptionAlgorithmSpec").enum)
    assert set(MACS) == set(model.shape_for("MacAlgorithmSpec").enum)


@pytest.mark.parametrize("region", ["us-east-1", CHINA])
@pytest.mark.parametrize("spec", LEGAL)
def test_every_cell(endpoint, tenant_name, region, spec):
    kms = Kms(endpoint, tenant_name, region)
    if spec in (ELSEWHERE_ONLY if region == CHINA else CHINA_ONLY):
        for usage in USAGES:
            with refused("UnsupportedOperationException"):
                kms.create_key(KeySpec=spec, KeyUsage=usage)
        return
    if spec != SYMMETRIC:
        with refused("ValidationException",
                     "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys."):
            kms.create_key(KeySpec=spec)
    for usage in USAGES:
        if usage not in LEGAL[spec]:
            with refused("ValidationException", unfit(spec, usage)):
                kms.create_key(KeySpec=spec, KeyUsage=usage)
            continue
        made = kms.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]
        assert {name for name in LISTS.values() if name in made} == {LISTS[usage]}
        assert made[LISTS[usage]] == LEGAL[spec][usage]
        key_id = made["KeyId"]
        for (row, algorithm), call in calls(kms, key_id).items():
            if row != usage:
                with refused("InvalidKeyUsageException") as caught:
                    call()
                said = caught.value.response["Error"]["Message"]
                assert said.startswith(f"{kms.arn(key_id)} key usage is {usage} which is not valid for "), said
            elif algorithm not in LEGAL[spec][usage]:
                with refused("InvalidKeyUsageException",
                             f"Algorithm {algorithm} is incompatible with key spec {spec}."):
                    call()
            else:
                works(call)


def unfit(spec, usage):
    """What is said of a usage that a kind cannot have; for symmetric keys that shall sign, the older text."""
    if (spec, usage) == (SYMMETRIC, "SIGN_VERIFY"):
        return ("The operation failed because the KeyUsage value of the CMK is SIGN_VERIFY. To perform this operation, "
                "the KeyUsage value must be ENCRYPT_DECRYPT.")
    return f"KeyUsage {usage} is not compatible with KeySpec {spec}"


def calls(kms, key_id):
    """One use of a key for every algorithm there is."""
    length = {"256": 32, "384": 48, "512": 64}
    table = {}
    for algorithm in ENCRYPTION:
        table["ENCRYPT_DECRYPT", algorithm] = lambda algorithm=algorithm: kms.encrypt(
            KeyId=key_id, Plaintext=b"x", EncryptionAlgorithm=algorithm)
    for algorithm in SIGNING:
        form = "DIGEST" if algorithm == "ED25519_PH_SHA_512" else "RAW"
        message = bytes(length["512"]) if form == "DIGEST" else b"x"
        table["SIGN_VERIFY", algorithm] = lambda algorithm=algorithm, form=form, message=message: kms.sign(
            KeyId=key_id, Message=message, MessageType=form, SigningAlgorithm=algorithm)
    for algorithm in MACS:
        table["GENERATE_VERIFY_MAC", algorithm] = lambda algorithm=algorithm: kms.generate_mac(
            KeyId=key_id, Message=b"x", MacAlgorithm=algorithm)
    table["KEY_AGREEMENT", "ECDH"] = lambda: kms.derive_shared_secret(
        KeyId=key_id, KeyAgreementAlgorithm="ECDH", PublicKey=kms.get_public_key(KeyId=key_id)["PublicKey"]
        if kms.describe(key_id)["KeyUsage"] == "KEY_AGREEMENT" else b"x")
    table["ENCAPSULATE_DECAPSULATE", "ML_KEM"] = lambda: kms.encapsulate(KeyId=key_id, EncapsulationAlgorithm="ML_KEM")
    return table


def works(call):
    try:
        assert call()["ResponseMetadata"]["HTTPStatusCode"] == 200
    except ClientError as refusal:
        raise AssertionError(refusal.response) from refusal
