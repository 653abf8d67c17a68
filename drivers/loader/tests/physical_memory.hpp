// SPDX-License-Identifier: BSD-3-Clause
// Physical memory for host tests of what loaders leave: bytes at an address, nothing around them.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include <uk/loader/view.hpp>

namespace uk::loader::tests {

class PhysicalMemory {
  public:
    static constexpr uint64_t kBase = 0x2000;

    explicit PhysicalMemory(size_t pages = 4) : bytes_(pages * kPageSize) {}
    explicit PhysicalMemory(std::span<const uint8_t> contents)
        : bytes_(align_up(contents.size() + 1, kPageSize)) {
        if (!contents.empty()) {
            memcpy(bytes_.data(), contents.data(), contents.size());
        }
    }

    template <class T>
    void put(uint64_t address, T value) {
        memcpy(&bytes_.at(address - kBase + sizeof value - 1) + 1 - sizeof value, &value,
               sizeof value);
    }
    void put_text(uint64_t address, const std::string& text) {
        for (size_t i = 0; i < text.size(); i++) {
            put(address + i, text[i]);
        }
    }
    [[nodiscard]] uint64_t end() const { return kBase + bytes_.size(); }
    [[nodiscard]] PhysView view() { return {read, this}; }

  private:
    static Result<std::span<const std::byte>> read(void* context, Paddr start, size_t size) {
        auto& bytes = static_cast<PhysicalMemory*>(context)->bytes_;
        if (size == 0 || start.value() < kBase || start.value() - kBase > bytes.size() ||
            size > bytes.size() - (start.value() - kBase)) {
            return Errno::inval;
        }
        return std::span<const std::byte>(
            reinterpret_cast<const std::byte*>(bytes.data() + (start.value() - kBase)), size);
    }
    std::vector<uint8_t> bytes_;
};

} // namespace uk::loader::tests
