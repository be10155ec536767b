#include "actors/system_tasks/outbound/kafka_producer.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace tutti {

namespace kafka_producer_detail {

/// Owned until a client takes it.
struct configuration {
  rd_kafka_conf_t* all = rd_kafka_conf_new();
  std::string trouble;

  configuration() = default;
  configuration(const configuration&) = delete;
  ~configuration() {
    if (all)
      rd_kafka_conf_destroy(all);
  }
  void set(const char* name, const std::string& value) {
    char why[512] = "";
    if (rd_kafka_conf_set(all, name, value.c_str(), why, sizeof why)
        != RD_KAFKA_CONF_OK)
      trouble = why;
  }
};

} // namespace kafka_producer_detail

result<std::unique_ptr<kafka_producer>>
kafka_producer::open(const kafka_message& like, const kafka_options& security,
                     const network_policy& networks,
                     std::function<void()> events) {
  std::unique_ptr<kafka_producer> out(
      new kafka_producer(networks, std::move(events)));
  if (auto trouble = out->set_up(like, security))
    return failure{errc::invalid, std::move(*trouble)};
  return out;
}

std::optional<std::string>
kafka_producer::set_up(const kafka_message& like,
                       const kafka_options& security) {
  kafka_producer_detail::configuration how;
  how.set("bootstrap.servers", like.servers);
  how.set("client.id", "tutti");
  for (auto& [name, value] : security)
    how.set(name.c_str(), value);
  how.set("linger.ms", "0");
  how.set("log_level", "0"); // errors come as events
  how.set("request.timeout.ms", std::to_string(like.times.request_ms));
  // Upstream's producer may block for metadata and then wait for the
  // acknowledgement: the sum of both.
  how.set("message.timeout.ms",
          std::to_string(like.times.request_ms + like.times.block_ms));
  rd_kafka_conf_set_opaque(how.all, this);
  rd_kafka_conf_set_connect_cb(how.all, connect_allowed);
  rd_kafka_conf_set_events(how.all, RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR);
  if (!how.trouble.empty())
    return how.trouble;
  char why[512] = "";
  client_ = rd_kafka_new(RD_KAFKA_PRODUCER, how.all, why, sizeof why);
  if (!client_)
    return std::string(why);
  how.all = nullptr;
  queue_ = rd_kafka_queue_get_main(client_);
  rd_kafka_queue_cb_event_enable(queue_, tell_events, this);
  return std::nullopt;
}

kafka_producer::~kafka_producer() {
  if (!client_)
    return;
  rd_kafka_queue_cb_event_enable(queue_, nullptr, nullptr);
  rd_kafka_purge(client_, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT
                              | RD_KAFKA_PURGE_F_NON_BLOCKING);
  rd_kafka_queue_destroy(queue_);
  rd_kafka_destroy(client_);
}

void kafka_producer::tell_events(rd_kafka_t*, void* self) {
  static_cast<kafka_producer*>(self)->events_();
}

// Brokers name other brokers: their addresses are checked like the task's.
int kafka_producer::connect_allowed(int socket, const sockaddr* address,
                                    int size, const char* name, void* self) {
  auto& x = *static_cast<kafka_producer*>(self);
  if (auto refused = x.networks_.refusal(address)) {
    std::lock_guard guard(x.mutex_);
    x.refused_ = std::string(name ? name : "a broker")
                 + " leads where it must not: " + *refused;
    return EACCES;
  }
  // A connection in progress is not an error.
  bool bad = ::connect(socket, address, socklen_t(size)) != 0
             && errno != EINPROGRESS;
  return bad ? errno : 0;
}

std::string kafka_producer::trouble(rd_kafka_resp_err_t why) {
  std::string out = rd_kafka_err2str(why);
  std::lock_guard guard(mutex_);
  if (!refused_.empty())
    out += ": " + refused_;
  else if (!last_error_.empty())
    out += ": " + last_error_;
  return out;
}

void kafka_producer::send(const kafka_message& what, told done) {
  last_used_ = clock::now();
  auto* headers = rd_kafka_headers_new(what.headers.size());
  for (auto& [name, value] : what.headers)
    rd_kafka_header_add(headers, name.data(), ssize_t(name.size()),
                        value.data(), ssize_t(value.size()));
  auto* key = what.key ? what.key->data() : nullptr;
  auto key_size = what.key ? what.key->size() : 0;
  auto id = next_++;
  auto taken = rd_kafka_producev(
      client_, RD_KAFKA_V_TOPIC(what.topic.c_str()),
      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
      RD_KAFKA_V_VALUE(const_cast<char*>(what.value.data()), what.value.size()),
      RD_KAFKA_V_KEY(key, key_size), RD_KAFKA_V_HEADERS(headers),
      RD_KAFKA_V_OPAQUE(reinterpret_cast<void*>(id)), RD_KAFKA_V_END);
  if (taken == RD_KAFKA_RESP_ERR_NO_ERROR) {
    under_way_.emplace(id, std::move(done));
    return;
  }
  rd_kafka_headers_destroy(headers);
  done(trouble(taken));
}

void kafka_producer::serve() {
  while (auto* event = rd_kafka_queue_poll(queue_, 0)) {
    if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_DR) {
      while (auto* report = rd_kafka_event_message_next(event))
        finish(*report);
    } else if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR) {
      last_error_ = rd_kafka_event_error_string(event);
    }
    rd_kafka_event_destroy(event);
  }
}

void kafka_producer::finish(const rd_kafka_message_t& report) {
  auto it = under_way_.find(reinterpret_cast<uint64_t>(report._private));
  if (it == under_way_.end())
    return;
  auto done = std::move(it->second);
  under_way_.erase(it);
  last_used_ = clock::now();
  if (report.err == RD_KAFKA_RESP_ERR_NO_ERROR)
    done(std::nullopt);
  else
    done(trouble(report.err));
}

} // namespace tutti
