// SPDX-License-Identifier: BSD-3-Clause
// Event: tells once, when asked to, that a descriptor of the host became ready. While nobody asks
// the host is not asked either, so a busy device costs no signals.
#pragma once

#include <cstdint>

#include <uk/base/atomic.hpp>
#include <uk/base/result.hpp>
#include <uk/hal/irq_line.hpp>
#include <uk/netdev.hpp>

namespace uk::hostnet {

class Event {
  public:
    // `line` as <uk/linuxabi/lines.hpp> has it; `what` is for the request's on_event, which is
    // not null. Disarmed. Once. Errors: no more lines.
    [[nodiscard]] Result<> attach(uint32_t line, uint8_t what, const netdev::StartRequest& request,
                                  Atomic<uint64_t>& interrupts);
    // What is ready already counts. One thread at a time; these two do nothing before attach().
    void arm();
    void disarm();

  private:
    static bool called(void* self);

    hal::IrqLine line_;
    hal::IrqAction action_{called, this};
    bool is_attached_ = false;
    Atomic<bool> is_armed_{false}; // else the line is masked, once
    uint8_t what_ = 0;
    void (*on_event_)(void* context, uint16_t queue, uint8_t what) = nullptr;
    void* context_ = nullptr;
    Atomic<uint64_t>* interrupts_ = nullptr;
};

} // namespace uk::hostnet
