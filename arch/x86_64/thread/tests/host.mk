# SPDX-License-Identifier: BSD-3-Clause
# The assembly under test: no part of the common archive, which takes C++ sources only.
HOST_SRCS := $(D)/switch.S
# As the kernel: what is inline calls without telling the compiler.
HOST_CXXFLAGS := -mno-red-zone
