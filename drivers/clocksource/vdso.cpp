// SPDX-License-Identifier: BSD-3-Clause
// A bounds-checked reader of the few ELF tables that lead to a dynamic symbol (System V gABI).
#include <uk/clocksource/vdso.hpp>

#include <cstdint>

namespace uk::clocksource {
namespace {

using Bytes = std::span<const std::byte>;

struct ElfHeader {
    unsigned char ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, program_headers, section_headers;
    uint32_t flags;
    uint16_t header_size, program_size, program_count, section_size, section_count, names;
};

struct ProgramHeader {
    uint32_t type, flags;
    uint64_t offset, address, physical, file_size, memory_size, align;
};

struct DynamicEntry {
    uint64_t tag, value;
};

struct Symbol {
    uint32_t name;
    uint8_t info, other;
    uint16_t section;
    uint64_t value, size;
};

constexpr uint16_t kSharedObject = 3;
constexpr uint32_t kLoad = 1;
constexpr uint32_t kDynamic = 2;
constexpr uint64_t kTagHash = 4;
constexpr uint64_t kTagStrings = 5;
constexpr uint64_t kTagSymbols = 6;
constexpr uint64_t kTagGnuHash = 0x6ffffef5;
constexpr uint8_t kTypeFunction = 2;

bool inside(Bytes image, uint64_t offset, uint64_t size) {
    return offset <= image.size() && size <= image.size() - offset;
}

template <class T>
bool load(Bytes image, uint64_t offset, T& out) {
    if (!inside(image, offset, sizeof(T))) {
        return false;
    }
    __builtin_memcpy(&out, image.data() + offset, sizeof(T));
    return true;
}

bool load_element(Bytes image, uint64_t base, uint64_t index, uint32_t& out) {
    return base <= image.size() && index < kVdsoLimit && load(image, base + index * 4, out);
}

bool read_header(Bytes image, ElfHeader& header) {
    constexpr unsigned char kMagic[] = {0x7f, 'E', 'L', 'F', 2 /* 64 bits */,
                                        1 /* little-endian */};
    return load(image, 0, header) && __builtin_memcmp(header.ident, kMagic, sizeof kMagic) == 0 &&
           header.type == kSharedObject && header.program_size == sizeof(ProgramHeader) &&
           header.program_headers < kVdsoLimit;
}

bool read_program(Bytes image, const ElfHeader& header, unsigned index, ProgramHeader& out) {
    return load(image, header.program_headers + uint64_t{index} * sizeof(ProgramHeader), out);
}

// Offsets of the tables in the image; 0 = not there.
struct Tables {
    uint64_t bias = 0; // what to subtract from an address to get an offset
    uint64_t dynamic = 0;
    uint64_t dynamic_size = 0;
    uint64_t strings = 0;
    uint64_t symbols = 0;
    uint64_t hash = 0;
    uint64_t gnu_hash = 0;
};

bool find_segments(Bytes image, Tables& tables) {
    ElfHeader header{};
    if (!read_header(image, header)) {
        return false;
    }
    bool loaded = false;
    for (unsigned i = 0; i < header.program_count; i++) {
        ProgramHeader program{};
        if (!read_program(image, header, i, program)) {
            return false;
        }
        if (program.type == kLoad && !loaded) {
            tables.bias = program.address - program.offset;
            loaded = true;
        } else if (program.type == kDynamic) {
            tables.dynamic = program.offset;
            tables.dynamic_size = program.file_size;
        }
    }
    return loaded && tables.dynamic != 0 && inside(image, tables.dynamic, tables.dynamic_size);
}

bool find_tables(Bytes image, Tables& tables) {
    if (!find_segments(image, tables)) {
        return false;
    }
    for (uint64_t at = 0; at + sizeof(DynamicEntry) <= tables.dynamic_size;
         at += sizeof(DynamicEntry)) {
        DynamicEntry entry{};
        if (!load(image, tables.dynamic + at, entry) || entry.tag == 0) {
            break;
        }
        uint64_t offset = entry.value - tables.bias;
        switch (entry.tag) {
        case kTagHash:
            tables.hash = offset;
            break;
        case kTagStrings:
            tables.strings = offset;
            break;
        case kTagSymbols:
            tables.symbols = offset;
            break;
        case kTagGnuHash:
            tables.gnu_hash = offset;
            break;
        default:
            break;
        }
    }
    return tables.strings != 0 && tables.symbols != 0;
}

// The GNU hash table does not say how many symbols there are: the last chain ends the table.
bool count_by_gnu_hash(Bytes image, uint64_t table, uint32_t& count) {
    uint32_t buckets = 0;
    uint32_t first = 0;
    uint32_t bloom_words = 0;
    if (!load_element(image, table, 0, buckets) || !load_element(image, table, 1, first) ||
        !load_element(image, table, 2, bloom_words)) {
        return false;
    }
    uint64_t bucket_index = 4 + uint64_t{bloom_words} * 2;
    uint32_t last = 0;
    for (uint32_t i = 0; i < buckets; i++) {
        uint32_t start = 0;
        if (!load_element(image, table, bucket_index + i, start)) {
            return false;
        }
        last = start > last ? start : last;
    }
    count = first;
    if (last < first) {
        return true; // every bucket is empty
    }
    uint32_t hash = 0;
    for (uint32_t i = last; (hash & 1) == 0; i++) {
        if (!load_element(image, table, bucket_index + buckets + (i - first), hash)) {
            return false;
        }
        count = i + 1;
    }
    return true;
}

bool count_symbols(Bytes image, const Tables& tables, uint32_t& count) {
    if (tables.hash != 0) {
        return load_element(image, tables.hash, 1, count);
    }
    return tables.gnu_hash != 0 && count_by_gnu_hash(image, tables.gnu_hash, count);
}

bool has_name(Bytes image, uint64_t at, const char* name) {
    for (;; at++, name++) {
        if (at >= image.size() || std::to_integer<char>(image[at]) != *name) {
            return false;
        }
        if (*name == '\0') {
            return true;
        }
    }
}

} // namespace

Result<size_t> vdso_size(Bytes head) {
    ElfHeader header{};
    if (!read_header(head, header)) {
        return Errno::noexec;
    }
    uint64_t size = 0;
    for (unsigned i = 0; i < header.program_count; i++) {
        ProgramHeader program{};
        if (!read_program(head, header, i, program)) {
            return Errno::noexec;
        }
        if (program.type != kLoad) {
            continue;
        }
        if (program.offset > kVdsoLimit || program.file_size > kVdsoLimit - program.offset) {
            return Errno::fbig;
        }
        uint64_t end = program.offset + program.file_size;
        size = end > size ? end : size;
    }
    if (size == 0) {
        return Errno::noexec;
    }
    return size;
}

Result<size_t> vdso_function(Bytes image, const char* name) {
    Tables tables;
    uint32_t count = 0;
    if (!find_tables(image, tables) || !count_symbols(image, tables, count)) {
        return Errno::noexec;
    }
    for (uint32_t i = 0; i < count; i++) {
        Symbol symbol{};
        if (tables.symbols > image.size() ||
            !load(image, tables.symbols + uint64_t{i} * sizeof(Symbol), symbol)) {
            return Errno::noexec;
        }
        if ((symbol.info & 0xf) != kTypeFunction || symbol.section == 0 ||
            tables.strings > image.size() || !has_name(image, tables.strings + symbol.name, name)) {
            continue;
        }
        uint64_t offset = symbol.value - tables.bias;
        if (offset >= image.size()) {
            return Errno::noexec;
        }
        return static_cast<size_t>(offset);
    }
    return Errno::noent;
}

const void* vdso_find(const void* image, const char* name) {
    constexpr size_t kHead = 4096; // the first page is there; the headers tell the rest
    const auto* start = static_cast<const std::byte*>(image);
    Result<size_t> size = vdso_size({start, kHead});
    if (!size.ok()) {
        return nullptr;
    }
    Result<size_t> offset = vdso_function({start, size.take()}, name);
    return offset.ok() ? start + offset.take() : nullptr;
}

} // namespace uk::clocksource
