# SPDX-License-Identifier: BSD-3-Clause
# The build graph of one image. Started by support/build/drive, twice when there is work: once with -n and UK_COUNTING=y
# to count the steps, then for real. Nothing here runs a program while make reads it, so an up-to-date tree is cheap.
#
# Given: UK_BASE APP_DIR BUILD_DIR UK_IMAGE UK_PLAT UK_ARCH ELIB_DIR UK_STEP UK_DL UK_CACHE UK_ARCHIVES
.SUFFIXES:
.DEFAULT_GOAL := image
.PHONY: image objects fetch FORCE
SHELL := /bin/sh
image objects fetch:
FORCE:

include $(BUILD_DIR)/config.mk
include $(BUILD_DIR)/toolchain.mk
include $(UK_BASE)/support/build/defs.mk
include $(UK_BASE)/support/build/flags.mk
include $(UK_BASE)/support/build/fetch.mk

# The chosen architecture and platform, then every library, driver and the application. A Makefile.uk decides by itself,
# with addlib_s, whether its library is built.
UK_PARTS := $(UK_BASE)/arch/$(UK_ARCH) $(UK_BASE)/plat/$(UK_PLAT)
UK_PARTS += $(patsubst %/Makefile.uk,%,$(sort $(wildcard $(UK_BASE)/lib/*/Makefile.uk \
              $(UK_BASE)/drivers/*/Makefile.uk $(UK_BASE)/drivers/*/*/Makefile.uk)))
UK_PARTS += $(ELIB_DIR) $(APP_DIR)
$(foreach part,$(UK_PARTS),$(if $(wildcard $(part)/Makefile.uk),$(eval $(call import_lib,$(part)))))

include $(UK_BASE)/support/build/compile.mk
include $(UK_BASE)/support/build/syscalls.mk
# Archives of the libraries that are built.
$(foreach lib,$(sort $(filter $(UK_LIBS) $(UK_PLATLIBS),$(_FETCHING))),$(eval $(call _origin,$(lib),$(call _uc,$(lib)))))

# A library that two folders register is one library.
_EMPTY := $(strip $(foreach lib,$(sort $(UK_LIBS) $(UK_PLATLIBS)),$(call _library,$(lib))))
include $(UK_BASE)/support/build/archive.mk
include $(UK_BASE)/support/build/link.mk
ifeq ($(UK_COUNTING),y)
include $(UK_BASE)/support/build/unused.mk
endif
include $(wildcard $(addsuffix .d,$(_ALL_OBJECTS)))
