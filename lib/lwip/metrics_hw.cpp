// SPDX-License-Identifier: BSD-3-Clause
// The network as metrics.
#include <uk/lwip/status.hpp>
#include <uk/metrics.hpp>

namespace uk::lwip {
namespace {

using metrics::Kind;
using metrics::Label;
using metrics::Sink;

// call(status) of each device.
template <class Call>
void for_each_device(Call call) {
    for (unsigned i = 0;; i++) {
        const Result<InterfaceStatus> status = interface_status(i);
        if (!status.ok())
            return;
        if (status.value().driver != nullptr)
            call(status.value());
    }
}

struct Sample {
    const char* value; // of the label
    uint64_t count;
};
void put(Sink& sink, const char* device, metrics::Name label, std::span<const Sample> samples) {
    for (const Sample& one : samples) {
        const Label labels[] = {{"device", device}, {label, one.value}};
        sink.sample(labels, one.count);
    }
}

void device_packets(Sink& sink) {
    for_each_device([&](const InterfaceStatus& of) {
        const Sample samples[] = {{"received", of.rx_packets}, {"sent", of.tx_packets}};
        put(sink, of.name, "direction", samples);
    });
}
void device_bytes(Sink& sink) {
    for_each_device([&](const InterfaceStatus& of) {
        const Sample samples[] = {{"received", of.rx_bytes}, {"sent", of.tx_bytes}};
        put(sink, of.name, "direction", samples);
    });
}
void device_drops(Sink& sink) {
    for_each_device([&](const InterfaceStatus& of) {
        const Sample samples[] = {
            {"rx_no_buffer", of.rx_no_buffer}, {"rx_bad", of.rx_bad},
            {"rx_too_long", of.rx_too_long},   {"tx_bad", of.tx_bad},
            {"tx_no_room", of.tx_no_room},     {"tx_no_memory", of.tx_no_memory}};
        put(sink, of.name, "reason", samples);
    });
}

UK_METRIC({.name = "network_device_packets_total",
           .help = "Packets of network devices",
           .kind = Kind::counter,
           .collect = device_packets});
UK_METRIC({.name = "network_device_bytes_total",
           .help = "Bytes of network devices",
           .kind = Kind::counter,
           .collect = device_bytes});
UK_METRIC({.name = "network_device_drops_total",
           .help = "Packets lost between devices and the stack; rx_no_buffer counts occasions",
           .kind = Kind::counter,
           .collect = device_drops});
UK_METRIC({.name = "network_memory_bytes",
           .help = "Memory of connections and of what waits to be sent",
           .kind = Kind::gauge,
           .read = [] { return memory_status().used; }});
UK_METRIC({.name = "network_memory_refused_total",
           .help = "Requests of the stack for which there was no memory",
           .kind = Kind::counter,
           .read = [] { return memory_status().refused; }});

#ifdef CONFIG_LIBLWIP_STATS
template <class Call>
void for_each_protocol(Call call) {
    ProtocolStatus all[kMostProtocols];
    const size_t count = protocols(all);
    for (size_t i = 0; i < count; i++)
        call(all[i]);
}

void protocol_packets(Sink& sink) {
    for_each_protocol([&](const ProtocolStatus& of) {
        const Label received[] = {{"protocol", of.name}, {"direction", "received"}};
        sink.sample(received, of.received);
        const Label sent[] = {{"protocol", of.name}, {"direction", "sent"}};
        sink.sample(sent, of.sent);
    });
}
void protocol_drops(Sink& sink) {
    for_each_protocol([&](const ProtocolStatus& of) {
        const Label labels[] = {{"protocol", of.name}};
        sink.sample(labels, of.dropped);
    });
}
void protocol_errors(Sink& sink) {
    for_each_protocol([&](const ProtocolStatus& of) {
        for (const ProtocolStatus::Problem& one : of.problems) {
            const Label labels[] = {{"protocol", of.name}, {"reason", one.name}};
            sink.sample(labels, one.count);
        }
    });
}

UK_METRIC({.name = "network_packets_total",
           .help = "Packets of each protocol; modulo 2^32",
           .kind = Kind::counter,
           .collect = protocol_packets});
UK_METRIC({.name = "network_drops_total",
           .help = "Packets that each protocol dropped; modulo 2^32",
           .kind = Kind::counter,
           .collect = protocol_drops});
UK_METRIC({.name = "network_errors_total",
           .help = "What was wrong with packets, or with what should have become one; modulo 2^32",
           .kind = Kind::counter,
           .collect = protocol_errors});
#endif

} // namespace
} // namespace uk::lwip
