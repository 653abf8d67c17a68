// SPDX-License-Identifier: BSD-3-Clause
// TcpEnd: one end of a TCP connection, or a listener, over lwIP's raw interface: what of a socket
// happens under the stack's lock. <sockets/tcp_socket.hpp> makes a file of it.
#pragma once

#include <cstddef>
#include <cstdint>

#include <lwip/tcp.h>

#include <uk/base/atomic.hpp>
#include <uk/base/list.hpp>
#include <uk/base/result.hpp>
#include <uk/socket/options.hpp>

#include "address.hpp"
#include "icmp_error.hpp"

namespace uk::lwip {

// What TCP and IP shall do; of a listener what its connections shall.
struct TcpWishes {
    bool no_delay = false;
    bool cork = false;
    bool keep_alive = false;
    uint8_t ttl = TCP_TTL;
    uint8_t tos = 0;
    uint16_t segment = 0;              // TCP_MAXSEG; 0: what the way permits
    uint32_t keep_idle_s = 7200;       // RFC 1122, 4.2.3.6
    uint32_t keep_interval_s = 75;     //
    uint32_t keep_count = 9;           //
    uint32_t send_bytes = TCP_SND_BUF; // at most, in the send buffer
    uint32_t receive_bytes = TCP_WND;  // at most, that have come and are not read
};

// All functions under the stack's lock, but for room(). lwIP's control block refers to this object
// until close(), or until lwIP has given the block up, whichever comes first: nothing is left of it
// in lwIP when close() returns, and the connection goes on by itself as long as it has to.
class TcpEnd {
  public:
    // Bytes that have come. They stay where they are until consume(), whatever happens, so whoever
    // keeps other readers out may copy them without the lock.
    struct Arrived {
        const pbuf* first = nullptr;
        size_t offset = 0; // in the first
        size_t size = 0;
    };

    TcpEnd(const TcpEnd&) = delete;
    TcpEnd& operator=(const TcpEnd&) = delete;

    // Errors: EADDRINUSE, EADDRNOTAVAIL, EINVAL (bound already), ENOBUFS.
    [[nodiscard]] Result<> bind(const Place& to, uint8_t type, bool reuse);
    // Errors: EADDRINUSE, EINVAL (connected), ENOBUFS.
    [[nodiscard]] Result<> listen(unsigned backlog, uint8_t type, bool reuse);
    // The first that has connected, which was made by make_child(); null if there is none.
    [[nodiscard]] TcpEnd* take_child();
    // Begins. Errors: EALREADY, EISCONN, EADDRNOTAVAIL, ENETUNREACH, ENOBUFS ...; EINPROGRESS: it
    // has begun.
    [[nodiscard]] Result<> connect(const Place& to, uint8_t type, bool reuse);
    // What became of it. Errors: EINPROGRESS, those of the connection.
    [[nodiscard]] Result<> connected();
    // connect() to AF_UNSPEC.
    void disconnect();
    // Errors: ENOTCONN.
    [[nodiscard]] Result<> shutdown(bool receive, bool send);
    // For good. `reset`: what is unsent is given up, and the other side told so.
    void close(bool reset);
    // Errors: ENOTCONN.
    [[nodiscard]] Result<Place> peer() const;
    [[nodiscard]] Place local() const;

    // What can be read: with size 0 the end. Errors: EAGAIN, ENOTCONN, what broke the connection.
    [[nodiscard]] Result<Arrived> arrived();
    // The first `size` of them are read.
    void consume(size_t size);
    [[nodiscard]] size_t incoming() const { return available_; }
    // Whom a connection was made with, also when it is gone.
    [[nodiscard]] const Place& far() const { return peer_; }

    // Takes up to `size` <= 0xffff bytes, as many as there are room and memory for; 0: wait for
    // POLLOUT. With `more` coming soon it may keep a small rest. Errors: EPIPE, EAGAIN (it connects
    // still), what broke the connection.
    [[nodiscard]] Result<size_t> write(const void* data, size_t size, bool more);
    // As write(), in two steps and with one copy. Memory for up to `wanted` bytes, to be filled
    // without the lock by who keeps other writers out; null: use write(), which is quicker for few
    // bytes, fills segments up where the device does not cut them, and says what is wrong.
    [[nodiscard]] pbuf* reserve(size_t wanted);
    // What reserve() gave and is filled, which is TCP's then whatever becomes of it.
    [[nodiscard]] Result<size_t> give(pbuf& filled, bool more);
    // What was written with `more` and is still here.
    void flush();
    // Bytes that fit into the send buffer: of any thread; grows meanwhile, or becomes 0 for good.
    [[nodiscard]] size_t room() const { return room_.load_relaxed(); }
    [[nodiscard]] size_t segment() const; // TCP's, at the moment
    // Written and not acknowledged.
    [[nodiscard]] size_t outgoing() const;

