"""Fixtures of the tests of the vendors' SDKs: one server per worker, tenants, clocks.

POLYKMS_BIN                 the program (default: target/debug/polykms)
POLYKMS_TEST_DATABASE       sqlite (default) or postgres
POLYKMS_TEST_POSTGRES_URL   the server on which the Postgres run makes a database of its own
POLYKMS_TEST_ENDPOINT       the URL of a server that runs already, with public credentials and admin
                            token `test`; none is started then
"""

import contextlib
import json
import os
import pathlib
import re
import secrets
import signal
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

import aws_model
import pytest

aws_model.hold_every_answer()

ROOT = pathlib.Path(__file__).resolve().parents[2]
ADMIN_TOKEN = "test"
READY_SECONDS = 30
SETTLING_SECONDS = 3600
STOP_SECONDS = 60

# Log lines of level ERROR that are no fault of the server. Nothing is, so far.
EXPECTED_ERRORS: list[re.Pattern] = []


def program() -> pathlib.Path:
    if "POLYKMS_BIN" in os.environ:
        return pathlib.Path(os.environ["POLYKMS_BIN"])
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return target / "debug" / "polykms"


class Server:
    """A polykms of our own, on a fresh database."""

    def __init__(self, folder: pathlib.Path, database_url: str | None, settings: dict[str, str] | None = None,
                 command: list | None = None):
        self.log = folder / "polykms.log"
        ready = folder / "ready"
        command = [*(command or [program(), "dev", "--listen", "127.0.0.1:0", "--log-format", "json"]), "--ready-file", ready]
        if database_url:
            command += ["--database-url", database_url]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("POLYKMS__")}
        # What is taken is made anew at once; a deep pool would only keep the cores busy.
        environment |= {
            "POLYKMS__IMPORT__POOL_RSA_2048": "8",
            "POLYKMS__IMPORT__POOL_RSA_3072": "2",
            "POLYKMS__IMPORT__POOL_RSA_4096": "2",
            "POLYKMS__IMPORT__POOL_SM2": "4",
            **(settings or {}),
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log, env=environment)
        deadline = time.monotonic() + READY_SECONDS
        while not ready.exists():
            self.check_alive()
            assert time.monotonic() < deadline, f"the server is not ready: {self.tail()}"
            time.sleep(0.02)
        self.url = ready.read_text()

    def tail(self) -> str:
        return self.log.read_text(errors="replace")[-4000:]

    def check_alive(self):
        status = self.process.poll()
        assert status is None, f"the server ended with {status}: {self.tail()}"

    def stop(self):
        """Stops it as an administrator would, and reads its log."""
        self.check_alive()
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(STOP_SECONDS)
        finally:
            self.process.kill()
        assert status == 0, f"the server ended with {status}: {self.tail()}"
        bad = [line for line in self.log.read_text(errors="replace").splitlines() if self.is_bad(line)]
        assert not bad, "the server's log holds faults:\n" + "\n".join(bad[:20])

    @staticmethod
    def is_bad(line: str) -> bool:
        if "panicked" in line:
            return True
        try:
            level = json.loads(line).get("level")
        except ValueError:
            # Every line is JSON; another one was not written by the logger.
            return bool(line.strip())
        return level == "ERROR" and not any(pattern.search(line) for pattern in EXPECTED_ERRORS)


