#!/usr/bin/env bash
# Makes .venv with what tests/sdk/requirements.txt pins. Does nothing if it is there already.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
venv="$root/.venv"
wanted="$root/tests/sdk/requirements.txt"
stamp="$venv/.installed-requirements"

if [ -f "$stamp" ] && cmp -s "$wanted" "$stamp"; then
    exit 0
fi
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$wanted"
cp "$wanted" "$stamp"
