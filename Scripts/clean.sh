#!/usr/bin/env bash
# make clean: removes what was built, and the development service's data, secrets and logs.
set -euo pipefail
cd -- "$(dirname -- "$0")/.."
. Scripts/say.sh
. Scripts/places.sh

if [ -e .dev/lock ]; then
  exec 9>>.dev/lock
  flock -n 9 || die "make run is running here, as process $(cat .dev/run.pid). Stop it first."
fi
# Where postgres can't come to .dev, the data is elsewhere: development_places() in places.sh.
if [ -L .dev/servers ] && [ "$(readlink .dev/servers)" = "/var/lib/$(checkout_name)" ]; then
  rm -rf -- "/var/lib/$(checkout_name)"
fi
rm -rf .build .dev bench Benchmarks/*/.build
