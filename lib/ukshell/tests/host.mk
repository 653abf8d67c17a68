# SPDX-License-Identifier: BSD-3-Clause
# Commands run on the host's own system calls; one writes what another reads.
HOST_SRCS := $(D)/tests/host_calls.cpp
HOST_TSAN := y
