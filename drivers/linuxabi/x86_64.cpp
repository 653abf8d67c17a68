// SPDX-License-Identifier: BSD-3-Clause
// The context of a signal handler on x86_64 (uapi asm/sigcontext.h, asm/ucontext.h).
#include <uk/base/bits.hpp>
#include <uk/linuxabi/context.hpp>

namespace uk::linuxabi {
namespace {

// Offset of the registers in struct ucontext: flags, link, stack. They are followed by room for
// more and by the signal mask.
constexpr size_t kStack = 8 + 8;
constexpr size_t kRegisters = kStack + sizeof(SigStack);
constexpr size_t kContextSize = kRegisters + 256 + 8;

// Places of the registers there: r8 to r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, rflags,
// segments, error code, exception, signal mask, cr2. Then the address of the extended state.
constexpr size_t kUsed = 23;
constexpr size_t kRbp = 10;
constexpr size_t kRsp = 15;
constexpr size_t kRip = 16;
constexpr size_t kRflags = 17;
constexpr size_t kError = 19;
constexpr size_t kException = 20;
constexpr size_t kExtended = kUsed;
static_assert(kUsed <= kWords);

// The extended state: what fxsave stores; if the magic number stands there, all that xsave stores.
constexpr size_t kFxsaveSize = 512;
constexpr size_t kMagic = 464;
constexpr size_t kExtendedSize = kMagic + 4;
constexpr uint32_t kMagicNumber = 0x46505853;
constexpr size_t kXsaveAlign = 64;

constexpr uint64_t kFlagsAtCall = 0x202; // interrupts on, all else clear

struct Name {
    char text[7];
    uint8_t word;
};
// In the order of the manuals.
constexpr Name kNames[] = {
    {"rax", 13}, {"rbx", 11}, {"rcx", 14}, {"rdx", 12}, {"rsi", 9},    {"rdi", 8},
    {"rbp", 10}, {"rsp", 15}, {"r8", 0},   {"r9", 1},   {"r10", 2},    {"r11", 3},
    {"r12", 4},  {"r13", 5},  {"r14", 6},  {"r15", 7},  {"rip", kRip}, {"rflags", kRflags},
};

constexpr uint64_t kGeneralProtection = 13;
constexpr uint64_t kPageFault = 14;

hal::Access access_of(const uint64_t (&words)[kWords]) {
    if (words[kException] != kPageFault) {
        return hal::Access::unknown;
    }
    if ((words[kError] & 0x10) != 0) {
        return hal::Access::execute;
    }
    return (words[kError] & 2) != 0 ? hal::Access::write : hal::Access::read;
}

const uint64_t* registers_of(const void* context) {
    return reinterpret_cast<const uint64_t*>(static_cast<const char*>(context) + kRegisters);
}

uint64_t* registers_of(void* context) {
    return reinterpret_cast<uint64_t*>(static_cast<char*>(context) + kRegisters);
}

size_t extended_size(const char* state) {
    uint32_t magic = 0;
    uint32_t size = 0;
    __builtin_memcpy(&magic, state + kMagic, sizeof magic);
    __builtin_memcpy(&size, state + kExtendedSize, sizeof size);
    return magic == kMagicNumber ? size : kFxsaveSize;
}

} // namespace

void Amd64::read(const void* context, uint64_t (&words)[kWords]) {
    const uint64_t* from = registers_of(context);
    for (size_t i = 0; i < kUsed; i++) {
        words[i] = from[i];
    }
}

View Amd64::view(const uint64_t (&words)[kWords]) {
    return View{
        .pc = words[kRip],
        .sp = words[kRsp],
        .frame_pointer = words[kRbp],
        .link = 0,
        .error_code = words[kError],
        .access = access_of(words),
        .has_address = words[kException] != kGeneralProtection,
    };
}

size_t Amd64::registers(const uint64_t (&words)[kWords], std::span<hal::NamedRegister> out) {
    size_t count = 0;
    for (const Name& name : kNames) {
        if (count == out.size()) {
            break;
        }
        out[count++] = hal::NamedRegister{name.text, words[name.word]};
    }
    return count;
}

void Amd64::set_pc(void* context, uintptr_t pc) {
    registers_of(context)[kRip] = pc;
}

void Amd64::go_on_at(void* context, Place place) {
    uint64_t* words = registers_of(context);
    words[kRip] = place.pc;
    words[kRsp] = place.sp;
    words[kRbp] = place.frame_pointer;
    words[kRflags] = kFlagsAtCall;
}

uintptr_t Amd64::copy(const void* context, uintptr_t top, size_t room) {
    const auto* extended = reinterpret_cast<const char*>(registers_of(context)[kExtended]);
    const size_t size = extended_size(extended);
    if (size + kXsaveAlign + kContextSize + 16 > room) {
        return 0;
    }
    const uintptr_t state = align_down(top - size, kXsaveAlign);
    const uintptr_t sp = align_down(state - kContextSize, 16);
    auto* copied = reinterpret_cast<char*>(sp);
    __builtin_memcpy(reinterpret_cast<char*>(state), extended, size);
    __builtin_memcpy(copied, context, kContextSize);
    registers_of(static_cast<void*>(copied))[kExtended] = state;
    return sp;
}

void Amd64::move(uintptr_t copied, SigStack stack, uintptr_t /*base*/) {
    __builtin_memcpy(reinterpret_cast<char*>(copied) + kStack, &stack, sizeof stack);
}

} // namespace uk::linuxabi
