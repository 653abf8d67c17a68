// SPDX-License-Identifier: BSD-3-Clause
// hostfs in the suites of file systems, over folders of the host; and what only it can get wrong.
#include <filesystem>
#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

#include <uk/abi/mount.h>
#include <uk/hostfs/mount.hpp>
#include <uk/vfs/conformance.hpp>
#include <uk/vfs/conformance_changes.hpp>
#include <uk/vfs/conformance_load.hpp>
#include <uk/vfs/operations.hpp>

namespace {

namespace fs = std::filesystem;
using uk::Errno;
using uk::Ref;
using uk::vfs::FileSystem;
using uk::vfs::Node;
using uk::vfs::NodeKind;
using uk::vfs::conformance::Hand;

size_t descriptors() {
    size_t count = 0;
    for ([[maybe_unused]] const auto& each : fs::directory_iterator("/proc/self/fd"))
        count++;
    return count;
}

// Folders of the host, which go when the process ends.
class Folders {
  public:
    ~Folders() {
        for (const std::string& folder : all_)
            fs::remove_all(folder);
    }
    std::string make() {
        std::string name = testing::TempDir() + "hostfs-XXXXXX";
        EXPECT_NE(mkdtemp(name.data()), nullptr);
        all_.push_back(name);
        return name;
    }

