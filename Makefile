# make demo   a local Slack-compatible workspace and the bot against it; one address to open
# make test   linters, type checker and the whole suite
# make bench  the figures of the README, measured on this machine; more with N="1000 1000000"
# make bench-peers   the same workload on what people would pick instead, in the same run
# make sim    one simulated schedule once more: make sim SEED=17
# make soak   every generator to its goal, every crash point twice over; it goes on where it stopped,
#             and what was run adds up for as long as the engine does not change: make soak HOURS=2

PYTHON     ?= python3
PORT       ?= 3000
SLACK_PORT ?= 3001
N          ?= 1000 10000
SEED       ?= 0
HOURS      ?= 1000
BIN        := .venv/bin

.PHONY: install demo test bench bench-peers sim soak lock

install: .venv/installed

demo: .venv/installed
	@$(BIN)/harbor demo --port $(PORT) --slack-port $(SLACK_PORT)

test: .venv/installed-dev
	@$(BIN)/python -m tests.check

bench: .venv/installed-dev
	@$(BIN)/python -m tests.bench --n $(N)

bench-peers: .venv/installed-dev
	@$(BIN)/python -m tests.bench.peers

sim: .venv/installed-dev
	@$(BIN)/python -m tests.promises.simulate --seed $(SEED)

soak: .venv/installed-dev
	@$(BIN)/python -m tests.catalogue
	@$(BIN)/python -m tests.workflows.engine.crashes.sweeping
	@$(BIN)/python -m tests.promises.seeded
	@$(BIN)/python -m tests.promises.fixes
	@$(BIN)/python -m tests.promises.changes.seeded
	@$(BIN)/python -m tests.promises.soak --hours $(HOURS)

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Harbor needs Python 3.11 or later; name one with: make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/installed: requirements.lock pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/installed-dev: requirements-dev.lock .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

# Needs uv. Every platform and Python from 3.11 on, with hashes, and no download address.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --extra build pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --extra build --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
