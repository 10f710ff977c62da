#include "edge/grpc/core.h"

#include <algorithm>

#include "edge/grpc/sealed_ports.h"

namespace comd::north {

std::vector<std::string> personal_names(const Core& core) {
  PersonalNames names;
  for (const auto& catalog : core.engine.catalogs()->versions) names.add(*catalog);
  return names.all();
}

void seal_values(const Core& core, Values& values, const TenantId& tenant, const OrderId& order) {
  if (!core.sealing.on() || values.empty()) return;
  const auto personal = personal_names(core);
  if (std::ranges::none_of(personal, [&](const std::string& name) { return values.contains(name); })) return;
  core.sealing.seal(values, tenant, order.empty() ? std::string{} : document_of(core.engine.log(), order), personal);
}

}  // namespace comd::north
