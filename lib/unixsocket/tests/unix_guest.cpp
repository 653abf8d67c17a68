// SPDX-License-Identifier: BSD-3-Clause
// Sockets of AF_UNIX by their system calls.
#include <uk/abi/epoll.h>
#include <uk/abi/fcntl.h>
#include <uk/abi/ioctl.h>
#include <uk/abi/poll.h>
#include <uk/abi/socket.h>
#include <uk/abi/stat.h>
#include <uk/abi/uio.h>
#include <uk/abi/un.h>
#include <uk/sched.hpp>
#include <uk/sched/test.hpp>
#include <uk/string.h>
#include <uk/syscall.h>
#include <uk/test.hpp>

namespace {

using uk::Errno;

constexpr long neg(Errno error) {
    return -static_cast<long>(error);
}
template <class T = void>
T* nowhere() {
    return reinterpret_cast<T*>(uintptr_t{8}); // page zero is never mapped
}

// A descriptor, while this lives.
struct Fd {
    Fd(long made = -1) : number(static_cast<int>(made)) {}
    ~Fd() { close(); }
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    void close() {
        if (number >= 0)
            uk_sys_close(number);
        number = -1;
    }
    operator int() const { return number; }
    int number;
};
struct Pair {
    explicit Pair(int type) {
        int fds[2] = {-1, -1};
        ok = uk_sys_socketpair(UK_AF_UNIX, type, 0, fds) == 0;
        a.number = fds[0];
        b.number = fds[1];
    }
    Fd a, b;
    bool ok;
};

struct Address {
    // A path, or, beginning with '@', an abstract name.
    explicit Address(const char* name) {
        size = static_cast<uint32_t>(2 + strlen(name) + (name[0] == '@' ? 0 : 1));
        memcpy(bytes.sun_path, name, strlen(name) + 1);
        if (name[0] == '@')
            bytes.sun_path[0] = '\0';
    }
    const uk_sockaddr* get() const { return reinterpret_cast<const uk_sockaddr*>(&bytes); }
    uk_sockaddr_un bytes{UK_AF_UNIX, {}};
    uint32_t size;
};

constexpr int kTypes[] = {UK_SOCK_STREAM, UK_SOCK_DGRAM, UK_SOCK_SEQPACKET};

uint32_t ready(int fd) {
    uk_pollfd poll{fd, UK_POLLIN | UK_POLLOUT | UK_POLLRDHUP, 0};
    uk_timespec none{};
    (void)uk_sys_ppoll(&poll, 1, &none, nullptr, 0);
    return static_cast<uint16_t>(poll.revents);
}

} // namespace

UK_TEST(unix_pairs)
{
    for (const int type : kTypes) {
        Pair pair(type | UK_SOCK_NONBLOCK | UK_SOCK_CLOEXEC);
        UK_TEST_ASSERT(pair.ok);
        char text[16] = {};
        UK_TEST_EXPECT(uk_sys_read(pair.a, text, 16) == neg(Errno::again));
        UK_TEST_EXPECT(uk_sys_write(pair.b, "hello", 5) == 5);
        int waiting = 0;
        UK_TEST_EXPECT(
            uk_sys_ioctl(pair.a, UK_FIONREAD, reinterpret_cast<unsigned long>(&waiting)) == 0);
        UK_TEST_EXPECT(waiting == 5 && ready(pair.a) == (UK_POLLIN | UK_POLLOUT));
        UK_TEST_EXPECT(uk_sys_recvfrom(pair.a, text, 16, UK_MSG_PEEK, nullptr, nullptr) == 5);
        UK_TEST_EXPECT(uk_sys_read(pair.a, text, 16) == 5 && memcmp(text, "hello", 5) == 0);
        UK_TEST_EXPECT(uk_sys_fcntl(pair.a, UK_F_GETFD, 0) == UK_FD_CLOEXEC);
        uk_stat stat;
        UK_TEST_EXPECT(uk_sys_fstat(pair.a, &stat) == 0 &&
                       (stat.st_mode & UK_S_IFMT) == UK_S_IFSOCK);
        UK_TEST_EXPECT(uk_sys_lseek(pair.a, 0, 0) == neg(Errno::spipe));
        UK_TEST_EXPECT(uk_sys_sendto(pair.a, nowhere(), 4, 0, nullptr, 0) == neg(Errno::fault));
        int is = 0;
        uint32_t size = sizeof(is);
        UK_TEST_EXPECT(uk_sys_getsockopt(pair.a, UK_SOL_SOCKET, UK_SO_TYPE, &is, &size) == 0);
        UK_TEST_EXPECT(is == type && size == 4);
        UK_TEST_EXPECT(uk_sys_getsockopt(pair.a, 6, 1, &is, &size) == neg(Errno::opnotsupp));
        UK_TEST_EXPECT(uk_sys_shutdown(pair.a, 3) == neg(Errno::inval));
        UK_TEST_EXPECT(uk_sys_shutdown(pair.b, UK_SHUT_RDWR) == 0);
        if (type != UK_SOCK_DGRAM)
            UK_TEST_EXPECT(uk_sys_read(pair.a, text, 16) == 0 && (ready(pair.a) & UK_POLLHUP) != 0);
    }
    UK_TEST_EXPECT(uk_sys_socketpair(UK_AF_UNIX, UK_SOCK_STREAM, 0, nowhere<int>()) ==
                   neg(Errno::fault));
    UK_TEST_EXPECT(uk_sys_socket(UK_AF_UNIX, UK_SOCK_RDM, 0) == neg(Errno::socktnosupport));
    UK_TEST_EXPECT(uk_sys_socket(UK_AF_UNIX, UK_SOCK_STREAM, 6) == neg(Errno::protonosupport));
}

