// SPDX-License-Identifier: BSD-3-Clause
// The host's calls in host tests: those of the process that runs them.
#include <uk/hostfs/host.hpp>

#include <cerrno>
#include <ctime>

#include <sys/syscall.h>
#include <unistd.h>

#include <uk/vfs/moment.hpp>

namespace {

constexpr long kNumbers[] = {
#define HOST_NUMBER(name) SYS_##name,
    UK_HOSTFS_CALLS(HOST_NUMBER)
#undef HOST_NUMBER
};

} // namespace

long uk::hostfs::host::raw(Call call, long a, long b, long c, long d, long e) {
    const long result = ::syscall(kNumbers[static_cast<size_t>(call)], a, b, c, d, e);
    return result < 0 ? -errno : result;
}

uk::vfs::Moment uk::vfs::now() {
    timespec time{};
    clock_gettime(CLOCK_REALTIME, &time);
    return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}
