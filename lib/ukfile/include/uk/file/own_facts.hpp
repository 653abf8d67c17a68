// SPDX-License-Identifier: BSD-3-Clause
// OwnFacts: what fstat() tells of a file that no path led to, and fchmod() and its kin change.
#pragma once

#include <cstdint>

#include <uk/abi/stat.h>
#include <uk/base/atomic.hpp>

namespace uk {

namespace detail {
inline constinit Atomic<uint64_t> g_own_facts_number{0};
} // namespace detail

// Of a pipe, whose ends share them, or a socket. Any number of threads: each field by itself.
class OwnFacts {
  public:
    // `mode`: the type and the permissions, as st_mode has them.
    explicit OwnFacts(uint32_t mode)
        : number_(detail::g_own_facts_number.fetch_add_relaxed(1) + 1), mode_(mode) {}

    // Different for each, never 0: st_ino.
    [[nodiscard]] uint64_t number() const { return number_; }

    void set_permissions(uint32_t permissions) {
        mode_.store_relaxed((mode_.load_relaxed() & UK_S_IFMT) | (permissions & 07777));
    }
    // ~0 leaves one as it is, as for chown().
    void set_owner(uint32_t user, uint32_t group) {
        if (user != ~uint32_t{0})
            user_.store_relaxed(user);
        if (group != ~uint32_t{0})
            group_.store_relaxed(group);
    }
    // In ns since 1970.
    void set_accessed(int64_t at) { accessed_.store_relaxed(at); }
    void set_modified(int64_t at) { modified_.store_relaxed(at); }

    void show(uk_stat& out) const {
        out.st_ino = number_;
        out.st_mode = mode_.load_relaxed();
        out.st_nlink = 1;
        out.st_uid = user_.load_relaxed();
        out.st_gid = group_.load_relaxed();
        out.st_blksize = 4096;
        show(accessed_.load_relaxed(), out.st_atim);
        show(modified_.load_relaxed(), out.st_mtim);
    }

  private:
    static void show(int64_t at, uk_timespec& out) {
        constexpr int64_t kOneSecond = 1000 * 1000 * 1000;
        const int64_t part = at % kOneSecond;
        out = {at / kOneSecond - (part < 0 ? 1 : 0), part + (part < 0 ? kOneSecond : 0)};
    }

    uint64_t number_;
    Atomic<uint32_t> mode_;
    Atomic<uint32_t> user_{0};
    Atomic<uint32_t> group_{0};
    Atomic<int64_t> accessed_{0}; // 0: nobody has set it
    Atomic<int64_t> modified_{0};
};

} // namespace uk
