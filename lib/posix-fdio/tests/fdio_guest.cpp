// SPDX-License-Identifier: BSD-3-Clause
// The system calls that read and write, with a file in memory and a stream: what they answer, and
// the error that POSIX says where there is one.
#include <uk/abi/fcntl.h>
#include <uk/abi/ioctl.h>
#include <uk/abi/stat.h>
#include <uk/abi/uio.h>
#include <uk/abi/unistd.h>
#include <uk/posix/fdtab.hpp>
#include <uk/string.h>
#include <uk/syscall.h>
#include <uk/test.hpp>

namespace {

using uk::Errno;
using uk::Ref;
using uk::posix::fd_table;

// 64 bytes; a stream swallows and gives zeros.
class TestFile final : public uk::File {
  public:
    TestFile(uk::FileKind kind, uint32_t status) : File(kind, status) {}
    uk::Result<> stat(uk_stat& out) override {
        out.st_mode = UK_S_IFREG | 0644;
        out.st_size = sizeof(bytes);
        return uk::ok();
    }
    uk::Result<long> ioctl(unsigned request, uintptr_t argument) override {
        return request == 77 ? uk::Result<long>(static_cast<long>(argument) + 1) : Errno::notty;
    }

    char bytes[64] = {};
    uint32_t last_status = 0;

  private:
    uk::Result<size_t> do_read(uk::IoPieces& to, uk::FileIo& io) override {
        const size_t room = io.offset < sizeof(bytes) ? sizeof(bytes) - io.offset : 0;
        const size_t count = to.left() < room ? to.left() : room;
        UK_TRY(to.put(bytes + io.offset, count));
        return count;
    }
    uk::Result<size_t> do_write(uk::IoPieces& from, uk::FileIo& io) override {
        last_status = io.status;
        const size_t room = io.offset < sizeof(bytes) ? sizeof(bytes) - io.offset : 0;
        const size_t count = from.left() < room ? from.left() : room;
        if (count == 0 && from.left() != 0)
            return Errno::nospc;
        UK_TRY(from.take(bytes + io.offset, count));
        return count;
    }
    uk::Result<uint64_t> do_seek(uint64_t position, int64_t offset, int whence) override {
        const uint64_t base = whence == UK_SEEK_SET   ? 0
                              : whence == UK_SEEK_CUR ? position
                                                      : sizeof(bytes);
        return base + static_cast<uint64_t>(offset);
    }
    void destroy() override {} // it is on the test's stack
};

// A descriptor for it, while this lives.
struct Open {
    Open(uk::FileKind kind, uint32_t status)
        : file(kind, status), fd(fd_table().add(Ref<uk::File>::adopt(file), false).value_or(-1)) {}
    ~Open() { uk_sys_close(fd); }
    TestFile file;
    int fd;
};

constexpr long neg(Errno error) {
    return -static_cast<long>(error);
}
void* nowhere() {
    return reinterpret_cast<void*>(uintptr_t{8}); // page zero is never mapped
}

} // namespace

