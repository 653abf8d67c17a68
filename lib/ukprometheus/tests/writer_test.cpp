// SPDX-License-Identifier: BSD-3-Clause
// The text format: values, escapes, what is no UTF-8.
#include <uk/prometheus.hpp>

#include <string>

#include <gtest/gtest.h>

namespace {

using namespace uk::metrics;
using uk::prometheus::Writer;

void keep(void* text, std::string_view piece) {
    EXPECT_FALSE(piece.empty());
    EXPECT_LE(piece.size(), 256U);
    static_cast<std::string*>(text)->append(piece);
}

std::string written(const Metric& metric) {
    std::string text;
    Writer(keep, &text).write(metric);
    return text;
}

std::string_view g_value;
std::string with_label(std::string_view value) {
    g_value = value;
    const std::string text =
        written({.name = "x", .help = "h", .kind = Kind::gauge, .collect = [](Sink& sink) {
                     const Label labels[] = {{"a", g_value}, {"b", "2"}};
                     sink.sample(labels, 1);
                 }});
    const std::string before = "# HELP microlith_x h\n# TYPE microlith_x gauge\nmicrolith_x{a=\"";
    const std::string behind = "\",b=\"2\"} 1\n";
    EXPECT_EQ(text.substr(0, before.size()), before);
    EXPECT_TRUE(text.ends_with(behind)) << text;
    return text.substr(before.size(), text.size() - before.size() - behind.size());
}

TEST(Writer, WritesHelpTypeAndValue) {
    EXPECT_EQ(written({.name = "requests_total",
                       .help = "Requests \"answered\"\nwith \\",
                       .kind = Kind::counter,
                       .read = [] { return ~uint64_t{0}; }}),
              "# HELP microlith_requests_total Requests \"answered\"\\nwith \\\\\n"
              "# TYPE microlith_requests_total counter\n"
              "microlith_requests_total 18446744073709551615\n");
}

TEST(Writer, WritesNanosecondsAsSeconds) {
    const auto seconds = [](uint64_t (*read)()) {
        const std::string text = written({.name = "t_seconds",
                                          .help = "",
                                          .kind = Kind::gauge,
                                          .read = read,
                                          .unit = Unit::nanoseconds});
        return text.substr(text.rfind(' ') + 1);
    };
    EXPECT_EQ(seconds([] { return uint64_t{0}; }), "0.000000000\n");
    EXPECT_EQ(seconds([] { return uint64_t{1'000'000'005}; }), "1.000000005\n");
    EXPECT_EQ(seconds([] { return uint64_t{999'999'999}; }), "0.999999999\n");
    EXPECT_EQ(seconds([] { return ~uint64_t{0}; }), "18446744073.709551615\n");
}

TEST(Writer, EscapesWhatSteersTheFormat) {
    EXPECT_EQ(with_label("plain"), "plain");
    EXPECT_EQ(with_label(""), "");
    EXPECT_EQ(with_label("a\"b\\c\nd"), "a\\\"b\\\\c\\nd");
    EXPECT_EQ(with_label("\"} 9\nevil 1\n"), "\\\"} 9\\nevil 1\\n");
}

TEST(Writer, ReplacesWhatIsNoUtf8) {
    const std::string replaced = "\xef\xbf\xbd";
    EXPECT_EQ(with_label("\xc3\xa4\xe2\x82\xac\xf0\x9f\x99\x82"),
              "\xc3\xa4\xe2\x82\xac\xf0\x9f\x99\x82");
    EXPECT_EQ(with_label("\xff"), replaced);
    EXPECT_EQ(with_label("\xc3"), replaced);                // cut
    EXPECT_EQ(with_label("\xc0\x80"), replaced + replaced); // longer than need be
    EXPECT_EQ(with_label("\xe0\x9f\xbf"), replaced + replaced + replaced);
    EXPECT_EQ(with_label("\xed\xa0\x80"), replaced + replaced + replaced); // half of a pair
    EXPECT_EQ(with_label("\xf4\x90\x80\x80"), replaced + replaced + replaced + replaced);
    EXPECT_EQ(with_label("\xc3\"x"), replaced + "\\\"x"); // the quote is not swallowed
}

TEST(Writer, CutsLongTextIntoPieces) {
    const std::string text(5000, 'x');
    EXPECT_EQ(with_label(text), text);
}

} // namespace
