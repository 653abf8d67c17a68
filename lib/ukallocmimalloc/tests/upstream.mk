# SPDX-License-Identifier: BSD-3-Clause
# mimalloc for host tests: fetched and unpacked once.
ifndef MIMALLOC_HOST
include lib/ukallocmimalloc/origin.mk
MIMALLOC_HOST := $(OUT)/mimalloc
MIMALLOC_HOST_TOP := $(MIMALLOC_HOST)/$(LIBUKALLOCMIMALLOC_ORIGIN_TOP)
MIMALLOC_ARCHIVE := build/download/$(LIBUKALLOCMIMALLOC_ORIGIN_NAME)

$(MIMALLOC_ARCHIVE):
	@mkdir -p $(@D)
	@echo "  FETCH mimalloc"
	$(Q)UK_DL='$(UK_DL)' support/build/fetch --sha256 $(LIBUKALLOCMIMALLOC_ORIGIN_SHA256) --out $@ --cache build/download \
	    --name $(LIBUKALLOCMIMALLOC_ORIGIN_NAME) --library mimalloc $(LIBUKALLOCMIMALLOC_ORIGIN_URL)
# A stamp, because the archive's files are older than the archive.
$(MIMALLOC_HOST)/unpacked: lib/ukallocmimalloc/origin.mk | $(MIMALLOC_ARCHIVE)
	$(Q)support/build/fetch --check --sha256 $(LIBUKALLOCMIMALLOC_ORIGIN_SHA256) --out $(MIMALLOC_ARCHIVE)
	$(Q)rm -rf $(@D) && mkdir -p $(@D) && tar -xmf $(MIMALLOC_ARCHIVE) -C $(@D) $(LIBUKALLOCMIMALLOC_ORIGIN_ONLY)
	$(Q)touch $@
lib/ukallocmimalloc/upstream.c: | $(MIMALLOC_HOST)/unpacked
endif
