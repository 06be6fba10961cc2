"""External key stores: a real proxy behind them, over TLS and, as the settings allow for tests, without."""

import base64

import pytest
from aws_support import Kms, refused
from conftest import TenantClock, admin_of
from key_stores_support import SETTLING, serving
from xks_proxy import ACCESS_KEY_ID, CREDENTIAL, PREFIX, Proxy, tls

HOST, SECURE, STRANGE = "xks.example.com", "secure.example.com", "strange.example.com"
SERVICE = "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0"
STATE = "CustomKeyStoreInvalidStateException"
UNINTELLIGIBLE = ("AWS KMS cannot interpret the response from the external key store proxy. If you see this error "
                  "repeatedly, report it to your external key store proxy administrator.")
UNREACHABLE = ("AWS KMS cannot communicate with the external key store proxy. This might be a transient network issue. "
               "If you see this error repeatedly, verify that your external key store proxy is active and is connected "
               "to the network, and that its endpoint URI is correct in your external key store.")
DISCONNECTED = ("This KMS key is in a custom key store that is not connected to its external key store proxy. Connect "
                "the external key store and try the request again.")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("external-key-stores")
    context, root = tls(folder, SECURE)
    strange, _ = tls(folder, STRANGE)
    plain, secure, stranger = Proxy(), Proxy(context), Proxy(strange)
    proxies = [f"{HOST}=http://{plain.address}", f"{SECURE}=https://{secure.address}",
               f"{STRANGE}=https://{stranger.address}", "dead.example.com=http://127.0.0.1:1",
               f"other.example.com=http://{plain.address}"]
    with serving(folder, proxies, root) as server:
        yield server.url, plain, secure
    for proxy in (plain, secure, stranger):
        proxy.close()


@pytest.fixture
def proxy(place):
    place[1].reset()
    return place[1]


@pytest.fixture
def clock(place):
    clock = TenantClock(admin_of(place[0]))
    yield clock
    for vendor, account in list(clock.moved):
        clock.reset(vendor, account)


@pytest.fixture
def kms(place, tenant_name, clock, proxy):
    kms = Kms(place[0], tenant_name)
    clock.freeze("aws", kms.access_id, 1_800_000_000)
    return kms


@pytest.fixture
def later(kms, clock):
    return lambda by=SETTLING: clock.advance("aws", kms.access_id, by)


def make(kms, name="mine", host=HOST, path=PREFIX, credential=None, connectivity="PUBLIC_ENDPOINT", **more):
    return kms.create_custom_key_store(
        CustomKeyStoreName=name, CustomKeyStoreType="EXTERNAL_KEY_STORE", XksProxyConnectivity=connectivity,
        XksProxyUriEndpoint=f"https://{host}", XksProxyUriPath=path,
        XksProxyAuthenticationCredential=credential or CREDENTIAL, **more)["CustomKeyStoreId"]


def described(kms, store):
    [line] = kms.describe_custom_key_stores(CustomKeyStoreId=store)["CustomKeyStores"]
    return line


def state(kms, store):
    line = described(kms, store)
    return line["ConnectionState"], line.get("ConnectionErrorCode")


def connect(kms, store, later):
    kms.connect_custom_key_store(CustomKeyStoreId=store)
    later()
    return state(kms, store)


@pytest.fixture
def connected(kms, later):
    store = make(kms)
    assert connect(kms, store, later) == ("CONNECTED", None)
    return store


def new_key(kms, store, name, **more):
    return kms.create_key(Origin="EXTERNAL_KEY_STORE", CustomKeyStoreId=store, XksKeyId=name, **more)["KeyMetadata"]


@pytest.fixture
def key(kms, connected, proxy):
    return new_key(kms, connected, proxy.new_key())["KeyId"]


