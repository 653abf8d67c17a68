// SPDX-License-Identifier: BSD-3-Clause
// Names and explanations of exceptions. Arm ARM (DDI 0487), ESR_EL1.
#include "frame.hpp"

#include <uk/arm64/syndrome.hpp>

namespace uk {
namespace {

using namespace arm64;

constexpr unsigned kUnknown = 0x00;
constexpr unsigned kSystemRegister = 0x18;
constexpr unsigned kPcAlignment = 0x22;
constexpr unsigned kSpAlignment = 0x26;
constexpr unsigned kBreakpoint = 0x3c;

struct Name {
    unsigned number;
    const char* text;
};
constexpr Name kNames[] = {
    {kUnknown, "invalid opcode"},
    {0x01, "trapped WFI or WFE"},
    {0x07, "FP or SIMD switched off"},
    {0x0d, "branch target"},
    {0x0e, "illegal execution state"},
    {0x15, "supervisor call"},
    {0x16, "hypervisor call"},
    {0x17, "secure monitor call"},
    {kSystemRegister, "system register access"},
    {0x19, "SVE switched off"},
    {0x1c, "pointer authentication"},
    {kInstructionAbortLower, "instruction abort"},
    {kInstructionAbort, "instruction abort"},
    {kPcAlignment, "pc alignment fault"},
    {kDataAbortLower, "data abort"},
    {kDataAbort, "data abort"},
    {kSpAlignment, "sp alignment fault"},
    {0x2c, "floating-point error"},
    {0x31, "hardware breakpoint"},
    {0x33, "software step"},
    {0x35, "watchpoint"},
    {kBreakpoint, "breakpoint"},
};

// Fault status of an abort, bits 5 to 0; the lowest two are the level for those up to 0x0f.
constexpr unsigned kAddressSize = 0x00;
constexpr unsigned kTranslation = 0x04;
constexpr unsigned kPermission = 0x0c;
constexpr unsigned kExternal = 0x10;
constexpr unsigned kExternalInWalk = 0x14;
constexpr unsigned kAlignment = 0x21;
constexpr uint64_t kFarNotValid = 1 << 10;

constexpr unsigned class_of(const hal::TrapFrame& frame) {
    return exception_class(frame.esr);
}
constexpr unsigned status_of(const hal::TrapFrame& frame) {
    return frame.esr & 0x3f;
}

bool is_abort(const hal::TrapFrame& frame) {
    unsigned number = class_of(frame) & ~1U; // the lower bit: from this level
    return trap_kind(frame) == TrapKind::synchronous &&
           (number == kInstructionAbortLower || number == kDataAbortLower);
}

// The bits above those that are translated are all alike.
bool is_pointer(uint64_t address) {
    auto top = static_cast<int64_t>(address) >> 48;
    return top == 0 || top == -1;
}

const char* abort_detail(const hal::TrapFrame& frame) {
    unsigned status = status_of(frame);
    switch (status & ~3U) {
    case kAddressSize:
        return "page tables are damaged: an address is too big";
    case kTranslation:
        return is_pointer(frame.far) ? "" : "an address that no pointer can have";
    case kExternalInWalk:
        return "page tables lie in memory that is not there";
    default:
        break;
    }
    switch (status) {
    case kExternal:
        return "nothing answers at this address";
    case kAlignment:
        return "an address that is not aligned";
    default:
        return "";
    }
}

} // namespace

const char* arm64::trap_name(const hal::TrapFrame& frame) {
    switch (trap_kind(frame)) {
    case TrapKind::irq:
        return "interrupt";
    case TrapKind::fiq:
        return "fast interrupt";
    case TrapKind::system_error:
        return "system error";
    case TrapKind::synchronous:
        break;
    }
    for (const Name& name : kNames) {
        if (name.number == class_of(frame)) {
            return name.text;
        }
    }
    return "unknown exception";
}

const char* arm64::trap_detail(const hal::TrapFrame& frame) {
    if (frame.vector == UK_TRAP_KIND_FULL) {
        return "the stack of exceptions is full";
    }
    if (is_abort(frame)) {
        return abort_detail(frame);
    }
    switch (trap_kind(frame)) {
    case TrapKind::fiq:
        return "nobody asked for it";
    case TrapKind::system_error:
        return "memory or a device reported an error, later than it happened";
    default:
        break;
    }
    return class_of(frame) == kPcAlignment ? "jump to an address that is not aligned" : "";
}

bool arm64::trap_may_be_expected(const hal::TrapFrame& frame) {
    if (trap_kind(frame) != TrapKind::synchronous || frame.vector == UK_TRAP_KIND_FULL) {
        return false;
    }
    return class_of(frame) == kDataAbort || class_of(frame) == kUnknown;
}

void arm64::describe_abort(const hal::TrapFrame& frame, hal::TrapInfo& info) {
    if (!is_abort(frame)) {
        return;
    }
    info.has_fault_address =
        (status_of(frame) & ~3U) != kExternal || (frame.esr & kFarNotValid) == 0;
    info.fault_address = info.has_fault_address ? frame.far : 0;
    info.mapped = (status_of(frame) & ~3U) == kPermission;
    info.access = access_by_syndrome(frame.esr);
}

} // namespace uk
