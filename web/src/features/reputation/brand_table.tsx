// All brands side by side: volume, share of voice and sentiment, each with its interval and its change.
import { ArrowDownOutlined, ArrowUpOutlined } from '@ant-design/icons';
import { Button, Input, Table, Tag, Tooltip, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ReputationBrand, ReputationReport } from '../../api/generated';
import { ChangeMark } from '../../components/metric';
import { Panel } from '../../components/page';
import { saveCsv } from '../../format/export';
import { compact, exact, metricValue, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useBrandName, useWritten } from './words';

const kSearched = 8; // brands from which on a search helps

/** How the mentions a day moved; grey while it may be chance. Of a volume neither way is good by itself. */
function RateMark({ brand, compared }: { brand: ReputationBrand; compared: boolean }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { change } = brand;
  if (!change) return <ChangeMark change={null} metric={undefined} compared={compared} />;
  const write = (value: number) => `× ${exact(value, language, 2)}`;
  const interval = change.low === null || change.high === null ? '' : t('metric.interval', { low: write(change.low), high: write(change.high) });
  return (
    <Tooltip title={`${t(change.significant ? 'metric.neutral' : 'metric.chance')} · ${interval} · ${t('reputation.before', { n: exact(brand.before, language) })}`}>
      <span className="change neutral">{change.ratio >= 1 ? <ArrowUpOutlined /> : <ArrowDownOutlined />} {change.significant ? <b>{write(change.ratio)}</b> : write(change.ratio)}</span>
    </Tooltip>
  );
}

function useColumns(report: ReputationReport, compared: boolean, onPick: ((key: string) => void) | undefined): TableColumnsType<ReputationBrand> {
  const { t } = useTranslation();
  const language = useLanguage();
  const name = useBrandName(report.brands);
  const { share, limits } = useWritten();
  return useMemo(() => {
    const points = (value: number) => metricValue(value, 'points', language);
    const shares = (value: number) => percent(value, language);
    return [
      {
        title: t('reputation.brand'), key: 'brand', fixed: 'start', sorter: (a, b) => name(a.key).localeCompare(name(b.key), language),
        render: (_, one) => <>{onPick ? <button type="button" className="link" onClick={() => onPick(one.key)}>{name(one.key)}</button> : name(one.key)}{one.own && <> <Tag color="processing">{t('reputation.own')}</Tag></>}</>,
      },
      {
        title: t('reputation.mentions'), key: 'mentions', align: 'end', sorter: (a, b) => a.mentions - b.mentions,
        render: (_, one) => <><span className="num">{exact(one.mentions, language)}</span><br /><RateMark brand={one} compared={compared} /></>,
      },
      {
        title: t('reputation.share'), key: 'share', align: 'end', sorter: (a, b) => a.mentions - b.mentions,
        render: (_, one) => <><Tooltip title={limits(one.share, shares)}><span className="num">{share(one.share, report.mentions)}</span></Tooltip><br />{one.share.value !== null && <ChangeMark change={one.share_change} metric={{ unit: 'share', direction: 'none' }} compared={compared} />}</>,
      },
      {
        title: t('reputation.net'), key: 'net', align: 'end', sorter: (a, b) => (a.net.value ?? -101) - (b.net.value ?? -101),
        render: (_, one) => (one.net.value === null
          ? <span className="muted">{t('metric.not_enough', { n: exact(one.n, language) })}</span>
          : <><Tooltip title={limits(one.net, points)}><span className="num">{points(one.net.value)}</span></Tooltip><br /><ChangeMark change={one.net_change} metric={{ unit: 'points', direction: 'up' }} compared={compared} /></>),
      },
      {
        title: t('reputation.mix'), key: 'mix', sorter: (a, b) => (a.negative.value ?? -1) - (b.negative.value ?? -1), width: 190,
        render: (_, one) => (one.negative.value === null ? <span className="muted">–</span> : (
          <Tooltip title={`${t('texts.negative')}: ${share(one.negative, one.n)} (${limits(one.negative, shares)}) · ${t('texts.neutral')}: ${share(one.neutral, one.n)} · ${t('texts.positive')}: ${share(one.positive, one.n)}`}>
            <span><span className="topic-tones">{(['negative', 'neutral', 'positive'] as const).map((tone) => one[tone].count > 0 && <span key={tone} style={{ flexGrow: one[tone].count, background: `var(--${{ negative: 'detractor', neutral: 'passive', positive: 'promoter' }[tone]})` }} />)}</span><span className="muted small">{t('reputation.negative_share', { share: share(one.negative, one.n) })}</span></span>
          </Tooltip>
        )),
      },
      { title: t('reputation.reach'), key: 'reach', align: 'end', sorter: (a, b) => a.reach - b.reach, render: (_, one) => <span className="num">{compact(one.reach, language)}</span> },
    ];
  }, [t, language, name, share, limits, report.mentions, compared, onPick]);
}

export function BrandTable({ report, compared, onPick }: { report: ReputationReport; compared: boolean; onPick: ((key: string) => void) | undefined }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const name = useBrandName(report.brands);
  const [search, setSearch] = useState('');
  const columns = useColumns(report, compared, onPick);
  const shown = report.brands.filter((one) => `${one.key} ${one.name_en} ${one.name_zh}`.toLowerCase().includes(search.trim().toLowerCase()));
  const rows = () => report.brands.map((one) => ({
    brand: name(one.key), own: one.own, mentions: one.mentions, before: one.before, ratio: one.change?.ratio ?? '', ratio_low: one.change?.low ?? '', ratio_high: one.change?.high ?? '',
    share: one.share.value ?? '', share_low: one.share.low ?? '', share_high: one.share.high ?? '', net: one.net.value ?? '', net_low: one.net.low ?? '', net_high: one.net.high ?? '',
    negative: one.negative.count, neutral: one.neutral.count, positive: one.positive.count, unknown: one.unknown, reach: one.reach,
  }));
  return (
    <Panel
      title={t('reputation.brands')} note={t('reputation.brands_note', { posts: exact(report.posts, language), nameless: exact(report.nameless, language) })}
      tools={<>{report.brands.length >= kSearched && <Input allowClear size="small" style={{ width: 180 }} value={search} onChange={(event) => setSearch(event.target.value)} placeholder={t('reputation.search_brand')} aria-label={t('reputation.search_brand')} />}<Button size="small" onClick={() => saveCsv('brands.csv', rows())}>{t('common.csv')}</Button></>}
    >
      <Table<ReputationBrand> rowKey="key" size="small" columns={columns} dataSource={shown} pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }} scroll={{ x: 'max-content' }} data-testid="brand-table" />
    </Panel>
  );
}
