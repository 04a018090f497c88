# Two commands for a newcomer: `make demo` and `make test`. Everything stays inside the checkout.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 2

.PHONY: demo setup test check clean lock translations

demo: $(VENV)/.ready
	@$(BIN)/lms demo --port $(PORT)

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make demo PYTHON=python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.ready requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

test: $(VENV)/.dev
	@$(BIN)/python -m pytest -n $(JOBS) $(ARGS)

check: $(VENV)/.dev
	$(BIN)/ruff check lms tests bench
	$(BIN)/ruff format --check lms tests bench
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/lms content check
	$(BIN)/python -m tests.translations

translations: $(VENV)/.dev
	$(BIN)/python -m tests.translations --update

# The lock files are a hashed export; the resolver's own file names hosts and stays out of the checkout.
lock:
	uv lock
	uv export --quiet --no-emit-project --no-default-groups -o requirements.lock
	uv export --quiet --no-emit-project --extra postgres --all-groups -o requirements-dev.lock

clean:
	rm -rf $(VENV) var dist build
