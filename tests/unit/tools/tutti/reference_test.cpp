#include "tools/tutti/reference.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

using namespace tutti::cli;

TEST_CASE("the program holds every page of the reference, byte for byte") {
  std::filesystem::path root = TUTTI_SOURCE_DIR "/api/reference";
  size_t files = 0;
  for (auto& entry : std::filesystem::recursive_directory_iterator(root))
    files += entry.path().extension() == ".md";
  CHECK(reference_pages().size() == files);
  for (auto& page : reference_pages()) {
    CAPTURE(std::string(page.path));
    std::ifstream in(root / page.path, std::ios::binary);
    std::string text(std::istreambuf_iterator<char>(in), {});
    CHECK(page.text == text);
  }
}

TEST_CASE("every page has a topic of its own and a title") {
  std::set<std::string_view> topics;
  for (auto& page : reference_pages()) {
    CHECK(topics.insert(page.topic()).second);
    CHECK(!page.title().empty());
  }
  CHECK(topics.contains("reference"));
  CHECK(topics.contains("join"));
}

TEST_CASE("a topic is found as definitions, headings and files spell it") {
  CHECK(topic_word("FORK_JOIN_DYNAMIC") == "fork-join-dynamic");
  CHECK(topic_word("Fork join dynamic") == "fork-join-dynamic");
  CHECK(topic_word("fork-join-dynamic") == "fork-join-dynamic");
}

TEST_CASE("a section ends where the next heading of its level begins") {
  constexpr std::string_view page = "# A\n\none\n\n## B c\n\ntwo\n\n### D\n\n"
                                    "three\n\n```sh\n# no heading\n```\n\n"
                                    "## kafka_tasks\n\nfour\n";
  CHECK(section_of(page, "b-c")
        == "## B c\n\ntwo\n\n### D\n\nthree\n\n```sh\n# no heading\n```\n\n");
  CHECK(section_of(page, "d")
        == "### D\n\nthree\n\n```sh\n# no heading\n```\n\n");
  CHECK(section_of(page, "kafka_tasks") == "## kafka_tasks\n\nfour\n");
  CHECK(section_of(page, "a") == page);
  CHECK(section_of(page, "no-heading").empty());
  CHECK(anchors_of(page)
        == std::vector<std::string>{"a", "b-c", "d", "kafka_tasks"});
}
