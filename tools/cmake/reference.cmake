# The pages of api/reference/ as one C++ source for `tutti docs`. Runs as a
# script when the program is built: cmake -DROOT=... -DOUT=... -P this file.
file(GLOB_RECURSE pages RELATIVE ${ROOT} ${ROOT}/*.md)
list(SORT pages)
set(source "#include \"tools/tutti/reference.hpp\"\n
namespace tutti::cli {\n
std::span<const reference_page> reference_pages() {
  static constexpr reference_page pages[] = {\n")
foreach(page IN LISTS pages)
  file(READ ${ROOT}/${page} text)
  string(APPEND source "{\"${page}\", R\"~page~(${text})~page~\"},\n")
endforeach()
string(APPEND source "  };\n  return pages;\n}\n\n} // namespace tutti::cli\n")
file(WRITE ${OUT} "${source}")
