// What comments say, in the stand-in: sentiment by a handful of words, enough for pages to show.
const kWords = {
  negative: ['慢', '差', '退', 'slow', 'late', 'wrong', 'rude', 'broken', 'difficult', 'confusing', '不', '难', '久'],
  positive: ['好', '快', '满意', '方便', 'good', 'great', 'fast', 'easy', 'helpful', 'friendly', '赞', '专业'],
};
const kAspects = [
  { key: 'delivery', name_en: 'Delivery', name_zh: '物流', words: ['物流', '配送', '快递', '送', 'delivery', 'courier', 'parcel'] },
  { key: 'service', name_en: 'Service', name_zh: '服务', words: ['客服', '服务', '店员', 'service', 'staff', 'agent', 'support'] },
  { key: 'price', name_en: 'Price', name_zh: '价格', words: ['价格', '优惠', '贵', 'price', 'voucher', 'expensive'] },
  { key: 'quality', name_en: 'Quality', name_zh: '质量', words: ['质量', '做工', 'quality'] },
];
const kLabels = [
  { label: 'intent.refund', group: 'intent', name_en: 'Refund', name_zh: '退款', words: ['退', 'refund', 'return'] },
  { label: 'emotion.joy', group: 'emotion', name_en: 'Joy', name_zh: '高兴', words: ['满意', 'great', 'happy'] },
];
kLabels.push({ ...kLabels[0], label: 'route.refund', group: 'route', team_en: 'After-sales', team_zh: '售后' });
const kTones = ['negative', 'neutral', 'positive'];
const kEnough = 10;
const kTopicsNeeded = 50;

const has = (text, words) => words.some((word) => text.toLowerCase().includes(word));

export function readComment(event) {
  const language = /[\u4e00-\u9fff]/.test(event.text) ? 'zh' : 'en';
  const bad = has(event.text, kWords.negative);
  const good = has(event.text, kWords.positive);
  const sentiment = bad === good ? 'neutral' : bad ? 'negative' : 'positive';
  const aspects = kAspects.filter((aspect) => has(event.text, aspect.words)).map((aspect) => ({ aspect: aspect.key, sentiment, positive: { negative: 0.1, neutral: 0.5, positive: 0.9 }[sentiment], own: false }));
  const labels = kLabels.filter((label) => has(event.text, label.words)).map((label) => label.label);
  const team = labels.includes('route.refund');
  return { language, sentiment, aspects, absent: [], labels, own: null, team_en: team ? 'After-sales' : '', team_zh: team ? '售后' : '' };
}

/** The text cut at the words that it was read for. */
function piecesOf(text) {
  const known = [
    ...kAspects.flatMap((aspect) => aspect.words.map((word) => [word, { is: 'aspect', key: aspect.key, sentiment: 'neutral' }])),
    ...kTones.filter((tone) => kWords[tone]).flatMap((tone) => kWords[tone].map((word) => [word, { is: 'opinion', value: tone === 'negative' ? -1 : 1, sentiment: tone }])),
  ].sort((a, b) => b[0].length - a[0].length);
  const pieces = [];
  let plain = '';
  for (let at = 0; at < text.length;) {
    const found = known.find(([word]) => text.toLowerCase().startsWith(word, at));
    if (!found) {
      plain += text[at];
      at += 1;
      continue;
    }
    if (plain) pieces.push({ text: plain, is: 'plain' });
    plain = '';
    pieces.push({ text: text.slice(at, at + found[0].length), ...found[1] });
    at += found[0].length;
  }
  return plain ? [...pieces, { text: plain, is: 'plain' }] : pieces;
}

