// What a program with Tencent Cloud's SDK for Node.js does: one story per call, named by the first argument.
// POLYKMS_ENDPOINT (an address and a port) and POLYKMS_ACCESS_ID say where, and as whom. POLYKMS_SIGN_METHOD and
// POLYKMS_VERB say how requests are signed and sent. A story that holds ends with status 0.

import assert from "node:assert/strict";
import crypto from "node:crypto";
import tencentcloud from "tencentcloud-sdk-nodejs";

// Mainland China: keys of 16 bytes. Elsewhere: 32.
const SM = "ap-guangzhou", FIPS = "ap-singapore";

const clientOf = (region, secretKey = "test") => new tencentcloud.kms.v20190118.Client({
  credential: { secretId: process.env.POLYKMS_ACCESS_ID, secretKey },
  region,
  profile: {
    signMethod: process.env.POLYKMS_SIGN_METHOD,
    httpProfile: { protocol: "http://", endpoint: process.env.POLYKMS_ENDPOINT, reqMethod: process.env.POLYKMS_VERB },
    language: "en-US",
  },
});
const kms = clientOf(FIPS);
const alias = () => "js-" + crypto.randomBytes(8).toString("hex");
const newKey = async (input = {}) => (await kms.CreateKey({ Alias: alias(), ...input })).KeyId;
const base64 = (value) => Buffer.from(value).toString("base64");
const bytes = (text) => Buffer.from(text, "base64");
const publicKey = (text) => crypto.createPublicKey({ key: bytes(text), format: "der", type: "spki" });
const stateOf = async (KeyId) => (await kms.DescribeKey({ KeyId })).KeyMetadata.KeyState;

