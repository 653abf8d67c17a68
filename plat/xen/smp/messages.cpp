// SPDX-License-Identifier: BSD-3-Clause
// What a CPU does when another one interrupts it.
#include <uk/hal/cpus.hpp>
#include <uk/hal/irq.hpp>
#include <uk/x86/cpus.hpp>

#include "cpus.hpp"

namespace uk {

constinit xen::Messages xen::g_messages[hal::kMostCpus]{};

bool xen::on_message(EventPort port) {
    const Messages& mine = g_messages[hal::cpu_index()];
    if (port == mine.kick) {
        hal::cpu_kicked();
    } else if (port == mine.flush) {
        x86::serve_flush();
    } else if (port == mine.stop) {
        hal::cpu_stop();
    } else {
        return false;
    }
    return true;
}

} // namespace uk
