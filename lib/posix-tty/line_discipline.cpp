// SPDX-License-Identifier: BSD-3-Clause
// Input: from typed bytes to lines. Output and echo are in line_output.cpp.
#include <uk/tty/line_discipline.hpp>

#include <uk/abi/signal.h>
#include <uk/assert.h>
#include <uk/base/minmax.hpp>
#include <uk/string.h>

#include "characters.hpp"

namespace uk::tty {

namespace {

// What terminals of this kind can do. Breaks and parity errors never come, so what would be done
// about them may be asked for.
constexpr uint32_t kInputModes = UK_IGNBRK | UK_BRKINT | UK_IGNPAR | UK_INPCK | UK_ISTRIP |
                                 UK_INLCR | UK_IGNCR | UK_ICRNL | UK_IUTF8;
constexpr uint32_t kOutputModes = UK_OPOST | UK_ONLCR | UK_OCRNL | UK_ONOCR | UK_ONLRET | UK_TABDLY;
constexpr uint32_t kLocalModes = UK_ISIG | UK_ICANON | UK_ECHO | UK_ECHOE | UK_ECHOK | UK_ECHONL |
                                 UK_NOFLSH | UK_ECHOCTL | UK_ECHOKE | UK_IEXTEN;

constexpr uint8_t control(char letter) {
    return static_cast<uint8_t>(letter & 0x1f);
}

} // namespace

uk_termios default_modes() {
    uk_termios modes{};
    modes.c_iflag = UK_ICRNL | UK_IUTF8;
    modes.c_oflag = UK_OPOST | UK_ONLCR;
    modes.c_cflag = UK_B115200 | UK_CS8 | UK_CREAD | UK_HUPCL;
    modes.c_lflag =
        UK_ISIG | UK_ICANON | UK_ECHO | UK_ECHOE | UK_ECHOK | UK_ECHOCTL | UK_ECHOKE | UK_IEXTEN;
    modes.c_cc[UK_VINTR] = control('C');
    modes.c_cc[UK_VQUIT] = control('\\');
    modes.c_cc[UK_VERASE] = 0x7f;
    modes.c_cc[UK_VKILL] = control('U');
    modes.c_cc[UK_VEOF] = control('D');
    modes.c_cc[UK_VMIN] = 1;
    modes.c_cc[UK_VSTART] = control('Q');
    modes.c_cc[UK_VSTOP] = control('S');
    modes.c_cc[UK_VSUSP] = control('Z');
    modes.c_cc[UK_VREPRINT] = control('R');
    modes.c_cc[UK_VDISCARD] = control('O');
    modes.c_cc[UK_VWERASE] = control('W');
    modes.c_cc[UK_VLNEXT] = control('V');
    return modes;
}

LineDiscipline::LineDiscipline(Screen& screen) : screen_(screen), modes_(default_modes()) {}

// What waits stays. Lines that were not read yet become bytes; bytes become one line.
void LineDiscipline::set_modes(const uk_termios& wanted) {
    const bool was_canonical = canonical();
    modes_.c_iflag = wanted.c_iflag & kInputModes;
    modes_.c_oflag = wanted.c_oflag & kOutputModes;
    modes_.c_lflag = wanted.c_lflag & kLocalModes;
    memcpy(modes_.c_cc, wanted.c_cc, sizeof(modes_.c_cc));
    if (canonical() == was_canonical)
        return;
    memset(line_ends_, 0, sizeof(line_ends_));
    canon_head_ = tail_;
    if (canonical() && head_ != tail_) {
        set_ends_line(head_ - 1, true);
        canon_head_ = head_;
    }
    literal_ = false;
}

bool LineDiscipline::ends_line(size_t place) const {
    return (line_ends_[place % kRoom / 64] >> place % 64 & 1) != 0;
}
void LineDiscipline::set_ends_line(size_t place, bool ends) {
    const uint64_t bit = uint64_t{1} << place % 64;
    uint64_t& word = line_ends_[place % kRoom / 64];
    word = ends ? word | bit : word & ~bit;
}

void LineDiscipline::flush_input() {
    head_ = canon_head_ = tail_ = 0;
    memset(line_ends_, 0, sizeof(line_ends_));
}

uint32_t LineDiscipline::take_signals() {
    const uint32_t signals = signals_;
    signals_ = 0;
    return signals;
}

// --- reading ---

size_t LineDiscipline::pending() const {
    if (!canonical())
        return head_ - tail_;
    size_t count = canon_head_ - tail_;
    for (size_t place = tail_; place != canon_head_; place++)
        count -= ends_line(place) && at(place) == kEndOfFile ? 1 : 0;
    return count;
}

LineDiscipline::Taken LineDiscipline::read(char* out, size_t size) {
    const size_t end = canonical() ? canon_head_ : head_;
    size_t count = 0;
    while (tail_ != end && count < size) {
        const size_t place = tail_++;
        const char c = at(place);
        if (canonical() && ends_line(place)) {
            set_ends_line(place, false);
            if (c != kEndOfFile)
                out[count++] = c;
            return {count, false};
        }
        out[count++] = c;
    }
    return {count, tail_ != end};
}

void LineDiscipline::skip_end_of_file() {
    if (canonical() && tail_ != canon_head_ && ends_line(tail_) && at(tail_) == kEndOfFile)
        set_ends_line(tail_++, false);
}

// --- typing ---

size_t LineDiscipline::input(const char* data, size_t size) {
    size_t taken = 0;
    while (taken < size && make_room())
        receive(static_cast<uint8_t>(data[taken++]));
    flush();
    return taken;
}

// A line that is too long keeps its beginning and its last byte, so that it can still be edited and
// ended; whole lines that nobody reads keep further input out.
bool LineDiscipline::make_room() {
    const size_t used = head_ - tail_;
    if (used < kRoom - 1)
        return true;
    if (!canonical() || canon_head_ != tail_)
        return false;
    if (used == kRoom)
        head_--;
    return true;
}

void LineDiscipline::put(uint8_t c) {
    UK_ASSERT(head_ - tail_ < kRoom);
    at(head_++) = static_cast<char>(c);
}

void LineDiscipline::put_line_end(uint8_t c) {
    set_ends_line(head_, true);
    put(c);
    canon_head_ = head_;
}

void LineDiscipline::receive_plain(uint8_t c) {
    if (is(UK_ECHO))
        echo_input(c);
    put(c);
}

void LineDiscipline::receive(uint8_t c) {
    if (translates(UK_ISTRIP))
        c &= 0x7f;
    if (literal_) {
        literal_ = false;
        return receive_plain(c);
    }
    if (receive_signal(c))
        return;
    const uint8_t typed = c;
    if (c == '\r') {
        if (translates(UK_IGNCR))
            return;
        if (translates(UK_ICRNL))
            c = '\n';
    } else if (c == '\n' && translates(UK_INLCR)) {
        c = '\r';
    }
    if (canonical() && receive_edit(c))
        return;
    if (c == '\n' && typed != c && is(UK_ECHO)) { // one that was made is shown as a new line
        process('\n');
        return put(c);
    }
    receive_plain(c);
}

// Nothing that was typed before is read any more, nor echoed further.
bool LineDiscipline::receive_signal(uint8_t c) {
    if (!is(UK_ISIG))
        return false;
    const int signal = is_key(c, UK_VINTR)   ? UK_SIGINT
                       : is_key(c, UK_VQUIT) ? UK_SIGQUIT
                       : is_key(c, UK_VSUSP) ? UK_SIGTSTP
                                             : 0;
    if (signal == 0)
        return false;
    signals_ |= uint32_t{1} << signal;
    if (!is(UK_NOFLSH))
        flush_input();
    if (is(UK_ECHO))
        echo(c);
    return true;
}

// Keys of canonical mode; false: an ordinary one.
bool LineDiscipline::receive_edit(uint8_t c) {
    const bool extended = is(UK_IEXTEN);
    if (is_key(c, UK_VERASE)) {
        erase(UK_VERASE);
    } else if (is_key(c, UK_VWERASE) && extended) {
        erase(UK_VWERASE);
    } else if (is_key(c, UK_VKILL)) {
        erase(UK_VKILL);
    } else if (is_key(c, UK_VLNEXT) && extended) {
        literal_ = true;
        if (is(UK_ECHO) && is(UK_ECHOCTL))
            emit_all("^\b");
    } else if (is_key(c, UK_VREPRINT) && is(UK_ECHO) && extended) {
        reprint();
    } else if (c == '\n') {
        if (is(UK_ECHO) || is(UK_ECHONL))
            process('\n');
        put_line_end(c);
    } else if (is_key(c, UK_VEOF)) {
        put_line_end(kEndOfFile);
    } else if (is_key(c, UK_VEOL) || (is_key(c, UK_VEOL2) && extended)) {
        if (is(UK_ECHO))
            echo_input(c);
        put_line_end(c);
    } else {
        return false;
    }
    return true;
}

// The line once more, below.
void LineDiscipline::reprint() {
    echo(modes_.c_cc[UK_VREPRINT]);
    process('\n');
    for (size_t place = canon_head_; place != head_; place++)
        echo(static_cast<uint8_t>(at(place)));
}

// --- editing ---

// Takes a character, a word or all from the end of the line, and from the screen.
void LineDiscipline::erase(unsigned key) {
    if (head_ == canon_head_ || (key == UK_VKILL && kill_without_erasing()))
        return;
    bool seen_word = false;
    while (head_ != canon_head_) {
        size_t start = head_;
        do
            start--;
        while (is_continuation(static_cast<uint8_t>(at(start))) && start != canon_head_);
        const auto c = static_cast<uint8_t>(at(start));
        if (is_continuation(c)) // no character in parts
            break;
        if (key == UK_VWERASE) {
            if (is_word(c))
                seen_word = true;
            else if (seen_word)
                break;
        }
        head_ = start;
        if (is(UK_ECHO))
            erase_one(key, c);
        if (key == UK_VERASE)
            break;
    }
}

bool LineDiscipline::kill_without_erasing() {
    if (is(UK_ECHO) && is(UK_ECHOK) && is(UK_ECHOKE) && is(UK_ECHOE))
        return false;
    head_ = canon_head_;
    if (is(UK_ECHO)) {
        echo(modes_.c_cc[UK_VKILL]);
        if (is(UK_ECHOK))
            process('\n');
    }
    return true;
}

// On the screen; the line has lost `c` already.
void LineDiscipline::erase_one(unsigned key, uint8_t c) {
    if (key == UK_VERASE && !is(UK_ECHOE))
        return echo(modes_.c_cc[UK_VERASE]);
    if (c == '\t')
        return erase_tab();
    if (is_control(c) && is(UK_ECHOCTL))
        emit_all("\b \b");
    if (!is_control(c) || is(UK_ECHOCTL))
        emit_all("\b \b");
}

// Back to where the tab started: the columns that what stands before it takes, counted from the
// tab before that or the start of the line.
void LineDiscipline::erase_tab() {
    unsigned columns = 0;
    bool after_tab = false;
    for (size_t place = head_; place != canon_head_ && !after_tab;) {
        const auto c = static_cast<uint8_t>(at(--place));
        if (c == '\t')
            after_tab = true;
        else if (is_control(c))
            columns += is(UK_ECHOCTL) ? 2 : 0;
        else if (!is_continuation(c))
            columns++;
    }
    if (!after_tab)
        columns += canon_column_;
    for (unsigned back = 8 - (columns & 7); back != 0; back--) {
        emit('\b');
        if (column_ > 0)
            column_--;
    }
}

} // namespace uk::tty
