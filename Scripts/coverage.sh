#!/usr/bin/env bash
# Prints how much of each target the last `make test` ran: lines and functions, generated code aside.
# Needs the toolchain only (llvm-cov) and awk. With --files, one row per file instead.
set -euo pipefail
cd "$(dirname "$0")/.."

by=target
[ "${1:-}" != "--files" ] || by=file

build=.build/coverage
profiles=("$build"/profiles/*.profraw)
if [ ! -e "${profiles[0]}" ]; then
    echo "No coverage recorded yet: run 'make test' first." >&2
    exit 66
fi

# Both must be the toolchain's own: other versions may not read its profiles.
resources="$(swiftc -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')"
tools="$resources/../../bin"
[ -x "$tools/llvm-cov" ] || tools="$(dirname "$(command -v llvm-cov)")"
# Tests kill programs with signal 9, some while they write their profile: one that cannot be read is left out.
"$tools/llvm-profdata" merge -sparse -failure-mode=all -o "$build/profiles/all.profdata" "${profiles[@]}"

# The tests, and the program that the tests of real processes run.
binary="$(find "$build/debug/" -maxdepth 1 -name '*PackageTests.xctest' | head -n 1)"
# On macOS the bundle holds the binary.
[ ! -d "$binary" ] || binary="$(find "$binary/Contents/MacOS" -type f | head -n 1)"
objects=("$binary")
[ ! -x "$build/debug/shop" ] || objects+=(-object "$build/debug/shop")

"$tools/llvm-cov" export -format=lcov -summary-only -instr-profile "$build/profiles/all.profdata" \
    -ignore-filename-regex='/\.build/|/Tests/|\.pb\.swift$|\.grpc\.swift$' "${objects[@]}" |
    awk -v root="$PWD/" -v by="$by" '
        /^SF:/ {
            path = substr($0, 4)
            if (index(path, root) == 1) path = substr(path, length(root) + 1)
            count = split(path, parts, "/")
            # Sources/Toolkit/NAME/…, Sources/Toolkit/Adapters/NAME/…, Sources/Shop/NAME/…
            key = by == "file" ? path : parts[3] == "Adapters" ? parts[4] : count > 3 ? parts[3] : parts[count - 1]
        }
        /^FNF:/ { functions[key] += substr($0, 5) }
        /^FNH:/ { functionsRun[key] += substr($0, 5) }
        /^LF:/  { lines[key] += substr($0, 4) }
        /^LH:/  { linesRun[key] += substr($0, 4) }
        function row(name, l, lr, f, fr) {
            printf "%-" width "s %7d %6.1f %% %9d %6.1f %%\n", name, l, l ? 100 * lr / l : 100, f, f ? 100 * fr / f : 100
        }
        END {
            width = 28
            for (key in lines) {
                if (length(key) > width) width = length(key)
                names[++total] = key
                l += lines[key]; lr += linesRun[key]; f += functions[key]; fr += functionsRun[key]
            }
            for (i = 2; i <= total; i++)
                for (j = i; j > 1 && names[j] < names[j - 1]; j--) {
                    swap = names[j]; names[j] = names[j - 1]; names[j - 1] = swap
                }
            printf "%-" width "s %7s %8s %9s %8s\n", "coverage by " by, "lines", "run", "functions", "run"
            for (i = 1; i <= total; i++) {
                key = names[i]
                row(key, lines[key], linesRun[key], functions[key], functionsRun[key])
            }
            row("all", l, lr, f, fr)
        }'
