// SPDX-License-Identifier: BSD-3-Clause
// The line discipline against the host's: a pseudo terminal gets the same keys, modes, reads and
// writes, at random; what its two ends say is compared byte for byte.
#include <cerrno>
#include <chrono>
#include <random>
#include <string>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <uk/fakes/effort.hpp>

#include "screen_text.hpp"

namespace {

using uk::tty::LineDiscipline;
using namespace std::chrono_literals;

// The kernel's structure is shorter than the C library's, the values are the same.
termios to_host(const uk_termios& modes) {
    termios host{};
    host.c_iflag = modes.c_iflag;
    host.c_oflag = modes.c_oflag;
    host.c_cflag = B38400 | CS8 | CREAD;
    host.c_lflag = modes.c_lflag;
    for (unsigned i = 0; i < UK_NCCS; i++)
        host.c_cc[i] = modes.c_cc[i];
    return host;
}

class Pty {
  public:
    Pty() {
        const termios modes = to_host(uk::tty::default_modes());
        open_ = openpty(&master_, &slave_, nullptr, &modes, nullptr) == 0;
        if (open_) {
            fcntl(master_, F_SETFL, O_NONBLOCK);
            fcntl(slave_, F_SETFL, O_NONBLOCK);
        }
    }
    ~Pty() {
        if (open_) {
            close(master_);
            close(slave_);
        }
    }
    [[nodiscard]] bool is_open() const { return open_; }

