// SPDX-License-Identifier: BSD-3-Clause
// The text format of Prometheus.
#include <uk/prometheus.hpp>

namespace uk::prometheus {

namespace {

constexpr uint64_t kSecondNs = 1'000'000'000;
constexpr std::string_view kReplacement = "\xef\xbf\xbd";

// How many bytes the character at the beginning has, or 0: no UTF-8 (Unicode 15, table 3-7).
size_t character_size(std::string_view text) {
    const auto byte = [&](size_t at) { return static_cast<unsigned char>(text[at]); };
    const unsigned first = byte(0);
    if (first < 0x80)
        return 1;
    const size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < size)
        return 0;
    for (size_t i = 1; i < size; i++) {
        if ((byte(i) & 0xc0) != 0x80)
            return 0;
    }
    // Neither longer than need be, nor half of a pair, nor beyond U+10FFFF.
    const unsigned second = byte(1);
    const bool wrong = (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
                       (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f);
    return wrong ? 0 : size;
}

} // namespace

void Writer::flush() {
    if (size_ != 0)
        put_(context_, {data_, size_});
    size_ = 0;
}

void Writer::add(char byte) {
    if (size_ == sizeof data_)
        flush();
    data_[size_++] = byte;
}

void Writer::add(std::string_view text) {
    for (const char each : text)
        add(each);
}

void Writer::add_number(uint64_t number, unsigned least_digits) {
    char digits[20];
    unsigned count = 0;
    do {
        digits[count++] = static_cast<char>('0' + number % 10);
        number /= 10;
    } while (number != 0);
    for (unsigned i = count; i < least_digits; i++)
        add('0');
    while (count > 0)
        add(digits[--count]);
}

// In help a quote is itself, in values of labels it is escaped.
void Writer::add_escaped(std::string_view text, bool quotes) {
    while (!text.empty()) {
        const size_t size = character_size(text);
        const char first = text[0];
        if (size == 0)
            add(kReplacement);
        else if (first == '\n')
            add("\\n");
        else if (first == '\\' || (first == '"' && quotes))
            add('\\'), add(first);
        else
            add(text.substr(0, size));
        text.remove_prefix(size == 0 ? 1 : size);
    }
}

void Writer::write(const metrics::Metric& metric) {
    metric_ = &metric;
    const std::string_view name = metric.name.text();
    add("# HELP "), add(kPrefix), add(name), add(' ');
    add_escaped(metric.help, false);
    add("\n# TYPE "), add(kPrefix), add(name);
    add(metric.kind == metrics::Kind::counter ? " counter\n" : " gauge\n");
    metrics::collect(metric, *this);
    metric_ = nullptr;
}

void Writer::sample(std::span<const metrics::Label> labels, uint64_t value) {
    add(kPrefix), add(metric_->name.text());
    char before = '{';
    for (const metrics::Label& label : labels) {
        add(before), add(label.name.text()), add("=\"");
        add_escaped(label.value, true);
        add('"');
        before = ',';
    }
    add(labels.empty() ? " " : "} ");
    if (metric_->unit == metrics::Unit::nanoseconds) {
        add_number(value / kSecondNs), add('.');
        add_number(value % kSecondNs, 9);
    } else {
        add_number(value);
    }
    add('\n');
}

} // namespace uk::prometheus
