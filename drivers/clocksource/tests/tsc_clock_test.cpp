// SPDX-License-Identifier: BSD-3-Clause
// TscClock over every kind of reference and fast counter, and over machines that misbehave.
#include <uk/clocksource/pit.hpp>
#include <uk/clocksource/tsc_clock.hpp>

#include <string>

#include <gtest/gtest.h>

#include "fake_machine.hpp"

namespace {

using clocktest::FakePit;
using clocktest::Machine;
using clocktest::PitIo;
using clocktest::PlainCounter;
using uk::clocksource::Pit;
using uk::clocksource::Rate;
using uk::clocksource::Reference;
using uk::clocksource::Scale;
using uk::clocksource::TscClock;

constexpr uint64_t kMs = 1'000'000;
constexpr uint64_t kS = 1'000'000'000;

struct Kind {
    const char* name;
    uint64_t num, den, period;
    Reference reference() const { return {Scale::of(1000 * den, num / 1'000'000), period}; }
};
constexpr Kind kHpet64{"hpet64", 100'000'000, 1, 0};
constexpr Kind kHpet32{"hpet32", 100'000'000, 1, uint64_t{1} << 32};
constexpr Kind kPm24{"pm24", 315'000'000, 88, uint64_t{1} << 24};
constexpr Kind kPm32{"pm32", 315'000'000, 88, uint64_t{1} << 32};
constexpr Kind kPitPair{"pit", 105'000'000, 88, uint64_t{65536} * 4095};
constexpr Kind kKinds[] = {kHpet64, kHpet32, kPm24, kPm32, kPitPair};
constexpr uint64_t kRates[] = {100'000'000,   125'000'000,   999'999'999,  1'000'000'000,
                               2'399'999'123, 3'579'545'000, 6'000'000'000};

struct Rig {
    Machine machine;
    PlainCounter counter;
    uk::hal::ClockPage page;
    TscClock<PlainCounter> clock{counter, page};
    uint64_t last = 0;

    Rig(const Kind& kind, uint64_t hz, uint64_t seed = 1)
        : machine(seed), counter{machine, kind.num, kind.den, kind.period,
                                 seed * 777'777 % (kind.period - 1)} {
        machine.set_tsc(hz, seed * 1'000'000'007);
    }
    uint64_t read() {
        uint64_t ns = clock.now();
        EXPECT_GE(ns, last);
        last = ns;
        return ns;
    }
    // Reads every `step` until `duration` has passed.
    void run(uint64_t duration, uint64_t step) {
        uint64_t end = machine.now_ns() + duration;
        while (machine.now_ns() < end) {
            read();
            machine.pass_ns(step);
        }
    }
    // How far the clock's idea of `duration` is off, in parts per million.
    double off_ppm(uint64_t duration) {
        uint64_t clock_before = read();
        uint64_t before = machine.now_ns();
        machine.pass_ns(duration);
        double passed = static_cast<double>(read() - clock_before);
        return (passed / static_cast<double>(machine.now_ns() - before) - 1) * 1e6;
    }
};

TEST(Scale, IsExactOverYears) {
    constexpr uint64_t kYear = 365ULL * 86400;
    for (uint64_t hz :
         {1'193'182ULL, 3'579'545ULL, 100'000'000ULL, 999'999'999ULL, 6'000'000'000ULL}) {
        Scale scale = Scale::of_hz(hz);
        uint64_t ns = scale.to_ns(hz * kYear);
        EXPECT_NEAR(static_cast<double>(ns), static_cast<double>(kYear) * 1e9, 3e6) << hz;
        EXPECT_NEAR(static_cast<double>(scale.to_ticks(8'000'000)), static_cast<double>(hz) / 125.0,
                    1 + static_cast<double>(hz) * 1e-8)
            << hz;
    }
    EXPECT_EQ(Scale::of(1, 1).to_ns(~uint64_t{0}), ~uint64_t{0});
}

TEST(Scale, FindsTheTicksOfATime) {
    Machine machine(5);
    for (uint64_t hz : {32'768ULL, 50'000'000ULL, 999'999'999ULL, 1'000'000'000ULL,
                        2'399'999'123ULL, 10'000'000'000ULL}) {
        const Scale scale = Scale::of_hz(hz);
        EXPECT_EQ(scale.to_ticks(0), 0U);
        for (unsigned i = 0; i < 1000; i++) {
            const uint64_t ns = machine.random() >> (4 + i % 60); // up to 36 years
            const uint64_t ticks = scale.to_ticks(ns);
            ASSERT_LE(scale.to_ns(ticks), ns) << hz;
            ASSERT_GE(scale.to_ns(ticks + 1), ns) << hz << " " << ticks;
        }
    }
}

TEST(TscClock, IsRightAfter100MsForEveryCounter) {
    for (const Kind& kind : kKinds) {
        for (uint64_t hz : kRates) {
            for (uint64_t step : {kMs / 50, kMs, 30 * kMs}) {
                SCOPED_TRACE(std::string(kind.name) + " " + std::to_string(hz) + " " +
                             std::to_string(step));
                Rig s(kind, hz, hz % 97 + 1);
                s.clock.start({}, kind.reference());
                s.run(100 * kMs, step);
                EXPECT_FALSE(s.clock.direct());
                EXPECT_LT(std::abs(s.off_ppm(500 * kMs)), 300);
                s.run(3 * kS, 50 * kMs);
                EXPECT_LT(std::abs(s.off_ppm(2 * kS)), 20);
            }
        }
    }
}

TEST(TscClock, ReadsTheReferenceUntilTheRateIsKnown) {
    Rig s(kHpet64, 3 * kS);
    s.clock.start({}, kHpet64.reference());
    uint64_t begin = s.machine.now_ns();
    for (int i = 0; i < 100; i++) {
        s.machine.pass_ns(10'000);
        // The look is in the past by at most what reading takes.
        uint64_t true_ns = s.machine.now_ns() - begin;
        EXPECT_NEAR(static_cast<double>(s.read()), static_cast<double>(true_ns), 40'000);
    }
}

// Nobody asks for a long time after the start, then twice.
TEST(TscClock, IsRightAfterALongSilence) {
    struct Case {
        const Kind& kind;
        uint64_t silence;
    };
    for (Case c :
         {Case{kHpet64, 3600 * kS}, Case{kHpet64, 86400 * 1000 * kS}, Case{kHpet32, 2 * kS},
          Case{kPm24, kS / 5}, Case{kPm32, 60 * kS}, Case{kPitPair, 10 * kS}}) {
        for (uint64_t hz : kRates) {
            SCOPED_TRACE(std::string(c.kind.name) + " " + std::to_string(hz));
            Rig s(c.kind, hz);
            s.clock.start({}, c.kind.reference());
            uint64_t begin = s.machine.now_ns();
            s.machine.pass_ns(c.silence);
            double passed = static_cast<double>(s.read());
            double truth = static_cast<double>(s.machine.now_ns() - begin);
            EXPECT_NEAR(passed / truth, 1, 1e-3);
            EXPECT_LT(std::abs(s.off_ppm(kS)), 100);
        }
    }
}

// Two early looks give a rate that is crude, but good enough to tell how often the reference
// turned.
TEST(TscClock, TellsTurnsByACrudeRate) {
    struct Case {
        const Kind& kind;
        uint64_t silence;
    };
    for (Case c : {Case{kPm24, 11 * kS}, Case{kHpet32, 100 * kS}, Case{kPitPair, 500 * kS}}) {
        for (uint64_t hz : kRates) {
            SCOPED_TRACE(std::string(c.kind.name) + " " + std::to_string(hz));
            Rig s(c.kind, hz);
            s.clock.start({}, c.kind.reference());
            s.machine.pass_ns(5 * kMs);
            s.read();
            EXPECT_LT(std::abs(s.off_ppm(c.silence)), 100);
        }
    }
}

// So long that the reference may have turned any number of times: time that nobody asked for is
// lost, but the rate is right from then on.
TEST(TscClock, RecoversFromASilenceThatCannotBeResolved) {
    for (const Kind& kind : {kPm24, kPitPair, kHpet32}) {
        for (uint64_t hz : kRates) {
            SCOPED_TRACE(std::string(kind.name) + " " + std::to_string(hz));
            Rig s(kind, hz);
            s.clock.start({}, kind.reference());
            s.machine.pass_ns(3600 * kS);
            s.read();
            s.run(100 * kMs, kMs);
            EXPECT_FALSE(s.clock.direct());
            EXPECT_LT(std::abs(s.off_ppm(kS)), 300);
        }
    }
}

TEST(TscClock, StaysRightOverDaysOfSilenceOnceSettled) {
    for (const Kind& kind : kKinds) {
        Rig s(kind, 2'400'000'000);
        s.clock.start({}, kind.reference());
        s.run(kS, 10 * kMs);
        for (uint64_t silence : {3600 * kS, 86400 * 30 * kS, 86400 * 365 * 3 * kS}) {
            EXPECT_LT(std::abs(s.off_ppm(silence)), 30) << kind.name;
            s.run(kS, 10 * kMs);
            EXPECT_LT(std::abs(s.off_ppm(kS)), 30) << kind.name;
        }
    }
}

TEST(TscClock, SurvivesStallsAndMisreadCounts) {
    for (const Kind& kind : kKinds) {
        for (uint64_t seed = 1; seed <= 20; seed++) {
            SCOPED_TRACE(std::string(kind.name) + " " + std::to_string(seed));
            Rig s(kind, 2'400'000'000, seed);
            s.machine.stall_one_in(20);
            s.counter.misread_one_in = 20;
            s.clock.start({}, kind.reference());
            s.run(kS, kMs);
            s.machine.stall_one_in(0);
            EXPECT_LT(std::abs(s.off_ppm(2 * kS)), 1000);
        }
    }
}

TEST(TscClock, KeepsTheRateWhenDevicesWerePaused) {
    for (const Kind& kind : kKinds) {
        for (uint64_t pause : {3 * kMs, 100 * kMs, 20 * kS, 3600 * kS}) {
            SCOPED_TRACE(std::string(kind.name) + " " + std::to_string(pause));
            Rig s(kind, 2'400'000'000);
            s.clock.start({}, kind.reference());
            s.run(kS, 10 * kMs);
            for (int i = 0; i < 3; i++) {
                s.machine.pause_devices_ns(pause);
                for (int k = 0; k < 50; k++) {
                    EXPECT_LT(std::abs(s.off_ppm(100 * kMs)), 1000);
                }
            }
            s.run(100 * kS, 100 * kMs);
            // A pause of just about whole turns of the reference cannot be told from drift.
            EXPECT_LT(std::abs(s.off_ppm(kS)), 400);
        }
    }
}

// One pause after another, so that windows of two in a row are wrong, in different ways.
TEST(TscClock, KeepsTheRateThroughManyPauses) {
    for (const Kind& kind : kKinds) {
        for (uint64_t seed = 1; seed <= 10; seed++) {
            SCOPED_TRACE(std::string(kind.name) + " " + std::to_string(seed));
            Rig s(kind, 2'400'000'000, seed);
            s.clock.start({}, kind.reference());
            s.run(kS, 10 * kMs);
            for (int i = 0; i < 100; i++) {
                s.machine.pause_devices_ns(kMs + s.machine.random() % (30 * kMs));
                EXPECT_LT(std::abs(s.off_ppm(40 * kMs)), 1000);
            }
        }
    }
}

TEST(TscClock, FollowsTheMachineToAnotherHost) {
    for (const Kind& kind : kKinds) {
        SCOPED_TRACE(kind.name);
        Rig s(kind, 2'400'000'000);
        s.clock.start({}, kind.reference());
        s.run(kS, 10 * kMs);
        s.machine.set_tsc(3'100'000'000, s.machine.tsc());
        s.run(10 * kS, 10 * kMs);
        EXPECT_LT(std::abs(s.off_ppm(kS)), 300);
    }
}

TEST(TscClock, NeverStepsBackWhenTheCounterDoes) {
    for (const Kind& kind : kKinds) {
        SCOPED_TRACE(kind.name);
        Rig s(kind, 2'400'000'000);
        s.clock.start({}, kind.reference());
        for (int i = 0; i < 2000; i++) {
            s.run(100'000, 10'000);
            s.read();
            s.machine.set_tsc(2'400'000'000, s.machine.tsc() - (i % 100 == 0 ? 1'000 : 60));
            s.read();
        }
        s.run(kS, kMs);
        EXPECT_LT(std::abs(s.off_ppm(kS)), 1000);
        // Set to zero, as by a suspend: goes on within a moment.
        s.machine.set_tsc(2'400'000'000, 0);
        uint64_t before = s.last;
        EXPECT_LT(s.read() - before, kMs);
        EXPECT_GT(s.clock.now(), before);
        s.run(100 * kMs, kMs);
        EXPECT_LT(std::abs(s.off_ppm(kS)), 1000);
    }
}

TEST(TscClock, UsesAKnownRateAtOnce) {
    Rig s(kHpet64, 2'400'000'000);
    s.clock.start(Rate{Scale::of_hz(2'400'000'000), 1}, {});
    EXPECT_FALSE(s.clock.direct());
    EXPECT_LT(std::abs(s.off_ppm(kMs)), 5);
    EXPECT_LT(std::abs(s.off_ppm(86400 * 3650 * kS)), 1);
    s.machine.set_tsc(2'400'000'000, 5);
    s.read();
    EXPECT_LT(std::abs(s.off_ppm(kMs)), 5);
}

TEST(TscClock, RefinesACrudeRate) {
    for (const Kind& kind : kKinds) {
        Rig s(kind, 2'417'000'000);
        s.clock.start(Rate{Scale::of_hz(2'400'000'000), 20'000}, kind.reference());
        EXPECT_LT(std::abs(s.off_ppm(kMs)), 8000) << kind.name;
        s.run(100 * kMs, kMs);
        EXPECT_LT(std::abs(s.off_ppm(kS)), 300) << kind.name;
    }
}

// The chip itself, with channels that are caught at different moments now and then.
struct PitSource {
    Machine& machine;
    Pit<PitIo>& pit;
    uint64_t cycles() { return machine.tsc(); }
    void latch() { pit.latch(); }
    std::optional<uint64_t> collect() { return pit.collect(); }
};

TEST(Pit, CountsThroughItsTurns) {
    Machine machine;
    FakePit chip(machine);
    Pit<PitIo> pit(PitIo{&chip});
    ASSERT_TRUE(pit.start());
    pit.latch();
    uint64_t before = pit.collect().value();
    uint64_t begin = machine.now_ns();
    for (int i = 0; i < 4000; i++) {
        machine.pass_ns(machine.random() % (100 * kMs));
        pit.latch();
        auto count = pit.collect();
        ASSERT_TRUE(count);
        uint64_t ticks = (*count + Pit<PitIo>::kPeriod - before) % Pit<PitIo>::kPeriod;
        uint64_t truth =
            static_cast<uint64_t>(static_cast<double>(machine.now_ns() - begin) * 105 / 88'000);
        ASSERT_NEAR(static_cast<double>(ticks), static_cast<double>(truth % Pit<PitIo>::kPeriod),
                    30);
    }
}

TEST(Pit, IsMissedWhereThereIsNone) {
    Machine machine;
    FakePit chip(machine);
    chip.remove();
    EXPECT_FALSE(Pit<PitIo>(PitIo{&chip}).start());
}

TEST(Pit, DrivesTheClockOnABusyHost) {
    for (uint64_t seed = 1; seed <= 30; seed++) {
        Machine machine(seed);
        machine.set_tsc(2'400'000'000, 12345);
        FakePit chip(machine);
        chip.stall_between_channels(10);
        machine.stall_one_in(200);
        Pit<PitIo> pit(PitIo{&chip});
        bool started = false;
        for (int i = 0; i < 5 && !started; i++) {
            started = pit.start();
        }
        ASSERT_TRUE(started);
        PitSource source{machine, pit};
        uk::hal::ClockPage page;
        TscClock<PitSource> clock(source, page);
        clock.start({}, Reference{Pit<PitIo>::kScale, Pit<PitIo>::kPeriod});
        uint64_t last = 0;
        uint64_t before = machine.now_ns();
        for (int i = 0; i < 3000; i++) {
            machine.pass_ns(kMs);
            uint64_t ns = clock.now();
            ASSERT_GE(ns, last);
            last = ns;
            ASSERT_LT(ns, machine.now_ns() - before + 60 * kMs);
        }
        EXPECT_FALSE(clock.direct());
        uint64_t begin = clock.now();
        before = machine.now_ns();
        machine.pass_ns(10 * kS);
        EXPECT_NEAR(static_cast<double>(clock.now() - begin) /
                        static_cast<double>(machine.now_ns() - before),
                    1, 1e-3);
    }
}

} // namespace
