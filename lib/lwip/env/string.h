/* SPDX-License-Identifier: BSD-3-Clause */
/* memcpy() and its like, from base. */
#ifndef UK_LWIP_ENV_STRING_H
#define UK_LWIP_ENV_STRING_H

#include <uk/string.h>

#endif
