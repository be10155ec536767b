#include "storage/records.hpp"

#include "messages/model/codec.hpp"
#include "messages/proto/records.pb.h"
#include "storage/keys.hpp"
#include "storage/sha256.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include <algorithm>

using namespace tutti;
using namespace tutti::storage;

namespace records_tests {

workflow_def_pointer a_definition() {
  auto text = R"({"name":"w","version":3,"tasks":[
    {"type":"SIMPLE","name":"a","taskReferenceName":"a"},
    {"type":"DO_WHILE","name":"l","taskReferenceName":"l","loopCondition":"x",
     "loopOver":[{"type":"SIMPLE","name":"b","taskReferenceName":"b"},
                 {"type":"SIMPLE","name":"c","taskReferenceName":"c__2"}]},
    {"type":"SWITCH","name":"s","taskReferenceName":"s","expression":"x",
     "evaluatorType":"value-param",
     "decisionCases":{"1":[{"type":"SIMPLE","name":"d",
                            "taskReferenceName":"d"}]},
     "defaultCase":[{"type":"SIMPLE","name":"e","taskReferenceName":"e"}]}]})";
  auto read = read_workflow_def(text);
  REQUIRE(read);
  return std::make_shared<const workflow_def>(std::move(*read));
}

payload a_payload(int n) {
  return payload::trusted(R"({"n":)" + std::to_string(n) + "}");
}

/// Every field set, none to what it is by default.
workflow a_head(workflow_def_pointer definition) {
  workflow x;
  x.workflow_id = "id";
  x.definition = std::move(definition);
  x.status = workflow_status::paused;
  x.previous_status = workflow_status::terminated;
  x.create_time = 1;
  x.update_time = 2;
  x.end_time = 3;
  x.last_retried_time = 4;
  x.input = a_payload(1);
  x.output = a_payload(2);
  x.variables = a_payload(3);
  x.external_input_path = "ei";
  x.external_output_path = "eo";
  x.task_to_domain = {{"*", "d"}, {"a", "e"}};
  x.priority = 5;
  x.correlation_id = "c";
  x.event = "ev";
  x.reason = "not UTF-8: \xff";
  x.rerun_from_workflow_id = "rr";
  x.parent_workflow_id = "pw";
  x.parent_task_id = "pt";
  x.failed_task_id = "ft";
  x.failed_reference_names = {"r1", "r2"};
  x.failed_task_names = {"n1"};
  x.idempotency_key = "ik";
  x.rate_limit_key = "rk";
  x.slot = slot_state::held;
  x.slot_generation = 6;
  x.attached_tasks = {{"fw", "ft"}, {"fw2", "ft2"}};
  x.asked_by = "ab";
  x.depth = 7;
  x.family = "fa";
  x.owner_app = "oa";
  x.created_by = "cb";
  x.updated_by = "ub";
  x.inbox = {{"m1", a_payload(4), 5}, {"m2", payload(), 6}};
  return x;
}

task a_row(workflow_task_pointer definition, std::string reference) {
  task x;
  x.task_id = "t-" + reference;
  x.reference_name = std::move(reference);
  x.task_type = "a";
  x.task_def_name = "tn";
  x.status = task_status::skipped;
  x.input = a_payload(1);
  x.output = payload::trusted("null");
  x.external_input_path = "ei";
  x.external_output_path = "eo";
  x.scheduled_time = 1;
  x.start_time = 2;
  x.end_time = 3;
  x.update_time = 4;
  x.first_scheduled_time = 5;
  x.first_start_time = 6;
  x.retry_count = 7;
  x.seq = 8;
  x.poll_count = 9;
  x.iteration = 10;
  x.forked_by = 12;
  x.compensated = 3;
  x.retried = x.executed = x.subworkflow_changed = true;
  x.retried_task_id = "rt";
  x.callback_after_seconds = -11;
  x.start_delay_seconds = 12;
  x.response_timeout_seconds = 13;
  x.rate_limit_per_frequency = 14;
  x.rate_limit_frequency_in_seconds = 15;
  x.workflow_priority = 16;
  x.worker_id = "wi";
  x.domain = "do";
  x.reason = "re";
  x.execution_name_space = "en";
  x.isolation_group_id = "ig";
  x.sub_workflow_id = "sw";
  x.parent_task_id = "pt";
  x.definition = std::move(definition);
  x.queued_at = 17;
  x.due_at = 18;
  return x;
}

