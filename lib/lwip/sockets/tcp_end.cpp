// SPDX-License-Identifier: BSD-3-Clause
// TcpEnd: how connections begin and end.
#include "tcp_end.hpp"

#include <lwip/priv/tcp_priv.h>

#include <uk/abi/poll.h>
#include <uk/base/minmax.hpp>

namespace uk::lwip {
namespace {

constexpr uint32_t kIn = UK_POLLIN | UK_POLLRDNORM;
constexpr uint32_t kOut = UK_POLLOUT | UK_POLLWRNORM;
constexpr uint32_t kAll = kIn | kOut | UK_POLLRDHUP | UK_POLLHUP | UK_POLLERR;
constexpr unsigned kMostHandshakes = max(255, CONFIG_LIBLWIP_CONNECTIONS / 4);

Errno errno_of(err_t problem) {
    switch (problem) {
    case ERR_OK:
        return Errno::ok;
    case ERR_MEM:
        return Errno::nobufs;
    case ERR_BUF: // no port is left
        return Errno::addrnotavail;
    case ERR_RTE:
        return Errno::netunreach;
    case ERR_USE:
        return Errno::addrinuse;
    default:
        return Errno::inval;
    }
}

// Whether a listener keeps others from the place (lwIP lets SO_REUSEADDR have it twice), as on
// Linux.
bool is_listened_to(const Place& place) {
    for (const tcp_pcb_listen* one = tcp_listen_pcbs.listen_pcbs; one != nullptr; one = one->next) {
        if (one->local_port == place.port && overlap(one->local_ip, place.ip))
            return true;
    }
    return false;
}

} // namespace

// --- the control block ---

Result<> TcpEnd::need_pcb(uint8_t type) {
    if (pcb_ != nullptr)
        return ok();
    pcb_ = tcp_new_ip_type(type);
    if (pcb_ == nullptr)
        return Errno::nobufs;
    adopt(*pcb_);
    return ok();
}

void TcpEnd::adopt(tcp_pcb& pcb) {
    pcb_ = &pcb;
    tcp_arg(&pcb, this);
    tcp_recv(&pcb, on_received);
    tcp_sent(&pcb, on_sent);
    tcp_err(&pcb, on_error);
    apply_wishes();
    renew_room();
}

// lwIP goes on with the block alone.
void TcpEnd::let_go() {
    if (pcb_ == nullptr)
        return;
    tcp_arg(pcb_, nullptr);
    if (pcb_->state != LISTEN) {
        tcp_recv(pcb_, nullptr);
        tcp_sent(pcb_, nullptr);
        tcp_err(pcb_, nullptr);
        tcp_poll(pcb_, nullptr, 0);
    }
    pcb_ = nullptr;
}

void TcpEnd::note_places() {
    local_ = {pcb_->local_ip, pcb_->local_port};
    peer_ = {pcb_->remote_ip, pcb_->remote_port};
}

// --- to be connected to ---

Result<> TcpEnd::bind(const Place& to, uint8_t type, bool reuse) {
    if (is_bound() || state_ != State::fresh)
        return Errno::inval;
    if (!is_own_or_any(to.ip))
        return Errno::addrnotavail;
    if (to.port != 0 && is_listened_to(to))
        return Errno::addrinuse;
    UK_TRY(need_pcb(type));
    if (reuse)
        ip_set_option(pcb_, SOF_REUSEADDR);
    const err_t bound = tcp_bind(pcb_, &to.ip, to.port);
    if (bound != ERR_OK)
        return bound == ERR_BUF ? Errno::addrinuse : errno_of(bound);
    local_ = {to.ip, pcb_->local_port};
    return ok();
}

Result<> TcpEnd::listen(unsigned backlog, uint8_t type, bool reuse) {
    if (state_ != State::fresh && state_ != State::listens)
        return Errno::inval;
    if (state_ == State::fresh) {
        if (!is_bound()) {
            Place anywhere;
            IP_SET_TYPE_VAL(anywhere.ip, type);
            UK_TRY(bind(anywhere, type, reuse));
        }
        if (is_listened_to(local_))
            return Errno::addrinuse;
        err_t problem = ERR_OK;
        tcp_pcb* const listener = tcp_listen_with_backlog_and_err(pcb_, 1, &problem);
        if (listener == nullptr)
            return errno_of(problem);
        pcb_ = listener;
        tcp_accept(listener, on_accept);
        state_ = State::listens;
        reads_ = writes_ = true;
        peer_ended_ = has_end_ = false;
    }
    backlog_ = backlog + 1; // one more than asked for, as on Linux
    set_backlog();
    return ok();
}

// So many handshakes may be on their way as will find a place in the queue: who comes when there is
// none is not answered, and tries again.
void TcpEnd::set_backlog() {
    const unsigned room = backlog_ > children_count_ ? backlog_ - children_count_ : 0;
    reinterpret_cast<tcp_pcb_listen*>(pcb_)->backlog =
        static_cast<uint16_t>(min(room, kMostHandshakes));
}

err_t TcpEnd::on_accept(void* self, tcp_pcb* fresh, err_t problem) {
    auto* const listener = static_cast<TcpEnd*>(self);
    if (listener == nullptr || fresh == nullptr || problem != ERR_OK)
        return ERR_VAL;
    TcpEnd* const child = listener->make_child();
    if (child == nullptr)
        return ERR_MEM; // reset
    child->wishes_ = listener->wishes_;
    child->adopt(*fresh);
    child->note_places();
    child->state_ = State::open;
    child->cut_window();
    listener->children_.push_back(*child);
    listener->children_count_++;
    listener->set_backlog();
    listener->on_events(kIn);
    return ERR_OK;
}

TcpEnd* TcpEnd::take_child() {
    TcpEnd* const child = children_.front();
    if (child == nullptr)
        return nullptr;
    children_.erase(*child);
    children_count_--;
    if (listens())
        set_backlog();
    return child;
}

// --- to connect ---

Result<> TcpEnd::connect(const Place& to, uint8_t type, bool reuse) {
    switch (state_) {
    case State::connects:
        return Errno::already;
    case State::open:
        if (!connect_told_)
            return connected();
        return Errno::isconn;
    case State::listens:
    case State::gone:
    case State::over:
        return Errno::isconn;
    case State::fresh:
        break;
    }
    if (!connect_told_) // the last one has failed
        return connected();
    if (is_multicast(to.ip) || is_broadcast(to.ip))
        return Errno::netunreach;
    UK_TRY(need_pcb(type));
    if (reuse)
        ip_set_option(pcb_, SOF_REUSEADDR);
    const err_t begun = tcp_connect(pcb_, &to.ip, to.port, on_connected);
    if (begun != ERR_OK) {
        if (!is_bound())
            close(false); // a version is chosen anew
        return begun == ERR_USE ? Errno::addrnotavail : errno_of(begun);
    }
    note_places();
    state_ = State::connects;
    peer_ended_ = has_end_ = false;
    reads_ = writes_ = true;
    error_ = Errno::ok;
    connect_told_ = false;
    return Errno::inprogress;
}

Result<> TcpEnd::connected() {
    if (state_ == State::connects)
        return Errno::inprogress;
    connect_told_ = true;
    if (state_ == State::open)
        return ok();
    const Errno problem = take_error();
    return problem != Errno::ok ? problem : Errno::connaborted;
}

err_t TcpEnd::on_connected(void* self, tcp_pcb* /*pcb*/, err_t /*problem*/) {
    auto* const end = static_cast<TcpEnd*>(self);
    end->state_ = State::open;
    end->cut_window();
    end->apply_wishes(); // the segment is known now
    end->renew_room();
    end->on_events(kOut);
    return ERR_OK;
}

void TcpEnd::disconnect() {
    close(true);
    drop_arrived();
    state_ = State::fresh;
    connect_told_ = true;
    peer_ended_ = has_end_ = false;
    reads_ = writes_ = true;
    local_ = peer_ = {};
    error_ = Errno::ok;
    on_events(kAll);
}

Result<Place> TcpEnd::peer() const {
    if (state_ != State::open)
        return Errno::notconn;
    return peer_;
}

Place TcpEnd::local() const {
    return local_;
}

// --- the end ---

Result<> TcpEnd::shutdown(bool receive, bool send) {
    if (state_ == State::listens) {
        if (receive) // the children are the caller's
            disconnect();
        return ok();
    }
    if (state_ == State::connects) {
        disconnect();
        connect_told_ = false;
        return ok();
    }
    if (state_ == State::fresh || state_ == State::gone)
        return Errno::notconn;
    reads_ = reads_ && !receive;
    if (send && writes_) {
        writes_ = false;
        room_.store_relaxed(0);
        if (pcb_ != nullptr)
            (void)tcp_shutdown(pcb_, 0, 1); // without memory lwIP tries again by itself
    }
    on_events(kAll);
    return ok();
}

void TcpEnd::drop_arrived() {
    consume(available_);
}

void TcpEnd::close(bool reset) {
    tcp_pcb* const pcb = pcb_;
    const bool unread = available_ != 0;
    room_.store_relaxed(0);
    let_go();
    drop_arrived();
    if (state_ != State::fresh)
        state_ = State::gone;
    if (pcb == nullptr)
        return;
    const bool speaks = pcb->state == ESTABLISHED || pcb->state == SYN_RCVD ||
                        pcb->state == FIN_WAIT_1 || pcb->state == FIN_WAIT_2 ||
                        pcb->state == CLOSE_WAIT;
    if (speaks && (reset || unread)) { // RFC 2525, 2.17
        tcp_abort(pcb);
        return;
    }
    // lwIP resets a connection whose window is not whole: what is missing has been read.
    if (pcb->state == ESTABLISHED || pcb->state == CLOSE_WAIT)
        pcb->rcv_wnd = TCP_WND_MAX(pcb);
    (void)tcp_close(pcb); // without memory lwIP tries again by itself
}

void TcpEnd::on_error(void* self, err_t problem) {
    auto* const end = static_cast<TcpEnd*>(self);
    if (end == nullptr)
        return;
    end->pcb_ = nullptr; // is freed already
    const bool over = end->peer_ended_ && !end->writes_;
    if (end->state_ == State::connects) {
        end->error_ = problem == ERR_RST ? Errno::connrefused : Errno::timedout;
        end->state_ = State::fresh;
        end->local_ = {};
    } else {
        if (problem != ERR_CLSD && !over)
            end->error_ = problem != ERR_RST ? Errno::timedout
                          : end->peer_ended_ ? Errno::pipe
                                             : Errno::connreset;
        end->state_ = State::gone;
    }
    end->peer_ended_ = true;
    end->writes_ = false;
    end->room_.store_relaxed(0);
    end->on_events(kAll);
}

void TcpEnd::on_icmp_error(const IcmpError& error) {
    for (tcp_pcb* one = tcp_active_pcbs; one != nullptr; one = one->next) {
        if (one->state != SYN_SENT || one->errf != on_error || one->callback_arg == nullptr ||
            one->local_port != error.local.port || one->remote_port != error.peer.port ||
            one->lastack != error.sequence || // strangers have to guess it
            !same_ip(one->remote_ip, error.peer.ip) || !overlap(one->local_ip, error.local.ip))
            continue;
        auto* const end = static_cast<TcpEnd*>(one->callback_arg);
        tcp_abandon(one, 0);
        end->error_ = error.problem;
        return;
    }
}

void TcpEnd::end_all() {
    for (tcp_pcb* one = tcp_active_pcbs; one != nullptr;) {
        tcp_pcb* const next = one->next;
        if (one->errf == on_error && one->callback_arg != nullptr) {
            auto* const end = static_cast<TcpEnd*>(one->callback_arg);
            end->let_go();
            end->state_ = State::over;
            end->room_.store_relaxed(0);
        }
        if (one->state == SYN_SENT) {
            tcp_abandon(one, 0);
        } else if (one->state == SYN_RCVD) {
            one->callback_arg = nullptr; // the listener: nobody accepts any more
        } else if (one->state == ESTABLISHED || one->state == CLOSE_WAIT) {
            one->rcv_wnd = TCP_WND_MAX(one); // as in close()
            (void)tcp_shutdown(one, 0, 1);
        }
        one = next;
    }
    for (tcp_pcb_listen* one = tcp_listen_pcbs.listen_pcbs; one != nullptr; one = one->next) {
        if (one->accept == on_accept)
            one->callback_arg = nullptr; // who knocks now is reset
    }
}

bool TcpEnd::is_drained() const {
    return pcb_ == nullptr || (pcb_->unsent == nullptr && pcb_->unacked == nullptr);
}

Errno TcpEnd::take_error() {
    const Errno problem = error_;
    error_ = Errno::ok;
    return problem;
}

// tcp(7), and Linux's tcp_poll().
uint32_t TcpEnd::ready() const {
    if (state_ == State::listens)
        return children_.empty() ? 0 : kIn;
    uint32_t events = error_ != Errno::ok ? UK_POLLERR : 0;
    const bool no_reading = peer_ended_ || !reads_;
    const bool is_closed = state_ == State::fresh || state_ == State::gone;
    if (is_closed || (no_reading && !writes_))
        events |= UK_POLLHUP;
    if (no_reading)
        events |= kIn | UK_POLLRDHUP;
    if (state_ == State::connects || state_ == State::over)
        return events;
    if (available_ != 0)
        events |= kIn;
    if (!writes_ || state_ != State::open || can_write())
        events |= kOut;
    return events;
}

} // namespace uk::lwip
