// SPDX-License-Identifier: BSD-3-Clause
// The edge between application and kernel: what every system call is wrapped in.
//
//     extern "C" long uk_sys_read(int fd, void* data, size_t size) {
//         return uk::syscall([&] { return posix::read(fd, data, size); });
//     }
//
// For definitions of system calls only. The body is C++ that returns a Result of something
// integral, or of nothing (0).
//
// Where signals exist (LIBUKSCHED_EDGE), the thread is marked "in the kernel" meanwhile, so that no
// handler of the application runs in the middle of it, and what came meanwhile runs at the end. A
// body that waits looks at interrupted() whenever it was woken, and gives up with EINTR; then, with
// OnSignal::restart, it is called again if the handlers that ran permit it (SA_RESTART).
#pragma once

#include <cstdint>
#include <type_traits>

#include <uk/base/result.hpp>
#include <uk/config.hpp>
#ifdef CONFIG_LIBUKSCHED_EDGE
#include <uk/sched.hpp>
#endif

namespace uk {

// What EINTR from a body means: it goes to the caller, or the body may be called again. The latter
// only for bodies that have done nothing when they give up.
enum class OnSignal : uint8_t { fail, restart };

namespace edge {

// What waits for a thread on its way out of the kernel. Bits of Thread::edge_work.
inline constexpr uint32_t kSignal = 1; // a signal that its mask lets through
inline constexpr uint32_t kCancel = 2; // pthread_cancel()

} // namespace edge

namespace detail {

template <class T>
inline long edge_value(const Result<T>& result) {
    if constexpr (std::is_void_v<T>)
        return result.neg();
    else
        return result.ok() ? static_cast<long>(result.value()) : result.error().neg();
}
inline long edge_value(long result) {
    return result;
}

} // namespace detail

#ifdef CONFIG_LIBUKSCHED_EDGE

// Defined by who selects LIBUKSCHED_EDGE: runs what waits for the calling thread, which is not in
// the kernel afterwards. Application code runs inside, so it may never come back. Returns whether
// all handlers that ran have SA_RESTART.
bool edge_leave();

// For waits inside a system call: somebody wants the thread at the edge, give up.
inline bool interrupted() {
    return sched::current().edge_work.load_relaxed() != 0;
}

namespace detail {

// The thread is to end: nothing is called again.
inline bool cancelled() {
    return (sched::current().edge_work.load_relaxed() & edge::kCancel) != 0;
}

} // namespace detail

template <OnSignal kOnSignal = OnSignal::fail, class Body>
inline long syscall(Body body) {
    for (;;) {
        sched::current().in_kernel = true;
        const long result = detail::edge_value(body());
        if constexpr (kOnSignal == OnSignal::restart) {
            // Still in the kernel: handlers that an interrupt runs do not say what they permit.
            if (result == Error(Errno::intr).neg()) [[unlikely]] {
                if (edge_leave() && !detail::cancelled())
                    continue;
                return result;
            }
        }
        Thread& self = sched::current();
        self.in_kernel = false;
        if (self.edge_work.load_relaxed() != 0) [[unlikely]]
            edge_leave();
        return result;
    }
}

#else

inline constexpr bool interrupted() {
    return false;
}

template <OnSignal kOnSignal = OnSignal::fail, class Body>
inline long syscall(Body body) {
    return detail::edge_value(body());
}

#endif

} // namespace uk

// A system call that has both faces of <uk/syscall.h>; `...` is what its body returns, type is that
// of the face for C libraries.
//
//     UK_SYSCALL_FACES(long, lseek, (int fd, int64_t offset, int whence), uk::OnSignal::fail,
//                      uk::posix::lseek(fd, offset, whence))
//
// The body is inlined into both, and should say so of itself: a compiler makes a function of what
// is there twice. The second looks at the result behind the edge, where a handler has left errno.
#define UK_FACE_BODY_(on_signal, ...)                                                              \
    uk::syscall<on_signal>([&]() __attribute__((always_inline)) { return __VA_ARGS__; })
#ifdef CONFIG_LIBSYSCALL_SHIM_C
#define UK_C_FACE_(type, name, parameters, ...)                                                    \
    extern "C" type uk_c_##name parameters {                                                       \
        const long result = __VA_ARGS__;                                                           \
        return static_cast<type>(result < 0 ? uk_c_failed(result) : result);                       \
    }
#else
#define UK_C_FACE_(...)
#endif
#define UK_SYSCALL_FACES(type, name, parameters, on_signal, ...)                                   \
    extern "C" long uk_sys_##name parameters {                                                     \
        return UK_FACE_BODY_(on_signal, __VA_ARGS__);                                              \
    }                                                                                              \
    UK_C_FACE_(type, name, parameters, UK_FACE_BODY_(on_signal, __VA_ARGS__))
