#include "tools/tutti/definitions/source.hpp"

#include "tools/tutti/json_input.hpp"
#include "tools/tutti/output.hpp"

#include <algorithm>
#include <filesystem>

namespace tutti::cli {

using nlohmann::json;
namespace files = std::filesystem;

namespace source_detail {

constexpr size_t folder_files_max = 100'000;

bool is_definition_file(const files::path& path) {
  auto name = path.filename().string();
  auto ending = path.extension().string();
  if (name.starts_with('.')
      || (ending != ".json" && ending != ".yaml" && ending != ".yml"))
    return false;
  // tutti workflow test
  return !name.ends_with(".test.yaml") && !name.ends_with(".test.yml");
}

result<std::vector<std::string>> files_below(const std::string& folder) {
  std::vector<std::string> out;
  std::error_code why;
  for (files::recursive_directory_iterator i(folder, why), end;
       !why && i != end; i.increment(why)) {
    if (i->path().filename().string().starts_with('.')) {
      i.disable_recursion_pending();
      continue;
    }
    if (i->is_regular_file(why) && is_definition_file(i->path()))
      out.push_back(i->path().string());
    if (out.size() > folder_files_max)
      return failure{errc::too_many, folder + " holds too many files"};
  }
  if (why)
    return failure{errc::not_found, folder + ": " + why.message()};
  std::ranges::sort(out);
  if (out.empty())
    return failure{errc::not_found,
                   "the folder " + folder
                       + " holds no *.json, *.yaml or *.yml file"};
  return out;
}

class collector {
 public:
  collector(std::shared_ptr<const document> in, const source_options& how)
      : in_(std::move(in)), how_(how) {}

  std::vector<definition> out;

  result<done> add(const json& value, const std::string& pointer,
                   std::optional<kind> known = {}) {
    if (value.is_array()) {
      for (size_t i = 0; i < value.size(); ++i)
        if (auto ok = add(value[i], pointer + "/" + std::to_string(i), known);
            !ok)
          return ok;
      return done{};
    }
    if (!value.is_object())
      return in_->wrong(pointer, "a definition is an object, this is "
                                     + std::string(value.type_name()));
    if (!known && pointer.empty() && is_bundle(value))
      return add_bundle(value);
    auto which = known ? known : likely_kind(value);
    if (!which)
      which = how_.only;
    if (!which)
      return in_->wrong(pointer,
                        "'" + text_at(value, "name")
                            + "' may be anything: say which with --kind ("
                            + kind_words() + ")");
    if (how_.only && *which != *how_.only) {
      auto why = in_->wrong(
          pointer, "'" + text_at(value, "name") + "' is the definition of a "
                       + std::string(facts_of(*which).word) + ", not of a "
                       + std::string(facts_of(*how_.only).word));
      why.code = errc::conflict;
      return why;
    }
    if (text_at(value, "name").empty())
      return in_->wrong(pointer, "a definition needs a 'name'");
    out.push_back({*which, value, in_, pointer});
    return done{};
  }

 private:
  static bool is_bundle(const json& value) {
    if (value.contains("name"))
      return false;
    for (auto& x : all_kinds())
      for (auto member : x.members)
        if (auto i = value.find(member); i != value.end() && i->is_array())
          return true;
    return false;
  }

  result<done> add_bundle(const json& value) {
    for (auto& x : all_kinds())
      for (auto member : x.members)
        if (auto i = value.find(member); i != value.end())
          if (auto ok = add(*i, "/" + std::string(member), x.which); !ok)
            return ok;
    return done{};
  }

  std::shared_ptr<const document> in_;
  const source_options& how_;
};

} // namespace source_detail

result<std::vector<definition>> definitions_in(std::string_view text,
                                               const std::string& file,
                                               const source_options& how) {
  auto documents = document::parse_all(text, file);
  if (!documents)
    return documents.failure();
  std::vector<definition> out;
  for (auto& one : *documents) {
    auto in = std::make_shared<const document>(std::move(one));
    source_detail::collector found(in, how);
    if (auto ok = found.add(in->value(), ""); !ok)
      return ok.failure();
    std::ranges::move(found.out, std::back_inserter(out));
  }
  return out;
}

result<std::vector<definition>>
read_definitions(const std::vector<std::string>& sources,
                 const source_options& how) {
  std::vector<definition> out;
  auto take = [&](const std::string& file) -> result<done> {
    auto text = read_source(file);
    if (!text)
      return failure{errc::not_found, text.failure().message};
    auto found = definitions_in(*text, file == "-" ? "stdin" : file, how);
    if (!found)
      return found.failure();
    std::ranges::move(*found, std::back_inserter(out));
    return done{};
  };
  for (auto& source : sources) {
    std::error_code ignored;
    auto names = source != "-" && files::is_directory(source, ignored)
                     ? source_detail::files_below(source)
                     : result<std::vector<std::string>>(std::vector{source});
    if (!names)
      return names.failure();
    for (auto& file : *names)
      if (auto ok = take(file); !ok)
        return ok.failure();
  }
  if (out.empty())
    return failure{errc::invalid, "there is no definition in it"};
  return out;
}

} // namespace tutti::cli
