// SPDX-License-Identifier: BSD-3-Clause
// Host tests only: the suite of file systems that can be written. Besides make() of
// <uk/vfs/conformance.hpp> there is
//
//     // An empty one that takes so many bytes of contents and so many nodes (with the root).
//     static uk::Result<uk::Ref<uk::vfs::FileSystem>> make_small(uint64_t bytes, uint64_t nodes);
//     // What all file systems of the kind hold now: blocks of memory, frames. 0 if not known.
//     static size_t held();
//     // Optional: whether this process may give files away and make devices; without it: yes.
//     static bool may_all();
//     // Optional: waits until the clock that files' times come from has moved on.
//     static void let_time_pass();
//
//     INSTANTIATE_TYPED_TEST_SUITE_P(Mine, FileSystemChanges, testing::Types<Mine>);
#pragma once

#ifdef UK_HOST_TEST

#include <uk/abi/fcntl.h>
#include <uk/abi/xattr.h>
#include <uk/fakes/heap.hpp>
#include <uk/vfs/conformance.hpp>

template <class X>
class FileSystemChanges : public testing::Test {
  protected:
    using Hand = uk::vfs::conformance::Hand;

    uk::Ref<uk::vfs::FileSystem> made_ = X::make({}).take();
    Hand hand_{*made_};

    std::string text(const std::string& path) { return hand_.read(path).take(); }
    uint32_t links(const std::string& path) { return hand_.facts(path).take().links; }
    bool is_there(const std::string& path) { return hand_.walk(path).ok(); }
    static bool may_all() {
        if constexpr (requires { X::may_all(); })
            return X::may_all();
        return true;
    }
    static void let_time_pass() {
        if constexpr (requires { X::let_time_pass(); })
            X::let_time_pass();
    }
    std::set<std::string> names(const std::string& path) {
        std::set<std::string> all;
        for (const auto& one : hand_.list(path).take())
            all.insert(one.name);
        return all;
    }
};

TYPED_TEST_SUITE_P(FileSystemChanges);

TYPED_TEST_P(FileSystemChanges, CreatesAllKinds) {
    using namespace uk::vfs;
    if (!this->may_all())
        GTEST_SKIP() << "not by this user";
    auto& hand = this->hand_;
    const NewNode device{
        .kind = NodeKind::character, .permissions = 0600, .device = 0x103, .owner = 7, .group = 8};
    ASSERT_TRUE(hand.create("null", device).ok());
    ASSERT_TRUE(hand.make("fifo", NodeKind::fifo).ok());
    ASSERT_TRUE(hand.make("socket", NodeKind::socket).ok());
    ASSERT_TRUE(hand.make("disk", NodeKind::block).ok());
    ASSERT_TRUE(hand.make("link", NodeKind::link, "to/../where").ok());
    ASSERT_TRUE(hand.folder("folder").ok());
    ASSERT_TRUE(hand.file("file", "bytes").ok());
    const Facts facts = hand.facts("null").take();
    EXPECT_EQ(facts.device, 0x103u);
    EXPECT_EQ(facts.kind, NodeKind::character);
    EXPECT_EQ(facts.permissions, 0600u);
    EXPECT_EQ(facts.owner, 7u);
    EXPECT_EQ(facts.group, 8u);
    EXPECT_EQ(facts.links, 1u);
    EXPECT_EQ(hand.walk("link").take()->target().take(), "to/../where");
    EXPECT_EQ(hand.facts("link").take().size, 11u);
    EXPECT_EQ(this->links("folder"), 2u);
    EXPECT_EQ(this->links(""), 3u);
    EXPECT_EQ(hand.list("").take().size(), 7u);
    EXPECT_EQ(hand.folder("file").code(), uk::Errno::exist);
}

TYPED_TEST_P(FileSystemChanges, RemovesAndKeepsWhatIsHeld) {
    using namespace uk::vfs;
    auto& hand = this->hand_;
    ASSERT_TRUE(hand.folder("d").ok());
    ASSERT_TRUE(hand.file("d/f", "still here").ok());
    EXPECT_EQ(hand.remove("d").code(), uk::Errno::notempty);
    uk::Ref<Node> file = hand.walk("d/f").take();
    uk::Ref<Node> folder = hand.walk("d").take();
    ASSERT_TRUE(hand.remove("d/f").ok());
    EXPECT_EQ(hand.walk("d/f").code(), uk::Errno::noent);
    EXPECT_EQ(hand.facts(*file).links, 0u);
    EXPECT_EQ(hand.read(*file, 0, 100).take(), "still here");
    ASSERT_TRUE(hand.write(*file, "!", 10).ok());
    EXPECT_EQ(hand.read(*file, 0, 100).take(), "still here!");
    ASSERT_TRUE(hand.remove("d").ok());
    EXPECT_EQ(hand.facts(*folder).links, 0u);
    EXPECT_EQ(this->links(""), 2u);
    conformance::Shared guard(folder->lock());
    EXPECT_EQ(folder->parent().code(), uk::Errno::noent);
    conformance::Collector nothing(9);
    EXPECT_TRUE(folder->list(0, nothing).ok());
    EXPECT_TRUE(nothing.all.empty());
}

