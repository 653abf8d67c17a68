// SPDX-License-Identifier: BSD-3-Clause
// What nodes do that bring nothing of their own.
#include <gtest/gtest.h>

#include <uk/vfs/file_system.hpp>
#include <uk/vfs/mount.hpp>
#include <uk/vfs/node.hpp>

namespace {

using uk::Errno;

class PlainFileSystem;

class PlainNode final : public uk::vfs::Node {
  public:
    PlainNode(uk::vfs::FileSystem& file_system, uk::vfs::NodeKind kind, int& gone)
        : Node(file_system, kind), gone_(gone) {}
    void facts(uk::vfs::Facts& out) override { out.size = 100; }

  private:
    void destroy() override {
        gone_++;
        delete this;
    }

    int& gone_;
};

class PlainFileSystem final : public uk::vfs::FileSystem {
  public:
    PlainFileSystem() : FileSystem("plain", false) {}
    ~PlainFileSystem() = default;
    uk::Result<uk::Ref<uk::vfs::Node>> root() override { return Errno::noent; }
    void facts(uk::vfs::FileSystemFacts& /*out*/) override {}

  private:
    void destroy() override {}
};

TEST(Node, LivesAsLongAsItsReferences) {
    PlainFileSystem file_system;
    int gone = 0;
    auto node =
        uk::Ref<PlainNode>::adopt(*new PlainNode(file_system, uk::vfs::NodeKind::socket, gone));
    uk::Ref<PlainNode> other = node;
    node.reset();
    EXPECT_EQ(gone, 0);
    other.reset();
    EXPECT_EQ(gone, 1);
}

TEST(Node, SaysWhatItCannotDo) {
    PlainFileSystem file_system;
    int gone = 0;
    auto node =
        uk::Ref<PlainNode>::adopt(*new PlainNode(file_system, uk::vfs::NodeKind::socket, gone));
    EXPECT_EQ(node->lookup("x").code(), Errno::notdir);
    EXPECT_EQ(node->target().code(), Errno::inval);
    EXPECT_EQ(node->open({}, 0).code(), Errno::nxio);
    EXPECT_EQ(node->list_attributes({}).code(), Errno::opnotsupp);
    EXPECT_EQ(node->seek(10, false).value(), 10U);
    EXPECT_EQ(node->seek(10, true).value(), 100U);
    EXPECT_EQ(node->pager(), nullptr);
    EXPECT_FALSE(node->removed());
    EXPECT_FALSE(node->is_mount_point());
}

TEST(FileSystem, HasADeviceNumberOfItsOwn) {
    PlainFileSystem one;
    PlainFileSystem other;
    EXPECT_NE(one.device(), other.device());
}

} // namespace
