/* SPDX-License-Identifier: BSD-3-Clause */
/* Addresses of AF_UNIX. */
#pragma once

#include <uk/abi/types.h>

#define UK_UNIX_PATH_MAX 108

/* A path, with or without a 0 behind it; or, after a 0, a name of any bytes. */
struct uk_sockaddr_un {
    uint16_t sun_family;
    char sun_path[UK_UNIX_PATH_MAX];
};
