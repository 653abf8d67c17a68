/* SPDX-License-Identifier: BSD-3-Clause */
/* Network interfaces, as ioctl() of sockets tells of them. */
#pragma once

#include <sys/socket.h>
#include <uk/abi/if.h>

struct ifreq {
    char ifr_name[UK_IFNAMSIZ];
    union {
        struct sockaddr __address;
        short __flags;
        int __number;
        unsigned long __room[3];
    } __what;
};
#define ifr_addr __what.__address
#define ifr_dstaddr __what.__address
#define ifr_broadaddr __what.__address
#define ifr_netmask __what.__address
#define ifr_hwaddr __what.__address
#define ifr_flags __what.__flags
#define ifr_ifindex __what.__number
#define ifr_mtu __what.__number

struct ifconf {
    int ifc_len;
    union {
        char* __bytes;
        struct ifreq* __requests;
    } __what;
};
#define ifc_buf __what.__bytes
#define ifc_req __what.__requests

#define IF_NAMESIZE UK_IF_NAMESIZE
#define IFNAMSIZ UK_IFNAMSIZ
#define IFF_UP UK_IFF_UP
#define IFF_BROADCAST UK_IFF_BROADCAST
#define IFF_LOOPBACK UK_IFF_LOOPBACK
#define IFF_POINTOPOINT UK_IFF_POINTOPOINT
#define IFF_RUNNING UK_IFF_RUNNING
#define IFF_NOARP UK_IFF_NOARP
#define IFF_PROMISC UK_IFF_PROMISC
#define IFF_ALLMULTI UK_IFF_ALLMULTI
#define IFF_MULTICAST UK_IFF_MULTICAST
#define SIOCGIFNAME UK_SIOCGIFNAME
#define SIOCGIFCONF UK_SIOCGIFCONF
#define SIOCGIFFLAGS UK_SIOCGIFFLAGS
#define SIOCSIFFLAGS UK_SIOCSIFFLAGS
#define SIOCGIFADDR UK_SIOCGIFADDR
#define SIOCSIFADDR UK_SIOCSIFADDR
#define SIOCGIFDSTADDR UK_SIOCGIFDSTADDR
#define SIOCGIFBRDADDR UK_SIOCGIFBRDADDR
#define SIOCGIFNETMASK UK_SIOCGIFNETMASK
#define SIOCSIFNETMASK UK_SIOCSIFNETMASK
#define SIOCGIFMTU UK_SIOCGIFMTU
#define SIOCSIFMTU UK_SIOCSIFMTU
#define SIOCGIFHWADDR UK_SIOCGIFHWADDR
#define SIOCGIFINDEX UK_SIOCGIFINDEX
