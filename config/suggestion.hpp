#pragma once

#include "messages/model/suggestion.hpp"

namespace tutti::config {

using tutti::closest;

} // namespace tutti::config
