"""Tencent Cloud's command, and what it knows of the service: its description of the API, and its examples."""

import importlib.util
import json
import re
import subprocess
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import tencent_command
import tencent_model
from conftest import ROOT, running
from tencent_fit import Fit
from tencent_model import ACTIONS, HERE, SUPPORTED
from tencent_support import DAY, MISSING_KEY, Kms, Raw, alias, b64, unb64
from wrapping import wrap


@pytest.fixture
def tccli(endpoint, tenant_name, tmp_path):
    """tccli(argument, ...): `tccli kms argument ...`; answers what it prints, as JSON."""
    environment = tencent_command.environment(tmp_path) | {
        "TENCENTCLOUD_SECRET_ID": f"test-{tenant_name}", "TENCENTCLOUD_SECRET_KEY": "test",
        "TENCENTCLOUD_REGION": "ap-guangzhou"}

    def run(*arguments, fails=None):
        done = subprocess.run(["tccli", "kms", *arguments, "--endpoint", endpoint], cwd=tmp_path, env=environment,
                              capture_output=True, text=True, timeout=120)
        assert done.returncode == (255 if fails else 0), (done.returncode, done.stdout, done.stderr)
        if fails:
            assert f"code:{fails} message:" in done.stderr, done.stderr
            return done.stderr
        return json.loads(done.stdout)

    return run


def test_an_import(tccli, endpoint, tenant_name):
    key = tccli("CreateKey", "--Alias", alias(), "--Type", "2", "--Tags", '[{"TagKey": "env", "TagValue": "dev"}]')["KeyId"]
    given = tccli("GetParametersForImport", "--KeyId", key, "--WrappingAlgorithm", "RSAES_OAEP_SHA_1",
                  "--WrappingKeySpec", "RSA_2048")
    wrapped = b64(wrap("RSAES_OAEP_SHA_1", unb64(given["PublicKey"]), bytes(range(16))))
    answer = tccli("ImportKeyMaterial", "--KeyId", key, "--ImportToken", given["ImportToken"],
                   "--EncryptedKeyMaterial", wrapped, "--ValidTo", str(given["ParametersValidTo"] + DAY))
    assert list(answer) == ["RequestId"]
    metadata = tccli("DescribeKey", "--KeyId", key)["KeyMetadata"]
    assert (metadata["KeyState"], metadata["Origin"]) == ("Enabled", "EXTERNAL")
    # It shows every member that it knows, null for those that did not come.
    assert set(metadata) == set(tencent_model.STRUCTURES["KeyMetadata"]["members"])
    found = tccli("ListKeyDetail", "--cli-unfold-argument", "--TagFilters.0.TagKey", "env", "--TagFilters.0.TagValue", "dev")
    assert [one["KeyId"] for one in found["KeyMetadatas"]] == [key]
    tccli("DescribeKey", "--KeyId", MISSING_KEY, fails="ResourceUnavailable.CmkNotFound")
    assert len(tccli("DescribeKeys", "--KeyIds", json.dumps([key]))["KeyMetadatas"]) == 1
    tccli("DescribeKeys", "--KeyIds", json.dumps([key, key]), fails="InvalidParameterValue.DuplicatedKeyId")
    assert tccli("GetRegions")["Regions"]


def test_who_calls_may_be_said_at_the_call(tccli):
    tccli("ListKeys", "--secretId", "test-nobodys", "--secretKey", "wrong", fails="AuthFailure.SignatureFailure")
    found = tccli("ListKeys", "--secretId", f"test-{alias()}", "--secretKey", "test", "--region", "ap-singapore")
    assert (found["Keys"], found["TotalCount"]) == ([], 0)


def test_the_description_is_the_one_that_other_tests_use():
    file = ROOT / "tests" / "tools" / "tencent_model.py"
    spec = importlib.util.spec_from_file_location("tools_tencent_model", file)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert tool.FILE.read_text() == tool.text(), "tests/tools/tencent_model.py writes it"


