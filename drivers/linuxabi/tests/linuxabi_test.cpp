// SPDX-License-Identifier: BSD-3-Clause
// Contexts of both architectures, laid out by hand as Linux documents them.
#include <uk/linuxabi/context.hpp>
#include <uk/linuxabi/fault.hpp>
#ifdef __x86_64__
#include <uk/linuxabi/x86_64/fs_base.hpp>
#endif

#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace uk::linuxabi;
using uk::hal::Access;
using uk::hal::NamedRegister;

template <class T>
T get(const void* base, size_t offset) {
    T value;
    std::memcpy(&value, static_cast<const char*>(base) + offset, sizeof value);
    return value;
}
template <class T>
void put(void* base, size_t offset, T value) {
    std::memcpy(static_cast<char*>(base) + offset, &value, sizeof value);
}

// A stack to copy to, with a pattern around.
struct Stack {
    static constexpr size_t kSize = 16384;
    alignas(64) unsigned char bytes[kSize];
    Stack() { std::memset(bytes, 0x5a, sizeof bytes); }
    uintptr_t top() const { return reinterpret_cast<uintptr_t>(bytes) + kSize - 24; }
    bool clean_above_top() const {
        return std::string(24, '\x5a') == std::string(bytes + kSize - 24, bytes + kSize);
    }
    bool clean_below(uintptr_t sp) const {
        for (const unsigned char* at = bytes; at < reinterpret_cast<const unsigned char*>(sp);
             at++) {
            if (*at != 0x5a)
                return false;
        }
        return true;
    }
};

struct X86Context {
    alignas(64) unsigned char state[4096];
    alignas(16) unsigned char context[304];

    explicit X86Context(size_t xsave_bytes) {
        for (size_t i = 0; i < sizeof state; i++)
            state[i] = static_cast<unsigned char>(i * 7);
        for (size_t word = 0; word < 38; word++)
            put<uint64_t>(context, word * 8, 0x1000 + word);
        put<uint64_t>(context, 40 + 23 * 8, reinterpret_cast<uint64_t>(state));
        put<uint32_t>(state, 464, xsave_bytes == 0 ? 0 : 0x46505853);
        put<uint32_t>(state, 468, static_cast<uint32_t>(xsave_bytes));
    }
};

constexpr uint64_t kX86First = 0x1000 + 5; // what the first register holds

TEST(LinuxAbiX86, RegistersAreWhereLinuxPutsThem) {
    X86Context c(0);
    uint64_t words[kWords];
    Amd64::read(c.context, words);
    const View view = Amd64::view(words);
    EXPECT_EQ(view.frame_pointer, kX86First + 10);
    EXPECT_EQ(view.sp, kX86First + 15);
    EXPECT_EQ(view.pc, kX86First + 16);
    EXPECT_EQ(view.link, 0u);
    NamedRegister registers[32];
    ASSERT_EQ(Amd64::registers(words, registers), 18u);
    EXPECT_STREQ(registers[0].name, "rax");
    EXPECT_EQ(registers[0].value, kX86First + 13);
    EXPECT_STREQ(registers[17].name, "rflags");
    EXPECT_EQ(registers[17].value, kX86First + 17);
    EXPECT_EQ(Amd64::registers(words, std::span(registers, 2)), 2u);
}

TEST(LinuxAbiX86, AccessesAreToldByPageFaultsOnly) {
    X86Context c(0);
    uint64_t words[kWords];
    struct {
        uint64_t exception, error;
        Access access;
        bool has_address;
    } const rows[] = {{14, 4, Access::read, true},
                      {14, 6, Access::write, true},
                      {14, 0x14, Access::execute, true},
                      {13, 0, Access::unknown, false},
                      {6, 0, Access::unknown, true}};
    for (const auto& row : rows) {
        put<uint64_t>(c.context, 40 + 20 * 8, row.exception);
        put<uint64_t>(c.context, 40 + 19 * 8, row.error);
        Amd64::read(c.context, words);
        EXPECT_EQ(Amd64::view(words).access, row.access);
        EXPECT_EQ(Amd64::view(words).has_address, row.has_address);
    }
}

