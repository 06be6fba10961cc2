//! What every operation gets to work with.

use std::any::Any;
use std::sync::Arc;

use import_engine::{Engine, Error, Scope, Timestamp};

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
    /// See [`Call::settings`].
    settings: Arc<dyn Any + Send + Sync>,
}

impl Call {
    /// A call of a verified caller, in the region that the proof names.
    pub fn new(engine: Arc<Engine>, caller: Verified, request_id: String, received_at: Timestamp) -> Self {
        let scope = Scope::new(caller.tenant().clone(), caller.region());
        Self { engine, scope, caller, request_id, received_at, settings: Arc::new(()) }
    }

    /// The same call, with the dialect's settings for its operations to look at.
    #[must_use]
    pub fn with_settings<S: Any + Send + Sync>(mut self, settings: Arc<S>) -> Self {
        self.settings = settings;
        self
    }

    /// The dialect's settings.
    ///
    /// # Errors
    /// [`Error::Internal`] if the dialect gave none of this type: a slip that its first test finds.
    pub fn settings<S: Any + Send + Sync>(&self) -> Result<&S, Error> {
        self.settings.downcast_ref().ok_or_else(|| Error::internal("the call has no settings of this type"))
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
