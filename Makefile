# Every target sets up what it needs in .venv: Python 3.11 to 3.14 is all it asks for.
# Spark has no release for 3.14, so an older one is preferred.
PYTHON ?= $(firstword $(foreach name,python3.13 python3.12 python3.11 python3,$(shell \
	$(name) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' \
	2>/dev/null && command -v $(name))))
BIN := .venv/bin
PARAMS ?= params/local.yaml

.DEFAULT_GOAL := help
.PHONY: help setup run check test dashboard lab rehearse bench lint fix docs lock \
	notebooks clean
QUICK := not (app or browser or jvm or kernel or real or server)
SLOW := benchmark dashboard notebooks
PARALLEL := --numprocesses=auto --maxprocesses=4

help: ## Show this help
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

setup: .venv/ready ## Make .venv with the locked versions (other targets do so themselves)

.venv/ready: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { \
		echo "make: Python 3.11 to 3.14 is needed; name one by make PYTHON=..."; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--no-build-isolation --no-deps --editable .
	@touch $@

run: .venv/ready ## Build the star schema (PARAMS=params/local.yaml)
	$(BIN)/sparkify run $(PARAMS)

check: lint ## Lint, and the quick tests: without Java, kernels, servers, the dashboard, real data
	$(BIN)/python -m pytest $(PARALLEL) -p no:nbval -m "$(QUICK)" \
		$(addprefix --ignore=tests/,$(SLOW))

test: .venv/ready ## Run all tests
	$(BIN)/python -m pytest $(PARALLEL)

dashboard: .venv/ready ## Open the dashboard (PARAMS=params/local.yaml P="workspace=mine")
	$(BIN)/python -m streamlit run dashboard/app.py $(PARAMS) $(P)

lab: .venv/ready ## Open the project in JupyterLab, on its first notebook
	$(BIN)/jupyter lab $(firstword $(wildcard notebooks/0*.ipynb))

rehearse: .venv/ready ## Rehearse the AWS profile whole, without an account (SOURCE=folder)
	$(BIN)/python -m sparkify.rehearsal $(if $(SOURCE),--source $(SOURCE))
	$(BIN)/python -m sparkify.rehearsal $(if $(SOURCE),--source $(SOURCE)) -p load=connector --may-skip

bench: .venv/ready ## Measure against plain tools, with latency too, and the dashboard
	$(BIN)/python -m tests.benchmark
	$(BIN)/python -m tests.benchmark.pages
	$(BIN)/python -m tests.benchmark.pages_crowd
	$(BIN)/python -m tests.benchmark.latency

lint: .venv/ready ## Check style, types, layers and SQL
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/sqlfluff lint --processes 2 sql

fix: .venv/ready ## Format, and fix what can be fixed automatically
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfluff fix sql

docs: .venv/ready ## Write the data dictionary and the README's table of parameters
	$(BIN)/python -m sparkify.documentation

lock: .venv/ready ## Write requirements.lock anew from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-annotate --no-header --quiet \
		--output-file requirements.lock

notebooks: .venv/ready ## Run the notebooks and keep their outputs, for a commit
	SPARKIFY_HOME=$$(mktemp -d) $(BIN)/jupyter nbconvert --to notebook --execute \
		--inplace --ExecutePreprocessor.record_timing=False \
		--ClearMetadataPreprocessor.enabled=True \
		--ClearMetadataPreprocessor.clear_cell_metadata=False \
		--ClearMetadataPreprocessor.preserve_nb_metadata_mask='{"kernelspec"}' \
		notebooks/*.ipynb

clean: ## Remove .venv; data and runs stay
	rm -rf .venv
