// SPDX-License-Identifier: BSD-3-Clause
// Architecture contract 3 of 8: whether this CPU takes interrupts, and switches threads when one
// ends. A header slot:
// <uk/hal_irq/irq.hpp> comes from arch/<isa> where the image owns the CPU, and from plat/linuxu (a
// soft mask) where not.
#pragma once

#include <concepts>
#include <cstddef>

// The provider defines, in uk::hal, inline but irq_on_exit(). Callable from anywhere, never fail:
//   struct IrqState;             what irq_save() saw; trivially copyable
//   IrqState irq_save();         interrupts off; tells what was
//   void irq_restore(IrqState);  back to what was; delivers what became pending meanwhile
//   void irq_enable(); void irq_disable(); bool irq_enabled();
//   bool in_interrupt();         whether the caller is a handler, which may not switch threads;
//                                false in act()
//   [[noreturn]] void cpu_stop();  stops this CPU for ever
//
// Thread context:
//   void cpu_halt();             blocks until an interrupt came; returns at once if one is pending;
//                                interrupts are open meanwhile and afterwards as they were. The
//                                caller may be switched in it, if wanted() says so
//
// For a preemptive scheduler. A port without preemption defines all four, too; nobody calls the
// functions then:
//   constexpr bool kIrqPreempts;        whether interrupts can end in act()
//   constexpr size_t kKernelStackBytes; least size of a kernel stack; 0 without preemption
//   void irq_on_exit(bool (*wanted)(), void (*act)());
//       At the end of each interrupt that came in a thread, and perhaps of each cpu_halt():
//       wanted() is asked, with interrupts off and no vector registers (compile it with |isr). If
//       it says true, all registers of the thread are saved and act() is called, interrupts
//       off: ordinary code that may call context_switch(), and comes back when the thread goes
//       on. Once, in thread context. Panics if kKernelStackBytes is too small for the registers of
//       this CPU (x86_64 in debug builds; linuxu at the first switch).
//   void kernel_stack_set(void* top);
//       Where handlers and act() run from now on: below `top`, aligned to 16, kKernelStackBytes
//       of it. Thread context or act(), with interrupts off, right before the switch to the thread
//       that owns it; never from handlers (arm64: the caller must be on SP_EL0). Before the first
//       call there is no kernel stack; docs/hal/irq.md says what runs where then.
#include <uk/hal_irq/irq.hpp>

namespace uk::hal {

static_assert(std::same_as<decltype(irq_save()), IrqState>);
static_assert(std::same_as<decltype(irq_enabled()), bool>);
static_assert(std::same_as<decltype(in_interrupt()), bool>);
static_assert(std::same_as<decltype(irq_restore(irq_save())), void>);
static_assert(std::same_as<decltype(irq_enable()), void>);
static_assert(std::same_as<decltype(irq_disable()), void>);
static_assert(std::same_as<decltype(cpu_halt()), void>);
static_assert(std::same_as<decltype(cpu_stop()), void>);
static_assert(std::same_as<decltype(kIrqPreempts), const bool>);
static_assert(std::same_as<decltype(kKernelStackBytes), const size_t>);
static_assert(std::same_as<decltype(irq_on_exit(nullptr, nullptr)), void>);
static_assert(std::same_as<decltype(kernel_stack_set(nullptr)), void>);
static_assert(!kIrqPreempts || kKernelStackBytes != 0);

} // namespace uk::hal
