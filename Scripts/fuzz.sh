#!/usr/bin/env bash
# Fuzzes what reads bytes of strangers, for a while and from seeds that chance picks: the HTTP parser, YAML files,
# tokens, keys. All at once; they share the processors.
#
#     fuzz.sh SECONDS [flags of swift test]
#
# A failure names its seed and the command that tries it again, also when the program has crashed or hangs.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds="$1"
shift

folder=.build/fuzz
rm -rf "$folder"
mkdir -p "$folder"
log="$folder.log"

export FLOTILLA_FUZZ_SECONDS="$seconds" FLOTILLA_FUZZ_FOLDER="$folder"
# Whatever hangs is ended, or CI would wait for it; a build before it has its time.
slack=1800
[[ " $* " != *" --skip-build "* ]] || slack=60
status=0
SWIFT_BACKTRACE=enable=no timeout --foreground $((seconds + slack)) \
    swift test "$@" --filter FuzzTests >"$log" 2>&1 || status=$?
grep -a "^fuzzed" "$log" || true
if [ "$status" != 0 ] || ! grep -aq "^fuzzed" "$log"; then
    grep -aE "✘|↳|error:|^Again:" "$log" || tail -n 20 "$log"
    for file in "$folder"/*; do
        [ -e "$file" ] || continue
        echo "It did not come back from seed $(cat "$file"). Again:" \
            "FLOTILLA_FUZZ_SEED=$(cat "$file") swift test --filter $(basename "$file" | tr . /)"
    done
    exit 1
fi
