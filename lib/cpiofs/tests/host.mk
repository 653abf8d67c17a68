# SPDX-License-Identifier: BSD-3-Clause
# Files are used by many threads; copies of application memory are assembly; times are ramfs's
# fake.
HOST_TSAN := y
HOST_SRCS := lib/ukuser/$(patsubst aarch64,arm64,$(shell uname -m))/copy.S lib/ukvfs/tests/user_memory.cpp lib/ramfs/tests/times.cpp
