"""An external key store proxy of our own: it speaks the proxy API, checks signatures, and misbehaves on demand."""

import base64
import datetime
import hashlib
import hmac
import json
import os
import re
import ssl
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.oid import NameOID

ACCESS_KEY_ID, SECRET = "ABCDEFGHIJKLMNOPQRSTUVWX", "DXjSUawnel2fr6SKC7G25CNxTyWKE5PF9XX6H/u9pSo="
CREDENTIAL = {"AccessKeyId": ACCESS_KEY_ID, "RawSecretAccessKey": SECRET}
PREFIX = "/example/kms/xks/v1"
AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([A-Z2-7]+)/(\d{8})/([a-z0-9-]+)/kms-xks-proxy/aws4_request, "
    r"SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})")


class Refusal(Exception):
    def __init__(self, status, name):
        super().__init__(name)
        self.status, self.name = status, name


class Proxy:
    """The proxy, in a thread. `faults` maps a call (`health`, `metadata`, `encrypt`, `decrypt`) to what it answers
    instead: a pair of status and errorName, bytes as they are, or a number of seconds to wait."""

    def __init__(self, context=None):
        self.faults, self.keys, self.calls, self.statuses = {}, {}, [], ["ACTIVE"]
        self.version = b"version=1"
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, answer = proxy.answer(self.path, self.headers, body)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        class Quiet(ThreadingHTTPServer):
            def handle_error(self, *_):
                pass

        self.server = Quiet(("127.0.0.1", 0), Handler)
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def reset(self):
        self.faults, self.statuses, self.calls = {}, ["ACTIVE"], []

    def new_key(self, **facts):
        """The name of a new key."""
        name = os.urandom(8).hex()
        self.keys[name] = {"key": os.urandom(32), "keySpec": "AES_256", "keyUsage": ["ENCRYPT", "DECRYPT", "WRAP"],
                           "keyStatus": "ENABLED", **facts}
        return name

    def answer(self, path, headers, body):
        try:
            call = path.rsplit("/", 1)[-1]
            match self.faults.get(call):
                case bytes() as answer:
                    return 200, answer
                case (status, bytes() as answer):
                    return status, answer
                case (status, name):
                    raise Refusal(status, name)
                case float() | int() as wait:
                    time.sleep(wait)
            self.check_signature(path, headers, body)
            request = json.loads(body)
            self.calls.append((call, request))
            if not path.startswith(PREFIX):
                raise Refusal(404, "InvalidUriPathException")
            if path == f"{PREFIX}/health":
                return 200, json.dumps(self.health()).encode()
            found = re.fullmatch(rf"{PREFIX}/keys/([A-Za-z0-9_.-]+)/(metadata|encrypt|decrypt)", path)
            if not found:
                raise Refusal(404, "InvalidUriPathException")
            key = self.keys.get(found[1])
            if key is None:
                raise Refusal(404, "KeyNotFoundException")
            return 200, json.dumps(getattr(self, found[2])(key, request)).encode()
        except Refusal as refusal:
            return refusal.status, json.dumps({"errorName": refusal.name, "errorMessage": "of the proxy"}).encode()

    def check_signature(self, path, headers, body):
        found = AUTHORIZATION.fullmatch(headers.get("Authorization", ""))
        if not found or found[1] != ACCESS_KEY_ID:
            raise Refusal(401, "AuthenticationFailedException")
        _, date, region, signed, signature = found.groups()
        assert {"host", "x-amz-date"} <= set(signed.split(";")) and headers["Content-Type"] == "application/json"
        lines = "".join(f"{name}:{headers[name]}\n" for name in signed.split(";"))
        canonical = f"POST\n{path}\n\n{lines}\n{signed}\n{hashlib.sha256(body).hexdigest()}"
        scope = f"{date}/{region}/kms-xks-proxy/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{headers['X-Amz-Date']}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        key = f"AWS4{SECRET}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        if hmac.digest(key, text.encode(), "sha256").hex() != signature:
            raise Refusal(401, "AuthenticationFailedException")

    def health(self):
        return {"xksProxyFleetSize": 1, "xksProxyVendor": "polykms", "xksProxyModel": "test", "ekmVendor": "polykms",
                "ekmFleetDetails": [{"id": str(number), "model": "test", "healthStatus": status}
                                    for number, status in enumerate(self.statuses)]}

    def encrypt(self, key, request):
        assert request["encryptionAlgorithm"] == "AES_GCM"
        assert request["ciphertextDataIntegrityValueAlgorithm"] == "SHA_256"
        self.require(key, "ENCRYPT")
        bound, nonce = base64.b64decode(request["additionalAuthenticatedData"]), os.urandom(12)
        assert len(bound) <= 8192
        plain = base64.b64decode(request["plaintext"])
        assert len(plain) <= 4300
        sealed = AESGCM(key["key"]).encrypt(nonce, plain, full_bound(bound, self.version))
        body, tag = sealed[:-16], sealed[-16:]
        vouched = hashlib.sha256(bound + self.version + nonce + body + tag).digest()
        parts = {"ciphertext": body, "initializationVector": nonce, "authenticationTag": tag,
                 "ciphertextMetadata": self.version, "ciphertextDataIntegrityValue": vouched}
        return {name: base64.b64encode(part).decode() for name, part in parts.items() if part}

    def decrypt(self, key, request):
        self.require(key, "DECRYPT")
        part = lambda name: base64.b64decode(request.get(name, ""))
        bound = full_bound(part("additionalAuthenticatedData"), part("ciphertextMetadata"))
        try:
            plain = AESGCM(key["key"]).decrypt(
                part("initializationVector"), part("ciphertext") + part("authenticationTag"), bound)
        except InvalidTag:
            raise Refusal(400, "InvalidCiphertextException") from None
        return {"plaintext": base64.b64encode(plain).decode()}

    def require(self, key, usage):
        if key["keyStatus"] != "ENABLED":
            raise Refusal(400, "InvalidStateException")
        if usage not in key["keyUsage"]:
            raise Refusal(400, "InvalidKeyUsageException")

    def metadata(self, key, _request):
        return {name: key[name] for name in ("keySpec", "keyUsage", "keyStatus")}


def full_bound(bound, metadata):
    return struct.pack(">H", len(bound)) + bound + struct.pack(">B", len(metadata)) + metadata


def certificate(host):
    """A certificate of its own for a host, and its key, in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=30))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
            .sign(key, hashes.SHA256()))
    return (made.public_bytes(serialization.Encoding.PEM).decode(),
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                              serialization.NoEncryption()).decode())


def tls(folder, host):
    """A server's TLS for a host, and the certificate in PEM."""
    pem, key = certificate(host)
    (folder / f"{host}.pem").write_text(pem + key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / f"{host}.pem")
    return context, pem
