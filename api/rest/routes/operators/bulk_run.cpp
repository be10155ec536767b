#include "api/rest/routes/operators/bulk_run.hpp"

#include "api/rest/server/text.hpp"
#include "messages/model/codec.hpp"

namespace tutti::rest {

bulk_run::bulk_run(exchange_pointer x, std::vector<std::string> ids,
                   std::vector<step> steps)
    : x_(std::move(x)), ids_(std::move(ids)), steps_(std::move(steps)),
      outcomes_(ids_.size()), left_(ids_.size()) {}

void bulk_run::start() {
  for (size_t i = 0; i < ids_.size(); ++i)
    run(i, 0);
}

void bulk_run::run(size_t item, size_t step) {
  auto then = [self = shared_from_this(), item, step](const failure* why) {
    self->ended(item, step, why);
  };
  steps_[step](ids_[item], x_->context(), std::move(then));
}

void bulk_run::ended(size_t item, size_t step, const failure* why) {
  auto& mine = outcomes_[item];
  if (why)
    mine.error = why->message;
  else
    ++mine.successes;
  if (step + 1 < steps_.size())
    run(item, step + 1);
  else if (left_.fetch_sub(1) == 1)
    x_->reply(json(body()));
}

std::string bulk_run::body() const {
  std::string out = "{\"bulkErrorResults\":{";
  for (size_t i = 0; i < ids_.size(); ++i) {
    if (!outcomes_[i].error)
      continue;
    if (out.back() != '{')
      out += ',';
    write_string(out, ids_[i]);
    out += ':';
    write_string(out, *outcomes_[i].error);
  }
  out += "},\"bulkSuccessfulResults\":[";
  for (size_t i = 0; i < ids_.size(); ++i)
    if (outcomes_[i].successes > 0) {
      if (out.back() != '[')
        out += ',';
      write_string(out, ids_[i]);
    }
  return out + "]}";
}

} // namespace tutti::rest
