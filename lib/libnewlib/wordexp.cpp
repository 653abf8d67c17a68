// SPDX-License-Identifier: BSD-3-Clause
// wordexp(): words as a shell makes them of a text, without a shell: quotes, tildes, variables,
// fields, paths. What a shell would have to run is WRDE_CMDSUB, and WRDE_NOSYS if the caller
// allowed it; so are arithmetic and ${name%pattern}.
#include <ctype.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wordexp.h>

namespace {

constexpr char kSpecial[] = "*?[\\";   // to glob()
constexpr char kBad[] = "\n|&;<>(){}"; // outside of quotes
constexpr char kDefaultFields[] = " \t\n";
constexpr int kDeepest = 16; // ${a:-${b:-...}}

// A word as a pattern of glob(): what was quoted has a backslash in front.
class Pattern {
  public:
    Pattern() = default;
    Pattern(const Pattern&) = delete;
    Pattern& operator=(const Pattern&) = delete;
    ~Pattern() { free(text_); }

    int put(char c, bool quoted) {
        const bool escapes = c == '\\' || (quoted && strchr(kSpecial, c) != nullptr);
        exists_ = true;
        if (size_ + 3 > room_) {
            const size_t more = 2 * room_ + 64;
            auto* larger = static_cast<char*>(realloc(text_, more));
            if (larger == nullptr) {
                return WRDE_NOSPACE;
            }
            text_ = larger;
            room_ = more;
        }
        if (escapes) {
            text_[size_++] = '\\';
        }
        text_[size_++] = c;
        text_[size_] = 0;
        wild_ = wild_ || (!quoted && strchr("*?[", c) != nullptr);
        return 0;
    }
    int put_empty() { // "" is a word
        exists_ = true;
        return 0;
    }
    [[nodiscard]] bool exists() const { return exists_; }
    [[nodiscard]] bool is_wild() const { return wild_; }
    [[nodiscard]] const char* text() const { return size_ == 0 ? "" : text_; }
    void clear() {
        size_ = 0;
        exists_ = false;
        wild_ = false;
    }

  private:
    char* text_ = nullptr;
    size_t size_ = 0;
    size_t room_ = 0;
    bool exists_ = false;
    bool wild_ = false;
};

class Expansion {
  public:
    explicit Expansion(int flags) : flags_(flags) {
        const char* fields = getenv("IFS");
        fields_ = fields == nullptr ? kDefaultFields : fields;
    }
    Expansion(const Expansion&) = delete;
    Expansion& operator=(const Expansion&) = delete;
    ~Expansion() {
        for (size_t i = 0; i < count_; i++) {
            free(words_[i]);
        }
        free(words_);
    }

    int run(const char* text);
    // Behind `offset` null pointers and the words of `out` that are there.
    int move_to(wordexp_t* out, size_t offset, size_t before);

  private:
    int unquoted(const char*& at, const char* end);
    int in_quotes(const char*& at, const char* end);
    int dollar(const char*& at, const char* end, bool quoted);
    int braces(const char* at, const char* end, bool quoted);
    int instead(const char* name, const char* value, const char* how, const char* end, bool quoted);
    int expand(const char* at, const char* end, bool quoted);
    int put_value(const char* value, bool quoted);
    int tilde(const char*& at, const char* end);
    int end_word();
    int add(char* word);
    [[nodiscard]] int of_command() const {
        return (flags_ & WRDE_NOCMD) != 0 ? WRDE_CMDSUB : WRDE_NOSYS;
    }

