"""The wire by hand: answers to the byte, and input of every bad kind, which always gets the service's own refusal."""

import json
import socket
from urllib.parse import urlsplit

import pytest
from aws_support import NO_MESSAGE, Kms, Raw, check_headers, check_refusal

OPERATIONS = [
    "CancelKeyDeletion", "ConnectCustomKeyStore", "CreateAlias", "CreateCustomKeyStore", "CreateGrant", "CreateKey",
    "Decapsulate", "Decrypt", "DeleteAlias", "DeleteCustomKeyStore", "DeleteImportedKeyMaterial",
    "DeriveSharedSecret", "DescribeCustomKeyStores", "DescribeKey", "DisableKey", "DisableKeyRotation",
    "DisconnectCustomKeyStore", "EnableKey", "EnableKeyRotation", "Encapsulate", "Encrypt", "GenerateDataKey",
    "GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext", "GenerateDataKeyWithoutPlaintext", "GenerateMac",
    "GenerateRandom", "GetKeyLastUsage", "GetKeyPolicy", "GetKeyRotationStatus", "GetParametersForImport",
    "GetPublicKey", "ImportKeyMaterial", "ListAliases", "ListGrants", "ListKeyPolicies", "ListKeyRotations",
    "ListKeys", "ListResourceTags", "ListRetirableGrants", "PutKeyPolicy", "ReEncrypt", "ReplicateKey",
    "RetireGrant", "RevokeGrant", "RotateKeyOnDemand", "ScheduleKeyDeletion", "Sign", "TagResource",
    "UntagResource", "UpdateAlias", "UpdateCustomKeyStore", "UpdateKeyDescription", "UpdatePrimaryRegion", "Verify",
    "VerifyMac",
]
# Operations of the service that are not spoken here.
NOT_BUILT = []


@pytest.fixture
def kms(endpoint, tenant_name):
    return Kms(endpoint, tenant_name)


@pytest.fixture
def raw(endpoint, kms):
    return Raw(endpoint, kms.access_id)


def test_answers_look_like_the_services(raw):
    response = raw("CreateKey")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/x-amz-json-1.1"
    check_headers(response)
    assert "Date" in response.headers and "x-amz-crc32" not in response.headers
    metadata = response.json()["KeyMetadata"]
    assert isinstance(metadata["CreationDate"], float)
    assert None not in metadata.values()


def test_no_output_is_no_body(raw, kms):
    key_id = kms.create()
    for operation in ("DisableKey", "EnableKey"):
        response = raw(operation, {"KeyId": key_id})
        assert (response.status_code, response.content) == (200, b"")
        assert response.headers["Content-Length"] == "0"
        check_headers(response)


def test_request_ids_differ(raw):
    assert raw().headers["x-amzn-RequestId"] != raw().headers["x-amzn-RequestId"]


@pytest.mark.parametrize("target", [
    None, "TrentService.", "TrentService", "TrentService.NoSuchThing", "trentservice.ListKeys", "X.ListKeys",
    "TrentService.listKeys", "TrentService.ListKeys.", "TrentService.ListKeys ListKeys", "ListKeys.ListKeys",
    *(f"TrentService.{name}" for name in NOT_BUILT),
])
def test_targets_of_no_operation(raw, target):
    check_refusal(raw(target), "UnknownOperationException", NO_MESSAGE)


@pytest.mark.parametrize("media", ["application/x-amz-json-1.1", "application/x-amz-json-1.0", "application/json",
                                   "application/json; charset=UTF-8"])
def test_media_types(raw, media):
    assert raw(headers={"Content-Type": media}).status_code == 200


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", "application/cbor", None])
def test_other_media_types(raw, media):
    check_refusal(raw(headers={"Content-Type": media}), "UnknownOperationException", NO_MESSAGE)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("body", [
    b"", b"x", b"{", b"{}x", b"[]", b"null", b'"x"', b"1", b"\xff\xfe", b'{"KeyId":"a","KeyId":"b"}',
    b'{"a":{"b":1,"b":1}}', b'{"KeyId":' + b"[" * 5000, b'{"a":' * 200 + b"1" + b"}" * 200, b"{'KeyId':'x'}",
    b'{"KeyId":"\xff"}', b'{"KeyId":NaN}', b'{"KeyId":1e999}', b'{"KeyId":"\\ud800"}', b'{"KeyId":"x",}',
])
def test_bodies_that_are_no_object(raw, operation, body):
    check_refusal(raw(operation, body), "SerializationException", NO_MESSAGE)


