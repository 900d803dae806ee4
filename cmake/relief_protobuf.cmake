# relief_protobuf(TARGET ROOT dir PROTOS file... [GRPC] [LINK target...])
#
# A static library of the C++ code of PROTOS, paths relative to ROOT. Imports are tracked through protoc's dependency
# output, so that a change in an imported file rebuilds what uses it (protobuf_generate misses that).
function(relief_protobuf target)
  cmake_parse_arguments(ARG "GRPC" "ROOT" "PROTOS;LINK" ${ARGN})
  set(out ${CMAKE_BINARY_DIR}/gen)
  file(MAKE_DIRECTORY ${out})
  set(sources)
  foreach(proto ${ARG_PROTOS})
    string(REGEX REPLACE "\\.proto$" "" stem ${proto})
    set(made ${out}/${stem}.pb.cc ${out}/${stem}.pb.h)
    add_custom_command(
      OUTPUT ${made}
      COMMAND protobuf::protoc -I ${ARG_ROOT} -I ${CMAKE_SOURCE_DIR}/proto -I ${CMAKE_SOURCE_DIR}
              --cpp_out=${out} --dependency_out=${out}/${stem}.pb.d ${ARG_ROOT}/${proto}
      DEPENDS ${ARG_ROOT}/${proto}
      DEPFILE ${out}/${stem}.pb.d
      COMMENT "protoc ${proto}" VERBATIM)
    list(APPEND sources ${out}/${stem}.pb.cc)
    if(ARG_GRPC AND proto MATCHES "_service\\.proto$")
      add_custom_command(
        OUTPUT ${out}/${stem}.grpc.pb.cc ${out}/${stem}.grpc.pb.h
        COMMAND protobuf::protoc -I ${ARG_ROOT} -I ${CMAKE_SOURCE_DIR}/proto -I ${CMAKE_SOURCE_DIR}
                --grpc_out=${out} --plugin=protoc-gen-grpc=$<TARGET_FILE:gRPC::grpc_cpp_plugin>
                --dependency_out=${out}/${stem}.grpc.pb.d ${ARG_ROOT}/${proto}
        DEPENDS ${ARG_ROOT}/${proto}
        DEPFILE ${out}/${stem}.grpc.pb.d
        COMMENT "protoc --grpc ${proto}" VERBATIM)
      list(APPEND sources ${out}/${stem}.grpc.pb.cc)
    endif()
  endforeach()
  add_library(${target} STATIC ${sources})
  target_include_directories(${target} SYSTEM PUBLIC ${out})
  target_link_libraries(${target} PUBLIC protobuf::libprotobuf ${ARG_LINK})
  if(RELIEF_SANITIZE)  # generated code is not what is looked at, and takes long to compile with sanitizers
    target_compile_options(${target} PRIVATE -fno-sanitize=all)
  endif()
  if(ARG_GRPC)
    target_link_libraries(${target} PUBLIC gRPC::grpc++)
  endif()
endfunction()
