/* SPDX-License-Identifier: BSD-3-Clause */
/* Entries of folders, as the system call gives them. */
#pragma once

#include <sys/types.h>
#include <uk/abi/dirent.h>

#ifdef __cplusplus
extern "C" {
#endif

struct dirent {
    ino_t d_ino;
    off_t d_off;
    unsigned short d_reclen;
    unsigned char d_type;
    char d_name[256];
};
#define d_fileno d_ino
#define _DIRENT_HAVE_D_TYPE 1
#define MAXNAMLEN 255

typedef struct __dirstream DIR;

#ifdef __cplusplus
}
#endif

#define DT_UNKNOWN UK_DT_UNKNOWN
#define DT_FIFO UK_DT_FIFO
#define DT_CHR UK_DT_CHR
#define DT_DIR UK_DT_DIR
#define DT_BLK UK_DT_BLK
#define DT_REG UK_DT_REG
#define DT_LNK UK_DT_LNK
#define DT_SOCK UK_DT_SOCK
#define DT_WHT UK_DT_WHT
#define IFTODT(mode) (((mode)&0170000) >> 12)
#define DTTOIF(type) ((type) << 12)
