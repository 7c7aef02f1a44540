// Small XML messages, as WeChat sends them, to JSON. Hostile until parsed: no document type, no entities,
// bounded in size, depth and number of elements.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace zhike::connector {

inline constexpr std::size_t kXmlBytesMax = 256 * 1024, kXmlDepthMax = 8, kXmlElementsMax = 500;

/// The children of the root as one JSON object: texts, objects for elements with children, lists for repeated
/// names. Attributes are left out. Errors: kBadMessage.
[[nodiscard]] Result<std::string> xml_to_json(std::string_view xml);

}  // namespace zhike::connector
