# SPDX-License-Identifier: BSD-3-Clause
# Commands run on the host's own system calls.
HOST_SRCS := $(D)/tests/host_calls.cpp
