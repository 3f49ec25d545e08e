#!/usr/bin/env bash
# The command proxyhooks as it is installed: optimized, and with Swift's libraries in it, so that the machine it runs on needs no
# Swift, and calls of them cost less.
#
#   Scripts/build.sh [argument of swift build…]
set -euo pipefail
cd -- "$(dirname -- "$0")/.."
exec swift build -c release --static-swift-stdlib --product proxyhooks --no-color-diagnostics "$@"
