// SPDX-License-Identifier: BSD-3-Clause
// Pipes by their system calls: bytes between threads, ends that close, sizes, SIGPIPE; and FIFOs.
#include <uk/abi/fcntl.h>
#include <uk/abi/ioctl.h>
#include <uk/abi/poll.h>
#include <uk/abi/stat.h>
#include <uk/pipe.hpp>
#include <uk/sched.hpp>
#include <uk/sched/test.hpp>
#include <uk/syscall.h>
#include <uk/test.hpp>

namespace {

using uk::Errno;

constexpr long neg(Errno error) {
    return -static_cast<long>(error);
}
void* nowhere() {
    return reinterpret_cast<void*>(uintptr_t{8}); // page zero is never mapped
}

// Both ends, while this lives.
struct Ends {
    explicit Ends(int flags) : ok(uk_sys_pipe2(fds, flags) == 0) {}
    ~Ends() {
        close_reader();
        close_writer();
    }
    void close_reader() {
        if (fds[0] >= 0)
            uk_sys_close(fds[0]);
        fds[0] = -1;
    }
    void close_writer() {
        if (fds[1] >= 0)
            uk_sys_close(fds[1]);
        fds[1] = -1;
    }
    int fds[2] = {-1, -1};
    bool ok;
};

// Without their handler a program ends by it.
class NoSigpipe {
  public:
    NoSigpipe() { change(UK_SIG_IGN); }
    ~NoSigpipe() { change(UK_SIG_DFL); }

  private:
    static void change([[maybe_unused]] uintptr_t to) {
#ifdef CONFIG_LIBPOSIX_SIGNAL
        uk_sigaction action{};
        action.handler = reinterpret_cast<decltype(action.handler)>(to);
        (void)uk_sys_rt_sigaction(UK_SIGPIPE, &action, nullptr, sizeof(uk_sigset_t));
#endif
    }
};

char g_memory[70000];

} // namespace

UK_TEST(pipe_ends)
{
    Ends pipe(UK_O_NONBLOCK | UK_O_CLOEXEC);
    UK_TEST_ASSERT(pipe.ok);
    char text[8] = {};
    const auto [from, to] = pipe.fds;
    UK_TEST_EXPECT(uk_sys_read(from, text, 8) == neg(Errno::again));
    UK_TEST_EXPECT(uk_sys_write(to, "hello", 5) == 5 && uk_sys_write(to, "!", 1) == 1);
    int waiting = 0;
    UK_TEST_EXPECT(uk_sys_ioctl(from, UK_FIONREAD, reinterpret_cast<unsigned long>(&waiting)) == 0);
    UK_TEST_EXPECT(waiting == 6);
    UK_TEST_EXPECT(uk_sys_read(from, text, 8) == 6 && memcmp(text, "hello!", 6) == 0);
    UK_TEST_EXPECT(uk_sys_read(to, text, 1) == neg(Errno::badf));
    UK_TEST_EXPECT(uk_sys_write(from, text, 1) == neg(Errno::badf));
    UK_TEST_EXPECT(uk_sys_lseek(from, 0, 0) == neg(Errno::spipe));
    UK_TEST_EXPECT(uk_sys_write(to, nowhere(), 4) == neg(Errno::fault));
    UK_TEST_EXPECT(uk_sys_read(from, text, 8) == neg(Errno::again));
    UK_TEST_EXPECT(uk_sys_fcntl(from, UK_F_GETFD, 0) == UK_FD_CLOEXEC);
    uk_stat stat;
    UK_TEST_EXPECT(uk_sys_fstat(to, &stat) == 0 && (stat.st_mode & UK_S_IFMT) == UK_S_IFIFO);
    UK_TEST_EXPECT(uk_sys_pipe2(pipe.fds, UK_O_APPEND) == neg(Errno::inval));
    UK_TEST_EXPECT(uk_sys_pipe2(static_cast<int*>(nowhere()), 0) == neg(Errno::fault));
    UK_TEST_EXPECT(uk_sys_write(to, "x", 1) == 1);
    pipe.close_writer();
    UK_TEST_EXPECT(uk_sys_read(from, text, 8) == 1);
    UK_TEST_EXPECT(uk_sys_read(from, text, 8) == 0);
}

