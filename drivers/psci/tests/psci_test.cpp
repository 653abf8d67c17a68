// SPDX-License-Identifier: BSD-3-Clause
// Host tests of PSCI calls against firmware that answers as told.
#include <uk/psci/psci.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace {

using uk::Errno;
using uk::psci::Psci;

struct Call {
    uint32_t function;
    uint64_t a, b, c;
    friend bool operator==(const Call&, const Call&) = default;
};

struct Firmware {
    uint64_t answer = 0;
    std::vector<Call> calls{};
};

struct Conduit {
    Firmware* firmware;
    uint64_t call(uint32_t function, uint64_t a, uint64_t b, uint64_t c) {
        firmware->calls.push_back({function, a, b, c});
        return firmware->answer;
    }
};

TEST(Psci, TellsTheVersion) {
    Firmware firmware{.answer = 0x10001};
    auto version = Psci(Conduit{&firmware}).version();
    ASSERT_TRUE(version.ok());
    EXPECT_EQ(version.value().major, 1);
    EXPECT_EQ(version.value().minor, 1);
    firmware.answer = 2;
    EXPECT_TRUE(Psci(Conduit{&firmware}).version().ok());
    EXPECT_EQ(firmware.calls[0], (Call{0x84000000, 0, 0, 0}));
}

// An old version, nobody who knows the call (-1 in w0 or in x0), an answer that is no version.
TEST(Psci, SaysThatNobodyAnswers) {
    for (uint64_t answer : {uint64_t{1}, uint64_t{0}, uint64_t{0xffffffff}, ~uint64_t{0}}) {
        Firmware firmware{.answer = answer};
        EXPECT_EQ(Psci(Conduit{&firmware}).version().code(), Errno::nosys) << answer;
    }
}

TEST(Psci, AsksForOffAndReset) {
    Firmware firmware{.answer = ~uint64_t{0}};
    Psci psci(Conduit{&firmware});
    EXPECT_EQ(psci.system_off(), Errno::nosys);
    EXPECT_EQ(psci.system_reset(), Errno::nosys);
    EXPECT_EQ(firmware.calls, (std::vector<Call>{{0x84000008, 0, 0, 0}, {0x84000009, 0, 0, 0}}));
}

TEST(Psci, ReturningWithSuccessIsAFailureOfFirmware) {
    Firmware firmware{.answer = 0};
    EXPECT_EQ(Psci(Conduit{&firmware}).system_off(), Errno::io);
    EXPECT_EQ(Psci(Conduit{&firmware}).system_reset(), Errno::io);
}

TEST(Psci, StartsACpu) {
    Firmware firmware;
    EXPECT_TRUE(Psci(Conduit{&firmware}).cpu_on(0x1'0002'0003, 0x4020'0000, 7).ok());
    EXPECT_EQ(firmware.calls, (std::vector<Call>{{0xc4000003, 0x1'0002'0003, 0x4020'0000, 7}}));
}

TEST(Psci, SaysWhyACpuDoesNotStart) {
    struct {
        int32_t answer;
        Errno code;
    } const kCases[] = {{-1, Errno::nosys}, {-2, Errno::inval},   {-3, Errno::perm},
                        {-4, Errno::exist}, {-5, Errno::already}, {-6, Errno::io},
                        {-7, Errno::nodev}, {-8, Errno::nodev},   {-9, Errno::fault},
                        {-10, Errno::io},   {17, Errno::io}};
    for (const auto& one : kCases) {
        Firmware narrow{.answer = static_cast<uint32_t>(one.answer)};
        EXPECT_EQ(Psci(Conduit{&narrow}).cpu_on(0, 0, 0).code(), one.code) << one.answer;
        Firmware wide{.answer = static_cast<uint64_t>(int64_t{one.answer})};
        EXPECT_EQ(Psci(Conduit{&wide}).cpu_on(0, 0, 0).code(), one.code) << one.answer;
    }
}

} // namespace
