// SPDX-License-Identifier: BSD-3-Clause
// The context of a signal handler on arm64 (uapi asm/sigcontext.h, asm/ucontext.h).
#include <uk/base/bits.hpp>
#include <uk/base/minmax.hpp>
#include <uk/linuxabi/context.hpp>

namespace uk::linuxabi {
namespace {

// What lies before struct ucontext on the stack, where rt_sigreturn expects it: struct siginfo.
constexpr size_t kBefore = 128;

// Offset of struct sigcontext in struct ucontext: flags, link, stack, a mask of 1024 bits, and what
// makes it a multiple of 16.
constexpr size_t kStack = 8 + 8;
constexpr size_t kSigcontext = kStack + sizeof(SigStack) + 128 + 8;

// Its words: fault address, x0 to x30, sp, pc, pstate. Records follow at a multiple of 16.
constexpr size_t kUsed = 35;
constexpr size_t kX0 = 1;
constexpr size_t kSp = kX0 + 31;
constexpr size_t kPc = kSp + 1;
constexpr size_t kPstate = kPc + 1;
constexpr size_t kEsr = kUsed; // ours: the syndrome, or 0
constexpr size_t kRecords = kSigcontext + 36 * 8;
static_assert(kEsr < kWords);

// The records after the registers: kind, size in bytes, contents; a kind of 0 is the last.
struct Record {
    uint32_t kind;
    uint32_t size;
};
constexpr uint32_t kEsrRecord = 0x45535201;
constexpr uint32_t kExtraRecord = 0x45585401; // further records: their address and size
constexpr size_t kLastRecord = 16;
constexpr size_t kMostRecords = 4096;

// What rt_sigreturn may read, whatever the records say: hosts that emulate arm64 check all of it.
constexpr size_t kFrame = kBefore + kRecords + kMostRecords;

constexpr const char* kNames[] = {"x0",  "x1",  "x2",  "x3",  "x4",  "x5",  "x6",    "x7",  "x8",
                                  "x9",  "x10", "x11", "x12", "x13", "x14", "x15",   "x16", "x17",
                                  "x18", "x19", "x20", "x21", "x22", "x23", "x24",   "x25", "x26",
                                  "x27", "x28", "x29", "x30", "sp",  "pc",  "pstate"};
static_assert(kX0 + std::size(kNames) == kPstate + 1);

const char* bytes_of(const void* context) {
    return static_cast<const char*>(context);
}

uint64_t* registers_of(void* context) {
    return reinterpret_cast<uint64_t*>(static_cast<char*>(context) + kSigcontext);
}

// The offset of the first record of a kind, from the context; of the last one if there is none.
size_t find_record(const void* context, uint32_t kind) {
    size_t at = kRecords;
    while (at < kRecords + kMostRecords) {
        const auto* record = reinterpret_cast<const Record*>(bytes_of(context) + at);
        if (record->kind == 0 || record->kind == kind || record->size < sizeof *record) {
            break;
        }
        at += record->size;
    }
    return at;
}

bool is_kind(const void* context, size_t at, uint32_t kind) {
    return reinterpret_cast<const Record*>(bytes_of(context) + at)->kind == kind;
}

// The contents of a record that is there.
template <class T>
T word_at(const void* context, size_t at) {
    T word;
    __builtin_memcpy(&word, bytes_of(context) + at, sizeof word);
    return word;
}

} // namespace

void Arm64::read(const void* context, uint64_t (&words)[kWords]) {
    for (size_t i = 0; i < kUsed; i++) {
        words[i] = word_at<uint64_t>(context, kSigcontext + i * 8);
    }
    const size_t esr = find_record(context, kEsrRecord);
    words[kEsr] =
        is_kind(context, esr, kEsrRecord) ? word_at<uint64_t>(context, esr + sizeof(Record)) : 0;
}

View Arm64::view(const uint64_t (&words)[kWords]) {
    return View{
        .pc = words[kPc],
        .sp = words[kSp],
        .frame_pointer = words[kX0 + 29],
        .link = words[kX0 + 30],
        .error_code = words[kEsr],
        .access = hal::Access::unknown,
        .has_address = true,
    };
}

size_t Arm64::registers(const uint64_t (&words)[kWords], std::span<hal::NamedRegister> out) {
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

void Arm64::set_pc(void* context, uintptr_t pc) {
    registers_of(context)[kPc] = pc;
}

void Arm64::go_on_at(void* context, Place place) {
    uint64_t* words = registers_of(context);
    words[kPc] = place.pc;
    words[kSp] = place.sp;
    words[kX0 + 29] = place.frame_pointer;
    words[kPstate] = 0; // no branch type, no flags
}

uintptr_t Arm64::copy(const void* context, uintptr_t top, size_t room) {
    const char* start = bytes_of(context) - kBefore;
    const char* end = bytes_of(context) + find_record(context, 0) + kLastRecord;
    const size_t extra = find_record(context, kExtraRecord) + sizeof(Record);
    const bool has_extra = is_kind(context, extra - sizeof(Record), kExtraRecord);
    if (has_extra) {
        end = reinterpret_cast<const char*>(word_at<uint64_t>(context, extra)) +
              word_at<uint32_t>(context, extra + 8);
    }
    const auto size = static_cast<size_t>(end - start);
    const size_t taken = max(size, kFrame);
    if (taken + 16 > room) {
        return 0;
    }
    const uintptr_t sp = align_down(top - taken, 16);
    auto* copied = reinterpret_cast<char*>(sp);
    __builtin_memcpy(copied, start, size);
    if (has_extra) {
        const uint64_t moved =
            word_at<uint64_t>(context, extra) + (sp - reinterpret_cast<uintptr_t>(start));
        __builtin_memcpy(copied + kBefore + extra, &moved, sizeof moved);
    }
    return sp;
}

void Arm64::move(uintptr_t copied, SigStack stack, uintptr_t base) {
    char* context = reinterpret_cast<char*>(copied) + kBefore;
    __builtin_memcpy(context + kStack, &stack, sizeof stack);
    registers_of(context)[kX0 + 18] = base;
}

} // namespace uk::linuxabi
