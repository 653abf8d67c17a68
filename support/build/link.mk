# SPDX-License-Identifier: BSD-3-Clause
# The final link. The platform's Makefile.uk sets PLAT_LDSCRIPT, PLAT_LDFLAGS-y and, if it needs one, PLAT_POST_LINK.

ifeq ($(strip $(PLAT_LDSCRIPT)),)
$(if $(wildcard $(UK_BASE)/plat/$(UK_PLAT)/Makefile.uk),,$(error there is no platform in plat/$(UK_PLAT)))
endif

# The platform's linker script, preprocessed like any other source.
ifneq ($(filter %.S,$(PLAT_LDSCRIPT)),)
_LDSCRIPT := $(BUILD_DIR)/$(notdir $(PLAT_LDSCRIPT:.S=))
$(eval $(call _object,plat,$(PLAT_LDSCRIPT),,LDS,$(_LDSCRIPT)))
else
_LDSCRIPT := $(PLAT_LDSCRIPT)
endif

_OUTPUT := $(UK_IMAGE)
# Fragments (INSERT AFTER ...) come before the script that they extend: GNU ld resolves them in this order only.
_LDFLAGS = -nostdlib -static $(if $(CONFIG_OPTIMIZE_DEADELIM),--gc-sections) --build-id=sha1 -z noexecstack -z nostart-stop-gc \
    --no-undefined --fatal-warnings $(call _both,LDFLAGS) $(call _both,PLAT_LDFLAGS) -Map=$(_OUTPUT).map \
    $(addprefix -T$(space),$(sort $(UK_LDS)) $(_LDSCRIPT))
PLAT_POST_LINK ?= $(OBJCOPY) -S $(_OUTPUT).dbg "$$OUT"

# The list of objects is a file: it may be longer than a command line.
_RESPONSE := $(BUILD_DIR)/link.rsp
_LINKED := $(strip $(_LINKED))
ifneq "$(strip $(file <$(_RESPONSE)))" "$(_LINKED)"
$(file >$(_RESPONSE).new,$(_LINKED))
_RESPONSE_MOVED := $(shell mv -f $(_RESPONSE).new $(_RESPONSE))
endif

# _link <further objects>
ifeq ($(CONFIG_OPTIMIZE_LTO),y)
_link = $(CXX) $(_CXXSTD) $(_LTO)$(if $(CXX_IS_CLANG),,=auto) $(call _both,ARCHFLAGS) -nostdlib -static \
    $(if $(CXX_IS_CLANG),,-no-pie -Wno-lto-type-mismatch) $(if $(CXX_IS_CLANG)$(LD_IS_LLD),-fuse-ld=lld) $(foreach f,$(_LDFLAGS),-Xlinker $(f)) @$(_RESPONSE) $(_DESCRIPTION_OBJECT) $(1) $(_ARCHIVES) -o "$$OUT"
else
_link = $(LD) $(_LDFLAGS) @$(_RESPONSE) $(_DESCRIPTION_OBJECT) $(1) $(_ARCHIVES) -o "$$OUT"
endif

# _final <output>,<prerequisites>,<label>,<command>
define _final
CMD_$(1) := $$(strip : $$(TOOLCHAIN_ID); $(4))
ifneq "$$(file <$(BUILD_DIR)/$(notdir $(1)).cmd)" "$$(CMD_$(1))"
$(1): FORCE
endif
$(1): $(2)
	$$(call _step,$(3) $(notdir $(1)),$(1),$$(CMD_$(1)),-r $(BUILD_DIR)/$(notdir $(1)).cmd)
endef
ifeq ($(CONFIG_LIBUKIMAGE),y)
include $(UK_BASE)/support/build/description.mk
endif
_LINK_INPUTS := $(_DESCRIPTION_OBJECT) $(_LINKED) $(_ARCHIVES) $(_LDSCRIPT) $(UK_LDS) $(_RESPONSE) $(UK_LINK_DEPS-y)
ifeq ($(CONFIG_LIBUKDEBUG_SYMBOLS),y)
include $(UK_BASE)/support/build/symbols.mk
endif
$(eval $(call _final,$(_OUTPUT).dbg,$(_LINK_INPUTS) $(_SYMBOLS_OBJECT),LD,$$(call _link,$(_SYMBOLS_OBJECT)) $$(_SYMBOLS_CHECK) $$(_DESCRIPTION_FILL)))
$(eval $(call _final,$(_OUTPUT),$(_OUTPUT).dbg,IMAGE,$$(PLAT_POST_LINK)))

image: $(_OUTPUT)
objects: $(_ALL_OBJECTS)

ifneq ($(UK_COUNTING),y)
$(file >$(BUILD_DIR)/compile_commands.list,$(foreach o,$(_ALL_OBJECTS),$(_SOURCE_$(o))|$(o)|$(CMD_$(o))$(newline)))
endif
