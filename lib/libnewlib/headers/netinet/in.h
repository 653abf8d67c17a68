/* SPDX-License-Identifier: BSD-3-Clause */
/* Addresses and protocols of the Internet; network byte order. */
#pragma once

#include <stdint.h>
#include <sys/socket.h>
#include <uk/abi/in.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef _IN_ADDR_T_DECLARED
typedef __uint32_t in_addr_t;
#define _IN_ADDR_T_DECLARED
#endif
#ifndef _IN_PORT_T_DECLARED
typedef __uint16_t in_port_t;
#define _IN_PORT_T_DECLARED
#endif

struct in_addr {
    in_addr_t s_addr;
};
struct sockaddr_in {
    sa_family_t sin_family;
    in_port_t sin_port;
    struct in_addr sin_addr;
    char sin_zero[8];
};
struct in6_addr {
    union {
        uint8_t __bytes[16];
        uint16_t __halves[8];
        uint32_t __words[4];
    } __in6;
};
#define s6_addr __in6.__bytes
#define s6_addr16 __in6.__halves
#define s6_addr32 __in6.__words
struct sockaddr_in6 {
    sa_family_t sin6_family;
    in_port_t sin6_port;
    uint32_t sin6_flowinfo;
    struct in6_addr sin6_addr;
    uint32_t sin6_scope_id;
};
struct ip_mreq {
    struct in_addr imr_multiaddr;
    struct in_addr imr_interface;
};
struct ip_mreqn {
    struct in_addr imr_multiaddr;
    struct in_addr imr_address;
    int imr_ifindex;
};
struct in_pktinfo {
    int ipi_ifindex;
    struct in_addr ipi_spec_dst;
    struct in_addr ipi_addr;
};
struct ipv6_mreq {
    struct in6_addr ipv6mr_multiaddr;
    unsigned ipv6mr_interface;
};
struct in6_pktinfo {
    struct in6_addr ipi6_addr;
    unsigned ipi6_ifindex;
};

extern const struct in6_addr in6addr_any;
extern const struct in6_addr in6addr_loopback;
/* clang-format off */
#define IN6ADDR_ANY_INIT {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}}}
#define IN6ADDR_LOOPBACK_INIT {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}}
/* clang-format on */

uint32_t htonl(uint32_t value);
uint16_t htons(uint16_t value);
uint32_t ntohl(uint32_t value);
uint16_t ntohs(uint16_t value);

#ifdef __cplusplus
}
#endif

