# Three commands for people: make demo, make test, make bench. Each does its own set-up and says what it does.
SHELL := /bin/bash
export CARGO_TARGET_DIR ?= $(HOME)/.cache/adit/target
export CARGO_TERM_PROGRESS_WHEN ?= never
VENV := $(HOME)/.cache/adit/venv
ADIT := $(CARGO_TARGET_DIR)/debug/adit

.PHONY: help demo test bench fmt clean

help:
	@echo "make demo         start four companies on this machine and ask them one question (ONCE=1 ends by itself)"
	@echo "make test         everything that CI checks"
	@echo "make bench        speed, memory and load rate, each against a published peer in the same run"

demo:
	@.ci/setup build
	@echo "adit: building (the first time takes some minutes)"
	@cargo build --quiet --package adit
	@$(ADIT) demo examples $(if $(ONCE),--once)

test:
	@.ci/setup build test
	@.ci/test

bench:
	@.ci/setup build bench
	@$(VENV)/bin/python tests/benches/bench.py

fmt:
	@cargo fmt --all

clean:
	@rm -rf "$(CARGO_TARGET_DIR)" "$(VENV)"
