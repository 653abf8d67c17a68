/* SPDX-License-Identifier: BSD-3-Clause */
/* Limits of names and calls. */
#pragma once

#define UK_NAME_MAX 255
#define UK_PATH_MAX 4096
#define UK_PIPE_BUF 4096
#define UK_NGROUPS_MAX 65536
#define UK_MAX_CANON 255
#define UK_MAX_INPUT 255
#define UK_ARG_MAX 131072
