// SPDX-License-Identifier: BSD-3-Clause
// The header of a flattened device tree (DT 5.2).
#include <uk/base/endian.hpp>
#include <uk/devicetree/tree.hpp>

namespace uk::devicetree {
namespace {

struct Header {
    be32 magic, total_size, structure, strings, reservations, version, last_compatible, boot_cpu,
        strings_size, structure_size;
};
static_assert(sizeof(Header) == kHeaderSize);

constexpr uint32_t kVersion = 17;
constexpr uint32_t kReservationSize = 16;

bool is_readable(const Header& header) {
    return header.magic == kMagic && header.version >= kVersion &&
           header.last_compatible <= kVersion && header.total_size <= kMaxSize;
}

// Whether a block of `size` bytes lies behind the header and before `end`.
bool inside(uint32_t offset, uint64_t size, uint64_t end, uint32_t align) {
    return offset >= kHeaderSize && offset % align == 0 && offset + size <= end;
}

} // namespace

size_t tree_size(const void* bytes) {
    const Header& header = *static_cast<const Header*>(bytes);
    if (!is_readable(header)) {
        return 0;
    }
    uint64_t total = header.total_size;
    uint64_t structure_end = uint64_t{header.structure} + header.structure_size;
    uint64_t strings_end = uint64_t{header.strings} + header.strings_size;
    uint64_t end = structure_end > strings_end ? structure_end : strings_end;
    // The reservations do not say how long they are; they come first in trees as they should be.
    bool in_order = header.reservations < header.structure;
    return in_order && end < total ? end : total;
}

Result<Tree> Tree::open(std::span<const std::byte> bytes) {
    if (bytes.size() < kHeaderSize || reinterpret_cast<uintptr_t>(bytes.data()) % 8 != 0) {
        return Errno::inval;
    }
    const Header& header = *reinterpret_cast<const Header*>(bytes.data());
    if (!is_readable(header)) {
        return Errno::inval;
    }
    uint64_t end = header.total_size;
    end = end < bytes.size() ? end : bytes.size();
    Tree tree;
    tree.data_ = bytes.data();
    tree.size_ = static_cast<uint32_t>(end);
    tree.structure_ = header.structure;
    tree.structure_size_ = header.structure_size;
    tree.strings_ = header.strings;
    tree.strings_size_ = header.strings_size;
    tree.reservations_ = header.reservations;
    if (!inside(tree.structure_, tree.structure_size_, end, 4) || tree.structure_size_ % 4 != 0 ||
        !inside(tree.strings_, tree.strings_size_, end, 1) ||
        !inside(tree.reservations_, kReservationSize, end, 8)) {
        return Errno::inval;
    }
    return tree;
}

} // namespace uk::devicetree
