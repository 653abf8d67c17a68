// SPDX-License-Identifier: BSD-3-Clause
// A PCI bus for host tests: functions whose registers behave as the specification says.
#pragma once

#include <uk/pci/config.hpp>

#include <array>
#include <cstdint>
#include <cstring>
#include <map>
#include <vector>

namespace pci_test {

using uk::pci::Address;

struct FakeFunction {
    std::array<uint8_t, 256> bytes{};
    struct Register {
        uint64_t size = 0; // 0: not implemented
        uint32_t flags = 0;
    };
    std::array<Register, 6> bars{};
    bool is_bridge = false;
    unsigned sizings_while_on = 0; // a register was measured while the function answered there

    void put(uint32_t at, uint64_t value, unsigned size) { std::memcpy(&bytes[at], &value, size); }
    [[nodiscard]] uint32_t get(uint32_t at, unsigned size) const {
        uint32_t value = 0;
        std::memcpy(&value, &bytes[at], size);
        return value;
    }
    FakeFunction& ids(uint16_t vendor, uint16_t device, uint32_t class_code = 0) {
        put(0, vendor, 2);
        put(2, device, 2);
        put(8, class_code << 8, 4);
        return *this;
    }
    FakeFunction& bar(unsigned index, uint64_t size, uint32_t flags, uint64_t value = 0) {
        bars[index] = {size, flags};
        put(0x10 + index * 4, (value & ~uint64_t{15}) | flags, 4);
        if ((flags & 7) == 4) {
            bars[index + 1] = {};
            put(0x14 + index * 4, value >> 32, 4);
        }
        return *this;
    }
    FakeFunction& bridge(uint8_t secondary = 0, uint8_t subordinate = 0) {
        is_bridge = true;
        put(0x0e, 1, 1);
        put(0x19, secondary, 1);
        put(0x1a, subordinate, 1);
        return *this;
    }
    FakeFunction& capability(uint8_t at, uint8_t id, uint8_t next) {
        bytes[6] |= 0x10;
        put(at, id | next << 8, 2);
        return *this;
    }
    [[nodiscard]] uint64_t bar_value(unsigned index) const {
        const uint64_t low = get(0x10 + index * 4, 4);
        const uint64_t high = (low & 7) == 4 ? get(0x14 + index * 4, 4) : 0;
        return high << 32 | (low & ~uint64_t{(low & 1) != 0 ? 3U : 15U});
    }

    void write(uint32_t at, unsigned size, uint32_t value) {
        const unsigned registers = is_bridge ? 2 : 6;
        if (size == 4 && at >= 0x10 && at < 0x10 + registers * 4) {
            return write_bar((at - 0x10) / 4, value);
        }
        if (at < 4 || (at >= 6 && at < 0x0c) || at == 0x0e) {
            return; // read only
        }
        put(at, value, size);
    }

  private:
    void write_bar(unsigned index, uint32_t value) {
        if (value == ~0U && (bytes[4] & 3) != 0) {
            sizings_while_on++;
        }
        const bool upper = index > 0 && (bars[index - 1].flags & 7) == 4;
        const Register& what = bars[upper ? index - 1 : index];
        if (what.size == 0) {
            return;
        }
        const uint64_t mask = ~(what.size - 1);
        put(0x10 + index * 4, upper ? value & mask >> 32 : (value & mask) | what.flags, 4);
    }
};

class FakeBus final : public uk::pci::ConfigSpace {
  public:
    FakeFunction& add(uint8_t bus, uint8_t device, uint8_t function = 0) {
        return functions_[key({bus, device, function})];
    }
    // Numbers of buses are as the bridges say now; `behind` finds a function by its bridge.
    FakeFunction& add_behind(FakeFunction& bridge, uint8_t device) {
        behind_.push_back({&bridge, device, {}});
        return behind_.back().function;
    }
    void reserve(size_t count) { behind_.reserve(count); }

    uint32_t read(Address where, uint32_t offset, unsigned bytes) override {
        reads++;
        FakeFunction* function = find(where);
        return function == nullptr || offset + bytes > 256 ? ~0U >> (32 - 8 * bytes)
                                                           : function->get(offset, bytes);
    }
    void write(Address where, uint32_t offset, unsigned bytes, uint32_t value) override {
        FakeFunction* function = find(where);
        if (function != nullptr && offset + bytes <= 256) {
            function->write(offset, bytes, value);
        }
    }
    unsigned reads = 0;

  private:
    struct Behind {
        FakeFunction* bridge;
        uint8_t device;
        FakeFunction function;
    };
    static uint32_t key(Address where) { return where.number(); }
    FakeFunction* find(Address where) {
        auto found = functions_.find(key(where));
        if (found != functions_.end()) {
            return &found->second;
        }
        for (Behind& one : behind_) {
            if (one.bridge->bytes[0x19] != 0 && one.bridge->bytes[0x19] == where.bus &&
                one.device == where.device && where.function == 0) {
                return &one.function;
            }
        }
        return nullptr;
    }
    std::map<uint32_t, FakeFunction> functions_;
    std::vector<Behind> behind_;
};

} // namespace pci_test
