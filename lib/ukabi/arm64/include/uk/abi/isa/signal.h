/* SPDX-License-Identifier: BSD-3-Clause */
/* Part of <uk/abi/signal.h>: what arm64 has of its own. */
#pragma once

/* sizes of signal stacks */
#define UK_MINSIGSTKSZ 5120
#define UK_SIGSTKSZ 16384
