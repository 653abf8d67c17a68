/* SPDX-License-Identifier: BSD-3-Clause */
/* What the third argument of a signal handler points to: struct uk_ucontext. */
#pragma once

#include <uk/abi/isa/ucontext.h>
