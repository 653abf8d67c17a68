// SPDX-License-Identifier: BSD-3-Clause
// The name of the machine.
#include <uk/procfs.hpp>

#include <uk/posix/sysinfo.hpp>

namespace uk::procfs {

namespace {

void write_host_name(Text& out) {
    out.append("%s\n", posix::host_name().text);
}

UK_PROC_ENTRY({.path = "sys/kernel/hostname", .write = write_host_name});

} // namespace

} // namespace uk::procfs
