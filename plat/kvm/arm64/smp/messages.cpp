// SPDX-License-Identifier: BSD-3-Clause
// CPUs that interrupt each other.
#include "messages.hpp"

#include <uk/hal/cpus.hpp>
#include <uk/hal/irq.hpp>

#include "gic.hpp"

namespace uk {

constinit intctlr::Trigger kvm::g_timer_trigger = intctlr::Trigger::level;

namespace {

using kvm::g_v2;
using kvm::g_v3;

// By what the controller knows each CPU.
struct Address {
    uint64_t affinity;
    uint8_t target;
};
constinit Address g_addresses[hal::kMostCpus]{};

template <class Gic>
Result<> open_lines(Gic& gic) {
    for (uint32_t line : {kvm::kKickLine, kvm::kStopLine}) {
        UK_TRY(gic.enable(line, intctlr::Trigger::edge));
    }
    return gic.enable(kvm::g_timer_line, kvm::g_timer_trigger);
}

// The registers of GICv2 are a device: what was written to memory before is seen before.
void order_before_device() {
    asm volatile("dsb ishst" ::: "memory");
}

} // namespace

bool kvm::can_interrupt() {
    return g_v2.ready() || g_v3.ready();
}

bool kvm::can_interrupt(uint64_t affinity) {
    return g_v2.ready() || g_v3->can_send_to(affinity);
}

Result<> kvm::open_messages(unsigned index) {
    Address& address = g_addresses[index];
    address.affinity = arm64::cpu_affinity();
    if (g_v3.ready()) {
        GicV3 gic = *g_v3;
        if (index != 0) {
            UK_TRY(gic.join(address.affinity));
        }
        return open_lines(gic);
    }
    GicV2 gic = *g_v2;
    if (index != 0) {
        gic.join();
    }
    address.target = gic.target();
    return open_lines(gic);
}

void kvm::send_to_others(uint32_t line) {
    if (g_v3.ready()) {
        return g_v3->send_to_others(line);
    }
    order_before_device();
    g_v2->send_to_others(line);
}

void hal::cpu_kick(unsigned index) {
    if (g_v3.ready()) {
        return g_v3->send(g_addresses[index].affinity, kvm::kKickLine);
    }
    order_before_device();
    g_v2->send(g_addresses[index].target, kvm::kKickLine);
}

void kvm::on_message(uint32_t line) {
    if (line == kStopLine) {
        hal::cpu_stop();
    }
    hal::cpu_kicked();
}

} // namespace uk
