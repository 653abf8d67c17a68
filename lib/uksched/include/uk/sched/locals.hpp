// SPDX-License-Identifier: BSD-3-Clause
// For providers only: what the scheduler does for thread-local variables and for what threads carry
// for the edge. In images without them (LIBUKTLS, LIBUKSCHED_EDGE) nothing, and no instruction is
// spent on it.
#pragma once

#include <uk/config.hpp>
#include <uk/sched/thread.hpp>
#ifdef CONFIG_LIBUKTLS
#include <uk/tls.hpp>
#endif

namespace uk {

struct NoLocals {
    static bool locals_make(Thread& /*thread*/) { return true; }
    static void locals_enter(const Thread& /*thread*/) {}
    static void locals_end() {}
    static void locals_free(Thread& /*thread*/) {}
};

#ifdef CONFIG_LIBUKTLS

struct TlsLocals {
    static bool locals_make(Thread& thread) {
        thread.thread_pointer = tls::make();
        return thread.thread_pointer != nullptr;
    }
    // Idle threads have none and use none; the register keeps the last one's.
    static void locals_enter(const Thread& thread) {
        if (thread.thread_pointer != nullptr)
            tls::enter(thread.thread_pointer);
    }
    static void locals_end() { tls::run_exit_functions(); }
    static void locals_free(Thread& thread) {
        tls::free(thread.thread_pointer);
        thread.thread_pointer = nullptr;
    }
};

#else
using TlsLocals = NoLocals;
#endif

#ifdef CONFIG_LIBUKSCHED_EDGE

struct KernelLocals : TlsLocals {
    static bool locals_make(Thread& thread) {
        if (!TlsLocals::locals_make(thread))
            return false;
        if (edge_thread_made(thread))
            return true;
        TlsLocals::locals_free(thread);
        return false;
    }
    static void locals_end() {
        TlsLocals::locals_end();
        edge_thread_ends();
    }
};

#else
using KernelLocals = TlsLocals;
#endif

} // namespace uk
