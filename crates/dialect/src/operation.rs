//! One wire operation: a constraint table, a typed input, one function.
//!
//! A dialect's `operations/` holds one file per operation; its table lists them, one line each.
//! The table is the dispatch, the support matrix and the coverage list at once.

use std::future::Future;
use std::pin::Pin;

use serde::de::DeserializeOwned;
use serde::{Deserialize as _, Serialize};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::call::Call;
use crate::constraint::{Member, check};
use crate::failure::Failure;

/// A wire operation of one vendor.
pub trait Operation: 'static {
    /// Its name as the vendor spells it.
    const NAME: &'static str;
    /// What its request may look like. Members beside the table do not reach the operation.
    const INPUT: &'static [Member];
    /// How many requests per second the vendor's page of the operation allows, for vendors that
    /// limit each operation by itself.
    const REQUESTS_PER_SECOND: Option<u32> = None;
    /// The request, decoded. What the table requires need not be an `Option`.
    type Input: DeserializeOwned + Send;
    /// The answer. `()` is an answer without content, which each dialect renders in its own way.
    type Output: Serialize;
    /// The dialect's way of saying no.
    type Refusal: From<Failure>;

    /// Does it.
    fn run(call: &Call, input: Self::Input) -> impl Future<Output = Result<Self::Output, Self::Refusal>> + Send;
}

/// The JSON text of an answer; wiped on drop. `null` stands for no content.
pub type AnswerText = Zeroizing<Vec<u8>>;

type Running<'a, R> = Pin<Box<dyn Future<Output = Result<AnswerText, R>> + Send + 'a>>;

/// One line of a dialect's table.
pub struct Entry<R: 'static> {
    /// The operation's name.
    pub name: &'static str,
    /// Its constraint table.
    pub input: &'static [Member],
    /// Its published figure; see [`Operation::REQUESTS_PER_SECOND`].
    pub requests_per_second: Option<u32>,
    run: for<'a> fn(&'a Call, &'a Value) -> Running<'a, R>,
    /// Whether members that the table does not know are refused.
    strict: bool,
}

impl<R: From<Failure> + Send + 'static> Entry<R> {
    /// The line of an operation whose vendor ignores unknown members.
    pub const fn of<O: Operation<Refusal = R>>() -> Self {
        Self::new::<O>(false)
    }

    /// The line of an operation whose vendor refuses unknown members.
    pub const fn strict<O: Operation<Refusal = R>>() -> Self {
        Self::new::<O>(true)
    }

    const fn new<O: Operation<Refusal = R>>(strict: bool) -> Self {
        Self { name: O::NAME, input: O::INPUT, requests_per_second: O::REQUESTS_PER_SECOND, run: run::<O>, strict }
    }

    /// Checks a request against the table and runs the operation.
    ///
    /// # Errors
    /// [`Failure::Unfit`] if the table is broken, otherwise what the operation says.
    pub async fn serve(&self, call: &Call, input: &Value) -> Result<AnswerText, R> {
        self.require_fit(input)?;
        self.run_fit(call, input).await
    }

    /// Checks a request against the table.
    ///
    /// # Errors
    /// [`Failure::Unfit`] if the table is broken.
    pub fn require_fit(&self, input: &Value) -> Result<(), R> {
        let report = check(self.input, input);
        if !report.is_clean() || (self.strict && !report.unknown.is_empty()) {
            return Err(Failure::Unfit(report).into());
        }
        Ok(())
    }

    /// Runs the operation on a request that fits, for vendors that look at something in between.
    ///
    /// # Errors
    /// What the operation says.
    pub async fn run_fit(&self, call: &Call, input: &Value) -> Result<AnswerText, R> {
        (self.run)(call, input).await
    }
}

fn run<'a, O: Operation>(call: &'a Call, input: &'a Value) -> Running<'a, O::Refusal> {
    Box::pin(async move {
        // The table has vouched for the types; what still fails here is a value that the table
        // lets through and the input type does not, and is the caller's fault all the same.
        let input = O::Input::deserialize(input).map_err(|error| Failure::Malformed(category(&error)))?;
        let output = O::run(call, input).await?;
        serialize(&output).map_err(O::Refusal::from)
    })
}

/// Writes an answer as JSON.
///
/// # Errors
/// [`Failure::Engine`] with a fault if it cannot be written.
pub fn serialize<T: Serialize>(output: &T) -> Result<AnswerText, Failure> {
    // Sized so that it hardly ever grows: a growing vector leaves copies of what it held behind.
    let mut text = Zeroizing::new(Vec::with_capacity(16 * 1024));
    serde_json::to_writer(&mut *text, output)
        .map_err(|error| Failure::Engine(import_engine::Error::internal(error)))?;
    Ok(text)
}

/// A decoding error without the value that caused it.
fn category(error: &serde_json::Error) -> String {
    format!("{:?} fault", error.classify())
}
