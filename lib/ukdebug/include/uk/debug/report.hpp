// SPDX-License-Identifier: BSD-3-Clause
// The parts of a crash report as text. What the parts are for a reader: docs/see-inside.md.
#pragma once

#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <span>

#include <uk/debug/access.hpp>
#include <uk/debug/backtrace.hpp>
#include <uk/debug/symbols.hpp>
#include <uk/hal/trap.hpp>

namespace uk::debug {

// What a report needs from the machine. `note` is the NT_GNU_BUILD_ID note with its header.
struct Machine {
    void (*write)(const char* data, size_t size);
    StackView memory;
    uintptr_t image_start;
    std::span<const unsigned char> note;
    ImageParts image{};
    SymbolTable symbols{}; // empty: the image has no names in it
};

// Pure: touches memory only through Machine, keeps no state, needs about 600 bytes of stack, with
// names 300 more.
// Callable from exception handlers. Every method prints whole lines.
class Report {
  public:
    explicit constexpr Report(const Machine& machine) : machine_(machine) {}

    void begin(); // the line that support/scripts/symbolize looks for, and the build id
    void end();

    // "page fault (14, error 0x2): write to an address that is not mapped", and the address.
    void exception(const hal::TrapInfo& info);
    // "panic: file:line: function: message".
    __attribute__((format(printf, 5, 0))) void
    panic(const char* file, int line, const char* function, const char* format, va_list arguments);
    void registers(std::span<const hal::NamedRegister> registers);
    // Bytes around `pc`; the one at `pc` in brackets.
    void code(uintptr_t pc);
    // `size` bytes from `sp` on, as far as they can be read, in hexadecimal and ASCII.
    void stack(uintptr_t sp, size_t size);
    // The calls that led here: `pc` (0: leave out), then the frames. If the frames end in damage,
    // also what looks like return addresses on the stack at `sp`.
    void calls(uintptr_t pc, uintptr_t frame_pointer, uintptr_t sp, uintptr_t link = 0);

    __attribute__((format(printf, 2, 3))) void line(const char* format, ...);

  private:
    // Where an instruction is, or where a call will return to: the call itself is before that.
    enum class Kind : unsigned char { instruction, return_address };
    void call(unsigned number, uintptr_t address, Kind kind = Kind::return_address);
    void candidate(uintptr_t address);
    void place(const char* text, uintptr_t address, Kind kind);
    void guess(uintptr_t sp);
    void build_id();

    const Machine& machine_;
};

inline constexpr char kReportBegins[] = "---- Microlith crash report begins ----";
inline constexpr char kReportEnds[] = "---- Microlith crash report ends ----";

} // namespace uk::debug
