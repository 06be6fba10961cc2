//! The lines that point each vendor's clients at this server.

use std::fmt::Write as _;

/// The variables that the vendors' SDKs read, for a server at this URL with the public
/// credentials.
const VARIABLES: &[(&str, &str)] = &[
    ("AWS_ENDPOINT_URL_KMS", "{url}"),
    ("AWS_ACCESS_KEY_ID", "test"),
    ("AWS_SECRET_ACCESS_KEY", "test"),
    ("AWS_DEFAULT_REGION", "us-east-1"),
    ("HUAWEICLOUD_SDK_AK", "test"),
    ("HUAWEICLOUD_SDK_SK", "test"),
    ("HUAWEICLOUD_SDK_REGION_KMS_CN_NORTH_4", "{url}"),
    ("HUAWEICLOUD_SDK_IAM_ENDPOINT", "{url}"),
    ("TENCENTCLOUD_SECRET_ID", "test"),
    ("TENCENTCLOUD_SECRET_KEY", "test"),
    ("TENCENTCLOUD_REGION", "ap-guangzhou"),
];

/// `export` lines for `eval "$(polykms env)"`.
pub fn environment_lines(url: &str) -> String {
    variables(url, |_| true)
}

fn variables(url: &str, wanted: impl Fn(&str) -> bool) -> String {
    let mut text = String::new();
    for (name, value) in VARIABLES.iter().filter(|(name, _)| wanted(name)) {
        // Writing to a string does not fail.
        let _ = writeln!(text, "export {name}={}", value.replace("{url}", url));
    }
    text
}

/// What a development server says when it is ready. `data` says where it keeps its data, `open`
/// whether signatures go unchecked.
pub fn banner(url: &str, data: &str, open: bool) -> String {
    let place = url.strip_prefix("http://").unwrap_or(url);
    let credentials = if open { "any credentials, signatures NOT checked" } else { "public credentials (test/test)" };
    let rule = "=".repeat(78);
    let version = env!("CARGO_PKG_VERSION");
    let block = |prefix: &str| variables(url, |name| name.starts_with(prefix));
    format!(
        "{rule}\n\
         polykms {version} is ready on {url}\n\
         DEVELOPMENT SERVER: {credentials}, loopback only, {data}. Nothing real belongs here.\n\
         {rule}\n\
         \n\
         # AWS KMS: any SDK, the aws command\n\
         {}\
         aws kms create-key --origin EXTERNAL\n\
         \n\
         # Huawei Cloud KMS: the SDK reads these for KmsRegion.value_of(\"cn-north-4\"); or in code\n\
         {}\
         credentials = BasicCredentials(\"test\", \"test\", \"0123456789abcdef0123456789abcdef\")\n\
         client = KmsClient.new_builder().with_credentials(credentials).with_endpoint(\"{url}\").build()\n\
         \n\
         # Tencent Cloud KMS: the SDK reads the credentials; the endpoint is set in code\n\
         {}\
         profile = ClientProfile(httpProfile=HttpProfile(protocol=\"http\", endpoint=\"{place}\"))\n\
         client = KmsClient(EnvironmentVariableCredential().get_credential(), \"ap-guangzhou\", profile)\n\
         \n\
         # All variables at once: eval \"$(polykms env)\". More: {url}/-/ready, docs/admin.md\n",
        block("AWS"),
        block("HUAWEI"),
        block("TENCENT"),
    )
}