// The SDK's own error, with the code, a text and the identifier of the request.
const refused = (promise, code) => assert.rejects(promise, (refusal) => {
  assert.equal(refusal.code, code, `${refusal.code}: ${refusal.message}`);
  assert.ok(refusal.message.length > 0);
  assert.match(refusal.requestId, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  return true;
});

async function walk() {
  const made = await kms.CreateKey({
    Alias: alias(), Description: "of a program in JavaScript: \u00e9 + & = \u4e2d",
    Tags: [{ TagKey: "env", TagValue: "a b" }, { TagKey: "of", TagValue: "js" }],
  });
  const { KeyId } = made;
  assert.deepEqual([made.KeyState, made.KeyUsage, made.TagMsg], ["Enabled", "ENCRYPT_DECRYPT", "ok"]);
  const { KeyMetadata } = await kms.DescribeKey({ KeyId });
  assert.equal(KeyMetadata.Description, made.Description);
  assert.equal(KeyMetadata.CreateTime, made.CreateTime);
  assert.deepEqual([KeyMetadata.Type, KeyMetadata.Origin, KeyMetadata.DeletionDate], [2, "TENCENT_KMS", 0]);

  // Lists of texts and of structures, numbers and nothing.
  const other = await newKey();
  const found = await kms.DescribeKeys({ KeyIds: [KeyId, other] });
  assert.deepEqual(found.KeyMetadatas.map((key) => key.KeyId), [KeyId, other]);
  const TagFilters = [{ TagKey: "env", TagValue: ["x", "a b"] }];
  const listed = await kms.ListKeyDetail({ Limit: 5, Offset: 0, TagFilters, Origin: null });
  assert.deepEqual([listed.TotalCount, listed.KeyMetadatas[0].KeyId], [1, KeyId]);
  assert.equal((await kms.ListKeys({ Limit: 1 })).TotalCount, 2);

  const EncryptionContext = JSON.stringify({ purpose: "test", "\u00fc": "\u4e2d" });
  const { CiphertextBlob } = await kms.Encrypt({ KeyId, Plaintext: base64("kept from others"), EncryptionContext });
  assert.match(CiphertextBlob, /^[^-]+-k-[^-]+-k-[^-]+$/);
  const opened = await kms.Decrypt({ CiphertextBlob, EncryptionContext });
  assert.deepEqual([opened.KeyId, bytes(opened.Plaintext).toString()], [KeyId, "kept from others"]);
  await refused(kms.Decrypt({ CiphertextBlob }), "InvalidParameterValue.InvalidCiphertext");
  const moved = await kms.ReEncrypt({ CiphertextBlob, DestinationKeyId: other, SourceEncryptionContext: EncryptionContext });
  assert.deepEqual([moved.KeyId, moved.SourceKeyId, moved.ReEncrypted], [other, KeyId, true]);
  assert.equal(bytes((await kms.Decrypt({ CiphertextBlob: moved.CiphertextBlob })).Plaintext).toString(), "kept from others");

  // A data key, once in the open and once under a key of the program's own, which must hold the same.
  const data = await kms.GenerateDataKey({ KeyId, KeySpec: "AES_256" });
  assert.equal(bytes(data.Plaintext).length, 32);
  const own = crypto.generateKeyPairSync("rsa", { modulusLength: 2048 });
  const under = await kms.Decrypt({
    CiphertextBlob: data.CiphertextBlob, EncryptionAlgorithm: "RSAES_OAEP_SHA_256",
    EncryptionPublicKey: own.publicKey.export({ type: "spki", format: "pem" }),
  });
  const key = crypto.privateDecrypt({ key: own.privateKey, oaepHash: "sha256" }, bytes(under.Plaintext));
  assert.deepEqual(key, bytes(data.Plaintext));
  assert.equal(bytes((await kms.GenerateRandom({ NumberOfBytes: 24 })).Plaintext).length, 24);

  await kms.EnableKeyRotation({ KeyId, RotateDays: 30 });
  assert.equal((await kms.GetKeyRotationStatus({ KeyId })).KeyRotationEnabled, true);
  await kms.DisableKey({ KeyId });
  assert.equal(await stateOf(KeyId), "Disabled");
  const scheduled = await kms.ScheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 });
  assert.ok(scheduled.DeletionDate > made.CreateTime + 6 * 86400);
  assert.equal((await kms.CancelKeyDeletion({ KeyId })).KeyId, KeyId);
  await kms.EnableKeys({ KeyIds: [KeyId] });
  assert.equal(await stateOf(KeyId), "Enabled");
  assert.ok((await kms.GetRegions({})).Regions.includes(SM));
  assert.equal((await kms.GetServiceStatus({})).ServiceEnabled, true);
}

async function sign() {
  for (const [KeyUsage, Algorithm, options] of [
    ["ASYMMETRIC_SIGN_VERIFY_ECC", "ECC_P256_R1", {}],
    ["ASYMMETRIC_SIGN_VERIFY_RSA_2048", "RSA_PKCS1_SHA_256", {}],
    ["ASYMMETRIC_SIGN_VERIFY_RSA_2048", "RSA_PSS_SHA_256", { padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }],
  ]) {
    const KeyId = await newKey({ KeyUsage });
    const message = Buffer.from("signed by a program in JavaScript");
    const asked = { KeyId, Algorithm, Message: base64(message), MessageType: "RAW" };
    const { Signature } = await kms.SignByAsymmetricKey(asked);
    // Node's own verification, with the public key alone; and the service's, of the digest.
    const { PublicKey, PublicKeyPem } = await kms.GetPublicKey({ KeyId });
    const key = publicKey(PublicKey);
    assert.ok(key.equals(crypto.createPublicKey(PublicKeyPem)));
    assert.ok(crypto.verify("sha256", message, { key, ...options }, bytes(Signature)), Algorithm);
    const digest = { KeyId, Algorithm, MessageType: "DIGEST", SignatureValue: Signature };
    const Message = base64(crypto.createHash("sha256").update(message).digest());
    assert.equal((await kms.VerifyByAsymmetricKey({ ...digest, Message })).SignatureValid, true);
    assert.equal((await kms.VerifyByAsymmetricKey({ ...digest, Message: base64(Buffer.alloc(32)) })).SignatureValid, false);
  }
  const KeyId = await newKey({ KeyUsage: "ASYMMETRIC_DECRYPT_RSA_2048" });
  const { PublicKey } = await kms.GetPublicKey({ KeyId });
  const Ciphertext = base64(crypto.publicEncrypt({ key: publicKey(PublicKey), oaepHash: "sha256" }, Buffer.from("outside")));
  const found = await kms.AsymmetricRsaDecrypt({ KeyId, Ciphertext, Algorithm: "RSAES_OAEP_SHA_256" });
  assert.equal(bytes(found.Plaintext).toString(), "outside");
}

