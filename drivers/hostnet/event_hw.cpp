// SPDX-License-Identifier: BSD-3-Clause
// Interrupts of descriptors, one for each time that somebody asked.
#include "event.hpp"

namespace uk::hostnet {

Result<> Event::attach(uint32_t line, uint8_t what, const netdev::StartRequest& request,
                       Atomic<uint64_t>& interrupts) {
    line_ = UK_TRY(hal::irq_line(line, hal::IrqTrigger::edge_rising));
    what_ = what;
    on_event_ = request.on_event;
    context_ = request.context;
    interrupts_ = &interrupts;
    UK_TRY(hal::irq_attach(line_, action_));
    is_attached_ = true;
    hal::irq_mask(line_);
    return ok();
}

void Event::arm() {
    if (is_attached_ && !is_armed_.exchange_acq_rel(true))
        hal::irq_unmask(line_);
}

void Event::disarm() {
    if (is_attached_ && is_armed_.exchange_acq_rel(false))
        hal::irq_mask(line_);
}

// The line is masked before anybody can see that it has to be opened again.
bool Event::called(void* self) {
    Event& event = *static_cast<Event*>(self);
    if (!event.is_armed_.load_acquire())
        return true; // raised before it was masked
    hal::irq_mask(event.line_);
    if (!event.is_armed_.exchange_acq_rel(false)) {
        hal::irq_unmask(event.line_); // disarm() has masked it
        return true;
    }
    event.interrupts_->fetch_add_relaxed(1);
    event.on_event_(event.context_, 0, event.what_);
    return true;
}

} // namespace uk::hostnet
