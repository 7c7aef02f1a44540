// Posts for tests.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "reputation/posts.h"

namespace zhike::reputation::test {

inline constexpr std::int64_t kHour = 3'600'000, kDay = 24 * kHour;

inline BrandBook book(std::initializer_list<const char*> keys) {
  std::vector<Brand> brands;
  for (const char* key : keys) brands.push_back({.key = key, .is_own = brands.empty(), .name_en = key});
  return *BrandBook::make(std::move(brands), {}, 1);
}

/// Adds posts in UTC; done() sorts them.
class Made {
 public:
  Made() { posts_.platforms = {"", "weibo", "x"}; }
  Post& add(std::int64_t at, std::uint64_t brands, std::uint8_t tone = 1) {
    posts_.posts.push_back({.event = ++last_,
                            .at = {at},
                            .reach = 1,
                            .brands = brands,
                            .repeats = 0,
                            .day = static_cast<std::int32_t>(at / kDay),
                            .platform = 1,
                            .tone = tone});
    return posts_.posts.back();
  }
  void nameless(std::int64_t at) { posts_.nameless.push_back({at}); }
  Posts done() {
    std::ranges::sort(posts_.posts, {}, &Post::at);
    if (!posts_.posts.empty()) {
      posts_.first = posts_.posts.front().at;
      posts_.first_day = posts_.posts.front().day;
    }
    return std::move(posts_);
  }

 private:
  Posts posts_;
  std::uint64_t last_ = 0;
};

inline query::Filter filter(std::int64_t from_day, std::int64_t to_day) {
  return {.range = {{from_day * kDay}, {to_day * kDay}}};
}

}  // namespace zhike::reputation::test
