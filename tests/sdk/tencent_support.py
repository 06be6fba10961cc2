"""What the Tencent tests share: the vendor's SDK pointed at the server, and requests made by hand."""

import base64
import hashlib
import hmac
import json
import time
import uuid
from contextlib import contextmanager
from datetime import datetime, timezone
from urllib.parse import urlencode, urlsplit

import pytest
import requests
import tencent_model
from tencentcloud.common import credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.kms.v20190118 import kms_client, models

tencent_model.hold_every_answer()

VERSION = "2019-01-18"
# Mainland China: the SM edition, keys of 16 bytes. Elsewhere: the FIPS edition, 32 bytes.
SM, FIPS = "ap-guangzhou", "ap-singapore"
MATERIAL_LENGTH = {SM: 16, FIPS: 32}
MISSING_KEY = "23e80852-1e38-11e9-b129-5cb9019b4b01"
DAY = 86400


def b64(data):
    return base64.b64encode(data).decode()


def unb64(text):
    return base64.b64decode(text, validate=True)


def alias():
    return "t-" + uuid.uuid4().hex[:20]


class Kms:
    """The SDK's client as one tenant in one region."""

    def __init__(self, endpoint, name, region=SM, *, verb="POST", method="TC3-HMAC-SHA256", unsigned=False,
                 language=None, secret="test", token=None, access_id=None, literal_endpoint=False):
        self.endpoint, self.name, self.region = endpoint, name, region
        self.access_id, self.secret = access_id or f"test-{name}", secret
        http = HttpProfile(protocol="http", endpoint=endpoint if literal_endpoint else urlsplit(endpoint).netloc,
                           reqMethod=verb, reqTimeout=60)
        profile = ClientProfile(signMethod=method, httpProfile=http)
        profile.unsignedPayload = unsigned
        if language:
            profile.language = language
        self.sdk = kms_client.KmsClient(credential.Credential(self.access_id, secret, token), region, profile)

    def __getattr__(self, action):
        """`kms.DescribeKey(KeyId=…)`: the SDK's answer, as it parses it."""
        if not action[0].isupper():
            raise AttributeError(action)

        def call(**parameters):
            request = getattr(models, action + "Request")()
            request.from_json_string(json.dumps(parameters))
            return getattr(self.sdk, action)(request)

        return call

    def describe(self, key_id):
        return self.DescribeKey(KeyId=key_id).KeyMetadata

    def state(self, key_id):
        return self.describe(key_id).KeyState

    def create(self, **parameters):
        return self.CreateKey(**{"Alias": alias(), **parameters}).KeyId

    def external(self, **parameters):
        return self.create(Type=2, **parameters)

    def parameters(self, key_id, algorithm="RSAES_OAEP_SHA_256"):
        return self.GetParametersForImport(KeyId=key_id, WrappingAlgorithm=algorithm, WrappingKeySpec="RSA_2048")

    def bring(self, key_id, material, valid_to=None, algorithm="RSAES_OAEP_SHA_256", given=None):
        """Parameters, wrapping, import: as a client does it."""
        from wrapping import wrap

        given = given or self.parameters(key_id, algorithm)
        more = {} if valid_to is None else {"ValidTo": valid_to}
        return self.ImportKeyMaterial(
            KeyId=key_id,
            ImportToken=given.ImportToken,
            EncryptedKeyMaterial=b64(wrap(algorithm, unb64(given.PublicKey), material)),
            **more,
        )

    def imported(self, material, **more):
        key_id = self.external()
        self.bring(key_id, material, **more)
        return key_id

    def seal(self, key_id, plaintext=b"plaintext", **more):
        return self.Encrypt(KeyId=key_id, Plaintext=b64(plaintext), **more).CiphertextBlob

    def open(self, blob, **more):
        return unb64(self.Decrypt(CiphertextBlob=blob, **more).Plaintext)


@contextmanager
def refused(code, *parts_of_message):
    """The block is refused with exactly this code."""
    with pytest.raises(TencentCloudSDKException) as caught:
        yield
    assert caught.value.get_code() == code, f"{caught.value.get_code()}: {caught.value.get_message()}"
    for part in parts_of_message:
        assert part in caught.value.get_message()
    assert uuid.UUID(caught.value.get_request_id())


@contextmanager
def unchanged(kms, *key_ids):
    """Nothing about the keys changes in the block."""
    before = [vars(kms.describe(key_id)) for key_id in key_ids]
    yield
    assert [vars(kms.describe(key_id)) for key_id in key_ids] == before


