# make chat      start the REPL on the bundled model; installs into .venv the first time
# make test      lint, types and every claim of the tests; says how long it took
# make test-all  the same with all examples, the slow tests, Ray, Parquet, the notebook, lm-eval and the older stacks
# make stacks    the tests in the stack of openMind's images: Python 3.10, torch 2.1.0, 6 GB; then the calls of
#                docs/pipeline.md beside transformers 4.55.4, 2 GB
# make lm-eval   flanchat beside lm-evaluation-harness's own model, in an environment with the harness
# make docs      build docs/ as a site in build/site
# make picture   draw the pictures of the README from real runs
PYTHON ?= python3
VENV := .venv
PIP := $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
PYTEST := $(VENV)/bin/python -m pytest --numprocesses 2

.PHONY: chat test test-all lint stacks lm-eval docs picture

chat: $(VENV)/chat.done
	@$(VENV)/bin/flanchat

test: lint
	$(PYTEST)

test-all: lint $(VENV)/test-all.done
	$(PYTEST) --slow --hypothesis-profile all
	$(MAKE) docs
	$(MAKE) lm-eval
	$(MAKE) stacks

lint: $(VENV)/test.done
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

stacks:
	tests/stacks/run.sh
	tests/stacks/transformers4.sh

lm-eval:
	tests/lm_eval/run.sh

docs: $(VENV)/docs.done
	NO_MKDOCS_2_WARNING=1 $(VENV)/bin/mkdocs build --quiet

picture: $(VENV)/test.done
	for scene in session grid prompt probs why compare diff sweep calibration vote beams card; do \
		$(VENV)/bin/python -m docs.picture $$scene docs/$$scene.svg || exit 1; \
	done

$(VENV)/chat.done: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing flanchat into $(VENV), once; this takes a minute or two." >&2
	@$(PIP) --editable . >&2
	@touch $@

$(VENV)/test.done: $(VENV)/chat.done
	@echo "Installing what the tests need into $(VENV), once." >&2
	@$(PIP) --editable '.[dev]' >&2
	@touch $@

$(VENV)/test-all.done: $(VENV)/test.done
	@echo "Installing Ray, PyArrow and Jupyter's kernel into $(VENV), once." >&2
	@$(PIP) --editable '.[dev,notebook,parquet,ray]' >&2
	@touch $@

$(VENV)/docs.done: $(VENV)/chat.done
	@echo "Installing MkDocs into $(VENV), once." >&2
	@$(PIP) --editable '.[docs]' >&2
	@touch $@

$(VENV)/bin/python:
	@$(PYTHON) -m venv $(VENV)