def test_a_new_store(kms, proxy):
    store = make(kms)
    [(call, request)] = proxy.calls
    assert call == "health" and request["requestMetadata"]["kmsOperation"] == "CreateCustomKeyStore"
    assert len(request["requestMetadata"]["kmsRequestId"]) == 36
    line = described(kms, store)
    assert (line["CustomKeyStoreType"], line["ConnectionState"]) == ("EXTERNAL_KEY_STORE", "DISCONNECTED")
    assert line["XksProxyConfiguration"] == {
        "Connectivity": "PUBLIC_ENDPOINT", "AccessKeyId": ACCESS_KEY_ID, "UriEndpoint": f"https://{HOST}",
        "UriPath": PREFIX}
    assert "CloudHsmClusterId" not in line and "TrustAnchorCertificate" not in line


WRONG = {"AccessKeyId": "ABCDEFGHIJKLMNOPQRSTUVWX", "RawSecretAccessKey": "x" * 43}
OF_HEALTH = [
    ((401, "AuthenticationFailedException"), "XksProxyIncorrectAuthenticationCredentialException", "INVALID_CREDENTIALS"),
    ((404, "InvalidUriPathException"), "XksProxyInvalidConfigurationException", "XKS_PROXY_INVALID_CONFIGURATION"),
    ((500, "InternalException"), "XksProxyInvalidResponseException", "XKS_PROXY_INVALID_RESPONSE"),
    ((503, "DependencyTimeoutException"), "XksProxyUriUnreachableException", "XKS_PROXY_TIMED_OUT"),
    ((429, "ThrottlingException"), "XksProxyUriUnreachableException", "XKS_PROXY_NOT_REACHABLE"),
    ((403, "AccessDeniedException"), "XksProxyInvalidResponseException", "XKS_PROXY_ACCESS_DENIED"),
    ((500, b"<html>"), "XksProxyInvalidResponseException", "XKS_PROXY_INVALID_RESPONSE"),
    ((302, b""), "XksProxyInvalidResponseException", "XKS_PROXY_INVALID_RESPONSE"),
    (b"{}", "XksProxyInvalidResponseException", "XKS_PROXY_INVALID_RESPONSE"),
    (b"x" * 100_000, "XksProxyInvalidResponseException", "XKS_PROXY_INVALID_RESPONSE"),
]


@pytest.mark.parametrize(("fault", "code", "connection_code"), OF_HEALTH)
def test_proxies_that_are_not_well(kms, proxy, later, fault, code, connection_code):
    store = make(kms)
    proxy.faults = {"health": fault}
    with refused(code):
        make(kms, "other", path="/other/kms/xks/v1")
    with refused(code):
        kms.update_custom_key_store(CustomKeyStoreId=store, XksProxyUriPath="/other/kms/xks/v1")
    assert described(kms, store)["XksProxyConfiguration"]["UriPath"] == PREFIX
    assert connect(kms, store, later) == ("FAILED", connection_code)


def test_sick_key_managers(kms, proxy, later):
    store = make(kms)
    proxy.statuses = ["UNAVAILABLE", "UNAVAILABLE"]
    with refused("XksProxyUriUnreachableException"):
        make(kms, "other", host="other.example.com")
    assert connect(kms, store, later) == ("FAILED", "XKS_PROXY_NOT_REACHABLE")
    kms.disconnect_custom_key_store(CustomKeyStoreId=store)
    later()
    proxy.statuses = ["UNAVAILABLE", "DEGRADED"]
    assert connect(kms, store, later) == ("CONNECTED", None)


def test_proxies_that_do_not_answer(kms, proxy, later):
    for host in ("dead.example.com", "not-allowed.example.com", "localhost"):
        with refused("XksProxyUriUnreachableException", UNREACHABLE):
            make(kms, host=host)
    with refused("XksProxyUriUnreachableException"):
        make(kms, host=STRANGE)
    with refused("XksProxyIncorrectAuthenticationCredentialException"):
        make(kms, credential=WRONG)
    with refused("XksProxyInvalidConfigurationException"):
        make(kms, path="/wrong/kms/xks/v1")
    assert kms.describe_custom_key_stores()["CustomKeyStores"] == []


