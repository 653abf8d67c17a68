/* SPDX-License-Identifier: BSD-3-Clause */
/* Sockets: Linux's, made from <uk/abi/socket.h>. */
#pragma once

#include <sys/_timespec.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <uk/abi/socket.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef _SOCKLEN_T_DECLARED
typedef __socklen_t socklen_t;
#define _SOCKLEN_T_DECLARED
#endif
#ifndef _SA_FAMILY_T_DECLARED
typedef __sa_family_t sa_family_t;
#define _SA_FAMILY_T_DECLARED
#endif

struct sockaddr {
    sa_family_t sa_family;
    char sa_data[14];
};
struct sockaddr_storage {
    sa_family_t ss_family;
    char __ss_padding[118];
    unsigned long __ss_align;
};
struct linger {
    int l_onoff;
    int l_linger;
};
struct ucred {
    pid_t pid;
    uid_t uid;
    gid_t gid;
};

struct msghdr {
    void* msg_name;
    socklen_t msg_namelen;
    struct iovec* msg_iov;
    size_t msg_iovlen;
    void* msg_control;
    size_t msg_controllen;
    int msg_flags;
};
struct mmsghdr {
    struct msghdr msg_hdr;
    unsigned msg_len;
};
struct cmsghdr {
    size_t cmsg_len;
    int cmsg_level;
    int cmsg_type;
};
#define CMSG_ALIGN(size) (((size) + sizeof(size_t) - 1) & ~(sizeof(size_t) - 1))
#define CMSG_SPACE(size) (CMSG_ALIGN(size) + sizeof(struct cmsghdr))
#define CMSG_LEN(size) (sizeof(struct cmsghdr) + (size))
#define CMSG_DATA(head) ((unsigned char*)((struct cmsghdr*)(head) + 1))
#define CMSG_FIRSTHDR(message)                                                                     \
    ((message)->msg_controllen >= sizeof(struct cmsghdr) ? (struct cmsghdr*)(message)->msg_control \
                                                         : (struct cmsghdr*)0)
#define CMSG_NXTHDR(message, head) __cmsg_nxthdr((message), (head))

/* The next control message, if it lies in what there is. */
static __inline struct cmsghdr* __cmsg_nxthdr(struct msghdr* message, struct cmsghdr* head) {
    const size_t left =
        (size_t)((char*)message->msg_control + message->msg_controllen - (char*)head);
    if (head->cmsg_len < sizeof(struct cmsghdr) || head->cmsg_len > left ||
        left - CMSG_ALIGN(head->cmsg_len) < sizeof(struct cmsghdr) ||
        CMSG_ALIGN(head->cmsg_len) > left)
        return (struct cmsghdr*)0;
    return (struct cmsghdr*)((char*)head + CMSG_ALIGN(head->cmsg_len));
}

int socket(int domain, int type, int protocol);
int socketpair(int domain, int type, int protocol, int fds[2]);
int bind(int fd, const struct sockaddr* to, socklen_t size);
int listen(int fd, int backlog);
int accept(int fd, struct sockaddr* __restrict peer, socklen_t* __restrict size);
int accept4(int fd, struct sockaddr* __restrict peer, socklen_t* __restrict size, int flags);
int connect(int fd, const struct sockaddr* to, socklen_t size);
int getsockname(int fd, struct sockaddr* __restrict out, socklen_t* __restrict size);
int getpeername(int fd, struct sockaddr* __restrict out, socklen_t* __restrict size);
ssize_t send(int fd, const void* data, size_t size, int flags);
ssize_t recv(int fd, void* data, size_t size, int flags);
ssize_t sendto(int fd, const void* data, size_t size, int flags, const struct sockaddr* to,
               socklen_t to_size);
ssize_t recvfrom(int fd, void* __restrict data, size_t size, int flags,
                 struct sockaddr* __restrict from, socklen_t* __restrict from_size);
ssize_t sendmsg(int fd, const struct msghdr* message, int flags);
ssize_t recvmsg(int fd, struct msghdr* message, int flags);
int sendmmsg(int fd, struct mmsghdr* messages, unsigned count, int flags);
int recvmmsg(int fd, struct mmsghdr* messages, unsigned count, int flags, struct timespec* timeout);
int shutdown(int fd, int how);
int setsockopt(int fd, int level, int name, const void* value, socklen_t size);
int getsockopt(int fd, int level, int name, void* __restrict value, socklen_t* __restrict size);
int sockatmark(int fd);

#ifdef __cplusplus
}
#endif

