# cmake -DOUT=file.cc "-DFILES=a.textproto;b.textproto" -P embed_mappings.cmake
#
# Writes the source of BuiltInMappings(): every mapping file as a raw string.
set(made "// Made by embed_mappings.cmake from adapters/mappings.\n#include \"adapters/mapping/built_in_mappings.h\"\n\n")
string(APPEND made "namespace relief::adapters {\n\nstd::vector<MappingFile> BuiltInMappings() {\n  return {\n")
foreach(file ${FILES})
  get_filename_component(name ${file} NAME)
  file(READ ${file} text)
  string(APPEND made "      {\"${name}\", R\"mapping(${text})mapping\"},\n")
endforeach()
string(APPEND made "  };\n}\n\n}  // namespace relief::adapters\n")
file(WRITE ${OUT} "${made}")