TYPES = {
    "KeyId": [1, True, [], {}], "Limit": ["1", 1.5, True, [], {}], "Marker": [1], "ResourceOwners": ["SELF", {}, [1]],
    "Plaintext": [1, "not base64!", "YQ", "YQ==\n", "Y-_=", []], "EncryptionContext": ["x", [], {"a": 1}, {"a": None}],
    "GrantTokens": ["x", [1], {}], "DryRun": ["true", 1, []], "NumberOfBytes": ["32", 1.5, True],
    "ValidTo": ["2021-09-21T19:00:00Z", True, []], "Tags": [{}, ["x"], [None]], "MultiRegion": ["false", 0],
    "Description": [1], "PendingWindowInDays": ["7", 7.5], "ImportToken": [1, "?"], "Recipient": ["x", []],
}


@pytest.mark.parametrize("operation, member", [
    ("DescribeKey", "KeyId"), ("ListKeys", "Limit"), ("ListKeys", "Marker"), ("ListKeys", "ResourceOwners"),
    ("Encrypt", "Plaintext"), ("Encrypt", "EncryptionContext"), ("Encrypt", "GrantTokens"), ("Encrypt", "DryRun"),
    ("GenerateRandom", "NumberOfBytes"), ("GenerateRandom", "Recipient"), ("ImportKeyMaterial", "ValidTo"),
    ("ImportKeyMaterial", "ImportToken"), ("CreateKey", "Tags"), ("CreateKey", "MultiRegion"),
    ("CreateKey", "Description"), ("ScheduleKeyDeletion", "PendingWindowInDays"),
])
def test_values_of_the_wrong_type(raw, operation, member):
    for value in TYPES[member]:
        check_refusal(raw(operation, {member: value}), "SerializationException", NO_MESSAGE)


def test_unknown_members_are_ignored_and_null_is_nothing(raw):
    assert raw("CreateKey", {"Whatever": {"deep": [1]}, "Description": None, "KeySpec": None}).status_code == 200
    assert raw("ListKeys", {"Limit": None, "Marker": None}).status_code == 200
    check_refusal(raw("DescribeKey", {"KeyId": None}), "ValidationException",
                  "1 validation error detected: Value null at 'keyId' failed to satisfy constraint: Member must not "
                  "be null")


REQUIRED = {
    "CancelKeyDeletion": ["keyId"], "DeleteImportedKeyMaterial": ["keyId"], "DescribeKey": ["keyId"],
    "DeriveSharedSecret": ["keyId", "keyAgreementAlgorithm", "publicKey"],
    "DisableKey": ["keyId"], "EnableKey": ["keyId"], "Encrypt": ["keyId", "plaintext*"], "GenerateDataKey": ["keyId"],
    "GenerateDataKeyPair": ["keyId", "keyPairSpec"], "GenerateDataKeyPairWithoutPlaintext": ["keyId", "keyPairSpec"],
    "GenerateDataKeyWithoutPlaintext": ["keyId"], "GenerateMac": ["message*", "keyId", "macAlgorithm"],
    "GetParametersForImport": ["keyId", "wrappingAlgorithm", "wrappingKeySpec"], "GetPublicKey": ["keyId"],
    "ImportKeyMaterial": ["keyId", "importToken", "encryptedKeyMaterial"], "ReEncrypt": ["destinationKeyId"],
    "EnableKeyRotation": ["keyId"], "DisableKeyRotation": ["keyId"], "GetKeyRotationStatus": ["keyId"],
    "ListKeyRotations": ["keyId"], "RotateKeyOnDemand": ["keyId"], "ScheduleKeyDeletion": ["keyId"],
    "Sign": ["keyId", "message*", "signingAlgorithm"],
    "Verify": ["keyId", "message*", "signature", "signingAlgorithm"],
    "VerifyMac": ["message*", "keyId", "macAlgorithm", "mac"],
}


@pytest.mark.parametrize("operation", REQUIRED)
def test_what_is_missing_is_counted(raw, operation):
    members = REQUIRED[operation]
    # Sensitive members show no value, not even that there is none.
    details = [f"Value{'' if member[-1] == '*' else ' null'} at '{member.rstrip('*')}' failed to satisfy constraint: "
               f"Member must not be null" for member in members]
    noun = "error" if len(details) == 1 else "errors"
    envelope = check_refusal(raw(operation), "ValidationException")
    start, rest = envelope["message"].split(": ", 1)
    assert start == f"{len(details)} validation {noun} detected"
    assert sorted(rest.split("; ")) == sorted(details)


