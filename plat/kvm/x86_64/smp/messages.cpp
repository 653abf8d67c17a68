// SPDX-License-Identifier: BSD-3-Clause
// What a CPU does when another one interrupts it.
#include <uk/hal/cpus.hpp>
#include <uk/hal/irq.hpp>

#include "apic.hpp"

namespace uk {
void kvm::on_message(unsigned line) {
    switch (line) {
    case kKickLine:
        return hal::cpu_kicked();
    case kFlushLine:
        return x86::serve_flush();
    case kStopLine:
        hal::cpu_stop();
    default: // nobody sends it
        return;
    }
}

} // namespace uk
