"""The forms that a request may have: flattened names in queries and forms, values and types in each of them."""

import json
import pathlib
import time
from urllib.parse import quote, urlencode

import pytest
from conftest import running

from tencent_support import MISSING_KEY, SM, Kms, Raw, alias, b64, v1

FORM = "application/x-www-form-urlencoded"
TEXT = "ü+1 & 2=%41 Ω?"
INVALID_PARAMETER = "InvalidParameter"


def tc3_get(endpoint, name, action, **parameters):
    request = Raw(endpoint, name, action, b"", verb="GET", query=urlencode(parameters)).set("Content-Type", FORM)
    return request.sign().send()


def in_form(endpoint, name, action, **parameters):
    return v1(endpoint, name, action, **parameters)


def in_query(endpoint, name, action, **parameters):
    return v1(endpoint, name, action, "GET", "HmacSHA1", **parameters)


@pytest.fixture(params=[tc3_get, in_form, in_query], ids=["TC3 by GET", "v1 by POST", "v1 by GET"])
def flat(request, endpoint, tenant_name):
    """Asks with flattened names, in each of the forms that have them."""
    return lambda action, **parameters: request.param(endpoint, tenant_name, action, **parameters)


@pytest.fixture
def plain(endpoint, tenant_name):
    """Asks with a JSON body."""
    return lambda action, body: Raw(endpoint, tenant_name, action, body).sign().send()


def told(answer):
    return answer.code, answer.message


def unknown(name):
    return "UnknownParameter", f"The parameter `{name}` is not recognized."


def missing(name):
    return "MissingParameter", f"The request is missing a required parameter `{name}`."


def wrong_type(name, expected):
    text = f"The value type of parameter `{name}` is not valid, input type should be `{expected}`."
    return INVALID_PARAMETER, text


def test_every_structure(flat, endpoint, tenant_name):
    made = flat("CreateKey", **{
        "Alias": alias(), "Type": "2", "Description": TEXT, "Tags.0.TagKey": "env", "Tags.0.TagValue": "a b",
        "Tags.1.TagKey": "who", "Tags.1.TagValue": "me",
    })
    key_id = made.members["KeyId"]
    other = flat("CreateKey", **{"Alias": alias(), "Tags.0.TagKey": "env", "Tags.0.TagValue": "c"}).members["KeyId"]
    shown = Kms(endpoint, tenant_name).describe(key_id)
    assert (shown.Description, shown.Origin) == (TEXT, "EXTERNAL")
    for filters, found in (
        ({"TagFilters.0.TagKey": "env", "TagFilters.0.TagValue.0": "x", "TagFilters.0.TagValue.1": "a b"}, {key_id}),
        ({"TagFilters.0.TagKey": "env", "TagFilters.0.TagValue.0": "c", "TagFilters.0.TagValue.1": "a b"},
         {key_id, other}),
        ({"TagFilters.0.TagKey": "env", "TagFilters.1.TagKey": "who", "TagFilters.1.TagValue.0": "me"}, {key_id}),
        ({"TagFilters.0.TagKey": "who", "TagFilters.0.TagValue.0": "you"}, set()),
    ):
        members = {"MemberAccounts.0.MemberUin": "1", "MemberAccounts.1.MemberAppId": "2", "Limit": "5"}
        listed = flat("ListKeyDetail", **filters, **members).members
        assert {key["KeyId"] for key in listed["KeyMetadatas"]} == found and listed["TotalCount"] == len(found)
    account = {"MemberAccount.MemberAppId": "1", "MemberAccount.MemberUin": str(2**64 - 1)}
    assert flat("DescribeKey", KeyId=key_id, **account).members["KeyMetadata"]["KeyId"] == key_id
    twelve = {f"KeyIds.{index}": (key_id if index == 11 else MISSING_KEY[:-2] + f"{index:02}") for index in range(12)}
    assert flat("DescribeKeys", **twelve).code == "ResourceUnavailable.CmkNotFound"
    both = flat("DescribeKeys", **{"KeyIds.1": other, "KeyIds.0": key_id}).members["KeyMetadatas"]
    assert [key["KeyId"] for key in both] == [key_id, other]


KEYS_AS_LIST = wrong_type("KeyIds", "list")


