// SPDX-License-Identifier: BSD-3-Clause
// Host tests: rows become a tree; its names are sorted, its cursors stay, nothing is left.
#include <uk/procfs/nodes.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <uk/abi/fcntl.h>
#include <uk/abi/unistd.h>
#include <uk/fakes/heap.hpp>
#include <uk/vfs/operations.hpp>

using namespace uk;
using procfs::Entry;

namespace {

int g_reads = 0;

void write_count(procfs::Text& out) {
    out.append("%d\n", ++g_reads);
}
void write_much(procfs::Text& out) {
    for (int i = 0; i < 2000; i++)
        out.append("line %d\n", i);
}
void write_nothing(procfs::Text& out) {
    out.append("half");
    out.fail(Errno::again);
}
Result<size_t> link_target(std::span<char> room) {
    return std::string_view("d/b").copy(room.data(), room.size());
}
Result<size_t> no_target(std::span<char> /*room*/) {
    return Errno::noent;
}
vfs::Place g_there;
Result<vfs::Place> there() {
    return g_there;
}
Result<vfs::Place> nowhere() {
    return vfs::Place{};
}

// In no order, as linkers leave them.
constexpr Entry kRows[] = {
    {.path = "z", .write = write_count},
    {.path = "d/b", .write = write_much},
    {.path = "a", .permissions = 0400, .write = write_count},
    {.path = "d/e/f", .write = write_nothing},
    {.path = "link", .target = link_target},
    {.path = "dead", .target = no_target},
    {.path = "place", .place = there},
    {.path = "gone", .place = nowhere},
    {.path = "d/a", .write = write_count},
};

struct Names final : vfs::EntrySink {
    explicit Names(size_t limit) : most(limit) {}
    bool entry(vfs::Name name, uint64_t number, vfs::NodeKind kind, uint64_t next) override {
        if (names.size() == most)
            return false;
        names.emplace_back(name);
        numbers.push_back(number);
        kinds.push_back(kind);
        cursor = next;
        return true;
    }
    size_t most;
    uint64_t cursor = 0;
    std::vector<std::string> names;
    std::vector<uint64_t> numbers;
    std::vector<vfs::NodeKind> kinds;
};

class Nodes : public testing::Test {
  protected:
    Nodes() : before_(fakes::heap_live_blocks()) {
        for (const Entry& row : kRows)
            rows_.push_back(&row);
        auto made = UK_MUST(procfs::ProcFileSystem::create(rows_));
        auto node = UK_MUST(made->root());
        root = UK_MUST(vfs::mounts().mount({}, Ref<vfs::FileSystem>(made), std::move(node), 0, ""));
        g_reads = 0;
    }
    ~Nodes() override {
        g_there = {};
        root = {};
        vfs::mounts().clear();
        EXPECT_EQ(fakes::heap_live_blocks(), before_);
    }
    vfs::At at() const { return {.root = root, .start = root}; }
    Names list(const char* path, uint64_t from = 0, size_t most = 100) const {
        Names names(most);
        const vfs::Place place = UK_MUST(vfs::find(at(), path));
        SharedGuard guard(place.node->lock());
        UK_MUST(place.node->list(from, names));
        return names;
    }
    Ref<File> open(const char* path) const {
        return UK_MUST(vfs::open(at(), path, UK_O_RDONLY, 0));
    }
    static Result<std::string> read(File& file, size_t most = 100000) {
        std::string text(most, '\0');
        const IoPiece piece{text.data(), most};
        IoPieces pieces({&piece, 1}, IoMemory::kernel);
        text.resize(UK_TRY(file.read(pieces)));
        return text;
    }

    vfs::Place root;

