#include "clean/chinese.h"

#include <opencc/SimpleConverter.hpp>

#include <exception>
#include <memory>

#include "base/log.h"
#include "clean/width.h"

namespace zhike::clean {
namespace {

const opencc::SimpleConverter* converter() {
  static const std::unique_ptr<opencc::SimpleConverter> one = [] {
    try {
      return std::make_unique<opencc::SimpleConverter>("t2s.json");
    } catch (const std::exception& wrong) {
      log::warn("opencc_not_usable", {{"error", wrong.what()}});
      return std::unique_ptr<opencc::SimpleConverter>();
    }
  }();
  return one.get();
}

}  // namespace

std::string simplified(std::string_view text) {
  if (!has_cjk(text)) return std::string(text);
  const opencc::SimpleConverter* const convert = converter();
  if (convert == nullptr) return std::string(text);
  try {
    return convert->Convert(std::string(text));
  } catch (const std::exception&) {  // broken UTF-8
    return std::string(text);
  }
}

}  // namespace zhike::clean
