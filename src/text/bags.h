// Texts as the different words that they have, by number. Pure; belongs to one thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace zhike::text {

class Bags {
 public:
  /// Numbers in any order; repeats count once.
  void add(std::span<const std::uint32_t> terms) {
    const auto begin = static_cast<std::ptrdiff_t>(words_.size());
    words_.insert(words_.end(), terms.begin(), terms.end());
    std::sort(words_.begin() + begin, words_.end());
    words_.erase(std::unique(words_.begin() + begin, words_.end()), words_.end());
    if (static_cast<std::ptrdiff_t>(words_.size()) > begin)
      terms_ = std::max<std::size_t>(terms_, words_.back() + std::size_t{1});
    begins_.push_back(words_.size());
  }
  [[nodiscard]] std::size_t size() const { return begins_.size() - 1; }
  /// Above every number.
  [[nodiscard]] std::size_t terms() const { return terms_; }
  [[nodiscard]] std::size_t words() const { return words_.size(); }
  /// In order. Valid until the next text is added.
  [[nodiscard]] std::span<const std::uint32_t> text(std::size_t i) const {
    return std::span(words_).subspan(begins_[i], begins_[i + 1] - begins_[i]);
  }

 private:
  std::vector<std::uint32_t> words_;
  std::vector<std::size_t> begins_{0};
  std::size_t terms_ = 0;
};

}  // namespace zhike::text
