#!/usr/bin/env bash
# Breaks one mechanism of the Shop after another and shows which seed of the simulation notices, and how.
# Exits 1 when a mutant is not found within SEEDS seeds. Names of mutants as arguments: only those.
#
# With --known it looks for the first seed that needs no more than a virtual minute or two, and prints the table of
# Sources/Shop/ShopSimulation/Mutants/KnownSeed+All.swift.
set -euo pipefail
cd "$(dirname "$0")/.."

SHOP="${SHOP:-.build/release/shop}"
SEEDS="${SEEDS:-200}"

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
else
    mapfile -t names < <("$SHOP" sim --mutate list | awk '{ print $1 }')
fi

# find MUTANT MINUTES SEEDS: sets count, seed and violation of the first seed that fails; seed is empty without one.
find() {
    local output code=0
    output="$("$SHOP" sim --mutate "$1" --minutes "$2" --seed 1 --seeds "$3" --processes 1)" || code=$?
    if [ "$code" != 0 ] && [ "$code" != 1 ]; then
        echo "$1: the simulation itself failed with code $code:" >&2
        echo "$output" >&2
        exit 70
    fi
    count="$(awk '$1 == "seeds" { print $2 }' <<< "$output")"
    seed="$(sed -n 's/^seed \([0-9]*\): .*/\1/p' <<< "$output" | sed -n 1p)"
    violation="$(sed -n 's/^seed [0-9]*: //p' <<< "$output" | sed -n 1p)"
}

if [ "$known" = yes ]; then
    for name in "${names[@]}"; do
        for plan in "1 8" "2 12" "4 20" "10 200"; do
            read -r minutes seeds <<< "$plan"
            find "$name" "$minutes" "$seeds"
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

missed=0
printf '%-28s %5s %5s  %s\n' mutant seeds seed violation
for name in "${names[@]}"; do
    find "$name" 10 "$SEEDS"
    if [ -z "$seed" ]; then
        missed=$((missed + 1))
        violation="NOT FOUND"
    fi
    printf '%-28s %5s %5s  %s\n' "$name" "$count" "${seed:--}" "$violation"
done
echo
echo "$((${#names[@]} - missed)) of ${#names[@]} mutants were found within $SEEDS seeds."
[ "$missed" = 0 ]
