// SPDX-License-Identifier: BSD-3-Clause
// Interrupt lines of devices: pins of IO-APICs and messages, each with a vector of its own on CPU
// 0. A line's number is that of x86::irq_init().
#include <uk/intctlr/irq_lines.hpp>

#include <uk/acpi/interrupts.hpp>
#include <uk/hal/irq_line.hpp>
#include <uk/intctlr/pc_lines.hpp>
#include <uk/io/reg.hpp>
#include <uk/print.h>

#include "apic.hpp"
#include "kvm.hpp"

namespace uk {
namespace {

using acpi::InterruptRouting;
using hal::IrqLine;

constexpr uint64_t kMessages = 0xfee00000; // Intel SDM 3A, 11.11

constinit Errno g_state = Errno::again; // not looked yet
constinit InterruptRouting g_routing{};
constinit intctlr::PcLines<io::Mmio, kvm::kFirstDeviceLine, x86::kIrqLines - 1,
                           x86::kFirstIrqVector>
    g_lines;

Errno prepare() {
    if (!kvm::apic_timer_works() || kvm::g_first_apic_id > 0xff) {
        return Errno::nodev; // beyond: only through an IOMMU that translates
    }
    g_lines.set_cpu(static_cast<uint8_t>(kvm::g_first_apic_id));
    Result<> read =
        acpi::read_interrupts(kvm::acpi_memory(), kvm::g_boot_info.acpi_root, g_routing);
    if (!read.ok()) { // messages work without
        uk_pr_warn("no list of interrupt controllers (ACPI MADT): %s\n", read.error().name());
        return Errno::ok;
    }
    constexpr size_t kRegisters = 0x20;
    for (unsigned i = 0; i < g_routing.io_apic_count; i++) {
        if (auto at = hal::map_device(g_routing.io_apics[i].address, kRegisters); at.ok()) {
            g_lines.add_chip(io::Mmio{at.take()}, g_routing.io_apics[i].first_gsi);
        }
    }
    return Errno::ok;
}

Result<> prepared() {
    if (g_state == Errno::again) {
        g_state = prepare();
    }
    return g_state == Errno::ok ? Result<>() : g_state;
}

} // namespace

Result<> intctlr::open_line(uint32_t number) {
    return g_lines.open(number);
}
void intctlr::close_line(uint32_t number) {
    g_lines.close(number);
}
bool intctlr::line_keeps(uint32_t number) {
    return g_lines.keeps(number);
}
void intctlr::repeat_line(uint32_t number) {
    kvm::g_apic.send(g_lines.cpu(), g_lines.vector_of(number));
}

Result<IrqLine> hal::irq_line(uint32_t number, IrqTrigger trigger) {
    UK_TRY(prepared());
    return IrqLine{UK_TRY(g_lines.line_of(number, trigger))};
}

Result<IrqLine> hal::irq_line_of_isa(unsigned irq) {
    UK_TRY(prepared());
    if (irq >= InterruptRouting::kIsaLines) {
        return Errno::inval;
    }
    const acpi::IsaRoute& route = g_routing.isa[irq];
    if (route.level) {
        return irq_line(route.gsi, route.low ? IrqTrigger::level_low : IrqTrigger::level_high);
    }
    return irq_line(route.gsi, route.low ? IrqTrigger::edge_falling : IrqTrigger::edge_rising);
}

Result<hal::MsiLine> hal::irq_msi_allocate() {
    UK_TRY(prepared());
    const unsigned line = UK_TRY(g_lines.message());
    return MsiLine{IrqLine{line}, DmaAddr{kMessages | uint64_t{g_lines.cpu()} << 12},
                   g_lines.vector_of(line)};
}

void hal::irq_msi_free(const MsiLine& msi) {
    g_lines.free_message(msi.line.number);
}

} // namespace uk
