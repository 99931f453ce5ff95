.DEFAULT_GOAL := help
.PHONY: help quickstart test coverage check docs audit bench faults mutants clean

PYTHON ?= python3
BIN := .venv/bin
# One thread for each of the two workers that pytest starts; torch would otherwise take every core in each.
ONE_THREAD := OMP_NUM_THREADS=1 MKL_NUM_THREADS=1

help:  ## show this list
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## /\1\t/' | while IFS="$$(printf '\t')" read -r target text; do printf 'make %-12s %s\n' "$$target" "$$text"; done

quickstart: .venv/.installed  ## install, and run a whole small study: no GPU, no data of yours
	$(BIN)/xstilts quickstart
	@echo 'for the commands of the README: . $(BIN)/activate'

test: .venv/.developed  ## run the tests; XSTILTS_DATA=FOLDER adds those on real data
	$(ONE_THREAD) $(BIN)/pytest -n 2 --dist worksteal

coverage: .venv/.developed  ## run the tests, and list the lines and branches of the package that none of them reached
	$(ONE_THREAD) $(BIN)/pytest -n 2 --dist worksteal --cov --cov-report=term

check: .venv/.developed  ## formatting, lint, types, spelling, licenses, the documentation site
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/codespell
	$(BIN)/python .ci/licenses.py > /dev/null
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

docs: .venv/.developed  ## show the documentation site, and build it again when a page changes
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs serve

audit: .venv/.developed  ## ask the database of vulnerabilities about what is installed; needs a network
	$(BIN)/python -m pip install --quiet pip-audit
	$(BIN)/python -m pip freeze --exclude-editable | sed 's/+[^ ]*$$//' | \
		$(BIN)/pip-audit --strict --disable-pip --no-deps --requirement /dev/stdin

bench: .venv/.developed  ## measure speed and memory
	$(BIN)/python -m benchmarks

faults: .venv/.developed  ## kill a small study 200 times, local and on Ray, and a node under quickstart's
	PYTHONPATH=tests $(ONE_THREAD) $(BIN)/python -m faults.campaign --executor local
	PYTHONPATH=tests $(ONE_THREAD) $(BIN)/python -m faults.campaign --executor ray
	PYTHONPATH=tests $(ONE_THREAD) $(BIN)/python -m faults.nodes

mutants: .venv/.developed  ## change the code of metrics, kinds, mixture, store and analysis, and see whether a test fails; takes hours
	$(BIN)/python -m pip install --quiet 'mutmut>=3.8'
	$(ONE_THREAD) POLARS_MAX_THREADS=1 $(BIN)/mutmut run --max-children 1 $(MUTANTS)

clean:  ## remove the environment and everything that tools leave behind
	rm -rf .venv mutants .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage* build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps are written last: an interrupted installation is done again.
.venv/.installed: pyproject.toml
	$(call install,.)
	touch $@

.venv/.developed: pyproject.toml
	$(call install,'.[dev]')
	touch .venv/.installed $@

define install
$(PYTHON) -m venv .venv
@echo 'installing; PyTorch from PyPI brings CUDA on Linux, some 3 GB: the README says how to do without'
$(BIN)/python -m pip install --quiet --disable-pip-version-check $(INSTALL_OPTIONS) --editable $(1)
endef
