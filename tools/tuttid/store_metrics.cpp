#include "tools/tuttid/store_metrics.hpp"

namespace tutti::daemon {

metric_source commit_metrics(std::shared_ptr<const storage::commit_figures> of,
                             const std::shared_ptr<storage::store>& in) {
  return [of = std::move(of), in = std::weak_ptr(in)] {
    using kind = metric::kind;
    std::vector<metric> out{
        {"tutti_commit_seconds",
         "From the submission of a commit until it is durable",
         kind::histogram,
         {sample_of(of->seconds.read())}},
        {"tutti_commit_batch_size",
         "Commits that one synced write carries",
         kind::histogram,
         {sample_of(of->per_write.read())}}};
    if (auto store = in.lock())
      out.push_back({"tutti_store_disk_bytes",
                     "Bytes of the files of the store",
                     kind::gauge,
                     {{{}, double(store->bytes_on_disk())}}});
    return out;
  };
}

} // namespace tutti::daemon
