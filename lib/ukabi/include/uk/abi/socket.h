/* SPDX-License-Identifier: BSD-3-Clause */
/* Sockets: families, types, messages, options. */
#pragma once

#include <uk/abi/types.h>

/* address families, which are protocol families, too */
#define UK_AF_UNSPEC 0
#define UK_AF_UNIX 1
#define UK_AF_LOCAL 1
#define UK_AF_INET 2
#define UK_AF_INET6 10
#define UK_AF_NETLINK 16
#define UK_AF_PACKET 17
#define UK_AF_VSOCK 40
#define UK_AF_MAX 46

/* types, and the flags that come with them */
#define UK_SOCK_STREAM 1
#define UK_SOCK_DGRAM 2
#define UK_SOCK_RAW 3
#define UK_SOCK_RDM 4
#define UK_SOCK_SEQPACKET 5
#define UK_SOCK_DCCP 6
#define UK_SOCK_PACKET 10
#define UK_SOCK_NONBLOCK 04000
#define UK_SOCK_CLOEXEC 02000000

#define UK_SOMAXCONN 4096

/* how of shutdown() */
#define UK_SHUT_RD 0
#define UK_SHUT_WR 1
#define UK_SHUT_RDWR 2

/* flags of messages */
#define UK_MSG_OOB 0x1
#define UK_MSG_PEEK 0x2
#define UK_MSG_DONTROUTE 0x4
#define UK_MSG_CTRUNC 0x8
#define UK_MSG_PROXY 0x10
#define UK_MSG_TRUNC 0x20
#define UK_MSG_DONTWAIT 0x40
#define UK_MSG_EOR 0x80
#define UK_MSG_WAITALL 0x100
#define UK_MSG_FIN 0x200
#define UK_MSG_SYN 0x400
#define UK_MSG_CONFIRM 0x800
#define UK_MSG_RST 0x1000
#define UK_MSG_ERRQUEUE 0x2000
#define UK_MSG_NOSIGNAL 0x4000
#define UK_MSG_MORE 0x8000
#define UK_MSG_WAITFORONE 0x10000
#define UK_MSG_ZEROCOPY 0x4000000
#define UK_MSG_FASTOPEN 0x20000000
#define UK_MSG_CMSG_CLOEXEC 0x40000000

/* levels of options and control messages */
#define UK_SOL_SOCKET 1
#define UK_SOL_RAW 255

/* options of level SOL_SOCKET */
#define UK_SO_DEBUG 1
#define UK_SO_REUSEADDR 2
#define UK_SO_TYPE 3
#define UK_SO_ERROR 4
#define UK_SO_DONTROUTE 5
#define UK_SO_BROADCAST 6
#define UK_SO_SNDBUF 7
#define UK_SO_RCVBUF 8
#define UK_SO_KEEPALIVE 9
#define UK_SO_OOBINLINE 10
#define UK_SO_NO_CHECK 11
#define UK_SO_PRIORITY 12
#define UK_SO_LINGER 13
#define UK_SO_BSDCOMPAT 14
#define UK_SO_REUSEPORT 15
#define UK_SO_PASSCRED 16
#define UK_SO_PEERCRED 17
#define UK_SO_RCVLOWAT 18
#define UK_SO_SNDLOWAT 19
#define UK_SO_RCVTIMEO 20
#define UK_SO_SNDTIMEO 21
#define UK_SO_BINDTODEVICE 25
#define UK_SO_ATTACH_FILTER 26
#define UK_SO_DETACH_FILTER 27
#define UK_SO_PEERNAME 28
#define UK_SO_TIMESTAMP 29
#define UK_SO_ACCEPTCONN 30
#define UK_SO_PEERSEC 31
#define UK_SO_SNDBUFFORCE 32
#define UK_SO_RCVBUFFORCE 33
#define UK_SO_PASSSEC 34
#define UK_SO_TIMESTAMPNS 35
#define UK_SO_MARK 36
#define UK_SO_TIMESTAMPING 37
#define UK_SO_PROTOCOL 38
#define UK_SO_DOMAIN 39
#define UK_SO_RXQ_OVFL 40
#define UK_SO_PEEK_OFF 42
#define UK_SO_BUSY_POLL 46
#define UK_SO_INCOMING_CPU 49
#define UK_SO_ATTACH_BPF 50
#define UK_SO_PEERGROUPS 59
#define UK_SO_ZEROCOPY 60

/* control messages of level SOL_SOCKET */
#define UK_SCM_RIGHTS 1
#define UK_SCM_CREDENTIALS 2

struct uk_sockaddr {
    uint16_t sa_family;
    char sa_data[14];
};
/* Room for the address of any family. */
struct uk_sockaddr_storage {
    uint16_t ss_family;
    char uk_padding[118];
    uint64_t uk_alignment;
};

struct uk_linger {
    int32_t l_onoff;
    int32_t l_linger; /* seconds */
};
struct uk_ucred {
    uk_pid_t pid;
    uk_uid_t uid;
    uk_gid_t gid;
};

struct uk_iovec;
struct uk_msghdr {
    void* msg_name;
    uint32_t msg_namelen;
    struct uk_iovec* msg_iov;
    uk_size_t msg_iovlen;
    void* msg_control;
    uk_size_t msg_controllen;
    int32_t msg_flags;
};
struct uk_mmsghdr {
    struct uk_msghdr msg_hdr;
    uint32_t msg_len;
};
/* The head of a control message; its data follow, and padding up to a multiple of 8. */
struct uk_cmsghdr {
    uk_size_t cmsg_len; /* with the head, without the padding */
    int32_t cmsg_level;
    int32_t cmsg_type;
};
