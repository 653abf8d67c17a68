// SPDX-License-Identifier: BSD-3-Clause
// Questions to name servers.
#include "names.hpp"

#include <lwip/dns.h>
#include <lwip/netif.h>

#include <uk/string.h>

#include "../name_servers.hpp"

namespace uk::lwip {
namespace {

constexpr int kNoError = 0, kServerFailure = 2, kNoSuchName = 3; // RFC 1035, 4.1.1
// Names end where the last dot would be the root's.
bool is_good_name(std::string_view name) {
    constexpr size_t kMostLabel = 63;
    size_t label = 0;
    for (const char each : name) {
        if (each == '\0' || (each == '.' && label == 0) || (each != '.' && label == kMostLabel))
            return false;
        label = each == '.' ? 0 : label + 1;
    }
    return label != 0;
}

struct Versions {
    bool v4 = false;
    bool v6 = false;
    bool global_v6 = false;
};

// Of the addresses that the machine has for others.
Versions versions_spoken() {
    Versions out;
    for (const netif* one = netif_list; one != nullptr; one = one->next) {
        if (one->linkoutput == nullptr || !netif_is_up(one) || !netif_is_link_up(one))
            continue; // linkoutput: the loopback has none
#if LWIP_IPV4
        out.v4 = out.v4 || !ip4_addr_isany_val(*netif_ip4_addr(one));
#endif
#if LWIP_IPV6
        for (unsigned i = 0; i < LWIP_IPV6_NUM_ADDRESSES; i++) {
            const ip6_addr_t* const address = netif_ip6_addr(one, i);
            if (!ip6_addr_isvalid(netif_ip6_addr_state(one, i)) || ip6_addr_islinklocal(address))
                continue;
            out.v6 = true;
            out.global_v6 = out.global_v6 || ip6_addr_isglobal(address);
        }
#endif
    }
    if (!out.v4 && !out.v6)
        out.v4 = out.v6 = true;
    return out;
}

} // namespace

// --- names ---

NameList::NameList(std::string_view host, std::string_view domain) : host_(host), domain_(domain) {
    if (host_.ends_with('.')) {
        host_.remove_suffix(1);
        domain_ = {};
    }
    domain_first_ = host_.find('.') == std::string_view::npos;
}

bool NameList::put(std::string_view domain) {
    const size_t size = host_.size() + (domain.empty() ? 0 : 1 + domain.size());
    if (size >= sizeof text_)
        return false;
    memcpy(text_, host_.data(), host_.size());
    if (!domain.empty()) {
        text_[host_.size()] = '.';
        memcpy(text_ + host_.size() + 1, domain.data(), domain.size());
    }
    text_[size] = '\0';
    return is_good_name({text_, size});
}

const char* NameList::next() {
    while (step_ < 2) {
        const bool with_domain = (step_++ == 0) == domain_first_;
        if (with_domain && domain_.empty())
            continue;
        if (put(with_domain ? domain_ : std::string_view{}))
            return text_;
    }
    return nullptr;
}

// --- questions ---

Result<> NameQuestion::ask_one(const char* name, bool v6) {
    Answer& answer = answers_[v6 ? 1 : 0];
    answer.whose = this;
    answer.state = State::waits;
    waits_++;
    ip_addr_t ip = {};
    put_fixed_servers_first();
    const err_t asked = dns_gethostbyname_addrtype(
        name, &ip, on_answer, &answer, v6 ? LWIP_DNS_ADDRTYPE_IPV6 : LWIP_DNS_ADDRTYPE_IPV4);
    if (asked == ERR_INPROGRESS)
        return ok(); // perhaps done already
    waits_--;
    answer.state = State::unasked;
    if (asked == ERR_OK) {
        answer.ip = ip;
        answer.state = State::found;
        return ok();
    }
    if (asked == ERR_VAL)
        return Errno::nosys;
    return asked == ERR_ARG ? Errno::noent : Errno::again;
}

Result<> NameQuestion::ask(const char* name, int family) {
    Versions wanted{family == UK_AF_INET, family == UK_AF_INET6};
    if (family == UK_AF_UNSPEC)
        wanted = versions_spoken();
    v6_first_ = wanted.global_v6;
    if (LWIP_IPV4 && wanted.v4)
        UK_TRY(ask_one(name, false));
    if (LWIP_IPV6 && wanted.v6)
        UK_TRY(ask_one(name, true));
    return ok();
}

void NameQuestion::on_answer(const char* /*name*/, const ip_addr_t* ip, void* argument) {
    auto& answer = *static_cast<Answer*>(argument);
    answer.state = ip != nullptr ? State::found : State::missing;
    answer.rcode = dns_rcode();
    if (ip != nullptr)
        answer.ip = *ip;
    NameQuestion& self = *answer.whose;
    if (--self.waits_ != 0)
        return;
    if (self.is_left_)
        self.destroy();
    else
        self.on_done();
}

void NameQuestion::let_go() {
    is_left_ = true;
    if (waits_ == 0)
        destroy();
}

Result<size_t> NameQuestion::result(std::span<HostAddress> out) const {
    size_t count = 0;
    bool late = false, failed = false, is_there = false;
    for (unsigned i = 0; i < 2; i++) {
        const Answer& one = answers_[v6_first_ ? 1 - i : i];
        if (one.state == State::found && count < out.size()) {
            HostAddress& address = out[count++];
            address = {};
#if LWIP_IPV6
            if (IP_IS_V6_VAL(one.ip)) {
                address.family = UK_AF_INET6;
                memcpy(address.bytes, ip_2_ip6(&one.ip)->addr, sizeof address.bytes);
            }
#endif
#if LWIP_IPV4
            if (IP_IS_V4_VAL(one.ip)) {
                address.family = UK_AF_INET;
                memcpy(address.bytes, &ip_2_ip4(&one.ip)->addr, sizeof(uint32_t));
            }
#endif
        }
        if (one.state != State::missing)
            continue;
        late = late || one.rcode == kNoAnswer || one.rcode == kServerFailure;
        is_there = is_there || one.rcode == kNoError;
        failed = failed || one.rcode > kNoSuchName || one.rcode == 1;
    }
    if (count != 0)
        return count;
    if (late)
        return Errno::again;
    if (failed)
        return Errno::io;
    return is_there ? Errno::nodata : Errno::noent;
}

} // namespace uk::lwip
