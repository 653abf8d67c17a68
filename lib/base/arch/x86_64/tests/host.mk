# SPDX-License-Identifier: BSD-3-Clause
# The assembly under test: no part of the common archive, which takes C++ sources only.
HOST_SRCS := $(D)/memcpy.S $(D)/memmove.S $(D)/memset.S
