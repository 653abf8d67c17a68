// SPDX-License-Identifier: BSD-3-Clause
// Linux's rules of changing user and group: setuid(2), setreuid(2), setresuid(2).
#include <uk/posix/identity.hpp>

#include <initializer_list>

namespace uk::posix {

Result<> Identity::set_one(Ids& ids, uint32_t id) const {
    if (id == kSameId)
        return Errno::inval;
    if (privileged())
        ids = {id, id, id};
    else if (id == ids.real || id == ids.saved)
        ids.effective = id;
    else
        return Errno::perm;
    return ok();
}

Result<> Identity::set_two(Ids& ids, uint32_t real, uint32_t effective) const {
    if (!privileged()) {
        if (real != kSameId && real != ids.real && real != ids.effective)
            return Errno::perm;
        if (effective != kSameId && !ids.has(effective))
            return Errno::perm;
    }
    const Ids before = ids;
    if (real != kSameId)
        ids.real = real;
    if (effective != kSameId)
        ids.effective = effective;
    if (real != kSameId || (effective != kSameId && effective != before.real))
        ids.saved = ids.effective;
    return ok();
}

Result<> Identity::set_three(Ids& ids, uint32_t real, uint32_t effective, uint32_t saved) const {
    for (const uint32_t id : {real, effective, saved}) {
        if (!privileged() && id != kSameId && !ids.has(id))
            return Errno::perm;
    }
    if (real != kSameId)
        ids.real = real;
    if (effective != kSameId)
        ids.effective = effective;
    if (saved != kSameId)
        ids.saved = saved;
    return ok();
}

Result<> Identity::set_groups(std::span<const uint32_t> groups) {
    if (!privileged())
        return Errno::perm;
    if (groups.size() > kMostGroups)
        return Errno::inval;
    group_count_ = groups.size();
    for (size_t i = 0; i < group_count_; i++)
        groups_[i] = groups[i];
    return ok();
}

} // namespace uk::posix
