// SPDX-License-Identifier: BSD-3-Clause
// The server as an ordinary process of Linux.
#include "system.hpp"

#include <time.h>

#include <sys/sysinfo.h>
#include <unistd.h>

namespace httpd {

namespace {

uint64_t now_ms() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<uint64_t>(now.tv_sec) * 1000 +
           static_cast<uint64_t>(now.tv_nsec) / 1'000'000;
}
const uint64_t g_start_ms = now_ms();

} // namespace

Facts system_facts() {
    struct sysinfo info {};
    Facts facts;
    facts.uptime_ms = now_ms() - g_start_ms;
    if (sysinfo(&info) == 0) {
        facts.memory_bytes = uint64_t{info.totalram} * info.mem_unit;
        facts.free_bytes = uint64_t{info.freeram} * info.mem_unit;
    }
    facts.cpus = static_cast<unsigned>(sysconf(_SC_NPROCESSORS_ONLN));
    return facts;
}

std::string_view system_name() {
    return "Linux process";
}
std::string_view system_root_hint() {
    return " (another folder: --root FOLDER)";
}

std::string_view system_without_network() {
    return {};
}
void system_metrics(Text& /*out*/) {}
void system_metrics_json(Text& /*out*/) {}
std::string_view system_image() {
    return {};
}

} // namespace httpd
