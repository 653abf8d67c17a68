// SPDX-License-Identifier: BSD-3-Clause
// Sends threads away to handlers of signals, at the end of interrupts and exceptions.
#include <uk/hal/signal_frame.hpp>

#include <uk/hal/irq.hpp>
#include <uk/x86/trap.hpp>

#include "../trap/frame.hpp"

// What the processor pushes.
struct InterruptFrame {
    uint64_t rip, cs, rflags, rsp, ss;
};

extern "C" {
void uk_signal_at_irq_return(InterruptFrame* frame);
}

namespace uk {
namespace {

constexpr uintptr_t kRedZone = 128; // System V ABI: what a function may use below its stack pointer
constexpr uint64_t kTrapFlags = 1 << 8 | 1 << 14; // single step, nested task

void send_away(uint64_t& rip, uint64_t& rflags, uint64_t& rsp, uintptr_t top) {
    hal::Detour& from = *uk_signal_detour();
    from.pc = rip;
    from.sp = rsp;
    from.flags = rflags;
    rip = reinterpret_cast<uintptr_t>(uk_signal_entry);
    rflags &= ~(hal::kRflagsIf | kTrapFlags | 1 << 10);
    rsp = top;
}

} // namespace

bool x86::signal_at_fault(hal::TrapFrame& frame) {
    if (on_trap_stack(frame.rsp) || (hal::kThreadsOpenIrqs && (frame.rflags & hal::kRflagsIf) == 0))
        return false;
    const uintptr_t top = uk_signal_at_fault(&frame, frame.rsp - kRedZone);
    if (top != 0)
        send_away(frame.rip, frame.rflags, frame.rsp, top);
    return top != 0;
}

} // namespace uk

// On the kernel stack, interrupts off.
void uk_signal_at_irq_return(InterruptFrame* frame) {
    if (uk::x86::on_trap_stack(frame->rsp) || uk::hal::in_interrupt())
        return;
    const uintptr_t top = uk_signal_at_interrupt(frame->rsp - uk::kRedZone);
    if (top != 0)
        uk::send_away(frame->rip, frame->rflags, frame->rsp, top);
}
