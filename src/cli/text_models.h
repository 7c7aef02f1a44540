// What reads texts for a command: the model of --model, or those that come along.
#pragma once

#include <boost/json/array.hpp>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/commands.h"
#include "text/model.h"

namespace zhike::cli {

/// Probabilities by class of a normalised text.
using Read = std::function<std::span<const float>(std::u32string_view)>;

struct Judging {
  std::unique_ptr<const text::Model> own;
  std::vector<std::string> classes;
  Read read;
  boost::json::array cards;
};

/// Errors: those of reading the file, kBadTextModel.
[[nodiscard]] Result<Judging> judging(const TextCommand& command);

}  // namespace zhike::cli
