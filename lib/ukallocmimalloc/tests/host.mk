# SPDX-License-Identifier: BSD-3-Clause
# The test binary has mimalloc in it. Its CPUs are threads.
include lib/ukallocmimalloc/tests/upstream.mk
HOST_TSAN := y
HOST_SRCS := $(D)/upstream.c
HOST_CXXFLAGS := -DUK_MIMALLOC_CPUS=8
HOST_SRCS_FLAGS := -isystem $(MIMALLOC_HOST_TOP)/include -isystem $(MIMALLOC_HOST_TOP)/src
