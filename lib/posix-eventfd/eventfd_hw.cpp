// SPDX-License-Identifier: BSD-3-Clause
// The system calls that make counters.
#include <uk/syscall.h>

#include <uk/eventfd/event_file.hpp>
#include <uk/posix/files.hpp>
#include <uk/syscall/edge.hpp>

namespace uk::posix {
namespace {

Result<int> eventfd(unsigned start, int flags) {
    if ((flags & ~(UK_EFD_SEMAPHORE | UK_EFD_NONBLOCK | UK_EFD_CLOEXEC)) != 0)
        return Errno::inval;
    return add_file(UK_TRY(make_file<BasicEventFile<ImageFiles>>(start, flags)), flags);
}

} // namespace
} // namespace uk::posix

extern "C" long uk_sys_eventfd2(unsigned start, int flags) {
    return uk::syscall([&] { return uk::posix::eventfd(start, flags); });
}

extern "C" long uk_sys_eventfd(unsigned start) {
    return uk_sys_eventfd2(start, 0);
}
