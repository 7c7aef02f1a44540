#include "match/test_people.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <map>
#include <string>

#include "match/words.h"

namespace zhike::match {
namespace {

constexpr std::string_view kFamilies =
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈"
    "钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向汤单解仇";
constexpr std::string_view kGiven =
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国文辉力健俊帆雪荣爱妹淑珍莉燕玲芬梅鑫飞凤洁琳素"
    "云莲真环"
    "佳嘉琼勤贞桂娣叶璧璐娅琦晶妍茜秋珊莎锦黛青倩婷姣婉娴瑾颖露瑶怡婵雁蓓纨仪荷丹蓉眉君琴蕊薇菁梦岚苑婕馨瑗琰"
    "韵融园艺咏卿聪澜"
    "纯毓悦昭冰爽琬茗羽希宁欣飘育滢馥筠柔竹霭凝晓欢霄枫芸菲寒伊亚宜可姬舒影荔枝思东松峰志义兴良海山仁波贵福龙"
    "生元全胜学祥才"
    "发武新利清彬富顺信子博诚先敬震振壮会思群豪心邦承乐绍功厚庆民友裕河哲江超浩亮政谦亨奇固之轮翰朗伯宏言若鸣"
    "朋斌梁栋维启克伦"
    "翔旭鹏泽晨辰士以家致树炎德行时泰盛雄琛钧冠策腾榕风航弘宇轩雨诗涵梓萱浩然子睿一诺可馨";
/// Simplified and traditional, pair by pair.
constexpr std::string_view kTraditional =
    "张張刘劉陈陳杨楊黄黃赵趙吴吳孙孫马馬郑鄭谢謝许許韩韓邓鄧冯馮肖蕭萧蕭蒋蔣余余叶葉苏蘇吕呂卢盧钟鐘谭譚陆陸"
    "贾賈韦韋邹鄒"
    "龙龍贺賀顾顧龚龔万萬钱錢戴戴严嚴汤湯伟偉丽麗军軍艳艷杰傑涛濤兰蘭红紅国國辉輝俊俊荣榮爱愛凤鳳洁潔莲蓮环環"
    "琼瓊贞貞锦錦"
    "颖穎仪儀韵韻园園艺藝聪聰澜瀾纯純宁寧飘飄欢歡芸芸亚亞义義兴興学學发發启啟诚誠震震壮壯会會乐樂绍紹庆慶伦倫"
    "维維"
    "鹏鵬泽澤时時腾騰风風诗詩";
constexpr std::array<std::string_view, 18> kCities{
    "广东省深圳市南山区", "广东省深圳市福田区", "广东省广州市天河区",   "浙江省杭州市西湖区",
    "浙江省杭州市余杭区", "江苏省南京市鼓楼区", "江苏省苏州市工业园区", "四川省成都市武侯区",
    "四川省成都市锦江区", "湖北省武汉市洪山区", "陕西省西安市雁塔区",   "湖南省长沙市岳麓区",
    "福建省厦门市思明区", "山东省青岛市市南区", "辽宁省大连市中山区",   "河南省郑州市金水区",
    "安徽省合肥市蜀山区", "云南省昆明市五华区"};
constexpr std::array<std::string_view, 24> kRoads{
    "人民路", "中山路", "解放路", "建设路", "和平路", "文化路", "科技园路", "学院路",
    "滨江路", "长江路", "黄河路", "新华路", "朝阳路", "东风路", "青年路",   "湖滨路",
    "花园路", "友谊路", "育才路", "迎宾路", "光明路", "胜利路", "体育路",   "幸福路"};
constexpr std::array<std::string_view, 6> kPrefixes{"138", "139", "150", "186", "177", "199"};
constexpr std::array<std::string_view, 4> kMails{"qq.com", "163.com", "126.com", "outlook.com"};

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() { return mix(state_++ * 0x2545f4914f6cdd1dULL + 0x632be59bd9b4e019ULL); }
  std::size_t below(std::size_t n) { return next() % n; }
  bool one_in(double share) { return static_cast<double>(next() >> 11U) * 0x1p-53 < share; }
  /// Small numbers more often: the share of rank r falls about as 1 / (r + 3) (Zipf with an offset).
  std::size_t ranked(std::size_t n) {
    const double u = static_cast<double>(next() >> 11U) * 0x1p-53,
                 most = std::log((static_cast<double>(n) + 3) / 3);
    return std::min(n - 1, static_cast<std::size_t>(3 * (std::exp(u * most) - 1)));
  }

 private:
  std::uint64_t state_;
};

std::vector<std::string> characters(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i + 3 <= text.size(); i += 3) out.emplace_back(text.substr(i, 3));
  return out;
}

