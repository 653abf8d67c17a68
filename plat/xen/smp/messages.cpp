// SPDX-License-Identifier: BSD-3-Clause
// What a CPU does when another one interrupts it.
#include <uk/hal/cpus.hpp>
#include <uk/hal/irq.hpp>
#include <uk/x86/cpus.hpp>

#include "cpus.hpp"

namespace uk {

constinit xen::Messages xen::g_messages[hal::kMostCpus]{};

namespace {

using Handler = void (*)();
constinit Handler g_on_kick = nullptr;

} // namespace

void hal::cpus_on_kick(void (*handler)()) {
    g_on_kick = handler;
}

bool xen::on_message(EventPort port) {
    const Messages& mine = g_messages[hal::cpu_index()];
    if (port == mine.kick) {
        g_on_kick();
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
