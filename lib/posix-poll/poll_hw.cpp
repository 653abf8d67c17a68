// SPDX-License-Identifier: BSD-3-Clause
// The system calls poll and select.
#include <uk/syscall.h>

#include <uk/abi/poll.h>
#include <uk/base/minmax.hpp>
#include <uk/poll/poll_set.hpp>
#include <uk/posix/files.hpp>
#include <uk/string.h>
#include <uk/syscall/edge.hpp>

#include "mask.hpp"
#include "timeout.hpp"

namespace uk::poll {
namespace {

using posix::fd_table;
using PollSet = BasicPollSet<posix::ImageFiles>;

Result<size_t> poll(uk_pollfd* fds, unsigned count, uint64_t deadline) {
    if (count > fd_table().limit())
        return Errno::inval;
    PollSet set;
    UK_TRY(set.prepare(count));
    for (unsigned i = 0; i < count; i++) {
        const auto wish = UK_TRY(user::read<uk_pollfd>(Vaddr::of(fds + i)));
        if (wish.fd < 0)
            continue;
        Result<Ref<File>> file = posix::working_fd(wish.fd);
        const auto events = static_cast<uint16_t>(wish.events);
        if (file.ok())
            set[i].watch(std::move(file).value(), events | UK_POLLERR | UK_POLLHUP);
        else
            set[i].ready = UK_POLLNVAL;
    }
    const size_t found = UK_TRY(set.wait(deadline));
    for (unsigned i = 0; i < count; i++)
        UK_TRY(user::write(Vaddr::of(&fds[i].revents), static_cast<int16_t>(set[i].ready)));
    return found;
}

// The sets of one select(): for reading, for writing, of exceptions. Up to UK_FD_SETSIZE
// descriptors on the stack.
class SelectSets {
  public:
    static constexpr unsigned kKinds = 3;

    SelectSets() = default;
    SelectSets(const SelectSets&) = delete;
    SelectSets& operator=(const SelectSets&) = delete;
    ~SelectSets() {
        if (words_ != few_)
            heap::deallocate(words_);
    }

    // Errors: ENOMEM, EFAULT.
    Result<> read(unsigned fds, void* const (&from)[kKinds]) {
        each_ = (fds + 63) / 64;
        if (each_ > kFew) {
            auto* memory = static_cast<uint64_t*>(heap::allocate(each_ * kKinds * 8));
            if (memory == nullptr)
                return Errno::nomem;
            words_ = memory;
        }
        for (unsigned kind = 0; kind < kKinds; kind++) {
            uint64_t* const words = words_ + kind * each_;
            if (from[kind] == nullptr)
                memset(words, 0, each_ * 8);
            else
                UK_TRY(user::copy_in(words, Vaddr::of(from[kind]), each_ * 8));
        }
        if (fds % 64 != 0) {
            for (unsigned kind = 0; kind < kKinds; kind++)
                words_[(kind + 1) * each_ - 1] &= (uint64_t{1} << fds % 64) - 1;
        }
        return ok();
    }
    Result<> write(void* const (&to)[kKinds]) const {
        for (unsigned kind = 0; kind < kKinds; kind++) {
            if (to[kind] != nullptr)
                UK_TRY(user::copy_out(Vaddr::of(to[kind]), words_ + kind * each_, each_ * 8));
        }
        return ok();
    }

    // Calls work(fd) for each that is in one of the sets, in order; work may change its bits.
    // Returns the first error.
    template <class Work>
    Result<> for_each(Work work) {
        for (unsigned i = 0; i < each_; i++) {
            uint64_t any = words_[i] | words_[i + each_] | words_[i + 2 * each_];
            for (; any != 0; any &= any - 1)
                UK_TRY(work(i * 64 + static_cast<unsigned>(__builtin_ctzll(any))));
        }
        return ok();
    }
    [[nodiscard]] bool has(unsigned kind, unsigned fd) const {
        return (words_[kind * each_ + fd / 64] >> fd % 64 & 1) != 0;
    }
    void clear(unsigned kind, unsigned fd) {
        words_[kind * each_ + fd / 64] &= ~(uint64_t{1} << fd % 64);
    }

  private:
    static constexpr size_t kFew = UK_FD_SETSIZE / 64;

