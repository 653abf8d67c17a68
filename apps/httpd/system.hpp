// SPDX-License-Identifier: BSD-3-Clause
// What the server asks of the machine beside sockets and files: numbers to show. One file answers
// for Microlith (system_microlith.cpp), one for a process of Linux (system_host.cpp).
#pragma once

#include <cstdint>
#include <string_view>

#include "text.hpp"

namespace httpd {

struct Facts {
    uint64_t uptime_ms = 0; // of the machine; on Linux of the program
    uint64_t memory_bytes = 0, free_bytes = 0;
    unsigned threads = 1, cpus = 1;
};
[[nodiscard]] Facts system_facts();

// "Microlith kvm-x86_64"; lives for ever.
[[nodiscard]] std::string_view system_name();

// What to do where the machine has no network device, so that nobody could reach the server. Empty:
// it has one, or its system can get one at any time.
[[nodiscard]] std::string_view system_without_network();

// What to do about a folder of files that is not there, in brackets, behind a blank.
[[nodiscard]] std::string_view system_root_hint();

// Counters of the system as Prometheus's text; nothing where there are none.
void system_metrics(Text& out);
// The same as members of a JSON object: "name":1,"other":2 (no braces).
void system_metrics_json(Text& out);

// A JSON object that describes the image: its options, and its libraries with their sizes. Empty:
// this image does not carry one.
[[nodiscard]] std::string_view system_image();

} // namespace httpd
