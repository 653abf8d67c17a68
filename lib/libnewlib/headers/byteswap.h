/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers with their bytes the other way round. */
#pragma once

#define bswap_16(value) __builtin_bswap16(value)
#define bswap_32(value) __builtin_bswap32(value)
#define bswap_64(value) __builtin_bswap64(value)
