// SPDX-License-Identifier: BSD-3-Clause
// The system calls that make sockets, connect them and ask for their names.
#include <uk/init.hpp>
#include <uk/posix/files.hpp>
#include <uk/syscall.h>
#include <uk/syscall/edge.hpp>
#ifdef CONFIG_LIBPOSIX_SIGNAL
#include <uk/signal.hpp>
#endif

#include "call.hpp"

namespace uk::posix {

namespace {

constexpr int kTypeBits = 0xf;
constexpr int kFlags = UK_SOCK_NONBLOCK | UK_SOCK_CLOEXEC;
static_assert(UK_SOCK_NONBLOCK == UK_O_NONBLOCK && UK_SOCK_CLOEXEC == UK_O_CLOEXEC);

Result<int> make_socket(int domain, int type, int protocol) {
    if ((type & ~(kTypeBits | kFlags)) != 0)
        return Errno::inval;
    const SocketKind kind{domain, type & kTypeBits, protocol};
    return add_file(UK_TRY(socket::make(kind, static_cast<uint32_t>(type & UK_SOCK_NONBLOCK))),
                    type);
}

Result<> make_pair(int domain, int type, int protocol, int* fds) {
    if ((type & ~(kTypeBits | kFlags)) != 0)
        return Errno::inval;
    const SocketKind kind{domain, type & kTypeBits, protocol};
    SocketPair<Socket> pair =
        UK_TRY(socket::make_pair(kind, static_cast<uint32_t>(type & UK_SOCK_NONBLOCK)));
    const int first = UK_TRY(add_file(std::move(pair.first), type));
    const Result<int> second = add_file(std::move(pair.second), type);
    Result<> result = second.ok() ? ok() : Result<>(second.error());
    if (result.ok()) {
        const int both[] = {first, second.value()};
        result = user::copy_out(Vaddr::of(fds), both, sizeof(both));
    }
    if (!result.ok()) {
        (void)fd_table().close(first);
        if (second.ok())
            (void)fd_table().close(second.value());
    }
    return result;
}

Result<> bind(int fd, const uk_sockaddr* to, uint32_t size) {
    Opened socket;
    UK_TRY(socket.open(fd));
    SocketAddress address;
    UK_TRY(read_address(address, to, size));
    return socket->bind(address);
}

Result<> listen(int fd, int backlog) {
    Opened socket;
    UK_TRY(socket.open(fd));
    return socket->listen(min(static_cast<unsigned>(backlog), unsigned{UK_SOMAXCONN}));
}

Result<> connect(int fd, const uk_sockaddr* to, uint32_t size) {
    Opened socket;
    UK_TRY(socket.open(fd));
    SocketAddress address;
    UK_TRY(read_address(address, to, size));
    return socket->connect(address);
}

Result<int> accept(int fd, uk_sockaddr* peer, uint32_t* peer_size, int flags) {
    if ((flags & ~kFlags) != 0)
        return Errno::inval;
    Opened socket;
    UK_TRY(socket.open(fd));
    SocketAddress address;
    Ref<Socket> accepted = UK_TRY(socket->accept(static_cast<uint32_t>(flags & UK_SOCK_NONBLOCK),
                                                 peer != nullptr ? &address : nullptr));
    if (peer != nullptr)
        UK_TRY(write_address(address, peer, peer_size));
    return add_file(std::move(accepted), flags);
}

Result<> name(int fd, SocketSide side, uk_sockaddr* out, uint32_t* room) {
    Opened socket;
    UK_TRY(socket.open(fd));
    SocketAddress address;
    UK_TRY(socket->name(side, address));
    return write_address(address, out, room);
}

Result<> shutdown(int fd, int how) {
    Opened socket;
    UK_TRY(socket.open(fd));
    if (how < UK_SHUT_RD || how > UK_SHUT_RDWR)
        return Errno::inval;
    return socket->shutdown(how);
}

Result<> set_option(int fd, int level, int name, const void* value, uint32_t size) {
    Opened socket;
    UK_TRY(socket.open(fd));
    if (static_cast<int32_t>(size) < 0)
        return Errno::inval;
    alignas(8) std::byte copy[SocketOption::kMost];
    size = min(size, static_cast<uint32_t>(sizeof(copy)));
    UK_TRY(user::copy_in(copy, Vaddr::of(value), size));
    (void)UK_TRY(socket->option({SocketOption::Way::set, level, name, {copy, size}}));
    return ok();
}

Result<> get_option(int fd, int level, int name, void* value, uint32_t* size) {
    Opened socket;
    UK_TRY(socket.open(fd));
    const auto given = UK_TRY(user::read<int32_t>(Vaddr::of(size)));
    if (given < 0)
        return Errno::inval;
    alignas(8) std::byte room[SocketOption::kMost];
    const size_t most = min(static_cast<size_t>(given), sizeof(room));
    const size_t got = UK_TRY(socket->option({SocketOption::Way::get, level, name, {room, most}}));
    UK_TRY(user::copy_out(Vaddr::of(value), room, got));
    return user::write(Vaddr::of(size), static_cast<uint32_t>(got));
}

#ifdef CONFIG_LIBPOSIX_SIGNAL
void broken() {
    constexpr int kProcess = 1;
    (void)signal::send(sched::current(), {UK_SIGPIPE, UK_SI_USER, kProcess});
}
Result<> set_up() {
    socket::set_broken(broken);
    return ok();
}
UK_INIT(lib, "SIGPIPE of sockets", set_up);
#endif

} // namespace

} // namespace uk::posix

