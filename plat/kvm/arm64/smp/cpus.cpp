// SPDX-License-Identifier: BSD-3-Clause
// The processors of a KVM guest: the device tree names them, PSCI starts them.
#include <uk/hal/cpus.hpp>

#include <uk/arm64/cpus.hpp>
#include <uk/arm64/firmware.hpp>
#include <uk/base/atomic.hpp>
#include <uk/hal/clock.hpp>
#include <uk/hal/console.hpp>
#include <uk/hal/cpu.hpp>
#include <uk/print.h>
#include <uk/psci/psci.hpp>

#include "gic.hpp"
#include "kvm.hpp"
#include "messages.hpp"

namespace uk {
namespace {

constexpr uint64_t kLongestNs = 2'000'000'000; // the host may be busy with others

constinit uint64_t g_affinities[hal::kMostCpus]{};
constinit unsigned g_count = 0; // 0: not counted yet
constinit Atomic<bool> g_several{false};

Result<psci::Psci<arm64::Conduit>> firmware() {
    devicetree::PsciInfo info = UK_TRY(devicetree::psci(*kvm::g_tree));
    psci::Psci firmware(arm64::Conduit{info.conduit == devicetree::PsciInfo::Conduit::smc});
    UK_TRY(firmware.version());
    return firmware;
}

// What is looked up when it is first used, one CPU at a time.
void look_up_the_rest() {
    hal::console_write("", 0);
    (void)hal::clock_wall_ns();
    hal::clock_idle_until(0); // interrupt controller and timer
}

unsigned count() {
    look_up_the_rest();
    g_affinities[0] = arm64::cpu_affinity() & devicetree::kAffinityBits;
    if (!kvm::can_interrupt() || !firmware().ok()) {
        return 1;
    }
    uint64_t found[hal::kMostCpus];
    const unsigned all = devicetree::cpus(*kvm::g_tree, found).value_or(0U);
    unsigned count = 1;
    for (unsigned i = 0; i < all && count < hal::kMostCpus; i++) {
        if (found[i] == g_affinities[0]) {
            continue;
        }
        if (!kvm::can_interrupt(found[i])) {
            uk_pr_warn(
                "CPU with affinity 0x%llx stays off: the interrupt controller cannot reach it\n",
                static_cast<unsigned long long>(found[i]));
            continue;
        }
        g_affinities[count++] = found[i];
    }
    return count;
}

} // namespace

unsigned hal::cpu_count() {
    if (g_count == 0) {
        g_count = count();
    }
    return g_count;
}

Result<> hal::cpu_start(unsigned index, const CpuStart& start) {
    if (index == 0 || index >= cpu_count()) {
        return Errno::nodev;
    }
    if (!g_several.load_relaxed()) {
        UK_TRY(kvm::open_messages(0));
        g_several.store_release(true);
    }
    auto psci = UK_TRY(firmware());
    const uint64_t context = UK_TRY(arm64::prepare_cpu(index, start));
    Result<> on = psci.cpu_on(g_affinities[index], arm64::cpu_entry().value(), context);
    if (!on.ok()) {
        uk_pr_err("PSCI does not start CPU %u: %s\n", index, on.error().name());
        return Errno::nodev;
    }
    for (const uint64_t begin = clock_monotonic_ns(); !arm64::cpu_has_come(index);) {
        if (clock_monotonic_ns() - begin > kLongestNs) {
            return Errno::timedout;
        }
        cpu_relax();
    }
    return {};
}

void hal::cpus_stop_others() {
    if (g_several.load_acquire()) {
        kvm::send_to_others(kvm::kStopLine);
    }
}

} // namespace uk

bool uk_platform_cpu_start(unsigned index) {
    uk::kvm::g_timer.disarm();
    return uk::kvm::open_messages(index).ok();
}
