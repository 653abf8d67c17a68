// SPDX-License-Identifier: BSD-3-Clause
// Reads the tags of Multiboot 2, which are outside input: every size is checked before use.
#include <uk/loader/multiboot2.hpp>

namespace uk::loader {
namespace {

constexpr uint32_t kMaxInformation = 16 << 20;
constexpr size_t kHead = 8; // of the list and of each tag: two words
constexpr size_t kAlign = 8;

enum Tag : uint32_t {
    kEnd = 0,
    kCommandLine = 1,
    kModule = 3,
    kMemoryMap = 6,
    kAcpiOld = 14,
    kAcpiNew = 15,
};

using Bytes = std::span<const std::byte>;

void read_command_line(Bytes body, hal::BootInfo& info) {
    const char* text = reinterpret_cast<const char*>(body.data());
    info.command_line = {text, body.empty() ? 0 : strnlen(text, body.size())};
}

Result<> read_module(const PhysView& view, Bytes body, hal::BootInfo& info) {
    if (body.size() < 8) {
        return Errno::inval;
    }
    auto start = load<uint32_t>(body, 0);
    auto end = load<uint32_t>(body, 4);
    if (end < start) {
        return Errno::inval;
    }
    add_loader(info, Paddr{start}, end - start);
    if (info.initrd.data == nullptr && end != start) {
        auto data = UK_TRY(view(Paddr{start}, end - start));
        info.initrd = {reinterpret_cast<const char*>(data.data()), data.size()};
    }
    return {};
}

Result<> read_map(Bytes body, hal::BootInfo& info) {
    if (body.size() < 8) {
        return Errno::inval;
    }
    auto entry_size = load<uint32_t>(body, 0);
    if (entry_size < sizeof(MapEntry) || entry_size > body.size()) {
        return entry_size > body.size() && body.size() == 8 ? Errno::nodata : Errno::inval;
    }
    for (size_t at = 8; body.size() - at >= entry_size; at += entry_size) {
        auto entry = load<MapEntry>(body, at);
        add_e820(info, entry);
    }
    return {};
}

Result<> read_tag(const PhysView& view, uint32_t type, Bytes body, Paddr place,
                  hal::BootInfo& info) {
    switch (type) {
    case kCommandLine:
        read_command_line(body, info);
        return {};
    case kModule:
        return read_module(view, body, info);
    case kMemoryMap:
        return read_map(body, info);
    case kAcpiOld:
        if (info.acpi_root.is_null()) {
            info.acpi_root = place; // the tag holds a copy of the RSDP
        }
        return {};
    case kAcpiNew:
        info.acpi_root = place;
        return {};
    default:
        return {};
    }
}

} // namespace

Result<> read_multiboot2(const PhysView& view, Paddr start, hal::BootInfo& info) {
    if (!start.is_aligned(kAlign)) {
        return Errno::inval;
    }
    auto total = load<uint32_t>(UK_TRY(view(start, kHead)), 0);
    if (total < 2 * kHead || total > kMaxInformation) {
        return Errno::inval;
    }
    auto bytes = UK_TRY(view(start, total));
    info.loader = "Multiboot 2";
    add_loader(info, start, total);
    size_t before = info.range_count;
    for (size_t at = kHead;;) {
        if (total - at < kHead) {
            return Errno::inval;
        }
        auto type = load<uint32_t>(bytes, at);
        auto size = load<uint32_t>(bytes, at + 4);
        if (size < kHead || size > total - at) {
            return Errno::inval;
        }
        if (type == kEnd) {
            break;
        }
        UK_TRY(read_tag(view, type, bytes.subspan(at + kHead, size - kHead), start + at + kHead,
                        info));
        size_t step = (size_t{size} + kAlign - 1) & ~(kAlign - 1);
        if (step > total - at) {
            return Errno::inval;
        }
        at += step;
    }
    return info.range_count == before ? Result<>(Errno::nodata) : Result<>();
}

} // namespace uk::loader
