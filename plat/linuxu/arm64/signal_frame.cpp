// SPDX-License-Identifier: BSD-3-Clause
// The context that Linux hands to a signal handler on arm64 (uapi asm/sigcontext.h).
#include <uk/arm64/syndrome.hpp>
#include <uk/hal/image.hpp>

#include "../signals.hpp"

namespace uk::linuxu {
namespace {

// Offset of struct sigcontext in struct ucontext: flags, link, stack, a mask of 1024 bits, and what
// makes it a multiple of 16.
constexpr size_t kSigcontext = 8 + 8 + 24 + 128 + 8;

// Its words: fault address, x0 to x30, sp, pc, pstate. Records follow at a multiple of 16.
constexpr size_t kWords = 35;
constexpr size_t kAddress = 0;
constexpr size_t kX0 = 1;
constexpr size_t kSp = kX0 + 31;
constexpr size_t kPc = kSp + 1;
constexpr size_t kPstate = kPc + 1;
constexpr size_t kEsr = kWords; // ours: the syndrome, or 0
constexpr size_t kRecords = 36;
static_assert(kEsr < kContextWords);

// The records after the registers: kind, size in bytes, contents; a kind of 0 is the last.
struct Record {
    uint32_t kind;
    uint32_t size;
};
constexpr uint32_t kEsrRecord = 0x45535201;
constexpr size_t kMostRecords = 4096;

const uint64_t* sigcontext(const void* context) {
    return reinterpret_cast<const uint64_t*>(static_cast<const char*>(context) + kSigcontext);
}

uint64_t find_syndrome(const void* context) {
    const auto* at = reinterpret_cast<const char*>(sigcontext(context) + kRecords);
    for (const char* end = at + kMostRecords; at < end;) {
        const auto* record = reinterpret_cast<const Record*>(at);
        if (record->kind == 0 || record->size < sizeof *record) {
            break;
        }
        if (record->kind == kEsrRecord) {
            return *reinterpret_cast<const uint64_t*>(record + 1);
        }
        at += record->size;
    }
    return 0;
}

// qemu-aarch64 tells no syndrome: there the instruction is looked at.
Access access_of(const uint64_t (&words)[kContextWords]) {
    if (words[kEsr] != 0) {
        return arm64::access_by_syndrome(words[kEsr]);
    }
    if (words[kAddress] == words[kPc]) {
        return Access::execute;
    }
    return hal::in_text(words[kPc])
               ? arm64::access_by_instruction(*reinterpret_cast<const uint32_t*>(words[kPc]))
               : Access::unknown;
}

constexpr const char* kNames[] = {"x0",  "x1",  "x2",  "x3",  "x4",  "x5",  "x6",    "x7",  "x8",
                                  "x9",  "x10", "x11", "x12", "x13", "x14", "x15",   "x16", "x17",
                                  "x18", "x19", "x20", "x21", "x22", "x23", "x24",   "x25", "x26",
                                  "x27", "x28", "x29", "x30", "sp",  "pc",  "pstate"};
static_assert(kX0 + std::size(kNames) == kPstate + 1);

} // namespace

void context_read(const void* context, uint64_t (&words)[kContextWords]) {
    const uint64_t* from = sigcontext(context);
    for (size_t i = 0; i < kWords; i++) {
        words[i] = from[i];
    }
    words[kEsr] = find_syndrome(context);
}

void context_set_pc(void* context, uintptr_t pc) {
    const_cast<uint64_t*>(sigcontext(context))[kPc] = pc;
}

ContextView context_view(const uint64_t (&words)[kContextWords]) {
    return ContextView{
        .pc = words[kPc],
        .sp = words[kSp],
        .frame_pointer = words[kX0 + 29],
        .link = words[kX0 + 30],
        .error_code = words[kEsr],
        .access = access_of(words),
        .has_address = true,
    };
}

size_t context_registers(const uint64_t (&words)[kContextWords],
                         std::span<hal::NamedRegister> out) {
    size_t count = 0;
    for (const char* name : kNames) {
        if (count == out.size()) {
            break;
        }
        out[count] = hal::NamedRegister{name, words[kX0 + count]};
        count++;
    }
    return count;
}

} // namespace uk::linuxu
