# SPDX-License-Identifier: BSD-3-Clause
# One library: its objects, their commands and their staleness.

# _relative <library>,<source>: a path below the library's build folder that no other source of it has.
_relative = $(strip $(if $(filter $($(call _uc,$(1))_BASE)/%,$(2)),$(patsubst $($(call _uc,$(1))_BASE)/%,%,$(2)),\
    $(if $(filter $($(call _uc,$(1))_BUILD)/%,$(2)),$(patsubst $($(call _uc,$(1))_BUILD)/%,_build/%,$(2)),_abs$(2))))

# _file_var <source>,<variant>: X of LIBX_FILE_FLAGS: FOO for foo.c, FOO_ISR for foo.c|isr. '-' and '.' may stand as they
# are, as Unikraft spells it, or as '_'.
_base_name = $(basename $(notdir $(1)))
_upper_name = $(call _uc,$(call _base_name,$(1))$(if $(2),_$(2)))
_spellings = $(1) $(filter-out $(1),$(subst -,_,$(subst .,_,$(1))))
_file_vars = $(or $(_VARS_OF_$(2)|$(1)),$(eval _VARS_OF_$(2)|$(1) := $(call _spellings,$(call _upper_name,$(1),$(2))))$(_VARS_OF_$(2)|$(1)))
_of_file = $(foreach v,$(call _file_vars,$(2),$(3)),$(call _both,$(1)_$(v)_$(4)))

