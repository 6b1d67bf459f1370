# Every target sets up .venv first (once, and again when requirements.lock changes): only make and
# Python 3.11 or newer have to be there. PYTHON=… chooses the interpreter.

BIN := .venv/bin
UV_VERSION := 0.13.9

.DEFAULT_GOAL := help
.PHONY: help setup setup-verify serve demo test lint types imports data unit verify-tests browser browser-tests audit fmt bench wheel lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup:
	@sh scripts/setup.sh

serve: setup ## check the catalog, build its site and serve it on http://127.0.0.1:8000
	$(BIN)/gptalt-catalog check
	$(BIN)/gptalt-catalog site build
	$(BIN)/gptalt-catalog site serve

demo: setup-verify ## see `verify` tell a true claim from a false one: two minutes, no network
	@$(BIN)/gptalt-catalog demo --keep build/demo; code=$$?; echo "exit code $$code"; test $$code -eq 1

test: lint types imports data unit browser-tests verify-tests ## everything that continuous integration runs

lint: setup ## style of the code
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: setup ## mypy --strict
	$(BIN)/mypy

imports: setup ## directions of imports between packages
	$(BIN)/lint-imports

data: setup ## the catalog itself: all rules, canonical form, up-to-date schemas
	$(BIN)/gptalt-catalog check
	$(BIN)/gptalt-catalog fmt --check
	$(BIN)/gptalt-catalog schema --check

unit: setup ## all tests without a browser and torch; every branch of domain and loading must be run
	$(BIN)/pytest -n 2 --dist loadgroup -m "not browser and not verify" --cov

setup-verify: setup ## install what verify needs: torch, transformers, lm-eval
	@$(BIN)/python scripts/setup_verify.py

verify-tests: setup-verify ## the tests that need torch, transformers and lm-eval
	$(BIN)/pytest -n 2 --dist loadgroup -m verify

browser: setup
	@$(BIN)/python -m tests.chromium

browser-tests: browser ## the site in a real browser; installs a Chromium if there is none
	$(BIN)/pytest -m browser

audit: browser ## judge the built site with Lighthouse and axe (needs Node.js with npm)
	$(BIN)/gptalt-catalog site build
	$(BIN)/python scripts/audit_site.py

fmt: setup ## bring code and catalog into canonical form
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/gptalt-catalog fmt

bench: setup ## measure speed (docs/benchmarks.md)
	$(BIN)/python -m bench.run

wheel: setup ## build dist/*.tar.gz and dist/*.whl
	$(BIN)/python -m build --no-isolation

# One lock for all systems and Python versions, with hashes: plain pip installs from it.
lock: setup ## renew requirements.lock from pyproject.toml (UPGRADE=1 for newer versions)
	$(BIN)/python -m venv build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	build/lock/bin/uv pip compile --quiet $(if $(UPGRADE),--upgrade) --universal --python-version 3.11 --extra dev \
		--generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make lock" --output-file requirements.lock pyproject.toml

clean: ## remove .venv and everything that was built
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage*
