// SPDX-License-Identifier: BSD-3-Clause
// Architecture contract 8 of 8: letting a thread run something of its own in the middle of what it
// does, with all its registers kept: handlers of signals. Only in images with LIBUKSCHED_EDGE,
// whose signal library defines the functions below; the architecture calls them, on linuxu
// drivers/linuxabi.
//
// The thread goes on in uk_signal_arrived(), on its own stack or another one of the application's,
// in thread context. Above it lies its state as Linux's ucontext of the ISA (<uk/abi/ucontext.h>),
// with the extended registers. When it returns, the thread goes on as the context says: as it was,
// or where a handler sent it.
#pragma once

#include <cstdint>

#include <uk/config.hpp>
#include <uk/hal/trap.hpp>

struct uk_ucontext;

namespace uk::hal {

// Whether threads run with interrupts on, so that a fault with them off is the kernel's own. Where
// threads are not preempted interrupts are off but while the processor waits.
inline constexpr bool kThreadsOpenIrqs = cfg::libukspinlock_preempt;

// Where a thread was when it was sent away. Kept until its context is on the stack.
struct Detour {
    uintptr_t pc = 0;
    uintptr_t sp = 0;
    uint64_t flags = 0; // the processor's word of state
    // Of an exception, as in TrapInfo.
    uintptr_t address = 0;
    uint64_t error = 0;
    uint64_t number = 0;
};

} // namespace uk::hal

extern "C" {

// At the end of an interrupt that came in a thread, before the thread goes on (if it was switched
// away meanwhile: when it comes back). Interrupts off, on the stack of interrupts, no vector
// registers (compile it with |isr). Not 0: the thread is to run handlers first, on the stack
// that ends there, aligned to 16; `sp` is its stack pointer. Then it counts as in the kernel.
uintptr_t uk_signal_at_interrupt(uintptr_t sp);

// The same for an exception that nobody repaired, on its stack. 0: it is no signal, the caller goes
// on to uk_crash().
uintptr_t uk_signal_at_fault(const uk::hal::TrapFrame* frame, uintptr_t sp);

// For the status of an image that ends by an exception: the signal that this is, 0 if it is none.
// In the exception's handler.
int uk_signal_of_fault(const uk::hal::TrapFrame* frame);

// Where the architecture notes pc, sp and flags of the interrupted thread, after one of the two
// above sent it away; interrupts are off. Not on linuxu.
uk::hal::Detour* uk_signal_detour();

// Where the thread goes on: the architecture's frame is made to point here. It is the signal
// library's, in the folder of the architecture, since nothing of it needs its data.
extern const char uk_signal_entry[];

// By uk_signal_entry: on the stack that was given, interrupts off, with
// its general and extended registers in `context`, and room for the rest, which this fills in.
// Opens interrupts as they are open in threads. When it returns, whoever called goes on as the
// context says. May never come back. Not on linuxu.
void uk_signal_arrived(struct uk_ucontext* context);

// The same with a context that is whole, interrupts as in threads: on linuxu, where it is the
// host's.
void uk_signal_run(struct uk_ucontext* context);
}
