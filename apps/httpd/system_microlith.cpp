// SPDX-License-Identifier: BSD-3-Clause
// The server as an image.
#include "system.hpp"

#include <uk/falloc/frame_allocator.hpp>
#include <uk/hal/cpus.hpp>
#ifdef CONFIG_APPHTTPD_IMAGE
#include <uk/image.hpp>
#endif
#include <uk/metrics.hpp>
#include <uk/netdev.hpp>
#include <uk/prometheus.hpp>
#include <uk/sched.hpp>

namespace httpd {

namespace {

constexpr uint64_t kMillisecondNs = 1'000'000;

// Values as members of an object. Those with labels are told apart by them.
class JsonMembers final : public uk::metrics::Sink {
  public:
    explicit JsonMembers(Text& out) : out_(out) {}

    void write(const uk::metrics::Metric& metric) {
        metric_ = &metric;
        uk::metrics::collect(metric, *this);
    }
    void sample(std::span<const uk::metrics::Label> labels, uint64_t value) override {
        char room[160];
        Text name(room);
        name.add(metric_->name.text());
        for (const uk::metrics::Label& label : labels)
            name.add(" ").add(label.value);
        out_.add(first_ ? "" : ",").add_json(name.view()).add(":");
        first_ = false;
        // In seconds, as its name says.
        if (metric_->unit == uk::metrics::Unit::nanoseconds) {
            const uint64_t hundredths = value / (10 * kMillisecondNs);
            out_.add(hundredths / 100).add(".").add(hundredths / 10 % 10).add(hundredths % 10);
        } else {
            out_.add(value);
        }
    }

  private:
    Text& out_;
    const uk::metrics::Metric* metric_ = nullptr;
    bool first_ = true;
};

// All that ps lists, those that serve the system included; without numbers only the program's.
unsigned count_threads() {
#ifdef CONFIG_LIBUKSCHED_IDS
    unsigned count = 0;
    uint32_t id = 0;
    while (const uk::Ref<uk::Thread> thread = uk::sched::find_from(id + 1)) {
        id = thread->id;
        count++;
    }
    return count;
#else
    return static_cast<unsigned>(uk::sched::thread_count());
#endif
}

} // namespace

Facts system_facts() {
    const uk::FrameStats frames = uk::falloc::stats();
    Facts facts;
    facts.uptime_ms = uk::metrics::uptime_ns() / kMillisecondNs;
    facts.memory_bytes = frames.total_bytes;
    facts.free_bytes = frames.free_bytes;
    facts.threads = count_threads();
    facts.cpus = uk::hal::kMostCpus == 1 ? 1 : uk::hal::cpu_count();
    return facts;
}

std::string_view system_name() {
    return "Microlith " HTTPD_TARGET;
}

std::string_view system_root_hint() {
    return " (make run INITRD=folder serves folder/www; another one: ARGS=\"--root FOLDER\")";
}

std::string_view system_without_network() {
    return uk::netdev::find(0) == nullptr ? HTTPD_NO_NETWORK : std::string_view{};
}

void system_metrics(Text& out) {
    uk::prometheus::write_all(
        [](void* text, std::string_view piece) { static_cast<Text*>(text)->add(piece); }, &out);
}

void system_metrics_json(Text& out) {
    JsonMembers members(out);
    for (const uk::metrics::Metric* metric : uk::metrics::all())
        members.write(*metric);
}

std::string_view system_image() {
#ifdef CONFIG_APPHTTPD_IMAGE
    return uk::image::description();
#else
    return {};
#endif
}

} // namespace httpd
