"""A server of its own for the tests of custom key stores: clusters in every state, two proxies."""

import os
import secrets
from contextlib import contextmanager

from conftest import ADMIN_TOKEN, PostgresDatabase, Server, program

PASSWORD = "right-password"
ANCHOR = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
# Ids by what is the matter with them.
CLUSTERS = {
    "good": ("cluster-2222222222g", ""),
    "related": ("cluster-2222222222r", ""),
    "unrelated": ("cluster-2222222222u", 'trust_anchor_certificate = "another"'),
    "inactive": ("cluster-2222222222i", "active = false"),
    "small": ("cluster-2222222222s", "hsms = 1"),
    "locked": ("cluster-2222222222l", 'connection_error = "USER_LOCKED_OUT"'),
    "empty": ("cluster-2222222222e", "hsms = 0"),
}
SETTLING = 60


def cluster(name):
    return CLUSTERS[name][0]


def settings(folder, database_url, proxies=(), roots=""):
    lines = [
        "[server]", 'listen = "127.0.0.1:0"',
        "[database]", f'url = "{database_url or f"sqlite:{folder}/polykms.sqlite"}"',
        "[authentication]", 'trust = "public"', "[admin]", f'token = "{ADMIN_TOKEN}"', "[clocks]", "allowed = true",
        "[log]", 'format = "json"',
        "[import]", "pool_rsa_2048 = 2", "pool_rsa_3072 = 1", "pool_rsa_4096 = 1", "pool_sm2 = 1",
        "[aws.key_stores]", f"settling_seconds = {SETTLING}", f"proxies = {list(proxies)!r}",
        f"proxy_roots = '''{roots}'''", "proxy_timeout_milliseconds = 5000",
    ]
    for cluster_id, more in CLUSTERS.values():
        anchor = "" if "trust_anchor" in more else f"trust_anchor_certificate = '''{ANCHOR}'''"
        lines += ["[[aws.key_stores.clusters]]", f'id = "{cluster_id}"', f'kmsuser_password = "{PASSWORD}"', anchor, more]
    if database_url:
        key = folder / "master.key"
        key.touch(0o600)
        key.write_text(secrets.token_hex(32))
        lines += ["[master_key]", f'file = "{key}"']
    return "\n".join(lines)


@contextmanager
def serving(folder, proxies=(), roots=""):
    """The server, for as long as the context lasts."""
    database = PostgresDatabase() if os.environ.get("POLYKMS_TEST_DATABASE", "sqlite") == "postgres" else None
    config = folder / "settings.toml"
    config.write_text(settings(folder, database and database.url, proxies, roots))
    server = Server(folder, None, command=[program(), "serve", "--config", config])
    try:
        yield server
        server.stop()
    finally:
        server.process.kill()
        server.process.wait()
        if database:
            database.drop()