def test_slow_proxies(kms, proxy, key):
    # Longer than this server's patience.
    proxy.faults = {"encrypt": 6}
    with refused("KMSInvalidStateException", "AWS KMS rejected the request because the external key store proxy did not "
                 "respond in time. Retry the request. If you see this error repeatedly, report it to your external key "
                 "store proxy administrator."):
        kms.encrypt(KeyId=key, Plaintext=b"x")


def test_stores_through_a_vpc_are_called_when_connected(kms, proxy, later):
    with refused("ValidationException"):
        make(kms, connectivity="VPC_ENDPOINT_SERVICE")
    with refused("ValidationException"):
        make(kms, XksProxyVpcEndpointServiceName=SERVICE)
    vpc = {"connectivity": "VPC_ENDPOINT_SERVICE", "XksProxyVpcEndpointServiceName": SERVICE}
    store = make(kms, host="dead.example.com", **vpc)
    assert proxy.calls == []
    configuration = described(kms, store)["XksProxyConfiguration"]
    assert configuration["VpcEndpointServiceName"] == SERVICE
    assert configuration["VpcEndpointServiceOwner"] == kms.account
    assert connect(kms, store, later) == ("FAILED", "XKS_PROXY_NOT_REACHABLE")
    with refused("XksProxyVpcEndpointServiceInUseException"):
        make(kms, "other", **vpc)
    with refused("XksProxyUriEndpointInUseException"):
        make(kms, "other", host="dead.example.com", path="/other/kms/xks/v1")


def test_addresses_are_taken_once(kms, later):
    make(kms)
    with refused("XksProxyUriInUseException"):
        make(kms, "other")
    other = make(kms, "other", host="other.example.com")
    with refused("XksProxyUriInUseException"):
        kms.update_custom_key_store(CustomKeyStoreId=other, XksProxyUriEndpoint=f"https://{HOST}")
    with refused("CustomKeyStoreNameInUseException"):
        make(kms, host=SECURE)
    with refused("ValidationException"):
        kms.update_custom_key_store(CustomKeyStoreId=other, KeyStorePassword="password")


@pytest.mark.parametrize("member", ["XksProxyConnectivity", "XksProxyUriEndpoint", "XksProxyUriPath",
                                    "XksProxyAuthenticationCredential"])
def test_what_a_proxy_needs(kms, member):
    parameters = {"CustomKeyStoreName": "n", "CustomKeyStoreType": "EXTERNAL_KEY_STORE",
                  "XksProxyConnectivity": "PUBLIC_ENDPOINT", "XksProxyUriEndpoint": f"https://{HOST}",
                  "XksProxyUriPath": PREFIX, "XksProxyAuthenticationCredential": CREDENTIAL}
    del parameters[member]
    with refused("ValidationException"):
        kms.create_custom_key_store(**parameters)
    with refused("ValidationException"):
        make(kms, CloudHsmClusterId="cluster-2222222222g")


def test_over_tls(kms, place, later):
    store = make(kms, host=SECURE)
    assert connect(kms, store, later) == ("CONNECTED", None)
    key = new_key(kms, store, place[2].new_key())["KeyId"]
    sealed = kms.encrypt(KeyId=key, Plaintext=b"hello")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"hello"


def test_certificates_of_others_are_not_trusted(kms, later):
    store = make(kms, host=STRANGE, connectivity="VPC_ENDPOINT_SERVICE", XksProxyVpcEndpointServiceName=SERVICE)
    assert connect(kms, store, later) == ("FAILED", "XKS_PROXY_INVALID_TLS_CONFIGURATION")


