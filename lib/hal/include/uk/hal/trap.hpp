// SPDX-License-Identifier: BSD-3-Clause
// Architecture contract 2 of 8: what generic code may learn of an exception.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace uk::hal {

// The CPU's state at an exception, laid out as the architecture's entry code stores it. Opaque to
// generic code, which sees it through the functions below. Lives on the exception stack.
struct TrapFrame;

// What an access to memory that failed wanted, as far as the processor tells.
enum class Access : uint8_t { unknown, read, write, execute };

struct TrapInfo {
    const char* name = "";   // "page fault", "general protection", "SIGSEGV", ...
    const char* detail = ""; // what only the architecture can tell: "breakpoint", or ""
    unsigned number = 0;     // vector (x86), exception class (arm64), signal (linuxu)
    uint64_t error_code = 0;
    uintptr_t pc = 0;
    uintptr_t sp = 0;
    uintptr_t frame_pointer = 0;
    uintptr_t link = 0; // the link register; 0 where a call leaves its return address on the stack
    uintptr_t fault_address = 0;
    // With these generic code explains an access to fault_address, unless there is a detail.
    bool has_fault_address = false;
    bool mapped = false; // something is mapped there, which does not permit the access
    Access access = Access::unknown;
    // Lowest address of the boot stack, which faults below; 0 = not told (linuxu: `detail` says
    // it). An access right below it with `sp` beside it is a stack overflow. Guards of threads'
    // stacks are found by uk_describe_mapping().
    uintptr_t stack_limit = 0;
    bool nested = false; // came while another exception or an interrupt was being handled
};

struct NamedRegister {
    const char* name = "";
    uint64_t value = 0;
};

[[nodiscard]] TrapInfo trap_info(const TrapFrame& frame);

// Fills `out` with the general registers, in the order the architecture's manuals list them, and
// returns how many there are (at most out.size()).
[[nodiscard]] size_t trap_registers(const TrapFrame& frame, std::span<NamedRegister> out);

// Copies up to `size` bytes from `from`, which may be any address, and returns how many could be
// read before one was not mapped. For crash reports; callable from exception handlers.
[[nodiscard]] size_t probe_read(void* to, uintptr_t from, size_t size);

} // namespace uk::hal

// Called by the architecture for an exception that nobody handled, with interrupts off, on the
// exception's own stack, which has room for a report below the frame: of 8 KiB in all, on linuxu
// 64 KiB. Defined by lib/ukdebug (the crash report, 2 KiB); ends the machine. May be called again
// by a crash inside it.
extern "C" [[noreturn]] void uk_crash(const uk::hal::TrapFrame* frame);

// In images with lib/ukvmem, which defines all three.
//
// Called by the architecture for an access that faulted, before anything else is made of it: on the
// exception's stack, interrupts off, vector registers saved. Not called for a fault inside another
// exception. For one in an interrupt handler it is called on x86_64 and linuxu, and must say false
// itself (hal::in_interrupt()); arm64 does not call it then. It may not block nor switch threads.
// True: try again.
extern "C" bool uk_page_fault(uintptr_t address, uk::hal::Access access);

// For the crash report: what the application has mapped at `address`, or right above it, and why
// the latest fault there was not repaired, as one line without its end. Returns its length, 0 =
// nothing to tell. Takes no lock.
extern "C" size_t uk_describe_mapping(uintptr_t address, char* text, size_t size);

// That the latest fault on this CPU was at `address`, where the application has mapped a file, and
// was not repaired because the file has nothing for it: a page beyond its end, or no room for what
// would be written. POSIX's SIGBUS. Interrupts off.
extern "C" bool uk_mapping_lacks_data(uintptr_t address);
