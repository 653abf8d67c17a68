# SPDX-License-Identifier: BSD-3-Clause
# The assembly under test: no part of the common archive, which takes C++ sources only.
HOST_SRCS := $(D)/$(patsubst aarch64,arm64,$(shell uname -m))/copy.S
