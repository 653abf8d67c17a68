// SPDX-License-Identifier: BSD-3-Clause
// BasicTerminal: a line discipline, those who read from it and write to it, and the requests of
// ioctl(), as a template over the environment. posix-tty makes the console one.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include <uk/abi/ioctl.h>
#include <uk/abi/signal.h>
#include <uk/abi/poll.h>
#include <uk/base/minmax.hpp>
#include <uk/base/result.hpp>
#include <uk/file/io_pieces.hpp>
#include <uk/file/ready_wait.hpp>
#include <uk/spinlock/basic.hpp>
#include <uk/tty/line_discipline.hpp>
#include <uk/user.hpp>

namespace uk::tty {

inline constexpr uint64_t kForever = kReadyNever;

// What a terminal asks of its environment; all static.
template <class E>
concept TerminalEnvironment = ReadyEnvironment<E> &&
    requires(const char* data, size_t size, int signal) {
    typename E::Lock; // sleeps
    { E::show(data, size) } -> std::same_as<void>;
    { E::signal(signal) } -> std::same_as<void>; // no lock is held
    { E::window() } -> std::same_as<uk_winsize>; // of the screen, as far as known
};

// Any number of threads, in thread context.
template <TerminalEnvironment E>
class BasicTerminal final : Screen {
  public:
    BasicTerminal() : line_(*this) {}
    BasicTerminal(const BasicTerminal&) = delete;
    BasicTerminal& operator=(const BasicTerminal&) = delete;

    // Keys that came; returns how many of them there was room for. The rest comes again, before
    // others, when somebody has read.
    size_t type(const char* keys, size_t count) {
        lock_.lock();
        const size_t taken = line_.input(keys, count);
        const bool readable = line_.readable();
        const uint32_t signals = line_.take_signals();
        lock_.unlock();
        if (readable)
            (void)source_.notify(kIn);
        for (int signal = 1; signals != 0 && signal < 32; signal++)
            if ((signals >> signal & 1) != 0)
                E::signal(signal);
        return taken;
    }
    // No more keys will come: readers get what is left, and then the end of file.
    void hang_up() {
        lock_.lock();
        hung_up_ = true;
        lock_.unlock();
        (void)source_.notify(kIn | UK_POLLHUP);
    }

    // As File::ready(): output never waits; what is too little for a raw read (VMIN) is not ready.
    [[nodiscard]] uint32_t ready() {
        lock_.lock();
        const bool some = line_.canonical() || line_.modes().c_cc[UK_VTIME] != 0 ||
                          line_.pending() >= line_.modes().c_cc[UK_VMIN];
        const uint32_t readable = line_.readable() && some ? kIn : 0;
        const uint32_t ended = hung_up_ ? kIn | UK_POLLHUP : 0;
        lock_.unlock();
        return readable | ended | UK_POLLOUT | UK_POLLWRNORM;
    }
    typename E::Source& source() { return source_; }

    // As File::read(). Errors: EAGAIN (only with `nonblocking`), EINTR, EFAULT.
    [[nodiscard]] Result<size_t> read(IoPieces& to, bool nonblocking) {
        if (to.left() == 0)
            return size_t{0};
        lock_.lock();
        size_t done = 0;
        Result<> result = read_locked(to, nonblocking, done);
        lock_.unlock();
        if (done == 0 && !result.ok())
            return result.error();
        return done;
    }

    // As File::write(). What one call writes stays together. Errors: EFAULT.
    [[nodiscard]] Result<size_t> write(IoPieces& from) {
        LockGuard whole(write_lock_);
        size_t done = 0;
        while (from.left() != 0) {
            char part[256];
            const size_t count = min(sizeof(part), from.left());
            if (Result<> taken = from.take(part, count); !taken.ok())
                return done != 0 ? Result<size_t>(done) : taken.error();
            LockGuard guard(lock_);
            line_.output(part, count);
            done += count;
        }
        return done;
    }

    // As File::ioctl(). All output has been shown when write() returns, so there is nothing to wait
    // for before modes change.
    [[nodiscard]] Result<long> ioctl(unsigned request, uintptr_t argument);

  private:
    static constexpr uint64_t kTenth = 100'000'000; // of a second: the unit of VTIME
    static constexpr uint32_t kIn = UK_POLLIN | UK_POLLRDNORM;

    void show(const char* data, size_t size) override { E::show(data, size); }

    // The lock is open meanwhile. Who tells changes something under it before, so this is told.
    void wait(uint64_t deadline_ns) {
        struct Waiter final : E::Source::Watch {
            bool on_ready(uint32_t /*happened*/) override { return thread.tell(); }
            BasicReadyThread<E> thread;
        };
        Waiter me;
        source_.add(me, ReadyShare::all);
        lock_.unlock();
        E::park(deadline_ns);
        lock_.lock();
        source_.remove(me);
    }