  private:
    std::vector<std::string> all_;
};
Folders g_folders;

void plant(const std::string& folder, const uk::vfs::conformance::Plant& what) {
    const std::string path = folder + "/" + what.path;
    if (what.kind == NodeKind::link) {
        fs::create_symlink(what.text, path);
        return;
    }
    if (what.kind == NodeKind::directory)
        fs::create_directory(path);
    else
        std::ofstream(path) << what.text;
    chmod(path.c_str(), what.permissions);
}

struct HostUnderTest {
    static uk::Result<Ref<FileSystem>> make(const uk::vfs::conformance::Planted& tree) {
        const std::string folder = g_folders.make();
        for (const auto& each : tree)
            plant(folder, each);
        return uk::hostfs::mount({.source = folder});
    }
    static uk::Result<Ref<FileSystem>> make_small(uint64_t /*bytes*/, uint64_t /*nodes*/) {
        return Errno::nosys; // it is as large as the host's
    }
    static size_t held() { return uk::fakes::heap_live_blocks() + descriptors(); }
    static bool may_all() { return geteuid() == 0; }
    static void let_time_pass() { usleep(20'000); }
};

using Kind = testing::Types<HostUnderTest>;
INSTANTIATE_TYPED_TEST_SUITE_P(Host, FileSystemReads, Kind);
INSTANTIATE_TYPED_TEST_SUITE_P(Host, FileSystemChanges, Kind);
// Needs file systems of a size and a depth of their own. What fits is below.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(FileSystemLoad);

class HostFolder : public testing::Test {
  protected:
    void mount(uint32_t flags = 0) {
        made_ = uk::hostfs::mount({.source = inside_, .flags = flags}).take();
    }
    void TearDown() override {
        made_ = {};
        EXPECT_EQ(uk::fakes::heap_live_blocks(), blocks_);
        EXPECT_EQ(descriptors(), before_);
    }
    Hand hand() { return Hand(*made_); }

    size_t blocks_ = uk::fakes::heap_live_blocks();
    std::string outside_ = g_folders.make();
    std::string inside_ = outside_ + "/in";
    bool made_inside_ = fs::create_directory(inside_);
    size_t before_ = descriptors();
    Ref<FileSystem> made_;
};

TEST_F(HostFolder, RandomOperationsAgainstAModel) {
    mount();
    uk::vfs::conformance::Model model(*made_, 6);
    for (int i = 0; i < 3000 && !HasFatalFailure(); i++)
        model.step();
    if (!HasFatalFailure())
        model.compare();
}

TEST_F(HostFolder, ThreadsInTheSameDirectories) {
    mount();
    Hand all = hand();
    for (const char* folder : {"a", "b", "a/c"})
        ASSERT_TRUE(all.folder(folder).ok());
    std::vector<std::thread> threads;
    for (unsigned number = 0; number < 4; number++)
        threads.emplace_back([&all, number] { uk::vfs::conformance::work_on_files(all, number); });
    for (std::thread& thread : threads)
        thread.join();
}

TEST_F(HostFolder, NoWayLeadsOut) {
    std::ofstream(outside_ + "/secret") << "secret";
    fs::create_symlink(outside_, inside_ + "/absolute");
    fs::create_symlink("..", inside_ + "/up");
    fs::create_directory(inside_ + "/d");
    mount();
    uk::vfs::MountTable table;
    uk::vfs::Place root = UK_MUST(table.mount({}, made_, UK_MUST(made_->root()), 0, "host"));
    {
        const uk::vfs::At at{.root = root, .start = root, .table = table};
        for (const std::string& path :
             {std::string("../secret"), std::string("d/../../secret"), std::string("up/secret"),
              std::string("absolute/secret"), std::string("/../../secret"), outside_ + "/secret"})
            EXPECT_EQ(uk::vfs::find(at, path).code(), Errno::noent) << path;
        EXPECT_TRUE(uk::vfs::find(at, "up/d").ok()) << "'..' of the root is the root";
    }
    root = {};
    table.clear();
}

TEST_F(HostFolder, AFolderThatIsMovedOutHasNothingAbove) {
    fs::create_directories(inside_ + "/d/e");
    mount();
    Hand all = hand();
    Ref<Node> folder = all.walk("d/e").take();
    fs::rename(inside_ + "/d", outside_ + "/d");
    {
        uk::vfs::conformance::Shared guard(folder->lock());
        EXPECT_EQ(folder->parent().code(), Errno::noent);
    }
    fs::rename(outside_ + "/d", inside_ + "/again");
    {
        uk::vfs::conformance::Shared guard(folder->lock());
        EXPECT_EQ(folder->parent().take().get(), all.walk("again").take().get());
    }
}

TEST_F(HostFolder, WhatTheHostChangesIsSeen) {
    mount();
    Hand all = hand();
    ASSERT_TRUE(all.file("f", "ours").ok());
    std::ofstream(inside_ + "/f", std::ios::app) << " and theirs";
    std::ofstream(inside_ + "/g") << "new";
    EXPECT_EQ(all.read("f").take(), "ours and theirs");
    EXPECT_EQ(all.read("g").take(), "new");
    Ref<Node> node = all.walk("f").take();
    fs::remove(inside_ + "/f");
    EXPECT_EQ(all.walk("f").code(), Errno::noent);
    EXPECT_EQ(all.read(*node, 0, 100).take(), "ours and theirs");
    EXPECT_EQ(all.remove("f").code(), Errno::noent);
    std::ofstream(inside_ + "/f") << "another";
    EXPECT_NE(all.walk("f").take().get(), node.get());
}

TEST_F(HostFolder, ReadOnlyChangesNothing) {
    std::ofstream(inside_ + "/f") << "text";
    mount(UK_MS_RDONLY);
    EXPECT_TRUE(made_->read_only());
    EXPECT_EQ(hand().read("f").take(), "text");
    EXPECT_TRUE(made_->sync().ok());
}

TEST_F(HostFolder, LargeFilesGoInPieces) {
    mount();
    Hand all = hand();
    const std::string text = uk::vfs::conformance::pattern(200'003, 5);
    ASSERT_TRUE(all.file("f", text).ok());
    EXPECT_TRUE(all.read("f").take() == text);
    EXPECT_EQ(fs::file_size(inside_ + "/f"), text.size());
    ASSERT_TRUE(all.resize("f", 10).ok());
    EXPECT_EQ(fs::file_size(inside_ + "/f"), 10u);
}

TEST_F(HostFolder, FailuresOfMemoryLeaveNothing) {
    fs::create_directory(inside_ + "/d");
    fs::create_symlink("d", inside_ + "/l");
    mount();
    for (const char* path : {"d", "l"}) {
        for (size_t failing = 1;; failing++) {
            uk::fakes::heap_fail_at(failing);
            const auto found = hand().walk(path);
            const bool failed = uk::fakes::heap_failed();
            uk::fakes::heap_fail_at(0);
            if (!failed) {
                EXPECT_TRUE(found.ok());
                break;
            }
            EXPECT_TRUE(found.ok() || found.code() == Errno::nomem); // links may do with more
        }
    }
}

TEST(HostMount, SaysWhatIsWrong) {
    EXPECT_EQ(uk::hostfs::mount({.source = "/none/such"}).code(), Errno::noent);
    EXPECT_EQ(uk::hostfs::mount({.source = "/etc/passwd"}).code(), Errno::notdir);
    EXPECT_EQ(uk::hostfs::mount({}).code(), Errno::inval);
    EXPECT_EQ(uk::hostfs::mount({.source = "/", .options = "size=1"}).code(), Errno::inval);
    EXPECT_EQ(uk::hostfs::mount({.source = std::string(5000, 'x')}).code(), Errno::inval);
}

} // namespace
