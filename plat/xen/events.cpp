// SPDX-License-Identifier: BSD-3-Clause
// The upcall: Xen rings one vector of this CPU, and two levels of bits say what for.
#include "events.hpp"

#include <uk/hal/cpus.hpp>
#include <uk/x86/irq.hpp>
#include <uk/xen/events.hpp>

#include "hypervisor.hpp"
#include "smp/cpus.hpp"

namespace uk {
namespace {

using namespace xen;

constexpr unsigned kLine = 1; // any of the 16 that the architecture has
using Handler = void (*)(EventPort port);
constinit Handler g_on_event = nullptr;

// CPU 0 has all channels but those of other CPUs, each of which has a few of its own.
void on_interrupt(unsigned line) {
    if (line != kLine) {
        return;
    }
    volatile VcpuInfo& vcpu = g_shared.info.vcpu[hal::cpu_index()];
    if constexpr (hal::kMostCpus == 1) {
        take_events(g_shared.info, vcpu, g_on_event);
    } else if (hal::cpu_index() == 0) {
        take_events(g_shared.info, vcpu, g_on_event, &g_elsewhere);
    } else {
        begin_upcall(vcpu);
        for (EventPort port : g_channels[hal::cpu_index()]) {
            if (take_event(g_shared.info, port)) {
                g_on_event(port);
            }
        }
    }
}

} // namespace

Result<> xen::events_start(void (*on_event)(EventPort port)) {
    g_on_event = on_event;
    x86::irq_init(on_interrupt);
    ParameterCall request{kSelf, 0, Parameter::callback,
                          kCallbackIsVector | (x86::kFirstIrqVector + kLine)};
    UK_TRY(call(Call::hvm, kSetParameter, &request));
    return {};
}

Result<EventPort> xen::bind_virq(uint32_t virq, unsigned cpu) {
    BindVirq request{virq, cpu, 0};
    UK_TRY(call(Call::event_channel, kBindVirq, &request));
    return request.port;
}

Result<> xen::unmask(EventPort port) {
    UK_TRY(call(Call::event_channel, kUnmaskEvent, &port));
    return {};
}

} // namespace uk
