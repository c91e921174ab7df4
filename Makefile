# make repro  environment, then the whole pipeline: render, train, evaluate, report
# make test   environment, then all the tests
# make table1, make figure5, make figure7   the paper's experiments; hours without a GPU, and they resume
# make check  environment, then ruff, the type checker, and which module may import which
# make clean  forget data, models and reports (the environment stays)

PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
export DVC_NO_ANALYTICS := 1

.PHONY: repro test check clean env table1 figure5 figure7 few
.DELETE_ON_ERROR:

env: .venv/ready
	@$(BIN)/python -m assets.common.doctor

repro: env
	$(BIN)/dvc repro
	@echo "Open reports/index.html"

table1 figure5 figure7 few: env
	$(BIN)/dvc repro pipeline/experiments/dvc.yaml:$@

test: env
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder --durations 5

check: env
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo

clean:
	rm -rf data models/classifier models/generator reports runs dvc.lock .dvc/cache .dvc/tmp

.venv/ready: pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; v in ((3, 11), (3, 13)) or sys.exit(f"$(PYTHON) is Python {v[0]}.{v[1]}, but Blender is published for 3.11 and 3.13 only: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet -e '.[dev]'
	@touch $@
