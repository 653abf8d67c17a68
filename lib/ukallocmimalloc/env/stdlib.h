/* SPDX-License-Identifier: BSD-3-Clause */
/* What mimalloc's `new` for C calls when memory is out; nobody calls that, and the linker drops it.
 */
#ifndef UK_MIMALLOC_ENV_STDLIB_H
#define UK_MIMALLOC_ENV_STDLIB_H

#define abort() __builtin_trap()

#endif