workflow_changed a_workflow_change() {
  workflow_changed x;
  x.status = workflow_status::running;
  x.previous_status = workflow_status::failed;
  x.create_time = 0; // set to a default is not the same as not set
  x.update_time = 2;
  x.end_time = 3;
  x.last_retried_time = 4;
  x.input = payload();
  x.output = a_payload(2);
  x.variables = a_payload(3);
  x.external_output_path = "";
  x.correlation_id = "c";
  x.reason = "r";
  x.failed_task_id = "f";
  x.rerun_from_workflow_id = "rr";
  x.failed_reference_names.emplace();
  x.failed_task_names = {"n"};
  x.rate_limit_key = "rk";
  x.slot = slot_state::waiting;
  x.slot_generation = 0;
  x.attached_tasks.emplace();
  return x;
}

task_changed a_task_change() {
  task_changed x;
  x.task_id = "t";
  x.status = task_status::scheduled;
  x.input = a_payload(1);
  x.output = payload();
  x.external_output_path = "eo";
  x.scheduled_time = 1;
  x.start_time = 2;
  x.end_time = 0;
  x.update_time = 3;
  x.first_start_time = 4;
  x.retry_count = 5;
  x.poll_count = 6;
  x.iteration = 11;
  x.compensated = 12;
  x.retried = false;
  x.executed = true;
  x.subworkflow_changed = false;
  x.callback_after_seconds = 7;
  x.start_delay_seconds = 8;
  x.worker_id = "w";
  x.reason = "";
  x.sub_workflow_id = "s";
  x.domain = "d";
  x.queued_at = 0;
  x.due_at = 9;
  x.first_scheduled_time = 10;
  return x;
}

/// Definitions as the store would keep them.
struct definition_list {
  std::map<std::string, kept_definition_pointer> kept;

  revision_codec::intern_function intern() {
    return [this](const workflow_def_pointer& x) {
      auto what = std::make_shared<const kept_definition>(x);
      kept[what->hash()] = what;
      return revision_codec::definition_use{what, false};
    };
  }
  revision_codec::find_function find() {
    return [this](std::string_view hash, bool) -> kept_definition_pointer {
      auto it = kept.find(std::string(hash));
      return it == kept.end() ? nullptr : it->second;
    };
  }
};

/// A record says everything once: equal records are equal events, and what was
/// left out by the codec would be missing from the second one.
std::string written_again(const revision& x, definition_list& definitions) {
  revision_codec codec;
  return *codec.write(x, definitions.intern());
}

bool has_every_field(const google::protobuf::Message& x) {
  std::vector<const google::protobuf::FieldDescriptor*> set;
  x.GetReflection()->ListFields(x, &set);
  auto* type = x.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i)
    if (std::find(set.begin(), set.end(), type->field(i)) == set.end()) {
      // Which of the three it is depends on the task.
      auto& name = type->field(i)->name();
      if (name != "static_reference" && name != "dynamic_definition"
          && name != "definition_own") {
        MESSAGE("not set: ", name);
        return false;
      }
    }
  return true;
}

TEST_CASE("every field of every event survives its record") {
  auto definition = a_definition();
  definition_list definitions;
  revision x{7, 123, {cause_kind::child, "who", "ops"}, {}, 99};
  x.events.push_back(workflow_created{a_head(definition)});
  auto change = a_workflow_change();
  change.definition = definition;
  x.events.push_back(change);
  auto share = [&](const workflow_task* t) {
    return workflow_task_pointer{definition, t};
  };
  x.events.push_back(task_added{a_row(share(&definition->tasks[0]), "a")});
  x.events.push_back(a_task_change());
  x.events.push_back(tasks_removed{{"t1", "t2"}});
  x.events.push_back(inbox_changed{1, {{"m3", a_payload(1), 7}}});

  revision_codec writer, reader;
  auto record = *writer.write(x, definitions.intern());
  record::Revision parsed;
  REQUIRE(parsed.ParseFromString(record));
  CHECK(has_every_field(parsed));
  CHECK(has_every_field(parsed.events(0).created()));
  CHECK(has_every_field(parsed.events(1).workflow_changed()));
  CHECK(has_every_field(parsed.events(2).task_added()));
  CHECK(has_every_field(parsed.events(3).task_changed()));
  CHECK(has_every_field(parsed.events(5).inbox_changed()));
  CHECK(has_every_field(parsed.events(5).inbox_changed().added(0)));

  auto read = reader.read(record, definitions.find());
  REQUIRE(read);
  CHECK(read->number == 7);
  CHECK(read->at == 123);
  CHECK(read->history_bytes == 99);
  CHECK(read->why.kind == cause_kind::child);
  CHECK(read->why.by == "ops");
  CHECK(read->why.what == "who");
  REQUIRE(read->events.size() == 6);
  auto& inbox = std::get<inbox_changed>(read->events[5]);
  CHECK(inbox.added[0].content == a_payload(1));
  CHECK(written_again(*read, definitions) == record);
  auto& head = *event_as<workflow_created>(read->events[0])->head;
  CHECK(head.reason == "not UTF-8: \xff");
  CHECK(head.definition == definition);
  auto& changed = *event_as<workflow_changed>(read->events[1]);
  CHECK(changed.create_time == 0);
  CHECK(changed.failed_reference_names->empty());
  CHECK(changed.definition == definition);
  auto& row = *event_as<task_added>(read->events[2])->row;
  CHECK(row.definition.get() == &definition->tasks[0]);
  CHECK(row.output.is_null());
}

