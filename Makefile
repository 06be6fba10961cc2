# What a machine needs: Rust (rustup takes the version from rust-toolchain.toml), a C compiler, make,
# perl, python3; node and npm for the tests of two SDKs, which are skipped without them.

.PHONY: help run check test fault bench docs fmt

help: ## Says what there is.
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile

run: ## Builds (release) and starts a development server on 127.0.0.1:7788.
	cargo build --release --locked -p polykms
	exec $${CARGO_TARGET_DIR:-target}/release/polykms dev

check: ## The quick loop: fmt, clippy, every Rust test on SQLite.
	tests/tools/test.sh check

test: ## Everything: fmt, clippy, deny, every test on SQLite and Postgres, the vendors' SDKs.
	tests/tools/test.sh all

fault: ## Long runs of kill -9 and of two gateways that race (minutes).
	tests/tools/test.sh fault

bench: ## Ratios of speed, in one run; writes docs/performance.md.
	tests/tools/bench.sh

docs: ## Writes the tables of operations in docs/dialects.md from the code's.
	POLYKMS_WRITE_DOCS=1 cargo test --locked -p tests --test it support_matrix

fmt: ## Formats.
	cargo fmt --all
