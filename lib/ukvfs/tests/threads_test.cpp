// SPDX-License-Identifier: BSD-3-Clause
// Many threads in one tree: names that move, mounts that come and go, locks.
#include <random>
#include <thread>

#include <uk/abi/unistd.h>

#include "world.hpp"

namespace {

using uk::Errno;

using Threads = World;

constexpr int kThreads = 4;
constexpr int kSteps = 1500;

template <class Work>
void run(Work work) {
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; i++)
        threads.emplace_back([&, i] { work(static_cast<unsigned>(i)); });
    for (std::thread& thread : threads)
        thread.join();
}

bool is_expected(Errno error) {
    switch (error) {
    case Errno::ok:
    case Errno::noent:
    case Errno::exist:
    case Errno::notempty:
    case Errno::inval: // below itself
    case Errno::notdir:
    case Errno::isdir:
    case Errno::busy: // a mount point
    case Errno::xdev:
    case Errno::perm: // a link to a directory
    case Errno::loop:
        return true;
    default:
        return false;
    }
}

uk::vfs::MountTable* g_table;
int g_looks;

TEST_F(Threads, LookFirstOnce) {
    g_table = &table;
    g_looks = 0;
    table.at_first_look([](const uk::vfs::Place& first) {
        g_looks++;
        EXPECT_TRUE(uk::vfs::make_directory({.root = first, .start = first, .table = *g_table},
                                            "/usual", 0755)
                        .ok());
    });
    EXPECT_EQ(error_of("/usual"), Errno::noent) << "nobody has asked for the root";
    run([&](unsigned /*seed*/) {
        const uk::vfs::Place all = table.root();
        EXPECT_TRUE(all == root);
        EXPECT_TRUE(uk::vfs::find({.root = all, .start = all, .table = table}, "/usual").ok());
    });
    EXPECT_EQ(g_looks, 1);
}

TEST_F(Threads, MoveWhatOthersAreIn) {
    static const char* const kPaths[] = {"a",      "b",   "c",      "a/x",     "b/x",
                                         "c/x",    "a/y", "b/x/y",  "c/y/x",   "a/x/y/z",
                                         "a/../b", "./c", "b/x/..", "a/x/../y"};
    constexpr size_t kCount = sizeof(kPaths) / sizeof(kPaths[0]);
    run([&](unsigned seed) {
        std::mt19937 random(seed);
        const auto path = [&] { return std::string(kPaths[random() % kCount]); };
        for (int i = 0; i < kSteps; i++) {
            Errno done = Errno::ok;
            switch (random() % 9) {
            case 0:
            case 1:
                done = uk::vfs::make_directory(at(), path(), 0755).code();
                break;
            case 2:
                done = uk::vfs::remove_directory(at(), path()).code();
                break;
            case 3:
            case 4:
                done = uk::vfs::rename(at(), path(), at(), path(), 0).code();
                break;
            case 5:
                done = uk::vfs::rename(at(), path(), at(), path(), UK_RENAME_EXCHANGE).code();
                break;
            case 6:
                done = uk::vfs::unlink(at(), path()).code();
                break;
            case 7:
                done = uk::vfs::open(at(), path(), UK_O_CREAT | UK_O_RDWR, 0644).code();
                break;
            default: {
                auto there = uk::vfs::find(at(), path());
                done = there.code();
                if (there.ok() && there.value().node->is_directory()) {
                    char room[uk::vfs::kMostPath];
                    auto name = uk::vfs::path_of(table, root, there.value(), {}, room);
                    EXPECT_TRUE(name.ok() || name.code() == Errno::noent);
                }
            }
            }
            EXPECT_TRUE(is_expected(done)) << uk::errno_name(done);
        }
    });
}

TEST_F(Threads, MountWhereOthersWalk) {
    mkdir("m");
    mkdir("m/inner");
    mkdir("elsewhere");
    run([&](unsigned seed) {
        std::mt19937 random(seed);
        for (int i = 0; i < kSteps / 4; i++) {
            Errno done = Errno::ok;
            switch (random() % 5) {
            case 0: {
                auto file_system = tiny::TinyFs::create();
                auto node = UK_MUST(file_system->root());
                auto on = uk::vfs::find(at(), "m");
                done = table
                           .mount({.on = UK_MUST(std::move(on)), .folder = {}},
                                  std::move(file_system), std::move(node), 0, "tiny")
                           .code();
                break;
            }
            case 1:
                done = table.unmount(place("m"), random() % 2 == 0).code();
                break;
            case 2:
                done = table.move(place("m"), {.on = place("elsewhere"), .folder = {}}).code();
                break;
            case 3:
                done = table.unmount(place("elsewhere"), true).code();
                break;
            default:
                done = uk::vfs::find(at(), "m/inner/../../m/inner").code();
            }
            EXPECT_TRUE(is_expected(done)) << uk::errno_name(done);
        }
    });
}

TEST_F(Threads, AppendWholeRecords) {
    touch("log");
    run([&](unsigned seed) {
        auto file = open("log", UK_O_WRONLY | UK_O_APPEND);
        for (int i = 0; i < kSteps / 4; i++)
            UK_MUST(write(*file, std::string(10, static_cast<char>('a' + seed))));
    });
    const std::string text = read(*open("log", UK_O_RDONLY), 1 << 20);
    ASSERT_EQ(text.size(), size_t{kThreads} * (kSteps / 4) * 10);
    for (size_t at = 0; at < text.size(); at += 10)
        ASSERT_EQ(text.substr(at, 10), std::string(10, text[at]));
}

TEST_F(Threads, ExcludeEachOtherByLocks) {
    touch("f");
    int inside = 0; // guarded by the lock alone
    run([&](unsigned seed) {
        auto file = open("f", UK_O_RDWR);
        for (int i = 0; i < kSteps / 4; i++) {
            uk_flock range{UK_F_WRLCK, UK_SEEK_SET, 5, 3, 0};
            const auto argument = reinterpret_cast<uintptr_t>(&range);
            if (seed % 2 == 0)
                UK_MUST(file->opened_node()->lock_file(UK_LOCK_EX));
            UK_MUST(file->control(UK_F_OFD_SETLKW, argument));
            inside++;
            range.l_type = UK_F_UNLCK;
            UK_MUST(file->control(UK_F_OFD_SETLKW, argument));
            if (seed % 2 == 0)
                UK_MUST(file->opened_node()->lock_file(UK_LOCK_UN));
        }
    });
    EXPECT_EQ(inside, kThreads * (kSteps / 4));
}

} // namespace
