# Writes OUTPUT, a C++ source that defines one raw string constant for each of FILES, XML without what only people read
# (comments, white space between tags):
#   extern const std::string_view embedded_<file name with every other character as '_'>;
set(text "#include <string_view>\n\nnamespace omadm {\n")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  string(REGEX REPLACE "[^A-Za-z0-9]" "_" name ${name})
  file(READ ${file} content)
  string(REGEX REPLACE "<!--([^-]|-[^-])*-->" "" content "${content}")
  string(REGEX REPLACE ">[ \t\r\n]+<" "><" content "${content}")
  string(APPEND text "extern const std::string_view embedded_${name};\n")
  string(APPEND text "const std::string_view embedded_${name} = R\"omadm(${content})omadm\";\n")
endforeach()
string(APPEND text "}  // namespace omadm\n")
file(WRITE ${OUTPUT} "${text}")
