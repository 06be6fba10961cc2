//! Who asks for what, while it is being done: what an external key store's proxy is told of the
//! request that it serves.

use std::future::Future;

use dialect::Call;

use crate::caller::Caller;

/// The request that is being served.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    /// The caller's ARN.
    pub principal: String,
    /// The operation.
    pub operation: &'static str,
    /// The request's identifier.
    pub request_id: String,
}

tokio::task_local! {
    static ASKING: Asking;
}

/// The ARN of the user, of the role whoever its session is, or of the account's root.
fn principal_arn(call: &Call) -> String {
    let subject = call.caller.identity::<Caller>().map(|caller| &caller.subject);
    subject.map_or_else(String::new, |subject| subject.role.as_ref().unwrap_or(&subject.arn).clone())
}

/// Runs an operation, which can ask [`current`] what it is.
pub(crate) async fn within<T>(call: &Call, operation: &'static str, run: impl Future<Output = T>) -> T {
    let asking = Asking { principal: principal_arn(call), operation, request_id: call.request_id.clone() };
    ASKING.scope(asking, run).await
}

/// The request that is being served; `None` outside one.
pub(crate) fn current() -> Option<Asking> {
    ASKING.try_with(Clone::clone).ok()
}
