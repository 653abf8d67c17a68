// SPDX-License-Identifier: BSD-3-Clause
// Early console of a KVM guest: the PL011 that the device tree names; where no tree can be read,
// one at the address that the configuration names.
#include "console.hpp"

#include <optional>
#include <string_view>

#include <uk/arm64/memory.hpp>
#include <uk/base/late.hpp>
#include <uk/config.hpp>
#include <uk/hal/console.hpp>
#include <uk/hal/memory.hpp>

#include "kvm.hpp"

namespace uk {

constinit Late<uart::Pl011<io::Mmio>> kvm::g_console;

namespace {

using kvm::g_console;

constexpr size_t kRegisters = 4096;
constexpr const char* kKnown[] = {"arm,pl011", "arm,sbsa-uart"};

constinit bool g_looked = false;

bool is_known(const char* compatible) {
    for (std::string_view known : kKnown) {
        if (known == compatible) {
            return true;
        }
    }
    return false;
}

// A tree that is damaged where consoles are named tells nothing.
Result<devicetree::Device> find_device() {
    Result<devicetree::Device> device = devicetree::console(*kvm::g_tree);
    if (!device.ok() || !is_known(device.value().compatible)) {
        device = devicetree::find(*kvm::g_tree, kKnown);
    }
    return device;
}

std::optional<Paddr> find_port() {
    if (kvm::g_tree == nullptr) {
        return Paddr{static_cast<uint64_t>(cfg::kvm_arm64_console)};
    }
    Result<devicetree::Device> device = find_device();
    if (!device.ok() || device.value().reg_count == 0) {
        return {};
    }
    return device.value().regs[0].start;
}

void start() {
    std::optional<Paddr> address = find_port();
    if (!address) {
        return;
    }
    Result<volatile void*> registers = hal::map_device(*address, kRegisters);
    if (!registers.ok()) {
        return;
    }
    if (uk_probe_word(registers.value())) {
        g_console.emplace(io::Mmio{registers.value()}).start();
    }
}

// An image that writes nothing spends nothing on it.
uart::Pl011<io::Mmio>* port() {
    if (!g_looked) [[unlikely]] {
        g_looked = true;
        start();
    }
    return g_console.ready() ? &g_console.get() : nullptr;
}

} // namespace

Result<devicetree::Device> kvm::console_device() {
    return g_tree != nullptr ? find_device() : Errno::nodev;
}

void hal::console_write(const char* data, size_t size) {
    if (auto* to = port()) {
        to->write_all(data, size);
    }
}

Result<size_t> hal::console_read(char* data, size_t size) {
    auto* from = port();
    return from != nullptr ? from->read_some(data, size) : size_t{0};
}

Result<hal::ConsoleSize> hal::console_terminal() {
    return ConsoleSize{};
}

} // namespace uk
