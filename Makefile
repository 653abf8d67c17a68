# SPDX-License-Identifier: BSD-3-Clause
# User commands. `make help` lists them; docs/build.md explains them. The work is done by support/build/drive.
#
# The flag -q below makes GNU make end with status 1 and without a line of its own when a command marked with + exits
# with 1: the last words on the screen are then the compiler's. Every recipe here is marked with +, so -q skips nothing.
MAKEFLAGS += -q --no-print-directory -r -R

UK_TREE := $(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))
UK_PYTHON ?= $(firstword $(wildcard /usr/bin/python3) python3)
UK_GOALS := all menuconfig defconfig savedefconfig olddefconfig run debug check check-all bench fetch size why \
            clean properclean distclean help

export MAKE
.NOTPARALLEL:
.PHONY: $(UK_GOALS)
.DEFAULT_GOAL := all

# Without python nothing below works; run and check may install it.
_SETUP := UK_INSTALL=no '$(UK_TREE)/support/setup' build >&2
_SETUP_run := '$(UK_TREE)/support/setup' '$(or $(T),kvm-x86_64)'
_SETUP_check := '$(UK_TREE)/support/setup' check

$(UK_GOALS):
	+@command -v $(UK_PYTHON) >/dev/null || $(or $(_SETUP_$@),$(_SETUP)) || exit 1; \
	exec $(UK_PYTHON) -E -s '$(UK_TREE)/support/build/drive' $@
