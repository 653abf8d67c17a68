/* SPDX-License-Identifier: BSD-3-Clause */
/* Types that differ between ISAs: those of x86_64. */
#pragma once

typedef unsigned long __nlink_t;
typedef long __blksize_t;
