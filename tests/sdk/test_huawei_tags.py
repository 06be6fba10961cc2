"""Tags of keys: one by one, in batches, of a whole project, and as a filter."""

import json
from urllib.parse import quote

import pytest
from conftest import running
from huawei_support import DAY, MISSING_KEY, Kms, kms, refused  # noqa: F401

SEQUENCE = "919c82d4-8046-4722-9094-35c3c6524cff"


class Tagger:
    """Calls about tags by hand, for what the SDK cannot send."""

    def __init__(self, kms):
        self.kms = kms

    def send(self, method, rest, body=None):
        path = f"/v1.0/{self.kms.project}/kms/{rest}"
        data = b"" if body is None else json.dumps(body).encode()
        return self.kms.send(method, path, data, self.kms.signed(method, path, data))

    def add(self, key_id, **tag):
        return self.send("POST", f"{key_id}/tags", {"tag": tag})

    def batch(self, key_id, action, *tags):
        return self.send("POST", f"{key_id}/tags/action", {"action": action, "tags": list(tags)})

    def search(self, **body):
        return self.send("POST", "resource_instances/action", body)


@pytest.fixture
def tagger(kms):
    return Tagger(kms)


def tag(key, value=""):
    return {"key": key, "value": value}


def tags(kms, key_id):
    shown = kms.show_kms_tags(key_id=key_id)
    assert shown.exist_tags_num == len(shown.tags)
    return [(each.key, each.value) for each in shown.tags]


def add(kms, key_id, key, value=""):
    return kms.create_kms_tag(key_id=key_id, tag=tag(key, value))


def batch(kms, key_id, action, *items):
    return kms.batch_create_kms_tags(key_id=key_id, action=action, tags=list(items))


def found(kms, **body):
    answer = kms.list_kms_by_tags(resource_instances="resource_instances", **body)
    return [each.resource_id for each in answer.resources], answer.total_count


def test_tags_come_and_go(kms):
    key_id = kms.create()
    assert tags(kms, key_id) == []
    add(kms, key_id, "a", "1")
    add(kms, key_id, "b")
    assert tags(kms, key_id) == [("a", "1"), ("b", "")]
    # The same key again is another value.
    add(kms, key_id, "a", "2")
    assert tags(kms, key_id) == [("a", "2"), ("b", "")]
    kms.delete_tag(key_id=key_id, key="a")
    assert tags(kms, key_id) == [("b", "")]
    with refused("KMS.0416"):
        kms.delete_tag(key_id=key_id, key="a")
    assert tags(kms, key_id) == [("b", "")]


def test_answers_without_content_are_empty(tagger, kms):
    key_id = kms.create()
    for answer in [tagger.add(key_id, key="a", value="1"), tagger.batch(key_id, "create", tag("b")),
                   tagger.batch(key_id, "delete", {"key": "b"}), tagger.send("DELETE", f"{key_id}/tags/a")]:
        assert (answer.status, answer.body) == (204, b"")
        assert answer.headers["x-request-id"]
    shown = tagger.send("GET", f"{key_id}/tags").json
    assert shown == {"tags": [], "existTagsNum": 0}
    add(kms, key_id, "k", "v")
    assert tagger.send("GET", f"{key_id}/tags").json == {"tags": [{"key": "k", "value": "v"}], "existTagsNum": 1}


@pytest.mark.parametrize("name", ["a/b", "a b/c", "/a", "a/", "a%b", "字/符", "action", "a+b?c#d", "a%2Fb"])
def test_keys_in_paths(kms, tagger, name):
    """Encoded as the Python SDK does it, and with its slashes as they are, as the Go SDK does it."""
    key_id = kms.create()
    add(kms, key_id, "keep")
    add(kms, key_id, name, "1")
    kms.delete_tag(key_id=key_id, key=name)
    assert tags(kms, key_id) == [("keep", "")]
    add(kms, key_id, name, "1")
    answer = tagger.send("DELETE", f"{key_id}/tags/{quote(name, safe='/')}")
    assert answer.status == 204, answer.body
    assert tags(kms, key_id) == [("keep", "")]


def test_the_longest_and_the_most(kms):
    key_id = kms.create()
    add(kms, key_id, "字" * 36, "值" * 43)
    batch(kms, key_id, "create", *[tag(f"k{number}") for number in range(9)])
    before = tags(kms, key_id)
    assert len(before) == 10 and before[0] == ("字" * 36, "值" * 43)
    with refused("KMS.0409"):
        add(kms, key_id, "one more")
    with refused("KMS.0409"):
        batch(kms, key_id, "create", tag("k1", "changed"), tag("one more"))
    assert tags(kms, key_id) == before
    # What is there takes no room.
    batch(kms, key_id, "create", tag("k1", "changed"), tag("k2", "changed"))
    assert dict(tags(kms, key_id))["k1"] == "changed"


