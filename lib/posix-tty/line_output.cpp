// SPDX-License-Identifier: BSD-3-Clause
// Output: what a program writes and what is echoed, on its way to the screen.
#include <uk/tty/line_discipline.hpp>

#include "characters.hpp"

namespace uk::tty {

void LineDiscipline::emit(char c) {
    show_[shown_++] = c;
    if (shown_ == sizeof(show_) || c == '\n')
        flush();
}

void LineDiscipline::flush() {
    if (shown_ != 0)
        screen_.show(show_, shown_);
    shown_ = 0;
}

// For echo: moves the column as output does.
void LineDiscipline::emit_all(const char* text) {
    for (; *text != '\0'; text++)
        process(static_cast<uint8_t>(*text));
}

// Typed bytes; where the first of a line stands, tabs are counted from.
void LineDiscipline::echo_input(uint8_t c) {
    if (canon_head_ == head_)
        canon_column_ = column_;
    echo(c);
}

void LineDiscipline::echo(uint8_t c) {
    if (is(UK_ECHOCTL) && is_control(c) && c != '\t') {
        emit('^');
        emit(static_cast<char>(c ^ 0100));
        column_ += 2;
    } else if (c == 0xff) { // Linux counts it, processing output or not
        emit(static_cast<char>(c));
        column_++;
    } else {
        process(c);
    }
}

void LineDiscipline::process(uint8_t c) {
    const uint32_t modes = modes_.c_oflag;
    if ((modes & UK_OPOST) == 0)
        return emit(static_cast<char>(c));
    switch (c) {
    case '\n':
        if ((modes & UK_ONLRET) != 0)
            column_ = 0;
        if ((modes & UK_ONLCR) != 0) {
            column_ = 0;
            emit('\r');
        }
        canon_column_ = column_;
        break;
    case '\r':
        if ((modes & UK_ONOCR) != 0 && column_ == 0)
            return;
        if ((modes & UK_OCRNL) != 0) {
            c = '\n';
            if ((modes & UK_ONLRET) == 0)
                break;
        }
        canon_column_ = column_ = 0;
        break;
    case '\t': {
        const unsigned width = 8 - (column_ & 7);
        column_ += width;
        if ((modes & UK_TABDLY) == UK_XTABS) {
            for (unsigned i = 1; i < width; i++)
                emit(' ');
            c = ' ';
        }
        break;
    }
    case '\b':
        column_ -= column_ > 0 ? 1 : 0;
        break;
    default:
        column_ += !is_control(c) && !is_continuation(c) ? 1 : 0;
    }
    emit(static_cast<char>(c));
}

void LineDiscipline::output(const char* data, size_t size) {
    for (size_t i = 0; i < size; i++)
        process(static_cast<uint8_t>(data[i]));
    flush();
}

} // namespace uk::tty
