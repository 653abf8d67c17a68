/* SPDX-License-Identifier: BSD-3-Clause */
/* Addresses and protocols of the Internet. What is longer than a byte is in network byte order. */
#pragma once

#include <uk/abi/types.h>

/* protocols, which are levels of options, too */
#define UK_IPPROTO_IP 0
#define UK_IPPROTO_ICMP 1
#define UK_IPPROTO_IGMP 2
#define UK_IPPROTO_TCP 6
#define UK_IPPROTO_UDP 17
#define UK_IPPROTO_IPV6 41
#define UK_IPPROTO_ICMPV6 58
#define UK_IPPROTO_UDPLITE 136
#define UK_IPPROTO_RAW 255

#define UK_INADDR_ANY 0x00000000U /* these four in the byte order of the machine */
#define UK_INADDR_BROADCAST 0xffffffffU
#define UK_INADDR_NONE 0xffffffffU
#define UK_INADDR_LOOPBACK 0x7f000001U

/* options of level IPPROTO_IP */
#define UK_IP_TOS 1
#define UK_IP_TTL 2
#define UK_IP_HDRINCL 3
#define UK_IP_OPTIONS 4
#define UK_IP_RECVOPTS 6
#define UK_IP_RETOPTS 7
#define UK_IP_PKTINFO 8
#define UK_IP_MTU_DISCOVER 10
#define UK_IP_RECVERR 11
#define UK_IP_RECVTTL 12
#define UK_IP_RECVTOS 13
#define UK_IP_MTU 14
#define UK_IP_FREEBIND 15
#define UK_IP_TRANSPARENT 19
#define UK_IP_BIND_ADDRESS_NO_PORT 24
#define UK_IP_MULTICAST_IF 32
#define UK_IP_MULTICAST_TTL 33
#define UK_IP_MULTICAST_LOOP 34
#define UK_IP_ADD_MEMBERSHIP 35
#define UK_IP_DROP_MEMBERSHIP 36
#define UK_IP_MULTICAST_ALL 49
#define UK_IP_PMTUDISC_DONT 0
#define UK_IP_PMTUDISC_WANT 1
#define UK_IP_PMTUDISC_DO 2
#define UK_IP_PMTUDISC_PROBE 3

/* options of level IPPROTO_IPV6 */
#define UK_IPV6_UNICAST_HOPS 16
#define UK_IPV6_MULTICAST_IF 17
#define UK_IPV6_MULTICAST_HOPS 18
#define UK_IPV6_MULTICAST_LOOP 19
#define UK_IPV6_ADD_MEMBERSHIP 20
#define UK_IPV6_DROP_MEMBERSHIP 21
#define UK_IPV6_MTU_DISCOVER 23
#define UK_IPV6_MTU 24
#define UK_IPV6_RECVERR 25
#define UK_IPV6_V6ONLY 26
#define UK_IPV6_RECVPKTINFO 49
#define UK_IPV6_PKTINFO 50
#define UK_IPV6_RECVHOPLIMIT 51
#define UK_IPV6_HOPLIMIT 52
#define UK_IPV6_RECVTCLASS 66
#define UK_IPV6_TCLASS 67

struct uk_in_addr {
    uint32_t s_addr;
};
struct uk_sockaddr_in {
    uint16_t sin_family;
    uint16_t sin_port;
    struct uk_in_addr sin_addr;
    char uk_padding[8];
};
struct uk_in6_addr {
    uint8_t bytes[16];
} __attribute__((aligned(4)));
struct uk_sockaddr_in6 {
    uint16_t sin6_family;
    uint16_t sin6_port;
    uint32_t sin6_flowinfo;
    struct uk_in6_addr sin6_addr;
    uint32_t sin6_scope_id;
};
struct uk_ip_mreq {
    struct uk_in_addr imr_multiaddr;
    struct uk_in_addr imr_interface;
};
struct uk_ip_mreqn {
    struct uk_in_addr imr_multiaddr;
    struct uk_in_addr imr_address;
    int32_t imr_ifindex;
};
struct uk_in_pktinfo {
    int32_t ipi_ifindex;
    struct uk_in_addr ipi_spec_dst;
    struct uk_in_addr ipi_addr;
};
struct uk_ipv6_mreq {
    struct uk_in6_addr ipv6mr_multiaddr;
    uint32_t ipv6mr_interface;
};
struct uk_in6_pktinfo {
    struct uk_in6_addr ipi6_addr;
    uint32_t ipi6_ifindex;
};
