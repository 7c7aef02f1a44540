// The mock's metric catalogue, and numbers for it from the invented events.

const info = (key, group, unit, direction, name_en, name_zh, formula_en, formula_zh, source = '') =>
  ({ key, name_en, name_zh, group, unit, direction, formula_en, formula_zh, source, version: 1 });

export const metrics = [
  info('nps', 'index', 'points', 'up', 'Net Promoter Score', '净推荐值 NPS', 'Share of answers 9 and 10 minus share of answers 0 to 6, times 100.', '9–10 分占比减去 0–6 分占比，乘以 100。', 'Reichheld 2003'),
  info('csat', 'index', 'share', 'up', 'Customer satisfaction', '客户满意度 CSAT', 'Share of answers 4 and 5 on a five-point scale.', '五分制中 4 分与 5 分的占比。', 'ISO 10004'),
  info('ces', 'index', 'score', 'down', 'Customer effort score', '客户费力度 CES', 'Mean answer, 1 (very easy) to 5 (very difficult).', '回答均值，1（非常容易）至 5（非常费力）。', 'Dixon 2010'),
  info('active_customers', 'volume', 'count', 'up', 'Active customers', '活跃客户数', 'Customers with at least one event.', '至少有一个事件的客户数。'),
  info('orders', 'volume', 'count', 'up', 'Orders', '订单数', 'Completed orders.', '完成的订单数。'),
  info('revenue', 'value', 'money', 'up', 'Revenue', '销售额', 'Sum of the amounts of completed orders.', '完成订单的金额合计。'),
  info('conversion', 'conversion', 'share', 'up', 'Conversion', '转化率', 'Customers with an order, among those who viewed a product.', '浏览商品的客户中下单的占比。'),
  info('delivery_time', 'time', 'hours', 'down', 'Delivery time', '配送时长', 'Median time from order to delivery.', '从下单到送达的中位时长。'),
];

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

function scoreMetric(events, instrument, measure) {
  const answers = events.filter((event) => event.instrument === instrument).map((event) => measure(event.score));
  if (answers.length === 0) return { value: null, low: null, high: null, n: 0 };
  const value = mean(answers);
  const deviation = Math.sqrt(mean(answers.map((answer) => (answer - value) ** 2)));
  const half = (1.96 * deviation) / Math.sqrt(answers.length);
  return { value, low: value - half, high: value + half, n: answers.length };
}

const plain = (value, n) => ({ value, low: null, high: null, n });

const clamp = (metric, low, high) => ({ ...metric, low: metric.low === null ? null : Math.max(low, metric.low), high: metric.high === null ? null : Math.min(high, metric.high) });

export const measures = {
  nps: (events) => clamp(scoreMetric(events, 'nps', (score) => (score >= 9 ? 100 : score <= 6 ? -100 : 0)), -100, 100),
  csat: (events) => clamp(scoreMetric(events, 'csat', (score) => (score >= 4 ? 1 : 0)), 0, 1),
  ces: (events) => scoreMetric(events, 'ces', (score) => score),
  review: (events) => scoreMetric(events, 'review', (score) => score),
  active_customers: (events) => { const n = new Set(events.map((event) => event.customer_id)).size; return plain(n, n); },
  orders: (events) => { const n = events.filter((event) => event.name === 'Order Completed').length; return plain(n, n); },
  revenue: (events) => { const own = events.filter((event) => event.amount); return plain(own.reduce((sum, event) => sum + Number(event.amount.minor), 0), own.length); },
  conversion: (events) => {
    const viewed = new Set(events.filter((event) => event.touchpoint === 'product_page').map((event) => event.customer_id));
    const bought = new Set(events.filter((event) => event.name === 'Order Completed' && viewed.has(event.customer_id)).map((event) => event.customer_id));
    if (viewed.size === 0) return plain(null, 0);
    const p = bought.size / viewed.size;
    const half = 1.96 * Math.sqrt((p * (1 - p)) / viewed.size);
    return { value: p, low: Math.max(0, p - half), high: Math.min(1, p + half), n: viewed.size };
  },
  delivery_time: (events) => {
    const ordered = new Map(events.filter((event) => event.name === 'Order Completed').map((event) => [event.case_id, Date.parse(event.at)]));
    const hours = events.filter((event) => event.name === 'Order Delivered' && ordered.has(event.case_id)).map((event) => (Date.parse(event.at) - ordered.get(event.case_id)) / 3_600_000).sort((a, b) => a - b);
    return plain(hours.length > 0 ? hours[Math.floor(hours.length / 2)] : null, hours.length);
  },
};
/** Which events a metric counts, for the drill-down. */
export const counts = (event, metric) => ['nps', 'csat', 'ces', 'review'].includes(metric) ? event.instrument === metric
  : metric === 'orders' || metric === 'revenue' ? event.name === 'Order Completed' : metric === 'delivery_time' ? event.name === 'Order Delivered' : true;

export const kEnough = 10;
export const currencyOf = (key) => (key === 'revenue' ? 'CNY' : null);
