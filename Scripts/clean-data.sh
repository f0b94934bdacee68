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
# A wrong SHOP_DATA must not cost anybody more than the Shop's own files.
case "$path" in
/ | "$HOME" | "$PWD") echo "SHOP_DATA is $path; that is not a folder of the Shop's own. Nothing was removed." >&2 && exit 64 ;;
esac
if [ -e "$path/.git" ]; then
    echo "SHOP_DATA is $path, a git repository. Nothing was removed." >&2
    exit 64
fi
rm -rf -- "$path"
echo "Removed $path."
