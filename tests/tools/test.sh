#!/usr/bin/env bash
# Runs the tests and ends with one line that sums them up: N passed, N failed, N skipped.
#
#   tests/tools/test.sh all      what `make test` runs
#   tests/tools/test.sh check    what `make check` runs: Rust only, SQLite only
#   tests/tools/test.sh fault    what `make fault` runs: the long fault runs
#
# POLYKMS_TEST_POSTGRES_URL names a Postgres server whose user may make databases; without it a
# throwaway one is started. Each of fmt, clippy and deny counts as one test.
set -uo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
mode="${1:-all}"
logs=.cache/test
rm -rf "$logs"
mkdir -p "$logs"
export CARGO_TERM_COLOR="${CARGO_TERM_COLOR:-auto}"
target="${CARGO_TARGET_DIR:-target}"
steps_passed=0
steps_failed=0

# step NAME COMMAND...: one check; its output is shown.
step() {
    local name="$1"
    shift
    echo "==> $name"
    if "$@" 2>&1 | tee "$logs/$name.log"; then
        steps_passed=$((steps_passed + 1))
    else
        steps_failed=$((steps_failed + 1))
        echo "==> $name FAILED"
    fi
}

# cargo_tests NAME ARGUMENTS...: tests that cargo counts.
cargo_tests() {
    local name="$1"
    shift
    echo "==> $name"
    if ! cargo test --locked --no-fail-fast "$@" 2>&1 | tee "$logs/$name.cargo"; then
        echo "==> $name FAILED"
        # A test that does not compile is counted by nobody else.
        grep -q '^test result: FAILED' "$logs/$name.cargo" || steps_failed=$((steps_failed + 1))
    fi
}

# sdk_tests DATABASE: the vendors' SDKs against a server on that database.
sdk_tests() {
    echo "==> SDKs on $1"
    POLYKMS_TEST_DATABASE="$1" POLYKMS_BIN="$target/debug/polykms" \
        .venv/bin/python -m pytest -q -n 2 --dist loadfile -p no:cacheprovider \
        --junitxml "$logs/sdk-$1.xml" tests/sdk || echo "==> SDKs on $1 FAILED"
    [ -f "$logs/sdk-$1.xml" ] || steps_failed=$((steps_failed + 1))
}

postgres() {
    if [ -n "${POLYKMS_TEST_POSTGRES_URL:-}" ]; then
        return
    fi
    export POLYKMS_POSTGRES_DIR
    POLYKMS_POSTGRES_DIR="$(mktemp -d -u "${TMPDIR:-/tmp}/polykms-test-postgres-XXXXXX")"
    trap 'tests/tools/postgres.sh stop' EXIT
    if POLYKMS_TEST_POSTGRES_URL="$(tests/tools/postgres.sh start)"; then
        export POLYKMS_TEST_POSTGRES_URL
    else
        echo "no Postgres: the tests on it count as one failure" >&2
        steps_failed=$((steps_failed + 1))
    fi
}

case "$mode" in
check)
    echo "Postgres is not used here: its tests say so and pass; make test runs them"
    unset POLYKMS_TEST_POSTGRES_URL
    step fmt cargo fmt --all --check
    step clippy cargo clippy --locked --workspace --all-targets -- -D warnings
    step build cargo build --locked -p polykms
    cargo_tests rust --workspace
    ;;
all)
    step venv tests/tools/venv.sh
    postgres
    step fmt cargo fmt --all --check
    step clippy cargo clippy --locked --workspace --all-targets -- -D warnings
    step deny tests/tools/deny.sh
    step build cargo build --locked -p polykms
    cargo_tests rust --workspace
    sdk_tests sqlite
    [ -z "${POLYKMS_TEST_POSTGRES_URL:-}" ] || sdk_tests postgres
    ;;
fault)
    postgres
    export POLYKMS_TEST_KILL_ROUNDS="${POLYKMS_TEST_KILL_ROUNDS:-300}"
    export POLYKMS_TEST_RACE_ROUNDS="${POLYKMS_TEST_RACE_ROUNDS:-2000}"
    step build cargo build --locked -p polykms
    cargo_tests fault -p tests --test it -- --nocapture --test-threads 1 kill two_gateways
    ;;
*)
    echo "usage: $0 all | check | fault" >&2
    exit 2
    ;;
esac

python3 tests/tools/sum.py "$steps_passed" "$steps_failed" "$logs"