@pytest.mark.parametrize("action, parameters, expected", [
    # Lists begin at 0 and leave nothing out; an index is an index, not a size.
    ("DescribeKeys", {"KeyIds.1": MISSING_KEY}, KEYS_AS_LIST),
    ("DescribeKeys", {"KeyIds.0": MISSING_KEY, "KeyIds.2": MISSING_KEY}, KEYS_AS_LIST),
    ("DescribeKeys", {"KeyIds.999999999": MISSING_KEY}, KEYS_AS_LIST),
    ("DescribeKeys", {"KeyIds.0": MISSING_KEY, "KeyIds.4294967296": MISSING_KEY}, KEYS_AS_LIST),
    ("DescribeKeys", {f"KeyIds.{2**64}": MISSING_KEY}, KEYS_AS_LIST),
    ("DescribeKeys", {"KeyIds.-1": MISSING_KEY}, KEYS_AS_LIST),
    ("DescribeKeys", {"KeyIds.00": MISSING_KEY}, KEYS_AS_LIST),
    ("DescribeKeys", {"KeyIds.+0": MISSING_KEY}, KEYS_AS_LIST),
    ("DescribeKeys", {"KeyIds.٠": MISSING_KEY}, KEYS_AS_LIST),
    ("DescribeKeys", {"KeyIds.": MISSING_KEY}, KEYS_AS_LIST),
    ("DescribeKeys", {"KeyIds.N": MISSING_KEY}, KEYS_AS_LIST),
    ("DescribeKeys", {"KeyIds": MISSING_KEY}, KEYS_AS_LIST),
    ("DescribeKeys", {"KeyIds": json.dumps([MISSING_KEY])}, KEYS_AS_LIST),
    ("DescribeKeys", {"KeyIds": ""}, KEYS_AS_LIST),
    ("DescribeKeys", {}, missing("KeyIds")),
    # A name is a value or the way to others.
    ("DescribeKeys", {"KeyIds.0": "a", "KeyIds.0.x": "b"}, (INVALID_PARAMETER, "The parameter `KeyIds.0.x` is repeated.")),
    ("DescribeKeys", {"KeyIds.0.x": "b", "KeyIds.0": "a"}, (INVALID_PARAMETER, "The parameter `KeyIds.0` is repeated.")),
    ("DescribeKeys", {"KeyIds.0": "a", "KeyIds": "b"}, (INVALID_PARAMETER, "The parameter `KeyIds` is repeated.")),
    ("DescribeKeys", {"KeyIds.0.x": "b"}, wrong_type("KeyIds.0", "string")),
    ("DescribeKeys", {"KeyIds.0.0": "b"}, wrong_type("KeyIds.0", "string")),
    ("DescribeKey", {"KeyId.0": MISSING_KEY}, wrong_type("KeyId", "string")),
    ("DescribeKey", {"KeyId": MISSING_KEY, "MemberAccount": "1"}, wrong_type("MemberAccount", "object")),
    ("DescribeKey", {"KeyId": MISSING_KEY, "MemberAccount.0.MemberUin": "1"}, unknown("MemberAccount.0")),
    ("DescribeKey", {"KeyId": MISSING_KEY, "MemberAccount.Bogus": "1"}, unknown("MemberAccount.Bogus")),
    ("DescribeKey", {"KeyId": MISSING_KEY, "MemberAccount.MemberUin": "me"},
     wrong_type("MemberAccount.MemberUin", "uint64")),
    ("CreateKey", {"Alias": "a", "Tags": "a"}, wrong_type("Tags", "list")),
    ("CreateKey", {"Alias": "a", "Tags.TagKey": "a"}, wrong_type("Tags", "list")),
    ("CreateKey", {"Alias": "a", "Tags.0": "a"}, wrong_type("Tags.0", "object")),
    ("CreateKey", {"Alias": "a", "Tags.0.TagKey.0": "a"}, wrong_type("Tags.0.TagKey", "string")),
    ("CreateKey", {"Alias": "a", "Tags.0.TagKey": "a", "Tags.0.Bogus": "x"}, unknown("Tags.0.Bogus")),
    ("CreateKey", {"Alias": "a", "Tags.0.TagValue": "x"}, missing("Tags.0.TagKey")),
    ("ListKeyDetail", {"TagFilters.0.TagKey": "a", "TagFilters.0.TagValue": "x"},
     wrong_type("TagFilters.0.TagValue", "list")),
    ("ListKeyDetail", {"TagFilters.0.TagKey": "a", "TagFilters.0.TagValue.1": "x"},
     wrong_type("TagFilters.0.TagValue", "list")),
    # Names that there are not.
    ("ListKeys", {"Bogus": "1"}, unknown("Bogus")),
    ("ListKeys", {"Bogus.0.a": "1"}, unknown("Bogus")),
    ("ListKeys", {"limit": "1"}, unknown("limit")),
    ("ListKeys", {"": "1"}, unknown("")),
    ("ListKeys", {".": "1"}, unknown("")),
    ("ListKeys", {".".join("abcdefghi"): "1"}, unknown("a")),
    # Values that do not read like their type.
    *[("ListKeys", {"Limit": text}, wrong_type("Limit", "uint64"))
      for text in ("", "-1", "1.0", "1e2", "+1", " 1", "1 ", "0x1", "1_0", "٣", "true", "null", str(2**64), "9" * 400)],
    # Those that do, but are not allowed or meet the action's own check.
    ("ListKeys", {"Limit": str(2**64 - 1)}, (INVALID_PARAMETER, "The value of parameter `Limit` is not valid.")),
    ("DescribeKey", {"KeyId": ""}, ("InvalidParameterValue.InvalidKeyId", "Invalid KeyId.")),
    ("CreateKey", {"Alias": ""}, ("InvalidParameterValue.InvalidAlias", "The alias format is incorrect.")),
    ("DescribeKeys", {"KeyIds.0": ""}, ("InvalidParameterValue.InvalidKeyId", "Invalid KeyId.")),
])
def test_flattened_names(flat, endpoint, tenant_name, action, parameters, expected):
    assert told(flat(action, **parameters)) == expected
    assert Kms(endpoint, tenant_name).ListKeys().TotalCount == 0


