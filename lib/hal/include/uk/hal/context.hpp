// SPDX-License-Identifier: BSD-3-Clause
// Architecture contract 4 of 8: stopping one stack of calls and going on with another. A header
// slot: arch/<isa> provides <uk/hal_arch/context.hpp>; it needs no privilege, so it is the same on
// every platform.
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>

// The provider defines, in uk::hal:
//   struct Context { uintptr_t sp; };   a stopped stack of calls; all else lies on the stack
//   using ContextEntry = void (*)(void* argument);   never returns
//   Context context_make(void* top, ContextEntry entry, void* argument);
//       A context that starts in entry(argument) on the stack that ends below `top`, with the
//       floating-point control words of the caller. Backtraces end at it. Needs 256 bytes of stack.
//   void context_switch(Context& from, const Context& to);
//       Stops here, into `from`, and goes on where `to` was stopped. Returns when somebody switches
//       to `from`, perhaps on another CPU. Keeps what the calling convention keeps across a call,
//       and nothing else: callee-saved registers and floating-point control words. Interrupts stay
//       as they are; callers have them off. From threads and from act() (irq_on_exit()), never
//       from handlers.
#include <uk/hal_arch/context.hpp>

namespace uk::hal {

static_assert(std::is_trivially_copyable_v<Context> && sizeof(Context) == sizeof(uintptr_t));
static_assert(std::same_as<decltype(context_make(nullptr, ContextEntry{}, nullptr)), Context>);

} // namespace uk::hal
