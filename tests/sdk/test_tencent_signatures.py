"""Proofs of who calls, made and spoilt by hand."""

import functools
import hashlib
import time

import pytest

from tencent_support import FIPS, MISSING_KEY, SM, Kms, Raw, refused, send, v1

SIGNATURE = "AuthFailure.SignatureFailure"
AUTHORIZATION = "AuthFailure.InvalidAuthorization"


@pytest.fixture
def raw(endpoint, tenant_name):
    return lambda **changes: Raw(endpoint, tenant_name, "ListKeys", **changes)


@pytest.fixture
def old(endpoint, tenant_name):
    return lambda **changes: v1(endpoint, tenant_name, "ListKeys", **changes)


def test_a_hand_made_request_passes(raw):
    assert raw().sign().send().members == {"Keys": [], "TotalCount": 0}
    get = raw(verb="GET", query="Offset=0&Limit=5", body=b"").set("Content-Type", "application/x-www-form-urlencoded")
    assert get.sign().send().members == {"Keys": [], "TotalCount": 0}


def test_the_official_sample_signs_the_action_too(raw):
    assert raw(signed="content-type;host;x-tc-action").sign().send().code is None


def test_media_type_with_a_charset(raw):
    assert raw().set("Content-Type", "application/json; charset=utf-8").sign().send().code is None


def test_clients_that_sign_the_host_without_port(raw, endpoint):
    request = raw(service="127").set("Host", "127.0.0.1").sign()
    assert request.set("Host", endpoint.split("//")[1]).send().code is None


def test_a_secret_that_is_not_the_right_one(endpoint, tenant_name, raw, old):
    answer = raw(secret="tset").sign().send()
    assert answer.code == SIGNATURE
    text = "The provided credentials could not be validated. Please check your signature is correct."
    assert answer.message == text
    assert old(secret="tset").code == SIGNATURE
    for verb in ("POST", "GET"):
        for method in ("TC3-HMAC-SHA256", "HmacSHA256", "HmacSHA1"):
            with refused(SIGNATURE, text):
                Kms(endpoint, tenant_name, verb=verb, method=method, secret="tset").ListKeys()


def test_anything_changed_after_signing(raw):
    def changed(**changes):
        request = raw().sign()
        for name, value in changes.items():
            setattr(request, name, value)
        return request

    assert changed(body=b'{"Limit": 1}').send().code == SIGNATURE
    assert changed().set("Content-Type", "application/json;charset=utf-8").send().code == SIGNATURE
    assert changed().set("Host", "example.com").send().code == SIGNATURE
    assert changed().set("X-TC-Timestamp", str(int(time.time()) - 1)).send().code == SIGNATURE
    assert changed().set("X-TC-Content-SHA256", "UNSIGNED-PAYLOAD").send().code == SIGNATURE
    get = raw(verb="GET", query="Limit=5", body=b"").set("Content-Type", "application/x-www-form-urlencoded").sign()
    get.query = "Limit=6"
    assert get.send().code == SIGNATURE


def test_unsigned_payload(raw):
    request = raw().set("X-TC-Content-SHA256", "UNSIGNED-PAYLOAD").sign()
    request.body = b'{"Limit": 1}'
    assert request.send().code is None


@pytest.mark.parametrize("off, passes", [(-310, False), (-280, True), (280, True), (310, False)])
def test_the_window(raw, old, off, passes):
    then = int(time.time()) + off
    for answer in (raw().at(then).sign().send(), old(Timestamp=str(then))):
        assert (answer.code is None) == passes
        if not passes:
            assert answer.code == "AuthFailure.SignatureExpire"
            assert "Signature expired. Please use local time and enable NTP service" in answer.message
            assert "`Timestamp` and the server time " in answer.message
            assert abs(int(answer.message.rstrip(".").split()[-1]) - time.time()) < 30


def test_signatures_live_in_real_time(raw, clock):
    request = raw()
    clock.freeze("tencent", request.access_id, 1_800_000_000)
    assert request.sign().send().code is None


def test_an_unknown_access_id(raw, old):
    for answer in (raw(access_id="AKIDNOBODY").sign().send(), old(SecretId="AKIDNOBODY")):
        assert answer.code == "AuthFailure.SecretIdNotFound"
        assert answer.message == "The SecretId is not found, please ensure that your SecretId is correct."
    for answer in (raw(access_id="no id!").sign().send(), old(SecretId="no id!")):
        assert answer.code == "AuthFailure.InvalidSecretId"


