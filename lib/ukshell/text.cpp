// SPDX-License-Identifier: BSD-3-Clause
// Options, modes, dates.
#include <uk/shell/text.hpp>

#include <uk/abi/signal.h>
#include <uk/abi/stat.h>
#include <uk/base/format.hpp>
#include <uk/base/strings.hpp>

namespace uk::shell {

Options read_options(std::span<const char* const> words, std::string_view known) {
    Options options;
    size_t at = 1;
    for (; at < words.size(); at++) {
        const std::string_view word = words[at];
        if (word.size() < 2 || word[0] != '-')
            break;
        if (word == "--") {
            at++;
            break;
        }
        for (const char letter : word.substr(1)) {
            const size_t n = known.find(letter);
            if (n == known.npos) {
                options.unknown = letter;
                return options;
            }
            options.given |= uint32_t{1} << n;
        }
    }
    options.others = words.subspan(at < words.size() ? at : words.size());
    return options;
}

ModeText mode_text(uint32_t mode) {
    static constexpr struct {
        uint32_t kind;
        char letter;
    } kKinds[] = {{UK_S_IFDIR, 'd'}, {UK_S_IFLNK, 'l'},  {UK_S_IFCHR, 'c'}, {UK_S_IFBLK, 'b'},
                  {UK_S_IFIFO, 'p'}, {UK_S_IFSOCK, 's'}, {UK_S_IFREG, '-'}};
    ModeText out{"?rwxrwxrwx"};
    for (const auto& kind : kKinds) {
        if ((mode & UK_S_IFMT) == kind.kind)
            out.text[0] = kind.letter;
    }
    for (unsigned bit = 0; bit < 9; bit++) {
        if ((mode >> (8 - bit) & 1) == 0)
            out.text[1 + bit] = '-';
    }
    const auto special = [&](uint32_t flag, unsigned at, char letter) {
        if ((mode & flag) != 0) {
            const bool runs = out.text[at] == 'x';
            out.text[at] = runs ? letter : static_cast<char>(letter - 'a' + 'A');
        }
    };
    special(UK_S_ISUID, 3, 's');
    special(UK_S_ISGID, 6, 's');
    special(UK_S_ISVTX, 9, 't');
    return out;
}

// Howard Hinnant's civil_from_days: years begin in March, so that the odd day is the last.
DateText date_text(int64_t seconds) {
    constexpr int64_t kDay = 86400;
    constexpr int64_t kFirst = -62135596800; // the year 1
    constexpr int64_t kLast = 253402300799;  // the end of 9999
    seconds = seconds < kFirst ? kFirst : seconds > kLast ? kLast : seconds;
    const int64_t shifted = seconds + 719468 * kDay; // since the first of March of the year 0
    const auto days = static_cast<uint64_t>(shifted / kDay);
    const auto rest = static_cast<unsigned>(shifted % kDay);
    const uint64_t era = days / 146097;
    const auto day_of_era = static_cast<unsigned>(days % 146097);
    const unsigned year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const unsigned day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const unsigned from_march = (5 * day_of_year + 2) / 153;
    const unsigned day = day_of_year - (153 * from_march + 2) / 5 + 1;
    const unsigned month = from_march < 10 ? from_march + 3 : from_march - 9;
    const auto year = static_cast<unsigned>(era * 400 + year_of_era + (month <= 2 ? 1 : 0));
    DateText out;
    (void)format(out.text, "%04u-%02u-%02u %02u:%02u:%02u", year, month, day, rest / 3600,
                 rest / 60 % 60, rest % 60);
    return out;
}

std::string_view duration_text(uint64_t seconds, std::span<char> room) {
    const auto days = static_cast<unsigned long long>(seconds / 86400);
    const auto rest = static_cast<unsigned>(seconds % 86400);
    if (days == 0)
        return format(room, "%u:%02u:%02u", rest / 3600, rest / 60 % 60, rest % 60);
    return format(room, "%llu day%s, %u:%02u:%02u", days, days == 1 ? "" : "s", rest / 3600,
                  rest / 60 % 60, rest % 60);
}

std::string_view base_name(std::string_view path) {
    while (path.size() > 1 && path.back() == '/')
        path.remove_suffix(1);
    const size_t slash = path.rfind('/');
    return slash == path.npos || path.size() == 1 ? path : path.substr(slash + 1);
}

int signal_number(std::string_view text) {
    static constexpr std::string_view kNames[] = {
        "HUP",  "INT",  "QUIT", "ILL",    "TRAP",   "ABRT",  "BUS",  "FPE",  "KILL", "USR1", "SEGV",
        "USR2", "PIPE", "ALRM", "TERM",   "STKFLT", "CHLD",  "CONT", "STOP", "TSTP", "TTIN", "TTOU",
        "URG",  "XCPU", "XFSZ", "VTALRM", "PROF",   "WINCH", "IO",   "PWR",  "SYS"};
    if (const Result<uint64_t> number = parse_u64(text, 10); number.ok())
        return number.value() <= UK_NSIG ? static_cast<int>(number.value()) : -1;
    if (text.starts_with("SIG"))
        text.remove_prefix(3);
    for (size_t i = 0; i < std::size(kNames); i++) {
        if (text == kNames[i])
            return static_cast<int>(i) + 1;
    }
    return -1;
}

std::string_view printable(std::string_view name, std::span<char> room) {
    size_t size = 0;
    for (const char c : name.substr(0, room.size())) {
        const auto code = static_cast<unsigned char>(c);
        room[size++] = code < ' ' || code == 0x7f ? '?' : c;
    }
    return {room.data(), size};
}

} // namespace uk::shell
