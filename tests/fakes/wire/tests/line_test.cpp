// SPDX-License-Identifier: BSD-3-Clause
// The bad wire: the same seed is the same wire, chances are what they say, times are kept.
#include <algorithm>
#include <numeric>

#include <gtest/gtest.h>

#include "tests/fakes/wire/line.hpp"

namespace wire {
namespace {

constexpr uint64_t kMs = 1'000'000;

Frame frame(uint8_t tag, size_t size = 60) {
    return {std::vector<uint8_t>(size, tag), 0};
}

Line line_with(std::initializer_list<std::pair<const char*, const char*>> settings,
               uint64_t seed = 1) {
    Line line(seed, 0);
    for (const auto& [name, value] : settings) {
        EXPECT_EQ(set(line.settings, name, value), "");
    }
    return line;
}

// Tags of the frames that arrive by `now`.
std::vector<int> arrived(Line& line, uint64_t now) {
    std::vector<int> tags;
    while (std::optional<Frame> frame = line.give(now)) {
        tags.push_back(frame->bytes.at(0));
    }
    return tags;
}

TEST(Fate, IsTheSameForTheSameNumber) {
    Settings settings;
    settings.loss = settings.duplicate = settings.reorder = settings.corrupt = kAlways / 10;
    settings.jitter_ns = kMs;
    for (uint64_t number = 1; number < 1000; number++) {
        const Fate one = fate_of(settings, 7, 0, number);
        const Fate again = fate_of(settings, 7, 0, number);
        EXPECT_EQ(one.lost, again.lost);
        EXPECT_EQ(one.twice, again.twice);
        EXPECT_EQ(one.held_for, again.held_for);
        EXPECT_EQ(one.flipped, again.flipped);
        EXPECT_EQ(one.more_delay_ns, again.more_delay_ns);
    }
}

TEST(Fate, OfSeed1IsWhatItHasAlwaysBeen) {
    Settings settings;
    settings.loss = kAlways / 10;
    std::vector<uint64_t> lost;
    for (uint64_t number = 1; lost.size() < 5; number++) {
        if (fate_of(settings, 1, 0, number).lost) {
            lost.push_back(number);
        }
    }
    EXPECT_EQ(lost, (std::vector<uint64_t>{1, 3, 5, 19, 28}));
}

TEST(Fate, DependsOnSeedAndDirection) {
    Settings settings;
    settings.loss = kAlways / 2;
    unsigned seed_differs = 0;
    unsigned direction_differs = 0;
    for (uint64_t number = 1; number <= 1000; number++) {
        const bool lost = fate_of(settings, 1, 0, number).lost;
        seed_differs += lost != fate_of(settings, 2, 0, number).lost ? 1 : 0;
        direction_differs += lost != fate_of(settings, 1, 1, number).lost ? 1 : 0;
    }
    EXPECT_NEAR(seed_differs, 500, 80);
    EXPECT_NEAR(direction_differs, 500, 80);
}

TEST(Fate, HappensAsOftenAsAskedAndOneFaultMovesNoOther) {
    Settings settings;
    settings.loss = kAlways / 20;
    Settings more = settings;
    more.duplicate = more.corrupt = more.reorder = kAlways / 2;
    unsigned lost = 0;
    for (uint64_t number = 1; number <= 100'000; number++) {
        const bool is_lost = fate_of(settings, 3, 1, number).lost;
        lost += is_lost ? 1 : 0;
        EXPECT_EQ(is_lost, fate_of(more, 3, 1, number).lost);
    }
    EXPECT_NEAR(lost, 5000, 300);
}

TEST(Settings, AreCheckedAndNamed) {
    Settings settings;
    EXPECT_EQ(set(settings, "loss", "1.5"), "");
    EXPECT_EQ(settings.loss, 15'000U);
    EXPECT_EQ(set(settings, "delay", "0.25"), "");
    EXPECT_EQ(settings.delay_ns, 250'000U);
    EXPECT_EQ(set(settings, "loss", "101"), "loss=101: 0 to 100 (percent)");
    EXPECT_NE(set(settings, "loss", "nan"), "");
    EXPECT_NE(set(settings, "loss", ""), "");
    EXPECT_NE(set(settings, "rate", "-1"), "");
    EXPECT_NE(set(settings, "drop", "1,x"), "");
    EXPECT_NE(set(settings, "drop", "0"), "");
    EXPECT_NE(set(settings, "los", "1").find("no setting 'los'"), std::string::npos);
    EXPECT_EQ(settings.loss, 15'000U);
}

TEST(Line, GivesWhatItTakesAtOnce) {
    Line line = line_with({});
    line.take(frame(1), 0);
    line.take(frame(2), 0);
    EXPECT_EQ(arrived(line, 0), (std::vector<int>{1, 2}));
    EXPECT_FALSE(line.due().has_value());
}

TEST(Line, DropsTheFramesItIsTold) {
    Line line = line_with({{"drop", "2,3"}});
    for (uint8_t i = 1; i <= 4; i++) {
        line.take(frame(i), 0);
    }
    EXPECT_EQ(arrived(line, 0), (std::vector<int>{1, 4}));
    EXPECT_EQ(line.counters().lost, 2U);
}

TEST(Line, GivesNothingWhileItIsCut) {
    Line line = line_with({{"cut", "1"}});
    line.take(frame(1), 0);
    EXPECT_EQ(set(line.settings, "cut", "0"), "");
    line.take(frame(2), 0);
    EXPECT_EQ(arrived(line, 0), (std::vector<int>{2}));
}

TEST(Line, DelaysAndKeepsTheOrderUnderJitter) {
    Line line = line_with({{"delay", "200"}, {"jitter", "50"}});
    for (uint8_t i = 0; i < 100; i++) {
        line.take(frame(i), i * kMs);
    }
    EXPECT_GE(line.due().value(), 200 * kMs);
    EXPECT_TRUE(arrived(line, 200 * kMs - 1).empty());
    std::vector<int> wanted(100);
    std::iota(wanted.begin(), wanted.end(), 0);
    EXPECT_EQ(arrived(line, 350 * kMs), wanted);
}

TEST(Line, DuplicatesSideBySide) {
    Line line = line_with({{"duplicate", "100"}});
    line.take(frame(1), 0);
    line.take(frame(2), 0);
    EXPECT_EQ(arrived(line, 0), (std::vector<int>{1, 1, 2, 2}));
}

TEST(Line, HoldsFramesForOthersButNotForEver) {
    Line line = line_with({{"reorder", "20"}});
    for (uint8_t i = 0; i < 100; i++) {
        line.take(frame(i), 0);
    }
    std::vector<int> tags = arrived(line, 0);
    EXPECT_FALSE(std::is_sorted(tags.begin(), tags.end()));
    for (size_t at = 0; at < tags.size(); at++) {
        EXPECT_NEAR(tags[at], static_cast<int>(at), 6) << "frames move by a few places only";
    }
    Line lonely = line_with({{"reorder", "100"}});
    lonely.take(frame(1), 0);
    EXPECT_TRUE(arrived(lonely, Line::kMostHeldNs - 1).empty());
    EXPECT_EQ(lonely.due(), Line::kMostHeldNs);
    EXPECT_EQ(arrived(lonely, Line::kMostHeldNs), (std::vector<int>{1}));
}

TEST(Line, FlipsOneBitBehindTheEthernetHeader) {
    Line line = line_with({{"corrupt", "100"}});
    for (int i = 0; i < 100; i++) {
        line.take(frame(0, 40), 0);
        const Frame got = line.give(0).value();
        unsigned bits = 0;
        for (size_t at = 0; at < got.bytes.size(); at++) {
            bits += static_cast<unsigned>(__builtin_popcount(got.bytes[at]));
            EXPECT_TRUE(at >= 14 || got.bytes[at] == 0);
        }
        EXPECT_EQ(bits, 1U);
    }
    line.take(frame(0, 14), 0); // nothing there to flip
    EXPECT_EQ(line.give(0)->bytes, frame(0, 14).bytes);
    EXPECT_EQ(line.counters().corrupted, 100U);
}

TEST(Line, KeepsTheRateAndDropsWhatTheQueueCannotHold) {
    Line line = line_with({{"rate", "8000"}, {"queue", "3000"}}); // a byte each microsecond
    for (uint8_t i = 0; i < 4; i++) {
        line.take(frame(i, 1000), 0);
    }
    EXPECT_EQ(line.counters().overflowed, 1U);
    EXPECT_TRUE(arrived(line, kMs - 1).empty());
    EXPECT_EQ(arrived(line, kMs), (std::vector<int>{0}));
    EXPECT_EQ(arrived(line, 3 * kMs), (std::vector<int>{1, 2}));
    line.take(frame(9, 1000), 5 * kMs); // idle meanwhile: that time is not saved up
    EXPECT_TRUE(arrived(line, 6 * kMs - 1).empty());
    EXPECT_EQ(arrived(line, 6 * kMs), (std::vector<int>{9}));
}

TEST(Line, CountsEveryFrame) {
    Line line = line_with({{"loss", "10"}, {"duplicate", "10"}, {"reorder", "10"}}, 42);
    for (int i = 0; i < 10'000; i++) {
        line.take(frame(1), 0);
    }
    (void)arrived(line, Line::kMostHeldNs);
    const Counters& counters = line.counters();
    EXPECT_EQ(counters.taken, 10'000U);
    EXPECT_EQ(counters.given, counters.taken - counters.lost + counters.duplicated);
    EXPECT_GT(counters.reordered, 500U);
}

} // namespace
} // namespace wire
