"""Descriptions and tags of keys."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from aws_support import Kms, refused


@pytest.fixture
def kms(endpoint, tenant_name):
    return Kms(endpoint, tenant_name)


def tag(key, value="v"):
    return {"TagKey": key, "TagValue": value}


def tags(kms, key_id):
    return kms.list_resource_tags(KeyId=key_id)["Tags"]


def test_a_description_is_replaced_and_nothing_else(kms):
    before = kms.create_key(Description="first", Tags=[tag("a")])["KeyMetadata"]
    key_id = before["KeyId"]
    for description in ("second", "", "Schl\u00fcssel \u5bc6\u94a5", "x" * 8192):
        assert "Description" not in kms.update_key_description(KeyId=key_id, Description=description)
        assert kms.describe(key_id) == {**before, "Description": description}
    with refused("ValidationException"):
        kms.update_key_description(KeyId=key_id, Description="x" * 8193)
    kms.update_key_description(KeyId=before["Arn"], Description="by ARN")
    assert kms.describe(key_id)["Description"] == "by ARN"
    assert tags(kms, key_id) == [tag("a")]


def test_tags_come_and_go(kms):
    key_id = kms.create_key(Tags=[tag("b", "1"), tag("a", "2")])["KeyMetadata"]["KeyId"]
    assert tags(kms, key_id) == [tag("b", "1"), tag("a", "2")]
    kms.tag_resource(KeyId=key_id, Tags=[tag("a", "3"), tag("A", "4"), tag("c", "")])
    assert tags(kms, key_id) == [tag("b", "1"), tag("a", "3"), tag("A", "4"), tag("c", "")]
    kms.untag_resource(KeyId=key_id, TagKeys=["a", "none", "c"])
    assert tags(kms, kms.arn(key_id)) == [tag("b", "1"), tag("A", "4")]
    kms.tag_resource(KeyId=key_id, Tags=[])
    kms.untag_resource(KeyId=key_id, TagKeys=[])
    assert tags(kms, key_id) == [tag("b", "1"), tag("A", "4")]


@pytest.mark.parametrize("given, message", [
    ([tag("x"), tag("x", "w")], "Duplicate tag keys"),
    ([tag(f"t{number}") for number in range(51)], "Too many tags"),
    ([tag(f"t{number}") for number in range(50)], "Too many tags"),
    ([tag("x"), tag("aws:x")], "Tags beginning with aws: are reserved"),
    ([tag("AwS:x")], "Tags beginning with aws: are reserved"),
])
def test_tags_keep_the_rules(kms, given, message):
    key_id = kms.create_key(Tags=[tag("a")])["KeyMetadata"]["KeyId"]
    with refused("TagException", message):
        kms.tag_resource(KeyId=key_id, Tags=given)
    assert tags(kms, key_id) == [tag("a")]


def test_fifty_tags_can_all_be_overwritten(kms):
    fifty = [tag(f"t{number}") for number in range(50)]
    key_id = kms.create_key(Tags=fifty)["KeyMetadata"]["KeyId"]
    kms.tag_resource(KeyId=key_id, Tags=[tag(f"t{number}", "w") for number in range(50)])
    answer = kms.list_resource_tags(KeyId=key_id, Limit=1000)
    assert answer["Tags"] == [tag(f"t{number}", "w") for number in range(50)]
    assert answer["Truncated"] is False and "NextMarker" not in answer


def test_untagging_reserved_names(kms):
    with refused("TagException", "Tags beginning with aws: are reserved"):
        kms.untag_resource(KeyId=kms.create(), TagKeys=["aws:x"])


def test_pages_of_tags(kms):
    given = [tag(f"t{number}") for number in range(7)]
    key_id = kms.create_key(Tags=given)["KeyMetadata"]["KeyId"]
    pages = list(kms.get_paginator("list_resource_tags").paginate(KeyId=key_id, PaginationConfig={"PageSize": 3}))
    assert [len(page["Tags"]) for page in pages] == [3, 3, 1]
    assert [page["Truncated"] for page in pages] == [True, True, False]
    assert sum((page["Tags"] for page in pages), []) == given
    kms.untag_resource(KeyId=key_id, TagKeys=["t2"])
    for marker in (pages[0]["NextMarker"], "nonsense", "a2V5cy8="):
        with refused("InvalidMarkerException"):
            kms.list_resource_tags(KeyId=key_id, Marker=marker)
    for limit in (0, 1001):
        with refused("ValidationException"):
            kms.unchecked().list_resource_tags(KeyId=key_id, Limit=limit)


def test_tagging_at_once_loses_nothing(kms):
    key_id = kms.create()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: kms.tag_resource(KeyId=key_id, Tags=[tag(str(number))]), range(24)))
    assert {found["TagKey"] for found in tags(kms, key_id)} == {str(number) for number in range(24)}