namespace {

void serve(uk::test::Context& uk_test, const Address& name) {
    Fd listener(uk_sys_socket(UK_AF_UNIX, UK_SOCK_STREAM | UK_SOCK_NONBLOCK, 0));
    Fd client(uk_sys_socket(UK_AF_UNIX, UK_SOCK_STREAM, 0));
    UK_TEST_ASSERT(uk_sys_bind(listener, name.get(), name.size) == 0);
    UK_TEST_EXPECT(uk_sys_bind(client, name.get(), name.size) == neg(Errno::addrinuse));
    UK_TEST_EXPECT(uk_sys_connect(client, name.get(), name.size) == neg(Errno::connrefused));
    UK_TEST_EXPECT(uk_sys_listen(listener, 5) == 0);
    UK_TEST_EXPECT(uk_sys_accept(listener, nullptr, nullptr) == neg(Errno::again));
    UK_TEST_EXPECT(uk_sys_connect(client, name.get(), name.size) == 0);
    uk_sockaddr_un peer;
    uint32_t size = sizeof(peer);
    Fd server(
        uk_sys_accept4(listener, reinterpret_cast<uk_sockaddr*>(&peer), &size, UK_SOCK_CLOEXEC));
    UK_TEST_EXPECT(server >= 0 && size == 2 && peer.sun_family == UK_AF_UNIX);
    size = sizeof(peer);
    UK_TEST_EXPECT(uk_sys_getpeername(client, reinterpret_cast<uk_sockaddr*>(&peer), &size) == 0);
    UK_TEST_EXPECT(size == name.size && memcmp(&peer, &name.bytes, size) == 0);
    char text[8];
    UK_TEST_EXPECT(uk_sys_write(client, "ping", 4) == 4 && uk_sys_read(server, text, 8) == 4);
    client.close();
    UK_TEST_EXPECT(uk_sys_read(server, text, 8) == 0);
}

} // namespace

UK_TEST(unix_abstract_names)
{
    serve(uk_test, Address("@a name"));
    serve(uk_test, Address("@a name")); // it is free again
}

