// SPDX-License-Identifier: BSD-3-Clause
// PCI of a PC: by ports, which take one exit of a guest more than memory but are there without
// looking for tables; by memory where there are no ports. Firmware gave numbers and addresses.
#include <uk/acpi/devices.hpp>
#include <uk/acpi/machine.hpp>
#include <uk/base/late.hpp>
#include <uk/hal/memory.hpp>

#include "../host.hpp"

namespace uk::pci {
namespace {

constexpr uint16_t kPorts = 0xcf8;

struct Ports {
    template <class T>
    T read(uint32_t offset) const {
        T value;
        const auto port = static_cast<uint16_t>(kPorts + offset);
        if constexpr (sizeof(T) == 1) {
            asm volatile("inb %w1, %b0" : "=a"(value) : "Nd"(port));
        } else if constexpr (sizeof(T) == 2) {
            asm volatile("inw %w1, %w0" : "=a"(value) : "Nd"(port));
        } else {
            asm volatile("inl %w1, %0" : "=a"(value) : "Nd"(port));
        }
        return value;
    }
    template <class T>
    void write(uint32_t offset, T value) const {
        const auto port = static_cast<uint16_t>(kPorts + offset);
        if constexpr (sizeof(T) == 1) {
            asm volatile("outb %b0, %w1" : : "a"(value), "Nd"(port));
        } else if constexpr (sizeof(T) == 2) {
            asm volatile("outw %w0, %w1" : : "a"(value), "Nd"(port));
        } else {
            asm volatile("outl %0, %w1" : : "a"(value), "Nd"(port));
        }
    }
};

constinit PortSpace<Ports> g_ports{Ports{}};
constinit Late<EcamSpace<io::Mmio>> g_memory;

// CONFIG_ADDRESS keeps what is written, nothing else does.
bool has_ports() {
    constexpr uint32_t kEnable = 1U << 31;
    const Ports ports;
    ports.write<uint32_t>(0, kEnable);
    return ports.read<uint32_t>(0) == kEnable;
}

} // namespace

Result<> find_host(Host& host) {
    if (has_ports()) {
        host.space = &g_ports;
        return {};
    }
    const acpi::Machine machine = acpi::machine();
    const acpi::Mcfg mcfg = UK_TRY(acpi::read_mcfg(machine.memory, machine.root));
    const size_t buses = size_t{mcfg.last_bus} - mcfg.first_bus + 1;
    volatile void* at = UK_TRY(hal::map_device(mcfg.start, buses << 20));
    host.space = &g_memory.emplace(io::Mmio{at}, mcfg.first_bus, mcfg.last_bus);
    host.first_bus = mcfg.first_bus;
    host.last_bus = mcfg.last_bus;
    return {};
}

Result<hal::IrqLine> line_of(const Host&, const Found&, const Function& function) {
    constexpr uint8_t kIsaLines = 16;
    const uint8_t line = function.interrupt_line();
    if (function.interrupt_pin() == 0 || line == 0 || line >= kIsaLines) {
        return Errno::nodev;
    }
    return hal::irq_line_of_isa(line);
}

} // namespace uk::pci
