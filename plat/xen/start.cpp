// SPDX-License-Identifier: BSD-3-Clause
// The first C++ of a Xen guest: exceptions, memory, the hypervisor, what it left, then generic
// code.
#include <uk/hal/boot_info.hpp>

#include <string_view>

#include <uk/format.h>
#include <uk/hal/console.hpp>
#include <uk/hal/power.hpp>
#include <uk/loader/pvh.hpp>
#include <uk/x86/boot.hpp>
#include <uk/x86/layout.h>
#include <uk/x86/memory.hpp>
#include <uk/x86/trap.hpp>
#include <uk/xen/events.hpp>

#include "console.hpp"
#include "hypervisor.hpp"

namespace uk {
namespace {

constinit hal::BootInfo g_boot_info{};

[[noreturn]] void give_up(const char* what, Error why) {
    char text[192];
    size_t size = uk_scnprintf(text, sizeof text, "Microlith: %s (%s).\n", what, why.name());
    hal::console_write(text, size);
    hal::shutdown(hal::Shutdown::exit, UK_EXIT_BOOT_FAILED);
}

// hvm_start_info: the flags are its third word.
Result<> read_flags(Paddr information) {
    constexpr size_t kFlags = 8;
    auto bytes = UK_TRY(x86::view_physical(information, kFlags + sizeof(uint32_t)));
    auto flags = loader::load<uint32_t>(bytes, kFlags);
    xen::g_is_control_domain = (flags & xen::kInitialDomain) != 0;
    return {};
}

Result<> read_start_info(Paddr information) {
    loader::PhysView view{
        [](void*, Paddr start, size_t size) { return x86::view_physical(start, size); }, nullptr};
    // The control domain gets version 0, which has no memory map.
    UK_TRY(loader::read_pvh(view, information, g_boot_info, xen::read_memory_map));
    g_boot_info.add(x86::image_range().start, x86::image_range().size, hal::MemoryKind::image);
    return {};
}

} // namespace
} // namespace uk

void uk_platform_start(uint32_t magic, uint32_t information, uint64_t cycles) {
    using namespace uk;
    x86::trap_init();
    x86::enable_extended_state();
    x86::memory_init();
    g_boot_info.platform = "xen";
    g_boot_info.entry_cycles = cycles;
    if (Result<> found = xen::find(); !found.ok()) {
        give_up("this image is for Xen, and there is no Xen below it; T=kvm-x86_64 builds one for "
                "other machines",
                found.error());
    }
    Paddr start{information};
    if (Result<> read = magic == UK_PVH_MAGIC ? read_flags(start) : Errno::inval; !read.ok()) {
        give_up("Xen left no start_info", read.error());
    }
    xen::console_start();
    if (Result<> mapped = xen::map_shared_info(); !mapped.ok()) {
        give_up("Xen refuses to map the page it shares with its guests", mapped.error());
    }
    xen::mask_all_events(xen::g_shared.info);
    if (Result<> read = read_start_info(start); !read.ok()) {
        give_up("what Xen left (start_info, memory map) is damaged or empty", read.error());
    }
    boot(g_boot_info);
}
