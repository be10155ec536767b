// Read by jemalloc before main; MALLOC_CONF in the environment wins. Large
// pages: without them, executions with thousands of rows and loaded nodes spend
// a fifth of their time on page tables. One arena per core, so that little
// memory lies unused in large pages (tests/bench/FIGURES.md).
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "thp:always,percpu_arena:percpu";
}
