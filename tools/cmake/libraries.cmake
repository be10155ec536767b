# Debian ships CAF and nlohmann/json without usable CMake targets under these
# names; SYSTEM keeps their own warnings out of our -Werror.
find_package(Boost 1.81 REQUIRED COMPONENTS context)
find_package(simdjson REQUIRED)
find_package(spdlog REQUIRED)
find_package(Protobuf REQUIRED)

find_path(CAF_INCLUDE caf/all.hpp REQUIRED)
find_library(CAF_CORE caf_core REQUIRED)
find_library(CAF_IO caf_io REQUIRED)
add_library(caf INTERFACE)
target_include_directories(caf SYSTEM INTERFACE ${CAF_INCLUDE})
target_link_libraries(caf INTERFACE ${CAF_IO} ${CAF_CORE} Threads::Threads)

find_path(JSON_INCLUDE nlohmann/json.hpp REQUIRED)
add_library(nlohmann_json INTERFACE)
target_include_directories(nlohmann_json SYSTEM INTERFACE ${JSON_INCLUDE})

find_library(ROCKSDB_LIBRARY rocksdb REQUIRED)
add_library(RocksDB INTERFACE)
target_link_libraries(RocksDB INTERFACE ${ROCKSDB_LIBRARY} Threads::Threads)

find_path(LIBPQ_INCLUDE libpq-fe.h PATH_SUFFIXES postgresql REQUIRED)
find_library(LIBPQ_LIBRARY pq REQUIRED)
add_library(libpq INTERFACE)
target_include_directories(libpq SYSTEM INTERFACE ${LIBPQ_INCLUDE})
target_link_libraries(libpq INTERFACE ${LIBPQ_LIBRARY} Threads::Threads)

find_path(SQLITE_INCLUDE sqlite3.h REQUIRED)
find_library(SQLITE_LIBRARY sqlite3 REQUIRED)
add_library(sqlite INTERFACE)
target_include_directories(sqlite SYSTEM INTERFACE ${SQLITE_INCLUDE})
target_link_libraries(sqlite INTERFACE ${SQLITE_LIBRARY} Threads::Threads)

# Payloads come and go by the thousand per second: a better allocator takes a
# tenth of the node's CPU. Sanitizers bring their own.
find_library(JEMALLOC_LIBRARY jemalloc)
add_library(allocator INTERFACE)
if(JEMALLOC_LIBRARY AND NOT TUTTI_SANITIZE)
  target_link_libraries(allocator INTERFACE ${JEMALLOC_LIBRARY})
  target_sources(allocator INTERFACE
    ${CMAKE_SOURCE_DIR}/tools/cmake/allocator.cpp)
endif()

find_path(TOML_INCLUDE toml++/toml.h REQUIRED)
add_library(tomlplusplus INTERFACE)
target_include_directories(tomlplusplus SYSTEM INTERFACE ${TOML_INCLUDE})
target_compile_definitions(tomlplusplus INTERFACE TOML_HEADER_ONLY=1)

find_path(CLI11_INCLUDE CLI/CLI.hpp REQUIRED)
add_library(cli11 INTERFACE)
target_include_directories(cli11 SYSTEM INTERFACE ${CLI11_INCLUDE})

# The core alone: what is counted goes out through our own server.
find_path(PROMETHEUS_INCLUDE prometheus/registry.h REQUIRED)
find_library(PROMETHEUS_CORE prometheus-cpp-core REQUIRED)
add_library(prometheus INTERFACE)
target_include_directories(prometheus SYSTEM INTERFACE ${PROMETHEUS_INCLUDE})
target_link_libraries(prometheus INTERFACE ${PROMETHEUS_CORE})

find_package(CURL REQUIRED)
add_library(curl INTERFACE)
target_link_libraries(curl INTERFACE CURL::libcurl)

find_path(MOZJS_INCLUDE jsapi.h PATH_SUFFIXES mozjs-102 REQUIRED)
find_library(MOZJS_LIBRARY mozjs-102 REQUIRED)
add_library(mozjs INTERFACE)
target_include_directories(mozjs SYSTEM INTERFACE ${MOZJS_INCLUDE})
target_link_libraries(mozjs INTERFACE ${MOZJS_LIBRARY})

find_library(JQ_LIBRARY jq REQUIRED)
add_library(libjq INTERFACE)
target_link_libraries(libjq INTERFACE ${JQ_LIBRARY})

find_library(SECCOMP_LIBRARY seccomp REQUIRED)
add_library(libseccomp INTERFACE)
target_link_libraries(libseccomp INTERFACE ${SECCOMP_LIBRARY})

find_path(RDKAFKA_INCLUDE librdkafka/rdkafka.h REQUIRED)
find_library(RDKAFKA_LIBRARY rdkafka REQUIRED)
add_library(rdkafka INTERFACE)
target_include_directories(rdkafka SYSTEM INTERFACE ${RDKAFKA_INCLUDE})
target_link_libraries(rdkafka INTERFACE ${RDKAFKA_LIBRARY})

find_path(YAML_INCLUDE yaml-cpp/yaml.h REQUIRED)
find_library(YAML_LIBRARY yaml-cpp REQUIRED)
add_library(yamlcpp INTERFACE)
target_include_directories(yamlcpp SYSTEM INTERFACE ${YAML_INCLUDE})
target_link_libraries(yamlcpp INTERFACE ${YAML_LIBRARY})

find_package(OpenSSL 3.0 REQUIRED)
add_library(openssl INTERFACE)
target_link_libraries(openssl INTERFACE OpenSSL::SSL OpenSSL::Crypto)
