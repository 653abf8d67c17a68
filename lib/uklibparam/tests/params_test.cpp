// SPDX-License-Identifier: BSD-3-Clause
// Host tests: splitting the command line, setting parameters, and what is said about wrong ones.
#include <uk/fakes/effort.hpp>
#include <uk/libparam.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace {

using uk::params::apply;
using uk::params::List;
using uk::params::Outcome;
using uk::params::Param;
using uk::params::Type;
using uk::params::detail::row;

// A line split in place in a buffer of exactly the size the contract asks for.
struct Line {
    explicit Line(const std::string& text) : buffer(text.begin(), text.end()) {
        counted = uk::params::count_words(buffer);
        buffer.push_back('X');
        words.resize(counted.count, nullptr);
        split = uk::params::split(buffer, words);
        EXPECT_EQ(counted.count, split.count);
        EXPECT_EQ(counted.separator, split.separator);
        EXPECT_EQ(counted.open_quote, split.open_quote);
    }
    std::vector<std::string> strings() const { return {words.begin(), words.end()}; }

    std::vector<char> buffer;
    std::vector<char*> words;
    uk::params::Words counted;
    uk::params::Words split;
};

using Strings = std::vector<std::string>;

TEST(Split, BlanksSeparate) {
    EXPECT_EQ(Line("").strings(), Strings{});
    EXPECT_EQ(Line(" \t\r\n\v\f ").strings(), Strings{});
    EXPECT_EQ(Line("a").strings(), (Strings{"a"}));
    EXPECT_EQ(Line("  one\ttwo \n three  ").strings(), (Strings{"one", "two", "three"}));
}

TEST(Split, QuotesKeepBlanksAndEachOther) {
    EXPECT_EQ(Line("'a b' \"c d\"").strings(), (Strings{"a b", "c d"}));
    EXPECT_EQ(Line("\"it's\" 'say \"x\"'").strings(), (Strings{"it's", "say \"x\""}));
    EXPECT_EQ(Line("pre'fix ed'post").strings(), (Strings{"prefix edpost"}));
    EXPECT_EQ(Line("a '' \"\" b").strings(), (Strings{"a", "", "", "b"}));
    EXPECT_EQ(Line("a\\ b \\\"c\\\"").strings(), (Strings{"a\\", "b", "\\c\\"}));
}

TEST(Split, OpenQuoteReachesToTheEnd) {
    Line line("a 'b c");
    EXPECT_EQ(line.strings(), (Strings{"a", "b c"}));
    EXPECT_TRUE(line.split.open_quote);
    EXPECT_FALSE(Line("a 'b' c").split.open_quote);
}

TEST(Split, NulEndsTheText) {
    EXPECT_EQ(Line(std::string("a b\0c d", 7)).strings(), (Strings{"a", "b"}));
    EXPECT_EQ(Line(std::string("a 'b\0c' d", 9)).strings(), (Strings{"a", "b"}));
}

TEST(Split, Separator) {
    EXPECT_EQ(Line("x=1 -- a -- b").split.separator, 1u);
    EXPECT_EQ(Line("a b").split.separator, 2u);
    EXPECT_EQ(Line("-- a").split.separator, 0u);
    EXPECT_EQ(Line("--- --a a--").split.separator, 3u);
    char one[] = "x=1";
    char dashes[] = "--";
    char* words[] = {one, dashes, one};
    EXPECT_EQ(uk::params::find_separator(words).separator, 1u);
    EXPECT_EQ(uk::params::find_separator({}).separator, 0u);
}

TEST(Split, KeepsToTheCallersArray) {
    char text[] = "a b c";
    char* words[2] = {};
    uk::params::Words result = uk::params::split(text, words);
    EXPECT_EQ(result.count, 3u);
    EXPECT_STREQ(words[1], "b");
    EXPECT_EQ(uk::params::split({}, words).count, 0u);
}

bool set_colour(const char* value);
const char* show_colour();
std::string g_colour = "red";
bool set_colour(const char* value) {
    if (strcmp(value, "blue") != 0) {
        return false;
    }
    g_colour = value;
    return true;
}
const char* show_colour() {
    return g_colour.c_str();
}

