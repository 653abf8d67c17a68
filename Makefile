# SPDX-License-Identifier: BSD-3-Clause
# User commands. `make help` lists them; docs/build.md explains them. The work is done by support/build/drive.
#
# The flag -q below makes GNU make end with status 1 and without a line of its own when a command marked with + exits
# with 1: the last words on the screen are then the compiler's. Every recipe here is marked with +, so -q skips nothing.

ifneq ($(findstring n,$(filter-out -%,$(firstword $(MAKEFLAGS))))$(findstring q,$(filter-out -%,$(firstword $(MAKEFLAGS)))),)
$(error make -n and make -q cannot tell what support/build would do, and nothing was done; V=1 shows commands as they run)
endif

# Called by another Makefile or with -C (then MAKEFLAGS has a w): GNU make says nothing about entering a directory if
# output is to be synchronized, which it takes seriously only with more than one job. It does not show here how many jobs
# were asked for; an open descriptor 4 tells that there is a jobserver. support/build/engine.py knows that 97 is no wish.
ifneq ($(findstring w,$(filter-out -%,$(firstword $(MAKEFLAGS)))),)
_JOBS := $(if $(filter -j%,$(MAKEFLAGS))$(wildcard /proc/self/fd/4),,-j97)
MAKEFLAGS += -Oline $(_JOBS)
endif
MAKEFLAGS += -q --no-print-directory -r -R

UK_TREE := $(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))
UK_PYTHON ?= $(firstword $(wildcard /usr/bin/python3) python3)
UK_GOALS := all menuconfig defconfig savedefconfig olddefconfig run debug check check-all bench bench-net fetch size why \
            clean properclean distclean help
UK_DRIVE := $(UK_PYTHON) -E -s '$(UK_TREE)/support/build/drive'

export MAKE
.NOTPARALLEL:
.PHONY: $(UK_GOALS)
.DEFAULT_GOAL := all

# Without python nothing below works; run and check may install it.
_SETUP := UK_INSTALL=no '$(UK_TREE)/support/setup' build >&2
_SETUP_run := '$(UK_TREE)/support/setup' '$(or $(T),kvm-x86_64)'
_SETUP_check := '$(UK_TREE)/support/setup' check

# One unknown goal and nothing is done. Status 2 without a word from make: a file that an -include wants may fail in
# silence, and what was to be made together with it has then failed as well.
_UNKNOWN := $(filter-out $(UK_GOALS),$(MAKECMDGOALS))
ifneq ($(_UNKNOWN),)
-include .uk.explained
%.explained %.failed:
	+@$(UK_DRIVE) --unknown-goals '$(subst ','\'',$(_UNKNOWN))' '$(UK_GOALS)'; exit 2
$(sort $(MAKECMDGOALS)): .uk.failed
else
$(UK_GOALS):
	+@command -v $(UK_PYTHON) >/dev/null || $(or $(_SETUP_$@),$(_SETUP)) || exit 1; \
	exec $(UK_DRIVE) $@
endif
