# Every target bootstraps .venv itself: Python 3.11+ and make are all a machine needs.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: install sandbox run test test-loaded torture check bench messages lock clean

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
	$(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder

# The suite beside a process that keeps every core busy.
test-loaded: install
	$(BIN)/python -m tests.loaded $(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder

# What is left to chance, for long: hundreds of races, twenty rounds of a cluster, every crash on each database.
torture: install
	TORTURE=1 TORTURE_SEED=$${TORTURE_SEED:-$$(date +%s)} $(BIN)/python -m pytest -n 2 --timeout 3600 \
	  tests/crash $$(grep -rlE 'often\(|some\(' --include='test_*.py' tests | grep -v ^tests/crash)

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: install
	$(BIN)/python -m tests.bench

# The sentences that a translation has to say, for bot/locales/<locale>/LC_MESSAGES/neonops.po: the program's, those of
# the bundled runbook, and with RUNBOOK=<file> those of another.
messages: install
	mkdir -p bot/locales
	$(BIN)/pybabel --quiet extract --mapping-file bot/text/babel.cfg --project neonops --add-location file \
	  --output-file bot/locales/neonops.pot bot handlers storage $(RUNBOOK)

# Renew the pins after a change of the dependencies in pyproject.toml.
lock:
	$(BIN)/uv pip compile pyproject.toml requirements-build.in --extra dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --quiet -o requirements.txt

clean:
	rm -rf .venv build dist *.egg-info
