// SPDX-License-Identifier: BSD-3-Clause
// The ways a Xen guest ends. Each is tried once, even if the one before it crashes.
#include <uk/hal/power.hpp>

#include <string_view>

#include <uk/base/atomic.hpp>
#include <uk/format.h>
#include <uk/hal/console.hpp>
#include <uk/hal/cpu.hpp>
#include <uk/hal/irq.hpp>
#include <uk/hal_arch/port_io.hpp>
#include <uk/isadebug/leave.hpp>
#include <uk/x86/layout.h>

#include "console.hpp"
#include "hypervisor.hpp"
#include "store.hpp"

namespace uk {
namespace {

using hal::Shutdown;

constinit Atomic<unsigned> g_tried{0};
constinit Shutdown g_reason{};

void say(std::string_view text) {
    hal::console_write(text.data(), text.size());
}

xen::ShutdownReason reason_of(Shutdown reason) {
    switch (reason) {
    case Shutdown::exit:
    case Shutdown::power_off:
        break;
    case Shutdown::reboot:
        return xen::ShutdownReason::reboot;
    case Shutdown::panic:
        return xen::ShutdownReason::crash;
    }
    return xen::ShutdownReason::power_off;
}

struct Ports {
    static uint8_t read(uint16_t port) { return hal::port_read<uint8_t>(port); }
    static void write(uint16_t port, uint8_t value) { hal::port_write(port, value); }
    static void say(std::string_view text) { uk::say(text); }
    // Xen sends what it was given for its serial line in the background.
    static void settle() {
        constexpr uint64_t kCycles = 20'000'000;
        for (uint64_t start = hal::cpu_cycles();
             xen::found() && hal::cpu_cycles() - start < kCycles;) {
            xen::yield();
        }
    }
};

// The machine under Xen may be QEMU with isa-debug-exit, and the control domain reaches it.
void debug_exit(Shutdown reason, int status) {
    if ((!xen::found() || xen::g_is_control_domain) && reason != Shutdown::reboot) {
        (void)isadebug::leave(Ports{}, {UK_DEBUG_EXIT_PORT, UK_STATUS_PORT, UK_STATUS_PORT_ANSWER},
                              reason == Shutdown::panic, status);
    }
}

// Where whoever started the domain can read it, if xl was told to preserve the domain.
void store_status(Shutdown reason, int status) {
    if (!xen::found() || xen::g_is_control_domain || reason == Shutdown::reboot) {
        return;
    }
    char text[16];
    size_t size = uk_scnprintf(text, sizeof text, "%d", status);
    if (Result<> written = xen::store_write("data/exit-status", {text, size}); !written.ok()) {
        char message[96];
        say({message, uk_scnprintf(message, sizeof message,
                                   "Microlith: cannot write the exit status to xenstore: %s\n",
                                   written.error().name())});
    }
}

void stop_domain(Shutdown reason) {
    if (!xen::found()) {
        return;
    }
    xen::ShutdownReason why = reason_of(reason);
    Result<uint64_t> stopped = xen::call(xen::Call::sched, xen::kShutdown, &why);
    if (!stopped.ok()) {
        say("Microlith: Xen refuses to end this domain: ");
        say(stopped.error().name());
        say("\n");
    }
}

void end(Shutdown reason, unsigned attempt, int status) {
    switch (attempt) {
    case 0:
        return debug_exit(reason, status);
    case 1:
        return store_status(reason, status);
    case 2:
        return xen::console_flush();
    case 3:
        return stop_domain(reason);
    case 4:
        return say("Microlith: this machine cannot be switched off; halted.\n");
    default:
        hal::cpu_stop();
    }
}

} // namespace

// A crash in here comes back through uk_crash(): it goes on with the next way.
void hal::shutdown(Shutdown reason, int status) {
    irq_disable();
    for (;;) {
        unsigned attempt = g_tried.fetch_add_relaxed(1);
        if (attempt == 0) {
            g_reason = reason;
        }
        end(g_reason, attempt, status);
    }
}

} // namespace uk
