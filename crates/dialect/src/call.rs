//! What every operation gets to work with.

use std::sync::Arc;

use import_engine::{Engine, Scope, Timestamp};

use crate::verified::Verified;

/// One verified request on its way through an operation.
#[derive(Clone)]
pub struct Call {
    /// The rules and the keys.
    pub engine: Arc<Engine>,
    /// Where the caller's keys live.
    pub scope: Scope,
    /// Who calls.
    pub caller: Verified,
    /// The identifier that the client sees: a lower-case UUID.
    pub request_id: String,
    /// When the request arrived, in real time.
    pub received_at: Timestamp,
}

impl Call {
    /// A call of a verified caller, in the region that the proof names.
    pub fn new(engine: Arc<Engine>, caller: Verified, request_id: String, received_at: Timestamp) -> Self {
        let scope = Scope::new(caller.tenant().clone(), caller.region());
        Self { engine, scope, caller, request_id, received_at }
    }

    /// The caller's account, project or user number.
    pub fn account(&self) -> &str {
        &self.scope.tenant.account
    }

    /// The region of the call.
    pub fn region(&self) -> &str {
        &self.scope.region
    }
}
