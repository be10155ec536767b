#include "storage/rocksdb/log_check.hpp"

#include "storage/rocksdb/crc32c.hpp"

#include <sys/mman.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>

namespace tutti::storage {

namespace log_check_detail {

constexpr uint64_t block = 32 << 10, header = 7;
/// Sequence number and count of a batch.
constexpr size_t record_bytes_min = 12;

uint32_t number_at(std::string_view bytes) {
  auto at = [&](size_t i) { return uint32_t(uint8_t(bytes[i])); };
  return at(0) | at(1) << 8 | at(2) << 16 | at(3) << 24;
}

/// RocksDB stores checksums rotated, because it computes some of checksums.
uint32_t unmasked(uint32_t x) {
  x -= 0xa282ead8;
  return (x >> 17) | (x << 15);
}

/// A file in memory, read only.
class mapped_file {
 public:
  static result<std::unique_ptr<mapped_file>> open(const std::string& path) {
    int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat what {};
    if (file < 0 || fstat(file, &what) != 0)
      return refuse(path, file);
    auto size = size_t(what.st_size);
    void* at = size == 0 ? nullptr
                         : mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
    if (at == MAP_FAILED)
      return refuse(path, file);
    close(file);
    return std::unique_ptr<mapped_file>(new mapped_file(at, size));
  }
  ~mapped_file() {
    if (at_)
      munmap(at_, size_);
  }
  mapped_file(const mapped_file&) = delete;
  mapped_file& operator=(const mapped_file&) = delete;

  std::string_view bytes() const {
    return {static_cast<const char*>(at_), size_};
  }

 private:
  mapped_file(void* at, size_t size) : at_(at), size_(size) {}

  static failure refuse(const std::string& path, int file) {
    auto why = std::generic_category().message(errno);
    if (file >= 0)
      close(file);
    return {errc::unavailable, path + " cannot be read: " + why};
  }

  void* at_;
  size_t size_;
};

} // namespace log_check_detail

std::optional<log_reader::fragment> log_reader::read(uint64_t at) const {
  auto end_of_block = std::min<uint64_t>((at / log_check_detail::block + 1)
                                             * log_check_detail::block,
                                         bytes_.size());
  if (at + log_check_detail::header > end_of_block)
    return std::nullopt;
  auto what = uint8_t(bytes_[at + 6]);
  uint64_t length = uint8_t(bytes_[at + 4]) | uint8_t(bytes_[at + 5]) << 8;
  auto end = at + log_check_detail::header + length;
  if (what < uint8_t(type::full) || what > uint8_t(type::last)
      || end > end_of_block)
    return std::nullopt;
  auto checked = bytes_.substr(at + 6, 1 + length);
  if (crc32c(checked)
      != log_check_detail::unmasked(
          log_check_detail::number_at(bytes_.substr(at, 4))))
    return std::nullopt;
  return fragment{type(what), checked.substr(1), end};
}

/// Blocks end with zeros when no header fits any more.
void log_reader::skip_trailer() {
  if (log_check_detail::block - at_ % log_check_detail::block
      < log_check_detail::header)
    at_ = std::min<uint64_t>((at_ / log_check_detail::block + 1)
                                 * log_check_detail::block,
                             bytes_.size());
}

std::nullopt_t log_reader::stop(uint64_t at) {
  if (!damaged_)
    damaged_ = at;
  broken_at_ = at_;
  return std::nullopt;
}

std::optional<std::string> log_reader::next() {
  std::string out;
  uint64_t begin = at_;
  for (bool within = false;; within = true) {
    skip_trailer();
    if (!within)
      begin = at_;
    if (at_ >= bytes_.size()) {
      if (within)
        return stop(begin); // its end was never written
      broken_at_ = at_;
      return std::nullopt;
    }
    auto next = read(at_);
    if (!next)
      return stop(begin);
    bool begins = next->what == type::full || next->what == type::first;
    if (begins == within)
      return stop(begin);
    out.append(next->bytes);
    at_ = next->end;
    if (next->what == type::full || next->what == type::last)
      return out;
  }
}

bool log_reader::begins_record(uint64_t at) const {
  auto found = read(at);
  return found
         && (found->what == type::first
             || (found->what == type::full
                 && found->bytes.size() >= log_check_detail::record_bytes_min));
}

// A damaged header hides where the next one is: it is looked for byte by byte
// to the end of the block, and at the beginning of later blocks.
bool log_reader::resume() {
  auto at = broken_at_;
  // The fragment itself may begin a record, where one without an end stands
  // before it.
  if (begins_record(at) && at != *damaged_) {
    at_ = at;
    return true;
  }
  auto end_of_block = std::min<uint64_t>((at / log_check_detail::block + 1)
                                             * log_check_detail::block,
                                         bytes_.size());
  for (++at; at < end_of_block; ++at)
    if (begins_record(at)) {
      at_ = at;
      return true;
    }
  for (; at < bytes_.size(); at += log_check_detail::block) {
    auto inside = at;
    while (auto x = read(inside)) {
      if (begins_record(inside)) {
        at_ = inside;
        return true;
      }
      inside = x->end;
      if (log_check_detail::block - inside % log_check_detail::block
              < log_check_detail::header
          || inside % log_check_detail::block == 0)
        break;
    }
  }
  return false;
}

std::vector<std::pair<uint64_t, std::string>>
logs_of(const std::string& directory, uint64_t first_log) {
  std::vector<std::pair<uint64_t, std::string>> out;
  std::error_code ignored;
  for (std::filesystem::directory_iterator at{directory, ignored}, end;
       at != end; at.increment(ignored)) {
    if (at->path().extension() != ".log")
      continue;
    auto name = at->path().stem().string();
    uint64_t number = 0;
    auto [last, error]
        = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error == std::errc() && last == name.data() + name.size()
        && number >= first_log)
      out.emplace_back(number, at->path().string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

result<std::optional<log_damage>> find_log_damage(const std::string& directory,
                                                  uint64_t first_log,
                                                  const lost_record& lost) {
  std::optional<log_damage> found;
  for (auto& [number, path] : logs_of(directory, first_log)) {
    auto file = log_check_detail::mapped_file::open(path);
    if (!file)
      return std::move(file).failure();
    log_reader reader((*file)->bytes());
    bool more = true;
    while (more) {
      while (auto record = reader.next()) {
        if (!found && !reader.damaged())
          continue;
        if (!found)
          found = log_damage{path, *reader.damaged(), 0, number};
        ++found->records_behind;
        if (lost)
          lost(*record);
      }
      if (!found && reader.damaged())
        found = log_damage{path, *reader.damaged(), 0, number};
      more = reader.damaged() && reader.resume();
    }
  }
  if (found && found->records_behind == 0)
    found.reset(); // a torn tail
  return found;
}

} // namespace tutti::storage
