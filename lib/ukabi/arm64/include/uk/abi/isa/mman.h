/* SPDX-License-Identifier: BSD-3-Clause */
/* Part of <uk/abi/mman.h>: what arm64 has of its own. */
#pragma once

/* protection */
#define UK_PROT_BTI 0x10
