/* SPDX-License-Identifier: BSD-3-Clause */
/* <alloca.h>: memory on the stack of the calling function. */
#pragma once

#include <stddef.h>

#undef alloca
#define alloca(size) __builtin_alloca(size)
