# `make` alone lists what there is. Every command runs on a machine that has Python 3.11 or newer and make.

ifndef PYTHON
PYTHON := $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$name; break; }; done)
endif
RUN = .venv/bin/python
PORTAL_MODE ?= development
export PORTAL_MODE
unexport PYTHONDONTWRITEBYTECODE # every start would compile the whole portal anew

.DEFAULT_GOAL := help
.PHONY: help run test check bench audit lock local-environment test-environment

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

run: local-environment ## start the portal with demo content on 127.0.0.1:8000 (PORT=…, DATABASE_URL=…)
	@exec $(RUN) manage.py run

test: test-environment ## run all tests, browser included
	@exec $(RUN) -m pytest

check: test-environment ## format, lint, missing migrations, deploy check
	@exec $(RUN) -m tests.checks

bench: test-environment ## measure: start, pages against a yardstick, volume; ARGS="load --minutes 10" or ARGS=growth (tests/bench/)
	@exec $(RUN) -m tests.bench $(ARGS)

audit: test-environment ## outside judges: Nu, weight, Lighthouse, formats (needs Node and Java; ARGS="weight event")
	@exec $(RUN) -m tests.audit $(ARGS)

lock: ## write requirements/*.txt anew from pyproject.toml (needs uv)
	@command -v uv >/dev/null || { echo "✗ Zum Sperren der Versionen fehlt uv: Bitte installieren Sie es mit „pip install uv“."; exit 1; }
	uv pip compile $(LOCK) -o requirements/server.txt
	uv pip compile $(LOCK) --extra embedded -o requirements/local.txt
	uv pip compile $(LOCK) --extra embedded --group test -o requirements/test.txt
LOCK = --extra redis --quiet --universal --upgrade --generate-hashes --no-header --no-annotate --no-emit-index-url pyproject.toml

local-environment:
	@$(BOOTSTRAP) local

test-environment:
	@$(BOOTSTRAP) test

BOOTSTRAP = $(if $(PYTHON),$(PYTHON),echo "✗ Das Portal braucht Python 3.11 oder neuer, gefunden wurde keines."; exit 1; :) -I forum/bootstrap.py
