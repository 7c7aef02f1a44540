// Figures of others beside the survey's own scores of the same period, and whether the difference is more than chance.
import { DiffOutlined } from '@ant-design/icons';
import { Button, Popconfirm, Space, Table, Tag, type TableColumnsType } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import { useCompareBenchmarks, useImportBenchmarks, useRemoveBenchmark, type BenchmarkCompared } from '../../api/generated';
import { Formula } from '../../components/formula';
import { ImportCsv } from '../../components/import_csv';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { useProblemNotice } from '../../components/problem';
import { Teach } from '../../components/teach';
import { exact, metricValue, type Language } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useMay } from '../../state/session';

const kUnits = { nps: 'points', share: 'share', mean: 'score' } as const;
const kColours = { above: 'green', below: 'volcano', no_difference: 'default' } as const;

function write(one: BenchmarkCompared, value: number, language: Language, signed = false): string {
  return metricValue(value, kUnits[one.measure], language, { signed });
}

function Figure({ one, value, interval, signed = false }: { one: BenchmarkCompared; value: number; interval: readonly number[] | null; signed?: boolean }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <span className="nowrap">
      <b>{write(one, value, language, signed)}</b>
      {interval && <span className="muted small"> ({t('drivers.between', { low: write(one, interval[0] ?? 0, language, signed), high: write(one, interval[1] ?? 0, language, signed) })})</span>}
    </span>
  );
}

function Own({ one }: { one: BenchmarkCompared }) {
  const { t } = useTranslation();
  const { value, low, high, n, enough } = one.own;
  if (!enough || value === null) return <span className="muted small">{t('metric.not_enough', { n })}</span>;
  return <Figure one={one} value={value} interval={low !== null && high !== null ? [low, high] : null} />;
}

function Remove({ one }: { one: BenchmarkCompared }) {
  const { t } = useTranslation();
  const notice = useProblemNotice();
  const invalidate = useInvalidate();
  const remove = useRemoveBenchmark();
  const { metric, period, source } = one.benchmark;
  const go = () => remove.mutate({ body: { metric, period, source } }, { onError: notice, onSuccess: () => void invalidate('compareBenchmarks', 'listBenchmarks') });
  return <Popconfirm title={t('benchmark.remove_sure')} okText={t('benchmark.remove')} cancelText={t('common.cancel')} onConfirm={go}><Button size="small" type="text" danger loading={remove.isPending}>{t('benchmark.remove')}</Button></Popconfirm>;
}

function ImportButton() {
  const { t } = useTranslation();
  const invalidate = useInvalidate();
  return (
    <ImportCsv store={useImportBenchmarks()} label={t('benchmark.import')} stored={(n) => t('benchmark.stored', { n })} storedSome={(n, bad) => t('benchmark.stored_some', { n, bad })}
      done={() => invalidate('compareBenchmarks', 'listBenchmarks')} />
  );
}

export function SurveyBenchmarks({ source }: { source: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const may = useMay();
  const compared = useCompareBenchmarks({ source }, { keep: true });
  const columns = useMemo<TableColumnsType<BenchmarkCompared>>(() => [
    { title: t('benchmark.benchmark'), key: 'benchmark', render: (_, one) => <>{one.benchmark.source} <span className="muted small">{t(`instrument.${one.benchmark.metric}`, { defaultValue: one.benchmark.metric.toUpperCase() })} · {one.benchmark.period}</span></> },
    { title: t('benchmark.theirs'), key: 'theirs', align: 'right', render: (_, one) => <Figure one={one} value={one.benchmark.value} interval={one.theirs} /> },
    { title: t('benchmark.own'), key: 'own', align: 'right', render: (_, one) => <Own one={one} /> },
    { title: t('benchmark.difference'), key: 'difference', align: 'right', render: (_, one) => (one.difference ? <><Figure one={one} value={one.difference.value} interval={one.difference.interval} signed /> <Tag color={kColours[one.difference.standing]}>{t(`benchmark.${one.difference.standing}`)}</Tag></> : '–') },
    { title: 'n', key: 'n', align: 'right', render: (_, one) => <span className="nowrap">{exact(one.own.n, language)} / {one.benchmark.n > 0 ? exact(one.benchmark.n, language) : t('benchmark.not_told')}</span> },
    ...(may('manage_data') ? [{ title: '', key: 'remove', render: (_: unknown, one: BenchmarkCompared) => <Remove one={one} /> }] : []),
  ], [t, language, may]);
  return (
    <Panel
      title={<>{t('benchmark.title')} <Formula name={t('benchmark.title')} text={t('benchmark.formula')} source="Zou, Donner (2008), Statistics in Medicine 27:1693–1702; Bhatia, Davis (2000), American Mathematical Monthly 107:353–357" /></>}
      note={t('benchmark.note')} tools={<Space>{may('manage_data') && <ImportButton />}</Space>}
    >
      <Load query={compared} rows={2}>
        {({ items }) => (items.length === 0
          ? <Teach icon={<DiffOutlined />} title={t('benchmark.empty')} text={t('benchmark.empty_text')} />
          : <Table<BenchmarkCompared> rowKey={(one) => `${one.benchmark.metric}/${one.benchmark.period}/${one.benchmark.source}`} size="small" columns={columns} dataSource={items} scroll={{ x: 'max-content' }} pagination={{ pageSize: 8, hideOnSinglePage: true, showSizeChanger: false }} />)}
      </Load>
    </Panel>
  );
}
