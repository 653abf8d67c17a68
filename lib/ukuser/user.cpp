// SPDX-License-Identifier: BSD-3-Clause
// What of <uk/user.hpp> is more than a call.
#include <uk/user.hpp>

namespace uk::user {

// A string may end long before the range does, so only its own bytes are looked at: those at the
// end of the address space fault.
Result<size_t> copy_string_in(char* to, size_t size, Vaddr from) {
    UK_ASSERT(detail::may_touch());
    const uint64_t room = ~from.value(); // bytes up to the last address
    const size_t most = size < room ? size : room;
    const size_t length = uk_user_copy_string(to, from.value(), most);
    if (length == ~size_t{0})
        return Errno::fault;
    if (length == most)
        return most == size ? Errno::nametoolong : Errno::fault;
    return length;
}

Result<> access(Vaddr start, size_t size, hal::Access how) {
    UK_ASSERT(detail::may_touch());
    if (how != hal::Access::read && how != hal::Access::write)
        return Errno::inval;
    if (!detail::is_range(start, size))
        return Errno::fault;
    const auto can = how == hal::Access::read ? uk_user_can_read : uk_user_can_write;
    const Vaddr end = start + size;
    for (Vaddr at = start; at < end; at = at.align_down(kPageSize) + kPageSize) {
        if (!can(at.value()))
            return Errno::fault;
    }
    return ok();
}

} // namespace uk::user