    int flags_;
    const char* fields_;
    int depth_ = 0;
    bool begins_ = true; // nothing of a word was read
    Pattern word_;
    char** words_ = nullptr;
    size_t count_ = 0;
    size_t room_ = 0;
};

bool begins_name(char c) {
    return isalpha(static_cast<unsigned char>(c)) != 0 || c == '_';
}
const char* end_of_name(const char* at, const char* end) {
    while (at < end && (begins_name(*at) || isdigit(static_cast<unsigned char>(*at)) != 0)) {
        at++;
    }
    return at;
}

// Behind the quotation that begins here, or null.
const char* behind_quotation(const char* at, const char* end) {
    const char mark = *at;
    for (at++; at < end && *at != mark; at++) {
        if (*at == '\\' && mark == '"') {
            at++;
        }
    }
    return at < end ? at + 1 : nullptr;
}

// The brace that closes what is open before `at`, or null.
const char* closing_brace(const char* at, const char* end) {
    for (int open = 1; at != nullptr && at < end;) {
        if (*at == '\\') {
            at += 2;
        } else if (*at == '\'' || *at == '"') {
            at = behind_quotation(at, end);
        } else if (*at == '}' && --open == 0) {
            return at;
        } else {
            open += *at == '$' && at + 1 < end && at[1] == '{' ? 1 : 0;
            at++;
        }
    }
    return nullptr;
}

int Expansion::add(char* word) {
    if (word == nullptr) {
        return WRDE_NOSPACE;
    }
    if (count_ == room_) {
        const size_t more = 2 * room_ + 16;
        auto* larger = static_cast<char**>(realloc(words_, more * sizeof(char*)));
        if (larger == nullptr) {
            free(word);
            return WRDE_NOSPACE;
        }
        words_ = larger;
        room_ = more;
    }
    words_[count_++] = word;
    return 0;
}

int Expansion::end_word() {
    if (!word_.exists()) {
        return 0;
    }
    int error = 0;
    glob_t found = {};
    const int result = word_.is_wild() ? glob(word_.text(), 0, nullptr, &found) : GLOB_NOMATCH;
    if (result == GLOB_NOSPACE) {
        error = WRDE_NOSPACE;
    } else if (result == 0) {
        for (size_t i = 0; i < found.gl_pathc && error == 0; i++) {
            error = add(strdup(found.gl_pathv[i]));
        }
        globfree(&found);
    } else {
        char* word = strdup(word_.text());
        char* to = word;
        for (const char* from = word; from != nullptr && *from != 0; from++) {
            from += *from == '\\' ? 1 : 0;
            *to++ = *from;
        }
        if (word != nullptr) {
            *to = 0;
        }
        error = add(word);
    }
    word_.clear();
    return error;
}

// Outside of quotes what is in IFS ends a word; two of its characters that are no blanks have an
// empty one between them.
int Expansion::put_value(const char* value, bool quoted) {
    int error = quoted ? word_.put_empty() : 0;
    for (; *value != 0 && error == 0; value++) {
        if (quoted || strchr(fields_, *value) == nullptr) {
            error = word_.put(*value, quoted);
            continue;
        }
        if (strchr(kDefaultFields, *value) == nullptr) {
            word_.put_empty();
        }
        error = end_word();
    }
    return error;
}

int Expansion::tilde(const char*& at, const char* end) {
    const char* home = getenv("HOME");
    const bool alone = at + 1 == end || strchr("/ \t", at[1]) != nullptr;
    at++;
    return alone && home != nullptr ? put_value(home, true) : word_.put('~', true); // no users
}

int Expansion::expand(const char* at, const char* end, bool quoted) {
    if (++depth_ > kDeepest) {
        return WRDE_NOSPACE;
    }
    int error = 0;
    while (at < end && error == 0) {
        error = quoted ? in_quotes(at, end) : unquoted(at, end);
    }
    depth_--;
    return error;
}

// ${name<how>}: `how` has a sign and what comes behind it.
int Expansion::instead(const char* name, const char* value, const char* how, const char* end,
                       bool quoted) {
    const bool also_empty = *how == ':';
    how += also_empty ? 1 : 0;
    const bool there = value != nullptr && (!also_empty || *value != 0);
    switch (how < end ? *how : 0) {
    case '-':
        return there ? put_value(value, quoted) : expand(how + 1, end, quoted);
    case '+':
        return there ? expand(how + 1, end, quoted) : 0;
    case '?':
        if (there) {
            return put_value(value, quoted);
        }
        if ((flags_ & WRDE_SHOWERR) != 0) {
            fprintf(stderr, "%s: %.*s\n", name, static_cast<int>(end - how - 1), how + 1);
        }
        return WRDE_BADVAL;
    case '=': {
        if (there) {
            return put_value(value, quoted);
        }
        Expansion to_set(flags_);
        to_set.fields_ = "";
        to_set.depth_ = depth_;
        int error = to_set.expand(how + 1, end, true);
        char* text = error != 0 ? nullptr : strdup(to_set.word_.text());
        if (error == 0 && (text == nullptr || setenv(name, text, 1) != 0)) {
            error = WRDE_NOSPACE;
        }
        free(text);
        return error != 0 ? error : put_value(getenv(name), quoted);
    }
    case '%':
    case '#':
        return also_empty ? WRDE_SYNTAX : WRDE_NOSYS;
    default:
        return WRDE_SYNTAX;
    }
}

// Between the braces.
int Expansion::braces(const char* at, const char* end, bool quoted) {
    const bool length = at < end && *at == '#';
    at += length ? 1 : 0;
    const char* behind = end_of_name(at, end);
    if (behind == at || !begins_name(*at) || (length && behind != end)) {
        return WRDE_SYNTAX;
    }
    char* name = strndup(at, static_cast<size_t>(behind - at));
    if (name == nullptr) {
        return WRDE_NOSPACE;
    }
    const char* value = getenv(name);
    int error;
    if (behind != end) {
        error = instead(name, value, behind, end, quoted);
    } else if (value == nullptr && (flags_ & WRDE_UNDEF) != 0) {
        error = WRDE_BADVAL;
    } else if (length) {
        char digits[24];
        snprintf(digits, sizeof(digits), "%zu", value == nullptr ? 0 : strlen(value));
        error = put_value(digits, quoted);
    } else {
        error = put_value(value == nullptr ? "" : value, quoted);
    }
    free(name);
    return error;
}

int Expansion::dollar(const char*& at, const char* end, bool quoted) {
    const char* behind = at + 1;
    if (behind < end && *behind == '(') {
        return behind + 1 < end && behind[1] == '(' ? WRDE_NOSYS : of_command();
    }
    if (behind < end && *behind == '{') {
        const char* close = closing_brace(behind + 1, end);
        if (close == nullptr) {
            return WRDE_SYNTAX;
        }
        at = close + 1;
        return braces(behind + 1, close, quoted);
    }
    if (behind == end || !begins_name(*behind)) {
        at++;
        return word_.put('$', true);
    }
    at = end_of_name(behind, end);
    return braces(behind, at, quoted);
}

int Expansion::in_quotes(const char*& at, const char* end) {
    if (*at == '$') {
        return dollar(at, end, true);
    }
    if (*at == '`') {
        return of_command();
    }
    if (*at == '\\' && at + 1 < end && strchr("$`\"\\\n", at[1]) != nullptr) {
        at += 2;
        return at[-1] == '\n' ? 0 : word_.put(at[-1], true);
    }
    return word_.put(*at++, true);
}

int Expansion::unquoted(const char*& at, const char* end) {
    const char c = *at;
    const bool begins = begins_;
    begins_ = c == ' ' || c == '\t';
    if (begins_) {
        at++;
        return end_word();
    }
    if (c == '\'' || c == '"') {
        const char* behind = behind_quotation(at, end);
        if (behind == nullptr) {
            return WRDE_SYNTAX;
        }
        int error = word_.put_empty();
        const char* inside = at + 1;
        at = behind;
        while (inside < behind - 1 && error == 0) {
            error = c == '"' ? in_quotes(inside, behind - 1) : word_.put(*inside++, true);
        }
        return error;
    }
    if (c == '\\') {
        if (at + 1 == end) {
            return WRDE_SYNTAX;
        }
        at += 2;
        return at[-1] == '\n' ? 0 : word_.put(at[-1], true);
    }
    if (c == '$') {
        return dollar(at, end, false);
    }
    if (c == '`') {
        return of_command();
    }
    if (c == '~' && begins) {
        return tilde(at, end);
    }
    if (depth_ == 1 && strchr(kBad, c) != nullptr) {
        return WRDE_BADCHAR;
    }
    return word_.put(*at++, false);
}

int Expansion::run(const char* text) {
    const int error = expand(text, text + strlen(text), false);
    return error != 0 ? error : end_word();
}

int Expansion::move_to(wordexp_t* out, size_t offset, size_t before) {
    const size_t size = (offset + before + count_ + 1) * sizeof(char*);
    auto* all = static_cast<char**>(realloc(before != 0 ? out->we_wordv : nullptr, size));
    if (all == nullptr) {
        return WRDE_NOSPACE;
    }
    for (size_t i = 0; i < offset && before == 0; i++) {
        all[i] = nullptr;
    }
    for (size_t i = 0; i < count_; i++) {
        all[offset + before + i] = words_[i];
    }
    all[offset + before + count_] = nullptr;
    out->we_wordv = all;
    out->we_wordc = before + count_;
    count_ = 0;
    return 0;
}

} // namespace

int wordexp(const char* __restrict text, wordexp_t* __restrict out, int flags) {
    const size_t offset = (flags & WRDE_DOOFFS) != 0 ? out->we_offs : 0;
    if ((flags & WRDE_REUSE) != 0) {
        wordfree(out);
    }
    const bool appends = (flags & WRDE_APPEND) != 0;
    if (!appends) {
        out->we_wordc = 0;
        out->we_wordv = nullptr;
        out->we_offs = offset;
    }
    Expansion expansion(flags);
    const int error = expansion.run(text);
    if (error != 0 && error != WRDE_NOSPACE) {
        return error;
    }
    const int moved = expansion.move_to(out, offset, out->we_wordc);
    return error != 0 ? error : moved;
}

void wordfree(wordexp_t* words) {
    for (size_t i = 0; i < words->we_wordc; i++) {
        free(words->we_wordv[words->we_offs + i]);
    }
    free(words->we_wordv);
    words->we_wordv = nullptr;
    words->we_wordc = 0;
}