TEST_CASE("a field that was not set is not set when read") {
  definition_list definitions;
  revision_codec writer, reader;
  revision x{1, 0, {}, {workflow_changed{}, task_changed{}}};
  auto read
      = reader.read(*writer.write(x, definitions.intern()), definitions.find());
  REQUIRE(read);
  auto& head = *event_as<workflow_changed>(read->events[0]);
  CHECK(!head.status);
  CHECK(!head.output);
  CHECK(!head.failed_task_names);
  CHECK(!head.definition);
  auto& row = *event_as<task_changed>(read->events[1]);
  CHECK(!row.status);
  CHECK(!row.reason);
  CHECK(!row.retried);
}

TEST_CASE("a task of the definition is stored by name, another one whole") {
  auto definition = a_definition();
  definition_list definitions;
  auto& loop = definition->tasks[1].loop_over;
  auto share = [&](const workflow_task* t) {
    return workflow_task_pointer{definition, t};
  };
  auto dynamic = std::make_shared<const workflow_task>(loop[0]);
  revision x{1, 0, {}, {workflow_created{a_head(definition)}}};
  auto add = [&](workflow_task_pointer t, std::string reference) {
    x.events.push_back(task_added{a_row(std::move(t), std::move(reference))});
  };
  add(share(&loop[0]), "b__7");
  add(share(&loop[1]), "c__2");
  add(share(&loop[1]), "c__2__3");
  add(share(&definition->tasks[2].default_case[0]), "other");
  add(dynamic, "b");
  add(dynamic, "unknown");

  revision_codec writer, reader;
  auto record = *writer.write(x, definitions.intern());
  record::Revision parsed;
  REQUIRE(parsed.ParseFromString(record));
  auto row = [&](int i) { return parsed.events(i).task_added(); };
  for (int i : {1, 2, 3}) {
    CHECK(row(i).static_reference().empty());
    CHECK(row(i).dynamic_definition().empty());
  }
  CHECK(row(4).static_reference() == "e");
  CHECK(!row(5).dynamic_definition().empty());
  CHECK(!row(6).dynamic_definition().empty());

  auto read = reader.read(record, definitions.find());
  REQUIRE(read);
  auto of = [&](size_t i) {
    return event_as<task_added>(read->events[i])->row->definition.get();
  };
  CHECK(of(1) == &loop[0]);
  CHECK(of(2) == &loop[1]);
  CHECK(of(3) == &loop[1]);
  CHECK(of(4) == &definition->tasks[2].default_case[0]);
  CHECK(of(5)->reference_name == "b");
  CHECK(of(5) != &loop[0]);
}

TEST_CASE("a snapshot builds what its revisions build") {
  auto definition = a_definition();
  definition_list definitions;
  revision_codec codec, reader;
  auto head = a_head(definition);
  auto row = a_row({definition, &definition->tasks[0]}, "a");
  (void)codec.write({1, 0, {}, {workflow_created{head}}}, definitions.intern());
  auto record = *codec.write_snapshot(head, {&row}, 42, 5, 9);
  auto read = reader.read(record, definitions.find());
  REQUIRE(read);
  CHECK(read->number == 42);
  CHECK(read->history_bytes == 9);
  revision direct{42, 5, {cause_kind::node, ""}, {}, 9};
  direct.events.push_back(workflow_created{head});
  direct.events.push_back(task_added{row});
  CHECK(written_again(direct, definitions) == record);
}

