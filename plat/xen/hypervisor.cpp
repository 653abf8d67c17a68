// SPDX-License-Identifier: BSD-3-Clause
// Finding Xen, calling it, and the pages that it shares with us.
#include "hypervisor.hpp"

#include <uk/hal/cpu.hpp>
#include <uk/hal/memory.hpp>
#include <uk/hal_arch/cpuid.hpp>
#include <uk/hal_arch/msr.hpp>
#include <uk/loader/view.hpp>
#include <uk/x86/layout.h>
#include <uk/x86/memory.hpp>
#include <uk/xen/errors.hpp>

extern "C" char uk_hypercall_page[];

namespace uk {

constinit bool xen::g_is_control_domain = false;
constinit xen::SharedPage xen::g_shared{};

namespace {

using namespace xen;

constinit bool g_found = false;
static_assert(sizeof(SharedPage) == kPageSize);

uint64_t physical_address(const volatile void* object) {
    return reinterpret_cast<uintptr_t>(object) - UK_KERNEL_BASE;
}

// public/arch-x86/cpuid.h: leaf 0x40000x00 says "XenVMMXenVMM"; another hypervisor may stand
// before.
uint32_t find_leaf() {
    constexpr uint32_t kFirst = 0x40000000;
    constexpr uint32_t kEnd = 0x40010000;
    constexpr uint32_t kBetween = 0x100;
    for (uint32_t leaf = kFirst; leaf < kEnd; leaf += kBetween) {
        hal::Cpuid r = hal::cpuid_unchecked(leaf);
        if (r.ebx == 0x566e6558 && r.ecx == 0x65584d4d && r.edx == 0x4d4d566e &&
            r.eax >= leaf + 2) {
            return leaf;
        }
    }
    return 0;
}

} // namespace

Result<> xen::find() {
    uint32_t leaf = find_leaf();
    if (leaf == 0) {
        return Errno::nodev;
    }
    hal::Cpuid pages = hal::cpuid_unchecked(leaf + 2); // eax: how many; ebx: the MSR
    if (pages.eax == 0) {
        return Errno::nosys;
    }
    hal::msr_write(pages.ebx, physical_address(uk_hypercall_page));
    g_found = true;
    return {};
}

bool xen::found() {
    return g_found;
}

Result<uint64_t> xen::call(Call number, uint64_t a, uint64_t b, uint64_t c) {
    constexpr size_t kStub = 32;
    const char* stub = uk_hypercall_page + static_cast<uint32_t>(number) * kStub;
    int64_t returned;
    asm volatile("call *%[stub]"
                 : "=a"(returned), "+D"(a), "+S"(b), "+d"(c)
                 : [stub] "r"(stub)
                 : "memory", "rcx", "r8", "r9", "r10", "r11");
    return result_of(returned);
}

Result<uint64_t> xen::parameter(Parameter index) {
    ParameterCall request{kSelf, 0, index, 0};
    UK_TRY(call(Call::hvm, kGetParameter, &request));
    return request.value != 0 ? Result<uint64_t>(request.value) : Errno::nodev;
}

Result<> xen::place_page(MapSpace space, uint64_t index, volatile void* page) {
    uint64_t frame = machine_frame(Paddr{physical_address(page)});
    AddToPhysmap request{kSelf, 0, space, index, frame};
    UK_TRY(call(Call::memory, kAddToPhysmap, &request));
    return {};
}

Result<> xen::map_shared_info() {
    return place_page(MapSpace::shared_info, 0, &g_shared);
}

Result<volatile void*> xen::view_page(uint64_t frame) {
    UK_TRY(x86::view_physical(Paddr::of_page(frame), kPageSize));
    return hal::direct_map(Paddr::of_page(frame));
}

Result<> xen::read_memory_map(hal::BootInfo& info) {
    MemoryMapEntry entries[hal::BootInfo::kMaxRanges];
    MemoryMap map{hal::BootInfo::kMaxRanges, 0, entries};
    UK_TRY(call(Call::memory, kMemoryMap, &map));
    if (map.count == 0 || map.count > hal::BootInfo::kMaxRanges) {
        return Errno::nodata;
    }
    for (uint32_t i = 0; i < map.count; i++) {
        loader::add_e820(info, {entries[i].start, entries[i].size, entries[i].type, 0});
    }
    return {};
}

void xen::yield() {
    (void)call(Call::sched, kYield, 0).ok();
}

bool xen::Patience::wait(unsigned round) {
    constexpr uint64_t kCycles =
        8'000'000'000; // some seconds: the other side may be a busy machine
    if (round == 0) {
        start_ = hal::cpu_cycles();
    }
    yield();
    return hal::cpu_cycles() - start_ < kCycles;
}

} // namespace uk
