#!/usr/bin/env bash
# Removes the state of a local Shop: SHOP_DATA, or data/ here. The next `make up` starts afresh.
set -euo pipefail
cd "$(dirname "$0")/.."

data="${SHOP_DATA:-data}"
if [ ! -e "$data" ]; then
    echo "There is no $data: nothing to remove."
    exit 0
fi
path="$(cd "$data" && pwd -P)"
# A wrong SHOP_DATA must not cost anybody more than the Shop's own files: not the root, not a home, not this
# repository or a folder it lies in, not another repository.
isForeign=false
case "$path" in / | "$HOME") isForeign=true ;; esac
case "$PWD/" in "$path"/*) isForeign=true ;; esac
[ ! -e "$path/.git" ] || isForeign=true
if $isForeign; then
    echo "SHOP_DATA is $path; that is not a folder of the Shop's own. Nothing was removed." >&2
    exit 64
fi
rm -rf -- "$path"
echo "Removed $path."
