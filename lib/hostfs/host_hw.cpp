// SPDX-License-Identifier: BSD-3-Clause
// The host's system calls from an image.
#include <uk/hostfs/host.hpp>

#include "host_isa.hpp" // of the architecture's folder

namespace uk::hostfs {

namespace {

constexpr linuxabi::Sys kNumbers[] = {
#define UK_HOSTFS_NUMBER(name) linuxabi::Sys::name,
    UK_HOSTFS_CALLS(UK_HOSTFS_NUMBER)
#undef UK_HOSTFS_NUMBER
};

} // namespace

long host::raw(Call call, long a, long b, long c, long d, long e) {
    return linuxabi::raw_syscall(kNumbers[static_cast<size_t>(call)], a, b, c, d, e);
}

} // namespace uk::hostfs
