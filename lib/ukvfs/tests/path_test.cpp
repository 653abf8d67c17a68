// SPDX-License-Identifier: BSD-3-Clause
// Where paths lead, and what they are called.
#include "world.hpp"

namespace {

using uk::Errno;
using uk::vfs::NodeKind;
using uk::vfs::Place;

using Path = World;

TEST_F(Path, LeadsToWhatWasMade) {
    mkdir("a");
    mkdir("/a/b/");
    touch("a/b/c");
    EXPECT_EQ(place("a").node->kind(), NodeKind::directory);
    EXPECT_EQ(place("/a//b///c").node->kind(), NodeKind::regular);
    EXPECT_TRUE(place("a/./b/../../a/b/.") == place("a/b"));
    EXPECT_TRUE(place("/") == root);
    EXPECT_TRUE(place("///") == root);
    EXPECT_TRUE(place(".") == start);
    EXPECT_TRUE(place("../../..") == root);
    start = place("a/b");
    EXPECT_TRUE(place("c") == place("/a/b/c"));
    EXPECT_TRUE(place("..") == place("/a"));
}

TEST_F(Path, SaysWhyItLeadsNowhere) {
    mkdir("a");
    touch("file");
    EXPECT_EQ(error_of(""), Errno::noent);
    EXPECT_EQ(error_of("b"), Errno::noent);
    EXPECT_EQ(error_of("b/c"), Errno::noent);
    EXPECT_EQ(error_of("file/"), Errno::notdir);
    EXPECT_EQ(error_of("file/."), Errno::notdir);
    EXPECT_EQ(error_of("file/.."), Errno::notdir);
    EXPECT_EQ(error_of("file/x"), Errno::notdir);
    EXPECT_EQ(error_of(std::string(255, 'x')), Errno::noent);
    EXPECT_EQ(error_of(std::string(256, 'x')), Errno::nametoolong);
    EXPECT_EQ(error_of("a/" + std::string(256, 'x') + "/y"), Errno::nametoolong);
    std::string dots = "a";
    while (dots.size() + 2 < 4096)
        dots += "/.";
    EXPECT_EQ(error_of(dots), Errno::ok);
    EXPECT_EQ(error_of(dots + "/"), dots.size() + 1 < 4096 ? Errno::ok : Errno::nametoolong);
    EXPECT_EQ(error_of(dots + "/."), Errno::nametoolong);
    start = place("file");
    EXPECT_EQ(error_of("x"), Errno::notdir);
    EXPECT_EQ(error_of("/a"), Errno::ok);
}

TEST_F(Path, FollowsLinks) {
    mkdir("a");
    mkdir("a/b");
    touch("a/b/c");
    symlink("a", "to_a");
    symlink("b/c", "a/to_c");
    symlink("/a/b", "a/absolute");
    symlink("to_a/to_c", "twice");
    symlink("to_a/b/", "with_slash");
    symlink("a/b/c/", "file_with_slash");
    symlink("nowhere", "dangling");
    symlink("/", "top");
    const Place c = place("a/b/c");
    EXPECT_TRUE(place("to_a/b/c") == c);
    EXPECT_TRUE(place("to_a/to_c") == c);
    EXPECT_TRUE(place("to_a/absolute/c") == c);
    EXPECT_TRUE(place("twice") == c);
    EXPECT_TRUE(place("with_slash/c") == c);
    EXPECT_TRUE(place("with_slash/../b/c") == c);
    EXPECT_TRUE(place("top/to_a/./b/c") == c);
    EXPECT_TRUE(place("top") == root);
    EXPECT_EQ(place("twice", false).node->kind(), NodeKind::link);
    EXPECT_EQ(place("with_slash/", false).node->kind(), NodeKind::directory);
    EXPECT_EQ(error_of("twice/"), Errno::notdir);
    EXPECT_EQ(error_of("file_with_slash"), Errno::notdir);
    EXPECT_EQ(error_of("file_with_slash", false), Errno::ok);
    EXPECT_EQ(error_of("dangling"), Errno::noent);
    EXPECT_EQ(error_of("dangling", false), Errno::ok);
    EXPECT_EQ(error_of("dangling/", false), Errno::noent);
}

TEST_F(Path, GivesUpOnTooManyLinks) {
    touch("0");
    for (int i = 1; i <= 41; i++)
        symlink(std::to_string(i - 1), std::to_string(i));
    EXPECT_EQ(error_of("40"), Errno::ok);
    EXPECT_EQ(error_of("41"), Errno::loop);
    symlink("self", "self");
    EXPECT_EQ(error_of("self"), Errno::loop);
    EXPECT_EQ(error_of("self", false), Errno::ok);
    EXPECT_EQ(error_of("self/", false), Errno::loop);
    symlink("pong/x", "ping");
    symlink("ping/x", "pong");
    EXPECT_EQ(error_of("ping"), Errno::loop);
    // Links in the middle count as well, and each leaves a rest behind.
    mkdir("d");
    symlink(".", "d/0");
    for (int i = 1; i < 20; i++)
        symlink(std::to_string(i - 1) + "/.", "d/" + std::to_string(i));
    EXPECT_EQ(error_of("d/19/19"), Errno::ok);
    EXPECT_EQ(error_of("d/19/19/0"), Errno::loop);
}

TEST_F(Path, StaysInsideItsRoot) {
    mkdir("jail");
    mkdir("jail/a");
    touch("secret");
    symlink("/a", "jail/absolute");
    symlink("../../secret", "jail/up");
    symlink("/secret", "jail/out");
    const Place jail = place("jail");
    const uk::vfs::At inside{.root = jail, .start = jail, .table = table};
    EXPECT_TRUE(UK_MUST(uk::vfs::find(inside, "absolute")) == place("jail/a"));
    EXPECT_TRUE(UK_MUST(uk::vfs::find(inside, "../..")) == jail);
    EXPECT_EQ(uk::vfs::find(inside, "up").code(), Errno::noent);
    EXPECT_EQ(uk::vfs::find(inside, "out").code(), Errno::noent);
    EXPECT_EQ(uk::vfs::find(inside, "/../secret").code(), Errno::noent);
}

TEST_F(Path, CrossesMountsBothWays) {
    mkdir("mnt");
    mkdir("mnt/hidden");
    const Place below = place("mnt");
    const Place other = mount_tiny({.on = below, .folder = {}});
    EXPECT_TRUE(place("mnt") == other);
    EXPECT_EQ(error_of("mnt/hidden"), Errno::noent);
    mkdir("mnt/inner");
    touch("file");
    EXPECT_TRUE(place("mnt/inner/../..") == root);
    EXPECT_TRUE(place("mnt/inner/../../file") == place("/file"));
    EXPECT_TRUE(place("mnt/..") == root);
    // On top of that one.
    const Place top = mount_tiny({.on = place("mnt"), .folder = {}});
    EXPECT_TRUE(place("mnt") == top);
    EXPECT_EQ(error_of("mnt/inner"), Errno::noent);
    EXPECT_TRUE(place("mnt/../mnt/..") == root);
    // From the covered one up and down again.
    start = other;
    EXPECT_TRUE(place("../mnt") == top);
}

TEST_F(Path, LeadsWhereAMagicLinkSays) {
    mkdir("a");
    touch("a/b");
    symlink("(some text)", "magic");
    const Place a = place("a");
    static_cast<tiny::TinyNode&>(*place("magic", false).node).jump_to = &a;
    EXPECT_TRUE(place("magic") == a);
    EXPECT_TRUE(place("magic/b") == place("a/b"));
    EXPECT_TRUE(place("magic/..") == root);
    EXPECT_EQ(place("magic", false).node->kind(), NodeKind::link);
    static_cast<tiny::TinyNode&>(*place("magic", false).node).jump_to = nullptr;
}

TEST_F(Path, TellsWhatAPlaceIsCalled) {
    mkdir("a");
    mkdir("a/b");
    touch("a/b/c");
    EXPECT_EQ(path_to(root), "/");
    EXPECT_EQ(path_to(place("a")), "/a");
    EXPECT_EQ(path_to(place("a/b")), "/a/b");
    EXPECT_EQ(path_to(place("a/b/c"), place("a/b").node), "/a/b/c");
    EXPECT_EQ(path_to(place("a/b/c")), "ENOENT");
    mount_tiny({.on = place("a/b"), .folder = {}});
    mkdir("a/b/x");
    EXPECT_EQ(path_to(place("a/b")), "/a/b");
    EXPECT_EQ(path_to(place("a/b/x")), "/a/b/x");
    char small[6];
    EXPECT_EQ(uk::vfs::path_of(table, root, place("a/b/x"), {}, small).value(), "/a/b/x");
    EXPECT_EQ(uk::vfs::path_of(table, root, place("a/b/x"), {}, std::span(small).first(5)).code(),
              Errno::range);
    const Place a = place("a");
    EXPECT_EQ(uk::vfs::path_of(table, a, place("a/b/x"), {}, small).value(), "/b/x");
    EXPECT_EQ(uk::vfs::path_of(table, place("a/b"), a, {}, small).code(), Errno::noent);
    const Place x = place("a/b/x");
    UK_MUST(uk::vfs::remove_directory(at(), "a/b/x"));
    EXPECT_EQ(path_to(x), "ENOENT");
    start = x;
    EXPECT_EQ(error_of("y"), Errno::noent);
    EXPECT_EQ(uk::vfs::make_directory(at(), "y", 0).code(), Errno::noent);
    EXPECT_TRUE(place(".") == x);
}

TEST_F(Path, NamesFilesThatAreMounted) {
    touch("source");
    mkdir("a");
    touch("a/target");
    UK_MUST(
        table.bind({.on = place("a/target"), .folder = place("a").node}, place("source"), false));
    EXPECT_TRUE(place("a/target").node.get() == place("source").node.get());
    EXPECT_EQ(path_to(place("a/target")), "/a/target");
    EXPECT_EQ(error_of("a/target/"), Errno::notdir);
}

TEST_F(Path, WalksHaveLimits) {
    mkdir("d");
    mkdir("d/e");
    mkdir("d/m");
    symlink("e", "d/near");
    symlink("../o", "d/far");
    symlink("/d/e", "d/absolute");
    mkdir("o");
    mount_tiny({place("d/m"), {}});
    mkdir("d/m/in");
    const uk::vfs::Place folder = place("d");
    const auto open_with = [&](std::string_view path, uint32_t limits, bool as_root) {
        const uk::vfs::At from{
            .root = as_root ? folder : root, .start = folder, .table = table, .limits = limits};
        return uk::vfs::open(from, path, UK_O_PATH, 0).code();
    };
    using namespace uk::vfs;
    for (const char* path : {"e", "near", ".", "e/..", "e/../near/.."})
        EXPECT_EQ(open_with(path, kBelow, true), Errno::ok) << path;
    for (const char* path : {"..", "e/../..", "../d/e", "/e", "far", "absolute", "e/../../d"})
        EXPECT_EQ(open_with(path, kBelow, true), Errno::xdev) << path;
    for (const char* path : {"..", "/e", "../../e", "near", "/../near"})
        EXPECT_EQ(open_with(path, kLocalJumps, true), Errno::ok) << path;
    EXPECT_EQ(open_with("absolute", kLocalJumps, true), Errno::noent) << "/d/e of the folder";
    EXPECT_EQ(open_with("far", kLocalJumps, true), Errno::noent);
    EXPECT_EQ(open_with("e", kNoLinks, false), Errno::ok);
    for (const char* path : {"near", "near/", "near/.", "absolute", "far"})
        EXPECT_EQ(open_with(path, kNoLinks, false), Errno::loop) << path;
    for (const char* path : {"m", "m/in", "m/..", "near/../m"})
        EXPECT_EQ(open_with(path, kNoMounts, false), Errno::xdev) << path;
    for (const char* path : {"/d/e", "../o", "far", "absolute"})
        EXPECT_EQ(open_with(path, kNoMounts, false), Errno::ok) << path;
    const uk::vfs::Place inner = place("d/m/in");
    const At from{.root = root, .start = inner, .table = table, .limits = kNoMounts};
    EXPECT_EQ(uk::vfs::open(from, "..", UK_O_PATH, 0).code(), Errno::ok);
    EXPECT_EQ(uk::vfs::open(from, "../..", UK_O_PATH, 0).code(), Errno::xdev);
    EXPECT_EQ(uk::vfs::open(from, "/d", UK_O_PATH, 0).code(), Errno::xdev);
}

} // namespace
