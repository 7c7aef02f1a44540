#include "world/person.h"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>

namespace zhike::world {
namespace {

struct Syllable {
  std::string_view hanzi, pinyin;
};

constexpr Syllable kSurnames[] = {
    {"王", "wang"},  {"李", "li"},   {"张", "zhang"}, {"刘", "liu"},   {"陈", "chen"}, {"杨", "yang"},
    {"黄", "huang"}, {"赵", "zhao"}, {"吴", "wu"},    {"周", "zhou"},  {"徐", "xu"},   {"孙", "sun"},
    {"马", "ma"},    {"朱", "zhu"},  {"胡", "hu"},    {"郭", "guo"},   {"何", "he"},   {"高", "gao"},
    {"林", "lin"},   {"罗", "luo"},  {"郑", "zheng"}, {"梁", "liang"}, {"谢", "xie"},  {"欧阳", "ouyang"}};
constexpr Syllable kGiven[] = {{"伟", "wei"},  {"芳", "fang"},  {"娜", "na"},  {"敏", "min"},  {"静", "jing"},
                               {"丽", "li"},   {"强", "qiang"}, {"磊", "lei"}, {"军", "jun"},  {"洋", "yang"},
                               {"勇", "yong"}, {"艳", "yan"},   {"杰", "jie"}, {"娟", "juan"}, {"涛", "tao"},
                               {"明", "ming"}, {"超", "chao"},  {"秀", "xiu"}, {"霞", "xia"},  {"平", "ping"},
                               {"刚", "gang"}, {"桂", "gui"},   {"文", "wen"}, {"慧", "hui"},  {"宇", "yu"},
                               {"轩", "xuan"}, {"子", "zi"},    {"涵", "han"}, {"欣", "xin"},  {"怡", "yi"}};
constexpr std::string_view kFirst[] = {"James",  "Mary",   "Robert", "Linda",  "John",   "Susan",
                                       "David",  "Karen",  "Emma",   "Oliver", "Sophia", "Lucas",
                                       "Amelia", "Noah",   "Julia",  "Marco",  "Anna",   "Peter",
                                       "Claire", "Daniel", "Laura",  "Thomas", "Nina",   "Hugo"};
constexpr std::string_view kLast[] = {"Smith", "Johnson", "Brown",   "Miller", "Davis", "Wilson",
                                      "Moore", "Taylor",  "Weber",   "Martin", "Silva", "Rossi",
                                      "Novak", "Jensen",  "Dubois",  "Murphy", "Clark", "Lewis",
                                      "Young", "Walker",  "Fischer", "Lopez",  "Kim",   "Evans"};
struct City {
  std::string_view name, unit, street;
};
constexpr City kChineseCities[] = {{"上海", "east", "南京西路"},  {"杭州", "east", "文三路"},
                                   {"南京", "east", "中山路"},    {"北京", "north", "建国路"},
                                   {"天津", "north", "滨江道"},   {"广州", "south", "天河路"},
                                   {"深圳", "south", "深南大道"}, {"成都", "west", "春熙路"}};
constexpr City kOtherCities[] = {{"London", "overseas", "Baker Street"},
                                 {"New York", "overseas", "Madison Avenue"},
                                 {"Berlin", "overseas", "Kantstrasse"},
                                 {"Singapore", "overseas", "Orchard Road"},
                                 {"Sydney", "overseas", "George Street"}};
constexpr std::string_view kMobile[] = {"138", "139", "150", "158", "159", "176", "186", "187", "188", "199"};
// Reserved domains: nothing that is ever sent to a simulated customer reaches a person.
constexpr std::string_view kChineseMail[] = {"qq.example", "163.example", "mail.example", "sina.example"};
constexpr std::string_view kOtherMail[] = {"example.com", "example.org", "example.net"};

// A bijection of [0, modulus): two customers never get the same number, and neighbours look unrelated.
std::uint64_t scatter(std::uint64_t id, std::uint64_t seed, std::uint64_t modulus,
                      std::uint64_t prime = 48'271) {
  return (id * prime + seed % modulus * 7'919) % modulus;
}

std::string mobile(std::uint64_t seed, std::uint64_t id, Chance& chance) {
  return fmt::format("{}{:08}", chance.pick(kMobile), scatter(id, seed, 100'000'000));
}

std::string overseas_phone(std::uint64_t seed, std::uint64_t id) {
  constexpr int kAreas[] = {212, 305, 312, 415, 512, 617, 646, 713};
  const std::uint64_t number = scatter(id, seed, 8'000'000);
  return fmt::format("+1 {} {:03} {:04}", kAreas[id % std::size(kAreas)], 200 + number / 10'000,
                     number % 10'000);
}

std::string hex(Chance& chance, int digits) {
  std::string out;
  while (static_cast<int>(out.size()) < digits) out += fmt::format("{:016x}", chance.bits());
  out.resize(static_cast<std::size_t>(digits));
  return out;
}

void name_them(Person& p, std::uint64_t seed, Chance& chance) {
  if (p.chinese) {
    const Syllable& surname = chance.pick(kSurnames);
    const Syllable& one = chance.pick(kGiven);
    const bool two = chance.happens(0.75);
    const Syllable& other = chance.pick(kGiven);
    p.name = fmt::format("{}{}{}", surname.hanzi, one.hanzi, two ? other.hanzi : "");
    p.phone = mobile(seed, p.id, chance);
    p.email = fmt::format("{}.{}{}@{}", surname.pinyin, one.pinyin, p.id, chance.pick(kChineseMail));
  } else {
    const auto& first = chance.pick(kFirst);
    const auto& last = chance.pick(kLast);
    p.name = fmt::format("{} {}", first, last);
    p.phone = overseas_phone(seed, p.id);
    p.email = fmt::format("{}.{}{}@{}", first, last, p.id, chance.pick(kOtherMail));
    std::ranges::transform(p.email, p.email.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  }
  const City& city = p.chinese ? chance.pick(kChineseCities) : chance.pick(kOtherCities);
  p.city = city.name;
  p.unit = city.unit;
  const auto number = 1 + chance.below(980);
  p.address = p.chinese
                  ? fmt::format("{}市{}{}号{}室", city.name, city.street, number, 101 + chance.below(2400))
                  : fmt::format("{} {}, {}", number, city.street, city.name);
  p.birthday =
      fmt::format("{}-{:02}-{:02}", 1955 + chance.below(50), 1 + chance.below(12), 1 + chance.below(28));
}

// How likely each channel is: by habit, and only where the customer has what it takes.
void choose_channels(Person& p, Chance& chance) {
  const auto habit = [&](double weight) { return weight * chance.log_normal(1, 0.7); };
  const double app = p.device.empty() ? 0 : 1, mini = p.openid.empty() ? 0 : 1,
               card = p.loyalty.empty() ? 0.3 : 1;
  p.buys_by = {habit(1.2), app * habit(1.6), mini * habit(1.4), 0, habit(0.05), card * habit(0.5), 0, 0};
  p.contacts_by = {
      0,         0, 0, mini * habit(0.8), habit(1.0), card * habit(0.15), p.email.empty() ? 0 : habit(0.5),
      habit(0.6)};
}

}  // namespace

std::string_view to_string(Channel channel) noexcept {
  constexpr std::string_view kNames[] = {"web",         "app",   "mini_program", "wechat",
                                         "call_center", "store", "email",        "chat"};
  return kNames[static_cast<std::size_t>(channel)];
}

Person make_person(std::uint64_t seed, std::uint64_t id, const Parameters& parameters) {
  Chance chance(seed, id * 2);
  Person p;
  p.id = id;
  p.chinese = chance.happens(0.7);
  name_them(p, seed, chance);
  const std::uint64_t stale = 50'000'000 + id;  // numbers of the other half of the range: nobody's today
  if (p.chinese && chance.happens(0.12)) p.old_phone = mobile(seed, stale, chance);
  if (!chance.happens(0.85)) p.email.clear();
  p.newcomer = chance.happens(parameters.newcomer_share);
  if (chance.happens(0.78)) p.user_id = fmt::format("U{:08}", scatter(id, seed, 100'000'000, 69'621));
  if (chance.happens(p.chinese ? 0.5 : 0.25))
    p.loyalty = fmt::format("VIP{:09}", scatter(id, seed, 1'000'000'000, 16'807));
  if (p.chinese && chance.happens(0.6)) p.openid = "o" + hex(chance, 27);
  if (chance.happens(0.5)) p.device = hex(chance, 32);
  const std::size_t browsers = 1 + chance.weighted(std::array{0.6, 0.3, 0.1});
  for (std::size_t i = 0; i < browsers; ++i) p.browsers.push_back("a-" + hex(chance, 24));
  p.base = std::clamp(parameters.base_mean + parameters.base_sd * chance.normal(), 0.0, 10.0);
  choose_channels(p, chance);
  if (id > 1 &&
      chance.happens(parameters.shared_phone_share)) {  // a family phone: that of the customer before
    Chance other(seed, (id - 1) * 2);
    Person before;
    before.id = id - 1;
    before.chinese = other.happens(0.7);
    name_them(before, seed, other);
    p.phone = before.phone;
  }
  return p;
}

}  // namespace zhike::world