char32_t point_of(const std::string& c) {
  const auto b = [&](std::size_t i) { return static_cast<unsigned char>(c[i]); };
  return static_cast<char32_t>((b(0) & 15U) << 12U | (b(1) & 63U) << 6U | (b(2) & 63U));
}

/// Columns filled row by row.
class Rows {
 public:
  explicit Rows(std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names)
      out_.table.columns.push_back({.name = std::string(name), .values = {}, .codes = {}});
  }
  void add(std::uint32_t customer, std::initializer_list<std::string_view> cells) {
    std::size_t c = 0;
    for (const std::string_view cell : cells) {
      Column& column = out_.table.columns[c++];
      column.codes.push_back(column.values.add(cell));
    }
    out_.table.ids.push_back(std::to_string(out_.table.ids.size() + 1));
    out_.table.sources.push_back(0);
    out_.truth.push_back(customer);
  }
  People take() { return std::move(out_); }

 private:
  People out_;
};

std::string mistyped(std::string text, Dice& dice, std::string_view alphabet) {
  if (text.size() < 2) return text;
  const std::size_t at = dice.below(text.size() - 1);
  switch (dice.below(4)) {
    case 0:
      text.erase(at, 1);
      break;
    case 1:
      text.insert(at, 1, alphabet[dice.below(alphabet.size())]);
      break;
    case 2:
      text[at] = alphabet[dice.below(alphabet.size())];
      break;
    default:
      std::swap(text[at], text[at + 1]);
  }
  return text;
}
constexpr std::string_view kDigits = "0123456789", kLetters = "abcdefghijklmnopqrstuvwxyz";

struct ChinesePerson {
  std::vector<std::string> name;  ///< family name first
  std::string phone, old_phone, birthday, city, street, mail;
};

class China {
 public:
  explicit China(std::uint64_t seed)
      : dice_(seed), families_(characters(kFamilies)), given_(characters(kGiven)) {
    const auto pairs = characters(kTraditional);
    for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) traditional_.emplace(pairs[i], pairs[i + 1]);
    for (const std::string& c : given_) sounds_[std::string(pinyin(point_of(c)))].push_back(c);
  }

  ChinesePerson person() {
    ChinesePerson out;
    out.name.push_back(families_[dice_.ranked(families_.size())]);
    out.name.push_back(given_[dice_.below(given_.size())]);
    if (dice_.one_in(0.8)) out.name.push_back(given_[dice_.below(given_.size())]);
    out.phone = phone();
    out.old_phone = phone();
    out.birthday =
        fmt::format("{}-{:02}-{:02}", 1950 + dice_.below(55), 1 + dice_.below(12), 1 + dice_.below(28));
    out.city = kCities[dice_.ranked(kCities.size())];
    out.street = street();
    const bool by_phone = dice_.one_in(0.4);
    std::string letters;
    for (const std::string& c : out.name) letters += pinyin(point_of(c));
    out.mail = fmt::format("{}@{}", by_phone ? out.phone : letters + std::to_string(dice_.below(999)),
                           kMails[dice_.ranked(4)]);
    return out;
  }

  void record(Rows& rows, std::uint32_t customer, const ChinesePerson& person, const ChinesePerson& other) {
    std::string phone = person.phone;
    if (dice_.one_in(0.15))
      phone.clear();
    else if (dice_.one_in(0.10))
      phone = person.old_phone;
    else if (dice_.one_in(0.02))
      phone = other.old_phone;
    else if (dice_.one_in(0.03))
      phone = mistyped(phone, dice_, kDigits);
    if (dice_.one_in(0.2) && phone.size() == 11)
      phone = fmt::format("+86 {} {} {}", phone.substr(0, 3), phone.substr(3, 4), phone.substr(7));
    std::string birthday = dice_.one_in(0.25) ? "" : person.birthday;
    if (dice_.one_in(0.03)) birthday = mistyped(birthday, dice_, kDigits);
    std::string address;
    if (!dice_.one_in(0.2)) {
      address = dice_.one_in(0.08) ? std::string(kCities[dice_.below(kCities.size())]) + street()
                                   : person.city + person.street;
      if (dice_.one_in(0.3)) address.erase(0, address.find("省") + 3);
    }
    rows.add(customer, {name(person), phone, birthday, address, dice_.one_in(0.6) ? "" : person.mail});
  }

 private:
  std::string phone() { return fmt::format("{}{:08}", kPrefixes[dice_.below(6)], dice_.below(100'000'000)); }
  std::string street() {
    return fmt::format("{}{}号{}栋{}室", kRoads[dice_.below(kRoads.size())], 1 + dice_.below(300),
                       1 + dice_.below(30), 100 * (1 + dice_.below(30)) + 1 + dice_.below(8));
  }

  std::string name(const ChinesePerson& person) {
    std::vector<std::string> parts = person.name;
    if (dice_.one_in(0.06)) {
      std::string& c = parts[1 + dice_.below(parts.size() - 1)];
      const auto& same = sounds_[std::string(pinyin(point_of(c)))];
      c = same[dice_.below(same.size())];
    }
    std::string out;
    if (dice_.one_in(0.08)) {
      const std::string letters = latin_name(joined(parts));
      const std::size_t blank = letters.find(' ');
      if (dice_.one_in(0.5)) return letters;
      return letters.substr(blank + 1) + " " + letters.substr(0, blank);
    }
    if (dice_.one_in(0.03)) return parts[0] + (dice_.one_in(0.5) ? "先生" : "女士");
    const bool old_script = dice_.one_in(0.07);
    for (const std::string& c : parts) {
      const auto it = traditional_.find(c);
      out += old_script && it != traditional_.end() ? it->second : c;
    }
    return out;
  }

  static std::string joined(const std::vector<std::string>& parts) {
    std::string out;
    for (const std::string& part : parts) out += part;
    return out;
  }

  Dice dice_;
  std::vector<std::string> families_, given_;
  std::map<std::string, std::string> traditional_;
  std::map<std::string, std::vector<std::string>> sounds_;
};

