/* SPDX-License-Identifier: BSD-3-Clause */
/* Types that differ between ISAs: those of arm64. */
#pragma once

typedef unsigned int __nlink_t;
typedef int __blksize_t;
