#include "actors/system_tasks/outbound/kafka_message.hpp"
#include "actors/system_tasks/outbound/kafka_worker.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <chrono>
#include <future>

using namespace tutti;
using nlohmann::json;

namespace kafka_worker_tests {

/// librdkafka's own brokers, in this process.
struct cluster {
  cluster() {
    auto* how = rd_kafka_conf_new();
    rd_kafka_conf_set(how, "log_level", "0", nullptr, 0);
    client = rd_kafka_new(RD_KAFKA_PRODUCER, how, nullptr, 0);
    mock = rd_kafka_mock_cluster_new(client, 1);
    REQUIRE(mock != nullptr);
  }
  ~cluster() {
    rd_kafka_mock_cluster_destroy(mock);
    rd_kafka_destroy(client);
  }
  std::string servers() const { return rd_kafka_mock_cluster_bootstraps(mock); }
  void create(const char* topic) {
    REQUIRE(rd_kafka_mock_topic_create(mock, topic, 1, 1)
            == RD_KAFKA_RESP_ERR_NO_ERROR);
  }

  rd_kafka_t* client;
  rd_kafka_mock_cluster_t* mock;
};

struct message {
  std::string key, value, header;
};

/// The first message of a topic, read by a consumer.
message first_of(const cluster& from, const char* topic) {
  auto* how = rd_kafka_conf_new();
  char why[256];
  rd_kafka_conf_set(how, "bootstrap.servers", from.servers().c_str(), why,
                    sizeof why);
  rd_kafka_conf_set(how, "group.id", "readers", why, sizeof why);
  rd_kafka_conf_set(how, "log_level", "0", why, sizeof why);
  auto* consumer = rd_kafka_new(RD_KAFKA_CONSUMER, how, why, sizeof why);
  auto* where = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(where, topic, 0)->offset
      = RD_KAFKA_OFFSET_BEGINNING;
  rd_kafka_assign(consumer, where);
  rd_kafka_topic_partition_list_destroy(where);
  message out;
  auto* got = rd_kafka_consumer_poll(consumer, 20'000);
  REQUIRE(got != nullptr);
  REQUIRE(got->err == RD_KAFKA_RESP_ERR_NO_ERROR);
  out.value.assign(static_cast<char*>(got->payload), got->len);
  if (got->key)
    out.key.assign(static_cast<char*>(got->key), got->key_len);
  rd_kafka_headers_t* headers = nullptr;
  const void* value = nullptr;
  size_t size = 0;
  if (rd_kafka_message_headers(got, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR
      && rd_kafka_header_get_last(headers, "h", &value, &size)
             == RD_KAFKA_RESP_ERR_NO_ERROR)
    out.header.assign(static_cast<const char*>(value), size);
  rd_kafka_message_destroy(got);
  rd_kafka_consumer_close(consumer);
  rd_kafka_destroy(consumer);
  return out;
}

kafka_settings allowing(const char* networks) {
  kafka_settings how;
  how.networks = *network_policy::parse(networks);
  return how;
}

struct world {
  explicit world(kafka_settings how = allowing("127.0.0.0/8"))
      : worker(std::move(how), {}) {}
  ~world() { worker.stop(); }

  task_result run(json request, bool async_complete = false) {
    auto cell = std::make_shared<std::promise<task_result>>();
    auto future = cell->get_future();
    worker.perform(
        {"t", "w", {{"kafka_request", std::move(request)}}, async_complete},
        [cell](task_result x) { cell->set_value(std::move(x)); });
    REQUIRE(future.wait_for(std::chrono::seconds(30))
            == std::future_status::ready);
    return future.get();
  }

  kafka_worker worker;
};

/// Times that a busy machine keeps.
json request_to(const cluster& at, const char* topic, json more = {}) {
  json out{{"bootStrapServers", at.servers()},
           {"topic", topic},
           {"value", {{"a", 1}}},
           {"requestTimeoutMs", 10'000},
           {"maxBlockMs", 10'000}};
  if (more.is_object())
    out.update(more);
  return out;
}

TEST_CASE("a message is in its topic when the task completes") {
  cluster brokers;
  brokers.create("topic");
  world node;
  auto done = node.run(
      request_to(brokers, "topic",
                 {{"key", "k"}, {"headers", {{"h", "v"}, {"n", nullptr}}}}));
  CAPTURE(done.reason);
  CHECK(done.status == task_status::completed);
  auto got = first_of(brokers, "topic");
  CHECK(json::parse(got.value) == json{{"a", 1}});
  CHECK(got.key == "k");
  CHECK(got.header == "v");
}

TEST_CASE("asyncComplete leaves the task open after its message is delivered") {
  cluster brokers;
  brokers.create("topic");
  world node;
  CHECK(node.run(request_to(brokers, "topic"), true).status
        == task_status::in_progress);
}

TEST_CASE("one producer serves a cluster, and no more are kept than allowed") {
  cluster one, two;
  one.create("topic");
  two.create("topic");
  auto how = allowing("127.0.0.0/8");
  how.producers_max = 1;
  world node(how);
  for (int i = 0; i < 3; ++i)
    CHECK(node.run(request_to(one, "topic")).status == task_status::completed);
  CHECK(node.worker.producers() == 1);
  CHECK(node.run(request_to(two, "topic")).status == task_status::completed);
  CHECK(node.worker.producers() == 1);
}

TEST_CASE("a message that cannot be delivered fails the task with the reason") {
  world node;
  auto lost = node.run({{"bootStrapServers", "127.0.0.1:1"},
                        {"topic", "t"},
                        {"value", 1},
                        {"requestTimeoutMs", 100},
                        {"maxBlockMs", 200}});
  CHECK(lost.status == task_status::failed);
  CHECK(lost.reason.starts_with("Failed to invoke kafka task due to: "));
}

TEST_CASE("brokers at private addresses are refused") {
  cluster brokers;
  brokers.create("topic");
  world node{kafka_settings{}};
  auto refused = node.run(request_to(
      brokers, "topic", {{"requestTimeoutMs", 100}, {"maxBlockMs", 500}}));
  CHECK(refused.status == task_status::failed);
  CHECK(refused.reason.find("127.0.0.1 is a loopback address")
        != std::string::npos);
}

TEST_CASE("what a Kafka task lacks is named") {
  auto reason = [](json input) {
    auto read = read_kafka_message(input, {});
    return read ? std::string("none") : read.failure().message;
  };
  auto has = [](const std::string& text, const char* part) {
    return text.find(part) != text.npos;
  };
  json all{{"bootStrapServers", "s"}, {"topic", "t"}, {"value", "v"}};
  auto without = [&](const char* key) {
    auto request = all;
    request.erase(key);
    return reason({{"kafka_request", request}});
  };
  CHECK(reason({{"kafka_request", all}}) == "none");
  CHECK(has(reason(json::object()), "kafka_request"));
  CHECK(has(without("bootStrapServers"), "bootStrapServers"));
  CHECK(has(without("topic"), "topic"));
  CHECK(has(without("value"), "value"));
  auto with = [&](json more) {
    auto request = all;
    request.update(more);
    return reason({{"kafka_request", request}});
  };
  CHECK(has(with({{"key", "x"}, {"keySerializer", "Float"}}), "Float"));
  CHECK(has(with({{"key", "x"}, {"keySerializer", "a.b.IntegerSerializer"}}),
            "does not fit"));
  CHECK(has(with({{"headers", 1}}), "headers"));
}

TEST_CASE("keys are written as their serializer writes them") {
  auto key = [](json key, const char* serializer) {
    return *read_kafka_message({{"kafka_request",
                                 {{"bootStrapServers", "s"},
                                  {"topic", "t"},
                                  {"value", "v"},
                                  {"key", key},
                                  {"keySerializer", serializer}}}},
                               {})
                ->key;
  };
  CHECK(key("a", "") == "a");
  CHECK(key(7, "org.apache.kafka.common.serialization.StringSerializer")
        == "7");
  CHECK(key(258, "org.apache.kafka.common.serialization.IntegerSerializer")
        == std::string("\0\0\1\2", 4));
  CHECK(key("-1", "LongSerializer") == std::string(8, '\xff'));
  auto value
      = read_kafka_message(
            {{"kafka_request",
              {{"bootStrapServers", "s"}, {"topic", "t"}, {"value", "text"}}}},
            {})
            ->value;
  CHECK(value == "\"text\"");
}

} // namespace kafka_worker_tests
