// A bounded map that forgets about the least recently used: two generations, each at most half of the bound;
// when the young one is full the old one is dropped and the young one takes its place. One thread.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <functional>
#include <optional>
#include <utility>

namespace zhike::identity {

template <class Key, class Value>
using FlatMap = boost::unordered_flat_map<Key, Value, std::hash<Key>>;

template <class Key, class Value>
class Cache {
 public:
  explicit Cache(std::size_t count_max) : half_(count_max / 2) {}

  [[nodiscard]] std::optional<Value> find(const Key& key) {
    if (const auto at = young_.find(key); at != young_.end()) return at->second;
    const auto at = old_.find(key);
    if (at == old_.end()) return std::nullopt;
    const Value value = at->second;
    old_.erase(at);
    put(key, value);
    return value;
  }

  void put(const Key& key, const Value& value) {
    if (half_ == 0) return;
    old_.erase(key);
    young_.insert_or_assign(key, value);
    if (young_.size() < half_) return;
    std::swap(young_, old_);
    young_.clear();
  }

  /// Changes a value that is there.
  template <class Change>
  void update(const Key& key, Change change) {
    for (auto* generation : {&young_, &old_})
      if (const auto at = generation->find(key); at != generation->end()) return change(at->second);
  }

  void clear() {
    young_.clear();
    old_.clear();
  }

 private:
  std::size_t half_;
  FlatMap<Key, Value> young_, old_;
};

}  // namespace zhike::identity
