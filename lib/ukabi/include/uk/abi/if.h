/* SPDX-License-Identifier: BSD-3-Clause */
/* Network interfaces, as ioctl() of sockets tells of them. */
#pragma once

#include <uk/abi/in.h>
#include <uk/abi/socket.h>

#define UK_IF_NAMESIZE 16 /* with the 0 at its end */
#define UK_IFNAMSIZ 16

/* what.flags */
#define UK_IFF_UP 0x1
#define UK_IFF_BROADCAST 0x2
#define UK_IFF_LOOPBACK 0x8
#define UK_IFF_POINTOPOINT 0x10
#define UK_IFF_RUNNING 0x40
#define UK_IFF_NOARP 0x80
#define UK_IFF_PROMISC 0x100
#define UK_IFF_ALLMULTI 0x200
#define UK_IFF_MULTICAST 0x1000

/* requests */
#define UK_SIOCGIFNAME 0x8910
#define UK_SIOCGIFCONF 0x8912
#define UK_SIOCGIFFLAGS 0x8913
#define UK_SIOCSIFFLAGS 0x8914
#define UK_SIOCGIFADDR 0x8915
#define UK_SIOCSIFADDR 0x8916
#define UK_SIOCGIFDSTADDR 0x8917
#define UK_SIOCGIFBRDADDR 0x8919
#define UK_SIOCGIFNETMASK 0x891b
#define UK_SIOCSIFNETMASK 0x891c
#define UK_SIOCGIFMTU 0x8921
#define UK_SIOCSIFMTU 0x8922
#define UK_SIOCGIFHWADDR 0x8927
#define UK_SIOCGIFINDEX 0x8933

struct uk_ifreq {
    char name[UK_IFNAMSIZ];
    union {
        struct uk_sockaddr addr;
        struct uk_sockaddr dstaddr;
        struct uk_sockaddr broadaddr;
        struct uk_sockaddr netmask;
        struct uk_sockaddr hwaddr;
        int16_t flags;
        int32_t ifindex;
        int32_t mtu;
        uint64_t uk_room[3];
    } what;
};
struct uk_ifconf {
    int32_t ifc_len;
    void* buffer;
};
