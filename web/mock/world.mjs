// A small invented world for developing the console without a server: deterministic, in memory.

/** A repeatable source of numbers between 0 and 1 (mulberry32). */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const named = (rows) => rows.map(([key, name_en, name_zh]) => ({ key, name_en, name_zh }));

export const channels = named([
  ['web', 'Website', '官网'], ['app', 'App', '手机应用'], ['wechat', 'WeChat', '微信'], ['store', 'Store', '门店'],
  ['phone', 'Phone', '电话'], ['email', 'E-mail', '邮件'], ['chat', 'Online chat', '在线客服'], ['marketplace', 'Marketplace', '电商平台'],
]);
export const stages = named([
  ['discover', 'Discover', '认知'], ['consider', 'Consider', '考虑'], ['buy', 'Buy', '购买'], ['receive', 'Receive', '收货'], ['use', 'Use & support', '使用与支持'], ['stay', 'Stay', '留存'],
]);
export const touchpoints = named([
  ['product_page', 'Product page', '商品页'], ['search', 'Search', '搜索'], ['campaign', 'Campaign', '营销活动'], ['cart', 'Cart', '购物车'], ['checkout', 'Checkout', '结算'],
  ['order_confirmation', 'Order confirmation', '订单确认'], ['delivery', 'Delivery', '配送'], ['support_call', 'Support call', '客服来电'], ['support_chat', 'Support chat', '在线咨询'],
  ['survey', 'Survey', '问卷'], ['loyalty', 'Loyalty programme', '会员计划'],
]);
export const units = [
  { key: 'shanghai', name_en: 'Shanghai', name_zh: '上海', parent: '', zone: 'Asia/Shanghai', own_zone: '', listed: true },
  { key: 'shenzhen', name_en: 'Shenzhen', name_zh: '深圳', parent: '', zone: 'Asia/Shanghai', own_zone: '', listed: true },
];
const kStageOf = {
  product_page: 'consider', search: 'discover', campaign: 'discover', cart: 'consider', checkout: 'buy', order_confirmation: 'buy', delivery: 'receive',
  support_call: 'use', support_chat: 'use', survey: 'use', loyalty: 'stay',
};
const kNames = {
  product_page: 'Product Viewed', search: 'Products Searched', campaign: 'Campaign Opened', cart: 'Product Added', checkout: 'Checkout Started', order_confirmation: 'Order Completed',
  delivery: 'Order Delivered', support_call: 'Call Answered', support_chat: 'Chat Closed', survey: 'Survey Answered', loyalty: 'Points Earned',
};
export const rules = Object.keys(kNames).map((key) => ({ type: 'track', name: kNames[key], source: '', channel: '', set_channel: '', touchpoint: key, stage: kStageOf[key] }));

const kSaid = {
  good: ['送货很快，包装也好，会再来。', 'Ordered at night, arrived the next morning. Impressive.', '客服一次就解决了我的问题。', 'The app is easy to use and the staff was kind.', '门店体验不错，店员很专业。'],
  fair: ['还可以，就是等得有点久。', 'Fine overall, but checkout asked for the address twice.', '价格合适，说明书看不太懂。'],
  bad: ['等了五天才发货，打电话没人接。', 'The parcel came damaged and I had to explain it three times.', '退款一直没到账，很失望。', 'Chat said one thing, the store another.'],
};
const kSurnames = [...'王李张刘陈杨黄赵吴周'];

const kDayMs = 86_400_000;

export function makeWorld(now = Date.now(), days = 120, customerCount = 420) {
  const next = random(20261121);
  const pick = (items) => items[Math.floor(next() * items.length)];
  const events = [];
  const customers = [];
  let eventId = 1n << 40n;
  for (let index = 0; index < customerCount; index += 1) {
    const id = String(1_000_001 + index * 37);
    const unit = pick(units).key;
    const mood = next();
    const home = pick(['web', 'app', 'wechat', 'store', 'marketplace', 'app', 'web']);
    const journeys = 1 + Math.floor(next() * next() * 6);
    const own = [];
    const add = (at, touchpoint, channel, extra = {}) => {
      if (at > now) return;
      eventId += 1n;
      own.push({
        at: new Date(at).toISOString(), event_id: String(eventId), customer_id: id, type: 'track', name: kNames[touchpoint], channel, touchpoint, stage: kStageOf[touchpoint],
        source: channel === 'store' ? '2' : channel === 'phone' ? '3' : '1', unit, case_id: '', amount: null, instrument: '', score: null, text: '', properties: {}, ...extra,
      });
    };
    for (let journey = 0; journey < journeys; journey += 1) {
      let at = now - next() * days * kDayMs;
      const wait = (hours) => { at += (0.2 + next()) * hours * 3_600_000; };
      const channel = next() < 0.7 ? home : pick(channels).key;
      add(at, next() < 0.4 ? 'campaign' : 'search', next() < 0.3 ? 'email' : channel);
      wait(1);
      for (let views = 0; views < 1 + next() * 3; views += 1) { add(at, 'product_page', channel, { properties: { product_id: `P-${100 + Math.floor(next() * 60)}`, page: '/product' } }); wait(0.5); }
      if (next() < 0.3) continue;
      add(at, 'cart', channel); wait(2);
      if (next() < 0.25) continue;
      const order = `A-${10_000 + events.length + own.length}`;
      add(at, 'checkout', channel, { case_id: order }); wait(0.1);
      add(at, 'order_confirmation', channel, { case_id: order, amount: { minor: String(Math.round(4_000 + next() * next() * 260_000)), currency: 'CNY' }, properties: { order_id: order, payment: pick(['alipay', 'wechat_pay', 'card']) } });
      wait(60);
      add(at, 'delivery', 'store', { case_id: order, properties: { order_id: order, on_time: String(next() < 0.86) } });
      wait(30);
      if (next() < 0.35) { add(at, next() < 0.5 ? 'support_call' : 'support_chat', next() < 0.5 ? 'phone' : 'chat', { case_id: order }); wait(8); }
      if (next() < 0.55) {
        const trend = 0.12 * ((at - (now - days * kDayMs)) / (days * kDayMs));
        const feeling = Math.min(1, Math.max(0, 0.25 + mood * 0.7 + trend + (next() - 0.5) * 0.5));
        const instrument = pick(['nps', 'nps', 'csat', 'ces', 'review']);
        const score = { nps: Math.round(feeling * 10), csat: 1 + Math.round(feeling * 4), ces: 5 - Math.round(feeling * 4), review: 1 + Math.round(feeling * 4) }[instrument];
        const said = feeling > 0.72 ? kSaid.good : feeling > 0.5 ? kSaid.fair : kSaid.bad;
        add(at, pick(['survey', 'delivery', 'support_chat', 'checkout']), pick(['email', 'wechat', channel]), { case_id: order, instrument, score, text: next() < 0.6 ? pick(said) : '', name: 'Survey Answered' });
      }
      if (next() < 0.3) { wait(100); add(at, 'loyalty', 'app'); }
    }
    if (own.length === 0) continue;
    own.sort((a, b) => b.at.localeCompare(a.at));
    events.push(...own);
    customers.push({ id, name: `${pick(kSurnames)}**`, unit, phone: `13${Math.floor(next() * 10)}****${1000 + Math.floor(next() * 9000)}`, home, events: own });
  }
  events.sort((a, b) => b.at.localeCompare(a.at) || (BigInt(b.event_id) > BigInt(a.event_id) ? 1 : -1));
  customers.sort((a, b) => b.events[0].at.localeCompare(a.events[0].at));
  return { now, events, customers };
}
