# Everything runs from this folder in a virtual environment that the targets make themselves.
# Needed: Python 3.11 or newer, and a network to the package index.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

# Compiled once: the tests start the program many hundred times.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test suite test-slow check format bench lock audit licences docs pictures clean

help:
	@echo "make demo       open the wizard on an embedded AWS; without a terminal, walk the journey and print it"
	@echo "make test       everything CI runs: format, lint, types, import contracts, tests"
	@echo "make test-slow  the slow and nightly tests"
	@echo "make bench      the benchmarks, as ratios measured side by side"
	@echo "make audit      ask for known vulnerabilities of everything in requirements/"
	@echo "make licences   list the licences of everything in requirements/ in docs/licences.md"
	@echo "make docs       write the pages that come from the program's own tables"
	@echo "make pictures   take the README's pictures of the wizard"
	@echo "make lock       resolve the dependencies again and write requirements/"

# The lists are whole, so nothing is resolved; compiled when it is imported, because most of what comes along never is.
$(VENV)/.demo: requirements/demo.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes -r requirements/demo.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes -r requirements/dev.txt
	@touch $@ $(VENV)/.demo

demo: $(VENV)/.demo
	@if [ -t 0 ] && [ -t 2 ]; then $(BIN)/python -m wizard demo; else $(BIN)/python -m wizard demo --headless; fi

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

# Side by side, because the checks keep one core busy and the tests wait now and then; a failure of either fails both.
test: $(VENV)/.dev
	@$(MAKE) --no-print-directory -j2 check suite

# Read by one process the first time, so that each module is compiled once and not by every worker; what cannot be read
# is told by the run itself.
$(VENV)/.compiled: $(VENV)/.dev
	-@$(BIN)/pytest --collect-only > $@ 2>&1

suite: $(VENV)/.dev $(VENV)/.compiled
	$(BIN)/pytest -n 3 --dist worksteal -m "not slow"

test-slow: $(VENV)/.dev $(VENV)/.compiled
	$(BIN)/pytest -n 3 --dist worksteal -m "slow or hypothesis" --hypothesis-profile nightly --timeout 3600

format: $(VENV)/.dev
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

lock:
	uv pip compile -q --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --extra audit --extra demo --extra hsm --extra dev pyproject.toml -o requirements/dev.txt
	uv pip compile -q --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --extra demo -c requirements/dev.txt pyproject.toml -o requirements/demo.txt
	uv pip compile -q --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --extra audit --extra demo --extra hsm -c requirements/dev.txt pyproject.toml -o requirements/all.txt
	uv pip compile -q --universal --generate-hashes --no-header --no-annotate --no-emit-index-url -c requirements/dev.txt pyproject.toml -o requirements/run.txt

	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url requirements/audit.in -o requirements/audit.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url requirements/build.in -o requirements/build.txt

$(VENV)-audit/.done: requirements/audit.txt
	$(PYTHON) -m venv $(VENV)-audit
	$(VENV)-audit/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/audit.txt
	@touch $@

# Strict: a package that the service does not know, or a service that does not answer, is a failure and no silence.
audit: $(VENV)-audit/.done
	$(VENV)-audit/bin/pip-audit --strict --disable-pip --require-hashes --progress-spinner off -r requirements/run.txt -r requirements/demo.txt -r requirements/all.txt -r requirements/dev.txt -r requirements/audit.txt -r requirements/build.txt

licences: $(VENV)/.dev
	$(BIN)/python -m tests.supply.licences

docs: $(VENV)/.dev
	$(BIN)/python -m tests.documents.troubleshooting

pictures: $(VENV)/.dev
	$(BIN)/python -m tests.documents.pictures

clean:
	rm -rf $(VENV) $(VENV)-audit build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
