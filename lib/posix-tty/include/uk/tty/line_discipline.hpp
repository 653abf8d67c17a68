// SPDX-License-Identifier: BSD-3-Clause
// LineDiscipline: what a terminal does between the keys and read(), and between write() and the
// screen: echo, editing of the line, signals, line ends. As on Linux, byte for byte.
//
//     LineDiscipline line(screen);
//     size_t taken = line.input(keys, count);          // echoes to `screen`
//     if (line.readable()) { auto got = line.read(buffer, sizeof(buffer)); ... }
//     line.output(text, size);                         // to `screen`, with \r\n
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/abi/termios.h>

namespace uk::tty {

// Where a discipline writes to, in its pieces.
class Screen {
  public:
    virtual void show(const char* data, size_t size) = 0;

  protected:
    ~Screen() = default;
};

// The modes that a terminal starts with: those of Linux, IUTF8, 115200 baud, no IXON.
uk_termios default_modes();

// Pure; not synchronised. Modes that it does not know are never set: IXON, IXOFF, IXANY, IMAXBEL,
// IUCLC, PARMRK, OLCUC, OFILL, delays but tabs', ECHOPRT, TOSTOP, EXTPROC, PENDIN.
class LineDiscipline {
  public:
    // Bytes that wait for a reader, at most; a line is one less and its end.
    static constexpr size_t kRoom = 4096;

    explicit LineDiscipline(Screen& screen);

    [[nodiscard]] const uk_termios& modes() const { return modes_; }
    // What it does not know is left out; c_cflag and c_line stay.
    void set_modes(const uk_termios& wanted);
    [[nodiscard]] bool canonical() const { return is(UK_ICANON); }

    // Takes what was typed, and returns how much of it: less than `size` when nobody reads.
    size_t input(const char* data, size_t size);

    // Whether read() would take something: a line or an end of file, or, not canonical, a byte.
    [[nodiscard]] bool readable() const {
        return canonical() ? canon_head_ != tail_ : head_ != tail_;
    }
    // What there is for one read(), at most `size` > 0 bytes and, canonical, not beyond the end of
    // a line; 0 for an end of file. `more`: the same read() may take more.
    struct Taken {
        size_t count;
        bool more;
    };
    Taken read(char* out, size_t size);
    // For a read() whose memory is full while there is more: an end of file that comes next is not
    // the next read's.
    void skip_end_of_file();
    // FIONREAD: bytes that read() would give.
    [[nodiscard]] size_t pending() const;

    void flush_input();

    // What a program writes.
    void output(const char* data, size_t size);

    // Signals asked for by keys since the last call: bit n is signal n.
    uint32_t take_signals();

  private:
    static constexpr char kEndOfFile = 0; // in the buffer, where a line ends without a byte

    [[nodiscard]] bool is(uint32_t local_mode) const { return (modes_.c_lflag & local_mode) != 0; }
    [[nodiscard]] bool translates(uint32_t mode) const { return (modes_.c_iflag & mode) != 0; }
    [[nodiscard]] bool is_key(uint8_t c, unsigned place) const {
        return c != 0 && c == modes_.c_cc[place];
    }
    [[nodiscard]] bool is_continuation(uint8_t c) const {
        return translates(UK_IUTF8) && (c & 0xc0) == 0x80;
    }
    char& at(size_t place) { return buffer_[place % kRoom]; }
    [[nodiscard]] char at(size_t place) const { return buffer_[place % kRoom]; }
    [[nodiscard]] bool ends_line(size_t place) const;
    void set_ends_line(size_t place, bool ends);

    bool make_room();
    void receive(uint8_t c);
    void receive_plain(uint8_t c);
    bool receive_signal(uint8_t c);
    bool receive_edit(uint8_t c);
    void reprint();
    void put(uint8_t c);
    void put_line_end(uint8_t c);

    void erase(unsigned key);
    bool kill_without_erasing();
    void erase_one(unsigned key, uint8_t c);
    void erase_tab();

    void echo_input(uint8_t c);
    void echo(uint8_t c);
    void process(uint8_t c);
    void emit(char c);
    void emit_all(const char* text);
    void flush();

    Screen& screen_;
    uk_termios modes_;
    // Counted on; the places are modulo kRoom.
    size_t head_ = 0;       // where the next byte goes
    size_t canon_head_ = 0; // the end of the last whole line
    size_t tail_ = 0;       // where the next read starts
    unsigned column_ = 0;
    unsigned canon_column_ = 0; // where the line that is edited starts
    bool literal_ = false;      // VLNEXT came: the next byte means nothing
    uint32_t signals_ = 0;
    size_t shown_ = 0;
    char show_[128];
    uint64_t line_ends_[kRoom / 64] = {};
    char buffer_[kRoom];
};

} // namespace uk::tty
