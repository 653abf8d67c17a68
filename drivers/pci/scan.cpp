// SPDX-License-Identifier: BSD-3-Clause
// The walk over buses and bridges. PCI-to-PCI Bridge Architecture Specification 1.2, chapter 3.
#include <uk/pci/scan.hpp>

#include <uk/base/bits.hpp>

namespace uk::pci {
namespace {

// Registers of a bridge (3.2.5).
constexpr uint32_t kBuses = 0x18; // primary, secondary, subordinate
constexpr uint32_t kSecondary = 0x19;
constexpr uint32_t kSubordinate = 0x1a;
constexpr uint32_t kMemoryBase = 0x20;
constexpr uint32_t kPrefetchBase = 0x24;
constexpr uint32_t kPortBase = 0x1c;
constexpr uint64_t kBridgeStep = 1 << 20;
constexpr uint32_t kClosed = 0x0000fff0; // base above limit: nothing passes

class Walk {
  public:
    Walk(const Host& host, Found& found) : host_(host), found_(found), last_(host.first_bus) {
        // Address 0 means none.
        low_ = host.low.bus_address != 0 ? host.low.bus_address : kBridgeStep;
        high_ = host.high.bus_address;
    }

    void bus(uint8_t number, unsigned depth) {
        seen_[number / 64] |= uint64_t{1} << number % 64;
        for (unsigned device = 0; device < 32; device++) {
            unsigned functions = 1;
            for (unsigned i = 0; i < functions; i++) {
                const Address where{number, static_cast<uint8_t>(device), static_cast<uint8_t>(i)};
                const Function function(*host_.space, where);
                if (function.vendor() == 0xffff) {
                    continue; // without function 0 there are no others
                }
                functions = i == 0 && function.is_multi_function() ? 8 : functions;
                take(function, depth);
            }
        }
    }

  private:
    void take(const Function& function, unsigned depth) {
        if (found_.count == Found::kMost) {
            found_.dropped++;
        } else {
            found_.functions[found_.count++] = function;
        }
        if (host_.assigns) {
            assign(function, depth);
        }
        if (function.is_bridge() && depth < kMostBridges) {
            behind(function, depth);
        }
    }

    [[nodiscard]] bool is_seen(unsigned number) const {
        return (seen_[number / 64] >> number % 64 & 1) != 0;
    }

    void behind(const Function& bridge, unsigned depth) {
        if (!host_.assigns) {
            const auto number = bridge.read<uint8_t>(kSecondary);
            if (number > host_.first_bus && number <= host_.last_bus && !is_seen(number)) {
                bus(number, depth + 1);
            }
            return;
        }
        if (last_ == host_.last_bus) {
            return;
        }
        const uint8_t number = ++last_;
        const uint32_t primary = bridge.address().bus;
        bridge.write<uint32_t>(kBuses,
                               primary | uint32_t{number} << 8 | uint32_t{host_.last_bus} << 16);
        const uint64_t start = low_ = align_up(low_, kBridgeStep);
        bus(number, depth + 1);
        low_ = align_up(low_, kBridgeStep);
        bridge.write<uint8_t>(kSubordinate, last_);
        const uint32_t base = static_cast<uint32_t>(start >> 16) & 0xfff0;
        const uint32_t limit = static_cast<uint32_t>((low_ - 1) >> 16) & 0xfff0;
        bridge.write<uint32_t>(kMemoryBase, low_ == start ? kClosed : base | limit << 16);
        bridge.write<uint32_t>(kPrefetchBase, kClosed);
        bridge.write<uint16_t>(kPortBase, 0x00f0);
        bridge.command(Function::kMemoryAccess | Function::kBusMaster, 0);
    }

    void assign(const Function& function, unsigned depth) {
        function.command(0, Function::kPortAccess | Function::kMemoryAccess | Function::kBusMaster);
        const unsigned count = function.bar_count();
        for (unsigned i = 0; i < count; i++) {
            Result<Bar> bar = function.bar(i);
            if (!bar.ok()) {
                continue;
            }
            const bool is_64 = bar.value().is_64;
            function.set_bar(i, is_64, bar.value().is_port ? 0 : room(bar.value(), depth));
            i += is_64 ? 1 : 0;
        }
    }

    // The bus address for a register; 0 = there is no room.
    uint64_t room(const Bar& bar, unsigned depth) {
        if (uint64_t at = take_from(host_.low, low_, bar.size); at != 0) {
            return at;
        }
        return bar.is_64 && depth == 0 ? take_from(host_.high, high_, bar.size) : 0;
    }
    static uint64_t take_from(const Window& window, uint64_t& next, uint64_t size) {
        const uint64_t at = (next + (size - 1)) & ~(size - 1);
        const uint64_t inside = at - window.bus_address;
        if (at < next || at < window.bus_address || inside >= window.size ||
            size > window.size - inside) {
            return 0;
        }
        next = at + size;
        return at;
    }

    const Host& host_;
    Found& found_;
    uint64_t seen_[4]{};
    uint64_t low_;
    uint64_t high_;
    uint8_t last_;
};

} // namespace

Result<Paddr> Window::to_cpu(uint64_t address, uint64_t bytes) const {
    const uint64_t inside = address - bus_address;
    if (address < bus_address || inside >= size || bytes > size - inside) {
        return Errno::fault;
    }
    return start + inside;
}

Result<Paddr> Host::to_cpu(const Bar& bar) const {
    if (bar.bus_address == 0 || bar.is_port) {
        return Errno::nodev;
    }
    if (low.size == 0 && high.size == 0) {
        return bar.bus_address + (bar.size - 1) < bar.bus_address ? Result<Paddr>(Errno::fault)
                                                                  : Paddr{bar.bus_address};
    }
    Result<Paddr> at = low.to_cpu(bar.bus_address, bar.size);
    return at.ok() ? at : high.to_cpu(bar.bus_address, bar.size);
}

Result<Pin> pin_on_first_bus(const Host& host, const Found& found, const Function& function) {
    Address at = function.address();
    unsigned pin = function.interrupt_pin();
    if (pin - 1 > 3) {
        return Errno::nodev;
    }
    for (unsigned i = 0; i <= kMostBridges; i++) {
        if (at.bus == host.first_bus) {
            return Pin{at.device, static_cast<uint8_t>(pin)};
        }
        pin = (pin - 1 + at.device) % 4 + 1;
        const Function* bridge = nullptr;
        for (const Function& one : found.span()) {
            if (one.is_bridge() && one.read<uint8_t>(kSecondary) == at.bus) {
                bridge = &one;
                break;
            }
        }
        if (bridge == nullptr) {
            break;
        }
        at = bridge->address();
    }
    return Errno::nodev;
}

void scan(const Host& host, Found& found) {
    found.count = 0;
    found.dropped = 0;
    Walk(host, found).bus(host.first_bus, 0);
}

} // namespace uk::pci
