// SPDX-License-Identifier: BSD-3-Clause
// Sockets by the functions and macros of the C library.
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <uk/test.hpp>

UK_TEST(sockets_by_functions_of_c)
{
    int fds[2];
    UK_TEST_ASSERT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0);
    char text[16] = {};
    int waiting = 0;
    UK_TEST_EXPECT(send(fds[0], "hello", 5, 0) == 5);
    UK_TEST_EXPECT(ioctl(fds[1], FIONREAD, &waiting) == 0 && waiting == 5);
    UK_TEST_EXPECT(recv(fds[1], text, 16, 0) == 5 && strcmp(text, "hello") == 0);
    UK_TEST_EXPECT(recv(fds[1], text, 16, MSG_DONTWAIT) == -1 && errno == EAGAIN);
    int is = 0;
    socklen_t size = sizeof(is);
    UK_TEST_EXPECT(getsockopt(fds[0], SOL_SOCKET, SO_DOMAIN, &is, &size) == 0 && is == AF_UNIX);
    UK_TEST_EXPECT(setsockopt(fds[0], SOL_SOCKET, SO_TYPE, &is, size) == -1 &&
                   errno == ENOPROTOOPT);
    UK_TEST_EXPECT(shutdown(fds[0], SHUT_WR) == 0 && recv(fds[1], text, 1, 0) == 0);
    UK_TEST_EXPECT(close(fds[0]) == 0 && close(fds[1]) == 0);
    UK_TEST_EXPECT(socket(AF_INET6 + 100, SOCK_STREAM, 0) == -1 && errno == EAFNOSUPPORT);
}

UK_TEST(sockets_pass_descriptors_by_macros)
{
    int fds[2];
    UK_TEST_ASSERT(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds) == 0);
    alignas(cmsghdr) char control[CMSG_SPACE(2 * sizeof(int)) + CMSG_SPACE(sizeof(int))] = {};
    char byte = 'x';
    iovec piece{&byte, 1};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof(control);
    cmsghdr* head = CMSG_FIRSTHDR(&message);
    *head = {CMSG_LEN(2 * sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
    memcpy(CMSG_DATA(head), fds, sizeof(fds));
    head = CMSG_NXTHDR(&message, head);
    UK_TEST_ASSERT(head != nullptr);
    *head = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
    const int out = STDOUT_FILENO;
    memcpy(CMSG_DATA(head), &out, sizeof(out));
    UK_TEST_EXPECT(CMSG_NXTHDR(&message, head) == nullptr);
    // The receiver itself cannot be on its way to itself.
    UK_TEST_EXPECT(sendmsg(fds[0], &message, 0) == -1 && errno == ETOOMANYREFS);
    const int twice[] = {out, out};
    memcpy(CMSG_DATA(CMSG_FIRSTHDR(&message)), twice, sizeof(twice));
    UK_TEST_EXPECT(sendmsg(fds[0], &message, 0) == 1);
    UK_TEST_EXPECT(recvmsg(fds[1], &message, MSG_CMSG_CLOEXEC) == 1);
    head = CMSG_FIRSTHDR(&message);
    UK_TEST_ASSERT(head != nullptr && head->cmsg_len == CMSG_LEN(3 * sizeof(int)));
    int got[3];
    memcpy(got, CMSG_DATA(head), sizeof(got));
    for (const int fd : got)
        UK_TEST_EXPECT(close(fd) == 0);
    UK_TEST_EXPECT(close(fds[0]) == 0 && close(fds[1]) == 0);
}

UK_TEST(sockets_have_names)
{
    sockaddr_un name{AF_UNIX, "newlib-socket"};
    const int listener = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);
    const auto* const address = reinterpret_cast<sockaddr*>(&name);
    UK_TEST_EXPECT(bind(listener, address, static_cast<socklen_t>(SUN_LEN(&name))) == 0);
    UK_TEST_EXPECT(listen(listener, SOMAXCONN) == 0);
    UK_TEST_EXPECT(connect(client, address, sizeof(name)) == 0);
    sockaddr_storage peer;
    socklen_t size = sizeof(peer);
    const int server = accept4(listener, reinterpret_cast<sockaddr*>(&peer), &size, SOCK_NONBLOCK);
    UK_TEST_EXPECT(server >= 0 && size == sizeof(sa_family_t) && peer.ss_family == AF_UNIX);
    size = sizeof(peer);
    UK_TEST_EXPECT(getpeername(client, reinterpret_cast<sockaddr*>(&peer), &size) == 0);
    UK_TEST_EXPECT(size == SUN_LEN(&name) + 1 && memcmp(&peer, &name, size) == 0);
    for (const int fd : {server, client, listener})
        UK_TEST_EXPECT(close(fd) == 0);
    UK_TEST_EXPECT(unlink(name.sun_path) == 0);
}
