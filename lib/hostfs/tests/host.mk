# SPDX-License-Identifier: BSD-3-Clause
# Nodes are found again by threads; copies of application memory are assembly; times are the host's.
HOST_TSAN := y
HOST_SRCS := lib/ukuser/$(patsubst aarch64,arm64,$(shell uname -m))/copy.S lib/ukvfs/tests/user_memory.cpp $(D)/tests/host_calls.cpp
