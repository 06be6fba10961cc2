"""Keys in several regions: replicas in the caller's projects there, the primary and how it moves."""

import concurrent.futures
import json
import os

import pytest
from huawei_support import DAY, HEX32, MISSING_KEY, Kms, alias, kms, project_id, refused  # noqa: F401

HOME, EAST, SOUTH = "cn-north-4", "cn-east-3", "cn-south-1"
NOON = 1_900_000_000


class Regions:
    """One caller with a project in each region, as the vendor tells it."""

    def __init__(self, endpoint, name):
        self.endpoint, self.name = endpoint, name
        self.at = {region: Kms(endpoint, name, self.project(region)) for region in (HOME, EAST, SOUTH)}
        self.home, self.east, self.south = self.at.values()

    def project(self, region: str) -> str:
        caller = Kms(self.endpoint, self.name)
        path = f"/v3/projects?name={region}"
        answer = caller.send("GET", path, b"", caller.signed("GET", path))
        assert answer.status == 200, answer.body
        (project,) = answer.json["projects"]
        return project["id"]

    def replicate(self, key_id, region=EAST, caller=None, **members):
        members = {"key_id": key_id, "replica_region": region, "key_alias": alias(),
                   "replica_project_id": self.at[region].project if region in self.at else project_id(), **members}
        return put(caller or self.home, "ReplicateKey", key_id, members)

    def move(self, key_id, region, caller=None):
        members = {"key_id": key_id, "primary_region": region}
        return put(caller or self.home, "UpdatePrimaryRegion", key_id, members)

    def freeze(self, clock, at):
        for caller in self.at.values():
            clock.freeze("huawei", caller.account, at)


def put(caller, operation, key_id, members):
    """The SDK's call of a name, with the key in path and body."""
    import huaweicloudsdkkms.v2 as models

    request = getattr(models, operation + "Request")(key_id=key_id)
    request.body = getattr(models, operation + "RequestBody")(**members)
    method = {"ReplicateKey": caller.sdk.replicate_key, "UpdatePrimaryRegion": caller.sdk.update_primary_region}
    return method[operation](request)


@pytest.fixture
def regions(endpoint, tenant_name):
    return Regions(endpoint, tenant_name)


def encrypt(kms, key_id) -> str:
    return kms.encrypt_data(key_id=key_id, plain_text="x").cipher_text


def opens(kms, cipher_text) -> bool:
    return kms.decrypt_data(cipher_text=cipher_text).plain_text == "x"


def total(kms) -> int:
    return kms.list_keys(key_spec="ALL").total


def test_a_replica_has_tags_and_aliases_of_its_own(regions):
    home, east = regions.home, regions.east
    key_id = home.create()
    home.create_kms_tag(key_id=key_id, tag={"key": "a", "value": "1"})
    home.create_alias(key_id=key_id, alias="here")
    for tags, code in [([{"key": "b="}], "KMS.0406"), ([{"key": "b"}, {"key": "b"}], "KMS.0412")]:
        with refused(code):
            regions.replicate(key_id, tags=tags)
    regions.replicate(key_id, tags=[{"key": "b", "value": "2"}])
    for caller, key in [(home, "a"), (east, "b")]:
        assert [each.key for each in caller.show_kms_tags(key_id=key_id).tags] == [key]
    assert east.list_aliases().body[0].aliases == []
    east.create_alias(key_id=key_id, alias="there")
    assert east.describe("alias/there").key_id == key_id
    with refused("KMS.0207"):
        home.describe("alias/there")


def test_a_replica_is_the_key_in_another_region(regions):
    home, east = regions.home, regions.east
    key_id = home.create(key_alias="mine", key_description="said")
    early = encrypt(home, key_id)
    answer = regions.replicate(key_id, key_alias="theirs", key_description="there", enterprise_project_id="0")
    assert (answer.key_id, answer.region) == (key_id, EAST) and HEX32.fullmatch(answer.domain_id)
    here, there = home.describe(key_id), east.describe(key_id)
    assert (there.key_alias, there.key_description, there.realm, there.key_state) == ("theirs", "there", EAST, "2")
    assert (here.key_alias, here.key_description, here.realm) == ("mine", "said", HOME)
    assert here.domain_id == there.domain_id == answer.domain_id
    late = encrypt(east, key_id)
    assert opens(east, early) and opens(home, late) and opens(east, late)
    # Each is what it is by itself.
    east.disable_key(key_id=key_id)
    assert (home.state(key_id), east.state(key_id)) == ("2", "3")
    with refused("KMS.0209"):
        opens(east, early)
    assert opens(home, late)


