// SPDX-License-Identifier: BSD-3-Clause
// The console of a domain as one that interrupts: what hal::console_await() of this library and the
// platform, which has the console, want of each other.
#pragma once

#include <uk/base/result.hpp>
#include <uk/xen/abi.hpp>

namespace uk::xen {

// The platform defines these.
//
// The channel that is rung when somebody types; one of the hypervisor's is bound by this. Once, in
// thread context. Errors: ENODEV (there is no console), Xen's.
[[nodiscard]] Result<EventPort> console_event();
// Whether console_read() may answer anything but 0. From anywhere (|isr).
[[nodiscard]] bool console_may_be_readable();

} // namespace uk::xen