using uk::OnSignal;
using uk::SocketSide;
namespace posix = uk::posix;

extern "C" {

long uk_sys_socket(int domain, int type, int protocol) {
    return uk::syscall([&] { return posix::make_socket(domain, type, protocol); });
}

long uk_sys_socketpair(int domain, int type, int protocol, int* fds) {
    return uk::syscall([&] { return posix::make_pair(domain, type, protocol, fds); });
}

long uk_sys_bind(int fd, const uk_sockaddr* to, uint32_t to_size) {
    return uk::syscall([&] { return posix::bind(fd, to, to_size); });
}

long uk_sys_listen(int fd, int backlog) {
    return uk::syscall([&] { return posix::listen(fd, backlog); });
}

long uk_sys_connect(int fd, const uk_sockaddr* to, uint32_t to_size) {
    return uk::syscall<OnSignal::restart>([&] { return posix::connect(fd, to, to_size); });
}

long uk_sys_accept4(int fd, uk_sockaddr* peer, uint32_t* peer_size, int flags) {
    return uk::syscall<OnSignal::restart>(
        [&] { return posix::accept(fd, peer, peer_size, flags); });
}

long uk_sys_accept(int fd, uk_sockaddr* peer, uint32_t* peer_size) {
    return uk_sys_accept4(fd, peer, peer_size, 0);
}

long uk_sys_getsockname(int fd, uk_sockaddr* out, uint32_t* out_size) {
    return uk::syscall([&] { return posix::name(fd, SocketSide::local, out, out_size); });
}

long uk_sys_getpeername(int fd, uk_sockaddr* out, uint32_t* out_size) {
    return uk::syscall([&] { return posix::name(fd, SocketSide::peer, out, out_size); });
}

long uk_sys_shutdown(int fd, int how) {
    return uk::syscall([&] { return posix::shutdown(fd, how); });
}

long uk_sys_setsockopt(int fd, int level, int name, const void* value, uint32_t value_size) {
    return uk::syscall([&] { return posix::set_option(fd, level, name, value, value_size); });
}

long uk_sys_getsockopt(int fd, int level, int name, void* value, uint32_t* value_size) {
    return uk::syscall([&] { return posix::get_option(fd, level, name, value, value_size); });
}

} // extern "C"
