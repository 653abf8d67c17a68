/* SPDX-License-Identifier: BSD-3-Clause */
/* The order of bytes; numbers from it and to it: of the host (h), big-endian (be), little-endian
 * (le). All machines here are little-endian. */
#pragma once

#include <sys/types.h>

#include <machine/endian.h>

#define __LITTLE_ENDIAN _LITTLE_ENDIAN
#define __BIG_ENDIAN _BIG_ENDIAN
#define __BYTE_ORDER _BYTE_ORDER

#define htobe16(value) __builtin_bswap16(value)
#define be16toh(value) __builtin_bswap16(value)
#define htole16(value) ((__uint16_t)(value))
#define le16toh(value) ((__uint16_t)(value))
#define htobe32(value) __builtin_bswap32(value)
#define be32toh(value) __builtin_bswap32(value)
#define htole32(value) ((__uint32_t)(value))
#define le32toh(value) ((__uint32_t)(value))
#define htobe64(value) __builtin_bswap64(value)
#define be64toh(value) __builtin_bswap64(value)
#define htole64(value) ((__uint64_t)(value))
#define le64toh(value) ((__uint64_t)(value))
