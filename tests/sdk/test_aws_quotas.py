"""Request quotas, at a server that holds its callers to them: by group, by account, as the tenant's clock has it."""

import pytest
from aws_support import Kms, refused
from conftest import Server, TenantClock, admin_of

START = 1_800_000_000
TOO_FAST = "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls."


@pytest.fixture(scope="module")
def strict(tmp_path_factory):
    """The URL of a server with quotas, two of which are its own."""
    server = Server(tmp_path_factory.mktemp("quotas"), None, {
        "POLYKMS__AWS__REQUEST_QUOTAS": "true",
        "POLYKMS__AWS__REQUESTS_PER_SECOND__SYMMETRIC_IN_LARGEST_REGIONS": "3",
        "POLYKMS__AWS__REQUESTS_PER_SECOND__ECC": "2",
        "POLYKMS__AWS__REQUESTS_PER_SECOND__DESCRIBE_KEY": "0.5",
    })
    try:
        yield server.url
        server.stop()
    finally:
        server.process.kill()


@pytest.fixture
def clock(strict):
    return TenantClock(admin_of(strict))


@pytest.fixture
def kms(strict, tenant_name, clock):
    kms = Kms(strict, tenant_name)
    clock.freeze("aws", kms.access_id, START)
    return kms


def throttled():
    return refused("ThrottlingException", TOO_FAST)


def test_a_second_holds_so_many(kms, clock):
    made = [kms.create() for _ in range(5)]
    with throttled():
        kms.create()
    # Other groups have their own.
    kms.disable_key(KeyId=made[0])
    clock.advance("aws", kms.access_id, 1)
    for _ in range(5):
        kms.create()
    with throttled():
        kms.create()


def test_refused_requests_are_charged(kms):
    for _ in range(5):
        with refused("NotFoundException"):
            kms.cancel_key_deletion(KeyId="x")
    with throttled():
        kms.cancel_key_deletion(KeyId="x")


def test_cryptography_shares_by_kind_of_key(kms, clock):
    symmetric, signing = kms.create(), kms.create("ECC_NIST_P256")
    what = {"Message": b"x", "SigningAlgorithm": "ECDSA_SHA_256"}
    blob = kms.encrypt(KeyId=symmetric, Plaintext=b"x")["CiphertextBlob"]
    kms.decrypt(CiphertextBlob=blob)
    kms.generate_random(NumberOfBytes=8)
    for call in (lambda: kms.encrypt(KeyId=symmetric, Plaintext=b"x"),
                 lambda: kms.generate_data_key(KeyId=symmetric, KeySpec="AES_256"),
                 lambda: kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=symmetric)):
        with throttled():
            call()
    signature = kms.sign(KeyId=signing, **what)["Signature"]
    kms.verify(KeyId=signing, Signature=signature, **what)
    with throttled():
        kms.sign(KeyId=signing, **what)


def test_data_key_pairs_go_by_their_kind(kms):
    key_id = kms.create()
    kms.generate_data_key_pair(KeyId=key_id, KeyPairSpec="RSA_2048")
    with throttled():
        kms.generate_data_key_pair_without_plaintext(KeyId=key_id, KeyPairSpec="RSA_2048")
    for _ in range(5):
        kms.generate_data_key_pair(KeyId=key_id, KeyPairSpec="ECC_NIST_P521")
    with throttled():
        kms.generate_data_key_pair(KeyId=key_id, KeyPairSpec="ECC_NIST_P521")


def test_slow_groups_hold_one(kms, clock):
    key_id = kms.external()
    kms.parameters(key_id)
    with throttled():
        kms.parameters(key_id)
    clock.advance("aws", kms.access_id, 3)
    with throttled():
        kms.parameters(key_id)
    clock.advance("aws", kms.access_id, 1)
    kms.parameters(key_id)
    kms.describe(key_id)
    with throttled():
        kms.describe(key_id)


def test_accounts_and_regions_have_their_own(strict, kms, clock, tenant_name):
    other, elsewhere = Kms(strict, f"{tenant_name}-other"), kms.elsewhere("eu-west-1")
    clock.freeze("aws", other.access_id, START)
    for _ in range(5):
        kms.create()
    with throttled():
        kms.create()
    other.create()
    elsewhere.create()
