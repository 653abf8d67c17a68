/* SPDX-License-Identifier: BSD-3-Clause */
/* Part of <uk/abi/signal.h>: what x86_64 has of its own. */
#pragma once

/* sizes of signal stacks */
#define UK_MINSIGSTKSZ 2048
#define UK_SIGSTKSZ 8192
