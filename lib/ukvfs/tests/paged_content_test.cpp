// SPDX-License-Identifier: BSD-3-Clause
// PagedContent: each promise of its header, one by one.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "page_store.hpp"

namespace {

using uk::Errno;
using uk::kPageSize;
using uk::Paddr;

constexpr uint64_t kMost = Content::kMost;
constexpr int kKeep = UK_FALLOC_FL_KEEP_SIZE;
constexpr int kPunch = UK_FALLOC_FL_PUNCH_HOLE | kKeep;
constexpr int kZero = UK_FALLOC_FL_ZERO_RANGE;

class PagedContentTest : public testing::Test {
  protected:
    PageStore store_;
    Content file_{PageStoreFace{&store_}};

    static std::vector<std::byte> as_bytes(const std::string& text) {
        std::vector<std::byte> out(text.size());
        std::memcpy(out.data(), text.data(), text.size());
        return out;
    }
    static uk::Result<size_t> write(Content& file, const std::string& text, uint64_t offset) {
        Piece piece(text.data(), text.size());
        return file.write(piece.pieces, offset);
    }
    static std::string read(Content& file, uint64_t offset, size_t size) {
        std::string text(size, '?');
        Piece piece(text.data(), size);
        text.resize(file.read(piece.pieces, offset).take());
        return text;
    }
    void put(const std::string& text, uint64_t offset) {
        ASSERT_EQ(write(file_, text, offset).value_or(0), text.size());
    }
    std::string get(uint64_t offset, size_t size) { return read(file_, offset, size); }
    static char* memory(Paddr frame) { return reinterpret_cast<char*>(frame.value()); }
};

TEST_F(PagedContentTest, EmptyHasNothing) {
    EXPECT_EQ(file_.size(), 0u);
    EXPECT_EQ(file_.stored(), 0u);
    EXPECT_EQ(get(0, 10), "");
    EXPECT_EQ(file_.seek(0, false).code(), Errno::nxio);
    EXPECT_EQ(file_.share(0).code(), Errno::nxio);
    std::vector<std::byte> page(kPageSize);
    EXPECT_EQ(file_.fill(0, page).code(), Errno::nxio);
}

TEST_F(PagedContentTest, OnePageNeedsNoTable) {
    put("hello", 0);
    put(std::string(4091, 'x'), 5);
    EXPECT_EQ(store_.blocks, 0u);
    EXPECT_EQ(store_.frames, 1u);
    EXPECT_EQ(get(0, 7), "helloxx");
    put("y", 4096);
    EXPECT_EQ(store_.blocks, 1u);
    EXPECT_EQ(get(4094, 10), "xxy");
    EXPECT_EQ(file_.stored(), 2 * kPageSize);
}

TEST_F(PagedContentTest, HolesReadAsZerosAndTakeNothing) {
    put("end", kMost - 3);
    EXPECT_EQ(file_.size(), kMost);
    EXPECT_EQ(store_.frames, 1u);
    EXPECT_LE(store_.blocks, 6u);
    EXPECT_EQ(get(kMost / 2, 5000), std::string(5000, '\0'));
    EXPECT_EQ(get(kMost - 5, 50), std::string(2, '\0') + "end");
    EXPECT_EQ(write(file_, "x", kMost).code(), Errno::fbig);
    EXPECT_EQ(write(file_, "xyz", kMost - 1).value_or(0), 1u);
    EXPECT_EQ(file_.resize(kMost + 1).code(), Errno::fbig);
    EXPECT_TRUE(file_.resize(1).ok());
    EXPECT_EQ(store_.frames + store_.blocks, 0u);
    EXPECT_EQ(get(0, 5), std::string(1, '\0'));
}

TEST_F(PagedContentTest, WhatIsGainedIsZeros) {
    put(std::string(10000, 'x'), 0);
    ASSERT_TRUE(file_.resize(5000).ok());
    EXPECT_EQ(store_.frames, 2u);
    ASSERT_TRUE(file_.resize(20000).ok());
    EXPECT_EQ(get(4999, 20000), "x" + std::string(15000, '\0'));
    put("z", 30000);
    EXPECT_EQ(get(20000, 20000), std::string(10000, '\0') + "z");
}

TEST_F(PagedContentTest, SeekFindsDataAndHoles) {
    put("a", 3 * kPageSize + 7);
    put("b", 300 * kPageSize);
    ASSERT_TRUE(file_.resize(400 * kPageSize + 5).ok());
    const auto data = [&](uint64_t at) { return file_.seek(at, false); };
    const auto hole = [&](uint64_t at) { return file_.seek(at, true); };
    EXPECT_EQ(data(0).value_or(0), 3 * kPageSize);
    EXPECT_EQ(data(3 * kPageSize + 100).value_or(0), 3 * kPageSize + 100);
    EXPECT_EQ(data(4 * kPageSize).value_or(0), 300 * kPageSize);
    EXPECT_EQ(data(301 * kPageSize).code(), Errno::nxio);
    EXPECT_EQ(hole(0).value_or(99), 0u);
    EXPECT_EQ(hole(3 * kPageSize + 5).value_or(0), 4 * kPageSize);
    EXPECT_EQ(hole(300 * kPageSize).value_or(0), 301 * kPageSize);
    EXPECT_EQ(hole(400 * kPageSize + 5).code(), Errno::nxio);
    ASSERT_TRUE(file_.resize(300 * kPageSize + 1).ok());
    EXPECT_EQ(hole(300 * kPageSize).value_or(0), 300 * kPageSize + 1) << "the end is a hole";
}

TEST_F(PagedContentTest, NoSpaceWritesWhatFits) {
    store_.most_frames = 2;
    EXPECT_EQ(write(file_, std::string(3 * kPageSize, 'x'), 0).value_or(0), 2 * kPageSize);
    EXPECT_EQ(file_.size(), 2 * kPageSize);
    EXPECT_EQ(write(file_, "y", 2 * kPageSize).code(), Errno::nospc);
    EXPECT_EQ(file_.size(), 2 * kPageSize);
    EXPECT_EQ(file_.allocate(0, 0, 3 * kPageSize).code(), Errno::nospc);
    EXPECT_EQ(file_.stored(), 2 * kPageSize);
    put("z", kPageSize);
    EXPECT_EQ(get(kPageSize, 2), "zx");
}

TEST_F(PagedContentTest, AllocateKeepsOrSetsTheSize) {
    put("abc", 0);
    ASSERT_TRUE(file_.allocate(kKeep, 0, 3 * kPageSize).ok());
    EXPECT_EQ(file_.size(), 3u);
    EXPECT_EQ(file_.stored(), 3 * kPageSize);
    store_.most_frames = 3;
    put("d", 3 * kPageSize - 1);
    EXPECT_EQ(get(0, 4), std::string("abc\0", 4));
    ASSERT_TRUE(file_.resize(1).ok());
    EXPECT_EQ(file_.stored(), kPageSize) << "what was allocated behind the end goes, too";
    ASSERT_TRUE(file_.allocate(0, kPageSize, 1).ok());
    EXPECT_EQ(file_.size(), kPageSize + 1);
    EXPECT_EQ(file_.allocate(0, 0, kMost).code(), Errno::nospc);
    EXPECT_EQ(file_.allocate(0, kMost, 1).code(), Errno::fbig);
    EXPECT_EQ(file_.allocate(UK_FALLOC_FL_COLLAPSE_RANGE, 0, kPageSize).code(), Errno::opnotsupp);
    EXPECT_EQ(file_.allocate(UK_FALLOC_FL_PUNCH_HOLE, 0, kPageSize).code(), Errno::opnotsupp);
}

TEST_F(PagedContentTest, PunchGivesPagesBack) {
    put(std::string(10 * kPageSize, 'x'), 0);
    ASSERT_TRUE(file_.allocate(kPunch, 100, 4 * kPageSize).ok());
    EXPECT_EQ(file_.stored(), 7 * kPageSize);
    EXPECT_EQ(file_.size(), 10 * kPageSize);
    EXPECT_EQ(get(99, 4 * kPageSize + 2), "x" + std::string(4 * kPageSize, '\0') + "x");
    ASSERT_TRUE(file_.allocate(kZero, 8 * kPageSize + 5, 4 * kPageSize).ok());
    EXPECT_EQ(file_.size(), 12 * kPageSize + 5);
    EXPECT_EQ(get(8 * kPageSize + 4, 9000), "x" + std::string(8999, '\0'));
    EXPECT_EQ(file_.seek(8 * kPageSize, true).value_or(0), 12 * kPageSize + 5);
    ASSERT_TRUE(file_.allocate(kPunch, 0, kMost).ok());
    EXPECT_EQ(store_.frames + store_.blocks, 0u);
}

TEST_F(PagedContentTest, BaseIsReadInPlaceAndCopiedByPages) {
    const auto base = as_bytes(std::string(5 * kPageSize, 'b') + "tail");
    Content file(PageStoreFace{&store_});
    file.set_base(base);
    EXPECT_EQ(file.size(), base.size());
    EXPECT_EQ(file.stored(), 0u);
    EXPECT_EQ(read(file, 5 * kPageSize - 1, 100), "btail");
    EXPECT_EQ(write(file, "W", kPageSize + 1).value_or(0), 1u);
    EXPECT_EQ(file.stored(), kPageSize);
    EXPECT_EQ(read(file, kPageSize, 3), "bWb");
    EXPECT_EQ(file.seek(0, true).value_or(0), base.size());
    ASSERT_TRUE(file.resize(base.size() + 10).ok());
    EXPECT_EQ(read(file, 5 * kPageSize, 100), "tail" + std::string(10, '\0'));
    EXPECT_EQ(write(file, "!", 5 * kPageSize + 8).value_or(0), 1u);
    EXPECT_EQ(read(file, 5 * kPageSize, 9), "tail" + std::string(4, '\0') + "!");
    ASSERT_TRUE(file.resize(kPageSize / 2).ok());
    ASSERT_TRUE(file.resize(kPageSize).ok());
    EXPECT_EQ(read(file, 2047, kPageSize), "b" + std::string(2048, '\0'));
    EXPECT_EQ(store_.frames, 0u);
}

TEST_F(PagedContentTest, HolesInTheBase) {
    const auto base = as_bytes(std::string(6 * kPageSize + 10, 'b'));
    Content file(PageStoreFace{&store_});
    file.set_base(base);
    ASSERT_TRUE(file.allocate(kPunch, kPageSize, 2 * kPageSize).ok());
    EXPECT_EQ(read(file, kPageSize - 1, 2 * kPageSize + 2),
              "b" + std::string(2 * kPageSize, '\0') + "b");
    EXPECT_EQ(file.seek(0, true).value_or(0), kPageSize);
    EXPECT_EQ(file.seek(kPageSize, false).value_or(0), 3 * kPageSize);
    EXPECT_EQ(write(file, "W", kPageSize + 5).value_or(0), 1u);
    EXPECT_EQ(read(file, kPageSize + 4, 3), std::string("\0W\0", 3));
    ASSERT_TRUE(file.allocate(kPunch, kPageSize, kPageSize).ok());
    EXPECT_EQ(read(file, kPageSize + 4, 3), std::string(3, '\0'));
    store_.most_frames = 3;
    EXPECT_EQ(file.allocate(kKeep, 0, 6 * kPageSize).code(), Errno::nospc);
    EXPECT_EQ(read(file, 0, kPageSize + 1), std::string(kPageSize, 'b') + std::string(1, '\0'));
    ASSERT_TRUE(file.allocate(kPunch, 5, kMost - 5).ok());
    EXPECT_EQ(read(file, 0, 2 * kPageSize), "bbbbb" + std::string(2 * kPageSize - 5, '\0'));
    EXPECT_EQ(file.stored(), kPageSize);
}

TEST_F(PagedContentTest, SharedPageIsTheFiles) {
    put("abc", kPageSize);
    const Paddr frame = file_.share(kPageSize).take();
    EXPECT_EQ(std::string(memory(frame), 3), "abc");
    memory(frame)[0] = 'X';
    EXPECT_EQ(get(kPageSize, 3), "Xbc");
    put("d", kPageSize + 1);
    EXPECT_EQ(memory(frame)[1], 'd');
    const Paddr hole = file_.share(0).take();
    memory(hole)[9] = '9';
    EXPECT_EQ(get(8, 3), std::string("\0009\0", 3));
    EXPECT_EQ(file_.share(2 * kPageSize).code(), Errno::nxio);
    file_.unshare(0, hole);
    file_.unshare(kPageSize, frame);
}

TEST_F(PagedContentTest, ShrinkingLeavesSharedPagesEmpty) {
    put(std::string(3 * kPageSize, 'x'), 0);
    const Paddr frame = file_.share(2 * kPageSize).take();
    EXPECT_EQ(file_.share(2 * kPageSize).value_or(Paddr{}), frame);
    ASSERT_TRUE(file_.resize(1).ok());
    EXPECT_EQ(store_.frames, 2u);
    EXPECT_EQ(memory(frame)[0], '\0');
    memory(frame)[0] = 'm';
    memory(frame)[1] = 'm';
    file_.unshare(2 * kPageSize, frame);
    ASSERT_TRUE(file_.resize(3 * kPageSize).ok()) << "grows again while somebody has the page";
    EXPECT_EQ(get(2 * kPageSize, 2), std::string(2, '\0'));
    memory(frame)[0] = 'n';
    EXPECT_EQ(get(2 * kPageSize, 1), "n");
    ASSERT_TRUE(file_.resize(1).ok());
    memory(frame)[7] = 'o';
    put("p", 2 * kPageSize + 1);
    EXPECT_EQ(get(2 * kPageSize, 8), std::string("\0p", 2));
    ASSERT_TRUE(file_.resize(2 * kPageSize + 10).ok());
    EXPECT_EQ(get(2 * kPageSize, 8), std::string("\0p", 2) + std::string(6, '\0'));
    ASSERT_TRUE(file_.resize(0).ok());
    EXPECT_EQ(store_.frames, 1u);
    file_.unshare(2 * kPageSize, frame);
    EXPECT_EQ(store_.frames, 0u);
}

TEST_F(PagedContentTest, BytesBehindTheEndDoNotAppear) {
    put("abc", 0);
    const Paddr frame = file_.share(0).take();
    memory(frame)[5] = 'm';
    put("d", 3);
    ASSERT_TRUE(file_.resize(10).ok());
    EXPECT_EQ(get(0, 10), "abcd" + std::string(6, '\0'));
    memory(frame)[20] = 'm';
    file_.unshare(0, frame);
    ASSERT_TRUE(file_.resize(30).ok());
    EXPECT_EQ(get(10, 20), std::string(20, '\0'));
}

TEST_F(PagedContentTest, PunchingASharedPageEmptiesIt) {
    put(std::string(2 * kPageSize, 'x'), 0);
    const Paddr frame = file_.share(kPageSize).take();
    ASSERT_TRUE(file_.allocate(kPunch, 0, 2 * kPageSize).ok());
    EXPECT_EQ(memory(frame)[17], '\0');
    memory(frame)[17] = 'y';
    EXPECT_EQ(get(kPageSize + 17, 1), "y");
    file_.unshare(kPageSize, frame);
    EXPECT_EQ(get(kPageSize + 17, 1), "y");
    EXPECT_EQ(store_.frames, 1u);
}

TEST_F(PagedContentTest, FillCopiesThePage) {
    const auto base = as_bytes(std::string(kPageSize, 'b') + "tail");
    Content file(PageStoreFace{&store_});
    file.set_base(base);
    std::vector<std::byte> page(kPageSize, std::byte{1});
    ASSERT_TRUE(file.fill(kPageSize, page).ok());
    EXPECT_EQ(page[3], std::byte{'l'});
    EXPECT_EQ(page[4], std::byte{0});
    EXPECT_EQ(file.stored(), 0u);
    EXPECT_EQ(write(file, "T", kPageSize).value_or(0), 1u);
    ASSERT_TRUE(file.fill(kPageSize, page).ok());
    EXPECT_EQ(page[0], std::byte{'T'});
    EXPECT_EQ(file.fill(2 * kPageSize, page).code(), Errno::nxio);
}

// What a list of operations leaves, whichever request for memory fails.
TEST_F(PagedContentTest, EachFailureLeavesWhatWas) {
    const auto base = as_bytes(std::string(3 * kPageSize, 'b'));
    int64_t k = 0;
    for (bool failed = true; failed; k++) {
        Content file(PageStoreFace{&store_});
        file.set_base(base);
        store_.fail_in = k;
        const auto attempt = [&](auto operation) {
            const std::string before = read(file, 0, 1 << 20);
            const uint64_t size = file.size();
            uk::Result<> done = operation();
            if (done.ok())
                return;
            EXPECT_EQ(done.code(), Errno::nomem);
            EXPECT_EQ(file.size(), size);
            EXPECT_EQ(read(file, 0, 1 << 20), before);
            EXPECT_TRUE(operation().ok()) << "again";
        };
        const auto writing = [&](uint64_t at) -> uk::Result<> {
            UK_TRY(write(file, "x", at));
            return uk::ok();
        };
        attempt([&] { return writing(5); });
        attempt([&] { return file.allocate(kPunch, 4000, 5000); });
        attempt([&] { return file.allocate(0, 4090, 20 * kPageSize); });
        attempt([&] { return writing(70 * kPageSize); });
        attempt([&] { return file.allocate(kZero, 10, 5 * kPageSize); });
        attempt([&] { return writing(5000 * kPageSize); });
        attempt([&] { return file.resize(kPageSize + 1); });
        Paddr frame{};
        attempt([&]() -> uk::Result<> {
            frame = UK_TRY(file.share(kPageSize));
            return uk::ok();
        });
        file.unshare(kPageSize, frame);
        failed = !store_.failure_is_to_come();
        store_.fail_in = -1;
    }
    EXPECT_GE(k, 30);
}

} // namespace