_in_tree = $(filter $(UK_BASE)/arch/% $(UK_BASE)/plat/% $(UK_BASE)/lib/% $(UK_BASE)/drivers/%,$($(1)_BASE)/)
# The C library's headers are for what stands on it: the application, folders from outside, and libraries of its floor.
_libc = $(if $(call _in_tree,$(1)),$(if $(filter libc,$($(1)_FLOOR)),$(call _both,LIBC_INCLUDES)),$(call _both,LIBC_INCLUDES))
_app_map = $(if $($(1)_BASE),$(if $(call _in_tree,$(1)),,$(_APP_MAP)))
_archflags = $(call _both,ARCHFLAGS) $(if $(filter isr,$(1)),$(call _both,ISR_ARCHFLAGS))
_libname = $(patsubst lib%,%,$(1))
# Levels of log messages: one for all, others for single libraries ("ukalloc=debug,ukboot=err").
_LEVEL_none := -1
_LEVEL_crit := 0
_LEVEL_err := 1
_LEVEL_warn := 2
_LEVEL_info := 3
_LEVEL_debug := 4
_LEVELS := $(patsubst lib%,%,$(subst $(comma), ,$(call qstrip,$(CONFIG_LIBUKPRINT_LEVELS))))
_LEVELS_BAD := $(strip $(foreach l,$(_LEVELS),$(if $(_LEVEL_$(word 2,$(subst =, ,$(l)))),,$(l))))
ifneq ($(_LEVELS_BAD),)
$(error UK-OPTION LIBUKPRINT_LEVELS '$(_LEVELS_BAD)' is not <library>=none|crit|err|warn|info|debug)
endif
# Libraries of the image, or at least folders of the tree.
_LEVELS_KNOWN := $(sort $(patsubst lib%,%,$(UK_LIBS) $(UK_PLATLIBS)))
_LEVELS_BAD := $(foreach name,$(filter-out $(_LEVELS_KNOWN),$(foreach l,$(_LEVELS),$(firstword $(subst =, ,$(l))))),\
    $(if $(wildcard $(UK_BASE)/lib/$(name) $(UK_BASE)/lib/lib$(name) $(UK_BASE)/drivers/$(name) $(UK_BASE)/drivers/*/$(name)),,$(name)))
ifneq ($(strip $(_LEVELS_BAD)),)
$(error UK-OPTION LIBUKPRINT_LEVELS there is no library '$(firstword $(_LEVELS_BAD))'; this image has: $(_LEVELS_KNOWN))
endif
_level_word = $(lastword $(patsubst $(1)=%,%,$(filter $(1)=%,$(_LEVELS))))
# Only where a library has one of its own: the objects of images with other levels are then the same where nothing is logged.
_level = $(_LEVEL_$(call _level_word,$(call _libname,$(1))))
_defines = -D__LIBNAME__=$(1) -DUK_LIBNAME='"$(call _libname,$(1))"' $(addprefix -DUK_LOG_LEVEL=,$(call _level,$(1))) \
           -D__BASENAME__=$(notdir $(2)) $(if $(3),-D__VARIANT__=$(3))
_lto = $(if $($(1)_EXPORTS)$($(1)_LOCALS),,$(if $(filter -fno-lto,$(call _both,$(1)_CFLAGS) $(call _both,$(1)_CXXFLAGS)),,$(_LTO)))

# The toolchain's headers that most sources read, precompiled by g++ beside the archives for all images with the same flags:
# 40% of the time that a source takes. Not for |isr, which has other flags, nor for libraries on the floor of a C library, whose
# headers do not agree with the machine's. clang++ does without, so that it still sees what a source forgets to include.
# Objects depend on both files: of makes that began at once the first to end leaves its own, and the others leave that.
_STD_FLAGS := $(strip $(_DBG-y) $(_LTO) $(if $(CONFIG_OPTIMIZE_DEADELIM),-fsections) $(call _both,ARCHFLAGS))
_STD := $(UK_ARCHIVES)/std-$(TOOLCHAIN_ID)$(subst =,-,$(subst $(space),,$(_STD_FLAGS)))
define _precompiled
$(_STD)$(1)/std.hpp.gch: $(UK_BASE)/support/build/std.hpp
	@mkdir -p $$(@D) && { cmp -s $$< $$(@D)/std.hpp || { cp -p $$< $$(@D)/copy.$$$$$$$$ && mv -f $$(@D)/copy.$$$$$$$$ $$(@D)/std.hpp; }; } && \
	    if $(CXX) $(_CXXSTD) $(_FREESTANDING) $(_LTO) $(call _both,ARCHFLAGS) $(1) -x c++-header -c $$< -o $$(@D)/new.$$$$$$$$; then \
	    ln $$(@D)/new.$$$$$$$$ $$@ 2>/dev/null || [ $$@ -nt $$< ] || mv -f $$(@D)/new.$$$$$$$$ $$@; \
	    rm -f $$(@D)/new.$$$$$$$$; else rm -f $$(@D)/new.$$$$$$$$; exit 1; fi
endef
ifeq ($(CXX_IS_CLANG),)
_EMPTY := $(foreach level,$(sort $(lastword $(_OPT-y)) $(_OPT_LAST) -O0 -O1 -O2 -O3 -Og -Os),$(eval $(call _precompiled,$(level))))
endif
# _std <library>,<source>,<variant>,<LIBRARY>
_level_of = $(lastword $(_OPT-y) $(filter -O%,$(call _both,$(4)_CXXFLAGS) $(call _of_file,$(4),$(2),$(3),FLAGS)) $(_OPT_LAST))
_std = $(if $(CXX_IS_CLANG)$(3)$(filter libc,$($(4)_FLOOR)),,-include $(_STD)$(_level_of)/std.hpp)
_precompiled_of = $(if $(call _in_tree,$(4)),$(addsuffix .gch,$(filter %/std.hpp,$(call _std,$(1),$(2),$(3),$(4)))))

# _command_* <library>,<source>,<variant>,<LIBRARY>
_command_c = $(CC) $(_CSTD) $(if $(call _in_tree,$(4)),$(_FREESTANDING) $(_WARN),$(_HOSTED) $(_WARN_OUTSIDE)) \
    $(call _lto,$(4)) $(call _both,COMPFLAGS) $(call _app_map,$(4)) $(call _both,$(4)_COMPFLAGS) $(call _archflags,$(3)) \
    $(call _both,CINCLUDES) $(call _both,$(4)_CINCLUDES) $(call _of_file,$(4),$(2),$(3),INCLUDES) $(call _libc,$(4)) $(_NOSTDINC) \
    $(call _both,CFLAGS) $(call _both,$(4)_CFLAGS) $(call _of_file,$(4),$(2),$(3),FLAGS) $(_OPT_LAST) $(_defines)
_command_cxx = $(CXX) $(_CXXSTD) $(if $(call _in_tree,$(4)),$(_FREESTANDING) $(_WARN) $(call _std,$(1),$(2),$(3),$(4)),$(_HOSTED_CXX) $(_WARN_OUTSIDE)) \
    $(call _lto,$(4)) $(call _both,COMPFLAGS) $(call _app_map,$(4)) $(call _both,$(4)_COMPFLAGS) $(call _archflags,$(3)) \
    $(call _both,CXXINCLUDES) $(call _both,$(4)_CXXINCLUDES) $(call _of_file,$(4),$(2),$(3),INCLUDES) $(call _libc,$(4)) \
    $(call _both,CXXFLAGS) $(call _both,$(4)_CXXFLAGS) $(call _of_file,$(4),$(2),$(3),FLAGS) $(_OPT_LAST) $(_defines)
_command_as = $(CC) $(call _both,COMPFLAGS) $(call _app_map,$(4)) $(call _both,$(4)_COMPFLAGS) $(call _archflags,$(3)) \
    $(call _both,ASINCLUDES) $(call _both,$(4)_ASINCLUDES) $(call _of_file,$(4),$(2),$(3),INCLUDES) $(_NOSTDINC) \
    $(call _both,ASFLAGS) $(call _both,$(4)_ASFLAGS) $(call _of_file,$(4),$(2),$(3),FLAGS) $(_defines)
_DEP = -MD -MF "$$DEP"
_kind = $(if $(filter %.lds.S,$(1)),LDS,$(if $(filter %.c,$(1)),CC,$(if $(filter %.cc %.cpp %.cxx %.C,$(1)),CXX,\
    $(if $(filter %.S %.sx %.s,$(1)),AS,$(if $(filter %.lds %.ld,$(1)),LD)))))
_compile_CC = $(_command_c) $(_DEP) -c $(2) -o "$$OUT"
_compile_CXX = $(_command_cxx) $(_DEP) -c $(2) -o "$$OUT"
_compile_AS = $(_command_as) $(_DEP) -Wa,--noexecstack -c -x assembler-with-cpp $(2) -o "$$OUT"
_compile_LDS = $(_command_as) -D__LINKER__ $(_DEP) -E -P -x assembler-with-cpp $(2) -o "$$OUT"

# _object <library>,<source>,<variant>,<kind>,<output>: one step. TOOLCHAIN_ID makes a changed compiler a changed command.
define _object
CMD_$(5) := $$(strip : $$(TOOLCHAIN_ID); $$(call _compile_$(4),$(1),$(2),$(3),$(call _uc,$(1))))
ifneq "$$(file <$(5).cmd)" "$$(CMD_$(5))"
$(5): FORCE
endif
$(5): $(2) | $$(UK_PREPARED) $(if $(filter CXX,$(4)),$(call _precompiled_of,$(1),$(2),$(3),$(call _uc,$(1))))
	$$(call _step,$(4) $$(call _shown,$(2))$(if $(3), ($(3))),$(5),$$(CMD_$(5)),-d)
_ALL_OBJECTS += $(5)
_SOURCE_$(5) := $(2)
endef

# _source <library>,<source>,<variant>,<kind>,<output without suffix>
define _source
$(if $(filter CC CXX AS,$(4)),$(eval $(call _object,$(1),$(2),$(3),$(4),$(5).o))$(eval $(call _uc,$(1))_OBJS-y += $(5).o),\
$(if $(filter LDS,$(4)),$(eval $(call _object,$(1),$(2),$(3),$(4),$(5:.S=)))$(eval UK_LDS += $(5:.S=)),\
$(if $(filter LD,$(4)),$(eval UK_LDS += $(2)),\
$(if $(filter %.h %.hpp %.hh %.in,$(2)),,$(error $(1): cannot tell what kind of source '$(2)' is \
(known: .c .cc .cpp .cxx .S .s .lds.S .lds .ld))))))
endef
_source_variant = $(call _source,$(1),$(2),$(3),$(strip $(call _kind,$(2))),$($(call _uc,$(1))_BUILD)/$(call _relative,$(1),$(2))$(if $(3),.$(3)))
_variants = $(or $(wordlist 2,99,$(subst |, ,$(1))),_)
_source_word = $(foreach variant,$(call _variants,$(2)),$(call _source_variant,$(1),$(firstword $(subst |, ,$(2))),$(filter-out _,$(variant))))

# _library <library>: all of it. Objects are linked one by one, or localized first if exportsyms.uk names what is public
# or localsyms.uk what is not.
_library = $(call _library_named,$(1),$(call _uc,$(1)))
define _library_named
$(if $(strip $($(2)_BASE)),,$(error library '$(1)' has no folder: addlib must be called in its Makefile.uk))
$(eval $(2)_EXPORTS := $(strip $($(2)_EXPORTS) $(wildcard $($(2)_BASE)/exportsyms.uk)))
$(foreach source,$(sort $(call _both,$(2)_SRCS)),$(call _source_word,$(1),$(source)))
$(eval $(2)_LOCALS := $(strip $($(2)_LOCALS) $(wildcard $($(2)_BASE)/localsyms.uk)))
$(if $($(2)_EXPORTS)$($(2)_LOCALS),$(eval $(call _localized,$(1),$(2),$($(2)_BUILD).o)),$(eval _LINKED += $(call _both,$(2)_OBJS)))
endef

# _localized <library>,<LIBRARY>,<output>: one relocatable object in which only the listed symbols are global.
_localize = $(LD) -r -o "$$OUT" $(call _both,$(1)_OBJS) && $(OBJCOPY) \
    $(addprefix --keep-global-symbols=,$($(1)_EXPORTS)) $(addprefix --localize-symbols=,$($(1)_LOCALS)) "$$OUT"
define _localized
CMD_$(3) := $$(strip : $$(TOOLCHAIN_ID); $$(call _localize,$(2)))
ifneq "$$(file <$(3).cmd)" "$$(CMD_$(3))"
$(3): FORCE
endif
$(3): $$(call _both,$(2)_OBJS) $$($(2)_EXPORTS) $$($(2)_LOCALS)
	$$(call _step,LD-R $(1),$(3),$$(CMD_$(3)))
_LINKED += $(3)
endef
