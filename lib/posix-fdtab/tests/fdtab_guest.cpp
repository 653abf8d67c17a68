// SPDX-License-Identifier: BSD-3-Clause
// The system calls on descriptors, and a descriptor that is closed while a thread reads by it.
#include <uk/abi/fcntl.h>
#include <uk/lock.hpp>
#include <uk/posix/fdtab.hpp>
#include <uk/sched.hpp>
#include <uk/sched/test.hpp>
#include <uk/syscall.h>
#include <uk/test.hpp>

namespace {

using uk::Errno;
using uk::Ref;
using uk::posix::fd_table;

// A file whose reads wait until somebody lets them go.
class GateFile final : public uk::File {
  public:
    GateFile() : File(uk::FileKind::stream, UK_O_RDWR) {}
    uk::Result<> stat(uk_stat& /*out*/) override { return uk::ok(); }

    uk::Completion inside, open;
    bool ended = false;

  private:
    uk::Result<size_t> do_read(uk::IoPieces& /*to*/, uk::FileIo& /*io*/) override {
        inside.complete();
        (void)open.wait();
        return ended ? Errno::io : uk::Result<size_t>(size_t{0});
    }
    uk::Result<size_t> do_write(uk::IoPieces& from, uk::FileIo& /*io*/) override {
        return from.left();
    }
    void destroy() override { ended = true; } // it is on the test's stack
};

constexpr long neg(Errno error) {
    return -static_cast<long>(error);
}

} // namespace

UK_TEST(calls_on_descriptors)
{
    const unsigned before = fd_table().count();
    GateFile file;
    const int fd = fd_table().add(Ref<uk::File>::adopt(file), false, 100).value_or(-1);
    UK_TEST_EXPECT(fd == 100);
    UK_TEST_EXPECT(uk_sys_dup2(fd, 105) == 105);
    UK_TEST_EXPECT(uk_sys_dup3(fd, 107, UK_O_CLOEXEC) == 107);
    UK_TEST_EXPECT(uk_sys_dup3(fd, fd, 0) == neg(Errno::inval));
    UK_TEST_EXPECT(uk_sys_dup3(fd, 108, UK_O_APPEND) == neg(Errno::inval));
    UK_TEST_EXPECT(uk_sys_dup2(fd, fd) == fd);
    UK_TEST_EXPECT(uk_sys_dup2(101, 101) == neg(Errno::badf));
    UK_TEST_EXPECT(uk_sys_dup2(fd, -1) == neg(Errno::badf));
    UK_TEST_EXPECT(uk_sys_dup(101) == neg(Errno::badf));
    UK_TEST_EXPECT(fd_table().close_on_exec(107).value_or(false));
    UK_TEST_EXPECT(uk_sys_close(fd) == 0);
    UK_TEST_EXPECT(uk_sys_close(fd) == neg(Errno::badf));
    UK_TEST_EXPECT(!file.ended);
    UK_TEST_EXPECT(uk_sys_close_range(100, 50, 0) == neg(Errno::inval));
    UK_TEST_EXPECT(uk_sys_close_range(100, 200, 1) == neg(Errno::inval));
    UK_TEST_EXPECT(uk_sys_close_range(100, ~0U, 4) == 0);
    UK_TEST_EXPECT(fd_table().close_on_exec(105).value_or(false));
    UK_TEST_EXPECT(uk_sys_close_range(100, ~0U, 0) == 0);
    UK_TEST_EXPECT(file.ended);
    UK_TEST_EXPECT(fd_table().count() == before);
}

UK_TEST(closed_while_it_is_read)
{
    UK_TEST_NEEDS_THREADS;
    static int fd;
    GateFile file;
    fd = fd_table().add(Ref<uk::File>::adopt(file), false).value_or(-1);
    UK_TEST_ASSERT(fd >= 0);
    auto reader = uk::sched::create(
        {.name = "reader"},
        [](void*) -> void* {
            char byte;
            return reinterpret_cast<void*>(uk_sys_read(fd, &byte, 1));
        },
        nullptr);
    UK_TEST_ASSERT(reader.ok());
    (void)file.inside.wait();
    UK_TEST_EXPECT(uk_sys_close(fd) == 0);
    UK_TEST_EXPECT(uk_sys_close(fd) == neg(Errno::badf));
    UK_TEST_EXPECT(!file.ended);
    file.open.complete();
    UK_TEST_EXPECT(uk::sched::join(*reader.value()).value_or(nullptr) == nullptr);
    UK_TEST_EXPECT(file.ended);
}
