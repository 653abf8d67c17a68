// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: FIFOs, which are opened by a path; as Linux 6.1 does it (fifo(7)).
#include <uk/abi/errno.h>
#include <uk/abi/fcntl.h>
#include <uk/abi/poll.h>
#include <uk/abi/stat.h>
#include <uk/abi/unistd.h>
#include <uk/sched.hpp>
#include <uk/sched/test.hpp>
#include <uk/syscall.h>
#include <uk/test.hpp>

namespace {

constexpr char kPath[] = "/fifo";
constexpr char kOther[] = "/fifo-too";

int open_fifo(uint32_t flags) {
    return static_cast<int>(uk_sys_open(kPath, static_cast<int>(flags), 0));
}

// The FIFO, while this lives.
struct Made {
    Made() : ok(uk_sys_mknod(kPath, UK_S_IFIFO | 0600, 0) == 0) {}
    ~Made() { uk_sys_unlink(kPath); }
    bool ok;
};

short events_of(int fd) {
    uk_pollfd one{fd, UK_POLLIN, 0};
    return uk_sys_poll(&one, 1, 0) >= 0 ? one.revents : short{-1};
}

} // namespace

UK_TEST(fifo_is_a_pipe_with_names)
{
    const Made made;
    UK_TEST_ASSERT(made.ok);
    char text[8] = "";
    UK_TEST_EXPECT_EQ(open_fifo(UK_O_WRONLY | UK_O_NONBLOCK), -UK_ENXIO);
    UK_TEST_EXPECT_EQ(open_fifo(UK_O_ACCMODE | UK_O_NONBLOCK), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(open_fifo(UK_O_RDONLY | UK_O_DIRECTORY), -UK_ENOTDIR);
    const int from = open_fifo(UK_O_RDONLY | UK_O_NONBLOCK);
    UK_TEST_ASSERT(from >= 0);
    UK_TEST_EXPECT_EQ(events_of(from), 0); // nobody has written yet
    UK_TEST_EXPECT_EQ(uk_sys_read(from, text, 1), 0);
    UK_TEST_EXPECT_EQ(uk_sys_link(kPath, kOther), 0);
    UK_TEST_EXPECT_EQ(uk_sys_unlink(kPath), 0); // the other name leads to the same bytes
    const int to = static_cast<int>(uk_sys_open(kOther, UK_O_WRONLY, 0));
    UK_TEST_ASSERT(to >= 0);
    UK_TEST_EXPECT_EQ(uk_sys_read(from, text, 1), -UK_EAGAIN);
    UK_TEST_EXPECT_EQ(uk_sys_write(to, "abc", 3), 3);
    UK_TEST_EXPECT_EQ(uk_sys_write(from, "abc", 3), -UK_EBADF);
    UK_TEST_EXPECT_EQ(uk_sys_lseek(from, 0, UK_SEEK_SET), -UK_ESPIPE);
    UK_TEST_EXPECT_EQ(uk_sys_pread64(from, text, 1, 0), -UK_ESPIPE);
    UK_TEST_EXPECT_EQ(uk_sys_fallocate(to, 0, 0, 1), -UK_ESPIPE);
    UK_TEST_EXPECT_EQ(uk_sys_fcntl(to, UK_F_GETPIPE_SZ, 0), 65536);
    uk_stat facts{};
    UK_TEST_EXPECT(uk_sys_fstat(to, &facts) == 0 && facts.st_mode == (UK_S_IFIFO | 0600) &&
                   facts.st_nlink == 1);
    UK_TEST_EXPECT_EQ(uk_sys_close(to), 0);
    UK_TEST_EXPECT_EQ(events_of(from), UK_POLLIN | UK_POLLHUP);
    UK_TEST_EXPECT_EQ(uk_sys_read(from, text, sizeof text), 3);
    UK_TEST_EXPECT_EQ(uk_sys_read(from, text, 1), 0);
    const int both = static_cast<int>(uk_sys_open(kOther, UK_O_RDWR, 0)); // waits for nobody
    UK_TEST_ASSERT(both >= 0);
    UK_TEST_EXPECT_EQ(uk_sys_write(both, "d", 1), 1);
    UK_TEST_EXPECT_EQ(uk_sys_unlink(kOther), 0);
    UK_TEST_EXPECT_EQ(uk_sys_close(both), 0);
    UK_TEST_EXPECT_EQ(uk_sys_read(from, text, 1), 1); // the reader kept it
    UK_TEST_EXPECT_EQ(uk_sys_close(from), 0);
}

UK_TEST(fifo_forgets_when_all_have_closed)
{
    const Made made;
    const int first = open_fifo(UK_O_RDWR | UK_O_NONBLOCK);
    UK_TEST_ASSERT(made.ok && first >= 0);
    UK_TEST_EXPECT_EQ(uk_sys_write(first, "lost", 4), 4);
    UK_TEST_EXPECT_EQ(uk_sys_close(first), 0);
    const int second = open_fifo(UK_O_RDWR | UK_O_NONBLOCK);
    UK_TEST_ASSERT(second >= 0);
    char text[8] = "";
    UK_TEST_EXPECT_EQ(uk_sys_read(second, text, sizeof text), -UK_EAGAIN);
    UK_TEST_EXPECT_EQ(uk_sys_close(second), 0);
}

UK_TEST(fifo_open_waits_for_the_other_side)
{
    UK_TEST_NEEDS_THREADS;
    const Made made;
    UK_TEST_ASSERT(made.ok && uk_sys_mknod(kOther, UK_S_IFIFO | 0600, 0) == 0);
    constexpr uintptr_t kRounds = 200;
    auto writer = uk::sched::create(
        {.name = "writer"},
        [](void*) -> void* {
            uintptr_t good = 0;
            for (uintptr_t round = 0; round < kRounds; round++) {
                const int to = open_fifo(UK_O_WRONLY);
                good += to >= 0 && uk_sys_write(to, &round, sizeof round) == sizeof round ? 1 : 0;
                uk_sys_close(to);
                char end = 0; // when it comes the reader has its word, and is gone
                const int back = static_cast<int>(uk_sys_open(kOther, UK_O_RDONLY, 0));
                good += back >= 0 && uk_sys_read(back, &end, 1) == 0 ? 1 : 0;
                uk_sys_close(back);
            }
            return reinterpret_cast<void*>(good);
        },
        nullptr);
    UK_TEST_ASSERT(writer.ok());
    uintptr_t good = 0;
    for (uintptr_t round = 0; round < kRounds; round++) {
        const int from = open_fifo(UK_O_RDONLY);
        uintptr_t word = kRounds;
        good += uk_sys_read(from, &word, sizeof word) == sizeof word && word == round ? 1 : 0;
        uk_sys_close(from);
        uk_sys_close(static_cast<int>(uk_sys_open(kOther, UK_O_WRONLY, 0)));
    }
    UK_TEST_EXPECT_EQ(good, kRounds);
    UK_TEST_EXPECT_EQ(
        reinterpret_cast<uintptr_t>(uk::sched::join(*writer.value()).value_or(nullptr)),
        2 * kRounds);
    UK_TEST_EXPECT_EQ(uk_sys_unlink(kOther), 0);
}
