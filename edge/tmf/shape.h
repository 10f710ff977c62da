#pragma once
#include "edge/tmf/reader.h"

namespace comd::tmf {

/// False, and said so, when this is something else: names the right door for what is often sent to this one.
bool is_product_order(const Json& root, Reader&);

/// Attributes comd keeps and gives back without reading them: their type is checked, so that what it gives back is TMF622.
void check_kept_order(const Json&, const Path&, Reader&);
void check_kept_item(const Json&, const Path&, Reader&);
void check_kept_product(const Json&, const Path&, Reader&);

}  // namespace comd::tmf
