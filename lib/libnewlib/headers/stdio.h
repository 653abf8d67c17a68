/* SPDX-License-Identifier: BSD-3-Clause */
/* newlib's, and what programs for Linux find there. */
#pragma once

#include_next <stdio.h>

#if __GNU_VISIBLE
#include <uk/abi/fcntl.h>

#ifdef __cplusplus
extern "C" {
#endif

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags);

#ifdef __cplusplus
}
#endif

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE UK_RENAME_NOREPLACE
#define RENAME_EXCHANGE UK_RENAME_EXCHANGE
#define RENAME_WHITEOUT UK_RENAME_WHITEOUT
#endif
#endif
