// SPDX-License-Identifier: BSD-3-Clause
// The virtual CPUs of this domain, as the files of this platform see them.
#pragma once

#include <uk/base/result.hpp>
#include <uk/hal/cpus.hpp>
#include <uk/xen/events.hpp>

namespace uk::xen {

// The timer of `cpu`, which is about to start, is the alarm that clock_alarm_start() began. The
// error is Xen's, or ENODEV (there is no timer).
[[nodiscard]] Result<> timer_joins(unsigned cpu);

// The channels that each CPU has: its timer, and those by which others interrupt it. 0: none yet.
enum class Channel : uint8_t { timer, kick, stop };
inline constexpr unsigned kChannels = 3;
extern EventPort g_channels[hal::kMostCpus][kChannels];
// Those of all CPUs but CPU 0.
extern EventSet g_elsewhere;

// Before it is unmasked. Thread context.
void give_channel(Channel channel, EventPort port, unsigned cpu);

// An event of this CPU: handles it if it is one of its messages.
bool on_message(EventPort port);

} // namespace uk::xen
