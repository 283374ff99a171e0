# Plumbline: everything a person runs by hand. `make help` lists it.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
READY := $(VENV)/.ready
ARGS ?=
# NumPy's threads fight over few cores; one each is faster for arrays of this size
export OPENBLAS_NUM_THREADS ?= 1
APT_VENV := sudo apt-get install -y python3-venv
APT_SERVERS := sudo apt-get install -y --no-install-recommends mosquitto influxdb gammu gammu-smsd chromium

.PHONY: help demo test check bench soak lock aarch64 clean

help:  ## list what can be made
	@grep -E '^[a-z0-9]+:.*##' Makefile | sed -E 's/^([a-z0-9]+):[^#]*## */  make \1\t/' | expand -t 16

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Plumbline needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "python3 -m venv is missing; run: $(APT_VENV)"; exit 2; }
	@echo "Setting up $(VENV) (once; about 700 MB, 1-3 minutes)"
	@rm -rf $(VENV) && $(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(READY)  ## a shaken tower, end to end: make demo ARGS="--seconds 240 --json"
	@$(RUN) -m plumbline.cli demo $(ARGS)

test: $(READY)  ## all tests; those whose server is missing are skipped by name
	@$(RUN) -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder $(ARGS) || exit $$?
	@for server in mosquitto influxd gammu-smsd chromium; do \
		PATH="$$PATH:/usr/sbin" command -v $$server >/dev/null \
			|| echo "$$server is missing, its tests were skipped; run: $(APT_SERVERS)"; done

check: $(READY)  ## ruff and mypy
	@$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check . && $(VENV)/bin/mypy

bench: $(READY)  ## the benchmarks, JSON lines, each beside a peer in the same run
	@PATH="$$PATH:/usr/sbin" command -v mosquitto >/dev/null \
		|| { echo "mosquitto is missing; run: $(APT_SERVERS)"; exit 2; }
	@$(RUN) -m benchmarks $(ARGS)

soak: $(READY)  ## hours of noise and hundreds of kills: counts with their bounds
	@PATH="$$PATH:/usr/sbin" command -v mosquitto >/dev/null \
		|| { echo "mosquitto is missing; run: $(APT_SERVERS)"; exit 2; }
	@$(RUN) -m benchmarks.soak $(ARGS)
	@$(if $(ARGS),:,$(RUN) -m benchmarks.soaks.beam_year && $(RUN) -m benchmarks.soaks.inverse_velocity)

lock: $(READY)  ## write requirements.lock anew from what is installed
	@$(VENV)/bin/pip freeze --exclude-editable --exclude plumbline | LC_ALL=C sort -f > requirements.lock

aarch64: $(READY)  ## write anew which wheels a Raspberry Pi gets (needs a network)
	@$(RUN) deploy/resolve_aarch64.py

clean:  ## remove the environment, caches and the demo's data
	@rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis demo-data
