//! The import story, told by the vendor's Rust SDK with its typed errors.

#![expect(clippy::unwrap_used, reason = "a failing helper is a failing test")]

use aws_credential_types::Credentials;
use aws_sdk_kms::Client;
use aws_sdk_kms::config::{BehaviorVersion, Config, Region};
use aws_sdk_kms::operation::get_parameters_for_import::GetParametersForImportOutput;
use aws_sdk_kms::operation::import_key_material::ImportKeyMaterialError;
use aws_sdk_kms::primitives::{Blob, DateTime};
use aws_sdk_kms::types::{
    AlgorithmSpec, DataKeySpec, ExpirationModelType, KeySpec, KeyState, KeyUsageType, MessageType, OriginType,
    SigningAlgorithmSpec, WrappingKeySpec,
};
use import_engine::WrappingAlgorithm;
use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;
use openssl::pkey::PKey;
use testkit::TestServer;
use testkit::wrap::wrap;

fn client(server: &TestServer, name: &str) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new(format!("test-{name}"), "test", None, None, "test"))
        .endpoint_url(server.base_url())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    Client::from_conf(config)
}

async fn parameters(client: &Client, key: &str, algorithm: AlgorithmSpec) -> GetParametersForImportOutput {
    let request = client.get_parameters_for_import().key_id(key);
    request.wrapping_algorithm(algorithm).wrapping_key_spec(WrappingKeySpec::Rsa3072).send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_symmetric_key_lives() {
    let server = TestServer::start().await;
    let client = client(&server, "rust");
    let created = client.create_key().origin(OriginType::External).send().await.unwrap();
    let metadata = created.key_metadata().unwrap();
    let key = metadata.key_id().to_owned();
    let arn = metadata.arn().unwrap().to_owned();
    assert_eq!(metadata.key_state(), Some(&KeyState::PendingImport));

    let refused = client.encrypt().key_id(&key).plaintext(Blob::new("x")).send().await.unwrap_err();
    assert!(refused.into_service_error().is_kms_invalid_state_exception());

    let given = parameters(&client, &key, AlgorithmSpec::RsaesOaepSha256).await;
    let public_key = given.public_key().unwrap().as_ref();
    let blob = wrap(WrappingAlgorithm::RsaOaepSha256, public_key, &[7; 32]);
    let import = || {
        let request = client.import_key_material().key_id(&key).import_token(given.import_token().unwrap().clone());
        request.encrypted_key_material(Blob::new(blob.clone()))
    };
    let end = given.parameters_valid_to().unwrap().secs() + 3600;
    let imported = import()
        .expiration_model(ExpirationModelType::KeyMaterialExpires)
        .valid_to(DateTime::from_secs(end))
        .send()
        .await
        .unwrap();
    assert_eq!(imported.key_id(), Some(arn.as_str()));
    let material = imported.key_material_id().unwrap().to_owned();

    let described = client.describe_key().key_id(&arn).send().await.unwrap();
    let described = described.key_metadata().unwrap();
    assert_eq!(described.key_state(), Some(&KeyState::Enabled));
    assert_eq!(described.valid_to().unwrap().secs(), end);
    assert_eq!(described.current_key_material_id(), Some(material.as_str()));

    let data_key = client
        .generate_data_key()
        .key_id(&key)
        .key_spec(DataKeySpec::Aes256)
        .encryption_context("purpose", "test")
        .send()
        .await
        .unwrap();
    let opened = client
        .decrypt()
        .ciphertext_blob(data_key.ciphertext_blob().unwrap().clone())
        .encryption_context("purpose", "test")
        .send()
        .await
        .unwrap();
    assert_eq!(opened.plaintext(), data_key.plaintext());
    assert_eq!(opened.key_id(), Some(arn.as_str()));

    let wrong = client.decrypt().ciphertext_blob(data_key.ciphertext_blob().unwrap().clone()).send().await;
    assert!(wrong.unwrap_err().into_service_error().is_invalid_ciphertext_exception());

    client.delete_imported_key_material().key_id(&key).send().await.unwrap();
    let other = wrap(WrappingAlgorithm::RsaOaepSha256, public_key, &[8; 32]);
    let refused = import()
        .encrypted_key_material(Blob::new(other))
        .expiration_model(ExpirationModelType::KeyMaterialDoesNotExpire)
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert!(matches!(refused, ImportKeyMaterialError::IncorrectKeyMaterialException(_)), "{refused:?}");
    import().expiration_model(ExpirationModelType::KeyMaterialDoesNotExpire).send().await.unwrap();

    let scheduled = client.schedule_key_deletion().key_id(&key).pending_window_in_days(7).send().await.unwrap();
    assert_eq!(scheduled.key_state(), Some(&KeyState::PendingDeletion));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_imported_private_key_signs() {
    let server = TestServer::start().await;
    let client = client(&server, "rust");
    let created = client
        .create_key()
        .origin(OriginType::External)
        .key_spec(KeySpec::EccNistP256)
        .key_usage(KeyUsageType::SignVerify)
        .send()
        .await
        .unwrap();
    let key = created.key_metadata().unwrap().key_id().to_owned();
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let private = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();

    let given = parameters(&client, &key, AlgorithmSpec::RsaAesKeyWrapSha256).await;
    let pkcs8 = private.private_key_to_pkcs8().unwrap();
    let blob = wrap(WrappingAlgorithm::RsaAesKeyWrapSha256, given.public_key().unwrap().as_ref(), &pkcs8);
    client
        .import_key_material()
        .key_id(&key)
        .import_token(given.import_token().unwrap().clone())
        .encrypted_key_material(Blob::new(blob))
        .expiration_model(ExpirationModelType::KeyMaterialDoesNotExpire)
        .send()
        .await
        .unwrap();

    let public = client.get_public_key().key_id(&key).send().await.unwrap();
    assert_eq!(public.public_key().unwrap().as_ref(), private.public_key_to_der().unwrap());
    let signed = client
        .sign()
        .key_id(&key)
        .message(Blob::new("message"))
        .message_type(MessageType::Raw)
        .signing_algorithm(SigningAlgorithmSpec::EcdsaSha256)
        .send()
        .await
        .unwrap();
    let mut verifier = openssl::sign::Verifier::new(openssl::hash::MessageDigest::sha256(), &private).unwrap();
    assert!(verifier.verify_oneshot(signed.signature().unwrap().as_ref(), b"message").unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_have_their_codes_and_request_ids() {
    let server = TestServer::start().await;
    let client = client(&server, "rust");
    let missing = "1234abcd-12ab-34cd-56ef-1234567890ab";
    let refused = client.describe_key().key_id(missing).send().await.unwrap_err().into_service_error();
    assert_eq!(refused.meta().code(), Some("NotFoundException"));
    assert!(refused.meta().message().unwrap().ends_with(":key/1234abcd-12ab-34cd-56ef-1234567890ab' does not exist"));
    let refused = client.generate_random().number_of_bytes(1025).send().await.unwrap_err().into_service_error();
    assert_eq!(refused.meta().code(), Some("ValidationException"));
}