def test_numbers_and_empty_texts_that_count(flat):
    assert flat("ListKeys", Limit="010", Offset="0").code is None
    assert flat("ListKeyDetail", SearchKeyAlias="", Origin="", KeyUsage="", HsmClusterId="").code is None
    # None of these is a number here, however it reads.
    assert flat("CreateKey", Alias="123", Description="1").code is None


def test_absurd_indexes_take_no_room(flat, server):
    if server is None:
        pytest.skip("the server is not ours")

    def most_memory():
        status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) // 1024

    before = most_memory()
    for index in (999_999_999, 2**32, 2**63, 10**300):
        answer = flat("DescribeKeys", **{"KeyIds.0": MISSING_KEY, f"KeyIds.{index}": MISSING_KEY})
        assert told(answer) == KEYS_AS_LIST
    assert most_memory() < before + 1000


def test_a_form_full_of_items(endpoint, tenant_name):
    # As much as fits into a megabyte.
    items = {f"KeyIds.{index}": "x" for index in range(50_000)}
    assert in_form(endpoint, tenant_name, "DescribeKeys", **items).code == INVALID_PARAMETER
    items = {f"Bogus.{index}.a": "x" for index in range(40_000)}
    assert told(in_form(endpoint, tenant_name, "ListKeys", **items)) == unknown("Bogus")
    items = {f"b{index}": "x" for index in range(60_000)}
    assert in_form(endpoint, tenant_name, "ListKeys", **items).code == "UnknownParameter"


@pytest.mark.parametrize("verb", ["POST", "GET"])
@pytest.mark.parametrize("encode", [urlencode, lambda pairs: urlencode(pairs, quote_via=quote)], ids=["plus", "%20"])
def test_blanks_either_way(endpoint, tenant_name, verb, encode):
    key_id = Kms(endpoint, tenant_name).create()
    answer = v1(endpoint, tenant_name, "UpdateKeyDescription", verb, KeyId=key_id, Description=TEXT, encode=encode)
    assert answer.code is None
    assert Kms(endpoint, tenant_name).describe(key_id).Description == TEXT


def test_a_form_with_a_charset(endpoint, tenant_name):
    answer = v1(endpoint, tenant_name, "ListKeys", media_type=FORM + "; charset=UTF-8")
    assert answer.members == {"Keys": [], "TotalCount": 0}
    # What is no form has no parameters.
    for media_type in ("application/json", "text/plain", "multipart/form-data; boundary=x"):
        assert v1(endpoint, tenant_name, "ListKeys", media_type=media_type, claim=True).code == "MissingParameter"


@pytest.mark.parametrize("number", ["1.0", "1e2", "1E0", "-1", "-0", "1.5", str(2**64), "1" * 400, "true", '"1"', "[1]",
                                    '{"a":1}', '""'])
def test_numbers_in_json(plain, number):
    answer = plain("ListKeys", f'{{"Limit":{number}}}'.encode())
    assert told(answer) in (wrong_type("Limit", "uint64"), (INVALID_PARAMETER, "The request body is not a valid JSON object."))


def test_numbers_in_json_that_fit(plain):
    for number in (0, 1, 200):
        assert plain("ListKeys", {"Limit": number}).code is None
    answer = plain("ListKeys", {"Limit": 2**64 - 1})
    assert told(answer) == (INVALID_PARAMETER, "The value of parameter `Limit` is not valid.")
    assert plain("DescribeKey", {"KeyId": MISSING_KEY, "MemberAccount": {"MemberUin": 2**64 - 1}}).code == (
        "ResourceUnavailable.CmkNotFound")


