// SPDX-License-Identifier: BSD-3-Clause
// Builds flattened device trees, right ones and, where a test wants it, wrong ones.
#pragma once

#include <uk/devicetree/tree.hpp>

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace devicetree_test {

inline std::string word(uint32_t value) {
    return {static_cast<char>(value >> 24), static_cast<char>(value >> 16),
            static_cast<char>(value >> 8), static_cast<char>(value)};
}
inline std::string words(std::initializer_list<uint32_t> values) {
    std::string all;
    for (uint32_t value : values) {
        all += word(value);
    }
    return all;
}
inline std::string wide(uint64_t value) {
    return word(static_cast<uint32_t>(value >> 32)) + word(static_cast<uint32_t>(value));
}
// With its NUL.
inline std::string text(const std::string& value) {
    return value + '\0';
}

class Builder {
  public:
    std::string structure, strings, reservations;

    Builder& begin(const std::string& name) {
        structure += word(1) + padded(text(name));
        return *this;
    }
    Builder& end() {
        structure += word(2);
        return *this;
    }
    Builder& property(const std::string& name, const std::string& value) {
        size_t at = strings.find(text(name));
        if (at == std::string::npos) {
            at = strings.size();
            strings += text(name);
        }
        structure += word(3) + word(static_cast<uint32_t>(value.size())) +
                     word(static_cast<uint32_t>(at)) + padded(value);
        return *this;
    }
    Builder& nop() {
        structure += word(4);
        return *this;
    }
    Builder& reserve(uint64_t start, uint64_t size) {
        reservations += wide(start) + wide(size);
        return *this;
    }
    // The root with cells of two words, as most trees have it.
    Builder& root(uint32_t address_cells = 2, uint32_t size_cells = 2) {
        return begin("")
            .property("#address-cells", word(address_cells))
            .property("#size-cells", word(size_cells));
    }
    Builder& memory(uint64_t start, uint64_t size) {
        return begin("memory@x")
            .property("reg", wide(start) + wide(size))
            .property("device_type", text("memory"))
            .end();
    }

    // All of it; `room` bytes of nothing behind the last block count as the tree's.
    [[nodiscard]] std::string bytes(size_t room = 0) const {
        std::string all = structure + word(9);
        auto strings_at = static_cast<uint32_t>(start() + all.size());
        return header(start(), strings_at, all.size(), strings_at + strings.size() + room) + all +
               strings + std::string(room, '\0');
    }
    // The structure block last and as it is: a step over its end is one over the end of the bytes.
    [[nodiscard]] std::string bytes_structure_last() const {
        std::string names = padded(strings);
        auto structure_at = static_cast<uint32_t>(start() + names.size());
        return header(structure_at, start(), structure.size(), structure_at + structure.size()) +
               names + structure;
    }

  private:
    // Where the block behind the reservations begins.
    [[nodiscard]] uint32_t start() const {
        return static_cast<uint32_t>(40 + reservations.size() + 16);
    }
    [[nodiscard]] std::string header(uint32_t structure_at, uint32_t strings_at,
                                     size_t structure_size, size_t total) const {
        return words({0xd00dfeed, static_cast<uint32_t>(total), structure_at, strings_at, 40, 17,
                      16, 0, static_cast<uint32_t>(strings.size()),
                      static_cast<uint32_t>(structure_size)}) +
               reservations + wide(0) + wide(0);
    }
    static std::string padded(std::string value) {
        value.resize((value.size() + 3) & ~size_t{3});
        return value;
    }
};

// The bytes at an aligned place that ends where they end, so that AddressSanitizer sees every step
// beyond.
class Placed {
  public:
    explicit Placed(const std::string& bytes) : size_(bytes.size()), data_(new char[bytes.size()]) {
        memcpy(data_.get(), bytes.data(), bytes.size());
    }
    [[nodiscard]] std::span<const std::byte> span() const {
        return {reinterpret_cast<const std::byte*>(data_.get()), size_};
    }
    [[nodiscard]] uk::Result<uk::devicetree::Tree> open() const {
        return uk::devicetree::Tree::open(span());
    }

  private:
    size_t size_;
    std::unique_ptr<char[]> data_; // new aligns to 16 bytes
};

} // namespace devicetree_test