TYPED_TEST_P(FileSystemChanges, HardLinks) {
    auto& hand = this->hand_;
    ASSERT_TRUE(hand.folder("d").ok());
    ASSERT_TRUE(hand.file("one", "text").ok());
    if (hand.link("one", "d/two").code() == uk::Errno::perm)
        GTEST_SKIP() << "has none";
    ASSERT_TRUE(hand.link("one", "three").ok());
    EXPECT_EQ(this->links("d/two"), 3u);
    EXPECT_EQ(hand.facts("one").take().number, hand.facts("d/two").take().number);
    ASSERT_TRUE(hand.write("d/two", "T", 0).ok());
    EXPECT_EQ(this->text("three"), "Text");
    ASSERT_TRUE(hand.remove("one").ok());
    EXPECT_EQ(this->links("three"), 2u);
    uk::Ref<uk::vfs::Node> node = hand.walk("three").take();
    uk::Ref<uk::vfs::Node> folder = hand.walk("d").take();
    char room[255];
    {
        uk::vfs::conformance::Shared guard(folder->lock());
        EXPECT_EQ(folder->name_of(*node, room).take(), 3u);
    }
    ASSERT_TRUE(hand.remove("three").ok());
    ASSERT_TRUE(hand.remove("d/two").ok());
    EXPECT_EQ(hand.facts(*node).links, 0u);
}

TYPED_TEST_P(FileSystemChanges, Renames) {
    auto& hand = this->hand_;
    ASSERT_TRUE(hand.folder("a").ok());
    ASSERT_TRUE(hand.folder("b").ok());
    ASSERT_TRUE(hand.folder("a/sub").ok());
    ASSERT_TRUE(hand.file("a/f", "f").ok());
    ASSERT_TRUE(hand.file("b/g", "g").ok());
    ASSERT_TRUE(hand.rename("a/f", "a/renamed").ok());
    EXPECT_EQ(this->names("a"), (std::set<std::string>{"renamed", "sub"}));
    ASSERT_TRUE(hand.rename("a/renamed", "b/g").ok()) << "over a file";
    EXPECT_EQ(this->text("b/g"), "f");
    EXPECT_EQ(this->names("b"), std::set<std::string>{"g"});
    ASSERT_TRUE(hand.rename("a/sub", "b/sub").ok());
    EXPECT_EQ(this->links("a"), 2u);
    EXPECT_EQ(this->links("b"), 3u);
    uk::Ref<uk::vfs::Node> sub = hand.walk("b/sub").take();
    {
        uk::vfs::conformance::Shared guard(sub->lock());
        EXPECT_EQ(sub->parent().take().get(), hand.walk("b").take().get());
    }
    ASSERT_TRUE(hand.folder("b/full").ok());
    ASSERT_TRUE(hand.file("b/full/x", "").ok());
    EXPECT_EQ(hand.rename("b/sub", "b/full").code(), uk::Errno::notempty);
    ASSERT_TRUE(hand.rename("b/full", "b/sub").ok()) << "over an empty directory";
    EXPECT_TRUE(this->is_there("b/sub/x"));
    EXPECT_EQ(hand.facts(*sub).links, 0u);
    EXPECT_EQ(this->links("b"), 3u);
    EXPECT_EQ(hand.rename("b", "b/sub/inside").code(), uk::Errno::inval);
    EXPECT_EQ(hand.rename("b/none", "x").code(), uk::Errno::noent);
    ASSERT_TRUE(hand.rename("b/sub/x", "x").ok());
    ASSERT_TRUE(hand.rename("x", "b/x").ok());
}

TYPED_TEST_P(FileSystemChanges, Exchanges) {
    auto& hand = this->hand_;
    ASSERT_TRUE(hand.folder("a").ok());
    ASSERT_TRUE(hand.folder("b").ok());
    ASSERT_TRUE(hand.folder("a/d").ok());
    ASSERT_TRUE(hand.file("a/d/in", "in").ok());
    ASSERT_TRUE(hand.file("b/f", "f").ok());
    if (hand.rename("a/d", "b/f", true).code() == uk::Errno::perm)
        GTEST_SKIP() << "cannot exchange";
    EXPECT_EQ(this->text("a/d"), "f");
    EXPECT_EQ(this->text("b/f/in"), "in");
    EXPECT_EQ(this->links("a"), 2u);
    EXPECT_EQ(this->links("b"), 3u);
    uk::Ref<uk::vfs::Node> moved = hand.walk("b/f").take();
    {
        uk::vfs::conformance::Shared guard(moved->lock());
        EXPECT_EQ(moved->parent().take().get(), hand.walk("b").take().get());
    }
    ASSERT_TRUE(hand.file("b/g", "g").ok());
    ASSERT_TRUE(hand.rename("b/g", "b/f", true).ok());
    EXPECT_EQ(this->text("b/f"), "g");
    EXPECT_EQ(this->text("b/g/in"), "in");
}

