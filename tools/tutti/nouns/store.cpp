#include "tools/tutti/nouns/store.hpp"

#include "storage/copy/copy.hpp"
#include "storage/postgres/schema.hpp"
#include "tools/tutti/session.hpp"
#include "tools/tutti/stores/store_location.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace tutti::cli {

using nlohmann::json;

namespace store_detail {

struct options {
  std::string store, from, to, against;
  uint32_t shards = 16;
};

/// What to try after a store could not be used.
constexpr const char* next_step
    = "stop its node; `tutti docs storage` describes stores";

json row_of(uint32_t shard, const storage::digest& x) {
  return {{"shard", shard},
          {"rows", x.rows()},
          {"bytes", x.bytes()},
          {"digest", x.text()}};
}

view shards() {
  view out{{number_column("SHARD", "shard"), number_column("ROWS", "rows"),
            number_column("BYTES", "bytes"), text_column("DIGEST", "digest")},
           "digest"};
  out.none = "the store has no shards";
  return out;
}

view outcome() {
  return {{text_column("STORE", "store"), text_column("RESULT", "result")},
          "store"};
}

int init(session& s, const options& o) {
  auto at = read_store_location(o.store);
  if (!at)
    return misused(at.failure().message, "tutti store init --help");
  auto made = make_tables(*at, o.shards);
  if (!made)
    return failed(made.failure(), next_step);
  return s.show(json::array({{{"store", at->text()},
                              {"shards", o.shards},
                              {"result", *made ? "made" : "is there"}}}),
                outcome());
}

int upgrade(session& s, const options& o) {
  auto at = read_store_location(o.store);
  if (!at)
    return misused(at.failure().message, "tutti store upgrade --help");
  auto was = upgrade_tables(*at);
  if (!was)
    return failed(was.failure(), next_step);
  auto now = storage::postgres::schema_version;
  return s.show(
      json::array({{{"store", at->text()},
                    {"from", *was},
                    {"version", now},
                    {"result", *was == now ? "is up to date" : "upgraded"}}}),
      outcome());
}

result<json> digests(const std::string& of) {
  auto at = read_store_location(of);
  if (!at)
    return at.failure();
  auto opened = open_store(*at);
  if (!opened)
    return opened.failure();
  auto out = json::array();
  for (uint32_t i = 0; i < opened->source->shards(); ++i) {
    auto x = storage::digest_of(*opened->source, i);
    if (!x)
      return x.failure();
    out.push_back(row_of(i, *x));
  }
  return out;
}

int verify(session& s, const options& o) {
  auto found = digests(o.store);
  if (!found)
    return failed(found.failure(), next_step);
  if (auto code = s.show(*found, shards());
      code != exit_done || o.against.empty())
    return code;
  auto other = digests(o.against);
  if (!other)
    return failed(other.failure(), next_step);
  if (*found == *other) {
    note("both stores hold the same rows");
    return exit_done;
  }
  std::string where;
  for (size_t i = 0; i < std::max(found->size(), other->size()); ++i)
    if (i >= found->size() || i >= other->size() || (*found)[i] != (*other)[i])
      where += (where.empty() ? "" : ", ") + std::to_string(i);
  return failed(exit_conflict, "the stores differ in the shards " + where,
                "copy again into an empty store");
}

int copy(session& s, const options& o) {
  auto from = read_store_location(o.from), to = read_store_location(o.to);
  if (!from || !to)
    return misused((from ? to : from).failure().message,
                   "tutti store copy --help");
  auto source = open_store(*from);
  if (!source)
    return failed(source.failure(), next_step);
  auto target = open_or_make_store(*to, source->source->shards());
  if (!target)
    return failed(target.failure(), next_step);
  auto copied = json::array();
  uint64_t rows = 0;
  auto told = [&](uint32_t shard, const storage::digest& x) {
    copied.push_back(row_of(shard, x));
    rows += x.rows();
  };
  auto x = storage::copy_store(*source->source, *target->target,
                               *target->source, told);
  if (!x)
    return failed(x.failure(), "empty the target, then copy again");
  auto code = s.show(copied, shards());
  note(std::to_string(rows) + " rows were copied from " + from->text() + " to "
       + to->text() + " and read back");
  return code;
}

} // namespace store_detail

void add_store(CLI::App& app, session& s) {
  using namespace store_detail;
  auto* noun = app.add_subcommand(
      "store", "makes, checks and copies stores while their nodes are stopped");
  noun->require_subcommand(1);
  auto o = std::make_shared<options>();
  auto add = [&](const char* name, const char* help,
                 std::initializer_list<const char*> lines, auto run) {
    auto* verb = noun->add_subcommand(name, help);
    examples(verb, lines);
    verb->callback([=, &s] { s.exit_code = run(s, *o); });
    return verb;
  };
  auto* verb = add("init", "make the tables of a store in PostgreSQL",
                   {"tutti store init postgresql://tutti@db/tutti"}, init);
  verb->add_option("store", o->store, "postgresql://...")->required();
  verb->add_option("--shards", o->shards, "their number is fixed then")
      ->check(CLI::Range(1, 1024));
  verb = add("upgrade", "bring its tables up to this version",
             {"tutti store upgrade postgresql://tutti@db/tutti"}, upgrade);
  verb->add_option("store", o->store, "postgresql://...")->required();
  verb = add("verify", "what each shard holds: rows, bytes, digest",
             {"tutti store verify rocksdb:data",
              "tutti store verify rocksdb:data --against "
              "postgresql://tutti@db/tutti"},
             verify);
  verb->add_option("store", o->store, "rocksdb:DIRECTORY or postgresql://...")
      ->required();
  verb->add_option("--against", o->against, "another store to compare with");
  verb = add("copy", "copy a store into an empty one, and compare",
             {"tutti store copy --from rocksdb:data --to "
              "postgresql://tutti@db/tutti"},
             copy);
  verb->add_option("--from", o->from, "rocksdb:DIRECTORY or postgresql://...")
      ->required();
  verb->add_option("--to", o->to, "the same; it is made when it is not there")
      ->required();
}

} // namespace tutti::cli