@pytest.mark.parametrize("operation, body, details", [
    ("DescribeKey", {"KeyId": ""}, ["Value '' at 'keyId' failed to satisfy constraint: Member must have length greater "
                                    "than or equal to 1"]),
    ("DescribeKey", {"KeyId": "k" * 2049}, [f"Value '{'k' * 2049}' at 'keyId' failed to satisfy constraint: Member must "
                                            f"have length less than or equal to 2048"]),
    ("ListKeys", {"Limit": 0}, ["Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than "
                                "or equal to 1"]),
    ("ListKeys", {"Limit": 1001, "Marker": ""},
     ["Value '1001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 1000",
      "Value '' at 'marker' failed to satisfy constraint: Member must have length greater than or equal to 1"]),
    ("ListKeys", {"Limit": 99999999999999999999}, None),
    ("CreateKey", {"Tags": [{"TagKey": "k", "TagValue": "v"}, {"TagKey": "", "TagValue": "v" * 257}]},
     ["Value '' at 'tags.2.member.tagKey' failed to satisfy constraint: Member must have length greater than or equal "
      "to 1",
      f"Value '{'v' * 257}' at 'tags.2.member.tagValue' failed to satisfy constraint: Member must have length less than "
      f"or equal to 256"]),
    ("CreateKey", {"Tags": [{}]},
     ["Value null at 'tags.1.member.tagKey' failed to satisfy constraint: Member must not be null",
      "Value null at 'tags.1.member.tagValue' failed to satisfy constraint: Member must not be null"]),
    ("CreateKey", {"KeyUsage": "NOTHING"},
     ["Value 'NOTHING' at 'keyUsage' failed to satisfy constraint: Member must satisfy enum value set: "
      "[ENCRYPT_DECRYPT, SIGN_VERIFY, GENERATE_VERIFY_MAC, KEY_AGREEMENT, ENCAPSULATE_DECAPSULATE]"]),
    ("CreateKey", {"XksKeyId": "a b"},
     ["Value 'a b' at 'xksKeyId' failed to satisfy constraint: Member must satisfy regular expression pattern: "
      "^[a-zA-Z0-9-_.]+$"]),
    ("DeleteImportedKeyMaterial", {"KeyId": "k", "KeyMaterialId": "XYZ"},
     ["Value 'XYZ' at 'keyMaterialId' failed to satisfy constraint: Member must have length greater than or equal to "
      "64", "Value 'XYZ' at 'keyMaterialId' failed to satisfy constraint: Member must satisfy regular expression "
            "pattern: ^[a-f0-9]+$"]),
    ("DescribeKey", {"KeyId": "k", "GrantTokens": list("abcdefghijk")},
     ["Value '[a, b, c, d, e, f, g, h, i, j, k]' at 'grantTokens' failed to satisfy constraint: Member must have "
      "length less than or equal to 10"]),
    ("GenerateMac", {"KeyId": "k", "Message": "", "MacAlgorithm": "HMAC_SHA_256"},
     ["Value at 'message' failed to satisfy constraint: Member must have length greater than or equal to 1"]),
])
def test_values_out_of_bounds(raw, operation, body, details):
    envelope = check_refusal(raw(operation, body), "ValidationException" if details else "SerializationException")
    if details:
        noun = "error" if len(details) == 1 else "errors"
        assert envelope["message"] == f"{len(details)} validation {noun} detected: {'; '.join(details)}"


def test_numbers_may_have_an_exponent(raw, kms):
    key_id = kms.external()
    body = json.dumps({"KeyId": key_id, "ImportToken": "eA==", "EncryptedKeyMaterial": "eA=="})
    for number in ("1.593622000191E9", "1593622000", "1593622000.191", "-1", "1e300", "-1e300"):
        answer = raw("ImportKeyMaterial", f'{body[:-1]}, "ValidTo": {number}}}'.encode())
        check_refusal(answer, "InvalidImportTokenException")


