#!/usr/bin/env bash
# Installs what the build needs besides the Swift toolchain, where it is missing: pkg-config, and the
# headers of SQLite, zlib, Brotli, OpenSSL and nghttp2 (the last two are for the gateway, which runs on Linux only).
# Says what it installs; says nothing when all is there.
set -euo pipefail

if ! command -v swift >/dev/null; then
    echo "The Swift toolchain is missing: install Swift 6.2 or later from https://swift.org/install, then run this again." >&2
    exit 69
fi

# macOS has the headers of SQLite and zlib in its SDK.
[ "$(uname -s)" != Darwin ] || exit 0

missing=()
command -v pkg-config >/dev/null || missing+=(pkg-config)
for library in sqlite3:libsqlite3-dev zlib:zlib1g-dev libbrotlienc:libbrotli-dev openssl:libssl-dev libnghttp2:libnghttp2-dev; do
    if ! command -v pkg-config >/dev/null || ! pkg-config --exists "${library%%:*}"; then missing+=("${library#*:}"); fi
done
[ "${#missing[@]}" -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "Install the development files of SQLite, zlib, Brotli, OpenSSL 3 and nghttp2, and pkg-config, with this system's package manager; then run this again." >&2
    exit 69
fi
as_root=()
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "These packages are missing: ${missing[*]}. As root, run: apt-get install ${missing[*]}" >&2
        exit 77
    fi
    as_root=(sudo)
fi

echo "Installing system packages: ${missing[*]}"
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
if ! {
    "${as_root[@]}" apt-get update -qq &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
} >"$log" 2>&1; then
    cat "$log" >&2
    echo "apt-get could not install ${missing[*]}: see above. Install them by hand, then run this again." >&2
    exit 69
fi
