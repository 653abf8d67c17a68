/* SPDX-License-Identifier: BSD-3-Clause */
/* How lwIP is built: from the options of Config.uk, and what this system always wants. */
#ifndef UK_LWIP_OPTS_H
#define UK_LWIP_OPTS_H

#include <uk/config.h>

/* --- no threads of its own: everything runs under the lock of <uk/lwip/stack.hpp> --- */
#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_NETCONN 0
#define LWIP_SOCKET 0
#define LWIP_SINGLE_NETIF 0
#ifndef UK_HOST_TEST
#define LWIP_ASSERT_CORE_LOCKED() ((void)0)
#endif

/* --- memory: memory.cpp and pools.c instead of memp.c; the counts are limits --- */
#define MEM_LIBC_MALLOC 1
#define mem_clib_malloc uk_lwip_allocate
#define mem_clib_free uk_lwip_free
#define mem_clib_calloc(count, size) ((void)(count), (void)(size), NULL) /* nobody calls it */
#define MEMP_MEM_MALLOC 1
#define MEM_ALIGNMENT 16
#define MEMP_NUM_TCP_PCB CONFIG_LIBLWIP_CONNECTIONS
#define MEMP_NUM_TCP_PCB_LISTEN 256
#define MEMP_NUM_UDP_PCB CONFIG_LIBLWIP_UDP_SOCKETS
#define MEMP_NUM_RAW_PCB 256
#define MEMP_NUM_TCP_SEG 65535
#define MEMP_NUM_PBUF 65535
#define PBUF_POOL_SIZE 1024
#define MEMP_NUM_REASSDATA 32
#define MEMP_NUM_FRAG_PBUF 1024
#define MEMP_NUM_ARP_QUEUE 256
#define MEMP_NUM_ND6_QUEUE 256
#define MEMP_NUM_IGMP_GROUP 64
#define MEMP_NUM_MLD6_GROUP 64
#define MEMP_NUM_SYS_TIMEOUT 32
#define LWIP_PBUF_REF_T u16_t

/* --- in front of each packet, for the device (a virtio-net header) --- */
#define PBUF_LINK_ENCAPSULATION_HLEN 16
#define ETH_PAD_SIZE 0

/* --- IP --- */
#ifdef CONFIG_LIBLWIP_IPV4
#define LWIP_IPV4 1
#else
#define LWIP_IPV4 0
#endif
#ifdef CONFIG_LIBLWIP_IPV6
#define LWIP_IPV6 1
#else
#define LWIP_IPV6 0
#endif
#define IP_DEFAULT_TTL 64
#define IP_REASS_MAX_PBUFS 256
#define IP_SOF_BROADCAST 1
#ifdef CONFIG_LIBLWIP_RAW
#define LWIP_RAW 1
#else
#define LWIP_RAW 0 /* each packet would look whether there is one */
#endif
#define LWIP_UDPLITE 0
#define ARP_TABLE_SIZE 64
#define ARP_QUEUEING 1
#define ARP_QUEUE_LEN 16
#define ETHARP_TRUST_IP_MAC 0
#define LWIP_MULTICAST_TX_OPTIONS 1
#define LWIP_IGMP LWIP_IPV4
#define LWIP_IPV6_MLD LWIP_IPV6
#define LWIP_ND6_NUM_NEIGHBORS 32
#define LWIP_ND6_NUM_DESTINATIONS 32
#define LWIP_ND6_QUEUEING 1
#define LWIP_IPV6_NUM_ADDRESSES 4
#define IPV6_FRAG_COPYHEADER 1 /* pointers are too long for the header of a fragment */
#define LWIP_IPV6_AUTOCONFIG LWIP_IPV6
#define LWIP_IPV6_DUP_DETECT_ATTEMPTS 1
#define LWIP_ND6_RDNSS_MAX_DNS_SERVERS (LWIP_DNS ? 2 : 0)
#define LWIP_NETIF_LOOPBACK 1
#define LWIP_HAVE_LOOPIF 1
#define LWIP_LOOPIF_MULTICAST 1
#define LWIP_NETIF_HOSTNAME 1
#define LWIP_NETIF_EXT_STATUS_CALLBACK 1
#define LWIP_CHECKSUM_CTRL_PER_NETIF 1

