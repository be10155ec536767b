#include "messages/model/payload.hpp"
#include "tools/tutti/definitions/registry.hpp"
#include "tools/tutti/nouns/definition_verbs.hpp"
#include "tools/tutti/nouns/tags.hpp"

#include <CLI/CLI.hpp>

namespace tutti::cli {

using nlohmann::json;

// What operators note on a definition, beside it: tags, and a rate limit of a
// workflow. They hold for all versions of the name.

namespace definition_notes_detail {

/// The path of the API under which the tags of a kind are; empty: it has none.
std::string tags_path(kind x, const std::string& name) {
  if (x == kind::workflow || x == kind::task)
    return api_path(
        {"metadata", x == kind::workflow ? "workflow" : "task", name, "tags"});
  if (x == kind::schedule)
    return api_path({"scheduler", "schedules", name, "tags"});
  return {};
}

int tag(session& s, const std::string& given, std::optional<kind> only,
        const std::vector<std::string>& words, bool replace) {
  auto name = read_definition_name(given);
  if (!name)
    return misused("'" + given + "' is no [KIND/]NAME", "workflow/greet");
  if (only)
    name->which = only;
  auto found = registry(s.api()).find(*name);
  if (!found)
    return failed(found.failure(), "`tutti definition list` shows them");
  auto path = tags_path(found->which, name->name);
  if (path.empty())
    return misused(std::string(facts_of(found->which).plural) + " have no tags",
                   "a workflow, a task definition or a schedule");
  return change_tags(s, path, words, replace,
                     found->which == kind::schedule ? nullptr : "POST");
}

int all_tags(session& s) {
  auto all = s.api().call_json("GET", api_path({"metadata", "tags"}));
  if (!all)
    return failed(all.failure());
  view look{{text_column("KEY", "key"), text_column("VALUE", "value"),
             wide(text_column("TYPE", "type"))},
            "key"};
  look.none = "no definition has a tag: tutti definition tag --help";
  return s.show(*all, look);
}

struct limit_options {
  std::string name, key, policy;
  std::optional<int32_t> concurrent;
  bool remove = false;
};

int limit(session& s, const limit_options& o) {
  auto path = api_path({"metadata", "workflow", o.name, "rate-limit"});
  view look{{text_column("KEY", "rateLimitKey"),
             number_column("CONCURRENT", "concurrentExecLimit"),
             text_column("POLICY", "policy")},
            "rateLimitKey"};
  if (o.remove) {
    auto answer = s.api().call("DELETE", path);
    if (!answer)
      return failed(answer.failure(), "`tutti definition list` shows names");
    return s.show(
        json{{"name", o.name}, {"result", "removed"}},
        {{text_column("NAME", "name"), text_column("RESULT", "result")},
         "name"});
  }
  if (o.concurrent) {
    json body{{"rateLimitKey", o.key}, {"concurrentExecLimit", *o.concurrent}};
    if (!o.policy.empty())
      body["policy"] = o.policy;
    auto answer = s.api().call("PUT", path, to_text(body));
    if (!answer)
      return failed(answer.failure(), "`tutti definition list` shows names");
  }
  auto there = s.api().call_json("GET", path);
  return there ? s.show(*there, look)
               : failed(there.failure(), "--concurrent 10 sets one");
}

} // namespace definition_notes_detail

void add_definition_notes(CLI::App& noun, session& s) {
  using namespace definition_notes_detail;
  auto* verb = noun.add_subcommand("tag", "show or change its tags");
  examples(verb, {"tutti definition tag workflow/greet team=a env-",
                  "tutti definition tag task/say_hello"});
  auto name = std::make_shared<std::string>();
  auto only = std::make_shared<std::optional<kind>>();
  auto words = std::make_shared<std::vector<std::string>>();
  auto replace = std::make_shared<bool>(false);
  s.complete(verb->add_option("NAME", *name, "[KIND/]NAME")->required(),
             definition_names(s));
  add_tag_options(*verb, *words, *replace);
  add_kind_option(*verb, *only);
  verb->callback(
      [=, &s] { s.exit_code = tag(s, *name, *only, *words, *replace); });

  verb = noun.add_subcommand("tags", "every tag that is in use");
  examples(verb, {"tutti definition tags -o name"});
  verb->callback([&s] { s.exit_code = all_tags(s); });

  verb = noun.add_subcommand("rate-limit",
                             "how many executions of a workflow run at a time");
  examples(verb, {"tutti definition rate-limit greet",
                  "tutti definition rate-limit greet --concurrent 10 --key "
                  "'${workflow.input.customer}'",
                  "tutti definition rate-limit greet --remove"});
  auto o = std::make_shared<limit_options>();
  s.complete(verb->add_option("NAME", o->name, "of the workflow")->required(),
             workflow_names(s));
  auto* set = verb->add_option("--concurrent", o->concurrent,
                               "executions at a time, of each key");
  verb->add_option("--key", o->key, "an expression; by default one for all")
      ->needs(set);
  verb->add_option("--policy", o->policy,
                   "what becomes of more: they wait, or are refused")
      ->transform(CLI::IsMember({"QUEUE", "REJECT"}, CLI::ignore_case))
      ->needs(set);
  verb->add_flag("--remove", o->remove, "the definition's own holds again")
      ->excludes(set);
  verb->callback([=, &s] { s.exit_code = limit(s, *o); });
}

} // namespace tutti::cli