UK_TEST(reads_and_writes)
{
    Open open(uk::FileKind::seekable, UK_O_RDWR);
    char in[16] = {};
    UK_TEST_EXPECT(uk_sys_write(open.fd, "hello world", 11) == 11);
    UK_TEST_EXPECT(uk_sys_lseek(open.fd, 6, UK_SEEK_SET) == 6);
    UK_TEST_EXPECT(uk_sys_read(open.fd, in, 5) == 5 && memcmp(in, "world", 5) == 0);
    UK_TEST_EXPECT(uk_sys_pread64(open.fd, in, 5, 0) == 5 && memcmp(in, "hello", 5) == 0);
    UK_TEST_EXPECT(uk_sys_pwrite64(open.fd, "J", 1, 0) == 1 && open.file.bytes[0] == 'J');
    UK_TEST_EXPECT(uk_sys_lseek(open.fd, 0, UK_SEEK_CUR) == 11);
    UK_TEST_EXPECT(uk_sys_write(open.fd, in, 0) == 0);

    char a[3], b[4];
    const uk_iovec pieces[] = {{a, 3}, {nullptr, 0}, {b, 4}};
    UK_TEST_EXPECT(uk_sys_preadv(open.fd, pieces, 3, 2, 0) == 7);
    UK_TEST_EXPECT(memcmp(a, "llo", 3) == 0 && memcmp(b, " wor", 4) == 0);
    UK_TEST_EXPECT(uk_sys_pwritev(open.fd, pieces, 3, 20, 0) == 7);
    UK_TEST_EXPECT(memcmp(open.file.bytes + 20, "llo wor", 7) == 0);
    UK_TEST_EXPECT(uk_sys_writev(open.fd, pieces, 3) == 7);
    UK_TEST_EXPECT(uk_sys_lseek(open.fd, 11, UK_SEEK_SET) == 11);
    UK_TEST_EXPECT(uk_sys_readv(open.fd, pieces, 3) == 7);
    UK_TEST_EXPECT(uk_sys_lseek(open.fd, 0, UK_SEEK_END) == 64);
    UK_TEST_EXPECT(uk_sys_read(open.fd, in, 1) == 0);
    UK_TEST_EXPECT(uk_sys_write(open.fd, in, 1) == neg(Errno::nospc));
}

UK_TEST(errors_of_transfers)
{
    Open open(uk::FileKind::seekable, UK_O_RDWR);
    Open reader(uk::FileKind::seekable, UK_O_RDONLY);
    Open stream(uk::FileKind::stream, UK_O_WRONLY);
    char byte = 0;
    UK_TEST_EXPECT(uk_sys_read(-1, &byte, 1) == neg(Errno::badf));
    UK_TEST_EXPECT(uk_sys_read(1 << 30, &byte, 1) == neg(Errno::badf));
    UK_TEST_EXPECT(uk_sys_write(reader.fd, &byte, 1) == neg(Errno::badf));
    UK_TEST_EXPECT(uk_sys_read(stream.fd, &byte, 1) == neg(Errno::badf));
    UK_TEST_EXPECT(uk_sys_read(open.fd, nowhere(), 1) == neg(Errno::fault));
    UK_TEST_EXPECT(uk_sys_write(open.fd, nowhere(), 1) == neg(Errno::fault));
    UK_TEST_EXPECT(uk_sys_read(open.fd, &byte, ~size_t{0}) == neg(Errno::inval));
    UK_TEST_EXPECT(uk_sys_pread64(open.fd, &byte, 1, -1) == neg(Errno::inval));
    UK_TEST_EXPECT(uk_sys_pwrite64(stream.fd, &byte, 1, 0) == neg(Errno::spipe));
    UK_TEST_EXPECT(uk_sys_lseek(stream.fd, 0, UK_SEEK_CUR) == neg(Errno::spipe));
    UK_TEST_EXPECT(uk_sys_lseek(open.fd, 0, 99) == neg(Errno::inval));
    UK_TEST_EXPECT(uk_sys_lseek(-1, 0, UK_SEEK_SET) == neg(Errno::badf));

    uk_iovec pieces[9] = {};
    const auto* list = static_cast<const uk_iovec*>(pieces);
    UK_TEST_EXPECT(uk_sys_readv(open.fd, list, 0) == 0);
    UK_TEST_EXPECT(uk_sys_readv(open.fd, list, 9) == 0);
    UK_TEST_EXPECT(uk_sys_readv(open.fd, list, 1025) == neg(Errno::inval));
    UK_TEST_EXPECT(uk_sys_readv(open.fd, static_cast<const uk_iovec*>(nowhere()), 1) ==
                   neg(Errno::fault));
    UK_TEST_EXPECT(uk_sys_readv(open.fd, static_cast<const uk_iovec*>(nowhere()), 100) ==
                   neg(Errno::fault));
    pieces[0] = pieces[1] = {&byte, ~size_t{0} >> 1};
    UK_TEST_EXPECT(uk_sys_writev(open.fd, list, 2) == neg(Errno::inval));
    pieces[1] = {nowhere(), 1};
    pieces[0] = {&byte, 1};
    UK_TEST_EXPECT(uk_sys_readv(open.fd, list, 2) == neg(Errno::fault));
    UK_TEST_EXPECT(uk_sys_preadv(open.fd, list, 1, ~0UL, 0) == neg(Errno::inval));
}

