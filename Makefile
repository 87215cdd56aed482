# Every target does its own set-up on a fresh machine; a second run costs none.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

VENV := .venv
BIN := $(VENV)/bin
# The Lambda runs on Python 3.13: the virtual environment prefers it, and takes any from 3.11 up.
PYTHON ?= $(shell for p in python3.13 $(HOME)/.pyenv/versions/3.13.*/bin/python python3 python; do \
  "$$p" -c '' 2>/dev/null && { command -v "$$p"; break; }; done)
READY := $(VENV)/.ready
DEV_READY := $(VENV)/.ready-dev
CDK_READY := node_modules/.ready
# What waits more than it works: three at once on two processors, each with organisations of its own.
SIDE_BY_SIDE := -n 3 --dist loadfile --no-loadscope-reorder
# Of the measurements: how much of 2.8 GB, and how many rounds count.
SIZE ?= 1
REPEAT ?= 5
# Of chaos: records of a run, the first seed, how many seeds. Of fuzz: seconds for each target.
N ?= 10000
SEED ?= 1
SEEDS ?= 5
SECONDS ?= 60

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

.PHONY: setup
setup: $(READY) $(CDK_READY) ## Set up what a deployment needs, and nothing else

.PHONY: demo
demo: $(READY) $(CDK_READY) ## Watch root activity travel the real path on an embedded AWS (KEEP=1 keeps the inbox page up)
	@$(BIN)/rootwatch demo $(if $(filter-out 0,$(KEEP)),--keep)

.PHONY: test
test: $(DEV_READY) $(CDK_READY) ## Run every test
	@$(BIN)/python -m pytest tests/unit tests/stacks tests/chaos tests/fuzz -n auto --dist loadfile
	@$(BIN)/python -m pytest tests/integration tests/attacks $(SIDE_BY_SIDE)

.PHONY: unit
unit: $(DEV_READY) ## Run the unit tests alone
	@$(BIN)/python -m pytest tests/unit -n auto --dist loadfile

.PHONY: check
check: $(DEV_READY) ## Lint, types, the law of the core, dead code, findings of cdk-nag, drift of generated pages
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/vulture
	@$(BIN)/python -m pytest tests/stacks/test_nag.py
	@$(BIN)/python -m docs.generate --check

.PHONY: docs
docs: $(DEV_READY) ## Write the generated pages and samples anew
	@$(BIN)/python -m docs.generate

.PHONY: bench
bench: $(DEV_READY) ## Measure against unpacking alone, ripgrep, DuckDB and jq (SIZE=1/100, REPEAT=5, REPORT_ONLY=1)
	@missing=$$(for pair in rg:ripgrep jq:jq; do command -v "$${pair%%:*}" >/dev/null || echo "$${pair#*:}"; done); \
	  test -z "$$missing" || { echo "Installing $$missing with apt-get." >&2; \
	    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null || true; }
	@$(BIN)/python -m bench.run --size $(SIZE) --repeat $(REPEAT) $(if $(filter-out 0,$(REPORT_ONLY)),--report-only)

.PHONY: bench-page
bench-page: $(DEV_READY) ## Tell the last measurements in docs/performance.md
	@$(BIN)/python -m bench.publish
	@$(BIN)/python -m docs.generate

.PHONY: chaos
chaos: $(DEV_READY) ## Faults, crashes at every step, wrong clocks: what the judge finds (N=10000 SEED=1 SEEDS=5)
	@$(BIN)/python -m tests.chaos.run --records $(N) --seed $(SEED) --seeds $(SEEDS)
	@$(BIN)/python -m tests.chaos.exhaustive
	@$(BIN)/python -m tests.chaos.kills

.PHONY: chaos-page
chaos-page: $(DEV_READY) ## Tell the last run of chaos in docs/reliability.md
	@$(BIN)/python -m tests.chaos.publish
	@$(BIN)/python -m docs.generate

.PHONY: attacks
attacks: $(DEV_READY) $(CDK_READY) ## Who could silence or deceive us, tried on a deployed organisation; what was told, how soon
	@MEASURE_ATTACKS=1 $(BIN)/python -m pytest tests/attacks

.PHONY: attacks-page
attacks-page: $(DEV_READY) ## Tell the last run of the attacks in docs/threat-model.md
	@$(BIN)/python -m tests.attacks.publish
	@$(BIN)/python -m docs.generate

.PHONY: fuzz
fuzz: $(DEV_READY) ## Fuzz reading and windows, guided by coverage; keep what is new (SECONDS=60)
	@$(BIN)/python -m tests.fuzz.run reading --seconds $(SECONDS)
	@$(BIN)/python -m tests.fuzz.run window --seconds $(SECONDS)

.PHONY: format
format: $(DEV_READY) ## Format the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: pins
pins: $(READY) ## Resolve constraints.txt anew from the direct pins
	@: > constraints.txt
	@$(BIN)/uv pip compile -q --python-version 3.11 --universal --no-annotate --no-header requirements-dev.txt lambda/requirements.txt -o build/pins.txt
	@(echo '# Every package below the direct pins, so that two installs are the same. Made by `make pins`.'; cat build/pins.txt) > constraints.txt

.PHONY: clean
clean: ## Remove all that these targets made
	@rm -rf $(VENV) node_modules build cdk.out .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/uv: requirements.txt constraints.txt
	@test -n "$(PYTHON)" || { echo 'No Python found: install Python 3.11 or later, then run this again.' >&2; exit 2; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'rootwatch needs Python 3.11 or later: set PYTHON=/path/to/python3.11.' >&2; exit 2; }
	@"$(PYTHON)" -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep '^uv==' requirements.txt)"
	@touch $@

$(READY): $(VENV)/bin/uv requirements.txt constraints.txt pyproject.toml
	@$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@mkdir -p build && touch $@

$(DEV_READY): $(READY) requirements-dev.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements-dev.txt
	@touch $@

$(CDK_READY): package.json package-lock.json
	@command -v npm >/dev/null || { echo 'No npm found: install Node 22 or later, then run this again.' >&2; exit 2; }
	@npm ci --silent
	@touch $@
