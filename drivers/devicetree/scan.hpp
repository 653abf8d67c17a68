// SPDX-License-Identifier: BSD-3-Clause
// A quick walk over the structure block of a device tree (DT 5.4), for the one pass that boot
// makes. Why not with libfdt: docs/decisions/0008-device-tree-scan.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <uk/devicetree/tree.hpp>

namespace uk::devicetree {

inline uint32_t load_be32(const void* at) {
    uint32_t value;
    __builtin_memcpy(&value, at, sizeof value);
    return __builtin_bswap32(value);
}
inline uint64_t load_be64(const void* at) {
    uint64_t value;
    __builtin_memcpy(&value, at, sizeof value);
    return __builtin_bswap64(value);
}

// A property: its value, and its name, of which `name_room` (at least 1) bytes may be read.
struct Property {
    const char* name = nullptr;
    size_t name_room = 0;
    const std::byte* data = nullptr;
    uint32_t size = 0;

    template <size_t kSize>
    bool is(const char (&text)[kSize]) const {
        return name_room >= kSize && __builtin_memcmp(name, text, kSize) == 0;
    }
};

// Moves from token to token. After any function returned `damaged`, the walk is over.
class Scan {
  public:
    enum class Token : uint8_t { property, node, end_of_node, damaged };

    // `structure_size` is a multiple of 4, `structure` on a 4-byte boundary.
    Scan(const std::byte* structure, size_t structure_size, const char* strings,
         size_t strings_size)
        : base_(structure), size_(structure_size), strings_(strings), strings_size_(strings_size) {}

    // What comes next; properties are in property(), names of nodes in name() until the next call.
    Token next();
    [[nodiscard]] const Property& property() const { return property_; }
    [[nodiscard]] const char* name() const { return name_; } // ends with a NUL

    // After Token::node: passes the node's end. False = damaged.
    bool skip();

    // Goes on to the next child of this node that boot may want: its name begins with one of
    // kWanted. What lies before it is passed by. Token::end_of_node: there was none, and the node
    // has been left. Never Token::property.
    Token next_wanted();
    static constexpr std::string_view kWanted[] = {"memory", "chosen", "reserved-memory"};

    // After the root's end: whether the block ends as it should (DT 5.4.2).
    bool ends_well();

  private:
    static constexpr uint32_t kBeginNode = 1;
    static constexpr uint32_t kEndNode = 2;
    static constexpr uint32_t kProperty = 3;
    static constexpr uint32_t kNop = 4;
    static constexpr uint32_t kEnd = 9;
    // Behind the start of every token but the last, which is the end, are 8 bytes in the block, so
    // tokens and names are read in pieces of 8 bytes.
    static constexpr uint64_t kPiece = 8;

    // Offsets, not pointers: adding any size in the tree to one cannot wrap.
    [[nodiscard]] bool may_read(uint64_t at) const { return at + kPiece <= size_; }
    bool read_property();
    // Bytes that a property takes in all: token, size, name, and the value padded to 4 bytes.
    static constexpr uint64_t property_bytes(uint64_t value_size) {
        return (12 + value_size + 3) & ~uint64_t{3};
    }
    template <bool kStopAtWanted>
    Token pass();

    // A constant; here, so that loops load it once, and do not make it anew in each round.
    uint64_t ones_ = 0x0101010101010101;
    const std::byte* base_;
    uint64_t size_;
    uint64_t at_ = 0;
    const char* strings_;
    size_t strings_size_;
    const char* name_ = nullptr;
    int depth_ = -1; // 0 = in the root
    Property property_;
};

} // namespace uk::devicetree
