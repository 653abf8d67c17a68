// SPDX-License-Identifier: BSD-3-Clause
// Decisions and settings of a bad wire.
#include "fate.hpp"

#include <charconv>
#include <cmath>
#include <sstream>

namespace wire {
namespace {

constexpr double kMostDelayMs = 10'000;
constexpr unsigned kMostHeld = 3;

// The finalizer of SplitMix64: each bit of the result depends on all of `x`.
uint64_t mixed(uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
}

enum class Question : uint64_t {
    loss = 1,
    duplicate,
    reorder,
    held_for,
    corrupt,
    which_bit,
    jitter
};

// Each question has an answer of its own, so that switching on one fault moves no other.
class Dice {
  public:
    Dice(uint64_t seed, unsigned direction, uint64_t number)
        : base_(mixed(mixed(mixed(seed) + direction) + number)) {}
    [[nodiscard]] uint64_t roll(Question question) const {
        return mixed(base_ + static_cast<uint64_t>(question) * 0x9e3779b97f4a7c15);
    }
    [[nodiscard]] bool happens(Question question, Chance chance) const {
        return roll(question) % kAlways < chance;
    }

  private:
    uint64_t base_;
};

bool number_of(const std::string& text, double least, double most, double& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() && number >= least &&
           number <= most;
}

std::string set_drop(Settings& settings, const std::string& value) {
    std::set<uint64_t> numbers;
    std::istringstream words(value);
    for (std::string word; std::getline(words, word, ',');) {
        uint64_t number = 0;
        const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
        if (error != std::errc{} || end != word.data() + word.size() || number == 0) {
            return "drop=" + value + ": numbers of frames, from 1, with commas between them";
        }
        numbers.insert(number);
    }
    settings.drop = std::move(numbers);
    return "";
}

} // namespace

Fate fate_of(const Settings& settings, uint64_t seed, unsigned direction, uint64_t number) {
    const Dice dice(seed, direction, number);
    Fate fate;
    fate.lost = settings.cut || settings.drop.contains(number) ||
                dice.happens(Question::loss, settings.loss);
    fate.twice = dice.happens(Question::duplicate, settings.duplicate);
    if (dice.happens(Question::reorder, settings.reorder)) {
        fate.held_for = 1 + static_cast<unsigned>(dice.roll(Question::held_for) % kMostHeld);
    }
    if (dice.happens(Question::corrupt, settings.corrupt)) {
        fate.flipped = dice.roll(Question::which_bit);
    }
    if (settings.jitter_ns != 0) {
        fate.more_delay_ns = dice.roll(Question::jitter) % settings.jitter_ns;
    }
    return fate;
}

std::string set(Settings& settings, const std::string& name, const std::string& value) {
    struct Known {
        const char* name;
        double most;
        const char* unit;
    };
    static const Known kKnown[] = {
        {"loss", 100, "percent"},      {"duplicate", 100, "percent"},
        {"reorder", 100, "percent"},   {"corrupt", 100, "percent"},
        {"delay", kMostDelayMs, "ms"}, {"jitter", kMostDelayMs, "ms"},
        {"rate", 1e8, "kbit/s, or 0"}, {"queue", 1e9, "bytes"},
        {"cut", 1, "0 or 1"},
    };
    if (name == "drop") {
        return set_drop(settings, value);
    }
    for (const Known& known : kKnown) {
        double number = 0;
        if (name != known.name) {
            continue;
        }
        if (!number_of(value, 0, known.most, number)) {
            std::ostringstream problem;
            problem << name << "=" << value << ": 0 to " << known.most << " (" << known.unit << ")";
            return problem.str();
        }
        const auto parts = static_cast<Chance>(std::lround(number * (kAlways / 100)));
        const auto whole = static_cast<uint64_t>(number);
        const auto ns = static_cast<uint64_t>(number * 1e6);
        name == "loss"        ? settings.loss = parts
        : name == "duplicate" ? settings.duplicate = parts
        : name == "reorder"   ? settings.reorder = parts
        : name == "corrupt"   ? settings.corrupt = parts
        : name == "delay"     ? settings.delay_ns = ns
        : name == "jitter"    ? settings.jitter_ns = ns
        : name == "rate"      ? settings.rate = whole
        : name == "queue"     ? settings.queue_bytes = whole
                              : settings.cut = whole != 0;
        return "";
    }
    return "no setting '" + name +
           "': loss duplicate reorder corrupt delay jitter rate queue drop cut";
}

} // namespace wire
