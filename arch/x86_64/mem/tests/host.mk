# SPDX-License-Identifier: BSD-3-Clause
HOST_SRCS := $(D)/memcpy.S $(D)/memmove.S $(D)/memset.S
