// SPDX-License-Identifier: BSD-3-Clause
// Fuzz target: any bytes as what a loader left. Whatever is found must be readable.
#include <cstdlib>

#include <uk/loader/multiboot2.hpp>
#include <uk/loader/pvh.hpp>

#include "physical_memory.hpp"

namespace {

using uk::Paddr;
using uk::hal::BootBytes;
using uk::hal::BootInfo;
using uk::loader::tests::PhysicalMemory;

unsigned sum(const BootBytes& bytes) {
    unsigned total = 0;
    for (size_t i = 0; i < bytes.size; i++) {
        total += static_cast<unsigned char>(bytes.data[i]);
    }
    return total;
}

void check(const BootInfo& info) {
    volatile unsigned sink = sum(info.command_line) + sum(info.initrd);
    (void)sink;
    for (size_t i = 0; i < info.range_count; i++) {
        if (info.ranges[i].start.value() + info.ranges[i].size < info.ranges[i].start.value() &&
            info.ranges[i].kind != uk::hal::MemoryKind::loader) {
            abort();
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    PhysicalMemory memory({data, size});
    // The magic number is given, as no input would find it.
    BootInfo tags{};
    if (read_multiboot2(memory.view(), Paddr{PhysicalMemory::kBase}, tags).ok()) {
        check(tags);
    }
    memory.put<uint32_t>(PhysicalMemory::kBase, 0x336ec578);
    BootInfo pvh{};
    if (read_pvh(memory.view(), Paddr{PhysicalMemory::kBase}, pvh).ok()) {
        check(pvh);
    }
    return 0;
}