UK_TEST(stat_of_a_descriptor)
{
    Open open(uk::FileKind::seekable, UK_O_RDWR);
    uk_stat stat;
    memset(&stat, 0xff, sizeof(stat));
    UK_TEST_EXPECT(uk_sys_fstat(open.fd, &stat) == 0);
    UK_TEST_EXPECT(stat.st_mode == (UK_S_IFREG | 0644) && stat.st_size == 64 && stat.st_ino == 0);
    UK_TEST_EXPECT(uk_sys_fstat(open.fd, static_cast<uk_stat*>(nowhere())) == neg(Errno::fault));
    UK_TEST_EXPECT(uk_sys_fstat(-1, &stat) == neg(Errno::badf));
    UK_TEST_EXPECT(uk_sys_newfstatat(open.fd, "", &stat, UK_AT_EMPTY_PATH) == 0);
    UK_TEST_EXPECT(uk_sys_newfstatat(open.fd, "", &stat, 0) == neg(Errno::noent));
}

UK_TEST(flags_of_descriptors_and_files)
{
    Open open(uk::FileKind::seekable, UK_O_RDWR);
    UK_TEST_EXPECT(uk_sys_fcntl(open.fd, UK_F_GETFD, 0) == 0);
    UK_TEST_EXPECT(uk_sys_ioctl(open.fd, UK_FIOCLEX, 0) == 0);
    UK_TEST_EXPECT(uk_sys_fcntl(open.fd, UK_F_GETFD, 0) == UK_FD_CLOEXEC);
    UK_TEST_EXPECT(uk_sys_fcntl(open.fd, UK_F_SETFD, 0) == 0);
    UK_TEST_EXPECT(uk_sys_fcntl(open.fd, UK_F_GETFD, 0) == 0);
    const long other = uk_sys_fcntl(open.fd, UK_F_DUPFD_CLOEXEC, 200);
    UK_TEST_EXPECT(other == 200);
    UK_TEST_EXPECT(uk_sys_fcntl(200, UK_F_GETFD, 0) == UK_FD_CLOEXEC);
    UK_TEST_EXPECT(uk_sys_fcntl(200, UK_F_SETFL, UK_O_APPEND | UK_O_WRONLY) == 0);
    UK_TEST_EXPECT(uk_sys_fcntl(open.fd, UK_F_GETFL, 0) == (UK_O_RDWR | UK_O_APPEND)); // shared
    int on = 1;
    UK_TEST_EXPECT(uk_sys_ioctl(open.fd, UK_FIONBIO, reinterpret_cast<unsigned long>(&on)) == 0);
    UK_TEST_EXPECT(uk_sys_write(open.fd, "x", 1) == 1);
    UK_TEST_EXPECT(open.file.last_status == (UK_O_RDWR | UK_O_APPEND | UK_O_NONBLOCK));
    UK_TEST_EXPECT(uk_sys_close(200) == 0);
    UK_TEST_EXPECT(uk_sys_fcntl(200, UK_F_GETFL, 0) == neg(Errno::badf));
    UK_TEST_EXPECT(uk_sys_fcntl(open.fd, 4711, 0) == neg(Errno::inval));
    UK_TEST_EXPECT(uk_sys_fcntl(200, 4711, 0) == neg(Errno::badf));
    UK_TEST_EXPECT(uk_sys_fcntl(open.fd, UK_F_DUPFD, ~0UL) == neg(Errno::inval));
    UK_TEST_EXPECT(uk_sys_ioctl(open.fd, 77, 5) == 6);
    UK_TEST_EXPECT(uk_sys_ioctl(open.fd, 78, 5) == neg(Errno::notty));
}
