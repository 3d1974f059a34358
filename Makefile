# Three commands for people: make demo, make test, make bench. Each does its own set-up and says what it does.
SHELL := /bin/bash
export CARGO_TARGET_DIR ?= $(HOME)/.cache/adit/target
export CARGO_TERM_PROGRESS_WHEN ?= never
VENV := $(HOME)/.cache/adit/venv
ADIT := $(CARGO_TARGET_DIR)/debug/adit

.PHONY: help demo test bench fuzz sbom package container fmt clean

help:
	@echo "make demo         start the example companies on this machine and ask them one question (ONCE=1 ends by itself)"
	@echo "make test         everything that CI checks"
	@echo "make bench        speed, memory and load rate, each against a published peer in the same run"
	@echo "make fuzz         feed the readers of foreign bytes with what they did not expect (FOR=60 seconds each)"
	@echo "make sbom         what the program is made of, as CycloneDX, in adit.cdx.json"
	@echo "make package      the Debian package; make container: the image made of it"

demo:
	@.ci/setup build
	@echo "adit: building (the first time takes some minutes)"
	@cargo build --quiet --package adit
	@$(ADIT) demo $(if $(ONCE),--once)

test:
	@.ci/setup build test
	@.ci/test

bench:
	@.ci/setup build bench
	@$(VENV)/bin/python tests/benches/bench.py

fuzz:
	@.ci/setup build fuzz
	@.ci/fuzz $(FOR)

sbom:
	@.ci/setup build sbom
	@$(VENV)/bin/python deploy/sbom adit.cdx.json

package:
	@.ci/setup build
	@cargo build --quiet --release --locked --package adit
	@deploy/package $(CARGO_TARGET_DIR)/release/adit .

container: package
	@deploy/container adit_*.deb adit

fmt:
	@cargo fmt --all

clean:
	@rm -rf "$(CARGO_TARGET_DIR)" "$(VENV)"
