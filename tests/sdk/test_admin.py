"""What the server answers about itself, under /-/."""

import json
import urllib.error
import urllib.request

import pytest


def get(url, method="GET"):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read()


def test_lives_and_is_ready(endpoint):
    assert get(f"{endpoint}/-/live") == (200, b'{"live":true}\n')
    status, body = get(f"{endpoint}/-/ready")
    ready = json.loads(body)
    assert status == 200
    assert ready["ready"] is True
    assert ready["database"] == "reachable"
    assert ready["schema"] == "current"
    assert {row["wrapping_key"] for row in ready["pool"]} == {"RSA_2048", "RSA_3072", "RSA_4096", "SM2"}


def test_metrics_are_prometheus_text(endpoint):
    status, body = get(f"{endpoint}/-/metrics")
    assert status == 200
    lines = [line for line in body.decode().splitlines() if not line.startswith("#")]
    for line in lines:
        name, value = line.rsplit(" ", 1)
        assert name.startswith("polykms_")
        float(value)
    assert any(line.startswith('polykms_pool_ready{wrapping_key="RSA_2048"} ') for line in lines)


def test_the_wrong_method_and_the_wrong_path_are_refused(endpoint):
    assert get(f"{endpoint}/-/live", "POST")[0] == 405
    status, body = get(f"{endpoint}/-/nothing")
    assert status == 404
    assert "error" in json.loads(body)


def test_the_admin_api_asks_for_its_token(admin):
    for token in [None, "", "tesu", "test2"]:
        status, answer = admin("tenants/aws/000000000000/clock", token=token)
        assert status == 401
        assert "Bearer" in answer["error"]


def test_a_clock_freezes_advances_and_runs_again(clock, tenant_name):
    access_id = f"test-{tenant_name}"
    assert clock.freeze("aws", access_id, 1_900_000_000)["now"] == 1_900_000_000
    answer = clock.advance("aws", access_id, 86_400.5)
    assert answer["mode"] == "frozen"
    assert answer["now"] == 1_900_086_400.5
    assert answer["now_text"] == "2030-03-18T17:46:40.500000Z"
    assert clock.now("aws", access_id) == 1_900_086_400.5
    running = clock.reset("aws", access_id)
    assert running["mode"] == "real"
    assert clock.advance("aws", access_id, 3600)["mode"] == "offset"
    assert clock.now("aws", access_id) - running["now"] == pytest.approx(3600, abs=5)


def test_tenants_have_clocks_of_their_own(clock, tenant_name):
    clock.freeze("aws", f"test-{tenant_name}", 1_900_000_000)
    assert clock.now("aws", f"test-{tenant_name}-other") < 1_900_000_000
    assert clock.now("tencent", f"test-{tenant_name}") < 1_900_000_000


def test_an_access_id_and_its_account_are_one_clock(clock, admin):
    account = "123456123456"
    clock.freeze("aws", account, 1_900_000_000)
    assert admin(f"tenants/aws/{account}/clock")[1]["now"] == 1_900_000_000
    clock.freeze("aws", "testing", 1_950_000_000)
    assert admin("tenants/aws/123456789012/clock")[1]["now"] == 1_950_000_000


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"mode":"sideways"}',
        b'{"mode":"frozen"}',
        b'{"mode":"frozen","at":"noon"}',
        b'{"mode":"frozen","at":-1}',
        b'{"mode":"frozen","at":1e15}',
        b'{"mode":"offset","seconds":"5"}',
        b'{"advance":-5}',
        b'{"advance":5,"advance":6}',
        b'{"mode":"real","note":"x"}',
        b"[" * 3000,
    ],
)
def test_other_wishes_are_refused(admin, tenant_name, body):
    status, answer = admin(f"tenants/aws/test-{tenant_name}/clock", "PUT", body)
    assert status == 400
    assert set(answer) == {"error"}


def test_a_large_body_is_refused(admin, tenant_name):
    assert admin(f"tenants/aws/test-{tenant_name}/clock", "PUT", b" " * 70_000)[0] == 413


def test_unknown_vendors_and_accounts_are_refused(admin):
    assert admin("tenants/azure/1/clock")[0] == 404
    assert admin("tenants/aws/nobody%2Fnowhere/clock")[0] == 404


def test_a_sweep_can_be_asked_for(admin):
    status, answer = admin("sweep", "POST")
    assert status == 200
    assert answer["changed"] >= 0
