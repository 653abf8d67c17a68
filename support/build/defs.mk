# SPDX-License-Identifier: BSD-3-Clause
# The words of Makefile.uk (docs/build.md): registration of libraries and platforms, small helpers.

comma := ,
empty :=
space := $(empty) $(empty)
hash := \#
define newline


endef

qstrip = $(strip $(subst ",,$(1)))
uc = $(subst a,A,$(subst b,B,$(subst c,C,$(subst d,D,$(subst e,E,$(subst f,F,$(subst g,G,$(subst h,H,$(subst i,I,$(subst j,J,$(subst k,K,$(subst l,L,$(subst m,M,$(subst n,N,$(subst o,O,$(subst p,P,$(subst q,Q,$(subst r,R,$(subst s,S,$(subst t,T,$(subst u,U,$(subst v,V,$(subst w,W,$(subst x,X,$(subst y,Y,$(subst z,Z,$(1)))))))))))))))))))))))))))
# The same of one word, of which the build asks again and again: that is 26 functions each time.
_uc = $(or $(_UC_$(1)),$(eval _UC_$(1) := $(uc))$(_UC_$(1)))

# Names that application folders may use.
UK_API_VERSION := $(CONFIG_UK_API_VERSION)
CONFIG_UK_BASE := $(UK_BASE)
CONFIG_UK_APP := $(APP_DIR)
UK_APP_DIR := $(APP_DIR)
UK_LIBS :=
UK_PLATLIBS :=
UK_PLATS :=

# import_lib <folder>: reads <folder>/Makefile.uk; addlib inside it then knows the folder. May be nested.
define import_lib
_IMPORT_STACK := $(1) $$(_IMPORT_STACK)
_IMPORT_BASE := $(1)
include $(1)/Makefile.uk
_IMPORT_STACK := $$(wordlist 2,99,$$(_IMPORT_STACK))
_IMPORT_BASE := $$(firstword $$(_IMPORT_STACK))
endef

# _register <library>: where it lies and where its objects go; known even if the library is not chosen.
define _register
$(call _uc,$(1))_BASE := $(_IMPORT_BASE)
$(call _uc,$(1))_BUILD := $(BUILD_DIR)/$(1)
endef

# addlib <library>, addlib_s <library>,<y or empty>
define addlib
$(call _register,$(1))
UK_LIBS += $(1)
endef
define addlib_s
$(if $(filter y,$(2)),$(call addlib,$(1)),$(call _register,$(1)))
endef

# addplat <platform>, addplat_s <platform>,<y or empty>
define addplat
UK_PLAT_$(call _uc,$(1))_BASE := $(_IMPORT_BASE)
UK_PLATS += $(1)
endef
define addplat_s
$(if $(filter y,$(2)),$(call addplat,$(1)))
endef

# addplatlib <platform>,<library>, addplatlib_s <platform>,<library>,<y or empty>: linked into that platform's image only
define addplatlib
$(call _register,$(2))
$(call _uc,$(2))_PLAT := $(1)
UK_PLATLIBS += $(2)
endef
define addplatlib_s
$(if $(filter y,$(3)),$(call addplatlib,$(1),$(2)),$(call _register,$(2)))
endef

# _both <variable>: the values of X and X-y
_both = $($(1)) $($(1)-y)

# _step <label>,<output>,<command>[,<options>]: the recipe of one step. The command is one shell line that writes "$OUT";
# the counting pass prints STEP instead.
ifeq ($(UK_COUNTING),y)
_step = STEP
else
_step = @$(UK_STEP) $(4) -l '$(1)' -o $(2) '$(subst ','\'',$(3))'
endif

# _shown <path>: short form for progress lines
_shown = $(patsubst $(APP_DIR)/%,%,$(patsubst $(UK_BASE)/%,%,$(patsubst $(BUILD_DIR)/%,%,$(1))))
