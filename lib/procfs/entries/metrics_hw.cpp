// SPDX-License-Identifier: BSD-3-Clause
// What the libraries of the image count, as Prometheus reads it.
#include <uk/procfs.hpp>

#include <uk/prometheus.hpp>

namespace uk::procfs {

namespace {

void write_metrics(Text& out) {
    prometheus::write_all(
        [](void* text, std::string_view piece) { static_cast<Text*>(text)->append_text(piece); },
        &out);
}
UK_PROC_ENTRY({.path = "metrics", .write = write_metrics});

} // namespace

} // namespace uk::procfs