@pytest.mark.parametrize("action, body, expected", [
    ("ListKeys", '{"Limit":null,"Offset":null}', (None, None)),
    ("ListKeyDetail", '{"TagFilters":null,"MemberAccounts":null}', (None, None)),
    ("ListKeyDetail", '{"TagFilters":[{"TagKey":"a","TagValue":null}],"MemberAccounts":[{"MemberUin":null}]}', (None, None)),
    ("ListKeyDetail", '{"TagFilters":[{"TagKey":null}]}', missing("TagFilters.0.TagKey")),
    ("ListKeyDetail", '{"TagFilters":[null]}', wrong_type("TagFilters.0", "object")),
    ("DescribeKeys", '{"KeyIds":[null]}', wrong_type("KeyIds.0", "string")),
    ("DescribeKeys", '{"KeyIds":["a",{"b":[]}]}', wrong_type("KeyIds.1", "string")),
    ("DescribeKeys", '{"KeyIds":{"0":"a"}}', wrong_type("KeyIds", "list")),
    ("DescribeKeys", '{"KeyIds.0":"a"}', unknown("KeyIds.0")),
    ("DescribeKeys", '{"KeyIds":[]}', (INVALID_PARAMETER, "The value of parameter `KeyIds` is not valid.")),
    ("ListKeys", '{"Bogus":null}', unknown("Bogus")),
    ("ListKeys", '{"":1}', unknown("")),
    ("ListKeys", '{"Action":"ListKeys"}', unknown("Action")),
    ("ListKeyDetail", '{"TagFilters":[{"TagKey":"a","TagValue":[1]}]}', wrong_type("TagFilters.0.TagValue.0", "string")),
    ("ListKeyDetail", '{"TagFilters":[{"TagKey":"a","Bogus":{"a":1}}]}', unknown("TagFilters.0.Bogus")),
    ("ListKeyDetail", '{"MemberAccounts":[{"MemberUin":1},{"Bogus":1}]}', unknown("MemberAccounts.1.Bogus")),
    ("ListKeyDetail", '{"TagFilters":[{"TagKey":"a","TagKey":"a"}]}',
     (INVALID_PARAMETER, "The request body is not a valid JSON object.")),
])
def test_members_in_json(plain, action, body, expected):
    answer = plain(action, body.encode())
    assert told(answer) == expected


@pytest.fixture(scope="module")
def lenient(tmp_path_factory):
    with running(tmp_path_factory.mktemp("lenient"), {"POLYKMS__TENCENT__LENIENT_INTEGERS": "true"}) as server:
        yield server.url


def test_decimal_text_where_it_is_let_pass(lenient, tenant_name):
    def ask(action, body):
        return Raw(lenient, tenant_name, action, body).sign().send()

    for limit in ("5", "0", "007", "200"):
        assert ask("ListKeys", {"Limit": limit}).code is None
    for limit in ("", "-1", "1.0", "1e2", " 5", "+5", "0x5", "true", str(2**64), [5], ["5"], True, 1.0):
        assert told(ask("ListKeys", {"Limit": limit})) == wrong_type("Limit", "uint64")
    # The documentation's own examples.
    key_id = Kms(lenient, tenant_name).create()
    Kms(lenient, tenant_name).DisableKey(KeyId=key_id)
    assert ask("ScheduleKeyDeletion", {"KeyId": key_id, "PendingWindowInDays": "7"}).members["KeyId"] == key_id
    inner = {"KeyId": key_id, "MemberAccount": {"MemberUin": "1"}}
    assert ask("DescribeKey", inner).members["KeyMetadata"]["KeyState"] == "PendingDelete"
    # Text stays text where text belongs.
    assert ask("CreateKey", {"Alias": "7", "Description": "7"}).members["Alias"] == "7"
    assert told(ask("CreateKey", {"Alias": 7})) == wrong_type("Alias", "string")


