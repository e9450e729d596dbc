# The life of a checkout. `make run` and `make test` need Python 3.11 or newer, make, and nothing else.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
HOST ?= 127.0.0.1
PORT ?= 8000
PYTEST_ARGS ?=
BENCH_ARGS ?=
FAULTS_ARGS ?=
LOAD_ARGS ?=
UV ?= uv

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
# stamps stand in the environment, so that they go with it
INSTALLED := .venv/.installed
INSTALLED_TESTS := .venv/.installed-tests
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard quizapp/translations/*/LC_MESSAGES/*.po))

.PHONY: help setup run demo test check faults load bench lock clean
.DELETE_ON_ERROR:

help:
	@echo "make run     set up and serve on http://$(HOST):$(PORT), PORT=8123 elsewhere"
	@echo "make demo    the same on a throw-away database with demonstration accounts"
	@echo "make test    set up and run all tests; PYTEST_ARGS='-k mail' some of them"
	@echo "make check   everything static: style, types, imports, templates, banks, catalogues"
	@echo "make faults  1,200 seeded runs while servers are killed; FAULTS_ARGS='--seed 7 --on three'"
	@echo "make load    let cohorts sit an exam on this machine; LOAD_ARGS='--sizes 2000,5000'"
	@echo "make bench   measure the speed"
	@echo "make lock    resolve the dependencies anew; needs uv"

setup: $(INSTALLED) $(CATALOGUES)
	@$(BIN)/python -m compileall -q quizapp migrations

run: setup
	@$(BIN)/quizapp db upgrade
	@exec $(BIN)/quizapp serve --host $(HOST) --port $(PORT)

demo: setup
	@exec $(BIN)/quizapp demo --host $(HOST) --port $(PORT)

test: $(INSTALLED_TESTS) $(CATALOGUES)
	$(BIN)/python -m pytest -n 2 --dist worksteal --durations 15 $(PYTEST_ARGS)

check: $(INSTALLED_TESTS) $(CATALOGUES)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint quizapp/web/templates
	$(BIN)/quizapp bank lint questions
	$(BIN)/python -m pytest -q tests/test_house_files.py tests/translations/test_catalogue.py

faults: $(INSTALLED_TESTS) $(CATALOGUES)
	PYTHONPATH=tests:tests/services $(BIN)/python tests/faults/run_faults.py $(FAULTS_ARGS)

load: $(INSTALLED_TESTS) $(CATALOGUES)
	PYTHONPATH=tests $(BIN)/python tests/benchmarks/cohort.py $(LOAD_ARGS)

bench: $(INSTALLED_TESTS) $(CATALOGUES)
	PYTHONPATH=tests $(BIN)/python tests/benchmarks/bench.py $(BENCH_ARGS)

# uv is needed here alone; what it writes, plain pip installs
LOCK := $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header pyproject.toml
lock:
	$(LOCK) --group setup -o requirements.lock
	$(LOCK) --group test -c requirements.lock -o requirements-test.lock

clean:
	rm -rf .venv build dist *.egg-info $(CATALOGUES)

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "There is no python3 here: install Python 3.11." >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	{ echo "$(PYTHON) is too old: install Python 3.11, or say which with PYTHON=..." >&2; exit 1; }
	"$(PYTHON)" -m venv .venv

$(INSTALLED): requirements.lock pyproject.toml setup.py | .venv/bin/python
	$(PIP) install --require-hashes --only-binary :all: -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(INSTALLED_TESTS): requirements-test.lock $(INSTALLED)
	$(PIP) install --require-hashes --only-binary :all: -r requirements-test.lock
	@touch $@

%.mo: %.po $(INSTALLED)
	@$(BIN)/pybabel -q compile -i $< -o $@
