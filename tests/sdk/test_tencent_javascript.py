"""Tencent Cloud's SDK for Node.js: a walk, signatures, import and refusals (tests/tencent-sdk-js/stories.mjs), under its
three ways to sign and by both verbs. It signs hosts without their port, and the address's first label as the service."""

import os

import npm
import pytest


@pytest.fixture(scope="module")
def program():
    """The stories beside the SDK that they need."""
    return npm.stories("tencent-sdk-js", "Tencent Cloud's SDK for Node.js")


@pytest.mark.parametrize("verb", ["POST", "GET"])
@pytest.mark.parametrize("method", ["TC3-HMAC-SHA256", "HmacSHA256", "HmacSHA1"])
@pytest.mark.parametrize("story", ["walk", "sign", "import", "refusals"])
def test_stories(program, endpoint, tenant_name, story, method, verb):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TENCENTCLOUD_")}
    environment |= {"POLYKMS_ENDPOINT": endpoint.split("//")[1], "POLYKMS_ACCESS_ID": f"test-{tenant_name}",
                    "POLYKMS_SIGN_METHOD": method, "POLYKMS_VERB": verb}
    npm.run(program, story, environment)


def test_the_name_of_this_machine_as_endpoint(program, endpoint, tenant_name):
    """Its scope then names `localhost:` and the port as the service."""
    port = endpoint.rsplit(":", 1)[1]
    environment = os.environ | {"POLYKMS_ENDPOINT": f"localhost:{port}", "POLYKMS_ACCESS_ID": f"test-{tenant_name}",
                                "POLYKMS_SIGN_METHOD": "TC3-HMAC-SHA256", "POLYKMS_VERB": "POST"}
    npm.run(program, "refusals", environment)
