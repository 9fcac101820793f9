# Florilegium: `make run` is all a reader needs; `make help` lists the rest.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TORCH := torch==2.13.0
HOME_DIR ?= ./.florilegium
MODEL ?= embedded
SHARED ?= ../shared
PORT ?= 7860

.DEFAULT_GOAL := help
.PHONY: help run setup setup-dev check lint types contracts test audit soak bench lock clean

help:  ## list what make can do
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 14

run: setup  ## library, sample collection, search data and web page, from nothing
	@[ -e "$(HOME_DIR)/library.sqlite" ] || $(BIN)/florilegium --home "$(HOME_DIR)" import corpus/sample
	@$(BIN)/florilegium --home "$(HOME_DIR)" serve --port $(PORT) --install-model $(MODEL)

setup: $(VENV)/.ready  ## make .venv and install what running needs

setup-dev: $(VENV)/.ready-dev

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; v=sys.version_info[:2]; sys.exit(0 if (3,11)<=v<(3,14) else "Florilegium needs Python 3.11, 3.12 or 3.13; this is %d.%d. Remedy: make run PYTHON=python3.12" % v)'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "The venv module is missing. Remedy on Debian: apt-get install python3-venv" >&2; exit 1; }

# torch goes first, with its own dependencies, because its builds differ by machine; all else is locked by hash.
$(VENV)/.ready: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing (a few minutes the first time) ..."
	@$(BIN)/python -m pip install --quiet --no-compile --no-warn-script-location "$(TORCH)" "numpy>=1.26"
	@$(BIN)/python -m pip install --quiet --no-compile --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock $(VENV)/.ready
	@$(BIN)/python -m pip install --quiet --no-compile --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

check: lint types contracts test  ## all that CI runs

lint: setup-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/bandit -q -c pyproject.toml -r corpus index assistant ui

types: setup-dev
	@$(BIN)/mypy

contracts: setup-dev
	@$(BIN)/lint-imports

test: setup-dev  ## all tests; makes its own set-up
	@PYTHON=$(BIN)/python bash tests/run.sh

audit: setup-dev  ## ask for known vulnerabilities of what is locked (needs the network)
	@$(BIN)/python -m pip install --quiet pip-audit
	@$(BIN)/pip-audit --disable-pip --require-hashes -r requirements.lock
	@$(BIN)/pip-audit --disable-pip --require-hashes -r requirements-dev.lock

soak: setup-dev  ## the long runs (kill tests, load)
	@$(BIN)/python -m pytest -m soak

bench: setup-dev  ## the measurements in benchmarks/ (on the data in SHARED=...)
	@[ -d "$(SHARED)/data" ] || { echo "There is no data in $(SHARED); name its folder: make bench SHARED=..."; exit 0; }; \
	for script in benchmarks/bench_*.py; do echo "== $$script"; $(BIN)/python $$script "$(SHARED)" || exit 1; done

lock: setup-dev  ## write both lock files anew from pyproject.toml
	@$(BIN)/python -m pip install --quiet uv
	@bash .ci/lock $(BIN)/uv

clean:  ## remove .venv (never the library)
	@rm -rf $(VENV)
