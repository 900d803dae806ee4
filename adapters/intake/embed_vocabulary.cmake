# cmake -DOUT=file.cc -DFILE=vocabulary.textproto -P embed_vocabulary.cmake
#
# Writes the source of BuiltInVocabulary(): the file as raw strings, line by line.
file(STRINGS ${FILE} lines ENCODING UTF-8)
set(made "// Made by embed_vocabulary.cmake.\n#include \"adapters/intake/built_in_vocabulary.h\"\n\nnamespace relief::adapters {\n\n")
string(APPEND made "std::string BuiltInVocabulary() {\n  std::string text;\n")
foreach(line IN LISTS lines)
  string(APPEND made "  text += R\"words(${line}\n)words\";\n")
endforeach()
string(APPEND made "  return text;\n}\n\n}  // namespace relief::adapters\n")
file(WRITE ${OUT} "${made}")
