"""What the Huawei tests share: the vendor's SDK pointed at the server, and requests made by hand."""

import base64
import hashlib
import hmac
import http.client
import json
import re
import time
import uuid
from contextlib import contextmanager
from urllib.parse import quote, unquote_to_bytes, urlsplit

import huawei_model
import huaweicloudsdkkms.v2 as models
import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException, ServiceResponseException
from huawei_codes import CODES
from wrapping import wrap, wrap_two_fields

huawei_model.hold_every_answer()

DAY = 86400
MISSING_KEY = "0d0466b0-e727-4d9c-b35d-f84bb474a37f"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
HEX32 = re.compile(r"[0-9a-f]{32}")


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def unb64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def alias() -> str:
    return "t-" + uuid.uuid4().hex[:20]


def project_id() -> str:
    return uuid.uuid4().hex


@contextmanager
def refused(code: str, text: str | None = None):
    """The SDK must report this code with the status and the text of the vendor's table."""
    with pytest.raises(ServiceResponseException) as caught:
        yield caught
    refusal = caught.value
    status, message = CODES[code]
    assert (refusal.error_code, refusal.status_code) == (code, status), refusal.error_msg
    if message.endswith("."):
        assert refusal.error_msg == message
    else:
        assert refusal.error_msg.startswith(message), refusal.error_msg
    assert isinstance(refusal, ClientRequestException)
    assert HEX32.fullmatch(refusal.request_id)
    if text:
        assert text in refusal.error_msg


class Answer:
    """What came back on a request made by hand."""

    def __init__(self, response: http.client.HTTPResponse):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)

    def is_refusal(self, code: str) -> dict:
        """Checks status, envelope and text; answers the innermost object."""
        status, message = CODES[code]
        assert self.status == status, self.body
        assert self.headers["content-type"] == "application/json"
        assert HEX32.fullmatch(self.headers["x-request-id"])
        if code.startswith("KMS."):
            assert set(self.json) == {"error"} and set(self.json["error"]) == {"error_code", "error_msg"}
            refusal = self.json["error"]
        else:
            refusal = self.json
            assert list(refusal) == ["error_msg", "error_code", "request_id"], refusal
            assert refusal["request_id"] == self.headers["x-request-id"]
        assert refusal["error_code"] == code, refusal
        assert refusal["error_msg"].startswith(message), refusal
        return refusal