def test_changes_while_connected(kms, connected, proxy, later):
    rotated = {"AccessKeyId": ACCESS_KEY_ID, "RawSecretAccessKey": "y" * 43}
    with refused("XksProxyIncorrectAuthenticationCredentialException"):
        kms.update_custom_key_store(CustomKeyStoreId=connected, XksProxyAuthenticationCredential=rotated)
    kms.update_custom_key_store(CustomKeyStoreId=connected, XksProxyAuthenticationCredential=CREDENTIAL,
                                NewCustomKeyStoreName="new name")
    assert described(kms, connected)["CustomKeyStoreName"] == "new name"
    assert proxy.calls[-1][1]["requestMetadata"]["kmsOperation"] == "UpdateCustomKeyStore"
    change = {"XksProxyUriEndpoint": "https://other.example.com"}
    with refused(STATE):
        kms.update_custom_key_store(CustomKeyStoreId=connected, **change)
    kms.disconnect_custom_key_store(CustomKeyStoreId=connected)
    later()
    kms.update_custom_key_store(CustomKeyStoreId=connected, **change)
    assert described(kms, connected)["XksProxyConfiguration"]["UriEndpoint"] == "https://other.example.com"
    with refused("ValidationException"):
        kms.update_custom_key_store(CustomKeyStoreId=connected, XksProxyConnectivity="VPC_ENDPOINT_SERVICE")
    kms.update_custom_key_store(CustomKeyStoreId=connected, XksProxyConnectivity="VPC_ENDPOINT_SERVICE",
                                XksProxyUriEndpoint=f"https://{HOST}", XksProxyVpcEndpointServiceName=SERVICE)
    configuration = described(kms, connected)["XksProxyConfiguration"]
    assert (configuration["Connectivity"], configuration["VpcEndpointServiceName"]) == ("VPC_ENDPOINT_SERVICE", SERVICE)


def test_an_external_key(kms, connected, proxy):
    name = proxy.new_key()
    made = new_key(kms, connected, name)
    assert (made["Origin"], made["KeyState"], made["CustomKeyStoreId"]) == ("EXTERNAL_KEY_STORE", "Enabled", connected)
    assert made["XksKeyConfiguration"] == {"Id": name}
    assert "CurrentKeyMaterialId" not in made and "CloudHsmClusterId" not in made
    call, request = proxy.calls[-1]
    assert call == "metadata" and request["requestMetadata"]["kmsOperation"] == "CreateKey"
    assert request["requestMetadata"]["awsPrincipalArn"].startswith("arn:aws:iam::")
    with refused("XksKeyAlreadyInUseException"):
        new_key(kms, connected, name)
    with refused("XksKeyNotFoundException"):
        new_key(kms, connected, "nobody")


@pytest.mark.parametrize("facts", [
    {"keySpec": "AES_128"}, {"keyUsage": ["ENCRYPT"]}, {"keyUsage": ["DECRYPT"]}, {"keyStatus": "DISABLED"}])
def test_external_keys_that_are_unfit(kms, connected, proxy, facts):
    with refused("XksKeyInvalidConfigurationException"):
        new_key(kms, connected, proxy.new_key(**facts))
    assert kms.list_keys()["Keys"] == []


@pytest.mark.parametrize(("fault", "code"), [
    ((400, "ValidationException"), STATE), ((401, "AuthenticationFailedException"), STATE),
    ((404, "InvalidUriPathException"), STATE), ((503, "DependencyTimeoutException"), STATE),
    ((429, "ThrottlingException"), STATE), ((500, "InternalException"), STATE), (b"[]", STATE),
    ((403, "AccessDeniedException"), "KMSInvalidStateException"), ((404, "KeyNotFoundException"), "XksKeyNotFoundException"),
    ((400, "InvalidStateException"), "XksKeyInvalidConfigurationException"),
    ((400, "InvalidKeyUsageException"), "XksKeyInvalidConfigurationException"),
])
def test_proxies_that_do_not_show_a_key(kms, connected, proxy, fault, code):
    proxy.faults = {"metadata": fault}
    with refused(code):
        new_key(kms, connected, proxy.new_key())


