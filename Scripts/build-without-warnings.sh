#!/usr/bin/env bash
# Builds everything and fails when the compiler warns about a file of this repository.
# Only files compiled now are looked at: after a full build nothing is left to warn about.
# Arguments go to `swift build`.
set -euo pipefail
cd "$(dirname "$0")/.."

log="$(mktemp)"
trap 'rm -f "$log"' EXIT
swift build --build-tests "$@" 2>&1 | tee "$log"
if grep -E "^$PWD/(Sources|Tests)/[^:]+:[0-9]+:[0-9]+: warning:" "$log" | LC_ALL=C sort -u >&2; then
    echo "The warnings above are ours: mend them." >&2
    exit 65
fi
