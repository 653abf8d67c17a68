# SPDX-License-Identifier: BSD-3-Clause
# Files are used by many threads; copies of application memory are assembly.
HOST_TSAN := y
HOST_SRCS := lib/ukuser/$(patsubst aarch64,arm64,$(shell uname -m))/copy.S lib/ukvfs/tests/user_memory.cpp $(D)/tests/times.cpp