class PostgresDatabase:
    """A database of our own on the test's Postgres server."""

    def __init__(self):
        server = os.environ.get("POLYKMS_TEST_POSTGRES_URL")
        assert server, "POLYKMS_TEST_DATABASE is postgres, but POLYKMS_TEST_POSTGRES_URL is not set"
        self.server = urllib.parse.urlsplit(server)
        self.name = f"polykms_sdk_{secrets.token_hex(8)}"
        self.run(f'CREATE DATABASE "{self.name}"')
        self.url = self.server._replace(path=f"/{self.name}").geturl()

    def run(self, statement: str):
        import pg8000.native

        connection = pg8000.native.Connection(
            user=urllib.parse.unquote(self.server.username or "postgres"),
            password=urllib.parse.unquote(self.server.password) if self.server.password else None,
            host=self.server.hostname or "127.0.0.1",
            port=self.server.port or 5432,
            database=self.server.path.lstrip("/") or "postgres",
        )
        try:
            connection.run(statement)
        finally:
            connection.close()

    def drop(self):
        self.run(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')


@contextlib.contextmanager
def running(folder: pathlib.Path, settings: dict[str, str]):
    """A server with settings of its own, until the end of the block."""
    database = PostgresDatabase() if os.environ.get("POLYKMS_TEST_DATABASE", "sqlite") == "postgres" else None
    server = Server(folder, database.url if database else None, settings)
    try:
        yield server
        server.stop()
    finally:
        server.process.kill()
        server.process.wait()
        if database:
            database.drop()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The server of this worker; None if one that runs already is used."""
    if "POLYKMS_TEST_ENDPOINT" in os.environ:
        yield None
        return
    with running(tmp_path_factory.mktemp("server"), {}) as server:
        yield server


@pytest.fixture(scope="session")
def slow_endpoint(tmp_path_factory) -> str:
    """A server on which states that pass by themselves take SETTLING_SECONDS of the domain clock."""
    with running(tmp_path_factory.mktemp("slow"), {"POLYKMS__AWS__SETTLING_SECONDS": str(SETTLING_SECONDS)}) as server:
        yield server.url


@pytest.fixture(scope="session")
def endpoint(server) -> str:
    """The server's URL, such as http://127.0.0.1:40123."""
    return server.url if server else os.environ["POLYKMS_TEST_ENDPOINT"].rstrip("/")


@pytest.fixture(autouse=True)
def server_lives(request):
    """Every test that used the server must leave it alive."""
    yield
    if "server" in request.fixturenames and (server := request.getfixturevalue("server")):
        server.check_alive()


@pytest.fixture
def tenant_name() -> str:
    """A name that no other test uses: `test-{tenant_name}` with the secret `test` is a tenant of its own."""
    return f"t{secrets.token_hex(8)}"


def admin_of(endpoint: str):
    """admin(path, method, body): a request to the admin API; answers its status and its JSON."""

    def call(path: str, method: str = "GET", body=None, token: str | None = ADMIN_TOKEN):
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        wanted = urllib.request.Request(f"{endpoint}/-/admin/{path.lstrip('/')}", data, headers, method=method)
        try:
            with urllib.request.urlopen(wanted, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refusal:
            return refusal.code, json.load(refusal)

    return call


@pytest.fixture(scope="session")
def admin(endpoint):
    """The admin API of the server; see admin_of."""
    return admin_of(endpoint)


class TenantClock:
    """Moves the domain clocks of tenants, each named by an account or by an access id."""

    settling = SETTLING_SECONDS

    def __init__(self, admin):
        self.admin = admin
        self.moved = set()

    def change(self, vendor: str, account: str, body: dict) -> dict:
        self.moved.add((vendor, account))
        path = f"tenants/{vendor}/{urllib.parse.quote(account, safe='')}/clock"
        status, answer = self.admin(path, "PUT", body)
        assert status == 200, answer
        return answer

    def freeze(self, vendor: str, account: str, unix_seconds: float) -> dict:
        return self.change(vendor, account, {"mode": "frozen", "at": unix_seconds})

    def advance(self, vendor: str, account: str, seconds: float) -> dict:
        return self.change(vendor, account, {"advance": seconds})

    def reset(self, vendor: str, account: str) -> dict:
        return self.change(vendor, account, {"mode": "real"})

    def now(self, vendor: str, account: str) -> float:
        status, answer = self.admin(f"tenants/{vendor}/{urllib.parse.quote(account, safe='')}/clock")
        assert status == 200, answer
        return answer["now"]


@pytest.fixture
def clock(admin):
    """Clocks that run in real time again after the test."""
    yield from moved_back(admin)


@pytest.fixture
def slow_clock(slow_endpoint):
    """The clocks of the slow server."""
    yield from moved_back(admin_of(slow_endpoint))


def moved_back(admin):
    clock = TenantClock(admin)
    yield clock
    for vendor, account in list(clock.moved):
        clock.reset(vendor, account)
