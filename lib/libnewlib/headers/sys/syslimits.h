/* SPDX-License-Identifier: BSD-3-Clause */
/* Limits of names and calls. */
#pragma once

#include <uk/abi/limits.h>
#include <uk/abi/uio.h>

#define NAME_MAX UK_NAME_MAX
#define PATH_MAX UK_PATH_MAX
#define PIPE_BUF UK_PIPE_BUF
#define NGROUPS_MAX UK_NGROUPS_MAX
#define MAX_CANON UK_MAX_CANON
#define MAX_INPUT UK_MAX_INPUT
#define ARG_MAX UK_ARG_MAX
#define IOV_MAX UK_IOV_MAX
#define LINE_MAX 2048
#define LINK_MAX 127
#define OPEN_MAX 1024
#define CHILD_MAX 1
#define RE_DUP_MAX 255
#define BC_BASE_MAX 99
#define BC_DIM_MAX 2048
#define BC_SCALE_MAX 99
#define BC_STRING_MAX 1000
#define COLL_WEIGHTS_MAX 0
#define EXPR_NEST_MAX 32
#define HOST_NAME_MAX 64
#define LOGIN_NAME_MAX 256
#define TTY_NAME_MAX 32
#define SYMLOOP_MAX 40
#define SEM_VALUE_MAX 0x7fffffff
#define PTHREAD_KEYS_MAX 128
#define PTHREAD_DESTRUCTOR_ITERATIONS 4
#define PTHREAD_STACK_MIN 16384
