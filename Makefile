# Flotilla and the Shop. `make` lists what there is.
#
# Swift 6.2 or later, bash and make are all that is needed; missing system packages are installed where that is allowed.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Arguments for the program: make up ARGS="--port 9080 --no-seed-demo"
ARGS ?=

# Debug builds made here all measure the coverage of our own targets, in a folder of their own: other flags in the
# same folder would build every target again each time.
DEBUG_FLAGS := --scratch-path .build/coverage
PROFILES := $(CURDIR)/.build/coverage/profiles
build test fuzz tidy check sim sim-random: export FLOTILLA_COVERAGE = 1
build test fuzz tidy check sim sim-random: export LLVM_PROFILE_FILE = $(PROFILES)/%p-%m.profraw

# Tests that wait for a real clock starve when hundreds of others stand before them in the queue for two cores.
test: export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH ?= 16

.PHONY: help up build test fuzz tidy check sim sim-random sim-mutants bench bench-gateway bench-flood contracts coverage clean-data deps

help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: deps ## Build the Shop and run it here, with demo data (ARGS="--port 9080 …")
	@swift build -c release --product shop
	@exec .build/release/shop up $(ARGS)

build: deps ## Build everything, tests included, for debugging
	@swift build --build-tests $(DEBUG_FLAGS)

test: deps ## Run every test and print the coverage of each target
	@rm -rf $(PROFILES); mkdir -p .build
	@start=$$SECONDS; swift test $(DEBUG_FLAGS) $(ARGS) 2>&1 | tee .build/tests.log || \
		{ echo "--- what failed"; grep -a "✘\|error:" .build/tests.log; exit 1; }; \
		echo "tests took $$((SECONDS - start)) s, build included"
	@Scripts/coverage.sh

# How long `make fuzz` goes on.
SECONDS ?= 60

fuzz: deps ## Fuzz the HTTP parser, YAML files, tokens and keys, from seeds nobody has tried yet (SECONDS=60)
	@Scripts/fuzz.sh $(SECONDS) $(DEBUG_FLAGS) $(ARGS)

tidy: deps ## Check the rules of docs/STYLE.md that a machine can check
	@swift test $(DEBUG_FLAGS) --filter TidyTests

check: deps ## What must pass before a push: no warnings, tidy, every test
	@Scripts/build-without-warnings.sh $(DEBUG_FLAGS)
	@$(MAKE) --no-print-directory tidy
	@$(MAKE) --no-print-directory test

sim: deps ## Simulate the whole Shop under faults: the seeds every change has to pass (ARGS="--seed 42 …" for others)
	@swift build --product shop $(DEBUG_FLAGS)
	@.build/coverage/debug/shop sim $(or $(ARGS),--seed 1 --seeds 30)

sim-random: deps ## Simulate it with seeds nobody has tried yet
	@swift build --product shop $(DEBUG_FLAGS)
	@.build/coverage/debug/shop sim --random --seeds 15

sim-mutants: deps ## Break one mechanism after another and show which seed of the simulation notices, and how
	@swift build -c release --product shop
	@Scripts/sim-mutants.sh $(ARGS)

bench: deps ## Measure the hot paths (release build; package of its own in Benchmarks/)
	@swift run -c release --package-path Benchmarks flotilla-bench $(ARGS)

bench-gateway: deps ## Measure the gateway beside nginx, HAProxy, Envoy and Caddy, which it installs (ARGS=--quick)
	@swift build -c release --product shop
	@Benchmarks/gateway/install.sh $(CURDIR)/.build/gateway-bench
	@Benchmarks/gateway/bench.py $(ARGS)

bench-flood: deps ## Measure what 10,000 idle or endlessly slow connections do to other clients of the gateway
	@swift build -c release --product shop
	@Benchmarks/gateway/install.sh $(CURDIR)/.build/gateway-bench nginx
	@Benchmarks/gateway/flood.py $(ARGS)

contracts: deps ## Generate the Swift code of Protos/ again
	@Scripts/generate-contracts.sh

coverage: ## Print the coverage of the last `make test`, file by file
	@Scripts/coverage.sh --files

clean-data: ## Remove the state of the local Shop (SHOP_DATA, or data/)
	@Scripts/clean-data.sh

deps:
	@Scripts/install-system-packages.sh