  private:
    size_t before_;
    std::vector<const Entry*> rows_;
};

using Strings = std::vector<std::string>;

TEST_F(Nodes, RowsBecomeASortedTree) {
    const Names top = list("/");
    EXPECT_EQ(top.names, (Strings{"a", "d", "dead", "gone", "link", "place", "z"}));
    EXPECT_EQ(top.kinds[1], vfs::NodeKind::directory);
    EXPECT_EQ(top.kinds[4], vfs::NodeKind::link);
    EXPECT_EQ(list("/d").names, (Strings{"a", "b", "e"}));
    EXPECT_EQ(list("/d/e").names, (Strings{"f"}));
    uk_stat facts;
    vfs::stat(UK_MUST(vfs::find(at(), "/d")), facts);
    EXPECT_EQ(facts.st_nlink, 3u);
    EXPECT_EQ(facts.st_mode, 040555u);
    EXPECT_EQ(facts.st_ino, top.numbers[1]);
    vfs::stat(UK_MUST(vfs::find(at(), "/a")), facts);
    EXPECT_EQ(facts.st_mode, 0100400u);
    EXPECT_EQ(vfs::find(at(), "/nothing").code(), Errno::noent);
    EXPECT_EQ(vfs::find(at(), "/a/b").code(), Errno::notdir);
    EXPECT_EQ(UK_MUST(vfs::find(at(), "/d/e/../b")).node.get(),
              UK_MUST(vfs::find(at(), "/d/b")).node.get());
}

TEST_F(Nodes, EachCursorGoesOnBehindItsEntry) {
    const Strings all = list("/").names;
    for (size_t first = 0; first <= all.size(); first++) {
        const Names begun = list("/", 0, first);
        Strings both = begun.names;
        const Strings rest = list("/", begun.cursor).names;
        both.insert(both.end(), rest.begin(), rest.end());
        EXPECT_EQ(both, all);
    }
    EXPECT_TRUE(list("/", 1000).names.empty());
}

TEST_F(Nodes, TextIsOfTheMomentOfItsBeginning) {
    Ref<File> file = open("/a");
    EXPECT_EQ(UK_MUST(read(*file)), "1\n");
    EXPECT_EQ(UK_MUST(read(*file)), "");
    EXPECT_TRUE(file->seek(0, UK_SEEK_SET).ok());
    EXPECT_EQ(UK_MUST(read(*file)), "2\n");
    Ref<File> much = open("/d/b");
    std::string text;
    for (std::string part; !(part = UK_MUST(read(*much, 7))).empty();)
        text += part;
    EXPECT_TRUE(text.ends_with("line 1998\nline 1999\n"));
    EXPECT_EQ(text.size(), 10u * 7 + 90 * 8 + 900 * 9 + 1000 * 10);
    EXPECT_EQ(read(*open("/d/e/f")).code(), Errno::again);
}

TEST_F(Nodes, LinksLeadToTextsAndPlaces) {
    EXPECT_EQ(UK_MUST(vfs::find(at(), "/link")).node.get(),
              UK_MUST(vfs::find(at(), "/d/b")).node.get());
    const vfs::Place text = UK_MUST(vfs::find(at(), "/link", false));
    EXPECT_EQ(UK_MUST(vfs::link_text(text)), "d/b");
    EXPECT_EQ(vfs::find(at(), "/dead", false).code(), Errno::noent);
    g_there = UK_MUST(vfs::find(at(), "/d"));
    const vfs::Place link = UK_MUST(vfs::find(at(), "/place", false));
    EXPECT_EQ(UK_MUST(vfs::link_text(link)), "/d");
    EXPECT_EQ(UK_MUST(vfs::find(at(), "/place")).node.get(),
              UK_MUST(vfs::find(at(), "/d")).node.get());
    EXPECT_EQ(UK_MUST(vfs::find(at(), "/place/b")).node.get(),
              UK_MUST(vfs::find(at(), "/d/b")).node.get());
    EXPECT_EQ(vfs::find(at(), "/gone").code(), Errno::noent);
}

TEST_F(Nodes, WithoutMemoryNothingIsLost) {
    for (size_t block = 1;; block++) {
        fakes::heap_fail_at(block);
        const Result<vfs::Place> found = vfs::find(at(), "/link", false);
        if (!fakes::heap_failed())
            break;
        ASSERT_EQ(found.code(), Errno::nomem) << block;
        ASSERT_LT(block, 100u);
    }
    fakes::heap_fail_at(0);
    EXPECT_EQ(list("/").names.size(), 7u);
}

} // namespace
