// SPDX-License-Identifier: BSD-3-Clause
// Sets parameters from words, and explains each word that cannot be.
#include <uk/base/strings.hpp>
#include <uk/libparam.hpp>
#include <uk/string.h>

#include "splitter.hpp"
#include "value.hpp"

namespace uk::params {

namespace {

class Applier {
  public:
    Applier(std::span<char* const> words, Rows rows, Say say, void* context)
        : words_(words), rows_(rows), say_(say), context_(context) {}

    Result<Outcome> run();

  private:
    void word(char* text);
    void unknown(std::string_view name);
    void list(const Param* row, std::string_view name, char* content);
    bool list_in_following_words(const Param* row, bool tight);
    void give(const Param* row, const char* value);
    void refuse(const Param& row, const char* value);
    void tell(bool fatal, const Message& message);
    [[nodiscard]] const Param* find(std::string_view name) const;

    std::span<char* const> words_;
    Rows rows_;
    Say say_;
    void* context_;
    size_t at_ = 0; // the word after the one being looked at
    bool failed_ = false;
    bool help_ = false;
};

Result<Outcome> Applier::run() {
    while (at_ < words_.size()) {
        char* text = words_[at_++];
        if (strcmp(text, "help") == 0) {
            help_ = true;
        } else if (*text != '\0') {
            word(text);
        }
    }
    if (failed_) {
        return Errno::inval;
    }
    return help_ ? Outcome::help : Outcome::applied;
}

void Applier::word(char* text) {
    char* equals = strchr(text, '=');
    const std::string_view name = equals != nullptr
                                      ? std::string_view(text, static_cast<size_t>(equals - text))
                                      : std::string_view(text);
    const Param* row = find(name);
    if (row == nullptr) {
        unknown(name);
    }
    const bool may_be_list = row == nullptr || row->count != nullptr;
    if (equals != nullptr && equals[1] == '[' && may_be_list) {
        list(row, name, equals + 2);
    } else if (row != nullptr) {
        give(row, equals != nullptr ? equals + 1 : nullptr);
    }
}

// `content` is what follows the bracket in the word just taken: nothing (the list has words of its
// own), its first value, or all of it (a word that was quoted as a whole).
void Applier::list(const Param* row, std::string_view name, char* content) {
    size_t size = strlen(content);
    while (size > 0 && is_blank(content[size - 1])) {
        size--;
    }
    const bool closed = size > 0 && content[size - 1] == ']';
    if (closed) {
        content[size - 1] = '\0';
    }
    bool tight = false;
    Splitter values({content, size + 1});
    while (const char* value = values.next()) {
        tight = true;
        give(row, value);
    }
    if (closed) {
        return;
    }
    const size_t back = at_;
    if (!list_in_following_words(row, tight)) {
        if (row == nullptr) {
            at_ = back; // not a list of ours: do not swallow what follows
            return;
        }
        tell(true, Message().append("%.*s=[: the list has no end: write %.*s=[ a b ], with a blank "
                                    "before the last bracket",
                                    static_cast<int>(name.size()), name.data(),
                                    static_cast<int>(name.size()), name.data()));
    }
}

// A list that begins "[ a" ends with a word "]", so that values may end in a bracket themselves;
// one that begins "[a" ends with the first bracket at the end of a word. False if the words end
// first.
bool Applier::list_in_following_words(const Param* row, bool tight) {
    while (at_ < words_.size()) {
        char* text = words_[at_++];
        const size_t size = strlen(text);
        const bool last = size > 0 && text[size - 1] == ']' && (tight || size == 1);
        if (last && size == 1) {
            return true;
        }
        if (last && row != nullptr) {
            text[size - 1] = '\0';
        }
        give(row, text);
        if (last) {
            return true;
        }
    }
    return false;
}

void Applier::give(const Param* row, const char* value) {
    if (row == nullptr) {
        return;
    }
    if (row->count != nullptr && *row->count >= row->capacity) {
        Message message;
        append_name(message, *row);
        tell(true, message.append(": takes at most %u values", row->capacity));
    } else if (!set_value(*row, value)) {
        refuse(*row, value);
    }
}

void Applier::refuse(const Param& row, const char* value) {
    Message message;
    append_name(message, row);
    if (value != nullptr) {
        message.append("=%.64s: expected ", value);
    } else {
        message.append(": needs a value: ");
    }
    append_expectation(message, row);
    tell(true, message);
}

void Applier::unknown(std::string_view name) {
    Message message;
    message.append("unknown parameter '%.*s' ignored", static_cast<int>(name.size()), name.data());
    unsigned nearest = static_cast<unsigned>(name.size() / 3) + 1;
    const Param* found = nullptr;
    for (const Param* row : rows_) {
        Message candidate;
        append_name(candidate, *row);
        const unsigned distance = edit_distance(name, candidate.view(), nearest - 1);
        if (distance < nearest) {
            nearest = distance;
            found = row;
        }
    }
    if (found != nullptr) {
        message.append("; did you mean '");
        append_name(message, *found);
        message.append("'?");
    }
    tell(false, message);
}

// Hands the message over without what could steer a terminal.
void Applier::tell(bool fatal, const Message& message) {
    char text[256];
    size_t size = 0;
    for (char c : message.view()) {
        text[size++] = c >= ' ' && c <= '~' ? c : '?';
    }
    text[size] = '\0';
    failed_ = failed_ || fatal;
    say_(context_, fatal, text);
}

const Param* Applier::find(std::string_view name) const {
    for (const Param* row : rows_) {
        if (has_name(*row, name)) {
            return row;
        }
    }
    return nullptr;
}

} // namespace

Result<Outcome> apply(std::span<char* const> words, Rows rows, Say say, void* context) {
    return Applier(words, rows, say, context).run();
}

} // namespace uk::params
