// SPDX-License-Identifier: BSD-3-Clause
// The system calls about what the process may use and has used.
#include <uk/syscall.h>

#include <uk/abi/resource.h>
#include <uk/abi/time.h>
#include <uk/falloc/frame_allocator.hpp>
#include <uk/hal/clock.hpp>
#ifdef CONFIG_LIBPOSIX_FDTAB
#include <uk/posix/fdtab.hpp>
#endif
#include <uk/posix/process.hpp>
#include <uk/posix/time.hpp>
#include <uk/syscall/edge.hpp>
#include <uk/user.hpp>

namespace uk::posix {
namespace {

// The table of descriptors keeps to RLIMIT_NOFILE; again if another thread has set it meanwhile. It
// has room for what the limit is at most.
void limit_descriptors() {
#ifdef CONFIG_LIBPOSIX_FDTAB
    uint64_t most = 0;
    do {
        most = limit_of(UK_RLIMIT_NOFILE);
        (void)fd_table().set_limit(static_cast<unsigned>(most));
    } while (most != limit_of(UK_RLIMIT_NOFILE));
#endif
}

// Both ends are optional.
Result<> exchange_limit(int process, int resource, const uk_rlimit* wanted, uk_rlimit* before) {
    if (!is_this_process(process))
        return Errno::srch;
    uk_rlimit next{};
    if (wanted != nullptr)
        next = UK_TRY(user::read<uk_rlimit>(Vaddr::of(wanted)));
    const uk_rlimit last = UK_TRY(g_process.with([&](Process& of) -> Result<uk_rlimit> {
        const uk_rlimit found = UK_TRY(of.limits.get(resource));
        if (wanted != nullptr)
            UK_TRY(of.limits.set(resource, next, of.identity.privileged()));
        return found;
    }));
    if (wanted != nullptr && resource == UK_RLIMIT_NOFILE)
        limit_descriptors();
    return before == nullptr ? ok() : user::write(Vaddr::of(before), last);
}

Result<long> get_times(uk_tms* usage) {
    constexpr uint64_t kTickNs = kSecondNs / UK_CLK_TCK;
    if (usage != nullptr) {
        const uk_tms times{static_cast<int64_t>(cpu_time_ns() / kTickNs), 0, 0, 0};
        UK_TRY(user::write(Vaddr::of(usage), times));
    }
    return static_cast<long>(hal::clock_monotonic_ns() / kTickNs);
}

Result<> get_usage(int who, uk_rusage* out) {
    uk_rusage usage{};
    if (who == UK_RUSAGE_SELF || who == UK_RUSAGE_THREAD) {
        const FrameStats frames = falloc::stats();
        usage.ru_utime = to_timeval(cpu_time_ns());
        usage.ru_maxrss = static_cast<int64_t>((frames.total_bytes - frames.free_bytes) / 1024);
    } else if (who != UK_RUSAGE_CHILDREN) {
        return Errno::inval;
    }
    return user::write(Vaddr::of(out), usage);
}

} // namespace
} // namespace uk::posix

using namespace uk::posix;

extern "C" long uk_sys_prlimit64(int process, int resource, const uk_rlimit* wanted,
                                 uk_rlimit* before) {
    return uk::syscall([&] { return exchange_limit(process, resource, wanted, before); });
}
extern "C" long uk_sys_getrlimit(int resource, uk_rlimit* limit) {
    return uk::syscall([&]() -> uk::Result<> {
        if (limit == nullptr)
            return uk::Errno::fault;
        return exchange_limit(0, resource, nullptr, limit);
    });
}
extern "C" long uk_sys_setrlimit(int resource, const uk_rlimit* limit) {
    return uk::syscall([&]() -> uk::Result<> {
        if (limit == nullptr)
            return uk::Errno::fault;
        return exchange_limit(0, resource, limit, nullptr);
    });
}
extern "C" long uk_sys_times(uk_tms* usage) {
    return uk::syscall([&] { return get_times(usage); });
}
extern "C" long uk_sys_getrusage(int who, uk_rusage* usage) {
    return uk::syscall([&] { return get_usage(who, usage); });
}
