// GMime for C++: owned objects, and its start. For source files only.
#pragma once

#include <gmime/gmime.h>

#include <memory>
#include <string>

namespace zhike::connector::mime {

struct Unref {
  template <class T>
  void operator()(T* object) const {
    g_object_unref(object);
  }
};
template <class T>
using Owned = std::unique_ptr<T, Unref>;

struct Free {
  void operator()(char* text) const { g_free(text); }
};
using Text = std::unique_ptr<char, Free>;

/// Before anything else; again is nothing.
void begin();
/// Null is empty.
[[nodiscard]] std::string text(const char* value);

}  // namespace zhike::connector::mime
