# SPDX-License-Identifier: BSD-3-Clause
# The assembly under test: no part of the common archive, which takes C++ sources only. Two threads replace
# the same word.
HOST_SRCS := $(D)/$(patsubst aarch64,arm64,$(shell uname -m))/copy.S
HOST_TSAN := y
