// SPDX-License-Identifier: BSD-3-Clause
// What firmware leaves in memory, for the tests of those who read it.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include <uk/acpi/tables.hpp>
#include <uk/base/endian.hpp>

namespace {

using uk::Paddr;
using uk::acpi::Memory;

// Physical memory from kBase on, with tables in it.
class Firmware {
  public:
    static constexpr uint64_t kBase = 0xe0000;

    uint64_t place(std::string bytes) {
        uint64_t at = kBase + bytes_.size();
        bytes.resize((bytes.size() + 15) & ~size_t{15});
        bytes_ += bytes;
        return at;
    }
    uint64_t table(const char* signature, std::string body) {
        std::string header(36, '\0');
        header.replace(0, 4, signature, 4);
        put<uk::le32>(header, 4, static_cast<uint32_t>(36 + body.size()));
        header[8] = 3;
        body.insert(0, header);
        body[9] = static_cast<char>(-sum(body));
        return place(body);
    }
    uint64_t rsdp(uint64_t rsdt, uint64_t xsdt) {
        std::string text(36, '\0');
        text.replace(0, 8, "RSD PTR ");
        text[15] = xsdt != 0 ? 2 : 0;
        put<uk::le32>(text, 16, static_cast<uint32_t>(rsdt));
        put<uk::le32>(text, 20, 36);
        put<uk::le64>(text, 24, xsdt);
        text[8] = static_cast<char>(-sum(text.substr(0, 20)));
        text[32] = static_cast<char>(-sum(text));
        return place(text);
    }
    template <class T, class V>
    static void put(std::string& text, size_t at, V value) {
        T wire(value);
        std::memcpy(text.data() + at, &wire, sizeof wire);
    }
    static int sum(const std::string& text) {
        int total = 0;
        for (char c : text) {
            total += static_cast<unsigned char>(c);
        }
        return total & 0xff;
    }
    std::string& bytes() { return bytes_; }
    Memory memory() { return Memory{read, this}; }

  private:
    static bool read(void* context, Paddr from, void* to, size_t size) {
        const std::string& bytes = static_cast<Firmware*>(context)->bytes_;
        if (from.value() < kBase || from.value() - kBase > bytes.size() ||
            size > bytes.size() - (from.value() - kBase)) {
            return false;
        }
        std::memcpy(to, bytes.data() + (from.value() - kBase), size);
        return true;
    }
    std::string bytes_;
};

// All tables, listed by an XSDT or an RSDT.
[[maybe_unused]] uint64_t build(Firmware& f, bool wide, const std::vector<uint64_t>& tables) {
    std::string list;
    for (uint64_t table : tables) {
        std::string entry(wide ? 8 : 4, '\0');
        std::memcpy(entry.data(), &table, entry.size());
        list += entry;
    }
    uint64_t at = f.table(wide ? "XSDT" : "RSDT", list);
    return wide ? f.rsdp(0, at) : f.rsdp(at, 0);
}

} // namespace
