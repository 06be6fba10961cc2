#!/usr/bin/env bash
# Holds Cargo.lock against deny.toml. The advisories are looked at when their database can be fetched;
# the rest always. cargo-deny itself is built once, into .cache.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
version=0.20.2
tool="$root/.cache/cargo-deny-$version"

cd "$root"
if ! [ -x "$tool/bin/cargo-deny" ]; then
    echo "deny.sh: building cargo-deny $version, once" >&2
    # Unoptimised: it runs for a second. In a folder of its own, or it would disturb ours.
    CARGO_TARGET_DIR="$tool/target" cargo install --quiet --debug --locked --root "$tool" \
        --version "$version" cargo-deny >&2
    rm -rf "$tool/target"
fi
export PATH="$tool/bin:$PATH"
cargo deny --log-level warn check --hide-inclusion-graph bans licenses sources
if timeout 60 cargo deny fetch db >/dev/null 2>&1; then
    cargo deny --log-level warn check --hide-inclusion-graph --disable-fetch advisories
else
    echo "deny.sh: the advisory database cannot be fetched, so advisories were NOT checked" >&2
fi
