# SPDX-License-Identifier: BSD-3-Clause
# What gates compile this library's files with: prints the flags, once lwIP is unpacked.
OUT := build/gates
Q := @
.DEFAULT_GOAL := flags
include lib/lwip/tests/upstream.mk
.PHONY: flags
flags: $(LWIP_HOST)/unpacked
	@echo GATE-FLAGS -include lib/lwip/tests/options.h -Ilib/lwip/port -isystem $(LWIP_HOST_TOP)/src/include
