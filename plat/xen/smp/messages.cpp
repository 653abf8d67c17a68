// SPDX-License-Identifier: BSD-3-Clause
// What a CPU does when another one interrupts it.
#include <uk/hal/cpus.hpp>
#include <uk/hal/irq.hpp>

#include "cpus.hpp"

namespace uk {

constinit xen::EventPort xen::g_channels[hal::kMostCpus][kChannels]{};
constinit xen::EventSet xen::g_elsewhere{};

void xen::give_channel(Channel channel, EventPort port, unsigned cpu) {
    if (cpu != 0) {
        g_elsewhere.add(port);
    }
    g_channels[cpu][static_cast<unsigned>(channel)] = port;
}

bool xen::on_message(EventPort port) {
    const EventPort* mine = g_channels[hal::cpu_index()];
    if (port == mine[static_cast<unsigned>(Channel::kick)]) {
        hal::cpu_kicked();
    } else if (port == mine[static_cast<unsigned>(Channel::stop)]) {
        hal::cpu_stop();
    } else {
        return false;
    }
    return true;
}

} // namespace uk
