// SPDX-License-Identifier: BSD-3-Clause
// Names and explanations of exceptions. Intel SDM 3A, chapter 6.15.
#include "frame.hpp"

namespace uk {
namespace {

using namespace x86;

// Error code of a page fault.
constexpr uint64_t kPresent = 1 << 0;
constexpr uint64_t kWrite = 1 << 1;
constexpr uint64_t kReservedBit = 1 << 3;
constexpr uint64_t kFetch = 1 << 4;

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

} // namespace

const char* x86::vector_name(unsigned vector) {
    return vector < kVectors ? kNames[vector] : "unknown exception";
}

const char* x86::trap_detail(const hal::TrapFrame& frame) {
    switch (frame.vector) {
    case kDivideError:
        return "integer division by zero, or its result does not fit";
    case kDoubleFault:
        return "an exception could not be delivered";
    case kPageFault:
        return (frame.error_code & kReservedBit) != 0
                   ? "page tables are damaged: a reserved bit is set"
                   : "";
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

void x86::describe_page_fault(const hal::TrapFrame& frame, hal::TrapInfo& info) {
    info.has_fault_address = true;
    info.fault_address = frame.cr2;
    info.mapped = (frame.error_code & kPresent) != 0;
    info.access = hal::Access::read;
    if ((frame.error_code & kFetch) != 0) {
        info.access = hal::Access::execute;
    } else if ((frame.error_code & kWrite) != 0) {
        info.access = hal::Access::write;
    }
}

} // namespace uk
