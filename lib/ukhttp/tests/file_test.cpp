// SPDX-License-Identifier: BSD-3-Clause
// Paths, kinds, ranges, tags and dates.
#include <uk/http/file.hpp>

#include <ctime>
#include <string>

#include <gtest/gtest.h>

namespace {

using namespace uk::http;

std::string resolved(std::string_view path) {
    char room[64];
    const Resolved result = resolve(path, room);
    if (result.status != Status::ok)
        return std::to_string(static_cast<int>(result.status));
    EXPECT_EQ(room[result.path.size()], '\0');
    return std::string(result.path);
}

TEST(Resolve, DecodesAndResolves) {
    const char* const pairs[][2] = {
        {"/", "/"},           {"/a", "/a"},           {"/a/", "/a/"},
        {"//a///b", "/a/b"},  {"/a/./b", "/a/b"},     {"/a/b/..", "/a/"},
        {"/a/../b", "/b"},    {"/a/b/../../c", "/c"}, {"/a%20b", "/a b"},
        {"/%61%2Fb", "/a/b"}, {"/a%2f..%2Fb", "/b"},  {"/%C3%A4", "/\xc3\xa4"},
        {"/a..b", "/a..b"},   {"/a/.", "/a/"},        {"/a+b", "/a+b"},
        {"/a/..", "/"},       {"/a/b./c", "/a/b./c"}};
    for (const auto& pair : pairs)
        EXPECT_EQ(resolved(pair[0]), pair[1]) << pair[0];
}

TEST(Resolve, RefusesWhatLeadsOutOrHides) {
    for (const char* path : {"/..", "/../a", "/a/../..", "/%2e%2e/a", "/a/%2E./../x", "/.%2e",
                             "/./..", "/a%", "/a%2", "/a%zz", "/%00", "/a%00.html", "a", ""})
        EXPECT_EQ(resolved(path), "400") << path;
    for (const char* path : {"/.git", "/.git/config", "/a/.hidden", "/%2ehtaccess", "/.../a"})
        EXPECT_EQ(resolved(path), "404") << path;
    EXPECT_EQ(resolved("/" + std::string(62, 'x')).size(), 63U);
    EXPECT_EQ(resolved("/" + std::string(63, 'x')), "414");
}

TEST(ContentType, GoesByTheEndOfTheName) {
    EXPECT_EQ(content_type("/index.html"), "text/html; charset=utf-8");
    EXPECT_EQ(content_type("/A.SVG"), "image/svg+xml");
    EXPECT_EQ(content_type("/a.tar.gz"), "application/gzip");
    for (const char* path : {"/a", "/a.html/b", "/a.", "/html", "/a.htmlx"})
        EXPECT_EQ(content_type(path), "application/octet-stream") << path;
}

std::string ranged(std::string_view field, uint64_t size) {
    const Range range = parse_range(field, size);
    if (range.kind == RangeKind::part)
        return std::to_string(range.first) + "+" + std::to_string(range.size);
    return range.kind == RangeKind::none ? "none" : "whole";
}

TEST(Range, IsOnePartOrTheWhole) {
    EXPECT_EQ(ranged("bytes=0-0", 10), "0+1");
    EXPECT_EQ(ranged("Bytes=2-5", 10), "2+4");
    EXPECT_EQ(ranged("bytes=5-", 10), "5+5");
    EXPECT_EQ(ranged("bytes=5-99", 10), "5+5");
    EXPECT_EQ(ranged("bytes=-3", 10), "7+3");
    EXPECT_EQ(ranged("bytes=-99", 10), "0+10");
    for (const char* field : {"bytes=10-", "bytes=10-20", "bytes=-0"})
        EXPECT_EQ(ranged(field, 10), "none") << field;
    EXPECT_EQ(ranged("bytes=0-", 0), "none");
    EXPECT_EQ(ranged("bytes=-5", 0), "none");
    for (const char* field :
         {"", "bytes", "bytes=", "bytes=-", "bytes=5", "bytes=5-2", "bytes=a-b", "bytes=0-1,3-4",
          "lines=0-1", "bytes=1-2-3", "bytes=+1-2", "bytes=0x1-", "bytes=99999999999999999999-"})
        EXPECT_EQ(ranged(field, 10), "whole") << field;
    const uint64_t huge = uint64_t{1} << 62;
    EXPECT_EQ(ranged("bytes=0-", huge), "0+" + std::to_string(huge));
}

TEST(Matches, LooksThroughTheList) {
    for (const char* field :
         {"\"a\"", "*", " * ", "\"x\", \"a\"", "W/\"a\"", "\"x\",W/\"a\" , \"y\""})
        EXPECT_TRUE(matches(field, "\"a\"")) << field;
    for (const char* field : {"", "a", "\"A\"", "\"b\"", "\"ab\"", ",,"})
        EXPECT_FALSE(matches(field, "\"a\"")) << field;
}

TEST(Date, IsThatOfTheHost) {
    for (const int64_t seconds :
         {int64_t{0}, int64_t{784'111'777}, int64_t{951'782'400}, int64_t{951'868'800},
          int64_t{4'107'542'399}, int64_t{4'107'542'400}, int64_t{253'402'300'799}}) {
        char room[kDateSize];
        format_date(seconds, room);
        const time_t when = seconds;
        struct tm parts;
        char expected[64];
        strftime(expected, sizeof expected, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&when, &parts));
        EXPECT_EQ(std::string(room, kDateSize), expected);
        int64_t again = -1;
        EXPECT_TRUE(parse_date({room, kDateSize}, again));
        EXPECT_EQ(again, seconds);
    }
}

TEST(Date, OfAnotherFormIsNone) {
    int64_t seconds = 0;
    for (const char* text : {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
                             "Mon, 06 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
                             "Sun, 6 Nov 1994 08:49:37 GMT ", "Sun, 06 Nov 1994 24:49:37 GMT",
                             "Sun, 06 Nov 1994 08:49:37 UTC", "Thu, 31 Feb 1994 08:49:37 GMT",
                             "Sun, 06 ovD 1994 08:49:37 GMT", "Sun, 06 Nov 1969 08:49:37 GMT",
                             "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1x94 08:49:37 GMT"})
        EXPECT_FALSE(parse_date(text, seconds)) << text;
}

} // namespace