UK_TEST(pipe_that_is_full)
{
    NoSigpipe ignored;
    Ends pipe(UK_O_NONBLOCK);
    const auto [from, to] = pipe.fds;
    UK_TEST_EXPECT(uk_sys_fcntl(to, UK_F_GETPIPE_SZ, 0) == 65536);
    UK_TEST_EXPECT(uk_sys_write(to, g_memory, 70000) == 65536);
    UK_TEST_EXPECT(uk_sys_write(to, g_memory, 1) == neg(Errno::again));
    UK_TEST_EXPECT(uk_sys_read(from, g_memory, 100) == 100);
    UK_TEST_EXPECT(uk_sys_write(to, g_memory, 101) == neg(Errno::again)); // not in parts
    UK_TEST_EXPECT(uk_sys_write(to, g_memory, 5000) == 100);
    UK_TEST_EXPECT(uk_sys_fcntl(from, UK_F_SETPIPE_SZ, 4096) == neg(Errno::busy));
    UK_TEST_EXPECT(uk_sys_fcntl(from, UK_F_SETPIPE_SZ, 100000) == 131072);
    UK_TEST_EXPECT(uk_sys_write(to, g_memory, 65536) == 65536);
    UK_TEST_EXPECT(uk_sys_fcntl(from, UK_F_SETPIPE_SZ, 1UL << 32) == neg(Errno::inval));
    for (int i = 0; i < 2; i++)
        UK_TEST_EXPECT(uk_sys_read(from, g_memory, 65536) == 65536);
    UK_TEST_EXPECT(uk_sys_fcntl(from, UK_F_SETPIPE_SZ, 1) == 4096);
    UK_TEST_EXPECT(uk_sys_write(to, g_memory, 65536) == 4096);
    pipe.close_reader();
    UK_TEST_EXPECT(uk_sys_write(to, g_memory, 1) == neg(Errno::pipe));
}

// Byte n of what goes through is this.
namespace {

constexpr size_t kStream = 3'000'000;
char byte_at(size_t n) {
    return static_cast<char>(n * 7 + n / 251);
}
int g_to;

void* write_stream(void* /*argument*/) {
    char part[9000];
    size_t size = 1;
    for (size_t done = 0; done < kStream;) {
        size = size * 5 % 8999 + 1;
        const size_t count = size < kStream - done ? size : kStream - done;
        for (size_t i = 0; i < count; i++)
            part[i] = byte_at(done + i);
        if (uk_sys_write(g_to, part, count) != static_cast<long>(count))
            return &g_to;
        done += count;
    }
    uk_sys_close(g_to);
    return nullptr;
}

} // namespace

UK_TEST(pipe_carries_every_byte)
{
    UK_TEST_NEEDS_THREADS;
    Ends pipe(0);
    UK_TEST_ASSERT(pipe.ok);
    g_to = pipe.fds[1];
    pipe.fds[1] = -1; // the writer closes it
    auto writer = uk::sched::create({.name = "writer"}, write_stream, nullptr);
    UK_TEST_ASSERT(writer.ok());
    size_t done = 0, size = 3, wrong = 0;
    for (;;) {
        size = size * 7 % 60000 + 1;
        const long got = uk_sys_read(pipe.fds[0], g_memory, size);
        if (got <= 0) {
            UK_TEST_EXPECT(got == 0);
            break;
        }
        for (size_t i = 0; i < static_cast<size_t>(got); i++)
            wrong += g_memory[i] != byte_at(done + i) ? 1 : 0;
        done += static_cast<size_t>(got);
    }
    UK_TEST_EXPECT(done == kStream && wrong == 0);
    UK_TEST_EXPECT(uk::sched::join(*writer.value()).value_or(&g_to) == nullptr);
}

// Several writers and readers: what one write() puts in stays together.
namespace {

constexpr int kMessages = 400;
struct Message {
    uint32_t size; // of all
    uint32_t check;
    char text[1000];
};
int g_fds[2];

void* write_messages(void* argument) {
    const auto name = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(argument));
    Message message;
    for (uint32_t i = 0; i < kMessages; i++) {
        message.size = 1008;
        message.check = name * 100000 + i;
        for (char& c : message.text)
            c = static_cast<char>(message.check);
        if (uk_sys_write(g_fds[1], &message, message.size) != 1008)
            return &g_fds;
    }
    return nullptr;
}
// How many came whole.
void* read_messages(void* /*argument*/) {
    uintptr_t count = 0;
    Message message;
    while (uk_sys_read(g_fds[0], &message, sizeof(message)) == 1008) {
        bool whole = message.size == 1008;
        for (const char c : message.text)
            whole = whole && c == static_cast<char>(message.check);
        count += whole ? 1 : 0;
    }
    return reinterpret_cast<void*>(count);
}

} // namespace

