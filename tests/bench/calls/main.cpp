// SPDX-License-Identifier: BSD-3-Clause
// Loops of system calls as functions, each with what it stands on: the difference is what the C
// library and the edge of the call cost.
#include <fcntl.h>
#include <unistd.h>

#include <uk/syscall.h>

#include "measure.hpp"

namespace {

int g_sum;

} // namespace

int main() {
    bench::measure<0>("nothing", bench::kOperations, [] { bench::use(&g_sum); });
    bench::measure<1>("getppid", bench::kOperations, [] { g_sum += getppid(); });
    bench::measure<2>("uk_sys_getppid", bench::kOperations,
                      [] { g_sum += static_cast<int>(uk_sys_getppid()); });
    bench::measure<3>("write", bench::kOperations,
                      [] { g_sum += static_cast<int>(write(1, "", 0)); });
    bench::measure<4>("uk_sys_write", bench::kOperations,
                      [] { g_sum += static_cast<int>(uk_sys_write(1, "", 0)); });
    bench::measure<5>("fcntl", bench::kOperations, [] { g_sum += fcntl(1, F_GETFD); });
    bench::measure<6>("uk_sys_fcntl", bench::kOperations,
                      [] { g_sum += static_cast<int>(uk_sys_fcntl(1, F_GETFD, 0)); });
    return 0;
}
