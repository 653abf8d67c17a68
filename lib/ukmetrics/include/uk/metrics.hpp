// SPDX-License-Identifier: BSD-3-Clause
// Counters and gauges of this image: a table to which any library adds what it counts.
//
//     inline constinit uk::metrics::Counter g_packets;      // in the library: counts
//     UK_METRIC({.name = "packets_total", .help = "Packets received", .kind = Kind::counter,
//                .counter = &g_packets});
//     uint64_t free_bytes() { ... }                         // or a value that it has anyway
//     UK_METRIC({.name = "heap_free_bytes", .help = "...", .kind = Kind::gauge,
//                .read = free_bytes});
//
// Names are Prometheus's (prometheus.io/docs/practices/naming): lower case, the unit last (bytes,
// seconds), of counters "_total" behind it; without the prefix microlith_, which whoever shows them
// puts before. In images without LIBUKMETRICS the macro is nothing; functions that only it names
// belong into a file that is compiled with LIBUKMETRICS (`metrics_hw.cpp`).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <uk/base/section_table.hpp>
#include <uk/config.h>
#include <uk/metrics/counter.hpp>

namespace uk::metrics {

enum class Kind : uint8_t {
    counter, // only grows
    gauge    // goes up and down
};

// What the numbers that functions return are; shown as seconds with nine decimals, or as they are.
enum class Unit : uint8_t { one, nanoseconds };

// A name that is as promised above, or the compiler refuses it.
class Name {
    const char* text_;

  public:
    static constexpr bool is_good(std::string_view text) {
        char before = '_';
        for (const char each : text) {
            const bool letter = each >= 'a' && each <= 'z';
            const bool digit = each >= '0' && each <= '9';
            if (!letter && ((!digit && each != '_') || before == '_'))
                return false;
            before = each;
        }
        return before != '_';
    }
    // NOLINTNEXTLINE(google-explicit-constructor): rows are written with plain text
    consteval Name(const char* text) : text_(text) {
        if (!is_good(text))
            __builtin_unreachable(); // not a constant: the name is no good name
    }
    [[nodiscard]] constexpr const char* text() const { return text_; }
};

// `value` may be any bytes, of any origin.
struct Label {
    Name name;
    std::string_view value;
};

// Takes values, one after another. Belongs to the thread that asks.
class Sink {
  public:
    virtual void sample(std::span<const Label> labels, uint64_t value) = 0;

  protected:
    ~Sink() = default;
};

// Static. One of `counter`, `read`, `collect` is there. The functions: thread context; they may
// take locks but wait for nobody; any number of threads at once. `collect` gives a value for each
// combination of labels, none twice.
struct Metric {
    Name name;
    const char* help; // one line, no full stop
    Kind kind;
    const Counter* counter = nullptr;
    uint64_t (*read)() = nullptr;
    void (*collect)(Sink& sink) = nullptr;
    Unit unit = Unit::one;
};

// All values that the metric has now. As its functions.
inline void collect(const Metric& metric, Sink& sink) {
    if (metric.collect != nullptr)
        metric.collect(sink);
    else
        sink.sample({}, metric.counter != nullptr ? metric.counter->value() : metric.read());
}

} // namespace uk::metrics

UK_SECTION_TABLE(uk_metrics, uk::metrics::Metric);

#ifdef CONFIG_LIBUKMETRICS
#define UK_METRIC(...) UK_SECTION_ROW(uk_metrics, uk::metrics::Metric, __VA_ARGS__)
#else
#define UK_METRIC(...) static_assert(true)
#endif

namespace uk::metrics {

// How long the image runs. From level bus on, anywhere; in images with LIBUKMETRICS.
[[nodiscard]] uint64_t uptime_ns();

// The table, in the order of linking.
inline std::span<const Metric* const> all() {
    return UK_SECTION_SPAN(uk_metrics);
}

} // namespace uk::metrics
