# Every target bootstraps .venv itself: Python 3.11+ and make are all a machine needs.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: install sandbox run test check bench lock clean

install: .venv/.installed

.venv/.installed: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "NeonOps needs Python 3.11 or newer; this is " + sys.version.split()[0])'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

sandbox: install
	$(BIN)/neonops sandbox

run: install
	$(BIN)/neonops run

test: install
	$(BIN)/python -m pytest -n 3 --dist loadfile

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: install
	$(BIN)/python -m tests.bench

# Renew the pins after a change of the dependencies in pyproject.toml.
lock:
	$(BIN)/uv pip compile pyproject.toml requirements-build.in --extra dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --quiet -o requirements.txt

clean:
	rm -rf .venv build dist *.egg-info
