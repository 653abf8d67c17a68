// SPDX-License-Identifier: BSD-3-Clause
// The string functions against the host's, on random strings that end at an untouchable page.
#include "mem_suite.hpp"

#include <string>

extern "C" {
size_t uk_host_strlen(const char*);
size_t uk_host_strnlen(const char*, size_t);
int uk_host_strcmp(const char*, const char*);
int uk_host_strncmp(const char*, const char*, size_t);
int uk_host_strcasecmp(const char*, const char*);
int uk_host_strncasecmp(const char*, const char*, size_t);
char* uk_host_strchr(const char*, int);
char* uk_host_strchrnul(const char*, int);
char* uk_host_strrchr(const char*, int);
char* uk_host_strstr(const char*, const char*);
char* uk_host_strcpy(char*, const char*);
char* uk_host_stpcpy(char*, const char*);
char* uk_host_strncpy(char*, const char*, size_t);
char* uk_host_stpncpy(char*, const char*, size_t);
char* uk_host_strcat(char*, const char*);
char* uk_host_strncat(char*, const char*, size_t);
size_t uk_host_strlcpy(char*, const char*, size_t);
size_t uk_host_strlcat(char*, const char*, size_t);
size_t uk_host_strspn(const char*, const char*);
size_t uk_host_strcspn(const char*, const char*);
char* uk_host_strpbrk(const char*, const char*);
char* uk_host_strsep(char**, const char*);
char* uk_host_strtok_r(char*, const char*, char**);
}

namespace {

int sign(int v) {
    return (v > 0) - (v < 0);
}

/// Random strings whose NUL is the last byte before a guard page, at changing alignments.
class Strings {
    std::mt19937 random_;
    mem_suite::Guarded block_{4096};

