#pragma once

#include "tools/tutti/rendering/view.hpp"

namespace tutti::cli {

/// How jobs look in every format.
view job_view();

} // namespace tutti::cli
