// SPDX-License-Identifier: BSD-3-Clause
// Console of a Xen guest: the hypervisor's for the control domain, a ring for all others. Before
// either works: the port that ends in the hypervisor's log, and COM1 in case there is no Xen.
#include <uk/hal/console.hpp>

#include <string_view>

#include <uk/base/late.hpp>
#include <uk/format.h>
#include <uk/hal_arch/port_io.hpp>
#include <uk/xen/console_input.hpp>
#include <uk/xen/console_ring.hpp>

#include "console.hpp"
#include "events.hpp"
#include "hypervisor.hpp"

namespace uk {
namespace {

using namespace xen;

constexpr uint16_t kLogPort = 0xe9;
constexpr uint16_t kCom1 = 0x3f8;
constexpr uint16_t kLineStatus = kCom1 + 5;
constexpr uint8_t kCanSend = 0x20;

struct RingPort {
    EventPort port;
    Patience patience{};

    void notify() { (void)call(Call::event_channel, kSendEvent, &port).ok(); }
    bool wait(unsigned round) { return patience.wait(round); }
};

enum class Way : uint8_t { ports, hypervisor, ring };

constinit Way g_way = Way::ports;
constinit Late<ConsoleRing<RingPort>> g_ring;

void write_ports(const char* data, size_t size) {
    constexpr unsigned kTries = 1U << 16;
    for (size_t i = 0; i < size; i++) {
        hal::port_write(kLogPort, static_cast<uint8_t>(data[i]));
        for (unsigned n = 0;
             n < kTries && (hal::port_read<uint8_t>(kLineStatus) & kCanSend) == 0;) {
            n++;
        }
        hal::port_write(kCom1, static_cast<uint8_t>(data[i]));
    }
}

Result<> open_ring() {
    uint64_t frame = UK_TRY(parameter(Parameter::console_frame));
    uint64_t port = UK_TRY(parameter(Parameter::console_port));
    volatile void* page = UK_TRY(view_page(frame));
    g_ring.emplace(*static_cast<volatile ConsolePage*>(page),
                   RingPort{static_cast<EventPort>(port)});
    return {};
}

} // namespace

void xen::console_start() {
    if (g_is_control_domain) {
        g_way = Way::hypervisor;
        return;
    }
    if (Result<> opened = open_ring(); !opened.ok()) {
        char text[128];
        size_t size =
            uk_scnprintf(text, sizeof text,
                         "Microlith: Xen gives this domain no console (%s); what it writes "
                         "is in the hypervisor's log.\n",
                         opened.error().name());
        write_ports(text, size);
        return;
    }
    g_way = Way::ring;
}

void xen::console_flush() {
    if (g_way == Way::ring) {
        (void)g_ring->flush();
    }
}

Result<EventPort> xen::console_event() {
    if (g_way == Way::hypervisor) {
        return bind_virq(kVirqConsole, 0);
    }
    if (g_way != Way::ring) {
        return Errno::nodev;
    }
    return static_cast<EventPort>(UK_TRY(parameter(Parameter::console_port)));
}

bool xen::console_may_be_readable() {
    return g_way != Way::ring || g_ring->readable();
}

void hal::console_write(const char* data, size_t size) {
    switch (g_way) {
    case Way::hypervisor:
        if (call(Call::console, kConsoleWrite, size, reinterpret_cast<uint64_t>(data)).ok()) {
            return;
        }
        break;
    case Way::ring:
        if (g_ring->write_all(data, size).code() != Errno::proto) {
            return;
        }
        break;
    case Way::ports:
        break;
    }
    write_ports(data, size);
}

Result<size_t> hal::console_read(char* data, size_t size) {
    switch (g_way) {
    case Way::hypervisor:
        return call(Call::console, kConsoleRead, size, reinterpret_cast<uint64_t>(data));
    case Way::ring:
        return g_ring->read_some(data, size);
    case Way::ports:
        break;
    }
    return size_t{0};
}

Result<hal::ConsoleSize> hal::console_terminal() {
    return ConsoleSize{};
}

} // namespace uk
