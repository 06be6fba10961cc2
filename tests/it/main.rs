//! Tests of the whole server.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod aws_model;
mod burst;
mod clients;
mod deadlines;
mod kill;
mod start;
mod stories;
mod support_matrix;
mod tencent_model;
mod tidy;
mod two_gateways;
mod vectors;
mod wycheproof;
