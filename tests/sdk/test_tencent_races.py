"""Many callers at once."""

import os
from concurrent.futures import ThreadPoolExecutor

from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from wrapping import wrap

from tencent_support import Kms, alias, b64, unb64

CALLERS = 8


def at_once(endpoint, tenant_name, act):
    """What each of several callers hears: an answer, or a code."""

    def one(number):
        try:
            return act(Kms(endpoint, tenant_name), number)
        except TencentCloudSDKException as refusal:
            return refusal.get_code()

    with ThreadPoolExecutor(CALLERS) as pool:
        return list(pool.map(one, range(CALLERS)))


def test_one_material_wins(endpoint, tenant_name):
    kms = Kms(endpoint, tenant_name)
    key_id = kms.external()
    given = kms.parameters(key_id)
    materials = [os.urandom(16) for _ in range(CALLERS)]
    blobs = [b64(wrap("RSAES_OAEP_SHA_256", unb64(given.PublicKey), material)) for material in materials]

    def bring(kms, number):
        kms.ImportKeyMaterial(KeyId=key_id, ImportToken=given.ImportToken, EncryptedKeyMaterial=blobs[number])

    heard = at_once(endpoint, tenant_name, bring)
    assert sorted(map(str, heard)) == ["InvalidParameterValue.MaterialNotMatch"] * (CALLERS - 1) + ["None"]
    winner = heard.index(None)
    blob = kms.seal(key_id, b"of the winner")
    kms.DeleteImportedKeyMaterial(KeyId=key_id)
    kms.bring(key_id, materials[winner])
    assert kms.open(blob) == b"of the winner"


def test_the_last_parameters_are_the_only_good_ones(endpoint, tenant_name):
    kms = Kms(endpoint, tenant_name)
    key_id = kms.external()
    material = os.urandom(16)
    given = at_once(endpoint, tenant_name, lambda kms, _: kms.parameters(key_id))
    assert len({parameters.PublicKey for parameters in given}) == CALLERS
    heard = at_once(endpoint, tenant_name, lambda kms, number: kms.bring(key_id, material, given=given[number]).RequestId)
    assert sorted(code for code in heard if "." in code) == ["ResourceUnavailable.TokenExpired"] * (CALLERS - 1)


def test_one_alias_wins(endpoint, tenant_name):
    name = alias()
    heard = at_once(endpoint, tenant_name, lambda kms, _: kms.CreateKey(Alias=name).Alias)
    assert sorted(heard) == sorted(["InvalidParameterValue.AliasAlreadyExists"] * (CALLERS - 1) + [name])


def test_a_key_is_disabled_and_scheduled_once(endpoint, tenant_name):
    kms = Kms(endpoint, tenant_name)
    key_id = kms.create()
    kms.DisableKey(KeyId=key_id)
    heard = at_once(endpoint, tenant_name,
                    lambda kms, number: kms.ScheduleKeyDeletion(KeyId=key_id, PendingWindowInDays=7 + number).KeyId)
    assert sorted(heard) == sorted(["ResourceUnavailable.CmkStateNotSupport"] * (CALLERS - 1) + [key_id])
