#!/usr/bin/env bash
# make run: the service with a PostgreSQL and a Redis of its own, a match to try it on, and Centrifugo if there is one.
# All of it ends with this script. What is kept is in .dev.
#
#   PROXYHOOKS_LISTEN, PROXYHOOKS_OPERATIONS_LISTEN, …   go before .dev/proxyhooks.env
#   PROXYHOOKS_BIN                                       a built proxyhooks; nothing is built then
#   CENTRIFUGO_BIN, CENTRIFUGO_CONFIG                    instead of centrifugo on the PATH and centrifugo/config.json
set -euo pipefail
cd -- "$(dirname -- "$0")/.."
. Scripts/say.sh
. Scripts/processes.sh
. Scripts/settings.sh
. Scripts/places.sh
. Scripts/servers.sh
. Scripts/ports.sh
. Scripts/centrifugo.sh
. Scripts/hints.sh

settings=.dev/proxyhooks.env
decisions=$PWD/.dev/decisions

# What the script makes itself must not come from the caller's environment: migrating another database, say.
unset PROXYHOOKS_DATABASE_URL PROXYHOOKS_REDIS_URL PROXYHOOKS_SECRET PROXYHOOKS_TOKEN_HMAC_SECRET

# shellcheck disable=SC2317 # Reached by the trap.
finish() {
  local status=$?
  if [ "${#process_pids[@]}" -gt 0 ]; then say '' 'Stopping.'; fi
  end_processes
  if [ -n "${servers_sockets:-}" ] && [ "$servers_sockets" != "$servers_home" ]; then
    rmdir -- "$servers_sockets" 2>/dev/null
  fi
  [ -z "${locked:-}" ] || rm -f .dev/run.pid
  exit "$status"
}

# The lock says whether another make run is at work here; .dev/run.pid says which. A file that is left without a lock is
# of one that was killed: what it had started may take a moment to be gone.
take_lock() {
  local other
  [ -d .dev ] || mkdir -m 755 .dev
  exec 9>>.dev/lock
  if ! flock -n 9; then
    other=$(cat .dev/run.pid 2>/dev/null || true)
    die "make run is running here already${other:+, as process $other. Stop it with Ctrl-C in its terminal, or: kill $other}"
  fi
  locked=yes
  patience=0
  [ ! -e .dev/run.pid ] || patience=12
  say "$$" >.dev/run.pid
}

build() {
  if [ -n "${PROXYHOOKS_BIN:-}" ]; then
    proxyhooks=$PROXYHOOKS_BIN
  else
    # Colours are a compiler flag: with a terminal and without would build everything anew in turn.
    foreground bash Scripts/build.sh
    proxyhooks=$(bash Scripts/build.sh --show-bin-path)/proxyhooks
  fi
  command -v -- "$proxyhooks" >/dev/null || die "There is no program $proxyhooks."
}

write_settings() {
  [ -e "$settings" ] || (
    umask 077
    cat >"$settings" <<'END'
# The development service's settings, made by make run. Yours to change; add others, such as PROXYHOOKS_LISTEN.
# The secrets are random and stay. The two URLs are written at each start.
END
  )
  put_secret "$settings" PROXYHOOKS_SECRET 32
  put_secret "$settings" PROXYHOOKS_TOKEN_HMAC_SECRET 64
  put_setting "$settings" PROXYHOOKS_DATABASE_URL "$postgres_url"
  put_setting "$settings" PROXYHOOKS_REDIS_URL "$redis_url"
  put_default "$settings" PROXYHOOKS_POLICY_FILE "$PWD/centrifugo/policy.yaml"
  put_default "$settings" PROXYHOOKS_DECISION_LOG "$decisions"
  put_default "$settings" PROXYHOOKS_DECISION_LOG_KEY "$decisions.key"
  put_secret "$settings" PROXYHOOKS_CONSOLE_TOKEN 16
  put_default "$settings" PROXYHOOKS_CONSOLE_CENTRIFUGO_CONFIG "$PWD/centrifugo/config.json"
  [ -d "$decisions" ] || mkdir -m 700 "$decisions"
  # Its public half is what `audit verify` takes.
  [ -e "$decisions.key" ] || "$proxyhooks" audit key "$decisions.key" >"$decisions.pub"
}

prepare_database() {
  "$proxyhooks" migrate --config "$settings" || die 'The database could not be migrated.'
  # For people at psql; the service names the schema in all it asks.
  query "$postgres_url" 'alter database proxyhooks set search_path = proxyhooks, public'
  "$postgres_bin/psql" -X -q -v ON_ERROR_STOP=1 -d "$postgres_url" -f Scripts/seed.sql
}

trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

take_lock
bash Scripts/packages.sh build servers 9>&-
if [ -z "${PROXYHOOKS_BIN:-}" ]; then bash Scripts/toolchain.sh; fi
export PROXYHOOKS_LISTEN=${PROXYHOOKS_LISTEN:-$(setting "$settings" PROXYHOOKS_LISTEN)}
export PROXYHOOKS_OPERATIONS_LISTEN=${PROXYHOOKS_OPERATIONS_LISTEN:-$(setting "$settings" PROXYHOOKS_OPERATIONS_LISTEN)}
export PROXYHOOKS_GRPC_LISTEN=${PROXYHOOKS_GRPC_LISTEN:-$(setting "$settings" PROXYHOOKS_GRPC_LISTEN)}
: "${PROXYHOOKS_LISTEN:=127.0.0.1:8080}" "${PROXYHOOKS_OPERATIONS_LISTEN:=127.0.0.1:9090}"
: "${PROXYHOOKS_GRPC_LISTEN:=127.0.0.1:8081}"
find_centrifugo
need_free "$PROXYHOOKS_LISTEN" PROXYHOOKS_LISTEN "$patience"
[ "$PROXYHOOKS_GRPC_LISTEN" = off ] || need_free "$PROXYHOOKS_GRPC_LISTEN" PROXYHOOKS_GRPC_LISTEN "$patience"
need_free "$PROXYHOOKS_OPERATIONS_LISTEN" PROXYHOOKS_OPERATIONS_LISTEN "$patience"
[ -z "$centrifugo" ] ||
  need_free "$centrifugo_listen" CENTRIFUGO_HTTP_SERVER_PORT "$patience" "1$CENTRIFUGO_HTTP_SERVER_PORT"
build

say 'Starting PostgreSQL, Redis and ProxyHooks.'
choose_server_user
development_places
start_postgres "$servers_home" "$servers_sockets" .dev/postgres.log
start_redis "$servers_home" "$servers_sockets" .dev/redis.log
write_settings
prepare_database

[ -z "$centrifugo" ] || use_centrifugo
start proxyhooks TERM .dev/proxyhooks.log "$proxyhooks" serve --config "$settings"
until_it_answers proxyhooks "$started_pid" .dev/proxyhooks.log \
  ask "http://$(authority "$PROXYHOOKS_OPERATIONS_LISTEN")/readyz"
[ -z "$centrifugo" ] || start_centrifugo "$(authority "$PROXYHOOKS_LISTEN")" "$PROXYHOOKS_GRPC_LISTEN"
print_hints

wait_for_an_end
say '' "$ended_name has ended by itself, with status $ended_status. The end of $ended_log:" "$(tail -n 20 -- "$ended_log")" >&2
exit 1
