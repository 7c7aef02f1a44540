#include "text/segment_reference.h"

#include <cppjieba/DictTrie.hpp>
#include <cppjieba/HMMModel.hpp>
#include <cppjieba/MixSegment.hpp>

namespace zhike::text {

std::vector<std::string> cppjieba_cut(const std::string& text) {
  static const std::string folder = ZHIKE_JIEBA "/dict/";
  static const cppjieba::DictTrie words(folder + "jieba.dict.utf8");
  static const cppjieba::HMMModel model(folder + "hmm_model.utf8");
  static const cppjieba::MixSegment segment(&words, &model);
  std::vector<std::string> out;
  segment.Cut(text, out);
  return out;
}

}  // namespace zhike::text
