// SPDX-License-Identifier: BSD-3-Clause
// One thread ends the image.
#include <uk/base/atomic.hpp>
#include <uk/boot/shutdown.hpp>
#include <uk/hal/clock.hpp>
#include <uk/sched.hpp>

void uk::bootup::end_alone() {
    // Longer than anything waits at the end. Who waits here may have what the end waits for: a
    // signal ends a thread in the middle of printf(), too, with the stream's lock.
    constexpr uint64_t kPatienceNs = 10'000'000'000;
    static constinit Atomic<Thread*> first{nullptr};
    if (!sched::started())
        return;
    Thread* const self = &sched::current();
    if (first.replace_acquire(nullptr, self) || first.load_relaxed() == self)
        return;
    const uint64_t until = hal::clock_monotonic_ns() + kPatienceNs;
    while (hal::clock_monotonic_ns() < until)
        (void)sched::park(until, {"end of the image"});
}