class Params : public ::testing::Test {
  protected:
    bool flag_ = false;
    int8_t tiny_ = 5;
    uint16_t port_ = 80;
    int64_t offset_ = 0;
    uint64_t heap_ = 4096;
    const char* name_ = "none";
    List<const char*, 3> mounts_;
    List<uint32_t, 4> numbers_;
    uk::params::Custom colour_{set_colour, show_colour, "blue"};
    Param rows_[9] = {
        row<Type::boolean>("boot", "fast", "skip tests", flag_),
        row<Type::s8>("x", "tiny", "a tiny number", tiny_),
        row<Type::u16>("net", "port", "port to listen on", port_),
        row<Type::s64>("x", "offset", "an offset", offset_),
        row<Type::size>(nullptr, "heap.size", "bytes of heap", heap_),
        row<Type::string>("net", "name", "host name", name_),
        row<Type::string>("vfs", "fstab", "what to mount", mounts_),
        row<Type::u32>("x", "numbers", "some numbers", numbers_),
        {nullptr, "colour", "its colour", &colour_, nullptr, 1, Type::custom},
    };
    std::vector<const Param*> table_;
    std::vector<Line> lines_;
    Strings errors_;
    Strings warnings_;

    void SetUp() override {
        g_colour = "red";
        for (const Param& each : rows_) {
            table_.push_back(&each);
        }
    }
    uk::Result<Outcome> run(std::span<char* const> words) {
        errors_.clear();
        warnings_.clear();
        return apply(
            words, table_,
            [](void* context, bool fatal, const char* message) {
                auto* self = static_cast<Params*>(context);
                (fatal ? self->errors_ : self->warnings_).emplace_back(message);
            },
            this);
    }
    uk::Result<Outcome> set(const std::string& text) {
        lines_.emplace_back(text); // strings point into it
        const Line& line = lines_.back();
        return run(std::span(line.words).first(line.split.separator));
    }
    Strings mounts() const { return {mounts_.values, mounts_.values + mounts_.count}; }
    std::string help() {
        std::string out;
        print_help(
            table_,
            [](void* context, const char* text, size_t size) {
                static_cast<std::string*>(context)->append(text, size);
            },
            &out);
        return out;
    }
};

TEST_F(Params, SetsEachType) {
    ASSERT_TRUE(set("boot.fast x.tiny=-128 net.port=0xffff x.offset=-9223372036854775808 "
                    "heap.size=16M net.name='a b' colour=blue -- net.port=1")
                    .ok());
    EXPECT_TRUE(flag_);
    EXPECT_EQ(tiny_, -128);
    EXPECT_EQ(port_, 65535);
    EXPECT_EQ(offset_, INT64_MIN);
    EXPECT_EQ(heap_, 16u << 20);
    EXPECT_STREQ(name_, "a b");
    EXPECT_EQ(g_colour, "blue");
    EXPECT_TRUE(errors_.empty() && warnings_.empty());
}

TEST_F(Params, LastOneWins) {
    ASSERT_TRUE(set("net.port=1 net.port=2 boot.fast=on boot.fast=off net.name=").ok());
    EXPECT_EQ(port_, 2);
    EXPECT_FALSE(flag_);
    EXPECT_STREQ(name_, "");
}

TEST_F(Params, BadValuesNameParameterValueAndWhatIsExpected) {
    EXPECT_EQ(
        set("net.port=65536 x.tiny=128 boot.fast=maybe heap.size=4Q colour=green net.name").code(),
        uk::Errno::inval);
    EXPECT_EQ(errors_, (Strings{
                           "net.port=65536: expected a number from 0 to 65535",
                           "x.tiny=128: expected a number from -128 to 127",
                           "boot.fast=maybe: expected on or off",
                           "heap.size=4Q: expected a size such as 4096, 64K or 16M",
                           "colour=green: expected blue",
                           "net.name: needs a value: text",
                       }));
    EXPECT_EQ(port_, 80);
    EXPECT_EQ(tiny_, 5);
    EXPECT_EQ(heap_, 4096u);
}