# Examples that are no good requests, and what becomes of them.
REFUSED = {
    # A cluster of somebody's, and a binding.
    "ListKeys": "InvalidParameterValue.InvalidHsmClusterId",
    "ListKeyDetail": "InvalidParameterValue.InvalidHsmClusterId",
    "UnbindCloudResource": "ResourceUnavailable.CloudResourceBindingNotFound",
    # Stars in the middle of the key.
    "GenerateDataKey": "FailedOperation.EncryptionError",
    "PostQuantumCryptoDecrypt": "FailedOperation.EncryptionError",
    # Fingerprints that are not of the form that is documented beside them.
    "OverwriteWhiteBoxDeviceFingerprints": "InvalidParameterValue",
}
# Written for the older, flattened form: numbers as text.
IN_TEXT = {"ImportKeyMaterial": "ValidTo", "ScheduleKeyDeletion": "PendingWindowInDays"}
# What stands for something that existed once; ours takes its place.
OURS = {"KeyId", "KeyIds", "DataKeyId", "DataKeyIds", "DestinationKeyId", "CiphertextBlob", "Ciphertext", "ImportToken",
        "EncryptedKeyMaterial", "SignatureValue"}


def examples() -> dict:
    """Action → the requests of its examples, each a verb and parameters: JSON, or pairs."""
    found = {}
    for action, shown in tencent_command.described("examples")["actions"].items():
        found[action] = [parsed(example["input"]) for example in shown]
    return found


def parsed(text: str):
    if text.startswith("POST"):
        return "POST", json.loads(text.split("\n\n", 1)[1])
    pairs = parse_qsl(urlsplit(text.strip()).query, keep_blank_values=True)
    return "GET", [(name, value) for name, value in pairs if name != "Action" and not name.startswith("<")]


EXAMPLES = examples()
# The action too, as the same second may see the same body for another one.
SIGNED = "content-type;host;x-tc-action"


class Examples:
    """Sends examples as they stand, about keys that exist."""

    def __init__(self, endpoint, name):
        self.kms = Kms(endpoint, name)

    def send(self, action, verb, parameters):
        parameters = self.placed(action, verb, parameters)
        if verb == "POST":
            return Raw(self.kms.endpoint, self.kms.name, action, parameters, signed=SIGNED).sign().send()
        raw = Raw(self.kms.endpoint, self.kms.name, action, b"", verb="GET", query=urlencode(parameters), signed=SIGNED)
        return raw.set("Content-Type", "application/x-www-form-urlencoded").sign().send()

    def placed(self, action, verb, parameters):
        given = dict(parameters)
        ours = {name: value for name, value in self.body(action, given).items() if name in OURS}
        if verb == "POST":
            return {**given, **{name: value for name, value in ours.items() if name in given}}
        kept = [(name, value) for name, value in parameters if name.split(".")[0] not in ours]
        for name, value in ours.items():
            kept += [(f"{name}.{at}", one) for at, one in enumerate(value)] if isinstance(value, list) else [(name, value)]
        return kept

    def body(self, action, given):
        fit, kms = Fit(self.kms), self.kms
        body = fit.body(action)
        if given.get("Algorithm") == "SM2DSA":
            body["KeyId"] = fit.asymmetric("ASYMMETRIC_SIGN_VERIFY_SM2")
        if action == "Decrypt":
            body["CiphertextBlob"] = kms.seal(kms.create(), EncryptionContext=given["EncryptionContext"])
        if action == "ReEncrypt":
            body["CiphertextBlob"] = kms.seal(kms.create(), EncryptionContext=given.get("SourceEncryptionContext", ""))
        if action == "GetParametersForImport":
            body["KeyId"] = kms.external()
        return body


def is_gateways(answer) -> bool:
    """Whether the parameters did not get as far as the action."""
    return answer.code in {"MissingParameter", "UnknownParameter"} or bool(
        answer.code == "InvalidParameter" and re.search("input type should be|Url key|JSON", answer.message))


@pytest.mark.parametrize("action", SUPPORTED)
def test_examples(endpoint, tenant_name, action):
    for verb, parameters in EXAMPLES[action]:
        answer = Examples(endpoint, tenant_name).send(action, verb, parameters)
        if action in IN_TEXT:
            text = f"The value type of parameter `{IN_TEXT[action]}` is not valid, input type should be `uint64`."
            assert (answer.code, answer.message) == ("InvalidParameter", text)
        else:
            assert not is_gateways(answer), answer
            assert answer.code == REFUSED.get(action), answer


def test_examples_with_numbers_as_text(tmp_path):
    """Taken where the setting says so."""
    with running(tmp_path, {"POLYKMS__TENCENT__LENIENT_INTEGERS": "true"}) as server:
        for action in IN_TEXT:
            [(verb, parameters)] = EXAMPLES[action]
            assert isinstance(parameters[IN_TEXT[action]], str)
            assert Examples(server.url, "lenient").send(action, verb, parameters).code is None


def test_every_action_has_an_example():
    assert set(EXAMPLES) == set(ACTIONS) == set(HERE) and all(EXAMPLES.values())
