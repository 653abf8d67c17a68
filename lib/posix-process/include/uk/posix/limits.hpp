// SPDX-License-Identifier: BSD-3-Clause
// Limits of resources. Pure, not synchronised.
#pragma once

#include <cstdint>

#include <uk/abi/resource.h>
#include <uk/base/result.hpp>

namespace uk::posix {

inline constexpr unsigned kResources = 16;

// Which of them somebody keeps to stands in docs/posix.md; the others are stored for the program.
class Limits {
  public:
    struct Start {
        uint64_t stack_bytes; // of a thread that asks for none
        uint64_t files;       // descriptors at first
        uint64_t most_files;  // and at most
    };
    constexpr explicit Limits(const Start& start) : most_files_(start.most_files) {
        for (uk_rlimit& limit : limits_)
            limit = {UK_RLIM_INFINITY, UK_RLIM_INFINITY};
        limits_[UK_RLIMIT_STACK] = {start.stack_bytes, kMostStack};
        limits_[UK_RLIMIT_NOFILE] = {start.files, start.most_files};
        limits_[UK_RLIMIT_CORE] = {0, UK_RLIM_INFINITY};
        limits_[UK_RLIMIT_NICE] = {0, 0};
        limits_[UK_RLIMIT_RTPRIO] = {0, 0};
    }

    // Errors: EINVAL (no such resource).
    [[nodiscard]] Result<uk_rlimit> get(int resource) const {
        const auto index = static_cast<unsigned>(resource);
        if (index >= kResources)
            return Errno::inval;
        return limits_[index];
    }
    // Errors: EINVAL, EPERM (a higher maximum without rights, more descriptors than there may be).
    [[nodiscard]] Result<> set(int resource, const uk_rlimit& wanted, bool privileged) {
        const uk_rlimit before = UK_TRY(get(resource));
        if (wanted.rlim_cur > wanted.rlim_max)
            return Errno::inval;
        if (wanted.rlim_max > before.rlim_max && !privileged)
            return Errno::perm;
        if (resource == UK_RLIMIT_NOFILE && wanted.rlim_max > most_files_)
            return Errno::perm;
        limits_[resource] = wanted;
        return ok();
    }

  private:
    static constexpr uint64_t kMostStack = uint64_t{1} << 30; // what the scheduler gives at most
    uk_rlimit limits_[kResources] = {};
    uint64_t most_files_;
};

} // namespace uk::posix