def test_what_is_asked_in_two_places(endpoint, tenant_name):
    """Parameters come from the one place that the form of the request has; nothing elsewhere counts."""
    # A query beside a JSON body is not signed and not read.
    request = Raw(endpoint, tenant_name, "ListKeys", {"Limit": 1}, query="Bogus=1&Limit=x")
    assert request.sign().send().code is None
    # A body of a GET neither.
    request = Raw(endpoint, tenant_name, "ListKeys", b"", verb="GET", query="Limit=1").set("Content-Type", FORM).sign()
    request.body = b'{"Bogus":1}'
    assert request.send().code is None
    # Common parameters have no place in the query under TC3.
    assert told(tc3_get(endpoint, tenant_name, "ListKeys", Action="ListKeys")) == unknown("Action")
    assert told(tc3_get(endpoint, tenant_name, "ListKeys", Region=SM)) == unknown("Region")
    # In a form, headers name nothing.
    answer = v1(endpoint, tenant_name, "ListKeys", drop=["Action"], claim=True)
    assert told(answer) == missing("Action")


def test_the_edges_of_size(endpoint, tenant_name):
    query = "SearchKeyAlias="
    request = Raw(endpoint, tenant_name, "ListKeyDetail", b"", verb="GET", query=query + "a" * (32 * 1024 - len(query)))
    assert request.set("Content-Type", FORM).sign().send().code is None
    request.query += "a"
    assert request.sign().send().code == "RequestSizeLimitExceeded"
    over = v1(endpoint, tenant_name, "ListKeyDetail", "GET", SearchKeyAlias="a" * 32 * 1024)
    assert over.code == "RequestSizeLimitExceeded"
    assert v1(endpoint, tenant_name, "ListKeyDetail", total=1024 * 1024).code is None
    assert v1(endpoint, tenant_name, "ListKeyDetail", total=1024 * 1024 + 1).code == "AuthFailure.SignatureFailure"
    for more in (0, 1):
        body = json.dumps({"SearchKeyAlias": ""}).encode()
        body = body[:-2] + b"a" * (10 * 1024 * 1024 + more - len(body)) + body[-2:]
        answer = Raw(endpoint, tenant_name, "ListKeyDetail", body).sign().send()
        assert answer.code == ("RequestSizeLimitExceeded" if more else None)
    # Too large for either signature.
    answer = v1(endpoint, tenant_name, "ListKeyDetail", total=11 * 1024 * 1024)
    assert answer.code == "AuthFailure.SignatureFailure" and "`TC3-HMAC-SHA256`" in answer.message


@pytest.mark.parametrize("common, code", [
    ({"Action": "Bogus"}, "InvalidAction"),
    ({"Action": "describekey"}, "InvalidAction"),
    ({"Version": "2019-01-17"}, "NoSuchVersion"),
    ({"Version": "x"}, "NoSuchVersion"),
    ({"Region": "nowhere"}, "InvalidParameterValue"),
    ({"Region": "ap-shenzhen"}, "UnsupportedRegion"),
    # The version is looked at first, then the action, then the region.
    ({"Version": "x", "Action": "Bogus", "Region": "nowhere"}, "NoSuchVersion"),
    ({"Action": "Bogus", "Region": "nowhere"}, "InvalidAction"),
    ({"Region": "nowhere", "Bogus": "1"}, "InvalidParameterValue"),
])
def test_common_parameters_in_every_form(endpoint, tenant_name, common, code):
    for verb in ("POST", "GET"):
        answer = v1(endpoint, tenant_name, verb=verb, **{"KeyId": MISSING_KEY, **{
            name: value for name, value in common.items() if name != "Action"}}, action=common.get("Action", "DescribeKey"))
        assert answer.code == code
        if code == "InvalidParameterValue":
            assert "`Region`" in answer.message
        query = urlencode({"KeyId": MISSING_KEY, **({"Bogus": 1} if "Bogus" in common else {})})
        request = Raw(endpoint, tenant_name, common.get("Action", "DescribeKey"), b"{}" if verb == "POST" else b"",
                      verb=verb, query=query).at(int(time.time()) - 100)
        request.set("Content-Type", "application/json" if verb == "POST" else FORM)
        for name in ("Version", "Region"):
            if name in common:
                request.set(f"X-TC-{name}", common[name])
        answer = request.sign().send()
        assert answer.code == code
        if code == "InvalidParameterValue":
            assert "`X-TC-Region`" in answer.message


def test_values_are_data(plain, flat):
    """Nothing in a value is read as anything but text."""
    for text in ("`;--", "${x}", "%00", "\x00", "\u202e", "a" * 1025):
        code = plain("UpdateKeyDescription", {"KeyId": MISSING_KEY, "Description": text}).code
        assert code in ("ResourceUnavailable.CmkNotFound", INVALID_PARAMETER)
        assert flat("UpdateKeyDescription", KeyId=MISSING_KEY, Description=text).code == code
    assert plain("Encrypt", {"KeyId": MISSING_KEY, "Plaintext": b64(b"x")}).code == "ResourceUnavailable.CmkNotFound"