TEST_CASE("damaged, newer and incomplete records are refused with a sentence") {
  definition_list definitions, empty;
  revision_codec codec;
  revision x{5, 0, {}, {workflow_created{a_head(a_definition())}}};
  auto record = *codec.write(x, definitions.intern());
  auto refused = [](const std::string& bytes, definition_list& by) {
    revision_codec reader;
    auto read = reader.read(bytes, by.find());
    return !read && read.failure().code == errc::internal
           && !read.failure().message.empty();
  };
  CHECK(refused("", definitions));
  CHECK(refused(record.substr(0, record.size() / 2), definitions));
  CHECK(refused(record, empty));
  record::Revision newer;
  newer.ParseFromString(record);
  newer.set_version(2);
  CHECK(refused(newer.SerializeAsString(), definitions));
  newer.set_version(1);
  newer.mutable_events(0)->mutable_created()->set_status(99);
  CHECK(refused(newer.SerializeAsString(), definitions));
  CHECK(!read_control("nonsense"));
  CHECK(!read_catalog_entry(""));
  CHECK(!read_slot_claim(""));
  CHECK(!read_cached_output(""));
  CHECK(!read_outbox_message(""));
}

TEST_CASE("small rows survive their records") {
  control c{5, true};
  CHECK(*read_control(write(c)) == c);
  catalog_entry e{7, workflow_status::timed_out, true};
  CHECK(*read_catalog_entry(write(e)) == e);
  CHECK(*read_message(*write_message(a_payload(3))) == a_payload(3));
  CHECK(*read_message(*write_message(payload())) == payload());
  CHECK(!read_message("nonsense"));
  slot_claim claim{"id", 2, 3, true};
  CHECK(*read_slot_claim(write(claim)) == claim);
  auto kept = read_cached_output(*write(cached_output{9, a_payload(1)}));
  REQUIRE(kept);
  CHECK(kept->expires_at == 9);
  CHECK(kept->output.text() == a_payload(1).text());
}

TEST_CASE("every message between executions survives its record") {
  start_other start;
  start.workflow_id = "id";
  start.name = "n";
  start.version = 0;
  start.definition = a_definition();
  start.input = a_payload(1);
  start.task_to_domain = {{"a", "b"}};
  start.correlation_id = "c";
  start.priority = 3;
  start.idempotency_key = "k";
  start.idempotency_strategy = idempotency_strategy::fail_on_running;
  start.parent_workflow_id = "p";
  start.parent_task_id = "t";
  start.detached = true;
  start.external_input_path = "e";
  start.depth = 4;
  start.family = "f";
  rerun_request rerun;
  rerun.from_task_id = "t";
  rerun.workflow_input = payload();
  rerun.task_input = a_payload(2);
  rerun.correlation_id = "c";

  std::vector<outbox_message> outbox_messages;
  outbox_messages.push_back({"to", "from", start});
  for (workflow_command what : std::initializer_list<workflow_command>{
           command::signal{task_status::failed, a_payload(1)},
           command::terminate{"r", true, "pt"}, command::retry{true, true, "t"},
           command::rerun{rerun}, command::child_started{"t", "c", "i"},
           command::child_not_started{"t", "c", "r"},
           command::child_ended{"t", "c", workflow_status::failed, a_payload(1),
                                "r", "n", 0},
           command::child_revived{"t", "c", "retried"},
           command::failure_workflow_not_started{"r"},
           command::attach{"w", "t", "i"}, command::slot_granted{3},
           command::pause{}, command::resume{}, command::decide{},
           command::restart{}, command::reset_callbacks{},
           command::operation{"o", a_payload(1)}})
    outbox_messages.push_back({"to", "from", std::move(what)});
  slot_request slot{slot_request::verb::give_back, "n", "k", "id", 2, 3};
  outbox_messages.push_back({"to", "from", slot});
  outbox_messages.push_back(
      {"to", "from", external_message{"amqp", "q", "id", a_payload(1)}});
  for (auto& x : outbox_messages) {
    auto record = write(x);
    REQUIRE(record);
    auto read = read_outbox_message(*record);
    REQUIRE(read);
    CHECK(read->to == "to");
    CHECK(read->from == "from");
    REQUIRE(read->what.index() == x.what.index());
    CHECK(*write(*read) == *record);
    if (auto* c = std::get_if<workflow_command>(&x.what))
      CHECK(c->index() == std::get<workflow_command>(read->what).index());
  }
  auto first = read_outbox_message(*write(outbox_messages[0]));
  REQUIRE(first);
  auto& back = std::get<start_other>(first->what);
  CHECK(back.version == 0);
  CHECK(back.detached);
  CHECK(back.external_input_path == "e");
  CHECK(back.depth == 4);
  CHECK(back.family == "f");
  CHECK(back.definition->tasks.size() == 3);
  CHECK(back.idempotency_strategy == idempotency_strategy::fail_on_running);
  CHECK(!write(outbox_message{"to", "from",
                              workflow_command{command::hand_out{"t", "w"}}}));
}

