// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: files in memory, by paths, on a machine: threads on all CPUs in the same
// directories with every byte checked; memory that comes back.
#include <uk/abi/fcntl.h>
#include <uk/abi/unistd.h>
#include <uk/alloc/heap.hpp>
#include <uk/falloc/frame_allocator.hpp>
#include <uk/format.h>
#include <uk/ramfs/file_system.hpp>
#include <uk/sched/test.hpp>
#include <uk/string.h>
#include <uk/test.hpp>
#include <uk/vfs/mounting.hpp>

namespace {

using uk::Errno;
using uk::File;
using uk::Ref;
using uk::Result;
using uk::Thread;
using uk::vfs::At;
using uk::vfs::MountTable;
using uk::vfs::Place;
namespace vfs = uk::vfs;
namespace sched = uk::sched;

// A tree of its own, beside what the image has mounted.
class World {
  public:
    explicit World(std::string_view options = {}) {
        Ref<vfs::FileSystem> made = UK_MUST(uk::ramfs::mount({.options = options}));
        Ref<vfs::Node> node = UK_MUST(made->root());
        root_ = UK_MUST(table_.mount({}, std::move(made), std::move(node), 0, "test"));
    }
    ~World() {
        root_ = {};
        table_.clear();
    }
    At at() { return {.root = root_, .start = root_, .table = table_}; }

  private:
    MountTable table_;
    Place root_;
};

struct Path {
    Path(const char* folder, unsigned thread, unsigned number) {
        size = static_cast<size_t>(
            uk_scnprintf(text, sizeof(text), "%s/t%u.%u", folder, thread, number));
    }
    std::string_view view() const { return {text, size}; }
    char text[64];
    size_t size;
};

char byte_of(uint32_t seed, size_t at) {
    return static_cast<char>(seed * 31 + at * 7 + (at >> 8));
}

constexpr size_t kPart = 512;

Result<> write_all(File& file, uint32_t seed, size_t size) {
    char part[kPart];
    for (size_t done = 0; done < size;) {
        const size_t count = size - done < kPart ? size - done : kPart;
        for (size_t i = 0; i < count; i++)
            part[i] = byte_of(seed, done + i);
        const uk::IoPiece piece{part, count};
        uk::IoPieces from({&piece, 1}, uk::IoMemory::kernel);
        const size_t written = UK_TRY(file.write(from));
        if (written == 0)
            return Errno::io;
        done += written;
    }
    return uk::ok();
}

// EIO: other bytes, or another size.
Result<> check_all(File& file, uint32_t seed, size_t size) {
    char part[kPart];
    for (size_t done = 0;;) {
        const uk::IoPiece piece{part, kPart};
        uk::IoPieces to({&piece, 1}, uk::IoMemory::kernel);
        const size_t count = UK_TRY(file.read(to));
        if (count == 0)
            return done == size ? Errno::ok : Errno::io;
        for (size_t i = 0; i < count; i++) {
            if (part[i] != byte_of(seed, done + i))
                return Errno::io;
        }
        done += count;
    }
}

Result<> make_file(const At& at, std::string_view path, uint32_t seed, size_t size) {
    Ref<File> file = UK_TRY(vfs::open(at, path, UK_O_CREAT | UK_O_EXCL | UK_O_WRONLY, 0644));
    return write_all(*file, seed, size);
}
Result<> check_file(const At& at, std::string_view path, uint32_t seed, size_t size) {
    return check_all(*UK_TRY(vfs::open(at, path, UK_O_RDONLY, 0)), seed, size);
}

struct Work {
    World* world;
    unsigned number;
    Errno problem;
};

constexpr const char* kFolders[] = {"a", "b", "a/c", "."};
constexpr unsigned kRounds = 60;

// Names of its own in folders that all share.
Result<> one_round(const At& at, unsigned thread, unsigned round) {
    const uint32_t seed = thread * 1000 + round;
    const size_t size = seed * 2654435761U % 30'000;
    const Path first(kFolders[round % 4], thread, round % 7);
    const Path second(kFolders[(round + thread) % 4], thread, 100 + round % 5);
    UK_TRY(make_file(at, first.view(), seed, size));
    UK_TRY(check_file(at, first.view(), seed, size));
    Ref<File> open = UK_TRY(vfs::open(at, first.view(), UK_O_RDONLY, 0));
    UK_TRY(vfs::rename(at, first.view(), at, second.view(), 0));
    UK_TRY(check_file(at, second.view(), seed, size));
    UK_TRY(vfs::unlink(at, second.view()));
    UK_TRY(check_all(*open, seed, size)); // it has no name any more
    if (vfs::find(at, first.view()).code() != Errno::noent)
        return Errno::exist;
    const Path folder(kFolders[(round + 1) % 4], thread, 200);
    UK_TRY(vfs::make_directory(at, folder.view(), 0755));
    const Path moved(kFolders[(round + 2) % 4], thread, 201);
    UK_TRY(vfs::rename(at, folder.view(), at, moved.view(), 0));
    return vfs::remove_directory(at, moved.view());
}

void* work(void* argument) {
    Work& mine = *static_cast<Work*>(argument);
    for (unsigned round = 0; round < kRounds && mine.problem == Errno::ok; round++)
        mine.problem = one_round(mine.world->at(), mine.number, round).code();
    return nullptr;
}

} // namespace

