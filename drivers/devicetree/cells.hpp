// SPDX-License-Identifier: BSD-3-Clause
// Addresses and sizes as devices trees write them: one or two words each (DT 2.3.5, 2.3.6).
#pragma once

#include "scan.hpp"

#include <uk/base/address.hpp>

namespace uk::devicetree {

// #address-cells and #size-cells of a node, for the `reg` of its children; these are the defaults.
struct Cells {
    uint32_t address = 2;
    uint32_t size = 1;
};

// A number of one or two words.
inline uint64_t read_number(const void* at, uint32_t cells) {
    return cells == 1 ? load_be32(at) : load_be64(at);
}

// Takes pairs of address and size out of a property.
class CellReader {
  public:
    CellReader(const void* data, uint32_t bytes, Cells cells)
        : at_(static_cast<const std::byte*>(data)), end_(at_ + bytes), cells_(cells) {}

    // Numbers of up to 64 bits, and whole pairs of them. (PCI addresses have three words.)
    [[nodiscard]] bool valid() const {
        return cells_.address - 1 <= 1 && cells_.size - 1 <= 1 &&
               static_cast<size_t>(end_ - at_) % ((cells_.address + cells_.size) * 4) == 0;
    }
    [[nodiscard]] bool more() const { return at_ != end_; }
    // Only if valid() and more(). The range may wrap.
    PhysRange next() {
        uint64_t start = number(cells_.address);
        return PhysRange{Paddr{start}, number(cells_.size)};
    }

  private:
    uint64_t number(uint32_t cells) {
        uint64_t value = read_number(at_, cells);
        at_ += cells * 4;
        return value;
    }

    const std::byte* at_;
    const std::byte* end_;
    Cells cells_;
};

} // namespace uk::devicetree
