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
    if (!cfg::libuksched_threads && g_look != nullptr)
        deadline_ns = g_look(deadline_ns);
    (void)sched::park(deadline_ns, {"file"});
}

} // namespace uk::posix