def test_encryption_is_double(kms, key, proxy):
    context = {"project": "nile"}
    sealed = kms.encrypt(KeyId=key, Plaintext=b"hello", EncryptionContext=context)["CiphertextBlob"]
    call, request = proxy.calls[-1]
    assert call == "encrypt"
    metadata = request["requestMetadata"]
    assert (metadata["kmsOperation"], metadata["kmsKeyArn"]) == ("Encrypt", kms.arn(key))
    # What the proxy gets is no plaintext, but our own ciphertext with its tag.
    assert len(base64.b64decode(request["plaintext"])) == 5 + 16 and b"hello" not in base64.b64decode(request["plaintext"])
    opened = kms.decrypt(CiphertextBlob=sealed, EncryptionContext=context)
    assert (opened["Plaintext"], opened["KeyId"]) == (b"hello", kms.arn(key))
    assert proxy.calls[-1][0] == "decrypt"
    assert proxy.calls[-1][1]["additionalAuthenticatedData"] == request["additionalAuthenticatedData"]
    for wrong in ({}, {"project": "amazon"}):
        with refused("KMSInvalidStateException", "The external key store proxy rejected the request because the specified "
                     "ciphertext or encryption context is corrupted, missing, or otherwise invalid."):
            kms.decrypt(CiphertextBlob=sealed, EncryptionContext=wrong)
    longest = kms.encrypt(KeyId=key, Plaintext=b"x" * 4096, EncryptionContext={"a": "b" * 8191})["CiphertextBlob"]
    assert len(longest) <= 6144
    assert kms.decrypt(CiphertextBlob=longest, EncryptionContext={"a": "b" * 8191})["Plaintext"] == b"x" * 4096


def test_data_keys_and_re_encryption(kms, key, connected, proxy):
    made = kms.generate_data_key(KeyId=key, KeySpec="AES_256")
    assert proxy.calls[-1][1]["requestMetadata"]["kmsOperation"] == "GenerateDataKey"
    assert kms.decrypt(KeyId=key, CiphertextBlob=made["CiphertextBlob"])["Plaintext"] == made["Plaintext"]
    blind = kms.generate_data_key_without_plaintext(KeyId=key, NumberOfBytes=20)["CiphertextBlob"]
    assert len(kms.decrypt(CiphertextBlob=blind)["Plaintext"]) == 20
    other = new_key(kms, connected, proxy.new_key())["KeyId"]
    moved = kms.re_encrypt(CiphertextBlob=made["CiphertextBlob"], DestinationKeyId=other)
    assert [call for call, _ in proxy.calls[-2:]] == ["decrypt", "encrypt"]
    assert moved["KeyId"] == kms.arn(other)
    assert kms.decrypt(CiphertextBlob=moved["CiphertextBlob"])["Plaintext"] == made["Plaintext"]
    with refused("UnsupportedOperationException"):
        kms.generate_data_key_pair(KeyId=key, KeyPairSpec="ECC_NIST_P256")
    with refused("UnsupportedOperationException"):
        kms.generate_random(NumberOfBytes=1, CustomKeyStoreId=connected)


OF_USE = [
    ((400, "ValidationException"), UNINTELLIGIBLE), ((418, b""), UNINTELLIGIBLE), (b"{", UNINTELLIGIBLE),
    ((400, "NoSuchException"), UNINTELLIGIBLE),
    ((400, "InvalidStateException"), "The external key associated with this KMS key in an external key store is not "
     "enabled in the external key manager. Enable the external key in the external key manager and retry the request."),
    ((400, "InvalidKeyUsageException"), "The external key associated with this KMS key in an external key store does not "
     "support the requested operation. Enable the operation on the key in your external key manager, and try the "
     "request again."),
    ((401, "AuthenticationFailedException"), "The external key store proxy rejected the request because it could not "
     "authenticate AWS KMS. Verify the XKS proxy authentication credentials for your external key store and update if "
     "necessary."),
    ((403, "AccessDeniedException"), "The external key store proxy denied access to the operation. Verify that the user "
     "and the external key are both authorized for this operation, and try the request again."),
    ((404, "KeyNotFoundException"), "The external key associated with this KMS key in an external key store was not found "
     "in its external key manager. If the external key ID associated with this KMS key is incorrect, create a new KMS "
     "key with the correct external key ID."),
    ((404, "InvalidUriPathException"), "The external key store proxy rejected the request because of an invalid URI path. "
     "Verify the URI path for your external key store and update if necessary."),
    ((429, "ThrottlingException"), "The external key store proxy rejected the request due to a very high request rate. "
     "Reduce the frequency of your calls using KMS keys in this external key store."),
    ((501, "UnsupportedOperationException"), "The external key store proxy rejected the request because it does not "
     "support the requested operation. If you see this error repeatedly, report it to your external key store proxy "
     "administrator."),
    ((503, "DependencyTimeoutException"), "The external key store proxy did not respond to the request in the time "
     "allotted. Retry the request. If you see this error repeatedly, report it to your external key store proxy "
     "administrator."),
    ((500, "InternalException"), "The external key store proxy rejected the request because it cannot communicate with "
     "the external key manager. Verify that the external key store proxy configuration is correct and that the external "
     "key manager is available."),
]


