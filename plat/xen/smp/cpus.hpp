// SPDX-License-Identifier: BSD-3-Clause
// The virtual CPUs of this domain, as the files of this platform see them.
#pragma once

#include <uk/base/result.hpp>
#include <uk/xen/abi.hpp>

namespace uk::xen {

// The timer of `cpu`, which is about to start, is the alarm that clock_alarm_start() began. The
// error is Xen's, or ENODEV (there is no timer).
[[nodiscard]] Result<> timer_joins(unsigned cpu);

// Channels by which other CPUs interrupt one.
struct Messages {
    EventPort kick;
    EventPort flush;
    EventPort stop;
};
extern Messages g_messages[];

// An event of this CPU: handles it if it is one of its messages.
bool on_message(EventPort port);

} // namespace uk::xen
