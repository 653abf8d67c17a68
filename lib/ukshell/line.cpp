// SPDX-License-Identifier: BSD-3-Clause
// Words are written over the line that they come from: no word is longer than its quoted form.
#include <uk/shell/line.hpp>

namespace uk::shell {

namespace {

class Splitter {
  public:
    Splitter(char* text, std::span<char*> room) : from_(text), to_(text), room_(room) {}

    Line split() {
        for (;;) {
            while (is_blank(*from_))
                from_++;
            if (*from_ == '\0' || *from_ == '#')
                break;
            if (!(*from_ == '>' ? redirect() : word()))
                return {.problem = problem_, .character = character_};
        }
        if (wants_target_)
            return {.problem = "no file is named behind", .character = '>'};
        if (count_ == 0 && line_.target != nullptr)
            return {.problem = "no command stands before", .character = '>'};
        line_.words = room_.first(count_);
        return line_;
    }

  private:
    static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

    bool fail(const char* problem, char character = '\0') {
        problem_ = problem;
        character_ = character;
        return false;
    }

    bool redirect() {
        if (wants_target_ || line_.target != nullptr)
            return fail("one file is enough; a second", '>');
        wants_target_ = true;
        line_.appends = *++from_ == '>';
        from_ += line_.appends ? 1 : 0;
        return true;
    }

    // The character that ends it is read before the 0 behind the word is written over it.
    bool word() {
        char* const first = to_;
        for (;;) {
            const char c = *from_;
            if (c == '\0' || is_blank(c) || c == '>')
                break;
            if (!piece(c))
                return false;
        }
        const char next = *from_;
        const bool steps = next != '\0' && next != '>';
        from_ += steps ? 1 : 0;
        if (next == '>' && to_ == from_) { // no room for a 0: the redirection is read first
            if (!take(first) || !redirect())
                return false;
            *to_++ = '\0';
            return true;
        }
        *to_++ = '\0';
        return take(first);
    }

    bool take(char* first) {
        if (wants_target_) {
            line_.target = first;
            wants_target_ = false;
            return true;
        }
        if (count_ == room_.size())
            return fail("too many words");
        room_[count_++] = first;
        return true;
    }

    // One character outside of quotes, or all that is quoted.
    bool piece(char c) {
        switch (c) {
        case '\'':
        case '"':
            return quoted(c);
        case '\\':
            if (from_[1] == '\0')
                return fail("nothing stands behind", '\\');
            *to_++ = from_[1];
            from_ += 2;
            return true;
        case '|':
        case '&':
        case ';':
        case '<':
        case '`':
            return fail("outside of quotes there is no", c);
        default:
            *to_++ = c;
            from_++;
            return true;
        }
    }

    bool quoted(char quote) {
        for (from_++; *from_ != quote; from_++) {
            if (quote == '"' && *from_ == '\\' && (from_[1] == '"' || from_[1] == '\\'))
                from_++;
            if (*from_ == '\0')
                return fail("nothing ends what begins with", quote);
            *to_++ = *from_;
        }
        from_++;
        return true;
    }

    char* from_;
    char* to_; // never behind from_
    std::span<char*> room_;
    size_t count_ = 0;
    Line line_;
    bool wants_target_ = false;
    const char* problem_ = nullptr;
    char character_ = '\0';
};

} // namespace

Line split(char* text, std::span<char*> room) {
    return Splitter(text, room).split();
}

} // namespace uk::shell
