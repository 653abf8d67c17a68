// SPDX-License-Identifier: BSD-3-Clause
// Files about memory.
#include <uk/procfs.hpp>

#include <uk/alloc/heap.hpp>
#include <uk/falloc/frame_allocator.hpp>
#include <uk/vmem.hpp>

namespace uk::procfs {

namespace {

unsigned long long kib(uint64_t bytes) {
    return bytes >> 10;
}

uint64_t used_bytes() {
    const FrameStats frames = falloc::stats();
    return frames.total_bytes - frames.free_bytes;
}

// proc_meminfo(5). What there is no such thing of is 0, because programs look for the lines.
void write_meminfo(Text& out) {
    const FrameStats frames = falloc::stats();
    const HeapStats heap = heap::stats();
    const struct {
        const char* name;
        uint64_t bytes;
    } lines[] = {
        {"MemTotal:", frames.total_bytes},
        {"MemFree:", frames.free_bytes},
        {"MemAvailable:", frames.free_bytes + heap.free_bytes},
        {"Buffers:", 0},
        {"Cached:", 0},
        {"SwapCached:", 0},
        {"SwapTotal:", 0},
        {"SwapFree:", 0},
        {"AnonPages:", vmem::stats().private_pages * kPageSize},
        {"Slab:", heap.total_bytes}, // the heap: kernel and application share it
        {"SUnreclaim:", heap.total_bytes - heap.free_bytes},
    };
    for (const auto& line : lines)
        out.append("%-16s%8llu kB\n", line.name, kib(line.bytes));
}

// In pages: size, resident, shared, text, library, data, dirty.
void write_statm(Text& out) {
    const auto used = static_cast<unsigned long long>(used_bytes() / kPageSize);
    out.append("%llu %llu 0 0 0 %llu 0\n", used, used, used);
}

// proc_pid_maps(5): the areas of the application's address space; the image itself is not in it.
void write_maps(Text& out) {
    Vaddr at = vmem::range().start;
    for (;;) {
        const Result<vmem::AreaInfo> found = vmem::find(at);
        if (!found.ok())
            return;
        const vmem::AreaInfo& area = found.value();
        const vmem::Protection& may = area.protection;
        out.append("%012llx-%012llx %c%c%c%c %08llx 00:00 0",
                   static_cast<unsigned long long>(area.range.start.value()),
                   static_cast<unsigned long long>(area.range.end().value()), may.read ? 'r' : '-',
                   may.write ? 'w' : '-', may.execute ? 'x' : '-', area.shared ? 's' : 'p',
                   static_cast<unsigned long long>(area.offset));
        if (area.name[0] != '\0')
            out.append("                          [%s]", area.name);
        out.append_text("\n");
        at = area.range.end();
    }
}

UK_PROC_ENTRY({.path = "meminfo", .write = write_meminfo});
UK_PROC_ENTRY({.path = "1/statm", .write = write_statm});
UK_PROC_ENTRY({.path = "1/maps", .write = write_maps});

} // namespace

} // namespace uk::procfs
