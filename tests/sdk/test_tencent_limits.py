"""Frequency limits, at servers that hold accounts to them: by action, account and region, as the tenant's clock has it."""

import itertools
import json
import time

import pytest
from conftest import TenantClock, admin_of, running
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.retry import StandardRetryer

from tencent_support import FIPS, MATERIAL_LENGTH, MISSING_KEY, SM, Kms, Raw, b64, refused, unb64, unchanged, v1
from wrapping import wrap

START = 1_800_000_000
MATERIAL = bytes(range(MATERIAL_LENGTH[SM]))


def too_often(figure):
    """The answer to the request that is one too many."""
    text = (f"Your current request times equals to `{figure + 1}` in a second, which exceeds the frequency limit "
            f"`{figure}` for a second. Please reduce the frequency of calls.")
    return refused("RequestLimitExceeded", text)


@pytest.fixture(scope="module")
def strict(tmp_path_factory):
    """The URL of a server with all limits, one of which is its own."""
    settings = {"POLYKMS__TENCENT__REQUEST_QUOTAS": "true",
                "POLYKMS__TENCENT__REQUESTS_PER_SECOND__ENABLE_KEY": "0.5"}
    with running(tmp_path_factory.mktemp("limits"), settings) as server:
        yield server.url


@pytest.fixture(scope="module")
def partly(tmp_path_factory):
    """The URL of a server that limits imports alone."""
    settings = {"POLYKMS__TENCENT__REQUESTS_PER_SECOND__IMPORT_KEY_MATERIAL": "10"}
    with running(tmp_path_factory.mktemp("limit"), settings) as server:
        yield server.url


@pytest.fixture
def clock(strict):
    return TenantClock(admin_of(strict))


@pytest.fixture
def kms(strict, tenant_name, clock):
    return still(strict, tenant_name)


def still(url, name, *more):
    """A client whose tenant's clock stands."""
    kms = Kms(url, name, *more)
    TenantClock(admin_of(url)).freeze("tencent", kms.access_id, START)
    return kms


def import_in_a_row(kms):
    """A function that imports the same material into one key again and again."""
    key_id = kms.external()
    given = kms.parameters(key_id)
    blob = b64(wrap("RSAES_OAEP_SHA_256", unb64(given.PublicKey), MATERIAL))

    def again(valid_to=0):
        kms.ImportKeyMaterial(KeyId=key_id, ImportToken=given.ImportToken, EncryptedKeyMaterial=blob, ValidTo=valid_to)

    return key_id, again


@pytest.mark.parametrize("where", ["strict", "partly"])
def test_ten_imports_a_second(request, where, tenant_name):
    url = request.getfixturevalue(where)
    kms, clock = still(url, tenant_name), TenantClock(admin_of(url))
    key_id, again = import_in_a_row(kms)
    for _ in range(10):
        again()
    with unchanged(kms, key_id):
        for _ in range(3):
            with too_often(10):
                again(START + 1000)
    # A tenth of a second has room for one more, a whole second for ten.
    clock.advance("tencent", kms.access_id, 0.1)
    again()
    with too_often(10):
        again()
    clock.advance("tencent", kms.access_id, 1)
    for _ in range(10):
        again(START + 1000)
    with too_often(10):
        again()
    assert kms.describe(key_id).ValidTo == START + 1000


def test_one_limit_switches_no_other_on(partly, tenant_name):
    kms = still(partly, tenant_name)
    key_id = kms.imported(MATERIAL)
    for _ in range(101):
        kms.DeleteImportedKeyMaterial(KeyId=key_id)
    status = kms.GetServiceStatus()
    assert (status.QpsLimit, status.QpsTotalLimit, status.RegionsQps) == (0, 0, [])


def test_there_are_none_unless_asked_for(endpoint, tenant_name, clock_of_all):
    kms = Kms(endpoint, tenant_name)
    clock_of_all.freeze("tencent", kms.access_id, START)
    _, again = import_in_a_row(kms)
    for _ in range(12):
        again()
    status = kms.GetServiceStatus()
    assert (status.QpsLimit, status.QpsTotalLimit, status.RegionsQps) == (0, 0, [])


@pytest.fixture
def clock_of_all(admin):
    clock = TenantClock(admin)
    yield clock
    for vendor, account in clock.moved:
        clock.reset(vendor, account)


@pytest.mark.parametrize("action, figure, parameters", [
    ("Encrypt", 300, {"KeyId": MISSING_KEY, "Plaintext": b64(b"x")}),
    ("Decrypt", 300, {"CiphertextBlob": "x"}),
    ("GenerateDataKey", 150, {"KeyId": MISSING_KEY, "NumberOfBytes": 8}),
    ("AsymmetricRsaDecrypt", 200, {"KeyId": MISSING_KEY, "Ciphertext": "x", "Algorithm": "x"}),
    ("PostQuantumCryptoSign", 20, {"KeyId": MISSING_KEY, "Message": b64(b"x")}),
    ("ListKeys", 100, {}),
    # Of these no page tells a figure.
    ("DescribeKey", 100, {"KeyId": MISSING_KEY}),
    ("GetRegions", 100, {}),
])
def test_figures(strict, kms, tenant_name, action, figure, parameters):
    request = Raw(strict, tenant_name, action, parameters).sign()
    # What the action refuses is charged as well.
    codes = [request.send().code for _ in range(figure + 1)]
    assert "RequestLimitExceeded" not in codes[:-1]
    assert codes[-1] == "RequestLimitExceeded"
    with too_often(figure):
        getattr(kms, action)(**parameters)


