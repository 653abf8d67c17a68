# SPDX-License-Identifier: BSD-3-Clause
# lwIP for host tests: fetched, unpacked and patched once.
ifndef LWIP_HOST
include lib/lwip/origin.mk
LWIP_HOST := $(OUT)/lwip
LWIP_HOST_TOP := $(LWIP_HOST)/$(LIBLWIP_ORIGIN_TOP)
LWIP_ARCHIVE := build/download/$(LIBLWIP_ORIGIN_NAME)
LWIP_PATCHES := $(sort $(wildcard lib/lwip/patches/*.patch))
LWIP_HOST_SRCS := $(patsubst %,$(LWIP_HOST_TOP)/src/%.c,$(LIBLWIP_UPSTREAM_SRCS))

$(LWIP_ARCHIVE):
	@mkdir -p $(@D)
	@echo "  FETCH lwip"
	$(Q)UK_DL='$(UK_DL)' support/build/fetch --sha256 $(LIBLWIP_ORIGIN_SHA256) --out $@ --cache build/download \
	    --name $(LIBLWIP_ORIGIN_NAME) --library lwip $(LIBLWIP_ORIGIN_URL)
# A stamp, because the archive's files are older than the archive.
$(LWIP_HOST)/unpacked: lib/lwip/origin.mk $(LWIP_PATCHES) | $(LWIP_ARCHIVE)
	$(Q)support/build/fetch --check --sha256 $(LIBLWIP_ORIGIN_SHA256) --out $(LWIP_ARCHIVE)
	$(Q)rm -rf $(@D) && mkdir -p $(@D) && tar -xmf $(LWIP_ARCHIVE) -C $(@D) $(LIBLWIP_ORIGIN_ONLY)
	$(Q)for p in $(LWIP_PATCHES); do patch -s -N -p1 -d $(LWIP_HOST) <$$p || exit 1; done
	$(Q)touch $(LWIP_HOST)/patched.h $@
$(LWIP_HOST_SRCS): $(LWIP_HOST)/unpacked ;
endif
