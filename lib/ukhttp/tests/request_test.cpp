// SPDX-License-Identifier: BSD-3-Clause
// Heads of requests: what they say, what is refused, heads in pieces.
#include <uk/http/request.hpp>

#include <string>

#include <gtest/gtest.h>

namespace {

using namespace uk::http;

Request g_request;
std::string g_text;

Status parse(std::string text) {
    g_text = std::move(text);
    size_t looked = 0;
    EXPECT_EQ(head_size(g_text, looked), g_text.size()) << g_text;
    return parse_head(g_text, g_request);
}
// A request line and fields, each with its end.
Status parse_lines(std::string line, const std::string& fields) {
    return parse(line + "\r\n" + fields + "\r\n");
}
Status parse_fields(const std::string& fields) {
    return parse_lines("GET / HTTP/1.1", "Host: h\r\n" + fields);
}

TEST(Request, HasWhatItSays) {
    EXPECT_EQ(
        parse("GET /a/b%20c?x=1&y HTTP/1.1\r\nHost: example.org:80\r\nRange: \t bytes=0-1 \r\n"
              "If-None-Match: \"a\"\r\nIF-MODIFIED-SINCE: never\r\nIf-Range: z\r\n\r\n"),
        Status::ok);
    EXPECT_EQ(g_request.method, Method::get);
    EXPECT_EQ(g_request.path, "/a/b%20c");
    EXPECT_EQ(g_request.query, "x=1&y");
    EXPECT_EQ(g_request.host, "example.org:80");
    EXPECT_EQ(g_request.range, "bytes=0-1");
    EXPECT_EQ(g_request.if_none_match, "\"a\"");
    EXPECT_EQ(g_request.if_modified_since, "never");
    EXPECT_EQ(g_request.if_range, "z");
    EXPECT_TRUE(g_request.keep_alive);
    EXPECT_FALSE(g_request.waits);
    EXPECT_EQ(g_request.length, 0U);
}

TEST(Request, KeepsTheConnectionAsTheVersionAndTheFieldsSay) {
    const auto keeps = [](const char* line, const char* field) {
        EXPECT_EQ(parse_lines(line, std::string("Host: h\r\n") + field), Status::ok);
        return g_request.keep_alive;
    };
    EXPECT_TRUE(keeps("GET / HTTP/1.1", ""));
    EXPECT_FALSE(keeps("GET / HTTP/1.1", "Connection: close\r\n"));
    EXPECT_FALSE(keeps("GET / HTTP/1.1", "Connection: upgrade , CLOSE\r\n"));
    EXPECT_FALSE(keeps("GET / HTTP/1.0", ""));
    EXPECT_FALSE(g_request.says_keep);
    EXPECT_TRUE(keeps("GET / HTTP/1.0", "Connection: Keep-Alive\r\n"));
    EXPECT_TRUE(g_request.says_keep);
    EXPECT_FALSE(keeps("GET / HTTP/1.0", "Connection: keep-alive, close\r\n"));
    EXPECT_TRUE(keeps("GET / HTTP/1.9", ""));
}

TEST(Request, TargetsMayHaveAHostOfTheirOwn) {
    EXPECT_EQ(parse_lines("HEAD http://other/x?q HTTP/1.1", "Host: h\r\n"), Status::ok);
    EXPECT_EQ(g_request.method, Method::head);
    EXPECT_EQ(g_request.host, "other");
    EXPECT_EQ(g_request.path, "/x");
    EXPECT_EQ(parse_lines("GET HTTP://other HTTP/1.1", "Host: h\r\n"), Status::ok);
    EXPECT_EQ(g_request.path, "/");
    EXPECT_EQ(parse_lines("GET http://other?q HTTP/1.1", "Host: h\r\n"), Status::ok);
    EXPECT_EQ(g_request.path, "/");
    EXPECT_EQ(g_request.query, "q");
    EXPECT_EQ(parse_lines("GET http:///x HTTP/1.1", "Host: h\r\n"), Status::bad_request);
}

TEST(Request, LinesAreStrict) {
    for (const char* line :
         {"GET /", "GET", "", "GET  HTTP/1.1", "GET / HTTP/1.1 ", "GET / http/1.1", "GET / HTTP/11",
          "GET / HTTP/1.", "G(T / HTTP/1.1", " GET / HTTP/1.1", "GET /a b HTTP/1.1",
          "GET x HTTP/1.1", "GET * HTTP/1.1", "GET /\x01 HTTP/1.1", "GET /\xff HTTP/1.1"}) {
        if (*line != '\0')
            EXPECT_EQ(parse_lines(line, "Host: h\r\n"), Status::bad_request) << line;
    }
    EXPECT_EQ(parse_lines("GET / HTTP/2.0", "Host: h\r\n"), Status::version_not_supported);
    EXPECT_EQ(parse_lines("GET / HTTP/0.9", "Host: h\r\n"), Status::version_not_supported);
    EXPECT_EQ(parse_lines("BREW / HTTP/1.1", "Host: h\r\n"), Status::not_implemented);
    EXPECT_EQ(parse_lines("get / HTTP/1.1", "Host: h\r\n"), Status::not_implemented);
    EXPECT_EQ(parse_lines("GET /" + std::string(kMostTarget, 'x') + " HTTP/1.1", "Host: h\r\n"),
              Status::uri_too_long);
}

TEST(Request, MethodsThatAreNotServedAreUnderstood) {
    EXPECT_EQ(parse_lines("POST /form HTTP/1.1", "Host: h\r\nContent-Length: 5\r\n"),
              Status::method_not_allowed);
    EXPECT_TRUE(g_request.keep_alive);
    EXPECT_EQ(g_request.length, 5U);
    EXPECT_EQ(parse_lines("OPTIONS * HTTP/1.1", "Host: h\r\n"), Status::method_not_allowed);
    EXPECT_EQ(parse_lines("CONNECT a:1 HTTP/1.1", "Host: h\r\n"), Status::method_not_allowed);
}

TEST(Request, FieldsAreStrict) {
    for (const char* field : {"A : b\r\n", " A: b\r\n", "A: b\r\n c\r\n", "no colon\r\n", ": b\r\n",
                              "A\x01: b\r\n", "A: b\x01\r\n", "A: b\rc\r\n", "Host: again\r\n",
                              "Content-Length: 1\r\nContent-Length: 2\r\n",
                              "Content-Length: +1\r\n", "Content-Length: 1,1\r\n",
                              "Content-Length:\r\n", "Content-Length: 99999999999999999999\r\n",
                              "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n"})
        EXPECT_EQ(parse_fields(field), Status::bad_request) << field;
    EXPECT_EQ(parse_fields(std::string("A: \0\r\n", 6)), Status::bad_request);
    EXPECT_EQ(parse_fields("Transfer-Encoding: chunked\r\n"), Status::length_required);
    EXPECT_EQ(parse_fields("A: caf\xc3\xa9\r\nB:\r\nContent-Length: 7\r\nContent-Length: 7\r\n"),
              Status::ok);
    EXPECT_EQ(g_request.length, 7U);
    EXPECT_EQ(parse_fields("Expect: 100-Continue\r\n"), Status::ok);
    EXPECT_TRUE(g_request.waits);
}

TEST(Request, OneHostIsThere) {
    EXPECT_EQ(parse_lines("GET / HTTP/1.1", "A: b\r\n"), Status::bad_request);
    EXPECT_EQ(parse_lines("GET / HTTP/1.1", "Host: a b\r\n"), Status::bad_request);
    EXPECT_EQ(parse_lines("GET / HTTP/1.1", "Host: a,b\r\n"), Status::bad_request);
    EXPECT_EQ(parse_lines("GET / HTTP/1.1", "Host:\r\n"), Status::ok);
    EXPECT_EQ(parse_lines("GET / HTTP/1.0", "A: b\r\n"), Status::ok);
}

TEST(Request, CountsItsFields) {
    std::string fields;
    for (size_t i = 1; i < kMostHeaders; i++)
        fields += "a:\r\n";
    EXPECT_EQ(parse_fields(fields), Status::ok);
    EXPECT_EQ(parse_fields(fields + "a:\r\n"), Status::headers_too_large);
}

TEST(Request, LinesEndInCrAndLf) {
    for (const char* text : {"GET / HTTP/1.1\nHost: h\n\n", "GET / HTTP/1.1\r\nHost: h\n\r\n",
                             "GET / HTTP/1.1\r\nHost: h\r\n\n"})
        EXPECT_EQ(parse(text), Status::bad_request) << text;
}

TEST(Request, EmptyLinesMayComeBefore) {
    const std::string request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    EXPECT_EQ(parse("\r\n" + request), Status::ok);
    EXPECT_EQ(parse("\r\n\r\n" + request), Status::ok);
    EXPECT_EQ(g_request.path, "/");
    size_t looked = 0;
    const std::string three = "\r\n\r\n\r\n" + request;
    const size_t size = head_size(three, looked);
    ASSERT_GT(size, 0U);
    EXPECT_EQ(parse_head(std::string_view(three).substr(0, size), g_request), Status::bad_request);
}

TEST(HeadSize, FindsTheEndInPieces) {
    const std::string head = "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n";
    const std::string text = head + "GET /next";
    for (size_t step = 1; step < 7; step++) {
        size_t looked = 0, found = 0, at = 0;
        while (found == 0 && at < text.size()) {
            at = at + step < text.size() ? at + step : text.size();
            found = head_size(std::string_view(text).substr(0, at), looked);
            EXPECT_TRUE(found != 0 || looked == at);
        }
        EXPECT_EQ(found, head.size());
        EXPECT_LT(at, head.size() + step);
    }
    size_t looked = 0;
    EXPECT_EQ(head_size("", looked), 0U);
}

TEST(Reason, IsThereForAllNumbers) {
    EXPECT_EQ(reason(Status::ok), "OK");
    EXPECT_EQ(reason(Status::headers_too_large), "Request Header Fields Too Large");
    EXPECT_EQ(reason(Status::server_error), "Internal Server Error");
}

} // namespace