    // UK_POLL* bits.
    [[nodiscard]] uint32_t ready() const;
    [[nodiscard]] bool listens() const { return state_ == State::listens; }
    [[nodiscard]] bool connects() const { return state_ == State::connects; }
    [[nodiscard]] bool is_bound() const { return local_.port != 0; }
    // Nothing is left to be sent, or nobody to whom.
    [[nodiscard]] bool is_drained() const;
    // A write would take something, or fail.
    [[nodiscard]] bool can_write() const;
    [[nodiscard]] Errno take_error();

    [[nodiscard]] const TcpWishes& wishes() const { return wishes_; }
    void set_wishes(const TcpWishes& wishes);
    // TCP_INFO, SO_*-independent part of getsockopt(IPPROTO_TCP), and IPPROTO_IP, IPPROTO_IPV6.
    // Errors: ENOPROTOOPT, EINVAL.
    [[nodiscard]] Result<size_t> option(const SocketOption& option);

    // Ends the attempt to connect that it is about, as on Linux; open connections go on (RFC 1122,
    // 4.2.3.9).
    static void on_icmp_error(const IcmpError& error);

    // The program is over: every connection ends as by close(), but what is unread does not reset
    // it. Threads that have not noticed find that nothing ever comes, nor ever fits again.
    static void end_all();

  protected:
    TcpEnd() = default;
    ~TcpEnd() = default;

    // Something may be ready now: UK_POLL* bits. Under the stack's lock; does not block.
    virtual void on_events(uint32_t events) = 0;
    // Another of the same class, for a connection that has come; null: there is no memory.
    virtual TcpEnd* make_child() = 0;

  private:
    enum class State : uint8_t {
        fresh,    // perhaps bound
        listens,  //
        connects, // has not heard of the other side
        open,     // has, and perhaps not told connect() yet
        gone,     // was open
        over,     // was open when the program ended
    };

    static err_t on_accept(void* self, tcp_pcb* fresh, err_t problem);
    static err_t on_connected(void* self, tcp_pcb* pcb, err_t problem);
    static err_t on_received(void* self, tcp_pcb* pcb, pbuf* data, err_t problem);
    static err_t on_sent(void* self, tcp_pcb* pcb, uint16_t size);
    static err_t on_poll(void* self, tcp_pcb* pcb);
    static void on_error(void* self, err_t problem);

    Result<> need_pcb(uint8_t type);
    void apply_wishes();
    void adopt(tcp_pcb& pcb);
    void let_go();
    void note_places();
    void set_backlog();
    void drop_arrived();
    void renew_room();
    void give_window(size_t size);
    void cut_window();
    void keep_trying();
    [[nodiscard]] Result<> may_write();
    [[nodiscard]] uint8_t write_flags(bool more) const;
    void wrote(bool more);
    Result<size_t> info(const SocketOption& option) const;
    Result<size_t> tcp_option(const SocketOption& option);
    Result<size_t> change_tcp(const SocketOption& option);
    Result<size_t> ip_option(const SocketOption& option);

    State state_ = State::fresh;
    bool peer_ended_ = false;  // nothing more comes
    bool has_end_ = false;     // because the other side said so
    bool reads_ = true;        // no shutdown(SHUT_RD)
    bool writes_ = true;       // no shutdown(SHUT_WR)
    bool connect_told_ = true; // connect() has said what became of it
    bool starved_ = false;     // no memory for a write: the poll call-back wakes writers
    Errno error_ = Errno::ok;
    tcp_pcb* pcb_ = nullptr;
    pbuf* first_ = nullptr; // linked by next through all that has come
    pbuf* last_ = nullptr;
    size_t offset_ = 0;
    size_t available_ = 0;
    size_t held_ = 0; // bytes of the window that are kept back, for wishes_.receive_bytes
    Atomic<uint32_t> room_{0};
    unsigned backlog_ = 0;
    unsigned children_count_ = 0;
    ListNode<TcpEnd> node_; // in the listener's list
    List<&TcpEnd::node_> children_;
    Place local_, peer_;
    TcpWishes wishes_;
};

} // namespace uk::lwip
