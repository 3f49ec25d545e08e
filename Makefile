# Everything that is done with a checkout. Each target installs the Debian packages that it lacks and says so.
.DEFAULT_GOAL := help
.PHONY: help run build test fuzz bench-tokens format lint clean

SWIFT_SOURCES := Package.swift Sources Tests Benchmarks/Tokens/Package.swift Benchmarks/Tokens/Sources
# The others are sourced by these and looked at with them.
SCRIPTS := .ci/run $(addprefix Scripts/,clean.sh fuzz.sh generate.sh packages.sh run.sh test.sh toolchain.sh) Tests/EndToEnd/run.sh Tests/Console/run.sh
# Arguments of swift test.
ARGS ?=
# How long make fuzz runs each target, and which; none is all.
SECONDS ?= 60
TARGETS ?=

help: ## what there is (this)
	@sed -n 's/^\([a-z-]*\): ##/  make \1\t/p' $(MAKEFILE_LIST) | expand -t 22

run: ## the service with a database, Redis and a match to try it on; Ctrl-C ends all of it
	@bash Scripts/run.sh

build: ## the proxyhooks command, optimized
	@bash Scripts/packages.sh build
	@bash Scripts/toolchain.sh
	swift build -c release --product proxyhooks --no-color-diagnostics

test: ## all tests on servers of their own; ARGS="--filter X" goes to swift test
	@bash Scripts/test.sh $(ARGS)

fuzz: ## libFuzzer on the parsers; SECONDS=60 for each target, TARGETS="json token" for some of them
	@bash Scripts/fuzz.sh $(SECONDS) $(TARGETS)

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
