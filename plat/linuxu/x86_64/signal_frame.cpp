// SPDX-License-Identifier: BSD-3-Clause
// The context that Linux hands to a signal handler on x86_64 (uapi asm/sigcontext.h).
#include "../signals.hpp"

namespace uk::linuxu {
namespace {

// Offset of the registers in struct ucontext: flags, link, stack.
constexpr size_t kRegisters = 8 + 8 + 24;

enum Word : uint8_t {
    r8,
    r9,
    r10,
    r11,
    r12,
    r13,
    r14,
    r15,
    rdi,
    rsi,
    rbp,
    rbx,
    rdx,
    rax,
    rcx,
    rsp,
    rip,
    eflags,
    segments,
    error,
    trap,
    mask,
    cr2,
    kWords,
};
static_assert(kWords <= kContextWords);

struct Name {
    char text[8];
    Word word;
};
// In the order of the manuals.
constexpr Name kNames[] = {
    {"rax", rax}, {"rbx", rbx}, {"rcx", rcx}, {"rdx", rdx}, {"rsi", rsi}, {"rdi", rdi},
    {"rbp", rbp}, {"rsp", rsp}, {"r8", r8},   {"r9", r9},   {"r10", r10}, {"r11", r11},
    {"r12", r12}, {"r13", r13}, {"r14", r14}, {"r15", r15}, {"rip", rip}, {"rflags", eflags},
};

constexpr uint64_t kGeneralProtection = 13;
constexpr uint64_t kPageFault = 14;

Access access_of(const uint64_t (&words)[kContextWords]) {
    if (words[trap] != kPageFault) {
        return Access::unknown;
    }
    if ((words[error] & 0x10) != 0) {
        return Access::execute;
    }
    return (words[error] & 2) != 0 ? Access::write : Access::read;
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
    registers_of(context)[rip] = pc;
}

ContextView context_view(const uint64_t (&words)[kContextWords]) {
    return ContextView{
        .pc = words[rip],
        .sp = words[rsp],
        .frame_pointer = words[rbp],
        .error_code = words[error],
        .access = access_of(words),
        .has_address = words[trap] != kGeneralProtection,
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
