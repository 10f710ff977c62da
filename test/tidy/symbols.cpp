#include <algorithm>
#include <regex>

#include "test/tidy/source.h"

namespace comd::tidy {
namespace {

/// What the domain may ask of the outside: memory, text, containers, exceptions of the standard library, and CHECK's exit.
const std::regex& allowed() {
  static const std::regex pattern(
      "comd::.*"
      "|(vtable|typeinfo|typeinfo name|VTT|guard variable) for .*"
      "|operator (new|delete)(\\[\\])?\\(.*"
      "|__cxa_.*|_Unwind_Resume|__gxx_personality_v0|__stack_chk_fail|_GLOBAL_OFFSET_TABLE_|__dso_handle|DW\\.ref\\..*"
      "|__(asan|ubsan|lsan|sanitizer)_.*"
      "|mem(cpy|move|set|cmp|chr)|str(len|cmp|ncmp|chr|tod|tol|toul|toull)|v?snprintf|__v?snprintf_chk|__mem\\w+_chk|bcmp"
      "|__errno_location|to(upper|lower)|floor|ceil|pow|round|trunc|llround|lround|nearbyint|fmod"
      "|abort|stderr|fprintf|__fprintf_chk|fwrite"  // CHECK: says what broke and stops
      "|std::__cxx11::basic_string<.*|std::__cxx11::to_string.*|std::(from|to)_chars.*|.*std::__detail::__(from|to)_chars.*"
      "|std::operator(==|<=>|<|\\+).*"
      "|std::__throw_.*|std::terminate\\(\\)|std::exception::.*|std::bad_\\w+::.*|std::(logic|runtime|length)_error::.*|std::out_"
      "of_range::.*"
      "|std::__glibcxx_assert_fail.*|std::__ostream_insert.*"
      "|std::_Rb_tree_.*|std::__detail::_Prime_rehash_policy::.*|std::__detail::_List_node_base::.*|std::_Hash_bytes.*"
      "|std::(map|set|vector|pair|optional|variant|function|unique_ptr|shared_ptr|span|array|deque|tuple)<.*|tl::.*");
  return pattern;
}

}  // namespace

std::vector<Finding> check_domain_symbols(std::string_view nm_output) {
  static const std::regex undefined(R"(^\s+[Uw] (.*)$)");
  std::vector<Finding> findings;
  std::string object = "libcomd_domain.a";
  for (const std::string& line : lines_of(nm_output)) {
    if (line.ends_with(".o:")) object = line.substr(0, line.size() - 1);
    std::smatch match;
    if (!std::regex_match(line, match, undefined)) continue;
    const std::string symbol = match[1].str();
    if (std::regex_match(symbol, allowed())) continue;
    findings.push_back(
        {object, 0,
         "The domain uses '" + symbol +
             "', which is not on the list in test/tidy/symbols.cpp. Time, chance and the outside are handed in, never "
             "asked for; if it is pure, add it to the list."});
  }
  return findings;
}

}  // namespace comd::tidy
