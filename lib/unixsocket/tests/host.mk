# SPDX-License-Identifier: BSD-3-Clause
# Sockets are shared by threads; copies of application memory are assembly.
HOST_TSAN := y
HOST_SRCS := lib/ukuser/$(patsubst aarch64,arm64,$(shell uname -m))/copy.S