BAD_TAGS = [
    (tag(""), "KMS.0411"), (tag("k" * 37), "KMS.0411"), (tag("k", "v" * 44), "KMS.0410"),
    *[(tag(f"k{character}"), "KMS.0406") for character in "*<>\\=\n\x1f\0"],
    *[(tag("k", f"v{character}"), "KMS.0405") for character in "*<>\\=\n\x1f\0"],
    ({"value": "v"}, "KMS.0204"), ({"key": None}, "KMS.0204"), ({"key": 5}, "KMS.0214"),
    ({"key": "k", "value": 5}, "KMS.0214"), ("k", "KMS.0214"), ([], "KMS.0214"),
]


def test_tags_that_are_none(kms, tagger):
    key_id = kms.create()
    add(kms, key_id, "a", "1")
    for bad, code in BAD_TAGS:
        tagger.send("POST", f"{key_id}/tags", {"tag": bad}).is_refusal(code)
        tagger.batch(key_id, "create", tag("b"), bad).is_refusal(code)
    assert tags(kms, key_id) == [("a", "1")]
    # A tag may come without a value.
    assert tagger.add(key_id, key="b").status == 204
    assert tags(kms, key_id) == [("a", "1"), ("b", "")]


def test_batches(kms, tagger):
    key_id = kms.create()
    batch(kms, key_id, "create", tag("a", "1"), tag("b", "2"), tag("c", "3"))
    assert tags(kms, key_id) == [("a", "1"), ("b", "2"), ("c", "3")]
    # Values do not count, and names that are not there are passed over.
    batch(kms, key_id, "delete", tag("a", "x"), {"key": "c"}, {"key": "z"})
    assert tags(kms, key_id) == [("b", "2")]
    many = [tag(f"k{number}") for number in range(11)]
    for body, code in [
        ({"action": "create", "tags": []}, "KMS.0401"),
        ({"action": "delete", "tags": []}, "KMS.0401"),
        ({"action": "create"}, "KMS.0204"),
        ({"tags": [tag("a")]}, "KMS.0204"),
        ({"action": "update", "tags": [tag("a")]}, "KMS.0404"),
        ({"action": "", "tags": [tag("a")]}, "KMS.0404"),
        ({"action": 1, "tags": [tag("a")]}, "KMS.0214"),
        ({"action": "create", "tags": "a"}, "KMS.0214"),
        ({"action": "create", "tags": [tag("a"), tag("a", "1")]}, "KMS.0412"),
        ({"action": "create", "tags": many}, "KMS.0409"),
        ({"action": "delete", "tags": many}, "KMS.0407"),
        ({"action": "delete", "tags": [{"key": ""}]}, "KMS.0411"),
        ({"action": "delete", "tags": [{"key": "b"}, {"key": "="}]}, "KMS.0406"),
        ({"action": "create", "tags": [tag("a")], "sequence": "x"}, "KMS.0206"),
    ]:
        tagger.send("POST", f"{key_id}/tags/action", body).is_refusal(code)
    assert tags(kms, key_id) == [("b", "2")]


def test_keys_that_are_none(kms, tagger):
    for key_id, code in [(MISSING_KEY, "KMS.0207"), ("x", "KMS.0205"), (MISSING_KEY.upper(), "KMS.0205"),
                         ("alias%2Fa", "KMS.0205")]:
        tagger.add(key_id, key="a").is_refusal(code)
        tagger.send("GET", f"{key_id}/tags").is_refusal(code)
        tagger.batch(key_id, "create", tag("a")).is_refusal(code)
        tagger.batch(key_id, "delete", tag("a")).is_refusal(code)
        tagger.send("DELETE", f"{key_id}/tags/a").is_refusal(code)
    for path in [f"{MISSING_KEY}/tags/", f"{MISSING_KEY}/tag", f"{MISSING_KEY}/tags/action/x"]:
        tagger.send("POST", path, {}).is_refusal("APIGW.0101")
    tagger.send("POST", f"{MISSING_KEY}/tags", {}).is_refusal("KMS.0204")
    # A body need not name the key, but must not name another one.
    mine = kms.create()
    tagger.send("POST", f"{mine}/tags", {"tag": tag("a"), "key_id": MISSING_KEY}).is_refusal("KMS.0308")
    assert tags(kms, mine) == []
    assert tagger.send("POST", f"{mine}/tags", {"tag": tag("a"), "key_id": mine}).status == 204
    assert tags(kms, mine) == [("a", "")]


