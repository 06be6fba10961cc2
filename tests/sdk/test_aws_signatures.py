"""Signature Version 4: what is let in, and what each wrong signature is told."""

import hashlib
import hmac
import time
import urllib.parse
from datetime import datetime, timedelta, timezone

import pytest
import requests
from aws_support import NO_MESSAGE, REGION, Kms, Raw, canonical_query, check_refusal, refused, sha256
from botocore.auth import SigV4Auth

FORMAT = "%Y%m%dT%H%M%SZ"
MISMATCH = ("The request signature we calculated does not match the signature you provided. Check your AWS Secret "
            "Access Key and signing method. Consult the service documentation for details.")
UNKNOWN = "The security token included in the request is invalid."


@pytest.fixture
def raw(endpoint, tenant_name):
    return Raw(endpoint, f"test-{tenant_name}")


def at(offset):
    """A signer whose clock is off by so many seconds."""

    class Signer(SigV4Auth):
        def add_auth(self, request):
            import botocore.auth

            now = datetime.now(timezone.utc).replace(tzinfo=None) + timedelta(seconds=offset)
            true = botocore.auth.get_current_datetime
            botocore.auth.get_current_datetime = lambda remove_tzinfo=True: now
            try:
                super().add_auth(request)
            finally:
                botocore.auth.get_current_datetime = true

    return Signer


def change(prepared, name, value):
    prepared.headers[name] = value
    return prepared


def change_authorization(prepared, old, new):
    header = prepared.headers["Authorization"]
    header = header.decode() if isinstance(header, bytes) else header
    assert old in header
    return change(prepared, "Authorization", header.replace(old, new))


def test_a_good_signature(raw):
    response = raw()
    assert response.status_code == 200, response.text
    assert response.json() == {"Keys": [], "Truncated": False}


def test_nothing_at_all(raw):
    prepared = raw.signed()
    del prepared.headers["Authorization"]
    check_refusal(raw.send(prepared), "MissingAuthenticationTokenException", "Missing Authentication Token")


def another_second(date):
    """Another time of the same minute: at midnight another date would be refused for its scope instead."""
    second = int(date[-3:-1])
    return f"{date[:-3]}{(second + 30) % 60:02}Z"


@pytest.mark.parametrize("changed", [
    lambda prepared: change(prepared, "X-Amz-Target", "TrentService.CreateKey"),
    lambda prepared: change(prepared, "Content-Type", "application/json"),
    lambda prepared: change(prepared, "X-Amz-Date", another_second(prepared.headers["X-Amz-Date"])),
    lambda prepared: change(prepared, "Host", "kms.us-east-1.amazonaws.com"),
    lambda prepared: change_authorization(prepared, "Signature=", "Signature=0"),
    lambda prepared: change_authorization(prepared, f"/{REGION}/", "/eu-west-1/"),
])
def test_what_is_signed_cannot_be_changed(raw, changed):
    check_refusal(raw.send(changed(raw.signed())), "InvalidSignatureException", MISMATCH)


def test_the_body_is_signed(raw):
    check_refusal(raw.send(raw.signed(), body=b'{"Limit":1}'), "InvalidSignatureException", MISMATCH)
    check_refusal(raw.send(raw.signed(path="/?a=b"), body=b"{} "), "InvalidSignatureException", MISMATCH)


def test_secrets_and_access_ids(endpoint, tenant_name):
    check_refusal(Raw(endpoint, f"test-{tenant_name}", "tset")(), "InvalidSignatureException", MISMATCH)
    check_refusal(Raw(endpoint, "testing", "test")(), "InvalidSignatureException", MISMATCH)
    for stranger in ("AKIAIOSFODNN7EXAMPLE", "test_x", "12345678901", "Test"):
        check_refusal(Raw(endpoint, stranger)(), "UnrecognizedClientException", UNKNOWN)


def test_session_tokens_are_nobodys(endpoint, tenant_name):
    check_refusal(Raw(endpoint, f"test-{tenant_name}", token="t")(), "UnrecognizedClientException", UNKNOWN)
    with refused("UnrecognizedClientException", UNKNOWN):
        Kms(endpoint, tenant_name, token="token").list_keys()


@pytest.mark.parametrize("region, service, message", [
    ("nowhere", "kms", "Credential should be scoped to a valid region."),
    (REGION, "s3", "Credential should be scoped to correct service: 'kms'."),
    ("x", "y", "Credential should be scoped to a valid region. Credential should be scoped to correct service: 'kms'."),
])
def test_scopes(endpoint, tenant_name, region, service, message):
    response = Raw(endpoint, f"test-{tenant_name}", region=region, service=service)()
    check_refusal(response, "InvalidSignatureException", message)


