#pragma once

namespace tutti {

/// Names the calling thread (15 characters at most) and lets it yield the CPU
/// to the threads that decide, write and answer: with as many busy as there are
/// cores it gets a tenth of a core. Processes that it starts inherit that. For
/// work that callers can make as large as a bound allows, and that nobody else
/// waits for.
void run_in_background(const char* name);

} // namespace tutti
