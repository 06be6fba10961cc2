//! Signed calls of one tenant, as raw HTTP.

use std::net::SocketAddr;

use serde_json::Value;

use crate::http::{Answer, Client};
use crate::sign::{self, Fields, Unsigned};

/// A tenant that calls, on a connection of its own, with the secret `test`.
#[derive(Debug)]
pub struct Caller {
    client: Client,
    host: String,
    access_id: String,
    region: &'static str,
}

impl Caller {
    /// A caller in the region `us-east-1`, which only AWS has. See [`Caller::in_region`].
    pub fn new(address: SocketAddr, access_id: impl Into<String>) -> Self {
        let client = Client::new(address);
        Self { client, host: address.to_string(), access_id: access_id.into(), region: "us-east-1" }
    }

    /// Calls in another region.
    #[must_use]
    pub fn in_region(mut self, region: &'static str) -> Self {
        self.region = region;
        self
    }

    /// An AWS operation.
    pub fn aws(&mut self, operation: &str, input: &Value) -> Answer {
        self.try_aws(operation, input).expect("an answer")
    }

    /// An AWS operation on a server that may be gone.
    ///
    /// # Errors
    /// If there is no answer.
    pub fn try_aws(&mut self, operation: &str, input: &Value) -> std::io::Result<Answer> {
        let body = input.to_string();
        let fields = sign::aws(self.unsigned(), operation, body.as_bytes());
        self.send("POST", "/", &fields, body.as_bytes())
    }

    /// A Huawei call. The access id may be that of any project.
    pub fn huawei(&mut self, method: &str, path: &str, input: &Value) -> Answer {
        let body = input.to_string();
        let fields = sign::huawei(self.unsigned(), method, path, body.as_bytes());
        self.send(method, path, &fields, body.as_bytes()).expect("an answer")
    }

    /// A Tencent action.
    pub fn tencent(&mut self, action: &str, input: &Value) -> Answer {
        let body = input.to_string();
        let fields = sign::tencent(self.unsigned(), action, body.as_bytes());
        self.send("POST", "/", &fields, body.as_bytes()).expect("an answer")
    }

    fn unsigned(&self) -> Unsigned<'_> {
        Unsigned::now(&self.host, &self.access_id, "test", self.region)
    }

    fn send(&mut self, method: &str, path: &str, fields: &Fields, body: &[u8]) -> std::io::Result<Answer> {
        self.client.try_send(method, path, &sign::borrowed(fields), body)
    }
}
