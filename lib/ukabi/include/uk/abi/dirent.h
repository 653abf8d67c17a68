/* SPDX-License-Identifier: BSD-3-Clause */
/* What getdents64() writes. */
#pragma once

#include <uk/abi/types.h>

/* d_type */
#define UK_DT_UNKNOWN 0
#define UK_DT_FIFO 1
#define UK_DT_CHR 2
#define UK_DT_DIR 4
#define UK_DT_BLK 6
#define UK_DT_REG 8
#define UK_DT_LNK 10
#define UK_DT_SOCK 12
#define UK_DT_WHT 14

/* Entries follow each other; d_reclen says where the next one is, d_off where it is in the folder.
 */
struct uk_dirent64 {
    uk_ino_t d_ino;
    int64_t d_off;
    uint16_t d_reclen;
    uint8_t d_type;
    char d_name[1]; /* as long as it is, and a 0 */
};