@pytest.mark.parametrize("state, code", [("2", None), ("3", None), ("4", "KMS.0210"), ("5", None)])
def test_tags_and_states(kms, tagger, state, code):
    key_id = kms.in_state("5" if state == "5" else "2")
    add(kms, key_id, "a", "1")
    if state == "3":
        kms.disable_key(key_id=key_id)
    if state == "4":
        kms.delete_key(key_id=key_id, pending_days="7")
    assert kms.state(key_id) == state
    for answer in [tagger.add(key_id, key="b"), tagger.batch(key_id, "create", tag("c")),
                   tagger.batch(key_id, "delete", tag("c")), tagger.send("DELETE", f"{key_id}/tags/b")]:
        if code:
            answer.is_refusal(code)
        else:
            assert answer.status == 204
    # They are shown in every state, and survive a deletion that is taken back.
    assert tags(kms, key_id) == [("a", "1")]
    if state == "4":
        kms.cancel_key_deletion(key_id=key_id)
        assert tags(kms, key_id) == [("a", "1")]


def test_the_tags_of_a_project(endpoint, kms, tagger, clock):
    clock.freeze("huawei", kms.account, 1_900_000_000)
    assert tagger.send("GET", "tags").json == {"tags": []}
    first, second = kms.create(), kms.create(key_spec="EC_P256")
    batch(kms, first, "create", tag("b", "2"), tag("a", "1"))
    batch(kms, second, "create", tag("a", "1"), tag("b", "1"), tag("c"))
    listed = {each.key: each.values for each in kms.list_kms_tags().tags}
    assert listed == {"a": ["1"], "b": ["1", "2"], "c": [""]}
    assert Kms(endpoint, kms.name + "x", kms.project).list_kms_tags().tags == []
    # Those of keys that are gone are gone.
    kms.delete_key(key_id=second, pending_days="7")
    clock.advance("huawei", kms.account, 7 * DAY)
    assert {each.key: each.values for each in kms.list_kms_tags().tags} == {"a": ["1"], "b": ["2"]}


def test_keys_by_tags(kms, clock):
    clock.freeze("huawei", kms.account, 1_900_000_000)
    made = []
    for name, items in [("red-1", [("colour", "red"), ("size", "s")]), ("red-2", [("colour", "red"), ("size", "l")]),
                        ("blue-1", [("colour", "blue")]), ("plain", [])]:
        key_id = kms.create(key_alias=name)
        if items:
            batch(kms, key_id, "create", *[tag(*item) for item in items])
        made.append(key_id)
        clock.advance("huawei", kms.account, 1)
    red_1, red_2, blue, plain = made
    assert found(kms, action="filter") == (made[::-1], 4)
    colour = lambda *values: {"key": "colour", "values": list(values)}  # noqa: E731
    for filters, expected in [
        ([], made[::-1]),
        ([colour()], [blue, red_2, red_1]),
        ([{"key": "colour"}], [blue, red_2, red_1]),
        ([colour("red")], [red_2, red_1]),
        # Values are joined by or, tags by and.
        ([colour("red", "blue")], [blue, red_2, red_1]),
        ([colour("red", "blue"), {"key": "size", "values": ["l"]}], [red_2]),
        ([colour("blue"), {"key": "size"}], []),
        ([colour("Red")], []),
        ([{"key": "other"}], []),
    ]:
        assert found(kms, action="filter", tags=filters) == (expected, len(expected)), filters
    for name, expected in [("red", [red_2, red_1]), ("-1", [blue, red_1]), ("plain", [plain]), ("RED", [])]:
        matches = [{"key": "resource_name", "value": name}]
        assert found(kms, action="filter", matches=matches) == (expected, len(expected))
    both = {"tags": [colour("red")], "matches": [{"key": "resource_name", "value": "2"}]}
    assert found(kms, action="filter", **both) == ([red_2], 1)
    # Keys with days to live are still there.
    kms.delete_key(key_id=red_1, pending_days="7")
    assert found(kms, action="filter", tags=[colour("red")]) == ([red_2, red_1], 2)
    clock.advance("huawei", kms.account, 7 * DAY)
    assert found(kms, action="filter", tags=[colour("red")]) == ([red_2], 1)


def test_what_is_told_of_a_key_by_tags(kms, tagger):
    key_id = kms.create(key_alias="mine")
    batch(kms, key_id, "create", tag("b", "2"), tag("a", "1"))
    answer = tagger.search(action="filter").json
    details = kms.post("describe-key", key_id=key_id).json["key_info"]
    assert answer == {"resources": [{"resource_id": key_id, "resource_detail": details, "resource_name": "mine",
                                     "tags": [tag("b", "2"), tag("a", "1")]}], "total_count": 1}
    assert tagger.search(action="count").json == {"resources": None, "total_count": 1}
    assert tagger.search(action="count", tags=[{"key": "z"}]).json == {"resources": None, "total_count": 0}
    # Nobody need say that keys are to be listed.
    assert tagger.search().json == answer