TEST(LinuxAbiX86, ACopyHasTheWholeStateAndNothingElseIsWritten) {
    for (size_t size : {size_t{0}, size_t{836}, size_t{2700}}) {
        X86Context c(size);
        Stack stack;
        const uintptr_t sp = Amd64::copy(c.context, stack.top(), 8192);
        ASSERT_NE(sp, 0u);
        EXPECT_EQ(sp % 16, 0u);
        const auto* copied = reinterpret_cast<const unsigned char*>(sp);
        const auto state = get<uint64_t>(copied, 40 + 23 * 8);
        EXPECT_EQ(state % 64, 0u);
        EXPECT_GE(state, sp + sizeof c.context);
        EXPECT_LE(state + (size == 0 ? 512 : size), stack.top());
        EXPECT_EQ(
            std::memcmp(reinterpret_cast<const void*>(state), c.state, size == 0 ? 512 : size), 0);
        put<uint64_t>(c.context, 40 + 23 * 8, state); // the one word that differs
        EXPECT_EQ(std::memcmp(copied, c.context, sizeof c.context), 0);
        EXPECT_TRUE(stack.clean_above_top());
        EXPECT_TRUE(stack.clean_below(sp));
        EXPECT_EQ(Amd64::copy(c.context, stack.top(), 304 + 512), 0u);
    }
}

TEST(LinuxAbiX86, ACopyMovesToAnotherThreadOfTheHost) {
    X86Context c(1088);
    Stack stack;
    Stack before;
    const uintptr_t sp = Amd64::copy(c.context, stack.top(), 8192);
    ASSERT_NE(sp, 0u);
    std::memcpy(before.bytes, stack.bytes, sizeof stack.bytes);
    char other[64];
    Amd64::move(sp, {other, 0, sizeof other}, 0x77);
    auto* copied = reinterpret_cast<unsigned char*>(sp);
    EXPECT_EQ(get<char*>(copied, 16), other);
    EXPECT_EQ(get<int>(copied, 24), 0);
    EXPECT_EQ(get<size_t>(copied, 32), sizeof other);
    std::memcpy(copied + 16, before.bytes + (copied - stack.bytes) + 16, 24);
    EXPECT_EQ(std::memcmp(stack.bytes, before.bytes, sizeof stack.bytes), 0);
}

TEST(LinuxAbiX86, CodeGoesOnWithCleanFlags) {
    X86Context c(0);
    X86Context before(0);
    Amd64::set_pc(c.context, 77);
    EXPECT_EQ(get<uint64_t>(c.context, 40 + 16 * 8), 77u);
    Amd64::go_on_at(c.context, {.pc = 1, .sp = 2, .frame_pointer = 3});
    put<uint64_t>(before.context, 40 + 16 * 8, 1);
    put<uint64_t>(before.context, 40 + 15 * 8, 2);
    put<uint64_t>(before.context, 40 + 10 * 8, 3);
    put<uint64_t>(before.context, 40 + 17 * 8, 0x202);
    put<uint64_t>(before.context, 40 + 23 * 8, get<uint64_t>(c.context, 40 + 23 * 8));
    EXPECT_EQ(std::memcmp(c.context, before.context, sizeof c.context), 0);
}

constexpr size_t kSigcontext = 176;
constexpr size_t kRecords = kSigcontext + 288;

struct ArmContext {
    static constexpr size_t kInfo = 128;
    static constexpr size_t kSize = kInfo + kRecords + 4096;
    std::vector<unsigned char> bytes;
    size_t records = kRecords;

    ArmContext() : bytes(kSize + 8192) {
        for (size_t i = 0; i < kInfo; i++)
            bytes[i] = static_cast<unsigned char>(i);
        for (size_t word = 0; word < 35; word++)
            put<uint64_t>(context(), kSigcontext + word * 8, 0x2000 + word);
    }
    unsigned char* context() { return bytes.data() + kInfo; }
    void add(uint32_t kind, uint32_t size) {
        put<uint32_t>(context(), records, kind);
        put<uint32_t>(context(), records + 4, size);
        for (size_t i = 8; i < size; i++)
            context()[records + i] = static_cast<unsigned char>(kind + i);
        records += size;
    }
};

