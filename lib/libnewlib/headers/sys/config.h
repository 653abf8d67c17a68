/* SPDX-License-Identifier: BSD-3-Clause */
/* newlib's, for threads and POSIX: each thread has its own errno and buffers (__getreent()), all
   share the standard streams and the functions of atexit(). */
#pragma once

#define __DYNAMIC_REENT__
#define _REENT_GLOBAL_ATEXIT
#define _READ_WRITE_RETURN_TYPE _ssize_t
#define _READ_WRITE_BUFSIZE_TYPE __SIZE_TYPE__
#define __FILENAME_MAX__ 4096

#include_next <sys/config.h>