TEST_CASE("leases, queue entries and poll marks come back as they were") {
  task_lease lease{"encode", "w1", "t1", "gpu:encode", "me", 42, false};
  auto key = keys::lease(lease.definition, lease.task_id);
  CHECK(*read_lease(key, write(lease)) == lease);
  CHECK_FALSE(read_lease(key, "?"));
  CHECK_FALSE(read_lease("x", write(lease)));
  for (auto& x : {queue_entry{"w1", "", {}}, queue_entry{"w1", "encode", {}},
                  queue_entry{"w1", "encode", {3, 2, 60}},
                  queue_entry{"w1", "", {}, 9'000'000'000},
                  queue_entry{"w1", "encode", {3, 2, 60}, 1 << 20}})
    CHECK(read_queue_entry(write(x)) == x);
  CHECK(write(queue_entry{"w1", "", {}}) == "w1");
  // Most inputs are small, and their rows as short as ever.
  CHECK(write(queue_entry{"w1", "", {}, 1'000}) == "w1");
  auto mark = read_poll_mark(write(poll_mark{7, "me"}));
  REQUIRE(mark);
  CHECK(mark->last_poll_time == 7);
  CHECK(mark->worker_id == "me");
  CHECK_FALSE(read_poll_mark("?"));
  CHECK(keys::read_grant(keys::grant("encode", 3))->slot == 3);
  CHECK(keys::read_poll_mark(keys::poll_mark("encode", "gpu"))->domain
        == "gpu");
}

TEST_CASE("a definition is found by what it says") {
  auto one = a_definition(), two = a_definition();
  CHECK(kept_definition(one).hash() == kept_definition(two).hash());
  auto other = *one;
  other.version = 4;
  CHECK(kept_definition(std::make_shared<const workflow_def>(other)).hash()
        != kept_definition(one).hash());
}

TEST_CASE("SHA-256 is that of FIPS 180-4") {
  auto hex = [](std::string_view text) {
    std::string out;
    for (auto byte : sha256(text)) {
      out += "0123456789abcdef"[byte >> 4];
      out += "0123456789abcdef"[byte & 15];
    }
    return out;
  };
  CHECK(hex("")
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex("abc")
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hex(std::string(1'000'000, 'a'))
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  CHECK(hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST_CASE("keys come back as they were, and in the order of their parts") {
  std::string odd("a\0b\1c", 5);
  CHECK(keys::read_queue(keys::queue(odd, 7, 123, 4, "t"))->queue == odd);
  CHECK(keys::read_event(keys::event(odd, 9))->revision == 9);
  CHECK(keys::read_timer(keys::timer(5, "id"))->id == "id");
  CHECK(keys::read_outbox(keys::outbox(1ull << 40)) == 1ull << 40);
  CHECK(keys::read_running(keys::running("n", 3, "id"))->version == 3);
  CHECK(keys::read_named(keys::named("n", 3, "id"))->created == 3);
  CHECK(keys::read_log(keys::log("t", 3, 1))->time == 3);
  CHECK(keys::read_message(keys::message(odd, 3, "id"))->queue == odd);
  CHECK(keys::read_message(keys::message("q", 3, "id"))->at == 3);
  CHECK(!keys::read_message(keys::named("q", 3, "id")));
  CHECK(keys::read_cached_output(keys::cached_output("n", odd))->key == odd);
  CHECK(keys::read_slot(keys::slot("n", odd, 7))->number == 7);
  CHECK(keys::read_slot(keys::slot("n", odd, 7))->key == odd);
  CHECK(!keys::read_timer(keys::outbox(1)));
  CHECK(!keys::read_outbox("o"));
  CHECK(!keys::read_queue("qabc"));

  std::vector<std::string> rows{
      keys::queue("a", 9, 5, 1, "t"), keys::queue("a", 1, 4, 1, "t"),
      keys::queue("a", 1, 5, 1, "t"), keys::queue("a", 1, 5, 2, "t"),
      keys::queue("ab", 9, 0, 1, "t")};
  CHECK(std::is_sorted(rows.begin(), rows.end()));
  CHECK(keys::timer(255, "x") < keys::timer(256, "a"));
  auto all = keys::rows_of_queue("a");
  CHECK(rows[3] < keys::after(all));
  CHECK(rows[4] > keys::after(all));
}

} // namespace records_tests
