# SPDX-License-Identifier: BSD-3-Clause
# The library beside the host's: every public name gets the prefix nolibc_ (names.h), the test files see both.
HOST_PRIVATE := y
HOST_SRCS := $(sort $(wildcard $(D)/*.cpp)) lib/ukmalloc/malloc.cpp $(D)/arch/x86_64/setjmp.S $(D)/tests/constants_nolibc.cpp
HOST_SRCS_FLAGS := -I$(D)/include -I$(D)/arch/x86_64/include -include $(D)/tests/names.h -ffreestanding \
                   -DCONFIG_LIBNOLIBC_FLOAT=1
