#include "tools/evaluator/evaluation.hpp"
#include "tools/evaluator/jq_grammar.hpp"
#include "tools/evaluator/json_out.hpp"
#include "tools/evaluator/watchdog.hpp"

extern "C" {
#include <jq.h>
}

#include <list>
#include <unordered_map>
#include <utility>

namespace tutti::evaluator {

namespace jq_detail {

using namespace std::chrono_literals;

// Compiling takes 20 ms and more, because jq reads its library each time. A
// compiled program needs about 10 KB.
constexpr size_t programs_max = 256;

/// Owns a jq value.
class value {
 public:
  value(jv x) : x_(x) {}
  value(const value&) = delete;
  value& operator=(const value&) = delete;
  ~value() { jv_free(x_); }
  /// Another reference, for a function that takes it.
  jv share() const { return jv_copy(x_); }
  jv_kind kind() const { return jv_get_kind(x_); }
  bool valid() const { return kind() != JV_KIND_INVALID; }
  jv get() const { return x_; }

 private:
  jv x_;
};

std::string_view text_of(const value& x) {
  return {jv_string_value(x.get()), size_t(jv_string_length_bytes(x.share()))};
}

bool write(json_out& out, const value& x);

bool write_array(json_out& out, const value& x) {
  bool fits = out.enter('[');
  int length = jv_array_length(x.share());
  for (int i = 0; fits && i < length; ++i) {
    if (i > 0)
      out.literal(",");
    fits = write(out, value(jv_array_get(x.share(), i)));
  }
  out.leave(']');
  return fits;
}

bool write_object(json_out& out, const value& x) {
  bool fits = out.enter('{'), first = true;
  for (int at = jv_object_iter(x.get());
       fits && jv_object_iter_valid(x.get(), at);
       at = jv_object_iter_next(x.get(), at)) {
    if (!std::exchange(first, false))
      out.literal(",");
    value key(jv_object_iter_key(x.get(), at));
    out.string(text_of(key));
    out.literal(":");
    fits = write(out, value(jv_object_iter_value(x.get(), at)));
  }
  out.leave('}');
  return fits;
}

bool write(json_out& out, const value& x) {
  switch (x.kind()) {
    case JV_KIND_FALSE:
      out.literal("false");
      break;
    case JV_KIND_TRUE:
      out.literal("true");
      break;
    case JV_KIND_NUMBER:
      out.number(jv_number_value(x.get()));
      break;
    case JV_KIND_STRING:
      out.string(text_of(x));
      break;
    case JV_KIND_ARRAY:
      return write_array(out, x);
    case JV_KIND_OBJECT:
      return write_object(out, x);
    case JV_KIND_INVALID:
    case JV_KIND_NULL:
      out.literal("null");
      break;
  }
  return out.ok();
}

std::string message_of(const value& error) {
  value message(jv_invalid_get_msg(error.share()));
  if (message.kind() == JV_KIND_STRING)
    return std::string(text_of(message));
  json_out out(4096);
  return write(out, message) ? out.text() : "an error that is no text";
}

/// A compiled program and its jq state.
class program {
 public:
  explicit program(const std::string& source) {
    compile(source);
    if (compiled_)
      return;
    // It may be written for a newer jq; if not, the complaint about it as it is
    // counts.
    auto older = as_jq_16(source);
    if (older == source)
      return;
    auto complaint = complaint_;
    compile(older);
    if (!compiled_)
      complaint_ = std::move(complaint);
  }
  program(const program&) = delete;
  program& operator=(const program&) = delete;
  ~program() {
    if (state_)
      jq_teardown(&state_);
  }

  bool compiled() const { return compiled_; }
  /// jq's message about the compilation.
  std::string complaint() const {
    return complaint_.empty() ? "the filter cannot be compiled" : complaint_;
  }
  jq_state* state() { return state_; }

