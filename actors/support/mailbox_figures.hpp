#pragma once

#include "messages/model/figures/histogram.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace tutti {

/// How many messages wait in the mailboxes of the actors of this process, by
/// kind of actor: looked at whenever one takes a message. Thread safe.
class mailbox_figures {
 public:
  static mailbox_figures& of_process();

  /// Ask once, and keep it: it lives as long as this.
  histogram& of(std::string_view kind);

  std::map<std::string, histogram::figures> read() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<histogram>, std::less<>> kinds_;
};

} // namespace tutti