async function importing() {
  for (const [region, length] of [[SM, 16], [FIPS, 32]]) {
    const here = clientOf(region);
    const { KeyId, KeyState } = await here.CreateKey({ Alias: alias(), Type: 2 });
    assert.equal(KeyState, "PendingImport");
    const material = crypto.randomBytes(length);
    const bring = async (ValidTo, what = material) => {
      const given = await here.GetParametersForImport(
        { KeyId, WrappingAlgorithm: "RSAES_OAEP_SHA_256", WrappingKeySpec: "RSA_2048" });
      assert.ok(given.ParametersValidTo > Date.now() / 1000);
      const wrapped = crypto.publicEncrypt({ key: publicKey(given.PublicKey), oaepHash: "sha256" }, what);
      return here.ImportKeyMaterial(
        { KeyId, ImportToken: given.ImportToken, EncryptedKeyMaterial: base64(wrapped), ...(ValidTo ? { ValidTo } : {}) });
    };
    const describe = async () => (await here.DescribeKey({ KeyId })).KeyMetadata;
    await refused(here.Encrypt({ KeyId, Plaintext: base64("x") }), "ResourceUnavailable.CmkDisabled");
    await refused(bring(0, crypto.randomBytes(length + 1)), "InvalidParameter.DecryptMaterialError");
    await bring();
    const { CiphertextBlob } = await here.Encrypt({ KeyId, Plaintext: base64("x") });
    await here.DeleteImportedKeyMaterial({ KeyId });
    assert.equal((await describe()).KeyState, "PendingImport");
    await refused(here.Decrypt({ CiphertextBlob }), "ResourceUnavailable.CmkDisabled");
    await refused(bring(0, crypto.randomBytes(length)), "InvalidParameterValue.MaterialNotMatch");
    const end = Math.floor(Date.now() / 1000) + 86400;
    await bring(end);
    const metadata = await describe();
    assert.deepEqual([metadata.KeyState, metadata.Origin, metadata.ValidTo], ["Enabled", "EXTERNAL", end]);
    assert.equal(bytes((await here.Decrypt({ CiphertextBlob })).Plaintext).toString(), "x");
  }
}

async function refusals() {
  const KeyId = await newKey();
  await kms.DisableKey({ KeyId });
  await refused(kms.Encrypt({ KeyId, Plaintext: base64("x") }), "ResourceUnavailable.CmkDisabled");
  await refused(kms.DescribeKey({ KeyId: crypto.randomUUID() }), "ResourceUnavailable.CmkNotFound");
  await refused(kms.DescribeKey({ KeyId: "x" }), "InvalidParameterValue.InvalidKeyId");
  await refused(kms.DescribeKey({}), "MissingParameter");
  await refused(kms.DescribeKey({ KeyId, Bogus: "x" }), "UnknownParameter");
  await refused(kms.ListKeys({ Limit: "ten" }), "InvalidParameter");
  await refused(clientOf(FIPS, "another").ListKeys({}), "AuthFailure.SignatureFailure");
  await refused(clientOf("nowhere").ListKeys({}), "InvalidParameterValue");
}

await { walk, sign, import: importing, refusals }[process.argv[2]]();
