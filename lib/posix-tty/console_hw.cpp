// SPDX-License-Identifier: BSD-3-Clause
// Descriptors 0, 1 and 2: the console as a terminal, or, where it is none, as a stream of bytes.
#include <uk/abi/stat.h>
#include <uk/base/late.hpp>
#include <uk/boot.h>
#include <uk/hal/clock.hpp>
#include <uk/hal/console.hpp>
#include <uk/init.hpp>
#include <uk/log/console.hpp>
#include <uk/posix/files.hpp>
#include <uk/print.h>
#include <uk/sched.hpp>
#include <uk/string.h>
#include <uk/syscall/edge.hpp>
#include <uk/tty/basic_terminal.hpp>
#include <uk/tty/signals.hpp>

#ifdef CONFIG_LIBDEVFS
#include <uk/devfs/device.hpp>
#endif

#include "input_wait.hpp"
#include "keys.hpp"

namespace uk::tty {

namespace {

constinit SignalHook g_hook = nullptr;
constinit bool g_adds_returns = false; // hal::ConsoleSize

struct Image : posix::ImageFiles {
    using Lock = Mutex;
    static void show(const char* data, size_t size) {
        if (!g_adds_returns)
            return console::write(data, size);
        // Those that stand right before a newline are left to it.
        while (size != 0) {
            const char* end = static_cast<const char*>(memchr(data, '\r', size));
            const size_t count = end != nullptr ? static_cast<size_t>(end - data) : size;
            const bool newline = count + 1 < size && data[count + 1] == '\n';
            const size_t shown = count == size || newline ? count : count + 1;
            console::write(data, shown);
            data += newline ? shown + 1 : shown;
            size -= newline ? shown + 1 : shown;
        }
    }
    static void signal(int signal) {
        if (g_hook != nullptr)
            return g_hook(signal);
        if (signal == UK_SIGINT || signal == UK_SIGQUIT) {
            uk_pr_info("ended by signal %d from the console\n", signal);
            uk_exit(128 + signal);
        }
    }
    static uk_winsize window() {
        const hal::ConsoleSize size = hal::console_terminal().value_or(hal::ConsoleSize{});
        return {size.rows, size.columns, 0, 0};
    }
};
static_assert(kForever == kNever);

constexpr uint64_t kConsoleNumber = 5 << 8 | 1; // Linux's, of /dev/console

constinit Late<BasicTerminal<Image>> g_terminal;

// As long as the image: it keeps its first reference itself.
class ConsoleFile : public File {
  public:
    constexpr explicit ConsoleFile(uk_mode_t mode)
        : File(FileKind::stream, UK_O_RDWR), mode_(mode) {}

    Result<> stat(uk_stat& out) override {
        out.st_mode = mode_;
        out.st_nlink = 1;
        out.st_blksize = 1024;
        return ok();
    }

  protected:
    ~ConsoleFile() = default;

  private:
    void destroy() override { UK_UNREACHABLE(); }

    uk_mode_t mode_;
};

class TerminalFile final : public ConsoleFile {
  public:
    constexpr TerminalFile() : ConsoleFile(UK_S_IFCHR | 0620) {}

    Result<> stat(uk_stat& out) override {
        out.st_rdev = kConsoleNumber;
        return ConsoleFile::stat(out);
    }
    Result<long> ioctl(unsigned request, uintptr_t argument) override {
        const Result<long> done = g_terminal->ioctl(request, argument);
        keys_taken(); // TCFLSH
        return done;
    }
    uint32_t ready() override { return g_terminal->ready(); }
    ReadySource* ready_source() override { return &g_terminal->source(); }

  private:
    Result<size_t> do_read(IoPieces& to, FileIo& io) override {
        const Result<size_t> got = g_terminal->read(to, (io.status & UK_O_NONBLOCK) != 0);
        keys_taken();
        return got;
    }
    Result<size_t> do_write(IoPieces& from, FileIo& /*io*/) override {
        return g_terminal->write(from);
    }
};

constexpr size_t kPart = 1024;
constinit char g_ahead[kPart]; // of the stream below; apart, so that no zeros are in the image file

// Nobody types: no echo, no lines, nothing added. Reads take what the console has; once somebody
// wants to be told when there is something, it is looked for as keys are, and reads take that.
class StreamFile final : public ConsoleFile {
  public:
    constexpr StreamFile() : ConsoleFile(UK_S_IFIFO | 0600) {}

    uint32_t ready() override {
        LockGuard guard(lock_);
        if (!watched_.load_relaxed() && count_ == 0 && !ended_) {
            Result<size_t> got = console::read(g_ahead, kPart);
            ended_ = !got.ok();
            count_ = got.ok() ? got.value() : 0;
        }
        return (count_ != 0 ? kIn : 0) | (ended_ ? kEnd : 0) | UK_POLLOUT | UK_POLLWRNORM;
    }
    ReadySource* ready_source() override {
        LockGuard guard(lock_);
        if (!watched_.load_relaxed())
            watched_.store_release(keys_start(take_ahead, end).ok());
        return &source_;
    }

  private:
    static constexpr uint64_t kPollNs = 1'000'000;
    static constexpr uint32_t kIn = UK_POLLIN | UK_POLLRDNORM;
    static constexpr uint32_t kEnd = UK_POLLIN | UK_POLLHUP;

    static size_t take_ahead(const char* bytes, size_t count);
    static void end();