TEST_F(Params, NumbersOutOfRangeAreRefusedOnBothSides) {
    EXPECT_FALSE(set("x.tiny=-129").ok());
    EXPECT_FALSE(set("net.port=-1").ok());
    EXPECT_FALSE(set("x.offset=9223372036854775808").ok());
    EXPECT_FALSE(set("net.port=").ok());
    EXPECT_FALSE(set("net.port=12x").ok());
    EXPECT_TRUE(set("x.tiny=127 x.tiny=-1").ok());
    EXPECT_EQ(tiny_, -1);
}

TEST_F(Params, UnknownNamesWarnAndSuggest) {
    EXPECT_TRUE(set("net.prot=1 quiet reboot=k").ok());
    EXPECT_EQ(warnings_, (Strings{
                             "unknown parameter 'net.prot' ignored; did you mean 'net.port'?",
                             "unknown parameter 'quiet' ignored",
                             "unknown parameter 'reboot' ignored",
                         }));
    EXPECT_TRUE(set("port=1").ok()); // the prefix is part of the name
    EXPECT_EQ(port_, 80);
    EXPECT_TRUE(set("net.por=1 net.portt=1 net=1 .port=1 =1").ok());
    EXPECT_EQ(port_, 80);
    EXPECT_EQ(warnings_.size(), 5u);
}

TEST_F(Params, ListsInEverySpelling) {
    for (const char* text :
         {"vfs.fstab=[ a \"b c\" ] boot.fast", "vfs.fstab=[a \"b c\"] boot.fast",
          "vfs.fstab=a vfs.fstab='b c' boot.fast", "vfs.fstab=[ a ] vfs.fstab=[ 'b c' ] boot.fast",
          "vfs.fstab=[a 'b c' ] boot.fast", "'vfs.fstab=[ a \"b c\" ]' boot.fast",
          "'vfs.fstab=[a \"b c\"]' boot.fast"}) {
        mounts_ = {};
        flag_ = false;
        EXPECT_TRUE(set(text).ok()) << text;
        EXPECT_EQ(mounts(), (Strings{"a", "b c"})) << text;
        EXPECT_TRUE(flag_) << text;
    }
    mounts_ = {};
    EXPECT_TRUE(set("vfs.fstab=[] vfs.fstab=[ ]").ok());
    EXPECT_EQ(mounts_.count, 0);
    EXPECT_TRUE(set("vfs.fstab=[ \"A=[1]\" ] x.numbers=[1 0x2 3]").ok());
    EXPECT_EQ(mounts(), (Strings{"A=[1]"}));
    EXPECT_EQ(numbers_.count, 3);
    EXPECT_EQ(numbers_.values[2], 3u);
}

TEST_F(Params, BadLists) {
    EXPECT_FALSE(set("vfs.fstab=[ a b").ok());
    ASSERT_EQ(errors_.size(), 1u);
    EXPECT_NE(errors_[0].find("vfs.fstab=[: the list has no end"), std::string::npos);
    mounts_ = {};
    EXPECT_FALSE(set("vfs.fstab=[ a b c d ]").ok());
    EXPECT_EQ(errors_, (Strings{"vfs.fstab: takes at most 3 values"}));
    EXPECT_FALSE(set("x.numbers=[ 1 two ]").ok());
    EXPECT_EQ(errors_, (Strings{"x.numbers=two: expected a number from 0 to 4294967295"}));
}

TEST_F(Params, ListOfAnUnknownNameIsSkippedOnlyIfItEnds) {
    EXPECT_TRUE(set("no.such=[ help net.port=1 ] boot.fast").ok());
    EXPECT_EQ(port_, 80);
    EXPECT_TRUE(flag_);
    EXPECT_TRUE(set("no.such=[::1 net.port=1").ok());
    EXPECT_EQ(port_, 1);
    EXPECT_TRUE(set("net.name=[::1]:80").ok());
    EXPECT_STREQ(name_, "[::1]:80");
}