    uint64_t few_[kFew * kKinds];
    uint64_t* words_ = few_;
    unsigned each_ = 0;
};

constexpr uint32_t kEvents[SelectSets::kKinds] = {
    UK_POLLRDNORM | UK_POLLRDBAND | UK_POLLIN | UK_POLLHUP | UK_POLLERR,
    UK_POLLWRBAND | UK_POLLWRNORM | UK_POLLOUT | UK_POLLERR,
    UK_POLLPRI,
};

Result<size_t> select(int count, void* const (&memory)[SelectSets::kKinds], uint64_t deadline) {
    if (count < 0)
        return Errno::inval;
    SelectSets sets;
    UK_TRY(sets.read(min(static_cast<unsigned>(count), posix::FdTable::kMost), memory));
    size_t files = 0;
    UK_TRY(sets.for_each([&](unsigned) {
        files++;
        return ok();
    }));
    PollSet set;
    UK_TRY(set.prepare(files));
    size_t at = 0;
    UK_TRY(sets.for_each([&](unsigned fd) -> Result<> {
        uint32_t events = 0;
        for (unsigned kind = 0; kind < SelectSets::kKinds; kind++)
            events |= sets.has(kind, fd) ? kEvents[kind] : 0;
        set[at++].watch(UK_TRY(posix::working_fd(static_cast<int>(fd))), events);
        return ok();
    }));
    UK_TRY(set.wait(deadline));
    size_t found = at = 0;
    UK_TRY(sets.for_each([&](unsigned fd) {
        const uint32_t ready = set[at++].ready;
        for (unsigned kind = 0; kind < SelectSets::kKinds; kind++) {
            if ((ready & kEvents[kind]) == 0)
                sets.clear(kind, fd);
            else
                found += sets.has(kind, fd) ? 1 : 0;
        }
        return ok();
    }));
    UK_TRY(sets.write(memory));
    return found;
}

Result<size_t> poll_with_mask(uk_pollfd* fds, unsigned count, uk_timespec* timeout,
                              const uk_sigset_t* mask, size_t mask_bytes) {
    const uint64_t deadline = UK_TRY(read_deadline(timeout));
    const Result<size_t> found =
        with_mask(mask, mask_bytes, [&] { return poll(fds, count, deadline); });
    write_left(timeout, deadline, posix::to_timespec);
    return found;
}

// What pselect6() takes in its last register.
struct MaskAndSize {
    const uk_sigset_t* mask;
    size_t bytes;
};

Result<size_t> select_with_mask(int count, void* const (&memory)[SelectSets::kKinds],
                                uk_timespec* timeout, const void* mask) {
    MaskAndSize with{nullptr, 0};
    if (mask != nullptr)
        with = UK_TRY(user::read<MaskAndSize>(Vaddr::of(mask)));
    const uint64_t deadline = UK_TRY(read_deadline(timeout));
    const Result<size_t> found =
        with_mask(with.mask, with.bytes, [&] { return select(count, memory, deadline); });
    write_left(timeout, deadline, posix::to_timespec);
    return found;
}

Result<size_t> select_until(int count, void* const (&memory)[SelectSets::kKinds],
                            uk_timeval* timeout) {
    const uint64_t deadline = UK_TRY(read_deadline(timeout));
    const Result<size_t> found = select(count, memory, deadline);
    write_left(timeout, deadline, posix::to_timeval);
    return found;
}

} // namespace
} // namespace uk::poll

extern "C" long uk_sys_poll(uk_pollfd* fds, unsigned count, int timeout_ms) {
    return uk::syscall(
        [&] { return uk::poll::poll(fds, count, uk::poll::deadline_after_ms(timeout_ms)); });
}

extern "C" long uk_sys_ppoll(uk_pollfd* fds, unsigned count, uk_timespec* timeout,
                             const uk_sigset_t* mask, size_t mask_bytes) {
    return uk::syscall(
        [&] { return uk::poll::poll_with_mask(fds, count, timeout, mask, mask_bytes); });
}

extern "C" long uk_sys_select(int count, void* read, void* write, void* except,
                              uk_timeval* timeout) {
    return uk::syscall([&] {
        return uk::poll::select_until(count, {read, write, except}, timeout);
    });
}

extern "C" long uk_sys_pselect6(int count, void* read, void* write, void* except,
                                uk_timespec* timeout, const void* mask) {
    return uk::syscall([&] {
        return uk::poll::select_with_mask(count, {read, write, except}, timeout, mask);
    });
}
