// SPDX-License-Identifier: BSD-3-Clause
// Waiting readers, their deadlines, signals and requests: one thread, whose waits are scripted.
#include <deque>
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include <uk/tty/basic_terminal.hpp>

#include "../../ukfile/tests/host_lock.hpp"

bool uk::user::detail::may_touch() {
    return true;
}

namespace {

using uk::Errno;
using uk::IoPiece;
using uk::IoPieces;

// What happens in the next wait; a wait without any is a test that would hang.
struct Script {
    std::deque<std::function<void()>> waits;
    std::string shown;
    std::vector<int> signals;
    uint64_t now = 1000;
    uint64_t deadline = 0;
    bool interrupted = false;
    int unparked = 0;
};
Script g;

struct Environment {
    using Lock = HostLock;
    using Source = uk::BasicReadySource<HostLock>;
    struct Thread {};
    static void show(const char* data, size_t size) { g.shown.append(data, size); }
    static void signal(int signal) { g.signals.push_back(signal); }
    static uk_winsize window() { return {24, 80, 0, 0}; }
    static uint64_t now_ns() { return g.now; }
    static Thread& current() {
        static Thread thread;
        return thread;
    }
    static void park(uint64_t deadline) {
        g.deadline = deadline;
        ASSERT_FALSE(g.waits.empty()) << "would wait for ever";
        auto next = g.waits.front();
        g.waits.pop_front();
        next();
    }
    static void unpark(Thread& /*thread*/) { g.unparked++; }
    static bool interrupted() { return g.interrupted; }
};

constexpr uint64_t kTenth = 100'000'000;

class TerminalTest : public testing::Test {
  protected:
    TerminalTest() { g = Script{}; }
    void TearDown() override { EXPECT_TRUE(g.waits.empty()); }

    void type(const std::string& keys) {
        EXPECT_EQ(terminal.type(keys.data(), keys.size()), keys.size());
    }
    void later(const std::string& keys, uint64_t tenths = 0) {
        g.waits.push_back([=, this] {
            g.now += tenths * kTenth;
            type(keys);
        });
    }
    void nothing_until_deadline() {
        g.waits.push_back([] { g.now = g.deadline; });
    }
    // What read() says: the bytes and ".", or the error.
    std::string read(size_t size, bool nonblocking = false) {
        std::string text(size, '?');
        const IoPiece piece{text.data(), size};
        IoPieces to({&piece, 1}, uk::IoMemory::application);
        auto got = terminal.read(to, nonblocking);
        return got.ok() ? text.substr(0, got.value()) + "." : uk::errno_name(got.code());
    }
    uk_termios modes() {
        uk_termios modes{};
        EXPECT_TRUE(request(UK_TCGETS, &modes).ok());
        return modes;
    }
    void raw(uint8_t vmin, uint8_t vtime) {
        uk_termios wanted = modes();
        wanted.c_lflag = 0;
        wanted.c_cc[UK_VMIN] = vmin;
        wanted.c_cc[UK_VTIME] = vtime;
        EXPECT_TRUE(request(UK_TCSETS, &wanted).ok());
    }
    uk::Result<long> request(unsigned number, void* argument) {
        return terminal.ioctl(number, reinterpret_cast<uintptr_t>(argument));
    }