UK_TEST(threads_in_the_same_directories)
{
    UK_TEST_NEEDS_THREADS;
    World world;
    for (const char* folder : {"a", "b", "a/c"})
        UK_TEST_EXPECT(vfs::make_directory(world.at(), folder, 0755).ok());
    Work works[4];
    Ref<Thread> threads[4];
    for (unsigned i = 0; i < 4; i++) {
        works[i] = {&world, i, Errno::ok};
        threads[i] = UK_MUST(sched::create({"files"}, work, &works[i]));
    }
    for (unsigned i = 0; i < 4; i++) {
        (void)UK_MUST(sched::join(*threads[i]));
        UK_TEST_EXPECT_EQ(static_cast<int>(works[i].problem), 0);
    }
}

UK_TEST(frames_come_back)
{
    const auto once = [&] {
        World world;
        UK_TEST_EXPECT(vfs::make_directory(world.at(), "d", 0755).ok());
        for (unsigned i = 0; i < 200; i++)
            UK_TEST_EXPECT(make_file(world.at(), Path("d", 0, i).view(), i, i * 100).ok());
        for (unsigned i = 0; i < 200; i += 2)
            UK_TEST_EXPECT(vfs::unlink(world.at(), Path("d", 0, i).view()).ok());
    };
    // The heap may keep frames, and give them back in its own time.
    const auto frames = [] {
        return uk::falloc::stats().free_bytes + uk::heap::stats().total_bytes;
    };
    const auto blocks = [] {
        const uk::HeapStats heap = uk::heap::stats();
        return heap.total_bytes - heap.free_bytes;
    };
    once(); // what is made once is there
    (void)uk::heap::trim();
    const uint64_t frames_before = frames();
    const size_t blocks_before = blocks();
    once();
    (void)uk::heap::trim();
    UK_TEST_EXPECT_EQ(frames(), frames_before);
    UK_TEST_EXPECT_EQ(blocks(), blocks_before);
}

UK_TEST(full_file_system_says_so_and_goes_on)
{
    World world("size=64k,nr_inodes=10");
    UK_TEST_EXPECT(make_file(world.at(), "large", 1, 100'000).code() == Errno::nospc);
    UK_TEST_EXPECT(make_file(world.at(), "other", 2, 1).code() == Errno::nospc);
    UK_TEST_EXPECT(vfs::unlink(world.at(), "large").ok());
    UK_TEST_EXPECT(vfs::unlink(world.at(), "other").ok());
    UK_TEST_EXPECT(make_file(world.at(), "fits", 3, 65'536).ok());
    UK_TEST_EXPECT(check_file(world.at(), "fits", 3, 65'536).ok());
}

UK_TEST(many_names_in_one_directory)
{
    constexpr unsigned kNames = 20'000; // on the host 100,000 in make check-all
    World world("nr_inodes=0");
    unsigned failed = 0;
    for (unsigned i = 0; i < kNames; i++)
        failed += !vfs::make_directory(world.at(), Path("", 0, i).view(), 0755).ok();
    for (unsigned i = 0; i < kNames; i += 101)
        failed += !vfs::find(world.at(), Path("", 0, i).view()).ok();
    UK_TEST_EXPECT_EQ(failed, 0);
}
