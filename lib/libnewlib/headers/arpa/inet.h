/* SPDX-License-Identifier: BSD-3-Clause */
/* Addresses of the Internet as text. */
#pragma once

#include <netinet/in.h>

#ifdef __cplusplus
extern "C" {
#endif

in_addr_t inet_addr(const char* text);
int inet_aton(const char* text, struct in_addr* out);
char* inet_ntoa(struct in_addr address);
int inet_pton(int family, const char* __restrict text, void* __restrict out);
const char* inet_ntop(int family, const void* __restrict address, char* __restrict text,
                      socklen_t size);

#ifdef __cplusplus
}
#endif
