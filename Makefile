# `make run` and `make test` do all the set-up: they need Python 3.11+ and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FUZZ_SECONDS ?= 120
LOCK := $(BIN)/uv pip compile --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11 --quiet

.PHONY: run demo test lint check lock audit bench fuzz clean help

run: $(VENV)/.installed           ## poll the feeds of config/feeds.yaml and print or send alerts
	$(BIN)/watchbot run

demo: $(VENV)/.installed          ## the main job on a small archive, with no internet
	$(BIN)/watchbot demo

test: $(VENV)/.installed-dev      ## the whole test suite
	$(BIN)/pytest -n auto tests

lint: $(VENV)/.installed-dev      ## formatting, lint, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

check: lint test                  ## both

audit: $(VENV)/.installed-dev     ## known vulnerabilities in the locked packages; fails when it cannot look one up
	$(BIN)/pip-audit --strict --require-hashes --disable-pip -r requirements.lock

lock: $(VENV)/.installed-dev      ## renew the lock files from pyproject.toml
	$(LOCK) pyproject.toml --extra postgres -o requirements.lock
	$(LOCK) pyproject.toml --extra postgres --group dev -o requirements-dev.lock
	$(LOCK) --group pyproject.toml:bench -o requirements-bench.lock

bench: $(VENV)/.installed-dev $(VENV)/.installed-bench     ## all benchmarks; they print figures and fail nothing
	$(BIN)/python -m tests.bench

fuzz: $(VENV)/.installed-dev      ## fuzzing of the parsers for FUZZ_SECONDS (120)
	$(BIN)/python tests/fuzz/fuzz_parse.py --seconds $(FUZZ_SECONDS)

$(VENV)/.created:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "watchbot needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/.created
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python tools/link_source.py
	touch $@

$(VENV)/.installed-dev: requirements-dev.lock pyproject.toml | $(VENV)/.created
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python tools/link_source.py
	touch $@ $(VENV)/.installed

$(VENV)/.installed-bench: requirements-bench.lock | $(VENV)/.created   # what is measured against, apart from watchbot
	$(PYTHON) -m venv $(VENV)/bench
	$(VENV)/bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	touch $@

clean:                            ## remove the environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .hypothesis

help:                             ## show these targets
	@sed -n 's/^\([a-z]*\):.*## /  \1\t/p' $(MAKEFILE_LIST)
