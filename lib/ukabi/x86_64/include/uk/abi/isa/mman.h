/* SPDX-License-Identifier: BSD-3-Clause */
/* Part of <uk/abi/mman.h>: what x86_64 has of its own. */
#pragma once

/* kinds of mappings */
#define UK_MAP_32BIT 0x40
