#include "tools/tutti/definitions/plan.hpp"

#include "tools/tutti/definitions/difference.hpp"
#include "tools/tutti/output.hpp"

#include <algorithm>
#include <map>

namespace tutti::cli {

using nlohmann::json;

namespace plan_detail {

/// From here on one list costs less than a request for each.
constexpr size_t single_reads_max = 20;

/// What operators change beside the file stays as it is when the file does not
/// speak of it: a deployment does not resume what somebody has paused.
void keep_operators_fields(json& wanted, const json& there) {
  for (auto* member : {"paused", "pausedReason", "tags"})
    if (auto i = there.find(member);
        i != there.end() && !wanted.contains(member))
      wanted[member] = *i;
}

result<done> compare(registry& target, planned& x) {
  auto name = x.what.name();
  auto there = target.get(x.what.which, name.name, name.version);
  if (there && x.what.which == kind::schedule && x.what.value.is_object())
    keep_operators_fields(x.what.value, there->value);
  auto wanted = canonical(x.what);
  if (!wanted) {
    x.is = verdict::refused;
    x.why = wanted.failure();
    return done{};
  }
  if (!there && there.failure().code == errc::not_found) {
    x.is = verdict::fresh;
    return done{};
  }
  if (!there)
    return there.failure();
  auto now = canonical(*there);
  x.changes
      = as_json(differences(now ? *now : without_audit(there->value), *wanted));
  x.is = x.changes.empty() ? verdict::unchanged : verdict::changed;
  return done{};
}

/// Twice the same thing: which of them is meant?
void refuse_twins(std::vector<planned>& plan) {
  std::map<std::string, const planned*> seen;
  for (auto& x : plan) {
    auto [i, is_first] = seen.try_emplace(text_of(x.what.name()), &x);
    if (is_first)
      continue;
    x.is = verdict::refused;
    x.why = {errc::invalid, "it is there twice, first at "
                                + i->second->what.place() + i->first};
  }
}

json reason_of(const planned& x) {
  auto out = json::array();
  if (x.why.violations.empty()) {
    auto place = x.what.place();
    out.push_back(place + x.why.message);
  }
  for (auto& v : x.why.violations)
    out.push_back(x.what.place(pointer_of(v.path))
                  + (v.path.empty() ? "" : v.path + ": ") + v.message);
  return out;
}

tone tone_of_verdict(const std::string& word) {
  if (word == "new")
    return tone::good;
  if (word == "changed")
    return tone::busy;
  return word == "unchanged" ? tone::dim : tone::bad;
}

} // namespace plan_detail

std::string_view word_of(verdict x) {
  switch (x) {
    case verdict::fresh:
      return "new";
    case verdict::changed:
      return "changed";
    case verdict::unchanged:
      return "unchanged";
    case verdict::refused:
      return "refused";
    case verdict::held_back:
      return "held back";
  }
  return "";
}

result<std::vector<planned>> make_plan(registry& target,
                                       std::vector<definition> wanted,
                                       const plan_options& how,
                                       const progress_callback& progress) {
  std::ranges::stable_sort(wanted, {}, &definition::which);
  std::map<kind, size_t> count;
  for (auto& x : wanted)
    ++count[x.which];
  std::vector<planned> out;
  std::map<kind, bool> has;
  for (auto& [which, n] : count) {
    // Only these may be missing on a server.
    bool optional = which == kind::event_handler || which == kind::schedule;
    if (optional) {
      auto known = target.has(which);
      if (!known)
        return known.failure();
      has[which] = *known;
    }
    if (n > plan_detail::single_reads_max)
      if (auto read = target.read_all(which); !read)
        return read.failure();
  }
  for (auto& x : wanted) {
    planned one{std::move(x)};
    auto i = has.find(one.what.which);
    if (i != has.end() && !i->second) {
      one.is = verdict::refused;
      one.why = {errc::not_found,
                 "the server has no "
                     + std::string(facts_of(one.what.which).plural)};
    } else if (auto ok = plan_detail::compare(target, one); !ok) {
      return ok.failure();
    }
    one.unknown = unknown_fields(one.what);
    if (how.strict && !one.unknown.empty() && one.is != verdict::refused) {
      one.is = verdict::refused;
      one.why = {errc::invalid, "it has fields that nobody knows", one.unknown};
      one.unknown.clear();
    }
    if (how.check && (one.is == verdict::fresh || one.is == verdict::changed))
      if (auto ok = target.check(one.what, how.strict); !ok) {
        if (is_silence(ok.failure().code)
            || ok.failure().code == errc::illegal_state)
          return ok.failure();
        one.is = verdict::refused;
        one.why = ok.failure();
      }
    out.push_back(std::move(one));
    if (progress)
      progress(out.size());
  }
  plan_detail::refuse_twins(out);
  return out;
}

result<done> carry_out(registry& target, std::vector<planned>& plan,
                       bool strict, const progress_callback& progress,
                       const std::function<bool()>& proceed) {
  size_t done_count = 0;
  bool stopped = false;
  for (auto& x : plan) {
    ++done_count;
    if (x.is != verdict::fresh && x.is != verdict::changed)
      continue;
    stopped = stopped || (proceed && !proceed());
    if (stopped) {
      x.is = verdict::held_back;
      continue;
    }
    if (auto ok = target.put(x.what, strict); !ok) {
      x.is = verdict::refused;
      x.why = ok.failure();
      if (is_silence(x.why.code))
        stopped = true;
    }
    if (progress)
      progress(done_count);
  }
  return done{};
}

json rows_of(const std::vector<planned>& plan) {
  auto out = json::array();
  for (auto& x : plan) {
    auto name = x.what.name();
    json row{{"kind", facts_of(x.what.which).word},
             {"name", name.name},
             {"result", word_of(x.is)}};
    if (name.version)
      row["version"] = *name.version;
    if (x.is == verdict::changed)
      row["changes"] = x.changes;
    if (x.is == verdict::refused)
      row["reason"] = plan_detail::reason_of(x);
    if (x.what.in)
      row["file"] = x.what.in->file();
    out.push_back(std::move(row));
  }
  return out;
}

view plan_view() {
  view rows;
  rows.columns
      = {text_column("KIND", "kind"),
         text_column("NAME", "name"),
         number_column("VERSION", "version"),
         made_column("RESULT",
                     [](const json& x) -> cell {
                       auto word = text_at(x, "result");
                       return {word, plan_detail::tone_of_verdict(word)};
                     }),
         wide(text_column("FILE", "file")),
         wide(value_column("REASON", "reason"))};
  rows.name = [](const json& x) {
    definition_name name{kind_of_word(text_at(x, "kind")), text_at(x, "name"),
                         std::nullopt};
    if (x.contains("version"))
      name.version = x.at("version").get<int32_t>();
    return text_of(name);
  };
  auto out = rows;
  // The table, then what changed and why something was refused.
  out.detail = [rows](const json& all, const canvas& on) {
    auto text = render(all, rows, on);
    for (auto& x : all) {
      std::string block;
      for (auto& change : x.value("changes", json::array()))
        block += "  " + line_of(change) + '\n';
      for (auto& reason : x.value("reason", json::array()))
        block += "  " + reason.get<std::string>() + '\n';
      if (!block.empty())
        text += '\n' + rows.name(x) + ' ' + text_at(x, "result") + '\n' + block;
    }
    return text;
  };
  return out;
}

std::string summary_of(const std::vector<planned>& plan) {
  std::map<verdict, size_t> count;
  for (auto& x : plan)
    ++count[x.is];
  std::string out;
  for (auto& [is, n] : count)
    out += (out.empty() ? "" : ", ") + std::to_string(n) + ' '
           + std::string(word_of(is));
  return out;
}

std::vector<std::string> warnings_of(const std::vector<planned>& plan) {
  std::vector<std::string> out;
  for (auto& x : plan)
    for (auto& v : x.unknown)
      out.push_back(x.what.place(pointer_of(v.path))
                    + (v.path.empty() ? "" : v.path + ": ") + v.message);
  return out;
}

int exit_code_of(const std::vector<planned>& plan) {
  exit_tally tally;
  for (auto& x : plan)
    if (x.is == verdict::refused)
      tally.add(cli::exit_code_of(x.why.code));
    else if (x.is == verdict::fresh || x.is == verdict::changed)
      tally.add(exit_done);
  return tally.exit_code();
}

} // namespace tutti::cli