def test_a_token_with_a_permanent_credential(endpoint, tenant_name, raw, old):
    assert raw().set("X-TC-Token", "token").sign().send().code == "AuthFailure.TokenFailure"
    assert old(Token="token").code == "AuthFailure.TokenFailure"
    for method in ("TC3-HMAC-SHA256", "HmacSHA256"):
        with refused("AuthFailure.TokenFailure"):
            Kms(endpoint, tenant_name, method=method, token="token").ListKeys()
    # The token is told before what is wrong with the parameters, and after a wrong signature.
    assert raw(body=b"{").set("X-TC-Token", "token").sign().send().code == "AuthFailure.TokenFailure"
    assert raw(secret="tset").set("X-TC-Token", "token").sign().send().code == SIGNATURE


def test_a_malformed_authorization(raw):
    def spoilt(change):
        request = raw().sign()
        request.headers["Authorization"] = change(request.headers["Authorization"])
        return request.send()

    start = "The request `Authorization` header does not conform to tencentcloud standards: "
    for change in (
        lambda header: "SKIP",
        lambda header: "Basic dGVzdDp0ZXN0",
        lambda header: "TC3-HMAC-SHA256",
        lambda header: header.replace("TC3-HMAC-SHA256", "TC3-HMAC-SM3"),
        lambda header: header.replace("TC3-HMAC-SHA256", "AWS4-HMAC-SHA256"),
        lambda header: header.replace("/tc3_request", ""),
        lambda header: header.replace("tc3_request", "aws4_request"),
        lambda header: header.replace("Signature=", "Sig="),
        lambda header: header + ", Signature=00",
        lambda header: header.replace("content-type;host", "host"),
        lambda header: header.replace("content-type;host", "content-type"),
        lambda header: header.replace("content-type;host", "content-type;host;x-tc-nothing"),
    ):
        answer = spoilt(change)
        assert answer.code == AUTHORIZATION, answer
        assert answer.message.startswith(start)
    foreign = raw(service="cvm").sign().send()
    assert (foreign.code, foreign.message) == (AUTHORIZATION, start + "`Service` in Credential not valid.")
    assert raw(date="2020-01-01").sign().send().code == AUTHORIZATION


def test_without_an_authorization_the_older_parameters_are_missed(raw):
    answer = raw().send()
    assert answer.code == "MissingParameter"
    assert answer.message == "The request is missing a required parameter `Timestamp`."


@pytest.mark.parametrize("header, name", [("X-TC-Action", "Action"), ("X-TC-Version", "Version"),
                                          ("X-TC-Region", "Region"), ("X-TC-Timestamp", "Timestamp")])
def test_a_common_header_is_missing(raw, header, name):
    # Before a bad signature.
    for request in (raw(), raw(secret="tset")):
        answer = request.sign().set(header, None).send()
        assert answer.code == "MissingParameter"
        assert answer.message == f"The request is missing a required parameter `{name}`."


@pytest.mark.parametrize("name", ["Timestamp", "Nonce", "SecretId", "Signature", "Region"])
@pytest.mark.parametrize("verb", ["POST", "GET"])
def test_a_common_parameter_is_missing(old, verb, name):
    answer = old(verb=verb, drop=[name])
    assert answer.code == "MissingParameter"
    assert answer.message == f"The request is missing a required parameter `{name}`."


@pytest.mark.parametrize("verb", ["POST", "GET"])
def test_action_or_version_is_missing(old, verb):
    assert "`Version`" in old(verb=verb, drop=["Version"]).message
    assert "`Action`" in old(verb=verb, drop=["Action"]).message


def test_methods_of_the_older_signature(old):
    for verb in ("POST", "GET"):
        for method in ("HmacSHA256", "HmacSHA1", None):
            assert old(verb=verb, method=method).members == {"Keys": [], "TotalCount": 0}
    assert old(SignatureMethod="HmacMD5").code == SIGNATURE
    # A signature by one verb is none by the other; nor does anything signed change unnoticed.
    assert old(drop=["SignatureMethod"]).code == SIGNATURE