function portion(count, n) {
  if (n < kEnough) return { count, value: null, low: null, high: null };
  const value = count / n;
  const z2 = 1.96 ** 2;
  const middle = (value + z2 / (2 * n)) / (1 + z2 / n);
  const half = (1.96 / (1 + z2 / n)) * Math.sqrt((value * (1 - value)) / n + z2 / (4 * n * n));
  return { count, value, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

function sentiments(tones) {
  const n = tones.length;
  return { n, unknown: 0, enough: n >= kEnough, ...Object.fromEntries(kTones.map((tone) => [tone, portion(tones.filter((one) => one === tone).length, n)])) };
}

const changeOf = (now, before) => (now.value === null || before.value === null ? null : { value: now.value - before.value, low: null, high: null, significant: Math.abs(now.value - before.value) > 0.1 });

export function textAnswers({ within, range, page, grainOf, buckets }) {
  const found = (params, world, span) => within(params, world, span).filter((event) => event.text).map((event) => ({ event, read: readComment(event) })).filter(({ event, read }) =>
    ['language', 'sentiment'].every((key) => !params[key] || read[key] === params[key])
    && ['touchpoint', 'stage', 'instrument'].every((key) => !params[key] || event[key] === params[key])
    && (!params.aspect || read.aspects.some((aspect) => aspect.aspect === params.aspect && (!params.aspect_sentiment || aspect.sentiment === params.aspect_sentiment)))
    && (!params.label || read.labels.includes(params.label)) && (!params.ids || params.ids.split(',').includes(event.event_id)) && (!params.word || event.text.toLowerCase().includes(params.word)));
  const before = (params, world) => {
    const span = range(params, world);
    return found(params, world, { from: 2 * span.from - span.to, to: span.from });
  };
  const grouped = (comments, key) => [...Map.groupBy(comments, key)].map(([group, own]) => ({ group, ...sentiments(own.map(({ read }) => read.sentiment)) })).filter((group) => group.group).sort((a, b) => b.n - a.n);
  return {
    getTextSummary: ({ params, world }) => {
      const span = range(params, world);
      const grain = grainOf(params, span);
      const comments = found(params, world);
      const whole = sentiments(comments.map(({ read }) => read.sentiment));
      const earlier = sentiments(before(params, world).map(({ read }) => read.sentiment));
      const starts = buckets(span, grain);
      return {
        grain, ...whole, negative_change: changeOf(whole.negative, earlier.negative), positive_change: changeOf(whole.positive, earlier.positive),
        series: starts.map((start, index) => ({ at: new Date(start).toISOString(), ...sentiments(comments.filter(({ event }) => Date.parse(event.at) >= start && Date.parse(event.at) < (starts[index + 1] ?? span.to)).map(({ read }) => read.sentiment)) })),
        groups: grouped(comments, ({ event }) => event[params.by ?? 'touchpoint']), languages: grouped(comments, ({ read }) => read.language),
        labels: kLabels.map(({ words: _, ...label }) => {
          const own = comments.filter(({ read }) => read.labels.includes(label.label));
          return { team_en: '', team_zh: '', ...label, n: own.length, negative: own.filter(({ read }) => read.sentiment === 'negative').length };
        }).filter((label) => label.n > 0),
        reading: { comments: world.events.filter((event) => event.text).length, waiting: 0, renewing: false, stuck: false },
      };
    },
    getTextAspects: ({ params, world }) => {
      const now = found(params, world);
      const then = before(params, world);
      return {
        catalogue: 'retail', catalogue_en: 'Retail', catalogue_zh: '零售购物', comments: now.length, comments_before: then.length,
        items: kAspects.map(({ key, name_en, name_zh }) => {
          const tones = (comments) => comments.flatMap(({ read }) => read.aspects.filter((aspect) => aspect.aspect === key).map((aspect) => aspect.sentiment));
          const own = sentiments(tones(now));
          return { aspect: key, name_en, name_zh, ...own, mentioned: portion(own.n, now.length), negative_change: changeOf(own.negative, sentiments(tones(then)).negative), mentioned_change: null };
        }).sort((a, b) => b.n - a.n),
      };
    },
    getTextWords: ({ params, world }) => {
      const of = params.of ?? 'negative';
      const comments = found({ ...params, sentiment: '' }, world);
      const inside = comments.filter(({ read }) => read.sentiment === of);
      const outside = comments.filter(({ read }) => read.sentiment !== of);
      const enough = inside.length >= kEnough && outside.length >= kEnough;
      const count = (list, word) => list.filter(({ event }) => event.text.toLowerCase().includes(word)).length;
      const items = kWords[of === 'positive' ? 'positive' : 'negative'].map((word) => ({ word, n: count(inside, word), others: count(outside, word), score: 20 })).filter((item) => item.n >= 3);
      return { of, inside: inside.length, outside: outside.length, enough, items: enough ? items.sort((a, b) => b.n - a.n) : [] };
    },
    getTextTopics: ({ params, world }) => {
      const span = range(params, world);
      const grain = grainOf(params, span);
      const starts = buckets(span, grain);
      const [now, then] = [found(params, world), before(params, world)];
      const enough = now.length >= kTopicsNeeded;
      const topics = kAspects.map(({ key, words }) => {
        const own = now.filter(({ read }) => read.aspects[0]?.aspect === key);
        return {
          words: words.map((word) => ({ word, n: own.filter(({ event }) => event.text.toLowerCase().includes(word)).length })), stability: 0.8, coherence: 0.1,
          comments: own.length, share: portion(own.length, now.length), ...sentiments(own.map(({ read }) => read.sentiment)),
          series: starts.map((start, index) => {
            const inside = ({ event }) => Date.parse(event.at) >= start && Date.parse(event.at) < (starts[index + 1] ?? span.to);
            return { at: new Date(start).toISOString(), n: own.filter(inside).length, of: now.filter(inside).length };
          }),
          rise: null, examples: own.slice(0, 20).map(({ event }) => event.event_id),
        };
      }).sort((a, b) => b.comments - a.comments).map((topic, index) => ({ topic: index, ...topic }));
      return {
        enough, needed: kTopicsNeeded, comments: now.length, read: now.length, before: then.length, without: now.filter(({ read }) => read.aspects.length === 0).length,
        stability: enough ? 0.8 : null, coherence: enough ? 0.1 : null, grain, topics: enough ? topics : [],
      };
    },
    getTextEmerging: ({ params, world }) => {
      const [now, then] = [found(params, world), before(params, world)];
      const enough = now.length >= kEnough && then.length >= kEnough;
      const count = (list, word) => list.filter(({ event }) => event.text.toLowerCase().includes(word));
      const items = kWords.negative.map((word) => {
        const [own, earlier] = [count(now, word), count(then, word)];
        return { word, negative: own.filter(({ read }) => read.sentiment === 'negative').length, rise: { n: own.length, before: earlier.length, share: own.length / now.length, share_before: earlier.length / then.length, score: 12, q_value: 0.01 } };
      }).filter(({ rise }) => rise.n >= 5 && rise.share > 2 * rise.share_before);
      return { enough, comments: now.length, before: then.length, tested: kWords.negative.length, items: enough ? items : [] };
    },
    listComments: ({ params, world }) => {
      const comments = found(params, world);
      return page(comments.map(({ event, read }) => ({
        event_id: event.event_id, at: event.at, customer_id: event.customer_id, customer: world.customers.find((customer) => customer.id === event.customer_id)?.name ?? '',
        channel: event.channel, touchpoint: event.touchpoint, unit: event.unit, instrument: event.instrument, score: event.score, ...read,
        negative: { negative: 0.9, neutral: 0.4, positive: 0.1 }[read.sentiment], positive: { negative: 0.1, neutral: 0.4, positive: 0.9 }[read.sentiment], pieces: piecesOf(event.text),
      })), params, { total: params.cursor ? null : comments.length });
    },
  };
}