def test_keys_by_tags_in_pages(kms, tagger, clock):
    clock.freeze("huawei", kms.account, 1_900_000_000)
    made = []
    for _ in range(12):
        made.insert(0, kms.create())
        clock.advance("huawei", kms.account, 1)
    assert found(kms, action="filter") == (made[:10], 12)
    assert found(kms, action="filter", limit="5", offset="10") == (made[10:], 12)
    # As numbers, or as one of each, as one client sends them.
    assert [each["resource_id"] for each in tagger.search(limit=2, offset=3).json["resources"]] == made[3:5]
    assert len(tagger.search(limit="1000", offset=0).json["resources"]) == 12
    assert found(kms, action="filter", offset="99") == ([], 12)


BAD_SEARCHES = [
    ({"action": "list"}, "KMS.0404"), ({"action": 5}, "KMS.0214"),
    ({"limit": "0"}, "KMS.1601"), ({"limit": "1001"}, "KMS.1601"), ({"limit": "x"}, "KMS.1601"),
    ({"offset": "-1"}, "KMS.0417"), ({"offset": "x"}, "KMS.0417"), ({"offset": 1.5}, "KMS.0417"),
    ({"offset": []}, "KMS.0417"), ({"offset": "9" * 40}, "KMS.0417"),
    ({"action": "count", "offset": "0"}, "KMS.0418"), ({"action": "count", "limit": "10"}, "KMS.0418"),
    ({"matches": [{"key": "name", "value": "a"}]}, "KMS.0403"),
    ({"matches": [{"key": "resource_name", "value": ""}]}, "KMS.0402"),
    ({"matches": [{"key": "resource_name"}]}, "KMS.0402"),
    ({"matches": [{"key": "resource_name", "value": "a" * 256}]}, "KMS.0402"),
    ({"matches": [{"key": "resource_name", "value": "a"}, {"key": "resource_name", "value": "b"}]}, "KMS.0415"),
    ({"matches": [{"value": "a"}]}, "KMS.0204"), ({"matches": "a"}, "KMS.0214"),
    ({"tags": [{"key": ""}]}, "KMS.0411"), ({"tags": [{"key": "k" * 37}]}, "KMS.0411"),
    ({"tags": [{"key": "a="}]}, "KMS.0406"), ({"tags": [{"key": "a", "values": ["<"]}]}, "KMS.0405"),
    ({"tags": [{"key": "a", "values": ["v" * 44]}]}, "KMS.0410"),
    ({"tags": [{"key": "a", "values": [str(number) for number in range(11)]}]}, "KMS.0413"),
    ({"tags": [{"key": "a", "values": ["1", "1"]}]}, "KMS.0414"),
    ({"tags": [{"key": "a"}, {"key": "a"}]}, "KMS.0414"),
    ({"tags": [{"key": str(number)} for number in range(11)]}, "KMS.0407"),
    ({"tags": [{"values": ["a"]}]}, "KMS.0204"), ({"tags": [{"key": "a", "values": "1"}]}, "KMS.0214"),
    ({"tags": {}}, "KMS.0214"), ({"sequence": "x"}, "KMS.0206"),
]


def test_searches_that_are_none(kms, tagger):
    kms.create()
    for body, code in BAD_SEARCHES:
        tagger.search(**body).is_refusal(code)
    assert tagger.search(sequence=SEQUENCE).status == 200
    for other in ["resources", "resource_instance", "tags", MISSING_KEY]:
        tagger.send("POST", f"{other}/action", {"action": "count"}).is_refusal("KMS.0212")


def test_limits_are_settings(tmp_path):
    settings = {"POLYKMS__HUAWEI__TAG_KEY_LENGTH": "128", "POLYKMS__HUAWEI__TAG_VALUE_LENGTH": "2",
                "POLYKMS__HUAWEI__TAGS_PER_KEY": "3"}
    with running(tmp_path, settings) as server:
        kms = Kms(server.url, "tags")
        key_id = kms.create()
        batch(kms, key_id, "create", tag("k" * 128, "vv"), tag("b"), tag("c"))
        with refused("KMS.0409"):
            add(kms, key_id, "d")
        with refused("KMS.0410"):
            add(kms, key_id, "b", "vvv")
        with refused("KMS.0411"):
            add(kms, key_id, "k" * 129)
        assert tags(kms, key_id) == [("k" * 128, "vv"), ("b", ""), ("c", "")]
