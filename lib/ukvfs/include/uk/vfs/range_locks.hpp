// SPDX-License-Identifier: BSD-3-Clause
// RangeLocks: who has locked which bytes of a file, for reading or for writing. Pure; the locks of
// fcntl() and flock() are over it.
#pragma once

#include <cstdint>

#include <uk/base/list.hpp>
#include <uk/base/result.hpp>

namespace uk::vfs {

// Owners are only compared. Ranges of one owner never overlap: what he locks again is as he says
// now, and neighbours of one kind become one. Not synchronised. O(number of ranges).
class RangeLocks {
  public:
    static constexpr uint64_t kEnd = ~uint64_t{0}; // of what has none

    struct Range {
        const void* owner = nullptr;
        uint64_t first = 0;
        uint64_t last = kEnd; // included
        bool exclusive = false;
        ListNode<Range> node{};
    };

    constexpr RangeLocks() = default;
    RangeLocks(const RangeLocks&) = delete;
    RangeLocks& operator=(const RangeLocks&) = delete;
    ~RangeLocks();

    // A range of another owner that keeps this one from being locked so, the first in order; or
    // null.
    [[nodiscard]] const Range* conflict(const void* owner, uint64_t first, uint64_t last,
                                        bool exclusive) const;
    // The owner has it; conflicts are not looked for. Errors: ENOLCK (no memory; nothing has
    // changed).
    [[nodiscard]] Result<> set(const void* owner, uint64_t first, uint64_t last, bool exclusive);
    // He has none of it. Errors: ENOLCK (a range would have to be cut in two; as above).
    [[nodiscard]] Result<> clear(const void* owner, uint64_t first, uint64_t last);
    // He has nothing; whether he had something.
    bool drop(const void* owner);
    [[nodiscard]] bool empty() const { return ranges_.empty(); }

  private:
    using Ranges = List<&Range::node>;

    static Range* make();
    void free(Range& range);
    bool cut(const void* owner, uint64_t first, uint64_t last, Range* spare);
    void insert(Range& range);

    Ranges ranges_; // by `first`
};

} // namespace uk::vfs
