#include "journey/catalogue_lists.h"

#include "metric/metric.h"

namespace zhike::journey {

Result<std::vector<std::string>> list_of(std::string_view key, std::string_view param) {
  CX_TRY(const metric::Metric* const found, metric::find(key));
  for (const metric::Param& one : found->params)
    if (one.name == param) return one.texts;
  return std::vector<std::string>{};
}

}  // namespace zhike::journey
