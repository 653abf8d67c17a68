// SPDX-License-Identifier: BSD-3-Clause
// Names and explanations of exceptions. Intel SDM 3A, chapter 6.15.
#include "frame.hpp"

#include <uk/base/address.hpp>

namespace uk {
namespace {

using namespace x86;

// Error code of a page fault.
constexpr uint64_t kPresent = 1 << 0;
constexpr uint64_t kWrite = 1 << 1;
constexpr uint64_t kReservedBit = 1 << 3;
constexpr uint64_t kFetch = 1 << 4;

// A push beyond the stack touches the page below it; a large frame may skip some.
constexpr uintptr_t kOverflowReach = 4 * kPageSize;

constexpr const char* kNames[kVectors] = {
    "divide error",
    "debug exception",
    "non-maskable interrupt",
    "breakpoint",
    "overflow",
    "bound range exceeded",
    "invalid opcode",
    "device not available",
    "double fault",
    "coprocessor segment overrun",
    "invalid TSS",
    "segment not present",
    "stack fault",
    "general protection",
    "page fault",
    "exception 15",
    "floating-point error",
    "alignment check",
    "machine check",
    "SIMD floating-point error",
    "virtualization exception",
    "control protection",
    "exception 22",
    "exception 23",
    "exception 24",
    "exception 25",
    "exception 26",
    "exception 27",
    "hypervisor injection",
    "VMM communication",
    "security exception",
    "exception 31",
};

bool is_canonical(uint64_t address) {
    auto top = static_cast<int64_t>(address) >> 47;
    return top == 0 || top == -1;
}

// One text for each kind of access.
struct Texts {
    const char* read;
    const char* write;
    const char* execute;
};
constexpr Texts kPageZero = {"read from page zero (a null pointer?), which is never mapped",
                             "write to page zero (a null pointer?), which is never mapped",
                             "jump to page zero (a null function pointer?), which is never mapped"};
constexpr Texts kUnmapped = {"read from an address that is not mapped",
                             "write to an address that is not mapped",
                             "jump to an address that is not mapped"};
constexpr Texts kForbidden = {"read that the page does not permit",
                              "write to memory that is read-only",
                              "jump to memory that is not executable"};

const char* choose(const Texts& texts, uint64_t error) {
    if ((error & kFetch) != 0) {
        return texts.execute;
    }
    return (error & kWrite) != 0 ? texts.write : texts.read;
}

const char* page_fault_detail(const hal::TrapFrame& frame, const FaultPlaces& places) {
    uintptr_t address = frame.cr2;
    if ((frame.error_code & kReservedBit) != 0) {
        return "page tables are damaged: a reserved bit is set";
    }
    bool write = (frame.error_code & kWrite) != 0;
    if (write && address < places.stack_guard_end &&
        places.stack_guard_end - address <= kOverflowReach &&
        frame.rsp < places.stack_guard_end + kPageSize) {
        return "stack overflow";
    }
    if (address < kPageSize) {
        return choose(kPageZero, frame.error_code);
    }
    if ((frame.error_code & kPresent) == 0) {
        return choose(kUnmapped, frame.error_code);
    }
    if (write && address >= places.text_start && address < places.text_end) {
        return "write to code, which is read-only";
    }
    if (write && address >= places.rodata_start && address < places.rodata_end) {
        return "write to a constant, which is read-only";
    }
    return choose(kForbidden, frame.error_code);
}

} // namespace

const char* x86::vector_name(unsigned vector) {
    return vector < kVectors ? kNames[vector] : "unknown exception";
}

const char* x86::trap_detail(const hal::TrapFrame& frame, const FaultPlaces& places) {
    switch (frame.vector) {
    case kDivideError:
        return "integer division by zero, or its result does not fit";
    case kDoubleFault:
        return "an exception could not be delivered";
    case kPageFault:
        return page_fault_detail(frame, places);
    case kGeneralProtection:
        if (!is_canonical(frame.rip)) {
            return "jump to an address that no pointer can have";
        }
        return frame.error_code == 0
                   ? "an address that no pointer can have, or a privileged instruction"
                   : "a segment that may not be used";
    default:
        return "";
    }
}

} // namespace uk
