// SPDX-License-Identifier: BSD-3-Clause
// What a CPU does when another one interrupts it.
#include <uk/hal/cpus.hpp>
#include <uk/hal/irq.hpp>

#include "apic.hpp"

namespace uk {
namespace {

using Handler = void (*)();
constinit Handler g_on_kick = nullptr;

} // namespace

void hal::cpus_on_kick(void (*handler)()) {
    g_on_kick = handler;
}

void kvm::on_message(unsigned line) {
    switch (line) {
    case kKickLine:
        return g_on_kick();
    case kFlushLine:
        return x86::serve_flush();
    case kStopLine:
        hal::cpu_stop();
    default: // nobody sends it
        return;
    }
}

} // namespace uk
