// SPDX-License-Identifier: BSD-3-Clause
// Text of crash reports: short ASCII lines, nothing that needs more than the stack it stands on.
#include <uk/config.hpp>
#include <uk/debug/report.hpp>
#include <uk/format.h>
#include <uk/string.h>

namespace uk::debug {

namespace {

constexpr size_t kMaxCalls = 32;
constexpr size_t kMaxGuesses = 8;
constexpr size_t kGuessWords = 64;
constexpr size_t kCodeBefore = 16;
constexpr size_t kCodeAfter = 16;
constexpr size_t kRow = 16;
constexpr size_t kRegistersInRow = 3;

using Hex = unsigned long long;

} // namespace

void Report::line(const char* format, ...) {
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    const size_t size = uk_vscnprintf(text, sizeof(text) - 1, format, arguments);
    va_end(arguments);
    text[size] = '\n';
    machine_.write(text, size + 1);
}

void Report::begin() {
    line("\n%s", kReportBegins);
    build_id();
}

void Report::end() {
    line("%s", kReportEnds);
}

void Report::build_id() {
    // {name size, description size, type} of 4 bytes each, "GNU\0", the id.
    constexpr size_t kHeader = 16;
    if (machine_.note.size() <= kHeader) {
        line("build ? (the image has no build id)");
        return;
    }
    char hex[2 * 32 + 1] = "";
    size_t size = 0;
    for (unsigned char byte : machine_.note.subspan(kHeader)) {
        size += uk_scnprintf(hex + size, sizeof(hex) - size, "%02x", byte);
    }
    line("build %s", hex);
}

void Report::exception(const hal::TrapInfo& info) {
    const Explanation text =
        *info.detail != '\0' ? Explanation{"", info.detail} : explain_access(info, machine_.image);
    line("%s (%u, error 0x%llx)%s%s%s%s", info.name, info.number, static_cast<Hex>(info.error_code),
         *text.what != '\0' ? ": " : "", text.way, text.what,
         info.nested ? ", while another exception or an interrupt was handled" : "");
    if (info.has_fault_address) {
        line("address 0x%016llx", static_cast<Hex>(info.fault_address));
    }
}

void Report::panic(const char* file, int line_number, const char* function, const char* format,
                   va_list arguments) {
    char text[256];
    // In two pieces: should the message be what is broken, the place is known by then.
    machine_.write(
        text, uk_scnprintf(text, sizeof(text), "panic: %s:%d: %s: ", file, line_number, function));
    const size_t size = uk_vscnprintf(text, sizeof(text) - 1, format, arguments);
    text[size] = '\n';
    machine_.write(text, size + 1);
}

void Report::registers(std::span<const hal::NamedRegister> registers) {
    char text[kRegistersInRow * 32];
    size_t size = 0;
    size_t in_row = 0;
    for (const hal::NamedRegister& each : registers) {
        size += uk_scnprintf(text + size, sizeof(text) - size, " %6.8s %016llx", each.name,
                             static_cast<Hex>(each.value));
        if (++in_row == kRegistersInRow) {
            line("%s", text);
            size = 0;
            in_row = 0;
        }
    }
    if (in_row != 0) {
        line("%s", text);
    }
}

void Report::code(uintptr_t pc) {
    unsigned char bytes[kCodeBefore + kCodeAfter];
    uintptr_t from = pc - kCodeBefore;
    size_t before = kCodeBefore;
    // Only what is code: before it lies nothing that helps, and a wild pc may point at a device.
    while (before > 0 && !machine_.memory.in_text(from)) {
        from++;
        before--;
    }
    const bool known = machine_.memory.in_text(pc);
    const size_t size = known ? machine_.memory.read(bytes, from, before + kCodeAfter) : 0;
    if (size <= before) {
        line("code at 0x%016llx cannot be read", static_cast<Hex>(pc));
        return;
    }
    char text[4 * sizeof(bytes) + 1];
    size_t used = 0;
    for (size_t i = 0; i < size; i++) {
        used += uk_scnprintf(text + used, sizeof(text) - used, i == before ? " [%02x]" : " %02x",
                             bytes[i]);
    }
    line("code%s", text);
}

void Report::stack(uintptr_t sp, size_t size) {
    line("stack at 0x%016llx", static_cast<Hex>(sp));
    for (size_t offset = 0; offset < size; offset += kRow) {
        unsigned char bytes[kRow];
        const size_t got = machine_.memory.read(bytes, sp + offset, kRow);
        char hex[3 * kRow + 1] = "";
        char ascii[kRow + 1] = "";
        for (size_t i = 0; i < got; i++) {
            uk_snprintf(hex + 3 * i, 4, " %02x", bytes[i]);
            ascii[i] = bytes[i] >= ' ' && bytes[i] <= '~' ? static_cast<char>(bytes[i]) : '.';
            ascii[i + 1] = '\0';
        }
        line("  +%03llx%-48s  %s%s", static_cast<Hex>(offset), hex, ascii,
             got < kRow ? " (unmapped from here)" : "");
        if (got < kRow) {
            return;
        }
    }
}

// "image+0x1234", which support/scripts/symbolize looks for, and the names, if they are here.
void Report::place(const char* text, uintptr_t address, Kind kind) {
    const Hex image_offset = address - machine_.image_start;
    if constexpr (cfg::libukdebug_symbols) {
        const bool returns = kind == Kind::return_address;
        const Place found = machine_.symbols.find(address - machine_.image.text_start - returns);
        const Hex offset = found.offset + returns;
        if (found.line != 0)
            return line("  #%s image+0x%llx %s+0x%llx at %s:%u", text, image_offset, found.function,
                        offset, found.file, found.line);
        if (*found.function != '\0')
            return line("  #%s image+0x%llx %s+0x%llx", text, image_offset, found.function, offset);
    }
    line("  #%s image+0x%llx", text, image_offset);
}

void Report::call(unsigned number, uintptr_t address, Kind kind) {
    char text[16];
    uk_scnprintf(text, sizeof(text), "%u", number);
    if (machine_.memory.in_text(address)) {
        place(text, address, kind);
    } else {
        line("  #%s 0x%016llx (not in code)", text, static_cast<Hex>(address));
    }
}

// Without a number: it may be none of the calls, and those that are sure are counted without it.
void Report::candidate(uintptr_t address) {
    place("? maybe", address, Kind::return_address);
}

void Report::calls(uintptr_t pc, uintptr_t frame_pointer, uintptr_t sp, uintptr_t link) {
    unsigned number = 0;
    line("calls, latest first");
    if (pc != 0 || sp != 0) {
        call(number++, pc, Kind::instruction);
    }
    // A call through a wild pointer leaves the caller's address in the link register or on top of
    // the stack, and no frame. So does a function that the compiler gave no frame; but there the
    // word may also be anything else.
    uintptr_t top = link;
    if (link == 0 && sp != 0 && machine_.memory.read(&top, sp, sizeof(top)) != sizeof(top)) {
        top = 0;
    }
    uintptr_t frames[kMaxCalls];
    const Walk walk = walk_stack(frame_pointer, machine_.memory, frames);
    if (machine_.memory.in_text(top)) {
        const bool sure = !machine_.memory.in_text(pc);
        if (sure) {
            call(number++, top);
        } else if (walk.frames == 0 || top != frames[0]) {
            candidate(top);
        }
    }
    for (size_t i = 0; i < walk.frames; i++) {
        call(number++, frames[i]);
    }
    if (walk.end == WalkEnd::bottom) {
        return;
    }
    line("  (%s: 0x%llx)", walk_end_text(walk.end), static_cast<Hex>(walk.frame_pointer));
    if (walk.end != WalkEnd::full && sp != 0) {
        guess(sp);
    }
}

void Report::guess(uintptr_t sp) {
    unsigned found = 0;
    for (size_t i = 0; i < kGuessWords && found < kMaxGuesses; i++) {
        uintptr_t word = 0;
        if (machine_.memory.read(&word, sp + i * sizeof(word), sizeof(word)) != sizeof(word)) {
            return;
        }
        if (machine_.memory.in_text(word)) {
            candidate(word);
            found++;
        }
    }
}

} // namespace uk::debug
