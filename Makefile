# make demo   grade the sample clip
# make test   all checks and tests
# make accuracy   the error table, on rendered clips of known truth (an hour and a half the first time)
# Needs Python 3.11 or newer and make; everything else goes into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SAMPLE := sample_videos/side_good.mp4
RUNS := runs
# A process of tests for every core, four at most: each takes up to 1.5 GB. Those of a file share what
# they prepare, so a file stays in one.
SIDE_BY_SIDE := --numprocesses logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder

.PHONY: help demo test accuracy clean

help:
	@sed -n '1,4s/^# //p' Makefile

demo: $(VENV)/.installed
	$(BIN)/kneedrive analyze $(SAMPLE) --out $(RUNS)
	@echo "The report: $(RUNS)/$(basename $(notdir $(SAMPLE)))/report.html"

test: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest $(SIDE_BY_SIDE)

# The clips that it renders stay in .accuracy, so a second run takes only the grading.
accuracy: $(VENV)/.installed-dev
	$(BIN)/python -m validation.accuracy $(ACCURACY)

# What was graded, with the store of a team, is the user's: it stays.
clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find kneedrive_cv models tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "kneedrive needs Python 3.11 or newer. Name one: make PYTHON=python3.12 ..." >&2; exit 1; }
	$(PYTHON) -m kneedrive_cv.system
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/pyvenv.cfg pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[team]'
	@touch $@

$(VENV)/.installed-dev: $(VENV)/pyvenv.cfg pyproject.toml
	$(BIN)/python -m pip install --quiet --no-compile --editable '.[dev]'
	@$(BIN)/python -m compileall -q -j 0 $(VENV)/lib >/dev/null || true  # on all cores, as pip does not
	@touch $@ $(VENV)/.installed
