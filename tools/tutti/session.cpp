#include "tools/tutti/session.hpp"

namespace tutti::cli {

client& session::api() {
  if (!client_)
    client_ = std::make_unique<client>(tidy_server(server));
  return *client_;
}

} // namespace tutti::cli