    void type(const std::string& keys) {
        ASSERT_EQ(write(master_, keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
    }
    void print(const std::string& text) {
        ASSERT_EQ(write(slave_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    }
    void set_modes(const uk_termios& modes) {
        const termios host = to_host(modes);
        ASSERT_EQ(tcsetattr(slave_, TCSANOW, &host), 0);
    }
    void flush_input() { ASSERT_EQ(tcflush(slave_, TCIFLUSH), 0); }

    // Typed bytes are worked on by another thread of the kernel; looking at the slave waits for it
    // where nothing can be read yet.
    std::string screen(size_t wanted) {
        pollfd poll_slave{slave_, POLLIN, 0};
        std::string text;
        for (auto end = std::chrono::steady_clock::now() + 3s;;) {
            poll(&poll_slave, 1, 0);
            char part[4096];
            const ssize_t got = ::read(master_, part, sizeof(part));
            if (got > 0)
                text.append(part, static_cast<size_t>(got));
            else if (text.size() >= wanted || std::chrono::steady_clock::now() > end)
                return text;
            else
                std::this_thread::sleep_for(100us);
        }
    }
    // The same where nothing is echoed.
    [[nodiscard]] int pending(size_t wanted) const {
        int count = -1;
        for (auto end = std::chrono::steady_clock::now() + 3s;;) {
            ioctl(slave_, FIONREAD, &count);
            if (count == static_cast<int>(wanted) || std::chrono::steady_clock::now() > end)
                return count;
            std::this_thread::sleep_for(100us);
        }
    }
    // "-" where it would wait.
    [[nodiscard]] std::string read_some(size_t size) const {
        std::string text(size, '?');
        const ssize_t got = ::read(slave_, text.data(), size);
        return got < 0 ? "-" : text.substr(0, static_cast<size_t>(got)) + ".";
    }

  private:
    bool open_ = false;
    int master_ = -1, slave_ = -1;
};

struct Pair {
    ScreenText shown;
    LineDiscipline line{shown};
    Pty pty;
    std::string history;
    std::string waiting; // typed, and not taken for lack of room

    // A signal takes back what the driver has not handed on yet, which is a matter of moments: such
    // a key is typed when all before it was seen.
    void type(const std::string& keys) {
        size_t start = 0;
        for (size_t at = 1; at < keys.size(); at++) {
            if (std::string("\x03\x1c\x1a").find(static_cast<char>(keys[at] & 0x7f)) !=
                std::string::npos) {
                type_together(keys.substr(start, at - start));
                start = at;
            }
        }
        type_together(keys.substr(start));
    }
    void type_together(const std::string& keys) {
        pty.type(keys);
        waiting += keys;
        feed();
        compare("keys " + testing::PrintToString(keys));
        if (line.readable() && (line.modes().c_lflag & UK_ECHO) == 0)
            std::this_thread::sleep_for(5ms); // nothing tells that the rest of a line has arrived
    }
    void print(const std::string& text) {
        pty.print(text);
        line.output(text.data(), text.size());
        compare("output " + testing::PrintToString(text));
    }
    void set_modes(const uk_termios& modes) {
        pty.set_modes(modes);
        line.set_modes(modes);
        compare("modes " + std::to_string(modes.c_iflag) + " " + std::to_string(modes.c_oflag) +
                " " + std::to_string(modes.c_lflag));
    }
    void flush_input() {
        pty.flush_input();
        line.flush_input();
        compare("flush");
    }
    void read(size_t size) {
        std::string mine = "-";
        if (line.readable()) {
            mine.assign(size, '?');
            LineDiscipline::Taken got = line.read(mine.data(), size);
            if (got.more && got.count == size)
                line.skip_end_of_file();
            mine = mine.substr(0, got.count) + ".";
        }
        ASSERT_EQ(mine, pty.read_some(size));
        feed();
        compare("read");
    }

  private:
    void feed() { waiting.erase(0, line.input(waiting.data(), waiting.size())); }
    void compare(const std::string& what) {
        history += what + "\n";
        const std::string mine = shown.take();
        ASSERT_EQ(mine, pty.screen(mine.size())) << "after\n" << history;
        ASSERT_EQ(static_cast<int>(line.pending()), pty.pending(line.pending())) << "after\n"
                                                                                 << history;
        (void)line.take_signals();
    }
};

std::string some_keys(std::minstd_rand& random) {
    static const char* const kWords[] = {
        "a",    "b",    "foo",    " ",    "\t",   "\n",       "\r",           "\x7f",
        "\x15", "\x17", "\x16",   "\x12", "\x04", "\x03",     "\x1c",         "\x1a",
        "_1",   "--",   "\x1b[A", "\x01", "\b",   "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
        "\x80", "\xff", "\xd7",   "x y",  "\x7f", "\x17",     "\x0f",         "\t\t",
    };
    std::string keys;
    for (unsigned count = 1 + random() % 8; count != 0; count--) {
        if (random() % 16 == 0)
            keys += static_cast<char>(random());
        else
            keys += kWords[random() % std::size(kWords)];
    }
    return keys;
}

uk_termios some_modes(std::minstd_rand& random) {
    uk_termios modes = uk::tty::default_modes();
    auto flip = [&](uint32_t& word, std::initializer_list<uint32_t> flags) {
        for (uint32_t flag : flags)
            word ^= random() % 4 == 0 ? flag : 0;
    };
    flip(modes.c_iflag, {UK_ICRNL, UK_INLCR, UK_IGNCR, UK_IUTF8, UK_ISTRIP});
    flip(modes.c_oflag, {UK_OPOST, UK_ONLCR, UK_OCRNL, UK_ONOCR, UK_ONLRET, UK_XTABS});
    flip(modes.c_lflag, {UK_ISIG, UK_ICANON, UK_ECHO, UK_ECHOE, UK_ECHOK, UK_ECHONL, UK_NOFLSH,
                         UK_ECHOCTL, UK_ECHOKE, UK_IEXTEN});
    if (random() % 4 == 0)
        modes.c_cc[UK_VEOL] = 'b';
    if (random() % 4 == 0)
        modes.c_cc[UK_VEOL2] = '1';
    if (random() % 4 == 0)
        modes.c_cc[UK_VERASE] = '\b';
    if (random() % 8 == 0)
        modes.c_cc[UK_VINTR] = 0;
    return modes;
}

class PtyTest : public testing::Test {
  protected:
    void SetUp() override {
        if (!pair.pty.is_open())
            GTEST_SKIP() << "the host has no pseudo terminals";
    }
    Pair pair;
};

TEST_F(PtyTest, Lines) {
    for (const char* keys :
         {"hello\r",
          "ab\x7f\x7f\x7f"
          "c\n",
          "one two\x17three\n", "\tx\ty\x7f\x7f\x7f\n", "a\x04", "\x04", "x\x16\x03y\n",
          "abc\x15"
          "d\n",
          "ab\x12"
          "c\n",
          "a\tb\x15q\n", "no\x03yes\n"}) {
        pair.type(keys);
        for (int i = 0; i < 3; i++)
            pair.read(10);
        ASSERT_FALSE(HasFatalFailure());
    }
}

// The end of file behind a line that fills the reader's memory is not the next read's.
TEST_F(PtyTest, EndOfFile) {
    pair.type("abc\x04"
              "def\x04\x04ghi\n");
    for (size_t size : {3, 3, 3, 2, 9, 9})
        pair.read(size);
}

TEST_F(PtyTest, LinesThatAreTooLong) {
    std::string most(4090, 'x');
    pair.type(most);
    pair.type("1234567890");
    pair.type("\x7f\x7f");
    pair.type("ab\n");
    pair.type("more\n");
    for (int i = 0; i < 4; i++)
        pair.read(3000);
    pair.type("next\n");
    pair.read(100);
}

TEST_F(PtyTest, WithoutReaders) {
    for (int i = 0; i < 60; i++)
        pair.type("line number " + std::to_string(i) + std::string(70, '.') + "\n");
    for (int i = 0; i < 70 && !HasFatalFailure(); i++)
        pair.read(200);
    uk_termios raw = uk::tty::default_modes();
    raw.c_lflag = 0;
    pair.set_modes(raw);
    pair.type(std::string(3000, 'a'));
    pair.type(std::string(3000, 'b'));
    for (int i = 0; i < 8; i++)
        pair.read(1000);
}

TEST_F(PtyTest, AtRandom) {
    for (unsigned seed = 1; seed <= uk::fakes::effort(60); seed++) {
        SCOPED_TRACE(seed);
        std::minstd_rand random(seed);
        Pair both;
        for (int round = 0; round < 150; round++) {
            const unsigned what = random() % 16;
            if (what < 8)
                both.type(some_keys(random));
            else if (what < 12)
                both.read(1 + random() % 12);
            else if (what < 14)
                both.print(some_keys(random));
            else if (what < 15)
                both.set_modes(some_modes(random));
            else if (random() % 4 == 0)
                both.flush_input();
            if (HasFatalFailure())
                return;
        }
    }
}

} // namespace
