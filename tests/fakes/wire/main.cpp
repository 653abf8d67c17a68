// SPDX-License-Identifier: BSD-3-Clause
// A bad wire between two ends; README.md says how it is used.
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <iostream>
#include <poll.h>
#include <sstream>

#include <unistd.h>

#include "sides.hpp"

namespace wire {
namespace {

constexpr unsigned kBurst = 64;

uint64_t now_ns() {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
}

// Line 0 leads from side a to side b, line 1 back.
struct Wire {
    std::unique_ptr<Side> sides[2];
    Line lines[2]{{0, 0}, {0, 1}};
    bool headers = false;

    std::string change(const std::string& word);
    bool command(const std::string& text);
    bool carry(); // true: there may be more
    void print_counters() const;
};

// NAME=VALUE for both directions, a.NAME=VALUE for what a sends, b.NAME=VALUE.
std::string Wire::change(const std::string& word) {
    const size_t equals = word.find('=');
    if (equals == std::string::npos) {
        return "'" + word + "' is no NAME=VALUE";
    }
    std::string name = word.substr(0, equals);
    const std::string value = word.substr(equals + 1);
    if (name == "seed") {
        for (Line& line : lines) {
            line.restart(std::strtoull(value.c_str(), nullptr, 0));
        }
        return "";
    }
    const bool only_a = name.starts_with("a.");
    const bool only_b = name.starts_with("b.");
    name = only_a || only_b ? name.substr(2) : name;
    if (name == "corrupt" && headers && value != "0") {
        return "corrupt: with --headers nobody would notice, since checksums are not made";
    }
    for (unsigned i = 0; i < 2; i++) {
        if ((i == 0 && only_b) || (i == 1 && only_a)) {
            continue;
        }
        if (std::string problem = set(lines[i].settings, name, value); !problem.empty()) {
            return problem;
        }
    }
    return "";
}

void Wire::print_counters() const {
    for (unsigned i = 0; i < 2; i++) {
        const Counters& c = lines[i].counters();
        std::cout << (i == 0 ? "a" : " b") << " taken=" << c.taken << " given=" << c.given
                  << " lost=" << c.lost << " overflowed=" << c.overflowed
                  << " duplicated=" << c.duplicated << " reordered=" << c.reordered
                  << " corrupted=" << c.corrupted;
    }
    std::cout << std::endl;
}

// One answer for each line that comes in. False: the end.
bool Wire::command(const std::string& text) {
    std::istringstream words(text);
    std::string problem;
    for (std::string word; words >> word && problem.empty();) {
        if (word == "quit") {
            return false;
        }
        if (word == "counters") {
            print_counters();
            return true;
        }
        problem = change(word);
    }
    std::cout << (problem.empty() ? "ok" : "error: " + problem) << std::endl;
    return true;
}

bool Wire::carry() {
    bool more = false;
    for (unsigned i = 0; i < 2; i++) {
        unsigned count = 0;
        for (; count < kBurst; count++) {
            std::optional<Frame> frame = sides[i]->receive();
            if (!frame) {
                break;
            }
            lines[i].take(std::move(*frame), now_ns());
        }
        more |= count == kBurst;
        while (std::optional<Frame> frame = lines[i].give(now_ns())) {
            (void)sides[1 - i]->send(*frame);
        }
    }
    return more;
}

// Nobody waits longer than for the next frame that is due.
timespec* until_due(const Wire& wire, bool at_once, timespec& time) {
    uint64_t due = at_once ? 0 : UINT64_MAX;
    for (const Line& line : wire.lines) {
        due = std::min(due, line.due().value_or(UINT64_MAX));
    }
    if (due == UINT64_MAX) {
        return nullptr;
    }
    const uint64_t now = now_ns();
    const uint64_t left = due > now ? due - now : 0;
    time = {static_cast<time_t>(left / 1'000'000'000), static_cast<long>(left % 1'000'000'000)};
    return &time;
}

void serve(Wire& wire) {
    std::string input;
    for (bool more = false;;) {
        pollfd fds[] = {{wire.sides[0]->descriptor(), POLLIN, 0},
                        {wire.sides[1]->descriptor(), POLLIN, 0},
                        {STDIN_FILENO, POLLIN, 0}};
        timespec time{};
        if (ppoll(fds, 3, until_due(wire, more, time), nullptr) < 0 && errno != EINTR) {
            throw Problem("poll failed");
        }
        more = wire.carry();
        if (fds[2].revents == 0) {
            continue;
        }
        char text[4096];
        const ssize_t size = read(STDIN_FILENO, text, sizeof text);
        if (size <= 0) {
            return; // whoever started us is gone
        }
        input.append(text, static_cast<size_t>(size));
        for (size_t end; (end = input.find('\n')) != std::string::npos; input.erase(0, end + 1)) {
            if (!wire.command(input.substr(0, end))) {
                return;
            }
        }
    }
}

int run(int count, char** words) {
    Wire wire;
    std::vector<std::string> sides;
    std::vector<std::string> changes;
    for (int i = 1; i < count; i++) {
        const std::string word = words[i];
        if (word == "--headers") {
            wire.headers = true;
        } else if (word.find('=') != std::string::npos && word.find(':') == std::string::npos) {
            changes.push_back(word);
        } else {
            sides.push_back(word);
        }
    }
    if (sides.size() != 2) {
        throw Problem("usage: wire [--headers] [seed=N] [NAME=VALUE...] SIDE SIDE (README.md)");
    }
    for (const std::string& change : changes) {
        if (const std::string problem = wire.change(change); !problem.empty()) {
            throw Problem(problem);
        }
    }
    for (unsigned i = 0; i < 2; i++) {
        wire.sides[i] = open_side(sides[i], wire.headers);
    }
    std::cout << "ready" << std::endl;
    serve(wire);
    return 0;
}

} // namespace
} // namespace wire

int main(int count, char** words) {
    signal(SIGPIPE, SIG_IGN);
    try {
        return wire::run(count, words);
    } catch (const wire::Problem& problem) {
        std::fprintf(stderr, "wire: %s\n", problem.what());
        return 1;
    }
}