TEST(LinuxAbiArm64, RegistersAreWhereLinuxPutsThem) {
    ArmContext c;
    c.add(0x46508001, 528);
    uint64_t words[kWords];
    Arm64::read(c.context(), words);
    EXPECT_EQ(Arm64::address(words), 0x2000u);
    View view = Arm64::view(words);
    EXPECT_EQ(view.frame_pointer, 0x2000u + 30);
    EXPECT_EQ(view.link, 0x2000u + 31);
    EXPECT_EQ(view.sp, 0x2000u + 32);
    EXPECT_EQ(view.pc, 0x2000u + 33);
    EXPECT_EQ(view.error_code, 0u);
    NamedRegister registers[40];
    ASSERT_EQ(Arm64::registers(words, registers), 34u);
    EXPECT_STREQ(registers[33].name, "pstate");
    EXPECT_EQ(registers[33].value, 0x2000u + 34);
    EXPECT_EQ(Arm64::registers(words, std::span(registers, 3)), 3u);
    c.add(0x45535201, 16);
    put<uint64_t>(c.context(), kRecords + 528 + 8, 0x92000046);
    Arm64::read(c.context(), words);
    EXPECT_EQ(Arm64::view(words).error_code, 0x92000046u);
}

TEST(LinuxAbiArm64, ACopyHasRoomForAllThatRtSigreturnReads) {
    ArmContext c;
    c.add(0x46508001, 528);
    Stack stack;
    const uintptr_t sp = Arm64::copy(c.context(), stack.top(), 8192);
    ASSERT_NE(sp, 0u);
    EXPECT_EQ(sp % 16, 0u);
    const size_t size = ArmContext::kInfo + kRecords + 528 + 16;
    const size_t frame = ArmContext::kInfo + kRecords + 4096;
    EXPECT_LE(sp + frame, stack.top());
    EXPECT_GE(sp + frame + 16, stack.top());
    EXPECT_EQ(std::memcmp(reinterpret_cast<const void*>(sp), c.bytes.data(), size), 0);
    EXPECT_TRUE(stack.clean_above_top());
    EXPECT_TRUE(stack.clean_below(sp));
    EXPECT_EQ(Arm64::copy(c.context(), stack.top(), frame), 0u);
}

TEST(LinuxAbiArm64, FurtherRecordsMoveWithTheFrame) {
    ArmContext c;
    c.add(0x46508001, 528);
    const size_t extra = c.records;
    c.add(0x45585401, 32);
    auto* further = c.context() + c.records + 16;
    put<uint64_t>(c.context(), extra + 8, reinterpret_cast<uint64_t>(further));
    put<uint32_t>(c.context(), extra + 16, 3008);
    std::memset(further, 0x33, 3008);
    Stack stack;
    const uintptr_t sp = Arm64::copy(c.context(), stack.top(), 8192);
    ASSERT_NE(sp, 0u);
    const auto* copied = reinterpret_cast<const unsigned char*>(sp) + ArmContext::kInfo;
    const auto moved = get<uint64_t>(copied, extra + 8);
    EXPECT_EQ(moved - reinterpret_cast<uint64_t>(copied), c.records + 16);
    EXPECT_LE(moved + 3008, stack.top());
    EXPECT_EQ(std::string(3008, '\x33'), std::string(reinterpret_cast<const char*>(moved), 3008));
    EXPECT_TRUE(stack.clean_above_top());
    EXPECT_TRUE(stack.clean_below(sp));
}

TEST(LinuxAbiArm64, DamagedRecordsEndTheSearch) {
    ArmContext c;
    c.add(0x46508001, 528);
    put<uint32_t>(c.context(), kRecords + 4, 0); // a size of nothing would go on for ever
    uint64_t words[kWords];
    Arm64::read(c.context(), words);
    EXPECT_EQ(Arm64::view(words).error_code, 0u);
    for (size_t at = kRecords; at < kRecords + 4096; at += 16) {
        put<uint32_t>(c.context(), at, 1);
        put<uint32_t>(c.context(), at + 4, 16);
    }
    Arm64::read(c.context(), words);
    EXPECT_EQ(Arm64::view(words).error_code, 0u);
}

