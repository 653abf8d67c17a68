// SPDX-License-Identifier: BSD-3-Clause
// Private: how long a call waits.
#pragma once

#include <cstdint>

#include <uk/abi/time.h>
#include <uk/hal/clock.hpp>
#include <uk/posix/time.hpp>
#include <uk/sched.hpp>
#include <uk/user.hpp>

namespace uk::poll {

// As moments of the monotonic clock: 0 does not wait, kNever has no end.
inline uint64_t deadline_after(uint64_t ns) {
    return ns == 0 ? 0 : posix::add_ns(hal::clock_monotonic_ns(), ns);
}
inline uint64_t deadline_after_ms(int ms) {
    return ms < 0 ? kNever : deadline_after(static_cast<uint64_t>(ms) * 1'000'000);
}
// Of uk_timespec or uk_timeval; null: no end. Errors: EFAULT, EINVAL.
template <class T>
Result<uint64_t> read_deadline(const T* timeout) {
    if (timeout == nullptr)
        return kNever;
    return deadline_after(UK_TRY(posix::to_ns(UK_TRY(user::read<T>(Vaddr::of(timeout))))));
}
// What is left until then, for calls that say it; if that memory is not there any more, they do
// not.
template <class T, class Convert>
void write_left(T* timeout, uint64_t deadline, Convert convert) {
    if (timeout == nullptr || deadline == kNever)
        return;
    const uint64_t now = deadline == 0 ? 0 : hal::clock_monotonic_ns();
    (void)user::write(Vaddr::of(timeout), convert(deadline > now ? deadline - now : 0));
}

} // namespace uk::poll