#define AF_UNSPEC UK_AF_UNSPEC
#define AF_UNIX UK_AF_UNIX
#define AF_LOCAL UK_AF_LOCAL
#define AF_INET UK_AF_INET
#define AF_INET6 UK_AF_INET6
#define AF_NETLINK UK_AF_NETLINK
#define AF_PACKET UK_AF_PACKET
#define AF_VSOCK UK_AF_VSOCK
#define AF_MAX UK_AF_MAX
#define SOCK_STREAM UK_SOCK_STREAM
#define SOCK_DGRAM UK_SOCK_DGRAM
#define SOCK_RAW UK_SOCK_RAW
#define SOCK_RDM UK_SOCK_RDM
#define SOCK_SEQPACKET UK_SOCK_SEQPACKET
#define SOCK_DCCP UK_SOCK_DCCP
#define SOCK_PACKET UK_SOCK_PACKET
#define SOCK_NONBLOCK UK_SOCK_NONBLOCK
#define SOCK_CLOEXEC UK_SOCK_CLOEXEC
#define SOMAXCONN UK_SOMAXCONN
#define SHUT_RD UK_SHUT_RD
#define SHUT_WR UK_SHUT_WR
#define SHUT_RDWR UK_SHUT_RDWR
#define MSG_OOB UK_MSG_OOB
#define MSG_PEEK UK_MSG_PEEK
#define MSG_DONTROUTE UK_MSG_DONTROUTE
#define MSG_CTRUNC UK_MSG_CTRUNC
#define MSG_PROXY UK_MSG_PROXY
#define MSG_TRUNC UK_MSG_TRUNC
#define MSG_DONTWAIT UK_MSG_DONTWAIT
#define MSG_EOR UK_MSG_EOR
#define MSG_WAITALL UK_MSG_WAITALL
#define MSG_FIN UK_MSG_FIN
#define MSG_SYN UK_MSG_SYN
#define MSG_CONFIRM UK_MSG_CONFIRM
#define MSG_RST UK_MSG_RST
#define MSG_ERRQUEUE UK_MSG_ERRQUEUE
#define MSG_NOSIGNAL UK_MSG_NOSIGNAL
#define MSG_MORE UK_MSG_MORE
#define MSG_WAITFORONE UK_MSG_WAITFORONE
#define MSG_ZEROCOPY UK_MSG_ZEROCOPY
#define MSG_FASTOPEN UK_MSG_FASTOPEN
#define MSG_CMSG_CLOEXEC UK_MSG_CMSG_CLOEXEC
#define SOL_SOCKET UK_SOL_SOCKET
#define SOL_RAW UK_SOL_RAW
#define SO_DEBUG UK_SO_DEBUG
#define SO_REUSEADDR UK_SO_REUSEADDR
#define SO_TYPE UK_SO_TYPE
#define SO_ERROR UK_SO_ERROR
#define SO_DONTROUTE UK_SO_DONTROUTE
#define SO_BROADCAST UK_SO_BROADCAST
#define SO_SNDBUF UK_SO_SNDBUF
#define SO_RCVBUF UK_SO_RCVBUF
#define SO_KEEPALIVE UK_SO_KEEPALIVE
#define SO_OOBINLINE UK_SO_OOBINLINE
#define SO_NO_CHECK UK_SO_NO_CHECK
#define SO_PRIORITY UK_SO_PRIORITY
#define SO_LINGER UK_SO_LINGER
#define SO_BSDCOMPAT UK_SO_BSDCOMPAT
#define SO_REUSEPORT UK_SO_REUSEPORT
#define SO_PASSCRED UK_SO_PASSCRED
#define SO_PEERCRED UK_SO_PEERCRED
#define SO_RCVLOWAT UK_SO_RCVLOWAT
#define SO_SNDLOWAT UK_SO_SNDLOWAT
#define SO_RCVTIMEO UK_SO_RCVTIMEO
#define SO_SNDTIMEO UK_SO_SNDTIMEO
#define SO_BINDTODEVICE UK_SO_BINDTODEVICE
#define SO_ATTACH_FILTER UK_SO_ATTACH_FILTER
#define SO_DETACH_FILTER UK_SO_DETACH_FILTER
#define SO_PEERNAME UK_SO_PEERNAME
#define SO_TIMESTAMP UK_SO_TIMESTAMP
#define SO_ACCEPTCONN UK_SO_ACCEPTCONN
#define SO_PEERSEC UK_SO_PEERSEC
#define SO_SNDBUFFORCE UK_SO_SNDBUFFORCE
#define SO_RCVBUFFORCE UK_SO_RCVBUFFORCE
#define SO_PASSSEC UK_SO_PASSSEC
#define SO_TIMESTAMPNS UK_SO_TIMESTAMPNS
#define SO_MARK UK_SO_MARK
#define SO_TIMESTAMPING UK_SO_TIMESTAMPING
#define SO_PROTOCOL UK_SO_PROTOCOL
#define SO_DOMAIN UK_SO_DOMAIN
#define SO_RXQ_OVFL UK_SO_RXQ_OVFL
#define SO_PEEK_OFF UK_SO_PEEK_OFF
#define SO_BUSY_POLL UK_SO_BUSY_POLL
#define SO_INCOMING_CPU UK_SO_INCOMING_CPU
#define SO_ATTACH_BPF UK_SO_ATTACH_BPF
#define SO_PEERGROUPS UK_SO_PEERGROUPS
#define SO_ZEROCOPY UK_SO_ZEROCOPY
#define SCM_RIGHTS UK_SCM_RIGHTS
#define SCM_CREDENTIALS UK_SCM_CREDENTIALS
#define PF_UNSPEC AF_UNSPEC
#define PF_UNIX AF_UNIX
#define PF_LOCAL AF_LOCAL
#define PF_INET AF_INET
#define PF_INET6 AF_INET6
#define PF_NETLINK AF_NETLINK
#define PF_PACKET AF_PACKET
#define PF_VSOCK AF_VSOCK
#define PF_MAX AF_MAX
