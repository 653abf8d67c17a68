/* SPDX-License-Identifier: BSD-3-Clause */
/* Functions of ours that lwIP calls, where it knows its own types. */
#ifndef UK_LWIP_HOOKS_H
#define UK_LWIP_HOOKS_H

#include <lwip/ip_addr.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The number that a new connection's first byte gets (RFC 6528). */
uint32_t uk_lwip_isn(const ip_addr_t* local, uint16_t local_port, const ip_addr_t* remote,
                     uint16_t remote_port);

#ifdef __cplusplus
}
#endif

#endif
