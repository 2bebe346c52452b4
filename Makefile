# Two commands do everything: `make run` (the main job) and `make test` (all checks). Both make .venv when it is missing.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test coverage manual bench soak fix clean

run: $(VENV)/.installed
	@$(BIN)/ecomarket run qinghai

test: $(VENV)/.installed-dev
	@$(BIN)/ruff format --check src tests benchmarks
	@$(BIN)/ruff check src tests benchmarks
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/pytest -n 2 --dist loadfile --cov --cov-report=term:skip-covered
	@$(BIN)/python tests/coverage_gate.py

fix: $(VENV)/.installed-dev
	@$(BIN)/ruff check --fix src tests benchmarks
	@$(BIN)/ruff format src tests benchmarks

# The table of requirement rows and what carries them, after a plug-in or a story has changed.
coverage: $(VENV)/.installed-dev
	@$(BIN)/ecomarket policies coverage --stories tests/stories > docs/reference/coverage.md.part
	@mv docs/reference/coverage.md.part docs/reference/coverage.md

# The manual in Chinese and English, for a browser without a network: build/manual/site/index.html.
manual: $(VENV)/.installed-dev
	@$(BIN)/python docs/manual/build.py

bench: $(VENV)/.installed-dev
	@for part in benchmarks/[a-z]*.py; do $(BIN)/python $$part || exit 1; done

# The long form of every row of docs/reliability.md: hours. `make soak MINUTES=60` begins no share after an hour; the next goes on.
soak: $(VENV)/.installed-dev
	@$(BIN)/python tests/reliability.py --long $(if $(MINUTES),--minutes $(MINUTES))

$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "Python is missing: install Python 3.11 or later (Debian: apt install python3 python3-venv)."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed: set PYTHON=python3.11 or install it."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "The venv module is missing: install it (Debian: apt install python3-venv)."; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml
	@echo "installing ecomarket into $(VENV) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/bin/python pyproject.toml
	@echo "installing ecomarket and its test tools into $(VENV) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check -e ".[dev]"
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