#ifdef CONFIG_LIBLWIP_DHCP
#define LWIP_DHCP 1
#else
#define LWIP_DHCP 0
#endif
#define DHCP_DOES_ARP_CHECK 0    /* a second of start-up to find a server's mistake */
#define DHCP_COARSE_TIMER_SECS 5 /* the steps in which leases count; 91 hours at most */
#ifdef CONFIG_LIBLWIP_DNS
#define LWIP_DNS 1
#else
#define LWIP_DNS 0
#endif
#define DNS_TABLE_SIZE 16
#define DNS_MAX_SERVERS 3

/* --- TCP --- */
#define TCP_MSS CONFIG_LIBLWIP_TCP_MSS
#define LWIP_WND_SCALE 1
#define TCP_RCV_SCALE 7
#define TCP_WND (CONFIG_LIBLWIP_TCP_WINDOW_KIB * 1024)
#define TCP_SND_BUF (CONFIG_LIBLWIP_TCP_SEND_KIB * 1024)
#define TCP_SND_QUEUELEN 4096
#define TCP_SNDLOWAT (2 * TCP_MSS) /* of lwIP's own sockets */
/* Segments are acknowledged as they come; when much was read the window is told, too. */
#define TCP_WND_UPDATE_THRESHOLD LWIP_MAX(TCP_MSS * 2, TCP_WND / 4)
#define TCP_OVERSIZE TCP_MSS
#define TCP_QUEUE_OOSEQ 1
#define TCP_OOSEQ_MAX_PBUFS 256 /* the window limits their bytes */
#define LWIP_TCP_SACK_OUT 1
#define LWIP_TCP_LARGE 1 /* patches/large-segments.patch */
#define TCP_LARGE_PBUFS 12
#define LWIP_TCP_RECOVERY 1 /* a patch of ours */
#define TCP_LISTEN_BACKLOG 1
#define TCP_DEFAULT_LISTEN_BACKLOG 255
#define LWIP_TCP_KEEPALIVE 1
#define SO_REUSE 1
#define SO_REUSE_RXTOALL 1
#define TCP_TMR_INTERVAL 250
/* A minute in TIME_WAIT, as Linux. After two, a client's numbers, which go once around in 275 s
 * with Linux, may look older than those that we remember, and its new connection would have to
 * wait. */
#define TCP_MSL 30000UL

/* --- counters --- */
#ifdef CONFIG_LIBLWIP_STATS
#define LWIP_STATS 1
#define MEMP_STATS 1
#else
#define LWIP_STATS 0
#endif
#define LWIP_STATS_LARGE 1
#define MEM_STATS 0 /* would put a word before each block */
#define SYS_STATS 0

#define LWIP_HOOK_TCP_ISN(local, local_port, remote, remote_port)                                  \
    uk_lwip_isn(local, local_port, remote, remote_port)
#if LWIP_DNS
#define LWIP_HOOK_DNS_ERROR(rcode) uk_lwip_dns_error(rcode)
#define LWIP_HOOK_ND6_RDNSS(server, seconds) uk_lwip_rdnss(server, seconds)
#endif
#define LWIP_HOOK_ND6_GET_GW(of, destination) uk_lwip_gateway_v6(of)
#ifdef CONFIG_LIBLWIP_SOCKETS
#define LWIP_HOOK_ICMP_ERROR(packet, from) uk_lwip_icmp_error(packet, from)
#define LWIP_HOOK_ICMP6_ERROR(packet) uk_lwip_icmp6_error(packet)
#endif
#define LWIP_HOOK_FILENAME "hooks.h"

#endif