@pytest.mark.parametrize("spec", ["RSA_2048", "EC_P256", "SM2", "HMAC_256", "SM4"])
def test_every_kind_has_replicas(regions, spec):
    key_id = regions.home.create(key_spec=spec)
    regions.replicate(key_id)
    assert regions.east.describe(key_id).key_spec == spec
    if spec in ("RSA_2048", "EC_P256", "SM2"):
        shown = [caller.show_public_key(key_id=key_id).public_key for caller in (regions.home, regions.east)]
        assert shown[0] == shown[1]


def test_replicate_refuses(regions, endpoint):
    home, east = regions.home, regions.east
    key_id = home.create()
    store = home.create_key_store(keystore_alias="s", hsm_cluster_id="c").keystore.keystore_id
    home.enable_key_store(keystore_id=store)
    east.create(key_alias="taken")
    stranger = project_id()
    for members, code in [
        ({"region": HOME}, "KMS.0308"),
        ({"region": "nowhere-1"}, "KMS.0308"),
        ({"replica_project_id": regions.south.project}, "KMS.0308"),
        ({"replica_project_id": "x"}, "KMS.0308"),
        ({"key_alias": "a b"}, "KMS.1101"),
        ({"key_alias": "obs/default"}, "KMS.1101"),
        ({"key_alias": "taken"}, "KMS.1104"),
        ({"key_description": "d" * 256}, "KMS.1103"),
        ({"enterprise_project_id": "x"}, "KMS.0308"),
    ]:
        with refused(code):
            regions.replicate(key_id, **members)
    for bad, code in [
        (home.in_state("3"), "KMS.0209"),
        (home.in_state("4"), "KMS.0210"),
        (home.in_state("5"), "KMS.1301"),
        (home.create(keystore_id=store), "KMS.0340"),
        (MISSING_KEY, "KMS.0207"),
        (regions.south.create(), "KMS.0207"),
    ]:
        with refused(code):
            regions.replicate(bad)
    assert total(east) == 1
    regions.replicate(key_id)
    with refused("KMS.3801"):
        regions.replicate(key_id)
    with refused("KMS.3801"):
        regions.replicate(key_id, replica_project_id=stranger)
    with refused("KMS.0106"):
        regions.replicate(key_id, SOUTH, caller=east)
    assert (total(east), total(regions.south)) == (2, 1)


def test_members_that_must_be_there(regions):
    key_id = regions.home.create()
    path = f"/v2/{regions.home.project}/kms/keys/{key_id}"

    def ask(method, where, body):
        return regions.home.send(method, where, body, regions.home.signed(method, where, body))

    ask("POST", path + "/replicate", b"{}").is_refusal("KMS.0204")
    ask("POST", path + "/replicate", b"{").is_refusal("KMS.0202")
    ask("POST", path + "/replicate", b"[]").is_refusal("KMS.0214")
    ask("PUT", path + "/update-primary-region", b"{}").is_refusal("KMS.0204")
    ask("PUT", path + "/update-primary-region", b'{"primary_region": 5}').is_refusal("KMS.0214")
    bad = f"/v2/{regions.home.project}/kms/keys/x/update-primary-region"
    ask("PUT", bad, b'{"primary_region": "cn-east-3"}').is_refusal("KMS.0205")
    ask("POST", path + "/update-primary-region", b"{}").is_refusal("APIGW.0101")
    body = b'{"key_id": %s, "primary_region": "cn-east-3"}'
    ask("PUT", path + "/update-primary-region", body % f'"{MISSING_KEY}"'.encode()).is_refusal("KMS.0308")
    ask("PUT", path + "/update-primary-region", body % b"5").is_refusal("KMS.0214")
    assert total(regions.east) == 0


def test_a_foreign_project_gets_no_replica(endpoint, regions):
    """`test-NAME` has every project, but only under its name: somebody else's stays empty."""
    key_id = regions.home.create()
    foreign = Kms(endpoint, regions.name + "x", regions.east.project)
    regions.replicate(key_id)
    with refused("KMS.0207"):
        foreign.describe(key_id)
    with refused("KMS.0207"):
        encrypt(foreign, key_id)
    assert total(foreign) == 0


