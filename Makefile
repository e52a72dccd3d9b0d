# Every target sets up what it needs in .venv by itself. On Windows, or without make, see README.md.
.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
LOCALES := server/phi_ls/messages/locales
# Extra arguments for pytest: make test T='tests/pure -k window'
T ?=
# Extra arguments for the evaluation: make eval-starter E='--cursors 200'
E ?=
# Extra arguments for the replay: make bench-typing R='--traces 1 --only all'
R ?=
VSCODE := editor-clients/vscode
# Which end-to-end tests: make test-vscode V='e2e/typing.test.ts'
V ?=

.PHONY: help demo test test-engines test-neovim test-editors test-vscode vscode-package vscode-screenshots vscode-latency lint format types messages bench bench-typing eval-starter wheel lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(VENV)/ready: .ci/requirements.txt pyproject.toml .ci/find-python
	python="$$(sh .ci/find-python)" && "$$python" -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .ci/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

demo: $(VENV)/ready ## start the server, act as an editor, show what it answers
	$(BIN)/phi-ls demo

# Four at a time even on two cores: most of a test's time is waiting for a process, and four keep both cores busy.
# What must hold for every engine has a target of its own, below: it would double the time.
test: $(VENV)/ready ## run the tests of all that a default install has
	$(BIN)/python -m pytest -n 4 --dist loadgroup --ignore=tests/environments --ignore=tests/conformance \
		--ignore=tests/clients $(T)

# Each group of tests that share an engine stays in one process, which loads it once.
test-engines: $(VENV)/ready ## run the same tests on every engine; makes those environments that are missing (minutes, gigabytes)
	PYTHONPATH=tests $(BIN)/python -m environments.prepared
	PHI_LS_TEST_ENGINES=all $(BIN)/python -m pytest -n 2 --dist loadgroup tests/environments tests/conformance $(T)

# Unpacks Neovim 0.7, 0.10 and 0.12, and luacheck, outside the checkout: Debian's packages, which change nothing of the system.
test-neovim: $(VENV)/ready ## test the Neovim plugin in two real Neovims (minutes; downloads once; Debian)
	$(BIN)/python -m pytest -n 2 tests/clients/neovim $(T)

# Unpacks Emacs, Helix, Vim and Neovim outside the checkout: Debian's packages, which change nothing of the system.
test-editors: $(VENV)/ready ## test phi-ls in real Emacs, Helix and Vim, and two editors on one project (minutes; downloads once; Debian)
	$(BIN)/python -m pytest -n 2 tests/clients --ignore=tests/clients/neovim $(T)

$(VSCODE)/node_modules/ready: $(VSCODE)/package.json
	cd $(VSCODE) && npm install --no-package-lock --no-audit --no-fund --loglevel=error
	touch $@

# Installs a VS Code, a Chromium and what both need by itself, outside the checkout; Debian's packages only as root.
test-vscode: $(VENV)/ready $(VSCODE)/node_modules/ready ## test the VS Code extension, in Node and in a real VS Code (minutes; downloads once)
	cd $(VSCODE) && npm run --silent check && npm run --silent lint && npm test --silent
	$(VSCODE)/e2e/run $(V)

vscode-package: $(VENV)/ready $(VSCODE)/node_modules/ready ## build the VS Code extension, the server's wheel in it
	cd $(VSCODE) && npm run --silent package

vscode-screenshots: $(VENV)/ready $(VSCODE)/node_modules/ready ## make the pictures of the extension's README anew
	PHI_LS_E2E_PICTURES=1 $(VSCODE)/e2e/run e2e/typing.test.ts e2e/answers.test.ts e2e/status.test.ts

vscode-latency: $(VENV)/ready $(VSCODE)/node_modules/ready ## measure the time from a key to ghost text in a real VS Code
	$(VSCODE)/e2e/run --latency

lint: $(VENV)/ready ## check style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/ready ## mend what can be mended of both
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/ready ## check types
	$(BIN)/mypy

# The command line is in English and has a `say` of its own.
messages: $(VENV)/ready ## take new sentences into the catalogues of other languages, and compile these
	mkdir -p dist
	$(BIN)/pybabel --quiet extract --keywords say --keywords say_counted:1,2 --ignore-dirs terminal --sort-output \
		--no-location --width 120 --output-file dist/phi-ls.pot server/phi_ls
	$(BIN)/pybabel --quiet update --domain phi-ls --input-file dist/phi-ls.pot --output-dir $(LOCALES) --no-fuzzy-matching \
		--ignore-obsolete --ignore-pot-creation-date --width 120
	$(BIN)/pybabel --quiet compile --domain phi-ls --directory $(LOCALES)

bench: $(VENV)/ready ## measure latency and memory (some minutes)
	$(BIN)/python -m bench

bench-typing: $(VENV)/ready ## replay typing against the server and against llama.cpp (long; downloads and compiles once)
	PYTHONPATH=providers/starter-training $(BIN)/python -m bench.typing_replay $(R)

eval-starter: $(VENV)/ready ## measure how good the built-in model is (some minutes; downloads the test packages once)
	PYTHONPATH=providers/starter-training $(BIN)/python -m starter_training.evaluation $(E)

wheel: $(VENV)/ready ## build the wheel into dist/
	$(BIN)/python -m hatchling build -t wheel

lock: $(VENV)/ready ## resolve the dependencies anew into .ci/requirements.txt
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.10 --extra dev --generate-hashes \
		--no-header --no-annotate --no-emit-index-url --no-emit-find-links --upgrade pyproject.toml -o .ci/requirements.txt

clean: ## remove what the other targets made
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
