// Read by jemalloc before main; MALLOC_CONF in the environment goes over it.
// Large pages: executions of thousands of rows, and a node under load, spend a
// fifth of their time on page tables else. One arena for each core, so that
// what lies unused in large pages stays small (tests/bench/FIGURES.md).
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "thp:always,percpu_arena:percpu";
}
