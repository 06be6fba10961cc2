"""What the AWS tests share: boto3 pointed at the server, material of every kind, requests made by hand."""

import functools
import hashlib
import json
import os
import urllib.parse
import uuid
from contextlib import contextmanager
from datetime import datetime, timezone

import boto3
import pytest
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from wrapping import private_key_der, sm2_key, wrap

REGION, CHINA = "us-east-1", "cn-north-1"
HOUR, DAY = 3600, 86400
SYMMETRIC = "SYMMETRIC_DEFAULT"
HMAC_LENGTHS = {"HMAC_224": 28, "HMAC_256": 32, "HMAC_384": 48, "HMAC_512": 64}
RSA_SPECS = ["RSA_2048", "RSA_3072", "RSA_4096"]
CURVES = {
    "ECC_NIST_P256": ec.SECP256R1,
    "ECC_NIST_P384": ec.SECP384R1,
    "ECC_NIST_P521": ec.SECP521R1,
    "ECC_SECG_P256K1": ec.SECP256K1,
}
EDWARDS = "ECC_NIST_EDWARDS25519"
PRIVATE_SPECS = [*RSA_SPECS, *CURVES, EDWARDS]
SPECS = [SYMMETRIC, *HMAC_LENGTHS, *PRIVATE_SPECS]
RSA_WRAPPINGS = ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "RSA_AES_KEY_WRAP_SHA_1", "RSA_AES_KEY_WRAP_SHA_256"]
WRAPPINGS = [*RSA_WRAPPINGS, "RSAES_PKCS1_V1_5", "SM2PKE"]
WRAPPING_KEYS = [*RSA_SPECS, "SM2"]
SIGNING = {
    **{spec: "RSASSA_PSS_SHA_256" for spec in RSA_SPECS},
    "ECC_NIST_P256": "ECDSA_SHA_256",
    "ECC_NIST_P384": "ECDSA_SHA_384",
    "ECC_NIST_P521": "ECDSA_SHA_512",
    "ECC_SECG_P256K1": "ECDSA_SHA_256",
    EDWARDS: "ED25519_SHA_512",
    "SM2": "SM2DSA",
}
NO_MESSAGE = object()


def usage(spec):
    """A usage that lets a key show that it works."""
    if spec == SYMMETRIC:
        return "ENCRYPT_DECRYPT"
    return "GENERATE_VERIFY_MAC" if spec in HMAC_LENGTHS else "SIGN_VERIFY"


def private_key(spec, number=0):
    """A private key of a kind, made once per run. Another number, another key."""
    return made_private_key(spec, number)


@functools.cache
def made_private_key(spec, _number):
    if spec in RSA_SPECS:
        return rsa.generate_private_key(65537, int(spec[4:]))
    if spec == EDWARDS:
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key(CURVES[spec]())


def material(spec, china=False, number=0):
    """Plain material that fits a kind of key. For private keys the same bytes for the same number."""
    if spec == SYMMETRIC:
        return os.urandom(16 if china else 32)
    if spec in HMAC_LENGTHS:
        return os.urandom(HMAC_LENGTHS[spec])
    return sm2_key()[1] if spec == "SM2" else private_key_der(private_key(spec, number))


def natural_wrapping(spec):
    """An algorithm that carries a kind of material."""
    return "RSA_AES_KEY_WRAP_SHA_256" if spec in [*RSA_SPECS, "ECC_NIST_P521"] else "RSAES_OAEP_SHA_256"


