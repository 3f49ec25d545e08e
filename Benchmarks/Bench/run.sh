#!/usr/bin/env bash
# make bench, bench-growth and bench-instructions: the service beside its peers or alone, with a PostgreSQL and a Redis for
# this run alone.
#
#   Benchmarks/Bench/run.sh bench.py|growth.py|instructions.py
#
#   PROXYHOOKS_BIN   a built proxyhooks; nothing is built then
#   ROUNDS           how many rounds
#   BENCH_SECONDS    how long a load runs; SECONDS is bash's own
#   ONLY             some loads: ONLY="publish mix floors"
#   QUICK            1: one short round, to see that all of it works
#   UPDATE           1: what instructions.py counts is the new reference
#   PEER_…           settings of the peers to be tried, such as PEER_POSTGRES_CONNECTIONS=32
set -euo pipefail
cd -- "$(dirname -- "$0")/../.."
. Scripts/say.sh
. Scripts/processes.sh
. Scripts/places.sh
. Scripts/servers.sh

program=$1
BENCH_BUILD=$PWD/.build/bench
export BENCH_BUILD
# What the service would take for its own settings.
for name in "${!PROXYHOOKS_@}"; do
  [ "$name" = PROXYHOOKS_BIN ] || unset "$name"
done

# shellcheck disable=SC2317 # Reached by the trap.
finish() {
  local status=$?
  end_processes
  [ -z "${home:-}" ] || rm -rf -- "$home"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Debian's packages of Node's libraries want Debian's nodejs. Where another one is installed they are only unpacked, and
# it runs with them.
node_libraries() {
  BENCH_NODE_PATH=/usr/share/nodejs
  if NODE_PATH=$BENCH_NODE_PATH node -e 'require("pg"), require("redis")' 2>/dev/null; then return 0; fi
  local place=$BENCH_BUILD/node packages
  if [ ! -e "$place/done" ]; then
    say "Debian's node-pg and node-redis are unpacked into $place: the nodejs here is not Debian's."
    rm -rf -- "$place"
    mkdir -p "$place/packages"
    mapfile -t packages < <(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks \
      --no-replaces --no-enhances node-pg node-redis | grep '^node-' | sort -u)
    (
      cd "$place/packages"
      apt-get download "${packages[@]}" >/dev/null 2>&1 || { apt-get update >/dev/null && apt-get download "${packages[@]}" >/dev/null; }
      for package in *.deb; do dpkg-deb -x "$package" ..; done
    )
    touch "$place/done"
  fi
  BENCH_NODE_PATH=$place/usr/share/nodejs
}

build_service() {
  if [ -z "${PROXYHOOKS_BIN:-}" ]; then
    bash Scripts/toolchain.sh
    foreground bash Scripts/build.sh
    PROXYHOOKS_BIN=$(bash Scripts/build.sh --show-bin-path)/proxyhooks
  fi
  command -v -- "$PROXYHOOKS_BIN" >/dev/null || die "There is no program $PROXYHOOKS_BIN."
  export PROXYHOOKS_BIN
}

build_peers() {
  cc -std=c11 -O2 -Wall -Wextra -Werror -o "$BENCH_BUILD/load" Benchmarks/Load/load.c
  # Debian's Go packages are sources below /usr/share/gocode, for builds without modules.
  (cd Benchmarks/Peers/Go && GO111MODULE=off GOFLAGS='' GOPATH=/usr/share/gocode GOCACHE=$BENCH_BUILD/go-cache \
    go build -o "$BENCH_BUILD/peer-go" .)
}

parts=(servers)
[ -n "${PROXYHOOKS_BIN:-}" ] || parts+=(build)
if [ "$program" = instructions.py ]; then
  parts+=(bench-instructions)
else
  parts+=(bench)
  if ! command -v node >/dev/null || dpkg -s nodejs 2>/dev/null | grep -q '^Maintainer:.*Debian'; then parts+=(bench-node); fi
fi
bash Scripts/packages.sh "${parts[@]}"
mkdir -p "$BENCH_BUILD"
build_service
if [ "$program" = instructions.py ]; then
  cc -std=gnu11 -O2 -Wall -Wextra -Werror -shared -fPIC -o "$BENCH_BUILD/sigsuspend.so" Benchmarks/Bench/sigsuspend.c
else
  node_libraries
  export BENCH_NODE_PATH
  build_peers
fi

choose_server_user
home=$(mktemp -d "$(temporary_root)/proxyhooks-bench.XXXXXX")
give "$home"
# Commits reach the disk, as they do by default. Enough memory for the data and no checkpoint within a load, which would
# hit one contestant and not the next.
# shellcheck disable=SC2034 # start_postgres and start_redis read them.
postgres_options=(-c fsync=on -c synchronous_commit=on -c shared_buffers=1GB -c max_wal_size=8GB -c checkpoint_timeout=30min)
# shellcheck disable=SC2034
redis_options=(--save '' --appendonly no)
start_postgres "$home" "$home" "$home/postgres.log"
start_redis "$home" "$home" "$home/redis.log"
# Whose processor time a call costs besides the service's own.
BENCH_POSTGRES_PID=$(head -n 1 -- "$postgres_data/postmaster.pid")
export BENCH_POSTGRES_PID BENCH_REDIS_PID=$redis_pid
export BENCH_POSTGRES_BIN=$postgres_bin BENCH_POSTGRES_URL=$postgres_url BENCH_REDIS_URL=$redis_url

python=/usr/bin/python3 # Debian's, which has Debian's matplotlib.
[ -x "$python" ] || python=python3
foreground "$python" -B "Benchmarks/Bench/$program"
