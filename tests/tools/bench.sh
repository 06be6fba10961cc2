#!/usr/bin/env bash
# Measures (tests/benches/load.rs) and writes what it finds to docs/performance.md.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
if [ -z "${POLYKMS_TEST_POSTGRES_URL:-}" ]; then
    export POLYKMS_POSTGRES_DIR
    POLYKMS_POSTGRES_DIR="$(mktemp -d -u "${TMPDIR:-/tmp}/polykms-bench-postgres-XXXXXX")"
    trap 'tests/tools/postgres.sh stop' EXIT
    POLYKMS_TEST_POSTGRES_URL="$(tests/tools/postgres.sh start --durable)"
    export POLYKMS_TEST_POSTGRES_URL
fi
cargo build --release --locked -p polykms
export POLYKMS_BIN="${CARGO_TARGET_DIR:-target}/release/polykms"
found="$(cargo bench --quiet --locked -p tests --bench load)"
echo "$found"
start='<!-- figures of make bench, from here -->'
end='<!-- to here -->'
FOUND="$found" awk -v start="$start" -v end="$end" '
    $0 == start { print; print ""; print ENVIRON["FOUND"]; print ""; skip = 1 }
    $0 == end { skip = 0 }
    !skip && $0 != start { print }
' docs/performance.md >docs/performance.md.new
mv docs/performance.md.new docs/performance.md
