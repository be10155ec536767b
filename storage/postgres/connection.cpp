#include "storage/postgres/connection.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <array>

namespace tutti::storage::postgres {

namespace connection_detail {

constexpr int version_min = 130'000;
constexpr int binary = 1;

/// Messages of the library and the server have several lines.
std::string one_line(std::string_view text) {
  while (!text.empty() && text.back() == '\n')
    text.remove_suffix(1);
  std::string out;
  for (char c : text)
    if (c != '\n')
      out += c;
    else if (!out.ends_with(' '))
      out += "; ";
  return out;
}

using conninfo = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

std::string value_of(const PQconninfoOption* all, std::string_view keyword) {
  for (; all && all->keyword; ++all)
    if (keyword == all->keyword && all->val)
      return all->val;
  return {};
}

/// Answers of the server that no repetition changes, while connecting.
bool is_refusal(std::string_view text) {
  // libpq gives no SQLSTATE for a failed connection.
  constexpr std::array phrases{"password authentication failed",
                               "no password supplied",
                               "no pg_hba.conf entry",
                               "authentication failed for user",
                               "invalid connection option",
                               "invalid port number",
                               "missing \"=\" after"};
  auto has = [&](std::string_view x) { return text.find(x) != text.npos; };
  bool missing
      = (has("database \"") || has("role \"")) && has("\" does not exist");
  return missing || std::ranges::any_of(phrases, has);
}

// The planner knows nothing of tables that were empty when it looked, and every
// statement here is meant for an index. Servers that are no PostgreSQL may not
// know these names.
constexpr const char* hints[] = {"set enable_seqscan = off",
                                 "set enable_bitmapscan = off",
                                 "set enable_hashjoin = off",
                                 "set enable_mergejoin = off",
                                 "set jit = off",
                                 "set plan_cache_mode = force_generic_plan"};

void pass_on(void* to, const PGresult* notice) {
  auto& told = *static_cast<std::function<void(const std::string&)>*>(to);
  const char* severity = PQresultErrorField(notice, PG_DIAG_SEVERITY);
  if (told && severity && std::string_view(severity) == "WARNING")
    told("the database says: " + one_line(PQresultErrorMessage(notice)));
}

std::string version_text(int version) {
  return std::to_string(version / 10'000) + '.'
         + std::to_string(version % 10'000);
}

} // namespace connection_detail

void answer::clear::operator()(pg_result* x) const { PQclear(x); }

int answer::kind() const { return PQresultStatus(result_.get()); }

bool answer::good() const {
  switch (kind()) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
      return true;
    default:
      return false;
  }
}

std::string answer::state() const {
  auto* x = PQresultErrorField(result_.get(), PG_DIAG_SQLSTATE);
  return x ? x : "";
}

std::string answer::why() const {
  auto text = connection_detail::one_line(PQresultErrorMessage(result_.get()));
  return text.empty() ? "the connection was lost" : text;
}

remedy answer::asks_for() const {
  if (good())
    return remedy::none;
  auto code = state();
  auto is = [&](std::string_view begin) { return code.starts_with(begin); };
  // 25006: a standby, or a database that was made read-only. 40003: nobody
  // knows whether it was done.
  if (code.empty() || is("08") || is("57P") || is("25006") || is("40003"))
    return remedy::reconnect;
  if (is("40"))
    return remedy::repeat;
  if (is("57014") || is("53") || is("55P03") || is("58"))
    return remedy::wait;
  return remedy::give_up;
}

int answer::rows() const { return PQntuples(result_.get()); }

bool answer::is_null(int row, int column) const {
  return PQgetisnull(result_.get(), row, column) != 0;
}

std::string_view answer::bytes(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<size_t>(PQgetlength(result_.get(), row, column))};
}

std::string name_of(const std::string& url) {
  using namespace connection_detail;
  conninfo all{PQconninfoParse(url.c_str(), nullptr), &PQconninfoFree};
  auto host = value_of(all.get(), "host");
  auto port = value_of(all.get(), "port");
  if (host.empty())
    host = value_of(all.get(), "hostaddr");
  return "postgresql://" + host + (port.empty() ? "" : ':' + port) + '/'
         + value_of(all.get(), "dbname");
}

void connection::finish::operator()(pg_conn* x) const { PQfinish(x); }

result<connection> connection::open(const std::string& url,
                                    const connect_options& how) {
  using namespace connection_detail;
  connection out;
  out.name_ = name_of(url);
  // An address that libpq cannot read stays wrong however often it is tried.
  char* unread = nullptr;
  auto* parts = PQconninfoParse(url.c_str(), &unread);
  PQconninfoFree(parts);
  if (!parts) {
    auto why = one_line(unread ? unread : "its address cannot be read");
    PQfreemem(unread);
    return failure{errc::invalid,
                   "the database " + out.name_ + " cannot be used: " + why};
  }
  // What the address says overrides what stands before it.
  const char* keywords[]
      = {"connect_timeout",           "keepalives_idle",  "keepalives_interval",
         "keepalives_count",          "tcp_user_timeout", "client_encoding",
         "fallback_application_name", "dbname",           nullptr};
  const char* values[]
      = {"5", "10", "5", "3", "30000", "UTF8", "tutti", url.c_str(), nullptr};
  out.connection_.reset(PQconnectdbParams(keywords, values, 1));
  auto* c = out.connection_.get();
  auto sentence = [&](const std::string& why) {
    return "the database " + out.name_ + " cannot be used: " + why;
  };
  if (PQstatus(c) != CONNECTION_OK) {
    auto why = one_line(PQerrorMessage(c));
    return failure{is_refusal(why) ? errc::invalid : errc::unavailable,
                   sentence(why)};
  }
  if (PQserverVersion(c) < version_min)
    return failure{errc::invalid,
                   sentence("it is version " + version_text(PQserverVersion(c))
                            + ", and a store needs PostgreSQL 13 or later")};
  out.told_
      = std::make_unique<std::function<void(const std::string&)>>(how.told);
  PQsetNoticeReceiver(c, pass_on, out.told_.get());
  for (auto* hint : hints)
    (void)out.run(hint);
  auto set = out.run("set statement_timeout = "
                     + std::to_string(how.statement_timeout.count()));
  if (!set.good())
    return out.failure_of(set);
  return out;
}

answer connection::run(const char* sql) {
  return answer{PQexec(connection_.get(), sql)};
}

answer connection::run(const char* sql, const parameters& with) {
  return answer{PQexecParams(connection_.get(), sql, with.count(), nullptr,
                             with.values(), with.lengths(), with.formats(),
                             connection_detail::binary)};
}

answer connection::prepare(const char* name, const char* sql) {
  return answer{PQprepare(connection_.get(), name, sql, 0, nullptr)};
}

answer connection::run_prepared(const char* name, const parameters& with) {
  return answer{PQexecPrepared(connection_.get(), name, with.count(),
                               with.values(), with.lengths(), with.formats(),
                               connection_detail::binary)};
}

bool connection::alive() const {
  return connection_ && PQstatus(connection_.get()) == CONNECTION_OK;
}

std::string connection::trouble() const {
  auto why = connection_detail::one_line(PQerrorMessage(connection_.get()));
  return why.empty() ? "the connection was lost" : why;
}

failure connection::failure_of(const answer& x) const {
  auto code
      = x.asks_for() == remedy::give_up ? errc::internal : errc::unavailable;
  return {code, "the database " + name_ + ": " + x.why()};
}

} // namespace tutti::storage::postgres
