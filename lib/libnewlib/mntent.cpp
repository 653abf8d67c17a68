// SPDX-License-Identifier: BSD-3-Clause
// Tables of mounts as text: four words and two numbers in a line, blanks in a word as \040.
#include <mntent.h>
#include <stdlib.h>
#include <string.h>

namespace {

constexpr char kBlanks[] = " \t";
constexpr char kEscaped[] = " \t\n\\#";

bool is_octal(char c) {
    return c >= '0' && c <= '7';
}

// In place.
void unescape(char* text) {
    char* to = text;
    for (const char* from = text; *from != 0; from++, to++) {
        const bool is_code = from[0] == '\\' && is_octal(from[1]) && is_octal(from[2]) &&
                             is_octal(from[3]) && from[1] < '4';
        *to = is_code
                  ? static_cast<char>((from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0'))
                  : *from;
        from += is_code ? 3 : 0;
    }
    *to = 0;
}

void write_field(FILE* to, const char* text) {
    for (; *text != 0; text++) {
        if (strchr(kEscaped, *text) != nullptr) {
            fprintf(to, "\\%03o", static_cast<unsigned>(static_cast<unsigned char>(*text)));
        } else {
            fputc(*text, to);
        }
    }
}

// One line, without what has no room and without its end; false at the end of the file.
bool read_line(FILE* from, char* text, int room) {
    if (fgets(text, room, from) == nullptr) {
        return false;
    }
    char* end = strchr(text, '\n');
    if (end != nullptr) {
        *end = 0;
        return true;
    }
    for (int next = fgetc(from); next != '\n' && next != EOF;) {
        next = fgetc(from);
    }
    return true;
}

int number(char*& rest) {
    const char* word = strtok_r(nullptr, kBlanks, &rest);
    return word == nullptr ? 0 : atoi(word);
}

} // namespace

FILE* setmntent(const char* path, const char* mode) {
    return fopen(path, mode);
}

struct mntent* getmntent_r(FILE* __restrict table, struct mntent* __restrict line,
                           char* __restrict text, int room) {
    while (read_line(table, text, room)) {
        char* rest = nullptr;
        char* words[4] = {strtok_r(text, kBlanks, &rest)};
        if (words[0] == nullptr || words[0][0] == '#') {
            continue;
        }
        for (int i = 1; i < 4 && words[i - 1] != nullptr; i++) {
            words[i] = strtok_r(nullptr, kBlanks, &rest);
        }
        if (words[3] == nullptr) {
            continue;
        }
        const int dump = number(rest);
        *line = {words[0], words[1], words[2], words[3], dump, number(rest)};
        for (char* word : words) {
            unescape(word);
        }
        return line;
    }
    return nullptr;
}

struct mntent* getmntent(FILE* table) {
    static constexpr int kRoom = 4096;
    static struct mntent line;
    static char* text; // most programs have no use for it
    if (text == nullptr) {
        text = static_cast<char*>(malloc(kRoom));
    }
    return text == nullptr ? nullptr : getmntent_r(table, &line, text, kRoom);
}

int addmntent(FILE* __restrict table, const struct mntent* __restrict line) {
    if (fseek(table, 0, SEEK_END) != 0) {
        return 1;
    }
    const char* const words[] = {line->mnt_fsname, line->mnt_dir, line->mnt_type, line->mnt_opts};
    for (const char* word : words) {
        write_field(table, word);
        fputc(' ', table);
    }
    fprintf(table, "%d %d\n", line->mnt_freq, line->mnt_passno);
    return ferror(table) != 0 ? 1 : 0;
}

int endmntent(FILE* table) {
    if (table != nullptr) {
        fclose(table);
    }
    return 1;
}

char* hasmntopt(const struct mntent* line, const char* option) {
    const size_t length = strlen(option);
    for (char* at = line->mnt_opts; at != nullptr && *at != 0;) {
        if (strncmp(at, option, length) == 0 &&
            (at[length] == 0 || at[length] == ',' || at[length] == '=')) {
            return at;
        }
        at = strchr(at, ',');
        at = at == nullptr ? nullptr : at + 1;
    }
    return nullptr;
}
