# Everything a fresh Debian with Python 3.11 and make needs to run, test and measure this project.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
export PYTHONUTF8 := 1

.PHONY: run test lint types bench lock pyz browser clean

run: $(VENV)/run.stamp var/secrets/MINGQIAN_SECRET_KEY
	@$(BIN)/python manage.py serve --demo --port $(PORT)

test: $(VENV)/dev.stamp var/secrets/MINGQIAN_SECRET_KEY browser
	$(BIN)/python -m tests.run $(ARGS)

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint mingqian --check
	$(BIN)/djlint mingqian --lint

types: $(VENV)/dev.stamp var/secrets/MINGQIAN_SECRET_KEY
	$(BIN)/mypy .

bench: $(VENV)/dev.stamp var/secrets/MINGQIAN_SECRET_KEY
	$(BIN)/python -m benchmarks

pyz:
	mkdir -p build
	$(PYTHON) -m mingqian_draw.build_pyz build/mingqian_draw.pyz

# Anew from the .in files; needs uv. No registry's address enters a file.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --upgrade requirements/base.in -o requirements/base.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --upgrade -c requirements/base.txt requirements/dev.in -o requirements/dev.txt

$(VENV)/bin/python:
	@sh tools/make_venv.sh $(PYTHON) $(VENV)

$(VENV)/run.stamp: requirements/base.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt requirements/base.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $(VENV)/run.stamp $@

var/secrets/MINGQIAN_SECRET_KEY:
	@$(PYTHON) -m mingqian.keys var/secrets >/dev/null

# Browser tests want Debian's Chromium and Chinese glyphs; installed when we may, otherwise those tests say that they skipped.
browser:
	@sh tools/install_browser.sh

clean:
	rm -rf build .pytest_cache .mypy_cache .ruff_cache .hypothesis
