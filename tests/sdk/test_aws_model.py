"""The walk over the service's model: every member of every operation, missing, null, of the wrong type, at every bound
and beyond, of a wrong pattern, no word of its enum. Each request is answered by the sentences that the model asks
for, or gets past its form; none is a fault."""

import datetime
import hashlib
import hmac
import http.client
import importlib.util
import json
import re
from urllib.parse import urlsplit

import aws_model
import pytest
from aws_model import ABSENT, check_answer, details, fit, places, planted, shape, unlike
from aws_support import Kms
from conftest import ROOT
from test_aws_wire import NOT_BUILT, OPERATIONS

COUNTED = re.compile(r"\d+ validation errors? detected: ")
# Members that the model does not require, and the service does in some requests; what is told then.
NEEDED = {
    "ciphertextBlob", "sourceKeyId", "keyId", "recipient.keyEncryptionAlgorithm", "recipient.attestationDocument",
}


class Wire:
    """Signed requests over one connection, without an SDK between: thousands of them in seconds."""

    def __init__(self, endpoint, access_id, secret="test", region="us-east-1"):
        self.host, self.access_id = urlsplit(endpoint).netloc, access_id
        self.connection = http.client.HTTPConnection(self.host, timeout=60)
        self.time = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        self.scope = f"{self.time[:8]}/{region}/kms/aws4_request"
        key = f"AWS4{secret}".encode()
        for part in self.scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        self.key = key

    def __call__(self, operation, body):
        """The status and the body of an answer."""
        body = json.dumps(body).encode() if not isinstance(body, bytes) else body
        target = f"TrentService.{operation}"
        canonical = (f"POST\n/\n\nhost:{self.host}\nx-amz-date:{self.time}\nx-amz-target:{target}\n\n"
                     f"host;x-amz-date;x-amz-target\n{hashlib.sha256(body).hexdigest()}")
        text = f"AWS4-HMAC-SHA256\n{self.time}\n{self.scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        self.connection.request("POST", "/", body, {
            "Content-Type": "application/x-amz-json-1.1", "X-Amz-Date": self.time, "X-Amz-Target": target,
            "Authorization": f"AWS4-HMAC-SHA256 Credential={self.access_id}/{self.scope}, SignedHeaders="
                             f"host;x-amz-date;x-amz-target, Signature={hmac.digest(self.key, text.encode(), 'sha256').hex()}",
        })
        answer = self.connection.getresponse()
        return answer.status, answer.read()


@pytest.fixture
def wire(endpoint, tenant_name):
    wire = Wire(endpoint, f"test-{tenant_name}")
    yield wire
    wire.connection.close()


def expected(operation, body):
    """SerializationException, the sorted sentences of a ValidationException, or an empty list: it fits."""
    try:
        return sorted(details(aws_model.input_name(operation), body))
    except aws_model.NoSuchType:
        return "SerializationException"


def sentences(message):
    """The sentences of a message. None of them holds `; Value`, as no value that is tried does."""
    count, rest = message.split(" ", 1)[0], message.partition("detected: ")[2]
    found = re.split(r"; (?=Value)", rest)
    assert int(count) == len(found), message
    noun = "error" if len(found) == 1 else "errors"
    assert message.startswith(f"{count} validation {noun} detected: Value"), message
    return sorted(re.sub(r"(?<=enum value set: \[)[^]]*", sort_words, sentence) for sentence in found)


def sort_words(words):
    """The service tells the words of an enum in an order of its own."""
    return ", ".join(sorted(words[0].split(", ")))


def hold(operation, body, status, text):
    """Holds the answer to a request against the model."""
    wanted = expected(operation, body)
    check_answer(operation, status, text)
    if status == 200:
        assert wanted == [], wanted
        return
    answer = json.loads(text)
    assert status == 400, answer
    if wanted == "SerializationException":
        assert answer == {"__type": wanted}, answer
    elif wanted:
        assert answer["__type"] == "ValidationException", answer
        assert sentences(answer["message"]) == wanted
    else:
        assert answer["__type"] != "SerializationException", answer
        message = answer.get("message", "")
        if COUNTED.match(message):
            assert re.search(r"at '([\w.]+)'", message)[1] in NEEDED and "null" in message, message


