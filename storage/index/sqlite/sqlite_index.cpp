#include "storage/index/sqlite/sqlite_index.hpp"

#include "messages/model/query/fields.hpp"
#include "storage/index/sqlite/query_sql.hpp"
#include "storage/index/sqlite/row_writer.hpp"
#include "storage/index/sqlite/schema.hpp"

#include <condition_variable>
#include <mutex>

namespace tutti::index {

namespace sqlite_index_detail {

namespace fs = std::filesystem;

failure failure_of(const sqlite_error& e, const fs::path& file) {
  using kind = sqlite_error::kind;
  switch (e.what_happened) {
    case kind::damaged:
      return {errc::internal,
              "the search index " + file.string() + " is damaged: " + e.what()};
    case kind::unfit:
      return {errc::internal, "the search index " + file.string()
                                  + " does not fit: " + e.what()};
    case kind::late:
      return {errc::unavailable,
              "the search took longer than index.query_ms_max; ask for less: "
              "name the workflow's type, its status or a range of time"};
    case kind::other:
      break;
  }
  return {errc::unavailable,
          "the search index " + file.string() + " fails: " + e.what()};
}

/// Calls what throws sqlite_error.
template <class T, class Work>
result<T> guarded(const fs::path& file, Work work) {
  try {
    return work();
  } catch (const sqlite_error& e) {
    return failure_of(e, file);
  }
}

void remove_file(const fs::path& x) {
  std::error_code ignored;
  fs::remove(x, ignored);
  fs::remove(x.string() + "-wal", ignored);
  fs::remove(x.string() + "-shm", ignored);
  fs::remove(x.string() + "-journal", ignored);
}

/// Connections that read; whoever finds none free waits.
class reader_connections {
 public:
  void open(const fs::path& file, size_t count, int64_t cache_mib) {
    std::vector<std::unique_ptr<database>> made;
    for (size_t i = 0; i < count; ++i) {
      made.push_back(
          std::make_unique<database>(file.string(), database::access::read));
      set_options(*made.back(), cache_mib);
    }
    std::lock_guard guard{mutex_};
    free_ = std::move(made);
    is_open_ = true;
    ready_.notify_all();
  }
  /// Waits for those in use: a connection that ends later would take the log
  /// of the next file for its own.
  void close() {
    std::unique_lock lock{mutex_};
    is_open_ = false;
    ready_.notify_all();
    ready_.wait(lock, [this] { return in_use_ == 0; });
    free_.clear();
  }

  struct lease {
    reader_connections& of;
    std::unique_ptr<database> held;
    ~lease() { of.give_back(std::move(held)); }
  };
  /// Null: there is no index now.
  std::unique_ptr<lease> take() {
    std::unique_lock lock{mutex_};
    ready_.wait(lock, [this] { return !is_open_ || !free_.empty(); });
    if (!is_open_)
      return nullptr;
    auto one = std::move(free_.back());
    free_.pop_back();
    ++in_use_;
    return std::unique_ptr<lease>(new lease{*this, std::move(one)});
  }

 private:
  void give_back(std::unique_ptr<database> x) {
    std::lock_guard guard{mutex_};
    free_.push_back(std::move(x));
    --in_use_;
    ready_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable ready_;
  std::vector<std::unique_ptr<database>> free_;
  size_t in_use_ = 0;
  bool is_open_ = false;
};

class sqlite_index;

class sqlite_builder final : public builder {
 public:
  sqlite_builder(sqlite_index& of, const fs::path& file);
  ~sqlite_builder() override;

  result<done> add(const std::vector<execution_change>& rows) override;
  result<done> finish(const std::vector<uint64_t>& positions) override;

 private:
  sqlite_index& index_;
  const fs::path file_;
  std::unique_ptr<database> db_;
  std::unique_ptr<row_writer> rows_;
};

class sqlite_index final : public index_store {
 public:
  explicit sqlite_index(sqlite_settings how)
      : how_(std::move(how)), file_(how_.directory / "index.db"),
        new_file_(how_.directory / "index.new") {}

  ~sqlite_index() override {
    close();
    if (how_.temporary) {
      std::error_code ignored;
      fs::remove_all(how_.directory, ignored);
    }
  }

  result<std::optional<std::vector<uint64_t>>> open(uint32_t shards) override {
    using positions = std::optional<std::vector<uint64_t>>;
    identity_ = {schema_version, shards, int64_t(how_.tasks)};
    try {
      fs::create_directories(how_.directory);
    } catch (const fs::filesystem_error& e) {
      return failure{errc::unavailable,
                     std::string("the search index: ") + e.what()};
    }
    remove_file(new_file_);
    if (!fs::exists(file_))
      return positions();
    try {
      open_file();
      if (read_identity(*writer_) == identity_ && is_sound(*writer_)) {
        auto out = read_positions(*writer_, shards);
        serve();
        return positions(std::move(out));
      }
    } catch (const sqlite_error& e) {
      if (e.what_happened == sqlite_error::kind::other)
        return failure_of(e, file_);
    }
    close();
    return positions();
  }

