# messages/proto/*.proto -> tutti_proto. Generated code is not ours to warn about.
file(GLOB TUTTI_PROTOS CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/messages/proto/*.proto)
set(proto_out ${CMAKE_BINARY_DIR}/generated)
file(MAKE_DIRECTORY ${proto_out}/messages/proto)
set(proto_sources)
foreach(proto ${TUTTI_PROTOS})
  get_filename_component(base ${proto} NAME_WE)
  set(out ${proto_out}/messages/proto/${base}.pb)
  add_custom_command(OUTPUT ${out}.cc ${out}.h
    COMMAND protobuf::protoc --proto_path=${CMAKE_SOURCE_DIR}
      --cpp_out=${proto_out} ${proto}
    DEPENDS ${proto} VERBATIM)
  list(APPEND proto_sources ${out}.cc)
endforeach()
if(proto_sources)
  add_library(tutti_proto STATIC ${proto_sources})
  # Generated files have names of their own file in common.
  set_target_properties(tutti_proto PROPERTIES UNITY_BUILD OFF)
  target_include_directories(tutti_proto SYSTEM PUBLIC ${proto_out})
  target_link_libraries(tutti_proto PUBLIC protobuf::libprotobuf)
else()
  add_library(tutti_proto INTERFACE)
endif()