def test_times_and_nonces_are_numbers(raw, old):
    request = raw().set("X-TC-Timestamp", "soon").sign()
    for answer in (request.send(), old(Timestamp="soon"), old(Nonce="-1"), old(Nonce="x"), old(Timestamp="-5")):
        assert answer.code == "InvalidParameter"
        assert answer.message.startswith("The value type of parameter `")
    for nonce in ("1", "65535", str(2**63 - 1)):
        assert old(Nonce=nonce).code is None


@pytest.mark.parametrize("text", ["soon", "1700000000.0", "17e8", "+1700000000", "-1", "0x6553f100", "1 2", "٣", "9" * 30])
def test_clock_texts(raw, old, text):
    told = [old(Timestamp=text)]
    if text.isascii():
        told.append(raw().set("X-TC-Timestamp", text).sign().send())
    for answer in told:
        assert answer.code == "InvalidParameter", answer
        assert answer.message == (
            "The value type of parameter `Timestamp` is not valid, input type should be `uint64`.")


def test_times_long_ago_and_to_come(raw, old):
    for then in (0, 1, 2**31, 2**62, 2**63 - 1):
        # A day that no calendar has is out of the window all the same.
        request = raw(date="2023-11-14").at(then).sign()
        for answer in (request.send(), old(Timestamp=str(then))):
            assert answer.code == "AuthFailure.SignatureExpire", answer


def test_a_scope_of_another_day(raw):
    today = time.gmtime()
    for date in ("2020-01-01", time.strftime("%Y%m%d", today), time.strftime("%Y-%m-%d ", today), "x"):
        assert raw(date=date).sign().send().code == AUTHORIZATION


def test_the_body_that_a_header_speaks_of(raw):
    """Only UNSIGNED-PAYLOAD means anything; with all else the body is signed."""
    for value in (hashlib.sha256(b"{}").hexdigest(), "unsigned-payload", "STREAMING", "0" * 64):
        request = raw().set("X-TC-Content-SHA256", value).sign()
        assert request.send().code is None
        request.body = b'{"Limit": 1}'
        assert request.send().code == SIGNATURE
    get = raw(verb="GET", query="Limit=5", body=b"").set("Content-Type", "application/x-www-form-urlencoded")
    assert get.set("X-TC-Content-SHA256", "UNSIGNED-PAYLOAD").sign().send().code is None
    get.query = "Limit=6"
    assert get.send().code == SIGNATURE


def test_the_sdks_way_to_sign_nothing(endpoint, tenant_name):
    kms = Kms(endpoint, tenant_name)
    with refused(AUTHORIZATION):
        kms.sdk.call("ListKeys", {}, options={"SkipSign": True})


def test_languages_change_no_code(endpoint, tenant_name, raw, old):
    for language in ("zh-CN", "en-US", "fr", ""):
        answers = [
            raw(secret="tset").set("X-TC-Language", language).sign().send(),
            old(secret="tset", Language=language),
            old(verb="GET", secret="tset", Language=language),
        ]
        assert [answer.code for answer in answers] == [SIGNATURE] * 3
        assert raw().set("X-TC-Language", language).sign().send().code is None
        assert old(Language=language).code is None
    for language in ("zh-CN", "en-US"):
        with refused("ResourceUnavailable.CmkNotFound"):
            Kms(endpoint, tenant_name, language=language).describe(MISSING_KEY)


def test_what_the_gateway_does_not_mind(raw, old):
    request = raw().set("X-TC-TraceId", "x").set("X-TC-RequestClient", "SDK_X").set("X-TC-Nonce", "x")
    assert request.set("X-Other", "ü".encode()).sign().send().code is None
    assert old(RequestClient="SDK_X").code is None
    # A replay of the same call, nonce and all, is served.
    for _ in range(2):
        assert old(Nonce="7").code is None


