// SPDX-License-Identifier: BSD-3-Clause
// The upcall: Xen rings one vector of this CPU, and two levels of bits say what for.
#include "events.hpp"

#include <uk/hal/cpus.hpp>
#include <uk/x86/irq.hpp>
#include <uk/xen/events.hpp>

#include "hypervisor.hpp"

namespace uk {
namespace {

using namespace xen;

constexpr unsigned kLine = 1; // any of the 16 that the architecture has
using Handler = void (*)(EventPort port);
constinit Handler g_on_event = nullptr;

void on_interrupt(unsigned line) {
    if (line == kLine) {
        take_events(g_shared.info, g_shared.info.vcpu[hal::cpu_index()], g_on_event);
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
    UK_TRY(unmask(request.port));
    return request.port;
}

Result<> xen::unmask(EventPort port) {
    UK_TRY(call(Call::event_channel, kUnmaskEvent, &port));
    return {};
}

} // namespace uk
