// SPDX-License-Identifier: BSD-3-Clause
// Where this image's kernel may touch application memory.
#include <uk/hal/irq.hpp>
#include <uk/spinlock.hpp>
#include <uk/user.hpp>

// Without preemption nobody counts who holds a spinlock.
bool uk::user::detail::may_touch() {
    return !hal::in_interrupt() && preempt_count() == 0;
}
