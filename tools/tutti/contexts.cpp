#include "tools/tutti/contexts.hpp"

#include "messages/model/suggestion.hpp"
#include "tools/tutti/json_input.hpp"
#include "tools/tutti/output.hpp"
#include "tools/tutti/rendering/yaml_text.hpp"
#include "tools/tutti/testing/document.hpp"

#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace tutti::cli {

namespace contexts_detail {

constexpr auto default_server = "http://127.0.0.1:8080";

std::string from_environment(const char* name) {
  auto* value = std::getenv(name);
  return value ? value : "";
}

failure system_failure(const std::string& path) {
  return {errc::invalid, path + ": " + std::strerror(errno)};
}

/// Writes and syncs; the file is new, and its owner's alone.
bool write_new(const std::string& path, const std::string& text) {
  int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0)
    return false;
  size_t written = 0;
  while (written < text.size()) {
    auto n = ::write(file, text.data() + written, text.size() - written);
    if (n < 0 && errno != EINTR)
      break;
    written += n > 0 ? static_cast<size_t>(n) : 0;
  }
  bool good = written == text.size() && fsync(file) == 0;
  return close(file) == 0 && good;
}

} // namespace contexts_detail

std::string context_path() {
  using contexts_detail::from_environment;
  if (auto own = from_environment("TUTTI_CONFIG"); !own.empty())
    return own;
  if (auto base = from_environment("XDG_CONFIG_HOME"); !base.empty())
    return base + "/tutti/config.yaml";
  auto home = from_environment("HOME");
  return home.empty() ? "" : home + "/.config/tutti/config.yaml";
}

result<context_file> read_contexts(const std::string& path) {
  std::error_code ignored;
  if (path.empty() || !std::filesystem::exists(path, ignored))
    return context_file{};
  auto file = document::read(path);
  if (!file)
    return file.failure();
  auto& value = file->value();
  if (value.is_null())
    return context_file{};
  if (!value.is_object())
    return file->wrong("", "neither 'current' nor 'contexts' is in it");
  context_file out;
  for (auto& [key, inner] : value.items())
    if (key != "current" && key != "contexts")
      return file->wrong(pointer_step(key), "unknown key '" + key + "'");
  out.current = text_at(value, "current");
  auto all = value.find("contexts");
  if (all == value.end() || all->is_null())
    return out;
  if (!all->is_object())
    return file->wrong("/contexts", "'contexts' is no map of names");
  for (auto& [name, inner] : all->items()) {
    auto at = "/contexts" + pointer_step(name);
    if (text_at(inner, "server").empty())
      return file->wrong(at, "context '" + name + "' has no 'server'");
    for (auto& [key, ignored_value] : inner.items())
      if (key != "server" && key != "key")
        return file->wrong(at + pointer_step(key),
                           "unknown key '" + key + "' in a context");
    out.contexts[name] = {text_at(inner, "server"), text_at(inner, "key")};
  }
  return out;
}

result<done> write_contexts(const std::string& path, const context_file& what) {
  using contexts_detail::system_failure;
  if (path.empty())
    return failure{errc::invalid, "there is no home to keep contexts in: set "
                                  "TUTTI_CONFIG to a file"};
  nlohmann::json out{{"contexts", nlohmann::json::object()}};
  if (!what.current.empty())
    out["current"] = what.current;
  for (auto& [name, x] : what.contexts) {
    out["contexts"][name] = {{"server", x.server}};
    if (!x.key.empty())
      out["contexts"][name]["key"] = x.key;
  }
  std::error_code why;
  auto folder = std::filesystem::path(path).parent_path();
  if (!folder.empty())
    std::filesystem::create_directories(folder, why);
  if (why)
    return failure{errc::invalid, folder.string() + ": " + why.message()};
  // A reader sees the old file or the new one.
  auto fresh = path + "." + std::to_string(getpid());
  if (!contexts_detail::write_new(fresh, yaml_text(out))) {
    auto failed = system_failure(fresh);
    unlink(fresh.c_str());
    return failed;
  }
  if (rename(fresh.c_str(), path.c_str()) != 0)
    return system_failure(path);
  return done{};
}

result<server_context> choose_server(const server_choice& given,
                                     const std::string& path) {
  if (!given.server.empty())
    return server_context{given.server, given.key};
  auto known = read_contexts(path);
  if (!known)
    return known.failure();
  auto name = given.context.empty() ? known->current : given.context;
  if (name.empty())
    return server_context{contexts_detail::default_server, given.key};
  auto i = known->contexts.find(name);
  if (i == known->contexts.end()) {
    std::vector<std::string> names;
    for (auto& [one, x] : known->contexts)
      names.push_back(one);
    auto meant = std::string(closest(name, names));
    return failure{
        errc::not_found,
        "there is no context '" + name + "'"
            + (meant.empty() ? "" : "; did you mean '" + meant + "'?")};
  }
  auto out = i->second;
  if (!given.key.empty())
    out.key = given.key;
  return out;
}

} // namespace tutti::cli