TEST_F(Params, MessagesCannotSteerTheTerminal) {
    EXPECT_FALSE(set("net.port=\x1b[2J\x80").ok());
    EXPECT_EQ(errors_[0], "net.port=?[2J?: expected a number from 0 to 65535");
    EXPECT_FALSE(set("net.port=" + std::string(5000, '1')).ok());
    EXPECT_LT(errors_[0].size(), 256u);
    EXPECT_TRUE(set(std::string(5000, 'n')).ok());
    EXPECT_LT(warnings_[0].size(), 256u);
}

TEST_F(Params, HelpListsEverythingSorted) {
    auto result = set("help net.port=8080 vfs.fstab=[ a b ]");
    ASSERT_TRUE(result.ok());
    EXPECT_EQ(result.take(), Outcome::help);
    const std::string page = help();
    EXPECT_NE(page.find("  net.port=8080\n      port to listen on: a number from 0 to 65535\n"),
              std::string::npos)
        << page;
    EXPECT_NE(page.find("  vfs.fstab=[ \"a\" \"b\" ]\n      what to mount: at most 3 times text\n"),
              std::string::npos)
        << page;
    EXPECT_NE(page.find("  colour=red\n      its colour: blue\n"), std::string::npos);
    EXPECT_NE(page.find("  x.tiny=5\n"), std::string::npos);
    size_t last = 0;
    for (const char* name : {"boot.fast", "colour", "heap.size", "net.name", "net.port",
                             "vfs.fstab", "x.numbers", "x.offset", "x.tiny"}) {
        const size_t at = page.find(std::string("\n  ") + name + "=");
        EXPECT_NE(at, std::string::npos) << name;
        EXPECT_GT(at, last) << name;
        last = at;
    }
    EXPECT_FALSE(set("help net.port=x").ok()); // the rest is still checked
}

// Whatever the line, the words are those of a slow and obvious splitter.
Strings split_simply(const std::string& text) {
    Strings words;
    std::string word;
    bool in_word = false;
    char quote = 0;
    for (char c : text) {
        if (c == '\0') {
            break;
        }
        if (quote == 0 && strchr(" \t\n\v\f\r", c) != nullptr) {
            if (in_word) {
                words.push_back(word);
            }
            word.clear();
            in_word = false;
            continue;
        }
        in_word = true;
        if (quote == 0 && (c == '"' || c == '\'')) {
            quote = c;
        } else if (c == quote) {
            quote = 0;
        } else {
            word += c;
        }
    }
    if (in_word) {
        words.push_back(word);
    }
    return words;
}

TEST_F(Params, RandomLines) {
    uint64_t state = 1;
    auto random = [&state] {
        return (state = state * 6364136223846793005u + 1442695040888963407u) >> 33;
    };
    const char* pieces[] = {" ",           "'",       "\"",        "a",    "]",          "[",
                            "vfs.fstab=[", "x.tiny=", "net.port=", "help", "boot.fast=", "--",
                            "99",          "\\",      "\t",        "=",    "colour=blue"};
    for (unsigned i = 0; i < uk::fakes::effort(20'000); i++) {
        std::string text;
        for (size_t n = random() % 20; n > 0; n--) {
            text += pieces[random() % std::size(pieces)];
        }
        ASSERT_EQ(Line(text).strings(), split_simply(text)) << text;
        mounts_ = {};
        lines_.clear();
        (void)set(text);
        ASSERT_LE(mounts_.count, 3);
    }
}

TEST_F(Params, SixtyFourKibibytesOfAnything) {
    for (const char* piece :
         {"a ", "'", "\"' ", "x.tiny=1 ", "vfs.fstab=[ ", "[", "] ", "\x01", "-- "}) {
        std::string text;
        while (text.size() < 65536) {
            text += piece;
        }
        text.resize(65536);
        EXPECT_EQ(Line(text).strings(), split_simply(text));
        mounts_ = {};
        (void)set(text);
    }
}

} // namespace
