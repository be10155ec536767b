#include "tests/reference/coverage.hpp"

namespace tutti::reference {

void count(const model& m, coverage& into) {
  for (auto& w : m.executions) {
    ++into["workflow " + w->status];
    for (auto& t : w->rows) {
      ++into[(is_worker(*t) ? "worker " : t->type + " ") + t->status];
      if (t->where.pass > 1)
        ++into["row of a further pass"];
      if (!t->where.scope.empty())
        ++into["row in a scope: " + t->where.part];
      if (t->type == "GOTO" && t->status == "COMPLETED")
        ++into["jump " + std::to_string(number_at(t->output, "jumps"))];
      if (t->type != "SCOPE")
        continue;
      auto state = text_at(t->output, "state");
      ++into["scope " + state];
      if (!t->where.scope.empty())
        ++into["scope in a scope: " + t->where.part + ", " + state];
      if (t->output.contains("caught"))
        ++into["scope caught " + text_at(t->output["caught"], "status")];
      if (t->output.contains("failure"))
        ++into["scope failed while " + text_at(t->output["failure"], "during")];
      if (t->output.contains("compensated"))
        ++into["scope undid "
               + std::to_string(t->output["compensated"].size())];
    }
  }
}

} // namespace tutti::reference