  public:
    explicit Strings(unsigned seed) : random_(seed) {}
    unsigned below(unsigned n) { return random_() % n; }
    char letter() {
        static const char kLetters[] = "abAB\x01\x7f\x80\x81\xff{[@`";
        return kLetters[random_() % (sizeof(kLetters) - 1)];
    }
    char* make(size_t max) {
        const size_t n = random_() % (max + 1);
        char* s = reinterpret_cast<char*>(block_.end()) - n - 1;
        for (size_t i = 0; i < n; i++)
            s[i] = letter();
        s[n] = '\0';
        return s;
    }
};

TEST(String, Length) {
    Strings strings(1);
    for (int i = 0; i < 20000; i++) {
        const char* s = strings.make(60);
        const size_t limit = strings.below(70);
        ASSERT_EQ(uk_host_strlen(s), strlen(s));
        ASSERT_EQ(uk_host_strnlen(s, std::min(limit, strlen(s) + 1)), strnlen(s, limit));
    }
    // Inside a page, too: bytes in front of the string must not count.
    char text[40] = {};
    for (size_t at = 0; at < 16; at++) {
        memset(text, 0, sizeof(text));
        memset(text + at, 'x', 20);
        ASSERT_EQ(uk_host_strlen(text + at), 20u);
    }
}

TEST(String, Compare) {
    Strings left(2);
    Strings right(3);
    for (int i = 0; i < 100000; i++) {
        char* a = left.make(30);
        char* b = right.make(30);
        if (i % 4 != 0) { // equal up to a change
            b = b + strlen(b) - std::min(strlen(a), strlen(b));
            memcpy(b, a + strlen(a) - strlen(b), strlen(b));
            a += strlen(a) - strlen(b);
            if (strlen(b) != 0 && i % 4 != 1)
                b[right.below(static_cast<unsigned>(strlen(b)))] = right.letter();
        }
        const size_t n = left.below(34);
        ASSERT_EQ(sign(uk_host_strcmp(a, b)), sign(strcmp(a, b)));
        ASSERT_EQ(sign(uk_host_strncmp(a, b, n)), sign(strncmp(a, b, n)));
        ASSERT_EQ(sign(uk_host_strcasecmp(a, b)), sign(strcasecmp(a, b)));
        ASSERT_EQ(sign(uk_host_strncasecmp(a, b, n)), sign(strncasecmp(a, b, n)));
    }
    EXPECT_EQ(uk_host_strncmp("a", "b", 0), 0);
    EXPECT_GT(uk_host_strcmp("\xff", "a"), 0); // bytes are unsigned
}

TEST(String, Search) {
    Strings strings(4);
    Strings needles(5);
    for (int i = 0; i < 100000; i++) {
        char* s = strings.make(40);
        const int c = strings.below(10) == 0 ? 0 : strings.letter();
        ASSERT_EQ(uk_host_strchr(s, c), strchr(s, c));
        ASSERT_EQ(uk_host_strchrnul(s, c), strchrnul(s, c));
        ASSERT_EQ(uk_host_strrchr(s, c), strrchr(s, c));
        const char* set = needles.make(4);
        ASSERT_EQ(uk_host_strspn(s, set), strspn(s, set));
        ASSERT_EQ(uk_host_strcspn(s, set), strcspn(s, set));
        ASSERT_EQ(uk_host_strpbrk(s, set), strpbrk(s, set));
        ASSERT_EQ(uk_host_strstr(s, set), strstr(s, set));
    }
    EXPECT_STREQ(uk_host_strchr("abc", 'b' + 256), "bc"); // converted to char
}

TEST(String, Copy) {
    Strings strings(6);
    mem_suite::Guarded to(4096);
    for (int i = 0; i < 50000; i++) {
        const char* s = strings.make(40);
        const size_t len = strlen(s);
        char* d = reinterpret_cast<char*>(to.end()) - len - 1;
        ASSERT_EQ(uk_host_strcpy(d, s), d);
        ASSERT_STREQ(d, s);
        memset(d, '-', len + 1);
        ASSERT_EQ(uk_host_stpcpy(d, s), d + len);
        ASSERT_STREQ(d, s);

        const size_t n = strings.below(50);
        char wanted[64];
        memset(wanted, '-', sizeof(wanted));
        d = reinterpret_cast<char*>(to.end()) - n;
        ASSERT_EQ(uk_host_stpncpy(d, s, n), d + std::min(len, n));
        strncpy(wanted, s, n);
        ASSERT_EQ(memcmp(d, wanted, n), 0);
        memset(d, '-', n);
        ASSERT_EQ(uk_host_strncpy(d, s, n), d);
        ASSERT_EQ(memcmp(d, wanted, n), 0);
    }
}

TEST(String, Append) {
    Strings strings(7);
    for (int i = 0; i < 50000; i++) {
        char wanted[128] = {};
        char got[128] = {};
        memset(wanted, 'x', strings.below(20));
        memcpy(got, wanted, sizeof(got));
        const char* s = strings.make(40);
        const size_t n = strings.below(50);
        strncat(wanted, s, n);
        ASSERT_EQ(uk_host_strncat(got, s, n), got);
        ASSERT_STREQ(got, wanted);
        ASSERT_EQ(uk_host_strcat(got, s), got);
        strcat(wanted, s);
        ASSERT_STREQ(got, wanted);
    }
}

TEST(String, BoundedCopyAlwaysEnds) {
    Strings strings(8);
    mem_suite::Guarded to(4096);
    for (int i = 0; i < 50000; i++) {
        const std::string s = strings.make(40);
        const size_t size = strings.below(50);
        char* d = reinterpret_cast<char*>(to.end()) - size;
        ASSERT_EQ(uk_host_strlcpy(d, s.c_str(), size), s.size());
        if (size == 0)
            continue;
        ASSERT_EQ(std::string(d), s.substr(0, size - 1));

        const size_t used = strings.below(static_cast<unsigned>(size));
        memset(d, 'x', used);
        d[used] = '\0';
        ASSERT_EQ(uk_host_strlcat(d, s.c_str(), size), used + s.size());
        ASSERT_EQ(std::string(d), (std::string(used, 'x') + s).substr(0, size - 1));
        memset(d, 'x', size); // not ended: nothing to append to
        ASSERT_EQ(uk_host_strlcat(d, s.c_str(), size), size + s.size());
    }
}

TEST(String, Tokens) {
    Strings strings(9);
    for (int i = 0; i < 50000; i++) {
        const std::string text = strings.make(30);
        std::string ours = text;
        std::string theirs = text;
        char* our_rest = ours.data();
        char* their_rest = theirs.data();
        for (int k = 0; k < 40; k++) {
            const char* got = uk_host_strsep(&our_rest, "aA\x80");
            const char* wanted = strsep(&their_rest, "aA\x80");
            ASSERT_EQ(got == nullptr, wanted == nullptr);
            if (got == nullptr)
                break;
            ASSERT_STREQ(got, wanted);
        }
        ours = theirs = text;
        char* start = ours.data();
        char* their_start = theirs.data();
        for (int k = 0; k < 40; k++, start = their_start = nullptr) {
            const char* got = uk_host_strtok_r(start, "aA\x80", &our_rest);
            const char* wanted = strtok_r(their_start, "aA\x80", &their_rest);
            ASSERT_EQ(got == nullptr, wanted == nullptr);
            if (got == nullptr)
                break;
            ASSERT_STREQ(got, wanted);
        }
    }
}

} // namespace
