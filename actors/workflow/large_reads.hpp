#pragma once

#include "actors/engine/state/state.hpp"
#include "messages/model/threads/work_pool.hpp"
#include "messages/requests.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace tutti {

/// Readings of one execution that take too long for a thread that decides. Its
/// rows are shared with the reader, which builds a state of its own from them.
/// Who asks for the same while it is under way gets the same answer, so that a
/// crowd of readers costs one reading.
class large_reads {
 public:
  /// Rows and bytes up to which the execution itself answers.
  static constexpr size_t rows_max = 200, bytes_max = 256 << 10;

  static bool concerns(const engine::state& x, const read_execution& what);

  /// Call it when everything that `x` shows is durable or will be answered in
  /// order: what it returns does the rest.
  reply<answer> begin(const engine::state& x, const read_execution& what,
                      reply<document> done, std::shared_ptr<work_pool> by,
                      size_t answer_bytes_max);

  /// Gives up rows that a finished reading has shared. On the thread of the
  /// execution, which alone may find that it is the only owner of a row.
  void sweep();

 private:
  struct reading;

  std::shared_ptr<reading> current_;
};

} // namespace tutti