#ifdef CONFIG_LIBPOSIX_VFS
UK_TEST(unix_paths)
{
    UK_TEST_ASSERT(uk_sys_mkdir("/unix-test", 0755) == 0);
    const Address name("/unix-test/socket");
    serve(uk_test, name);
    uk_stat stat;
    UK_TEST_EXPECT(uk_sys_newfstatat(UK_AT_FDCWD, "/unix-test/socket", &stat, 0) == 0);
    UK_TEST_EXPECT(stat.st_mode == (UK_S_IFSOCK | 0755));
    UK_TEST_EXPECT(uk_sys_open("/unix-test/socket", UK_O_RDWR, 0) == neg(Errno::nxio));
    {
        Fd client(uk_sys_socket(UK_AF_UNIX, UK_SOCK_STREAM, 0)); // nobody listens any more
        UK_TEST_EXPECT(uk_sys_connect(client, name.get(), name.size) == neg(Errno::connrefused));
        UK_TEST_EXPECT(uk_sys_bind(client, name.get(), name.size) == neg(Errno::addrinuse));
        UK_TEST_EXPECT(uk_sys_unlink("/unix-test/socket") == 0);
        UK_TEST_EXPECT(uk_sys_connect(client, name.get(), name.size) == neg(Errno::noent));
        const Address folder("/unix-test");
        UK_TEST_EXPECT(uk_sys_connect(client, folder.get(), folder.size) ==
                       neg(Errno::connrefused));
    }
    serve(uk_test, name);
    UK_TEST_EXPECT(uk_sys_unlink("/unix-test/socket") == 0);
    // What a file has goes to a socket.
    Pair pair(UK_SOCK_STREAM);
    Fd file(uk_sys_open("/unix-test/file", UK_O_RDWR | UK_O_CREAT, 0644));
    char text[16];
    UK_TEST_EXPECT(uk_sys_write(file, "0123456789", 10) == 10);
    int64_t from = 3;
    UK_TEST_EXPECT(uk_sys_sendfile(pair.a, file, &from, 100) == 7 && from == 10);
    UK_TEST_EXPECT(uk_sys_read(pair.b, text, 16) == 7 && memcmp(text, "3456789", 7) == 0);
    UK_TEST_EXPECT(uk_sys_unlink("/unix-test/file") == 0 && uk_sys_rmdir("/unix-test") == 0);
}
#endif

UK_TEST(unix_descriptors_in_messages)
{
    Pair pair(UK_SOCK_STREAM);
    int pipe[2];
    UK_TEST_ASSERT(pair.ok && uk_sys_pipe2(pipe, 0) == 0);
    struct {
        uk_cmsghdr head{sizeof(uk_cmsghdr) + sizeof(int), UK_SOL_SOCKET, UK_SCM_RIGHTS};
        int fd = -1;
        int padding = 0;
    } control;
    control.fd = pipe[1];
    char byte = 'x';
    uk_iovec piece{&byte, 1};
    uk_msghdr message{nullptr, 0, &piece, 1, &control, sizeof(control), 0};
    UK_TEST_EXPECT(uk_sys_sendmsg(pair.a, &message, 0) == 1);
    UK_TEST_EXPECT(uk_sys_close(pipe[1]) == 0);
    control.fd = -1;
    UK_TEST_EXPECT(uk_sys_recvmsg(pair.b, &message, UK_MSG_CMSG_CLOEXEC) == 1);
    UK_TEST_EXPECT(message.msg_controllen == sizeof(control) &&
                   (message.msg_flags & UK_MSG_CTRUNC) == 0);
    UK_TEST_ASSERT(control.fd >= 0 && control.head.cmsg_type == UK_SCM_RIGHTS);
    UK_TEST_EXPECT(uk_sys_fcntl(control.fd, UK_F_GETFD, 0) == UK_FD_CLOEXEC);
    UK_TEST_EXPECT(uk_sys_write(control.fd, "!", 1) == 1 && uk_sys_read(pipe[0], &byte, 1) == 1);
    UK_TEST_EXPECT(uk_sys_close(control.fd) == 0 && uk_sys_close(pipe[0]) == 0);
    control.head.cmsg_len = 5;
    UK_TEST_EXPECT(uk_sys_sendmsg(pair.a, &message, 0) == neg(Errno::inval));
    message.msg_iovlen = 2000;
    UK_TEST_EXPECT(uk_sys_sendmsg(pair.a, &message, 0) == neg(Errno::msgsize));
    UK_TEST_EXPECT(uk_sys_recvmsg(pair.a, nowhere<uk_msghdr>(), 0) == neg(Errno::fault));
}

