// SPDX-License-Identifier: BSD-3-Clause
// The ways a KVM guest ends. Each is tried once, even if the one before it crashes.
#include <uk/hal/power.hpp>

#include <string_view>

#include <uk/arm64/firmware.hpp>
#include <uk/base/atomic.hpp>
#include <uk/format.h>
#include <uk/hal/console.hpp>
#include <uk/hal/irq.hpp>
#include <uk/psci/psci.hpp>

#include "kvm.hpp"

namespace uk {
namespace {

using arm64::Conduit;
using hal::Shutdown;

constexpr int kMostStatus = 255;

constinit Atomic<unsigned> g_tried{0};
constinit Shutdown g_reason{};

void say(std::string_view text) {
    hal::console_write(text.data(), text.size());
}

// A debugger or emulator that takes the status.
void semihosting(Shutdown reason, int status) {
    if (reason == Shutdown::power_off) {
        return;
    }
    bool fits = status >= 0 && status <= kMostStatus;
    if (!fits) {
        char text[96];
        size_t size = uk_scnprintf(
            text, sizeof text, "Microlith: exit status %d arrives as %d: a status has 8 bits.\n",
            status, status & kMostStatus);
        say({text, size});
    }
    arm64::semihosting_exit(status & kMostStatus);
}

void call_firmware(bool smc, bool reset) {
    psci::Psci<Conduit> firmware(Conduit{smc});
    if (firmware.version().ok()) {
        static_cast<void>(reset ? firmware.system_reset() : firmware.system_off());
    }
}

// By the conduit that the tree names. Without a tree by the one that whoever started us may have
// left: the hypervisor's, unless that was us. One that nobody takes is survived.
void firmware(unsigned attempt, bool reset) {
    if (kvm::g_tree == nullptr) {
        call_firmware(attempt == 0 ? kvm::g_was_hypervisor : true, reset);
        return;
    }
    Result<devicetree::PsciInfo> info = devicetree::psci(*kvm::g_tree);
    if (attempt == 0 && info.ok()) {
        call_firmware(info.value().conduit == devicetree::PsciInfo::Conduit::smc, reset);
    }
}

void end(Shutdown reason, unsigned attempt, int status) {
    bool reset = reason == Shutdown::reboot;
    switch (attempt) {
    case 0:
        return reset ? void() : semihosting(reason, status);
    case 1:
    case 2:
        return firmware(attempt - 1, reset);
    case 3:
        say("Microlith: this machine cannot be ");
        say(reset ? "reset" : "switched off");
        return say(" (no PSCI); halted.\n");
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
        end(g_reason == Shutdown::reboot ? g_reason : reason, attempt, status);
    }
}

} // namespace uk