@pytest.mark.parametrize("verb", ["POST", "GET"])
@pytest.mark.parametrize("method", ["HmacSHA256", "HmacSHA1"])
def test_an_older_signature_does_not_serve_another_action(endpoint, tenant_name, verb, method):
    kms = Kms(endpoint, tenant_name)
    key_id = kms.create()
    ask = functools.partial(v1, endpoint, tenant_name, "DescribeKey", verb, method, KeyId=key_id)
    assert ask().code is None
    for swap in ({"Action": "DisableKey"}, {"Region": FIPS}, {"Version": "2020-01-01"}, {"KeyId": MISSING_KEY},
                 {"Timestamp": str(int(time.time()) - 1)}, {"Nonce": "11887"}, {"SecretId": "test"}, {"Bogus": "1"}):
        assert ask(swap=swap).code == SIGNATURE, swap
    assert kms.state(key_id) == "Enabled"


def test_a_signature_by_get_does_not_serve_another_action(endpoint, tenant_name):
    kms = Kms(endpoint, tenant_name)
    key_id = kms.create()
    request = Raw(endpoint, tenant_name, "DescribeKey", b"", verb="GET", query=f"KeyId={key_id}")
    request.set("Content-Type", "application/x-www-form-urlencoded").sign()
    assert request.send().code is None
    assert request.set("X-TC-Action", "DisableKey").send().code == SIGNATURE
    assert kms.state(key_id) == "Enabled"


def test_a_refused_call_has_used_its_signature(endpoint, tenant_name):
    """What an action refuses is a call as any other; what the gateway refuses is none."""
    kms = Kms(endpoint, tenant_name)
    key_id = kms.create()
    request = Raw(endpoint, tenant_name, "EnableKeyRotation", {"KeyId": key_id, "RotateDays": 5}).sign()
    assert request.send().code == "InvalidParameterValue"
    assert request.set("X-TC-Action", "DisableKey").send().code == SIGNATURE
    request = Raw(endpoint, tenant_name, "Bogus", {"KeyId": key_id}).sign()
    assert request.send().code == "InvalidAction"
    assert request.set("X-TC-Token", "x").send().code == "AuthFailure.TokenFailure"
    assert request.set("X-TC-Token", None).set("X-TC-Action", "DescribeKey").send().code is None


def test_a_signature_does_not_serve_another_action(endpoint, tenant_name):
    """Action, region and version are not signed; a signature that was seen is held to its own."""
    kms = Kms(endpoint, tenant_name)
    key_id = kms.create()
    request = Raw(endpoint, tenant_name, "DescribeKey", {"KeyId": key_id}).sign()
    assert request.send().code is None
    assert request.send().code is None
    assert request.set("X-TC-Action", "DisableKey").send().code == SIGNATURE
    assert request.set("X-TC-Action", "DescribeKey").set("X-TC-Region", FIPS).send().code == SIGNATURE
    assert request.set("X-TC-Region", SM).set("X-TC-Version", "2020-01-01").send().code == SIGNATURE
    assert kms.state(key_id) == "Enabled"
    # A copy of an SDK's request, trace and all.
    request = Raw(endpoint, tenant_name, "DescribeKey", {"KeyId": key_id}).at(int(time.time()) - 5).sign()
    request.set("X-TC-TraceId", "one").set("X-TC-RequestClient", "SDK_PYTHON_3")
    assert request.send().code is None
    assert request.set("X-TC-Action", "DisableKey").send().code == SIGNATURE
    time.sleep(2.2)
    assert request.set("X-TC-TraceId", "two").send().code == SIGNATURE
    assert kms.state(key_id) == "Enabled"


def test_duplicates_are_refused(endpoint, raw):
    import http.client

    request = raw().sign()
    for name in ("Authorization", "X-TC-Action", "X-TC-Region", "X-TC-Timestamp", "Content-Type"):
        connection = http.client.HTTPConnection(endpoint.split("//")[1], timeout=30)
        connection.putrequest("POST", "/", skip_host=True, skip_accept_encoding=True)
        for header, value in request.headers.items():
            connection.putheader(header, value)
        connection.putheader(name, request.headers[name])
        connection.putheader("Content-Length", str(len(request.body)))
        connection.endheaders(request.body)
        answer = connection.getresponse()
        assert answer.status == 200
        text = answer.read().decode()
        assert '"Error"' in text and ("InvalidParameter" in text or AUTHORIZATION in text), text
        connection.close()


def test_a_parameter_given_twice_is_refused(endpoint):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = send(endpoint, "POST", "/", "", headers, b"Action=ListKeys&Version=2019-01-18&Action=GetRegions")
    assert answer.code == "InvalidParameter"
