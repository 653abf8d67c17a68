# SPDX-License-Identifier: BSD-3-Clause
# Its sources need libfdt, which is fetched: they stay out of everybody else's test binaries.
include lib/libfdt/tests/upstream.mk
HOST_PRIVATE := y
HOST_SRCS := $(sort $(wildcard $(D)/*.cpp)) $(LIBFDT_HOST_SRCS)
HOST_CXXFLAGS := -I$(D)/include
HOST_SRCS_FLAGS := $(LIBFDT_HOST_FLAGS)
