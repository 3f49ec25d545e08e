# Everything that is done with a checkout. Each target installs the Debian packages that it lacks and says so.
.DEFAULT_GOAL := help
.PHONY: help run build test fuzz bench bench-growth bench-instructions bench-tokens format lint clean

SWIFT_SOURCES := Package.swift Sources Tests Benchmarks/Tokens/Package.swift Benchmarks/Tokens/Sources
# The others are sourced by these and looked at with them.
SCRIPTS := .ci/run $(addprefix Scripts/,build.sh clean.sh fuzz.sh generate.sh packages.sh run.sh test.sh toolchain.sh) Tests/EndToEnd/run.sh Tests/Console/run.sh \
	Benchmarks/Bench/run.sh
# Arguments of swift test.
ARGS ?=
# How long make fuzz runs each target, in seconds (60), and make bench each load (3).
SECONDS ?=
# Which targets make fuzz runs; none is all.
TARGETS ?=
# make bench: how many rounds, some loads only, or one short round.
ROUNDS ?=
ONLY ?=
QUICK ?=
# make bench-instructions: what is counted is the new reference.
UPDATE ?=

help: ## what there is (this)
	@sed -n 's/^\([a-z-]*\): ##/  make \1\t/p' $(MAKEFILE_LIST) | expand -t 26

run: ## the service with a database, Redis and a match to try it on; Ctrl-C ends all of it
	@bash Scripts/run.sh

build: ## the proxyhooks command, optimized
	@bash Scripts/packages.sh build
	@bash Scripts/toolchain.sh
	@bash Scripts/build.sh

test: ## all tests on servers of their own; ARGS="--filter X" goes to swift test
	@bash Scripts/test.sh $(ARGS)

fuzz: ## libFuzzer on the parsers; SECONDS=60 for each target, TARGETS="json token" for some of them
	@bash Scripts/fuzz.sh $(or $(SECONDS),60) $(TARGETS)

bench: ## the service beside a peer in Go and one in Node, half an hour; ROUNDS=5 SECONDS=3 ONLY="publish mix" QUICK=1
	@ROUNDS='$(ROUNDS)' BENCH_SECONDS='$(SECONDS)' ONLY='$(ONLY)' QUICK='$(QUICK)' bash Benchmarks/Bench/run.sh bench.py

bench-growth: ## how the time of a decision grows with members, messages and rooms: make bench's last part, longer
	@QUICK='$(QUICK)' bash Benchmarks/Bench/run.sh growth.py

bench-instructions: ## how many instructions a request takes, beside the committed reference; UPDATE=1 writes that
	@UPDATE='$(UPDATE)' bash Benchmarks/Bench/run.sh instructions.py

bench-tokens: ## how long tokens take to verify, here and with jwt-kit, in one run
	@bash Scripts/packages.sh build
	@bash Scripts/toolchain.sh
	swift run -c release --package-path Benchmarks/Tokens TokenBenchmark

format: ## the Swift files, in place
	swift format format --in-place --parallel --recursive $(SWIFT_SOURCES)

lint: ## what shellcheck (if it is there) says, and what format would change
	@if command -v shellcheck >/dev/null; then \
	  shellcheck -x -a -P SCRIPTDIR/.. $(SCRIPTS); \
	else \
	  echo 'shellcheck is not installed, so the scripts were not looked at.'; \
	fi
	swift format lint --strict --parallel --recursive $(SWIFT_SOURCES)

clean: ## what was built, and the development database, secrets and logs
	@bash Scripts/clean.sh
