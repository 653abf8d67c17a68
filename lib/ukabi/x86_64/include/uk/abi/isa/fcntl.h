/* SPDX-License-Identifier: BSD-3-Clause */
/* Part of <uk/abi/fcntl.h>: what x86_64 has of its own. */
#pragma once

/* flags of open() */
#define UK_O_DIRECT 040000
#define UK_O_LARGEFILE 0100000
#define UK_O_DIRECTORY 0200000
#define UK_O_NOFOLLOW 0400000
#define UK_O_TMPFILE 020200000