  result<std::vector<std::string>>
  apply(const std::vector<batch>& pages) override {
    if (!writer_)
      return none();
    return guarded<std::vector<std::string>>(
        file_, [&] { return or_roll_back([&] { return write(pages); }); });
  }

  result<done> put(const std::vector<execution_change>& all) override {
    if (!writer_)
      return none();
    auto work = [&] {
      begin_.run();
      for (auto& x : all)
        rows_->apply(x);
      rows_->flush();
      commit_.run();
      return done{};
    };
    return guarded<done>(file_, [&] { return or_roll_back(work); });
  }

  result<hits> find(const search& what) const override {
    return read<hits>(what.patience,
                      [&](const database& in) { return find_in(in, what); });
  }

  result<std::vector<rollup>>
  summarize(const rollup_question& what) const override {
    return read<std::vector<rollup>>(
        std::chrono::milliseconds(60'000),
        [&](const database& in) { return summarize_in(in, what); });
  }

  result<index::figures> count() const override {
    auto counted = [&](const database& in) -> result<index::figures> {
      index::figures out;
      auto rows = in.prepare("SELECT (SELECT count(*) FROM workflow), "
                             "(SELECT count(*) FROM task)");
      if (rows.step()) {
        out.workflows = uint64_t(rows.integer(0));
        out.tasks = uint64_t(rows.integer(1));
      }
      std::error_code ignored;
      auto bytes = fs::file_size(file_, ignored);
      out.bytes = ignored ? 0 : bytes;
      return out;
    };
    return read<index::figures>(std::chrono::milliseconds(10'000), counted);
  }

  result<std::unique_ptr<builder>> rebuild() override {
    return guarded<std::unique_ptr<builder>>(
        new_file_, [&]() -> result<std::unique_ptr<builder>> {
          remove_file(new_file_);
          return std::unique_ptr<builder>(
              std::make_unique<sqlite_builder>(*this, new_file_));
        });
  }

  const index_identity& identity() const { return identity_; }
  const sqlite_settings& settings() const { return how_; }

  /// The file that was built takes the place of the one in use.
  result<done> replace() {
    close();
    remove_file(file_);
    std::error_code error;
    fs::rename(new_file_, file_, error);
    if (error)
      return failure{errc::unavailable, "the search index " + file_.string()
                                            + ": " + error.message()};
    return guarded<done>(file_, [&] {
      open_file();
      serve();
      return done{};
    });
  }

 private:
  static failure none() {
    return {errc::unavailable,
            "the search index is being opened or built; `tutti index status` "
            "shows how far that is"};
  }

  void open_file() {
    writer_
        = std::make_unique<database>(file_.string(), database::access::write);
    set_options(*writer_, how_.cache_mib);
    // What a power failure takes is applied again, because the position goes
    // with it.
    writer_->execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
                     "PRAGMA wal_autocheckpoint=4000");
  }

  void serve() {
    rows_ = std::make_unique<row_writer>(*writer_, how_.tasks);
    begin_ = writer_->prepare("BEGIN IMMEDIATE");
    commit_ = writer_->prepare("COMMIT");
    applied_ = read_positions(*writer_, size_t(identity_.shards));
    readers_.open(file_, how_.readers, how_.cache_mib);
  }

  void close() {
    readers_.close();
    rows_.reset();
    begin_ = statement();
    commit_ = statement();
    writer_.reset();
  }

  std::vector<std::string> write(const std::vector<batch>& pages) {
    std::vector<std::string> unknown;
    auto next = applied_;
    begin_.run();
    for (auto& page : pages) {
      if (page.shard >= next.size() || page.position < next[page.shard])
        continue;
      for (auto& x : page.changes)
        if (!rows_->apply(x))
          unknown.push_back(x.id);
      next[page.shard] = page.position;
      rows_->set_position(page.shard, page.position);
    }
    rows_->flush();
    commit_.run();
    applied_ = std::move(next);
    return unknown;
  }

  template <class Work>
  std::invoke_result_t<Work> or_roll_back(Work work) {
    try {
      return work();
    } catch (...) {
      roll_back();
      throw;
    }
  }

  void roll_back() {
    try {
      writer_->execute("ROLLBACK");
      rows_->forget();
    } catch (const sqlite_error&) {
      // There was no transaction, or the file is broken: the caller learns it.
    }
  }

  template <class T, class Work>
  result<T> read(std::chrono::milliseconds patience, Work work) const {
    auto lease = readers_.take();
    if (!lease)
      return none();
    return guarded<T>(file_, [&]() -> result<T> {
      auto& in = *lease->held;
      in.set_deadline(std::chrono::steady_clock::now() + patience);
      // One moment for page, total and facets.
      in.prepare("BEGIN").run();
      struct end {
        const database& of;
        ~end() {
          of.set_deadline(std::nullopt);
          try {
            of.prepare("ROLLBACK").run();
          } catch (const sqlite_error&) {
            // It ended with the statement that failed.
          }
        }
      } ending{in};
      return work(in);
    });
  }

  static result<hits> find_in(const database& in, const search& what) {
    auto generation = read_generation(in);
    if (auto why = check_cursor(what, generation))
      return *why;
    hits out;
    text_hits texts(in, what.filter);
    auto all = what.subject == query::subject::workflows
                   ? texts.total(what.filter)
                   : std::nullopt;
    if (all) {
      out.total = *all;
    } else {
      auto total = count_sql(what, texts).prepare(in);
      if (total.step())
        out.total = uint64_t(total.integer(0));
    }
    if (what.count > 0 && out.total > 0) {
      auto page = page_sql(what, texts, generation).prepare(in);
      while (page.step()) {
        out.items.push_back({page.text(0), page.text(1)});
        if (what.places)
          out.places.push_back(cursor_after(page, what, generation));
        if (out.items.size() == what.count)
          out.cursor = cursor_after(page, what, generation);
      }
    }
    for (auto facet : what.facets) {
      auto values = facet_sql(what, texts, facet).prepare(in);
      while (values.step())
        out.facets.push_back(
            {facet, shown_value(facet, values), uint64_t(values.integer(1))});
    }
    return out;
  }

  static std::string shown_value(query::field of, const statement& row) {
    if (of == query::field::status)
      return std::string(to_text(workflow_status(row.integer(0))));
    if (of == query::field::task_status)
      return std::string(to_text(task_status(row.integer(0))));
    return row.is_integer(0) ? std::to_string(row.integer(0)) : row.text(0);
  }

  static result<std::vector<rollup>> summarize_in(const database& in,
                                                  const rollup_question& what) {
    std::string sql = "SELECT r.hour, n.text, r.status, r.count, r.total, "
                      "r.sketch FROM rollup r JOIN name n ON n.id = r.type "
                      "WHERE r.hour BETWEEN ? AND ?";
    if (!what.type.empty())
      sql += " AND n.text = ?";
    auto rows = in.prepare(sql);
    rows.with(what.from, what.to);
    if (!what.type.empty())
      rows.bind(3, std::string_view(what.type));
    std::map<std::pair<std::string, int64_t>, std::pair<rollup, sketch>> all;
    while (rows.step()) {
      auto hour = what.by_hour ? rows.integer(0) : 0;
      auto& [line, durations] = all[{rows.text(1), hour}];
      line.hour = hour;
      line.type = rows.text(1);
      auto count = uint64_t(rows.integer(3));
      line.counts[workflow_status(rows.integer(2))] += count;
      line.count += count;
      line.total_ms += rows.integer(4);
      durations.add(sketch::read(rows.text(5)));
      if (all.size() > what.lines_max)
        return failure{errc::too_large,
                       "the summary has more than "
                           + std::to_string(what.lines_max)
                           + " lines (index.rollup_lines_max). Ask for a "
                             "shorter time, for one workflow, or not by hour."};
    }
    std::vector<rollup> out;
    for (auto& [key, line] : all) {
      line.first.p50 = line.second.quantile(0.5);
      line.first.p99 = line.second.quantile(0.99);
      out.push_back(std::move(line.first));
    }
    return out;
  }

  const sqlite_settings how_;
  const fs::path file_, new_file_;
  index_identity identity_;
  std::unique_ptr<database> writer_;
  std::unique_ptr<row_writer> rows_;
  statement begin_, commit_;
  std::vector<uint64_t> applied_;
  mutable reader_connections readers_;
};

sqlite_builder::sqlite_builder(sqlite_index& of, const fs::path& file)
    : index_(of), file_(file),
      db_(std::make_unique<database>(file.string(), database::access::create)) {
  set_options(*db_, of.settings().cache_mib * 4);
  // A file that is not finished is of no use to anybody.
  db_->execute("PRAGMA page_size=8192; PRAGMA journal_mode=OFF; "
               "PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; BEGIN");
  create_tables(*db_, of.identity());
  rows_ = std::make_unique<row_writer>(*db_, of.settings().tasks);
}

sqlite_builder::~sqlite_builder() {
  rows_.reset();
  db_.reset();
  remove_file(file_);
}

result<done> sqlite_builder::add(const std::vector<execution_change>& rows) {
  return guarded<done>(file_, [&] {
    for (auto& x : rows)
      rows_->add(x);
    return done{};
  });
}

result<done> sqlite_builder::finish(const std::vector<uint64_t>& positions) {
  auto built = guarded<done>(file_, [&] {
    rows_->flush();
    create_trees(*db_);
    write_positions(*db_, positions);
    rows_.reset();
    db_->execute("COMMIT; PRAGMA analysis_limit=1000; ANALYZE; "
                 "PRAGMA synchronous=FULL; PRAGMA locking_mode=NORMAL; "
                 "PRAGMA journal_mode=DELETE; PRAGMA user_version=1");
    db_.reset();
    return done{};
  });
  return built ? index_.replace() : built;
}

} // namespace sqlite_index_detail

std::unique_ptr<index_store> make_sqlite_index(sqlite_settings how) {
  return std::make_unique<sqlite_index_detail::sqlite_index>(std::move(how));
}

} // namespace tutti::index