def test_bodies_over_the_limit(raw):
    check_refusal(raw("CreateKey", b'{"Description":"' + b"x" * (1024 * 1024) + b'"}'),
                  "RequestEntityTooLargeException", NO_MESSAGE, 413)
    assert raw("CreateKey", b'{"Whatever":"' + b"x" * (1000 * 1024) + b'"}').status_code == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods(raw, method):
    # A bare GET of / is not this service's.
    response = raw(method=method, path="/?x=y")
    assert response.status_code == 404
    assert response.text == "<UnknownOperationException/>\n"
    check_headers(response)


@pytest.mark.parametrize("path", ["/x", "//", "/kms", "/%2e", "/index.html"])
def test_other_paths(raw, path):
    check_refusal(raw(path=path), "UnknownOperationException", NO_MESSAGE, 404)


def send_plain(endpoint, head, body=b""):
    """A request from a socket, so that nothing tidies it up."""
    place = urlsplit(endpoint)
    with socket.create_connection((place.hostname, place.port), timeout=30) as connection:
        connection.sendall(head + body)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    status, _, rest = answer.partition(b"\r\n")
    return int(status.split()[1]), rest.partition(b"\r\n\r\n")[2], rest


def lines(prepared, endpoint, *more):
    fields = [f"{name}: {value.decode() if isinstance(value, bytes) else value}"
              for name, value in prepared.headers.items() if name.lower() != "host"]
    fields = [f"Host: {urlsplit(endpoint).netloc}", "Connection: close", *fields, *more]
    return ("POST / HTTP/1.1\r\n" + "\r\n".join(fields) + "\r\n\r\n").encode()


def test_repeated_headers(raw, endpoint):
    def code(*more):
        prepared = raw.signed()
        status, body, _ = send_plain(endpoint, lines(prepared, endpoint, *more), b"{}")
        return status, json.loads(body).get("__type") if body else None

    assert code() == (200, None)
    authorization = raw.signed().headers["Authorization"]
    authorization = authorization.decode() if isinstance(authorization, bytes) else authorization
    assert code(f"Authorization: {authorization}") == (400, "IncompleteSignatureException")
    assert code("X-Amz-Target: TrentService.CreateKey") == (400, "InvalidSignatureException")
    assert code("X-Amz-Date: 20200101T000000Z") == (400, "IncompleteSignatureException")
    assert code("Content-Type: application/json") == (400, "InvalidSignatureException")


def test_twice_the_same_target_signed_as_two(raw, endpoint):
    """A signature over both values is genuine; the operation is still not to be guessed."""
    prepared = raw.signed("TrentService.ListKeys,TrentService.ListKeys")
    head = lines(prepared, endpoint).decode().replace(
        "X-Amz-Target: TrentService.ListKeys,TrentService.ListKeys",
        "X-Amz-Target: TrentService.ListKeys\r\nX-Amz-Target: TrentService.ListKeys")
    status, body, _ = send_plain(endpoint, head.encode(), b"{}")
    assert (status, json.loads(body)) == (400, {"__type": "UnknownOperationException"})


def test_chunked_bodies_are_read_whole(raw, endpoint):
    prepared = raw.signed()
    head = lines(prepared, endpoint).decode()
    head = "\r\n".join(line for line in head.split("\r\n") if not line.lower().startswith("content-length"))
    head = head.rstrip("\r\n") + "\r\nTransfer-Encoding: chunked\r\n\r\n"
    status, body, _ = send_plain(endpoint, head.encode(), b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n")
    assert status == 200, body


def test_nothing_is_changed_by_what_is_refused(raw, kms):
    key_id = kms.create()
    before = kms.describe(key_id)
    for body in ({"KeyId": key_id, "PendingWindowInDays": 400}, {"KeyId": key_id, "PendingWindowInDays": "7"},
                 {"KeyId": [key_id]}):
        assert raw("ScheduleKeyDeletion", body).status_code == 400
    assert raw("DisableKey", b'{"KeyId":"%s","KeyId":"%s"}' % (key_id.encode(), key_id.encode())).status_code == 400
    assert kms.describe(key_id) == before


def test_access_denied_has_a_capital_message(raw, kms):
    other = "arn:aws:kms:us-east-1:999999999999:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    envelope = check_refusal(raw("DescribeKey", {"KeyId": other}), "AccessDeniedException")
    assert set(envelope) == {"__type", "Message"}
    assert envelope["Message"] == (
        f"User: arn:aws:iam::{kms.account}:root is not authorized to perform: kms:DescribeKey on this resource because "
        f"the resource does not exist in this Region, no resource-based policies allow access, or a resource-based "
        f"policy explicitly denies access")
