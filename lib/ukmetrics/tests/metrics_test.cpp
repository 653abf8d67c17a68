// SPDX-License-Identifier: BSD-3-Clause
// Counters, names, and where values come from.
#include <uk/metrics.hpp>

#include <thread>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace uk::metrics;

thread_local unsigned t_cpu = 0;
unsigned test_cpu() {
    return t_cpu;
}
using FourCpus = CpuCounter<4, test_cpu>;

TEST(Counter, SumsOverCpus) {
    constinit static FourCpus counter;
    EXPECT_EQ(counter.value(), 0U);
    for (t_cpu = 0; t_cpu < 4; t_cpu++)
        counter.add(10);
    t_cpu = 2;
    counter.add();
    counter.add_alone();
    counter.add_alone(5);
    EXPECT_EQ(counter.value(), 47U);
    t_cpu = 0;
}

TEST(Counter, EachCpuHasItsOwnCacheLine) {
    EXPECT_EQ(sizeof(FourCpus), 4 * 64U);
    EXPECT_EQ(sizeof(CpuCounter<1, test_cpu>), 8U);
}

// Threads that were moved after they knew their CPU: two count in one cell, and nothing is lost.
TEST(Counter, LosesNothingWhenTwoShareACell) {
    constinit static FourCpus counter;
    constexpr unsigned kThreads = 6;
    constexpr uint64_t kTimes = 20'000;
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < kThreads; i++) {
        threads.emplace_back([i] {
            t_cpu = i % 2;
            for (uint64_t n = 0; n < kTimes; n++)
                counter.add();
        });
    }
    uint64_t before = 0;
    while (before < kThreads * kTimes) {
        const uint64_t now = counter.value();
        ASSERT_GE(now, before);
        before = now;
    }
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(counter.value(), kThreads * kTimes);
}

TEST(Counter, WithoutTheLibraryIsNothing) {
    static_assert(std::is_empty_v<NoCounter>);
    NoCounter counter;
    counter.add();
    counter.add_alone(3);
    EXPECT_EQ(counter.value(), 0U);
}

TEST(MetricName, IsLowerCaseWordsWithSingleUnderscores) {
    for (const char* good : {"a", "heap_bytes", "x2_total", "a_b_c"})
        EXPECT_TRUE(Name::is_good(good)) << good;
    for (const char* bad : {"", "_a", "a_", "a__b", "2a", "a_2", "Heap", "a-b", "a b", "h\xc3\xa4"})
        EXPECT_FALSE(Name::is_good(bad)) << bad;
}

struct Kept : Sink {
    std::vector<std::pair<size_t, uint64_t>> samples;
    void sample(std::span<const Label> labels, uint64_t value) override {
        samples.emplace_back(labels.size(), value);
    }
};

TEST(Metric, ComesFromACounterOrAFunctionOrMany) {
    constinit static Counter counter;
    counter.add(7);
    Kept kept;
    collect({.name = "a_total", .help = "", .kind = Kind::counter, .counter = &counter}, kept);
    collect({.name = "b", .help = "", .kind = Kind::gauge, .read = [] { return uint64_t{8}; }},
            kept);
    const auto two = [](Sink& sink) {
        const Label label[] = {{"cpu", "0"}};
        sink.sample(label, 1);
        sink.sample({}, 2);
    };
    collect({.name = "c", .help = "", .kind = Kind::gauge, .collect = two}, kept);
    using Pair = std::pair<size_t, uint64_t>;
    EXPECT_EQ(kept.samples, (std::vector<Pair>{{0, 7}, {0, 8}, {1, 1}, {0, 2}}));
}

} // namespace