UK_TEST(pipe_keeps_writes_together)
{
    UK_TEST_NEEDS_THREADS;
    constexpr uintptr_t kThreads = 3;
    Ends pipe(0);
    g_fds[0] = pipe.fds[0];
    g_fds[1] = pipe.fds[1];
    uk::Ref<uk::Thread> writers[kThreads], readers[kThreads];
    for (uintptr_t i = 0; i < kThreads; i++) {
        auto reader = uk::sched::create({.name = "reader"}, read_messages, nullptr);
        auto writer =
            uk::sched::create({.name = "writer"}, write_messages, reinterpret_cast<void*>(i + 1));
        UK_TEST_ASSERT(reader.ok() && writer.ok());
        readers[i] = reader.value();
        writers[i] = writer.value();
    }
    for (auto& writer : writers)
        UK_TEST_EXPECT(uk::sched::join(*writer).value_or(&g_fds) == nullptr);
    pipe.close_writer(); // all readers see the end
    uintptr_t whole = 0;
    for (auto& reader : readers)
        whole += reinterpret_cast<uintptr_t>(uk::sched::join(*reader).value_or(nullptr));
    UK_TEST_EXPECT(whole == kThreads * kMessages);
}

UK_TEST(fifo_opens_when_both_are_there)
{
    UK_TEST_NEEDS_THREADS;
    auto made = uk::Pipe::make();
    UK_TEST_ASSERT(made.ok());
    uk::Pipe& fifo = *made.value();
    UK_TEST_EXPECT(fifo.open(false, true, true).code() == Errno::nxio);
    auto early = fifo.open(true, false, true);
    UK_TEST_ASSERT(early.ok());
    UK_TEST_EXPECT(fifo.ready(early.value()) == 0); // no writer has been there: no POLLHUP
    fifo.close(early.value());

    static uk::Pipe* shared;
    shared = &fifo;
    auto writer = uk::sched::create(
        {.name = "writer"},
        [](void*) -> void* {
            auto end = shared->open(false, true, false);
            if (!end.ok())
                return shared;
            const uk::IoPiece piece{g_memory, 3};
            uk::IoPieces from({&piece, 1}, uk::IoMemory::kernel);
            const bool wrote = shared->write(from, false).value_or(size_t{0}) == 3;
            shared->close(end.value());
            return wrote ? nullptr : shared;
        },
        nullptr);
    UK_TEST_ASSERT(writer.ok());
    auto end = fifo.open(true, false, false);
    UK_TEST_ASSERT(end.ok());
    UK_TEST_EXPECT(uk::sched::join(*writer.value()).value_or(shared) == nullptr);
    UK_TEST_EXPECT(fifo.ready(end.value()) == (UK_POLLIN | UK_POLLRDNORM | UK_POLLHUP));
    char text[8];
    const uk::IoPiece piece{text, 8};
    uk::IoPieces to({&piece, 1}, uk::IoMemory::kernel);
    UK_TEST_EXPECT(fifo.read(to, false).value_or(size_t{0}) == 3);
    UK_TEST_EXPECT(fifo.read(to, false).value_or(size_t{9}) == 0);
    fifo.close(end.value());
}

#ifdef CONFIG_LIBPOSIX_SIGNAL
namespace {

int g_broken;

} // namespace

UK_TEST(pipe_sends_sigpipe)
{
    uk_sigaction action{}, before{};
    action.handler = [](int number, uk_siginfo*, void*) { g_broken = number; };
    UK_TEST_EXPECT(uk_sys_rt_sigaction(UK_SIGPIPE, &action, &before, sizeof(uk_sigset_t)) == 0);
    Ends pipe(0);
    pipe.close_reader();
    UK_TEST_EXPECT(uk_sys_write(pipe.fds[1], "x", 1) == neg(Errno::pipe));
    UK_TEST_EXPECT(g_broken == UK_SIGPIPE);
    UK_TEST_EXPECT(uk_sys_rt_sigaction(UK_SIGPIPE, &before, nullptr, sizeof(uk_sigset_t)) == 0);
}
#endif
