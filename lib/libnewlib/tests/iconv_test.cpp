// SPDX-License-Identifier: BSD-3-Clause
// Conversions of text against the host's iconv(), of random text in random pieces.
#include <gtest/gtest.h>

#include <iconv.h>

#include <random>
#include <string>

#include <uk/fakes/effort.hpp>

#include "lib/libnewlib/iconv.hpp"

using namespace newlib::encoding;

namespace {

constexpr const char* kEncodings[] = {"UTF-8",    "UTF-16",   "UTF-16LE", "UTF-16BE",
                                      "UTF-32",   "UTF-32LE", "UTF-32BE", "UCS-2",
                                      "US-ASCII", "WCHAR_T",  "UCS-4",    "ISO-8859-1"};

struct Answer {
    End end;
    size_t left;
    std::string text;
    bool operator==(const Answer&) const = default;
};

void PrintTo(const Answer& answer, std::ostream* to) {
    *to << "end " << int(answer.end) << ", " << answer.left << " left," << std::hex;
    for (const char c : answer.text)
        *to << ' ' << unsigned(static_cast<unsigned char>(c));
}

Encoding named(const char* name) {
    const Encoding* found = find(name, strlen(name));
    EXPECT_NE(found, nullptr) << name;
    return *found;
}

// Whatever fits into pieces of `piece` bytes of output.
Answer ours(const char* to, const char* from, const std::string& text, size_t piece,
            bool ignores = false) {
    Converter converter(named(to), named(from), ignores);
    Answer answer{};
    Text in = {text.data(), text.size()};
    size_t ignored = 0;
    do {
        std::string room(piece, 0);
        Room out = {room.data(), room.size()};
        answer.end = converter.convert(in, out, ignored);
        answer.text += room.substr(0, piece - out.left);
    } while (answer.end == End::no_room);
    answer.left = in.left;
    if (answer.end == End::done && ignored != 0)
        answer.end = End::wrong; // as iconv() says then
    return answer;
}

Answer theirs(const char* to, const char* from, const std::string& text, bool ignores = false) {
    const std::string target = std::string(to) + (ignores ? "//IGNORE" : "");
    const iconv_t how = iconv_open(target.c_str(), from);
    std::string room(text.size() * 8 + 16, 0);
    std::string copy = text;
    char* in = copy.data();
    char* out = room.data();
    Answer answer{};
    answer.left = copy.size();
    size_t out_left = room.size();
    const size_t done = iconv(how, &in, &answer.left, &out, &out_left);
    answer.end = done != SIZE_MAX  ? End::done
                 : errno == EILSEQ ? End::wrong
                 : errno == EINVAL ? End::short_of_input
                                   : End::no_room;
    answer.text = room.substr(0, room.size() - out_left);
    iconv_close(how);
    return answer;
}

// Mostly characters of the encoding; some bytes are anything, some texts are cut off.
std::string random_text(std::mt19937& random, const char* name) {
    static constexpr uint32_t kEdges[] = {0,      0x7f,   0x80,   0xff,    0x100,    0x7ff, 0x800,
                                          0xd7ff, 0xe000, 0xfffd, 0x10000, 0x10ffff, 'a',   'b'};
    const Encoding encoding = named(name);
    std::string text;
    for (size_t i = random() % 12; i != 0; i--) {
        unsigned char bytes[4];
        uint32_t character = kEdges[random() % std::size(kEdges)];
        if (random() % 3 == 0)
            character = random() % 0x250;
        const size_t size = encode(encoding, character, bytes);
        text.append(reinterpret_cast<char*>(bytes), size);
    }
    // The host takes any 31 bits for a WCHAR_T and in UCS-4.
    const bool checks = strcmp(name, "WCHAR_T") != 0 && strcmp(name, "UCS-4") != 0;
    if (checks && !text.empty() && random() % 3 == 0)
        text[random() % text.size()] = static_cast<char>(random());
    if (!text.empty() && random() % 4 == 0)
        text.resize(text.size() - 1);
    return text;
}

} // namespace

