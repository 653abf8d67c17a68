// SPDX-License-Identifier: BSD-3-Clause
// Reads hvm_start_info, which is outside input: counts, sizes and addresses are checked before use.
#include <uk/loader/pvh.hpp>

namespace uk::loader {
namespace {

struct StartInfo {
    uint32_t magic;
    uint32_t version;
    uint32_t flags;
    uint32_t modules;
    uint64_t module_list;
    uint64_t command_line;
    uint64_t rsdp;
    uint64_t memory_map; // from version 1 on
    uint32_t memory_map_entries;
    uint32_t reserved;
};
static_assert(sizeof(StartInfo) == 56);

struct Module {
    uint64_t start;
    uint64_t size;
    uint64_t command_line;
    uint64_t reserved;
};
static_assert(sizeof(Module) == 32);

// Far beyond what firmware reports; what claims more is not a table.
constexpr uint32_t kMaxEntries = 4096;

Result<> read_map(const PhysView& view, const StartInfo& start, hal::BootInfo& info) {
    if (start.memory_map == 0 || start.memory_map_entries == 0) {
        return Errno::nodata;
    }
    if (start.memory_map_entries > kMaxEntries) {
        return Errno::inval;
    }
    size_t size = start.memory_map_entries * sizeof(MapEntry);
    Paddr place{start.memory_map};
    auto bytes = UK_TRY(view(place, size));
    add_loader(info, place, size);
    size_t before = info.range_count;
    for (size_t at = 0; at < size; at += sizeof(MapEntry)) {
        auto entry = load<MapEntry>(bytes, at);
        add_e820(info, entry);
    }
    return info.range_count == before ? Result<>(Errno::nodata) : Result<>();
}

// Page by page, as the length is not given.
Result<> read_command_line(const PhysView& view, Paddr start, hal::BootInfo& info) {
    size_t size = 0;
    while (size < kMaxCommandLine) {
        Paddr here = start + size;
        auto part = UK_TRY(view(here, kPageSize - here.page_offset()));
        if (size == 0) {
            info.command_line.data = reinterpret_cast<const char*>(part.data());
        }
        const void* end = memchr(part.data(), 0, part.size());
        if (end != nullptr) {
            size += static_cast<size_t>(static_cast<const std::byte*>(end) - part.data());
            info.command_line.size = size;
            add_loader(info, start, size + 1);
            return {};
        }
        size += part.size();
    }
    return Errno::inval;
}

Result<> read_modules(const PhysView& view, const StartInfo& start, hal::BootInfo& info) {
    if (start.modules > kMaxEntries) {
        return Errno::inval;
    }
    size_t size = start.modules * sizeof(Module);
    Paddr place{start.module_list};
    auto bytes = UK_TRY(view(place, size));
    add_loader(info, place, size);
    for (size_t at = 0; at < size; at += sizeof(Module)) {
        auto module = load<Module>(bytes, at);
        add_loader(info, Paddr{module.start}, module.size);
        if (at == 0 && module.size != 0) {
            auto data = UK_TRY(view(Paddr{module.start}, module.size));
            info.initrd = {reinterpret_cast<const char*>(data.data()), data.size()};
        }
    }
    return {};
}

} // namespace

Result<> read_pvh(const PhysView& view, Paddr start, hal::BootInfo& info, MapSource map) {
    auto head = load<StartInfo>(UK_TRY(view(start, sizeof(StartInfo))), 0);
    if (head.magic != kPvhMagic) {
        return Errno::inval;
    }
    bool has_map = head.version >= 1;
    if (!has_map && map == nullptr) {
        return Errno::proto;
    }
    info.loader = "PVH";
    info.acpi_root = Paddr{head.rsdp};
    add_loader(info, start, sizeof(StartInfo));
    UK_TRY(has_map ? read_map(view, head, info) : map(info));
    if (head.command_line != 0) {
        UK_TRY(read_command_line(view, Paddr{head.command_line}, info));
    }
    if (head.modules != 0) {
        UK_TRY(read_modules(view, head, info));
    }
    return {};
}

} // namespace uk::loader
