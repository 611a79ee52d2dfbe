# Every target starts from a bare clone: it makes .venv, installs into it and builds the C extensions as needed.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
READY := .venv/.ready
CORE := .venv/.core
CORE_SOURCES := $(wildcard $(foreach folder,csrc csrc/asm,$(addprefix $(folder)/,*.c *.h *.py))) setup.py
# The compatible kind of editable install is a plain path; the default kind costs every start of Python 20 ms.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --config-settings editable_mode=compat -e
SANITIZED := tests/test_core_fuzz.py tests/test_core_tensor_fuzz.py tests/test_engines_agree.py tests/test_tensor_agree.py

.DEFAULT_GOAL := help
.PHONY: help demo test test-deep fuzz lint dev gen bench guard docs node clean

SECONDS ?= 60

help:       ## list the targets
	@sed -n 's/^\([a-z-]*\): *[^#]*## *\(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

demo: dev   ## assemble and run the classic matmul and two digits classifiers, checked against NumPy
	@$(BIN)/python programs/demo.py

test: lint  ## lint, types and all tests (about 10 minutes on two cores)
	@HYPOTHESIS_PROFILE=ci $(BIN)/python -m pytest -n 2

test-deep: dev  ## the same tests with far more examples, and the fuzz tests against a sanitized core
	@HYPOTHESIS_PROFILE=deep $(BIN)/python -m pytest -n 2
	@HYPOTHESIS_PROFILE=deep $(BIN)/python tests/sanitized.py $(SANITIZED)
	@$(MAKE) --no-print-directory fuzz SECONDS=3

fuzz: dev   ## fuzz the core (needs clang) and all that reads files or text, SECONDS=60 each
	@$(INSTALL) '.[fuzz]' || echo "atheris cannot be installed here"
	@$(BIN)/python -m fuzz.run --seconds $(SECONDS)

lint: dev   ## style (ruff) and types (mypy --strict)
	@$(BIN)/ruff check .
	@$(BIN)/mypy

dev: $(READY) $(CORE)  ## make .venv and build what is in C

gen: dev    ## rewrite the files generated from the instruction table, the grammar, the rules of the machine and the oracles
	@$(BIN)/python -m isa.emit
	@$(BIN)/python -m asm.syntax.emit
	@$(BIN)/python -m asm.editor.emit
	@$(BIN)/python -m conform.rules docs/machine.md > conform/suite/rules.txt
	@$(BIN)/python -m conform.vector_files

bench: dev  ## measure against the peers; the table goes to docs/performance.md
	@$(INSTALL) '.[bench]'
	@$(BIN)/python bench/run.py

guard: dev  ## count instructions (needs valgrind) and compare them with bench/instructions.json
	@$(BIN)/python bench/instructions.py

docs: gen   ## regenerate docs/isa.md and the sessions in docs/debugging.md, check the links between the pages
	@$(BIN)/python docs/transcripts.py
	@$(BIN)/python docs/check_links.py

node:       ## install the client with which editors test their adapters, for the tests of `lpu dap` (needs npm)
	@npm install --prefix tests/dap_client --no-package-lock --no-audit --no-fund --silent

clean:      ## remove everything that was made
	rm -rf .venv build dist *.egg-info vm/_core*.so asm/_front*.so tests/dap_client/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): pyproject.toml
	@test -d .venv || $(PYTHON) -m venv .venv
	@$(INSTALL) '.[dev]'
	@touch $@

$(CORE): $(READY) $(CORE_SOURCES)
	@$(BIN)/python setup.py --quiet build_ext --inplace
	@touch $@
