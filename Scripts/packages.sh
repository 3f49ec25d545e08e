#!/usr/bin/env bash
# Installs the Debian packages that are missing for the given parts, and says which and why.
#
#   Scripts/packages.sh build|servers|end-to-end|console|bench|bench-node|bench-instructions…
#
# Nothing is installed where all is there, whoever put it there. Debian starts a PostgreSQL or Redis at the end of its
# installation; one that is installed here is not started and not enabled, as we run our own.
set -euo pipefail
cd -- "$(dirname -- "$0")/.."
. Scripts/say.sh

guard=/usr/sbin/policy-rc.d
guard_mark='made by ProxyHooks Scripts/packages.sh for the time of an installation'

missing=()
units=()

# need PACKAGE WHY CHECK…: the package is missing where the check fails.
need() {
  local package=$1 why=$2
  shift 2
  if "$@" >/dev/null 2>&1; then return 0; fi
  [ "${#missing[@]}" -gt 0 ] || say 'Missing on this machine:'
  say "  $package: $why"
  missing+=("$package")
}

has_library() { command -v pkg-config && pkg-config --exists "$1"; }
has_go() { test -d "/usr/share/gocode/src/$1"; }
has_postgres() { compgen -G '/usr/lib/postgresql/*/bin/postgres'; }

# What each part of the work needs, and how to see that it is there.
need_for() {
  case $1 in
    build)
      need pkg-config 'tells the build where C libraries are' command -v pkg-config
      need libssl-dev "OpenSSL's headers, for checking tokens" has_library 'openssl >= 3'
      need libpq-dev "PostgreSQL's client library" has_library libpq
      need libhiredis-dev "Redis' client library" has_library hiredis
      need zlib1g-dev 'unpacks gzip' has_library zlib
      ;;
    servers)
      need postgresql 'the database' has_postgres
      need redis-server 'rate limits' command -v redis-server
      need openssl 'makes keys and certificates for tests' command -v openssl
      need curl 'asks the service whether it is ready' command -v curl
      ;;
    end-to-end)
      need python3-venv 'clients of the end-to-end tests' python3 -c 'import ensurepip, venv'
      need nghttp2-client 'h2load, a caller over HTTP/2 that is not Centrifugo' command -v h2load
      ;;
    console)
      need python3-venv "what drives the console's tests" python3 -c 'import ensurepip, venv'
      need chromium 'a browser for the console' command -v chromium
      need chromium-driver 'what drives it' command -v chromedriver
      ;;
    bench)
      need gcc 'builds the load generator' command -v cc
      need libc6-dev 'the headers for it' test -e /usr/include/stdio.h
      need golang-go 'builds the peer in Go' command -v go
      need golang-github-jackc-pgx-v4-dev "that peer's PostgreSQL client" has_go github.com/jackc/pgx/v4
      need golang-github-gomodule-redigo-dev "that peer's Redis client" has_go github.com/gomodule/redigo
      need python3-matplotlib 'draws the results' /usr/bin/python3 -c 'import matplotlib'
      ;;
    bench-node)
      need nodejs 'runs the peer in Node' command -v node
      need node-pg "that peer's PostgreSQL client" test -e /usr/share/nodejs/pg
      need node-redis "that peer's Redis client" test -e /usr/share/nodejs/redis
      ;;
    bench-instructions)
      need gcc "builds what is preloaded, and brings binutils' strip" command -v cc
      need libc6-dev 'the headers for it' test -e /usr/include/stdio.h
      need valgrind 'counts instructions' command -v valgrind
      ;;
    *) die "There is no part $1: build, servers, end-to-end, console, bench, bench-node, bench-instructions." ;;
  esac
}

# Keeps services that are about to be installed from being started (policy-rc.d(8) of invoke-rc.d). A machine that
# has a policy of its own keeps it.
hold_services() {
  [ "${#units[@]}" -gt 0 ] || return 0
  if [ -e "$guard" ] && ! grep -qs "$guard_mark" "$guard"; then return 0; fi
  trap 'rm -f "$guard"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  # shellcheck disable=SC2016 # $1 is the guard's.
  printf '%s\n' '#!/bin/sh' "# $guard_mark" 'case $1 in postgresql*|redis*) exit 101 ;; esac' 'exit 0' >"$guard.new"
  chmod 755 "$guard.new"
  mv -f "$guard.new" "$guard"
}

install_missing() {
  hold_services
  export DEBIAN_FRONTEND=noninteractive
  local command=(apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=120 "${missing[@]}")
  # The lists of a fresh container are empty, those of an old machine name files that are gone.
  if ! "${command[@]}" --simulate >/dev/null 2>&1 || ! "${command[@]}"; then
    apt-get update
    "${command[@]}"
  fi
  if [ "${#units[@]}" -gt 0 ] && command -v systemctl >/dev/null 2>&1; then
    systemctl disable --quiet "${units[@]}" 2>/dev/null || true
    say "Not started and not enabled: ${units[*]}. To use them yourself: systemctl enable --now ${units[*]}"
  fi
}

for part in "$@"; do need_for "$part"; done
[ "${#missing[@]}" -gt 0 ] || exit 0

for package in "${missing[@]}"; do
  case $package in postgresql | redis-server) units+=("$package") ;; esac
done

by_hand="apt-get install --no-install-recommends ${missing[*]}"
if ! command -v apt-get >/dev/null 2>&1; then
  die "The Debian packages above, or what your system calls them, are missing, and there is no apt-get here."
elif [ "$(id -u)" -eq 0 ]; then
  say "Installing ${missing[*]}"
  install_missing
elif command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
  say 'Installing them needs root: sudo follows.'
  exec sudo bash "$PWD/Scripts/packages.sh" "$@"
else
  die 'The packages above are missing, and installing them needs root. As root:' "  $by_hand"
fi
