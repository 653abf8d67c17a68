// SPDX-License-Identifier: BSD-3-Clause
// What a device's interrupt does: it wakes the stack's thread.
#include "stack_impl.hpp"

namespace uk::lwip {

void on_device_event(void* context, uint16_t /*queue*/, uint8_t what) {
    auto& wakes = *static_cast<Wakes*>(context);
    (void)wakes.events.fetch_or_acq_rel(what);
    if (Thread* service = wakes.service.load_acquire())
        sched::unpark(*service);
}

} // namespace uk::lwip
