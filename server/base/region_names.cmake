# region_names.txt -> initialisers for region_names.cc. Called with -DIN=file -DOUT=file.
file(STRINGS ${IN} lines REGEX "^[0-9]" ENCODING UTF-8)
set(text "")
foreach(line ${lines})
  string(REPLACE " " "\", \"" pair "${line}")
  string(APPEND text "{\"${pair}\"},\n")
endforeach()
file(WRITE ${OUT} "${text}")
