#include "world/comments.h"

#include <fmt/core.h>

#include <span>

namespace zhike::world {
namespace {

using Words = std::span<const std::string_view>;

struct Language {
  Words open_good, open_bad, open_plain, good, plain, close_good, close_bad, late, defect, wait, unresolved,
      recovered, cancelled;
  std::string_view space, call_me;
};

constexpr std::string_view kZhOpenGood[] = {"非常满意！", "体验很好，", "一直在这家买，",
                                            "超出预期，", "给个好评，", ""};
constexpr std::string_view kZhOpenBad[] = {"很失望，",     "太差了，",     "说实话不满意，",
                                           "体验很糟糕，", "不会再来了，", ""};
constexpr std::string_view kZhOpenPlain[] = {"还可以，", "一般般，", "中规中矩，", "", "没有特别的感觉，"};
constexpr std::string_view kZhGood[] = {"物流很快，包装也仔细。",     "客服态度热情，回复及时。",
                                        "质量不错，和描述一致。",     "页面清楚，下单很方便。",
                                        "门店服务周到，店员很专业。", "小程序好用，积分兑换也简单。",
                                        "价格实惠，性价比高。"};
constexpr std::string_view kZhPlain[] = {"东西能用，没什么惊喜。", "速度正常。", "和别家差不多。",
                                         "价格适中。", "希望活动多一点。"};
constexpr std::string_view kZhCloseGood[] = {"会推荐给朋友。", "下次还会再来。", "继续保持！", ""};
constexpr std::string_view kZhCloseBad[] = {"希望尽快改进。", "请给我一个说法。", "要求退款。",
                                            "不会推荐给别人。", ""};
constexpr std::string_view kZhLate[] = {"等了好几天才到货，物流太慢。", "说好三天送达，结果晚了很久。",
                                        "快递一直不更新，配送延误。"};
constexpr std::string_view kZhDefect[] = {"收到就是坏的，质量有问题。", "用了两天就出故障。",
                                          "做工粗糙，和图片不符。"};
constexpr std::string_view kZhWait[] = {"客服电话一直占线，等太久。", "排队半天没人接。",
                                        "在线客服回复很慢。"};
constexpr std::string_view kZhUnresolved[] = {"问题反映了几次都没解决。", "客服推来推去，没人负责。",
                                              "说会回电，结果没有下文。"};
constexpr std::string_view kZhRecovered[] = {"虽然出了问题，但客服处理得很快，满意。",
                                             "问题当天就解决了，态度很好。"};
constexpr std::string_view kZhCancelled[] = {"订单被取消了，没有提前通知。", "下单后说没货，只能退款。"};

constexpr std::string_view kEnOpenGood[] = {"Very happy.", "Great experience.", "Excellent!",
                                            "Better than expected.", ""};
constexpr std::string_view kEnOpenBad[] = {"Very disappointed.", "Terrible.", "Not good enough.",
                                           "Poor experience.", ""};
constexpr std::string_view kEnOpenPlain[] = {"It was okay.", "Average.", "Fine, nothing special.", ""};
constexpr std::string_view kEnGood[] = {"Fast delivery and careful packaging.",
                                        "The support team was friendly and quick.",
                                        "Good quality, exactly as described.",
                                        "Ordering was easy and clear.",
                                        "The store staff were helpful and knew the products.",
                                        "Great value for the price."};
constexpr std::string_view kEnPlain[] = {"The product works.", "Delivery took the usual time.",
                                         "Much like other shops.", "The price is fair."};
constexpr std::string_view kEnCloseGood[] = {"I will recommend it to friends.", "Will buy again.",
                                             "Keep it up!", ""};
constexpr std::string_view kEnCloseBad[] = {"Please improve this.", "I want a refund.",
                                            "I would not recommend it.", ""};
constexpr std::string_view kEnLate[] = {"The parcel arrived days late.",
                                        "Delivery was slow and the date was missed.",
                                        "Tracking never updated and the order was delayed."};
constexpr std::string_view kEnDefect[] = {"It arrived broken.", "It stopped working after two days.",
                                          "Poor quality, not as pictured."};
constexpr std::string_view kEnWait[] = {"I waited far too long on the phone.", "Nobody answered for ages.",
                                        "Chat replies were very slow."};
constexpr std::string_view kEnUnresolved[] = {"My problem is still not solved.",
                                              "Support kept passing me around.",
                                              "They promised to call back and never did."};
constexpr std::string_view kEnRecovered[] = {"There was a problem, but support fixed it quickly.",
                                             "They solved it the same day, thank you."};
constexpr std::string_view kEnCancelled[] = {"My order was cancelled without notice.",
                                             "Out of stock after I paid, so it was refunded."};

constexpr Language kChinese{kZhOpenGood,   kZhOpenBad,   kZhOpenPlain, kZhGood,   kZhPlain,
                            kZhCloseGood,  kZhCloseBad,  kZhLate,      kZhDefect, kZhWait,
                            kZhUnresolved, kZhRecovered, kZhCancelled, "",        "请回电"};
constexpr Language kEnglish{kEnOpenGood,   kEnOpenBad,   kEnOpenPlain, kEnGood,   kEnPlain,
                            kEnCloseGood,  kEnCloseBad,  kEnLate,      kEnDefect, kEnWait,
                            kEnUnresolved, kEnRecovered, kEnCancelled, " ",       "Please call me on "};

void add(std::string& text, std::string_view part, std::string_view space) {
  if (part.empty()) return;
  if (!text.empty()) text += space;
  text += part;
}

Words words_for(const Language& language, Cause cause) {
  switch (cause) {
    case Cause::kLate:
      return language.late;
    case Cause::kDefect:
      return language.defect;
    case Cause::kWait:
      return language.wait;
    case Cause::kUnresolved:
      return language.unresolved;
    case Cause::kRecovered:
      return language.recovered;
    case Cause::kCancelled:
      return language.cancelled;
    case Cause::kNothing:
      break;
  }
  return language.plain;
}

}  // namespace

std::string comment_on(const Person& person, double experience, Cause cause, double leak_share,
                       Chance& chance) {
  const Language& language = person.chinese ? kChinese : kEnglish;
  std::string text;
  const auto say = [&](Words words) { add(text, chance.pick(words), language.space); };
  if (experience >= 7) {
    say(language.open_good);
    say(cause == Cause::kRecovered ? language.recovered : language.good);
    say(language.close_good);
  } else if (experience < 5) {
    say(language.open_bad);
    say(cause == Cause::kNothing || cause == Cause::kRecovered ? language.wait : words_for(language, cause));
    say(language.close_bad);
  } else {
    say(language.open_plain);
    say(cause == Cause::kRecovered ? language.plain : words_for(language, cause));
  }
  if (chance.happens(leak_share)) {
    add(text, language.call_me, language.space);
    text += person.phone;
    text += person.chinese ? "。" : ".";
  }
  return text;
}

std::string note_on(const Person& person, Topic topic, bool resolved, double leak_share, Chance& chance) {
  constexpr std::string_view kZh[] = {"咨询商品", "查询物流", "质量问题", "使用咨询", "退款申请"};
  constexpr std::string_view kEn[] = {"product question", "where is my order", "defective item", "how to use",
                                      "refund request"};
  const auto at = static_cast<std::size_t>(topic);
  std::string text = person.chinese
                         ? fmt::format("{}，{}", kZh[at], resolved ? "已处理" : "待跟进")
                         : fmt::format("{}, {}", kEn[at], resolved ? "solved" : "to be followed up");
  if (chance.happens(leak_share))
    text +=
        person.chinese ? fmt::format("，联系电话{}", person.phone) : fmt::format(", call {}", person.phone);
  return text;
}

}  // namespace zhike::world
