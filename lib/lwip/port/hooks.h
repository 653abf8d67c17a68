/* SPDX-License-Identifier: BSD-3-Clause */
/* Functions of ours that lwIP calls, where it knows its own types. */
#ifndef UK_LWIP_HOOKS_H
#define UK_LWIP_HOOKS_H

#include <lwip/ip_addr.h>
#include <lwip/netif.h>
#include <lwip/pbuf.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The number that a new connection's first byte gets (RFC 6528). */
uint32_t uk_lwip_isn(const ip_addr_t* local, uint16_t local_port, const ip_addr_t* remote,
                     uint16_t remote_port);
/* The RCODE (RFC 1035, 4.1.1) of an answer without an address; -1: questions that end now got none.
 */
void uk_lwip_dns_error(int rcode);
/* A router has named a name server, for so many seconds; 0: no more. */
void uk_lwip_rdnss(const ip_addr_t* server, uint32_t seconds);
/* What a packet was sent for cannot be reached: a message of ICMP, which stays lwIP's. */
void uk_lwip_icmp_error(struct pbuf* packet, struct netif* from);
void uk_lwip_icmp6_error(struct pbuf* packet); /* its sum is right */
#if LWIP_IPV6
/* Who takes packets for other networks, if that is fixed; NULL: routers have to say. */
const ip6_addr_t* uk_lwip_gateway_v6(struct netif* of);
#endif

#ifdef __cplusplus
}
#endif

#endif
