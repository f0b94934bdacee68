#!/usr/bin/env bash
# Breaks one mechanism of the Shop after another and shows which seed of the simulation notices, and how many it took.
# Exits 1 when a mutant is not found within SEEDS seeds. Names of mutants as arguments: only those.
#
# As many at a time as there are cores (JOBS); those that are hard to find come last. The storms' mutants, whose names
# begin with "storm:", are looked for in each storm.
#
# With --known it looks for the first seed that needs no more than a virtual minute or two, and prints the table of
# Sources/Shop/ShopSimulation/Mutants/KnownSeed+All.swift.
set -euo pipefail
cd "$(dirname "$0")/.."

export SHOP="${SHOP:-.build/release/shop}"
export SEEDS="${SEEDS:-200}"
JOBS="${JOBS:-$(getconf _NPROCESSORS_ONLN)}"
STORMS="overload retry-storm cold-cache slow-dependency"
# Found by few seeds: the others do not wait for them.
HARD="reuse-stale-lease same-token cancel-dispatched"

# find MINUTES SEEDS ARGUMENTS…: sets count, seed and violation of the first seed that fails; seed is empty without one.
find() {
    local minutes="$1" seeds="$2" output code=0
    shift 2
    output="$("$SHOP" sim "$@" --minutes "$minutes" --seed 1 --seeds "$seeds" --processes 1)" || code=$?
    if [ "$code" != 0 ] && [ "$code" != 1 ]; then
        echo "$*: the simulation itself failed with code $code:" >&2
        echo "$output" >&2
        exit 255
    fi
    count="$(sed -n 's/^ *seeds  *\([0-9]*\)$/\1/p; s/^[a-z-]*: \([0-9]*\) seeds, .*/\1/p' <<< "$output" | sed -n 1p)"
    seed="$(sed -n 's/^seed \([0-9]*\): .*/\1/p' <<< "$output" | sed -n 1p)"
    violation="$(sed -n 's/^seed [0-9]*: //p' <<< "$output" | sed -n 1p)"
}

# find_storm NAME: as find, a few seeds of each storm first, then all of them.
find_storm() {
    local total=0 storm seeds
    for seeds in 20 "$SEEDS"; do
        for storm in $STORMS; do
            find 1 "$seeds" --scenario "$storm" --mutate "$1"
            total=$((total + count))
            if [ -n "$seed" ]; then
                violation="$storm: $violation"
                count="$total"
                return
            fi
        done
    done
    count="$total"
}

# One mutant: its line of the table.
if [ "${1:-}" = "--one" ]; then
    case "$2" in
        storm:*) find_storm "${2#storm:}" ;;
        *) find 10 "$SEEDS" --mutate "$2" ;;
    esac
    printf '%-32s %5s %5s  %s\n' "$2" "$count" "${seed:--}" "${violation:-NOT FOUND}"
    exit 0
fi

known=no
if [ "${1:-}" = "--known" ]; then
    known=yes
    shift
fi
if [ ! -x "$SHOP" ]; then
    echo "There is no $SHOP: run 'make sim-mutants', or set SHOP to a program that was built." >&2
    exit 66
fi

if [ $# -gt 0 ]; then
    names=("$@")
elif [ "$known" = yes ]; then
    mapfile -t names < <("$SHOP" sim --mutate list | awk '{ print $1 }')
else
    mapfile -t names < <(
        "$SHOP" sim --mutate list | awk -v hard="$HARD" 'index(" " hard " ", " " $1 " ") == 0 { print $1 }'
        "$SHOP" sim --scenario storm --mutate list | awk '{ print "storm:" $1 }'
        for name in $HARD; do echo "$name"; done
    )
fi

if [ "$known" = yes ]; then
    for name in "${names[@]}"; do
        for plan in "1 8" "2 12" "4 20" "10 200"; do
            read -r minutes seeds <<< "$plan"
            find "$minutes" "$seeds" --mutate "$name"
            [ -z "$seed" ] || break
        done
        if [ -z "$seed" ]; then
            echo "$name was not found." >&2
            exit 1
        fi
        echo "        KnownSeed(\"$name\", $seed, minutes: $minutes),"
    done
    exit 0
fi

began="$SECONDS"
lines="$(mktemp)"
trap 'rm -f "$lines"' EXIT
printf '%-32s %5s %5s  %s\n' mutant seeds seed violation
printf '%s\n' "${names[@]}" | xargs -P "$JOBS" -I{} Scripts/sim-mutants.sh --one {} | tee "$lines"
missed="$(grep -c ' NOT FOUND$' "$lines" || true)"
echo
echo "$((${#names[@]} - missed)) of ${#names[@]} mutants were found within $SEEDS seeds, in $((SECONDS - began)) s."
[ "$missed" = 0 ]
