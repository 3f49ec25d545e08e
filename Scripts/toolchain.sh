#!/usr/bin/env bash
# Says what to do where there is no Swift that can build the package.
set -euo pipefail
cd -- "$(dirname -- "$0")/.."
. Scripts/say.sh

needed=$(sed -n 's|^// swift-tools-version: *||p' Package.swift)

how() {
  die "$1" \
    "ProxyHooks needs Swift $needed or later. https://www.swift.org/install/linux has it for each distribution; in short," \
    'as the user who builds:' \
    "  curl -O https://download.swift.org/swiftly/linux/swiftly-$(uname -m).tar.gz" \
    "  tar zxf swiftly-$(uname -m).tar.gz && ./swiftly init" \
    'If it is installed already, put the directory of the swift command on the PATH.'
}

command -v swift >/dev/null 2>&1 || how 'There is no swift command on the PATH.'
version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)
[ -n "$version" ] || how "$(command -v swift) does not say its version."
[ "$(printf '%s\n' "$needed" "$version" | sort -V | head -n 1)" = "$needed" ] ||
  how "$(command -v swift) is Swift $version."
