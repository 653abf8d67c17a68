# SPDX-License-Identifier: BSD-3-Clause
# Upstream archives: fetch, fetch2, fetchas, fetchas2, unarchive, patch. An archive is pinned by LIBX_ORIGIN_SHA256, kept in
# the download folder (which builds may share), unpacked (only the paths LIBX_ORIGIN_ONLY, if set) and patched in one step into LIBX_ORIGIN. Only
# libraries that are chosen fetch anything.

UK_PREPARED :=

# fetchas2 <library>,<url>,<second url>,<file name>,<folder of patches, optional>
define fetchas2
$(call _uc,$(1))_ORIGIN := $(BUILD_DIR)/$(1)/origin
$(call _uc,$(1))_ARCHIVE := $(UK_CACHE)/$(4)
$(call _uc,$(1))_URLS := $(2) $(3)
$(if $(5),$(call patch,$(1),$(5)))
$(if $(filter $(1),$(_FETCHING)),$(error $(1): fetch may be used once per library))
_FETCHING += $(1)
endef
# fetchas <library>,<url>,<file name>,<patches>; fetch <library>,<url>,<patches>; fetch2 <library>,<url>,<url>,<patches>
fetchas = $(call fetchas2,$(1),$(2),,$(3),$(4))
fetch = $(call fetchas2,$(1),$(2),,$(notdir $(2)),$(3))
fetch2 = $(call fetchas2,$(1),$(2),$(3),$(notdir $(2)),$(4))

# unarchive <library>,<archive that is there already>,<patches>
define unarchive
$(call _uc,$(1))_ORIGIN := $(BUILD_DIR)/$(1)/origin
$(call _uc,$(1))_ARCHIVE := $(2)
$(call _uc,$(1))_URLS :=
$(if $(3),$(call patch,$(1),$(3)))
_FETCHING += $(1)
endef

# patch <library>,<folder of *.patch>,<folder inside the archive>: applied in the order of their names, with -p1
define patch
$(call _uc,$(1))_PATCHES += $(foreach file,$(sort $(wildcard $(2)/*.patch $(2)/*.diff)),$(file)|$(3))
endef

_words_of = $(subst |, ,$(1))
_patch_command = patch -s -N -p1 -d "$$OUT/$(word 2,$(call _words_of,$(1)))" <$(word 1,$(call _words_of,$(1)))
_unpack = rm -rf $($(1)_ORIGIN) "$$OUT" && mkdir -p "$$OUT" && \
    $(UK_BASE)/support/build/fetch --check --sha256 '$($(1)_ORIGIN_SHA256)' --out $($(1)_ARCHIVE) && \
    $(if $(filter %.zip,$($(1)_ARCHIVE)),unzip -q -DD $($(1)_ARCHIVE) -d "$$OUT",tar -xmf $($(1)_ARCHIVE) -C "$$OUT" $($(1)_ORIGIN_ONLY)) \
    $(foreach p,$($(1)_PATCHES),&& $(call _patch_command,$(p)))
_download = UK_DL='$(UK_DL)' $(UK_BASE)/support/build/fetch --sha256 '$($(1)_ORIGIN_SHA256)' --out $($(1)_ARCHIVE) \
    --cache $(UK_CACHE) --name $(notdir $($(1)_ARCHIVE)) --library $(2) $($(1)_URLS) && : >"$$OUT"

# _origin <library>,<LIBRARY>: its rules. A changed patch unpacks afresh; unpacked files are newer than their objects.
define _origin
ifneq ($$(strip $$($(2)_URLS)),)
$$($(2)_ARCHIVE):
	$$(call _step,FETCH $(1),$(BUILD_DIR)/$(1)/archive.fetched,$$(call _download,$(2),$(1)))
endif
CMD_$(2)_ORIGIN := $$(strip $$(call _unpack,$(2)))
ifneq "$$(file <$(BUILD_DIR)/$(1)/origin.cmd)" "$$(CMD_$(2)_ORIGIN)"
$$($(2)_ORIGIN)/: FORCE
endif
ifeq ($$(wildcard $$($(2)_ORIGIN)/.),)
$$($(2)_ORIGIN)/: FORCE
endif
$$($(2)_ORIGIN)/: $$(foreach p,$$($(2)_PATCHES),$$(firstword $$(call _words_of,$$(p)))) | $$($(2)_ARCHIVE)
	$$(call _step,UNPACK $(1),$$($(2)_ORIGIN),$$(CMD_$(2)_ORIGIN))
$$($(2)_ORIGIN)/%: $$($(2)_ORIGIN)/ ;
UK_PREPARED += $$($(2)_ORIGIN)/
fetch: $$($(2)_ORIGIN)/
endef
