#include "tools/tutti/session.hpp"

#include "tools/tutti/output.hpp"

namespace tutti::cli {

client& session::api() {
  if (!client_)
    client_ = std::make_unique<client>(tidy_server(server));
  return *client_;
}

std::string definitions_path(std::initializer_list<std::string_view> segments,
                             bool strict) {
  query_parameters query;
  if (strict)
    query.emplace_back("strict", "true");
  return api_path(segments, query);
}

void note_warnings(session& s) {
  for (auto& x : s.api().take_warnings())
    note("warning: " + x);
}

} // namespace tutti::cli
