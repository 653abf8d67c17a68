// SPDX-License-Identifier: BSD-3-Clause
// Signals that are read, and their system calls.
#include <uk/syscall.h>

#include <uk/abi/eventfd.h>
#include <uk/abi/poll.h>
#include <uk/abi/signalfd.h>
#include <uk/abi/stat.h>
#include <uk/base/atomic.hpp>
#include <uk/posix/files.hpp>
#include <uk/signal.hpp>
#include <uk/user.hpp>

namespace uk::posix {
namespace {

// One for all: which of them are ready depends on the thread that asks.
constinit ReadySource g_arrivals;

void arrived() {
    (void)g_arrivals.notify(UK_POLLIN);
}

uk_signalfd_siginfo to_record(const signal::Info& info) {
    const uk_siginfo from = signal::to_siginfo(info);
    uk_signalfd_siginfo out{};
    out.ssi_signo = static_cast<uint32_t>(from.si_signo);
    out.ssi_code = from.si_code;
    if (info.code > 0 && info.code != UK_SI_KERNEL) {
        out.ssi_addr = info.value;
    } else if (info.code == UK_SI_TIMER) {
        out.ssi_tid = static_cast<uint32_t>(info.who);
        out.ssi_overrun = info.extra;
        out.ssi_ptr = info.value;
        out.ssi_int = static_cast<int32_t>(info.value);
    } else {
        out.ssi_pid = static_cast<uint32_t>(info.who);
        out.ssi_uid = info.extra;
        out.ssi_ptr = info.value;
        out.ssi_int = static_cast<int32_t>(info.value);
    }
    return out;
}

class SignalFile final : public File {
  public:
    static constexpr char kFamily = 0;

    SignalFile(uint64_t set, int flags)
        : File(FileKind::still, UK_O_RDWR | (static_cast<uint32_t>(flags) & UK_SFD_NONBLOCK),
               &kFamily),
          set_(set) {}
    static SignalFile* of(File& file) {
        return file.family() == &kFamily ? static_cast<SignalFile*>(&file) : nullptr;
    }

    void change(uint64_t set) {
        set_.store_release(set);
        (void)g_arrivals.notify(UK_POLLIN);
    }

    uint32_t ready() override {
        return (signal::waiting() & set_.load_acquire()) != 0 ? UK_POLLIN : 0;
    }
    ReadySource* ready_source() override { return &g_arrivals; }
    const char* kind_name() override { return "[signalfd]"; }
    Result<> stat(uk_stat& out) override {
        out.st_mode = 0600;
        out.st_nlink = 1;
        out.st_blksize = 4096;
        return ok();
    }

  private:
    ~SignalFile() = default;

    bool take(signal::Info& info) { return signal::take(set_.load_acquire(), info); }

    // As many as there are and fit. One that cannot be written is lost, as on Linux.
    Result<size_t> do_read(IoPieces& to, FileIo& io) override {
        if (to.left() < sizeof(uk_signalfd_siginfo))
            return Errno::inval;
        signal::Info info;
        if (!take(info)) {
            if ((io.status & UK_O_NONBLOCK) != 0)
                return Errno::again;
            UK_TRY(wait_ready<ImageFiles>(g_arrivals, UK_POLLIN, ReadyShare::all,
                                          [&] { return take(info); }));
        }
        size_t done = 0;
        do {
            const uk_signalfd_siginfo record = to_record(info);
            if (const Result<> put = to.put(&record, sizeof(record)); !put.ok())
                return done != 0 ? Result<size_t>(done) : put.error();
            done += sizeof(record);
        } while (to.left() >= sizeof(uk_signalfd_siginfo) && take(info));
        return done;
    }
    Result<size_t> do_write(IoPieces& /*from*/, FileIo& /*io*/) override { return Errno::inval; }
    void destroy() override {
        this->~SignalFile();
        ImageFiles::deallocate(this);
    }

    Atomic<uint64_t> set_;
};

Result<int> signalfd(int fd, const uk_sigset_t* mask, size_t mask_bytes, int flags) {
    if ((flags & ~(UK_SFD_CLOEXEC | UK_SFD_NONBLOCK)) != 0 || mask_bytes != sizeof(*mask))
        return Errno::inval;
    const auto wanted = UK_TRY(user::read<uk_sigset_t>(Vaddr::of(mask)));
    const uint64_t set = wanted.bits & ~signal::kUnstoppable;
    signal::set_arrival_hook(arrived);
    if (fd == -1)
        return add_file(UK_TRY(make_file<SignalFile>(set, flags)), flags);
    const Ref<File> file = UK_TRY(working_fd(fd));
    SignalFile* const before = SignalFile::of(*file);
    if (before == nullptr)
        return Errno::inval;
    before->change(set);
    return fd;
}

} // namespace
} // namespace uk::posix

extern "C" long uk_sys_signalfd4(int fd, const uk_sigset_t* mask, size_t mask_bytes, int flags) {
    return uk::syscall([&] { return uk::posix::signalfd(fd, mask, mask_bytes, flags); });
}

extern "C" long uk_sys_signalfd(int fd, const uk_sigset_t* mask, size_t mask_bytes) {
    return uk_sys_signalfd4(fd, mask, mask_bytes, 0);
}
