"""The AWS SDK for JavaScript: signatures, encryption, import and refusals (tests/aws-sdk-js/stories.mjs).

Installs what the lock file there pins into .cache, once. Where there is no node or npm, or no way to their registry, the
tests are skipped and counted as such."""

import os

import npm
import pytest


@pytest.fixture(scope="module")
def program():
    """The stories beside the SDK that they need."""
    return npm.stories("aws-sdk-js", "the AWS SDK for JavaScript")


@pytest.mark.parametrize("story", ["sign", "encrypt", "import", "refusals"])
def test_stories(program, endpoint, tenant_name, story):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {"POLYKMS_ENDPOINT": endpoint, "POLYKMS_ACCESS_ID": f"test-{tenant_name}"}
    npm.run(program, story, environment)