UK_TEST(unix_many_messages)
{
    Pair pair(UK_SOCK_DGRAM);
    char in[4][8], out[4][8] = {"one", "two", "three", "four"};
    uk_iovec pieces[4];
    uk_mmsghdr messages[4] = {};
    for (unsigned i = 0; i < 4; i++) {
        pieces[i] = {out[i], strlen(out[i])};
        messages[i].msg_hdr.msg_iov = &pieces[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    UK_TEST_EXPECT(uk_sys_sendmmsg(pair.a, messages, 3, 0) == 3 && messages[2].msg_len == 5);
    for (unsigned i = 0; i < 4; i++)
        pieces[i] = {in[i], 8};
    UK_TEST_EXPECT(uk_sys_recvmmsg(pair.b, messages, 4, UK_MSG_WAITFORONE, nullptr) == 3);
    UK_TEST_EXPECT(messages[2].msg_len == 5 && memcmp(in[2], "three", 5) == 0);
    UK_TEST_EXPECT(uk_sys_recvmmsg(pair.b, messages, 4, UK_MSG_DONTWAIT, nullptr) ==
                   neg(Errno::again));
}

UK_TEST(unix_epoll)
{
    Pair pair(UK_SOCK_STREAM | UK_SOCK_NONBLOCK);
    Fd epoll(uk_sys_epoll_create1(0));
    uk_epoll_event event{UK_EPOLLIN | UK_EPOLLET | UK_EPOLLRDHUP, 7};
    UK_TEST_EXPECT(uk_sys_epoll_ctl(epoll, UK_EPOLL_CTL_ADD, pair.a, &event) == 0);
    UK_TEST_EXPECT(uk_sys_epoll_pwait(epoll, &event, 1, 0, nullptr, 8) == 0);
    UK_TEST_EXPECT(uk_sys_write(pair.b, "x", 1) == 1);
    UK_TEST_EXPECT(uk_sys_epoll_pwait(epoll, &event, 1, 0, nullptr, 8) == 1);
    UK_TEST_EXPECT(event.events == UK_EPOLLIN);
    UK_TEST_EXPECT(uk_sys_epoll_pwait(epoll, &event, 1, 0, nullptr, 8) == 0);
    UK_TEST_EXPECT(uk_sys_write(pair.b, "y", 1) == 1);
    UK_TEST_EXPECT(uk_sys_epoll_pwait(epoll, &event, 1, 0, nullptr, 8) == 1);
    pair.b.close();
    UK_TEST_EXPECT(uk_sys_epoll_pwait(epoll, &event, 1, 0, nullptr, 8) == 1);
    UK_TEST_EXPECT(event.events == (UK_EPOLLIN | UK_EPOLLRDHUP | UK_EPOLLHUP));
}

namespace {

constexpr int kRounds = 200;
int g_echo;

void* echo(void* /*argument*/) {
    char byte;
    while (uk_sys_recvfrom(g_echo, &byte, 1, 0, nullptr, nullptr) == 1) {
        if (uk_sys_sendto(g_echo, &byte, 1, 0, nullptr, 0) != 1)
            return &g_echo;
    }
    return nullptr;
}

} // namespace

UK_TEST(unix_round_trips_between_threads)
{
    UK_TEST_NEEDS_THREADS;
    for (const int type : kTypes) {
        Pair pair(type);
        UK_TEST_ASSERT(pair.ok);
        g_echo = pair.b;
        auto other = uk::sched::create({.name = "echo"}, echo, nullptr);
        UK_TEST_ASSERT(other.ok());
        int right = 0;
        for (int i = 0; i < kRounds; i++) {
            char byte = static_cast<char>(i);
            const bool sent = uk_sys_sendto(pair.a, &byte, 1, 0, nullptr, 0) == 1;
            const bool got = uk_sys_recvfrom(pair.a, &byte, 1, 0, nullptr, nullptr) == 1;
            right += sent && got && byte == static_cast<char>(i) ? 1 : 0;
        }
        UK_TEST_EXPECT(right == kRounds);
        UK_TEST_EXPECT(uk_sys_sendto(pair.a, "", 0, 0, nullptr, 0) == 0); // of packets the end
        UK_TEST_EXPECT(uk_sys_shutdown(pair.a, UK_SHUT_WR) == 0);
        UK_TEST_EXPECT(uk::sched::join(*other.value()).value_or(&g_echo) == nullptr);
    }
}

#ifdef CONFIG_LIBPOSIX_SIGNAL
namespace {

int g_broken;

} // namespace

UK_TEST(unix_sends_sigpipe)
{
    uk_sigaction action{}, before{};
    action.handler = [](int number, uk_siginfo*, void*) { g_broken = number; };
    UK_TEST_EXPECT(uk_sys_rt_sigaction(UK_SIGPIPE, &action, &before, sizeof(uk_sigset_t)) == 0);
    Pair pair(UK_SOCK_STREAM);
    pair.b.close();
    UK_TEST_EXPECT(uk_sys_sendto(pair.a, "x", 1, UK_MSG_NOSIGNAL, nullptr, 0) == neg(Errno::pipe));
    UK_TEST_EXPECT(g_broken == 0);
    UK_TEST_EXPECT(uk_sys_write(pair.a, "x", 1) == neg(Errno::pipe));
    UK_TEST_EXPECT(g_broken == UK_SIGPIPE);
    UK_TEST_EXPECT(uk_sys_rt_sigaction(UK_SIGPIPE, &before, nullptr, sizeof(uk_sigset_t)) == 0);
}
#endif
