#include "clean/name.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/ascii.h"
#include "clean/chinese.h"
#include "clean/width.h"

namespace zhike::clean {
namespace {

constexpr std::array<std::string_view, 20> kTitlesAfter{
    "先生", "女士", "小姐", "太太", "夫人", "同学", "老师", "师傅", "经理", "总经理",
    "主任", "医生", "教授", "博士", "律师", "老板", "阿姨", "大哥", "师兄", "同志"};
constexpr std::array<std::string_view, 14> kTitlesBefore{"mr",  "mrs",   "ms",   "miss", "mx",  "dr", "prof",
                                                         "sir", "madam", "herr", "frau", "mme", "jr", "phd"};
// The hundred commonest family names, by the census of 2020, and those of two characters.
constexpr std::string_view kFamilyNames =
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈"
    "钟姜崔谭陆"
    "范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向汤";
constexpr std::array<std::string_view, 16> kLongFamilyNames{"欧阳", "司马", "上官", "诸葛", "东方", "皇甫",
                                                            "尉迟", "公孙", "慕容", "令狐", "长孙", "夏侯",
                                                            "司徒", "端木", "宇文", "南宫"};
constexpr std::size_t kRawMax = 256;

bool is_family_name(std::string_view text) {
  if (std::ranges::find(kLongFamilyNames, text) != kLongFamilyNames.end()) return true;
  if (text.size() != 3) return false;
  for (std::size_t i = 0; i < kFamilyNames.size(); i += 3)
    if (kFamilyNames.substr(i, 3) == text) return true;
  return false;
}

bool is_separator(char c) { return c == ' ' || c == ',' || c == '.' || c == '\'' || c == '-' || c == '_'; }

/// The parts between blanks, commas and points (also U+00B7 and U+2022, which stand between parts of names).
std::vector<std::string> parts_of(std::string_view text) {
  std::vector<std::string> out(1);
  while (!text.empty()) {
    std::size_t n = is_separator(text[0]) ? 1 : 0;
    if (text.starts_with("\xc2\xb7")) n = 2;
    if (text.starts_with("\xe2\x80\xa2") || text.starts_with("\xe3\x83\xbb")) n = 3;
    if (n == 0) {
      out.back().push_back(text[0]);
      n = 1;
    } else if (!out.back().empty()) {
      out.emplace_back();
    }
    text.remove_prefix(n);
  }
  if (out.back().empty()) out.pop_back();
  return out;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += part;
  return out;
}

std::string chinese_key(std::vector<std::string> parts, Tally& tally) {
  if (parts.size() == 2 && is_family_name(parts[1]) && !is_family_name(parts[0])) {
    std::swap(parts[0], parts[1]);
    tally.add(Rule::kNameOrder);
  }
  std::string name = joined(parts);
  for (const std::string_view title : kTitlesAfter)
    if (name.size() > title.size() && name.ends_with(title)) {
      name.resize(name.size() - title.size());
      tally.add(Rule::kNameWritten);
      break;
    }
  return name;
}

std::string western_key(std::vector<std::string> parts, Tally& tally) {
  const auto is_title = [](const std::string& part) {
    return std::ranges::find(kTitlesBefore, part) != kTitlesBefore.end();
  };
  if (parts.size() > 1 && std::erase_if(parts, is_title) > 0) tally.add(Rule::kNameWritten);
  if (!std::ranges::is_sorted(parts)) {
    std::ranges::sort(parts);
    tally.add(Rule::kNameOrder);
  }
  return joined(parts);
}

}  // namespace

std::string name_key(std::string_view raw, Tally* tally) {
  Tally none;
  Tally& count = tally != nullptr ? *tally : none;
  if (raw.size() > kRawMax) return {};
  std::string text = half_width(raw);
  if (text != raw) count.add(Rule::kNameWritten);
  if (!has_cjk(text)) return western_key(parts_of(ascii::lower(text)), count);
  std::string simple = simplified(text);
  if (simple != text) count.add(Rule::kChineseSimplified);
  return chinese_key(parts_of(ascii::lower(simple)), count);
}

}  // namespace zhike::clean
