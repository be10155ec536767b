#include "storage/copy/store_bulk.hpp"

#include <future>

namespace tutti::storage {

namespace store_bulk_detail {

constexpr std::string_view owner = "tutti store copy";
constexpr size_t commit_bytes = size_t{4} << 20;
constexpr page_bounds pages{20'000, size_t{4} << 20};

} // namespace store_bulk_detail

result<uint64_t> store_bulk::stop(uint32_t shard) {
  return store_->acquire(shard, store_bulk_detail::owner);
}

result<done> store_bulk::read(uint32_t shard, const store::row& each) {
  return store_->scan(shard, {}, {}, each, store_bulk_detail::pages);
}

result<done> store_bulk::begin(uint32_t shard) {
  auto some = store_->read(shard, {}, {1});
  if (!some)
    return std::move(some).failure();
  if (!some->empty())
    return failure{errc::conflict, "shard " + std::to_string(shard)
                                       + " of the target holds rows already: "
                                         "only an empty store can be filled"};
  auto epoch = store_->acquire(shard, store_bulk_detail::owner);
  if (!epoch)
    return std::move(epoch).failure();
  shard_ = shard;
  epoch_ = *epoch;
  return done{};
}

result<done> store_bulk::add(std::string_view key, std::string_view value) {
  waiting_.push_back(
      {operation::kind::put, std::string(key), std::string(value)});
  bytes_ += key.size() + value.size();
  return bytes_ < store_bulk_detail::commit_bytes ? done{} : write();
}

result<done> store_bulk::write() {
  commit what{shard_, epoch_, std::exchange(waiting_, {})};
  bytes_ = 0;
  if (auto no = store_->refusal(what))
    return *no;
  std::promise<outcome> written;
  store_->submit(std::move(what),
                 [&](outcome x) { written.set_value(std::move(x)); });
  auto how = written.get_future().get();
  if (how == outcome::ok)
    return done{};
  return failure{errc::unavailable, why_shard_failed(shard_, how)};
}

result<done> store_bulk::end(uint64_t epoch) {
  if (auto x = write(); !x)
    return x;
  while (epoch_ < epoch) {
    auto next = store_->acquire(shard_, store_bulk_detail::owner);
    if (!next)
      return std::move(next).failure();
    epoch_ = *next;
  }
  return done{};
}

} // namespace tutti::storage
