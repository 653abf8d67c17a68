// SPDX-License-Identifier: BSD-3-Clause
// Pieces of memory, and what all open files have: position, access mode, status, references.
#include <atomic>
#include <cstring>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <uk/abi/unistd.h>
#include <uk/base/ref.hpp>
#include <uk/file/basic_file.hpp>
#include <uk/user.hpp>

#include "host_lock.hpp"

// No address here faults, so nothing has to be repaired.
bool uk::user::detail::may_touch() {
    return true;
}

namespace {

using uk::Errno;
using uk::IoMemory;
using uk::IoPiece;
using uk::IoPieces;

using AnyFile = uk::BasicFile<HostLock>;

// A file in memory.
class MemoryFile final : public AnyFile {
  public:
    MemoryFile(uk::FileKind kind, uint32_t status, std::atomic<int>* gone = nullptr)
        : BasicFile(kind, status), gone_(gone) {}
    uk::Result<> stat(uk_stat& /*out*/) override { return uk::ok(); }

    std::string bytes;
    uint32_t last_status = 0;

  private:
    uk::Result<size_t> do_read(IoPieces& to, uk::FileIo& io) override {
        last_status = io.status;
        if (io.offset >= bytes.size())
            return size_t{0};
        const size_t count = std::min(to.left(), bytes.size() - io.offset);
        UK_TRY(to.put(bytes.data() + io.offset, count));
        return count;
    }
    uk::Result<size_t> do_write(IoPieces& from, uk::FileIo& io) override {
        last_status = io.status;
        if ((io.status & UK_O_APPEND) != 0)
            io.offset = bytes.size();
        const size_t count = from.left();
        if (bytes.size() < io.offset + count)
            bytes.resize(io.offset + count);
        UK_TRY(from.take(bytes.data() + io.offset, count));
        return count;
    }
    uk::Result<uint64_t> do_seek(uint64_t position, int64_t offset, int whence) override {
        const uint64_t base = whence == UK_SEEK_SET   ? 0
                              : whence == UK_SEEK_CUR ? position
                                                      : bytes.size();
        if (offset < 0 && base < static_cast<uint64_t>(-offset))
            return Errno::inval;
        return base + static_cast<uint64_t>(offset);
    }
    void destroy() override {
        if (gone_ != nullptr)
            ++*gone_;
        delete this;
    }