def test_the_primary_moves(regions):
    home, east, south = regions.home, regions.east, regions.south
    key_id = home.create()
    cipher_text = encrypt(home, key_id)
    with refused("KMS.3803"):
        regions.move(key_id, EAST)
    regions.replicate(key_id)
    for region, caller, code in [(HOME, home, "KMS.0308"), (SOUTH, home, "KMS.0308"), ("x", home, "KMS.0308"),
                                 (EAST, east, "KMS.0106"), (HOME, east, "KMS.0106")]:
        with refused(code):
            regions.move(key_id, region, caller)
    east.disable_key(key_id=key_id)
    with refused("KMS.3802"):
        regions.move(key_id, EAST)
    east.enable_key(key_id=key_id)
    answer = regions.move(key_id, EAST)
    assert (answer.key_id, answer.primary_region) == (key_id, EAST)
    assert (home.state(key_id), east.state(key_id)) == ("2", "2")
    # The roles have changed.
    with refused("KMS.0106"):
        regions.replicate(key_id, SOUTH)
    regions.replicate(key_id, SOUTH, caller=east)
    for caller in (home, east, south):
        assert opens(caller, cipher_text) and opens(home, encrypt(caller, key_id))
    regions.move(key_id, HOME, east)
    with refused("KMS.0106"):
        regions.move(key_id, SOUTH, east)


def test_moving_in_each_state(regions):
    for state, code in (("3", "KMS.0209"), ("4", "KMS.0210")):
        key_id = regions.home.create()
        regions.replicate(key_id)
        if state == "3":
            regions.home.disable_key(key_id=key_id)
        else:
            regions.home.delete_key(key_id=key_id, pending_days="7")
        with refused(code):
            regions.move(key_id, EAST)
        assert regions.home.state(key_id) == state
    with refused("KMS.0207"):
        regions.move(MISSING_KEY, EAST)


def test_rotation_is_the_primary_s(regions, clock):
    home, east = regions.home, regions.east
    regions.freeze(clock, NOON)
    key_id = home.create()
    regions.replicate(key_id)
    for call in ("enable_key_rotation", "disable_key_rotation"):
        with refused("KMS.0106"):
            getattr(east, call)(key_id=key_id)
    home.enable_key_rotation(key_id=key_id)
    assert east.describe(key_id).key_rotation_enabled == "true"
    with refused("KMS.0106"):
        east.update_key_rotation_interval(key_id=key_id, rotation_interval=30)
    early = encrypt(east, key_id)
    regions.freeze(clock, NOON + 365 * DAY)
    # Whoever looks at a replica first makes what is due.
    seen = east.show_key_rotation_status(key_id=key_id)
    assert (seen.number_of_rotations, seen.last_rotation_time) == (1, f"{NOON + 365 * DAY}000")
    assert home.show_key_rotation_status(key_id=key_id).number_of_rotations == 1
    late = encrypt(east, key_id)
    for caller in (home, east):
        assert opens(caller, early) and opens(caller, late)


def test_external_keys_share_their_material(regions, clock):
    home, east = regions.home, regions.east
    regions.freeze(clock, NOON)
    key_id, material = home.external(), os.urandom(32)
    home.bring(key_id, material, expiration_time=NOON + DAY)
    regions.replicate(key_id)
    info = east.describe(key_id)
    assert (info.origin, info.key_state, info.expiration_time) == ("external", "2", f"{NOON + DAY}000")
    cipher_text = encrypt(home, key_id)
    assert opens(east, cipher_text)
    parameters = None
    with refused("KMS.1404"):
        east.parameters(key_id)
    with refused("KMS.0106"):
        east.delete_imported_key_material(key_id=key_id)
    home.delete_imported_key_material(key_id=key_id)
    assert (home.state(key_id), east.state(key_id)) == ("5", "5")
    parameters = home.parameters(key_id)
    with refused("KMS.1404"):
        east.import_key_material(key_id=key_id, import_token=parameters.import_token,
                                 encrypted_key_material="A" * 344)
    with refused("KMS.2606"):
        home.bring(key_id, os.urandom(32))
    assert (home.state(key_id), east.state(key_id)) == ("5", "5")
    home.bring(key_id, material, expiration_time=NOON + DAY)
    assert (home.state(key_id), east.state(key_id)) == ("2", "2")
    assert opens(east, cipher_text)
    regions.freeze(clock, NOON + DAY)
    assert (home.state(key_id), east.state(key_id)) == ("5", "5")


