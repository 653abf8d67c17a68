// SPDX-License-Identifier: BSD-3-Clause
// Who the process is: user, groups, process group, session. There is one process and one user, who
// may do anything; programs that give up rights get what they ask for, by Linux's rules, and it
// changes nothing else. Pure, not synchronised.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <uk/base/result.hpp>

namespace uk::posix {

inline constexpr int kProcessId = 1;
inline constexpr uint32_t kSameId = ~uint32_t{0}; // -1: leave it as it is

// User or group: what the process is, what its rights are those of, and what it may go back to.
// credentials(7).
struct Ids {
    uint32_t real = 0;
    uint32_t effective = 0;
    uint32_t saved = 0;

    [[nodiscard]] bool has(uint32_t id) const {
        return id == real || id == effective || id == saved;
    }
};

class Identity {
  public:
    static constexpr size_t kMostGroups = 32;

    [[nodiscard]] const Ids& user() const { return user_; }
    [[nodiscard]] const Ids& group() const { return group_; }
    [[nodiscard]] std::span<const uint32_t> groups() const { return {groups_, group_count_}; }
    [[nodiscard]] bool privileged() const { return user_.effective == 0; }

    // setuid(), setreuid(), setresuid(); the same for groups. Errors: EPERM, EINVAL.
    [[nodiscard]] Result<> set_user(uint32_t id) { return set_one(user_, id); }
    [[nodiscard]] Result<> set_user(uint32_t real, uint32_t effective) {
        return set_two(user_, real, effective);
    }
    [[nodiscard]] Result<> set_user(uint32_t real, uint32_t effective, uint32_t saved) {
        return set_three(user_, real, effective, saved);
    }
    [[nodiscard]] Result<> set_group(uint32_t id) { return set_one(group_, id); }
    [[nodiscard]] Result<> set_group(uint32_t real, uint32_t effective) {
        return set_two(group_, real, effective);
    }
    [[nodiscard]] Result<> set_group(uint32_t real, uint32_t effective, uint32_t saved) {
        return set_three(group_, real, effective, saved);
    }
    // Errors: EPERM, EINVAL (too many).
    [[nodiscard]] Result<> set_groups(std::span<const uint32_t> groups);

    // The mask of files' permissions; returns the one before.
    uint32_t set_file_mask(uint32_t mask) {
        const uint32_t before = file_mask_;
        file_mask_ = mask & 0777;
        return before;
    }
    [[nodiscard]] uint32_t file_mask() const { return file_mask_; }

  private:
    Result<> set_one(Ids& ids, uint32_t id) const;
    Result<> set_two(Ids& ids, uint32_t real, uint32_t effective) const;
    Result<> set_three(Ids& ids, uint32_t real, uint32_t effective, uint32_t saved) const;

    Ids user_;
    Ids group_;
    uint32_t groups_[kMostGroups] = {};
    size_t group_count_ = 0;
    uint32_t file_mask_ = 022;
};

} // namespace uk::posix
