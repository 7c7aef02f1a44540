// Bursts: when far more was said than expected, how negative it was, and why.
import { ThunderboltOutlined } from '@ant-design/icons';
import { Button, Tag, Tooltip } from 'antd';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Burst, BurstReport } from '../../api/generated';
import { Chart } from '../../charts/chart';
import { escapeHtml, tooltipStyle } from '../../charts/trend';
import { Panel } from '../../components/page';
import { Teach } from '../../components/teach';
import { saveCsv } from '../../format/export';
import { exact, moment, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useScope } from '../../state/filters';
import type { Palette } from '../../theme';
import { PostItem } from './post';
import { useWritten } from './words';

const kHourMs = 3_600_000;
const kAround = 36; // hours shown before and after

/** The hours around a burst, from the counts that begin at `begin`. */
export function around(begin: string, counts: number[], expected: (number | null)[], from: string, to: string) {
  const hour = (at: string) => Math.round((new Date(at).getTime() - new Date(begin).getTime()) / kHourMs);
  const first = Math.max(0, hour(from) - kAround);
  const last = Math.min(counts.length, hour(to) + kAround);
  return counts.slice(first, last).map((count, index) => {
    const place = first + index;
    return { at: new Date(new Date(begin).getTime() + place * kHourMs).toISOString(), count, expected: expected[place] ?? null, inside: place >= hour(from) && place < hour(to) };
  });
}

function Hours({ report, burst }: { report: BurstReport; burst: Burst }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { zone } = useScope();
  const hours = report.hours.find((one) => one.brand === burst.brand);
  const shown = useMemo(() => (hours ? around(report.begin, hours.counts, hours.expected, burst.from, burst.to) : []), [report.begin, hours, burst.from, burst.to]);
  const option = useCallback((palette: Palette) => ({
    grid: { left: 40, right: 8, top: 8, bottom: 22, outerBoundsMode: 'none' },
    tooltip: {
      trigger: 'axis', ...tooltipStyle(palette),
      formatter: (items: { dataIndex: number }[]) => {
        const point = shown[items[0]?.dataIndex ?? 0];
        if (!point) return '';
        return `${escapeHtml(moment(point.at, language, zone))}<br><b>${exact(point.count, language)}</b>${point.expected === null ? '' : `<br>${escapeHtml(t('reputation.expected', { n: exact(point.expected, language, 1) }))}`}`;
      },
    },
    xAxis: { type: 'category', data: shown.map((point) => moment(point.at, language, zone)), axisTick: { show: false }, axisLine: { lineStyle: { color: palette.border } }, axisLabel: { color: palette.textSecondary, hideOverlap: true } },
    yAxis: { type: 'value', minInterval: 1, splitNumber: 2, splitLine: { lineStyle: { color: palette.border } }, axisLabel: { color: palette.textSecondary } },
    series: [
      { type: 'bar', data: shown.map((point) => ({ value: point.count, itemStyle: { color: point.inside ? palette.bad : palette.passive } })), barCategoryGap: '10%' },
      { type: 'line', data: shown.map((point) => point.expected), symbol: 'none', lineStyle: { color: palette.accent, width: 2, type: 'dashed' } },
    ],
  }), [shown, language, zone, t]);
  if (shown.length === 0) return null;
  return <Chart option={option} height={150} label={t('reputation.hours')} points={shown.length} />;
}

function Words({ burst }: { burst: Burst }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (!burst.reason) return null;
  if (burst.reason.words.length === 0) return <p className="muted small">{t('reputation.no_words', { n: exact(burst.reason.read, language), before: exact(burst.reason.before, language) })}</p>;
  return (
    <p>
      {burst.reason.words.map((word) => (
        <Tooltip key={word.word} title={t('reputation.word_why', { n: exact(word.n, language), share: percent(word.share, language), before: percent(word.share_before, language), negative: exact(word.negative, language), q: exact(word.q_value, language, 4) })}>
          <Tag color={word.negative * 2 > word.n ? 'error' : 'default'}>{word.word} {percent(word.share, language, 0)}</Tag>
        </Tooltip>
      ))}
    </p>
  );
}

function BurstCard({ report, burst, name }: { report: BurstReport; burst: Burst; name: (key: string) => string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { zone } = useScope();
  const { share, limits } = useWritten();
  const post = (event: string) => report.posts.find((one) => one.event_id === event);
  const typical = (burst.reason?.typical ?? []).map(post).filter((one) => one !== undefined);
  const influential = (burst.reason?.influential ?? []).flatMap((spread) => {
    const found = post(spread.event_id);
    return found ? [{ spread, found }] : [];
  });
  return (
    <Panel
      title={<>{name(burst.brand)}{burst.of === 'negative' && <> <Tag color="error">{t('reputation.of_negative')}</Tag></>}</>}
      note={`${moment(burst.from, language, zone)} – ${moment(burst.to, language, zone)}`}
    >
      <p style={{ marginTop: 0 }} data-testid="burst">
        <b className="num">{exact(burst.mentions, language)}</b> {t('reputation.instead_of', { n: exact(burst.expected, language, 1) })}
        {' · '}{t('reputation.noticed', { at: moment(burst.noticed, language, zone) })}
        {' · '}<Tooltip title={limits(burst.negative, (value) => percent(value, language))}><span>{t('reputation.negative_share', { share: share(burst.negative, burst.mentions) })}</span></Tooltip>
        {' · '}<span className="muted small">p = {burst.p_value < 1e-4 ? burst.p_value.toExponential(1) : exact(burst.p_value, language, 4)}</span>
      </p>
      <Hours report={report} burst={burst} />
      <Words burst={burst} />
      {(typical.length > 0 || influential.length > 0) && (
        <div className="grid two">
          <div><h3 className="small">{t('reputation.typical')}</h3>{typical.map((one) => <PostItem key={one.event_id} post={one} />)}</div>
          <div><h3 className="small">{t('reputation.influential')}</h3>{influential.map(({ spread, found }) => <PostItem key={spread.event_id} post={found} extra={t('reputation.spread', { posts: exact(spread.posts, language), reach: exact(spread.reach, language) })} />)}</div>
        </div>
      )}
    </Panel>
  );
}

export function Bursts({ report, name }: { report: BurstReport; name: (key: string) => string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const tested = Math.max(0, ...report.hours.map((one) => one.tested));
  const rows = () => report.items.map((one) => ({ brand: name(one.brand), of: one.of, from: one.from, to: one.to, noticed: one.noticed, mentions: one.mentions, expected: one.expected, p_value: one.p_value, negative: one.negative.count, words: one.reason?.words.map((word) => word.word).join(' ') ?? '' }));
  return (
    <>
      <p className="muted">
        {t('reputation.bursts_how', { days: exact(report.quiet_days, language), history: exact(report.history_days, language), tested: exact(tested, language) })}
        {tested === 0 && <> {t('reputation.bursts_history', { days: exact(report.least_days, language) })}</>}
        {report.items.length > 0 && <> <Button size="small" onClick={() => saveCsv('bursts.csv', rows())}>{t('common.csv')}</Button></>}
      </p>
      {report.items.length === 0 && <Panel><Teach icon={<ThunderboltOutlined />} title={t('reputation.no_bursts')} text={t('reputation.no_bursts_text')} /></Panel>}
      {report.items.map((burst) => <div className="section" key={`${burst.brand} ${burst.of} ${burst.from}`}><BurstCard report={report} burst={burst} name={name} /></div>)}
    </>
  );
}