#define IPPROTO_IP UK_IPPROTO_IP
#define IPPROTO_ICMP UK_IPPROTO_ICMP
#define IPPROTO_IGMP UK_IPPROTO_IGMP
#define IPPROTO_TCP UK_IPPROTO_TCP
#define IPPROTO_UDP UK_IPPROTO_UDP
#define IPPROTO_IPV6 UK_IPPROTO_IPV6
#define IPPROTO_ICMPV6 UK_IPPROTO_ICMPV6
#define IPPROTO_UDPLITE UK_IPPROTO_UDPLITE
#define IPPROTO_RAW UK_IPPROTO_RAW
#define INADDR_ANY UK_INADDR_ANY
#define INADDR_BROADCAST UK_INADDR_BROADCAST
#define INADDR_NONE UK_INADDR_NONE
#define INADDR_LOOPBACK UK_INADDR_LOOPBACK
#define IP_TOS UK_IP_TOS
#define IP_TTL UK_IP_TTL
#define IP_HDRINCL UK_IP_HDRINCL
#define IP_OPTIONS UK_IP_OPTIONS
#define IP_RECVOPTS UK_IP_RECVOPTS
#define IP_RETOPTS UK_IP_RETOPTS
#define IP_PKTINFO UK_IP_PKTINFO
#define IP_MTU_DISCOVER UK_IP_MTU_DISCOVER
#define IP_RECVERR UK_IP_RECVERR
#define IP_RECVTTL UK_IP_RECVTTL
#define IP_RECVTOS UK_IP_RECVTOS
#define IP_MTU UK_IP_MTU
#define IP_FREEBIND UK_IP_FREEBIND
#define IP_TRANSPARENT UK_IP_TRANSPARENT
#define IP_BIND_ADDRESS_NO_PORT UK_IP_BIND_ADDRESS_NO_PORT
#define IP_MULTICAST_IF UK_IP_MULTICAST_IF
#define IP_MULTICAST_TTL UK_IP_MULTICAST_TTL
#define IP_MULTICAST_LOOP UK_IP_MULTICAST_LOOP
#define IP_ADD_MEMBERSHIP UK_IP_ADD_MEMBERSHIP
#define IP_DROP_MEMBERSHIP UK_IP_DROP_MEMBERSHIP
#define IP_MULTICAST_ALL UK_IP_MULTICAST_ALL
#define IP_PMTUDISC_DONT UK_IP_PMTUDISC_DONT
#define IP_PMTUDISC_WANT UK_IP_PMTUDISC_WANT
#define IP_PMTUDISC_DO UK_IP_PMTUDISC_DO
#define IP_PMTUDISC_PROBE UK_IP_PMTUDISC_PROBE
#define IPV6_UNICAST_HOPS UK_IPV6_UNICAST_HOPS
#define IPV6_MULTICAST_IF UK_IPV6_MULTICAST_IF
#define IPV6_MULTICAST_HOPS UK_IPV6_MULTICAST_HOPS
#define IPV6_MULTICAST_LOOP UK_IPV6_MULTICAST_LOOP
#define IPV6_ADD_MEMBERSHIP UK_IPV6_ADD_MEMBERSHIP
#define IPV6_DROP_MEMBERSHIP UK_IPV6_DROP_MEMBERSHIP
#define IPV6_MTU_DISCOVER UK_IPV6_MTU_DISCOVER
#define IPV6_MTU UK_IPV6_MTU
#define IPV6_RECVERR UK_IPV6_RECVERR
#define IPV6_V6ONLY UK_IPV6_V6ONLY
#define IPV6_RECVPKTINFO UK_IPV6_RECVPKTINFO
#define IPV6_PKTINFO UK_IPV6_PKTINFO
#define IPV6_RECVHOPLIMIT UK_IPV6_RECVHOPLIMIT
#define IPV6_HOPLIMIT UK_IPV6_HOPLIMIT
#define IPV6_RECVTCLASS UK_IPV6_RECVTCLASS
#define IPV6_TCLASS UK_IPV6_TCLASS
#define IPV6_JOIN_GROUP IPV6_ADD_MEMBERSHIP
#define IPV6_LEAVE_GROUP IPV6_DROP_MEMBERSHIP
#define SOL_IP IPPROTO_IP
#define SOL_IPV6 IPPROTO_IPV6

#define INET_ADDRSTRLEN 16
#define INET6_ADDRSTRLEN 46
#define IPPORT_RESERVED 1024

#define IN_CLASSD(address) ((((in_addr_t)(address)) & 0xf0000000U) == 0xe0000000U)
#define IN_MULTICAST(address) IN_CLASSD(address)
#define IN_LOOPBACKNET 127

#define IN6_IS_ADDR_UNSPECIFIED(a)                                                                 \
    ((a)->s6_addr32[0] == 0 && (a)->s6_addr32[1] == 0 && (a)->s6_addr32[2] == 0 &&                 \
     (a)->s6_addr32[3] == 0)
#define IN6_IS_ADDR_LOOPBACK(a)                                                                    \
    ((a)->s6_addr32[0] == 0 && (a)->s6_addr32[1] == 0 && (a)->s6_addr32[2] == 0 &&                 \
     (a)->s6_addr32[3] == __builtin_bswap32(1))
#define IN6_IS_ADDR_MULTICAST(a) ((a)->s6_addr[0] == 0xff)
#define IN6_IS_ADDR_LINKLOCAL(a) ((a)->s6_addr[0] == 0xfe && ((a)->s6_addr[1] & 0xc0) == 0x80)
#define IN6_IS_ADDR_SITELOCAL(a) ((a)->s6_addr[0] == 0xfe && ((a)->s6_addr[1] & 0xc0) == 0xc0)
#define IN6_IS_ADDR_V4MAPPED(a)                                                                    \
    ((a)->s6_addr32[0] == 0 && (a)->s6_addr32[1] == 0 &&                                           \
     (a)->s6_addr32[2] == __builtin_bswap32(0xffff))
#define IN6_IS_ADDR_V4COMPAT(a)                                                                    \
    ((a)->s6_addr32[0] == 0 && (a)->s6_addr32[1] == 0 && (a)->s6_addr32[2] == 0 &&                 \
     __builtin_bswap32((a)->s6_addr32[3]) > 1)
#define IN6_ARE_ADDR_EQUAL(a, b)                                                                   \
    ((a)->s6_addr32[0] == (b)->s6_addr32[0] && (a)->s6_addr32[1] == (b)->s6_addr32[1] &&           \
     (a)->s6_addr32[2] == (b)->s6_addr32[2] && (a)->s6_addr32[3] == (b)->s6_addr32[3])
