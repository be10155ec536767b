#include "actors/engine/inputs/expression/pattern.hpp"

#include "actors/engine/inputs/expression/pattern_syntax.hpp"

#include <optional>

namespace tutti::engine {

namespace pattern_detail {

using namespace pattern_syntax;

constexpr size_t instructions_max = 2000;

struct instruction {
  enum class kind : uint8_t { take, fork, jump, check, accept };
  kind what;
  size_t to = 0;    ///< fork and jump; also the set of `take`
  size_t other = 0; ///< fork
  anchor where = anchor::begin;
};

bool is_word(char32_t c) {
  return (c >= U'0' && c <= U'9') || (c >= U'a' && c <= U'z')
         || (c >= U'A' && c <= U'Z') || c == U'_';
}

bool holds(anchor where, const std::u32string& text, size_t at) {
  bool first = at == 0, last = at == text.size();
  auto word_edge = [&] {
    return (!first && is_word(text[at - 1])) != (!last && is_word(text[at]));
  };
  switch (where) {
    case anchor::begin:
      return first;
    case anchor::end:
      return last;
    case anchor::line_begin:
      return first || text[at - 1] == U'\n';
    case anchor::line_end:
      return last || text[at] == U'\n';
    case anchor::word:
      return word_edge();
    case anchor::not_word:
      return !word_edge();
  }
  return false;
}

} // namespace pattern_detail

struct pattern::machine {
  using instruction = pattern_detail::instruction;
  using node = pattern_syntax::node;

  std::vector<instruction> program;
  std::vector<pattern_syntax::character_set> sets;
  bool ignore_case = false;

  size_t emit(instruction i) {
    program.push_back(i);
    return program.size() - 1;
  }

  /// False when the program would become too long.
  bool add(const node& n) {
    using kind = instruction::kind;
    if (program.size() > pattern_detail::instructions_max)
      return false;
    switch (n.what) {
      case node::kind::empty:
        return true;
      case node::kind::set:
        sets.push_back(n.set);
        emit({kind::take, sets.size() - 1});
        return true;
      case node::kind::assertion:
        emit({kind::check, 0, 0, n.where});
        return true;
      case node::kind::sequence:
        for (auto& part : n.parts)
          if (!add(part))
            return false;
        return true;
      case node::kind::choice:
        return add_choice(n);
      case node::kind::repeat:
        return add_repeat(n);
    }
    return false;
  }

  bool add_choice(const node& n) {
    using kind = instruction::kind;
    std::vector<size_t> ends;
    for (size_t i = 0; i < n.parts.size(); ++i) {
      if (i + 1 == n.parts.size()) {
        if (!add(n.parts[i]))
          return false;
        break;
      }
      auto fork = emit({kind::fork});
      program[fork].to = program.size();
      if (!add(n.parts[i]))
        return false;
      ends.push_back(emit({kind::jump}));
      program[fork].other = program.size();
    }
    for (auto e : ends)
      program[e].to = program.size();
    return true;
  }

  bool add_repeat(const node& n) {
    using kind = instruction::kind;
    auto& part = n.parts.front();
    for (int i = 0; i < n.min; ++i)
      if (!add(part))
        return false;
    std::vector<size_t> skips;
    for (int i = n.min; i < n.max; ++i) {
      skips.push_back(emit({kind::fork}));
      program[skips.back()].to = program.size();
      if (!add(part))
        return false;
    }
    if (n.max < 0) {
      auto fork = emit({kind::fork});
      program[fork].to = program.size();
      if (!add(part))
        return false;
      emit({kind::jump, fork});
      program[fork].other = program.size();
    }
    for (auto s : skips)
      program[s].other = program.size();
    return true;
  }

  /// Instructions waiting for the next character, each at most once.
  struct threads {
    explicit threads(size_t size) : member(size) {}
    std::vector<bool> member;
    std::vector<size_t> list = {};
    void clear() {
      for (auto i : list)
        member[i] = false;
      list.clear();
    }
  };

  void close_over(threads& into, std::vector<size_t>& todo,
                  const std::u32string& text, size_t at) const {
    using kind = instruction::kind;
    while (!todo.empty()) {
      auto i = todo.back();
      todo.pop_back();
      if (into.member[i])
        continue;
      into.member[i] = true;
      into.list.push_back(i);
      auto& op = program[i];
      if (op.what == kind::jump) {
        todo.push_back(op.to);
      } else if (op.what == kind::fork) {
        todo.push_back(op.to);
        todo.push_back(op.other);
      } else if (op.what == kind::check
                 && pattern_detail::holds(op.where, text, at)) {
        todo.push_back(i + 1);
      }
    }
  }

  bool run(const std::u32string& text) const {
    using kind = instruction::kind;
    threads now(program.size()), next(program.size());
    std::vector<size_t> todo{0};
    close_over(now, todo, text, 0);
    for (size_t at = 0; at < text.size() && !now.list.empty(); ++at) {
      for (auto i : now.list)
        if (program[i].what == kind::take
            && sets[program[i].to].holds(text[at], ignore_case))
          todo.push_back(i + 1);
      now.clear();
      close_over(next, todo, text, at + 1);
      std::swap(now, next);
    }
    return !now.list.empty() && now.member[program.size() - 1];
  }
};

result<pattern> pattern::compile(std::string_view text,
                                 std::string_view flags) {
  if (text.size() > pattern_bytes_max)
    return failure{errc::invalid, "a regular expression is longer than "
                                      + std::to_string(pattern_bytes_max)
                                      + " bytes"};
  pattern_syntax::options o;
  for (char f : flags) {
    if (f == 'i')
      o.ignore_case = true;
    else if (f == 's')
      o.dot_takes_all = true;
    else if (f == 'm')
      o.lines = true;
    else if (f != 'u')
      return failure{errc::invalid, "a regular expression has the flag '"
                                        + std::string(1, f)
                                        + "', which is not supported"};
  }
  auto parsed = pattern_syntax::parse(text, o);
  if (!parsed)
    return std::move(parsed).failure();
  auto m = std::make_shared<machine>();
  m->ignore_case = o.ignore_case;
  if (!m->add(*parsed))
    return failure{errc::invalid, "regular expression '" + std::string(text)
                                      + "' repeats too much"};
  m->emit({machine::instruction::kind::accept});
  pattern out;
  out.machine_ = std::move(m);
  return out;
}

bool pattern::matches(std::string_view text) const {
  return machine_ && text.size() <= text_bytes_max
         && machine_->run(pattern_syntax::decode(text));
}

size_t pattern::cost(std::string_view text) const {
  if (!machine_ || text.size() > text_bytes_max)
    return 1;
  return 1 + text.size() * (machine_->program.size() / 8 + 1);
}

} // namespace tutti::engine
