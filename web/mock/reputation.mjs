// Brand reputation in the stand-in: two brands over two weeks, one burst with its reason.
const kHourMs = 3_600_000;
const kBegin = new Date(Math.floor(Date.now() / (24 * kHourMs)) * 24 * kHourMs - 14 * 24 * kHourMs);
const at = (hours) => new Date(kBegin.getTime() + hours * kHourMs).toISOString();
const portion = (count, n) => ({ count, value: n < 10 ? null : count / n, low: n < 10 ? null : Math.max(0, count / n - 0.05), high: n < 10 ? null : Math.min(1, count / n + 0.05) });
const tones = (negative, neutral, positive) => {
  const n = negative + neutral + positive;
  return { n, unknown: 3, enough: n >= 10, negative: portion(negative, n), neutral: portion(neutral, n), positive: portion(positive, n) };
};
const net = (value) => ({ value, low: value - 6, high: value + 6 });
const series = (level) => Array.from({ length: 14 }, (_, day) => level + (day === 10 ? 60 : day % 3));
const sum = (values) => values.reduce((total, value) => total + value, 0);
const weights = { followers: 1, likes: 1, comments: 1, shares: 1 };
const all = sum(series(20)) + sum(series(30));

function brand(key, own, name_en, name_zh, level, value) {
  const mentions = sum(series(level));
  const negative = Math.round(mentions * 0.3);
  const mix = tones(negative, mentions - 2 * negative, negative);
  return {
    key, own, name_en, name_zh, mentions, before: mentions - 60, change: { ratio: 1.25, low: 0.98, high: 1.6, dispersion: 2.1, significant: own }, share: portion(mentions, all),
    share_change: { value: 0.02, low: -0.01, high: 0.05, significant: false }, net: net(value), net_change: { value: -4, low: -9, high: 1, significant: false }, reach: mentions * 5200,
    series: series(level), negatives: series(level).map((count) => Math.round(count * 0.3)), platforms: [{ platform: 'weibo', mentions, net: net(value), ...mix }], ...mix,
  };
}
const spread = (event_id, posts) => ({ event_id, strongest: event_id, posts, reach: posts * 5376, first: at(250), last: at(256), brands: ['ours'], negative: posts, neutral: 0, positive: 0, unknown: 0 });
const post = (event_id, text) => ({
  event_id, at: at(250), customer_id: '42', platform: 'weibo', author: 'traveller88', url: 'https://social.example/P-1', followers: 5200, likes: 120, comments: 0, shares: 56,
  pieces: [{ text: '山海超市', brand: 'ours' }, { text, brand: null }],
});
const posts = [post('71', '的冷柜坏了，酸奶都是热的，退款也没人理'), post('72', '今天又排队一小时')];
const burst = {
  brand: 'ours', of: 'all', from: at(249), to: at(253), noticed: at(250), peak: at(250), mentions: 64, expected: 4.2, p_value: 3e-12, negative: portion(52, 60),
  reason: {
    read: 64, before: 410, typical: ['71'], influential: [spread('71', 40), spread('72', 1)],
    words: [{ word: '冷柜', n: 41, before: 2, share: 0.64, share_before: 0.005, score: 151, q_value: 0, negative: 40 }, { word: '退款', n: 18, before: 9, share: 0.28, share_before: 0.02, score: 33, q_value: 0.0001, negative: 17 }],
  },
};
const hours = (key) => ({ brand: key, tested: 200, counts: Array.from({ length: 336 }, (_, hour) => (hour >= 249 && hour < 253 && key === 'ours' ? 16 : hour % 3)), expected: Array.from({ length: 336 }, (_, hour) => (hour < 136 ? null : 1.05)) });
const named = (key, own, name_en, name_zh) => ({ key, own, name_en, name_zh, names: [`@${key}`], exclusions: [] });
let brands = { version: 1, items: [named('ours', true, 'Shanhai', '山海超市'), named('rival', false, 'Rival', '对手')], weights };

let recipient = null;
const told = () => ({
  recipient,
  items: [{ id: '1', brand: 'ours', of: 'all', from: at(249), to: at(253), noticed: at(250), mentions: 64, expected: 4.2, state: 'sent', attempts: 1, error: '', sent: at(250) }],
});

export const reputationAnswers = {
  listBurstMessages: told,
  putBurstRecipient: ({ body }) => {
    recipient = body.recipient;
    return told();
  },
  getReputation: () => ({
    grain: 'day', at: Array.from({ length: 14 }, (_, day) => at(24 * day)), posts: all + 40, nameless: 40, mentions: all, mentions_before: all - 120, weights,
    brands: [brand('ours', true, 'Shanhai', '山海超市', 20, -12), brand('rival', false, 'Rival', '对手', 30, 8)], reading: { comments: all + 40, waiting: 0, renewing: false, stuck: false },
  }),
  getReputationBursts: () => ({ begin: at(0), quiet_days: 90, history_days: 28, least_days: 7, least: 5, limit: 0.000154, items: [burst, { ...burst, of: 'negative', mentions: 52, reason: null }], hours: [hours('ours'), hours('rival')], posts }),
  listReputationPosts: () => ({ posts: 41, texts: 2, weights, items: [{ ...spread('71', 40), post: posts[0] }, { ...spread('72', 1), post: posts[1] }] }),
  listBrands: () => brands,
  putBrands: ({ body }) => {
    const items = body.items.map((one) => ({ own: false, name_en: '', name_zh: '', names: [], exclusions: [], ...one }));
    brands = { version: body.version + 1, items, weights: body.weights ?? brands.weights };
    return brands;
  },
};
