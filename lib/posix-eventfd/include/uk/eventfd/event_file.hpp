// SPDX-License-Identifier: BSD-3-Clause
// BasicEventFile: a counter that is waited for by reading it, as a template over the environment.
// eventfd(2).
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/abi/eventfd.h>
#include <uk/abi/poll.h>
#include <uk/abi/stat.h>
#include <uk/base/result.hpp>
#include <uk/file/basic_file.hpp>
#include <uk/file/ready_wait.hpp>
#include <uk/spinlock/basic.hpp>

namespace uk {

// E is a ReadyEnvironment with File, Lock and deallocate(). Any number of threads.
template <ReadyEnvironment E>
class BasicEventFile final : public E::File {
    using File = typename E::File;

  public:
    static constexpr uint64_t kMost = ~uint64_t{0} - 1;

    // `flags`: UK_EFD_SEMAPHORE (a read takes 1, not all), UK_EFD_NONBLOCK.
    BasicEventFile(unsigned start, int flags)
        : File(FileKind::still, UK_O_RDWR | (static_cast<uint32_t>(flags) & UK_EFD_NONBLOCK)),
          count_(start), semaphore_((flags & UK_EFD_SEMAPHORE) != 0) {}

    // Counts up and wakes who waits. Thread context; does not block. False: it would exceed kMost.
    bool up(uint64_t by) {
        {
            LockGuard guard(lock_);
            if (by > kMost - count_)
                return false;
            count_ += by;
        }
        (void)source_.notify(UK_POLLIN);
        return true;
    }

    uint32_t ready() override {
        LockGuard guard(lock_);
        return (count_ != 0 ? UK_POLLIN : 0) | (count_ < kMost ? UK_POLLOUT : 0);
    }
    typename E::Source* ready_source() override { return &source_; }
    const char* kind_name() override { return "[eventfd]"; }
    Result<> stat(uk_stat& out) override {
        out.st_mode = 0600;
        out.st_nlink = 1;
        out.st_blksize = 4096;
        return ok();
    }

  private:
    ~BasicEventFile() = default;

    // 0: nothing is there. What is left of a semaphore is the next reader's.
    uint64_t take(bool& more) {
        LockGuard guard(lock_);
        const uint64_t taken = semaphore_ && count_ > 1 ? 1 : count_;
        count_ -= taken;
        more = count_ != 0;
        return taken;
    }

    Result<size_t> do_read(IoPieces& to, FileIo& io) override {
        if (to.left() < sizeof(uint64_t))
            return Errno::inval;
        bool more = false;
        uint64_t taken = take(more);
        if (taken == 0) {
            if ((io.status & UK_O_NONBLOCK) != 0)
                return Errno::again;
            UK_TRY(wait_ready<E>(source_, UK_POLLIN, ReadyShare::one,
                                 [&] { return (taken = take(more)) != 0; }));
        }
        (void)source_.notify(UK_POLLOUT);
        if (more)
            (void)source_.wake_next(UK_POLLIN);
        UK_TRY(to.put(&taken, sizeof(taken)));
        return sizeof(taken);
    }
    Result<size_t> do_write(IoPieces& from, FileIo& io) override {
        uint64_t by = 0;
        if (from.left() < sizeof(by))
            return Errno::inval;
        UK_TRY(from.take(&by, sizeof(by)));
        if (by > kMost)
            return Errno::inval;
        if (!up(by)) {
            if ((io.status & UK_O_NONBLOCK) != 0)
                return Errno::again;
            // All that wait: what does not fit for one may for another.
            UK_TRY(wait_ready<E>(source_, UK_POLLOUT, ReadyShare::all, [&] {
                LockGuard guard(lock_);
                if (by > kMost - count_)
                    return false;
                count_ += by;
                return true;
            }));
            (void)source_.notify(UK_POLLIN);
        }
        return sizeof(by);
    }
    void destroy() override {
        this->~BasicEventFile();
        E::deallocate(this);
    }

    typename E::Lock lock_;
    uint64_t count_;
    typename E::Source source_;
    bool semaphore_;
};

} // namespace uk