class Kms:
    """One caller of one project: through the SDK (`kms.create_key(…)`) and by hand (`kms.post(…)`)."""

    def __init__(self, endpoint: str, name: str | None = None, project: str | None = None, *, access_id=None,
                 secret="test"):
        self.endpoint = endpoint
        self.host = urlsplit(endpoint).netloc
        self.name = name
        self.access_id = access_id or (f"test-{name}" if name else "test")
        self.secret = secret
        self.project = project or project_id()
        self.sdk = self.client(BasicCredentials(self.access_id, secret, self.project))

    @property
    def account(self) -> str:
        """The tenant, as the admin API names it."""
        return f"{self.project}/{self.name}" if self.name else self.project

    def client(self, credentials) -> models.KmsClient:
        return models.KmsClient.new_builder().with_credentials(credentials).with_endpoint(self.endpoint).build()

    def __getattr__(self, operation):
        """The SDK's method of this name; what is given goes into the body, the path, the query."""
        method = getattr(self.sdk, operation)

        def call(**members):
            request = getattr(models, "".join(word.capitalize() for word in operation.split("_")) + "Request")()
            places = request.openapi_types
            if "body" in places:
                body = getattr(models, places["body"])
                # One call has its key both in the path and in the body.
                request.body = body(**{name: value for name, value in members.items()
                                       if name in body.openapi_types or name not in places})
            for name, value in members.items():
                if name in places or "body" not in places:
                    setattr(request, name, value)
            return method(request)

        return call

    # By hand.

    def send(self, method: str, path: str, body: bytes = b"", headers: dict | list | None = None) -> Answer:
        """A request as it is, signed by nobody."""
        connection = http.client.HTTPConnection(self.host, timeout=60)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            fields = list(headers.items()) if isinstance(headers, dict) else list(headers or [])
            if not any(name.lower() == "host" for name, _ in fields):
                fields.append(("Host", self.host))
            if body or method in ("POST", "PUT"):
                fields.append(("Content-Length", str(len(body))))
            for name, value in fields:
                connection.putheader(name, value)
            connection.endheaders(body)
            answer = Answer(connection.getresponse())
        finally:
            connection.close()
        huawei_model.hold(method, path, answer.status, answer.headers, answer.body)
        return answer

    def signed(self, method: str, path: str, body: bytes = b"", *, headers: dict | None = None, names=None,
               secret=None, access_id=None, at: float | None = None, scope: str | None = None) -> dict:
        """Headers with a signature, calculated here and not by the SDK."""
        fields = {"Host": self.host, "X-Sdk-Date": basic_date(time.time() if at is None else at), **(headers or {})}
        if body and "Content-Type" not in fields:
            fields["Content-Type"] = "application/json"
        lower = {name.lower(): value for name, value in fields.items()}
        names = sorted(lower) if names is None else names
        path, _, query = path.partition("?")
        uri = "/".join(quote(piece, safe="~") for piece in unquote_to_bytes(path).split(b"/"))
        pairs = sorted(tuple(map(unquote_to_bytes, pair.partition("=")[::2])) for pair in query.split("&") if pair)
        canonical = "\n".join([
            method,
            uri if uri.endswith("/") else uri + "/",
            "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in pairs),
            "".join(f"{name}:{lower[name].strip()}\n" for name in names),
            ";".join(names),
            lower.get("x-sdk-content-sha256") or hashlib.sha256(body).hexdigest(),
        ])
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        access_id = access_id or self.access_id
        key = (secret or self.secret).encode()
        if scope is None:
            text = f"SDK-HMAC-SHA256\n{lower['x-sdk-date']}\n{digest}"
            start = f"SDK-HMAC-SHA256 Access={access_id}"
        else:
            info = f"{lower['x-sdk-date'][:8]}/{scope}"
            extracted = hmac.digest(access_id.encode(), key, "sha256")
            key = hmac.digest(extracted, info.encode() + b"\1", "sha256").hex().encode()
            text = f"V11-HMAC-SHA256\n{lower['x-sdk-date']}\n{info}\n{digest}"
            start = f"V11-HMAC-SHA256 Credential={access_id}/{info}"
        signature = hmac.digest(key, text.encode(), "sha256").hex()
        return {**fields, "Authorization": f"{start}, SignedHeaders={';'.join(names)}, Signature={signature}"}

    def raw(self, verb: str, body: bytes, **signing) -> Answer:
        """A signed KMS request with these bytes as its body."""
        path = f"/v1.0/{self.project}/kms/{verb}"
        return self.send("POST", path, body, self.signed("POST", path, body, **signing))

    def post(self, verb: str, /, **members) -> Answer:
        """A signed KMS request with these members."""
        return self.raw(verb, json.dumps(members).encode())

    # What many tests do.

    def create(self, **members) -> str:
        return self.create_key(**{"key_alias": alias(), **members}).key_info.key_id

    def external(self, **members) -> str:
        return self.create(origin="external", **members)

    def describe(self, key_id: str):
        return self.list_key_detail(key_id=key_id).key_info

    def state(self, key_id: str) -> str:
        return self.describe(key_id).key_state

    def parameters(self, key_id: str, algorithm: str = "RSAES_OAEP_SHA_256"):
        return self.create_parameters_for_import(key_id=key_id, wrapping_algorithm=algorithm)

    def bring(self, key_id: str, material: bytes, algorithm: str = "RSAES_OAEP_SHA_256", **members):
        """Parameters, wrapping, import of raw material."""
        parameters = self.parameters(key_id, algorithm)
        return self.import_key_material(
            key_id=key_id,
            import_token=parameters.import_token,
            encrypted_key_material=b64(wrap(algorithm, unb64(parameters.public_key), material)),
            **members,
        )

    def bring_private(self, key_id: str, pkcs8: bytes, algorithm: str = "RSAES_OAEP_SHA_256", **members):
        """Parameters, wrapping, import of a private key."""
        parameters = self.parameters(key_id, algorithm)
        temporary, private_key = wrap_two_fields(algorithm, unb64(parameters.public_key), pkcs8)
        return self.import_key_material(
            key_id=key_id,
            import_token=parameters.import_token,
            encrypted_key_material=b64(temporary),
            encrypted_privatekey=b64(private_key),
            **members,
        )

    def in_state(self, state: str, material: bytes | None = None, **members) -> str:
        """A key in state 2, 3, 4 or 5."""
        if state == "5":
            return self.external(**members)
        key_id = self.external(**members) if material else self.create(**members)
        if material:
            self.bring(key_id, material)
        if state == "3":
            self.disable_key(key_id=key_id)
        elif state == "4":
            self.delete_key(key_id=key_id, pending_days="7")
        return key_id

    def elsewhere(self, region: str = "cn-east-3") -> "Kms":
        """The same caller in the project that it has in another region."""
        path = f"/v3/projects?name={region}"
        [project] = self.send("GET", path, b"", self.signed("GET", path)).json["projects"]
        return Kms(self.endpoint, self.name, project["id"], access_id=self.access_id, secret=self.secret)

    def snapshot(self, key_id: str) -> dict:
        """Everything that is shown of a key, to see that nothing has changed."""
        return self.describe(key_id).to_dict()


class Wire:
    """Requests with signatures over one connection, without the SDK between: thousands of them in seconds."""

    def __init__(self, kms: Kms):
        self.kms = kms
        self.connection = http.client.HTTPConnection(kms.host, timeout=120)

    def __call__(self, method: str, path: str, body: bytes = b"", **signing) -> Answer:
        fields = self.kms.signed(method, path, body, **signing)
        if body or method in ("POST", "PUT"):
            fields["Content-Length"] = str(len(body))
        self.connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in fields.items():
            self.connection.putheader(name, value)
        self.connection.endheaders(body)
        answer = Answer(self.connection.getresponse())
        huawei_model.hold(method, path, answer.status, answer.headers, answer.body)
        return answer


def basic_date(at: float) -> str:
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at))


@pytest.fixture
def kms(endpoint, tenant_name) -> Kms:
    """A caller whom no other test meets."""
    return Kms(endpoint, tenant_name)