TEST(LinuxAbiArm64, ACopyMovesToAnotherThreadOfTheHost) {
    ArmContext c;
    Stack stack;
    Stack before;
    const uintptr_t sp = Arm64::copy(c.context(), stack.top(), 8192);
    ASSERT_NE(sp, 0u);
    std::memcpy(before.bytes, stack.bytes, sizeof stack.bytes);
    char other[64];
    Arm64::move(sp, {other, 0, sizeof other}, 0x77);
    auto* copied = reinterpret_cast<unsigned char*>(sp) + 128;
    EXPECT_EQ(get<char*>(copied, 16), other);
    EXPECT_EQ(get<int>(copied, 24), 0);
    EXPECT_EQ(get<size_t>(copied, 32), sizeof other);
    uint64_t words[kWords];
    Arm64::read(copied, words);
    NamedRegister registers[34];
    ASSERT_EQ(Arm64::registers(words, registers), 34u);
    EXPECT_STREQ(registers[18].name, "x18");
    EXPECT_EQ(registers[18].value, 0x77u);
    const size_t x18 = 176 + (1 + 18) * 8;
    const unsigned char* old = before.bytes + (copied - stack.bytes);
    std::memcpy(copied + 16, old + 16, 24);
    std::memcpy(copied + x18, old + x18, 8);
    EXPECT_EQ(std::memcmp(stack.bytes, before.bytes, sizeof stack.bytes), 0);
}

TEST(LinuxAbiArm64, CodeGoesOnWithCleanFlags) {
    ArmContext c;
    Arm64::set_pc(c.context(), 77);
    EXPECT_EQ(get<uint64_t>(c.context(), kSigcontext + 33 * 8), 77u);
    Arm64::go_on_at(c.context(), {.pc = 1, .sp = 2, .frame_pointer = 3});
    EXPECT_EQ(get<uint64_t>(c.context(), kSigcontext + 30 * 8), 3u);
    EXPECT_EQ(get<uint64_t>(c.context(), kSigcontext + 31 * 8), 0x2000u + 31);
    EXPECT_EQ(get<uint64_t>(c.context(), kSigcontext + 32 * 8), 2u);
    EXPECT_EQ(get<uint64_t>(c.context(), kSigcontext + 33 * 8), 1u);
    EXPECT_EQ(get<uint64_t>(c.context(), kSigcontext + 34 * 8), 0u);
}

TEST(LinuxAbiFault, EachSignalHasANameAndMostCodesAText) {
    EXPECT_STREQ(signal_name(kSigsegv), "SIGSEGV");
    EXPECT_STREQ(signal_name(kSigbus), "SIGBUS");
    EXPECT_STREQ(signal_name(kSigtrap), "SIGTRAP");
    EXPECT_STREQ(fault_detail(kSigsegv, kNotMapped), "");
    EXPECT_STREQ(fault_detail(kSigbus, 1), "misaligned address");
    EXPECT_STREQ(fault_detail(kSigbus, 5), "memory error");
    EXPECT_STREQ(fault_detail(kSigill, 2), "illegal instruction");
}

TEST(LinuxAbiAuxVector, FollowsTheEnvironment) {
    struct {
        const char* environment[3] = {"A=1", "B=2", nullptr};
        AuxEntry vector[2] = {{kAtSysinfoEhdr, 4096}, {kAtNull, 0}};
    } stack;
    char* const* environment = const_cast<char* const*>(stack.environment);
    EXPECT_EQ(aux_vector(environment), stack.vector);
    EXPECT_EQ(aux_vector(environment + 2), stack.vector);
}

#ifdef __x86_64__

TEST(LinuxAbiFsBase, TheHostSaysWhetherThereIsAnInstruction) {
    const AuxEntry with[] = {{6, 4096}, {26, 6}, {kAtNull, 0}};
    const AuxEntry without[] = {{16, 2}, {26, 4}, {kAtNull, 2}};
    const AuxEntry old[] = {{16, 2}, {kAtNull, 2}, {26, 2}};
    EXPECT_TRUE(has_wrfsbase(with));
    EXPECT_FALSE(has_wrfsbase(without));
    EXPECT_FALSE(has_wrfsbase(old));
}

// By the system call, with the value that is there already.
TEST(LinuxAbiFsBase, IsTheThreadPointer) {
    thread_local int mine = 5;
    const uintptr_t before = reinterpret_cast<uintptr_t>(&mine);
    set_fs_base(__builtin_thread_pointer(), false);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(&mine), before);
    EXPECT_EQ(mine, 5);
}

#endif

} // namespace
