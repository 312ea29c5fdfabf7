# One command from clone to result. `make help` lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# uv from the machine, else one of our own below .tools (git-ignored).
UV := $(or $(shell command -v uv 2>/dev/null),.tools/bin/uv)
export UV_PYTHON_DOWNLOADS := never
# Bytecode is compiled once at install; some machines switch it off and pay at each import.
unexport PYTHONDONTWRITEBYTECODE
export DO_NOT_TRACK := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := 0
export DAGSTER_DISABLE_TELEMETRY := 1
export RUNTIME__DLTHUB_TELEMETRY := false

PYTHON := .venv/bin/python
READY := .venv/.ready
SQL := dbt_project/models dbt_project/macros dbt_project/tests
CODE := orchestration ingestion expectations tests

.PHONY: help setup run test check fmt fmt-check lint types imports sql structure dagster changes backfill oracle \
        env dbt vendor live-check trace why erase backup restore bench fuzz hooks clean

help: ## list the targets
	@grep -hE '^[a-z][a-z-]*:.*##' $(MAKEFILE_LIST) \
	  | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

setup: $(READY) ## install everything into .venv (uv is fetched if the machine has none)

$(READY): pyproject.toml uv.lock | $(filter .tools/bin/uv,$(UV))
	$(UV) sync --locked --compile-bytecode --quiet
	$(PYTHON) -m orchestration prepare
	@touch $@

.tools/bin/uv:
	python3 -m venv .tools
	.tools/bin/pip install --quiet 'uv>=0.9'

run: setup ## start the sandbox company, run the whole warehouse, print the headline KPIs
	@$(PYTHON) -m orchestration run

changes: setup ## load what vendors say has changed, build and publish only what reads it
	@$(PYTHON) -m orchestration changes

backfill: setup ## read days again: make backfill VENDOR=google_ads FROM=2026-01-01 [TO=2026-03-31]
	@$(PYTHON) -m orchestration backfill '$(or $(VENDOR),$(error name the vendor: make backfill VENDOR=google_ads FROM=2026-01-01))' '$(or $(FROM),$(error name the first day: FROM=2026-01-01))' $(TO)

test: setup ## every test, the checks of `make check` included
	$(MAKE) --no-print-directory check
	# Three workers, because one often waits for a process; in the order of the folders,
	# which has what takes longest first.
	$(PYTHON) -m pytest -n 3 --dist loadfile --no-loadscope-reorder

oracle: setup ## every KPI against plain Python, on the companies of three seeds
	ORACLE_SEEDS=7,11,23 $(PYTHON) -m pytest -n 3 --dist loadfile tests/oracle

check: setup fmt-check lint types imports sql structure ## format, lint, types, imports, dbt rules

fmt: setup ## format Python and SQL
	.venv/bin/ruff format $(CODE)
	.venv/bin/ruff check --fix --quiet $(CODE)
	.venv/bin/sqlfmt --quiet $(SQL)

fmt-check: setup
	.venv/bin/ruff format --check --quiet $(CODE)
	.venv/bin/sqlfmt --check --quiet $(SQL)

lint: setup ## ruff, yamllint, codespell, the lock
	.venv/bin/ruff check --quiet $(CODE)
	.venv/bin/yamllint --strict .
	.venv/bin/codespell
	$(UV) lock --check --quiet

types: setup ## ty
	.venv/bin/ty check --quiet

# Every vendor's staging is linted, whichever the map uses.
EVERY_VENDOR = $(PYTHON) -c 'import json; from ingestion.vendors import known_vendors; \
  print(json.dumps({"every": known_vendors()}))'

sql: setup ## sqlfluff on the dbt project
	@VENDORS="$$($(EVERY_VENDOR))" && export VENDORS && cd dbt_project \
	  && ../.venv/bin/sqlfluff lint --processes 2 --disable-progress-bar models

structure: setup ## the dbt project's structure rules, on its manifest
	@VENDORS="$$($(EVERY_VENDOR))" DBT_TARGET_PATH=dbt_project/target $(PYTHON) -m orchestration prepare
	@.venv/bin/dbt-bouncer run --config-file dbt_project/dbt-bouncer.yml

imports: setup ## layers: orchestration > expectations > ingestion
	.venv/bin/lint-imports --no-cache >/dev/null || .venv/bin/lint-imports --no-cache

dagster: setup ## open Dagster's page on the same warehouse
	@$(PYTHON) -m orchestration dagster

env: setup ## print what a shell needs to run dbt alone: eval "$$(make -s env)"
	@$(PYTHON) -m orchestration env

dbt: setup ## run dbt with the run's settings: make dbt CMD='build -s kpis'
	@$(PYTHON) -m orchestration dbt $(CMD)

vendor: setup ## make a new vendor's files: make vendor NAME=freshdesk ENTITIES='tickets'
	@$(PYTHON) -m ingestion.scaffold NAME='$(NAME)' ENTITIES='$(ENTITIES)'

live-check: setup ## try one vendor's credentials, permissions and clock: make live-check VENDOR=hubspot
	@$(PYTHON) -m ingestion.live_check $(or $(VENDOR),$(error name the vendor: make live-check VENDOR=hubspot))

trace: setup ## the way of a KPI from the vendor's field: make trace KPI=kpi_deals.won_count
	@$(PYTHON) -m orchestration trace '$(or $(KPI),$(error name the KPI: make trace KPI=kpi_deals.won_count))'

why: setup ## what moved a KPI, and its rows: make why KPI=kpi_deals.won_count PERIOD=2026-10
	@$(PYTHON) -m orchestration why '$(or $(KPI),$(error name the KPI: make why KPI=kpi_deals.won_count PERIOD=2026-10))' '$(PERIOD)'

erase: setup ## mask a person in everything stored: make erase CUSTOMER=… [CONFIRM=yes]
	@$(PYTHON) -m orchestration erase '$(or $(CUSTOMER),$(error name the customer: an address, a customer_key, vendor:id))' $(if $(filter yes,$(CONFIRM)),--confirm)

backup: setup ## copy the warehouse, also during a run: make backup TO=folder
	@$(PYTHON) -m orchestration backup take '$(or $(TO),$(error name a folder: make backup TO=/backups))'

restore: setup ## fill an empty WAREHOUSE_DIR from a backup: make restore FROM=folder/20261125T020000Z
	@$(PYTHON) -m orchestration backup restore '$(or $(FROM),$(error name a backup: make restore FROM=/backups/20261125T020000Z))'

bench: setup ## measure the speed promises, as ratios within one run
	$(PYTHON) -m tests.benchmarks

fuzz: setup ## spoiled answers and event lines through the real sources: make fuzz N=10000
	$(PYTHON) -m tests.chaos -n $(or $(N),10000)

hooks: setup ## install the git hooks (they work offline)
	.venv/bin/prek install

clean: ## remove what the project wrote (data/ included) and what tools left behind
	rm -rf data .pytest_cache .ruff_cache .hypothesis dbt_project/target dbt_project/logs
