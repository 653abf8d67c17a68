// SPDX-License-Identifier: BSD-3-Clause
// The interrupt controller of a KVM guest, GICv2 or GICv3. The timer's line is opened here, those
// of devices are in irq_lines.cpp.
#include <string_view>

#include <uk/arm64/irq.hpp>
#include <uk/arm64/memory.hpp>
#include <uk/hal/cpus.hpp>
#include <uk/hal/memory.hpp>
#include <uk/intctlr/irq_lines.hpp>
#include <uk/io/reg.hpp>

#include "gic.hpp"
#include "kvm.hpp"

namespace uk {

using kvm::g_timer_line;
using kvm::g_v2;
using kvm::g_v3;

constinit Late<kvm::GicV2> kvm::g_v2;
constinit Late<kvm::GicV3> kvm::g_v3;
constinit uint32_t kvm::g_timer_line = 0;

namespace {

using intctlr::Trigger;

using Handler = void (*)();
constinit Handler g_handler = nullptr;

template <class Gic>
void take(Gic& gic) {
    uint32_t taken = gic.acknowledge();
    if (gic.is_spurious(taken)) {
        return;
    }
    const uint32_t line = gic.line_of(taken);
    if (hal::kMostCpus > 1 && line < intctlr::kGicFirstPpi) {
        gic.end(taken); // a stopped CPU does not come back
        return kvm::on_message(line);
    }
    if (line == g_timer_line) {
        g_handler();
    } else if constexpr (cfg::hal_irq_lines) {
        (void)intctlr::take_line(line);
    }
    gic.end(taken);
}

void take_v2() {
    take(*g_v2);
}
void take_v3() {
    take(*g_v3);
}

// `probe`: a register that every chip of the kind has.
Result<io::Mmio> map(PhysRange registers, uint32_t probe) {
    volatile void* at = UK_TRY(hal::map_device(registers.start, registers.size));
    if (probe + 4 > registers.size || !uk_probe_word(static_cast<volatile char*>(at) + probe)) {
        return Errno::nodev;
    }
    return io::Mmio{at};
}

// The controller that the tree names, started with all lines closed. Of both registers the first is
// the distributor, the second the CPU interface or the redistributors.
Result<> start_controller() {
    constexpr const char* kKnown[] = {"arm,gic-v3", "arm,cortex-a15-gic", "arm,gic-400"};
    devicetree::Device gic = UK_TRY(devicetree::find(*kvm::g_tree, kKnown));
    if (gic.reg_count < 2) {
        return Errno::nodev;
    }
    constexpr uint32_t kControl = 0x0;
    constexpr uint32_t kCpuIdentification = 0xfc;
    constexpr uint32_t kVersion3 = 0xffe8; // GICD_PIDR2
    bool is_v3 = gic.compatible == std::string_view{kKnown[0]};
    io::Mmio distributor = UK_TRY(map(gic.regs[0], is_v3 ? kVersion3 : kControl));
    if (is_v3) {
        // Redistributors of other CPUs are not needed, but lie in front of ours.
        constexpr uint32_t kLast = 0x1fffc; // of a redistributor's two frames
        if (gic.regs[1].size <= kLast) {
            return Errno::nodev;
        }
        io::Mmio redistributors = UK_TRY(map(gic.regs[1], kControl));
        g_v3.emplace(distributor, redistributors, gic.regs[1].size, arm64::GicCpu{});
        UK_TRY(g_v3->start(arm64::cpu_affinity()));
        arm64::irq_init(take_v3);
    } else {
        io::Mmio cpu = UK_TRY(map(gic.regs[1], kCpuIdentification));
        g_v2.emplace(distributor, cpu);
        UK_TRY(g_v2->start());
        arm64::irq_init(take_v2);
    }
    return {};
}

struct Line {
    uint32_t number;
    Trigger trigger;
};

// The third interrupt of the timer's node is the virtual one (secure, physical, virtual, EL2).
Result<Line> find_line() {
    constexpr const char* kKnown[] = {"arm,armv8-timer", "arm,armv7-timer"};
    constexpr unsigned kCells = 3;
    constexpr unsigned kVirtual = 2 * kCells;
    devicetree::Device timer = UK_TRY(devicetree::find(*kvm::g_tree, kKnown));
    if (timer.interrupt_cells != kCells || timer.interrupt_words < kVirtual + kCells) {
        return Errno::nodev;
    }
    const uint32_t* words = timer.interrupts + kVirtual;
    return Line{UK_TRY(intctlr::gic_line(words[0], words[1])), intctlr::gic_trigger(words[2])};
}

} // namespace

Result<> kvm::open_timer_line(void (*handler)()) {
    if (g_tree == nullptr) {
        return Errno::nodev;
    }
    Line line = UK_TRY(find_line());
    g_timer_line = line.number;
    if constexpr (hal::kMostCpus > 1) {
        g_timer_trigger = line.trigger;
    }
    g_handler = handler;
    UK_TRY(start_controller());
    return g_v3.ready() ? g_v3->enable(line.number, line.trigger)
                        : g_v2->enable(line.number, line.trigger);
}

} // namespace uk
