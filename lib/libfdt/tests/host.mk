# SPDX-License-Identifier: BSD-3-Clause
# The test binary has libfdt in it.
include lib/libfdt/tests/upstream.mk
HOST_SRCS := $(LIBFDT_HOST_SRCS)
HOST_SRCS_FLAGS := $(LIBFDT_HOST_FLAGS)
