/* SPDX-License-Identifier: BSD-3-Clause */
/* <malloc.h>: what of it there is. */
#ifndef _UK_NEWLIB_MALLOC_H_
#define _UK_NEWLIB_MALLOC_H_

#include <stdlib.h>

#ifdef __cplusplus
extern "C" {
#endif

void* memalign(size_t alignment, size_t size);
size_t malloc_usable_size(void* block);

#ifdef __cplusplus
}
#endif

#endif /* _UK_NEWLIB_MALLOC_H_ */
