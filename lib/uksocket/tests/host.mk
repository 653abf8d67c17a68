# SPDX-License-Identifier: BSD-3-Clause
# Copies of application memory are assembly.
HOST_SRCS := lib/ukuser/$(patsubst aarch64,arm64,$(shell uname -m))/copy.S
