// SPDX-License-Identifier: BSD-3-Clause
// Event channels of this domain.
#pragma once

#include <uk/base/result.hpp>
#include <uk/xen/abi.hpp>

namespace uk::xen {

// Lets Xen call on_event(port) for each event channel that was unmasked, with interrupts off; it
// may use no vector registers (|isr) and may not block. Once, in thread context. The error is
// Xen's.
[[nodiscard]] Result<> events_start(void (*on_event)(EventPort port));

// A channel that Xen rings on `cpu` for its `virq`, masked.
[[nodiscard]] Result<EventPort> bind_virq(uint32_t virq, unsigned cpu);

[[nodiscard]] Result<> unmask(EventPort port);

} // namespace uk::xen
