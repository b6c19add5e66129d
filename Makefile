# layerquiz. `make` alone says what can be made.
PYTHON ?= python3
BIN := .venv/bin
EXAMPLE := output/example
ORACLES := torch==2.13.0 keras==3.15.1

.PHONY: help install tex exam test test-all oracles missing-oracles lint bench clean

help:  ## say what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(BIN)/.installed  ## make .venv with the package in it

exam: install tex  ## the main job on the example: papers, solutions and graded submissions in output/example
	$(BIN)/layerquiz example -o $(EXAMPLE)
	$(BIN)/layerquiz exam $(EXAMPLE)/exam.yaml --roster $(EXAMPLE)/roster.csv -o $(EXAMPLE)/exam
	$(BIN)/layerquiz grade $(EXAMPLE)/exam $(EXAMPLE)/submissions.csv

test: $(BIN)/.tested tex lint missing-oracles  ## everything that tests need, then lint, types and tests
	$(BIN)/pytest

test-all: $(BIN)/.tested tex lint oracles  ## every slow oracle in full, then all tests, each formula damaged in turn
	$(BIN)/pytest tests/oracle --many 20
	$(BIN)/pytest --ignore tests/oracle --many 3 --mutants

oracles: $(BIN)/.tested  ## install the frameworks that the tests compare with: PyTorch and Keras
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(ORACLES)

missing-oracles: $(BIN)/.tested
	@$(BIN)/python -c "from importlib.util import find_spec; \
	[print(f'{name} is not installed: its oracles are left out (make oracles)') for name in ('torch', 'keras') if not find_spec(name)]"

lint: $(BIN)/.tested  ## lint and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(BIN)/.tested tex  ## print the figures: speed as ratios, measured in one run; FULL=--full grades 10,000 students
	$(BIN)/python tests/bench/figures.py $(FULL)

tex: install  ## install what is missing of TeX and of the fonts that papers need, in one call of apt
	@missing=$$($(BIN)/python -m layerquiz.engine); \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ]; then as=; else as=sudo; fi; \
	if command -v apt-get >/dev/null && { [ -z "$$as" ] || command -v sudo >/dev/null; }; then \
		echo "installing $$missing"; \
		{ $$as apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$as apt-get install -qq -y --no-install-recommends $$missing >/dev/null; } \
			|| echo "could not install $$missing: going on without PDFs"; \
	else \
		echo "for PDFs, install these Debian packages: $$missing (going on without PDFs)"; \
	fi

$(BIN)/python:
	$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python needs its venv module: on Debian, apt-get install python3-venv"; exit 1; }

$(BIN)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(BIN)/.tested: $(BIN)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[test,lint]"
	@touch $@

clean:  ## remove what was made, the environment included
	rm -rf .venv output/example dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
