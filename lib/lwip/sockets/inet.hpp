// SPDX-License-Identifier: BSD-3-Clause
// The environment of sockets of the Internet in this image.
#pragma once

#include <uk/alloc/heap.hpp>
#include <uk/hal/clock.hpp>
#include <uk/lwip/stack.hpp>
#include <uk/sched.hpp>
#include <uk/socket.hpp>

#include "environment.hpp"

namespace uk::lwip {

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

} // namespace uk::lwip
