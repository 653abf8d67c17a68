# SPDX-License-Identifier: BSD-3-Clause
# The comparisons are written while make reads this, so a new constant or header is in the next run.
UKABI_OUT := $(OUT)/ukabi
$(foreach isa,x86_64 arm64,$(shell $(D)/tests/compare.py $(isa) $(UKABI_OUT)/$(isa)))
HOST_SRCS := $(patsubst $(D)/include/uk/abi/%.h,$(UKABI_OUT)/$(HOST_ISA)/%.cpp,$(wildcard $(D)/include/uk/abi/*.h))
HOST_SRCS_FLAGS := -w
HOST_CXXFLAGS := -DUK_ABI_OUT='"$(UKABI_OUT)"' -I$(D)/$(HOST_ISA)/include