def test_a_figure_of_our_own(kms, clock):
    key_id = kms.create()
    kms.EnableKey(KeyId=key_id)
    text = "equals to `2` in a second, which exceeds the frequency limit `0.5` for a second"
    for seconds in (0, 1):
        clock.advance("tencent", kms.access_id, seconds)
        with refused("RequestLimitExceeded", text):
            kms.EnableKey(KeyId=key_id)
    clock.advance("tencent", kms.access_id, 1)
    kms.EnableKey(KeyId=key_id)


def test_actions_accounts_and_regions_have_their_own(strict, kms, tenant_name):
    for _ in range(20):
        with refused("ResourceUnavailable.CmkNotFound"):
            kms.PostQuantumCryptoSign(KeyId=MISSING_KEY, Message=b64(b"x"))
    with too_often(20):
        kms.PostQuantumCryptoSign(KeyId=MISSING_KEY, Message=b64(b"x"))
    with refused("ResourceUnavailable.CmkNotFound"):
        kms.PostQuantumCryptoVerify(KeyId=MISSING_KEY, Message=b64(b"x"), SignatureValue=b64(b"x"))
    for other in (still(strict, tenant_name, FIPS), still(strict, tenant_name + "x")):
        with refused("ResourceUnavailable.CmkNotFound"):
            other.PostQuantumCryptoSign(KeyId=MISSING_KEY, Message=b64(b"x"))


def test_the_gateway_looks_at_everything_else_before(strict, kms, tenant_name):
    """What it refuses is not charged, and is what one hears who asks too often."""
    good = {"KeyId": MISSING_KEY, "Message": b64(b"x")}
    seconds = itertools.count(int(time.time()) - 200)

    def raw(body, **changes):
        # Each has a signature of its own: one that comes again for another region or version is refused as such.
        return Raw(strict, tenant_name, "PostQuantumCryptoSign", body, **changes).at(next(seconds))

    bad = [
        ("UnknownParameter", lambda: raw({**good, "Bogus": 1}).sign()),
        ("InvalidParameter", lambda: raw({**good, "KeyId": 1}).sign()),
        ("InvalidParameter", lambda: raw(b"{").sign()),
        ("MissingParameter", lambda: raw({"KeyId": MISSING_KEY}).sign()),
        ("InvalidParameterValue", lambda: raw(good).set("X-TC-Region", "nowhere").sign()),
        ("NoSuchVersion", lambda: raw(good).set("X-TC-Version", "2020-01-01").sign()),
        ("AuthFailure.SignatureFailure", lambda: raw(good, secret="tset").sign()),
        ("AuthFailure.SecretIdNotFound", lambda: raw(good, access_id="AKIDNOBODY").sign()),
        ("AuthFailure.TokenFailure", lambda: raw(good).set("X-TC-Token", "x").sign()),
    ]
    for _ in range(4):
        for code, request in bad:
            assert request().send().code == code
    for _ in range(20):
        assert raw(good).sign().send().code == "ResourceUnavailable.CmkNotFound"
    assert raw(good).sign().send().code == "RequestLimitExceeded"
    for code, request in bad:
        assert request().send().code == code
    # A copy of what came too often does not serve another action either.
    request = raw(good).sign()
    assert request.send().code == "RequestLimitExceeded"
    assert request.set("X-TC-Action", "DisableKey").send().code == "AuthFailure.SignatureFailure"
    # Whatever the form of the request.
    for verb in ("POST", "GET"):
        for method in ("HmacSHA1", "HmacSHA256"):
            answer = v1(strict, tenant_name, "PostQuantumCryptoSign", verb, method, **good)
            assert answer.code == "RequestLimitExceeded"
    # Before anything about the values.
    with too_often(20):
        kms.PostQuantumCryptoSign(KeyId="x", Message="")


def test_the_sdk_takes_it_for_something_that_passes(kms):
    for _ in range(20):
        with refused("ResourceUnavailable.CmkNotFound"):
            kms.PostQuantumCryptoSign(KeyId=MISSING_KEY, Message=b64(b"x"))
    with pytest.raises(TencentCloudSDKException) as caught:
        kms.PostQuantumCryptoSign(KeyId=MISSING_KEY, Message=b64(b"x"))
    # Its retryer itself cannot be tried: it raises what it met first even if the second attempt succeeds.
    assert StandardRetryer.should_retry(None, caught.value)


def test_the_status_shows_the_limit(strict, kms):
    status = kms.GetServiceStatus()
    regions = kms.GetRegions().Regions
    assert status.QpsLimit == 300 and status.QpsTotalLimit == 300 * len(regions)
    shown = json.loads(status.to_json_string())["RegionsQps"]
    assert shown == [{"Region": region, "Qps": 300} for region in sorted(regions)]
