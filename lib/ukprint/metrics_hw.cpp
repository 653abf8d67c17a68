// SPDX-License-Identifier: BSD-3-Clause
// The log as a metric.
#include <uk/log.hpp>
#include <uk/log/counts.hpp>
#include <uk/metrics.hpp>

namespace uk::log {

namespace {

void count_messages(metrics::Sink& sink) {
    for (int level = UK_KLVL_CRIT; level <= UK_KLVL_DEBUG; level++) {
        const metrics::Label label[] = {{"level", level_name(level)}};
        sink.sample(label, messages[level].value());
    }
}
UK_METRIC({.name = "log_messages_total",
           .help = "Messages for the log, also those that the console did not show",
           .kind = metrics::Kind::counter,
           .collect = count_messages});

} // namespace

} // namespace uk::log
