// SPDX-License-Identifier: BSD-3-Clause
// What is ramfs's own: options, contents that drivers make, mappings that outlive names.
#include "ram_under_test.hpp"

#include <uk/fakes/log.hpp>
#include <uk/ramfs/file.hpp>
#include <uk/ramfs/options.hpp>

namespace {

using namespace uk::ramfs;
using uk::Errno;
using uk::Ref;
using uk::Result;
using uk::vfs::NodeKind;
using uk::vfs::conformance::Hand;

constexpr uint64_t kGiB = uint64_t{1} << 30;

Result<Options> read(std::string_view text, uint64_t ram = kGiB) {
    Options options = default_options(ram);
    std::string_view wrong;
    UK_TRY(read_options(text, ram, options, wrong));
    return options;
}

TEST(RamOptions, AreReadOrNamed) {
    EXPECT_EQ(read("").take().most_bytes, kGiB / 2);
    EXPECT_EQ(read("").take().most_nodes, kGiB / 8192);
    EXPECT_EQ(read("", 0).take().most_bytes, kNoLimit);
    const Options all = read("size=64M,nr_inodes=10k,mode=1777,uid=5,gid=6").take();
    EXPECT_EQ(all.most_bytes, 64u << 20);
    EXPECT_EQ(all.most_nodes, 10u << 10);
    EXPECT_EQ(all.permissions, 01777u);
    EXPECT_EQ(all.owner, 5u);
    EXPECT_EQ(all.group, 6u);
    EXPECT_EQ(read("size=25%").take().most_bytes, kGiB / 100 * 25);
    EXPECT_EQ(read("size=0,nr_inodes=0").take().most_bytes, kNoLimit);
    EXPECT_EQ(read("size=50%", 0).take().most_bytes, kNoLimit);
    for (const char* text :
         {"size=", "size=x", "size", "size=101%", "size=-1", "mode=8", "mode=17777",
          "uid=4294967295", "uid=a", "huge=always", "=", "size=1 "})
        EXPECT_EQ(read(text).code(), Errno::inval) << text;
    Options options;
    std::string_view wrong;
    EXPECT_FALSE(read_options("mode=755,sise=64M,uid=0", kGiB, options, wrong).ok());
    EXPECT_EQ(wrong, "sise=64M");
}

TEST(RamMount, SaysWhatItDoesNotUnderstand) {
    uk::fakes::log_clear();
    EXPECT_EQ(mount({.options = "sise=64M"}).code(), Errno::inval);
    EXPECT_NE(uk::fakes::log_text().find("'sise=64M'"), std::string::npos);
    EXPECT_NE(uk::fakes::log_text().find("nr_inodes="), std::string::npos);
}

TEST(RamMount, RootIsAsTheOptionsSay) {
    auto made = mount({.options = "mode=1700,uid=3,gid=4"}).take();
    Hand hand(*made);
    const uk::vfs::Facts facts = hand.facts("").take();
    EXPECT_EQ(facts.permissions, 01700u);
    EXPECT_EQ(facts.owner, 3u);
    EXPECT_EQ(facts.group, 4u);
    EXPECT_STREQ(made->name(), "ramfs");
}

// Names that differ in one byte only, wherever it stands.
TEST(RamMount, FindsNamesOfEveryLength) {
    auto made = mount({}).take();
    auto& root = static_cast<RamFileSystem&>(*made).root_directory();
    std::vector<std::string> names;
    for (size_t size = 1; size <= 40; size++) {
        for (size_t at = 0; at < size; at++) {
            names.emplace_back(size, 'a');
            names.back()[at] = 'b';
        }
    }
    std::vector<RamNode*> nodes;
    for (const std::string& name : names) {
        EXPECT_EQ(root.find(name), nullptr) << name;
        nodes.push_back(root.add(name, {.kind = NodeKind::regular}).take());
    }
    for (size_t i = 0; i < names.size(); i++)
        EXPECT_EQ(root.find(names[i]), nodes[i]) << names[i];
}

TEST(RamMount, EachFailureLeavesNothing) {
    const size_t held = RamUnderTest::held();
    size_t k = 1;
    for (;; k++) {
        uk::fakes::heap_fail_at(k);
        const auto made = mount({});
        const bool failed = uk::fakes::heap_failed();
        uk::fakes::heap_fail_at(0);
        if (!failed)
            break;
        EXPECT_EQ(made.code(), Errno::nomem);
    }
    EXPECT_GE(k, 3u);
    EXPECT_EQ(RamUnderTest::held(), held);
}

int g_fills = 0;

Result<> fill_two(RamFileSystem& file_system, std::span<const std::byte> bytes) {
    g_fills++;
    auto* file = static_cast<RamFile*>(
        UK_TRY(file_system.root_directory().add("file", {.kind = NodeKind::regular})));
    file->set_base(bytes);
    UK_TRY(file_system.root_directory().add("folder", {.kind = NodeKind::directory}));
    return uk::ok();
}
Result<> fill_and_fail(RamFileSystem& file_system, std::span<const std::byte> bytes) {
    UK_TRY(fill_two(file_system, bytes));
    return Errno::inval;
}

const std::string g_text = "where it lies";

RamFileSystem::Setup setup_with(decltype(&fill_two) fill) {
    return {.name = "mine", .options = {}, .fill = fill, .bytes = std::as_bytes(std::span(g_text))};
}

TEST(RamFill, HappensWhenSomebodyLooks) {
    g_fills = 0;
    {
        auto made = RamFileSystem::create(setup_with(fill_two)).take();
        EXPECT_EQ(g_fills, 0);
    }
    EXPECT_EQ(g_fills, 0) << "nobody looked";
    auto made = RamFileSystem::create(setup_with(fill_two)).take();
    Hand hand(*made);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; i++)
        threads.emplace_back([&] { EXPECT_EQ(hand.read("file").take(), g_text); });
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(g_fills, 1);
    EXPECT_EQ(hand.facts("file").take().stored, 0u);
    ASSERT_TRUE(hand.write("file", "W", 0).ok());
    EXPECT_EQ(hand.read("file").take(), "Where it lies");
    EXPECT_EQ(g_text[0], 'w');
    EXPECT_EQ(hand.facts("").take().links, 3u);
}

