# `make help` lists what there is. PYTHON names the interpreter that the virtual environment is made with.

PYTHON ?= python3
BIN := .venv/bin
COMPILE = $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-emit-index-url --python-version 3.11 pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help run test faults fuzz mutants check bench clean-demo lock format venv

help: ## what there is to type
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

run: venv ## the whole system on this machine, with demo data; Ctrl-C ends it
	@$(BIN)/python -m dev.run

test: venv ## every test, on a real PostgreSQL and Redis; ARGS="..." goes to pytest
	$(BIN)/pytest -n 2 --dist loadgroup --no-loadscope-reorder $(ARGS)

fuzz: venv ## 50,000 bodies for the wallet, and calls of all kinds for the casino API, in some four minutes
	FUZZ_BODIES=50000 FUZZ_CALLS=100 $(BIN)/pytest -n 2 --dist loadgroup tests/fuzz

faults: venv ## strike faults (kill -9, locks, a full or frozen database, slow clients) at a running system in play
	@$(BIN)/python -m tests.faults $(if $(ONLY),--only "$(ONLY)")

mutants: venv ## break the money core in some 1,150 places, one at a time: some test has to notice each; within an hour
	@$(BIN)/python -m tests.mutants $(if $(ONLY),--only "$(ONLY)")

check: venv ## formatting, lint, types, import contract, migrations, Django's deploy check
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	DEBUG=true $(BIN)/mypy .
	$(BIN)/lint-imports
	DEBUG=true $(BIN)/python -W "ignore:Got an error checking" manage.py makemigrations --check --dry-run
	$(BIN)/python -m dev.deploy_check

bench: LOCK := requirements-bench.lock
bench: venv ## the figures on this machine, in some ten minutes; QUICK=1 takes five; ONLY=wallet, catalogue, geo, play-limits or size
	@$(BIN)/python -m tests.benchmarks $(if $(QUICK),--quick) $(if $(ONLY),--only $(ONLY))

clean-demo: ## forget the demo: its database, credentials and logs
	@if [ -e .venv/installed.lock ]; then $(BIN)/python -m dev.run --clean; else rm -rf var; fi

format: venv ## put the code in its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: venv ## renew the lock files after a change in pyproject.toml; ARGS=--upgrade takes newer releases
	$(COMPILE) $(ARGS) -o requirements.lock
	$(COMPILE) $(ARGS) -c requirements.lock --extra dev -o requirements-dev.lock
	$(COMPILE) $(ARGS) -c requirements-dev.lock --extra dev --extra bench -o requirements-bench.lock

# The dependencies are installed only when their lock file differs from the one that was installed last. The .pth file
# puts the project's packages within reach of the installed commands, pytest among them.
LOCK ?= requirements-dev.lock
PTH = import pathlib, sysconfig; pathlib.Path(sysconfig.get_path("purelib"), "back-office.pth").write_text(str(pathlib.Path.cwd()))
venv:
	@[ -x $(BIN)/pip ] || { $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed: set PYTHON to one, as in: make run PYTHON=python3.12"; exit 1; }; \
	  echo "Making a virtual environment in .venv"; $(PYTHON) -m venv .venv \
	  || { rm -rf .venv; echo "Python's venv module is needed (on Debian: apt install python3-venv)"; exit 1; }; }
	@cmp -s $(LOCK) .venv/installed.lock || { echo "Installing the dependencies of $(LOCK)"; \
	  $(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r $(LOCK) \
	  && $(BIN)/python -c '$(PTH)' && cp $(LOCK) .venv/installed.lock; }
