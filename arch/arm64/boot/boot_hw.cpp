// SPDX-License-Identifier: BSD-3-Clause
// What the loader left: a device tree, and in it memory, boot line and initrd.
#include <uk/arm64/boot.hpp>

#include <uk/arm64/memory.hpp>
#include <uk/base/endian.hpp>

namespace uk {

namespace {

// The boot protocol keeps the 2 MiB around a tree fit for being mapped as memory: one large page,
// no table for small ones. Not where a part of them is our own image.
Result<std::span<const std::byte>> view_around(Paddr where) {
    constexpr uint64_t kBlock = uint64_t{2} << 20;
    Paddr first = where.align_down(kBlock);
    size_t before = where - first;
    if (auto block = arm64::view_physical(first, kBlock); block.ok()) {
        return block.value().subspan(before);
    }
    return arm64::view_physical(where, devicetree::kHeaderSize);
}

} // namespace

Result<devicetree::Tree> arm64::open_tree(Paddr where) {
    if (where == Paddr{}) {
        return Errno::nodev;
    }
    auto bytes = UK_TRY(view_around(where));
    if (bytes.size() < devicetree::kHeaderSize) {
        bytes = UK_TRY(view_physical(where, devicetree::kHeaderSize));
    }
    size_t size = devicetree::tree_size(bytes.data());
    if (size == 0) {
        const be32 magic = *reinterpret_cast<const be32*>(bytes.data());
        return magic == devicetree::kMagic ? Errno::inval : Errno::nodev;
    }
    if (bytes.size() < size) {
        bytes = UK_TRY(view_physical(where, size));
    }
    return devicetree::Tree::open(bytes.first(size));
}

Result<> arm64::read_boot_info(const devicetree::Tree& tree, Paddr where, hal::BootInfo& info) {
    devicetree::BootFacts facts = UK_TRY(devicetree::read_boot(tree, info));
    if (!facts.initrd.empty()) {
        auto bytes = UK_TRY(view_physical(facts.initrd.start, facts.initrd.size));
        info.initrd = {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }
    info.add(where, devicetree::tree_size(tree.data()), hal::MemoryKind::loader);
    info.add(image_range().start, image_range().size, hal::MemoryKind::image);
    info.device_tree = where;
    info.loader = "Linux arm64";
    return {};
}

} // namespace uk
