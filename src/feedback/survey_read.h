// Reading a document's JSON with a list of everything that is wrong and where, instead of stopping at the
// first.
#pragma once

#include <boost/json.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "feedback/survey.h"

namespace zhike::feedback {

/// Collects problems, at most SurveyLimits::kProblemsMax. Borrows the list.
class Problems {
 public:
  explicit Problems(std::vector<DocumentProblem>& list) : list_(list) {}
  void add(std::string at, std::string en, std::string zh);
  [[nodiscard]] bool is_full() const { return list_.size() >= SurveyLimits::kProblemsMax; }

 private:
  std::vector<DocumentProblem>& list_;
};

/// One object of the document. Borrows everything. Readers answer something usable after a problem.
class DocumentObject {
 public:
  /// Reports fields that are not `known`. Not an object: a problem, and every field is absent.
  DocumentObject(Problems& problems, const boost::json::value& value, std::string at,
                 const std::vector<std::string_view>& known);

  [[nodiscard]] bool has(std::string_view field) const { return object_.contains(field); }
  [[nodiscard]] const boost::json::value* find(std::string_view field) const {
    return object_.if_contains(field);
  }
  [[nodiscard]] std::string at(std::string_view field) const;  ///< pointer to a field
  void wrong(std::string_view field, std::string en, std::string zh);

  [[nodiscard]] std::string id(std::string_view field);  ///< required: [a-z0-9_-], up to kIdMax
  [[nodiscard]] std::string word(std::string_view field, bool required);
  [[nodiscard]] Texts texts(std::string_view field, bool required);
  [[nodiscard]] std::int64_t number(std::string_view field, std::int64_t otherwise, std::int64_t least,
                                    std::int64_t most);
  [[nodiscard]] bool flag(std::string_view field);
  /// Null: absent, or not a list of `least` to `most` elements.
  [[nodiscard]] const boost::json::array* list(std::string_view field, std::size_t least, std::size_t most);

 private:
  Problems& problems_;
  const boost::json::object& object_;
  std::string at_;
};

}  // namespace zhike::feedback
