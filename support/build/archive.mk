# SPDX-License-Identifier: BSD-3-Clause
# Large upstream libraries: compiled once for each compiler and set of flags, whatever else is in the image, and linked as an
# archive behind all objects. A library that sets LIBX_ARCHIVE_LIST (what support/build/archive reads) has one. Further words:
#   LIBX_ARCHIVE_SET     X=VALUE for the list
#   LIBX_ARCHIVE_OWN     folders of headers in the tree, searched before upstream's; the archive depends on them
#   LIBX_ARCHIVE_FLAGS   for its compiler
# The sources are those of LIBX_ORIGIN.

_ARCHIVES :=

# The last map that fits counts: an output folder in the tree is named as any other, so that the archive, which others will take, is the same.
_archive_compiler = $(CC) -std=gnu11 $(_CODE) -w $(call _both,ARCHFLAGS) $(_NOSTDINC) $(addprefix -I,$($(1)_ARCHIVE_OWN)) $($(1)_ARCHIVE_FLAGS) \
    $(_OPT_LAST) -ffile-prefix-map=$(UK_BASE)=. -ffile-prefix-map=$(UK_BASE)/= -ffile-prefix-map=$(BUILD_DIR)/=build/
_archive_patches = $(foreach p,$($(1)_PATCHES),$(firstword $(call _words_of,$(p))))
_archive_command = $(UK_BASE)/support/build/archive --name $(2) --out "$$OUT" --log $(BUILD_DIR)/$(2)/compile.log --cache $(UK_ARCHIVES) \
    --root $($(1)_ORIGIN)/$($(1)_ORIGIN_TOP) --list $($(1)_ARCHIVE_LIST) $(addprefix --set ,$($(1)_ARCHIVE_SET)) \
    $(addprefix --own ,$($(1)_ARCHIVE_OWN) $(call _archive_patches,$(1))) \
    --identity $($(1)_ORIGIN_SHA256) --identity "$(CC_VERSION)" --ar $(AR) -- $(call _archive_compiler,$(1))

# _archive <library>,<LIBRARY>,<output>
define _archive
CMD_$(3) := $$(strip : $$(TOOLCHAIN_ID); $$(call _archive_command,$(2),$(1)))
ifneq "$$(file <$(3).cmd)" "$$(CMD_$(3))"
$(3): FORCE
endif
$(3): $$($(2)_ARCHIVE_LIST) $$(call _archive_patches,$(2)) $(UK_BASE)/support/build/archive $$(foreach folder,$$($(2)_ARCHIVE_OWN),$$(wildcard $$(folder)/* \
        $$(folder)/*/* $$(folder)/*/*/* $$(folder)/*/*/*/*)) | $$($(2)_ORIGIN)/
	$$(call _step,ARCHIVE $(1) (compiled once$(comma) in about a minute),$(3),$$(CMD_$(3)),-a)
_ARCHIVES += $(3)
endef
$(foreach lib,$(sort $(UK_LIBS)),$(if $($(call _uc,$(lib))_ARCHIVE_LIST),\
    $(eval $(call _archive,$(lib),$(call _uc,$(lib)),$(BUILD_DIR)/$(lib)/$(lib).a))))