@pytest.mark.parametrize(("fault", "message"), OF_USE)
def test_use_of_a_key_whose_proxy_refuses(kms, key, proxy, fault, message):
    sealed = kms.encrypt(KeyId=key, Plaintext=b"hello")["CiphertextBlob"]
    proxy.faults = {"encrypt": fault, "decrypt": fault}
    for call in (lambda: kms.encrypt(KeyId=key, Plaintext=b"x"), lambda: kms.decrypt(CiphertextBlob=sealed),
                 lambda: kms.generate_data_key(KeyId=key, KeySpec="AES_256"),
                 lambda: kms.re_encrypt(CiphertextBlob=sealed, DestinationKeyId=key)):
        with refused("KMSInvalidStateException", message):
            call()


def test_answers_that_are_not_what_was_asked(kms, key, proxy):
    sealed = kms.encrypt(KeyId=key, Plaintext=b"hello")["CiphertextBlob"]
    proxy.faults = {"encrypt": b'{"ciphertext":"AAAA","initializationVector":"AAAAAAAAAAAAAAAA",'
                               b'"authenticationTag":"AAAAAAAAAAAAAAAAAAAAAA==","ciphertextDataIntegrityValue":"AAAA"}'}
    with refused("KMSInvalidStateException", UNINTELLIGIBLE):
        kms.encrypt(KeyId=key, Plaintext=b"x")
    proxy.faults = {"decrypt": b'{"plaintext":"AAAA"}'}
    with refused("KMSInvalidStateException", UNINTELLIGIBLE):
        kms.decrypt(CiphertextBlob=sealed)
    proxy.faults = {"decrypt": b'{"plaintext":"%s"}' % base64.b64encode(bytes(21))}
    with refused("KMSInvalidStateException", "The ciphertext that the external key store proxy submitted for decryption, "
                 "or the encryption context, is corrupted, missing, or otherwise invalid."):
        kms.decrypt(CiphertextBlob=sealed)


def test_keys_are_unavailable_while_their_store_is_not_connected(kms, key, connected, proxy, later):
    sealed = kms.encrypt(KeyId=key, Plaintext=b"hello")["CiphertextBlob"]
    kms.disconnect_custom_key_store(CustomKeyStoreId=connected)
    assert kms.state(key) == "Unavailable"
    calls = len(proxy.calls)
    for call in (lambda: kms.encrypt(KeyId=key, Plaintext=b"x"), lambda: kms.decrypt(CiphertextBlob=sealed)):
        with refused("KMSInvalidStateException", DISCONNECTED):
            call()
    with refused(STATE):
        new_key(kms, connected, proxy.new_key())
    assert len(proxy.calls) == calls
    later()
    assert connect(kms, connected, later) == ("CONNECTED", None)
    assert kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"hello"


def test_damaged_ciphertexts(kms, key):
    sealed = kms.encrypt(KeyId=key, Plaintext=b"hello")["CiphertextBlob"]
    for cut in (len(sealed) - 1, len(sealed) - 20):
        with refused("InvalidCiphertextException") if cut < 160 else refused("KMSInvalidStateException"):
            kms.decrypt(CiphertextBlob=sealed[:cut])
