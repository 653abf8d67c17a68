// SPDX-License-Identifier: BSD-3-Clause
// Reads the table of names and lines.
#include <uk/debug/symbols.hpp>

#include <uk/string.h>

namespace uk::debug {

namespace {

using Bytes = std::span<const unsigned char>;

constexpr size_t kTokens = 128;
constexpr unsigned char kFirstToken = 0x80;

// Takes pieces off the front; nothing more comes once one was not whole.
class Reader {
  public:
    explicit Reader(Bytes bytes) : left_(bytes) {}

    [[nodiscard]] bool more() const { return !left_.empty(); }

    Bytes take(size_t size) {
        if (size > left_.size()) {
            left_ = {};
            return {};
        }
        const Bytes piece = left_.first(size);
        left_ = left_.subspan(size);
        return piece;
    }

    Bytes text() {
        const Bytes length = take(1);
        return length.empty() ? length : take(length[0]);
    }

    size_t number() {
        size_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const Bytes byte = take(1);
            if (byte.empty())
                return 0;
            value |= size_t{byte[0] & 0x7fU} << shift;
            if (byte[0] < 0x80)
                return value;
        }
        left_ = {}; // longer than any number
        return 0;
    }

  private:
    Bytes left_;
};

// Token `wanted` of the 128 that the table begins with.
Bytes token(Bytes table, unsigned wanted) {
    Reader reader(table);
    for (unsigned i = 0; i < wanted; i++)
        static_cast<void>(reader.text());
    return reader.text();
}

template <size_t kSize>
void expand(Bytes table, Bytes name, char (&out)[kSize]) {
    size_t used = 0;
    for (unsigned char byte : name) {
        const Bytes piece = byte < kFirstToken ? Bytes(&byte, 1) : token(table, byte - kFirstToken);
        const size_t room = kSize - 1 - used;
        const size_t size = piece.size() < room ? piece.size() : room;
        memcpy(out + used, piece.data(), size);
        used += size;
    }
    out[used] = '\0';
}

void find_function(Reader& reader, Bytes table, size_t at, Place& place) {
    size_t start = 0;
    Bytes found;
    const size_t count = reader.number();
    for (size_t i = 0; i < count && reader.more(); i++) {
        start += reader.number();
        const Bytes name = reader.text();
        if (start <= at) {
            found = name;
            place.offset = at - start;
        }
    }
    expand(table, found, place.function);
}

Bytes file_name(Reader files, size_t count, size_t wanted) {
    if (wanted >= count)
        return {};
    for (size_t i = 0; i < wanted; i++)
        static_cast<void>(files.text());
    return files.text();
}

void find_line(Reader& reader, Bytes table, size_t at, Place& place) {
    const size_t files = reader.number();
    const Reader names = reader;
    for (size_t i = 0; i < files && reader.more(); i++)
        static_cast<void>(reader.text());
    size_t start = 0;
    size_t line = 0;
    size_t file = 0;
    const size_t count = reader.number();
    for (size_t i = 0; i < count && reader.more(); i++) {
        start += reader.number();
        if (start > at)
            break;
        const size_t change = reader.number();
        const size_t step = change >> 1;
        line += step & 1 ? ~(step >> 1) : step >> 1;
        if (change & 1)
            file = reader.number();
    }
    if (line == 0)
        return;
    place.line = static_cast<unsigned>(line);
    expand(table, file_name(names, files, file), place.file);
}

} // namespace

Place SymbolTable::find(size_t at) const {
    Place place;
    Reader reader(bytes_);
    for (size_t i = 0; i < kTokens; i++)
        static_cast<void>(reader.text());
    find_function(reader, bytes_, at, place);
    find_line(reader, bytes_, at, place);
    return place;
}

} // namespace uk::debug
