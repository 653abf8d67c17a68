// SPDX-License-Identifier: BSD-3-Clause
// Result, Error, UK_TRY, UK_MUST and the list of error numbers (against the host's).
#include <uk/base/result.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <tuple>

namespace {

using uk::Errno;
using uk::Error;
using uk::Result;

// In registers: these types are returned as plain values by the ABI.
struct Pair {
    int a;
    int b;
};
static_assert(sizeof(Result<>) == 4 && sizeof(Result<bool>) == 8 && sizeof(Result<Pair>) == 12);
static_assert(std::is_trivially_copyable_v<Result<Pair>> &&
              std::is_trivially_destructible_v<Result<Pair>>);
static_assert(std::is_trivially_copy_constructible_v<Result<unsigned long>>);
static_assert(!std::is_copy_constructible_v<Result<std::unique_ptr<int>>>);
static_assert(std::is_move_constructible_v<Result<std::unique_ptr<int>>>);
static_assert(!std::is_convertible_v<Result<int>, int> &&
              !std::is_convertible_v<Result<int>, bool>);

constexpr Result<int> half(int v) {
    if (v % 2 != 0)
        return Errno::inval;
    return v / 2;
}
static_assert(half(8).value() == 4 && half(7).code() == Errno::inval);

Result<int> eighth(int v) {
    return UK_TRY(half(UK_TRY(half(UK_TRY(half(v)))))); // nested: no warning under -Wshadow
}

Result<> check(int v, int& steps) {
    UK_TRY(half(v));
    steps++;
    return {};
}

TEST(Result, ValueOrError) {
    EXPECT_EQ(eighth(80).take(), 10);
    EXPECT_FALSE(eighth(12).ok());
    EXPECT_EQ(eighth(12).error(), Errno::inval);
    EXPECT_EQ(eighth(12).error().neg(), -22);
    EXPECT_STREQ(eighth(12).error().name(), "EINVAL");
    EXPECT_EQ(eighth(12).value_or(7), 7);
    EXPECT_EQ(eighth(80).value_or(7), 10);
    int steps = 0;
    EXPECT_TRUE(check(2, steps).ok());
    EXPECT_EQ(check(3, steps).neg(), -22);
    EXPECT_EQ(steps, 1);
    EXPECT_EQ(uk::ok().neg(), 0);
}

TEST(Result, CarriesOwners) {
    auto live = std::make_shared<int>(5);
    {
        Result<std::shared_ptr<int>> a(live);
        EXPECT_EQ(live.use_count(), 2);
        Result<std::shared_ptr<int>> b(
            std::move(a)); // the moved-from Result still holds an empty owner
        EXPECT_EQ(live.use_count(), 2);
        b = Result<std::shared_ptr<int>>(Errno::nomem);
        EXPECT_EQ(live.use_count(), 1);
        b = Result<std::shared_ptr<int>>(live);
        EXPECT_EQ(*b.value(), 5);
        auto self = &b;
        b = std::move(*self);
        EXPECT_EQ(live.use_count(), 2);
        const std::shared_ptr<int> taken = b.take();
        EXPECT_EQ(live.use_count(), 2);
    }
    EXPECT_EQ(live.use_count(), 1);
    auto give = []() -> Result<std::unique_ptr<int>> { return std::make_unique<int>(9); };
    auto pass = [&]() -> Result<std::unique_ptr<int>> { return UK_TRY(give()); };
    EXPECT_EQ(*pass().take(), 9);
}

TEST(Result, ConvertsOnReturn) {
    auto pointer = []() -> Result<void*> { return nullptr; };
    EXPECT_EQ(pointer().take(), nullptr);
    auto text = []() -> Result<std::string> { return "text"; };
    EXPECT_EQ(text().take(), "text");
    auto to_base = []() -> Result<const void*> { return "x"; };
    EXPECT_TRUE(to_base().ok());
}

TEST(ResultDeathTest, MisusePanics) {
    EXPECT_DEATH((void)half(3).take(), "ok\\(\\)");
    EXPECT_DEATH((void)half(2).error(), "code != Errno::ok");
    EXPECT_DEATH((void)UK_MUST(half(3)), "half\\(3\\) failed: EINVAL");
    EXPECT_EQ(UK_MUST(half(4)), 2);
    EXPECT_DEATH({ const Result<int> r(Errno::ok); }, "code != Errno::ok");
}

TEST(Errno, IsTheHostsList) {
    for (int i = 1; i <= uk::kErrnoMax; i++) {
        const char* host = strerrorname_np(i);
        if (host == nullptr) { // one of the holes
            EXPECT_STREQ(uk::errno_name(static_cast<Errno>(i)), "E?") << i;
            EXPECT_EQ(uk::errno_text(static_cast<Errno>(i)), nullptr) << i;
            continue;
        }
        EXPECT_STREQ(uk::errno_name(static_cast<Errno>(i)), host);
        EXPECT_STREQ(uk::errno_text(static_cast<Errno>(i)), strerrordesc_np(i));
    }
    EXPECT_EQ(strerrorname_np(uk::kErrnoMax + 1), nullptr); // the list is complete
    EXPECT_STREQ(uk::errno_name(Errno::ok), "OK");
    EXPECT_STREQ(uk::errno_text(Errno::ok), "Success");
    EXPECT_STREQ(uk::errno_name(static_cast<Errno>(-1)), "E?");
    EXPECT_STREQ(uk::errno_name(static_cast<Errno>(134)), "E?");
    EXPECT_EQ(static_cast<int>(Errno::noent), ENOENT);
    EXPECT_EQ(static_cast<int>(Errno::e2big), E2BIG);
    EXPECT_EQ(static_cast<int>(Errno::wouldblock), EWOULDBLOCK);
    EXPECT_EQ(static_cast<int>(Errno::notsup), ENOTSUP);
    EXPECT_EQ(static_cast<int>(Errno::deadlock), EDEADLOCK);
    EXPECT_EQ(static_cast<int>(Errno::hwpoison), EHWPOISON);
}

} // namespace