def test_a_primary_is_deleted_after_its_replicas(regions, clock):
    home, east = regions.home, regions.east
    regions.freeze(clock, NOON)
    key_id = home.create()
    regions.replicate(key_id)
    assert home.delete_key(key_id=key_id, pending_days="7").key_state == "4"
    assert home.describe(key_id).scheduled_deletion_date == ""
    with refused("KMS.1402"):
        home.delete_key(key_id=key_id, pending_days="7")
    with refused("KMS.0210"):
        encrypt(home, key_id)
    # It waits for as long as the replica lives.
    regions.freeze(clock, NOON + 30 * DAY)
    assert (home.state(key_id), east.state(key_id)) == ("4", "2")
    assert home.cancel_key_deletion(key_id=key_id).key_state == "3"
    home.delete_key(key_id=key_id, pending_days="7")
    east.delete_key(key_id=key_id, pending_days="10")
    regions.freeze(clock, NOON + 40 * DAY)
    with refused("KMS.0207"):
        east.describe(key_id)
    assert home.describe(key_id).scheduled_deletion_date == f"{NOON + 47 * DAY}000"
    regions.freeze(clock, NOON + 47 * DAY)
    with refused("KMS.0207"):
        home.describe(key_id)


def test_of_many_replicas_at_once_one_is_made(regions):
    key_id, project = regions.home.create(), regions.east.project
    path = f"/v2/{regions.home.project}/kms/keys/{key_id}/replicate"

    def ask(_):
        body = json.dumps({"replica_region": EAST, "replica_project_id": project, "key_alias": alias()}).encode()
        return regions.home.send("POST", path, body, regions.home.signed("POST", path, body))

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(ask, range(4)), key=lambda answer: answer.status)
    assert answers[0].status == 200, answers[0].body
    for answer in answers[1:]:
        answer.is_refusal("KMS.3801")
    assert total(regions.east) == 1


def test_a_replica_can_be_made_anew(regions, clock):
    regions.freeze(clock, NOON)
    key_id = regions.home.create()
    regions.replicate(key_id, key_alias="mine")
    regions.east.delete_key(key_id=key_id, pending_days="7")
    with refused("KMS.3801"):
        regions.replicate(key_id)
    regions.freeze(clock, NOON + 7 * DAY)
    regions.replicate(key_id, key_alias="mine")
    assert regions.east.state(key_id) == "2"


def test_one_project_may_lie_in_several_regions(kms, endpoint):
    """Where the region is told by the signature, a replica may live in the same project."""
    key_id = kms.create()
    cipher_text = encrypt(kms, key_id)
    put(kms, "ReplicateKey", key_id, {"key_id": key_id, "replica_region": EAST, "key_alias": "there",
                                      "replica_project_id": kms.project})
    path, body = f"/v1.0/{kms.project}/kms/describe-key", b'{"key_id": "%s"}' % key_id.encode()
    there = kms.send("POST", path, body, kms.signed("POST", path, body, scope=f"{EAST}/kms"))
    assert (there.json["key_info"]["realm"], there.json["key_info"]["key_alias"]) == (EAST, "there")
    assert kms.describe(key_id).realm == HOME and opens(kms, cipher_text)


def test_the_regions_are_listed(kms):
    first = kms.list_support_regions().regions
    everything = kms.list_support_regions(limit=100).regions
    assert len(first) == 10 and first == everything[:10]
    assert {HOME, EAST, SOUTH} <= set(everything) and len(set(everything)) == len(everything)
    assert kms.list_support_regions(limit=3, offset=9).regions == everything[9:12]
    assert kms.list_support_regions(offset=1000).regions == []
    for query, code in [("limit=0", "KMS.1601"), ("limit=x", "KMS.1601"), ("offset=-1", "KMS.1603")]:
        path = f"/v2/{kms.project}/kms/regions?{query}"
        kms.send("GET", path, b"", kms.signed("GET", path)).is_refusal(code)