class Raw:
    """A request made by hand. Every part can be changed before or after it is signed."""

    def __init__(self, endpoint, name, action="DescribeKey", body=None, **changes):
        self.endpoint = endpoint
        self.access_id, self.secret = f"test-{name}", "test"
        self.verb, self.path, self.query = "POST", "/", ""
        self.body = body if isinstance(body, bytes) else json.dumps(body if body is not None else {}).encode()
        self.timestamp = int(time.time())
        self.date = self.service = None
        self.signed = "content-type;host"
        self.headers = {
            "Host": urlsplit(endpoint).netloc,
            "Content-Type": "application/json",
            "X-TC-Action": action,
            "X-TC-Version": VERSION,
            "X-TC-Region": SM,
            "X-TC-Timestamp": str(self.timestamp),
        }
        for key, value in changes.items():
            setattr(self, key, value)

    def set(self, name, value):
        """Sets a header; `None` takes it away."""
        if value is None:
            self.headers.pop(name, None)
        else:
            self.headers[name] = value
        return self

    def at(self, timestamp):
        self.timestamp = timestamp
        return self.set("X-TC-Timestamp", str(timestamp))

    def sign(self):
        date = self.date or datetime.fromtimestamp(self.timestamp, timezone.utc).strftime("%Y-%m-%d")
        service = self.service or "kms"
        lower = {name.lower(): value for name, value in self.headers.items()}
        lines = "".join(f"{name}:{lower.get(name, '').strip().lower()}\n" for name in self.signed.split(";"))
        payload = b"UNSIGNED-PAYLOAD" if lower.get("x-tc-content-sha256") == "UNSIGNED-PAYLOAD" else self.body
        query = self.query if self.verb == "GET" else ""
        canonical = f"{self.verb}\n/\n{query}\n{lines}\n{self.signed}\n{hashlib.sha256(payload).hexdigest()}"
        scope = f"{date}/{service}/tc3_request"
        text = f"TC3-HMAC-SHA256\n{self.timestamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        key = ("TC3" + self.secret).encode()
        for part in (date, service, "tc3_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        self.headers["Authorization"] = (
            f"TC3-HMAC-SHA256 Credential={self.access_id}/{scope}, SignedHeaders={self.signed}, Signature={signature}"
        )
        return self

    def send(self):
        return send(self.endpoint, self.verb, self.path, self.query, self.headers, self.body)


def v1(endpoint, name, action="DescribeKey", verb="POST", method="HmacSHA256", drop=(), sign_drop=(), secret="test",
       encode=urlencode, media_type="application/x-www-form-urlencoded", claim=False, total=None, swap=None,
       **parameters):
    """A request under one of the older signatures. `drop`: taken away after signing; `sign_drop`: before; `claim`: a
    header says that it is for this vendor; `total`: empty items bring the body to so many bytes; `swap`: put in the
    place of what was signed."""
    everything = {
        "Action": action,
        "Version": VERSION,
        "Region": SM,
        "Timestamp": str(int(time.time())),
        "Nonce": "11886",
        "SecretId": f"test-{name}",
        **({"SignatureMethod": method} if method else {}),
        **parameters,
    }
    for gone in sign_drop:
        everything.pop(gone, None)
    digest = hashlib.sha256 if method == "HmacSHA256" else hashlib.sha1
    text = f"{verb}{urlsplit(endpoint).netloc}/?" + "&".join(f"{k}={everything[k]}" for k in sorted(everything))
    everything["Signature"] = b64(hmac.new(secret.encode(), text.encode(), digest).digest())
    for gone in drop:
        everything.pop(gone, None)
    encoded = encode({**everything, **(swap or {})})
    if total is not None:
        encoded += "&" * (total - len(encoded))
    headers = {"Host": urlsplit(endpoint).netloc, "Content-Type": media_type}
    if claim:
        headers["X-TC-Action"] = action
    if verb == "GET":
        return send(endpoint, verb, "/", encoded, headers, b"")
    return send(endpoint, verb, "/", "", headers, encoded.encode())


def send(endpoint, verb, path, query, headers, body):
    url = endpoint + path + ("?" + query if query else "")
    with requests.Session() as session:
        request = requests.Request(verb, url, headers=headers, data=body).prepare()
        # As given: the library must not tidy up what a test has made untidy.
        request.url = url
        answer = session.send(request, timeout=60)
    tencent_model.hold(tencent_model.action_of(url, headers, body), answer.status_code, answer.headers, answer.content)
    return Answer(answer)


class Answer:
    """An answer in the one form that all answers have."""

    def __init__(self, answer):
        assert answer.status_code == 200, (answer.status_code, answer.text)
        assert answer.headers["Content-Type"] == "application/json"
        whole = answer.json()
        assert list(whole) == ["Response"]
        self.members = whole["Response"]
        request_id = self.members.pop("RequestId")
        assert str(uuid.UUID(request_id)) == request_id
        assert answer.headers["X-TC-RequestId"] == request_id
        error = self.members.get("Error")
        if error is not None:
            assert list(self.members) == ["Error"] and sorted(error) == ["Code", "Message"]
        self.code = error and error["Code"]
        self.message = error and error["Message"]

    def __repr__(self):
        return f"{self.code}: {self.message}" if self.code else repr(self.members)
