// SPDX-License-Identifier: BSD-3-Clause
// Registers become parameters, and numbers find their calls.
#include "../table.hpp"

#include <cstdint>

#include <gtest/gtest.h>

#include "../seen.hpp"

namespace {

using uk::detail::FromRegisters;
using uk::detail::SyscallRow;

long none() {
    return 42;
}
long narrow(int fd, uint32_t user, const char* text) {
    return fd == -1 && user == 0xffffffffU ? *text : -1;
}
long all(long a, long b, long c, long d, long e, long f) {
    return a + 10 * (b + 10 * (c + 10 * (d + 10 * (e + 10 * f))));
}

TEST(SyscallTable, TakesAsManyRegistersAsThereAreParameters) {
    static_assert(FromRegisters<none>::kCount == 0 && FromRegisters<all>::kCount == 6);
    const char text[] = "x";
    EXPECT_EQ(FromRegisters<none>::call(1, 2, 3, 4, 5, 6), 42);
    // The upper halves of the registers of narrow parameters are anything.
    EXPECT_EQ(FromRegisters<narrow>::call(0x1234'ffff'ffffL, 0x7777'ffff'ffffL,
                                          reinterpret_cast<long>(text), 0, 0, 0),
              'x');
    EXPECT_EQ(FromRegisters<all>::call(1, 2, 3, 4, 5, 6), 654321);
}

TEST(SyscallTable, ReadsTheTextOfANumber) {
    EXPECT_EQ(uk::detail::syscall_number("0"), 0);
    EXPECT_EQ(uk::detail::syscall_number("439"), 439);
    EXPECT_EQ(uk::detail::syscall_number("UK_SYS_alarm"), -1);
}

TEST(SyscallTable, HasEachCallAtItsNumberAndLeavesOutWhatHasNone) {
    static constexpr auto kRows = std::to_array<SyscallRow>(
        {{5, FromRegisters<all>::call}, {-1, nullptr}, {2, FromRegisters<none>::call}});
    static constexpr auto kTable =
        uk::detail::syscall_table<uk::detail::syscall_table_size(kRows)>(kRows);
    static_assert(kTable.size() == 6);
    EXPECT_EQ(kTable[2], &FromRegisters<none>::call);
    EXPECT_EQ(kTable[5], &FromRegisters<all>::call);
    EXPECT_EQ(kTable[0], nullptr);
}

TEST(SeenNumbers, AreNewOnce) {
    uk::detail::SeenNumbers seen;
    for (unsigned long number : {0UL, 63UL, 64UL, 511UL, 512UL, ~0UL - 1}) {
        EXPECT_EQ(seen.first_time(number), number <= 512) << number;
        EXPECT_FALSE(seen.first_time(number)) << number;
    }
}

} // namespace
