# One word each; `make check` is what CI runs. Make is for developers: analysts need only pip.
PYTHON := .venv/bin/python
BIN := .venv/bin
SHARED ?= ../shared
.DEFAULT_GOAL := help
.PHONY: help setup demo test check lint format types walls docs engines bench deep accept-spine accept-synth accept-door accept-demand accept-places wheel wheels lock clean

help:  ## say what each word does
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 16

.venv/.ready: requirements.lock pyproject.toml
	@command -v uv >/dev/null || python3 -m pip install --quiet --user uv || python3 -m pip install --quiet --user --break-system-packages uv
	PATH="$$PATH:$$(python3 -m site --user-base)/bin" uv venv --quiet --allow-existing --python ">=3.11" .venv
	PATH="$$PATH:$$(python3 -m site --user-base)/bin" uv pip sync --quiet --compile-bytecode --python $(PYTHON) --require-hashes requirements.lock
	PATH="$$PATH:$$(python3 -m site --user-base)/bin" uv pip install --quiet --python $(PYTHON) --no-deps --no-build-isolation -e .
	@touch .venv/.ready

setup: .venv/.ready  ## install everything, pinned, into .venv

demo: setup  ## make up a force, run the standard study, open its report
	$(BIN)/peelian demo --out demo $(if $(CI),--no-open,)

test: setup  ## run every test
	$(BIN)/pytest -q

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: setup  ## lay the code out
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: setup
	$(BIN)/pyright

walls: setup  ## check who imports whom
	$(BIN)/lint-imports

docs: setup  ## make the generated reference anew, and fail if it had drifted
	$(PYTHON) -m peelian.cli.reference --check docs/reference

engines: setup  ## every spec and the standard study on Spark too
	$(BIN)/pytest -q tests/engines tests/spec --engine spark

check: lint types walls docs test engines  ## what CI runs, quickest to fail first

bench: setup  ## speed and memory, as ratios against a peer in the same run
	$(PYTHON) -m bench

deep: setup  ## the long runs: coverage at full size, long Hypothesis
	$(BIN)/pytest -q -m deep --override-ini "addopts=--strict-markers --import-mode=importlib" tests

accept-spine: setup  ## every figure the spine promises, beside its target
	$(PYTHON) -m bench.accept_spine --shared $(SHARED)

accept-synth: setup  ## every figure the made-up force promises, beside its target
	$(PYTHON) -m bench.accept_synth --shared $(SHARED)

accept-door: setup  ## every figure that disclosure, the log, hostile files and the wheel promise
	$(PYTHON) -m bench.accept_door --shared $(SHARED)

accept-demand: setup  ## every figure that demand promises, beside its target
	$(PYTHON) -m bench.accept_demand --shared $(SHARED)

accept-places: setup  ## what is built of places, beside what it promises
	$(PYTHON) -m bench.accept_places --shared $(SHARED)

wheel: setup  ## build the wheel into dist/
	$(BIN)/hatchling build -t wheel

# For another system than this: make wheels FOR=windows
FOR ?=
WHEEL_OF_windows := --platform win_amd64
WHEEL_OF_macos := --platform macosx_14_0_arm64
wheels: wheel  ## collect the wheel and all it needs, pinned and checked, into dist/wheels
	rm -rf dist/wheels && mkdir -p dist/wheels
	uv pip compile pyproject.toml -c requirements.lock --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet --python-version 3.11 $(if $(FOR),--python-platform $(FOR),) -o dist/requirements.txt
	python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes --python-version 3.11 $(WHEEL_OF_$(FOR)) -r dist/requirements.txt --dest dist/wheels
	cp dist/peelian-*.whl dist/wheels/
	$(PYTHON) -m bench.door.wheel --sums dist/wheels

lock:  ## pin every dependency again, with hashes and without addresses
	uv pip compile pyproject.toml --group dev --extra spark --generate-hashes --no-emit-index-url --no-annotate --universal --python-version 3.11 -o requirements.lock

clean:
	rm -rf .venv demo build dist
