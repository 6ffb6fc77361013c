# Two commands do everything: `make demo` and `make test`. Both set up what they need first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
KLBOT := $(BIN)/klbot
# The tests' files are shared out to three processes, as much of a test is waiting; WORKERS= runs all of them in one.
WORKERS ?= --numprocesses 3 --dist loadfile
# What runs (requirements.lock) has the versions that were tested (requirements-dev.lock).
COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

.PHONY: help setup demo test lint types check schema bench-matching bench-desk bench-knowledge bench-reload lock clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup: $(VENV)/.ready  ## make .venv with exactly the locked packages

$(VENV)/.ready: requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "klbot needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup  ## the whole bot in the browser: citizens left, staff mailbox right, no token needed
	$(KLBOT) demo $(ARGS)

test: setup  ## all tests
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest $(WORKERS) $(ARGS)

lint: setup  ## ruff: style and likely mistakes
	$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: setup  ## mypy, strict
	$(BIN)/mypy

check: setup  ## the knowledge base: every complaint with file, line and column
	$(KLBOT) check

schema: setup  ## the schemas by which editors' tools complete and check knowledge files
	$(KLBOT) kb schema --knowledge knowledge

bench-matching: $(VENV)/.bench  ## our matcher beside its peers (docs/benchmarks.md)
	$(BIN)/python -m tests.benchmarks.matching $(if $(DATA),--data "$(DATA)") $(ARGS)

bench-desk: setup  ## 1,000 open tickets, 20 clerks answering at once: none lost, none crossed (ARGS="--tickets 200")
	$(BIN)/python -m tests.benchmarks.desk $(ARGS)

bench-knowledge: setup  ## how long klbot check takes with 34, 1,000 and 10,000 entries (ARGS="--entries 1000")
	$(BIN)/python -m tests.benchmarks.knowledge $(ARGS)

bench-reload: setup  ## 10,000 entries exchanged while citizens ask: how long each of them waits (ARGS="--entries 1000")
	$(BIN)/python -m tests.benchmarks.reload $(ARGS)

$(VENV)/.bench: requirements-bench.lock $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	@touch $@

lock:  ## write the lock files anew (needs uv; they name no index)
	$(COMPILE) --upgrade --extra dev -o requirements-dev.lock pyproject.toml
	$(COMPILE) --constraints requirements-dev.lock -o requirements.lock pyproject.toml
	$(COMPILE) --upgrade --constraints requirements-dev.lock --extra bench -o requirements-bench.lock pyproject.toml

clean:  ## remove what make made
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
