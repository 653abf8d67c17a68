/* SPDX-License-Identifier: BSD-3-Clause */
/* Where lseek() starts, what access() asks for, the standard descriptors. */
#pragma once

#define UK_SEEK_SET 0
#define UK_SEEK_CUR 1
#define UK_SEEK_END 2
#define UK_SEEK_DATA 3
#define UK_SEEK_HOLE 4

#define UK_F_OK 0
#define UK_X_OK 1
#define UK_W_OK 2
#define UK_R_OK 4

#define UK_STDIN_FILENO 0
#define UK_STDOUT_FILENO 1
#define UK_STDERR_FILENO 2
