#pragma once

#include <cstdint>
#include <string_view>

namespace tutti::storage {

/// CRC-32C (Castagnoli), as RocksDB's logs use it.
uint32_t crc32c(std::string_view bytes);

} // namespace tutti::storage
