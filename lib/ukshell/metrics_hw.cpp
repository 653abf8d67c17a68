// SPDX-License-Identifier: BSD-3-Clause
// The command that shows what the libraries of the image count.
#include <string_view>

#include <uk/prometheus.hpp>
#include <uk/shell.hpp>

namespace uk::shell {

namespace {

void put(void* out, std::string_view piece) {
    static_cast<Output*>(out)->write(piece);
}

// "metrics [WORD]": those whose name contains the word; without one all of them.
int run_metrics(Call& call) {
    if (call.words.size() > 2)
        return call.misused("one word");
    const std::string_view wanted = call.words.size() == 2 ? call.words[1] : "";
    bool found = false;
    prometheus::Writer writer(put, &call.out);
    for (const metrics::Metric* metric : metrics::all()) {
        if (std::string_view(metric->name.text()).find(wanted) == std::string_view::npos)
            continue;
        found = true;
        writer.write(*metric);
    }
    if (found)
        return 0;
    call.errors.append("metrics: there is none whose name contains '%s'\n", call.words[1]);
    return 1;
}

UK_SHELL_COMMAND({"metrics", "what libraries count, as text", run_metrics, "[WORD]"});

} // namespace

} // namespace uk::shell