std::string word(std::size_t number, std::size_t syllables) {
  constexpr std::string_view kFirst = "bcdfghjklmnprstvw", kSecond = "aeiou";
  std::string out;
  std::uint64_t bits = mix(number * 7919 + syllables);
  for (std::size_t i = 0; i < syllables; ++i) {
    out.push_back(kFirst[bits % kFirst.size()]);
    bits /= kFirst.size();
    out.push_back(kSecond[bits % kSecond.size()]);
    bits /= kSecond.size();
    if (bits % 3 == 0) out.push_back("nrlst"[bits / 3 % 5]);
    bits /= 15;
  }
  return out;
}

}  // namespace

People chinese_people(std::size_t customers, std::uint64_t seed) {
  China china(seed);
  Dice dice(seed + 1);
  Rows rows{"姓名", "手机", "生日", "地址", "邮箱"};
  ChinesePerson other = china.person();
  for (std::uint32_t customer = 1; customer <= customers; ++customer) {
    const ChinesePerson person = china.person();
    const std::size_t records = 1 + (dice.one_in(0.45) ? 1 : 0) + (dice.one_in(0.2) ? 1 : 0);
    for (std::size_t i = 0; i < records; ++i) china.record(rows, customer, person, other);
    if (dice.one_in(0.2)) other = person;
  }
  return rows.take();
}

People western_people(std::size_t records, std::uint64_t seed) {
  Dice dice(seed);
  Rows rows{"given_name", "surname", "date_of_birth", "street", "postcode", "city", "phone", "email"};
  const std::size_t streets = 2000 + records / 20, cities = 300;
  std::uint32_t customer = 0;
  for (std::size_t made = 0; made < records;) {
    ++customer;
    const std::string given = word(dice.ranked(2000), 2), family = word(1'000'000 + dice.ranked(30'000), 3);
    const std::string birthday =
        fmt::format("{}-{:02}-{:02}", 1935 + dice.below(70), 1 + dice.below(12), 1 + dice.below(28));
    const std::size_t town = dice.ranked(cities);
    const std::string street =
        fmt::format("{} {} street", 1 + dice.below(200), word(2'000'000 + dice.below(streets), 3));
    const std::string postcode = fmt::format("{:05}", 10'000 + town * 97 + dice.below(90)),
                      city = word(3'000'000 + town, 3);
    const std::string phone = fmt::format("0{:09}", dice.below(1'000'000'000));
    const std::string mail = fmt::format("{}.{}{}@example.com", given, family, dice.below(99));
    const std::size_t copies = dice.one_in(0.8) ? 1 : 2;
    for (std::size_t copy = 0; copy < copies && made < records; ++copy, ++made) {
      const auto typed = [&](const std::string& text, std::string_view alphabet) {
        if (dice.one_in(0.08)) return std::string();
        return dice.one_in(0.08) ? mistyped(text, dice, alphabet) : text;
      };
      rows.add(customer, {typed(given, kLetters), typed(family, kLetters), typed(birthday, kDigits),
                          typed(street, kLetters), typed(postcode, kDigits), typed(city, kLetters),
                          typed(phone, kDigits), typed(mail, kLetters)});
    }
  }
  return rows.take();
}

}  // namespace zhike::match
