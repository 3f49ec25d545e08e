#!/usr/bin/env bash
# The console's tests: a service with the console on, and a headless Chromium before it. The screenshots are in
# .build/console/ afterwards.
#
#   PROXYHOOKS_BIN      a built proxyhooks; nothing is built then
#   PROXYHOOKS_TEST_…   the servers of Scripts/test.sh. Without them this script starts its own.
set -euo pipefail
cd -- "$(dirname -- "$0")/../.."
. Scripts/say.sh
. Scripts/processes.sh
. Scripts/places.sh
. Scripts/servers.sh

tests=Tests/Console

if ! bash Scripts/packages.sh console; then
  say "The console's tests are SKIPPED: there is no Chromium here, and it could not be installed."
  exit 0
fi

# shellcheck disable=SC2317 # Reached by the trap.
finish() {
  local status=$?
  end_processes
  [ -z "${own:-}" ] || rm -rf -- "$own"
  [ -z "${home:-}" ] || rm -rf -- "$home"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

home=$(mktemp -d)

# find_python: sets python to one that has Selenium at the version of requirements.txt, which a new virtual environment
# gets from PyPI where the machine's own hasn't. One environment is kept between runs.
find_python() {
  local version
  version=$(sed -n 's/^selenium==//p' $tests/requirements.txt)
  for python in "$(command -v python3)" .build/console/venv/bin/python; do
    [ "$("$python" -c 'import importlib.metadata as m; print(m.version("selenium"))' 2>&1)" != "$version" ] || return 0
  done
  rm -rf .build/console/venv
  python3 -m venv .build/console/venv
  foreground "$python" -m pip install --quiet --disable-pip-version-check --requirement $tests/requirements.txt ||
    die "Selenium, which the console's tests need, could not be installed; the reason is above."
}

start_own_servers() {
  choose_server_user
  own=$(mktemp -d "$(temporary_root)/proxyhooks-console.XXXXXX")
  give "$own"
  start_postgres "$own" "$own" "$own/postgres.log"
  start_redis "$own" "$own" "$own/redis.log"
  export PROXYHOOKS_TEST_DATABASE_URL=$postgres_url PROXYHOOKS_TEST_REDIS_URL=$redis_url
  export PROXYHOOKS_TEST_POSTGRES_DATA=$postgres_data
}

if [ -z "${PROXYHOOKS_BIN:-}" ]; then
  foreground swift build --product proxyhooks
  PROXYHOOKS_BIN=$(swift build --show-bin-path)/proxyhooks
fi
mkdir -p .build/console
find_python
[ -n "${PROXYHOOKS_TEST_DATABASE_URL:-}" ] || start_own_servers
postgres_programs "$PROXYHOOKS_TEST_POSTGRES_DATA"

export CONSOLE_PROXYHOOKS=$PROXYHOOKS_BIN CONSOLE_HOME=$home CONSOLE_PSQL=$postgres_bin/psql
export CONSOLE_PICTURES=.build/console PYTHONDONTWRITEBYTECODE=1
foreground "$python" $tests/main.py
