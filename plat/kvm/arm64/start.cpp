// SPDX-License-Identifier: BSD-3-Clause
// The first C++ of a KVM guest: memory, what the loader left, then generic code.
#include <string_view>

#include <uk/arm64/boot.hpp>
#include <uk/arm64/layout.h>
#include <uk/arm64/memory.hpp>
#include <uk/base/late.hpp>
#include <uk/devicetree/machine.hpp>
#include <uk/hal/boot_info.hpp>
#include <uk/hal/console.hpp>
#include <uk/hal/power.hpp>

#include "kvm.hpp"

namespace uk {

constinit hal::BootInfo kvm::g_boot_info{};
constinit const devicetree::Tree* kvm::g_tree = nullptr;
constinit bool kvm::g_was_hypervisor = false;

const devicetree::Tree* devicetree::machine() {
    return kvm::g_tree;
}

namespace {

constinit devicetree::Tree g_storage{};

void say(std::string_view text) {
    hal::console_write(text.data(), text.size());
}

[[noreturn, gnu::cold]] void give_up(Error error) {
    if (kvm::g_tree == nullptr && error.code() == Errno::nodev) {
        say("Microlith: the loader left no device tree (its address belongs into x0); without it "
            "memory and devices are not known.\n");
    } else if (error.code() == Errno::nodev) {
        say("Microlith: the device tree names no memory; there is nothing to run in.\n");
    } else {
        kvm::g_tree = nullptr;
        say("Microlith: the device tree that the loader left is damaged: ");
        say(error.name());
        say(".\n");
    }
    hal::shutdown(hal::Shutdown::exit, UK_EXIT_BOOT_FAILED);
}

} // namespace
} // namespace uk

void uk_platform_start(uint64_t device_tree, uint64_t cycles, uint64_t was_hypervisor,
                       uint64_t image_start) {
    using namespace uk;
    hal::BootInfo& info = kvm::g_boot_info;
    Paddr where{device_tree};
    kvm::g_was_hypervisor = was_hypervisor != 0;
    arm64::memory_init(Paddr{image_start});
    info.platform = "kvm";
    info.entry_cycles = cycles;
    Result<devicetree::Tree> tree = arm64::open_tree(where);
    if (!tree.ok()) {
        give_up(tree.error());
    }
    g_storage = tree.take();
    kvm::g_tree = &g_storage;
    if (Result<> read = arm64::read_boot_info(g_storage, where, info); !read.ok()) {
        give_up(read.error());
    }
    boot(info);
}
