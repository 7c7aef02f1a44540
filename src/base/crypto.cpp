#include "base/crypto.h"

#include <pthread.h>
#include <sodium.h>

#include <atomic>
#include <cstring>

namespace zhike::crypto {
namespace {

void ready() {
  static const bool ok = sodium_init() >= 0;
  cx_check(ok, "libsodium starts");
}

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(kNonce + kTag == kSealOverhead);

Hash128 hash128(std::string_view value, const unsigned char* key, std::size_t key_size) {
  Hash128 out;
  unsigned char raw[16];
  crypto_generichash(raw, sizeof raw, bytes(value), value.size(), key, key_size);
  std::memcpy(&out.high, raw, 8);
  std::memcpy(&out.low, raw + 8, 8);
  return out;
}

// Asking the system costs a call each time, and a new customer needs several nonces and keys: each thread
// takes random bytes by the page, hands each out once and erases it. A forked child would hand out the same
// bytes again, so it counts as another process; to ask for the process id would be a call to the system.
class RandomPage {
 public:
  void take(unsigned char* out, std::size_t count) {
    if (count > page_.size() / 4) return randombytes_buf(out, count);
    if (used_ + count > page_.size() || owner_ != process()) {
      Key seed;  // of a page of ChaCha20, which is quicker than as many bytes of the system's
      static_assert(sizeof seed.bytes == randombytes_SEEDBYTES);
      randombytes_buf(seed.bytes.data(), seed.bytes.size());
      randombytes_buf_deterministic(page_.data(), page_.size(), seed.bytes.data());
      sodium_memzero(seed.bytes.data(), seed.bytes.size());
      used_ = 0;
      owner_ = process();
    }
    std::memcpy(out, page_.data() + used_, count);
    sodium_memzero(page_.data() + used_, count);
    used_ += count;
  }
  ~RandomPage() { sodium_memzero(page_.data(), page_.size()); }

 private:
  /// How often the process and those it comes from were forked.
  static unsigned process() {
    static std::atomic<unsigned> forks{0};
    static const int registered = ::pthread_atfork(nullptr, nullptr, [] { ++forks; });
    cx_check(registered == 0, "out of memory");
    return forks.load(std::memory_order_relaxed);
  }

  std::array<unsigned char, 4096> page_{};
  std::size_t used_ = 4096;
  unsigned owner_ = 0;
};

void take_random(unsigned char* out, std::size_t count) {
  thread_local RandomPage page;
  page.take(out, count);
}

}  // namespace

void random_bytes(std::span<unsigned char> out) {
  ready();
  take_random(out.data(), out.size());
}

Key random_key() {
  Key key;
  random_bytes(key.bytes);
  return key;
}

std::string random_token(std::size_t count) {
  std::string raw(count, '\0');
  random_bytes({bytes(raw), count});
  std::string out(sodium_base64_ENCODED_LEN(count, sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0');
  sodium_bin2base64(out.data(), out.size(), bytes(raw), count, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  out.pop_back();  // the terminating zero
  return out;
}

Key derive(const Key& parent, std::string_view purpose) {
  ready();
  Key key;
  crypto_generichash(key.bytes.data(), key.bytes.size(), bytes(purpose), purpose.size(), parent.bytes.data(),
                     parent.bytes.size());
  return key;
}

Hash128 keyed_hash(const Key& key, std::string_view value) {
  ready();
  return hash128(value, key.bytes.data(), key.bytes.size());
}

Hash128 fingerprint(std::string_view value) {
  ready();
  return hash128(value, nullptr, 0);
}

Hash128 table_hash(const Key& key, std::string_view value) {
  static_assert(crypto_shorthash_siphashx24_KEYBYTES <= sizeof key.bytes);
  Hash128 out;
  unsigned char raw[crypto_shorthash_siphashx24_BYTES];
  crypto_shorthash_siphashx24(raw, bytes(value), value.size(), key.bytes.data());
  std::memcpy(&out.high, raw, 8);
  std::memcpy(&out.low, raw + 8, 8);
  return out;
}

std::string seal(const Key& key, std::string_view plain, std::string_view context) {
  ready();
  std::string out(plain.size() + kSealOverhead, '\0');
  take_random(bytes(out), kNonce);
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes(out) + kNonce, nullptr, bytes(plain), plain.size(),
                                             bytes(context), context.size(), nullptr, bytes(out),
                                             key.bytes.data());
  return out;
}

Result<std::string> open(const Key& key, std::string_view sealed, std::string_view context) {
  ready();
  if (sealed.size() < kSealOverhead) return fail(Code::kSealBroken, "{} bytes", sealed.size());
  std::string out(sealed.size() - kSealOverhead, '\0');
  const int wrong = crypto_aead_xchacha20poly1305_ietf_decrypt(
      bytes(out), nullptr, nullptr, bytes(sealed) + kNonce, sealed.size() - kNonce, bytes(context),
      context.size(), bytes(sealed), key.bytes.data());
  if (wrong != 0) return fail(Code::kSealBroken, "{} bytes", sealed.size());
  return out;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace zhike::crypto
