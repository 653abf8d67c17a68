// SPDX-License-Identifier: BSD-3-Clause
// AF_INET and AF_INET6 of this image.
#include <uk/alloc/heap.hpp>
#include <uk/hal/clock.hpp>
#include <uk/lwip/stack.hpp>
#include <uk/sched.hpp>
#include <uk/socket.hpp>

#include "tcp_socket.hpp"
#include "udp_socket.hpp"

namespace uk::lwip {
namespace {

struct Inet {
    using File = uk::File;
    using Socket = uk::Socket;
    using Source = ReadySource;
    using Thread = uk::Thread;
    using Mutex = uk::Mutex;
    using Core = lwip::Core;

    static Thread& current() { return sched::current(); }
    static void park(uint64_t deadline_ns) { (void)sched::park(deadline_ns, {"socket"}); }
    static void unpark(Thread& thread) { sched::unpark(thread); }
    static bool interrupted() {
#ifdef CONFIG_LIBUKSCHED_EDGE
        return sched::current().edge_work.load_relaxed() != 0;
#else
        return false;
#endif
    }
    static uint64_t now_ns() {
        return hal::clock_monotonic_ns();
    }
    static void* allocate(size_t size) {
        return heap::allocate(size);
    }
    static void deallocate(void* memory) {
        heap::deallocate(memory);
    }
    static bool look() {
        return lwip::look();
    }
};

Result<Ref<Socket>> create(const SocketKind& kind, uint32_t status) {
    switch (kind.type) {
    case UK_SOCK_STREAM:
        if (kind.protocol != 0 && kind.protocol != UK_IPPROTO_TCP)
            return Errno::protonosupport;
        return TcpSocket<Inet>::make(kind.domain, status);
    case UK_SOCK_DGRAM:
        if (kind.protocol != 0 && kind.protocol != UK_IPPROTO_UDP)
            return Errno::protonosupport;
        return UdpSocket<Inet>::make(kind.domain, status);
    default:
        return Errno::socktnosupport;
    }
}

} // namespace

#if LWIP_IPV4
UK_SOCKET_FAMILY({.domain = UK_AF_INET, .name = "inet (lwip)", .create = create});
#endif
#if LWIP_IPV6
UK_SOCKET_FAMILY({.domain = UK_AF_INET6, .name = "inet6 (lwip)", .create = create});
#endif

} // namespace uk::lwip
