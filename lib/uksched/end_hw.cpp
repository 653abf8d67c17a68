// SPDX-License-Identifier: BSD-3-Clause
// One thread ends the image.
#include <uk/base/atomic.hpp>
#include <uk/boot/shutdown.hpp>
#include <uk/sched.hpp>

void uk::bootup::end_alone() {
    static constinit Atomic<Thread*> first{nullptr};
    if (!sched::started())
        return;
    Thread* const self = &sched::current();
#ifdef CONFIG_LIBUKSCHED_EDGE
    self->in_kernel = true; // for ever: no handler of a signal, nor its default action
#endif
    while (!first.replace_acquire(nullptr, self) && first.load_relaxed() != self)
        (void)sched::park(kNever, {"end of the image"});
}