 private:
  void compile(const std::string& source) {
    if (state_)
      jq_teardown(&state_);
    complaint_.clear();
    state_ = jq_init();
    if (!state_)
      return;
    jq_set_error_cb(state_, heard, this);
    // No folder with modules; without these attributes `include` would abort.
    jq_set_attr(state_, jv_string("JQ_LIBRARY_PATH"), jv_array());
    jq_set_attr(state_, jv_string("JQ_ORIGIN"), jv_string("/"));
    jq_set_attr(state_, jv_string("PROGRAM_ORIGIN"), jv_string("/"));
    compiled_ = jq_compile(state_, source.c_str());
  }

  static void heard(void* self, jv message) {
    value text(jq_format_error(message));
    auto& complaint = static_cast<program*>(self)->complaint_;
    if (complaint.empty() && text.kind() == JV_KIND_STRING)
      complaint = text_of(text);
    constexpr std::string_view prefix = "jq: error: ";
    if (complaint.starts_with(prefix))
      complaint.erase(0, prefix.size());
    complaint.erase(complaint.find_last_not_of(" \n") + 1);
  }

  jq_state* state_ = nullptr;
  bool compiled_ = false;
  std::string complaint_;
};

class jq final : public engine {
 public:
  reply run(const request& what, watchdog& guard) override {
    // jq cannot be interrupted: the process ends at the limit.
    guard.arm(std::chrono::milliseconds(what.head.limit_ms), 0ms);
    auto out = evaluate(what);
    guard.disarm();
    return out;
  }

 private:
  reply evaluate(const request& what) {
    if (what.source.find('\0') != what.source.npos)
      return failed("a filter cannot hold a zero byte");
    auto& p = find(std::string(what.source));
    if (!p.compiled()) {
      auto complaint = p.complaint();
      forget(std::string(what.source));
      return failed(std::move(complaint));
    }
    if (what.head.what == evaluators::frame_task::check)
      return {evaluators::frame_status::value, "null"};
    wide_integers wide;
    std::string rewritten;
    auto json = wide.read(what.input, rewritten);
    if (!wide.past_64_bits().empty())
      return failed(past_64_bits(wide));
    value input(jv_parse_sized(json.data(), int(json.size())));
    if (!input.valid())
      return failed(message_of(input));
    jq_start(p.state(), input.share(), 0);
    return collect(p, json_out(what.head.result_bytes_max, &wide));
  }

  static reply collect(program& p, json_out out) {
    out.enter('[');
    for (bool first = true;; first = false) {
      value next(jq_next(p.state()));
      if (!next.valid()) {
        if (jv_invalid_has_msg(next.share()))
          return failed(message_of(next));
        if (auto why = reason_of_halt(p); !why.empty())
          return failed(std::move(why));
        break;
      }
      if (!first)
        out.literal(",");
      if (!write(out, next))
        return failed(out.complaint());
    }
    out.leave(']');
    return {evaluators::frame_status::value, std::move(out.text())};
  }

  /// The argument of `halt_error`; empty: the filter ended normally.
  static std::string reason_of_halt(program& p) {
    if (!jq_halted(p.state()))
      return {};
    value message(jq_get_error_message(p.state()));
    if (message.kind() == JV_KIND_STRING)
      return std::string(text_of(message));
    json_out out(4096);
    return message.valid() && write(out, message) ? out.text() : "";
  }

  program& find(const std::string& source) {
    if (auto it = known_.find(source); it != known_.end()) {
      used_.splice(used_.begin(), used_, it->second);
      return used_.front().second;
    }
    if (used_.size() >= programs_max)
      forget(std::string(used_.back().first));
    used_.emplace_front(std::piecewise_construct, std::forward_as_tuple(source),
                        std::forward_as_tuple(source));
    known_.emplace(used_.front().first, used_.begin());
    return used_.front().second;
  }

  void forget(const std::string& source) {
    auto it = known_.find(source);
    auto place = it->second;
    known_.erase(it);
    used_.erase(place);
  }

  using programs = std::list<std::pair<std::string, program>>;
  programs used_; ///< latest first
  std::unordered_map<std::string_view, programs::iterator> known_;
};

} // namespace jq_detail

std::unique_ptr<engine> make_jq() { return std::make_unique<jq_detail::jq>(); }

} // namespace tutti::evaluator
