#include "domain/fields.h"

namespace comd {

std::vector<FieldDifference> differences(const Fields& before, const Fields& after) {
  std::vector<FieldDifference> out;
  auto b = before.begin();
  auto a = after.begin();
  while (b != before.end() || a != after.end()) {
    if (a == after.end() || (b != before.end() && b->first < a->first)) {
      out.push_back({b->first, b->second, {}});
      ++b;
    } else if (b == before.end() || a->first < b->first) {
      out.push_back({a->first, {}, a->second});
      ++a;
    } else {
      if (b->second != a->second) out.push_back({a->first, b->second, a->second});
      ++b;
      ++a;
    }
  }
  return out;
}

}  // namespace comd
