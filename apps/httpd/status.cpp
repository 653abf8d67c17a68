// SPDX-License-Identifier: BSD-3-Clause
// What the server says about itself and the machine: JSON for the page, text for Prometheus.
#include "server.hpp"
#include "system.hpp"

namespace httpd {

void Server::write_status(Text& out) const {
    const Facts facts = system_facts();
    out.add("{\"system\":").add_json(system_name());
    out.add(",\"uptime_ms\":").add(facts.uptime_ms);
    out.add(",\"threads\":").add(facts.threads).add(",\"cpus\":").add(facts.cpus);
    out.add(",\"memory\":{\"bytes\":").add(facts.memory_bytes);
    out.add(",\"free_bytes\":").add(facts.free_bytes);
    out.add("},\"httpd\":{\"requests\":").add(counts_.requests);
    out.add(",\"connections\":").add(counts_.connections);
    out.add(",\"open_connections\":").add(counts_.open);
    out.add(",\"bytes_sent\":").add(counts_.bytes_sent);
    out.add(",\"timeouts\":").add(counts_.timeouts);
    out.add("},\"image\":").add(system_image().empty() ? "false" : "true"); // whether /api/image is
    out.add(",\"metrics\":{");
    system_metrics_json(out);
    out.add("}}\n");
}

void Server::write_metrics(Text& out) const {
    const auto family = [&](std::string_view name, std::string_view help, std::string_view type) {
        out.add("# HELP httpd_").add(name).add(" ").add(help);
        out.add("\n# TYPE httpd_").add(name).add(" ").add(type).add("\n");
    };
    const auto counter = [&](std::string_view name, std::string_view help, uint64_t value,
                             std::string_view type = "counter") {
        family(name, help, type);
        out.add("httpd_").add(name).add(" ").add(value).add("\n");
    };
    system_metrics(out);
    counter("requests_total", "Requests that were answered", counts_.requests);
    family("responses_total", "Answers by the first digit of their status", "counter");
    for (unsigned i = 0; i < 4; i++)
        out.add("httpd_responses_total{status=\"")
            .add(i + 2)
            .add("xx\"} ")
            .add(counts_.answers[i])
            .add("\n");
    counter("connections_total", "Connections that were accepted", counts_.connections);
    counter("connections_refused_total", "Connections for which there was no room",
            counts_.refused);
    counter("open_connections", "Connections that are open", counts_.open, "gauge");
    counter("sent_bytes_total", "Bytes that clients were sent", counts_.bytes_sent);
    counter("timeouts_total", "Connections that ended because nothing happened", counts_.timeouts);
}

} // namespace httpd
