// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: the files of an initrd in place, by threads on all CPUs, with every byte checked.
// tests/system/test_initrd.py packs the folder "bytes", whose files have the bytes of byte_of().
#include <uk/abi/fcntl.h>
#include <uk/abi/unistd.h>
#include <uk/format.h>
#include <uk/sched/test.hpp>
#include <uk/test.hpp>
#include <uk/vfs/mounting.hpp>

namespace {

using uk::Errno;
using uk::File;
using uk::Ref;
using uk::Result;
using uk::Thread;
using uk::vfs::At;
using uk::vfs::Place;
namespace vfs = uk::vfs;
namespace sched = uk::sched;

constexpr unsigned kFiles = 24;
constexpr unsigned kThreads = 4;
constexpr size_t kPart = 512;
constexpr uint8_t kWritten = 0x55; // exclusive-or with what was there

size_t size_of(unsigned file) {
    return file * 997 % 20'000 + file;
}
uint8_t byte_of(unsigned file, size_t at) {
    return static_cast<uint8_t>(file * 31 + at * 7 + (at >> 8));
}

// The archive, seen anew: nothing that was written through another mount of it is in this one.
class World {
  public:
    World() {
        const vfs::Driver* driver = vfs::find_driver("cpiofs");
        Result<Ref<vfs::FileSystem>> made = driver->mount({.source = "initrd0", .tentative = true});
        if (!made.ok())
            return;
        Ref<vfs::Node> node = UK_MUST(made.value()->root());
        root_ = UK_MUST(table_.mount({}, made.take(), std::move(node), 0, "test"));
    }
    ~World() {
        root_ = {};
        table_.clear();
    }
    [[nodiscard]] At at() { return {.root = root_, .start = root_, .table = table_}; }
    [[nodiscard]] bool has_files() { return root_ && vfs::find(at(), "bytes").ok(); }

  private:
    vfs::MountTable table_;
    Place root_;
};

Result<Ref<File>> open(World& world, unsigned file) {
    char path[32];
    const int size = uk_scnprintf(path, sizeof(path), "bytes/%u", file);
    return vfs::open(world.at(), {path, static_cast<size_t>(size)}, UK_O_RDWR, 0);
}

// EIO: other bytes, or another size. `mask`: what was written over them.
Result<> check(World& world, unsigned number, uint8_t mask) {
    Ref<File> file = UK_TRY(open(world, number));
    uint8_t part[kPart];
    for (size_t done = 0;;) {
        const uk::IoPiece piece{part, kPart};
        uk::IoPieces to({&piece, 1}, uk::IoMemory::kernel);
        const size_t count = UK_TRY(file->read(to));
        if (count == 0)
            return done == size_of(number) ? Errno::ok : Errno::io;
        for (size_t i = 0; i < count; i++) {
            if (part[i] != (byte_of(number, done + i) ^ mask))
                return Errno::io;
        }
        done += count;
    }
}

Result<> write_over(World& world, unsigned number, uint8_t mask) {
    Ref<File> file = UK_TRY(open(world, number));
    uint8_t part[kPart];
    for (size_t done = 0; done < size_of(number);) {
        const size_t left = size_of(number) - done;
        const size_t count = left < kPart ? left : kPart;
        for (size_t i = 0; i < count; i++)
            part[i] = byte_of(number, done + i) ^ mask;
        const uk::IoPiece piece{part, count};
        uk::IoPieces from({&piece, 1}, uk::IoMemory::kernel);
        done += UK_TRY(file->write(from));
    }
    return uk::ok();
}

struct Work {
    World* world;
    unsigned number;
    Errno problem;
};

// Everybody reads those that nobody writes, and writes over some that are his own.
Result<> work_of(World& world, unsigned thread) {
    for (unsigned i = 0; i < kFiles; i++) {
        const unsigned file = (i + thread * 7) % kFiles;
        if (file % 2 == 0) {
            UK_TRY(check(world, file, 0));
        } else if (file / 2 % kThreads == thread) {
            UK_TRY(check(world, file, 0));
            UK_TRY(write_over(world, file, kWritten));
            UK_TRY(check(world, file, kWritten));
        }
    }
    for (unsigned file = 1; file < kFiles; file += 2) {
        if (file / 2 % kThreads == thread)
            UK_TRY(check(world, file, kWritten));
    }
    return uk::ok();
}

void* work(void* argument) {
    Work& mine = *static_cast<Work*>(argument);
    mine.problem = work_of(*mine.world, mine.number).code();
    return nullptr;
}

// How many threads found something wrong.
unsigned run_all(World& world) {
    Work works[kThreads];
    Ref<Thread> threads[kThreads];
    for (unsigned i = 0; i < kThreads; i++) {
        works[i] = {&world, i, Errno::ok};
        threads[i] = UK_MUST(sched::create({"files"}, work, &works[i]));
    }
    unsigned wrong = 0;
    for (unsigned i = 0; i < kThreads; i++) {
        (void)UK_MUST(sched::join(*threads[i]));
        wrong += works[i].problem != Errno::ok;
    }
    return wrong;
}

} // namespace

UK_TEST(files_in_place_are_whole)
{
    UK_TEST_NEEDS_THREADS;
    {
        World world;
        if (!world.has_files()) {
            UK_TEST_SKIP("no initrd with files of tests/system/test_initrd.py");
        }
    }
    World first; // nobody has looked into it yet
    UK_TEST_EXPECT_EQ(run_all(first), 0u);
    World second;
    for (unsigned file = 0; file < kFiles; file++) {
        UK_TEST_EXPECT(check(second, file, 0).ok()); // what was written is not in the archive
        UK_TEST_EXPECT(check(first, file, file % 2 == 0 ? 0 : kWritten).ok());
    }
}
