// SPDX-License-Identifier: BSD-3-Clause
// The copies of this architecture against faults of the host, which a signal handler repairs as the
// kernel's does.
#include <csignal>
#include <cstring>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <uk/base/fixup.hpp>
#include <uk/user.hpp>

bool uk::user::detail::may_touch() {
    return true;
}

namespace {

using namespace uk;
using hal::Access;

constexpr size_t kPages = 4;
constexpr size_t kSize = kPages * kPageSize;

auto& pc_of(ucontext_t& context) {
#ifdef REG_RIP
    return context.uc_mcontext.gregs[REG_RIP];
#else
    return context.uc_mcontext.pc;
#endif
}

void on_fault(int signal, siginfo_t* /*info*/, void* argument) {
    auto& pc = pc_of(*static_cast<ucontext_t*>(argument));
    const uintptr_t go_on = fixup_of(static_cast<uintptr_t>(pc));
    if (go_on == 0) {
        std::signal(signal, SIG_DFL); // the same again, for the death tests
        return;
    }
    pc = static_cast<std::decay_t<decltype(pc)>>(go_on);
}

// Pages of the application. The one behind them may not be used, and is nobody else's.
class User : public testing::Test {
  protected:
    User() {
        struct sigaction action {};
        action.sa_sigaction = on_fault;
        action.sa_flags = SA_SIGINFO;
        sigaction(SIGSEGV, &action, nullptr);
        sigaction(SIGBUS, &action, nullptr);
        void* pages = mmap(nullptr, kSize + kPageSize, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        memory_ = static_cast<char*>(pages);
        mprotect(memory_ + kSize, kPageSize, PROT_NONE);
        std::mt19937 random(1);
        for (size_t i = 0; i < kSize; i++)
            memory_[i] = static_cast<char>(1 + random() % 255);
    }
    ~User() override { munmap(memory_, kSize + kPageSize); }
    Vaddr end() const { return Vaddr::of(memory_ + kSize); }

    char* memory_ = nullptr;
};

TEST_F(User, AllSizesAndAlignmentsAreCopied) {
    std::vector<size_t> sizes;
    for (size_t size = 0; size < 150; size++)
        sizes.push_back(size);
    sizes.insert(sizes.end(), {511, 512, 513, 520, 1000, 4096, 5001});
    for (size_t size : sizes) {
        for (size_t offset = 0; offset < 16; offset++) {
            const char* there = memory_ + offset * 3;
            std::string in(size + 2, '#');
            ASSERT_TRUE(user::copy_in(in.data() + 1, Vaddr::of(there), size).ok());
            EXPECT_EQ(in, "#" + std::string(there, size) + "#") << size;

            char* place = memory_ + 2 * kPageSize + offset;
            place[-1] = place[size] = '#';
            ASSERT_TRUE(user::copy_out(Vaddr::of(place), in.data() + 1, size).ok());
            EXPECT_EQ(std::string(place - 1, size + 2), in) << size;
        }
    }
}

// Both ways of large blocks: where source and destination lie close within their pages, and not.
TEST_F(User, LargeOnesNearEachOther) {
    std::vector<char> to(3 * kPageSize);
    for (size_t shift = 0; shift < 130; shift++) {
        char* at =
            to.data() +
            (reinterpret_cast<uintptr_t>(memory_) - Vaddr::of(to.data()).value()) % kPageSize +
            shift;
        ASSERT_TRUE(user::copy_in(at, Vaddr::of(memory_), kPageSize).ok());
        EXPECT_EQ(std::memcmp(at, memory_, kPageSize), 0) << shift;
    }
}

TEST_F(User, WhatLiesBeforeTheFaultIsCopiedAndNothingElse) {
    std::vector<size_t> sizes = {1,  2,  7,  8,  9,   15,  31,  32,  33,
                                 40, 63, 64, 65, 100, 511, 600, 5000};
    for (size_t size : sizes) {
        for (size_t there = 0; there < size && there < 600; there++) {
            const Vaddr at = end() - there;
            std::string in(size + 1, '#');
            EXPECT_EQ(user::copy_in(in.data(), at, size).code(), Errno::fault);
            EXPECT_EQ(in, std::string(at.as<char>(), there) + std::string(size + 1 - there, '#'));
            EXPECT_EQ(uk_user_copy_in(in.data(), at.value(), size), size - there);

            std::string out(size, 'o');
            at.as<char>()[-1] = '-';
            EXPECT_EQ(user::copy_out(at, out.data(), size).code(), Errno::fault);
            EXPECT_EQ(std::string(at.as<char>() - 1, there + 1), "-" + std::string(there, 'o'));
            std::memset(at.as<char>(), 'x', there);
        }
    }
}

TEST_F(User, AddressesThatCannotBe) {
    char byte[64] = {};
    for (const uint64_t at : {uint64_t{0}, uint64_t{8}, uint64_t{4095}, uint64_t{1} << 63,
                              uint64_t{0x800000000000}, ~uint64_t{0}, ~uint64_t{63}}) {
        for (const size_t size : {size_t{1}, size_t{64}}) {
            EXPECT_EQ(user::copy_in(byte, Vaddr{at}, size).code(), Errno::fault) << at;
            EXPECT_EQ(user::copy_out(Vaddr{at}, byte, size).code(), Errno::fault) << at;
            EXPECT_EQ(user::access(Vaddr{at}, size, Access::read).code(), Errno::fault) << at;
            EXPECT_EQ(user::access(Vaddr{at}, size, Access::write).code(), Errno::fault) << at;
        }
        EXPECT_TRUE(user::copy_in(byte, Vaddr{at}, 0).ok());
        EXPECT_TRUE(user::access(Vaddr{at}, 0, Access::write).ok());
        EXPECT_EQ(user::copy_string_in(byte, 64, Vaddr{at}).code(), Errno::fault) << at;
    }
    const Vaddr here = Vaddr::of(memory_);
    for (const size_t size : {~size_t{0}, ~size_t{0} - here.value() + 1, size_t{1} << 63}) {
        EXPECT_EQ(user::access(here, size, Access::read).code(), Errno::fault);
        EXPECT_EQ(user::access(here, size, Access::write).code(), Errno::fault);
    }
    // Wraps to an address below: nothing may be copied.
    memory_[0] = 'm';
    EXPECT_EQ(user::copy_out(here, byte, ~size_t{0}).code(), Errno::fault);
    EXPECT_EQ(memory_[0], 'm');
    EXPECT_EQ(user::access(here, 1, Access::execute).code(), Errno::inval);
    EXPECT_EQ(user::access(here, 1, Access::unknown).code(), Errno::inval);
}

TEST_F(User, ReadOnlyMemoryCannotBeWritten) {
    mprotect(memory_ + kPageSize, kPageSize, PROT_READ);
    const Vaddr second = Vaddr::of(memory_ + kPageSize);
    const std::string before(memory_, 2 * kPageSize);
    EXPECT_TRUE(user::access(second, kPageSize, Access::read).ok());
    EXPECT_EQ(user::access(second - 1, 2, Access::write).code(), Errno::fault);
    EXPECT_TRUE(user::access(second - 1, 1, Access::write).ok());
    EXPECT_EQ(user::access(second + kPageSize - 1, 1, Access::write).code(), Errno::fault);
    EXPECT_EQ(std::string(memory_, 2 * kPageSize), before) << "looking changed something";
    EXPECT_EQ(user::write(second - 2, uint32_t{0}).code(), Errno::fault);
    EXPECT_EQ(std::memcmp(memory_, before.data(), kPageSize - 2), 0);
    EXPECT_EQ(memory_[kPageSize - 1], 0);
    EXPECT_EQ(std::memcmp(second.as<char>(), before.data() + kPageSize, kPageSize), 0);
    mprotect(memory_ + kPageSize, kPageSize, PROT_NONE);
    EXPECT_EQ(user::access(second, 1, Access::read).code(), Errno::fault);
    EXPECT_EQ(user::access(Vaddr::of(memory_), kSize, Access::read).code(), Errno::fault);
}

TEST_F(User, Values) {
    struct Pair {
        uint64_t a;
        uint16_t b;
    };
    const Vaddr at = Vaddr::of(memory_ + 3);
    ASSERT_TRUE(user::write(at, Pair{7, 9}).ok());
    const Pair read = UK_MUST(user::read<Pair>(at));
    EXPECT_EQ(read.a, 7u);
    EXPECT_EQ(read.b, 9);
    EXPECT_EQ(user::read<Pair>(end() - 8).code(), Errno::fault);
}

TEST_F(User, WordsInOnePiece) {
    const Vaddr at = Vaddr::of(memory_ + 8);
    ASSERT_TRUE(user::write(at, uint32_t{7}).ok());
    EXPECT_EQ(UK_MUST(user::load_word(at)), 7u);
    EXPECT_EQ(UK_MUST(user::replace_word(at, 6, 9)), 7u) << "it is not 6";
    EXPECT_EQ(UK_MUST(user::load_word(at)), 7u);
    EXPECT_EQ(UK_MUST(user::replace_word(at, 7, 0xffff'fffe)), 7u);
    EXPECT_EQ(UK_MUST(user::load_word(at)), 0xffff'fffe);
    EXPECT_EQ(UK_MUST(user::read<uint32_t>(at + 4)) >> 24, static_cast<uint8_t>(memory_[15]));
    for (const Vaddr nothing : {end(), Vaddr{0}, Vaddr{0xffff'ffff'ffff'fffc}}) {
        EXPECT_EQ(user::load_word(nothing).code(), Errno::fault);
        EXPECT_EQ(user::replace_word(nothing, 0, 1).code(), Errno::fault);
    }
    mprotect(memory_, kPageSize, PROT_READ);
    EXPECT_EQ(UK_MUST(user::load_word(at)), 0xffff'fffe);
    EXPECT_EQ(user::replace_word(at, 0xffff'fffe, 1).code(), Errno::fault);
    EXPECT_EQ(UK_MUST(user::load_word(at)), 0xffff'fffe);
}

TEST_F(User, WordsAreReplacedByOneThreadAtATime) {
    const Vaddr at = Vaddr::of(memory_);
    ASSERT_TRUE(user::write(at, uint32_t{0}).ok());
    constexpr uint32_t kTimes = 20'000;
    const auto count = [at] {
        for (uint32_t done = 0; done < kTimes;) {
            const uint32_t seen = UK_MUST(user::load_word(at));
            if (UK_MUST(user::replace_word(at, seen, seen + 1)) == seen)
                done++;
        }
    };
    std::thread other(count);
    count();
    other.join();
    EXPECT_EQ(UK_MUST(user::load_word(at)), 2 * kTimes);
}

TEST_F(User, StringsOfAnyLengthAnywhere) {
    char to[48];
    for (size_t before = 0; before < 16; before++) {
        for (size_t length = 0; length < 32; length++) {
            const Vaddr at = end() - (length + 1 + before);
            std::memset(at.as<char>(), 'z', length + 1 + before);
            for (size_t i = 0; i < length; i++)
                at.as<char>()[i] = static_cast<char>(i % 2 == 0 ? '\x81' : '\x01');
            at.as<char>()[length] = '\0';
            for (size_t room = 0; room < 40; room++) {
                std::memset(to, '#', sizeof(to));
                Result<size_t> copied = user::copy_string_in(to, room, at);
                if (room <= length) {
                    ASSERT_EQ(copied.code(), Errno::nametoolong) << length << " in " << room;
                    ASSERT_EQ(to[room], '#');
                    continue;
                }
                ASSERT_TRUE(copied.ok());
                ASSERT_EQ(copied.value(), length);
                ASSERT_EQ(std::memcmp(to, at.as<char>(), length + 1), 0);
                ASSERT_EQ(to[length + 1], '#');
            }
        }
    }
}

TEST_F(User, Strings) {
    char to[16];
    const Vaddr at = end() - 11;
    std::memcpy(at.as<char>(), "0123456789", 11);
    std::memset(to, '#', sizeof(to));
    EXPECT_EQ(UK_MUST(user::copy_string_in(to, sizeof(to), at)), 10u);
    EXPECT_STREQ(to, "0123456789");
    EXPECT_EQ(to[11], '#');
    EXPECT_EQ(UK_MUST(user::copy_string_in(to, 11, at)), 10u) << "it just fits";
    to[10] = '#';
    EXPECT_EQ(user::copy_string_in(to, 10, at).code(), Errno::nametoolong);
    EXPECT_EQ(to[10], '#');
    EXPECT_EQ(UK_MUST(user::copy_string_in(to, 1, at + 10)), 0u) << "empty";
    EXPECT_EQ(user::copy_string_in(to, 0, at).code(), Errno::nametoolong);
    at.as<char>()[10] = '!'; // no end before the memory's
    EXPECT_EQ(user::copy_string_in(to, sizeof(to), at).code(), Errno::fault);
    EXPECT_EQ(user::copy_string_in(to, 11, at).code(), Errno::nametoolong) << "the bound is first";
}

// What stands in no row is not repaired: the kernel's side of a copy.
TEST_F(User, TheKernelsSideDies) {
    char* nowhere = memory_ + kSize;
    for (const size_t size : {size_t{3}, size_t{8}, size_t{40}, size_t{1024}}) {
        EXPECT_EXIT((void)user::copy_in(nowhere, Vaddr::of(memory_), size).ok(),
                    testing::KilledBySignal(SIGSEGV), "");
        EXPECT_EXIT((void)user::copy_out(Vaddr::of(memory_), nowhere, size).ok(),
                    testing::KilledBySignal(SIGSEGV), "");
    }
    EXPECT_EXIT((void)user::copy_string_in(nowhere, 8, Vaddr::of(memory_)).ok(),
                testing::KilledBySignal(SIGSEGV), "");
}

} // namespace
