// What a program with the AWS SDK for JavaScript does: one story per call, named by the first argument.
// POLYKMS_ENDPOINT and POLYKMS_ACCESS_ID say where, and as whom. A story that holds ends with status 0.

import assert from "node:assert/strict";
import crypto from "node:crypto";
import {
  CreateKeyCommand, DecryptCommand, DeleteImportedKeyMaterialCommand, DescribeKeyCommand, DisableKeyCommand,
  EncryptCommand, GenerateDataKeyCommand, GenerateMacCommand, GetParametersForImportCommand, GetPublicKeyCommand,
  ImportKeyMaterialCommand, KMSClient, ReEncryptCommand, SignCommand, VerifyCommand, VerifyMacCommand,
  DisabledException, IncorrectKeyException, InvalidCiphertextException, KMSInvalidSignatureException,
  KMSInvalidStateException, NotFoundException, paginateListKeys,
} from "@aws-sdk/client-kms";

const kms = new KMSClient({
  endpoint: process.env.POLYKMS_ENDPOINT,
  region: "us-east-1",
  credentials: { accessKeyId: process.env.POLYKMS_ACCESS_ID, secretAccessKey: "test" },
  maxAttempts: 1,
});
const send = (Command, input) => kms.send(new Command(input));
const newKey = async (input = {}) => (await send(CreateKeyCommand, input)).KeyMetadata.KeyId;
const text = (value) => new TextEncoder().encode(value);

