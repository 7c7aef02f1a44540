// Topics that were found in the comments' words, and what has risen against the period before.
import { InputNumber, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { useGetTextEmerging, useGetTextTopics, type Point, type TextEmerging, type TextTopic, type TextTopics } from '../../api/generated';
import { Bars } from '../../components/bars';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { Sparkline } from '../../components/sparkline';
import { exact, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useAddress } from '../../state/address';
import { comparison, useFilters, useScope } from '../../state/filters';
import { asked, kTones, kToneColour, useSaid, type Said } from './said';

const kNamed = 3;
const kWords = 8;
const kRisen = 12;

/** The share of the comments that a topic has, point by point. */
export function sharesOf(topic: TextTopic): Point[] {
  return topic.series.map((point) => ({ at: point.at, n: point.of, value: point.of > 0 ? point.n / point.of : null, low: null, high: null }));
}

function useName(): (topic: TextTopic) => string {
  const { t } = useTranslation();
  return (topic) => (topic.words.length > 0 ? topic.words.slice(0, kNamed).map((word) => word.word).join(' · ') : t('texts.topic', { n: topic.topic + 1 }));
}

function Rise({ topic }: { topic: TextTopic }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (!topic.rise) return null;
  const { rise } = topic;
  const share = (value: number) => percent(value, language);
  return <Tag color="warning" title={t('texts.rise_why', { score: exact(rise.score, language, 1), q: exact(rise.q_value, language, 4) })}>{t('texts.rise', { before: share(rise.share_before), now: share(rise.share) })}</Tag>;
}

function Topic({ topic, within }: { topic: TextTopic; within: Said }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { open } = useSaid();
  const name = useName()(topic);
  const share = topic.share.value === null ? t('metric.not_enough', { n: exact(topic.comments, language) }) : percent(topic.share.value, language);
  return (
    <div className="topic" data-testid="topic">
      <div className="topic-head">
        {topic.examples.length > 0
          ? <button type="button" className="link" data-drill="comments" data-count={topic.examples.length} onClick={() => open({ ...within, title: `${name} · ${t('texts.topic_examples')}`, ids: topic.examples.join(',') })}>{name}</button>
          : <b>{name}</b>}
        <Rise topic={topic} />
      </div>
      <p className="muted small">{topic.words.slice(kNamed, kWords).map((word) => word.word).join(t('common.list'))}</p>
      <div className="topic-figures">
        <span><b className="num">{exact(topic.comments, language)}</b> <span className="muted small">{share}</span></span>
        <span className="topic-tones" role="img" aria-label={kTones.map((tone) => `${t(`texts.${tone}`)} ${exact(topic[tone].count, language)}`).join(t('common.list'))}>
          {kTones.map((tone) => topic[tone].count > 0 && <span key={tone} style={{ flexGrow: topic[tone].count, background: kToneColour[tone] }} />)}
        </span>
        <span className="small muted">{topic.negative.value === null ? '' : t('texts.topic_negative', { share: percent(topic.negative.value, language, 0) })}</span>
      </div>
      <Sparkline series={sharesOf(topic)} colour="var(--accent)" />
      <p className="muted small">{topic.stability === null ? '' : t('texts.stability', { value: exact(topic.stability, language, 2) })}</p>
    </div>
  );
}

function Found({ data, within }: { data: TextTopics; within: Said }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (!data.enough) return <p className="muted">{t('texts.topics_few', { n: exact(data.read + data.before, language), needed: exact(data.needed, language) })}</p>;
  return (
    <>
      <p className="muted small">
        {t(data.read < data.comments ? 'texts.topics_sample' : 'texts.topics_all', { read: exact(data.read, language), n: exact(data.comments, language) })}
        {data.stability !== null && <> {t('texts.stability_all', { value: exact(data.stability, language, 2) })}</>}
      </p>
      <div className="topics">{data.topics.map((topic) => <Topic key={topic.topic} topic={topic} within={within} />)}</div>
    </>
  );
}

export function TopicsPanel({ within }: { within: Said }) {
  const { t } = useTranslation();
  const { filters } = useFilters();
  const { query, ready } = useScope();
  const [countText, setCount] = useAddress('topics', '');
  const count = /^\d+$/.test(countText) ? Math.min(Math.max(Number(countText), 2), 30) : undefined;
  const topics = useGetTextTopics({ ...query, ...asked(within), compare: comparison(filters), ...(count !== undefined && { topics: count }) }, { enabled: ready, keep: true });
  return (
    <Panel title={t('texts.topics')} note={t('texts.topics_note')} tools={(
      <InputNumber size="small" min={2} max={30} value={count ?? null} placeholder={t('texts.topics_auto')} aria-label={t('texts.topics_count')} onChange={(value) => setCount(value === null ? '' : String(value))} />
    )}>
      <Load query={topics} rows={8}>{(data) => <Found data={data} within={within} />}</Load>
    </Panel>
  );
}

function Risen({ data, within }: { data: TextEmerging; within: Said }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { open } = useSaid();
  if (!data.enough) return <p className="muted">{t('texts.emerging_few', { n: exact(data.comments, language), before: exact(data.before, language) })}</p>;
  if (data.items.length === 0) return <p className="muted">{t('texts.emerging_none', { n: exact(data.tested, language) })}</p>;
  const most = Math.max(...data.items.map((item) => item.rise.share));
  return (
    <Bars
      bars={data.items.map((item) => ({
        key: item.word, label: item.word, length: item.rise.share / most, colour: item.negative * 2 > item.rise.n ? 'var(--detractor)' : 'var(--accent)', behind: 'comments', count: item.rise.n,
        end: <><b>{percent(item.rise.share, language)}</b> <span className="muted small">{t('texts.from_share', { share: percent(item.rise.share_before, language) })}</span></>,
        hint: `${t('texts.emerging_counts', { n: exact(item.rise.n, language), before: exact(item.rise.before, language), negative: exact(item.negative, language) })} ${t('texts.rise_why', { score: exact(item.rise.score, language, 1), q: exact(item.rise.q_value, language, 4) })}`,
      }))}
      onPick={(word) => open({ ...within, title: word, word })}
    />
  );
}

export function Emerging({ within }: { within: Said }) {
  const { t } = useTranslation();
  const { filters } = useFilters();
  const { query, ready } = useScope();
  const chosen = comparison(filters);
  const emerging = useGetTextEmerging({ ...query, ...asked(within), compare: chosen === 'none' ? 'previous' : chosen, limit: kRisen }, { enabled: ready, keep: true });
  return (
    <Panel title={t('texts.emerging')} note={t('texts.emerging_note')}>
      <Load query={emerging} rows={6}>{(data) => <Risen data={data} within={within} />}</Load>
    </Panel>
  );
}
