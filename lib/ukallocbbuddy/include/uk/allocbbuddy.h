// SPDX-License-Identifier: BSD-3-Clause
// C face of ukallocbbuddy: further buddy heaps on buffers of the caller's.
#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct uk_alloc;

// A heap that lives in, and hands out, the `len` bytes at `base`, which stay the caller's and may
// be dropped as a whole at any time. NULL when the buffer is too small (8 KiB). Thread context.
struct uk_alloc* uk_allocbbuddy_init(void* base, size_t len);

#ifdef __cplusplus
}
#endif