    std::atomic<int>* gone_;
};

uk::Ref<MemoryFile> make(uk::FileKind kind, uint32_t status, std::atomic<int>* gone = nullptr) {
    return uk::Ref<MemoryFile>::adopt(*new MemoryFile(kind, status, gone));
}

uk::Result<size_t> write(AnyFile& file, std::string text) {
    const IoPiece piece{text.data(), text.size()};
    IoPieces from({&piece, 1}, IoMemory::kernel);
    return file.write(from);
}
std::string read(AnyFile& file, size_t size) {
    std::string text(size, '?');
    const IoPiece piece{text.data(), size};
    IoPieces to({&piece, 1}, IoMemory::kernel);
    text.resize(file.read(to).value_or(size_t{0}));
    return text;
}

TEST(IoPieces, MoveThroughAnyPieces) {
    std::minstd_rand random(7);
    for (int round = 0; round < 2000; round++) {
        std::vector<std::vector<char>> memory(random() % 6);
        std::vector<IoPiece> pieces;
        size_t total = 0;
        for (auto& part : memory) {
            part.resize(random() % 9); // some are empty
            pieces.push_back({part.data(), part.size()});
            total += part.size();
        }
        std::string source(total, ' ');
        for (char& c : source)
            c = static_cast<char>('a' + random() % 26);
        IoPieces to(pieces, round % 2 == 0 ? IoMemory::kernel : IoMemory::application);
        IoPieces from(pieces, round % 2 == 0 ? IoMemory::kernel : IoMemory::application);
        ASSERT_EQ(to.left(), total);
        for (size_t at = 0; to.left() != 0;) {
            const size_t count = random() % (to.left() + 1);
            ASSERT_TRUE(to.put(source.data() + at, count).ok());
            at += count;
        }
        std::string joined;
        for (const auto& part : memory)
            joined.append(part.data(), part.size());
        ASSERT_EQ(joined, source);
        std::string back(total, ' ');
        for (size_t at = 0; from.left() != 0;) {
            const size_t count = random() % (from.left() + 1);
            ASSERT_TRUE(from.take(back.data() + at, count).ok());
            at += count;
        }
        ASSERT_EQ(back, source);
    }
}

TEST(IoPieces, AFaultLeavesTheCursor) {
    char good[4] = {};
    const IoPiece pieces[] = {{good, 4}, {reinterpret_cast<void*>(~uintptr_t{0}), 8}};
    IoPieces to(pieces, IoMemory::application);
    EXPECT_EQ(to.put("abcdefgh", 8).code(), Errno::fault);
    EXPECT_EQ(to.left(), 12u);
    EXPECT_TRUE(to.put("wxyz", 4).ok());
    EXPECT_EQ(std::string(good, 4), "wxyz");
    EXPECT_EQ(to.put("!", 1).code(), Errno::fault);
}

TEST(IoPieces, Limit) {
    char memory[8] = {};
    const IoPiece piece{memory, 8};
    IoPieces to({&piece, 1}, IoMemory::kernel);
    to.limit(100);
    EXPECT_EQ(to.left(), 8u);
    to.limit(3);
    EXPECT_EQ(to.left(), 3u);
    EXPECT_TRUE(to.put("abc", 3).ok());
    EXPECT_EQ(to.left(), 0u);
}

TEST(File, PositionGoesWithReadsAndWrites) {
    auto file = make(uk::FileKind::seekable, UK_O_RDWR);
    EXPECT_EQ(write(*file, "hello ").value(), 6u);
    EXPECT_EQ(write(*file, "world").value(), 5u);
    EXPECT_EQ(read(*file, 5), "");
    EXPECT_EQ(file->seek(-5, UK_SEEK_END).value(), 6u);
    EXPECT_EQ(read(*file, 3), "wor");
    EXPECT_EQ(file->seek(0, UK_SEEK_CUR).value(), 9u);
    EXPECT_EQ(file->seek(-10, UK_SEEK_CUR).code(), Errno::inval);
    EXPECT_EQ(read(*file, 9), "ld"); // a seek that failed moved nothing

    char out[4];
    const IoPiece piece{out, 4};
    IoPieces to({&piece, 1}, IoMemory::kernel);
    EXPECT_EQ(file->read_at(to, 1).value(), 4u);
    EXPECT_EQ(std::string(out, 4), "ello");
    EXPECT_EQ(file->seek(0, UK_SEEK_CUR).value(), 11u);
}

TEST(File, AppendWritesAtTheEnd) {
    auto file = make(uk::FileKind::seekable, UK_O_RDWR);
    EXPECT_TRUE(write(*file, "12345").ok());
    EXPECT_EQ(file->seek(1, UK_SEEK_SET).value(), 1u);
    file->set_status(UK_O_APPEND | UK_O_WRONLY | UK_O_CREAT);
    EXPECT_EQ(file->status(), uint32_t{UK_O_RDWR | UK_O_APPEND});
    EXPECT_TRUE(write(*file, "67").ok());
    EXPECT_EQ(file->bytes, "1234567");
    EXPECT_EQ(file->seek(0, UK_SEEK_CUR).value(), 7u);
    file->set_status(UK_O_NONBLOCK);
    EXPECT_EQ(read(*file, 1), "");
    EXPECT_EQ(file->last_status, uint32_t{UK_O_RDWR | UK_O_NONBLOCK});
}

TEST(File, AccessModes) {
    auto reader = make(uk::FileKind::seekable, UK_O_RDONLY);
    auto writer = make(uk::FileKind::stream, UK_O_WRONLY);
    auto neither = make(uk::FileKind::stream, UK_O_ACCMODE);
    EXPECT_EQ(write(*reader, "x").code(), Errno::badf);
    EXPECT_EQ(write(*neither, "x").code(), Errno::badf);
    EXPECT_TRUE(write(*writer, "x").ok());
    char out;
    const IoPiece piece{&out, 1};
    IoPieces to({&piece, 1}, IoMemory::kernel);
    EXPECT_EQ(reader->read(to).value(), 0u);
    EXPECT_EQ(writer->read(to).code(), Errno::badf);
    EXPECT_EQ(neither->read(to).code(), Errno::badf);
    EXPECT_EQ(reader->write_at(to, 0).code(), Errno::badf);
}

TEST(File, StreamsHaveNoPosition) {
    auto file = make(uk::FileKind::stream, UK_O_RDWR);
    char out;
    const IoPiece piece{&out, 1};
    IoPieces to({&piece, 1}, IoMemory::kernel);
    EXPECT_EQ(file->seek(0, UK_SEEK_CUR).code(), Errno::spipe);
    EXPECT_EQ(file->read_at(to, 0).code(), Errno::spipe);
    EXPECT_EQ(file->write_at(to, 0).code(), Errno::spipe);

    auto still = make(uk::FileKind::still, UK_O_RDWR);
    EXPECT_EQ(still->seek(5, UK_SEEK_SET).value(), 0U);
    EXPECT_EQ(still->read_at(to, 0).code(), Errno::spipe);
    EXPECT_EQ(still->entries(to).code(), Errno::notdir);
    EXPECT_EQ(file->ioctl(1, 0).code(), Errno::notty);
}

TEST(File, GoesWithTheLastReference) {
    std::atomic<int> gone = 0;
    auto file = make(uk::FileKind::stream, UK_O_RDWR, &gone);
    auto again = file;
    file.reset();
    EXPECT_EQ(gone, 0);
    again.reset();
    EXPECT_EQ(gone, 1);
}

// Readers that share an open file get each byte once.
TEST(File, ThreadsShareThePosition) {
    std::atomic<int> gone = 0;
    auto file = make(uk::FileKind::seekable, UK_O_RDWR, &gone);
    constexpr size_t kBytes = 4000;
    file->bytes.resize(kBytes);
    for (size_t i = 0; i < kBytes; i++)
        file->bytes[i] = static_cast<char>(i * 7);
    std::atomic<size_t> total = 0;
    std::atomic<unsigned> sum = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; i++) {
        threads.emplace_back([&, mine = file] {
            for (std::string part; !(part = read(*mine, 7)).empty();) {
                total += part.size();
                for (char c : part)
                    sum += static_cast<unsigned char>(c);
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    unsigned expected = 0;
    for (char c : file->bytes)
        expected += static_cast<unsigned char>(c);
    EXPECT_EQ(total, kBytes);
    EXPECT_EQ(sum, expected);
    threads.clear();
    file.reset();
    EXPECT_EQ(gone, 1);
}

} // namespace
