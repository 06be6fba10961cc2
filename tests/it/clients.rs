//! The three vendors as callers meet them: raw signed requests over HTTP, and answers told apart
//! from refusals.

use std::cell::RefCell;

use serde_json::{Value, json};
use testkit::TestServer;
use testkit::http::{Answer, Client};
use testkit::sign::{self, Unsigned};

/// A vendor whose language is spoken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Vendor {
    Aws,
    Huawei,
    Tencent,
}

impl Vendor {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Aws, Self::Huawei, Self::Tencent];

    /// The word for it in settings and paths.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Aws => dialect_aws::VENDOR,
            Self::Huawei => dialect_huawei::VENDOR,
            Self::Tencent => dialect_tencent::VENDOR,
        }
    }

    /// A region with 256-bit symmetric keys.
    pub const fn region(self) -> &'static str {
        match self {
            Self::Aws => "eu-central-1",
            Self::Huawei => dialect_huawei::DEFAULT_REGION,
            Self::Tencent => "ap-singapore",
        }
    }
}

/// A refusal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused {
    /// The vendor's code.
    pub code: String,
    /// The vendor's sentence, or nothing.
    pub message: String,
}

/// What a call comes to.
pub type Outcome<T> = Result<T, Refused>;

/// A tenant of a vendor in a region, on a connection of its own.
#[derive(Debug)]
pub struct Caller {
    pub vendor: Vendor,
    pub access_id: String,
    pub region: String,
    /// Huawei's project; empty for the others.
    pub project: String,
    host: String,
    client: RefCell<Client>,
}

impl Caller {
    /// The tenant of the public credential `test-NAME` in the vendor's usual region.
    pub fn new(server: &TestServer, vendor: Vendor, name: &str) -> Self {
        let access_id = format!("test-{name}");
        let project = match vendor {
            Vendor::Huawei => dialect_huawei::default_project(&access_id, vendor.region()).unwrap(),
            Vendor::Aws | Vendor::Tencent => String::new(),
        };
        let region = vendor.region().to_owned();
        let client = RefCell::new(server.client());
        Self { vendor, access_id, region, project, host: server.address().to_string(), client }
    }

    /// The same tenant in another region.
    #[must_use]
    pub fn in_region(mut self, region: &str) -> Self {
        region.clone_into(&mut self.region);
        self
    }

    /// The server's address as the caller knows it.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// A request of this tenant to be signed now.
    pub fn unsigned(&self) -> Unsigned<'_> {
        Unsigned::now(&self.host, &self.access_id, "test", &self.region)
    }

    /// Sends anything.
    pub fn send(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        self.client.borrow_mut().send(method, target, headers, body)
    }

    /// Calls an operation, by its name in the vendor's table, with a proper signature.
    pub fn call(&self, operation: &str, input: &Value) -> Outcome<Value> {
        let body = input.to_string();
        // Of Huawei, a path stands for itself.
        let path = if operation.starts_with('/') {
            operation.to_owned()
        } else {
            format!("/v1.0/{}/kms/{operation}", self.project)
        };
        let (path, fields) = match self.vendor {
            Vendor::Aws => ("/", sign::aws(self.unsigned(), operation, body.as_bytes())),
            // A path has no region in it; only the derived signature names one.
            Vendor::Huawei if self.region != Vendor::Huawei.region() => {
                (path.as_str(), sign::huawei_v11(self.unsigned(), "POST", &path, body.as_bytes()))
            }
            Vendor::Huawei => (path.as_str(), sign::huawei(self.unsigned(), "POST", &path, body.as_bytes())),
            Vendor::Tencent => ("/", sign::tencent(self.unsigned(), operation, body.as_bytes())),
        };
        let answer = self.send("POST", path, &sign::borrowed(&fields), body.as_bytes());
        self.outcome(&answer)
    }

    /// Tells an answer from a refusal.
    pub fn outcome(&self, answer: &Answer) -> Outcome<Value> {
        let value = if answer.body.is_empty() { json!({}) } else { answer.json() };
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        match self.vendor {
            Vendor::Aws if answer.status == 200 => Ok(value),
            Vendor::Aws => Err(Refused { code: text(&value["__type"]), message: text(&value["message"]) }),
            Vendor::Huawei if answer.status / 100 == 2 => Ok(value),
            Vendor::Huawei => {
                // The gateway's envelope is flat, the service's is not, and IAM's has other members.
                let error = value.get("error").unwrap_or(&value);
                match error.get("code") {
                    Some(code) => Err(Refused { code: code.to_string(), message: text(&error["message"]) }),
                    None => Err(Refused { code: text(&error["error_code"]), message: text(&error["error_msg"]) }),
                }
            }
            Vendor::Tencent => {
                assert_eq!(answer.status, 200, "Tencent answers everything with 200");
                let response = &value["Response"];
                match response.get("Error") {
                    None => Ok(response.clone()),
                    Some(error) => Err(Refused { code: text(&error["Code"]), message: text(&error["Message"]) }),
                }
            }
        }
    }

    /// Moves the tenant's domain clock through the admin API.
    pub fn clock(&self, wish: &Value) {
        let path = format!("/-/admin/tenants/{}/{}/clock", self.vendor.word(), self.access_id);
        let answer = self.send("PUT", &path, &[("authorization", "Bearer test")], wish.to_string().as_bytes());
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    /// Asks the admin API for something about the tenant.
    pub fn administer(&self, method: &str, rest: &str, wish: &Value) -> Value {
        let path = format!("/-/admin/tenants/{}/{}/{rest}", self.vendor.word(), self.access_id);
        let answer = self.send(method, &path, &[("authorization", "Bearer test")], wish.to_string().as_bytes());
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// What the tenant's domain clock shows, in seconds since 1970.
    pub fn now(&self) -> i64 {
        let path = format!("/-/admin/tenants/{}/{}/clock", self.vendor.word(), self.access_id);
        let answer = self.send("GET", &path, &[("authorization", "Bearer test")], b"");
        answer.json()["now"].as_f64().map(|now| now as i64).unwrap()
    }
}
