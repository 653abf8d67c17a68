// SPDX-License-Identifier: BSD-3-Clause
// Architecture contract 3 of 8: whether this CPU takes interrupts. A header slot:
// <uk/hal_irq/irq.hpp> comes from arch/<isa> where the image owns the CPU, and from plat/linuxu (a
// soft mask) where not.
#pragma once

#include <concepts>

// The provider defines, in uk::hal, all inline and callable from anywhere:
//   struct IrqState;             what irq_save() saw; trivially copyable
//   IrqState irq_save();         interrupts off; tells what was
//   void irq_restore(IrqState);  back to what was; delivers what became pending meanwhile
//   void irq_enable(); void irq_disable(); bool irq_enabled();
//   bool in_interrupt();         whether the caller is a handler, which may not switch threads
//   void cpu_halt();             waits for an interrupt; returns at once if one is pending
//   [[noreturn]] void cpu_stop();  stops this CPU for ever
#include <uk/hal_irq/irq.hpp>

namespace uk::hal {

static_assert(std::same_as<decltype(irq_save()), IrqState>);
static_assert(std::same_as<decltype(irq_enabled()), bool>);
static_assert(std::same_as<decltype(in_interrupt()), bool>);

} // namespace uk::hal