    Result<> read_locked(IoPieces& to, bool nonblocking, size_t& done);
    Result<> take(IoPieces& to, size_t& done);
    void set_modes(const uk_termios& modes, bool flush);
    Result<> set_window(const uk_winsize& window);

    typename E::Lock lock_;
    typename E::Lock write_lock_; // before lock_
    LineDiscipline line_;
    typename E::Source source_;
    uk_winsize window_{}; // as somebody set it; rows 0: nobody has
    bool hung_up_ = false;
};

// Not canonical, VMIN and VTIME say when it is enough: with VMIN once so many bytes are there, or
// none came for VTIME since the last; without it at the first byte, or after VTIME.
template <TerminalEnvironment E>
Result<> BasicTerminal<E>::read_locked(IoPieces& to, bool nonblocking, size_t& done) {
    size_t enough = 0;
    uint64_t deadline = kForever, between = 0;
    if (!line_.canonical()) {
        const uint64_t time = line_.modes().c_cc[UK_VTIME] * kTenth;
        enough = line_.modes().c_cc[UK_VMIN];
        if (enough != 0)
            between = time;
        else
            deadline = E::now_ns() + time;
    }
    for (;;) {
        if (line_.readable()) {
            UK_TRY(take(to, done));
            if (done >= enough || to.left() == 0)
                return ok();
            if (between != 0)
                deadline = E::now_ns() + between;
        } else if (hung_up_ || (deadline != kForever && deadline <= E::now_ns())) {
            return ok();
        } else if (nonblocking) {
            return Errno::again;
        } else if (E::interrupted()) {
            return Errno::intr;
        } else {
            wait(deadline);
        }
    }
}

// What there is of one line, or of bytes.
template <TerminalEnvironment E>
Result<> BasicTerminal<E>::take(IoPieces& to, size_t& done) {
    for (bool more = true; more;) {
        if (to.left() == 0) {
            line_.skip_end_of_file();
            break;
        }
        char part[256];
        const LineDiscipline::Taken got = line_.read(part, min(sizeof(part), to.left()));
        UK_TRY(to.put(part, got.count));
        done += got.count;
        more = got.more;
    }
    return ok();
}

// Who waits looks again: what he may read may be another thing now.
template <TerminalEnvironment E>
void BasicTerminal<E>::set_modes(const uk_termios& modes, bool flush) {
    lock_.lock();
    if (flush)
        line_.flush_input();
    line_.set_modes(modes);
    lock_.unlock();
    (void)source_.notify(kIn);
}

template <TerminalEnvironment E>
Result<> BasicTerminal<E>::set_window(const uk_winsize& window) {
    lock_.lock();
    const bool changed = window.ws_row != window_.ws_row || window.ws_col != window_.ws_col;
    window_ = window;
    lock_.unlock();
    if (changed)
        E::signal(UK_SIGWINCH);
    return ok();
}

template <TerminalEnvironment E>
Result<long> BasicTerminal<E>::ioctl(unsigned request, uintptr_t argument) {
    const Vaddr pointer{argument};
    switch (request) {
    case UK_TCGETS: {
        lock_.lock();
        const uk_termios modes = line_.modes();
        lock_.unlock();
        UK_TRY(user::write(pointer, modes));
        return 0;
    }
    case UK_TCSETS:
    case UK_TCSETSW:
    case UK_TCSETSF:
        set_modes(UK_TRY(user::read<uk_termios>(pointer)), request == UK_TCSETSF);
        return 0;
    case UK_TCSBRK: // tcdrain(); a break cannot be sent
        return argument != 0 ? Result<long>(0) : Errno::inval;
    case UK_TCFLSH:
        if (argument > UK_TCIOFLUSH)
            return Errno::inval;
        if (argument != UK_TCOFLUSH) {
            LockGuard guard(lock_);
            line_.flush_input();
        }
        return 0;
    case UK_TIOCGWINSZ: {
        const uk_winsize window = window_.ws_row != 0 ? window_ : E::window();
        UK_TRY(user::write(pointer, window));
        return 0;
    }
    case UK_TIOCSWINSZ:
        UK_TRY(set_window(UK_TRY(user::read<uk_winsize>(pointer))));
        return 0;
    case UK_FIONREAD: {
        lock_.lock();
        const auto count = static_cast<int>(line_.pending());
        lock_.unlock();
        UK_TRY(user::write(pointer, count));
        return 0;
    }
    case UK_TIOCOUTQ:
        UK_TRY(user::write(pointer, 0));
        return 0;
    default:
        return Errno::notty;
    }
}

} // namespace uk::tty
