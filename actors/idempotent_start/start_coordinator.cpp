#include "actors/idempotent_start/start_coordinator.hpp"

#include "actors/engine/features/slots.hpp"
#include "messages/model/ids.hpp"
#include "storage/keys.hpp"
#include "storage/sha256.hpp"

namespace tutti {

namespace start_coordinator_detail {

class start_coordinator
    : public std::enable_shared_from_this<start_coordinator> {
 public:
  start_coordinator(start_ports ports, command::start what,
                    std::optional<idempotency_strategy> strategy,
                    reply<begun> done)
      : ports_(std::move(ports)), what_(std::move(what)),
        chosen_(what_.head.workflow_id), strategy_(strategy),
        done_(std::move(done)) {}

  void run() {
    auto& head = what_.head;
    if (head.idempotency_key.empty())
      return take_slot();
    if (!ports_.directory->is_here(id_of(0)))
      return ask_owner();
    auto work = [name = head.definition->name,
                 key = head.idempotency_key](const storage::store& from) {
      return first_attempt(from, name, key);
    };
    auto then = [self = shared_from_this()](result<uint32_t> n) {
      if (n)
        self->attempt(*n);
      else
        self->done_(std::move(n).failure());
    };
    storage::read<uint32_t>(*ports_.readers, std::move(work), std::move(then));
  }

 private:
  using self_pointer = std::shared_ptr<start_coordinator>;

  /// The shard of the key is at another node.
  void ask_owner() {
    envelope<advance_key_attempt> ask;
    ask.request.name = what_.head.definition->name;
    ask.request.key = what_.head.idempotency_key;
    ask.done = reply<document>([self = shared_from_this()](result<document> x) {
      if (x)
        self->attempt(uint32_t(x->next));
      else
        self->done_(std::move(x).failure());
    });
    ports_.directory->tell(id_of(0), std::move(ask));
  }

  std::string id_of(uint32_t n) const {
    return keyed_workflow_id(what_.head.definition->name,
                             what_.head.idempotency_key, n);
  }

  const std::string& id() const { return what_.head.workflow_id; }

  void attempt(uint32_t n) {
    n_ = n;
    what_.head.workflow_id = id_of(n);
    if (!chosen_.empty() && chosen_ != id())
      what_.instead_of = chosen_;
    if (!rejects())
      return start();
    // Take a slot only if the execution does not exist yet.
    look([](const self_pointer& self) { self->take_slot(); });
  }

  bool rejects() const {
    auto* limit = engine::limit_of(what_.head);
    return limit && limit->policy == rate_limit_policy::reject;
  }

  // The slot

  slot_request request(slot_request::verb what) const {
    slot_request out;
    out.what = what;
    out.name = what_.head.definition->name;
    out.key = slot_key_;
    out.workflow_id = id();
    out.generation = 1;
    out.limit = engine::limit_of(what_.head)->concurrent_exec_limit;
    return out;
  }

  void take_slot() {
    slot_key_ = engine::rate_limit_key(what_.head, *ports_.env);
    envelope<try_slot> ask;
    ask.request.what = request(slot_request::verb::ask);
    ask.done = reply<answer>([self = shared_from_this()](result<answer> x) {
      if (x) {
        engine::hold_slot(self->what_.head, self->slot_key_);
        return self->start();
      }
      if (x.failure().code == errc::too_many)
        return self->done_(engine::no_slot(self->what_.head, self->slot_key_));
      self->done_(std::move(x).failure());
    });
    auto group = slot_group_id(what_.head.definition->name, slot_key_);
    ports_.directory->tell(group, std::move(ask));
  }

  /// The start failed, or created nothing. If the execution exists and uses
  /// this slot, it keeps it, and returns it otherwise; if it does not exist, we
  /// return it.
  void return_slot() {
    if (what_.head.slot != slot_state::held)
      return;
    envelope<call_workflow> call;
    call.request.workflow_id = id();
    call.request.what = command::slot_granted{1};
    call.done = reply<answer>(
        [self = shared_from_this(),
         back = request(slot_request::verb::give_back)](result<answer> x) {
          if (x || x.failure().code != errc::not_found)
            return;
          outbox_message out;
          out.to = slot_group_id(back.name, back.key);
          out.from = back.workflow_id;
          out.what = back;
          envelope<accept_outbox_message> mail;
          mail.request.what
              = std::make_shared<const outbox_message>(std::move(out));
          self->ports_.directory->tell_addressee(std::move(mail));
        });
    ports_.directory->tell(id(), std::move(call));
    what_.head.slot = slot_state::none;
    what_.head.slot_generation = 0;
  }

  // The start

  void start() {
    envelope<call_workflow> call;
    call.request.workflow_id = id();
    call.request.what = what_;
    call.context.request_id = ports_.request_id;
    call.done = reply<answer>([self = shared_from_this()](result<answer> x) {
      if (!x || !x->effective)
        self->return_slot();
      if (!x)
        return self->done_(std::move(x).failure());
      if (x->effective || self->what_.head.idempotency_key.empty())
        return self->done_(begun{self->id(), false});
      self->look({});
    });
    ports_.directory->tell(id(), std::move(call));
  }

  // The key

  /// Reads the execution that has the key now. When it does not exist: calls
  /// `if_nothing`; without `if_nothing` it was removed, and the key is free.
  void look(std::function<void(const self_pointer&)> if_nothing) {
    envelope<read_execution_head> ask;
    ask.request.workflow_id = id();
    ask.done = reply<execution_head>(
        [self = shared_from_this(), if_nothing](result<execution_head> x) {
          if (x)
            return self->exists(*x);
          if (x.failure().code == errc::not_found)
            return if_nothing ? if_nothing(self) : self->go_beyond();
          self->done_(std::move(x).failure());
        });
    ports_.directory->tell(id(), std::move(ask));
  }

  void exists(const execution_head& found) {
    auto& asker = what_.head.asked_by;
    if (!asker.empty() && found.asked_by == asker)
      return done_(begun{id(), false});
    bool ended = is_terminal(found.status);
    switch (strategy_.value_or(idempotency_strategy::fail)) {
      case idempotency_strategy::fail:
        return refuse("was used by");
      case idempotency_strategy::return_existing:
        return done_(begun{id(), true});
      case idempotency_strategy::fail_on_running:
        return ended ? go_beyond() : refuse("is in use by the running");
    }
  }

  void refuse(const char* why) {
    auto& head = what_.head;
    done_(failure{errc::conflict, "workflow '" + head.definition->name
                                      + "': idempotency key '"
                                      + head.idempotency_key + "' " + why
                                      + " execution " + id()});
  }

  /// Stores the next attempt, then begins it.
  void go_beyond() {
    envelope<advance_key_attempt> raise;
    raise.request.name = what_.head.definition->name;
    raise.request.key = what_.head.idempotency_key;
    raise.request.attempt = n_ + 1;
    raise.done
        = reply<document>([self = shared_from_this()](result<document> x) {
            if (!x)
              return self->done_(std::move(x).failure());
            self->attempt(self->n_ + 1);
          });
    ports_.directory->tell(id_of(0), std::move(raise));
  }

  start_ports ports_;
  command::start what_;
  std::string chosen_; ///< the id that the asker chose; empty: none
  std::optional<idempotency_strategy> strategy_;
  reply<begun> done_;
  std::string slot_key_;
  uint32_t n_ = 0;
};

} // namespace start_coordinator_detail

bool needs_coordination(const command::start& what) {
  auto* limit = engine::limit_of(what.head);
  return !what.head.idempotency_key.empty()
         || (limit && limit->policy == rate_limit_policy::reject);
}

void start_with_coordination(start_ports ports, command::start what,
                             std::optional<idempotency_strategy> strategy,
                             reply<begun> done) {
  std::make_shared<start_coordinator_detail::start_coordinator>(
      std::move(ports), std::move(what), strategy, std::move(done))
      ->run();
}

std::string keyed_workflow_id(std::string_view name, std::string_view key,
                              uint32_t attempt) {
  // The length distinguishes ("a", "bc") from ("ab", "c").
  auto text = "tutti.idempotency." + std::to_string(name.size()) + '.'
              + std::string(name) + std::string(key) + '.'
              + std::to_string(attempt);
  auto hash = storage::sha256(text);
  uint64_t high = 0, low = 0;
  for (int i = 0; i < 8; ++i) {
    high = high << 8 | hash[i];
    low = low << 8 | hash[8 + i];
  }
  return make_workflow_id(high, low);
}

result<uint32_t> first_attempt(const storage::store& store,
                               std::string_view name, std::string_view key) {
  auto shard = shard_of(keyed_workflow_id(name, key, 0), store.shards());
  auto row = store.get(shard, storage::keys::idempotency(name, key));
  if (!row)
    return std::move(row).failure();
  uint32_t out = 0;
  if (*row && (*row)->size() == 4)
    for (unsigned char byte : **row)
      out = out << 8 | byte;
  return out;
}

storage::operation attempt_row(std::string_view name, std::string_view key,
                               uint32_t attempt) {
  std::string value;
  for (int shift = 24; shift >= 0; shift -= 8)
    value += char(attempt >> shift & 0xff);
  return {storage::operation::kind::put, storage::keys::idempotency(name, key),
          std::move(value)};
}

} // namespace tutti
