// SPDX-License-Identifier: BSD-3-Clause
// How threads wait for files.
#include <uk/posix/files.hpp>

namespace uk::posix {

namespace {

constinit LookAround g_look = nullptr;

} // namespace

void set_look_around(LookAround look) {
    g_look = look;
}

void ImageFiles::park(uint64_t deadline_ns) {
    if constexpr (cfg::libuksched_threads) {
        (void)sched::park(deadline_ns, {"file"});
    } else {
        constexpr uint64_t kSoon = 1'000'000;
        if (g_look == nullptr)
            return (void)sched::park(deadline_ns, {"file"});
        g_look();
        const uint64_t soon = hal::clock_monotonic_ns() + kSoon;
        (void)sched::park(soon < deadline_ns ? soon : deadline_ns, {"file"});
    }
}

} // namespace uk::posix
