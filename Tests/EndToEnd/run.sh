#!/usr/bin/env bash
# The end-to-end tests: a real Centrifugo with centrifugo/config.json before the service, and real clients before that.
#
#   Tests/EndToEnd/run.sh [part of a claim…]    only the claims that have one of the parts
#
#   CENTRIFUGO_BIN      Centrifugo, where it is not on the PATH. Where there is none the tests are skipped.
#   END_TO_END_GRPC=1   all hooks over gRPC, with centrifugo/grpc.json; else some scenarios are run over both
#   PROXYHOOKS_BIN      a built proxyhooks; nothing is built then
#   PROXYHOOKS_TEST_…   the servers of Scripts/test.sh. Without them this script starts its own.
set -euo pipefail
cd -- "$(dirname -- "$0")/../.."
. Scripts/say.sh
. Scripts/processes.sh
. Scripts/places.sh
. Scripts/servers.sh

tests=Tests/EndToEnd

centrifugo=${CENTRIFUGO_BIN:-$(command -v centrifugo || true)}
if [ -z "$centrifugo" ]; then
  say 'The end-to-end tests are SKIPPED: there is no centrifugo on the PATH and CENTRIFUGO_BIN is not set.' \
    'Version 6.9 for your system is at https://github.com/centrifugal/centrifugo/releases; then:' \
    '  make test CENTRIFUGO_BIN=/path/to/centrifugo'
  exit 0
fi
command -v -- "$centrifugo" >/dev/null || die "CENTRIFUGO_BIN is $centrifugo, which is no program."

# shellcheck disable=SC2317 # Reached by the trap.
finish() {
  local status=$?
  end_processes
  if [ -n "${own:-}" ]; then
    # PostgreSQL is started anew by the tests that kill it.
    end_leftover "$own/postgres/postmaster.pid" "$own/postgres"
    rm -rf -- "$own"
  fi
  [ -z "${home:-}" ] || rm -rf -- "$home"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

home=$(mktemp -d)

# find_python: sets python to one that has the client at the version of requirements.txt, which a new virtual
# environment gets from PyPI where the machine's own hasn't.
find_python() {
  local version
  version=$(sed -n 's/^centrifuge-python==//p' $tests/requirements.txt)
  python=$(command -v python3 || true)
  [ -n "$python" ] || die 'There is no python3. Scripts/packages.sh end-to-end installs it.'
  if [ "$("$python" -c 'import importlib.metadata as m; print(m.version("centrifuge-python"))' 2>&1)" != "$version" ]; then
    "$python" -m venv "$home/venv"
    python=$home/venv/bin/python
    foreground "$python" -m pip install --quiet --disable-pip-version-check --requirement $tests/requirements.txt ||
      die 'The clients of the end-to-end tests could not be installed; the reason is above.'
  fi
}

start_own_servers() {
  choose_server_user
  own=$(mktemp -d "$(temporary_root)/proxyhooks-e2e.XXXXXX")
  give "$own"
  start_postgres "$own" "$own" "$own/postgres.log"
  start_redis "$own" "$own" "$own/redis.log"
  export PROXYHOOKS_TEST_DATABASE_URL=$postgres_url PROXYHOOKS_TEST_REDIS_URL=$redis_url
  export PROXYHOOKS_TEST_POSTGRES_DATA=$postgres_data PROXYHOOKS_TEST_REDIS_PID=$redis_pid
}

if [ -z "${PROXYHOOKS_BIN:-}" ]; then
  foreground swift build --product proxyhooks
  PROXYHOOKS_BIN=$(swift build --show-bin-path)/proxyhooks
fi
find_python
[ -n "${PROXYHOOKS_TEST_DATABASE_URL:-}" ] || start_own_servers
postgres_programs "$PROXYHOOKS_TEST_POSTGRES_DATA"

unset CENTRIFUGO_BIN CENTRIFUGO_CONFIG # Centrifugo warns of names that it doesn't know.
export END_TO_END_CENTRIFUGO=$centrifugo END_TO_END_PROXYHOOKS=$PROXYHOOKS_BIN END_TO_END_HOME=$home
export END_TO_END_PSQL=$postgres_bin/psql PYTHONDONTWRITEBYTECODE=1
foreground "$python" $tests/main.py "$@"
