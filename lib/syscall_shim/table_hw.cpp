// SPDX-License-Identifier: BSD-3-Clause
// System calls by number: what this image provides.
#include <uk/syscall.h>

#include <uk/abi/syscall.h>
#include <uk/base/errno.hpp>
#include <uk/print.h>

#include "seen.hpp"
#include "table.hpp"

namespace {

#define UK_NUMBER_TEXT_(macro) #macro
#define UK_NUMBER_TEXT(macro) UK_NUMBER_TEXT_(macro)
#define UK_SYSCALL(name, count)                                                                    \
    static_assert(uk::detail::FromRegisters<uk_sys_##name>::kCount == (count),                     \
                  "UK_PROVIDED_SYSCALLS: " #name " has not that many parameters");
#include <uk/bits/provided_syscalls.h>
#undef UK_SYSCALL

#define UK_SYSCALL(name, count)                                                                    \
    uk::detail::SyscallRow{uk::detail::syscall_number(UK_NUMBER_TEXT(UK_SYS_##name)),              \
                           uk::detail::FromRegisters<uk_sys_##name>::call},
constexpr auto kRows = std::to_array<uk::detail::SyscallRow>({
    {-1, nullptr}, // so that there is one
#include <uk/bits/provided_syscalls.h>
});
#undef UK_SYSCALL

constexpr auto kTable = uk::detail::syscall_table<uk::detail::syscall_table_size(kRows)>(kRows);

constinit uk::detail::SeenNumbers g_absent;

} // namespace

extern "C" long uk_syscall(long number, long a, long b, long c, long d, long e, long f) {
    const auto index = static_cast<unsigned long>(number);
    if (index < kTable.size() && kTable[index] != nullptr) [[likely]]
        return kTable[index](a, b, c, d, e, f);
    if (g_absent.first_time(index))
        uk_pr_warn("system call number %ld: ENOSYS, no library of this image provides it\n",
                   number);
    return -static_cast<long>(uk::Errno::nosys);
}
