# Every target sets up what it needs in .venv: Python 3.11 to 3.14 is all it asks for.
# `run`, `lab` and `dashboard` install what a run needs, the others what a developer needs.
BIN := .venv/bin
PARAMS ?= params/local.yaml
FIRST := $(firstword $(sort $(wildcard notebooks/0*.ipynb)))
SETUP := PYTHON='$(PYTHON)' scripts/setup
SET = $(if $(shell grep -ls '^engine: *spark' $(PARAMS)),spark,run)

.DEFAULT_GOAL := help
.PHONY: help setup setup-run setup-dev spark run check test dashboard lab rehearse bench lint fix docs lock \
	notebooks clean
QUICK := not (app or browser or jvm or kernel or real or server)
SLOW := benchmark dashboard notebooks
# Tests wait for browsers and kernels, so one more than the cores; four at most.
WORKERS := $(shell cores=$$(getconf _NPROCESSORS_ONLN); echo $$((cores < 4 ? cores + 1 : 4)))
PARALLEL := --numprocesses=$(WORKERS)

help: ## Show this help
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

setup: setup-dev ## Make .venv with all that is locked (other targets do so themselves)

spark: ## Add the engine spark to .venv, with its Java
	@$(SETUP) spark

setup-run:
	@$(SETUP) $(SET)

setup-dev:
	@$(SETUP) dev

run: setup-run ## Build the star schema (PARAMS=params/local.yaml)
	$(BIN)/sparkify run $(PARAMS)

check: lint ## Lint, and the quick tests: without Java, kernels, servers, the dashboard, real data
	$(BIN)/python -m pytest $(PARALLEL) -p no:nbval -m "$(QUICK)" \
		$(addprefix --ignore=tests/,$(SLOW))

test: setup-dev ## Run all tests
	$(BIN)/python -m pytest $(PARALLEL)

dashboard: setup-run ## Open the dashboard (PARAMS=params/local.yaml P="workspace=mine")
	$(BIN)/python -m streamlit run dashboard/app.py $(PARAMS) $(P)

lab: setup-run ## Open the project in JupyterLab, on its first notebook
	$(BIN)/jupyter lab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/$(FIRST)

rehearse: setup-dev ## Rehearse the AWS profile whole, without an account (SOURCE=folder)
	$(BIN)/python -m sparkify.rehearsal $(if $(SOURCE),--source $(SOURCE))
	$(BIN)/python -m sparkify.rehearsal $(if $(SOURCE),--source $(SOURCE)) -p load=connector --may-skip

bench: setup-dev ## Measure against plain tools, with latency too, and the dashboard
	$(BIN)/python -m tests.benchmark
	$(BIN)/python -m tests.benchmark.pages
	$(BIN)/python -m tests.benchmark.pages_crowd
	$(BIN)/python -m tests.benchmark.latency
	$(BIN)/python -m tests.benchmark.growth

lint: setup-dev ## Check style, types, layers and SQL
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/sqlfluff lint --processes 2 sql

fix: setup-dev ## Format, and fix what can be fixed automatically
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfluff fix sql

docs: setup-dev ## Write the data dictionary, the table of parameters and that of prices
	$(BIN)/python -m sparkify.documentation

COMPILE = $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header --quiet
SPARK := import tomllib; project = tomllib.load(open("pyproject.toml", "rb"))["project"]; \
	print(*project["optional-dependencies"]["spark"], sep="\n")

lock: setup-dev ## Write the locks anew from pyproject.toml: of all, and two parts of it
	$(COMPILE) pyproject.toml --all-extras --output-file requirements.lock
	$(COMPILE) pyproject.toml --extra aws --extra install \
		--constraints requirements.lock --output-file requirements-run.lock
	$(BIN)/python -c '$(SPARK)' | $(COMPILE) - --constraints requirements.lock \
		--output-file requirements-spark.lock

notebooks: setup-dev ## Run the notebooks and keep their outputs, for a commit
	SPARKIFY_HOME=$$(mktemp -d) $(BIN)/jupyter nbconvert --to notebook --execute \
		--inplace --ExecutePreprocessor.record_timing=False \
		--ClearMetadataPreprocessor.enabled=True \
		--ClearMetadataPreprocessor.clear_cell_metadata=False \
		--ClearMetadataPreprocessor.preserve_nb_metadata_mask='{"kernelspec"}' \
		notebooks/*.ipynb
	$(BIN)/python -m sparkify.evidence.scrub notebooks/*.ipynb

clean: ## Remove .venv; data and runs stay
	rm -rf .venv
