// SPDX-License-Identifier: BSD-3-Clause
// Timers as files, and their system calls.
#include <uk/syscall.h>

#include <uk/abi/eventfd.h>
#include <uk/abi/poll.h>
#include <uk/abi/stat.h>
#include <uk/abi/time.h>
#include <uk/base/list.hpp>
#include <uk/base/minmax.hpp>
#include <uk/posix/files.hpp>
#include <uk/posix/time.hpp>
#include <uk/timer.hpp>
#include <uk/timerfd/timer_count.hpp>
#include <uk/user.hpp>

namespace uk::posix {
namespace {

struct Setting {
    uint64_t value = 0;
    uint64_t interval = 0;
};

class TimerFile final : public File {
  public:
    static constexpr char kFamily = 0;

    TimerFile(int clock, int flags)
        : File(FileKind::still, UK_O_RDWR | (static_cast<uint32_t>(flags) & UK_TFD_NONBLOCK),
               &kFamily),
          timer_(fire, this), clock_(clock) {}
    static TimerFile* of(File& file) {
        return file.family() == &kFamily ? static_cast<TimerFile*>(&file) : nullptr;
    }

    // Returns what was set, and how much of it is left. Errors: those of the clock.
    [[nodiscard]] Result<Setting> set(int flags, Setting wanted);
    [[nodiscard]] Setting get() {
        LockGuard guard(lock_);
        return look();
    }
    // The wall clock, which it follows.
    void clock_was_set();

    uint32_t ready() override {
        LockGuard guard(lock_);
        return count_.any() ? UK_POLLIN : 0;
    }
    ReadySource* ready_source() override { return &source_; }
    const char* kind_name() override { return "[timerfd]"; }
    Result<> stat(uk_stat& out) override {
        out.st_mode = 0600;
        out.st_nlink = 1;
        out.st_blksize = 4096;
        return ok();
    }

  private:
    static void fire(void* argument);
    ~TimerFile() = default;

    // With the lock: what came while it rested, and the time that is left.
    Setting look() {
        catch_up();
        return {count_.left(ImageFiles::now_ns()), count_.interval()};
    }
    void catch_up() {
        const uint64_t before = count_.wakes_at();
        count_.catch_up(ImageFiles::now_ns());
        if (count_.wakes_at() != before)
            start();
    }
    void start() {
        if (count_.wakes_at() != 0)
            (void)timer_.start_at(count_.wakes_at()); // cannot fail here
        else
            (void)timer_.try_cancel();
    }
    Result<uint64_t> first_end(int flags, uint64_t value, uint64_t& shift) const;
    // 0: nothing so far. Errors: ECANCELED.
    Result<uint64_t> take() {
        LockGuard guard(lock_);
        if (std::exchange(cancelled_, false)) {
            count_.forget();
            return Errno::canceled;
        }
        catch_up();
        return count_.take(ImageFiles::now_ns());
    }

    Result<size_t> do_read(IoPieces& to, FileIo& io) override {
        if (to.left() < sizeof(uint64_t))
            return Errno::inval;
        Result<uint64_t> taken = take();
        if (taken.ok() && taken.value() == 0) {
            if ((io.status & UK_O_NONBLOCK) != 0)
                return Errno::again;
            UK_TRY(wait_ready<ImageFiles>(source_, UK_POLLIN, ReadyShare::one, [&] {
                taken = take();
                return !taken.ok() || taken.value() != 0;
            }));
        }
        const uint64_t ends = UK_TRY(taken);
        UK_TRY(to.put(&ends, sizeof(ends)));
        return sizeof(ends);
    }
    Result<size_t> do_write(IoPieces& /*from*/, FileIo& /*io*/) override { return Errno::inval; }
    void destroy() override;

    Spinlock<LockRank::subsystem> lock_; // what follows, but for `timer_`, which guards itself
    TimerCount count_;                   // of the monotonic clock
    Timer timer_;
    int clock_;
    uint64_t shift_ = 0;          // of the wall clock, as the ends have it
    bool cancels_on_set_ = false; // UK_TFD_TIMER_CANCEL_ON_SET
    bool cancelled_ = false;
    ReadySource source_;
    ListNode<TimerFile> node_;