    uk::tty::BasicTerminal<Environment> terminal;
};

TEST_F(TerminalTest, ReadersWaitForLines) {
    later("hel");
    later("lo\r");
    EXPECT_EQ(read(100), "hello\n.");
    EXPECT_EQ(g.shown, "hello\r\n");
    EXPECT_EQ(g.unparked, 1);
    type("one\ntwo\n");
    EXPECT_EQ(read(2), "on.");
    EXPECT_EQ(read(2), "e\n.");
    EXPECT_EQ(read(100), "two\n.");
    EXPECT_EQ(read(100, true), "EAGAIN");
    EXPECT_EQ(read(0), ".");
    type("\x04");
    EXPECT_EQ(read(100), ".");
}

TEST_F(TerminalTest, IsReadyWhenAReadWouldNotWait) {
    constexpr uint32_t kOut = UK_POLLOUT | UK_POLLWRNORM, kIn = UK_POLLIN | UK_POLLRDNORM;
    struct Watch final : Environment::Source::Watch {
        bool on_ready(uint32_t /*events*/) override {
            told++;
            return false;
        }
        int told = 0;
    } watch;
    terminal.source().add(watch, uk::ReadyShare::all);
    EXPECT_EQ(terminal.ready(), kOut);
    type("line");
    EXPECT_EQ(terminal.ready(), kOut);
    EXPECT_EQ(watch.told, 0);
    type("\r");
    EXPECT_EQ(terminal.ready(), kOut | kIn);
    EXPECT_EQ(watch.told, 1);
    EXPECT_EQ(read(9), "line\n.");
    EXPECT_EQ(terminal.ready(), kOut);
    raw(3, 0);
    type("ab");
    EXPECT_EQ(terminal.ready(), kOut); // a read would wait for a third
    type("c");
    EXPECT_EQ(terminal.ready(), kOut | kIn);
    EXPECT_EQ(read(9), "abc.");
    raw(3, 1);
    type("d");
    EXPECT_EQ(terminal.ready(), kOut | kIn);
    EXPECT_EQ(read(1), "d.");
    terminal.hang_up();
    EXPECT_EQ(terminal.ready(), kOut | kIn | UK_POLLHUP);
    terminal.source().remove(watch);
}

TEST_F(TerminalTest, LinesLongerThanTheBuffer) {
    const std::string line = std::string(1000, 'x') + "\n";
    type(line + "y\n");
    EXPECT_EQ(read(4096), line + ".");
    EXPECT_EQ(read(4096), "y\n.");
    type(std::string(256, 'z') + "\x04" + "a\n");
    EXPECT_EQ(read(256), std::string(256, 'z') + ".");
    EXPECT_EQ(read(256), "a\n.");
}

TEST_F(TerminalTest, RawWithMinimum) {
    raw(3, 0);
    later("a");
    later("bcd");
    EXPECT_EQ(read(10), "abcd.");
    later("xy");
    EXPECT_EQ(read(2), "xy."); // the memory is full
    EXPECT_EQ(g.deadline, uk::tty::kForever);
}

TEST_F(TerminalTest, RawWithMinimumAndTime) {
    raw(3, 5);
    later("a", 50);
    later("b", 4);
    nothing_until_deadline();
    EXPECT_EQ(read(10), "ab.");
    EXPECT_EQ(g.now, 1000 + 59 * kTenth);
}

TEST_F(TerminalTest, RawWithTime) {
    raw(0, 3);
    nothing_until_deadline();
    EXPECT_EQ(read(10), ".");
    EXPECT_EQ(g.now, 1000 + 3 * kTenth);
    later("k", 1);
    EXPECT_EQ(read(10), "k.");
    raw(0, 0);
    EXPECT_EQ(read(10), ".");
    type("kk");
    EXPECT_EQ(read(10), "kk.");
}

TEST_F(TerminalTest, SignalsOfKeys) {
    type("ab\x03"
         "c\x1c\x1a");
    EXPECT_EQ(g.signals, (std::vector<int>{UK_SIGINT, UK_SIGQUIT, UK_SIGTSTP}));
    g.waits.push_back([] { g.interrupted = true; });
    EXPECT_EQ(read(10), "EINTR");
    g.interrupted = false;
    raw(2, 0);
    later("x");
    g.waits.push_back([] { g.interrupted = true; });
    EXPECT_EQ(read(10), "x."); // what came is not lost
}

TEST_F(TerminalTest, HangUp) {
    type("left\n");
    terminal.hang_up();
    EXPECT_EQ(read(10), "left\n.");
    EXPECT_EQ(read(10), ".");
}

TEST_F(TerminalTest, Output) {
    std::string text(1000, 'o');
    text += "\nend";
    const IoPiece piece{text.data(), text.size()};
    IoPieces from({&piece, 1}, uk::IoMemory::application);
    EXPECT_EQ(terminal.write(from).value(), text.size());
    EXPECT_EQ(g.shown, std::string(1000, 'o') + "\r\nend");
    const IoPiece bad[] = {piece, {reinterpret_cast<void*>(~uintptr_t{0}), 4}};
    IoPieces partly(bad, uk::IoMemory::application);
    EXPECT_EQ(terminal.write(partly).value(), 768u); // whole pieces of its buffer
    EXPECT_EQ(terminal.write(partly).code(), Errno::fault);
}

TEST_F(TerminalTest, ModesComeBackAsFarAsKnown) {
    uk_termios wanted = modes();
    wanted.c_iflag |= UK_IXON | UK_INLCR;
    wanted.c_cc[UK_VEOF] = 'q';
    wanted.c_cflag = 0;
    type("part");
    EXPECT_TRUE(request(UK_TCSETSW, &wanted).ok());
    EXPECT_EQ(modes().c_iflag & (UK_IXON | UK_INLCR), uint32_t{UK_INLCR});
    EXPECT_EQ(modes().c_cc[UK_VEOF], 'q');
    EXPECT_NE(modes().c_cflag, 0u);
    type("q");
    EXPECT_EQ(read(10), "part.");
    type("gone");
    EXPECT_TRUE(request(UK_TCSETSF, &wanted).ok());
    type("q");
    EXPECT_EQ(read(10), ".");
}

TEST_F(TerminalTest, Requests) {
    int count = -1;
    type("abc\nde");
    EXPECT_TRUE(request(UK_FIONREAD, &count).ok());
    EXPECT_EQ(count, 4);
    EXPECT_TRUE(request(UK_TIOCOUTQ, &count).ok());
    EXPECT_EQ(count, 0);
    EXPECT_EQ(terminal.ioctl(UK_TCFLSH, UK_TCOFLUSH).value(), 0);
    EXPECT_EQ(read(10), "abc\n.");
    type("fg\n");
    EXPECT_EQ(terminal.ioctl(UK_TCFLSH, UK_TCIFLUSH).value(), 0);
    EXPECT_EQ(read(10, true), "EAGAIN");
    EXPECT_EQ(terminal.ioctl(UK_TCFLSH, 3).code(), Errno::inval);
    EXPECT_EQ(terminal.ioctl(UK_TCSBRK, 1).value(), 0);
    EXPECT_EQ(terminal.ioctl(UK_TCSBRK, 0).code(), Errno::inval);
    EXPECT_EQ(terminal.ioctl(UK_TIOCSTI, 0).code(), Errno::notty);
    EXPECT_EQ(terminal.ioctl(UK_TCGETS, ~uintptr_t{0} - 3).code(), Errno::fault);

    uk_winsize window{};
    EXPECT_TRUE(request(UK_TIOCGWINSZ, &window).ok());
    EXPECT_EQ(window.ws_row * 1000 + window.ws_col, 24'080);
    window.ws_col = 132;
    EXPECT_TRUE(request(UK_TIOCSWINSZ, &window).ok());
    EXPECT_TRUE(request(UK_TIOCSWINSZ, &window).ok()); // the same: no signal
    EXPECT_EQ(g.signals, std::vector<int>{UK_SIGWINCH});
    window = {};
    EXPECT_TRUE(request(UK_TIOCGWINSZ, &window).ok());
    EXPECT_EQ(window.ws_col, 132);
}

TEST_F(TerminalTest, FullBuffersKeepKeysOut) {
    std::string lines;
    while (lines.size() < 4096)
        lines += "0123456789\n";
    const size_t taken = terminal.type(lines.data(), lines.size());
    EXPECT_LT(taken, lines.size());
    EXPECT_GE(taken, 4095u);
    EXPECT_EQ(read(100), "0123456789\n.");
    EXPECT_EQ(terminal.type(lines.data() + taken, lines.size() - taken), lines.size() - taken);
}

} // namespace
