// SPDX-License-Identifier: BSD-3-Clause
// Sends threads away to handlers of the application's signals.
#include <uk/linuxabi/signal.hpp>

#include <uk/abi/ucontext.h>
#include <uk/assert.h>
#include <uk/base/bits.hpp>
#include <uk/hal/irq.hpp>
#include <uk/hal/signal_frame.hpp>
#include <uk/linuxabi/context.hpp>

#include "signal_isa.hpp" // of the architecture's folder

extern "C" {
extern const char uk_linuxabi_signal[]; // <isa>/signal.S
const char* uk_linuxabi_signal_arrived(uintptr_t copied);
}

namespace uk {
namespace {

using namespace linuxabi;

constinit const char* g_go_back = nullptr; // always the same

void* context_in(uintptr_t copied) {
    return reinterpret_cast<void*>(copied + kBeforeContext);
}

View view_of(const void* context) {
    uint64_t words[kWords];
    SignalFrame::read(context, words);
    return SignalFrame::view(words);
}

// 0 is no stack.
bool go_to(uintptr_t top, void* context, const View& view, const char* go_back) {
    constexpr size_t kRoom = 16384; // more than any processor's registers
    if (top == 0)
        return false;
    g_go_back = go_back;
    const auto start = reinterpret_cast<uintptr_t>(uk_linuxabi_signal);
    UK_VERIFY(detour<SignalFrame>(context, view, {start, 0, top, kRoom}));
    return true;
}

} // namespace

bool linuxabi::detail::send_away(void* context, const char* go_back) {
    const View view = view_of(context);
    return go_to(uk_signal_at_interrupt(view.sp - kRedZone), context, view, go_back);
}

bool linuxabi::detail::send_fault_away(void* context, const char* go_back,
                                       const hal::TrapFrame& fault) {
    if (hal::kThreadsOpenIrqs && !hal::irq_enabled())
        return false;
    const View view = view_of(context);
    return go_to(uk_signal_at_fault(&fault, view.sp - kRedZone), context, view, go_back);
}

bool linuxabi::detail::send_copy_away(uintptr_t copied, bool is_elsewhere, const char* go_back) {
    void* const context = context_in(copied);
    const View view = view_of(context);
    const uintptr_t sp = is_elsewhere ? view.sp - kRedZone : copied;
    return go_to(uk_signal_at_interrupt(sp), context, view, go_back);
}

} // namespace uk

// On the application's stack. What belongs to the host in the context is not for the application.
const char* uk_linuxabi_signal_arrived(uintptr_t copied) {
    auto& context = *static_cast<uk_ucontext*>(uk::context_in(copied));
    const uk_sigset_t mask = context.uc_sigmask;
    const uk_stack stack = context.uc_stack;
    if (uk::hal::kThreadsOpenIrqs)
        uk::hal::irq_enable();
    uk_signal_run(&context);
    uk::hal::irq_disable();
    context.uc_sigmask = mask;
    context.uc_stack = stack;
    return uk::g_go_back;
}