def requests(operation):
    """Every request that is tried."""
    name = aws_model.input_name(operation)
    whole, least = fit(name), fit(name, whole=False)
    yield from (whole, least, {}, {member: None for member in whole}, [], None, "", 1)
    # Operations without a key come all the way, from the request that asks for least.
    bases = [whole] if "KeyId" in whole else [whole, least]
    for base in bases:
        for way, inner in places(name):
            if any(not isinstance(step, int) and step not in base for step in way[:1]) and len(way) > 1:
                continue
            yield planted(base, way, ABSENT)
            for value in unlike(inner):
                yield planted(base, way, value)
    # Everything is wrong at once, in several ways.
    wrong = {member: [value for value in unlike(reference["shape"]) if unfit(reference["shape"], value)]
             for member, reference in shape(name)["members"].items()}
    for number in range(max(map(len, wrong.values()), default=0)):
        yield {member: values[number % len(values)] for member, values in wrong.items() if values}


def unfit(name, value):
    """Whether a value is of the right type and breaks a rule."""
    try:
        return value is not None and bool(details(name, value, "x"))
    except aws_model.NoSuchType:
        return False


@pytest.mark.parametrize("operation", aws_model.operations())
def test_the_walk(wire, operation):
    if operation in NOT_BUILT:
        assert wire(operation, {}) == (400, b'{"__type":"UnknownOperationException"}')
        assert wire(operation, fit(aws_model.input_name(operation))) == wire(operation, {})
        return
    tried = set()
    for body in requests(operation):
        text = json.dumps(body)
        if text in tried:
            continue
        tried.add(text)
        status, answer = wire(operation, body)
        try:
            hold(operation, body, status, answer)
        except AssertionError as error:
            raise AssertionError(f"{operation} {text[:600]}: {status} {answer[:600]!r}: {error}") from error
    assert len(tried) > 15


def test_every_operation_of_the_model_is_known():
    assert sorted(OPERATIONS + NOT_BUILT) == aws_model.operations()


@pytest.mark.parametrize("text", ["", "\u0000", "a\u0000b", "\U0001f511", "\u4e2d\u6587 \r\n\t", "'; --\\\"", "\ufeff\u202e"])
def test_texts_of_every_kind_are_kept(endpoint, tenant_name, text):
    kms = Kms(endpoint, tenant_name)
    tag = {"TagKey": f"k{text}", "TagValue": text}
    key_id = kms.create(Description=text, Tags=[tag])
    assert kms.describe(key_id)["Description"] == text
    assert kms.list_resource_tags(KeyId=key_id)["Tags"] == [tag]
    kms.update_key_description(KeyId=key_id, Description=f"{text}!")
    assert kms.describe(key_id)["Description"] == f"{text}!"
    context = {f"k{text}": text}
    sealed = kms.encrypt(KeyId=key_id, Plaintext=b"x", EncryptionContext=context)["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=sealed, EncryptionContext=context)["Plaintext"] == b"x"


def test_long_lists_of_faults_do_not_make_long_answers(wire):
    status, answer = wire("CreateKey", b'{"Tags":[' + b",".join([b"{}"] * 300_000) + b"]}")
    assert status == 400 and json.loads(answer)["__type"] == "ValidationException"
    assert len(answer) < 1_000_000


def test_the_fixture_of_the_tables_is_the_models():
    """The Rust test that compares the server's tables reads it."""
    spec = importlib.util.spec_from_file_location("written", ROOT / "tests" / "tools" / "aws_model.py")
    written = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(written)
    assert written.FILE.read_text() == written.text(), "run tests/tools/aws_model.py"
