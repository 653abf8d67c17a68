# SPDX-License-Identifier: BSD-3-Clause
# The functions are named as those of the host's C library: only the pure part is tested there.
HOST_PRIVATE := y
HOST_SRCS := $(D)/text.cpp
HOST_CXXFLAGS := -I$(D)/include