async function sign() {
  for (const [KeySpec, SigningAlgorithm, options] of [
    ["ECC_NIST_P256", "ECDSA_SHA_256", {}],
    ["ECC_NIST_P384", "ECDSA_SHA_384", {}],
    ["RSA_2048", "RSASSA_PKCS1_V1_5_SHA_256", {}],
    ["RSA_2048", "RSASSA_PSS_SHA_256", { padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }],
  ]) {
    const KeyId = await newKey({ KeySpec, KeyUsage: "SIGN_VERIFY" });
    const hash = SigningAlgorithm.endsWith("384") ? "sha384" : "sha256";
    const Message = text("signed by a program in JavaScript");
    const { Signature, KeyId: arn } = await send(SignCommand, { KeyId, Message, SigningAlgorithm });
    assert.match(arn, new RegExp(`:key/${KeyId}$`));
    // The SDK's own verification of the same message, by its digest.
    const digest = crypto.createHash(hash).update(Message).digest();
    const asked = { KeyId, SigningAlgorithm, Signature, Message: digest, MessageType: "DIGEST" };
    assert.equal((await send(VerifyCommand, asked)).SignatureValid, true);
    // Node's own, with the public key alone.
    const { PublicKey } = await send(GetPublicKeyCommand, { KeyId });
    const key = crypto.createPublicKey({ key: Buffer.from(PublicKey), format: "der", type: "spki" });
    assert.ok(crypto.verify(hash, Message, { key, ...options }, Signature), SigningAlgorithm);
    await assert.rejects(send(VerifyCommand, { ...asked, Message: Buffer.alloc(digest.length) }),
      KMSInvalidSignatureException);
  }
  const KeyId = await newKey({ KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" });
  const Message = text("authenticated");
  const { Mac } = await send(GenerateMacCommand, { KeyId, Message, MacAlgorithm: "HMAC_SHA_256" });
  assert.equal((await send(VerifyMacCommand, { KeyId, Message, Mac, MacAlgorithm: "HMAC_SHA_256" })).MacValid, true);
}

async function encrypt() {
  const KeyId = await newKey({ Description: "of a program in JavaScript", Tags: [{ TagKey: "a", TagValue: "\u00e9" }] });
  const EncryptionContext = { purpose: "test", "\u00fc": "\u4e2d" };
  const Plaintext = text("kept from others");
  const { CiphertextBlob } = await send(EncryptCommand, { KeyId, Plaintext, EncryptionContext });
  const opened = await send(DecryptCommand, { CiphertextBlob, EncryptionContext });
  assert.deepEqual(Buffer.from(opened.Plaintext), Buffer.from(Plaintext));
  assert.equal(opened.EncryptionAlgorithm, "SYMMETRIC_DEFAULT");
  await assert.rejects(send(DecryptCommand, { CiphertextBlob }), InvalidCiphertextException);
  const other = await newKey();
  await assert.rejects(send(DecryptCommand, { CiphertextBlob, EncryptionContext, KeyId: other }), IncorrectKeyException);
  const moved = await send(ReEncryptCommand,
    { CiphertextBlob, SourceEncryptionContext: EncryptionContext, DestinationKeyId: other });
  const again = await send(DecryptCommand, { CiphertextBlob: moved.CiphertextBlob, KeyId: other });
  assert.deepEqual(Buffer.from(again.Plaintext), Buffer.from(Plaintext));
  // A data key seals something here, and is opened there.
  const data = await send(GenerateDataKeyCommand, { KeyId, KeySpec: "AES_256" });
  const iv = crypto.randomBytes(12);
  const cipher = crypto.createCipheriv("aes-256-gcm", data.Plaintext, iv);
  const sealed = Buffer.concat([cipher.update("envelope"), cipher.final()]);
  const unwrapped = await send(DecryptCommand, { CiphertextBlob: data.CiphertextBlob });
  const decipher = crypto.createDecipheriv("aes-256-gcm", unwrapped.Plaintext, iv).setAuthTag(cipher.getAuthTag());
  assert.equal(decipher.update(sealed, undefined, "utf8") + decipher.final("utf8"), "envelope");
  // RSA, with the public key alone.
  const rsa = await newKey({ KeySpec: "RSA_2048", KeyUsage: "ENCRYPT_DECRYPT" });
  const { PublicKey } = await send(GetPublicKeyCommand, { KeyId: rsa });
  const blob = crypto.publicEncrypt(
    { key: crypto.createPublicKey({ key: Buffer.from(PublicKey), format: "der", type: "spki" }), oaepHash: "sha256" },
    Buffer.from("from outside"));
  const found = await send(DecryptCommand,
    { KeyId: rsa, CiphertextBlob: blob, EncryptionAlgorithm: "RSAES_OAEP_SHA_256" });
  assert.equal(Buffer.from(found.Plaintext).toString(), "from outside");
}

async function importing() {
  const KeyId = await newKey({ Origin: "EXTERNAL" });
  const material = crypto.randomBytes(32);
  const bring = async (ValidTo) => {
    const given = await send(GetParametersForImportCommand,
      { KeyId, WrappingAlgorithm: "RSAES_OAEP_SHA_256", WrappingKeySpec: "RSA_2048" });
    assert.ok(given.ParametersValidTo instanceof Date && given.ParametersValidTo > new Date());
    const key = crypto.createPublicKey({ key: Buffer.from(given.PublicKey), format: "der", type: "spki" });
    return send(ImportKeyMaterialCommand, {
      KeyId, ImportToken: given.ImportToken,
      EncryptedKeyMaterial: crypto.publicEncrypt({ key, oaepHash: "sha256" }, material),
      ...(ValidTo ? { ValidTo } : { ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE" }),
    });
  };
  const describe = async () => (await send(DescribeKeyCommand, { KeyId })).KeyMetadata;
  assert.equal((await describe()).KeyState, "PendingImport");
  await assert.rejects(send(EncryptCommand, { KeyId, Plaintext: text("x") }), KMSInvalidStateException);
  const { KeyMaterialId } = await bring();
  assert.equal((await describe()).CurrentKeyMaterialId, KeyMaterialId);
  const { CiphertextBlob } = await send(EncryptCommand, { KeyId, Plaintext: text("x") });
  await send(DeleteImportedKeyMaterialCommand, { KeyId });
  await assert.rejects(send(DecryptCommand, { CiphertextBlob }), KMSInvalidStateException);
  const end = new Date(Math.floor(Date.now() / 1000 + 86400) * 1000);
  await bring(end);
  const metadata = await describe();
  assert.deepEqual([metadata.ExpirationModel, metadata.ValidTo], ["KEY_MATERIAL_EXPIRES", end]);
  assert.equal(Buffer.from((await send(DecryptCommand, { CiphertextBlob })).Plaintext).toString(), "x");
}

async function refusals() {
  const KeyId = await newKey();
  await send(DisableKeyCommand, { KeyId });
  await assert.rejects(send(EncryptCommand, { KeyId, Plaintext: text("x") }), (refusal) => {
    assert.ok(refusal instanceof DisabledException);
    assert.match(refusal.message, /^arn:aws:kms:us-east-1:\d{12}:key\/.* is disabled\.$/);
    assert.equal(refusal.$metadata.httpStatusCode, 400);
    assert.match(refusal.$metadata.requestId, /^[0-9a-f-]{36}$/);
    return true;
  });
  await assert.rejects(send(DescribeKeyCommand, { KeyId: crypto.randomUUID() }), NotFoundException);
  await assert.rejects(send(DescribeKeyCommand, { KeyId: "" }), {
    name: "ValidationException",
    message: "1 validation error detected: Value '' at 'keyId' failed to satisfy constraint: Member must have length "
      + "greater than or equal to 1",
  });
  const created = [KeyId, await newKey(), await newKey()];
  const listed = [];
  for await (const page of paginateListKeys({ client: kms, pageSize: 2 }, {})) {
    listed.push(...page.Keys.map((key) => key.KeyId));
  }
  assert.deepEqual(listed.sort(), created.sort());
}

await { sign, encrypt, import: importing, refusals }[process.argv[2]]();
