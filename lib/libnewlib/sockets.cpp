// SPDX-License-Identifier: BSD-3-Clause
// Sockets: POSIX's functions as system calls.
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <uk/cancel_point.h>
#include <uk/syscall.h>

#include "abi.hpp"
#include "result.hpp"

// Not POSIX's: programs have one of their own.
#pragma weak getpeereid

using newlib::abi;
using newlib::result;
using newlib::status;

int socket(int domain, int type, int protocol) {
    return status(uk_sys_socket(domain, type, protocol));
}

int socketpair(int domain, int type, int protocol, int fds[2]) {
    return status(uk_sys_socketpair(domain, type, protocol, fds));
}

int bind(int fd, const struct sockaddr* to, socklen_t size) {
    return status(uk_sys_bind(fd, abi(to), size));
}

int listen(int fd, int backlog) {
    return status(uk_sys_listen(fd, backlog));
}

int accept4(int fd, struct sockaddr* __restrict peer, socklen_t* __restrict size, int flags) {
    return status(UK_CANCELLABLE(uk_sys_accept4(fd, abi(peer), size, flags)));
}

int accept(int fd, struct sockaddr* __restrict peer, socklen_t* __restrict size) {
    return accept4(fd, peer, size, 0);
}

int connect(int fd, const struct sockaddr* to, socklen_t size) {
    return status(UK_CANCELLABLE(uk_sys_connect(fd, abi(to), size)));
}

int getsockname(int fd, struct sockaddr* __restrict out, socklen_t* __restrict size) {
    return status(uk_sys_getsockname(fd, abi(out), size));
}

int getpeername(int fd, struct sockaddr* __restrict out, socklen_t* __restrict size) {
    return status(uk_sys_getpeername(fd, abi(out), size));
}

ssize_t send(int fd, const void* data, size_t size, int flags) {
    return result(UK_CANCELLABLE(uk_sys_sendto(fd, data, size, flags, nullptr, 0)));
}

ssize_t recv(int fd, void* data, size_t size, int flags) {
    return result(UK_CANCELLABLE(uk_sys_recvfrom(fd, data, size, flags, nullptr, nullptr)));
}

ssize_t sendto(int fd, const void* data, size_t size, int flags, const struct sockaddr* to,
               socklen_t to_size) {
    return result(UK_CANCELLABLE(uk_sys_sendto(fd, data, size, flags, abi(to), to_size)));
}

ssize_t recvfrom(int fd, void* __restrict data, size_t size, int flags,
                 struct sockaddr* __restrict from, socklen_t* __restrict from_size) {
    return result(UK_CANCELLABLE(uk_sys_recvfrom(fd, data, size, flags, abi(from), from_size)));
}

ssize_t sendmsg(int fd, const struct msghdr* message, int flags) {
    return result(UK_CANCELLABLE(uk_sys_sendmsg(fd, abi(message), flags)));
}

ssize_t recvmsg(int fd, struct msghdr* message, int flags) {
    return result(UK_CANCELLABLE(uk_sys_recvmsg(fd, abi(message), flags)));
}

int sendmmsg(int fd, struct mmsghdr* messages, unsigned count, int flags) {
    return status(UK_CANCELLABLE(uk_sys_sendmmsg(fd, abi(messages), count, flags)));
}

int recvmmsg(int fd, struct mmsghdr* messages, unsigned count, int flags,
             struct timespec* timeout) {
    return status(UK_CANCELLABLE(uk_sys_recvmmsg(fd, abi(messages), count, flags, abi(timeout))));
}

int shutdown(int fd, int how) {
    return status(uk_sys_shutdown(fd, how));
}

int setsockopt(int fd, int level, int name, const void* value, socklen_t size) {
    return status(uk_sys_setsockopt(fd, level, name, value, size));
}

int getsockopt(int fd, int level, int name, void* __restrict value, socklen_t* __restrict size) {
    return status(uk_sys_getsockopt(fd, level, name, value, size));
}

int sockatmark(int fd) {
    int is = 0;
    return ioctl(fd, SIOCATMARK, &is) == 0 ? is : -1;
}

int getpeereid(int fd, uid_t* user, gid_t* group) {
    struct ucred peer;
    socklen_t size = sizeof(peer);
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
        return -1;
    }
    *user = peer.uid;
    *group = peer.gid;
    return 0;
}