TEST(RamFill, FailureIsAnErrorFromThenOn) {
    const size_t held = RamUnderTest::held();
    {
        auto made = RamFileSystem::create(setup_with(fill_and_fail)).take();
        Hand hand(*made);
        EXPECT_EQ(hand.walk("file").code(), Errno::io);
        EXPECT_EQ(hand.folder("new").code(), Errno::io);
        EXPECT_EQ(hand.list("").code(), Errno::io);
        EXPECT_EQ(RamFileSystem::create_filled(setup_with(fill_and_fail)).code(), Errno::inval);
    }
    EXPECT_EQ(RamUnderTest::held(), held);
}

TEST(RamFile, MappingsKeepItsPages) {
    const size_t held = RamUnderTest::held();
    {
        auto made = mount({}).take();
        Hand hand(*made);
        ASSERT_TRUE(hand.file("f", "text").ok());
        uk::vmem::Pager* pager = hand.walk("f").take()->pager();
        pager->hold();
        const uk::Paddr frame = pager->share(0).take();
        const auto before = hand.facts("f").take();
        ASSERT_TRUE(pager->will_write(0).ok());
        EXPECT_GT(hand.facts("f").take().modified, before.modified);
        ASSERT_TRUE(hand.remove("f").ok());
        EXPECT_EQ(memcmp(reinterpret_cast<void*>(frame.value()), "text", 4), 0);
        made = {};
        pager->unshare(0, frame);
        pager->drop(); // the last who knows of the file system
    }
    EXPECT_EQ(RamUnderTest::held(), held);
}

} // namespace
