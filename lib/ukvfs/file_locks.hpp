// SPDX-License-Identifier: BSD-3-Clause
// Private to ukvfs: the locks that applications have on one file.
#pragma once

#include <uk/lock.hpp>
#include <uk/vfs/node.hpp>
#include <uk/vfs/range_locks.hpp>

struct uk_flock;

namespace uk::vfs {

// Those of flock() and those of fcntl() do not know each other, as on Linux. Thread context.
class FileLocks {
  public:
    // Those of a node; made when first asked for. Errors: ENOLCK.
    static Result<FileLocks*> of(Node& node);
    // Those it has, or null.
    static FileLocks* existing(Node& node);
    // With the node.
    static void destroy(FileLocks* locks);

    enum class Kind : uint8_t { none, shared, exclusive };
    struct Request {
        const void* owner;
        Kind kind;
        bool waits;
        uint64_t first = 0;
        uint64_t last = RangeLocks::kEnd;
    };

    // Errors: EAGAIN (another has it, and `waits` is false), EINTR, ENOLCK.
    Result<> lock_range(const Request& request) { return lock(ranges_, request); }
    Result<> lock_file(const Request& request) { return lock(files_, request); }
    // What keeps it from being locked: its kind is `none` if nothing does.
    Request find_range(const Request& request);
    // The owner has nothing any more.
    void drop(const void* owner);

  private:
    Result<> lock(RangeLocks& locks, const Request& request);

    Mutex mutex_{"file locks"};
    CondVar changed_{"file locks"};
    RangeLocks ranges_;
    RangeLocks files_;
};

} // namespace uk::vfs
