// SPDX-License-Identifier: BSD-3-Clause
// Metrics as Prometheus reads them: text exposition format 0.0.4, UTF-8, no timestamps.
// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
//
//     uk::prometheus::write_all(put, &answer);              // void put(void*, std::string_view)
//
// Content-Type: text/plain; version=0.0.4
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <uk/metrics.hpp>

namespace uk::prometheus {

inline constexpr std::string_view kPrefix = "microlith_";

// Takes the text, in pieces of up to 256 bytes of any content.
using Put = void (*)(void* context, std::string_view piece);

// Writes families one after another, each with its values behind it; one thread's. Pure. Names and
// help are the program's own; values of labels may be any bytes: what steers the format is escaped,
// and what is no UTF-8 becomes U+FFFD, a piece at a time.
class Writer final : public metrics::Sink {
  public:
    Writer(Put put, void* context) : put_(put), context_(context) {}
    ~Writer() { flush(); }
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    // HELP and TYPE lines, and all values.
    void write(const metrics::Metric& metric);
    // One value of the metric that is being written.
    void sample(std::span<const metrics::Label> labels, uint64_t value) override;
    void flush();

  private:
    void add(std::string_view text);
    void add(char byte);
    void add_escaped(std::string_view text, bool quotes);
    void add_number(uint64_t number, unsigned least_digits = 1);

    Put put_;
    void* context_;
    const metrics::Metric* metric_ = nullptr;
    size_t size_ = 0;
    char data_[256];
};

// All metrics of this image. Thread context; 400 bytes of stack beside what `put` needs.
void write_all(Put put, void* context);

} // namespace uk::prometheus
