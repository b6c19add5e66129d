# layerquiz. `make` alone says what can be made.
PYTHON ?= python3
BIN := .venv/bin
EXAMPLE := output/example
STUDENTS := 300
ORACLES := torch==2.13.0 keras==3.15.1 onnx==1.23.2 onnxscript==0.7.2

.PHONY: help install tex browser exam library pictures test test-all oracles missing-oracles schema words spaces lint bench fuzz clean

help:  ## say what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(BIN)/.installed  ## make .venv with the package in it

exam: install tex  ## the main job on the example: papers, solutions and graded submissions in output/example
	$(BIN)/layerquiz example -o $(EXAMPLE)
	$(BIN)/layerquiz exam $(EXAMPLE)/exam.yaml --proof -o $(EXAMPLE)/proof
	$(BIN)/layerquiz exam $(EXAMPLE)/exam.yaml --roster $(EXAMPLE)/roster.csv -o $(EXAMPLE)/exam
	$(BIN)/layerquiz grade $(EXAMPLE)/exam $(EXAMPLE)/submissions.csv

library: install tex  ## print five drawings of every template, with solutions, into output/library.pdf
	$(BIN)/python tests/library_pdf.py output/library.pdf

pictures: $(BIN)/.tested exam browser  ## draw the README's pictures from the example into output/examples
	$(BIN)/python tests/pictures.py $(EXAMPLE)/exam output/examples

test: $(BIN)/.tested tex browser lint missing-oracles  ## everything that tests need, then lint, types and tests
	$(BIN)/pytest --numprocesses auto --dist worksteal

test-all: $(BIN)/.tested tex browser lint oracles  ## every slow oracle in full, then all tests, each formula damaged in turn
	$(BIN)/pytest tests/oracle --many 20
	$(BIN)/pytest --ignore tests/oracle --many 3 --mutants
	@$(MAKE) --no-print-directory fuzz

oracles: $(BIN)/.tested  ## install the frameworks that the tests compare with: PyTorch, Keras and ONNX
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(ORACLES)

missing-oracles: $(BIN)/.tested
	@$(BIN)/python -c "from importlib.util import find_spec; \
	[print(f'{name} is not installed: its oracles are left out (make oracles)') for name in ('torch', 'keras', 'onnx') if not find_spec(name)]"

schema: install  ## write the JSON schemas anew, after a change of keys, of the guide, of the mistakes or of the library
	$(BIN)/layerquiz new --schema > question_templates/template.schema.json
	$(BIN)/layerquiz exam --schema > src/layerquiz/example/exam.schema.json

words: $(BIN)/.tested  ## write the catalogues of fixed words anew, after a change of a text that papers print
	PYTHONPATH=tests $(BIN)/python -m catalogue

spaces: install  ## find out anew how many questions each template has and how hard they are, after a change of a template or of what draws it
	$(BIN)/python -m layerquiz.exam.counted > question_templates/spaces.json

lint: $(BIN)/.tested  ## lint and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(BIN)/.tested tex browser  ## print the figures, and what a simulated class is told (FULL=--full STUDENTS=10000: minutes)
	$(BIN)/python tests/bench/figures.py $(FULL)
	$(BIN)/python tests/simulated/class_of.py --students $(STUDENTS)

fuzz: $(BIN)/.tested  ## feed the reader and the grader with anything for five minutes: no exception, no growth
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary :all: atheris 2>/dev/null || true
	$(BIN)/python tests/fuzz/fuzz_answers.py

tex: install  ## install what is missing of TeX and of the fonts that papers need, in one call of apt
	@$(call from-apt,$(BIN)/python -m layerquiz.engine,PDFs)

browser: $(BIN)/.tested  ## install the browser in which practice sheets are tested, in one call of apt
	@$(call from-apt,$(BIN)/python tests/browser.py,tests of practice sheets)

# Installs the Debian packages that a command prints; goes on without what needs them where that cannot be done.
define from-apt
missing=$$($(1)); \
if [ -z "$$missing" ]; then exit 0; fi; \
if [ "$$(id -u)" = 0 ]; then as=; else as=sudo; fi; \
if command -v apt-get >/dev/null && { [ -z "$$as" ] || command -v sudo >/dev/null; }; then \
	echo "installing $$missing"; \
	{ $$as apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$as apt-get install -qq -y --no-install-recommends $$missing >/dev/null; } \
		|| echo "could not install $$missing: going on without $(2)"; \
else \
	echo "for $(2), install these Debian packages: $$missing (going on without)"; \
fi
endef

$(BIN)/python:
	$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python needs its venv module: on Debian, apt-get install python3-venv"; exit 1; }

$(BIN)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[charts]"
	@touch $@

$(BIN)/.tested: $(BIN)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[charts,test,lint]"
	@touch $@

clean:  ## remove what was made, the environment included
	rm -rf .venv output/example dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
