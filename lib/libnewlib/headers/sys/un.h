/* SPDX-License-Identifier: BSD-3-Clause */
/* Addresses of AF_UNIX. */
#pragma once

#include <string.h>
#include <sys/socket.h>
#include <uk/abi/un.h>

struct sockaddr_un {
    sa_family_t sun_family;
    char sun_path[UK_UNIX_PATH_MAX];
};
/* The size of an address whose path ends with a 0. */
#define SUN_LEN(address)                                                                           \
    ((size_t)(((struct sockaddr_un*)0)->sun_path) + strlen((address)->sun_path))
