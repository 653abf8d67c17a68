// SPDX-License-Identifier: BSD-3-Clause
// Splits a command line into words the way Unikraft does.
#include <uk/libparam.hpp>
#include <uk/string.h>

#include "splitter.hpp"

namespace uk::params {

namespace {

// What one character means, given the quote that is open ('\0': none).
struct QuoteState {
    char open = '\0';

    // True if `c` opens or closes a quote and is therefore no part of the word.
    constexpr bool takes(char c) {
        if (open == '\0' && (c == '"' || c == '\'')) {
            open = c;
            return true;
        }
        if (open != '\0' && c == open) {
            open = '\0';
            return true;
        }
        return false;
    }
};

bool is_separator(const char* word) {
    return strcmp(word, "--") == 0;
}

} // namespace

char* Splitter::next() {
    if (text_.empty()) {
        return nullptr;
    }
    const size_t limit = text_.size() - 1; // the last byte is room for a NUL
    while (read_ < limit && is_blank(text_[read_])) {
        read_++;
    }
    if (read_ >= limit || text_[read_] == '\0') {
        return nullptr;
    }
    char* word = &text_[read_];
    size_t write = read_;
    QuoteState quote;
    while (read_ < limit && text_[read_] != '\0') {
        const char c = text_[read_];
        if (quote.open == '\0' && is_blank(c)) {
            break;
        }
        read_++;
        if (!quote.takes(c)) {
            text_[write++] = c;
        }
    }
    // Step over the blank that ended the word, since its place may now hold the word's NUL. A NUL
    // that ended it stays in front of us and ends the text.
    if (read_ < limit && text_[read_] != '\0') {
        read_++;
    }
    text_[write] = '\0';
    open_quote_ = quote.open != '\0';
    return word;
}

Words split(std::span<char> text, std::span<char*> out) {
    Words words;
    Splitter splitter(text);
    bool separated = false;
    while (char* word = splitter.next()) {
        if (words.count < out.size()) {
            out[words.count] = word;
        }
        if (!separated && is_separator(word)) {
            separated = true;
            words.separator = words.count;
        }
        words.count++;
    }
    words.open_quote = splitter.open_quote();
    if (!separated) {
        words.separator = words.count;
    }
    return words;
}

Words count_words(std::span<const char> text) {
    Words words;
    bool separated = false;
    size_t at = 0;
    while (true) {
        while (at < text.size() && is_blank(text[at])) {
            at++;
        }
        if (at >= text.size() || text[at] == '\0') {
            break;
        }
        QuoteState quote;
        size_t length = 0; // of the word without its quotes
        size_t dashes = 0;
        for (; at < text.size() && text[at] != '\0'; at++) {
            if (quote.open == '\0' && is_blank(text[at])) {
                break;
            }
            if (!quote.takes(text[at])) {
                length++;
                dashes += text[at] == '-' ? 1 : 0;
            }
        }
        if (!separated && length == 2 && dashes == 2) {
            separated = true;
            words.separator = words.count;
        }
        words.count++;
        words.open_quote = quote.open != '\0';
    }
    if (!separated) {
        words.separator = words.count;
    }
    return words;
}

Words find_separator(std::span<char* const> list) {
    Words words;
    words.count = list.size();
    while (words.separator < list.size() && !is_separator(list[words.separator])) {
        words.separator++;
    }
    return words;
}

} // namespace uk::params
