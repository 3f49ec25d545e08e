# shellcheck shell=bash
# Sourced after say.sh, processes.sh and places.sh: a PostgreSQL and a Redis of one's own. They listen on sockets in a
# directory that only their user can enter, and on no port. Both keep their defaults: PostgreSQL commits to disk.

# A PG… variable of the caller (PGOPTIONS, PGSERVICE, …) must not lead anything here to another database.
for name in "${!PG@}"; do unset "$name"; done

# More options for either, for who sources this.
postgres_options=()
redis_options=()

# postgres_programs DATA: sets postgres_bin to the programs of the version that made the data, else the newest.
postgres_programs() {
  local version='' candidate
  [ ! -s "$1/PG_VERSION" ] || version=$(cat -- "$1/PG_VERSION")
  postgres_bin=''
  for candidate in /usr/lib/postgresql/*/bin; do
    [ -x "$candidate/postgres" ] || continue
    if [ -n "$version" ] && [ "$candidate" != "/usr/lib/postgresql/$version/bin" ]; then continue; fi
    postgres_bin=$(printf '%s\n' ${postgres_bin:+"$postgres_bin"} "$candidate" | sort -V | tail -n 1)
  done
  if [ -z "$postgres_bin" ] && [ -z "$version" ]; then
    die 'There is no PostgreSQL in /usr/lib/postgresql. Scripts/packages.sh installs it.'
  fi
  [ -n "$postgres_bin" ] ||
    die "$1 was made by PostgreSQL $version, which is not installed." 'make clean removes it, and the next start makes a new one.'
}

# end_leftover PIDFILE DIRECTORY: ends what an earlier start left running in the directory. A pid that is now another
# process's makes the file stale, whatever PostgreSQL would think. The caller holds the directory's lock.
end_leftover() {
  local pid
  pid=$(head -n 1 -- "$1" 2>/dev/null) || return 0
  case $pid in '' | *[!0-9]*) return 0 ;; esac
  if [ "$(readlink -- "/proc/$pid/cwd")" = "$(cd -- "$2" && pwd -P)" ]; then
    end_process "$pid" INT 15
  else
    rm -f -- "$1"
  fi
}

# until_it_answers NAME PID LOG COMMAND…: asks for up to a minute, which is time for recovery after a crash.
until_it_answers() {
  local name=$1 pid=$2 log=$3 tenths=600
  shift 3
  until "$@" >/dev/null 2>&1; do
    if ! alive "$pid" || [ "$tenths" -le 0 ]; then
      die "$name does not start. The end of $log:" "$(tail -n 20 -- "$log")"
    fi
    tenths=$((tenths - 1))
    sleep 0.1
  done
}

# start_postgres HOME SOCKETS LOG: data in HOME/postgres, made at the first start. Sets postgres_bin, postgres_data and
# postgres_url: the database proxyhooks, and a superuser of that name, who can make others.
start_postgres() {
  local sockets=$2 log=$3 unfinished=$1/postgres.new maintenance="postgresql://proxyhooks@/postgres?host=$2"
  postgres_data=$1/postgres
  postgres_url="postgresql://proxyhooks@/proxyhooks?host=$sockets"
  postgres_programs "$postgres_data"
  if [ ! -d "$postgres_data" ]; then
    rm -rf -- "$unfinished"
    "${server_user[@]}" env -C / "$postgres_bin/initdb" -D "$unfinished" -U proxyhooks -A trust -E UTF8 --locale=C \
      >"$log" 2>&1 || die "PostgreSQL's data directory can't be made. The end of $log:" "$(tail -n 20 -- "$log")"
    mv -T -- "$unfinished" "$postgres_data"
  fi
  end_leftover "$postgres_data/postmaster.pid" "$postgres_data"
  rm -f -- "$sockets/.s.PGSQL.5432" "$sockets/.s.PGSQL.5432.lock"
  start PostgreSQL INT "$log" "${server_user[@]}" env -C / "$postgres_bin/postgres" -D "$postgres_data" -k "$sockets" \
    -c listen_addresses= -c unix_socket_permissions=0700 -c max_connections=300 \
    "${postgres_options[@]}"
  until_it_answers PostgreSQL "$started_pid" "$log" "$postgres_bin/pg_isready" -q -d "$maintenance"
  if [ -z "$(query "$maintenance" "select 1 from pg_database where datname = 'proxyhooks'")" ]; then
    query "$maintenance" 'create database proxyhooks'
  fi
}

# query URL SQL: bare rows.
query() { "$postgres_bin/psql" -X -A -t -q -v ON_ERROR_STOP=1 -d "$1" -c "$2"; }

# start_redis HOME SOCKETS LOG: data in HOME/redis. Sets redis_socket, redis_url and redis_pid.
start_redis() {
  local data=$1/redis log=$3
  redis_socket=$2/redis.sock
  redis_url=unix:$redis_socket
  give "$data"
  end_leftover "$data/redis.pid" "$data"
  start Redis TERM "$log" "${server_user[@]}" env -C "$data" redis-server --port 0 --unixsocket "$redis_socket" \
    --unixsocketperm 700 --pidfile redis.pid "${redis_options[@]}"
  redis_pid=$started_pid
  until_it_answers Redis "$redis_pid" "$log" redis-cli -s "$redis_socket" ping
}
