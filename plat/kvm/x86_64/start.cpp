// SPDX-License-Identifier: BSD-3-Clause
// The first C++ of a KVM guest: exceptions, memory, what the loader left, then generic code.
#include <uk/hal/boot_info.hpp>
#include <uk/hal/power.hpp>
#include <uk/x86/boot.hpp>
#include <uk/x86/layout.h>
#include <uk/x86/memory.hpp>
#include <uk/x86/trap.hpp>

#include "kvm.hpp"

namespace uk::kvm {

constinit hal::BootInfo g_boot_info{};

} // namespace uk::kvm

void uk_platform_start(uint32_t magic, uint32_t information, uint64_t cycles) {
    using namespace uk;
    hal::BootInfo& info = kvm::g_boot_info;
    x86::trap_init();
    x86::enable_extended_state();
    x86::memory_init();
    info.platform = "kvm";
    info.entry_cycles = cycles;
    if (!x86::read_boot_info(magic, Paddr{information}, info).ok()) {
        hal::shutdown(hal::Shutdown::exit, UK_EXIT_BOOT_FAILED);
    }
    if constexpr (hal::kMostCpus > 1) {
        kvm::reserve_start_page(info);
    }
    boot(info);
}