def test_the_scopes_date_and_end(raw):
    prepared = raw.signed()
    stamp = prepared.headers["X-Amz-Date"]
    stamp = stamp.decode() if isinstance(stamp, bytes) else stamp
    today = stamp[:8]
    response = raw.send(change_authorization(prepared, f"/{today}/", "/20200101/"))
    check_refusal(response, "InvalidSignatureException",
                  f"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
                  f"'20200101' != '{today}', from '{stamp}'.")
    response = raw.send(change_authorization(raw.signed(), "/aws4_request", "/aws5_request"))
    check_refusal(response, "InvalidSignatureException",
                  "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'.")


@pytest.mark.parametrize("offset", [-290, 290])
def test_five_minutes_either_way(raw, offset):
    assert raw(signer=at(offset)).status_code == 200


@pytest.mark.parametrize("offset, start", [(-310, "Signature expired: "), (-100000, "Signature expired: "),
                                           (310, "Signature not yet current: "),
                                           (100000, "Signature not yet current: ")])
def test_no_more_than_five_minutes(raw, offset, start):
    envelope = check_refusal(raw(signer=at(offset)), "InvalidSignatureException")
    sign = "-" if offset < 0 else "+"
    assert envelope["message"].startswith(start) and envelope["message"].endswith(f" {sign} 5 min.)")


def test_signatures_live_in_real_time(raw, clock):
    access_id = raw.credentials.access_key
    for moved in (10**6, 4 * 10**9):
        clock.freeze("aws", access_id, moved)
        assert raw().status_code == 200


@pytest.mark.parametrize("stamp", ["2020-01-01T00:00:00Z", "x", "20200101", "20201301T000000Z"])
def test_times_have_a_form(raw, stamp):
    check_refusal(raw.send(change(raw.signed(), "X-Amz-Date", stamp)), "IncompleteSignatureException",
                  f"Date must be in ISO-8601 'basic format'. Got '{stamp}'. See http://en.wikipedia.org/wiki/ISO_8601")


def credential(raw):
    today = time.strftime("%Y%m%d", time.gmtime())
    return f"{raw.credentials.access_key}/{today}/{REGION}/kms/aws4_request"


def test_unreadable_headers(raw):
    whole = f"Credential={credential(raw)}, SignedHeaders=host, Signature=f"
    missing = lambda *parts: "".join(f"Authorization header requires '{part}' parameter. " for part in parts)
    cases = {
        "AWS4-HMAC-SHA256": missing("Credential", "Signature", "SignedHeaders"),
        "AWS4-HMAC-SHA256 Credential=a": missing("Signature", "SignedHeaders"),
        "AWS4-HMAC-SHA256 Signature=a, SignedHeaders=host": missing("Credential"),
        "AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host": missing("Signature"),
    }
    for header, message in cases.items():
        response = raw.send(change(raw.signed(), "Authorization", header))
        check_refusal(response, "IncompleteSignatureException", f"{message}Authorization={header}")
    for header, part in (("Bearer abc", "abc"), ("abc", "abc"), ("AWS4-HMAC-SHA256 Credential, Signature=b",
                                                                 "Credential")):
        response = raw.send(change(raw.signed(), "Authorization", header))
        check_refusal(response, "IncompleteSignatureException",
                      f"'{part}' not a valid key=value pair (missing equal-sign) in Authorization header: '{header}'.")
    for algorithm in ("AWS4-HMAC-SHA512", "SDK-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"):
        response = raw.send(change(raw.signed(), "Authorization", f"{algorithm} {whole}"))
        check_refusal(response, "IncompleteSignatureException",
                      f"Unsupported AWS 'algorithm': '{algorithm}' (only AWS4-HMAC-SHA256 for now). ")
    for text in ("a", "a/b/c/d", "a/b/c/d/e/f", f"/20200101/{REGION}/kms/aws4_request"):
        header = f"AWS4-HMAC-SHA256 Credential={text}, SignedHeaders=host, Signature=f"
        response = raw.send(change(raw.signed(), "Authorization", header))
        check_refusal(response, "IncompleteSignatureException",
                      f"Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, "
                      f"got '{text}'")
    prepared = raw.signed()
    del prepared.headers["X-Amz-Date"]
    header = prepared.headers["Authorization"]
    header = header.decode() if isinstance(header, bytes) else header
    check_refusal(raw.send(prepared), "IncompleteSignatureException",
                  f"Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
                  f"Authorization={header}")


def signer_without(*names):
    class Signer(SigV4Auth):
        def headers_to_sign(self, request):
            headers = super().headers_to_sign(request)
            for name in names:
                del headers[name]
            return headers

    return Signer


