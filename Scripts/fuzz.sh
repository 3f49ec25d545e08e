#!/usr/bin/env bash
# make fuzz: libFuzzer on the parsers of bytes from outside, see docs/fuzzing.md.
#
#   Scripts/fuzz.sh SECONDS [TARGET…]
#
# Each target runs for that long, from Tests/Fuzz/Corpus/TARGET and from what earlier runs found, which is kept in
# .build/fuzz/corpus. The status is 1 where something was found and 77 where this toolchain has no libFuzzer.
set -euo pipefail
cd -- "$(dirname -- "$0")/.."
. Scripts/say.sh
. Scripts/processes.sh

trap end_processes EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

place=.build/fuzz
seconds=${1:-60}
shift || true
targets=("$@")
[ "${#targets[@]}" -gt 0 ] || mapfile -t targets < <(ls Tests/Fuzz/Corpus)
for target in "${targets[@]}"; do
  [ -d "Tests/Fuzz/Corpus/$target" ] || die "There is no target $target: $(ls -m Tests/Fuzz/Corpus)."
done

# Swift's own crash reports get in libFuzzer's way. Leaks can't be looked for: Swift keeps pointers inside enumerations
# in a form that the search does not know, and what they point to would be taken for lost.
export SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0
environment='SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0'

# Not every toolchain comes with libFuzzer and AddressSanitizer.
look_for_libfuzzer() {
  mkdir -p "$place"
  printf '@_cdecl("LLVMFuzzerTestOneInput") public func test(_: UnsafePointer<UInt8>?, _: Int) -> Int32 { 0 }\n' \
    >"$place/probe.swift"
  swiftc -parse-as-library -sanitize=fuzzer,address -use-ld=lld "$place/probe.swift" -o "$place/probe" \
    >"$place/probe.log" 2>&1 && return 0
  say "NOT FUZZED: this Swift does not build with -sanitize=fuzzer,address; $place/probe.log says why."
  exit 77
}

# Optimizing takes some minutes, after which a long run tries several times as many inputs. Checks stay on in both.
build() {
  local how=(-c debug)
  [ "$seconds" -lt 300 ] || how=(-c release -Xswiftc -enable-testing -Xswiftc -assert-config -Xswiftc Debug)
  configuration=${how[1]}
  # What is C++ is TLS' own, and no target comes near it.
  PROXYHOOKS_TEST_FUZZ=1 foreground swift build "${how[@]}" --scratch-path "$place" --product Fuzz \
    --no-color-diagnostics --disable-index-store --sanitize=fuzzer -Xswiftc -sanitize=fuzzer,address \
    -Xcc -fsanitize=fuzzer-no-link,address -Xcxx -fno-sanitize=all -Xswiftc -use-ld=lld
}

# The longest input, in bytes, a little more than the target has limits for.
longest() {
  case $1 in
    channel) echo 256 ;;
    http) echo 1024 ;;
    *) echo 2048 ;;
  esac
}

# Where a target begins, a directory a line; published vectors and captures only where they are.
seeds() {
  local vectors=${PROXYHOOKS_VECTORS:-../shared/vectors} captures=${PROXYHOOKS_CAPTURES:-../shared/captures}
  echo "Tests/Fuzz/Corpus/$1"
  case $1 in
    json) [ ! -d "$vectors/JSONTestSuite" ] || echo "$vectors/JSONTestSuite/test_parsing" ;;
    http) [ ! -d "$captures" ] || echo "$captures" ;;
  esac
}

# value NAME LOG: one of the figures that libFuzzer prints at its end.
value() { sed -n "s/^stat::$1: *//p" "$2" | tail -n 1; }

fuzz() {
  local target=$1 log=$place/logs/$1.log status=0 arguments=() seeds
  local corpus=$place/corpus/$target finds=$place/finds/$target
  mkdir -p "$corpus" "$finds" "$place/logs"
  ln -sfn "$configuration/Fuzz" "$place/$target"
  [ ! -e "Tests/Fuzz/Dictionaries/$target" ] || arguments+=("-dict=Tests/Fuzz/Dictionaries/$target")
  mapfile -t seeds < <(seeds "$target")
  foreground "$place/$target" "-max_total_time=$seconds" "-max_len=$(longest "$target")" -timeout=5 -rss_limit_mb=2048 \
    -malloc_limit_mb=256 -print_final_stats=1 "-artifact_prefix=$finds/" "${arguments[@]}" \
    "$corpus" "${seeds[@]}" >"$log" 2>&1 || status=$?
  local covered
  covered=$(grep -a -o ' cov: [0-9]*' "$log" | tail -n 1 | tr -dc 0-9)
  say "$(printf '%-10s%12s executions, %6s a second, %6s edges, %5s inputs new' "$target" \
    "$(value number_of_executed_units "$log")" "$(value average_exec_per_sec "$log")" "${covered:-0}" \
    "$(value new_units_added "$log")")"
  [ "$status" -ne 0 ] || return 0
  local input
  input=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
  say "  FOUND: $(grep -a -m 1 -E 'NOT SO|ERROR|Fatal error' "$log" || tail -n 1 "$log")" \
    "  all of it: $log" "  again:     $environment $place/$target ${input:-INPUT}"
  found=yes
}

bash Scripts/packages.sh build
bash Scripts/toolchain.sh
look_for_libfuzzer
build
found=no
for target in "${targets[@]}"; do fuzz "$target"; done
[ "$found" = no ] || die 'Something was found: the inputs are kept where the lines above say.'
