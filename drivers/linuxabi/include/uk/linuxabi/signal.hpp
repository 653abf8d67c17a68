// SPDX-License-Identifier: BSD-3-Clause
// Handlers of the application's signals on a Linux host (<uk/hal/signal_frame.hpp>): the state of
// an interrupted thread is the host's, copied to the application's stack, and the host's return
// from a handler goes back to it.
#pragma once

#include <cstdint>

#include <uk/config.hpp>
#include <uk/hal/trap.hpp>

namespace uk::linuxabi {

// All three answer whether the thread runs handlers first. It goes on at `go_back` afterwards,
// interrupts off, with the stack pointer at a copy of its state that rt_sigreturn can take. In
// images without signals they do nothing.

namespace detail {
bool send_away(void* context, const char* go_back);
bool send_fault_away(void* context, const char* go_back, const hal::TrapFrame& fault);
bool send_copy_away(uintptr_t copied, bool is_elsewhere, const char* go_back);
} // namespace detail

// At the end of an interrupt; `context` is the third argument of the host's handler, which runs.
inline bool send_away([[maybe_unused]] void* context, [[maybe_unused]] const char* go_back) {
    if constexpr (cfg::libuksched_edge)
        return detail::send_away(context, go_back);
    return false;
}
// After a fault, which came with interrupts on or is none of the application.
inline bool send_fault_away([[maybe_unused]] void* context, [[maybe_unused]] const char* go_back,
                            [[maybe_unused]] const hal::TrapFrame& fault) {
    if constexpr (cfg::libuksched_edge)
        return detail::send_fault_away(context, go_back, fault);
    return false;
}
// Before the state at `copied` (0: none) goes on, interrupts off; otherwise than `is_elsewhere` it
// lies on the thread's own stack.
inline bool send_copy_away([[maybe_unused]] uintptr_t copied, [[maybe_unused]] bool is_elsewhere,
                           [[maybe_unused]] const char* go_back) {
    if constexpr (cfg::libuksched_edge)
        return copied != 0 && detail::send_copy_away(copied, is_elsewhere, go_back);
    return false;
}

} // namespace uk::linuxabi
