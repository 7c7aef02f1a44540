#include "ingest/classify.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/encoding.h"
#include "govern/mask.h"
#include "ingest/detect.h"

namespace zhike::ingest {
namespace {

constexpr std::size_t kKnownMax = 20'000;  // keys that hostile input invents must not fill memory

struct KeyRule {
  std::string_view key;
  KeyClass is;
};

// Of the last part of a key, lower case, without anything but letters and digits.
constexpr std::array kExact{KeyRule{"email", KeyClass::kEmail},
                            KeyRule{"mail", KeyClass::kEmail},
                            KeyRule{"emailaddress", KeyClass::kEmail},
                            KeyRule{"邮箱", KeyClass::kEmail},
                            KeyRule{"电子邮件", KeyClass::kEmail},
                            KeyRule{"phone", KeyClass::kPhone},
                            KeyRule{"mobile", KeyClass::kPhone},
                            KeyRule{"tel", KeyClass::kPhone},
                            KeyRule{"telephone", KeyClass::kPhone},
                            KeyRule{"cellphone", KeyClass::kPhone},
                            KeyRule{"phonenumber", KeyClass::kPhone},
                            KeyRule{"mobilephone", KeyClass::kPhone},
                            KeyRule{"mobilenumber", KeyClass::kPhone},
                            KeyRule{"fax", KeyClass::kPhone},
                            KeyRule{"msisdn", KeyClass::kPhone},
                            KeyRule{"手机", KeyClass::kPhone},
                            KeyRule{"手机号", KeyClass::kPhone},
                            KeyRule{"手机号码", KeyClass::kPhone},
                            KeyRule{"电话", KeyClass::kPhone},
                            KeyRule{"联系电话", KeyClass::kPhone},
                            KeyRule{"firstname", KeyClass::kName},
                            KeyRule{"lastname", KeyClass::kName},
                            KeyRule{"fullname", KeyClass::kName},
                            KeyRule{"middlename", KeyClass::kName},
                            KeyRule{"surname", KeyClass::kName},
                            KeyRule{"givenname", KeyClass::kName},
                            KeyRule{"realname", KeyClass::kName},
                            KeyRule{"customername", KeyClass::kName},
                            KeyRule{"contactname", KeyClass::kName},
                            KeyRule{"receivername", KeyClass::kName},
                            KeyRule{"receiver", KeyClass::kName},
                            KeyRule{"consignee", KeyClass::kName},
                            KeyRule{"cardholder", KeyClass::kName},
                            KeyRule{"姓名", KeyClass::kName},
                            KeyRule{"客户姓名", KeyClass::kName},
                            KeyRule{"联系人", KeyClass::kName},
                            KeyRule{"收货人", KeyClass::kName},
                            KeyRule{"nickname", KeyClass::kName},
                            KeyRule{"昵称", KeyClass::kName},
                            KeyRule{"username", KeyClass::kName},
                            KeyRule{"address", KeyClass::kAddress},
                            KeyRule{"street", KeyClass::kAddress},
                            KeyRule{"address1", KeyClass::kAddress},
                            KeyRule{"address2", KeyClass::kAddress},
                            KeyRule{"addressline1", KeyClass::kAddress},
                            KeyRule{"addressline2", KeyClass::kAddress},
                            KeyRule{"shippingaddress", KeyClass::kAddress},
                            KeyRule{"billingaddress", KeyClass::kAddress},
                            KeyRule{"homeaddress", KeyClass::kAddress},
                            KeyRule{"latitude", KeyClass::kAddress},
                            KeyRule{"longitude", KeyClass::kAddress},
                            KeyRule{"地址", KeyClass::kAddress},
                            KeyRule{"收货地址", KeyClass::kAddress},
                            KeyRule{"详细地址", KeyClass::kAddress},
                            KeyRule{"ip", KeyClass::kAddress},
                            KeyRule{"ipaddress", KeyClass::kAddress},
                            KeyRule{"idcard", KeyClass::kNumber},
                            KeyRule{"idcardno", KeyClass::kNumber},
                            KeyRule{"idnumber", KeyClass::kNumber},
                            KeyRule{"nationalid", KeyClass::kNumber},
                            KeyRule{"passport", KeyClass::kNumber},
                            KeyRule{"passportno", KeyClass::kNumber},
                            KeyRule{"passportnumber", KeyClass::kNumber},
                            KeyRule{"ssn", KeyClass::kNumber},
                            KeyRule{"taxid", KeyClass::kNumber},
                            KeyRule{"cpf", KeyClass::kNumber},
                            KeyRule{"cardnumber", KeyClass::kNumber},
                            KeyRule{"cardno", KeyClass::kNumber},
                            KeyRule{"bankcard", KeyClass::kNumber},
                            KeyRule{"bankaccount", KeyClass::kNumber},
                            KeyRule{"accountnumber", KeyClass::kNumber},
                            KeyRule{"creditcard", KeyClass::kNumber},
                            KeyRule{"iban", KeyClass::kNumber},
                            KeyRule{"身份证", KeyClass::kNumber},
                            KeyRule{"身份证号", KeyClass::kNumber},
                            KeyRule{"身份证号码", KeyClass::kNumber},
                            KeyRule{"证件号", KeyClass::kNumber},
                            KeyRule{"银行卡", KeyClass::kNumber},
                            KeyRule{"银行卡号", KeyClass::kNumber},
                            KeyRule{"unionid", KeyClass::kNumber},
                            KeyRule{"openid", KeyClass::kNumber},
                            KeyRule{"licenseplate", KeyClass::kNumber},
                            KeyRule{"车牌号", KeyClass::kNumber},
                            KeyRule{"birthday", KeyClass::kBirthday},
                            KeyRule{"birthdate", KeyClass::kBirthday},
                            KeyRule{"dateofbirth", KeyClass::kBirthday},
                            KeyRule{"dob", KeyClass::kBirthday},
                            KeyRule{"生日", KeyClass::kBirthday},
                            KeyRule{"出生日期", KeyClass::kBirthday},
                            KeyRule{"password", KeyClass::kSecret},
                            KeyRule{"passwd", KeyClass::kSecret},
                            KeyRule{"pwd", KeyClass::kSecret},
                            KeyRule{"token", KeyClass::kSecret},
                            KeyRule{"accesstoken", KeyClass::kSecret},
                            KeyRule{"refreshtoken", KeyClass::kSecret},
                            KeyRule{"secret", KeyClass::kSecret},
                            KeyRule{"cvv", KeyClass::kSecret},
                            KeyRule{"cvc", KeyClass::kSecret},
                            KeyRule{"pin", KeyClass::kSecret},
                            KeyRule{"otp", KeyClass::kSecret},
                            KeyRule{"apikey", KeyClass::kSecret},
                            KeyRule{"密码", KeyClass::kSecret},
                            KeyRule{"验证码", KeyClass::kSecret}};

constexpr std::array<std::string_view, 12> kOrderlyKeys{
    "orderid",    "productid", "sku",      "ticketid", "caseid",    "sessionid",
    "checkoutid", "cartid",    "sellerid", "storeid",  "paymentid", "transactionid"};
// Of an address, the parts that name no house.
constexpr std::array<std::string_view, 10> kCoarse{"city",    "state",      "country", "province",
                                                   "region",  "district",   "zip",     "postalcode",
                                                   "zipcode", "countrycode"};

// Context worth keeping beside the event; the rest stays in the journal only.
constexpr std::array<std::string_view, 18> kContext{
    "page.path",       "page.url",      "page.referrer", "page.title",       "campaign.source",
    "campaign.medium", "campaign.name", "campaign.term", "campaign.content", "os.name",
    "os.version",      "device.type",   "device.model",  "app.name",         "app.version",
    "library.name",    "locale",        "timezone"};

std::string plain_key(std::string_view key) {
  std::string out;
  for (const char c : key) {
    const bool beyond_ascii = static_cast<unsigned char>(c) >= 0x80;
    if (beyond_ascii || ascii::is_alnum(c)) out.push_back(ascii::lower(c));
  }
  return out;
}

}  // namespace

KeyClass classify_key(std::string_view key, bool is_trait) {
  const std::size_t dot = key.rfind('.');
  const std::string last = plain_key(dot == key.npos ? key : key.substr(dot + 1));
  const std::string whole = plain_key(key);
  if (dot != key.npos) {
    const std::string parent = plain_key(key.substr(0, dot));
    if (parent.ends_with("address") || parent.ends_with("地址"))
      return std::ranges::find(kCoarse, last) != kCoarse.end() ? KeyClass::kPlain : KeyClass::kAddress;
  }
  if (is_trait && (last == "name" || last == "用户名"))
    return whole.starts_with("company") ? KeyClass::kPlain : KeyClass::kName;
  for (const std::string& text : {last, whole})
    for (const KeyRule& rule : kExact)
      if (rule.key == text) return rule.is;
  if (last.ends_with("phone") || last.ends_with("mobile")) return KeyClass::kPhone;
  if (last.ends_with("email")) return KeyClass::kEmail;
  if (last.ends_with("password") || last.ends_with("secret")) return KeyClass::kSecret;
  return std::ranges::find(kOrderlyKeys, last) != kOrderlyKeys.end() ? KeyClass::kOrderly : KeyClass::kPlain;
}

std::string mask(KeyClass kind, std::string_view value) {
  switch (kind) {
    case KeyClass::kPlain:
    case KeyClass::kOrderly:
      return std::string(value);
    case KeyClass::kName:
      return govern::mask_name(value);
    case KeyClass::kPhone:
      return govern::mask_phone(value);
    case KeyClass::kEmail:
      return govern::mask_email(value);
    case KeyClass::kAddress:
      return govern::mask_address(value);
    case KeyClass::kNumber:
      return is_chinese_id(value) ? govern::mask_national_id(value) : govern::mask_card(value);
    case KeyClass::kBirthday:
      return is_valid_utf8(value.substr(0, 3)) && value.size() >= 4 ? std::string(value.substr(0, 3)) + "*"
                                                                    : "***";
    case KeyClass::kSecret:
      return "";
  }
  return "";
}

KeyClass Classifier::class_of(std::string_view key, Known& known, bool is_trait) {
  if (const auto at = known.find(key); at != known.end()) return at->second;
  const KeyClass is = classify_key(key, is_trait);
  if (known.size() < kKnownMax) known.emplace(key, is);
  return is;
}

std::string shown_trait(std::string_view key, const std::string& value) {
  const KeyClass is = classify_key(key, true);
  return is_sensitive(is) ? mask(is, value) : scrub(value);
}

void Classifier::clean(const RawEvent& event, Clean& out) {
  out.properties.clear();
  out.traits.clear();
  out.sealed.clear();
  out.full_name.clear();
  out.text = scrub(event.text);
  for (const Property& p : event.properties) {
    const KeyClass is = class_of(p.key, properties_, false);
    std::string value = to_string(p.value);
    if (value.empty() || is == KeyClass::kSecret) continue;
    if (is_sensitive(is)) {
      out.properties.push_back({p.key, mask(is, value)});
      out.sealed.push_back({p.key, std::move(value)});
    } else {
      out.properties.push_back(
          {p.key, is == KeyClass::kOrderly || !may_be_sensitive(value) ? std::move(value) : scrub(value)});
    }
  }
  for (const Property& p : event.context)
    if (std::ranges::find(kContext, p.key) != kContext.end())
      if (std::string value = scrub(to_string(p.value)); !value.empty())
        out.properties.push_back({p.key, std::move(value)});
  std::string first, last;
  for (const Property& p : event.traits) {
    const KeyClass is = class_of(p.key, traits_, true);
    std::string value = to_string(p.value);
    if (value.empty() || is == KeyClass::kSecret) continue;
    const bool sensitive = is_sensitive(is) || scrub(value) != value;
    if (is == KeyClass::kName) {
      const std::string key = plain_key(p.key);
      if (key == "firstname" || key == "givenname")
        first = value;
      else if (key == "lastname" || key == "surname")
        last = value;
      else if (key != "nickname" && key != "username" && key != "昵称")
        out.full_name = value;
    }
    if (sensitive)
      out.sealed.push_back({p.key, std::move(value)});
    else
      out.traits.push_back({p.key, std::move(value)});
  }
  if (out.full_name.empty() && !first.empty() && !last.empty()) out.full_name = first + " " + last;
}

}  // namespace zhike::ingest
