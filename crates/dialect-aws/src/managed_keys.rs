//! Keys that AWS manages for its services: one of each service in an account and region, behind an
//! alias of the service's own, made when it is first asked for.

use dialect::{Call, Kept};
use import_engine::{Key, KeySpec, KeyUsage, NewKey, Origin, Scope};

use crate::attributes::Attributes;
use crate::errors::Refusal;
use crate::identifiers::partition;
use crate::names::is_china;

/// What stands before a service's word in the name of its alias.
pub(crate) const PREFIX: &str = "alias/aws/";

/// A service with a key of its own.
struct Service {
    /// Its word in the alias.
    word: &'static str,
    /// What the key is said to protect. Unverified for most.
    protects: &'static str,
    /// Whether its alias is listed before there is a key. Unverified: which they are, for AWS names
    /// only some; those that other implementations list.
    is_predefined: bool,
}

const fn predefined(word: &'static str, protects: &'static str) -> Service {
    Service { word, protects, is_predefined: true }
}

const fn further(word: &'static str, protects: &'static str) -> Service {
    Service { word, protects, is_predefined: false }
}

/// In the order of their words. Unverified: that it is complete.
static SERVICES: &[Service] = &[
    predefined("acm", "ACM private keys"),
    further("backup", "Backup data"),
    further("codecommit", "CodeCommit repositories"),
    further("connect", "Connect data"),
    further("dms", "DMS replication instances"),
    predefined("dynamodb", "DynamoDB tables"),
    predefined("ebs", "EBS volumes"),
    predefined("elasticfilesystem", "EFS filesystems"),
    predefined("es", "Elasticsearch domains"),
    further("fsx", "FSx filesystems"),
    predefined("glue", "Glue data"),
    further("kafka", "MSK data"),
    further("kinesis", "Kinesis streams"),
    predefined("kinesisvideo", "Kinesis Video streams"),
    predefined("lambda", "Lambda functions"),
    further("mq", "MQ data"),
    predefined("rds", "RDS database volumes"),
    predefined("redshift", "Redshift clusters"),
    predefined("s3", "S3 objects"),
    predefined("secretsmanager", "Secrets Manager data"),
    further("sns", "SNS data"),
    further("sqs", "SQS messages"),
    predefined("ssm", "SSM parameters"),
    further("workspaces", "WorkSpaces volumes"),
    predefined("xray", "X-Ray data"),
];

/// The aliases that are there without a key, above a name, in the order of names.
pub(crate) fn predefined_aliases(after: &str) -> impl Iterator<Item = String> {
    let predefined = SERVICES.iter().filter(|service| service.is_predefined);
    predefined.map(|service| format!("{PREFIX}{}", service.word)).filter(move |name| name.as_str() > after)
}

/// The key behind an alias of a service's own; `None` for any other alias.
///
/// # Errors
/// The engine's.
pub(crate) async fn key_of(call: &Call, alias: &str) -> Result<Option<Key>, Refusal> {
    let word = alias.strip_prefix(PREFIX);
    let Some(service) = word.and_then(|word| SERVICES.iter().find(|service| service.word == word)) else {
        return Ok(None);
    };
    let scope = &call.scope;
    let attributes = Attributes { policy: Some(policy(scope, service.word)), ..Attributes::default() };
    let new = NewKey {
        most: None,
        spec: if is_china(&scope.region) { KeySpec::Sm4 } else { KeySpec::Aes256 },
        usage: KeyUsage::EncryptDecrypt,
        origin: Origin::Generated,
        description: format!("Default key that protects my {} when no other key is defined", service.protects),
        name: None,
        attributes: attributes.to_text()?,
        residence: None,
        multi_region: false,
    };
    Ok(Some(call.engine.provider_key(scope, alias, new).await?))
}

/// Lets the service use the key for whoever in the account uses the service, and the account look
/// at it. Unverified: the words of its identifiers, and that a service's principal is its alias's.
fn policy(scope: &Scope, service: &str) -> String {
    let account = &scope.tenant.account;
    let (region, partition) = (&scope.region, partition(&scope.region));
    format!(
        r#"{{
  "Version" : "2012-10-17",
  "Id" : "auto-{service}-1",
  "Statement" : [ {{
    "Sid" : "Allow access through {service} for all principals in the account that are authorized to use {service}",
    "Effect" : "Allow",
    "Principal" : {{
      "AWS" : "*"
    }},
    "Action" : [ "kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant", "kms:DescribeKey" ],
    "Resource" : "*",
    "Condition" : {{
      "StringEquals" : {{
        "kms:CallerAccount" : "{account}",
        "kms:ViaService" : "{service}.{region}.amazonaws.com"
      }}
    }}
  }}, {{
    "Sid" : "Allow direct access to key metadata to the account",
    "Effect" : "Allow",
    "Principal" : {{
      "AWS" : "arn:{partition}:iam::{account}:root"
    }},
    "Action" : [ "kms:Describe*", "kms:Get*", "kms:List*" ],
    "Resource" : "*"
  }} ]
}}"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::{Document, Kind};
    use import_engine::Tenant;

    #[test]
    fn services_are_in_order() {
        assert!(SERVICES.is_sorted_by(|one, other| one.word < other.word));
        assert_eq!(predefined_aliases("").count(), 14);
        assert_eq!(predefined_aliases("alias/aws/ssm").collect::<Vec<_>>(), ["alias/aws/xray"]);
    }

    #[test]
    fn policies_are_well_formed() {
        let scope = Scope::new(Tenant::new("aws", "111122223333"), "us-east-1");
        assert!(Document::read(&policy(&scope, "s3"), Kind::Resource).is_ok());
    }
}