class Kms:
    """boto3's client as one tenant in one region, with short ways of saying what tests often say."""

    def __init__(self, endpoint, name=None, region=REGION, access_id=None, secret="test", token=None, checked=True):
        self.endpoint, self.name, self.region = endpoint, name, region
        self.access_id, self.secret = access_id or f"test-{name}", secret
        config = Config(retries={"max_attempts": 0}, read_timeout=120, parameter_validation=checked)
        self.client = boto3.client(
            "kms", endpoint_url=endpoint, region_name=region, aws_access_key_id=self.access_id,
            aws_secret_access_key=secret, aws_session_token=token, config=config)

    def __getattr__(self, operation):
        return getattr(self.client, operation)

    def unchecked(self):
        """The same caller, whose SDK lets everything through to the server."""
        return Kms(self.endpoint, self.name, self.region, self.access_id, self.secret, checked=False)

    def elsewhere(self, region):
        return Kms(self.endpoint, self.name, region, self.access_id, self.secret)

    @functools.cached_property
    def account(self):
        return self.create_key()["KeyMetadata"]["AWSAccountId"]

    def arn(self, key_id):
        partition = "aws-cn" if self.region.startswith("cn-") else "aws"
        return f"arn:{partition}:kms:{self.region}:{self.account}:key/{key_id}"

    def create(self, spec=SYMMETRIC, **parameters):
        """The id of a new key."""
        parameters = {"KeySpec": spec, "KeyUsage": usage(spec), **parameters}
        return self.create_key(**parameters)["KeyMetadata"]["KeyId"]

    def external(self, spec=SYMMETRIC, **parameters):
        return self.create(spec, Origin="EXTERNAL", **parameters)

    def describe(self, key_id):
        return self.describe_key(KeyId=key_id)["KeyMetadata"]

    def state(self, key_id):
        return self.describe(key_id)["KeyState"]

    def parameters(self, key_id, algorithm="RSAES_OAEP_SHA_256", wrapping_key="RSA_2048"):
        return self.get_parameters_for_import(
            KeyId=key_id, WrappingAlgorithm=algorithm, WrappingKeySpec=wrapping_key)

    def bring(self, key_id, given, blob, **more):
        """ImportKeyMaterial of a wrapped blob, without expiry unless something else is said."""
        more = more or {"ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"}
        if "ValidTo" not in more and "ExpirationModel" not in more:
            more["ExpirationModel"] = "KEY_MATERIAL_DOES_NOT_EXPIRE"
        return self.import_key_material(
            KeyId=key_id, ImportToken=given["ImportToken"], EncryptedKeyMaterial=blob, **more)

    def bring_plain(self, key_id, plain, algorithm="RSAES_OAEP_SHA_256", wrapping_key="RSA_2048", **more):
        """Parameters, wrapping, import: as a client does it."""
        given = self.parameters(key_id, algorithm, wrapping_key)
        return self.bring(key_id, given, wrap(algorithm, given["PublicKey"], plain), **more)

    def imported(self, spec=SYMMETRIC, plain=None, **more):
        """The id of a new key with material."""
        key_id = self.external(spec)
        plain = material(spec, self.region.startswith("cn-")) if plain is None else plain
        self.bring_plain(key_id, plain, natural_wrapping(spec), **more)
        return key_id


@contextmanager
def refused(code, message=None, status=400):
    """What stands inside is refused with a code, a status and, where given, a message to the letter."""
    with pytest.raises(ClientError) as caught:
        yield caught
    response = caught.value.response
    assert response["Error"]["Code"] == code, response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == status, response
    said = response["Error"].get("Message", "")
    if message is NO_MESSAGE:
        assert said == "", response
    elif message is not None:
        assert said == message, response


@contextmanager
def unchanged(kms, key_id):
    """What stands inside changes nothing that can be seen of a key."""
    before = kms.describe(key_id)
    yield
    assert kms.describe(key_id) == before


def seconds(moment: datetime) -> float:
    return moment.timestamp()


def at(unix_seconds: float) -> datetime:
    return datetime.fromtimestamp(unix_seconds, timezone.utc)


def missing_id():
    return str(uuid.uuid4())


# Requests made by hand.


class Raw:
    """Signs whatever it is given, with the SDK's own signer unless told otherwise, and sends it as it is."""

    def __init__(self, endpoint, access_id="test", secret="test", region=REGION, service="kms", token=None):
        self.endpoint, self.region, self.service = endpoint, region, service
        self.credentials = Credentials(access_id, secret, token)

    def signed(self, target="ListKeys", body=b"{}", headers=None, method="POST", path="/", signer=SigV4Auth):
        """A signed request, to be sent or spoilt."""
        given = {"Content-Type": "application/x-amz-json-1.1"}
        if target is not None:
            given["X-Amz-Target"] = target if "." in target else f"TrentService.{target}"
        given |= headers or {}
        given = {name: value for name, value in given.items() if value is not None}
        request = AWSRequest(method, self.endpoint + path, given, body)
        signer(self.credentials, self.service, self.region).add_auth(request)
        return request.prepare()

    def send(self, prepared, body=None):
        return requests.request(
            prepared.method, prepared.url, headers=dict(prepared.headers.items()),
            data=prepared.body if body is None else body, timeout=60)

    def __call__(self, target="ListKeys", body=b"{}", **more):
        if isinstance(body, dict):
            body = json.dumps(body).encode()
        return self.send(self.signed(target, body, **more))


def check_refusal(response, code, message=None, status=400):
    """An answer in the service's own form, complete and of the service's own words only."""
    assert response.status_code == status, (response.status_code, response.text)
    assert response.headers["Content-Type"] == "application/x-amz-json-1.1"
    check_headers(response)
    envelope = response.json()
    assert envelope["__type"] == code, envelope
    said = envelope.get("Message", envelope.get("message"))
    if message is NO_MESSAGE:
        assert envelope == {"__type": code}
    elif message is not None:
        assert said == message
    return envelope


def check_headers(response):
    assert str(uuid.UUID(response.headers["x-amzn-RequestId"])) == response.headers["x-amzn-RequestId"]
    assert response.headers["Cache-Control"] == "no-cache, no-store, must-revalidate, private"
    assert response.headers["Expires"] == "0"
    assert response.headers["Pragma"] == "no-cache"


def canonical_query(query):
    pairs = sorted(urllib.parse.parse_qsl(query, keep_blank_values=True))
    return "&".join(f"{urllib.parse.quote(k, safe='-_.~')}={urllib.parse.quote(v, safe='-_.~')}" for k, v in pairs)


def sha256(data):
    return hashlib.sha256(data).hexdigest()