    // False: there is nothing so far. A `got` of 0 is the end.
    Result<bool> take(IoPieces& to, size_t& got) {
        LockGuard guard(lock_);
        if (count_ != 0) {
            got = min(count_, to.left());
            UK_TRY(to.put(g_ahead, got));
            count_ -= got;
            memmove(g_ahead, g_ahead + got, count_);
            return true;
        }
        if (watched_.load_relaxed() || ended_)
            return ended_;
        char part[kPart];
        Result<size_t> there = console::read(part, min(kPart, to.left()));
        ended_ = !there.ok();
        got = there.ok() ? there.value() : 0;
        UK_TRY(to.put(part, got));
        return ended_ || got != 0;
    }
    struct Waits : posix::ImageFiles {
        // Once somebody polls, the thread that looks for him tells readers as well.
        static void park(uint64_t deadline_ns);
    };
    Result<size_t> do_read(IoPieces& to, FileIo& io) override {
        if (to.left() == 0)
            return size_t{0};
        size_t got = 0;
        Result<bool> taken = take(to, got);
        if (taken.ok() && !taken.value()) {
            if ((io.status & UK_O_NONBLOCK) != 0)
                return Errno::again;
            InputWait me;
            UK_TRY(wait_ready<Waits>(source_, kEnd | kIn, ReadyShare::all, [&] {
                taken = take(to, got);
                return !taken.ok() || taken.value();
            }));
        }
        UK_TRY(taken);
        keys_taken();
        return got;
    }
    Result<size_t> do_write(IoPieces& from, FileIo& /*io*/) override {
        char part[kPart];
        for (size_t done = 0;;) {
            const size_t count = min(kPart, from.left());
            if (count == 0)
                return done;
            if (Result<> taken = from.take(part, count); !taken.ok())
                return done != 0 ? Result<size_t>(done) : taken.error();
            console::write(part, count);
            done += count;
        }
    }

    Mutex lock_;
    ReadySource source_;
    size_t count_ = 0; // of g_ahead
    bool ended_ = false;
    Atomic<bool> watched_{false}; // written under the lock
};

constinit TerminalFile g_terminal_file;
constinit StreamFile g_stream_file;

void StreamFile::Waits::park(uint64_t deadline_ns) {
    if (!g_stream_file.watched_.load_acquire())
        deadline_ns = InputWait::ask(deadline_ns, kPollNs);
    posix::ImageFiles::park(deadline_ns);
}

size_t StreamFile::take_ahead(const char* bytes, size_t count) {
    StreamFile& self = g_stream_file;
    size_t taken = 0;
    {
        LockGuard guard(self.lock_);
        taken = min(count, kPart - self.count_);
        memcpy(g_ahead + self.count_, bytes, taken);
        self.count_ += taken;
    }
    if (taken != 0)
        (void)self.source_.notify(kIn);
    return taken;
}

void StreamFile::end() {
    StreamFile& self = g_stream_file;
    {
        LockGuard guard(self.lock_);
        self.ended_ = true;
    }
    (void)self.source_.notify(kEnd);
}

size_t take_keys(const char* keys, size_t count) {
    return g_terminal->type(keys, count);
}
void hang_up() {
    g_terminal->hang_up();
}

Result<> open_console() {
    (void)InputWait::ask(0, 0); // the first time is at boot
    const Result<hal::ConsoleSize> size = hal::console_terminal();
    const bool terminal = size.ok();
    g_adds_returns = terminal && size.value().adds_returns;
    File& file = terminal ? static_cast<File&>(g_terminal_file) : g_stream_file;
    for (int fd = 0; fd <= 2; fd++)
        UK_TRY(posix::fd_table().replace(fd, Ref<File>::share(file), false));
    if (!terminal)
        return ok();
    g_terminal.emplace();
    return keys_start(take_keys, hang_up);
}

} // namespace

#ifdef CONFIG_LIBDEVFS
namespace {

// The numbers of Linux. With /proc the last three are links into it.
Result<Ref<File>> open_console_file(const vfs::Place&, uint32_t) {
    return Ref<File>::share(g_terminal.ready() ? static_cast<File&>(g_terminal_file)
                                               : g_stream_file);
}
Result<Ref<File>> open_tty(const vfs::Place&, uint32_t) {
    if (!g_terminal.ready())
        return Errno::nxio;
    return Ref<File>::share(g_terminal_file);
}

UK_DEVFS_DEVICE(
    {.name = "console", .number = kConsoleNumber, .permissions = 0600, .open = open_console_file});
UK_DEVFS_DEVICE({.name = "tty", .number = devfs::number(5, 0), .open = open_tty});

#ifndef CONFIG_LIBPROCFS
template <int kFd>
Result<Ref<File>> open_standard(const vfs::Place&, uint32_t) {
    return posix::fd_table().get(kFd);
}

UK_DEVFS_DEVICE({.name = "stdin", .number = devfs::number(5, 64), .open = open_standard<0>});
UK_DEVFS_DEVICE({.name = "stdout", .number = devfs::number(5, 65), .open = open_standard<1>});
UK_DEVFS_DEVICE({.name = "stderr", .number = devfs::number(5, 66), .open = open_standard<2>});
#endif

} // namespace
#endif

void set_signal_hook(SignalHook hook) {
    g_hook = hook;
}

UK_INIT(lib, "console files", open_console, .hint = "is there memory?");

} // namespace uk::tty
