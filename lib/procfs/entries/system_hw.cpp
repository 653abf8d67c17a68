// SPDX-License-Identifier: BSD-3-Clause
// Files about the system: time, CPUs, names, limits.
#include <uk/procfs.hpp>

#include <uk/hal/clock.hpp>
#include <uk/hal/cpus.hpp>
#include <uk/posix/fdtab.hpp>
#include <uk/posix/time.hpp>
#include <uk/sched.hpp>

namespace uk::procfs {

namespace {

using posix::kSecondNs;
constexpr uint64_t kTickNs = kSecondNs / 100; // of USER_HZ

unsigned cpus() {
    return hal::kMostCpus == 1 ? 1 : hal::cpu_count();
}

// Seconds since boot; and idle, which is not measured.
void write_uptime(Text& out) {
    const uint64_t ns = hal::clock_monotonic_ns();
    out.append("%llu.%02llu 0.00\n", static_cast<unsigned long long>(ns / kSecondNs),
               static_cast<unsigned long long>(ns % kSecondNs / kTickNs));
}

// The averages are not kept; how many threads there are, and the number of the last.
void write_load(Text& out) {
    const auto threads = static_cast<unsigned long long>(sched::thread_count());
    out.append("0.00 0.00 0.00 1/%llu %llu\n", threads, threads);
}

// All time counts as the application's.
void write_stat(Text& out) {
    const auto ticks = static_cast<unsigned long long>(posix::cpu_time_ns() / kTickNs);
    out.append("cpu  %llu 0 0 0 0 0 0 0 0 0\n", ticks);
    for (unsigned cpu = 0; cpu < cpus(); cpu++)
        out.append("cpu%u %llu 0 0 0 0 0 0 0 0 0\n", cpu, ticks / cpus());
    const Result<uint64_t> wall = posix::clock_now(UK_CLOCK_REALTIME);
    const uint64_t boot = wall.ok() ? wall.value() - hal::clock_monotonic_ns() : 0;
    out.append("intr 0\nctxt 0\nbtime %llu\nprocesses 1\nprocs_running 1\nprocs_blocked 0\n",
               static_cast<unsigned long long>(boot / kSecondNs));
}

void write_cpus(Text& out) {
    for (unsigned cpu = 0; cpu < cpus(); cpu++)
        out.append("processor\t: %u\nmodel name\t: virtual CPU\n\n", cpu);
}

void write_version(Text& out) {
    out.append_text("Linux version 6.1.0-microlith (Microlith) #1\n");
}
void write_release(Text& out) {
    out.append_text("6.1.0-microlith\n");
}
void write_system(Text& out) {
    out.append_text("Linux\n");
}
void write_most_files(Text& out) {
    out.append("%u\n", posix::FdTable::kMost);
}
// Memory that nobody touches costs nothing, and more may be reserved than there is.
void write_overcommit(Text& out) {
    out.append_text("0\n");
}

UK_PROC_ENTRY({.path = "uptime", .write = write_uptime});
UK_PROC_ENTRY({.path = "loadavg", .write = write_load});
UK_PROC_ENTRY({.path = "stat", .write = write_stat});
UK_PROC_ENTRY({.path = "cpuinfo", .write = write_cpus});
UK_PROC_ENTRY({.path = "version", .write = write_version});
UK_PROC_ENTRY({.path = "sys/kernel/osrelease", .write = write_release});
UK_PROC_ENTRY({.path = "sys/kernel/ostype", .write = write_system});
UK_PROC_ENTRY({.path = "sys/fs/file-max", .write = write_most_files});
UK_PROC_ENTRY({.path = "sys/vm/overcommit_memory", .write = write_overcommit});

} // namespace

} // namespace uk::procfs
