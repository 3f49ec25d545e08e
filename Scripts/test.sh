#!/usr/bin/env bash
# make test: the Swift tests, the console in a browser, the end-to-end tests and a short run of the fuzzer, with a PostgreSQL and a Redis for this
# run alone.
#
#   Scripts/test.sh [argument of swift test…]
#
# With --filter or --skip only the Swift tests are run. What the tests are told:
#
#   PROXYHOOKS_TEST_DATABASE_URL    a database of the server's superuser, who can make others
#   PROXYHOOKS_TEST_REDIS_URL       a Redis that nobody else uses
#   PROXYHOOKS_TEST_POSTGRES_DATA   PostgreSQL's data directory; its process is in postmaster.pid there
#   PROXYHOOKS_TEST_REDIS_PID       Redis' process
#
# Tests may stop, kill and restart both servers.
set -euo pipefail
cd -- "$(dirname -- "$0")/.."
. Scripts/say.sh
. Scripts/processes.sh
. Scripts/places.sh
. Scripts/servers.sh

end_to_end=Tests/EndToEnd/run.sh

# Settings of the caller's would be settings of the service under test.
for name in "${!PROXYHOOKS_@}"; do
  [ "$name" = PROXYHOOKS_BIN ] || unset "$name"
done

# say_failures FILE: what failed, once more behind the hundreds of lines about what passed. FILE is swift test's report (xUnit).
say_failures() {
  [ -e "$1" ] || return 0
  say 'These failed:'
  awk '
    function attribute(name) { return match($0, " " name "=\"[^\"]*\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : "" }
    /<testcase/ { test = attribute("classname") "." attribute("name") }
    /<failure/ { print "  " test ": " substr(attribute("message"), 1, 1000) }
  ' "$1" | sed 's/&quot;/"/g; s/&lt;/</g; s/&gt;/>/g; s/&#10;/ /g; s/&amp;/\&/g' >&2
}

# shellcheck disable=SC2317 # Reached by the trap.
finish() {
  local status=$?
  end_processes
  if [ -n "${home:-}" ]; then
    # A server that a test has started anew is none of ours by its pid.
    end_leftover "$home/postgres/postmaster.pid" "$home/postgres"
    end_leftover "$home/redis/redis.pid" "$home/redis"
    rm -rf -- "$home"
  fi
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

parts=(build servers)
[ ! -e "$end_to_end" ] || parts+=(end-to-end)
bash Scripts/packages.sh "${parts[@]}"
bash Scripts/toolchain.sh

choose_server_user
home=$(mktemp -d "$(temporary_root)/proxyhooks-test.XXXXXX")
give "$home"
start_postgres "$home" "$home" "$home/postgres.log"
start_redis "$home" "$home" "$home/redis.log"
export PROXYHOOKS_TEST_DATABASE_URL=$postgres_url PROXYHOOKS_TEST_REDIS_URL=$redis_url
export PROXYHOOKS_TEST_POSTGRES_DATA=$postgres_data PROXYHOOKS_TEST_REDIS_PID=$redis_pid

# As in run.sh: a terminal must not decide whether everything is built anew.
# Tests block on servers of theirs; all at once on few cores they would starve each other.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=6
foreground swift test --no-color-diagnostics --xunit-output "$home/tests.xml" "$@" || {
  status=$?
  say_failures "$home/tests-swift-testing.xml"
  exit "$status"
}
case " $* " in
  *' --filter'* | *' --skip '*) say 'The console, the end-to-end tests and the fuzzer are left out where tests are chosen.' ;;
  *)
    foreground bash Tests/Console/run.sh
    [ ! -e "$end_to_end" ] || foreground bash "$end_to_end"
    # 77: no libFuzzer in this toolchain, which it has said.
    foreground bash Scripts/fuzz.sh 10 || [ $? -eq 77 ]
    ;;
esac
