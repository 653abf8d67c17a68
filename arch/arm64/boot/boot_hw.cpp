// SPDX-License-Identifier: BSD-3-Clause
// What the loader left: a device tree, and in it memory, boot line and initrd.
#include <uk/arm64/boot.hpp>

#include <uk/arm64/memory.hpp>

namespace uk {

Result<devicetree::Tree> arm64::open_tree(Paddr where) {
    if (where == Paddr{}) {
        return Errno::nodev;
    }
    auto header = UK_TRY(view_physical(where, devicetree::kHeaderSize));
    size_t size = devicetree::tree_size(header.data());
    if (size == 0) {
        return Errno::nodev;
    }
    return devicetree::Tree::open(UK_TRY(view_physical(where, size)));
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
