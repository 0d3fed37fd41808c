# Needs git, make and Python 3.11 or newer; all else comes from the locked requirements.
#   make PYTHON=python3.12 VENV=.venv-312 test     another Python, in an environment of its own
#   make HOST=0.0.0.0 PORT=9000 serve              another address

PYTHON ?= python3
VENV ?= .venv
HOST ?= 127.0.0.1
PORT ?= 8000
UPGRADE ?=

BIN := $(VENV)/bin
SITE_READY := $(VENV)/.site-ready
TEST_READY := $(VENV)/.test-ready
LIBRARIES_READY := $(VENV)-libraries/.ready
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
COMPILE := $(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.11 \
	--generate-hashes --no-header $(UPGRADE) pyproject.toml

export NO_MKDOCS_2_WARNING := 1
# Hundreds of processes are started; each would compile the package anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help serve test test-thorough test-browser build check lint types slow mutation compare bench \
	bench-quick bench-site test-libraries format update-outputs lowest dist lock assets runtime clean

help:  ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | \
		while IFS='|' read -r name what; do printf 'make %-16s%s\n' "$$name" "$$what"; done

serve: assets  ## build the site, show it on this machine, rebuild when a file changes
	@$(BIN)/python -m sitegen.serve $(HOST) $(PORT)

test: $(TEST_READY) assets  ## run the test suite
	@echo "Running the tests."
	@$(BIN)/python -m pytest

test-thorough: $(TEST_READY) assets  ## the same with eight times as many cases of each law
	@echo "Running the tests, the laws on more cases."
	@LAWS_PROFILE=ci $(BIN)/python -m pytest

test-browser: $(TEST_READY) assets runtime  ## run the site in a real browser, each block of each page included
	@echo "Running the browser tests (some minutes)."
	@$(BIN)/python -m pytest -m slow tests/browser

build: assets  ## build the site into site/; a warning is an error
	@echo "Building the site into site/."
	@$(BIN)/python -m mkdocs build --strict

check: lint types test slow test-browser  ## all of it: style, types, tests, strict build, slow tests

lint: $(TEST_READY)
	@echo "Checking format, style and spelling."
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/codespell

types: $(TEST_READY)
	@echo "Checking types."
	@$(BIN)/mypy

slow: $(TEST_READY) build
	@echo "Running the slow tests."
	@$(BIN)/python -m pytest -m slow --ignore=tests/browser

# Without the pages: what they show is what the locked versions print and draw.
lowest: $(TEST_READY) assets  ## test the package with the oldest versions that pyproject.toml allows
	@echo "Installing the oldest versions into $(VENV)-lowest/."
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(VENV)-lowest
	@$(BIN)/uv pip install --quiet --python $(VENV)-lowest/bin/python --resolution lowest-direct \
		--editable ".[test]"
	@$(VENV)-lowest/bin/python -m pytest -o filterwarnings=default \
		--ignore=tests/pages --ignore=tests/browser

mutation: $(TEST_READY) $(VENV)-mutation/bin/python  ## plant small faults one by one, see that tests notice
	@echo "Planting faults (about an hour of one core)."
	@$(VENV)-mutation/bin/python -m tests.mutation

compare: $(LIBRARIES_READY)  ## ask other libraries anew how they differ: docs/data/libraries.json
	@echo "Checking the libraries (about twenty minutes of one core)."
	@$(VENV)-libraries/bin/python -m benchmarks.compare

bench: $(LIBRARIES_READY)  ## measure the layers beside other libraries: docs/data/benchmarks.json
	@echo "Measuring (about ten minutes; the machine should do nothing else)."
	@$(VENV)-libraries/bin/python -m benchmarks.bench

bench-quick: $(LIBRARIES_READY)  ## a few layers, as parts of the machine's peak: build/benchmark.json
	@$(VENV)-libraries/bin/python -m benchmarks.bench --quick

bench-site: $(TEST_READY) assets  ## measure how long this site builds and tests, how heavy its pages are
	@echo "Building a copy of the site twice, then its tests."
	@$(BIN)/python -m benchmarks.bench --site

# Without conftest.py, which belongs to the tests of the site and needs what they need.
test-libraries: $(LIBRARIES_READY)  ## run the laws on other libraries, and compare with them
	@echo "Running the tests that ask other libraries."
	@$(VENV)-libraries/bin/python -m pytest -c /dev/null --rootdir . --noconftest \
		-p no:cacheprovider -q tests/libraries tests/oracles

format: $(TEST_READY)  ## rewrite the code in the house style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

update-outputs: assets  ## rewrite the outputs pinned on the pages
	@$(BIN)/python -m sitegen.blocks --update docs README.md
	@$(BIN)/python -m sitegen.addresses

dist: $(TEST_READY)  ## build the wheel and the source distribution into dist/
	@rm -rf dist
	@$(BIN)/python -m build --no-isolation

lock: $(TEST_READY)  ## write requirements/ anew from pyproject.toml (UPGRADE=--upgrade: newest versions)
	@echo "Locking the requirements."
	@$(COMPILE) --extra docs -o requirements/site.txt
	@$(COMPILE) --extra test -c requirements/site.txt -o requirements/test.txt

clean:  ## remove what was made, the environment included
	rm -rf $(VENV) $(VENV)-* .assets .cache site dist build .hypothesis .mypy_cache .pytest_cache .ruff_cache

# One environment in two layers: what the site needs, and on top of it what the tests need.
# Both locks agree on versions. An empty file in the environment says that a layer is there.

assets: $(SITE_READY)
	@$(BIN)/python -m sitegen.assets

# About 110 MB from the package registries, or 27 from the runtime's own address.
runtime: $(SITE_READY)  ## fetch Python for the reader's browser: blocks then have a Run button
	@$(BIN)/python -m sitegen.assets runtime

$(SITE_READY): requirements/site.txt pyproject.toml | $(BIN)/python
	@echo "Installing what the site needs into $(VENV)/ (about a minute)."
	@$(INSTALL) --require-hashes -r requirements/site.txt
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(TEST_READY): requirements/test.txt $(SITE_READY)
	@echo "Installing the test tools into $(VENV)/ (about half a minute)."
	@$(INSTALL) --require-hashes -r requirements/test.txt
	@touch $@

$(VENV)-mutation/bin/python: requirements/test.txt
	@echo "Installing mutmut into $(VENV)-mutation/."
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(VENV)-mutation
	@$(BIN)/uv pip install --quiet --python $@ --editable ".[mutation]"

$(LIBRARIES_READY): requirements/libraries.txt pyproject.toml | $(BIN)/python
	@echo "Installing other libraries into $(VENV)-libraries/ (about a gigabyte)."
	@$(BIN)/python -m venv --clear $(VENV)-libraries
	@$(VENV)-libraries/bin/python -m pip install --quiet --disable-pip-version-check \
		-r requirements/libraries.txt --editable ".[laws]" pytest
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo \
		"cnnref needs Python 3.11 or newer, and '$(PYTHON)' is not that. Name one that is:" \
		"make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || { echo \
		"$(PYTHON) lacks venv or pip. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Making $(VENV)/ with $$($(PYTHON) --version)."
	@$(PYTHON) -m venv $(VENV)
