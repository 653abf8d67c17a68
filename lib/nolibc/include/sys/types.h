/* SPDX-License-Identifier: BSD-3-Clause */
/* <sys/types.h>: the Linux ABI's types that the other headers use. */
#pragma once

#include <stddef.h>

typedef long ssize_t;
typedef long off_t;
typedef long time_t;
typedef long suseconds_t;
typedef unsigned int useconds_t;
typedef int clockid_t;
typedef int pid_t;
typedef unsigned int uid_t;
typedef unsigned int gid_t;
typedef unsigned int mode_t;