def test_what_has_to_be_signed(raw):
    check_refusal(raw(signer=signer_without("host")), "InvalidSignatureException",
                  "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
    for name in ("x-amz-target", "x-amz-date"):
        check_refusal(raw(signer=signer_without(name)), "InvalidSignatureException",
                      f"'{name}' must be a 'SignedHeader' in the AWS Authorization.")
    response = raw(headers={"X-Amz-Whatever": "x"}, signer=signer_without("x-amz-whatever"))
    check_refusal(response, "InvalidSignatureException",
                  "'x-amz-whatever' must be a 'SignedHeader' in the AWS Authorization.")
    assert raw(signer=signer_without("content-type")).status_code == 200
    assert raw(headers={"X-Amz-User-Agent": "x"}, signer=signer_without("x-amz-user-agent")).status_code == 200
    # Added on the way.
    response = raw.send(change(raw.signed(), "X-Amz-Security-Token", "t"))
    check_refusal(response, "InvalidSignatureException")


def test_the_stated_hash_of_the_body(raw):
    stated = lambda value: {"X-Amz-Content-Sha256": value}
    assert raw(headers=stated(hashlib.sha256(b"{}").hexdigest())).status_code == 200
    for bad in ("UNSIGNED-PAYLOAD", hashlib.sha256(b"").hexdigest(), ""):
        check_refusal(raw(headers=stated(bad)), "InvalidSignatureException")


def test_headers_are_folded_as_signers_do(raw):
    assert raw(headers={"X-Amz-Meta": "a   b  c"}).status_code == 200


def test_the_query_is_signed_in_its_own_order(raw):
    assert raw(path="/?b=2&a=1&a=0&c=%20x").status_code == 200


# The query form.


def presigned(raw, expires=300, offset=0):
    """A request with its signature in the query. (botocore's signer would move the body there as well.)"""
    key, secret = raw.credentials.access_key, raw.credentials.secret_key
    stamp = (datetime.now(timezone.utc) + timedelta(seconds=offset)).strftime(FORMAT)
    scope = f"{stamp[:8]}/{REGION}/kms/aws4_request"
    headers = {"content-type": "application/x-amz-json-1.1", "host": urllib.parse.urlsplit(raw.endpoint).netloc,
               "x-amz-target": "TrentService.ListKeys"}
    query = canonical_query(urllib.parse.urlencode({
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Credential": f"{key}/{scope}", "X-Amz-Date": stamp,
        "X-Amz-Expires": expires, "X-Amz-SignedHeaders": ";".join(headers)}))
    fields = "".join(f"{name}:{value}\n" for name, value in headers.items())
    canonical = f"POST\n/\n{query}\n{fields}\n{';'.join(headers)}\n{sha256(b'{}')}"
    to_sign = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{sha256(canonical.encode())}"
    chain = b"AWS4" + secret.encode()
    for word in scope.split("/"):
        chain = hmac.digest(chain, word.encode(), "sha256")
    signature = hmac.new(chain, to_sign.encode(), "sha256").hexdigest()
    url = f"{raw.endpoint}/?{query}&X-Amz-Signature={signature}"
    return requests.Request("POST", url, headers, data=b"{}").prepare()


def test_presigned_requests(raw):
    prepared = presigned(raw)
    assert "Authorization" not in prepared.headers and "X-Amz-Signature=" in prepared.url
    response = raw.send(prepared)
    assert response.status_code == 200, response.text
    # Long ago, but for a day.
    assert raw.send(presigned(raw, 86400, -80000)).status_code == 200
    check_refusal(raw.send(presigned(raw, 60, -70)), "InvalidSignatureException")
    check_refusal(raw.send(presigned(raw, 60, 310)), "InvalidSignatureException")
    check_refusal(raw.send(presigned(raw, 604801)), "IncompleteSignatureException")
    spoilt = presigned(raw)
    spoilt.url += "0"
    check_refusal(raw.send(spoilt), "InvalidSignatureException", MISMATCH)


def test_presigned_requests_lack_nothing(raw):
    for name in ("Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature"):
        prepared = presigned(raw)
        parts = urllib.parse.urlsplit(prepared.url)
        items = [item for item in parts.query.split("&") if not item.startswith(f"X-Amz-{name}=")]
        prepared.url = parts._replace(query="&".join(items)).geturl()
        check_refusal(raw.send(prepared), "IncompleteSignatureException",
                      f"AWS query-string parameters must include 'X-Amz-{name}'. Re-examine the query-string "
                      f"parameters.")
        prepared = presigned(raw)
        prepared.url += f"&X-Amz-{name}=x"
        check_refusal(raw.send(prepared), "IncompleteSignatureException")


def test_both_forms_at_once(raw):
    prepared = presigned(raw)
    prepared.headers["Authorization"] = raw.signed().headers["Authorization"]
    check_refusal(raw.send(prepared), "InvalidSignatureException",
                  "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.")


def test_credentials_of_other_vendors_are_not_looked_up(endpoint):
    # 32 hex digits are a project elsewhere.
    check_refusal(Raw(endpoint, "0" * 32)(), "UnrecognizedClientException", UNKNOWN)


def test_unknown_operations_are_known_only_to_callers(raw, endpoint, tenant_name):
    check_refusal(raw("NoSuchThing"), "UnknownOperationException", NO_MESSAGE)
    check_refusal(Raw(endpoint, f"test-{tenant_name}", "x")("NoSuchThing"), "InvalidSignatureException", MISMATCH)
