// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: the metrics that this image has.
#include <uk/hal/clock.hpp>
#include <uk/metrics.hpp>
#include <uk/test.hpp>

#include <string_view>

namespace {

using namespace uk::metrics;

struct Last final : Sink {
    uint64_t count = 0, value = 0;
    void sample(std::span<const Label> /*labels*/, uint64_t now) override {
        count++;
        value = now;
    }
};

const Metric* find(std::string_view name) {
    for (const Metric* metric : all()) {
        if (name == metric->name.text())
            return metric;
    }
    return nullptr;
}

} // namespace

UK_TEST(metrics_have_values_and_names_of_their_own)
{
    UK_TEST_EXPECT(!all().empty());
    for (const Metric* metric : all()) {
        Last last;
        collect(*metric, last);
        UK_TEST_EXPECT(last.count > 0 && metric->help[0] != '\0');
        UK_TEST_EXPECT(find(metric->name.text()) == metric);
    }
}

UK_TEST(metrics_uptime_is_time)
{
    const Metric* uptime = find("uptime_seconds");
    UK_TEST_ASSERT(uptime != nullptr);
    Last before, after;
    collect(*uptime, before);
    const uint64_t end = uk::hal::clock_monotonic_ns() + 2'000'000;
    while (uk::hal::clock_monotonic_ns() < end) {
    }
    collect(*uptime, after);
    UK_TEST_EXPECT(after.value - before.value >= 2'000'000);
    UK_TEST_EXPECT(after.value < uint64_t{3600} * 1'000'000'000); // not since the host's boot
}
