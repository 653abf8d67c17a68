// SPDX-License-Identifier: BSD-3-Clause
// The context that Linux hands to a signal handler on x86_64 (uapi asm/sigcontext.h).
#include "../signals.hpp"

namespace uk::linuxu {
namespace {

// Offset of the registers in struct ucontext: flags, link, stack.
constexpr size_t kRegisters = 8 + 8 + 24;

// Places of the registers there: r8 to r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, rflags,
// segments, error code, exception, signal mask, cr2.
constexpr size_t kWords = 23;
constexpr size_t kRbp = 10;
constexpr size_t kRsp = 15;
constexpr size_t kRip = 16;
constexpr size_t kError = 19;
constexpr size_t kException = 20;
static_assert(kWords <= kContextWords);

struct Name {
    char text[7];
    uint8_t word;
};
// In the order of the manuals.
constexpr Name kNames[] = {
    {"rax", 13}, {"rbx", 11}, {"rcx", 14}, {"rdx", 12}, {"rsi", 9},    {"rdi", 8},
    {"rbp", 10}, {"rsp", 15}, {"r8", 0},   {"r9", 1},   {"r10", 2},    {"r11", 3},
    {"r12", 4},  {"r13", 5},  {"r14", 6},  {"r15", 7},  {"rip", kRip}, {"rflags", 17},
};

constexpr uint64_t kGeneralProtection = 13;
constexpr uint64_t kPageFault = 14;

Access access_of(const uint64_t (&words)[kContextWords]) {
    if (words[kException] != kPageFault) {
        return Access::unknown;
    }
    if ((words[kError] & 0x10) != 0) {
        return Access::execute;
    }
    return (words[kError] & 2) != 0 ? Access::write : Access::read;
}

uint64_t* registers_of(void* context) {
    return reinterpret_cast<uint64_t*>(static_cast<char*>(context) + kRegisters);
}

} // namespace

void context_read(const void* context, uint64_t (&words)[kContextWords]) {
    const auto* from =
        reinterpret_cast<const uint64_t*>(static_cast<const char*>(context) + kRegisters);
    for (size_t i = 0; i < kWords; i++) {
        words[i] = from[i];
    }
}

void context_set_pc(void* context, uintptr_t pc) {
    registers_of(context)[kRip] = pc;
}

ContextView context_view(const uint64_t (&words)[kContextWords]) {
    return ContextView{
        .pc = words[kRip],
        .sp = words[kRsp],
        .frame_pointer = words[kRbp],
        .link = 0,
        .error_code = words[kError],
        .access = access_of(words),
        .has_address = words[kException] != kGeneralProtection,
    };
}

size_t context_registers(const uint64_t (&words)[kContextWords],
                         std::span<hal::NamedRegister> out) {
    size_t count = 0;
    for (const Name& name : kNames) {
        if (count == out.size()) {
            break;
        }
        out[count++] = hal::NamedRegister{name.text, words[name.word]};
    }
    return count;
}

} // namespace uk::linuxu
