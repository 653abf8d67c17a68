// SPDX-License-Identifier: BSD-3-Clause
// The table of this image.
#include <uk/prometheus.hpp>

namespace uk::prometheus {

void write_all(Put put, void* context) {
    Writer writer(put, context);
    for (const metrics::Metric* metric : metrics::all())
        writer.write(*metric);
}

} // namespace uk::prometheus
