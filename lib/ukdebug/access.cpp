// SPDX-License-Identifier: BSD-3-Clause
// The explanation of page faults and their like.
#include <uk/debug/access.hpp>

#include <uk/base/address.hpp>

namespace uk::debug {
namespace {

// A push beyond the stack touches the page below it; a large frame may skip some.
constexpr uintptr_t kOverflowReach = 4 * kPageSize;

// By hal::Access.
constexpr const char* kWays[] = {"access to ", "read from ", "write to ", "jump to "};
constexpr const char* kForbidden[] = {"memory that does not permit it",
                                      "memory that may not be read", "memory that is read-only",
                                      "memory that is not executable"};

bool is_stack_overflow(const hal::TrapInfo& info) {
    return info.access == hal::Access::write && info.fault_address < info.stack_limit &&
           info.stack_limit - info.fault_address <= kOverflowReach &&
           info.sp < info.stack_limit + kPageSize;
}

} // namespace

Explanation explain_access(const hal::TrapInfo& info, const ImageParts& image) {
    if (!info.has_fault_address) {
        return {};
    }
    if (is_stack_overflow(info)) {
        return {"", "stack overflow"};
    }
    const uintptr_t address = info.fault_address;
    const auto kind = static_cast<unsigned>(info.access);
    const char* way = kWays[kind];
    if (address < kPageSize) {
        return {way, "page zero (a null pointer?), which is never mapped"};
    }
    if (!info.mapped) {
        return {way, "an address that is not mapped"};
    }
    if (info.access == hal::Access::write) {
        if (address >= image.text_start && address < image.text_end) {
            return {way, "code, which is read-only"};
        }
        if (address >= image.rodata_start && address < image.rodata_end) {
            return {way, "a constant, which is read-only"};
        }
    }
    return {way, kForbidden[kind]};
}

} // namespace uk::debug