TYPED_TEST_P(FileSystemChanges, FilesWithoutNames) {
    using namespace uk::vfs;
    uk::Ref<Node> root = this->hand_.walk("").take();
    uk::Result<uk::Ref<Node>> made = uk::Errno::noent;
    {
        conformance::Exclusive guard(*root);
        made = root->create_nameless({.kind = NodeKind::regular, .permissions = 0600});
    }
    if (made.code() == uk::Errno::opnotsupp)
        GTEST_SKIP() << "has none";
    uk::Ref<Node> node = made.take();
    EXPECT_EQ(this->hand_.facts(*node).links, 0u);
    ASSERT_TRUE(this->hand_.write(*node, "text", 0).ok());
    EXPECT_TRUE(this->names("").empty());
    {
        conformance::Exclusive guard(*root);
        conformance::Exclusive other(*node);
        ASSERT_TRUE(root->link("named", *node).ok());
    }
    EXPECT_EQ(this->text("named"), "text");
    EXPECT_EQ(this->links("named"), 1u);
}

TYPED_TEST_P(FileSystemChanges, WritesResizesAndHoles) {
    auto& hand = this->hand_;
    ASSERT_TRUE(hand.file("f", "0123456789").ok());
    EXPECT_EQ(hand.write("f", "ab", 4).take(), 2u);
    EXPECT_EQ(this->text("f"), "0123ab6789");
    EXPECT_EQ(hand.write("f", "end", 20).take(), 3u);
    EXPECT_EQ(this->text("f"), "0123ab6789" + std::string(10, '\0') + "end");
    ASSERT_TRUE(hand.resize("f", 5).ok());
    ASSERT_TRUE(hand.resize("f", 100'000).ok());
    EXPECT_EQ(this->text("f"), "0123a" + std::string(99'995, '\0'));
    EXPECT_EQ(hand.facts("f").take().size, 100'000u);
    ASSERT_TRUE(hand.resize("f", 0).ok());
    EXPECT_EQ(hand.facts("f").take().stored, 0u);
    EXPECT_EQ(hand.write("f", "", 50).take(), 0u);
    EXPECT_EQ(hand.facts("f").take().size, 0u) << "nothing is written behind the end";
    EXPECT_EQ(hand.resize("f", ~uint64_t{0} >> 1).code(), uk::Errno::fbig);
    EXPECT_EQ(hand.write("f", "x", ~uint64_t{0} >> 1).code(), uk::Errno::fbig);
}

TYPED_TEST_P(FileSystemChanges, FactsAndTimes) {
    using namespace uk::vfs;
    if (!this->may_all())
        GTEST_SKIP() << "not by this user";
    auto& hand = this->hand_;
    ASSERT_TRUE(hand.file("f", "x").ok());
    uk::Ref<Node> node = hand.walk("f").take();
    const Facts before = hand.facts(*node);
    FactsChange change;
    change.which = FactsChange::kPermissions | FactsChange::kOwner | FactsChange::kModified;
    change.to.permissions = 06711;
    change.to.owner = 100;
    change.to.group = 200; // not asked for
    change.to.modified = -5'000'000'000;
    {
        conformance::Exclusive guard(*node);
        ASSERT_TRUE(node->change(change).ok());
    }
    const Facts after = hand.facts(*node);
    EXPECT_EQ(after.permissions, 06711u);
    EXPECT_EQ(after.owner, 100u);
    EXPECT_EQ(after.group, 0u);
    EXPECT_EQ(after.modified, -5'000'000'000);
    EXPECT_EQ(after.accessed, before.accessed);
    EXPECT_GE(after.changed, before.changed);
    ASSERT_TRUE(hand.write("f", "y", 0).ok());
    EXPECT_GE(hand.facts(*node).modified, before.modified);
    const Moment folder_before = hand.facts("").take().modified;
    this->let_time_pass();
    ASSERT_TRUE(hand.remove("f").ok());
    EXPECT_GT(hand.facts("").take().modified, folder_before) << "its entries changed";
}

TYPED_TEST_P(FileSystemChanges, ListsWhileItChanges) {
    auto& hand = this->hand_;
    for (int i = 0; i < 50; i++)
        ASSERT_TRUE(hand.file("stays" + std::to_string(i), "").ok());
    for (int i = 0; i < 50; i++)
        ASSERT_TRUE(hand.file("goes" + std::to_string(i), "").ok());
    uk::Ref<uk::vfs::Node> root = hand.walk("").take();
    std::multiset<std::string> seen;
    uint64_t from = 0;
    for (int i = 0;; i++) {
        uk::vfs::conformance::Collector some(3);
        {
            uk::vfs::conformance::Shared guard(root->lock());
            ASSERT_TRUE(root->list(from, some).ok());
        }
        for (const auto& one : some.all)
            seen.insert(one.name);
        if (some.all.size() < 3)
            break;
        from = some.all.back().next;
        if (i < 50) { // also the entry that the cursor stands on
            ASSERT_TRUE(hand.remove("goes" + std::to_string(i)).ok());
            ASSERT_TRUE(hand.file("comes" + std::to_string(i), "").ok());
        }
        ASSERT_LT(i, 1000) << "does not end";
    }
    for (int i = 0; i < 50; i++) {
        EXPECT_EQ(seen.count("stays" + std::to_string(i)), 1u);
        EXPECT_LE(seen.count("goes" + std::to_string(i)), 1u);
        EXPECT_LE(seen.count("comes" + std::to_string(i)), 1u);
    }
}

TYPED_TEST_P(FileSystemChanges, ExtendedAttributes) {
    using namespace uk::vfs;
    ASSERT_TRUE(this->hand_.file("f", "").ok());
    ASSERT_TRUE(this->hand_.make("l", NodeKind::link, "f").ok());
    uk::Ref<Node> node = this->hand_.walk("f").take();
    uk::Ref<Node> link = this->hand_.walk("l").take();
    conformance::Exclusive guard(*node);
    const auto set = [&](std::string name, std::string value, int flags = 0) {
        return node->set_attribute(name, std::as_bytes(std::span(value)), flags).code();
    };
    if (set("user.a", "value") == uk::Errno::opnotsupp)
        GTEST_SKIP() << "has none";
    std::byte room[100];
    EXPECT_EQ(node->get_attribute("user.a", {}).take(), 5u);
    EXPECT_EQ(node->get_attribute("user.a", room).take(), 5u);
    EXPECT_EQ(memcmp(room, "value", 5), 0);
    EXPECT_EQ(node->get_attribute("user.a", std::span(room, 4)).code(), uk::Errno::range);
    EXPECT_EQ(node->get_attribute("user.b", room).code(), uk::Errno::nodata);
    EXPECT_EQ(set("user.a", "x", UK_XATTR_CREATE), uk::Errno::exist);
    EXPECT_EQ(set("user.b", "x", UK_XATTR_REPLACE), uk::Errno::nodata);
    EXPECT_EQ(set("user.a", "", UK_XATTR_REPLACE), uk::Errno::ok);
    EXPECT_EQ(node->get_attribute("user.a", room).take(), 0u);
    EXPECT_EQ(set("trusted.t", "1"), uk::Errno::ok);
    EXPECT_EQ(set("security.s", "2"), uk::Errno::ok);
    EXPECT_EQ(set("system.posix_acl_access", "2"), uk::Errno::opnotsupp);
    EXPECT_EQ(set("user.", "2"), uk::Errno::inval);
    EXPECT_EQ(set("user." + std::string(251, 'x'), "2"), uk::Errno::range);
    EXPECT_EQ(set("user.large", std::string(65'536, 'v')), uk::Errno::ok);
    EXPECT_EQ(set("user.large", std::string(65'537, 'v')), uk::Errno::e2big);
    EXPECT_EQ(node->get_attribute("user.large", {}).take(), 65'536u);
    char names[200];
    const size_t size = node->list_attributes({}).take();
    EXPECT_EQ(size, strlen("user.a") + strlen("trusted.t") + strlen("security.s") +
                        strlen("user.large") + 4);
    EXPECT_EQ(node->list_attributes(std::span(names, size - 1)).code(), uk::Errno::range);
    EXPECT_EQ(node->list_attributes(names).take(), size);
    EXPECT_NE(std::string(names, size).find(std::string("trusted.t\0", 10)), std::string::npos);
    EXPECT_TRUE(node->remove_attribute("trusted.t").ok());
    EXPECT_EQ(node->remove_attribute("trusted.t").code(), uk::Errno::nodata);
    conformance::Exclusive other(*link);
    EXPECT_EQ(link->set_attribute("user.a", {}, 0).code(), uk::Errno::perm);
    EXPECT_TRUE(link->set_attribute("trusted.a", {}, 0).ok());
}

REGISTER_TYPED_TEST_SUITE_P(FileSystemChanges, CreatesAllKinds, RemovesAndKeepsWhatIsHeld,
                            HardLinks, Renames, Exchanges, FilesWithoutNames, WritesResizesAndHoles,
                            FactsAndTimes, ListsWhileItChanges, ExtendedAttributes);

#endif // UK_HOST_TEST
