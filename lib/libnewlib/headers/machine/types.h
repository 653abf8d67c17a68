/* SPDX-License-Identifier: BSD-3-Clause */
/* What <sys/types.h> has besides newlib's own: Linux's names of off_t. */
#ifndef _SYS_TYPES_H
#error "include <sys/types.h>"
#endif

#if __MISC_VISIBLE
typedef __loff_t loff_t;
#endif
#if __GNU_VISIBLE || defined(_LARGEFILE64_SOURCE)
typedef _off64_t off64_t;
#endif
