/* SPDX-License-Identifier: BSD-3-Clause */
/* The console as C libraries and applications see it: bytes in, bytes out, unchanged.
 *
 * Thread context. Results are byte counts, or -errno.
 */
#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Writes all `size` bytes, waiting for the device where it must; returns `size`. Nobody else's
 * output comes into a line of up to 1024 bytes; interrupts are off while one is written. */
ptrdiff_t uk_console_out(const char* data, size_t size);

/* Reads what is there, at most `size` bytes, without waiting; 0: nothing yet. -EPIPE: the input has
 * ended for good. */
ptrdiff_t uk_console_in(char* data, size_t size);

/* As uk_console_in, but waits until there is at least one byte. 0: the input has ended for good (or
 * `size` is 0). Looks about every millisecond, the CPU idle in between. */
ptrdiff_t uk_console_in_wait(char* data, size_t size);

#ifdef __cplusplus
}
#endif