  public:
    using All = List<&TimerFile::node_>;
};

// Those that follow the wall clock. Before the lock of each.
constinit Mutex g_all_lock("timerfds");
constinit TimerFile::All g_all;

// In the thread of the timers. It may have been set anew meanwhile: then it comes again.
void TimerFile::fire(void* argument) {
    auto& self = *static_cast<TimerFile*>(argument);
    {
        LockGuard guard(self.lock_);
        if (!self.count_.end(ImageFiles::now_ns()))
            return;
    }
    (void)self.source_.notify(UK_POLLIN);
}

// By the monotonic clock; 0: none. A moment that is over has ended as often as it would have since.
Result<uint64_t> TimerFile::first_end(int flags, uint64_t value, uint64_t& shift) const {
    uint64_t shown = 0;
    do {
        shift = wall_clock_shift();
        shown = UK_TRY(clock_now(clock_));
    } while (shift != wall_clock_shift());
    const uint64_t now = ImageFiles::now_ns();
    if (value == 0)
        return uint64_t{0};
    if ((flags & UK_TFD_TIMER_ABSTIME) == 0)
        return add_ns(now, value);
    if (value > shown)
        return add_ns(now, value - shown);
    return now - min(now - 1, shown - value);
}

Result<Setting> TimerFile::set(int flags, Setting wanted) {
    LockGuard all(g_all_lock);
    uint64_t shift = 0;
    const uint64_t first = UK_TRY(first_end(flags, wanted.value, shift));
    const bool follows = clock_ == UK_CLOCK_REALTIME && (flags & UK_TFD_TIMER_ABSTIME) != 0;
    if (follows && !node_.is_linked())
        g_all.push_back(*this);
    else if (!follows && node_.is_linked())
        g_all.erase(*this);
    LockGuard guard(lock_);
    const Setting before = look();
    shift_ = shift;
    cancels_on_set_ = follows && (flags & UK_TFD_TIMER_CANCEL_ON_SET) != 0;
    cancelled_ = false;
    count_.set(first, wanted.interval);
    start();
    return before;
}

void TimerFile::clock_was_set() {
    {
        LockGuard guard(lock_);
        const uint64_t shift = wall_clock_shift();
        const auto by = static_cast<int64_t>(shift - std::exchange(shift_, shift));
        count_.move(by);
        start();
        if (!cancels_on_set_ || by == 0)
            return;
        cancelled_ = true;
        count_.add_one();
    }
    (void)source_.notify(UK_POLLIN);
}

void TimerFile::destroy() {
    {
        LockGuard all(g_all_lock);
        if (node_.is_linked())
            g_all.erase(*this);
    }
    timer_.cancel();
    this->~TimerFile();
    ImageFiles::deallocate(this);
}

void wall_clock_was_set() {
    LockGuard all(g_all_lock);
    for (TimerFile& file : g_all)
        file.clock_was_set();
}

Result<int> create(int clock, int flags) {
    if ((flags & ~(UK_TFD_CLOEXEC | UK_TFD_NONBLOCK)) != 0)
        return Errno::inval;
    if (clock != UK_CLOCK_MONOTONIC && clock != UK_CLOCK_REALTIME && clock != UK_CLOCK_BOOTTIME)
        return Errno::inval;
    UK_TRY(clock_now(clock));
    UK_TRY(timers_prepare());
    set_wall_clock_hook(wall_clock_was_set);
    return add_file(UK_TRY(make_file<TimerFile>(clock, flags)), flags);
}

Result<> write_setting(uk_itimerspec* to, Setting setting) {
    return user::write(Vaddr::of(to),
                       uk_itimerspec{to_timespec(setting.interval), to_timespec(setting.value)});
}

Result<> set(int fd, int flags, const uk_itimerspec* wanted, uk_itimerspec* before) {
    const auto given = UK_TRY(user::read<uk_itimerspec>(Vaddr::of(wanted)));
    if ((flags & ~(UK_TFD_TIMER_ABSTIME | UK_TFD_TIMER_CANCEL_ON_SET)) != 0)
        return Errno::inval;
    const Setting setting{UK_TRY(to_ns(given.it_value)), UK_TRY(to_ns(given.it_interval))};
    const Ref<File> file = UK_TRY(working_fd(fd));
    TimerFile* const timer = TimerFile::of(*file);
    if (timer == nullptr)
        return Errno::inval;
    const Setting last = UK_TRY(timer->set(flags, setting));
    return before == nullptr ? ok() : write_setting(before, last);
}

Result<> get(int fd, uk_itimerspec* now) {
    const Ref<File> file = UK_TRY(working_fd(fd));
    TimerFile* const timer = TimerFile::of(*file);
    return timer == nullptr ? Errno::inval : write_setting(now, timer->get());
}

} // namespace
} // namespace uk::posix

extern "C" long uk_sys_timerfd_create(int clock, int flags) {
    return uk::syscall([&] { return uk::posix::create(clock, flags); });
}

extern "C" long uk_sys_timerfd_settime(int fd, int flags, const uk_itimerspec* wanted,
                                       uk_itimerspec* before) {
    return uk::syscall([&] { return uk::posix::set(fd, flags, wanted, before); });
}

extern "C" long uk_sys_timerfd_gettime(int fd, uk_itimerspec* now) {
    return uk::syscall([&] { return uk::posix::get(fd, now); });
}
