#include "tests/conformance/report.hpp"

#include <ostream>

namespace tutti::conformance {

namespace {

constexpr int cases_of_contract = 206;

struct counts {
  std::vector<int> passed;
  std::vector<int> partly;
  std::vector<int> failed;
  std::vector<int> beyond; ///< hold, but are not of the contract
  std::vector<int> later;  ///< wait for a part that is not there yet
};

counts counted(const std::vector<test_case>& cases, const results& found) {
  counts out;
  for (const auto& one : cases) {
    const auto at = found.find(one.number);
    if (!one.later.empty())
      out.later.push_back(one.number);
    if (at == found.end())
      continue;
    if (!at->second.empty())
      out.failed.push_back(one.number);
    else if (one.number > cases_of_contract)
      out.beyond.push_back(one.number);
    else if (!one.partial.empty())
      out.partly.push_back(one.number);
    else
      out.passed.push_back(one.number);
  }
  return out;
}

std::string escaped(std::string text) {
  for (size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2)
    text.insert(at, "\\");
  return text;
}

} // namespace

std::string ranges(const std::vector<int>& numbers) {
  std::string out;
  for (size_t i = 0; i < numbers.size();) {
    size_t last = i;
    while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1)
      ++last;
    out += (out.empty() ? "" : " ") + std::to_string(numbers[i]);
    if (last > i)
      out += "-" + std::to_string(numbers[last]);
    i = last + 1;
  }
  return out;
}

void print_summary(std::ostream& out, const std::vector<test_case>& cases,
                   const results& found) {
  const auto all = counted(cases, found);
  out << "conformance: " << all.passed.size() << " passed, "
      << all.failed.size() << " failed";
  if (!all.partly.empty())
    out << ", " << all.partly.size() << " hold in part (not counted)";
  if (!all.beyond.empty())
    out << ", " << all.beyond.size() << " hold beyond the contract";
  out << "\n  passed: " << ranges(all.passed) << '\n';
  if (!all.beyond.empty())
    out << "  beyond: " << ranges(all.beyond) << '\n';
  if (!all.failed.empty())
    out << "  failed: " << ranges(all.failed) << '\n';
  if (!all.partly.empty())
    out << "  in part: " << ranges(all.partly) << '\n';
  if (!all.later.empty())
    out << "  later: " << ranges(all.later) << '\n';
}

void write_table(std::ostream& out, const std::vector<test_case>& cases,
                 const results& found) {
  const auto all = counted(cases, found);
  out << "# Conformance cases\n\n"
         "What Tutti shares with Conductor, case by case, run over REST "
         "against a real\nnode with a test clock. The numbers are those of the "
         "engine's contract ("
      << cases_of_contract
      << "\ncases). How to read and write a case: [cases/README.md](cases/"
         "README.md).\n\n"
         "This table is written by `conformance_tests --table "
         "tests/conformance/CASES.md`.\n\n"
      << "**" << all.passed.size() << " hold**, " << all.failed.size()
      << " do not, " << all.partly.size()
      << " hold in the part that is written down (not counted), "
      << all.later.size() << " wait for\na part that is not there yet. "
      << all.beyond.size()
      << " more, from 1001 on, are about what Tutti adds.\n\n"
         "| case | section | what | file | status |\n|---|---|---|---|---|\n";
  for (const auto& one : cases) {
    const auto at = found.find(one.number);
    std::string status
        = one.later.empty() ? "not run" : "later: " + escaped(one.later);
    if (at != found.end())
      status = !at->second.empty()   ? "**fails**"
               : one.partial.empty() ? "holds"
                                     : "holds in part: " + escaped(one.partial);
    if (!one.note.empty())
      status += " (" + escaped(one.note) + ")";
    out << "| " << one.number << " | " << one.section.substr(0, 1) << " | "
        << escaped(one.title) << " | [" << one.file << "](cases/" << one.file
        << ") | " << status << " |\n";
  }
}

} // namespace tutti::conformance
