// SPDX-License-Identifier: BSD-3-Clause
// Guest tests of event channels as interrupt lines: one that this domain rings itself.
#include <uk/test.hpp>
#include <uk/test/irq_device.hpp>
#include <uk/xen/events.hpp>

#include "plat/xen/events.hpp"
#include "plat/xen/hypervisor.hpp"

namespace {

using namespace uk::xen;
using uk::Errno;

constinit EventPort g_port = 0;

} // namespace

uk::Result<uk::hal::IrqLine> uk::test::irq_device_line() {
    if (g_port == 0) {
        BindIpi request{0, 0};
        UK_TRY(call(Call::event_channel, kBindIpi, &request));
        g_port = request.port;
    }
    return hal::irq_line(g_port, hal::IrqTrigger::edge_rising);
}

void uk::test::irq_device_raise() {
    (void)call(Call::event_channel, kSendEvent, &g_port).ok(); // our own channel: it exists
}

bool uk::test::irq_device_quiet() {
    return take_event(g_shared.info, g_port);
}

// Under emulation an upcall may come twice, and then again and again; see README.md.
bool uk::test::irq_device_may_storm() {
    return false;
}

UK_TEST(there_are_no_lines_but_those_of_the_machine)
{
    using uk::hal::IrqTrigger;
    UK_TEST_EXPECT(uk::hal::irq_line(0, IrqTrigger::edge_rising).code() == Errno::inval);
    UK_TEST_EXPECT(uk::hal::irq_line(4096, IrqTrigger::edge_rising).code() == Errno::inval);
    UK_TEST_EXPECT(uk::hal::irq_line_of_isa(4).code() == Errno::nosys);
    UK_TEST_EXPECT(uk::hal::irq_msi_allocate().code() == Errno::nosys);
}