TEST(Iconv, ConvertsAsTheHostDoes) {
    std::mt19937 random(1);
    for (unsigned i = 0; i < uk::fakes::effort(200000); i++) {
        const char* from = kEncodings[random() % std::size(kEncodings)];
        const char* to = kEncodings[random() % std::size(kEncodings)];
        if (from == to) // of WCHAR_T the host's does not even try
            continue;
        const std::string text = random_text(random, from);
        Answer host = theirs(to, from, text);
        Answer here = ours(to, from, text, 8 + random() % 40);
        // The host's puts the mark before a text without characters, too.
        if (here.text.empty() && named(to).has_mark)
            host.text.clear();
        // Beginnings of what is no UTF-8 are waited for there, wrong at once here.
        if (strcmp(from, "UTF-8") == 0 && here.end == End::wrong && host.left < 6)
            host.end = host.end == End::short_of_input ? End::wrong : host.end;
        ASSERT_EQ(here, host) << from << " to " << to << ": "
                              << testing::PrintToString(Answer{End::done, text.size(), text});
    }
}

// Text in UTF-8 with wrong bytes, to its end.
TEST(Iconv, WhatIsWrongIsLeftOutAsByTheHostIfThatIsWished) {
    std::mt19937 random(2);
    for (unsigned i = 0; i < uk::fakes::effort(50000); i++) {
        const char* to = kEncodings[1 + random() % (std::size(kEncodings) - 1)];
        // The host's takes more than there are characters into a WCHAR_T and UCS-4.
        if (named(to).has_mark || strcmp(to, "WCHAR_T") == 0 || strcmp(to, "UCS-4") == 0)
            continue;
        std::string text = random_text(random, "UTF-8");
        for (size_t wrong = random() % 3; wrong != 0 && !text.empty(); wrong--)
            text[random() % text.size()] = static_cast<char>(random());
        text += "end "; // nothing is cut off
        ASSERT_EQ(ours(to, "UTF-8", text, 64, true), theirs(to, "UTF-8", text, true))
            << to << ": " << testing::PrintToString(text);
    }
    EXPECT_EQ(ours("US-ASCII", "UTF-8",
                   "a\xff"
                   "b",
                   8, true)
                  .text,
              "ab");
}

TEST(Iconv, EveryCharacterComesBack) {
    const Encoding forms[] = {named("UTF-8"), named("UTF-16BE"), named("UTF-32")};
    for (uint32_t character = 0; character <= kMost; character++) {
        for (const Encoding& form : forms) {
            unsigned char bytes[4];
            const size_t size = encode(form, character, bytes);
            size_t taken = 0;
            const uint32_t back = decode(form, bytes, size, taken);
            if (is_surrogate(character)) {
                ASSERT_NE(back, character);
            } else {
                ASSERT_EQ(back, character);
                ASSERT_EQ(taken, size);
            }
        }
    }
}

TEST(Iconv, MarksSayTheOrderAndAreNoCharacters) {
    EXPECT_EQ(ours("UTF-8", "UTF-16", std::string("\xfe\xff\0a\0b", 6), 8).text, "ab");
    EXPECT_EQ(ours("UTF-8", "UTF-32", std::string("\0\0\xfe\xff\0\0\0a", 8), 8).text, "a");
    EXPECT_EQ(ours("UTF-16", "UTF-8", "ab", 8).text, std::string("\xff\xfe"
                                                                 "a\0b\0",
                                                                 6));
}

TEST(Iconv, CharactersWithoutAPlaceAreLeftOutIfThatIsWished) {
    Converter converter(named("US-ASCII"), named("UTF-8"), true);
    Text in = {"a\xc3\xbc"
               "b",
               4};
    char room[8];
    Room out = {room, sizeof(room)};
    size_t ignored = 0;
    EXPECT_EQ(converter.convert(in, out, ignored), End::done);
    EXPECT_EQ(std::string(room, out.at), "ab");
    EXPECT_EQ(ignored, 1U);
}

TEST(Iconv, NamesAreFoundHoweverTheyAreWritten) {
    EXPECT_EQ(find("utf-8", 5), find("UTF8", 4));
    EXPECT_EQ(find("iso_8859-1", 10)->form, find("Latin1", 6)->form);
    EXPECT_EQ(find("KOI8-R", 6), nullptr);
    EXPECT_EQ(find("UTF-8888888888888888", 20), nullptr);
    EXPECT_EQ(find("", 0), nullptr);
}
