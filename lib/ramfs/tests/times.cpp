// SPDX-License-Identifier: BSD-3-Clause
// The time of file systems in host tests: later with each look at it.
#include <atomic>

#include <uk/vfs/moment.hpp>

namespace {

std::atomic<int64_t> g_now{1'000'000'000};

} // namespace

uk::vfs::Moment uk::vfs::now() {
    return ++g_now;
}
