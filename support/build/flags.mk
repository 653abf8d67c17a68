# SPDX-License-Identifier: BSD-3-Clause
# Compiler flags of every image. Libraries, the architecture and the platform add theirs (docs/build.md).

_OPT-$(CONFIG_OPTIMIZE_PERF) += -O2
_OPT-$(CONFIG_OPTIMIZE_SIZE) += -Oz
_OPT-$(CONFIG_OPTIMIZE_NONE) += -O0
_DBG-$(CONFIG_DEBUG_SYMBOLS_LVL0) += -g0
_DBG-$(CONFIG_DEBUG_SYMBOLS_LVL1) += -g1
_DBG-$(CONFIG_DEBUG_SYMBOLS_LVL2) += -g2
_DBG-$(CONFIG_DEBUG_SYMBOLS_LVL3) += -g3

# A library may ask for another level; in a build for stepping through code nobody does.
_OPT_LAST := $(if $(CONFIG_OPTIMIZE_NONE),-O0)

# Seen by C, C++ and assembly.
COMPFLAGS += -nostdlib -I$(BUILD_DIR)/include -include $(BUILD_DIR)/include/uk/config.h
COMPFLAGS += -ffile-prefix-map=$(BUILD_DIR)/=build/ -ffile-prefix-map=$(UK_BASE)=. -ffile-prefix-map=$(UK_BASE)/=
# For sources outside the tree only: the tree's objects are then the same for each application (UK_OBJECTS).
_APP_MAP := $(if $(filter $(UK_BASE)/%,$(APP_DIR)),,-ffile-prefix-map=$(APP_DIR)/=)

_CODE := $(_OPT-y) $(_DBG-y) -fno-asynchronous-unwind-tables -fno-unwind-tables -fvisibility=hidden \
         -fno-omit-frame-pointer -fno-pic -fno-pie -fno-stack-protector
_CODE += $(if $(CONFIG_OPTIMIZE_DEADELIM),-ffunction-sections -fdata-sections)
# Tables of switches have 8 bytes for each case on x86_64, at each level: comparisons are smaller. And objects of 32 bytes or more
# are aligned to 32 there unless somebody says that the ABI does not want it.
_CODE += $(if $(CONFIG_OPTIMIZE_SIZE),$(if $(filter x86_64,$(UK_ARCH)),-fno-jump-tables $(if $(CXX_IS_CLANG)$(CC_IS_CLANG),,-malign-data=abi)))
# A frame larger than a page touches each of its pages, lest it step over the guard below a stack. Clang does so for x86_64
# only; GCC takes guards on arm64 to have 64 KiB if nobody says otherwise.
_CODE += $(if $(CXX_IS_CLANG)$(CC_IS_CLANG),$(if $(filter x86_64,$(UK_ARCH)),-fstack-clash-protection),-fstack-clash-protection \
         $(if $(filter arm64,$(UK_ARCH)),--param=stack-clash-protection-guard-size=12))
_WARN := -Wall -Wextra -Wshadow -Wundef -Werror=return-type -Werror=format \
         -Werror=uninitialized -Werror=array-bounds
_WARN_OUTSIDE := -Wall -Werror=return-type

# A fault handler and interrupt entry code may not touch vector registers: files marked |isr.
# clang's -mgeneral-regs-only also refuses the mere mention of long double, and so the C++ library's headers; without SSE
# and MMX there are no vector registers either, and x87 code comes from long double arithmetic only.
_GENERAL_REGS := $(if $(CXX_IS_CLANG)$(CC_IS_CLANG),$(if $(filter x86_64,$(UK_ARCH)),-mno-mmx -mno-sse,-mgeneral-regs-only),-mgeneral-regs-only)
ISR_ARCHFLAGS ?= $(_GENERAL_REGS)

_CSTD := -std=gnu17 $(_CODE) -Werror=implicit-function-declaration -Werror=int-conversion
_CXXSTD := -std=c++20 $(_CODE) -fno-exceptions -fno-rtti -fno-threadsafe-statics
ASFLAGS += -D__ASSEMBLY__ $(_DBG-y) -fno-pic -fno-pie

_LTO :=
ifeq ($(CONFIG_OPTIMIZE_LTO),y)
_LTO := -flto
endif

# The kernel's own folders are freestanding. Application folders and libraries from outside are hosted C on a libc; with
# nolibc the compiler must not invent calls to functions that it does not have.
_FREESTANDING := -ffreestanding
_HOSTED := $(if $(CONFIG_HAVE_LIBC),,-fno-builtin)
# Local static objects that threads may meet at once; without threads no function is called for them.
_HOSTED_CXX := $(_HOSTED) $(if $(CONFIG_LIBUKCXX),$(if $(CONFIG_LIBUKSCHED),-fthreadsafe-statics))
# C never sees the build machine's headers; C++ uses the toolchain's freestanding library.
_NOSTDINC := -nostdinc -isystem $(CC_INCLUDE)
